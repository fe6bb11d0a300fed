"""The register of risks: what the report says of it, who may see it, and how a party keeps it."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from conftest import REPOSITORY, run

import voortgang.notebook as vg
from voortgang.check.checked import check
from voortgang.intake import layout, template
from voortgang.notebook.risks import GONE, GROWN, NEW, SAME, SHRUNK, register
from voortgang.workspace.paths import Workspace

DAY, BEFORE = date(2021, 12, 31), date(2020, 12, 31)


def _register(*rows: str) -> pd.DataFrame:
    """Return a register of rows such as `R001 2021-12-31 groot middel open`."""
    names = ["risico_id", "peildatum", "kans", "effect", "status"]
    frame = pd.DataFrame([row.split() for row in rows], columns=names)
    frame["peildatum"] = pd.to_datetime(frame["peildatum"])
    more = {"pijler": None, "gebeurtenis": "Iets", "oorzaak": "iets", "maatregel": "Iets", "eigenaar": "emmen"}
    return register(frame.assign(**more), DAY, BEFORE, {}, {"emmen": "Emmen"})


@pytest.mark.parametrize(
    ("rows", "moved"),
    [
        (["2021-12-31 klein klein open"], NEW),
        (["2020-12-31 middel klein open", "2021-12-31 klein middel open"], SAME),
        (["2020-12-31 middel middel open", "2021-12-31 groot middel open"], GROWN),
        (["2020-12-31 groot groot open", "2021-12-31 klein groot open"], SHRUNK),
        (["2020-12-31 groot groot open", "2021-12-31 groot groot vervallen"], GONE),
        # Of the year before counts its end, and of this one the last: what was between them is past.
        (["2020-06-30 klein klein open", "2020-12-31 groot groot open", "2021-12-31 groot groot open"], SAME),
        (["2020-12-31 klein klein open", "2021-06-30 groot groot open", "2021-12-31 klein klein open"], SAME),
        # Back after it was gone.
        (["2020-12-31 klein klein vervallen", "2021-12-31 klein klein open"], NEW),
        # Nobody judged it since: the report says of which day it is.
        (["2020-12-31 groot groot open"], "niet opnieuw beoordeeld"),
        # What is later than the reference date is not known yet.
        (["2021-12-31 klein klein open", "2022-12-31 groot groot vervallen"], NEW),
    ],
)
def test_a_risk_is_compared_with_the_end_of_the_year_before(rows: list[str], moved: str) -> None:
    assert list(_register(*(f"R001 {row}" for row in rows))["beweging"]) == [moved]


def test_a_risk_that_an_earlier_report_called_gone_is_left_out() -> None:
    assert _register("R001 2020-12-31 groot groot vervallen").empty


def test_the_heaviest_risk_comes_first_and_what_is_gone_last() -> None:
    found = _register(
        "R001 2021-12-31 groot groot vervallen",
        "R002 2021-12-31 groot middel open",
        "R003 2021-12-31 middel groot open",
        "R004 2021-12-31 groot groot open",
        "R005 2021-12-31 klein klein open",
    )
    assert list(found.index) == ["R004", "R003", "R002", "R005", "R001"]


def test_the_public_edition_leaves_out_the_risks_of_a_hidden_project() -> None:
    shown = {
        edition: set(vg.risks(vg.load(2021, "2021-12-31", edition, REPOSITORY)).index)
        for edition in ("overleg", "openbaar")
    }
    with (REPOSITORY / "data" / "risicos.csv").open(encoding="utf-8", newline="") as file:
        hidden = {row["risico_id"] for row in csv.DictReader(file) if row["project_id"] == "W008"}
    assert hidden and shown["overleg"] - shown["openbaar"] == hidden


def test_a_half_year_report_names_the_day_of_what_was_not_judged_again() -> None:
    found = vg.risks(vg.load(2021, "2021-06-30", "overleg", REPOSITORY))["beweging"]
    assert (found["R003"], found["R001"]) == (GROWN, "niet opnieuw beoordeeld")


def test_a_deal_may_do_without_the_table(workspace: Path) -> None:
    (workspace / "data" / "risicos.csv").unlink()
    (workspace / "data" / "mijlpalen.csv").unlink()
    assert not [each for each in check(Workspace(workspace)).findings if each.severity == "error"]
    assert vg.risks(vg.load(2021, "2021-12-31", "overleg", workspace)).empty
    assert run("datapackage", cwd=workspace).code == 0
    package = (workspace / "data" / "datapackage.json").read_text(encoding="utf-8")
    assert "risicos" not in package and "mijlpalen" not in package


@pytest.mark.parametrize(("period", "heading"), [("2020", "Sinds eind 2019"), ("2021-06-30", "Sinds eind 2020")])
def test_the_report_tells_the_risks_and_what_became_of_them(reports: Path, period: str, heading: str) -> None:
    page = next((reports / period).glob("*rapportage-*.html")).read_text(encoding="utf-8")
    assert heading in page and 'id="tbl-risicos"' in page and 'id="tbl-oogopslag-risicos"' in page


# --- the workbook of a party


def _column(page: Any, heading: str) -> int:
    return next(cell.column for cell in page[layout.HEADING_ROW] if cell.value == heading)


def _workbook(workspace: Path, party: str, year: int) -> Path:
    data = check(Workspace(workspace)).require_sound()
    (found,) = (each for each in data.deal.parties if each.id == party)
    path = workspace / f"{party}-{year}.xlsx"
    template.write_template(data, found, year, path)
    return path


def _fill_in(path: Path, change: Callable[[Any], None]) -> None:
    book = openpyxl.load_workbook(path)
    change(book["Risico's"])
    book.save(path)


def test_a_party_judges_its_risks_anew_and_adds_one(workspace: Path) -> None:
    table = workspace / "data" / "risicos.csv"
    lines = table.read_text(encoding="utf-8").splitlines(keepends=True)
    table.write_text("".join(line for line in lines if ",2022-12-31," not in line), encoding="utf-8")
    path = _workbook(workspace, "hoogeveen", 2022)

    def change(page: Any) -> None:
        row = next(cell.row for cell in page["A"] if cell.value == "R005")
        assert page.cell(row, _column(page, "Vorig jaar")).value == "middel × groot"
        assert page.cell(row, _column(page, "Kans")).value is None
        page.cell(row, _column(page, "Kans")).value = "groot"
        page.cell(row, _column(page, "Effect")).value = "groot"
        new = {
            "Risiconummer": "RHOO001", "Peildatum": date(2022, 12, 31), "Pijler": "Wonen",
            "Gebeurtenis": "Een wijk doet niet mee",
            "Oorzaak": "te weinig overleg", "Kans": "klein", "Effect": "middel", "Maatregel": "Een wijkavond",
            "Eigenaar": "Hoogeveen", "Status": "open",
        }  # fmt: skip
        for heading, value in new.items():
            page.cell(row + 1, _column(page, heading)).value = value

    _fill_in(path, change)
    done = run("intake", "read", path.name, "--yes", cwd=workspace)
    assert done.code == 0, done.out + done.err
    rows = {
        (row["risico_id"], row["peildatum"]): row for row in csv.DictReader(table.open(encoding="utf-8", newline=""))
    }
    judged, new = rows["R005", "2022-12-31"], rows["RHOO001", "2022-12-31"]
    assert (judged["kans"], judged["effect"], judged["gebeurtenis"]) == (
        "groot",
        "groot",
        "Er komen minder woningen per fase",
    )
    assert (new["pijler"], new["eigenaar"]) == ("wonen", "hoogeveen") and new["bron"].startswith("hoogeveen-2022.xlsx")
    assert not [each for each in check(Workspace(workspace)).findings if each.severity == "error"]


def test_a_party_cannot_take_over_the_number_of_another_partys_risk(workspace: Path) -> None:
    path = _workbook(workspace, "hoogeveen", 2022)

    def change(page: Any) -> None:
        row = next(row for row in range(layout.FIRST_ROW, 99) if page.cell(row, 1).value is None)
        new = {
            "Risiconummer": "R001", "Peildatum": date(2022, 11, 30), "Gebeurtenis": "Iets anders", "Oorzaak": "iets",
            "Kans": "klein", "Effect": "klein", "Maatregel": "Iets", "Eigenaar": "Hoogeveen", "Status": "open",
        }  # fmt: skip
        for heading, value in new.items():
            page.cell(row, _column(page, heading)).value = value

    _fill_in(path, change)
    done = run("intake", "read", path.name, "--yes", cwd=workspace)
    assert done.code == 1 and "R001" in done.out


def test_the_first_risk_makes_the_table(workspace: Path) -> None:
    table = workspace / "data" / "risicos.csv"
    table.unlink()
    path = _workbook(workspace, "hoogeveen", 2022)

    def change(page: Any) -> None:
        new = {
            "Risiconummer": "RHOO001", "Peildatum": date(2022, 12, 31), "Gebeurtenis": "Iets", "Oorzaak": "iets",
            "Kans": "klein", "Effect": "klein", "Maatregel": "Iets", "Eigenaar": "Hoogeveen", "Status": "open",
        }  # fmt: skip
        for heading, value in new.items():
            page.cell(layout.FIRST_ROW, _column(page, heading)).value = value

    _fill_in(path, change)
    done = run("intake", "read", path.name, "--yes", cwd=workspace)
    assert done.code == 0, done.out + done.err
    assert table.read_text(encoding="utf-8").count("\n") == 2


def test_a_workbook_of_an_earlier_template_is_still_read(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    earlier, sheets = layout.READ_VERSIONS[0], layout.sheets
    with monkeypatch.context() as patched:
        patched.setattr(layout, "VERSION", earlier)
        patched.setattr(layout, "sheets", lambda version=earlier: sheets(version))
        path = _workbook(workspace, "emmen", 2022)
    book = openpyxl.load_workbook(path)
    assert "Risico's" not in book.sheetnames
    assert "Toelichting" not in {cell.value for cell in book["Metingen"][layout.HEADING_ROW]}
    done = run("intake", "read", path.name, cwd=workspace)
    assert done.code == 0 and "nothing to change" in done.out, done.out + done.err
