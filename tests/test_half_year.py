"""A report within the year is named after its day, and is a report like any other."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from conftest import run
from documents import html_text
from hypothesis import given
from hypothesis import strategies as st

from voortgang.check import adopted
from voortgang.check.checked import check
from voortgang.check.data import View
from voortgang.check.notebook_reads import Rows
from voortgang.readers.trace import trace
from voortgang.readers.verified import Verified
from voortgang.workspace.parameters import read_parameters
from voortgang.workspace.paths import Period, Workspace, in_order, period, year_of

Edit = Callable[[str, str, str], None]
HALF = "2021-06-30"
DECISION = ("--body", "de stuurgroep", "--date", "2021-09-15", "--number", "2021-9", "--by", "A. de Vries")


@given(st.dates(date(2000, 1, 1), date(2100, 12, 31)))
def test_a_day_names_a_period_and_its_year_comes_after_it(day: date) -> None:
    found = period(day.isoformat())
    assert found == (None if (day.month, day.day) == (12, 31) else day.isoformat())
    if found is not None:
        assert in_order([day.year + 1, day.year, found, day.year - 1]) == [day.year - 1, found, day.year, day.year + 1]
        assert year_of(found) == day.year


@pytest.mark.parametrize(
    "name",
    [
        "",
        "21",
        "02021",
        "2021 ",
        "2021-6-30",
        "2021-06-31",
        "2021-06",
        "20210630",
        "٢٠٢١",
        "2021-06-30.yml",
        "2021-12-31",
    ],
)
def test_what_names_no_period(name: str) -> None:
    assert period(name) is None


def test_the_report_says_what_it_is_and_what_it_compares_with(reports: Path) -> None:
    text = html_text(reports / HALF / f"voortgangsrapportage-{HALF}.html")
    for words in (
        "Halfjaarrapportage 2021",
        "sinds eind 2020",
        "Dit is een tussentijds verslag, tot en met 30 juni 2021",
        "stand van 31 december 2020",
        "nog zonder status",
        "In de eerste helft van 2021 alleen",
        "Halverwege het jaar zijn de meeste projecten in uitvoering",
    ):
        assert words in text, words
    for words in ("een jaar eerder", "Vorig jaar", "naast een jaar"):
        assert words not in text, words
    assert "Voortgangsrapportage 2021" not in text
    whole = html_text(reports / "2021" / "voortgangsrapportage-2021.html")
    assert "Voortgangsrapportage 2021" in whole and "tussentijds" not in whole


def test_its_projects_add_up(reports: Path) -> None:
    content = json.loads((reports / HALF / "kerncijfers.json").read_text(encoding="utf-8"))
    figures = {each["id"]: each["waarde"] for each in content["kerncijfers"]}
    phases = ("voorbereiding", "uitvoering", "afgerond", "gestopt", "zonder_status")
    for scope in ("totaal", *content["verslag"]["pijlers"]):
        counted = [figures.get(f"{scope}.{phase}", 0) for phase in phases]
        assert sum(counted) == figures[f"{scope}.projecten"], (scope, counted)
    assert content["verslag"]["jaar"] == 2021 and content["verslag"]["peildatum"] == HALF


def test_its_bundle_is_opened_as_that_of_the_half_year(reports: Path, tmp_path: Path) -> None:
    from voortgang.publish.bundle import open_bundle, write_bundle
    from voortgang.readers.verify import check_hashes

    write_bundle(Workspace(reports.parent), HALF, tmp_path / "half.zip")
    assert open_bundle((tmp_path / "half.zip").read_bytes(), tmp_path / "half.zip", tmp_path / "out") == HALF
    assert check_hashes(Workspace(tmp_path / "out"), HALF, packed=True) == []


@pytest.mark.parametrize("of", [2021, HALF])
def test_the_outcome_of_a_verification_is_read_back(of: Period) -> None:
    outcome = Verified(of, (), 1, (), ())
    assert Verified.from_json(json.loads(json.dumps(outcome.to_json()))) == outcome
    with pytest.raises(ValueError, match="no period"):
        Verified.from_json(outcome.to_json() | {"year": "juni"})


def test_differences_traces_and_the_ministry_take_it(reports: Path, tmp_path: Path) -> None:
    changed = run("diff", HALF, "2021", "--json", cwd=reports.parent)
    assert changed.code == 0 and any(each["id"] == "totaal.gerealiseerd" for each in json.loads(changed.out))
    assert run("trace", HALF, "totaal.gerealiseerd", cwd=reports.parent).code == 0
    assert run("export", "lnv", HALF, "--output", str(tmp_path), cwd=reports.parent).code == 0
    assert (tmp_path / f"lnv-{HALF}.json").is_file()


def published(root: Path, of: Period, day: str, **values: float) -> None:
    """Write the key figures of a report: each value is about the year at its end, and about the report without one."""
    folder, year = root / "reports" / str(of), int(day[:4])
    folder.mkdir(parents=True)
    report = {"deal": "D", "eerste_jaar": 2019, "laatste_jaar": 2023, "pijlerwoord": "pijler", "pijlers": {}}
    report |= {"jaar": year, "peildatum": day, "status": "concept", "editie": "overleg", "voorbeelddata": True}
    figures = [
        {
            **{"id": f"totaal.{key}", "label": key, "waarde": value, "tekst": f"€ {value:,}".replace(",", ".")},
            **{"zinsdeel": "", "eenheid": "euro", "jaar": int(key[-4:]) if key[-4:].isdecimal() else year},
            **{"peildatum": day, "artikel": "5", "over": {}, "status": "definitief", "staat_in": []},
            "herkomst": {"notebook": "n.ipynb", "cel": "c", "bronnen": []},
        }
        for key, value in values.items()
    ]
    text = json.dumps({"schema_versie": "1.1", "verslag": report, "kerncijfers": figures})
    (folder / "kerncijfers.json").write_text(text, encoding="utf-8")


@pytest.mark.parametrize("what", ["totaal.geld", " 16945700 ", "€ 16.945.700", "16.945.700"])
def test_a_figure_is_found_as_a_page_or_a_file_has_it(tmp_path: Path, what: str) -> None:
    published(tmp_path, 2021, "2021-12-31", geld=16945700, ander=1694570)
    notebook = tmp_path / "reports" / "2021" / "notebooks" / "n.ipynb"
    notebook.parent.mkdir()
    notebook.write_text('{"cells": []}', encoding="utf-8")
    assert [each.figure.id for each in trace(Workspace(tmp_path), 2021, what)] == ["totaal.geld"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("reference_date: 2021-06-30", "reference_date: 2021-07-31", "reference_date: 2021-06-30"),
        ("year: 2021", "year: 2020", "year: 2021"),
    ],
)
def test_parameters_that_are_about_another_day_are_refused(
    workspace: Path, edit: Edit, old: str, new: str, said: str
) -> None:
    edit(f"parameters/{HALF}.yml", old, new)
    done = run("build", HALF, cwd=workspace)
    assert done.code == 1 and f"parameters/{HALF}.yml" in done.err and said in done.err


@pytest.mark.parametrize("asked", ["2021-6-30", "2021-02-30", "juni", "2021-12-31"])
def test_an_argument_that_is_no_period_is_named(workspace: Path, asked: str) -> None:
    done = run("build", asked, cwd=workspace)
    assert done.code != 0 and asked in done.err and "2021-06-30" in done.err and "Traceback" not in done.err


def test_a_half_year_is_begun_with_a_command(workspace: Path) -> None:
    done = run("new-year", "2022-06-30", cwd=workspace)
    assert done.code == 0 and "parameters/2022-06-30.yml" in done.out
    assert read_parameters(Workspace(workspace), "2022-06-30").period == "2022-06-30"
    text = (workspace / "data" / "toelichting" / "2022-06-30" / "werken.md").read_text(encoding="utf-8")
    assert text == "De toelichting op de stand van 30 juni 2022 moet nog worden geschreven.\n"
    assert run("new-year", "2031-06-30", cwd=workspace).code == 1


@pytest.mark.parametrize("asked", ["2018", "2018-06-30", "2019-06-30", "2019-07-15"])
def test_there_is_no_report_on_a_time_before_the_deal(workspace: Path, asked: str) -> None:
    """The deal starts on 16 July 2019. Such a report was refused by a notebook only, or said that 0% had passed."""
    done = run("new-year", asked, cwd=workspace)
    assert done.code == 1 and f"{asked} is outside the term of the deal" in done.err and "2019-07-16" in done.err
    day = asked if "-" in asked else f"{asked}-12-31"
    (workspace / "parameters" / f"{asked}.yml").write_text(f"year: {asked[:4]}\nreference_date: {day}\n", "utf-8")
    for command in (("check",), ("build", asked)):
        done = run(*command, cwd=workspace)
        assert done.code == 1 and f"The report on {asked} ends before the deal starts" in done.err
        assert f"parameters/{asked}.yml" in done.err and "Traceback" not in done.err


def test_a_report_may_begin_with_the_first_day_of_the_deal(workspace: Path) -> None:
    assert run("new-year", "2019-07-16", cwd=workspace).code == 0
    assert run("check", cwd=workspace).code == 0


def test_a_half_year_is_adopted_with_what_was_known(workspace: Path, edit: Edit) -> None:
    edit(f"parameters/{HALF}.yml", "status: concept", "status: vastgesteld")
    shutil.rmtree(workspace / "data" / "vastgesteld" / "2021")
    edit("parameters/2021.yml", "status: vastgesteld", "status: concept")
    assert run("adopt", HALF, *DECISION, cwd=workspace).code == 0
    kept = (workspace / "data" / "vastgesteld" / HALF / "financien.csv").read_text(encoding="utf-8").splitlines()[1:]
    assert kept and all("2021-01-01" <= line.split(",")[1] <= HALF for line in kept)
    edit("data/financien.csv", "2021-03-31,W001,wonen,lnv,gerealiseerd,9", "2021-03-31,W001,wonen,lnv,gerealiseerd,8")
    found = [each for each in check(Workspace(workspace)).findings if each.rule == "adopted_changed"]
    assert [dict(each.details)["year"] for each in found].count(HALF) == 1
    # The correction is in the report on the whole year and in later ones, and not in that of the half-year itself.
    data = check(Workspace(workspace)).data
    for year, day, told in ((2021, HALF, False), (2021, "2021-12-31", True), (2022, "2022-12-31", True)):
        rows = Rows("correcties").select(data, View(year, date.fromisoformat(day)))
        assert (HALF in set(rows["verslagjaar"])) is told, day


def test_what_the_whole_year_adopted_takes_the_place_of_its_half(workspace: Path) -> None:
    one = adopted.Correction(HALF, "financien", "bedrag", ("B1",), 2, 2, "1", "2", "", "", "2021-03-31")
    assert one.is_told(2021, date(2021, 12, 31), [HALF, 2021])
    assert one.is_told(2022, date(2022, 12, 31), [HALF])
    assert not one.is_told(2022, date(2022, 12, 31), [HALF, 2021])
    assert not one.is_told(2021, date(2021, 6, 30), [HALF])
