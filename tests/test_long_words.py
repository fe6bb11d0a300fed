"""A word, an address or a number that no line holds goes on below itself, and off no page of the PDF."""

from __future__ import annotations

from pathlib import Path

import pymupdf
import pytest

from voortgang.workspace.extension import extension
from voortgang.writing.fonts import font_files
from voortgang.writing.typesetting import typeset

WORDS = {
    "letters": "aanbestedingsprocedure" * 8,
    "wide letters": "W" * 70,
    "an account": "NL00BANK0123456789" * 8,
    "an address": "https://www.voorbeeld.nl/?q=" + "vraag%20en%20antwoord" * 8,
    "accents": "e\u0301én" * 60,
}
PLACES = {
    "text": "{0}",
    "a list": "- {0}",
    "a first heading": "= {0}",
    "a second heading": "= Kop\n== {0}",
    "a third heading": "= Kop\n== Kop\n=== {0}",
    "code": "`{0}`",
    "lines of code": "```\n{0}\n```",
    "a link": '#link("https://voorbeeld.nl")[{0}]',
    "a footnote": "a#footnote[{0}]",
    "a cell": "#table(columns: (25%, 50%, 25%), table.header([a], [b], [c]), [{0}], [{0}], [{0}])",
    "a caption": "#figure(table(columns: 1, [a]), caption: [{0}], kind: table)",
    "a caption of a figure": '#figure(rect(), caption: [{0}], alt: "a")',
}


def pages(tmp_path: Path, body: str) -> list[pymupdf.Page]:
    template = (extension() / "typst-template.typ").read_text(encoding="utf-8")
    text = f'{template}\n#show: rapport.with(titel: "T", ondertitel: "O")\n{body}\n'
    fonts = sorted({str(each.parent) for each in font_files()})
    (made,) = typeset(text.encode(), tmp_path, font_paths=fonts)
    return list(pymupdf.open(stream=made, filetype="pdf"))


def test_every_long_word_stays_on_its_page_and_is_the_word_that_was_written(tmp_path: Path) -> None:
    shown = {
        (place, kind): form.format(word if "`" in form else f'#"{word}"')
        for place, form in PLACES.items()
        for kind, word in WORDS.items()
    }
    found = pages(tmp_path, "\n\n#pagebreak(weak: true)\n\n".join(shown.values()))
    off = {
        char["c"]
        for page in found
        for block in page.get_text("rawdict")["blocks"]
        for line in block.get("lines", [])
        for span in line["spans"]
        for char in span["chars"]
        if char["bbox"][2] > page.rect.width - 50
    }
    assert not off
    said = "".join("".join(page.get_text().split()) for page in found)
    for kind in ("letters", "wide letters", "an account", "an address"):
        assert said.count(WORDS[kind]) >= len(PLACES), kind


@pytest.mark.parametrize("word", ["samenwerkingsovereenkomstpartners", "NL00BANK0123456789", "info@regio-drenthe.nl"])
def test_a_word_that_a_line_holds_is_not_broken(tmp_path: Path, word: str) -> None:
    body = f'{"a " * 74}#"{word}"' if "-" not in word else f'#"{word}"'
    assert word in "\n".join(page.get_text() for page in pages(tmp_path, f"#set text(hyphenate: false)\n{body}"))
