"""What a sheet hides of its figures: rows, columns, letters of the ground, and formats that depend on the value."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any
from xml.etree import ElementTree

from openpyxl.styles.colors import COLOR_INDEX
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.cell_range import MultiCellRange

from voortgang.intake import shown

_LOWEST, _NARROWEST = 2.0, 0.5
"""Points of height, and letters of width, below which nobody sees a row or column."""
_SHOWN = 8
_NEWER = "{http://schemas.microsoft.com/office/spreadsheetml/2009/9/main}"
_IN_PLACE = "(een pictogram of balk in plaats van het getal)"
_HIDDEN = "(letters in de kleur van de achtergrond, onder een voorwaarde)"
_RULES = 200
"""How many conditional formats of a sheet are looked at."""
_WHITE, _BLACK = b"\xff\xff\xff", b"\0\0\0"
_LIGHTEST, _LIGHT, _ALIKE = 250, 200, 8
"""Of 255: what passes for white, what white letters cannot be told from, and colours that are one to the eye."""


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


def newer_formats(part: bytes) -> Iterator[tuple[str, str]]:
    """Yield the range and the form of the conditional formats that Excel keeps apart since 2010, which show no number.

    Triangles and stars are there, and what refers to another sheet; the library does not read them.

    Raises
    ------
    ValueError, SyntaxError
        When the part is damaged.
    """
    if b"conditionalFormatting" not in part.partition(b"</sheetData>")[2].partition(b"extLst")[2]:
        return
    for node in ElementTree.fromstring(part).iter(f"{_NEWER}conditionalFormatting"):
        place = "".join(each.text or "" for each in node.iter() if each.tag.endswith("}sqref"))
        for rule in node.iter(f"{_NEWER}cfRule"):
            codes = [each.get("formatCode", "") for each in rule.iter() if each.tag.endswith("}numFmt")]
            bare = [
                each
                for each in rule.iter()
                if each.tag in {f"{_NEWER}iconSet", f"{_NEWER}dataBar"} and each.get("showValue") in {"0", "false"}
            ]
            if place.strip() and (bare or any(codes)):
                yield str(MultiCellRange(place)), codes[0] if codes else ""


def conditional(
    page: Any, values: Any, read: Iterable[int], first_row: int, newer: Iterable[tuple[str, str]] = ()
) -> Iterator[tuple[str, str]]:
    """Yield the range and the form of each conditional format by which a cell may look like another one, or empty.

    Whether its condition holds, only the spreadsheet program knows. `newer` are those of `newer_formats`.
    """
    read = set(read)
    filled = [
        cell
        for (row, column), cell in values._cells.items()
        if row >= first_row and column in read and cell.value not in {None, ""}
    ]
    rules = [
        (str(each.sqref), form) for each in page.conditional_formatting for rule in each.rules for form in _forms(rule)
    ]
    rules += [(place, (code or _IN_PLACE, _figure_test(code))) for place, code in newer]
    found: dict[str, str] = {}
    for place, (form, changes) in rules[:_RULES]:
        if place not in found:
            ranges = MultiCellRange(place).ranges
            if any(changes(cell) for cell in filled if any(_holds(part, cell) for part in ranges)):
                found[place] = form
    for place, form in found.items():
        yield place.split()[0], form


def _forms(rule: Any) -> Iterator[tuple[str, Callable[[Any], bool]]]:
    """Yield how a rule may show a cell, and whether a cell would look like another one, or like none, by that."""
    if rule.dxf is not None and rule.dxf.numFmt is not None and (code := rule.dxf.numFmt.formatCode):
        yield code, _figure_test(code)
    if any(part is not None and part.showValue is False for part in (rule.iconSet, rule.dataBar)):
        yield _IN_PLACE, _figure_test("")
    if rule.dxf is not None and rule.dxf.font is not None and (colour := rule.dxf.font.color) is not None:
        fill = rule.dxf.fill
        # A condition keeps its one colour where a cell keeps that of a pattern.
        ground = fill.bgColor if fill is not None and fill.bgColor.value not in {None, "00000000"} else None
        yield _HIDDEN, lambda cell: _are_alike(colour, ground) if ground else has_letters_of_the_ground(cell, colour)


def _figure_test(code: str) -> Callable[[Any], bool]:
    """Return whether a cell holds a figure that a form shows as another one; without a form, as none."""
    return lambda cell: (
        isinstance(cell.value, int | float)
        and not isinstance(cell.value, bool)
        and (not code or shown.reading(code, cell.value) != "plain")
    )


def _holds(part: Any, cell: Any) -> bool:
    return bool(part.min_row <= cell.row <= part.max_row and part.min_col <= cell.column <= part.max_col)


def has_letters_of_the_ground(cell: Any, colour: Any) -> bool:
    """Return whether nobody can tell letters of a colour from the ground of their cell."""
    if cell.fill.fill_type not in {None, "solid"}:
        return False
    return _are_alike(colour, cell.fill.fgColor if cell.fill.fill_type else None)


def _are_alike(colour: Any, ground: Any) -> bool:
    """Return whether letters cannot be told from what is behind them: white on light, or one colour on itself."""
    letters, behind = _mixed(colour, _BLACK), _mixed(ground, _WHITE)
    if letters is None or behind is None:  # colours of a theme, which are not looked up
        one, other = ((each.theme, each.tint) if each and each.type == "theme" else None for each in (colour, ground))
        return one is not None and one == other
    if min(letters) >= _LIGHTEST and min(behind) >= _LIGHT:
        return True
    return all(abs(one - other) <= _ALIKE for one, other in zip(letters, behind, strict=True))


def _mixed(colour: Any, otherwise: bytes) -> bytes | None:
    """Return red, green and blue; none where only the theme knows them."""
    if colour is None:
        return otherwise
    if colour.type == "theme":
        return bytes([_tinted(255 * (1 - colour.theme), colour.tint)] * 3) if colour.theme in (0, 1) else None
    if colour.type == "indexed":
        text = COLOR_INDEX[colour.indexed] if colour.indexed < len(COLOR_INDEX) else ""
        return bytes.fromhex(text[-6:]) if text[-6:].isalnum() else otherwise
    try:
        return bytes.fromhex(str(colour.rgb)[-6:])
    except ValueError:
        return None


def _tinted(light: int, tint: float) -> int:
    """Return how light white or black is with a tint from -1 (black) to 1 (white)."""
    mixed = light * (1 + tint) if tint < 0 else light + (255 - light) * tint
    return min(max(round(mixed), 0), 255)
