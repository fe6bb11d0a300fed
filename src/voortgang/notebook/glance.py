"""The deal at a glance: one line for each intended result of Art. 3."""

from __future__ import annotations

import pandas as pd

from voortgang.notebook.facts import of_deal
from voortgang.notebook.goals import achievement
from voortgang.notebook.programme import results
from voortgang.notebook.report import Report
from voortgang.notebook.verdicts import SIGNS, UNKNOWN


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
            verdict = min(deciding["oordeel"], key=list(SIGNS).index, default=UNKNOWN)
            rows.append((pillar.name, result, f"{SIGNS[verdict]} {verdict}"))
    return of_deal(pd.DataFrame(rows, columns=["lijn", "resultaat", "stand"]), report)
