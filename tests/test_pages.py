"""How the pages of the PDF are filled: what an editor would strike out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pymupdf
import pytest
from conftest import REPOSITORY
from documents import pdf_texts
from pypdf import PdfReader
from pypdf.generic import DictionaryObject

PUBLIC = "public"
DOCUMENTS = (
    "2019/voortgangsrapportage-2019.pdf",
    "2021/voortgangsrapportage-2021.pdf",
    "2021-06-30/voortgangsrapportage-2021-06-30.pdf",
    PUBLIC,
    "2023/voortgangsrapportage-2023.pdf",
    "2023/bladen/evaluatie-2023.pdf",
)
_HEIGHT = 842
_TOP, _BOTTOM = _HEIGHT - 74, 62
"""Where the text of a page begins and ends, in points: A4 less its margins."""


@dataclass(frozen=True)
class Page:
    """The words of a page, and which part of its room lies above the lowest word or picture."""

    text: str
    filled: float


@pytest.fixture(scope="module", params=DOCUMENTS)
def path(request: pytest.FixtureRequest, reports: Path) -> Path:
    if request.param == PUBLIC:
        workspace: Path = request.getfixturevalue("public")
        return workspace / "reports" / "2021" / "voortgangsrapportage-2021.pdf"
    return reports / request.param


@pytest.fixture(scope="module")
def pdf(path: Path) -> PdfReader:
    return PdfReader(path)


@pytest.fixture(scope="module")
def pages(path: Path) -> list[Page]:
    with pymupdf.open(path) as document:
        return [_seen(page) for page in document]


@pytest.mark.sampled(2)
def test_no_page_is_nearly_empty_but_the_last_of_a_chapter(pdf: PdfReader, pages: list[Page]) -> None:
    ends = {page - 1 for page in _chapters(pdf)} | {len(pages) - 1}
    filled = [page.filled for page in pages]
    assert len(filled) > 8
    assert max(filled) <= 1.02, "the measure itself: no page holds more than it has room for"
    assert {number + 1: part for number, part in enumerate(filled) if part < 1 / 3 and number not in ends} == {}


def test_no_heading_stands_at_the_foot_of_a_page(pdf: PdfReader) -> None:
    headings, flat = [], list(pdf.outline)
    while flat:
        each = flat.pop()
        if isinstance(each, list):
            flat += each
        else:
            headings.append((float(each.top), each.title))
    assert len(headings) > 8
    assert [title for top, title in headings if top < _BOTTOM + 30] == [], "no line of text fits below it"


def test_no_row_of_a_table_stands_alone_on_a_page(pdf: PdfReader) -> None:
    alone, tables = [], 0
    for table in _elements(pdf.trailer["/Root"]["/StructTreeRoot"], "/Table"):
        tables += 1
        bodies = [row for part in _elements(table, "/TBody") for row in _elements(part, "/TR")]
        rows = Counter(_page(row) for row in bodies)
        if len(rows) > 1:
            alone += [str(table.get("/Alt", table.get("/A", ""))) for count in rows.values() if count == 1]
    assert tables > 4
    assert alone == []


def test_a_figure_follows_its_introduction_on_the_same_spread(pages: list[Page]) -> None:
    captions: dict[str, tuple[int, int]] = {}
    named: dict[str, tuple[int, int]] = {}
    for number, page in enumerate(pages, start=1):
        for match in re.finditer(r"\b((?:Figuur|Tabel) \d+)(:?)", page.text):
            (captions if match[2] else named).setdefault(match[1], (number, match.start()))
    figures = {name for name in captions if name.startswith("Figuur")}
    assert len(figures) > 3
    assert figures - named.keys() == set(), "a figure that no sentence names"
    assert [name for name, place in captions.items() if name in named and named[name] > place] == []
    # Pages 2 and 3 face each other.
    assert [name for name in figures if named[name][0] // 2 != captions[name][0] // 2] == []


@pytest.mark.parametrize(
    "name",
    [
        "2019/voortgangsrapportage-2019",
        "2021/voortgangsrapportage-2021",
        "2021-06-30/voortgangsrapportage-2021-06-30",
        "2023/voortgangsrapportage-2023",
    ],
)
def test_the_deal_at_a_glance_is_one_page(reports: Path, name: str) -> None:
    texts = pdf_texts(reports / f"{name}.pdf")
    (first,) = (number for number, text in enumerate(texts) if "Elk beoogd resultaat" in text)
    words = " ".join(texts[first].split())
    assert "In één oogopslag" in words and "De zwaarste risico" in words and "Wat wij van u vragen." in words
    asked = REPOSITORY / "data" / "toelichting" / name.partition("/")[0] / "raad.md"
    last = asked.read_text(encoding="utf-8") if asked.is_file() else "Neem kennis van de voortgang"
    assert " ".join(last.split()) in words, "the last lines of the page"


def test_each_document_says_in_its_text_what_its_figures_are(reports: Path) -> None:
    for path in (reports / "2021").rglob("*.pdf"):
        # The header of a page, which a sheet has on its first page too, is not in the tagged text.
        times = 2 if path.parent.name == "bladen" else 1
        assert pdf_texts(path)[0].count("Voorbeelddata") == times, path.name


def _seen(page: pymupdf.Page) -> Page:
    # Below the text stands the number of the page.
    bottoms = [_HEIGHT - box[3] for _, box in page.get_bboxlog()]
    lowest = min((y for y in bottoms if y > _BOTTOM - 6), default=float(_TOP))
    return Page(" ".join(page.get_text().split()), (_TOP - lowest) / (_TOP - _BOTTOM))


def _chapters(pdf: PdfReader) -> set[int]:
    """Return the pages on which a chapter begins, or a part of one that has a page of its own."""
    flat, pages = list(pdf.outline), set()
    while flat:
        each = flat.pop()
        if isinstance(each, list):
            flat += each
        elif _TOP - float(each.top) < 40:
            pages.add(pdf.get_destination_page_number(each))
    return pages


def _elements(node: Any, tag: str) -> Iterator[DictionaryObject]:
    """Yield the elements of a tag below a node of the structure, in order."""
    kids = node.get("/K", [])
    for kid in kids if isinstance(kids, list) else [kids]:
        each = kid.get_object() if hasattr(kid, "get_object") else kid
        if isinstance(each, DictionaryObject):
            if each.get("/S") == tag:
                yield each
            yield from _elements(each, tag)


def _page(element: Any) -> Any:
    """Return the number of the object of the page on which an element begins."""
    if "/Pg" in element:
        return element.raw_get("/Pg").idnum
    kids = element.get("/K", [])
    for kid in kids if isinstance(kids, list) else [kids]:
        each = kid.get_object() if hasattr(kid, "get_object") else kid
        if isinstance(each, DictionaryObject) and (found := _page(each)) is not None:
            return found
    return None
