"""The schematic map: a square for each municipality, about where it lies."""

from __future__ import annotations

from collections.abc import Mapping

import matplotlib.colors
from matplotlib.figure import Figure

from voortgang.notebook.charts.bars import Bar, Row, bars_of
from voortgang.notebook.charts.drawing import COMMITTED, REALISED, Places
from voortgang.notebook.charts.lettering import lines_of
from voortgang.notebook.charts.sheet import Sheet
from voortgang.writing import dutch

_GAP = 3.0
_WIDEST = 120.0


def tiles_of(sheet: Sheet, names: Mapping[str, str], numbers: Mapping[str, float], places: Places) -> Figure:
    """Return a drawing with a square for each municipality, with its name and its number.

    Where names have no room in their squares, as on a phone with many, bars take the place of the map.
    """
    first, last = min(x for x, _ in places.values()), max(x for x, _ in places.values())
    upper, lower = min(y for _, y in places.values()), max(y for _, y in places.values())
    pitch = min(sheet.width / (last - first + 1), _WIDEST)
    lines = {key: lines_of(name, sheet.size, pitch - _GAP - 6) for key, name in names.items()}
    most = max(map(len, lines.values()))
    high = (most + 1) * sheet.line_height + 12
    broken = any(line.endswith("-") and line not in names[key] for key in names for line in lines[key])
    if broken or most > 4 or high * (lower - upper + 1) > sheet.form.tallest:
        return list_of(sheet, names, numbers)
    left = (sheet.width - pitch * (last - first + 1)) / 2
    largest = max(1.0, *numbers.values())
    for key, (column, row) in places.items():
        x, y = left + (column - first) * pitch, (row - upper) * (high + _GAP) + 1
        sheet.bar(x, y, x + pitch - _GAP, y + high, shade(max(0.0, numbers[key]) / largest), edge=REALISED)
        middle = x + (pitch - _GAP) / 2
        block = (len(lines[key]) + 1) * sheet.line_height
        sheet.lines(middle, y + (high - sheet.line_height) / 2, lines[key], "center")
        sheet.text(middle, y + (high + block - sheet.line_height) / 2, dutch.number(numbers[key]), "center", bold=True)
    return sheet.figure((lower - upper + 1) * (high + _GAP))


def list_of(sheet: Sheet, names: Mapping[str, str], numbers: Mapping[str, float]) -> Figure:
    """Return a drawing with a bar for each municipality."""
    found = [Row(names[key], (Bar(value, dutch.number(value), REALISED),)) for key, value in numbers.items()]
    return sheet.figure(bars_of(sheet, found, 2, sheet.form.tallest) + 2)


def shade(share: float) -> str:
    """Return the colour of a municipality with a share of the largest number."""
    red, green, blue = (1 - share * (1 - part) for part in matplotlib.colors.to_rgb(COMMITTED))
    return matplotlib.colors.to_hex((red, green, blue))
