"""A report of one engine, made again by the other: what its documents say counts, and of all other files every byte."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from voortgang.readers.compare.contents import contents
from voortgang.readers.verified import How, Verified
from voortgang.readers.verify import compared

PAGE = "<style>p {{ color: red }}</style><nav><span class='{}'>1</span></nav><table{}><tr{}><td{}>5</td></tr></table>"


def _page(number: str, table: str, row: str, cell: str = "") -> bytes:
    return PAGE.format(number, table, row, cell).encode()


OF_QUARTO = _page("header-section-number", ' class="caption-top"', ' class="odd"').replace(b"red }", b"red}")
OF_BUILTIN = _page("toc-section-number", "", "")


def test_classes_that_programs_add_are_form() -> None:
    assert [each.kind for each in contents("x.html", OF_QUARTO, OF_BUILTIN)] == ["form"]


@pytest.mark.parametrize(
    "other",
    [
        OF_BUILTIN.replace(b">5<", b">6<"),
        _page("toc-section-number", "", "", ' class="verborgen"'),
        _page("toc-section-number", "", ' style="display: none"'),
        OF_BUILTIN.replace(b"red", b"blue"),
        OF_BUILTIN.replace(b"p {", b"p, td {"),
    ],
)
def test_anything_else_of_a_page_is_another_value(other: bytes) -> None:
    assert "value" in {each.kind for each in contents("x.html", OF_QUARTO, other)}


def test_only_documents_are_compared_by_what_they_say(tmp_path: Path) -> None:
    for folder, page in (("was", OF_QUARTO), ("now", OF_BUILTIN)):
        (tmp_path / folder).mkdir()
        for name in ("verslag.html", "herkomst.html"):
            (tmp_path / folder / name).write_bytes(page)
    found = list(compared(tmp_path / "was", tmp_path / "now", read={"verslag.html"}))
    assert [(each.where, each.kind) for each in found] == [("herkomst.html", "value"), ("verslag.html", "form")]
    assert Verified(2021, tuple(found)).verdict == "different"
    assert Verified(2021, tuple(found[1:])).verdict == "equal within tolerance"
    assert How().engine == ""


def test_which_typst_made_a_pdf_is_no_difference() -> None:
    import typst

    made = bytes(typst.compile(b"= Kop", pdf_standards=["a-3a"], timestamp=0))  # type: ignore[misc]
    other = re.sub(rb"Typst 0[.](\d+[.]\d)", rb"Typst 9.\1", made)
    assert other != made and b"softwareAgent" in made
    assert {each.kind for each in contents("x.pdf", made, other)} <= {"form"}
