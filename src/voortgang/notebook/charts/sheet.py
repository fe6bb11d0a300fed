"""The sheet that a chart is drawn on: shapes and words at places in points, from the top left corner.

A chart is drawn on it twice: as wide as the text of a page, and as wide as a phone. Nothing is placed by matplotlib's
own layout: a chart measures its words first, so that they have the room that they need.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Polygon, Rectangle
from matplotlib.text import Text
from matplotlib.transforms import Affine2D

from voortgang.notebook.charts.lettering import LINE, face, lines_of, width_of

INK, SOFT, RULE = "#1d2730", "#4a5762", "#c3ccd3"
"""Words, words beside the point, and lines that carry no figure."""


Anchor = Literal["left", "center", "right"]
"""Which end of a text is at its place."""


@dataclass(frozen=True)
class Form:
    """What a chart is drawn for.

    Attributes
    ----------
    width
        Of the drawing.
    size
        Of all letters.
    tallest
        How high a drawing should be at most; for a page it has to fit there, with its caption.
    narrow
        Whether there is no room for words beside what they name.
    """

    width: float
    size: float
    tallest: float
    narrow: bool = False

    @property
    def line(self) -> float:
        """Distance of lines of text."""
        return self.size * LINE


WIDE = Form(width=482.4, size=9.5, tallest=600)
"""The text width of the PDF: letters of 9.5 points, on paper too."""

NARROW = Form(width=244.8, size=12.25, tallest=10_000, narrow=True)
"""On a phone of 380 pixels a picture is 340 wide: letters are 17 pixels high there, as those of the text are."""


@dataclass(frozen=True)
class Spot:
    """A place of a drawing that shows a value, and the value in words: a page shows them to who points there."""

    left: float
    top: float
    right: float
    bottom: float
    words: str


class Drawing(Figure):
    """A finished drawing, with its spots."""

    spots: tuple[Spot, ...] = ()


class Sheet:
    """A drawing under way. Places count from the top left corner, and down."""

    def __init__(self, form: Form) -> None:
        self.form = form
        self.width, self.size, self.line_height = form.width, form.size, form.line
        self._figure = Drawing(dpi=72)
        self._spots: list[Spot] = []
        self._places = Affine2D()

    def text(
        self, x: float, y: float, words: str, anchor: Anchor = "left", colour: str = INK, bold: bool = False
    ) -> None:
        """Write one line; half the height of its capitals is at `y`."""
        text = Text(
            x,
            y + 0.33 * self.size,
            words,
            fontproperties=face(self.size, bold),
            color=colour,
            horizontalalignment=anchor,
            verticalalignment="baseline",
            transform=self._places,
            parse_math=False,
        )
        self._figure.add_artist(text)

    def lines(
        self,
        x: float,
        y: float,
        lines: Sequence[str],
        anchor: Anchor = "left",
        colour: str = INK,
        bold: bool = False,
    ) -> None:
        """Write some lines, of which the middle is at `y`."""
        first = y - (len(lines) - 1) * self.line_height / 2
        for number, words in enumerate(lines):
            self.text(x, first + number * self.line_height, words, anchor, colour, bold)

    def paragraph(
        self,
        x: float,
        y: float,
        words: str,
        room: float,
        colour: str = INK,
        bold: bool = False,
        most: int | None = None,
    ) -> float:
        """Write a text in lines of at most `room` wide, from `y` down. Return how far down they reach."""
        for line in lines_of(words, self.size, room, most, bold):
            self.text(x, y + self.line_height / 2, line, "left", colour, bold)
            y += self.line_height
        return y

    def bar(
        self,
        left: float,
        top: float,
        right: float,
        bottom: float,
        colour: str,
        hatch: str = "",
        edge: str = "none",
        above: float = 1.0,
    ) -> None:
        """Draw a rectangle."""
        shape = Rectangle(
            (left, top),
            right - left,
            bottom - top,
            facecolor=colour,
            edgecolor=edge,
            hatch=hatch or None,
            linewidth=0.7 if edge != "none" else 0,
            transform=self._places,
            zorder=above,
        )
        self._figure.add_artist(shape)

    def spot(
        self, words: str, left: float, top: float, right: float | None = None, bottom: float | None = None
    ) -> None:
        """Say which value a point shows, or a rectangle."""
        self._spots.append(Spot(left, top, left if right is None else right, top if bottom is None else bottom, words))

    def shape(self, points: Sequence[tuple[float, float]], colour: str) -> None:
        """Draw a filled shape."""
        self._figure.add_artist(Polygon(list(points), facecolor=colour, edgecolor="none", transform=self._places))

    def line(
        self,
        points: Sequence[tuple[float, float]],
        colour: str = RULE,
        width: float = 0.8,
        dashes: tuple[float, float] | None = None,
        marker: str = "",
        hollow: bool = False,
        above: float = 2.0,
    ) -> None:
        """Draw a line through points; with a marker there is one at each."""
        xs, ys = zip(*points, strict=True)
        line = Line2D(
            xs,
            ys,
            color=colour,
            linewidth=width,
            linestyle=(0, dashes) if dashes else "-",
            marker=marker or None,
            markersize=0.55 * self.size,
            markeredgewidth=1.3 if hollow or marker == "x" else 0,
            markeredgecolor=colour,
            markerfacecolor="white" if hollow else colour,
            solid_capstyle="butt",
            transform=self._places,
            zorder=above,
        )
        self._figure.add_artist(line)

    def mark(self, x: float, y: float, marker: str, colour: str, hollow: bool = False) -> None:
        """Draw a marker."""
        self.line([(x, y)], colour, 0, marker=marker, hollow=hollow, above=2.5)

    def break_sign(self, x: float, y: float, upright: bool = True) -> None:
        """Draw the two strokes that say that an axis or a bar is longer than it looks."""
        for away in (-2.0, 2.0):
            if upright:
                ends = [(x - 4, y + away + 2), (x + 4, y + away - 2)]
            else:
                ends = [(x + away - 2, y + 5), (x + away + 2, y - 5)]
            self.line(ends, "white", 3.2, above=3)
            self.line(ends, SOFT, 1.1, above=3.1)

    def arrow(self, x: float, y: float, up: bool, colour: str) -> float:
        """Draw an arrow up or down, as high as a capital, beginning at `x`. Return where it ends."""
        half, wide = 0.36 * self.size, 0.5 * self.size
        way = -1 if up else 1
        middle = x + wide / 2
        self.line([(middle, y - way * half), (middle, y)], colour, 1.4)
        self.shape([(x, y), (x + wide, y), (middle, y + way * half)], colour)
        return x + wide

    def legend(self, x: float, y: float, entries: Sequence[tuple[str, str, str]], room: float) -> float:
        """Draw signs with their words, as many in a row as there is room for. Return how far down they reach.

        Parameters
        ----------
        y
            Top of the first row.
        entries
            Words, colour, and what the sign is: a hatch after `bar`, `bar`, `tick`, `dashes` or a marker.
        """
        sign, at = 1.3 * self.size, x
        y += self.line_height / 2
        for words, colour, kind in entries:
            lines = lines_of(words, self.size, room - sign - 4)
            wide = sign + 4 + max(width_of(each, self.size) for each in lines)
            if at > x and at + wide > x + room:
                at, y = x, y + self.line_height * 1.1
            self._sign(at, y, sign, colour, kind)
            for number, each in enumerate(lines):
                self.text(at + sign + 4, y + number * self.line_height, each)
            y += (len(lines) - 1) * self.line_height
            at += wide + 14
        return y + self.line_height / 2

    def _sign(self, x: float, y: float, wide: float, colour: str, kind: str) -> None:
        half = 0.36 * self.size
        if kind.startswith("bar"):
            hatch = kind.removeprefix("bar")
            edge = "#5f6b75" if hatch or colour == "white" else "none"
            self.bar(x, y - half, x + wide, y + half, colour, hatch, edge)
        elif kind == "tick":
            self.line([(x + wide / 2, y - half), (x + wide / 2, y + half)], colour, 2.4)
        elif kind in ("dashes", "dots"):
            self.line([(x, y), (x + wide, y)], colour, 1.3, (4, 3) if kind == "dashes" else (1, 2))
        else:
            self.mark(x + wide / 2, y, kind[-1], colour, hollow=kind.startswith("hollow"))

    def figure(self, height: float) -> Figure:
        """Return the finished drawing, `height` points high."""
        self._figure.spots = tuple(self._spots)
        self._figure.set_size_inches(self.width / 72, height / 72)
        self._places.scale(1, -1).translate(0, height)
        return self._figure
