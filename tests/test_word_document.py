"""The Word document: what a reader of it meets beside its words."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn
from PIL import ImageFont

from voortgang.writing.fonts import font_files

_TWIPS = 20
"""In a point."""
_LINE = 170 / 25.4 * 72 * _TWIPS
"""How wide a table is: as the text of a page."""


@pytest.fixture(scope="module", params=[2019, 2023])
def document(request: pytest.FixtureRequest, reports: Path) -> Any:
    return docx.Document(str(reports / str(request.param) / f"voortgangsrapportage-{request.param}.docx"))


def test_each_row_stays_on_one_page(document: Any) -> None:
    """The style of the tables says so to Word; LibreOffice looks at each row."""
    rows = [row for table in document.tables for row in table.rows]
    assert len(rows) > 300
    for row in rows:
        properties = row._tr.trPr
        assert properties is not None and len(properties.findall(qn("w:cantSplit"))) == 1
    headings = [row for row in rows if row._tr.trPr.find(qn("w:tblHeader")) is not None]
    assert len(headings) == len(document.tables)


def test_no_word_of_a_heading_of_a_column_is_broken(document: Any) -> None:
    # A word in Arial at 8.5 points, the typeface of the document, is at most a twentieth wider than that.
    bold = ImageFont.truetype(str(next(font for font in font_files() if "Semibold" in font.name)), 9.45 * _TWIPS)
    broken, words = [], 0
    for table in document.tables:
        grid = [int(column.get(qn("w:w"))) for column in table._tbl.tblGrid]
        widths = [part * _LINE / sum(grid) for part in grid]
        for cell, width in zip(table.rows[0].cells, widths, strict=True):
            for word in re.split(r"[\s-]+", cell.text):
                words += 1
                if bold.getlength(word) + 2 * 80 > width:
                    broken.append((cell.text, word, width))
    assert words > 100
    assert broken == []


def test_tables_are_kept_together(document: Any) -> None:
    table_style = document.styles["Table"].element
    assert table_style.find(qn("w:trPr")).find(qn("w:cantSplit")) is not None
    for table in document.tables:
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
        styles = [{paragraph.style.name for cell in row.cells for paragraph in cell.paragraphs} for row in table.rows]
        last, before = styles[-1], styles[1:-1]
        assert last <= {"Tabeltekst", "Compact"}
        if before and len(before) < 15:
            assert all(row & {"Tabeltekst bijeen", "Kaartcijfer"} for row in before)
    for name, with_next in (("Tabeltekst", False), ("Tabeltekst bijeen", True), ("Inleiding", True)):
        assert document.styles[name].paragraph_format.keep_with_next is with_next or None


def test_the_contents_refer_to_the_page_of_each_heading_and_ask_nothing(document: Any) -> None:
    headings = [each for each in document.paragraphs if each.style.name in {"Heading 1", "Heading 2"}]
    entries = [each for each in document.paragraphs if each.style.name in {"TOC 1", "TOC 2"}]
    assert len(entries) == len(headings) > 20
    for entry, heading in zip(entries, headings, strict=True):
        (link,) = entry._p.findall(qn("w:hyperlink"))
        name = link.get(qn("w:anchor"))
        assert "".join(each.text for each in link.iter(qn("w:instrText"))).split() == ["PAGEREF", name, "\\h"]
        assert name in [each.get(qn("w:name")) for each in heading._p.iter(qn("w:bookmarkStart"))]
        words = " ".join("".join(each.text or " " for each in link.iter(qn("w:t"), qn("w:tab"))).split())
        assert words == " ".join(heading.text.split())
    names = [each.get(qn("w:id")) for each in document.element.iter(qn("w:bookmarkStart"))]
    assert len(set(names)) == len(names)
    settings = document.settings.element
    assert settings.find(qn("w:updateFields")) is None
    assert not [each for each in document.element.iter(qn("w:fldChar")) if each.get(qn("w:dirty"))]


def test_pages_say_which_report_they_are_of(document: Any) -> None:
    section = document.sections[0]
    header, footer = (part._element.xpath("string(.)") for part in (section.header, section.footer))
    assert header.startswith(f"TITLE{document.core_properties.title}")
    assert header.lower().endswith("voorbeelddata")
    assert "PAGE" in footer
    assert "NUMPAGES" in footer
    # Who listens does not hear a header.
    assert sum(paragraph.style.name == "Merk" for paragraph in document.paragraphs) == 1
