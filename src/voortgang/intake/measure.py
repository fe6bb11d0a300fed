"""How much there is in a workbook, measured part by part while streaming: a small file may ask for hours of work."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from xml.parsers import expat

MAX_CELLS, MAX_ROWS, MAX_SPAN, MAX_ELEMENTS = 200_000, 10_000, 20_000, 300_000
MAX_PIECES = 20_000
_REFERENCE = re.compile(r"\$?([A-Z]{1,3})?\$?([0-9]+)?")


@dataclass
class TooMuch(Exception):
    """A workbook asks for more work than any party's figures need: the part, the place in it, and the rule."""

    part: str
    place: str
    rule: str
    found: str
    limit: int


def measure(archive: zipfile.ZipFile) -> None:
    """Raise `TooMuch` for the first part that holds too much.

    Raises
    ------
    TooMuch
        Too many rows, cells or elements, a merge or link over too many cells, or a cell that stands twice.
    """
    for name in archive.namelist():
        if name.endswith((".xml", ".rels", ".vml")):
            _Part(archive, name).read()


class _Part:
    """One part on its way past."""

    def __init__(self, archive: zipfile.ZipFile, name: str) -> None:
        self.archive, self.name = archive, name
        self.cells = self.rows = self.elements = self.pieces = 0
        self.places: set[str] = set()
        self.is_sheet = name.startswith("xl/worksheets/")

    def read(self) -> None:
        parser = expat.ParserCreate()
        parser.StartElementHandler = self._start
        with self.archive.open(self.name) as file:
            try:
                parser.ParseFile(file)
            except expat.ExpatError:
                return  # whoever reads the part will say that it is damaged

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self.elements += 1
        kind = tag.rsplit(":", 1)[-1]
        if not self.is_sheet:
            if self.elements > MAX_ELEMENTS:
                raise TooMuch(self.name, "", "too_much", f"{self.elements:,} onderdelen", MAX_ELEMENTS)
            return
        if kind == "row":
            self.rows += 1
            number = int(attributes["r"]) if attributes.get("r", "").isdigit() else self.rows
            if max(number, self.rows) > MAX_ROWS:
                raise TooMuch(self.name, f"{number}:{number}", "too_many_rows", str(number), MAX_ROWS)
        elif kind == "c":
            self.cells += 1
            if (place := attributes.get("r", "")) in self.places:
                raise TooMuch(self.name, place, "cell_twice", "2", 1)  # whoever reads the file takes one of the two
            if place:
                self.places.add(place)
            if self.cells > MAX_CELLS:
                raise TooMuch(self.name, place, "too_much", f"{self.cells:,} cellen", MAX_CELLS)
        elif kind == "r":  # a piece of text with a format of its own
            self.pieces += 1
            if self.pieces > MAX_PIECES:
                raise TooMuch(self.name, "", "too_much", f"{self.pieces:,} stukken opgemaakte tekst", MAX_PIECES)
        elif kind in {"mergeCell", "hyperlink"} and (size := _size(attributes.get("ref", ""))) > MAX_SPAN:
            what = "een samenvoeging" if kind == "mergeCell" else "een koppeling"
            raise TooMuch(self.name, attributes["ref"], "too_much", f"{what} over {size:,} cellen", MAX_SPAN)


def _size(reference: str) -> int:
    """Return how many cells a range holds; a range of whole columns or rows holds all of theirs."""
    if not reference:
        return 0
    first, _, last = reference.partition(":")
    corners = [_REFERENCE.fullmatch(corner) for corner in (first, last or first)]
    if not all(corners):
        return 0
    columns = [_column(corner[1]) if corner and corner[1] else (1, 16_384)[at] for at, corner in enumerate(corners)]
    rows = [int(corner[2]) if corner and corner[2] else (1, 1_048_576)[at] for at, corner in enumerate(corners)]
    return (abs(columns[1] - columns[0]) + 1) * (abs(rows[1] - rows[0]) + 1)


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number
