"""How wide words are, and how they come in lines. Lengths are in points."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache

from matplotlib.font_manager import FontProperties, findfont
from matplotlib.ft2font import FT2Font, LoadFlags

_FAMILY = ["Source Sans Pro", "DejaVu Sans"]
_MEASURED = 100.0
_PIECES = re.compile(r"\S+?[-/](?=\w)|\S+")
LINE = 1.22
"""Distance of lines, as a multiple of the size of the letters."""


def face(size: float, bold: bool = False) -> FontProperties:
    """Return the typeface of charts."""
    return FontProperties(family=_FAMILY, size=size, weight="bold" if bold else "normal")


@cache
def width_of(text: str, size: float, bold: bool = False) -> float:
    """Return how wide a text is; letters that are set closer together than others are not counted as such."""
    return sum(_advance(sign, bold) for sign in text) * size


@cache
def _advance(sign: str, bold: bool) -> float:
    """Return how far the next letter is, as a multiple of the size of the letters."""
    for font in _fonts(bold):
        if font.get_char_index(ord(sign)):
            return font.load_char(ord(sign), flags=LoadFlags.NO_HINTING).linearHoriAdvance / 65536 / _MEASURED
    return 1.0


@cache
def _fonts(bold: bool) -> tuple[FT2Font, ...]:
    found = []
    for family in _FAMILY:
        font = FT2Font(findfont(FontProperties(family=family, weight="bold" if bold else "normal")))
        font.set_size(_MEASURED, 72)
        found.append(font)
    return tuple(found)


if hasattr(os, "register_at_fork"):
    # Kernels are forked from a process that has measured: of its open files they would share the place to read on.
    os.register_at_fork(after_in_child=_fonts.cache_clear)


def widest(texts: Iterable[str], size: float, bold: bool = False) -> float:
    """Return how wide the widest of some texts is."""
    return max((width_of(text, size, bold) for text in texts), default=0.0)


def lines_of(text: str, size: float, room: float, most: int | None = None, bold: bool = False) -> list[str]:
    """Break a text into lines that are not wider than `room`; it has at least one line.

    Parameters
    ----------
    most
        How many lines there are at most. When there is more text, the last one ends with a mark of omission.

    A word that is wider than the room is broken after a hyphen or a slash, or else anywhere, with a hyphen.
    """
    lines = [""]
    for word in text.split():
        for number, piece in enumerate(_PIECES.findall(word)):
            blank = " " if lines[-1] and number == 0 else ""
            if width_of(lines[-1] + blank + piece, size, bold) <= room:
                lines[-1] += blank + piece
                continue
            if lines[-1]:
                lines.append("")
            *whole, rest = _broken(piece, size, room, bold)
            lines[-1:] = [*whole, rest]
    if most is not None and len(lines) > most:
        return [*lines[: most - 1], _cut(lines[most - 1], size, room, bold)]
    return lines


def names_in_lines(
    names: Sequence[str], size: float, room: float, most: int | None = None, bold: bool = False
) -> list[list[str]]:
    """Break names into lines as `lines_of` does; of names that would look the same the end is shown, not the middle.

    Indicators often differ in their last words: "... in de bouw" and "... in de zorg".
    """
    cut = [lines_of(name, size, room, most, bold) for name in names]
    if most is None:
        return cut
    alike = Counter(map(tuple, dict(zip(names, cut, strict=True)).values()))
    return [
        [*lines[:-1], _cut_before(name, size, room, bold)] if alike[tuple(lines)] > 1 else lines
        for name, lines in zip(names, cut, strict=True)
    ]


def _broken(word: str, size: float, room: float, bold: bool) -> list[str]:
    parts = []
    while width_of(word, size, bold) > room and len(word) > 2:
        length = len(word) - 1
        while length > 1 and width_of(word[:length] + "-", size, bold) > room:
            length -= 1
        parts.append(word[:length] + "-")
        word = word[length:]
    return [*parts, word]


def shortened(text: str, size: float, room: float) -> str:
    """Return a text as it is where it is not wider than `room`, and else its beginning with a mark of omission."""
    return text if width_of(text, size) <= room else _cut(text, size, room, False)


def _cut_before(name: str, size: float, room: float, bold: bool) -> str:
    """Return as much of the end of a name as there is room for, after a mark of omission."""
    name = " ".join(name.split())
    while len(name) > 1 and width_of("…" + name, size, bold) > room:
        name = name[1:]
    return "…" + name.lstrip()


def _cut(line: str, size: float, room: float, bold: bool) -> str:
    line = line.removesuffix("-")
    while line and width_of(line + "…", size, bold) > room:
        line = line[:-1]
    return line.rstrip() + "…"
