"""A target that an amendment changed: each report has the one that held on its day, and says what changed."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

import pytest
import yaml
from conftest import REPOSITORY
from pydantic import ValidationError

import voortgang.notebook as vg
from voortgang.check.data import View
from voortgang.workspace.deal import Deal

CHANGED = {"date": date(2021, 12, 31), "target": 6}
AGAIN = {"date": date(2022, 3, 1), "target": 5, "target_year": 2023}


@pytest.fixture(scope="module")
def real() -> vg.Report:
    return vg.load(2022, "2022-12-31", "overleg", REPOSITORY)


@cache
def _content() -> str:
    text = (REPOSITORY / "data" / "deal.yml").read_text(encoding="utf-8")
    return json.dumps(yaml.load(text, Loader=yaml.CSafeLoader), default=str)


def _deal(*changes: dict[str, Any], indicator: str = "werken-2-omgevingen", amended: bool = True) -> Deal:
    content = json.loads(_content())
    (mine,) = (i for result in content["results"] for i in result["indicators"] if i["id"] == indicator)
    mine["target_changes"] = list(changes)
    if amended:
        days = {each["date"] for each in changes}
        of_each = {"kind": "wijziging", "summary": "Partijen wijzigen een doel.", "article": "11 lid 1"}
        content["amendments"] = [{"date": day, **of_each} for day in sorted(days)]
    return Deal.model_validate_json(json.dumps(content, default=str))


def _on(real: vg.Report, day: date, deal: Deal) -> vg.Report:
    data = replace(real._data, deal=deal)
    return replace(real, deal=deal.as_of(day), view=View(day.year, day), _data=data, _selected={}, _computed={})


@pytest.mark.parametrize(
    ("day", "target", "due"),
    [
        (date(2020, 12, 31), "ca. 8 samen", 2022),
        (date(2021, 12, 30), "ca. 8 samen", 2022),
        (date(2021, 12, 31), "ca. 6 samen", 2022),
        (date(2022, 2, 28), "ca. 6 samen", 2022),
        (date(2022, 3, 1), "ca. 5 samen", 2023),
        (date(2022, 12, 31), "ca. 5 samen", 2023),
    ],
)
def test_a_report_has_the_target_of_its_day(real: vg.Report, day: date, target: str, due: int) -> None:
    """Whoever wrote the new target over the old one changed reports that were adopted."""
    report = _on(real, day, _deal(AGAIN, CHANGED))  # in whatever order they are written
    row = vg.achievement(report, "werken").loc["werken-2-omgevingen"]
    assert row["doel_tekst"].startswith(target)
    (indicator,) = (each for each in report.deal.indicators if each.id == "werken-2-omgevingen")
    assert report.deal.term.due(indicator).year == due
    assert ("doel gewijzigd op 31 december 2021" in row["oordeel_tekst"]) == (day >= date(2021, 12, 31))
    told = [text for kind, text in vg.amendments(report)[["wijziging", "verandering"]].to_numpy() if kind == "doel"]
    assert len(told) == (day >= date(2021, 12, 31)) + (day >= date(2022, 3, 1))
    if told:
        assert "ca. 6 samen en minimaal 1 per gemeente, uiterlijk 31 december 2022; tot dan ca. 8" in told[0]
    earlier = report.year_before()
    assert earlier is not None
    then = vg.achievement(earlier, "werken").at["werken-2-omgevingen", "doel_tekst"]
    assert then.startswith("ca. 6" if earlier.year == 2021 else "ca. 8")


@pytest.mark.parametrize(
    ("indicator", "change", "now"),
    [
        ("wonen-2-woningen", {"target": 500, "target_qualifier": "minimaal"}, "minimaal 500"),
        ("werken-3-bedrijven", {"open_target": "het overleg bepaalt het doel opnieuw"}, "niet bepaald"),
        ("werken-3-bedrijven", {"target_qualifier": None}, "300"),
        ("werken-1-netwerken", {"target_per_part": 2}, "2 per sector"),
        ("wonen-3-plan", {"planned": date(2022, 6, 1), "planned_source": "het overleg"}, "ja"),
    ],
)
def test_what_a_change_names_replaces_and_the_rest_stays(
    real: vg.Report, indicator: str, change: dict[str, Any], now: str
) -> None:
    deal = _deal({"date": date(2022, 1, 1), **change}, indicator=indicator)
    report = _on(real, date(2022, 12, 31), deal)
    goals = vg.achievement(report, deal.pillar_of(indicator))
    assert goals.at[indicator, "doel_tekst"] == now
    assert deal.as_of(date(2021, 12, 31)).indicators == _deal(indicator=indicator).indicators


@pytest.mark.parametrize(
    ("changes", "amended", "says"),
    [
        ([CHANGED], False, "target_changes: 2021-12-31, but no amendment 'wijziging' has that date"),
        ([CHANGED, {**CHANGED, "target": 7}], True, "two target_changes of one day"),
        ([{"date": date(2021, 1, 1), "target": 6.5}], True, "from 2021-01-01, by its target_changes: indicator"),
        ([{"date": date(2021, 1, 1), "target": 0}], True, "has reached its target 0 already"),
        ([{"date": date(2021, 1, 1), "target_year": 2018}], True, "but the deal starts on 2019-07-16"),
        ([{"date": date(2021, 1, 1)}], True, "names nothing but its date"),
    ],
)
def test_a_change_that_cannot_hold_is_refused(changes: list[dict[str, Any]], amended: bool, says: str) -> None:
    with pytest.raises(ValidationError) as raised:
        _deal(*changes, amended=amended)
    assert says in str(raised.value)
