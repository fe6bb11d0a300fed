"""A party delivers for a half-year as for a year: the state on that day, beside the one at the end of the year."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest
from conftest import copy_workspace, run

from voortgang.check.checked import check
from voortgang.check.data import Data
from voortgang.intake import layout, merge, template, workbook
from voortgang.workspace.deal_parts import Party
from voortgang.workspace.paths import Workspace

HALF = "2021-06-30"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Data:
    """The data of a workspace that no test writes to."""
    return check(Workspace(copy_workspace(tmp_path_factory.mktemp("half") / "deal"))).require_sound()


def _party(data: Data, name: str) -> Party:
    return next(party for party in data.deal.parties if party.id == name)


def _column(page: Any, heading: str) -> int:
    return next(cell.column for cell in page[layout.HEADING_ROW] if cell.value == heading)


def _fill(page: Any, key: str, **values: object) -> None:
    row = next(cell.row for cell in page["A"] if cell.value == key)
    for heading, value in values.items():
        page.cell(row, _column(page, heading)).value = value


def _asked(data: Data, party: str, table: str, of: int | str) -> list[dict[str, Any]]:
    sheet = next(each for each in layout.sheets() if each.table == table)
    return template.rows(sheet, data, _party(data, party), of)


def test_it_asks_for_that_day_and_knows_nothing_of_later(data: Data) -> None:
    states = _asked(data, "emmen", "voortgang", HALF)
    assert {str(row["peildatum"]) for row in states} == {HALF} and all("fase" not in row for row in states)
    assert {row["Vorig jaar"] for row in states} <= {"uitvoering", "voorbereiding", "–"}
    started = data.tables.projecten.set_index("project_id")["start"].dt.strftime("%Y-%m-%d")
    assert all(started[row["project_id"]] <= HALF for row in states)
    assert {str(row["peildatum"]) for row in _asked(data, "emmen", "metingen", HALF)} == {HALF}
    for table in ("financien", "bijdragen"):
        days = {str(row["datum"]) for row in _asked(data, "emmen", table, HALF)}
        assert (days or table == "bijdragen") and all("2021-01-01" <= day <= HALF for day in days), table


def test_what_a_party_fills_in_stands_beside_the_state_of_the_year(data: Data, tmp_path: Path) -> None:
    path = tmp_path / "Emmen-2021-06-30.xlsx"
    template.write_template(data, _party(data, "emmen"), HALF, path)
    book = openpyxl.load_workbook(path)
    assert [book[layout.COVER][place].value for place in ("A1", "A5", "B5")] == [
        "Opgave voor het verslag van 30 juni 2021",
        "Peildatum",
        HALF,
    ]
    page = book["Voortgang"]
    for row in range(layout.FIRST_ROW, page.max_row + 1):
        key = page.cell(row, 1).value
        _fill(page, key, Fase="uitvoering", Inhoud="groen", Tijd="oranje", Geld="groen", Toelichting="later")
    book.save(path)
    year = tmp_path / "Emmen-2021.xlsx"
    template.write_template(data, _party(data, "emmen"), 2021, year)
    # Both together: what one does not ask for, the other does not take away.
    merged = merge.merge(data, [workbook.read_workbook(each, data.deal) for each in (path, year)])
    assert not [each for each in merged.findings if each.severity == "error"]
    assert {(each.table, each.key[1], each.kind) for each in merged.changes} == {("voortgang", HALF, "added")}
    assert ("K001", HALF) in {each.key for each in merged.changes}
    assert all("oranje" in each.new and ", 2021, " in each.new for each in merged.changes)


def test_the_year_is_asked_for_also_when_its_half_is_known(workspace: Path) -> None:
    states = workspace / "data" / "voortgang.csv"
    kept = [line for line in states.read_text("utf-8").splitlines() if not line.startswith("K001,2021,")]
    kept.append(f"K001,2021,{HALF},uitvoering,groen,groen,groen,,,,voorbeelddata")
    states.write_text("\n".join(kept) + "\n", "utf-8")
    found = check(Workspace(workspace)).require_sound()
    of_year = [row for row in _asked(found, "emmen", "voortgang", 2021) if row["project_id"] == "K001"]
    assert [(str(row["peildatum"]), row.get("fase")) for row in of_year] == [("2021-12-31", None)]
    of_half = [row for row in _asked(found, "emmen", "voortgang", HALF) if row["project_id"] == "K001"]
    assert [(str(row["peildatum"]), row.get("fase")) for row in of_half] == [(HALF, "uitvoering")]


def test_the_command_takes_a_day(workspace: Path) -> None:
    done = run("intake", "template", HALF, "--party", "emmen", cwd=workspace)
    assert done.code == 0 and (workspace / f"Emmen-{HALF}.xlsx").is_file(), done.err
    for wrong in ("2021-6-30", "2031-06-30"):
        done = run("intake", "template", wrong, cwd=workspace)
        assert done.code != 0 and wrong in done.err and "Traceback" not in done.err
