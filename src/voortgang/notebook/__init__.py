"""What a notebook works with: load the data, show tables and charts, publish facts. Imports check and below.

Examples
--------
A notebook's first cells::

    import voortgang.notebook as vg

    report = vg.load(year, reference_date, edition)

and a labelled cell, whose result a chapter includes with `{{< include fragmenten/_tbl-geld.md >}}`::

    #| label: tbl-geld
    vg.table(vg.money(report), ["lijn", "begroot", "gerealiseerd", "uitputting"], "Geld per pijler")

A chart or table of one's own is published by the options of its cell, or by `vg.own_chart` and `vg.own_table`::

    #| label: fig-deelnemers
    #| fig-cap: "Deelnemers per sector"
    #| fig-alt: "Staafdiagram van deelnemers. Zorg 1.200; Bouw 345."
    frame.plot.bar()
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from voortgang.notebook.cards import key_cards
from voortgang.notebook.councils import municipality_chart, municipality_gaps, municipality_money, municipality_state
from voortgang.notebook.covenant_guide import covenant_guide
from voortgang.notebook.deviations import attention, behind, deviations, no_light_asks, nothing_deviates
from voortgang.notebook.facts import about
from voortgang.notebook.finances import (
    budget_revisions,
    contributions,
    instalments,
    money,
    money_by_theme,
    money_by_year,
    money_of_line,
    money_series,
)
from voortgang.notebook.forecast import forecast, no_forecast
from voortgang.notebook.glance import glance
from voortgang.notebook.goals import achievement
from voortgang.notebook.indicator_parts import (
    below_minimum,
    measured_on,
    minimums,
    parts,
    parts_by_indicator,
    undated,
    with_units,
)
from voortgang.notebook.indicator_years import definitions, history, series
from voortgang.notebook.municipalities import municipalities, municipality_projects, municipality_results, shapes, tiles
from voortgang.notebook.overview import overview
from voortgang.notebook.own_table import own_table
from voortgang.notebook.payers import payers, released, room, rounding
from voortgang.notebook.programme import (
    consultations,
    cross_overs,
    projects,
    projects_by_sector,
    results,
    themes,
)
from voortgang.notebook.project_sheets import project_sheets
from voortgang.notebook.prosperity import prosperity
from voortgang.notebook.publish import (
    directions,
    phase,
    publish_deal,
    publish_goals,
    publish_money,
    publish_municipalities,
    publish_projects,
    table,
    text,
    verdicts,
)
from voortgang.notebook.report import Report, load, sound_data
from voortgang.notebook.risks import risks, top_risks
from voortgang.notebook.sentences import cell, computed, listing, sentences
from voortgang.notebook.since_last_report import (
    FIRST,
    amendments,
    corrections,
    differences,
    key_figures,
    no_project_changed,
    project_changes,
)
from voortgang.notebook.spending import money_in_year, money_outlook, publish_years, underspending
from voortgang.notebook.totals import with_total
from voortgang.notebook.verdicts import (
    ACHIEVED,
    BASELINE,
    BEHIND,
    IMPROVING,
    LATE,
    MARGIN,
    NOT_ACHIEVED,
    NOT_IMPROVING,
    ON_TRACK,
    PLANNED,
    UNDECIDED,
    UNKNOWN,
)

if TYPE_CHECKING:
    from voortgang.notebook.charts.drawing import prepare
    from voortgang.notebook.charts.maps import chart_map
    from voortgang.notebook.charts.money import chart_money, chart_split, chart_utilisation
    from voortgang.notebook.charts.own import own_chart
    from voortgang.notebook.charts.planning import chart_phases
    from voortgang.notebook.charts.results import chart_bullets, chart_parts, chart_shares
    from voortgang.notebook.charts.trends import chart_trends

__all__ = [
    "ACHIEVED",
    "BASELINE",
    "BEHIND",
    "FIRST",
    "IMPROVING",
    "LATE",
    "MARGIN",
    "NOT_ACHIEVED",
    "NOT_IMPROVING",
    "ON_TRACK",
    "PLANNED",
    "UNDECIDED",
    "UNKNOWN",
    "Report",
    "about",
    "achievement",
    "amendments",
    "attention",
    "behind",
    "below_minimum",
    "budget_revisions",
    "cell",
    "chart_bullets",
    "chart_map",
    "chart_money",
    "chart_parts",
    "chart_phases",
    "chart_shares",
    "chart_split",
    "chart_trends",
    "chart_utilisation",
    "computed",
    "consultations",
    "contributions",
    "corrections",
    "covenant_guide",
    "cross_overs",
    "definitions",
    "deviations",
    "differences",
    "directions",
    "forecast",
    "glance",
    "history",
    "instalments",
    "key_cards",
    "key_figures",
    "listing",
    "load",
    "measured_on",
    "minimums",
    "money",
    "money_by_theme",
    "money_by_year",
    "money_in_year",
    "money_of_line",
    "money_outlook",
    "money_series",
    "municipalities",
    "municipality_chart",
    "municipality_gaps",
    "municipality_money",
    "municipality_projects",
    "municipality_results",
    "municipality_state",
    "no_forecast",
    "no_light_asks",
    "no_project_changed",
    "nothing_deviates",
    "overview",
    "own_chart",
    "own_table",
    "parts",
    "parts_by_indicator",
    "payers",
    "phase",
    "prepare",
    "project_changes",
    "project_sheets",
    "projects",
    "projects_by_sector",
    "prosperity",
    "publish_deal",
    "publish_goals",
    "publish_money",
    "publish_municipalities",
    "publish_projects",
    "publish_years",
    "released",
    "results",
    "risks",
    "room",
    "rounding",
    "sentences",
    "series",
    "shapes",
    "sound_data",
    "table",
    "text",
    "themes",
    "tiles",
    "top_risks",
    "undated",
    "underspending",
    "verdicts",
    "with_total",
    "with_units",
]

_DRAWN = {
    "chart_bullets": "results",
    "chart_map": "maps",
    "chart_money": "money",
    "chart_parts": "results",
    "chart_phases": "planning",
    "chart_shares": "results",
    "chart_split": "money",
    "chart_trends": "trends",
    "chart_utilisation": "money",
    "own_chart": "own",
    "prepare": "drawing",
}
"""What draws, and its module of charts: these take matplotlib, which a check or an overview does without."""


def __getattr__(name: str) -> Any:
    if name not in _DRAWN:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.charts.{_DRAWN[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
