"""What charts share: style, colours, and how a chart is saved with its facts.

Charts are drawn on a `Figure` of their own, without pyplot: nothing is shared between cells or notebooks.
Meaning never rests on colour alone: bars carry their figures, lines a marker and a label.
"""

from __future__ import annotations

import json
import re
import string
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from functools import cache, wraps
from html import escape
from io import StringIO
from pathlib import Path
from typing import ParamSpec, TypeVar

import matplotlib
from matplotlib import font_manager
from matplotlib.figure import Figure

from voortgang.notebook.charts.compact import compact
from voortgang.notebook.charts.lettering import width_of
from voortgang.notebook.charts.sheet import NARROW, WIDE, Drawing, Form, Sheet
from voortgang.notebook.display import ShownChart
from voortgang.notebook.programme import NO_STATUS
from voortgang.writing import dutch
from voortgang.writing import publishable as published
from voortgang.writing.fonts import font_files
from voortgang.writing.publishable import Fact

BUDGETED, COMMITTED, REALISED = "#c9d5de", "#7fa3bd", "#154a70"
ACCENT, GREY = "#b8501a", "#5f6b75"
LINES = (
    *(("#154a70", "o"), ("#b8501a", "s"), ("#2f7d57", "^"), ("#5f6b75", "D")),
    *(("#7a3b8f", "v"), ("#8a6d00", "P"), ("#0f7f8c", "X"), ("#a02c5a", "*")),
    *(("#3b5bdb", "p"), ("#6b4a2b", "h"), ("#4d7c0f", "<"), ("#9b1c1c", ">")),
)
"""Colour and marker of each line; with more lines than these they begin again."""
PHASES = {
    "voorbereiding": ("#e8edf1", "\\\\\\\\"),
    "uitvoering": ("#7fa3bd", ""),
    "afgerond": ("#154a70", ""),
    "gestopt": ("#f0d9cc", "////"),
    NO_STATUS: ("white", ""),
}

_SIGNS = f"{string.ascii_letters}{string.digits} %&'()*+,-./:;?–—…€ëéèïö●▲■"
"""What is in the words of most charts."""

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
    """Draw every letter once, so that what charts share is loaded: fonts, their outlines and widths, number formats."""

    def draw(form: Form) -> Figure:
        sheet = Sheet(form)
        for bold in (False, True):
            sheet.text(0, width_of(_SIGNS, form.size, bold), f"{dutch.euro(0)} {_SIGNS}", bold=bold)
        return sheet.figure(form.line)

    saved(draw, "", "", "")


def saved(
    draw: Callable[[Form], Figure], caption: str, follows: str, alt: str, facts: Iterable[Fact] = ()
) -> ShownChart:
    """Save a chart with the facts in it.

    Parameters
    ----------
    draw
        Draws it, for a page and for a phone.
    caption
        What the chart shows.
    follows
        What follows from it: its title.
    alt
        The same in words, with all its figures.
    """
    known = {each.id: each for each in facts}
    figure = published.Figure(title=follows, caption=caption, alt=alt, facts=tuple(sorted(known)))
    return ShownChart(as_svg(draw(WIDE)), figure, tuple(known.values()), narrow=as_svg(draw(NARROW)))


def as_svg(chart: Figure) -> str:
    """Return a drawing as SVG."""
    # Written here, while the style holds.
    svg = StringIO()
    chart.savefig(svg, format="svg", metadata={"Date": None, "Creator": None})
    drawn = compact(svg.getvalue())
    if not isinstance(chart, Drawing) or not chart.spots:
        return drawn
    # The script of a page reads it from the picture: so it goes wherever the picture goes.
    spots = [[*map(round, (each.left, each.top, each.right, each.bottom)), each.words] for each in chart.spots]
    said = escape(json.dumps(spots, separators=(",", ":")), quote=False)
    return re.sub(r"(<svg [^>]*>)", lambda match: f"{match[1]}<desc>{said}</desc>", drawn, count=1)


def year_of(day: date) -> float:
    """Return a day as a year with decimals, for a time axis."""
    return day.year + (day.timetuple().tm_yday - 1) / 366


def share_or_dash(value: float) -> str:
    """Return a share as text; a dash where it is not known."""
    return dutch.share(value) if value == value else dutch.MISSING
