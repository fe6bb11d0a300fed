"""What a notebook works with: load the data, show tables and charts, publish facts.

Examples
--------
A notebook's first cells::

    import voortgang.notebook as vg

    report = vg.load(year, reference_date, edition)

and a labelled cell, whose result a chapter includes with `{{< include fragmenten/_tbl-geld.md >}}`::

    #| label: tbl-geld
    vg.table(vg.money(report), ["lijn", "begroot", "gerealiseerd", "uitputting"], "Geld per pijler")
"""

from __future__ import annotations

from voortgang.notebook.charts import (
    chart_bullets,
    chart_money,
    chart_parts,
    chart_phases,
    chart_split,
    chart_trends,
    chart_utilisation,
)
from voortgang.notebook.finances import (
    budget_revisions,
    contributions,
    instalments,
    money,
    money_by_theme,
    money_by_year,
)
from voortgang.notebook.goals import (
    ACHIEVED,
    BEHIND,
    IMPROVING,
    MARGIN,
    NOT_IMPROVING,
    ON_TRACK,
    UNKNOWN,
    achievement,
    history,
    parts,
    parts_by_indicator,
)
from voortgang.notebook.overview import overview
from voortgang.notebook.programme import attention, consultations, cross_overs, projects, results, themes
from voortgang.notebook.publish import (
    publish_deal,
    publish_goals,
    publish_money,
    publish_projects,
    table,
    text,
    verdicts,
)
from voortgang.notebook.report import Report, load

__all__ = [
    "ACHIEVED",
    "BEHIND",
    "IMPROVING",
    "MARGIN",
    "NOT_IMPROVING",
    "ON_TRACK",
    "UNKNOWN",
    "Report",
    "achievement",
    "attention",
    "budget_revisions",
    "chart_bullets",
    "chart_money",
    "chart_parts",
    "chart_phases",
    "chart_split",
    "chart_trends",
    "chart_utilisation",
    "consultations",
    "contributions",
    "cross_overs",
    "history",
    "instalments",
    "load",
    "money",
    "money_by_theme",
    "money_by_year",
    "overview",
    "parts",
    "parts_by_indicator",
    "projects",
    "publish_deal",
    "publish_goals",
    "publish_money",
    "publish_projects",
    "results",
    "table",
    "text",
    "themes",
    "verdicts",
]
