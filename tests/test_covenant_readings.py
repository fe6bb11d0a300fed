"""What a covenant may say and hardly means is a warning: the reading is certain, and odd. What is plain is none."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from conftest import REPOSITORY

from voortgang.check.checked import check
from voortgang.check.covenant_readings import findings
from voortgang.check.data import Data
from voortgang.workspace.deal_parts import Indicator
from voortgang.workspace.paths import Workspace

_PLAIN = {"id": "a", "name": "Bezoekers", "unit": "bezoekers", "kind": "stand", "direction": "stijgen", "article": "3"}


@pytest.fixture(scope="module")
def data() -> Data:
    return check(Workspace(REPOSITORY)).require_sound()


def _with(data: Data, **of_deal: object) -> Data:
    return Data(data.workspace, data.deal.model_copy(update=of_deal), data.tables, data.unsound)


def _rules(data: Data, **keys: Any) -> list[tuple[str, str]]:
    indicator = Indicator.model_validate(_PLAIN | keys)
    result = data.deal.results[0].model_copy(update={"indicators": (indicator,)})
    found = list(findings(_with(data, results=(result,))))
    for each in found:
        assert each.where.startswith("data/deal.yml")
        for language in ("en", "nl"):
            assert all(text and not re.search(r"\{\w*\}", text) for text in each.message(language))
    return [(each.rule, each.column) for each in found]


def test_the_example_says_nothing_odd(data: Data) -> None:
    assert not list(findings(data))


@pytest.mark.parametrize(
    ("keys", "rule"),
    [
        ({"unit": "rapportcijfer", "scope": "gemeente", "open_target": "x"}, "sum_of_averages"),
        ({"unit": "gemiddelde leeftijd", "scope": "gemeente", "target": 9}, "sum_of_averages"),
        ({"unit": "per 1.000 inwoners", "scope": "sector", "target": 9}, "sum_of_averages"),
        ({"name": "Aandeel woningen", "scope": "gemeente", "target_per_part": 9}, "sum_of_averages"),
        ({"unit": "rapportcijfer", "open_target": "x"}, ""),
        ({"unit": "indexen", "name": "Scoreborden", "scope": "gemeente", "open_target": "x"}, ""),
        ({"open_target": "x", "target_year": 2022}, "target_without_figure"),
        ({"open_target": "x", "target_qualifier": "ca."}, "target_without_figure"),
        ({"target": 9, "target_year": 2022, "target_qualifier": "ca."}, ""),
        ({"target": 9, "target_qualifier": "maximaal"}, "qualifier_contradicts"),
        ({"target": 9, "target_qualifier": "Ten hoogste"}, "qualifier_contradicts"),
        ({"target": 9, "target_qualifier": "minimaal"}, ""),
        ({"target": 9, "target_qualifier": "niet minder dan"}, ""),
        ({"target": 9, "target_qualifier": "minimaal, en bij voorkeur maximaal"}, ""),
        ({"target": 9, "direction": "dalen", "target_qualifier": "minimaal"}, "qualifier_contradicts"),
        ({"target": 9, "direction": "dalen", "target_qualifier": "hoogstens"}, ""),
    ],
)
def test_each_odd_reading_is_a_warning(data: Data, keys: dict[str, Any], rule: str) -> None:
    assert [found for found, _ in _rules(data, **keys)] == ([rule] if rule else [])


@pytest.mark.parametrize(("year", "odd"), [(2022, False), (2024, False), (2025, True)])
def test_an_instalment_comes_with_the_deal_or_settles_it(data: Data, year: int, odd: bool) -> None:
    later = data.deal.instalments.model_copy(update={"later_years": (2020, year)})
    found = [each.rule for each in findings(_with(data, instalments=later))]
    assert found == (["instalment_after_deal"] if odd else [])


def test_the_warnings_stop_nothing_and_are_told_to_no_reader(workspace: Path) -> None:
    path = workspace / "data" / "deal.yml"
    text = path.read_text(encoding="utf-8")
    assert "later_years: [2020, 2021]" in text
    path.write_text(text.replace("later_years: [2020, 2021]", "later_years: [2020, 2031]"), encoding="utf-8")
    found = check(Workspace(workspace))
    assert "instalment_after_deal" in {each.rule for each in found.warnings} and found.require_sound()
