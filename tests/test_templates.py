"""What templates of HTML pages fill in is text, and nothing is left open in silence."""

from __future__ import annotations

from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from jinja2 import UndefinedError

from voortgang.check.findings import Finding
from voortgang.intake import findings_list
from voortgang.readers.verified import Difference, Verified
from voortgang.readers.verify_page import verify_page
from voortgang.run.confinement import PARTS
from voortgang.writing.page import html_page

HOSTILE = """<b onclick="x">'&amp;'</b>{{ 7 * 7 }}{% raw %}"""


def test_a_page_shows_the_characters_that_it_was_given() -> None:
    differences = (Difference(HOSTILE, "value", HOSTILE, HOSTILE),)
    outcome = Verified(
        2021, differences, programs=((HOSTILE,) * 3,), confined=PARTS, brought=(HOSTILE,), reason=HOSTILE
    )
    page = BeautifulSoup(verify_page(outcome), "lxml")
    assert [cell.text for cell in page.select("td")] == [*(HOSTILE,) * 4, "Andere uitkomst", HOSTILE, HOSTILE]
    assert page.b is None
    assert sum(HOSTILE in paragraph.text for paragraph in page.select("p")) == 2


def test_a_list_of_findings_shows_the_characters_of_its_cells(tmp_path: Path) -> None:
    finding = Finding("data/metingen.csv", 3, "waarde", HOSTILE, "invisible")
    findings_list.write([findings_list.Entry(finding, HOSTILE)], tmp_path / "lijst.html", HOSTILE)
    page = BeautifulSoup((tmp_path / "lijst.html").read_text(encoding="utf-8"), "lxml")
    assert page.h1 is not None and page.h1.text == f"Bevindingen: {HOSTILE}"
    assert [cell.text for cell in page.select("td")].count(HOSTILE) == 2
    assert page.b is None


def test_title_and_mark_are_text_too() -> None:
    page = html_page("assemble/notebook_page.html", HOSTILE, HOSTILE, HOSTILE, body="<p>inhoud</p>").decode()
    assert "<b " not in page and "<p>inhoud</p>" in page
    assert BeautifulSoup(page, "lxml").aside.text == HOSTILE  # type: ignore[union-attr]


def test_what_a_page_needs_and_is_not_given_is_an_error() -> None:
    with pytest.raises(UndefinedError, match="deal"):
        html_page("intake/findings_list.html", "Bevindingen", headings=(), rows=())
