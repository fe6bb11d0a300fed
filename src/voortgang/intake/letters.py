"""What the letters of a cell do to its text: raised, struck out, in the colour of the ground, or signs of a font."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from openpyxl.cell.rich_text import CellRichText, TextBlock

from voortgang.intake import unseen

_SYMBOLS = {"wingdings", "wingdings 2", "wingdings 3", "webdings", "symbol", "marlett", "zapf dingbats", "zapfdingbats"}
"""Fonts that show another sign for each letter: in Wingdings J is a smiling face, and ü a tick."""
_ALIKE = set("·•")
"""What is a dot in every font: Word begins the items of a list with one in Symbol."""
_RAISED = {
    "superscript": str.maketrans("0123456789+-=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ"),
    "subscript": str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎"),
}


@dataclass(frozen=True)
class Odd:
    """Why a text cannot be taken for what it says: the rule that it breaks, and the details of the message."""

    rule: str
    details: Mapping[str, str] = field(default_factory=dict)


def of_cell(cell: Any) -> Odd | None:
    """Return what the letters of a whole cell do to it; nothing when they say what it holds."""
    if unseen.has_letters_of_the_ground(cell, cell.font.color):
        return Odd("white_letters")
    if cell.font.strike:
        return Odd("struck_out")
    return _of_font(cell.font.name, str(cell.value))


def of_parts(cell: Any) -> Odd | None:
    """Return what the letters of a part of a text do to it; nothing when they say what it holds."""
    for part in cell.value:
        if not isinstance(part, TextBlock) or not part.text.strip():
            continue
        if part.font.strike:
            return Odd("struck_out")
        if part.font.color is not None and unseen.has_letters_of_the_ground(cell, part.font.color):
            return Odd("white_letters")
        if (odd := _of_font(part.font.rFont, part.text)) is not None:
            return odd
    return None


def plain(text: CellRichText) -> str:
    r"""Return a text without its formatting, in which what is raised or lowered stays so.

    Otherwise 95 with a raised 1, for a footnote, would be 951.

    Examples
    --------
    >>> from openpyxl.cell.text import InlineFont
    >>> raised = InlineFont(vertAlign="superscript")
    >>> plain(CellRichText("95", TextBlock(raised, "1"))), plain(CellRichText("de 1", TextBlock(raised, "e")))
    ('95¹', 'de 1e')
    >>> plain(CellRichText(TextBlock(raised, "95"), " "))
    '95 '
    """
    parts = [(str(part), part.font.vertAlign if isinstance(part, TextBlock) else None) for part in text]
    if len({kind for part, kind in parts if part.strip()}) < 2:  # all of it is small, and nothing is beside it
        return str(text)
    return "".join(part.translate(_RAISED.get(kind or "", {})) for part, kind in parts)


def _of_font(name: str | None, text: str) -> Odd | None:
    shown = {letter for letter in text if not letter.isspace()} - _ALIKE
    return Odd("symbol_letters", {"font": name}) if name and name.casefold() in _SYMBOLS and shown else None
