"""The deal at a glance: one line for each intended result of Art. 3."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from voortgang.notebook.facts import of_deal
from voortgang.notebook.goals import achievement, judgement
from voortgang.notebook.measurements import indicator_of
from voortgang.notebook.programme import results
from voortgang.notebook.report import Report
from voortgang.notebook.verdicts import AT_DUE, SIGNS, UNKNOWN


def _at_due(report: Report, indicators: Iterable[str]) -> str:
    """Return what held in the year of the target where that differs from what holds now, of the first that says so."""
    found = (judgement(report, indicator_of(report.deal, each)) for each in indicators)
    return next((remark for each in found for remark in each.remarks if remark.startswith(AT_DUE)), "")


def glance(report: Report) -> pd.DataFrame:
    """Return one row for each intended result: the verdict on its indicators that asks most attention.

    Where indicators of a result have a target, only those decide. What was achieved after the year of the target, or no
    longer holds, says so.

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
            at_due = _at_due(report, deciding.index[deciding["oordeel"] == verdict])
            rows.append((pillar.name, result, "; ".join(filter(None, [f"{SIGNS[verdict]} {verdict}", at_due]))))
    return of_deal(pd.DataFrame(rows, columns=["lijn", "resultaat", "stand"]), report)
