"""One municipality at a time: its projects, results and contribution (Art. 3 "in iedere gemeente", Art. 5.2)."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from voortgang.notebook.deviations import missing_reason
from voortgang.notebook.facts import fact, part, source, traced
from voortgang.notebook.finances import contributions
from voortgang.notebook.goals import goal_facts, number_of, shown
from voortgang.notebook.indicator_parts import parts
from voortgang.notebook.measurements import Round, last_round, rounds
from voortgang.notebook.payers import POOLED, payers
from voortgang.notebook.programme import projects
from voortgang.notebook.report import Report, once
from voortgang.workspace.deal_parts import Indicator
from voortgang.workspace.shapes import Shapes, read_shapes
from voortgang.writing import dutch
from voortgang.writing.publishable import Fact


@once
def municipality_projects(report: Report, municipality: str) -> pd.DataFrame:
    """Return the projects in which a municipality takes part.

    Returns
    -------
    DataFrame
        As `projects`, with the column `rol`: `penvoerder` or `deelnemer`. Amounts are those of the whole project.
    """
    rows = report.rows("projecten", municipality=municipality).set_index("project_id")
    leads = (rows["penvoerder"] == municipality).map({True: "penvoerder", False: "deelnemer"})
    return projects(report, municipality=municipality).assign(rol=leads)


def shapes(report: Report) -> Shapes | None:
    """Return the municipalities as shapes on a map, by id; None when the workspace has none."""
    known = read_shapes(report.workspace)
    if known is None:
        return None
    codes = {party.id: party.cbs_code for party in report.deal.municipalities}
    rings = {key: known.rings[code] for key, code in codes.items() if code is not None and code in known.rings}
    return Shapes(known.source, rings)


def tiles(report: Report) -> dict[str, tuple[int, int]]:
    """Return column and row on a schematic map, by id, of each municipality that `deal.yml` gives a place."""
    return {party.id: party.tile for party in report.deal.municipalities if party.tile}


def municipality_results(report: Report, municipality: str) -> pd.DataFrame:
    """Return every indicator that is measured per municipality, for one of them.

    Returns
    -------
    DataFrame
        Index: id of the indicator. Columns: `indicator`, `waarde`, `minimum` and `gehaald` as in `parts`, the texts
        `waarde_tekst` and `minimum_tekst`, `regio`, the sum over all municipalities as text, with those that it lacks,
        `tekort`: that there is no figure, or what a minimum that is not reached still asks, and `reden`: that with the
        reason of the municipality, or that it is missing. Both are empty where nothing lacks.
    """
    rows, takes_part = {}, report.municipality(municipality).takes_part(report.reference_date)
    for indicator in report.deal.indicators:
        if indicator.scope == "gemeente" and not indicator.sum_of:
            values, now = parts(report, indicator.id), last_round(report, indicator)
            own = values.reindex([municipality]).iloc[0]
            gap = _gap(report, indicator, municipality, None if now is None else own)
            rows[indicator.id] = (
                indicator.name,
                own["waarde"],
                own["minimum"],
                *(number_of(indicator, None if pd.isna(own[each]) else own[each]) for each in ("waarde", "minimum")),
                own["gehaald"] if municipality in values.index else dutch.MISSING,
                shown(indicator, now),
                gap,
                # Who takes no part owes no reason.
                f"{gap}. {_reason(report, indicator, municipality, now)}" if gap and now and takes_part else gap,
            )
    written = ["waarde_tekst", "minimum_tekst"]  # each indicator has decimals of its own
    columns = ["indicator", "waarde", "minimum", *written, "gehaald", "regio", "tekort", "reden"]
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
    indicators = {each.id: each for each in report.deal.indicators}

    def cells(key: str, row: pd.Series, column: str) -> Iterable[Fact]:
        now = last_round(report, indicators[key])
        match column:
            case "waarde_tekst" if now is not None:
                return goal_facts(report, indicators[key], "waarde", row["waarde"], now.year, of=municipality)
            case "regio" if now is not None:
                return goal_facts(report, indicators[key], "waarde", now.total, now.year)
            case "minimum_tekst":
                return goal_facts(report, indicators[key], "minimum", row["minimum"])
            case "reden" if (before := _last_known(report, indicators[key], municipality)) and pd.isna(row["waarde"]):
                value = before.parts[municipality]
                return goal_facts(report, indicators[key], "waarde", value, before.year, of=municipality)
        return ()

    return traced(frame, report, "totaal", cells)


def _gap(report: Report, indicator: Indicator, municipality: str, own: pd.Series | None) -> str:
    """Say that there is no figure of a municipality, or what its minimum still asks; nothing where nothing lacks."""
    if own is None:
        return f"{report.yet}niet gemeten"
    if pd.isna(own["waarde"]):
        if not report.municipality(municipality).takes_part(report.reference_date):
            return "neemt niet deel"
        before = _last_known(report, indicator, municipality)
        earlier = f"; het laatste, over {before.year}, was " if before else ""
        return f"geen cijfer{earlier}" + (number_of(indicator, before.parts[municipality]) if before else "")
    if own["gehaald"] != "nee":
        return ""
    due = report.deal.term.due(indicator)
    if report.reference_date < due:
        return f"minimum nog niet gehaald; het geldt voor {dutch.long_date(due)}"
    return f"minimum niet gehaald in doeljaar {due.year}"


def _reason(report: Report, indicator: Indicator, municipality: str, now: Round) -> str:
    """Return why a municipality lacks something, in its own words; or that it does not say."""
    rows = report.rows("metingen", indicator=indicator.id)
    mine = rows[(rows["gemeente"] == municipality) & (rows["verslagjaar"] == now.year)].sort_values("peildatum")
    told = [str(text) for text in mine["toelichting"].dropna()]
    return told[-1] if told else missing_reason(report.municipality(municipality).short)


def _last_known(report: Report, indicator: Indicator, municipality: str) -> Round | None:
    """Return the last round in which a municipality has a figure; None where it takes no part, and is told of none."""
    if not report.municipality(municipality).takes_part(report.reference_date):
        return None
    known = [each for each in rounds(report, indicator) if municipality in each.parts]
    return known[-1] if known else None


@once
def municipalities(report: Report) -> pd.DataFrame:
    """Return the municipalities side by side.

    Returns
    -------
    DataFrame
        Index: id of the municipality. Columns: `deel` (name), `neemt_deel` (whether it is party to the deal on the
        reference date: only those have a place on the map), `aantal` (projects in which it takes part),
        `penvoerder_van` (projects that it leads), `toegezegd` and `ontvangen` (euros, its own contribution), and
        `ten_laste` (what was spent of that; missing where the edition does not show who paid for all).
    """
    paid, booked = contributions(report), payers(report)
    rows = {}
    for party in report.deal.municipalities:
        mine = municipality_projects(report, party.id)
        own = paid.loc[party.id] if party.id in paid.index else None
        rows[party.id] = {
            "deel": party.short,
            "neemt_deel": party.takes_part(report.reference_date),
            "aantal": len(mine),
            "penvoerder_van": int((mine["rol"] == "penvoerder").sum()),
            "toegezegd": 0 if own is None else int(own["toegezegd"]),
            "ontvangen": 0 if own is None else int(own["ontvangen"]),
            "ten_laste": int(booked.at[party.id, "gerealiseerd"]) if party.id in booked.index else 0,
        }
    counts = {
        "aantal": ("projecten", "Projecten waaraan {} deelneemt", ("gemeenten", "penvoerder")),
        "penvoerder_van": ("penvoerder", "Projecten waarvan {} penvoerder is", ("penvoerder",)),
    }
    money = {"toegezegd": "Toegezegd door {}", "ontvangen": "Ontvangen van {}"}

    def cells(key: str, row: pd.Series, column: str) -> Iterable[Fact]:
        stem, about = f"gemeente.{part(key)}", {"gemeente": key}
        if column in counts:
            kind, label, columns = counts[column]
            listed = [source(report, "projecten", **{each: key}) for each in columns]
            phrase = dutch.count(int(row[column]), "project", "projecten")
            name = label.format(row["deel"])
            return fact(report, f"{stem}.{kind}", name, row[column], "aantal", "aanpak", listed, about, phrase=phrase)
        if column == "ten_laste":
            rows = [source(report, "financien", financier=key, soort="gerealiseerd")]
            name = f"Gerealiseerd uit de bijdrage van {row['deel']}"
            return fact(report, f"{stem}.{column}", name, row[column], "euro", "financien", rows, about)
        if column in money:
            rows = [source(report, "bijdragen", partij=key, soort=column)]
            name = money[column].format(row["deel"])
            return fact(report, f"{stem}.{column}", name, row[column], "euro", "bijdrage_regio", rows, about)
        return ()

    columns = ["deel", "neemt_deel", *counts, *money, "ten_laste"]
    frame = pd.DataFrame.from_dict(rows, orient="index").reindex(columns=columns).astype({"neemt_deel": "bool"})
    if POOLED in booked.index and rows:  # some of it stands there, without who paid
        frame["ten_laste"] = pd.NA
    return traced(frame, report, "gemeenten", cells)
