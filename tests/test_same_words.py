"""Each format says the same words, cell by cell, whatever characters a cell begins with."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from datetime import date
from itertools import chain
from pathlib import Path

import pytest
from documents import pdf_pages
from lxml import etree, html

from voortgang.assemble.engines import builtin
from voortgang.writing import markdown

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
BEGINNINGS = (
    "+", "-", "*", "=", "==", "/", "#", "##", ">", ":", "|", "~", "~~~", "```", ":::", "1.", "12)", "(1)",
    "(@)", "a.", "iv)", "[ ]", "[x]", "[^1]:", "---", "***", "___", "===", "//", "/*", "$$", "\\", "<", "&",
    "{", "@", "!", "%", "_", "^", "`", "'", '"',
)  # fmt: skip
"""What begins a block, or a mark, in Markdown, in Typst or in both."""


def _squeezed(text: str) -> str:
    """Return the characters of a text: a page breaks lines, and words at hyphens, where it must."""
    return "".join(text.split()).translate({0xAD: "", 0x2D: "", 0x2010: ""})


def html_cells(path: Path) -> Iterator[list[str]]:
    """Yield the texts of the cells of each table."""
    for table in html.parse(str(path), html.HTMLParser(encoding="utf-8")).iter("table"):
        yield [_squeezed(cell.text_content()) for cell in table.iter("th", "td")]


def cards(path: Path) -> list[list[str]]:
    """Return the lines of each card."""
    page = html.parse(str(path), html.HTMLParser(encoding="utf-8"))
    found = page.iterfind(".//div[@class='kaarten']//li")
    return [[_squeezed(line.text_content()) for line in card.iter("p")] for card in found]


def word_cells(path: Path) -> Iterator[list[str]]:
    """Yield the texts of the cells of each table."""
    with zipfile.ZipFile(path) as archive:
        body = etree.fromstring(archive.read("word/document.xml"))
    for table in body.iter(f"{_W}tbl"):
        yield [_squeezed("".join(text.text or "" for text in cell.iter(f"{_W}t"))) for cell in table.iter(f"{_W}tc")]


def _require_in_order(cells: list[str], text: str) -> None:
    place = 0
    for cell in cells:
        found = text.find(cell, place)
        assert found >= 0, f"{cell!r} is not in the PDF after {text[max(0, place - 60) : place]!r}"
        place = found + len(cell)


def _project(folder: Path, text: str) -> Path:
    from voortgang.workspace.starting.new_workspace import copy_style

    folder.mkdir()
    copy_style(folder)
    formats = "".join(f"  voortgang-{form}: default\n" for form in ("html", "typst", "docx"))
    (folder / "_quarto.yml").write_text(f"title: Proef\nformat:\n{formats}", encoding="utf-8")
    (folder / "_variables.yml").write_text("{}\n", encoding="utf-8")
    (folder / "rapport.qmd").write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize("after", ["", " 6", " a: b"])
def test_no_character_begins_a_block(tmp_path: Path, after: str) -> None:
    words = [begin + after for begin in BEGINNINGS]
    rows = [*zip(words, reversed(words), strict=True)]
    table = markdown.Table("tbl-x", "Proef", ("Eerste", "Tweede"), ("left", "left"), rows, (20, 20), total=True)
    items = "\n".join(f"- {markdown.escape(word)}" for word in words)
    links = "\n\n".join(f"[{markdown.escape(word)}](https://example.org)" for word in words)
    paragraphs = "\n\n".join(markdown.escape(word) for word in words)
    headings = "\n\n".join(f"# {markdown.escape(word)} {{.unnumbered}}" for word in words if word.strip("#"))
    sources = _project(tmp_path / "bron", f"{table}\n\n{items}\n\n{links}\n\n{paragraphs}\n\n{headings}\n")
    made = builtin.render(sources, [[("rapport.qmd", form) for form in ("html", "pdf", "docx")]], date(2021, 12, 31))
    for (_, form), content, _ in made:
        (tmp_path / f"x.{form}").write_bytes(content)
    squeezed = [_squeezed(word) for word in words]
    expected = ["Eerste", "Tweede", *chain.from_iterable(zip(squeezed, reversed(squeezed), strict=True))]
    assert list(html_cells(tmp_path / "x.html")) == [expected]
    assert list(word_cells(tmp_path / "x.docx")) == [expected]
    pdf = "".join(map(_squeezed, pdf_pages(tmp_path / "x.pdf")))
    _require_in_order(expected[2:], pdf.partition("EersteTweede")[2])
    assert pdf.count("•") == len(words), "one bullet for each item, and none for what begins with a hyphen"
    assert "‣" not in pdf


@pytest.mark.parametrize("year", range(2019, 2024))
def test_every_cell_of_a_report_says_the_same_in_each_format(reports: Path, year: int) -> None:
    report = reports / str(year) / f"voortgangsrapportage-{year}"
    of_html, of_word = list(html_cells(report.with_suffix(".html"))), list(word_cells(report.with_suffix(".docx")))
    assert len(of_html) > 20
    # Cards are a table in Word: the name of each stands above its figure.
    of_cards = cards(report.with_suffix(".html"))
    assert [[*chain.from_iterable(zip(*of_cards, strict=True))], *of_html] == of_word
    pdf = "".join(map(_squeezed, pdf_pages(report.with_suffix(".pdf"))))
    for cells in [*of_cards, *of_html]:
        _require_in_order(cells, pdf)
