"""What the letters of a cell say by their place, colour and font."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import sent_workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.formatting.rule import Rule
from openpyxl.styles import Font, PatternFill
from openpyxl.styles.differential import DifferentialStyle

from voortgang.check.data import Data


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Data:
    return sent_workbook.checked(tmp_path_factory.mktemp("sent"))


def _with(text: str, part: str, **font: Any) -> CellRichText:
    return CellRichText(TextBlock(InlineFont(), text), TextBlock(InlineFont(**font), part))


_SMALL: dict[str, str] = {"vertAlign": "superscript"}
REFUSED = {
    "G5": (_with("11", "1", **_SMALL), ("not_number", "11¹")),
    "G6": (_with("2", "0", color="FFFFFFFF"), ("white_letters", "20")),
    "G7": (_with("9", "J", rFont="Wingdings"), ("symbol_letters", "9J")),
    "G8": (_with("3", "2", vertAlign="subscript"), ("not_number", "3₂")),
    "K5": (_with("akkoord", " niet", color="FFFFFFFF"), ("white_letters", "akkoord niet")),
    "K6": (_with("Gaat goed ", "J", rFont="Wingdings"), ("symbol_letters", "Gaat goed J")),
    "K7": (CellRichText(TextBlock(InlineFont(rFont="Webdings"), "a")), ("symbol_letters", "a")),
}


@pytest.mark.parametrize("formula", [None, "=1+1"])  # where one stands anywhere, each cell is read twice
def test_letters_that_show_something_else_are_asked_about(formula: str | None, data: Data, tmp_path: Path) -> None:
    def change(book: Any) -> None:
        for place, (value, _) in REFUSED.items():
            book["Metingen"][place].value = value
        book["Metingen"]["K8"].value, book["Metingen"]["K8"].font = "ü", Font(name="Wingdings")
        book["Metingen"]["G9"].value, book["Metingen"]["G9"].font = 3, Font(name="Wingdings 2")
        book["Voortgang"]["I5"].value = formula

    found = sent_workbook.found(sent_workbook.read(data, tmp_path / "a.xlsx", change))
    found.pop("Voortgang › I5", None)
    expected = {f"Metingen › {place}": told for place, (_, told) in REFUSED.items()}
    assert found == expected | {
        "Metingen › K8": ("symbol_letters", "ü"),
        "Metingen › G9": ("symbol_letters", "3"),
    }


def test_what_is_raised_or_lowered_in_a_remark_stays_so(data: Data, tmp_path: Path) -> None:
    remarks = {
        "K5": (_with("10", "6", **_SMALL), "10⁶"),
        "K6": (_with("CO", "2", vertAlign="subscript"), "CO₂"),
        "K7": (_with("de 1", "e", **_SMALL), "de 1e"),
        "K8": (CellRichText(TextBlock(InlineFont(**_SMALL), "alles klein 2")), "alles klein 2"),
        "K9": (_with("zwart ", "en rood", color="FFFF0000"), "zwart en rood"),
        "K10": (_with("·", " een punt", rFont="Calibri"), "· een punt"),
    }

    def change(book: Any) -> None:
        for place, (value, _) in remarks.items():
            book["Metingen"][place].value = value

    read = sent_workbook.read(data, tmp_path / "a.xlsx", change)
    assert not read.findings
    assert sent_workbook.texts(read, "Metingen", "opmerking") == {place: text for place, (_, text) in remarks.items()}


def test_a_condition_that_may_hide_a_cell_is_asked_about(data: Data, tmp_path: Path) -> None:
    looks = {
        "G5": (Font(color="FFFFFFFF"), None, True),
        "G6": (Font(color="FF202020"), PatternFill(bgColor="FF202020"), True),
        "G7": (Font(color="FFFFFFFF"), PatternFill(bgColor="FFC00000"), False),
        "G8": (Font(color="FFC00000"), None, False),
        "E9": (Font(color="FFFFFFFF"), None, False),  # an empty cell
    }

    def change(book: Any) -> None:
        for place, (font, fill, _) in looks.items():
            rule = Rule("expression", dxf=DifferentialStyle(font=font, fill=fill), formula=["TRUE"])
            book["Metingen"].conditional_formatting.add(place, rule)

    found = sent_workbook.found(sent_workbook.read(data, tmp_path / "a.xlsx", change))
    assert found == {f"Metingen › {place}": ("shown_otherwise", "") for place, (*_, asked) in looks.items() if asked}
