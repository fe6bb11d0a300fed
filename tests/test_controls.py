"""What an experienced controller would notice is noticed, with place, values and party."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from conftest import REPOSITORY, run
from documents import html_text
from rows import with_rows

from voortgang.check import references
from voortgang.check.cells import typed
from voortgang.check.checked import Checked, check, judged
from voortgang.check.data import Data
from voortgang.check.findings import Finding
from voortgang.check.plausible import years_have_figures
from voortgang.workspace import schema
from voortgang.workspace.deal import read_deal
from voortgang.workspace.paths import Workspace

Edit = Callable[[str, str, str], None]

CASES = {
    "booking_outside_deal": ("financien", "B00001,2019-09-15", "B00001,2018-09-15", "row 2, column datum"),
    "booking_outside_project": ("financien", "B00005,2019-10-29", "B00005,2019-09-20", "row 6, column datum"),
    "realised_exceeds_committed": ("financien", "gerealiseerd,115350", "gerealiseerd,9115350", "column bedrag"),
    "committed_exceeds_budget": ("financien", "gecommitteerd,930000", "gecommitteerd,930000000", "column bedrag"),
    "paid_exceeds_promise": ("bijdragen", "ontvangen,81887,", "ontvangen,8188700,", "column bedrag"),
    "promise_differs": ("bijdragen", "toegezegd,818868", "toegezegd,818800", "bijdragen.csv"),
    "cumulative_falls": ("metingen", "emmen,,113,2023", "emmen,,13,2023", "column waarde"),
    "out_of_line": ("metingen", "werken-1-deelnemers,2023,emmen,,131", "werken-1-deelnemers,2023,emmen,,1310", "column waarde"),
    "measurement_missing": ("metingen", "emmen,,113,2023", "emmen,,,2023", "column waarde"),
    "light_without_reason": ("voortgang", "groen,oranje,groen,De werving van deelnemers begon later dan gepland.", "groen,oranje,groen,", "column toelichting"),
    "green_over_time": ("voortgang", "K013,2023,2023-12-31,afgerond", "K013,2023,2023-12-31,uitvoering", "column tijd"),
    "green_over_budget": ("projecten", "2023-06-30,3100000", "2023-06-30,310000", "column geld"),
    "date_outside_year": ("metingen", "emmen,,113,2023-12-31", "emmen,,113,2024-12-31", "column peildatum"),
    "raise_not_used": ("begroting", "wonen,14000000", "wonen,15000000", "begroting.csv, row 6, column bedrag"),
    "payer_exceeds_promise": ("bijdragen", "emmen,2019-04-30,toegezegd,3462316", "emmen,2019-04-30,toegezegd,3249349", "column financier"),
    "contribution_late": ("bijdragen", "emmen,2023-12-01,ontvangen,692463", "emmen,2023-12-01,ontvangen,692462", "column bedrag"),
    "instalment_late": ("bijdragen", "lnv,2021-11-30,ontvangen", "lnv,2022-01-01,ontvangen", "bijdragen.csv"),
    "stopped_with_commitment": ("voortgang", "W002,2023,2023-12-31,afgerond", "W002,2023,2023-12-31,gestopt", "column fase"),
    "projects_exceed_pillar": ("projecten", "2023-06-30,3100000", "2023-06-30,9100000", "projecten.csv, row 15, column begroot"),
    "day_unlikely": ("projecten", "2019-10-01,2023-06-30,3100000", "2019-10-01,9999-06-30,3100000", "row 2, column einde"),
    "year_outside_deal": ("metingen", "werken-1-netwerken,2021,,htsm", "werken-1-netwerken,2099,,htsm", "row 4, column verslagjaar"),
    "contribution_negative": ("bijdragen", "ontvangen,81887,", "ontvangen,-81887,", "column bedrag"),
    "state_missing": ("voortgang", "K001,2021,2021-12-31", "K001,2022,2022-06-30", "projecten.csv, row 2, column project_id"),
    "year_without_rows": ("metingen", "werken-1-netwerken,2019,,htsm,0,2019-12-31", "werken-1-netwerken,2017,,htsm,0,2017-12-31", "metingen.csv, column verslagjaar"),
    "value_impossible": ("metingen", ",90.8,", ",908,", "column waarde"),
    "budget_unlikely": ("projecten", "2023-06-30,3100000", "2023-06-30,31000000", "row 2, column begroot"),
    "name_twice": ("projecten", "IT Hub Hoogeveen", "greenwise campus", "row 3, column naam"),
    "budget_total": ("begroting", "welzijn,5200000", "welzijn,5300000", "begroting.csv, row 7"),
}  # fmt: skip


def _found(workspace: Path, rule: str) -> list[Finding]:
    return _of(rule, check(Workspace(workspace)).findings)


def _edited(data: Data, name: str, old: str, new: str) -> Data:
    """Return the data as it is read after a text in one of its tables was replaced."""
    path = data.workspace.table(name)
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{old!r} is not in {name}"
    cells = pd.read_csv(io.StringIO(text.replace(old, new, 1)), dtype=str, keep_default_na=False)
    frame, wrong = typed(cells.set_axis(range(2, len(cells) + 2)), path.name, schema.table(name))
    assert not wrong
    return replace(data, tables=replace(data.tables, **{name: frame}))


def _of(rule: str, findings: Iterable[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.rule == rule]


@pytest.fixture(scope="module")
def example() -> Checked:
    return check(Workspace(REPOSITORY))


@pytest.mark.parametrize("rule", CASES)
def test_each_control_notices(rule: str, example: Checked) -> None:
    table, old, new, place = CASES[rule]
    before = len(_of(rule, example.findings))
    found = _of(rule, judged(_edited(example.data, table, old, new)))
    assert len(found) > before
    assert any(place in finding.where for finding in found)
    for finding in found:
        for language in ("en", "nl"):
            assert all(text and "{" not in text for text in finding.message(language))
        deal = example.data.deal
        ids = {each.id for each in (*deal.parties, *deal.pillars)}
        told = [finding.message("en").what, *finding.message("nl"), *finding.for_readers()]
        assert not [each for text in told for each in ids if re.search(rf"(?<![\w-]){each}(?![\w-])", text)], told
        assert not any(re.search(r"\d{4}-\d\d-\d\d", text) for text in told[1:]), told
        if finding.severity == "warning":  # a report tells its readers, in words of their own
            assert set(finding.for_readers()).isdisjoint(finding.message("nl"))
            assert all(text and "{" not in text for text in finding.for_readers())


def test_a_rule_that_fails_is_a_finding_and_the_others_go_on(
    workspace: Path, edit: Edit, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wrong_rule(data: object) -> Iterator[Finding]:
        yield from ()
        raise TypeError("'<' not supported")

    monkeypatch.setattr(references, "RULES", (wrong_rule, *references.RULES))
    edit("data/voortgang.csv", "K001", "K999")
    (finding,) = _found(workspace, "rule_failed")
    assert (
        finding.severity == "error" and "wrong_rule" in finding.message().what and "TypeError" in finding.message().what
    )
    assert _found(workspace, "reference")


def test_a_rounding_euro_a_party_is_allowed(workspace: Path) -> None:
    assert _found(workspace, "promise_differs") == []  # the promises add up to € 20.000.001


@pytest.mark.parametrize(("day", "warns"), [("2021-12-31", False), ("2021-12-30", True), ("2021-06-30", True)])
def test_a_report_on_a_part_of_a_year_under_the_name_of_the_year_is_told_of(
    workspace: Path, edit: Edit, day: str, warns: bool
) -> None:
    edit("parameters/2021.yml", "reference_date: 2021-12-31", f"reference_date: {day}")
    found = _found(workspace, "part_of_year")
    assert [(each.where, each.severity) for each in found] == [
        ("parameters/2021.yml, column reference_date", "warning")
    ] * warns
    for each in found:
        for language in ("en", "nl"):  # a day is written as a date, and not so in a name or a command
            _, expected, mend = each.message(language)
            assert f"parameters/{day}.yml" in expected and f"voortgang new-year {day}" in mend


def test_the_last_year_of_a_deal_may_end_with_it(workspace: Path, edit: Edit) -> None:
    end = read_deal(Workspace(workspace)).term.end
    text = (workspace / "data" / "deal.yml").read_text(encoding="utf-8")
    assert str(end) in text and f"{end:%m-%d}" == "12-31"
    (workspace / "data" / "deal.yml").write_text(
        text.replace(f"end: {end}", f"end: {end.year}-10-31"), encoding="utf-8"
    )
    edit("parameters/2023.yml", "reference_date: 2023-12-31", "reference_date: 2023-10-31")
    assert read_deal(Workspace(workspace)).term.end == date(2023, 10, 31)
    assert not _found(workspace, "part_of_year")
    for day, other in (("2023-09-01", True), ("2023-11-01", False)):  # what is decided later moves the end later
        longer = f"amendments:\n- {{date: {day}, kind: verlenging, summary: Y, article: '17', end: 2024-10-31}}\n"
        (workspace / "data" / "deal.yml").write_text(
            f"{text.replace(f'end: {end}', f'end: {end.year}-10-31')}\n{longer}", encoding="utf-8"
        )
        assert bool(_found(workspace, "part_of_year")) == other
    edit("parameters/2023.yml", "year: 2023", "year: 2024")
    edit("parameters/2023.yml", "reference_date: 2023-10-31", "reference_date: 2024-10-31")
    (workspace / "parameters" / "2023.yml").rename(workspace / "parameters" / "2024.yml")
    assert not _found(workspace, "part_of_year")


def test_findings_as_json_and_as_a_dutch_list_for_a_party(workspace: Path, edit: Edit) -> None:
    edit("data/metingen.csv", "emmen,,113,2023", "emmen,,=13,2023")
    done = run("check", "--json", "--party", "emmen", "--list", "emmen.xlsx", cwd=workspace)
    assert done.code == 1
    (finding,) = [each for each in json.loads(done.out)["findings"] if each["severity"] == "error"]
    assert (finding["party"], finding["file"], finding["value"]) == ("emmen", "data/metingen.csv", "=13")
    page = openpyxl.load_workbook(workspace / "emmen.xlsx").active
    rows = list(page.iter_rows(values_only=True))
    assert rows[0][0] == "Ernst"
    assert {row[1] for row in rows[1:]} == {"Emmen"}
    (cell,) = [cell for row in page.iter_rows() for cell in row if cell.value == "=13"]
    assert cell.data_type == "s"
    assert run("check", "--list", "alle.html", cwd=workspace).code == 1
    text = html_text(workspace / "alle.html")
    assert "Geen getal." in text
    assert "een getal, zoals 12,5" in text


def test_warnings_do_not_stop_a_build_and_stand_in_the_annex(reports: Path) -> None:
    text = html_text(reports / "2022" / "voortgangsrapportage-2022.html")
    assert "Over 2020 is er geen cijfer van Logistiek." in text
    assert "metingen.csv, rij" not in text  # that is for auditors
    assert "data/metingen.csv, rij 13, kolom waarde" in html_text(reports / "2022" / "herkomst.html")
    earlier = html_text(reports / "2020" / "voortgangsrapportage-2020.html")
    assert "Het project is gestopt" in text and "Het project is gestopt" not in earlier
    # What is listed as a correction is no complaint too.
    assert "In het vastgestelde verslag over 2020" not in text


@pytest.mark.long
def test_a_half_year_report_knows_only_what_was_known(workspace: Path, edit: Edit) -> None:
    edit("parameters/2021.yml", "reference_date: 2021-12-31", "reference_date: 2021-06-30")
    edit(
        "data/metingen.csv",
        "werken-4-assessment,2021,,,92,2021-12-31",
        "werken-4-assessment,2021,,,61,2021-06-30,voorlopig,,,voorbeelddata\nwerken-4-assessment,2021,,,92,2021-12-31",
    )
    done = run("build", "2021", cwd=workspace)
    assert done.code == 0, done.err
    text = html_text(workspace / "reports" / "2021" / "voortgangsrapportage-2021.html")
    assert "30 juni 2021" in text
    assert "31 december 2021" not in text
    bookings = (workspace / "data" / "financien.csv").read_text(encoding="utf-8").splitlines()[1:]
    rows = [line.split(",") for line in bookings]
    total = sum(int(row[6]) for row in rows if row[5] == "gerealiseerd" and row[1] <= "2021-06-30")
    assert f"€ {total:,}".replace(",", ".") in text
    assert "15,3%" in text  # 61 of 400 assessments
    assert "stand van 31 december 2020" in text  # of what was not measured since


@pytest.mark.parametrize(
    ("years", "until", "project", "gaps"),
    [
        ((2019, 2020, 2022), date(2022, 12, 31), "2023-06-30", [2021]),
        ((2019, 2022), date(2022, 12, 31), "2019-06-30", [2020, 2021]),
        ((2019, 2020), date(2021, 12, 31), "2023-06-30", [2021]),  # nobody entered the year that is reported on
        ((2019, 2020), date(2021, 12, 31), "2020-12-31", []),  # nothing ran any more
        ((2019, 2020), date(2021, 6, 30), "2023-06-30", []),  # the year is not over
        ((2021,), date(2021, 12, 31), "2023-06-30", []),  # began later
        ((2023,), date(2024, 12, 31), "2025-06-30", []),  # after the deal
        ((), date(2021, 12, 31), "2023-06-30", []),  # a table without rows is another finding
    ],
)
def test_a_year_without_rows_is_named(
    example: Checked, years: tuple[int, ...], until: date, project: str, gaps: list[int]
) -> None:
    bookings = [f"boeking_id=B{year} datum={year}-03-01 pijler=overhead bedrag=5" for year in years]
    runs = f"project_id=P1 naam=P pijler=werken start=2019-01-01 einde={project}"
    data = with_rows(example.data, until, financien=bookings, projecten=[runs], metingen=[], voortgang=[])
    found = list(years_have_figures(data))
    assert [dict(each.details)["year"] for each in found] == [str(year) for year in gaps]
    assert all("geen boekingen over" in each.for_readers()[0] for each in found)
