"""A table that fits in less than half a page stays whole, and is measured only where its letters do not tell that."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from datetime import date
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import docx
import pymupdf
import pytest

from voortgang.assemble.engines import builtin
from voortgang.workspace.extension import extension
from voortgang.writing.markdown import Table
from voortgang.writing.pixels import png
from voortgang.writing.table_widths import fitting

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="90" height="90"><rect width="90" height="90"/></svg>'
WORDS = "Netwerken van onderwijs, ondernemers en overheid versterken en hun gegevens op orde brengen. "
BEFORE = WORDS * 22 + "\n\n"
"""Text that leaves a third of a page, so that it shows whether a table stays whole."""


def _rows(count: int, *cells: str) -> str:
    lines = [["Een", "Twee", "Drie"][: len(cells)], ["-" * 40] * len(cells)]  # so long that columns have widths
    lines += [[each.format(row) for each in cells] for row in range(count)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


EDGE = "+-----+--------+\n"
LISTED = f"{EDGE}| a   | b      |\n+=====+========+\n" + "".join(f"| {n:03} | - {n:03}  |\n" for n in range(90)) + EDGE
TABLES = {
    "none": "| Een | Twee |\n|---|---|\n",
    "one row": _rows(1, "a{}", "€ 1.000"),
    "some rows": _rows(8, "Regel {}", "**vet** en *schuin*", "[verwijzing](https://voorbeeld.nl) ● groen"),
    "just under half a page": _rows(19, "Regel {}", "kort"),
    "just over half a page": _rows(24, "Regel {}", "kort"),
    "many rows": _rows(90, "Regel {}", "kort", "“tekst” 'x'"),
    "long texts": _rows(5, "{} " + WORDS * 2, WORDS, "x"),
    "one long text": _rows(1, "{}", WORDS * 6, "x"),
    "without widths": "| a | b |\n|---|---|\n" + "| 1 | 2 |\n" * 12,
    "one column": _rows(10, "Regel {} " + WORDS),
    "pictures": _rows(5, "{}", "![Een vlak](vlak.svg)"),
    "a list": LISTED,
    "lines of code": _rows(6, "`code {}`", WORDS),
    "in a list": "- Zie:\n\n" + "".join(f"  {line}\n" for line in _rows(9, "Regel {}", WORDS).splitlines()),
}


def _made(folder: Path, tables: Iterable[str], measured: bool = False) -> bytes:
    text = "".join(f"# Kop\n\n{BEFORE}{each}\n\n: Een tabel\n\n" for each in tables)
    return _made_of(folder, text, measured)


def _made_of(folder: Path, text: str, measured: bool = False, form: str = "pdf") -> bytes:
    (folder / "rapport.qmd").write_text(text, encoding="utf-8")
    partials = "{typst: {template-partials: [typst-template.typ, typst-show.typ]}}"
    filters = "filters: [{path: toegankelijk.lua}]\n"
    (folder / "_quarto.yml").write_text(f"title: Proef\nlang: nl\n{filters}format: {partials}\n", encoding="utf-8")
    (folder / "_variables.yml").write_text("{}\n", encoding="utf-8")
    (folder / "vlak.svg").write_bytes(SVG)
    (folder / "vlak.png").write_bytes(png(SVG, 30))
    for name in ("toegankelijk.lua", "typst-template.typ", "typst-show.typ"):
        shutil.copy(extension() / name, folder)
    if measured:
        template = folder / "typst-template.typ"
        known = template.read_text(encoding="utf-8")
        assert known.count("hoogte(it.body, page.width)") == 1
        template.write_text(known.replace("hoogte(it.body, page.width)", "none"), encoding="utf-8")
    ((_, content, _),) = builtin.render(folder, [[("rapport.qmd", form)]], date(2021, 12, 31))
    return content


def test_what_the_letters_tell_is_what_measuring_tells(tmp_path: Path) -> None:
    known = _made(tmp_path, TABLES.values())
    assert known == _made(tmp_path, TABLES.values(), measured=True)
    with pymupdf.open(stream=known) as document:
        assert len(document) > len(TABLES)


@pytest.mark.parametrize("cell", ["WWW MMM WWWW ", "iiiii lll ", "Bedrijfsverzamelgebouwen ", "文字文字 "])
def test_a_table_of_other_letters_is_there_in_full(tmp_path: Path, cell: str) -> None:
    """What is so wide or so narrow that the letters tell it wrongly stays within the page all the same."""
    rows = [12, 16, 20]
    content = _made(tmp_path, [_rows(count, "Regel {}.", cell * 5, cell * 2) for count in rows])
    with pymupdf.open(stream=content) as document:
        shown = "".join(page.get_text(clip=page.rect) for page in document)
    assert shown.count("Regel") == sum(rows)


def test_a_long_table_begins_where_some_of_its_rows_have_room(tmp_path: Path) -> None:
    """One row stood below its caption and heading at the foot of a page, and the others on the next."""
    parts = ["Regel.\n\n" * lines + _rows(60, "Rij {}", "x") + "\n: Een tabel\n\n" for lines in range(26, 34)]
    text = "".join(f"# Kop\n\n{part}" for part in parts)
    with pymupdf.open(stream=_made_of(tmp_path, text), filetype="pdf") as document:
        rows = [words.count("Rij") for words in (page.get_text() for page in document) if "Een tabel" in words]
    assert len(rows) == len(parts) and all(count == 0 or count >= 3 for count in rows)
    assert min(rows) < 6 and max(rows) > 30, "some begin below the text, and others on the next page"


MANY = " ".join(f"w{number}" for number in range(1500))
"""More words than a page holds."""


@pytest.mark.parametrize(
    "part",
    [
        f"| Een | Twee |\n|---|------|\n| een | {MANY} |\n| twee | x |\n",
        f"| Een | Twee |\n|---|------|\n| {MANY} | een |\n",
        f"| Een | Twee |\n|---|------|\n| een | {MANY} |\n\n: Een tabel {{#tbl-a}}\n",
        f"+----+-----------+\n| a  | - {MANY} |\n+----+-----------+\n",
        f"Woord\n\n: {MANY}\n",
        f"::: {{.bijeen}}\n{MANY}\n:::\n",
        f"> {MANY}\n",
        f"- {MANY}\n",
        f"## {MANY}\n",
    ],
    ids=["row", "first cell", "row of a figure", "list in a cell", "term", "together", "quotation", "list", "heading"],
)
def test_what_is_higher_than_a_page_is_there_in_full(tmp_path: Path, part: str) -> None:
    pages = pymupdf.open(stream=_made_of(tmp_path, f"# Kop\n\n{part}"), filetype="pdf")
    words = [
        word for page in pages for word in page.get_text("words", clip=page.rect) if word[3] < page.rect.height - 40
    ]
    assert {f"w{number}" for number in range(1500)} <= {word[4] for word in words}


def _of_years(count: int, cell: str, label: str = "tbl-a") -> str:
    """Return a chapter with a table with a column for each year."""
    heads = ("Pijler", *(str(2019 + each) for each in range(count)), "Samen")
    rows = [(name, *[cell] * count, cell) for name in ("Werken", "Overhead")]
    ways = ("left", *["right"] * (count + 1))
    return f"# Kop\n\n{Table(label, 'Een tabel', heads, ways, rows, fitting(heads, rows))}\n"


CELLS = ("€\u00a011.764.900", "12.345", "ca.\u00a08,5%")


@pytest.mark.parametrize("years", [1, 5, 8, 12, 16, 30])
def test_numbers_stand_beside_each_other_however_many_years_there_are(tmp_path: Path, years: int) -> None:
    text = "\n".join(_of_years(years, cell, f"tbl-a{number}") for number, cell in enumerate(CELLS))
    with pymupdf.open(stream=_made_of(tmp_path, text), filetype="pdf") as document:
        pages = [page for page in document if "Samen" in page.get_text()]
        for page, cell in zip(pages, CELLS, strict=True):
            _assert_numbers_stand_apart(page, years, cell)


def _assert_numbers_stand_apart(page: pymupdf.Page, years: int, cell: str) -> None:
    lines: dict[int, list[tuple[float, float]]] = {}
    for left, top, right, _, word, *_ in page.get_text("words"):
        if any(sign.isdigit() for sign in word):
            lines.setdefault(round(top), []).append((left, right))
    rows = [sorted(each) for each in lines.values()]
    for row in rows:
        assert all(before[1] + 1 < after[0] for before, after in pairwise(row))
        assert row[-1][1] < page.rect.width - 40
    blocks = page.get_text("dict")["blocks"]
    spans = [span for block in blocks for line in block["lines"] for span in line["spans"]]
    cells = [span for span in spans if span["text"].replace(" ", "\u00a0") == cell]
    assert len(cells) == 2 * (years + 1)
    assert min(span["size"] for span in cells) > 6.2  # the letters of twelve years were of 4.8 points


@pytest.mark.parametrize(
    ("years", "parts", "style"),
    [(5, 1, "Tabeltekst"), (8, 1, "Tabeltekst smal"), (12, 2, "Tabeltekst"), (16, 3, "Tabeltekst")],
)
def test_word_has_smaller_letters_for_more_years_or_tables_below_each_other(
    tmp_path: Path, years: int, parts: int, style: str
) -> None:
    content = _made_of(tmp_path, _of_years(years, "€\u00a011.764.900"), form="docx")
    document = docx.Document(BytesIO(content))
    assert {each.style.name for table in document.tables for each in table.rows[-1].cells[0].paragraphs} == {style}
    heads = [[cell.text for cell in table.rows[0].cells] for table in document.tables]
    assert len(heads) == parts and all(each[0] == "Pijler" for each in heads)
    years_shown = [name for each in heads for name in each[1:]]
    assert years_shown == [*(str(2019 + each) for each in range(years)), "Samen"]
    captions = [each.text for each in document.paragraphs if each.text.startswith("Tabel")]
    assert captions == ["Tabel\u00a01: Een tabel", *["Tabel\u00a01 (vervolg)"] * (parts - 1)]


def test_a_wide_table_with_a_cell_over_several_columns_stays_one(tmp_path: Path) -> None:
    line, over = "+" + "-" * 16, "+" + "-" * (13 * 17 - 1) + "+"
    row = "".join(f"| {each:<15}" for each in ["Werken", *["€\u00a011.764.900"] * 12]) + "|\n"
    grid = f"{line * 13}+\n{row}{over}\n| {'samen':<{13 * 17 - 2}}|\n{over}\n"
    assert len(docx.Document(BytesIO(_made_of(tmp_path, f"# Kop\n\n{grid}", form="docx"))).tables) == 1


@pytest.mark.parametrize(("years", "is_smaller"), [(1, False), (5, False), (12, True)])
def test_a_page_that_is_printed_has_smaller_letters_for_more_years(
    tmp_path: Path, years: int, is_smaller: bool
) -> None:
    page = _made_of(tmp_path, _of_years(years, "€\u00a011.764.900"), form="html").decode()
    assert ('tabindex="0" style="--past: 0.' in page) == is_smaller
    styles = (extension() / "stijl.css").read_text(encoding="utf-8")
    assert "calc(9pt * var(--past))" in styles.partition("@media print")[2]
    assert "pre-wrap" in styles  # a line of code is as long as it likes, too
