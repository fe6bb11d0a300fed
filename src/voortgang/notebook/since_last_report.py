"""What has changed since the report of the year before, and which published figures were corrected."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import date, timedelta

import pandas as pd

from voortgang.notebook.counts import GOALS, goal_count, passed, project_count
from voortgang.notebook.facts import fact, source, traced
from voortgang.notebook.finances import money, money_facts
from voortgang.notebook.goals import achievement, counted, number_of, target_text
from voortgang.notebook.measurements import indicator_of
from voortgang.notebook.programme import projects
from voortgang.notebook.report import Report
from voortgang.workspace import schema
from voortgang.writing import dutch
from voortgang.writing.publishable import Fact, Unit

DATES = ("datum", "peildatum")
_TERM = "looptijd"
_MAY_BE_NONE = {"afgerond", "gestopt"}
"""The kinds of which no report has to say that there were none."""
FIRST = "Dit is het eerste verslag; er is geen vorig verslag om mee te vergelijken."


def differences(report: Report) -> pd.DataFrame:
    """Return the key figures at the end of the year before, now, and the difference; no rows in the first year.

    Returns
    -------
    DataFrame
        As `key_figures`.
    """
    frame = key_figures(report)
    return frame if report.year_before() else frame.head(0)


def key_figures(report: Report) -> pd.DataFrame:
    """Return the key figures now, with those at the end of the year before and the difference.

    Returns
    -------
    DataFrame
        Columns, all text: `kerncijfer`, `vorig`, `nu`, `verschil`; nothing in `vorig` and `verschil` in the first year.
        There is no row for what there was none of, then and now: no projects that stopped.
    """
    # After the end of the deal a goal is achieved or not, and so it was counted a year earlier too.
    goals = "behaald" if report.has_ended else "op_koers"
    before, new = report.year_before(), _figures(report, goals, report.on_course)
    old = _figures(before, goals, report.on_course) if before else {}
    rows = {
        kind: (
            name,
            write(old[kind][1]) if old else "",
            write(value),
            _signed(_difference(kind, old[kind][1], value), _change_of(kind, write)) if old else "",
        )
        for kind, (name, value, write) in new.items()
        if value or (old and old[kind][1]) or kind not in _MAY_BE_NONE
    }

    def cells(kind: str, row: pd.Series, column: str) -> Iterable[Fact]:
        now = _fact(report, kind, new[kind][1], None)
        if column == "nu" or before is None:
            return now if column == "nu" else ()
        was = _fact(report, kind, old[kind][1], before.year)
        match column:
            case "vorig":
                return was
            case "verschil" if change := _difference(kind, old[kind][1], new[kind][1]):
                (fact_now,) = now
                sources = (*next(iter(was)).sources, *fact_now.sources)
                label = f"Verschil met {report.earlier}: {fact_now.label}"
                shown = _change_of(kind, new[kind][2])(abs(change))
                unit: Unit = "procentpunt" if kind == _TERM else fact_now.unit
                change *= 100 if kind == _TERM else 1
                key, article = f"{fact_now.id}_verschil", fact_now.article
                return fact(report, key, label, change, unit, article, sources, text=shown)
        return ()

    frame = pd.DataFrame.from_dict(rows, orient="index", columns=["kerncijfer", "vorig", "nu", "verschil"])
    return traced(frame, report, "totaal", cells)


def _difference(kind: str, before: float, now: float) -> float:
    """Return how much a figure has changed; of two shares as they are written, so that a reader finds the same."""
    return round(round(now, 3) - round(before, 3), 3) if kind == _TERM else now - before


def _change_of(kind: str, write: Callable[[float], str]) -> Callable[[float], str]:
    """Return how the difference of a figure is written; that of two shares is in points."""
    return (lambda change: f"{dutch.exact(round(100 * change, 1))} procentpunt") if kind == _TERM else write


def _fact(report: Report, kind: str, value: float, year: int | None) -> Iterable[Fact]:
    if kind == _TERM:
        return passed(report, value, year)
    if kind in GOALS:
        return goal_count(report, "totaal", kind, int(value), year)
    count = kind in {"projecten", "uitvoering", "afgerond", "gestopt"}
    return (project_count if count else money_facts)(report, "totaal", kind, int(value), year)


def no_project_changed(report: Report) -> str:
    """Say that no project has changed; of the first year, that all are new, where there are any."""
    if report.year_before() is not None:
        return f"Er is geen project veranderd{report.that_is_shown()}."
    if projects(report).empty:
        return f"Er zijn {report.yet}geen projecten{report.that_are_shown()}."
    return "Alle projecten zijn nieuw."


def project_changes(report: Report) -> pd.DataFrame:
    """Return the projects that are new, changed phase, or got a worse or better traffic light.

    Returns
    -------
    DataFrame
        Index: project number. Columns: `naam`, `pijler`, `verandering` (text). No rows in the first year.
    """
    before = report.year_before()
    if before is None:
        return pd.DataFrame(columns=["naam", "pijler", "verandering"])
    old, new = projects(before), projects(report)
    found = {}
    for number, row in new.iterrows():
        if number not in old.index:
            changes = ["nieuw"]
        else:
            was = old.loc[number]
            changes = [] if row["fase"] == was["fase"] else [f"van {was['fase']} naar {row['fase']}"]
            changes += [
                f"{light} van {was[light].split()[-1]} naar {row[light].split()[-1]}"
                for light in ("inhoud", "tijd", "geld")
                if isinstance(row[light], str) and isinstance(was[light], str) and row[light] != was[light]
            ]
        if changes:
            found[number] = (row["naam"], row["pijler"], "; ".join(changes))
    return pd.DataFrame.from_dict(found, orient="index", columns=["naam", "pijler", "verandering"])


def amendments(report: Report) -> pd.DataFrame:
    """Return what has changed in the deal itself (Art. 11, 12, 13 and 17) up to the reference date.

    Returns
    -------
    DataFrame
        Columns: `datum`, `wijziging` (kind; `reeksbreuk` for another definition of an indicator, `doel` for another
        target), `verandering` (text), `artikel`.
    """
    deal = report.deal
    rows = [(pd.Timestamp(each.date), str(each.kind), each.summary, each.article) for each in deal.amendments]
    rows += [
        (pd.Timestamp(each.year, 1, 1), "reeksbreuk", f"{indicator.name}: {each.summary}", each.article)
        for indicator in deal.indicators
        for each in indicator.breaks
    ]
    rows += [
        (pd.Timestamp(each.date), "doel", _change_of_target(report, indicator.id, each.date), indicator.article)
        for indicator in deal.indicators
        for each in indicator.target_changes
    ]
    return pd.DataFrame(sorted(rows), columns=["datum", "wijziging", "verandering", "artikel"])


def _change_of_target(report: Report, indicator_id: str, day: date) -> str:
    """Say what an indicator had to reach before a day, and from it on."""

    def asked(on: date) -> str:
        deal = report.covenant.as_of(on)
        indicator = indicator_of(deal, indicator_id)
        until = f", uiterlijk {dutch.long_date(deal.term.due(indicator))}" if indicator.has_target else ""
        planned = f" (gepland op {dutch.long_date(indicator.planned)})" if indicator.planned else ""
        return f"{target_text(deal, indicator)}{until}{planned}"

    name = indicator_of(report.deal, indicator_id).name
    return f"{name}: {asked(day)}; tot dan {asked(day - timedelta(days=1))}"


def corrections(report: Report) -> pd.DataFrame:
    """Return the figures of adopted years that have changed since the report on that year was adopted.

    Returns
    -------
    DataFrame
        Columns, all text: `verslagjaar`, `cijfer`, `was`, `is_nu`, `reden` (what the bureau wrote with the row).
    """
    rows = report.rows("correcties")
    tables = list(rows["tabel"])
    keys = [
        dict(zip(schema.table(table).primary_key, json.loads(key), strict=True))
        for table, key in zip(tables, rows["sleutel"], strict=True)
    ]
    about = list(zip(tables, keys, strict=True))
    written = {
        name: [_written(report, *each, text) for each, text in zip(about, rows[name], strict=True)]
        for name in ("was", "is_nu")
    }
    named = [_named(report, *each) for each in about]
    frame = rows[["verslagjaar"]].assign(cijfer=named, **written, reden=rows["reden"])

    def cells(number: str, row: pd.Series, column: str) -> Iterable[Fact]:
        here, key, row_then = rows.loc[int(number)], keys[int(number)], "rij_vastgesteld"
        if column not in {"was", "is_nu"} or not here[column]:
            return ()
        label = f"{'Eerder' if column == 'was' else 'Nu'}, {row['cijfer']} ({row['verslagjaar']})"
        both = [
            source(report, "correcties", **{name: here[name] for name in ("tabel", "verslagjaar", row_then)}),
            source(report, here["tabel"], **key),
        ]
        unit, article = _unit(report, here["tabel"], key)
        value, text = float(here[column]), str(row[column])
        return fact(report, f"correctie_{int(number) + 1}.{column}", label, value, unit, article, both, text=text)

    return traced(frame, report, "totaal", cells)


def _unit(report: Report, table: str, key: dict[str, str]) -> tuple[Unit, str]:
    """Return what the figures of a row are counted in, and the article that asks for them."""
    indicators = {each.id: each for each in report.deal.indicators}
    if table == "metingen" and key["indicator_id"] in indicators:
        return indicators[key["indicator_id"]].measure, "doelbereik"
    return ("euro", "financien" if table == "financien" else "bijdragen") if table != "metingen" else ("aantal", "3")


def _written(report: Report, table: str, key: dict[str, str], text: str) -> str:
    if not text:
        return dutch.MISSING
    if table != "metingen":
        return dutch.euro(int(text))
    indicator = {each.id: each for each in report.deal.indicators}.get(key["indicator_id"])
    if indicator is not None and indicator.kind == "mijlpaal":
        return number_of(indicator, float(text))
    # As it was written: a correction may lie in a decimal that the report does not show.
    return dutch.number(float(text), max(indicator.decimals if indicator else 0, len(text.partition(".")[2])))


def _named(report: Report, table: str, key: dict[str, str]) -> str:
    """Write a key with the names of the indicator, the party and the sector that it holds, instead of their ids."""
    names = {each.id: each.name for each in report.deal.indicators}
    names |= {sector.id: sector.name for sector in report.deal.sectors}
    names |= {party.id: party.short for party in report.deal.parties}
    title = {"metingen": "Meting", "financien": "Boeking", "bijdragen": "Bijdrage"}.get(table, table.capitalize())
    days = {value: dutch.long_date(date.fromisoformat(value)) for name, value in key.items() if name in DATES}
    return f"{title}: {', '.join((names | days).get(value, value) for value in key.values() if value)}"


def _figures(report: Report, goals_kind: str, on_course: str) -> dict[str, tuple[str, float, Callable[[float], str]]]:
    frame, amounts = projects(report), money(report).loc["totaal"]
    shown = ", voor zover getoond" if report.not_shown() else ""
    goals = pd.concat([achievement(report, pillar.id) for pillar in report.deal.pillars])
    return {
        "projecten": ("Projecten", len(frame) + report.not_shown(), dutch.number),
        "uitvoering": (f"Projecten in uitvoering{shown}", int((frame["fase"] == "uitvoering").sum()), dutch.number),
        "afgerond": (f"Afgeronde projecten{shown}", int((frame["fase"] == "afgerond").sum()), dutch.number),
        "gestopt": (f"Gestopte projecten{shown}", int((frame["fase"] == "gestopt").sum()), dutch.number),
        "begroot": ("Begroot", int(amounts["begroot"]), dutch.euro),
        "gecommitteerd": ("Gecommitteerd", int(amounts["gecommitteerd"]), dutch.euro),
        "gerealiseerd": ("Gerealiseerd", int(amounts["gerealiseerd"]), dutch.euro),
        goals_kind: (f"Doelen {on_course}", counted(goals)[goals_kind], dutch.number),
        _TERM: ("Looptijd verstreken", report.deal.term.passed(report.reference_date), dutch.share),
    }


def _signed(value: float, write: Callable[[float], str]) -> str:
    shown = write(abs(value))
    return "gelijk" if value == 0 else f"{'+' if value > 0 else '−'} {shown}"
