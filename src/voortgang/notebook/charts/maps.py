"""A number for each municipality on a map: its shape where the workspace has it, and otherwise one square each."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from math import ceil, cos, radians
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path as Outline

from voortgang.notebook.charts.drawing import GREY, REALISED, Places, saved, styled
from voortgang.notebook.charts.leaders import Box, Names, Place, Target
from voortgang.notebook.charts.lettering import shortened, width_of
from voortgang.notebook.charts.sheet import WIDE, Form, Sheet
from voortgang.notebook.charts.tiles import list_of, shade, tiles_of
from voortgang.notebook.display import Shown, ShownChart, sentence
from voortgang.notebook.facts import facts_in
from voortgang.workspace.shapes import Ring, Shapes
from voortgang.writing import dutch

_HIGHEST = 3.4
"""Height of a map in inches: it leaves room for a table on the same page."""

_STEPS = 41
"""Points across a shape, and up, among which the place of its label is sought."""

_TRIED = 150
"""How many of those points, from the one with most room, are tried for a name."""

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
        From `shapes`, by id of the municipality. Without all of them the map is schematic, and so it is where names do
        not fit in and beside the shapes without a line that crosses a number, a name or another line.
    tiles
        Column and row of a square on the schematic map, by id; the first row is the northernmost.
    caption
        What the map shows; whose the shapes are is added.
    empty
        The sentence that stands in place of a map, when there are neither shapes nor tiles of every row.
    """
    keys = set(frame.index)
    if frame.empty or not (keys <= set(tiles) or (shapes and keys <= set(shapes.rings))):
        return sentence(empty)
    most = max(1, int(frame[column].max()))
    top = frame.loc[frame[column] == frame[column].max(), "deel"]
    if len(top) == len(frame) > 1:
        follows = f"Alle gemeenten tellen evenveel {unit[1]}"
    elif len(top) > dutch.NAMED:
        follows = f"Verscheidene gemeenten tellen evenveel {unit[1]}, en geen telt er meer"
    else:
        follows = f"De meeste {unit[1]} {'telt' if len(top) == 1 else 'tellen'} {dutch.listing(top)}"
    names = {str(key): str(line["deel"]) for key, line in frame.iterrows()}
    numbers = {str(key): float(line[column]) for key, line in frame.iterrows()}
    drawn = shapes if shapes and keys <= set(shapes.rings) else None
    wide = _with_shapes(frame, column, drawn, most) if drawn else None
    placed = {key: tiles[key] for key in names} if keys <= set(tiles) else {}
    if drawn and wide:
        caption += f". Grenzen: {drawn.source}"

    def draw(form: Form) -> Figure:
        if drawn is None or wide is None:
            return tiles_of(Sheet(form), names, numbers, placed) if placed else list_of(Sheet(form), names, numbers)
        chart = _with_shapes(frame, column, drawn, most, form) if form.narrow else wide
        return chart if chart is not None else list_of(Sheet(form), names, numbers)

    counts = (f"{line['deel']} {dutch.count(int(line[column]), *unit)}" for _, line in frame.iterrows())
    kind = "Kaart" if wide else "Schematische kaart" if placed else "Staafdiagram"
    alt = f"{kind} van de gemeenten. {'; '.join(counts)}."
    return saved(draw, caption, follows, alt, facts_in(frame, [column]))


@dataclass(frozen=True)
class _Page:
    """What the map is drawn on, in inches, and the size of its letters in points."""

    width: float
    widest: float
    size: float

    @property
    def larger(self) -> float:
        """How much larger letters are than those for which distances are written here."""
        return self.size / 9.0

    @property
    def gap(self) -> float:
        """Between the middles of two names beside the map."""
        return 0.16 * self.larger

    def width_of(self, text: str) -> float:
        """Return how wide a text of the labels is."""
        return width_of(text, self.size) / 72


_PAPER = _Page(WIDE.width / 72, 4.2, 9.0)
"""Names that do not fit in their shape stand beside the map."""


@dataclass
class _Spot:
    """A municipality on the map, in inches: its outline, where its label has most room, and what the label says."""

    outline: list[Line]
    name: str
    number: str
    colour: str
    page: _Page

    @cached_property
    def heart(self) -> Point:
        """Where the name and the number stand, or the number alone."""
        return self._label[0]

    @property
    def lines(self) -> list[str] | None:
        """The name on one line or two, where that and the number fit in the shape; None where they do not."""
        return self._label[1]

    @cached_property
    def _label(self) -> tuple[Point, list[str] | None]:
        """The point with most room where the name fits, on as few lines as can be; without one the point with most."""
        middle = len(self.name) / 2
        breaks = [place for place, sign in enumerate(self.name, 1) if sign in " -" and place < len(self.name)]
        halves = [
            [self.name[:place].strip(), self.name[place:].strip()]
            for place in sorted(breaks, key=lambda place: abs(place - middle))[:1]
        ]
        hearts = _hearts(self.outline)
        rooms = [_room(self._edge, heart, 0.27 * self.page.larger) for heart in hearts]
        for lines in ([self.name], *halves):
            needed = max(map(self.page.width_of, lines))
            if fits := next((heart for heart, room in zip(hearts, rooms, strict=True) if needed < room), None):
                return fits, lines
        return hearts[0], None

    @cached_property
    def holds_number(self) -> bool:
        return self.page.width_of(self.number) < _room(self._edge, self.heart, 0.09 * self.page.larger)

    @cached_property
    def _edge(self) -> Line:
        return np.concatenate([_dense(ring, 0.02) for ring in self.outline])

    @property
    def box(self) -> Box:
        """What is written in the shape, with the air around it that a line leaves free; else the end of its line."""
        east, north = self.heart
        if self.lines:
            wide = max(*map(self.page.width_of, self.lines), 1.5 * self.page.width_of(self.number)) / 2 + 0.03
            high = (0.12 + 0.09 * len(self.lines)) * self.page.larger
            return east - wide, north - high - 0.04 * self.page.larger, east + wide, north + high + 0.04
        wide, high = (self.page.width_of(self.number) / 2 + 0.02, 0.08) if self.holds_number else (0.03, 0.03)
        return east - wide, north - high * self.page.larger, east + wide, north + high * self.page.larger

    def contains(self, points: Line) -> npt.NDArray[np.bool_]:
        """Return which points lie in the shape."""
        return self.path.contains_points(points)

    @cached_property
    def path(self) -> Outline:
        """The outline, as it is drawn."""
        return Outline.make_compound_path(*(Outline(ring, closed=True) for ring in self.outline))


def _with_shapes(frame: pd.DataFrame, column: str, shapes: Shapes, most: int, form: Form = WIDE) -> Figure | None:
    """Return the map; None where a phone is too narrow for its names, or a line to one of them would cross another."""
    page = _Page(form.width / 72, form.width / 72 - 0.03, form.size) if form.narrow else _PAPER
    outlines = _in_inches([shapes.rings[str(key)] for key in frame.index], page.widest)
    spots = [
        _Spot(outline, str(line["deel"]), dutch.number(line[column]), shade(max(0.0, line[column]) / most), page)
        for outline, (_, line) in zip(outlines, frame.iterrows(), strict=True)
    ]
    named, inside = [spot for spot in spots if not spot.lines], [spot for spot in spots if spot.lines]
    if form.narrow and named:
        return None
    map_height = max(float(ring[:, 1].max()) for outline in outlines for ring in outline)
    height = max(map_height, page.gap * -(-len(named) // 2)) + 0.1
    low, high = (map_height - height) / 2, (map_height + height) / 2
    beside = _beside(named, inside, page, low, high)
    if beside is None:
        return None
    chart = Figure(figsize=(page.width, height))
    axes = chart.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    axes.set_xlim(-page.width / 2, page.width / 2)
    axes.set_ylim(low, high)
    for spot in spots:
        axes.add_patch(PathPatch(spot.path, facecolor=spot.colour, edgecolor=REALISED, linewidth=0.8))
        east, north = spot.heart
        centred: dict[str, Any] = {"ha": "center", "va": "center"}
        if spot.lines:
            axes.text(
                east, north + 0.1 * page.larger, "\n".join(spot.lines), size=page.size, linespacing=1.0, **centred
            )
            below = north - (0.04 + 0.09 * len(spot.lines)) * page.larger
            axes.text(east, below, spot.number, size=13 * page.larger, weight="bold", **centred)
        elif spot.holds_number:
            axes.text(east, north, spot.number, size=page.size, weight="bold", **centred)
    for spot, place in zip(named, beside, strict=True):
        _name_beside(axes, spot, place, page)
    return chart


def _in_inches(shapes: list[tuple[Ring, ...]], widest: float) -> list[list[Line]]:
    """Return shapes in degrees as large as the chart has room for, about its middle and from its lower edge upwards."""
    # One degree of longitude is shorter than one of latitude, by the cosine of where the deal lies. Over the width of a
    # deal that is all that a projection does.
    rings = [[np.array(ring) for ring in shape] for shape in shapes]
    every = np.concatenate([ring for shape in rings for ring in shape])
    narrower = np.array((cos(radians(float(every[:, 1].mean()))), 1.0))
    low, high = every.min(axis=0) * narrower, every.max(axis=0) * narrower
    size = max((high - low) / (widest, _HIGHEST))
    middle = np.array(((low[0] + high[0]) / 2, low[1]))
    return [[(ring * narrower - middle) / size for ring in shape] for shape in rings]


def _beside(spots: list[_Spot], inside: list[_Spot], page: _Page, low: float, high: float) -> list[Place] | None:
    """Return where names stand beside the map, None where a line would run through a number, a name or another line."""
    slots = int((high - low) / page.gap)
    rest = (high - low - slots * page.gap) / 2
    heights = [low + rest + (slot + 0.5) * page.gap for slot in range(slots)]
    heights += [spot.heart[1] for spot in spots if low + page.gap / 2 < spot.heart[1] < high - page.gap / 2]
    targets = [Target(*spot.heart, _short_of(spot), spot.contains) for spot in spots]
    boxes = [(number, spot.box) for number, spot in enumerate(spots)] + [(-1, spot.box) for spot in inside]
    others = [spot.contains for spot in inside]
    return Names(targets, boxes, others, page.widest / 2 + 0.1, heights, page.gap).places() if targets else []


def _short_of(spot: _Spot) -> float:
    """Return how far from the heart of a shape the line to it ends: before the number, where that is in the shape."""
    return spot.page.width_of("000") / 2 + 0.03 if spot.holds_number else 0.0


def _name_beside(axes: Axes, spot: _Spot, place: Place, page: _Page) -> None:
    """Write a name beside the map, with a line to its shape."""
    outwards, (east, north) = place.side, spot.heart
    begin, end = outwards * (page.widest / 2 + 0.1), east + outwards * _short_of(spot)
    room = (page.width - page.widest) / 2 - 0.18
    number = "" if spot.holds_number else f" {spot.number}"
    shown = shortened(spot.name, page.size, 72 * (room - page.width_of(number))) + number
    axes.text(
        *(begin + outwards * 0.05, place.height, shown),
        ha="right" if outwards < 0 else "left",
        va="center",
        size=page.size,
    )
    axes.plot([begin, end], [place.height, north], color=GREY, linewidth=0.6)


def _hearts(rings: list[Line]) -> list[Point]:
    """Return points in a shape, the farthest from its outline first: there a label has most room."""
    outline = np.concatenate([_dense(ring, 0.05) for ring in rings])
    largest = max(rings, key=lambda ring: float(np.ptp(ring[:, 0]) * np.ptp(ring[:, 1])))
    (left, bottom), (right, top) = largest.min(axis=0), largest.max(axis=0)
    across, up = np.meshgrid(np.linspace(left, right, _STEPS), np.linspace(bottom, top, _STEPS))
    points = np.column_stack([across.ravel(), up.ravel()])
    within = points[Outline(largest, closed=True).contains_points(points)]
    if not len(within):  # a line, or a dot
        return [(float(left + right) / 2, float(bottom + top) / 2)]
    # Labels are wider than high: room to the left and right counts for less.
    away = np.full(len(within), np.inf)
    for corner in outline:
        away = np.minimum(away, (((within - corner) * (0.6, 1)) ** 2).sum(axis=1))
    best = within[np.argsort(-away, kind="stable")[:_TRIED]]
    return [(float(east), float(north)) for east, north in best]


def _room(outline: Line, heart: Point, height: float) -> float:
    """Return how wide a label about a point in an outline may be that reaches `height` inches above and below it."""
    level = outline[np.abs(outline[:, 1] - heart[1]) < height]
    return 2 * float(np.abs(level[:, 0] - heart[0]).min()) - 0.04 if len(level) else 0.0


def _dense(ring: Line, step: float) -> Line:
    """Return a ring with points between its corners, at most `step` inches apart."""
    parts = [
        np.linspace(one, other, max(1, ceil(float(np.hypot(*(other - one))) / step)), endpoint=False)
        for one, other in pairwise(ring)
    ]
    return np.concatenate(parts)
