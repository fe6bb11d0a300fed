"""What a council reads of its own municipality: its money, its gaps with their reason, and where it stands in words."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from voortgang.notebook.display import Shown, ShownChart
from voortgang.notebook.facts import fact, facts_in, part, source, traced
from voortgang.notebook.finances import AMOUNTS
from voortgang.notebook.municipalities import municipality_projects, municipality_results
from voortgang.notebook.programme import LIGHTS, any_light
from voortgang.notebook.publish import text
from voortgang.notebook.report import Report, once
from voortgang.workspace.deal_parts import Party
from voortgang.writing import dutch
from voortgang.writing.publishable import Fact, Source, Unit, quote

_NAMED = 3
"""How many projects or results a sentence names; of more it says how many there are."""


@once
def municipality_money(report: Report, municipality: str) -> pd.DataFrame:
    """Return what was spent through a municipality and in it; `municipalities` says what it promised and paid.

    Returns
    -------
    DataFrame
        Columns `post` and `bedrag` (euros; missing where the edition withholds a part of it). Index: `penvoerder`
        (spent by the projects that it leads), `alleen` (by those in this municipality alone) and `ook_elders` (by
        those in others too: the whole project, as bookings do not tell where).
    """
    name, groups = report.municipality(municipality).short, _projects_by_place(report, municipality)
    names = {
        "penvoerder": f"Gerealiseerd door projecten waarvan {name} penvoerder is",
        "alleen": f"Gerealiseerd door projecten in alleen {name}",
        "ook_elders": f"Gerealiseerd door projecten in {name} en elders (het hele project)",
    }
    spent = municipality_projects(report, municipality)["gerealiseerd"]
    rows = {
        kind: (names[kind], pd.NA if spent.loc[chosen].isna().any() else int(spent.loc[chosen].sum()))
        for kind, chosen in groups.items()
    }
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=["post", "bedrag"])
    frame["bedrag"] = frame["bedrag"].astype("Int64")

    def cells(kind: str, row: pd.Series, column: str) -> Iterable[Fact]:
        if column != "bedrag":
            return ()
        key, about = f"gemeente.{part(municipality)}.gerealiseerd_{kind}", {"gemeente": municipality}
        rows = [source(report, "financien", project_id=groups[kind], soort="gerealiseerd")] if groups[kind] else []
        return fact(report, key, row["post"], row[column], "euro", "financien", rows, about)

    return traced(frame, report, "gemeenten", cells)


def _projects_by_place(report: Report, municipality: str) -> dict[str, list[str]]:
    """Return the numbers of the projects that a municipality leads, that are in it alone, and in it and others."""
    rows = report.rows("projecten", municipality=municipality).set_index("project_id")
    found: dict[str, list[str]] = {"penvoerder": [], "alleen": [], "ook_elders": []}
    for number, row in rows.iterrows():
        if row["penvoerder"] == municipality:
            found["penvoerder"].append(str(number))
        if municipality in row["gemeenten"]:
            found["ook_elders" if _elsewhere(report, municipality, row["gemeenten"]) else "alleen"].append(str(number))
    return found


def _elsewhere(report: Report, municipality: str, named: Iterable[str]) -> set[str]:
    """Return the municipalities among those named that are another place than a municipality on the reference date.

    One that left on the day on which another of them joined is the same place, under its name of then or of later.
    """
    there = [each for each in report.covenant.municipalities if each.id in set(named)]
    came, went = ({getattr(each, key) for each in there} - {None} for key in ("joined", "left"))
    return {
        each.id
        for each in there
        if each.id != municipality
        and (each.takes_part(report.reference_date) or not (each.left in came or each.joined in went))
    }


@once
def municipality_pillars(report: Report, municipality: str) -> pd.DataFrame:
    """Return the money of the projects in which a municipality takes part, by pillar.

    Returns
    -------
    DataFrame
        Index: id of the pillar; without those of which the edition withholds an amount. Columns: `lijn`, `begroot`,
        `gecommitteerd`, `gerealiseerd` (euros, of the whole projects), `uitputting` (0–1).
    """
    mine, rows = municipality_projects(report, municipality), {}
    for pillar in report.deal.pillars:
        own = mine.loc[mine["pijler"] == pillar.name, list(AMOUNTS)]
        if len(own) and not own.isna().any(axis=None):
            sums = {kind: int(own[kind].sum()) for kind in AMOUNTS}
            share = sums["gerealiseerd"] / sums["begroot"] if sums["begroot"] else None
            rows[pillar.id] = {"lijn": pillar.name, **sums, "uitputting": share}
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=["lijn", *AMOUNTS, "uitputting"])

    def cells(pillar: str, row: pd.Series, column: str) -> Iterable[Fact]:
        if column not in {*AMOUNTS, "uitputting"}:
            return ()
        name = report.municipality(municipality).short
        numbers = [str(number) for number in mine.index[mine["pijler"] == row["lijn"]]]
        booked = {"uitputting": "gerealiseerd"}.get(column, column)
        sources = [] if booked == "begroot" else [source(report, "financien", project_id=numbers, soort=booked)]
        if column in {"begroot", "uitputting"}:
            sources.append(source(report, "projecten", project_id=numbers))
        key = f"gemeente.{part(municipality)}.{part(pillar)}_{column}"
        label = f"{column.capitalize()} van de projecten waaraan {name} deelneemt: {row['lijn']}"
        about = {"gemeente": municipality, "pijler": pillar}
        unit: Unit = "aandeel" if column == "uitputting" else "euro"
        return fact(report, key, label, row[column], unit, "financien", sources, about)

    return traced(frame.astype({"uitputting": "float64"}), report, f"gemeente_{municipality}", cells)


def municipality_chart(report: Report, municipality: str) -> ShownChart | Shown:
    """Draw the money of the projects in which a municipality takes part, by pillar; fewer than two are a sentence."""
    party, frame = report.municipality(municipality), municipality_pillars(report, municipality)
    taken = municipality_projects(report, municipality)["pijler"].nunique()
    if len(frame) > 1:
        from voortgang.notebook.charts.money import chart_money  # it takes matplotlib, which sentences do without

        left = f", zonder {report.words} met bedragen die deze editie niet toont" if taken > len(frame) else ""
        caption = f"Geld van de projecten waaraan {party.short} deelneemt, per {report.word}{left}"
        return chart_money(frame, f"{caption}; de bedragen zijn die van het hele project{report.shown_only()}")
    if frame.empty:
        return text(
            f"De bedragen van de projecten in {party.short} toont deze editie niet."
            if taken
            else f"Voor {party.short} is {report.yet}geen geld van projecten te tonen."
        )
    facts = facts_in(frame, AMOUNTS)
    amounts = (f"{kind} {each.text}" for kind, each in zip(AMOUNTS, facts, strict=True))
    one = len(municipality_projects(report, municipality)) == 1
    those, belong = ("Het project", "hoort") if one else ("De projecten", "horen")
    where = frame["lijn"].iloc[0]
    opening = f"{those} waaraan {party.short} deelneemt {belong} bij {where}"
    if taken > 1:
        opening = f"Van de projecten waaraan {party.short} deelneemt, toont deze editie alleen de bedragen bij {where}"
    elif shown := report.that_is_shown() if one else report.that_are_shown():
        opening = f"{those}{shown} en waaraan {party.short} deelneemt, {belong} bij {where}"
    return text(quote(f"{opening}: {dutch.listing(amounts)}.", *facts), facts=facts)


def municipality_state(report: Report, municipality: str) -> Shown:
    """Say in which projects a municipality takes part, and at which a light is orange or red."""
    party, frame = report.municipality(municipality), municipality_projects(report, municipality)
    if frame.empty:
        return text(
            f"{party.short} neemt op de peildatum {report.yet}niet deel aan een project{report.that_is_shown()}."
        )
    leads = int((frame["rol"] == "penvoerder").sum())
    rows = [source(report, "projecten", **{column: municipality}) for column in ("gemeenten", "penvoerder")]
    facts = [
        *_count(report, party, "projecten", "Projecten waaraan {} deelneemt", len(frame), rows),
        *_count(report, party, "penvoerder", "Projecten waarvan {} penvoerder is", leads, rows[1:]),
    ]
    many = dutch.count(len(frame), "project", "projecten")
    many += report.that_is_shown() if len(frame) == 1 else report.that_are_shown()
    said = f"{party.short} neemt deel aan {many}{_led(leads, len(frame))}."
    said = quote(said, *(facts[:1] if leads == len(frame) else facts))
    asking = [(row["naam"], lights) for _, row in frame.iterrows() if (lights := _lights(row))]
    if not asking:
        if not any_light(frame):
            one = "Daarvan" if len(frame) == 1 else "Van de projecten"
            return text(f"{said} {one} is {report.yet}geen stoplicht bekend.", facts=facts)
        none = "Daarbij staat geen stoplicht" if len(frame) == 1 else "Bij geen project staat een stoplicht"
        return text(f"{said} {none} op oranje of rood.", facts=facts)
    known = [*rows, source(report, "voortgang", project_id=list(frame.index))]
    label = "Projecten waaraan {} deelneemt met een stoplicht op oranje of rood"
    number = [*_count(report, party, "aandacht", label, len(asking), known)]
    named = _named([f"{name} ({lights})" for name, lights in asking])
    of, quoted = dutch.count(len(asking), "project", "projecten"), number
    if len(frame) == 1:
        of = "dat project"
    elif len(asking) == len(frame):  # "beide" quotes no number
        of, quoted = f"{dutch.every(len(frame))} projecten", number if len(frame) > 2 else []
    asked = quote(f"Bij {of} staat een stoplicht op oranje of rood: {named}.", *quoted)
    return text(f"{said} {asked}", facts=[*facts, *number])


def _led(leads: int, total: int) -> str:
    """Say of how many of the projects that a sentence counted a municipality is the lead party."""
    if not leads:
        return ""
    if leads == total:
        return f" en is daarvan {'penvoerder' if total == 1 else 'steeds penvoerder'}"
    return f" en is penvoerder van {dutch.how_many(leads)} daarvan"


def _named(names: list[str]) -> str:
    """Return the first names, and of how many more there are."""
    more = len(names) - _NAMED
    shown = names if more == 1 else names[:_NAMED]  # one more takes no more room than to say so
    return "; ".join([*shown, *([f"en nog {dutch.how_many(more)}"] if more > 1 else [])])


def _some(names: list[str]) -> str:
    """Write the first names in a sentence, and how many more there are."""
    more = len(names) - _NAMED
    return dutch.listing([*names[:_NAMED], f"nog {dutch.how_many(more)}"] if more > 1 else names)


def _lights(row: pd.Series) -> str:
    """Return which lights of a project are orange or red, in words."""
    words = {mark: word for word, mark in LIGHTS.items() if word != "groen"}
    shown = [(light, words.get(row[light])) for light in ("inhoud", "tijd", "geld") if pd.notna(row[light])]
    return dutch.listing(f"{light} {word}" for light, word in shown if word)


def municipality_gaps(report: Report, municipality: str) -> Shown:
    """Say how many of the results that the covenant asks in each municipality are reached here, and which are not."""
    party, frame = report.municipality(municipality), municipality_results(report, municipality)
    if not party.takes_part(report.reference_date):
        is_party = f"{report.yet}geen partij" if party.left is None else "geen partij meer"
        return text(f"De gemeente is op de peildatum {is_party}; van haar wordt geen resultaat gevraagd.")
    asked = frame[frame["minimum"].notna()]
    if asked.empty:
        return text(f"Het convenant noemt geen minimum waaraan {party.short} moet voldoen.")
    reached = asked[asked["gehaald"] == "ja"]
    rows = [source(report, "metingen", indicator_id=list(asked.index), gemeente=municipality)]
    label = "Resultaten met een minimum in {}"
    total = [*_count(report, party, "minimums", label, len(asked), rows)]
    met = [*_count(report, party, "minimums_gehaald", f"{label} die zijn gehaald", len(reached), rows)]
    facts = [*total, *met]
    if len(asked) == 1:
        done = "gehaald" if len(reached) else "niet gehaald"
        opening = f"Voor één resultaat noemt het convenant een minimum in elke gemeente; hier is het {done}."
    else:
        opening = quote(
            f"Voor {len(asked)} resultaten noemt het convenant een minimum in elke gemeente. "
            f"{dutch.of_those(len(reached), len(asked), report.has_ended)} in {party.short} gehaald.",
            *(total if len(reached) == len(asked) == 2 else facts),
        )
    lacking = frame[frame["tekort"] != ""].groupby("tekort", sort=False)["indicator"]
    gaps = [f"{_some(list(names))} ({gap})" for gap, names in lacking]
    return text(f"{opening} Wat ontbreekt: {_named(gaps)}." if gaps else opening, facts=facts)


def _count(report: Report, party: Party, kind: str, label: str, count: int, rows: list[Source]) -> Iterable[Fact]:
    """Return how many there are of a kind; a sentence writes none and one in words, and quotes no number."""
    if count < 2:
        return ()
    key, about = f"gemeente.{part(party.id)}.{kind}", {"gemeente": party.id}
    phrase = dutch.count(count, "project", "projecten") if kind in {"projecten", "penvoerder", "aandacht"} else ""
    return fact(report, key, label.format(party.short), count, "aantal", "aanpak", rows, about, phrase=phrase)
