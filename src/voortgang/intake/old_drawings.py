"""Text boxes, pictures and form controls in VML: the drawings of before 2007, which programs still write."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser

from openpyxl.utils import get_column_letter

_KINDS = {"": "een afbeelding", "Pict": "een afbeelding", "Shape": "een vorm", "Rect": "een tekstvak"}


def drawings(content: bytes) -> Iterator[tuple[str, str, str]]:
    """Yield the place, kind and text of each thing drawn, without the boxes of notes, which are read as notes.

    Excel writes VML with tags that stay open, so it is read as a browser reads a page.
    """
    reader = _Reader()
    reader.feed(content.decode("utf-8", "replace"))
    for shape in reader.shapes:
        if shape.kind != "Note":
            yield shape.place, _KINDS.get(shape.kind, "een formulierelement"), " ".join("".join(shape.text).split())


class _Shape:
    def __init__(self) -> None:
        self.kind, self.place, self.text = "", "los op het blad", list[str]()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.shapes: list[_Shape] = []
        self.inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"v:shape", "v:rect", "v:oval", "v:roundrect", "v:line"}:
            self.shapes.append(_Shape())
        elif tag == "x:clientdata" and self.shapes:
            self.shapes[-1].kind = dict(attrs).get("objecttype") or ""
        if tag in {"v:textbox", "x:anchor"}:
            self.inside = tag
        elif tag in {"br", "div", "p"} and self.inside and self.shapes:
            self.shapes[-1].text.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag == self.inside:
            self.inside = ""

    def handle_data(self, data: str) -> None:
        if not self.shapes or not self.inside:
            return
        if self.inside == "v:textbox":
            self.shapes[-1].text.append(data)
            return
        numbers = [part.strip() for part in data.split(",")]
        if len(numbers) >= 3 and numbers[0].isdecimal() and numbers[2].isdecimal():
            column = get_column_letter(min(int(numbers[0]), 16_383) + 1)
            self.shapes[-1].place = f"bij {column}{int(numbers[2]) + 1}"
