"""The example data is about nobody: what goes wrong, goes wrong in invented projects, and what is public is right."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from conftest import REPOSITORY

from voortgang.check.checked import check
from voortgang.workspace.paths import Workspace

EXAMPLE = "voorbeelddata"


def _rows(table: str) -> list[dict[str, str]]:
    with (REPOSITORY / "data" / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


PROJECTS = {row["project_id"]: row for row in _rows("projecten")}


def test_an_invented_project_says_so_in_its_name() -> None:
    for row in PROJECTS.values():
        assert row["naam"].startswith("Voorbeeldproject ") == (row["bron"] == EXAMPLE), row["naam"]


def test_projects_with_a_real_name_run_as_planned() -> None:
    real = [row for row in _rows("voortgang") if PROJECTS[row["project_id"]]["bron"] != EXAMPLE]
    assert len(real) > 50
    for row in real:
        assert {row["inhoud"], row["tijd"], row["geld"]} == {"groen"}, row
        assert row["fase"] != "gestopt" and not row["toelichting"], row
        assert PROJECTS[row["project_id"]]["vertrouwelijk"] == "nee"


def test_twenty_four_projects_started_in_the_autumn_of_2019() -> None:
    first = [row for row in PROJECTS.values() if row["start"] < "2020"]
    assert len(first) == 24 and all("2019-09-23" <= row["start"] <= "2019-12-21" for row in first)


def test_no_municipality_lacks_a_figure_and_no_party_pays_late() -> None:
    missing = [row for row in _rows("metingen") if not row["waarde"]]
    assert missing and all(row["opmerking"] and not row["gemeente"] for row in missing)
    paid: dict[str, list[str]] = {}
    for row in _rows("bijdragen"):
        if row["soort"] == "ontvangen" and row["partij"] != "lnv":
            paid.setdefault(row["partij"], []).append(row["datum"])
    assert set(map(tuple, paid.values())) == {tuple(f"{year}-12-01" for year in range(2019, 2024))}


@pytest.mark.parametrize("path", sorted((REPOSITORY / "data" / "toelichting").glob("*/*.md")), ids=str)
def test_texts_of_the_bureau_name_no_project_of_which_they_tell_a_fate(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    named = [row["naam"] for row in PROJECTS.values() if row["bron"] != EXAMPLE and row["naam"] in text]
    assert not (named and re.search("gestopt|vertraagd|achter|te laat", text)), (path, named)


def test_texts_of_the_bureau_hold_no_number_that_is_not_computed() -> None:
    found = check(Workspace(REPOSITORY)).findings
    assert [each.where for each in found if each.rule == "narrative_number"] == []


def test_all_projects_but_two_tell_what_they_do_and_for_whom() -> None:
    silent = {key for key, row in PROJECTS.items() if not (row["omschrijving"] and row["doelgroep"])}
    assert silent == {"W005", "W008"}
    assert all(row["bron"] == EXAMPLE or row["bron"].endswith(EXAMPLE) for row in PROJECTS.values())


def test_what_is_told_of_a_project_with_a_real_name_is_not_what_became_of_it() -> None:
    for row in _rows("voortgang"):
        if PROJECTS[row["project_id"]]["bron"] != EXAMPLE:
            assert not (row["gedaan"] or row["vervolg"]), row
    real = [row for row in PROJECTS.values() if row["bron"] != EXAMPLE]
    assert not [row["naam"] for row in real if row["contact"] or row["partners"]]


def test_invented_projects_tell_each_year_what_was_done() -> None:
    untold = {"W008"}
    for row in _rows("voortgang"):
        project = PROJECTS[row["project_id"]]
        runs = row["verslagjaar"] <= project["einde"][:4] and row["fase"] != "gestopt"
        if project["bron"] == EXAMPLE and project["project_id"] not in untold and runs:
            assert row["gedaan"], row
            assert row["vervolg"] or row["fase"] == "afgerond" or row["verslagjaar"] == "2023", row
