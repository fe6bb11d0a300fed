"""The key figures of the summary: one row per pillar."""

from __future__ import annotations

import pandas as pd

from voortgang.notebook.finances import money
from voortgang.notebook.goals import ACHIEVED, ON_TRACK, achievement
from voortgang.notebook.programme import projects
from voortgang.notebook.report import Report


def overview(report: Report) -> pd.DataFrame:
    """Return projects, goal achievement and money of each pillar, and in total.

    Returns
    -------
    DataFrame
        Index: id of the pillar, and `totaal`. Columns: `lijn` (name), `aantal` (projects), `doelen` (indicators
        achieved or on track out of those with a target, as text), `begroot`, `gerealiseerd` (euros),
        `uitputting` (0–1).
    """
    rows, reached, targets, count = [], 0, 0, 0
    for pillar in report.deal.pillars:
        goals = achievement(report, pillar.id)
        with_target = int(goals["doelbereik"].notna().sum())
        on_course = int((goals["doelbereik"].notna() & goals["oordeel"].isin([ACHIEVED, ON_TRACK])).sum())
        amount = len(projects(report, pillar.id))
        rows.append((pillar.id, amount, f"{on_course} van {with_target}"))
        reached, targets, count = reached + on_course, targets + with_target, count + amount
    rows.append(("totaal", count, f"{reached} van {targets}"))
    frame = pd.DataFrame(rows, columns=["id", "aantal", "doelen"]).set_index("id")
    return frame.join(money(report)[["lijn", "begroot", "gerealiseerd", "uitputting"]])
