"""Each deviation has a reason of its lead party, or the report says that it is missing and whose it is."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from conftest import REPOSITORY, run
from test_new_workspace import answers

import voortgang.notebook as vg
from voortgang.check.checked import check
from voortgang.intake import layout, template
from voortgang.workspace.deal import deal_from
from voortgang.workspace.paths import Workspace
from voortgang.workspace.starting.new_workspace import write_workspace
from voortgang.workspace.starting.questionnaire import deal_text
from voortgang.writing.publishable import Fact, Text

MISSING = "De toelichting van {} ontbreekt."


def _without(workspace: Path, *rows: str) -> None:
    """Take the reason out of some measurements, each named as `indicator,year,municipality`; all when none is named."""
    path = workspace / "data" / "metingen.csv"
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        lines = list(reader)
    for line in lines:
        if not rows or ",".join(line[name] for name in ("indicator_id", "verslagjaar", "gemeente")) in rows:
            line["toelichting"] = ""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, reader.fieldnames or (), lineterminator="\n")
        writer.writeheader()
        writer.writerows(lines)


def _told(workspace: Path, year: int, pillar: str, indicator: str) -> str:
    report = vg.load(year, f"{year}-12-31", "overleg", workspace)
    return str(vg.behind(report, pillar).at[indicator, "toelichting"])


@pytest.mark.parametrize(
    ("year", "indicator", "taken", "told"),
    [
        # Of the region: who keeps the secretariat.
        (2022, "werken-4-assessment", ["werken-4-assessment,2022,"], MISSING.format("Provincie Drenthe")),
        # In each municipality a minimum: who lacks it, and no other.
        (2022, "werken-2-omgevingen", ["werken-2-omgevingen,2022,borger-odoorn"], MISSING.format("Borger-Odoorn")),
        # A total: all municipalities, until one of them gives a reason.
        (2021, "werken-3-bedrijven", ["werken-3-bedrijven,2021,emmen"], MISSING.format("de gemeenten")),
        (2022, "werken-3-bedrijven", ["werken-3-bedrijven,2022,hoogeveen"],
         "Emmen: De aansluiting van kleine bedrijven vraagt meer tijd dan gedacht."),
        # A sum has the reasons of what it is the sum of.
        (2021, "werken-4-transitie", [], "De begeleiding begint pas na een assessment, en dat zijn er nog te weinig."),
        (2021, "werken-4-transitie", ["werken-4-vrijetijd,2021,"], MISSING.format("Provincie Drenthe")),
    ],
)  # fmt: skip
def test_the_reason_is_told_or_whose_it_is(
    workspace: Path, year: int, indicator: str, taken: list[str], told: str
) -> None:
    if taken:
        _without(workspace, *taken)
    assert _told(workspace, year, "werken", indicator) == told


def test_some_give_the_same_reason_and_one_gives_none() -> None:
    told = _told(REPOSITORY, 2019, "wonen", "wonen-1-aanpakken")
    assert told.startswith("Aa en Hunze, Borger-Odoorn, Coevorden, Emmen en Hoogeveen: De gesprekken")
    assert told.endswith(MISSING.format("Hardenberg"))


def test_a_light_without_a_reason_names_the_party_that_leads_the_project(
    workspace: Path, edit: Callable[[str, str, str], None]
) -> None:
    edit("data/voortgang.csv", "Een partner heeft zijn bijdrage nog niet toegezegd.", "")
    report = vg.load(2021, "2021-12-31", "overleg", workspace)
    assert vg.attention(report, "werken").at["K007", "toelichting"] == MISSING.format("Emmen")
    largest = vg.deviations(report).set_index("afwijking")
    assert largest.at["Voorbeeldproject energieopslag", "toelichting"] == MISSING.format("Emmen")


def test_projects_and_results_take_turns_among_the_largest_deviations() -> None:
    found = vg.deviations(vg.load(2022, "2022-12-31", "overleg", REPOSITORY), most=4)
    assert list(found["afwijking"])[::2] == ["Voorbeeldproject energieopslag", "Voorbeeldproject logistiek"]
    # What was not achieved goes before what is behind.
    assert list(found["stand"])[1::2] == ["■ niet behaald", "■ niet behaald"]
    assert list(found["stand"])[::2] == ["■ rood op inhoud en tijd", "■ rood op tijd"]


def test_the_public_edition_names_no_hidden_project(workspace: Path, edit: Callable[[str, str, str], None]) -> None:
    edit(
        "data/voortgang.csv",
        "W008,2021,2021-12-31,uitvoering,groen,oranje,groen",
        "W008,2021,2021-12-31,uitvoering,rood,rood,rood",
    )
    names = {
        edition: set(vg.deviations(vg.load(2021, "2021-12-31", edition, workspace), most=99)["afwijking"])
        for edition in ("overleg", "openbaar")
    }
    assert names["overleg"] - names["openbaar"] == {"Voorbeeldproject markante woningen"}
    assert next(iter(vg.deviations(vg.load(2021, "2021-12-31", "overleg", workspace))["afwijking"])).endswith(
        "woningen"
    )


def _deviation_without_reason(workspace: Path, *options: str) -> list[dict[str, str]]:
    done = run("check", "--json", *options, cwd=workspace)
    return [each for each in json.loads(done.out)["findings"] if each["rule"] == "deviation_without_reason"]


def test_the_check_asks_the_party_for_its_reason_until_the_report_is_adopted(workspace: Path) -> None:
    assert _deviation_without_reason(workspace) == []  # what is missing in the example is about adopted years
    _without(workspace, "werken-2-omgevingen,2022,borger-odoorn", "werken-4-assessment,2021,")
    (found,) = _deviation_without_reason(workspace)
    assert found["severity"] == "warning" and found["file"] == "data/metingen.csv"
    assert found["column"] == "toelichting" and found["party"] == "borger-odoorn"
    assert len(_deviation_without_reason(workspace, "--party", "borger-odoorn")) == 1
    assert _deviation_without_reason(workspace, "--party", "emmen") == []


def test_a_file_of_before_the_column_is_read(workspace: Path) -> None:
    for path in [workspace / "data" / "metingen.csv", *(workspace / "data" / "vastgesteld").glob("*/metingen.csv")]:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            lines = list(reader)
        names = [name for name in reader.fieldnames or () if name != "toelichting"]
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, names, lineterminator="\n", extrasaction="ignore")
            writer.writeheader()
            writer.writerows(lines)
    rules = {each.rule for each in check(Workspace(workspace)).findings}
    assert rules == {each.rule for each in check(Workspace(REPOSITORY)).findings}
    assert _told(workspace, 2022, "werken", "werken-4-assessment") == MISSING.format("Provincie Drenthe")
    assert run("datapackage", cwd=workspace).code == 0
    package = json.loads((workspace / "data" / "datapackage.json").read_text(encoding="utf-8"))
    fields = {each["name"]: [field["name"] for field in each["schema"]["fields"]] for each in package["resources"]}
    assert "toelichting" not in fields["metingen"] and "toelichting" in fields["voortgang"]


def test_a_party_gives_its_reason_in_the_workbook(workspace: Path) -> None:
    _without(workspace)
    data = check(Workspace(workspace)).require_sound()
    (emmen,) = (party for party in data.deal.parties if party.id == "emmen")
    path = workspace / "Emmen-2022.xlsx"
    template.write_template(data, emmen, 2022, path)
    book = openpyxl.load_workbook(path)
    page = book["Metingen"]
    column = next(cell.column for cell in page[layout.HEADING_ROW] if cell.value == "Toelichting")
    row = next(cell.row for cell in page["A"] if cell.value == "werken-3-bedrijven")
    page.cell(row, column).value = "De werving liep achter."
    book.save(path)
    done = run("intake", "read", path.name, "--yes", cwd=workspace)
    assert done.code == 0, done.out + done.err
    assert _told(workspace, 2022, "werken", "werken-3-bedrijven") == "Emmen: De werving liep achter."


@pytest.mark.parametrize(("year", "label"), [("2019", "tbl-wonen-afwijkingen"), ("2022", "tbl-werken-afwijkingen")])
def test_the_report_says_why_a_result_stays_behind(reports: Path, year: str, label: str) -> None:
    page = (reports / year / f"voortgangsrapportage-{year}.html").read_text(encoding="utf-8")
    assert f'id="{label}"' in page
    assert (MISSING.format("Hardenberg") in page) == (year == "2019")


_LIGHTS, _VERDICTS = "Geen stoplicht staat op oranje of rood", "geen resultaat blijft achter"


@pytest.mark.parametrize(
    ("without", "said"),
    [
        ((), f"{_LIGHTS}, en {_VERDICTS}."),
        (("metingen",), f"{_LIGHTS}. Over de resultaten is nog geen oordeel."),
        (("voortgang",), f"{_VERDICTS.capitalize()}. Van projecten is nog geen stoplicht bekend."),
        (
            ("metingen", "voortgang"),
            "Van projecten is nog geen stoplicht bekend, en over de resultaten is nog geen oordeel.",
        ),
    ],
)
def test_nothing_deviates_is_said_of_what_there_is(tmp_path: Path, without: tuple[str, ...], said: str) -> None:
    """Without projects and measurements page one told the council that nothing stays behind."""
    text = deal_text(answers())
    write_workspace(text, deal_from(text), tmp_path, with_examples=True)
    for table in without:
        path = tmp_path / "data" / f"{table}.csv"
        path.write_text(path.read_text(encoding="utf-8").partition("\n")[0] + "\n", encoding="utf-8")
    assert vg.nothing_deviates(vg.load(2025, "2025-12-31", "overleg", tmp_path)) == said
    ended = vg.load(2027, "2027-12-31", "overleg", tmp_path)  # then nothing comes any more
    assert vg.nothing_deviates(ended) == said.replace("nog ", "")


@pytest.mark.parametrize("known", [True, False])
def test_no_light_is_no_good_news(tmp_path: Path, known: bool) -> None:
    """Of projects of which nobody gave the state, the summary said that none has a light on orange or red."""
    text = deal_text(answers())
    write_workspace(text, deal_from(text), tmp_path, with_examples=True)
    path = tmp_path / "data" / "voortgang.csv"
    rows = path.read_text(encoding="utf-8").replace("oranje", "groen").replace("rood", "groen")
    path.write_text(rows if known else rows.partition("\n")[0] + "\n", encoding="utf-8")
    report = vg.load(2025, "2025-12-31", "overleg", tmp_path)
    pillar, place = report.deal.pillars[0].id, report.deal.municipalities[0].id
    assert vg.no_light_asks(report, pillar).startswith("Geen enkel project" if known else "Van de projecten")
    ended = vg.load(2027, "2027-12-31", "overleg", tmp_path)
    for each, yet in ((report, not known), (ended, False)):
        said = [vg.no_light_asks(each, pillar), str(vg.municipality_state(each, place).outputs)]
        assert all("nog geen stoplicht" in text for text in said) == yet == any("nog " in text for text in said)
    told = {each.id for each in vg.publish_projects(report).outputs if isinstance(each, Fact)}
    assert ("totaal.aandacht" in told) == known and {"totaal.projecten", "totaal.fasen"} <= told
    (state,) = (each for each in vg.municipality_state(report, place).outputs if isinstance(each, Text))
    assert ("nog geen stoplicht bekend" in state.paragraphs[0]) != known
