"""One municipality at a time: its projects, results and contribution (Art. 3 "in iedere gemeente", Art. 5.2)."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from voortgang.notebook.facts import fact, part, source, traced
from voortgang.notebook.finances import contributions
from voortgang.notebook.goals import goal_facts, shown
from voortgang.notebook.measurements import last_round
from voortgang.notebook.parts import parts
from voortgang.notebook.programme import projects
from voortgang.notebook.report import Report, once
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
        Index: id of the indicator. Columns: `indicator`, `waarde`, `minimum` and `gehaald` as in `parts`, and `regio`,
        the sum over all municipalities as text, with those that it lacks.
    """
    rows = {}
    for indicator in report.deal.indicators:
        if indicator.scope == "gemeente" and not indicator.sum_of:
            values, now = parts(report, indicator.id), last_round(report, indicator)
            own = values.reindex([municipality]).iloc[0]
            rows[indicator.id] = (
                indicator.name,
                own["waarde"],
                own["minimum"],
                own["gehaald"] if municipality in values.index else dutch.MISSING,
                shown(indicator, now),
            )
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=["indicator", "waarde", "minimum", "gehaald", "regio"])
    indicators = {each.id: each for each in report.deal.indicators}

    def cells(key: str, row: pd.Series, column: str) -> Iterable[Fact]:
        now = last_round(report, indicators[key])
        match column:
            case "waarde" if now is not None:
                return goal_facts(report, indicators[key], "waarde", row["waarde"], now.year, of=municipality)
            case "regio" if now is not None:
                return goal_facts(report, indicators[key], "waarde", now.total, now.year)
            case "minimum":
                return goal_facts(report, indicators[key], "minimum", row["minimum"])
        return ()

    return traced(frame, report, "totaal", cells)


@once
def municipalities(report: Report) -> pd.DataFrame:
    """Return the municipalities side by side.

    Returns
    -------
    DataFrame
        Index: id of the municipality. Columns: `deel` (name), `aantal` (projects in which it takes part),
        `penvoerder_van` (projects that it leads), `toegezegd` and `ontvangen` (euros, its own contribution).
    """
    paid = contributions(report)
    rows = {}
    for party in report.deal.municipalities:
        mine = municipality_projects(report, party.id)
        own = paid.loc[party.id] if party.id in paid.index else None
        rows[party.id] = {
            "deel": party.short,
            "aantal": len(mine),
            "penvoerder_van": int((mine["rol"] == "penvoerder").sum()),
            "toegezegd": 0 if own is None else int(own["toegezegd"]),
            "ontvangen": 0 if own is None else int(own["ontvangen"]),
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
        if column in money:
            rows = [source(report, "bijdragen", partij=key, soort=column)]
            name = money[column].format(row["deel"])
            return fact(report, f"{stem}.{column}", name, row[column], "euro", "bijdrage_regio", rows, about)
        return ()

    return traced(pd.DataFrame.from_dict(rows, orient="index"), report, "gemeenten", cells)
