"""A chart that an analyst makes herself with matplotlib, or with what draws through it, as the report shows it."""

from __future__ import annotations

import math
import re
import sys
from html import escape
from io import StringIO
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.ticker import LogFormatterSciNotation, ScalarFormatter
from matplotlib.transforms import Bbox

from voortgang.notebook.charts.compact import rounded
from voortgang.notebook.charts.sheet import WIDE
from voortgang.notebook.display import ShownChart
from voortgang.notebook.own_table import require_words
from voortgang.writing import dutch
from voortgang.writing import publishable as published
from voortgang.writing.characters import INVISIBLE

_SETTINGS: dict[Any, Any] = {"svg.fonttype": "path", "svg.hashsalt": "voortgang", "svg.image_inline": True}
"""Letters as shapes, so that no typeface is looked for; the same names in each build; pictures in the file itself."""

_DPI = 220
"""Of what is drawn as pixels within the chart, as those of a chart in Word."""

_MARGIN = 0.05
_LONGEST = 25
"""Inches; of a larger drawing the pixels for Word would take all memory."""

LARGEST = 3_000_000
"""Characters of a drawing: it stands in the HTML, its sources and the page of the notebook."""

_LEFT_OUT = re.compile(r"<metadata>.*?</metadata>|<!--.*?-->|</?a\b[^>]*>|(?<=<g) id=(?:\"[^\"]*\"|'[^']*')", re.DOTALL)
"""When it was drawn, remarks, links, and the names of its parts: other drawings on a page have the same."""


class _Numbers(ScalarFormatter):
    """The numbers along an axis, as Dutch readers write them; one of four digits may be a year."""

    def __call__(self, x: float, pos: int | None = None) -> str:
        whole, point, part = str(super().__call__(x, pos)).partition(".")
        if len(whole.lstrip("-−")) > 4:
            whole = re.sub(r"(?<=\d)(?=(\d{3})+$)", ".", whole)
        return f"{whole}{',' if point else ''}{part}"


class _Powers(LogFormatterSciNotation):
    """The numbers along an axis of powers, in full."""

    def __call__(self, x: float, pos: int | None = None) -> str:
        return super().__call__(x, pos) and dutch.exact(x)


_IN_DUTCH: dict[type, type] = {ScalarFormatter: _Numbers, LogFormatterSciNotation: _Powers}


class _Times:
    """Goes before the class of what writes an axis of time: Python names months and days of the week in English."""

    def format_ticks(self, values: Any) -> list[str]:
        return [dutch.times(each) for each in super().format_ticks(values)]  # type: ignore[misc]

    def get_offset(self) -> str:
        return dutch.times(super().get_offset())  # type: ignore[misc]


def own_chart(chart: Any, caption: str, alt: str) -> ShownChart:
    """Show a chart of one's own as a figure of the report. Its numbers are no facts: they are not traced to rows.

    It is drawn as wide as the text of a page. A smaller one keeps the size of its
    letters; a larger one is shown smaller.

    Parameters
    ----------
    chart
        A `Figure` of matplotlib, or what has one: `Axes`, as pandas returns it, or several of these.
    caption
        What the chart shows.
    alt
        The same in words, with its figures, for who cannot see it: "Staafdiagram van deelnemers. Zorg 12; Bouw 7."

    Raises
    ------
    ValueError
        When there is no caption or text alternative, or the chart is none of matplotlib, empty, or too large.
    """
    require_words(caption, "caption")
    require_words(alt, "text alternative (alt)")
    figure = _figure_of(chart)
    if len(figure.get_children()) < 2:  # but for its background
        raise ValueError("the chart is empty: plt.figure() makes one, and pandas draws in another unless it gets ax=")
    svg = _as_svg(figure)
    if len(svg) > LARGEST:
        raise ValueError(
            f"the chart takes {len(svg) / 1e6:.1f} MB, of at most {LARGEST / 1e6:.0f}: draw fewer points, or draw them "
            "with rasterized=True"
        )
    if (pyplot := sys.modules.get("matplotlib.pyplot")) is not None:
        pyplot.close(figure)  # or Jupyter shows it once more when the cell ends
    return ShownChart(svg, published.Figure(kind="own-figure", caption=caption, alt=alt))


def _figure_of(chart: Any) -> Figure:
    several: Any = np.ravel(np.asarray(chart, dtype=object)) if isinstance(chart, np.ndarray | list | tuple) else ()
    found: Any = several[0] if len(several) else chart
    while not isinstance(found, Figure) and getattr(found, "figure", found) is not found:
        found = found.figure  # of axes, which may lie in a part of a figure
    if not isinstance(found, Figure):
        raise ValueError(f"the chart is a {type(chart).__name__}; a Figure or Axes of matplotlib is expected")
    return found


def _as_svg(figure: Figure) -> str:
    for axis in figure.findobj(Axis):
        for written in (axis.get_major_formatter(), axis.get_minor_formatter()):
            kind = type(written)
            if kind in _IN_DUTCH:  # what the analyst has not chosen herself; its settings stay
                written.__class__ = _IN_DUTCH[kind]
            elif kind.__module__.startswith(("matplotlib.dates", "pandas.plotting")) and "Formatter" in kind.__name__:
                written.__class__ = type(kind.__name__, (_Times, kind), {"__module__": __name__})
    svg = StringIO()
    with matplotlib.rc_context(_SETTINGS):
        figure.draw_without_rendering()
        place = _place(figure.get_tightbbox().padded(_MARGIN))
        figure.savefig(svg, format="svg", bbox_inches=place, dpi=_DPI, metadata={"Date": None, "Creator": None})
    drawn = rounded(_LEFT_OUT.sub("", svg.getvalue()))
    # Letters are shapes: what is searched for a hidden project, and who listens, finds the words here.
    words = (re.sub(r"\s+", " ", each.get_text()).strip() for each in figure.findobj(Text) if each.get_visible())
    said = escape(re.sub(INVISIBLE, "", "; ".join(dict.fromkeys(filter(None, words)))), quote=False)
    about = f"<desc>Woorden: {said}</desc>" if said else ""
    return re.sub(r"(<svg [^>]*>)", lambda match: match[1] + about, drawn, count=1)


def _place(drawn: Bbox) -> Bbox:
    """Return the part of the sheet that is shown: as wide as the text of a page at least, and no higher than a page.

    A chart is shown as wide as the text; a narrow or high one gets room beside it instead of larger letters.
    """
    if not np.all(np.isfinite(drawn.extents)) or max(drawn.width, drawn.height) > _LONGEST:
        raise ValueError(f"the chart is larger than {_LONGEST} inches, or has no size: give it one with figsize")
    width = max(WIDE.width, _whole(drawn.width), _whole(drawn.height * WIDE.width / WIDE.tallest))
    return Bbox.from_bounds(drawn.x0, drawn.y0, width / 72, _whole(drawn.height) / 72)


def _whole(inches: float) -> int:
    """Return the points that hold some inches."""
    return math.ceil(inches * 72)
