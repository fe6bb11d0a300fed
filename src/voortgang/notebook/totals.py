"""The last row of a table of projects: what they come to together."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from voortgang.notebook.facts import cells_of, fact, source, stem_of, traced
from voortgang.notebook.finances import AMOUNTS, TOTAL
from voortgang.notebook.report import Report
from voortgang.writing import dutch
from voortgang.writing.publishable import Fact


def with_total(report: Report, projects: pd.DataFrame, pillar: str | None = None) -> pd.DataFrame:
    """Return a table of projects with a last row `totaal`: the sum of what its rows show.

    A project that the edition does not show is not in the sum, which would give it away; the row says so. An amount
    that is not public of one project is missing in the total too.

    Parameters
    ----------
    projects
        What `projects` returns, or a selection of its rows. Facts about it as a whole are called after the frame: give
        a selection a name of its own with `about`.
    pillar
        The pillar that all of them are of.
    """
    if projects.empty:
        return projects
    shown = [column for column in AMOUNTS if column in projects]
    hidden = report.not_shown(pillar)
    sums = {column: projects[column].sum() if projects[column].notna().all() else pd.NA for column in shown}
    last = pd.DataFrame({"naam": TOTAL if not hidden else f"{TOTAL} van deze projecten", **sums}, index=["totaal"])
    for column in shown:
        last[column] = last[column].astype("Int64")
    numbers, stem, known = list(map(str, projects.index)), stem_of(projects), cells_of(projects) or _nothing

    def cells(number: str, row: pd.Series, column: str) -> Iterable[Fact]:
        if number != "totaal":
            return known(number, row, column)
        if column not in shown:
            return ()
        own = {"begroot": ("projecten", {})}.get(column, ("financien", {"soort": column}))
        rows = [source(report, own[0], project_id=numbers, **own[1])]
        label = f"{column.capitalize()} voor {dutch.count(len(numbers), 'project', 'projecten')} samen"
        about = {"pijler": pillar} if pillar else {}
        return fact(report, f"{stem}.projecten_{column}", label, row[column], "euro", "financien", rows, about)

    return traced(pd.concat([projects, last]), report, stem, cells)


def _nothing(*_: object) -> Iterable[Fact]:
    return ()
