"""A number for each municipality on a map: its shape where the workspace has it, and otherwise one square each."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from itertools import pairwise
from math import ceil, cos, radians
from typing import Any

import matplotlib.colors
import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path as Outline
from matplotlib.textpath import TextPath

from voortgang.notebook.charts.drawing import (
    COMMITTED,
    GREY,
    REALISED,
    WIDTH,
    Places,
    saved,
    styled,
)
from voortgang.notebook.display import Shown, ShownChart, sentence
from voortgang.notebook.facts import facts_in
from voortgang.workspace.shapes import Ring, Shapes
from voortgang.writing import dutch

_HIGHEST = 4.4
"""Height of a map in inches: it leaves room for a table on the same page."""

_WIDEST = 4.2
"""Width of the map itself in inches; names that do not fit in their shape stand beside it."""

_GAP = 0.16
"""Between the middles of two names beside the map, in inches."""

_SIZE = 9.0
"""Of a name, in points."""

_STEPS = 41
"""Points across a shape, and up, among which the place of its label is sought."""

Line = npt.NDArray[np.float64]
Point = tuple[float, float]


@styled
def chart_map(
    frame: pd.DataFrame,
    column: str,
    unit: tuple[str, str],
    shapes: Shapes | None,
    tiles: Places,
    caption: str,
    empty: str = "Er is geen kaart van de gemeenten.",
) -> ShownChart | Shown:
    """Draw a number for each municipality on a map.

    Parameters
    ----------
    frame
        From `municipalities`: index id, columns `deel` (name) and `column`.
    column
        Which column is shown.
    unit
        What is counted, one and many: `("project", "projecten")`.
    shapes
        From `shapes`, by id of the municipality. Without all of them the map is schematic.
    tiles
        Column and row of a square on the schematic map, by id; the first row is the northernmost.
    caption
        What the map shows; what follows from it is added.
    empty
        The sentence that stands in place of a map, when there are neither shapes nor tiles of every row.
    """
    keys = set(frame.index)
    if frame.empty or not (keys <= set(tiles) or (shapes and keys <= set(shapes.rings))):
        return sentence(empty)
    most = max(1, int(frame[column].max()))
    top = frame.loc[frame[column] == frame[column].max(), "deel"]
    follows = f"De meeste {unit[1]} {'telt' if len(top) == 1 else 'tellen'} {dutch.listing(top)}"
    if shapes and keys <= set(shapes.rings):
        chart, kind = _with_shapes(frame, column, shapes, most), "Kaart"
        follows += f". Grenzen: {shapes.source}"
    else:
        chart, kind = _with_tiles(frame, column, tiles, most), "Schematische kaart"
    counts = (f"{line['deel']} {dutch.count(int(line[column]), *unit)}" for _, line in frame.iterrows())
    return saved(chart, caption, follows, f"{kind} van de gemeenten. {'; '.join(counts)}.", facts_in(frame, [column]))


def _shade(value: float, most: float) -> tuple[float, float, float]:
    red, green, blue = (1 - value / most * (1 - part) for part in matplotlib.colors.to_rgb(COMMITTED))
    return red, green, blue


def _with_tiles(frame: pd.DataFrame, column: str, tiles: Places, most: int) -> Figure:
    rows = max(row for _, row in tiles.values()) + 1
    chart = Figure(figsize=(WIDTH, 1.05 * rows), layout="constrained")
    axes = chart.add_subplot()
    axes.grid(visible=False)
    for key, line in frame.iterrows():
        across, down = tiles[str(key)]
        colour = _shade(float(line[column]), most)
        axes.add_patch(Rectangle((across, down), 0.96, 0.94, facecolor=colour, edgecolor=REALISED, linewidth=0.8))
        axes.text(across + 0.48, down + 0.3, str(line["deel"]), ha="center", va="center", size=9.5)
        number = dutch.number(line[column])
        axes.text(across + 0.48, down + 0.64, number, ha="center", va="center", size=15, weight="bold")
    axes.set_xlim(-0.05, max(across for across, _ in tiles.values()) + 1)
    axes.set_ylim(rows, -0.05)
    axes.set_axis_off()
    return chart


@dataclass
class _Spot:
    """A municipality on the map, in inches: its outline, where its label has most room, and what the label says."""

    outline: list[Line]
    name: str
    number: str
    colour: tuple[float, float, float]

    @cached_property
    def heart(self) -> Point:
        return _heart(self.outline)

    @cached_property
    def lines(self) -> list[str] | None:
        """The name on one line or two, where that and the number fit in the shape; None where they do not."""
        room = _room(self.outline, self.heart, 0.27)
        middle = len(self.name) / 2
        breaks = [place for place, sign in enumerate(self.name, 1) if sign in " -" and place < len(self.name)]
        halves = [
            [self.name[:place].strip(), self.name[place:].strip()]
            for place in sorted(breaks, key=lambda place: abs(place - middle))[:1]
        ]
        return next((each for each in ([self.name], *halves) if max(map(_width_of, each)) < room), None)

    @cached_property
    def holds_number(self) -> bool:
        return _width_of(self.number) < _room(self.outline, self.heart, 0.09)


def _with_shapes(frame: pd.DataFrame, column: str, shapes: Shapes, most: int) -> Figure:
    outlines = _in_inches([shapes.rings[str(key)] for key in frame.index])
    spots = [
        _Spot(outline, str(line["deel"]), dutch.number(line[column]), _shade(float(line[column]), most))
        for outline, (_, line) in zip(outlines, frame.iterrows(), strict=True)
    ]
    beside = _sides([spot for spot in spots if not spot.lines])
    map_height = max(float(ring[:, 1].max()) for outline in outlines for ring in outline)
    height = max(map_height, _GAP * max(map(len, beside))) + 0.1
    chart = Figure(figsize=(WIDTH, height))
    axes = chart.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    axes.set_xlim(-WIDTH / 2, WIDTH / 2)
    axes.set_ylim((map_height - height) / 2, (map_height + height) / 2)
    for spot in spots:
        outline = Outline.make_compound_path(*(Outline(ring, closed=True) for ring in spot.outline))
        axes.add_patch(PathPatch(outline, facecolor=spot.colour, edgecolor=REALISED, linewidth=0.8))
        east, north = spot.heart
        centred: dict[str, Any] = {"ha": "center", "va": "center"}
        if spot.lines:
            axes.text(east, north + 0.1, "\n".join(spot.lines), size=_SIZE, linespacing=1.0, **centred)
            axes.text(east, north - 0.04 - 0.09 * len(spot.lines), spot.number, size=13, weight="bold", **centred)
        elif spot.holds_number:
            axes.text(east, north, spot.number, size=_SIZE, weight="bold", **centred)
    for outwards, column_of in zip((-1, 1), beside, strict=True):
        _name_beside(axes, column_of, outwards)
    return chart


def _in_inches(shapes: list[tuple[Ring, ...]]) -> list[list[Line]]:
    """Return shapes in degrees as large as the chart has room for, about its middle and from its lower edge upwards."""
    # One degree of longitude is shorter than one of latitude, by the cosine of where the deal lies. Over the width of a
    # deal that is all that a projection does.
    rings = [[np.array(ring) for ring in shape] for shape in shapes]
    every = np.concatenate([ring for shape in rings for ring in shape])
    narrower = np.array((cos(radians(float(every[:, 1].mean()))), 1.0))
    low, high = every.min(axis=0) * narrower, every.max(axis=0) * narrower
    size = max((high - low) / (_WIDEST, _HIGHEST))
    middle = np.array(((low[0] + high[0]) / 2, low[1]))
    return [[(ring * narrower - middle) / size for ring in shape] for shape in rings]


def _sides(spots: list[_Spot]) -> tuple[list[_Spot], list[_Spot]]:
    """Return which names stand to the left of the map and which to the right: on its own side, while there is room."""
    eastwards = sorted(spots, key=lambda spot: spot.heart)
    west, third = sum(spot.heart[0] < 0 for spot in eastwards), len(eastwards) // 3
    half = min(max(west, third), len(eastwards) - third)
    return eastwards[:half], eastwards[half:]


def _name_beside(axes: Axes, spots: list[_Spot], outwards: int) -> None:
    """Write names in a column beside the map, each about as high as its shape and with a line to it."""
    low, high = axes.get_ylim()
    heights = _apart([spot.heart[1] for spot in spots], _GAP, low + _GAP / 2, high - _GAP / 2)
    for spot, height in zip(spots, heights, strict=True):
        east, north = spot.heart
        begin, end = outwards * (_WIDEST / 2 + 0.1), east
        room, number = (WIDTH - _WIDEST) / 2 - 0.18, f" {spot.number}"
        if spot.holds_number:
            number, end = "", east + outwards * (_width_of("000") / 2 + 0.03)
        shown = _cut(spot.name, room - _width_of(number)) + number
        axes.text(
            *(begin + outwards * 0.05, height, shown), ha="right" if outwards < 0 else "left", va="center", size=_SIZE
        )
        axes.plot([begin, end], [height, north], color=GREY, linewidth=0.6)


def _apart(wanted: list[float], gap: float, low: float, high: float) -> list[float]:
    """Return heights as near to those wanted as can be, at least `gap` apart and between `low` and `high`."""
    order = sorted(range(len(wanted)), key=lambda place: -wanted[place])
    heights = list(wanted)
    above = high + gap
    for place in order:
        heights[place] = above = min(wanted[place], above - gap)
    below = low - gap
    for place in reversed(order):
        heights[place] = below = max(heights[place], below + gap)
    return heights


def _cut(name: str, widest: float) -> str:
    """Cut a name that is wider than `widest` inches."""
    cuts = (name, *(f"{name[:end].rstrip()}…" for end in range(len(name) - 1, 0, -1)))
    return next((cut for cut in cuts if _width_of(cut) <= widest), "…")


@cache
def _width_of(text: str) -> float:
    """Return how wide a text of the labels is, in inches."""
    font = FontProperties(family=matplotlib.rcParams["font.family"], size=_SIZE)
    return float(TextPath((0, 0), text, prop=font).get_extents().width) / 72 if text else 0.0


def _heart(rings: list[Line]) -> Point:
    """Return the point in a shape that is farthest from its outline: there a label has most room."""
    outline = np.concatenate([_dense(ring, 0.05) for ring in rings])
    largest = max(rings, key=lambda ring: float(np.ptp(ring[:, 0]) * np.ptp(ring[:, 1])))
    (left, bottom), (right, top) = largest.min(axis=0), largest.max(axis=0)
    across, up = np.meshgrid(np.linspace(left, right, _STEPS), np.linspace(bottom, top, _STEPS))
    points = np.column_stack([across.ravel(), up.ravel()])
    within = points[Outline(largest, closed=True).contains_points(points)]
    if not len(within):  # a line, or a dot
        return float(left + right) / 2, float(bottom + top) / 2
    # Labels are wider than high: room to the left and right counts for less.
    away = np.full(len(within), np.inf)
    for corner in outline:
        away = np.minimum(away, (((within - corner) * (0.6, 1)) ** 2).sum(axis=1))
    east, north = within[np.argmax(away)]
    return float(east), float(north)


def _room(rings: list[Line], heart: Point, height: float) -> float:
    """Return how wide a label may be about the heart of a shape that reaches `height` inches above and below it."""
    outline = np.concatenate([_dense(ring, 0.02) for ring in rings])
    level = outline[np.abs(outline[:, 1] - heart[1]) < height]
    return 2 * float(np.abs(level[:, 0] - heart[0]).min()) - 0.04 if len(level) else 0.0


def _dense(ring: Line, step: float) -> Line:
    """Return a ring with points between its corners, at most `step` inches apart."""
    parts = [
        np.linspace(one, other, max(1, ceil(float(np.hypot(*(other - one))) / step)), endpoint=False)
        for one, other in pairwise(ring)
    ]
    return np.concatenate(parts)
