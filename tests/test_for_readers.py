"""What a report tells of its data: what was known by then, in this edition, once, and without files and rows."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from conftest import REPOSITORY

from voortgang.check.adopted import YEAR_COLUMNS
from voortgang.check.checked import check
from voortgang.check.data import Data, View
from voortgang.check.findings import finding
from voortgang.check.for_readers import _about, as_known, findings, remarks
from voortgang.check.notebook_reads import Rows
from voortgang.workspace.paths import Workspace

DAYS = (date(2019, 12, 31), date(2020, 12, 31), date(2021, 6, 30), date(2021, 12, 31), date(2022, 12, 31))


@pytest.fixture(scope="module")
def data() -> Data:
    return check(Workspace(REPOSITORY)).require_sound()


@pytest.mark.parametrize("edition", ["overleg", "openbaar"])
@pytest.mark.parametrize("day", DAYS)
def test_a_report_tells_nothing_of_later(data: Data, day: date, edition: str) -> None:
    view = View(day.year, day, edition)
    known = as_known(data, view)
    for table, column in (("financien", "datum"), ("metingen", "peildatum"), ("bijdragen", "datum")):
        assert (getattr(known.tables, table)[column].dt.date <= day).all()
    told = remarks(data, view)
    assert len(told) == len(set(told))
    for each in told:
        text = " ".join((each.about, each.what, each.since, each.done))
        assert each.about and each.what and each.since and each.done
        assert ".csv" not in text and " rij " not in text and "kolom" not in text and "None" not in text
        assert not any(str(year) in text for year in range(day.year + 1, 2030)), text


def test_what_stopped_is_told_until_it_is_released(data: Data) -> None:
    def told(year: int) -> list[str]:
        return [each.what for each in remarks(data, View(year, date(year, 12, 31))) if "gestopt" in each.what]

    assert [len(told(year)) for year in (2021, 2022, 2023)] == [0, 1, 0]


def test_a_correction_is_told_once(workspace: Path, edit: Callable[[str, str, str], None]) -> None:
    edit("data/metingen.csv", "werken-3-bedrijven,2021,emmen,,60", "werken-3-bedrijven,2021,emmen,,61")
    lines = (workspace / "data" / "bijdragen.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith("emmen,2021")]
    (workspace / "data" / "bijdragen.csv").write_text("".join(kept), encoding="utf-8")
    edit("data/voortgang.csv", "K001,2021,2021-12-31,uitvoering,groen", "K001,2021,2021-12-31,uitvoering,oranje")
    data = check(Workspace(workspace)).require_sound()

    def rules(year: int) -> list[str]:
        found = findings(data, View(year, date(year, 12, 31)))
        return sorted(each.rule for each in found if each.rule.startswith("adopted"))

    # The report on 2021 lists no corrections of its own year; that on 2022 lists those of figures, not of a light.
    assert rules(2021) == ["adopted_changed", "adopted_changed", "adopted_removed"]
    assert rules(2022) == ["adopted_changed"]


def test_figures_of_an_adopted_year_that_are_all_gone_are_told(workspace: Path) -> None:
    """The report on a later year stopped there, as a fault of voortgang."""
    for path in ((workspace / "data" / f"{table}.csv") for table in YEAR_COLUMNS):
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        path.write_text("".join(line for line in lines if ",2020-" not in line), encoding="utf-8")
    data = check(Workspace(workspace)).require_sound()

    def gone(year: int) -> set[str]:
        found = findings(data, View(year, date(year, 12, 31)))
        return {Path(each.file).stem for each in found if each.rule == "adopted_gone"}

    assert gone(2020) == set(YEAR_COLUMNS)
    assert gone(2021) == {"voortgang"}  # figures stand among its corrections


def test_what_came_in_after_the_day_of_a_report_is_none_of_its_corrections(workspace: Path) -> None:
    """A report listed a figure as corrected that it does not know, and went on without it."""
    rows = {
        "metingen": "werken-3-bedrijven,2020,emmen,,61,2022-03-01,definitief,,,later gemeten\n",
        "voortgang": "K001,2020,2022-03-01,uitvoering,groen,groen,groen,,,,later gemeld\n",
    }
    for table, row in rows.items():
        with (workspace / "data" / f"{table}.csv").open("a", encoding="utf-8") as file:
            file.write(row)
    data = check(Workspace(workspace)).require_sound()

    def told(year: int) -> tuple[bool, int]:
        view = View(year, date(year, 12, 31))
        added = [each for each in findings(data, view) if each.rule == "adopted_added"]
        return "61" in set(Rows("correcties").select(data, view)["is_nu"]), len(added)

    assert [told(year) for year in (2020, 2021, 2022)] == [(False, 0), (False, 0), (True, 1)]


def test_a_number_that_the_bureau_typed_is_told_in_its_own_year(workspace: Path) -> None:
    text = workspace / "data" / "toelichting" / "2021" / "leerervaringen-wonen.md"
    text.write_text("Wij leerden het in 12 wijken, bij {{< var totaal.projecten >}}.\n", encoding="utf-8")
    data = check(Workspace(workspace)).require_sound()
    about = {year: [each.about for each in remarks(data, View(year, date(year, 12, 31)))] for year in (2021, 2022)}
    assert "Toelichting leerervaringen wonen: 12" in about[2021]
    assert not any("Toelichting" in each for each in about[2022])


@pytest.mark.parametrize(
    ("day", "told"), [("2021-12-31", "31 december 2021"), ("2021-13-45", "2021-13-45"), ("2021", "2021")]
)
def test_a_day_is_told_in_full_where_it_is_one(day: str, told: str) -> None:
    found = finding("begroting.csv", 2, "bedrag", "", "budget_total", day=day, found="€ 2", right="€ 1", article="5")
    assert found.for_readers()[0].startswith(f"Vanaf {told} tellen")


def test_a_map_that_lacks_a_municipality_is_told_and_stops_nothing(workspace: Path) -> None:
    path = workspace / "data" / "kaart.geojson"
    shapes = json.loads(path.read_text(encoding="utf-8"))
    del shapes["features"][-1]
    path.write_text(json.dumps(shapes), encoding="utf-8")
    data = check(Workspace(workspace)).require_sound()
    found = [each for each in remarks(data, View(2021, date(2021, 12, 31))) if "kaart" in each.what]
    assert [each.about for each in found] == ["Kaart van de gemeenten"]


def test_every_file_that_a_warning_may_name_has_a_name_for_readers(workspace: Path) -> None:
    data = check(Workspace(workspace)).require_sound()
    files = {data.file(name) for name, _ in data.tables} | {data.workspace.relative(data.workspace.shapes)}
    for file in files:
        assert _about(Path(file).stem, None, finding(file, 0, "", "", "map_incomplete", missing="Emmen"), data)
