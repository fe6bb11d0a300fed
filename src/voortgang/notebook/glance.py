"""The deal at a glance: one line for each intended result of Art. 3, and what asks for attention first."""

from __future__ import annotations

import pandas as pd

from voortgang.notebook.goals import achievement
from voortgang.notebook.programme import LIGHTS, projects, results
from voortgang.notebook.report import Report
from voortgang.notebook.verdicts import (
    ACHIEVED,
    BASELINE,
    BEHIND,
    IMPROVING,
    LATE,
    NOT_ACHIEVED,
    NOT_IMPROVING,
    ON_TRACK,
    PLANNED,
    UNDECIDED,
    UNKNOWN,
)

_SIGNS = {
    NOT_ACHIEVED: "■",
    LATE: "▲",
    BEHIND: "▲",
    NOT_IMPROVING: "▲",
    UNDECIDED: "○",
    UNKNOWN: "○",
    BASELINE: "○",
    ON_TRACK: "●",
    PLANNED: "●",
    IMPROVING: "●",
    ACHIEVED: "✔",
}
"""Each verdict with its sign, the one that asks most attention first."""


def glance(report: Report) -> pd.DataFrame:
    """Return one row for each intended result: the verdict on its indicators that asks most attention.

    Where indicators of a result have a target, only those decide.

    Returns
    -------
    DataFrame
        Columns: `lijn` (name of the pillar), `resultaat`, `stand` (sign and verdict).
    """
    rows = []
    for pillar in report.deal.pillars:
        goals = achievement(report, pillar.id)
        for result in results(report, pillar.id)["resultaat"]:
            own = goals[goals["resultaat"] == result]
            deciding = own[own["met_doel"]] if own["met_doel"].any() else own
            verdict = min(deciding["oordeel"], key=list(_SIGNS).index, default=UNKNOWN)
            rows.append((pillar.name, result, f"{_SIGNS[verdict]} {verdict}"))
    return pd.DataFrame(rows, columns=["lijn", "resultaat", "stand"])


def first_attention(report: Report, most: int = 3) -> pd.DataFrame:
    """Return the projects whose traffic lights ask most attention, with their explanation.

    Returns
    -------
    DataFrame
        At most `most` rows, those with most red and then most orange lights first. Columns as `programme.projects`.
    """
    frame = projects(report)
    lights = frame[["inhoud", "tijd", "geld"]]
    order = pd.DataFrame({name: (lights == LIGHTS[name]).sum(axis=1) for name in ("rood", "oranje")})
    asking = order[order.any(axis=1)].sort_values(["rood", "oranje"], ascending=False, kind="stable")
    return frame.loc[asking.index[:most]]
