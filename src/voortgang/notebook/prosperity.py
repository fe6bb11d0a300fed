"""Results by theme of broad prosperity (brede welvaart), so that deals with other pillars can be compared.

The themes are those of Statistics Netherlands (CBS, Regionale Monitor Brede Welvaart). Which theme a result belongs to
is a choice of the bureau, in `deal.yml`; a covenant does not say it.
"""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from voortgang.notebook.counts import GOALS
from voortgang.notebook.facts import covenant, fact, part, source, traced
from voortgang.notebook.goals import achievement, counted
from voortgang.notebook.report import Report
from voortgang.workspace.deal_parts import PROSPERITY
from voortgang.writing.publishable import Fact

KINDS = ("indicatoren", "met_doel", "op_koers", "behaald")
"""What is counted of a theme: indicators, those with a target, those achieved or on track, those achieved."""


def prosperity(report: Report) -> pd.DataFrame:
    """Return how many indicators each theme of broad prosperity has, and how they stand.

    Returns
    -------
    DataFrame
        Index: id of the theme. Columns: `welvaart` (its name), and the counts of `KINDS`. Themes without a result are
        absent; so are results without a theme.
    """
    themes: dict[str, list[str]] = {}
    for result in report.deal.results:
        if result.prosperity is not None:
            themes.setdefault(result.prosperity, []).extend(each.id for each in result.indicators)
    goals = pd.concat([achievement(report, pillar.id) for pillar in report.deal.pillars])
    rows = {}
    for theme in (each for each in PROSPERITY if each in themes):
        found = counted(goals.loc[themes[theme]])
        rows[theme] = {"welvaart": PROSPERITY[theme], **{kind: found[kind] for kind in KINDS}}

    def cells(theme: str, row: pd.Series, column: str) -> Iterable[Fact]:
        if column not in KINDS:
            return ()
        measured = [each.id for each in report.deal.indicators if each.id in themes[theme] and not each.sum_of]
        rows = [source(report, "metingen", indicator_id=measured, verslagjaar=report.years)]
        key, label = f"welvaart.{part(theme)}.{column}", f"{GOALS[column]} voor {row['welvaart']}"
        sources = [*(rows if column in {"op_koers", "behaald"} else []), covenant(report, "3")]
        return fact(report, key, label, row[column], "aantal", "doelbereik", sources, {"welvaart": theme})

    columns = ["welvaart", *KINDS]
    return traced(pd.DataFrame.from_dict(rows, orient="index", columns=columns), report, "welvaart", cells)
