"""Every word of every chapter stands in HTML, PDF and Word, and nothing else decides what a reader gets."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from documents import docx_text, html_text, pdf_pages

from voortgang.assemble.engines.builtin import Shared

FORMS = {"html": "html", "pdf": "typst", "docx": "docx"}
_VISIBLE = re.compile(r"^::: \{\.content-(visible|hidden) (when|unless)-format=\"(\w+)\"\}$")


def words(text: str) -> list[str]:
    """Return the words of a text; where a line was broken in a word does not matter, nor does where a mark stands."""
    return re.findall(r"[^\W_]+", re.sub(r"(?<=\w)-\s+(?=[a-zà-ÿ])", "-", text).lower())


def prose(lines: list[str], form: str) -> str:
    """Return what a reader of a format gets of the lines of a document, without its marks.

    Of tables and figures the caption; their cells and pictures have tests of their own.
    """
    kept, hidden = [], []
    for line in lines:
        if line.startswith(":::"):
            if match := _VISIBLE.match(line):
                shown = (match[3] == form) == (match[2] == "when")
                hidden.append(shown != (match[1] == "visible"))
            elif re.fullmatch(":{3,}", line):
                hidden.pop()
            else:
                hidden.append(False)
        elif not any(hidden) and not line.startswith("|"):
            kept.append(line)
    text = "\n".join(kept)
    text = re.sub(r"!\[(.*?)(?<!\\)\]\([^)]*\)\{[^}]*\}", r"\1", text)
    text = re.sub(r"(?<!\\)\{[^}]*\}", "", text)
    text = re.sub(r"\]\([^)]*\)", "]", text)
    text = re.sub(r"^(\d+\.|#+) ", "", text, flags=re.MULTILINE)
    return re.sub(r"\\([^\w\s])", r"\1", re.sub(r"(?<![\w\\])-?@((fig|tbl|sec)-[\w-]+)", "", text))


def shown(reports: Path, year: int, form: str) -> str:
    path = reports / str(year) / f"voortgangsrapportage-{year}.{form}"
    if form == "pdf":
        return " ".join(pdf_pages(path))
    return html_text(path) if form == "html" else docx_text(path)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("year", [2019, 2021, 2023])
def test_every_word_of_every_chapter_is_in_the_report(reports: Path, year: int, form: str) -> None:
    _, lines = Shared(reports / str(year) / "bron").document("rapport.qmd")
    there = Counter(words(shown(reports, year, form)))
    together = re.sub(r"\W", "", shown(reports, year, form)).lower()
    texts: dict[str, list[str]] = {}
    for line in lines:
        texts.setdefault(line.file, []).append(line.text)
    written = Counter(words(prose([line.text for line in lines], FORMS[form])))
    # A PDF breaks words, and Word joins the lines of the title page: such a word is there when its letters are.
    lost = {word for word, count in (written - there).items() if form == "html" or word not in together or count > 3}
    assert not lost
    assert sum(written.values()) > 1500 and len(texts) > 40


def test_the_comparison_notices_one_lost_sentence(reports: Path) -> None:
    _, lines = Shared(reports / "2021" / "bron").document("rapport.qmd")
    there = Counter(words(shown(reports, 2021, "html")))
    written = Counter(words(prose([*(line.text for line in lines), "Een onvindbaar zinnetje."], "html")))
    assert set(written - there) == {"onvindbaar", "zinnetje"}
