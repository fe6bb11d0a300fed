"""What a sheet hides of its figures: rows, columns, white letters, and formats that depend on the value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from openpyxl.utils import get_column_letter

from voortgang.intake import shown

_LOWEST, _NARROWEST = 2.0, 0.5
"""Points of height, and letters of width, below which nobody sees a row or column."""
_SHOWN = 8
_RULES = 200
"""How many conditional formats of a sheet are looked at."""
_LIGHT = 200
_WHITE_INDEXES = {1, 9}


def is_hidden(page: Any, row: int) -> bool:
    """Return whether nobody sees a row: it is hidden, filtered out, folded away, or has no height."""
    if row not in page.row_dimensions:  # asking for a row makes one
        return bool(page.sheet_format.zeroHeight)
    dimension = page.row_dimensions[row]
    return bool(dimension.hidden) or (dimension.height is not None and dimension.height < _LOWEST)


def columns(page: Any, read: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Yield the first and last of the columns that are read and that nobody sees, for each width that is set."""
    read = list(read)
    for dimension in list(page.column_dimensions.values()):
        if dimension.hidden or (dimension.customWidth and dimension.width < _NARROWEST):
            hidden = [at for at in read if dimension.min <= at <= dimension.max]
            if hidden:
                yield min(hidden), max(hidden)


def runs(numbers: Sequence[int]) -> str:
    """Return rows as people name them.

    Examples
    --------
    >>> runs([6, 7, 8, 12]), runs([3])
    ('6-8, 12', '3')
    """
    found: list[tuple[int, int]] = []
    for number in numbers:
        if found and found[-1][1] == number - 1:
            found[-1] = found[-1][0], number
        else:
            found.append((number, number))
    texts = [str(first) if first == last else f"{first}-{last}" for first, last in found]
    return ", ".join(texts[:_SHOWN]) + " …" * (len(texts) > _SHOWN)


def named_columns(first: int, last: int) -> tuple[str, str]:
    """Return a range of columns as a place and in words."""
    one, other = get_column_letter(first), get_column_letter(last)
    return f"{one}:{other}", f"kolom {one}" if one == other else f"kolom {one} tot en met {other}"


def conditional(page: Any, values: Any, read: Iterable[int], first_row: int) -> Iterator[tuple[str, str]]:
    """Yield the range and the form of each conditional format by which a figure may look like another one.

    Whether its condition holds, only the spreadsheet program knows.
    """
    read = set(read)
    figures = [
        cell
        for (row, column), cell in values._cells.items()
        if row >= first_row
        and column in read
        and isinstance(cell.value, int | float)
        and not isinstance(cell.value, bool)
    ]
    for each in list(page.conditional_formatting)[:_RULES]:
        for rule in each.rules:
            code = rule.dxf.numFmt.formatCode if rule.dxf is not None and rule.dxf.numFmt is not None else ""
            bare = [part for part in (rule.iconSet, rule.dataBar) if part is not None and part.showValue is False]
            if not code and not bare:
                continue
            inside = (cell for cell in figures if any(_holds(part, cell) for part in each.sqref.ranges))
            if any(bare or shown.reading(code, cell.value) != "plain" for cell in inside):
                yield str(each.sqref).split()[0], code or "(een pictogram of balk in plaats van het getal)"
                break


def _holds(part: Any, cell: Any) -> bool:
    return bool(part.min_row <= cell.row <= part.max_row and part.min_col <= cell.column <= part.max_col)


def has_white_letters(cell: Any) -> bool:
    """Return whether a cell has white letters on a light ground."""
    colour = cell.font.color
    if colour is None or not _is_light(colour, 250):
        return False
    return cell.fill.fill_type is None or (cell.fill.fill_type == "solid" and _is_light(cell.fill.fgColor, _LIGHT))


def _is_light(colour: Any, least: int) -> bool:
    if colour.type == "theme":
        return bool(colour.theme == 0 and colour.tint >= 0)
    if colour.type == "indexed":
        return colour.indexed in _WHITE_INDEXES
    try:
        return min(bytes.fromhex(str(colour.rgb)[-6:])) >= least
    except ValueError:
        return False
