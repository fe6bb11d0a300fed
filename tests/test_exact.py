"""A number reaches every published file with all its digits, or is refused where it stands."""

from __future__ import annotations

import csv
import json
from datetime import date
from decimal import Decimal
from io import BytesIO, StringIO
from pathlib import Path

import openpyxl
import pytest

from voortgang.check.checked import check
from voortgang.check.data import View
from voortgang.publish.key_figures import Bron, Herkomst, Kerncijfer, Kerncijfers, Verslag, as_csv, as_xlsx
from voortgang.publish.rows_behind import Evidence
from voortgang.workspace.paths import Workspace
from voortgang.writing import dutch

NUMBERS = [12345.678, 1e-7, 1e15 + 0.5, 0.1 + 0.2, 2**53 + 1, 0.0, 100.0, 100, -0.4, 1e22, 5e-324]
DAY = date(2021, 12, 31)


def _figures() -> Kerncijfers:
    report = Verslag(
        deal="d",
        eerste_jaar=2019,
        laatste_jaar=2023,
        pijlerwoord="pijler",
        pijlers={},
        jaar=2021,
        peildatum=DAY,
        status="concept",
        editie="overleg",
        voorbeelddata=True,
    )
    origin = Herkomst(
        notebook="n", cel="c", bronnen=[Bron(bestand="b", waar={}, tot_en_met=DAY, rijen="", sha256="0" * 64)]
    )
    figures = [
        Kerncijfer(
            id=f"x.n{number}",
            label="l",
            waarde=value,
            tekst="t",
            zinsdeel="",
            eenheid="aantal",
            jaar=2021,
            peildatum=DAY,
            artikel="1",
            over={},
            status="definitief",
            staat_in=[],
            herkomst=origin,
        )
        for number, value in enumerate(NUMBERS)
    ]
    return Kerncijfers(schema_versie="1.1", verslag=report, kerncijfers=figures)


def test_key_figures_have_every_digit_in_each_form() -> None:
    figures = _figures()
    for read in (json.loads(figures.json_text()), Kerncijfers.model_validate_json(figures.json_text()).model_dump()):
        values = [each["waarde"] for each in read["kerncijfers"]]
        assert values == NUMBERS and [type(each) for each in values] == [type(each) for each in NUMBERS]
    rows = list(csv.DictReader(StringIO(as_csv(figures).decode())))
    assert [float(row["waarde"]) for row in rows] == [float(each) for each in NUMBERS]
    assert [Decimal(row["waarde"]) for row in rows] == [Decimal(repr(each)) for each in NUMBERS]
    assert not any("e" in row["waarde"].lower() for row in rows)
    sheet = openpyxl.load_workbook(BytesIO(as_xlsx(figures)))["Kerncijfers"]
    cells = [sheet.cell(number, 3) for number in range(2, len(NUMBERS) + 2)]
    assert [float(cell.value) for cell in cells] == [float(each) for each in NUMBERS]
    assert [cell.number_format for cell in cells[:1] + cells[4:8]] == ["#,##0.000", "#,##0", "#,##0", "#,##0", "#,##0"]


@pytest.mark.parametrize(
    ("typed", "published"),
    [
        ("12345.678", "12345.678"),
        ("0.0000001", "0.0000001"),
        ("123456789012345", "123456789012345"),
        ("100.0", "100"),
        ("-0.0", "0"),
        ("123456789012345.57", None),
        ("13786650925.3804733", None),
        ("0.123456789012", "0.123456789012"),
    ],
)
def test_a_measurement_is_published_as_it_was_typed_or_refused(
    workspace: Path, typed: str, published: str | None
) -> None:
    path = workspace / "data" / "metingen.csv"
    rows = list(csv.DictReader(StringIO(path.read_text(encoding="utf-8"))))
    rows[0]["waarde"] = typed
    text = StringIO()
    writer = csv.DictWriter(text, rows[0], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    path.write_text(text.getvalue(), encoding="utf-8")
    checked = check(Workspace(workspace), texts=False)
    errors = [(each.rule, each.row, each.column) for each in checked.findings if each.severity == "error"]
    if published is None:
        assert errors == [("too_many_digits", 2, "waarde")]
        return
    assert not errors
    table = Evidence(checked.data, View(2023, date(2023, 12, 31), "overleg")).table("metingen")
    assert table.rows[2][table.columns.index("waarde")] == published


def test_what_rounds_to_nothing_has_no_minus() -> None:
    assert [dutch.euro(-0.4), dutch.number(-0.01), dutch.share(-1e-12), dutch.million(-1)] == [
        *("€\xa00", "0", "0%", "€\xa00,0\xa0miljoen"),
    ]
