"""The key figures of the summary: one row per pillar."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from voortgang.notebook.counts import goal_count, project_count, reached_of
from voortgang.notebook.facts import traced
from voortgang.notebook.finances import money, money_facts
from voortgang.notebook.goals import achievement, counted
from voortgang.notebook.programme import projects
from voortgang.notebook.report import Report
from voortgang.writing.publishable import Fact


def overview(report: Report) -> pd.DataFrame:
    """Return projects, goal achievement and money of each pillar, and in total.

    Returns
    -------
    DataFrame
        Index: id of the pillar, and `totaal`. Columns: `lijn` (name), `aantal` (projects), `doelen` (indicators
        achieved or on track out of those with a target, or only achieved once the deal has ended, as text; missing
        where none has one), `begroot`,
        `gerealiseerd` (euros), `uitputting` (0–1).
    """
    rows, reached, targets, count = [], 0, 0, 0
    # A target of a later year may be on schedule when the deal has ended: it is not achieved.
    kind = "behaald" if report.has_ended else "op_koers"
    verdicts = {}
    for pillar in report.deal.pillars:
        goals = counted(achievement(report, pillar.id))
        with_target, on_course = goals["met_doel"], goals[kind]
        amount = len(projects(report, pillar.id)) + report.not_shown(pillar.id)
        rows.append((pillar.id, amount, reached_of(on_course, with_target)))
        verdicts[pillar.id] = (on_course, with_target)
        reached, targets, count = reached + on_course, targets + with_target, count + amount
    rows.append(("totaal", count, reached_of(reached, targets)))
    verdicts["totaal"] = (reached, targets)
    frame = pd.DataFrame(rows, columns=["id", "aantal", "doelen"]).set_index("id")

    def cells(line: str, row: pd.Series, column: str) -> Iterable[Fact]:
        if column == "aantal":
            return project_count(report, line, "projecten", int(row["aantal"]))
        if column == "doelen" and pd.isna(row["doelen"]):
            return []
        if column == "doelen":
            on_course, with_target = verdicts[line]
            return [
                *goal_count(report, line, kind, on_course),
                *goal_count(report, line, "met_doel", with_target),
            ]
        return money_facts(report, line, column, row[column])

    return traced(frame.join(money(report)[["lijn", "begroot", "gerealiseerd", "uitputting"]]), report, "totaal", cells)
