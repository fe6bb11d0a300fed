"""The field of a line chart: its axis of values, its years, and where a value of a year comes."""

from __future__ import annotations

from dataclasses import dataclass

from voortgang.notebook.charts.lettering import widest
from voortgang.notebook.charts.scales import Axis, Scale, every_so_many
from voortgang.notebook.charts.sheet import RULE, SOFT, Sheet

_GRID = "#dfe4e8"
_BREAK = 13.0
"""How far below its lowest tick an axis goes on that does not begin at zero."""


@dataclass(frozen=True)
class Field:
    """A field that is drawn: scales of years and of values, and its edges."""

    years: Scale
    values: Scale
    left: float
    right: float
    bottom: float


def field_of(
    sheet: Sheet,
    axis: Axis,
    years: tuple[int, int],
    left: float,
    right: float,
    top: float,
    height: float,
    unit: str = "",
    last_at: float | None = None,
    space: tuple[float, float] = (0.0, 0.0),
) -> Field:
    """Draw the field of a line chart: a line and a figure at each tick, and the years below.

    Parameters
    ----------
    years
        First and last.
    top, height
        Of the part where lines are; the years stand below it.
    unit
        What follows each figure of the axis.
    last_at
        Where the last year lies, when room for labels has to stay beside it.
    space
        How much of the height stays free above and below the axis, for labels.
    """
    texts = [text + unit for text in axis.texts]
    start = left + gutter_of(sheet, axis, unit)
    bottom = top + height
    below = max(space[1], _BREAK) if axis.broken else space[1]
    values = Scale(axis.low, axis.high, bottom - below, top + space[0])
    for tick, text in zip(axis.ticks, texts, strict=True):
        zero = abs(tick) < (axis.high - axis.low) * 1e-9
        sheet.line([(start, values(tick)), (right, values(tick))], SOFT if zero else _GRID, 0.8, above=0.5)
        sheet.text(start - 5, values(tick), text, "right", SOFT)
    first, last = years
    inset = widest([str(first)], sheet.size) / 2 + 0.5
    end = right - inset if last_at is None else last_at
    over = Scale(first, max(last, first + 1), start + inset, end)
    if axis.broken:
        # What is left out is between the lowest tick and the years.
        sheet.line([(start, top), (start, bottom)], SOFT)
        sheet.line([(start, bottom), (right, bottom)], SOFT, above=0.5)
        sheet.break_sign(start, bottom - 0.4 * _BREAK)
    _years(sheet, over, years, bottom + 0.85 * sheet.size)
    return Field(over, values, start, right, bottom + 0.85 * sheet.size + sheet.line_height / 2)


def gutter_of(sheet: Sheet, axis: Axis, unit: str = "") -> float:
    """Return how wide the figures of an axis are, with the space after them."""
    return widest([text + unit for text in axis.texts], sheet.size) + 6


def _years(sheet: Sheet, over: Scale, years: tuple[int, int], y: float) -> None:
    first, last = years
    long, short = (
        [*texts] for texts in zip(*((str(y), f"’{y % 100:02}") for y in range(first, last + 1)), strict=True)
    )
    room = over(last) - over(first)
    texts = long if every_so_many(len(long), room, widest(long, sheet.size) + 5) == 1 else short
    step = every_so_many(len(texts), room, widest(texts, sheet.size) + 5)
    for number in range(0, len(texts), step):
        sheet.line([(over(first + number), y - 0.85 * sheet.size), (over(first + number), y - 0.6 * sheet.size)], RULE)
        sheet.text(over(first + number), y + 1, texts[number], "center", SOFT)
