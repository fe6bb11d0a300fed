"""Columns are as wide as what stands in them, and the typefaces of the HTML are those of the package."""

from __future__ import annotations

import sys

from conftest import REPOSITORY
from hypothesis import given, settings
from hypothesis import strategies as st

from voortgang.writing.fonts import font_files
from voortgang.writing.table_widths import fitting

_CELL = st.lists(st.text("abcdefghij", min_size=1, max_size=14), max_size=12).map(" ".join)
_TABLES = st.integers(1, 5).flatmap(
    lambda count: st.lists(st.tuples(*[_CELL] * count), min_size=1, max_size=6)  # the first row is the heading
)


@settings(max_examples=100, deadline=None)
@given(_TABLES)
def test_no_word_is_broken_while_the_line_holds_all_words(table: list[tuple[str, ...]]) -> None:
    widths = fitting(table[0], table[1:])
    longest = [
        max((len(word) for cell in column for word in cell.split()), default=0) for column in zip(*table, strict=True)
    ]
    assert all(width > word for width, word in zip(widths, longest, strict=True))
    assert sum(widths) <= 100 + len(widths)


def test_a_wide_table_keeps_its_words_in_proportion() -> None:
    widths = fitting(["x" * 60, "y" * 90], [("a", "b")])
    assert widths == (63, 93)


def test_the_typefaces_of_the_html_are_cut_from_the_installed_package() -> None:
    sys.path.insert(0, str(REPOSITORY / "scripts"))
    from web_fonts import FACES, FOLDER, web_font

    for path in font_files():
        if path.stem in FACES:
            kept = (FOLDER / f"{path.stem}.woff").read_bytes()
            assert kept == web_font(path) and len(kept) < 60_000
