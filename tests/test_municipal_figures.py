"""Figures of each municipality that are no whole numbers: with decimals, and milestones that each should reach."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from conftest import REPOSITORY

import voortgang.notebook as vg
from voortgang.workspace.deal_parts import Indicator
from voortgang.writing.publishable import Table, Text, unquoted

MILESTONE = {"kind": "mijlpaal", "unit": "mijlpaal", "target_qualifier": None, "baseline": 0}


@pytest.fixture(scope="module")
def real() -> vg.Report:
    return vg.load(2020, "2020-12-31", "overleg", REPOSITORY)


def _with(report: vg.Report, key: str, **given: Any) -> vg.Report:
    """Return a report on a deal of which an indicator is another, and its figures milestones where it is one."""

    def changed(one: Indicator) -> Indicator:
        return Indicator.model_validate({**one.model_dump(), **given}) if one.id == key else one

    results = tuple(
        each.model_copy(update={"indicators": tuple(map(changed, each.indicators))}) for each in report.deal.results
    )
    data = report._data
    if given.get("kind") == "mijlpaal":
        rows = data.tables.metingen.copy()
        mine = rows["indicator_id"] == key
        rows.loc[mine, "waarde"] = rows.loc[mine, "waarde"].clip(upper=1)
        data = replace(data, tables=replace(data.tables, metingen=rows))
    deal = report.deal.model_copy(update={"results": results})
    return replace(report, deal=deal, _data=data, _selected={}, _computed={})


def _rows(report: vg.Report, place: str) -> dict[str, tuple[str, ...]]:
    """Return the table of a municipality as its notebook shows it, by the name of the indicator."""
    frame = vg.municipality_results(report, place)
    (shown,) = (
        each
        for each in vg.table(frame, ["indicator", "waarde", "minimum", "gehaald", "regio"], "Resultaten").outputs
        if isinstance(each, Table)
    )
    return {row[0]: tuple(unquoted(cell) for cell in row[1:]) for row in shown.rows}


@pytest.mark.parametrize(
    ("decimals", "shown"), [(1, ("0,0", "1,0", "nee", "3,0")), (2, ("0,00", "1,00", "nee", "3,00"))]
)
def test_a_municipality_has_figures_with_the_decimals_of_each(
    real: vg.Report, decimals: int, shown: tuple[str, ...]
) -> None:
    """The table wrote whole numbers, which the build refused: they were not the figures that they quoted."""
    report = _with(real, "werken-2-omgevingen", decimals=decimals)
    assert _rows(report, "hardenberg")["Innovatieomgevingen"] == shown


def test_a_milestone_of_each_municipality_is_not_there_when_some_have_it(real: vg.Report) -> None:
    """Three of six made a sum of 3, and that was written as "ja"."""
    report = _with(real, "werken-2-omgevingen", **MILESTONE, target=None, target_per_part=1)
    goal = vg.achievement(report, "werken").loc["werken-2-omgevingen"]
    assert (goal["nulwaarde_tekst"], goal["waarde_tekst"]) == ("0", "3 van 6 gemeenten")
    assert goal["doel_tekst"] == "ja, in elke gemeente"
    assert goal["vorige_tekst"] == "1 van 6 gemeenten"
    assert vg.series(report, "werken").at["werken-2-omgevingen", "2020"] == "3 van 6 gemeenten"
    vg.table(vg.achievement(report, "werken"), ["indicator", "nulwaarde", "vorige", "waarde", "doel"], "Doelbereik")
    vg.table(vg.definitions(report), ["indicator", "nulwaarde", "doel"], "De indicatoren")
    assert _rows(report, "hardenberg")["Innovatieomgevingen"] == ("nee", "ja", "nee", "3 van 6 gemeenten")
    assert _rows(report, "emmen")["Innovatieomgevingen"] == ("ja", "ja", "ja", "3 van 6 gemeenten")
    (said,) = (each for each in vg.below_minimum(report, "werken").outputs if isinstance(each, Text))
    assert "Bij innovatieomgevingen halen Aa en Hunze, Borger-Odoorn en Hardenberg het nog niet." in unquoted(
        said.paragraphs[0]
    )


def test_the_figure_of_a_milestone_of_each_is_how_many_have_it(real: vg.Report) -> None:
    report = _with(real, "werken-2-omgevingen", **MILESTONE, target=None, target_per_part=1)
    shown = vg.table(vg.achievement(report, "werken"), ["indicator", "waarde"], "Doelbereik").outputs
    (figure,) = (each for each in shown if getattr(each, "id", "") == "indicator.werken_2_omgevingen.waarde")
    assert (figure.value, figure.text, figure.unit) == (3, "3", "aantal")  # type: ignore[union-attr]


def test_a_corrected_milestone_is_written_in_words(workspace: Path, edit: Callable[[str, str, str], None]) -> None:
    """The annex of corrections had "0" and "1" where all else of the report has "nee" and "ja"."""
    edit("data/metingen.csv", "wonen-3-plan,2020,,,0,", "wonen-3-plan,2020,,,1,")
    listed = vg.corrections(vg.load(2021, "2021-12-31", "overleg", workspace))
    mine = listed[listed["cijfer"].str.contains("Plan van aanpak")]
    assert mine[["was", "is_nu"]].to_numpy().tolist() == [["nee", "ja"]]
    vg.table(listed, ["cijfer", "was", "is_nu"], "Correcties")


def test_a_percentage_is_told_apart_over_the_years_too(real: vg.Report) -> None:
    """The table of the evaluation had 90,8 of "Zelfstandig wonende 75-plussers", and not of what."""
    told = list(vg.series(real, "welzijn")["indicator"])
    assert "Zelfstandig wonende 75-plussers (% van de 75-plussers)" in told
    assert "Geschoolde professionals" in told
