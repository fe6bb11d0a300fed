"""A text of several lines in a cell, as Alt+Enter makes them, is taken over as one line, and that is said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import sent_workbook

from voortgang.check.data import Data
from voortgang.intake.dutch_csv import read_csv

LINES = {
    "Eerst dit.\nDan dat.": "Eerst dit. Dan dat.",
    "Eerst dit. \r\n\r\n  Dan dat.": "Eerst dit. Dan dat.",
    "Eerst dit._x000D_\nDan dat.": "Eerst dit. Dan dat.",
    "- isolatie\n- glas\n- advies": "- isolatie - glas - advies",
    "Eerst dit.\N{LINE SEPARATOR}Dan dat.": "Eerst dit. Dan dat.",
}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Data:
    return sent_workbook.checked(tmp_path_factory.mktemp("sent"))


def test_a_remark_of_several_lines_becomes_one(data: Data, tmp_path: Path) -> None:
    def change(book: Any) -> None:
        page = book["Metingen"]
        for row, text in enumerate(LINES, start=5):
            page[f"K{row}"].value = text
        page["K10"].value = "\nEén regel.\n"
        page["G6"].value = "1\n2"
        book["Voortgang"]["I5"].value = "Eén\N{ZERO WIDTH SPACE}regel."

    read = sent_workbook.read(data, tmp_path / "a.xlsx", change)
    remarks = sent_workbook.texts(read, "Metingen", "opmerking")
    assert [remarks[f"K{row}"] for row in range(5, 5 + len(LINES))] == list(LINES.values())
    assert remarks["K10"] == "Eén regel."
    found = {place: rule for place, (rule, _) in sent_workbook.found(read).items()}
    assert found == {f"Metingen › K{row}": "several_lines" for row in range(5, 5 + len(LINES))} | {
        "Metingen › G6": "invisible",
        "Voortgang › I5": "invisible",
    }
    assert {each.severity for each in read.findings if each.rule == "several_lines"} == {"warning"}


def test_so_does_one_in_a_csv_file(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    head = "Boekingsnummer;Datum;Projectnummer;Pijler;Financier;Soort;Bedrag;Opmerking\n"
    row = "B90001;31-12-2021;K001;werken;emmen;gerealiseerd;10;"
    path.write_text(f'{head}{row}"Eerst dit.\nDan dat."\n{row.replace("01;", "02;", 1)}Zo\n', encoding="utf-8")
    read = read_csv(path)
    assert [each.values["opmerking"] for each in read.rows] == ["Eerst dit. Dan dat.", "Zo"]
    assert [(each.rule, each.severity) for each in read.findings] == [("several_lines", "warning")]
