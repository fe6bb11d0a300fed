"""What a fact says of itself is true: its unit, its article, whether it is provisional, the rows that it rests on."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from conftest import REPOSITORY

from voortgang.publish.rows_behind import numbers_in
from voortgang.workspace.deal import read_deal
from voortgang.workspace.paths import Workspace

PERIODS = ("2019", "2021-06-30", "2021", "2023")
OF_INDICATORS = ("waarde", "nulwaarde", "doelwaarde", "minimum", "verwachting_laag", "verwachting_hoog")


def _facts(reports: Path, of: str) -> list[dict[str, Any]]:
    return json.loads((reports / of / "kerncijfers.json").read_text(encoding="utf-8"))["kerncijfers"]


@pytest.mark.parametrize("of", PERIODS)
def test_a_figure_is_in_the_unit_of_what_was_measured(reports: Path, of: str) -> None:
    deal, seen = read_deal(Workspace(REPOSITORY)), set()
    units = {each.id: each.unit for each in deal.indicators}
    for each in _facts(reports, of):
        kind, about = each["id"].split(".")[-1], each["over"].get("indicator")
        if about and kind.startswith(OF_INDICATORS):
            unit = units[about]
            expected = (
                "mijlpaal" if unit == "mijlpaal" else "procentpunt" if unit.startswith("procentpunt")
                else "procent" if unit.startswith("%") else "aantal"
            )  # fmt: skip
            assert each["eenheid"] == expected, each["id"]
            seen.add(expected)
        if each["eenheid"] == "euro":
            assert "€" in each["tekst"] or "€" in each["zinsdeel"], each["id"]
        if each["eenheid"] == "aandeel":
            assert each["tekst"].endswith("%"), each["id"]
        if (
            each["eenheid"] == "aantal"
            and not about
            and not each["id"].partition(".")[2].startswith("gerealiseerd_keer")
        ):
            assert float(each["waarde"]).is_integer() and "%" not in each["tekst"], each["id"]
    assert seen == {"mijlpaal", "procent", "procentpunt", "aantal"}


@pytest.mark.parametrize("of", PERIODS)
def test_provisional_is_what_rests_on_a_provisional_measurement(reports: Path, of: str) -> None:
    with (reports / of / "gegevens" / "metingen.csv").open(encoding="utf-8") as file:
        provisional = {int(row["rij"]) for row in csv.DictReader(file) if row["status"] == "voorlopig"}
    found = set()
    for each in _facts(reports, of):
        rows = {
            number
            for source in each["herkomst"]["bronnen"]
            if source["bestand"] == "data/metingen.csv"
            for number in numbers_in(source["rijen"])
        }
        if each["status"] == "verwachting":
            assert "verwacht" in each["id"] or ".over_" in each["id"], each["id"]
        else:
            assert (each["status"] == "voorlopig") == bool(rows & provisional), each["id"]
            found.add(each["status"])
    assert provisional == set() or found == {"voorlopig", "definitief"}


@pytest.mark.parametrize("of", PERIODS)
def test_the_article_is_one_of_the_covenant(reports: Path, of: str) -> None:
    deal = read_deal(Workspace(REPOSITORY))
    text = (REPOSITORY / "data" / "deal.yml").read_text(encoding="utf-8")
    for each in _facts(reports, of):
        assert each["artikel"] in text or each["artikel"] == "eigen regel", each["id"]
        group = {party.id: party.group for party in deal.parties}.get(each["over"].get("partij", ""))
        if group and each["id"].startswith(("partij.", "ten_laste_van.")):
            assert each["artikel"] == deal.article(f"bijdrage_{group}"), each["id"]


@pytest.mark.parametrize("of", ["2021-06-30", "2021", "2022"])
def test_a_correction_leads_to_the_adopted_row_and_to_the_row_of_now(reports: Path, of: str) -> None:
    corrected = [each for each in _facts(reports, of) if each["id"].startswith("correctie_")]
    assert corrected
    for each in corrected:
        files = {source["bestand"]: source for source in each["herkomst"]["bronnen"]}
        then = next(name for name in files if name.startswith("data/vastgesteld/"))
        now = f"data/{Path(then).name}"
        assert set(files) == {then, now} and all(source["rijen"] for source in files.values()), each["id"]
        (number,) = numbers_in(files[then if each["id"].endswith(".was") else now]["rijen"])
        name = then if each["id"].endswith(".was") else now
        with (REPOSITORY / name).open(encoding="utf-8") as file:
            row = list(csv.DictReader(file))[number - 2]
        assert float(row.get("waarde") or row.get("bedrag") or "nan") == each["waarde"], each["id"]
