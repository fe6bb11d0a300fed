"""What charts share: style, colours, canvas, labels, and how a chart is saved with its facts.

Charts are drawn on a `Figure` of their own, without pyplot: nothing is shared between cells or notebooks.
Meaning never rests on colour alone: bars carry their figures, lines a marker and a label.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from functools import cache, wraps
from io import StringIO
from pathlib import Path
from typing import ParamSpec, TypeVar

import matplotlib.colors
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from voortgang.notebook.display import ShownChart
from voortgang.notebook.programme import NO_STATUS
from voortgang.writing import dutch
from voortgang.writing import publishable as published
from voortgang.writing.fonts import font_files
from voortgang.writing.publishable import Fact

WIDTH = 6.7
"""Width of a chart in inches; the text width of the PDF."""

BUDGETED, COMMITTED, REALISED = "#c9d5de", "#7fa3bd", "#154a70"
ACCENT, WARNING, GREY = "#b8501a", "#8a1c1c", "#5f6b75"
LINES = (
    *(("#154a70", "o"), ("#b8501a", "s"), ("#2f7d57", "^"), ("#5f6b75", "D")),
    *(("#7a3b8f", "v"), ("#8a6d00", "P"), ("#0f7f8c", "X"), ("#a02c5a", "*")),
)
"""Colour and marker of each line; with more lines than these they begin again."""
FILLS = (
    *(("#154a70", "white"), ("#7fa3bd", "black"), ("#c9d5de", "black"), ("#eef2f5", "black")),
    *(("#3f6f93", "white"), ("#a9c0d1", "black"), ("#dfe7ed", "black"), ("#2a5c80", "white")),
)
PHASES = {
    "voorbereiding": ("#e8edf1", "...."),
    "uitvoering": ("#7fa3bd", ""),
    "afgerond": ("#154a70", ""),
    "gestopt": ("#f0d9cc", "////"),
    NO_STATUS: ("white", ""),
}

Places = Mapping[str, tuple[int, int]]
P = ParamSpec("P")
R = TypeVar("R")


def styled(draw: Callable[P, R]) -> Callable[P, R]:
    """Draw with the style file, and leave matplotlib's settings as they were."""

    @wraps(draw)
    def drawn(*args: P.args, **kwargs: P.kwargs) -> R:
        with _style():
            return draw(*args, **kwargs)

    return drawn


@contextmanager
def _style() -> Iterator[None]:
    register_fonts()
    with matplotlib.rc_context(fname=Path(__file__).parents[1] / "voortgang.mplstyle"):
        yield


@cache
def register_fonts() -> None:
    """Let matplotlib find the fonts of the report."""
    for path in font_files():
        font_manager.fontManager.addfont(path)


@styled
def prepare() -> None:
    """Draw an empty chart, so that what charts share is loaded: fonts, layout, number formats."""
    chart, axes = canvas(1)
    axes.set_title(dutch.euro(0))
    saved(chart, "", "", "")


def canvas(height: float) -> tuple[Figure, Axes]:
    """Return a chart as wide as the text, `height` inches high, and its axes."""
    chart = Figure(figsize=(WIDTH, height), layout="constrained")
    return chart, chart.add_subplot()


def saved(chart: Figure, caption: str, follows: str, alt: str, facts: Iterable[Fact] = ()) -> ShownChart:
    """Save a chart with the facts in it. Its caption says what it shows, and then what follows from it."""
    # Saved here, while the style holds. Saving would compute the layout, and draw the chart, twice.
    chart.set_dpi(72)
    if layout := chart.get_layout_engine():
        layout.execute(chart)
    chart.set_layout_engine(None)
    svg = StringIO()
    chart.savefig(svg, format="svg", metadata={"Date": None, "Creator": None})
    known = {each.id: each for each in facts}
    figure = published.Figure(caption=f"{caption}. {follows}", alt=alt, facts=tuple(sorted(known)))
    return ShownChart(svg.getvalue(), figure, tuple(known.values()))


def spread(ends: list[tuple[float, str, str, int]], gap: float) -> Iterator[tuple[float, tuple[float, str, str, int]]]:
    """Give labels at the ends of lines heights at least `gap` apart, in the order of their values."""
    height = -gap
    for end in sorted(ends):
        height = max(end[0], height + gap)
        yield height, end


def year_of(day: date) -> float:
    """Return a day as a year with decimals, for a time axis."""
    return day.year + (day.timetuple().tm_yday - 1) / 366


def share_or_dash(value: float) -> str:
    """Return a share as text; a dash where it is not known."""
    return dutch.share(value) if value == value else dutch.MISSING


def shortened(name: str, length: int = 44) -> str:
    """Cut a name that is longer than `length` characters."""
    return name if len(name) <= length else name[: length - 1].rstrip() + "…"


def wrapped_label(name: str, width: int = 30) -> str:
    """Break a label over lines of about `width` characters."""
    lines: list[str] = []
    for word in name.split():
        if lines and len(lines[-1]) + 1 + len(word) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return "\n".join(lines)
