"""Rows of bars with their figures beside them: what most charts of the report are made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from voortgang.notebook.charts.lettering import names_in_lines, widest, width_of
from voortgang.notebook.charts.scales import Scale, fitted
from voortgang.notebook.charts.sheet import INK, RULE, SOFT, Sheet

_BESIDE = 0.36
"""Share of the room that names beside the bars take at most."""
_PITCH, _THICK = 1.28, 1.08
"""Distance and thickness of bars, as multiples of the size of the letters."""
SPACE = 7
"""Between a name and its bars."""


@dataclass(frozen=True)
class Bar:
    """A bar: its value, the figure beside it, and its colour. Without a value there are only the words.

    `kind` is what it shows, where there are more kinds of bars, and `said` the figure as it stands by itself.
    """

    value: float | None
    words: str
    colour: str
    kind: str = ""
    said: str = ""


@dataclass(frozen=True)
class Row:
    """A name, and the bars that belong to it."""

    name: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class Names:
    """Names beside rows: the lines of each, how high each row is, and how wide the widest line is."""

    lines: tuple[tuple[str, ...], ...]
    heights: tuple[float, ...]
    width: float


def bars_of(sheet: Sheet, rows: Sequence[Row], top: float, room: float) -> float:
    """Draw rows of bars over the width of the sheet, and return how far down they reach.

    Names stand beside the bars where they have room there, else (on a phone) above them.

    Parameters
    ----------
    room
        How high the rows should be together at most: names are cut short to reach it.
    """
    if stacked(sheet, [row.name for row in rows], sheet.width):
        return bars_below_names(sheet, rows, top, 0, sheet.width)
    names = names_beside(sheet, [row.name for row in rows], sheet.width, room, len(rows[0].bars))
    return bars_beside(sheet, rows, names, top, names.width + SPACE, sheet.width)


def stacked(sheet: Sheet, names: Sequence[str], width: float) -> bool:
    """Return whether names have no room beside what they name: on a phone, when they are longer than a few words."""
    return sheet.form.narrow and widest(names, sheet.size) > 1.2 * _BESIDE * width


def names_beside(
    sheet: Sheet, names: Sequence[str], width: float, room: float, bars: int = 1, share: float = _BESIDE
) -> Names:
    """Break names into lines, cut short where the rows would be higher than `room`.

    Parameters
    ----------
    width
        Of the names and what is beside them together.
    bars
        How many bars there are in a row.
    share
        Which part of the width the names take at most.
    """
    least = bars * _PITCH * sheet.size if bars > 1 else sheet.line_height
    for most in (None, 4, 3, 2, 1):
        lines = tuple(map(tuple, names_in_lines(names, sheet.size, share * width, most)))
        heights = [max(least, len(each) * sheet.line_height) for each in lines]
        wanted = 0.75 * sheet.size if bars > 1 or max(map(len, lines)) > 1 else 0.4 * sheet.size
        gap = min(wanted, max((room - sum(heights)) / len(names), 0.05 * sheet.size))
        if sum(heights) + gap * len(names) <= room:
            break
    widths = widest([line for each in lines for line in each], sheet.size)
    return Names(lines, tuple(height + gap for height in heights), widths)


def bars_beside(
    sheet: Sheet, rows: Sequence[Row], names: Names, top: float, start: float, right: float, named: bool = True
) -> float:
    """Draw bars between `start` and `right` in rows as high as their names ask, and return how far down they reach.

    `named` says whether the names are written too, to the left of `start`.
    """
    scale = _scale(sheet, rows, start, right)
    y = top
    for row, lines, height in zip(rows, names.lines, names.heights, strict=True):
        middle = y + height / 2
        if named:
            sheet.lines(start - SPACE, middle, lines, "right")
        _bars(sheet, row, middle, scale)
        y += height
    sheet.line([(scale(0), top), (scale(0), y)], RULE)
    return y


def bars_below_names(sheet: Sheet, rows: Sequence[Row], top: float, left: float, right: float) -> float:
    """Draw each row below its name, and return how far down they reach."""
    scale = _scale(sheet, rows, left, right)
    y = top
    for row in rows:
        y = sheet.paragraph(left, y, row.name, right - left)
        height = len(row.bars) * sheet.size * _PITCH
        _bars(sheet, row, y + height / 2 + 1, scale)
        sheet.line([(scale(0), y), (scale(0), y + height + 2)], RULE)
        y += height + 0.75 * sheet.size
    return y


def _scale(sheet: Sheet, rows: Sequence[Row], start: float, end: float) -> Scale:
    bars = [bar for row in rows for bar in row.bars]
    rooms = [width_of(bar.words, sheet.size) + 5 for bar in bars]
    return fitted([bar.value or 0.0 for bar in bars], rooms, start, end)


def _bars(sheet: Sheet, row: Row, middle: float, scale: Scale) -> None:
    bars = row.bars
    thick = sheet.size * (_THICK if len(bars) > 1 else 0.9)
    for number, bar in enumerate(bars):
        y = middle + (number - (len(bars) - 1) / 2) * sheet.size * _PITCH
        value = bar.value or 0.0
        if value:
            ends = sorted((scale(0), scale(value)))
            sheet.bar(ends[0], y - thick / 2, ends[1], y + thick / 2, bar.colour)
            name = f"{row.name}, {bar.kind}" if bar.kind else row.name
            sheet.spot(f"{name}: {bar.said or bar.words}", ends[0], y - thick / 2, ends[1], y + thick / 2)
        colour = SOFT if bar.value is None else INK
        if value < 0:
            sheet.text(scale(value) - 4, y, bar.words, "right", colour)
        else:
            sheet.text(scale(value) + 4, y, bar.words, "left", colour)
