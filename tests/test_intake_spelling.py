"""Days, amounts and numbers as people write them, and the unit that they are read with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import sent_workbook

from voortgang.check.data import Data
from voortgang.intake import dutch_csv


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Data:
    return sent_workbook.checked(tmp_path_factory.mktemp("sent"))


def test_the_unit_of_a_figure_is_known_by_what_is_seen(data: Data, tmp_path: Path) -> None:
    def change(book: Any) -> None:
        book["Metingen"]["A7"].value, book["Metingen"]["G7"].value = "werken-3-bedrijven\N{NO-BREAK SPACE}", "€ 95"
        book["Metingen"]["G5"].value = "Euro 95"

    found = sent_workbook.found(sent_workbook.read(data, tmp_path / "a.xlsx", change))
    assert found == {"Metingen › G7": ("money", "€ 95"), "Metingen › G5": ("money", "Euro 95")}


def test_a_number_of_many_digits_in_a_remark_keeps_them(data: Data, tmp_path: Path) -> None:
    def change(book: Any) -> None:
        book["Metingen"]["K5"].value, book["Metingen"]["K6"].value = 123456789012345, 0.00001

    texts = sent_workbook.texts(sent_workbook.read(data, tmp_path / "a.xlsx", change), "Metingen", "opmerking")
    assert (texts["K5"], texts["K6"]) == ("123456789012345", "0,00001")


DAYS = {
    "31 maart 2022": "2022-03-31",
    "1 mrt. 2022": "2022-03-01",
    "1-okt-2022": "2022-10-01",
    "31 Dec 2022": "2022-12-31",
    "31 februari 2022": "no_such_day",
    "31 bladmaand 2022": "not_date",
    "2022/3/5": "2022-03-05",
    "31- 3-2022": "2022-03-31",
    "2022-03-31T00:00:00+02:00": "2022-03-31",
    "2022-03-30T22:00:00Z": "not_date",
    "03/04/2022 00:00:00": "two_days",
    "3/4/2022 12:00:00 AM": "two_days",
    "12/31/2022 0:00": "month_first",
    "31-03-22": "not_date",
}
AMOUNTS = {
    "€ 1.250,--": "1250",
    "1.250,=": "1250",
    "1.250,\N{EN DASH}": "1250",
    "-1250 euro": "-1250",
    "Euro 1.250,00": "1250",
    "1.250,---": "not_integer",
    "1.250-": "not_integer",
}


def test_days_and_amounts_as_people_write_them_have_one_reading(data: Data, tmp_path: Path) -> None:
    def change(book: Any) -> None:
        page = book["Financiën"]
        for row, (day, amount) in enumerate(zip(DAYS, [*AMOUNTS] * 2, strict=True), start=5):
            booked = (f"EMM{row:04}", day, "K001", "Werken", "Emmen", "gerealiseerd", amount)
            for column, value in enumerate(booked, start=1):
                page.cell(row, column).value = value
            page.cell(row, 2).number_format = "@"

    read = sent_workbook.read(data, tmp_path / "a.xlsx", change)
    rules = {place: rule for place, (rule, _) in sent_workbook.found(read).items()}
    told = [
        [
            rules.get(f"Financiën › {place}", text)
            for place, text in sent_workbook.texts(read, "Financiën", field).items()
        ]
        for field in ("datum", "bedrag")
    ]
    assert told[0][: len(DAYS)] == list(DAYS.values())
    assert told[1][: len(AMOUNTS)] == list(AMOUNTS.values())


@pytest.mark.parametrize(("day", "amount"), [("31 maart 2022", "€ 1.250,--"), ("31- 3-2022", "1250 euro")])
def test_a_csv_file_has_these_readings_too(day: str, amount: str, tmp_path: Path) -> None:
    path = tmp_path / "boekingen.csv"
    heads = "Boekingsnummer;Datum;Projectnummer;Pijler;Financier;Soort;Bedrag\n"
    path.write_text(f"{heads}EMM0001;{day};K001;werken;emmen;gerealiseerd;{amount}\n", encoding="utf-8")
    read = dutch_csv.read_csv(path)
    assert not read.findings
    assert (read.rows[0].values["datum"], read.rows[0].values["bedrag"]) == ("2022-03-31", "1250")
