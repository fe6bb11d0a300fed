"""One municipality at a time: its projects, results and contribution (Art. 3 "in iedere gemeente", Art. 5.2)."""

from __future__ import annotations

import pandas as pd

from voortgang.notebook.finances import contributions
from voortgang.notebook.goals import parts
from voortgang.notebook.programme import projects
from voortgang.notebook.report import Report


def municipality_projects(report: Report, municipality: str) -> pd.DataFrame:
    """Return the projects in which a municipality takes part.

    Returns
    -------
    DataFrame
        As `projects`, with the column `rol`: `penvoerder` or `deelnemer`. Amounts are those of the whole project.
    """
    rows = report.rows("projecten").set_index("project_id")
    mine = rows["gemeenten"].map(lambda places: municipality in places) | (rows["penvoerder"] == municipality)
    frame = projects(report).loc[mine.to_numpy(dtype=bool)]
    leads = (rows.loc[frame.index, "penvoerder"] == municipality).map({True: "penvoerder", False: "deelnemer"})
    return frame.assign(rol=leads)


def municipality_results(report: Report, municipality: str) -> pd.DataFrame:
    """Return every indicator that is measured per municipality, for one of them.

    Returns
    -------
    DataFrame
        Index: id of the indicator. Columns: `indicator`, `waarde`, `minimum` and `gehaald` as in `parts`, and `regio`,
        the sum over all municipalities (missing where none has a figure).
    """
    rows = {}
    for indicator in report.deal.indicators:
        if indicator.scope == "gemeente" and not indicator.sum_of:
            values = parts(report, indicator.id)
            own = values.loc[municipality]
            total = values["waarde"].sum(min_count=1)
            rows[indicator.id] = (indicator.name, own["waarde"], own["minimum"], own["gehaald"], total)
    return pd.DataFrame.from_dict(rows, orient="index", columns=["indicator", "waarde", "minimum", "gehaald", "regio"])


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
    return pd.DataFrame.from_dict(rows, orient="index")
