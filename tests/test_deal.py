"""The covenant as data, against the covenant."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import REPOSITORY

from voortgang.errors import DealError
from voortgang.workspace import yaml_model
from voortgang.workspace.deal import Deal, read_deal
from voortgang.workspace.paths import Workspace


def _deal() -> Deal:
    return read_deal(Workspace(REPOSITORY))


def test_parties_pillars_and_themes_are_complete() -> None:
    deal = _deal()
    assert [len([party for party in deal.parties if party.group == group]) for group in ("rijk", "regio")] == [6, 7]
    assert {party.cbs_code for party in deal.municipalities} == {
        "GM1680", "GM1681", "GM0109", "GM0114", "GM0160", "GM0118",
    }  # fmt: skip
    assert {pillar.id: len(pillar.themes) for pillar in deal.pillars} == {"werken": 5, "wonen": 2, "welzijn": 5}
    assert {pillar.id: len(deal.results_of(pillar.id)) for pillar in deal.pillars} == {
        "werken": 4,
        "wonen": 3,
        "welzijn": 6,
    }
    assert len(deal.cross_overs) == 4
    assert len(deal.sectors) == 6


def test_amounts_are_those_of_article_5() -> None:
    deal = _deal()
    amounts = {line.line: line.amount for line in deal.budget.lines}
    assert amounts == {"werken": 19_200_000, "wonen": 14_400_000, "welzijn": 4_800_000, "overhead": 1_600_000}
    assert deal.budget.total == 40_000_000
    assert (deal.contribution("rijk"), deal.contribution("regio")) == (20_000_000, 20_000_000)
    assert deal.instalments.first_amount == 9_200_000


def test_targets_are_those_of_article_3() -> None:
    targets = {indicator.id: indicator.target for indicator in _deal().indicators if indicator.target is not None}
    assert targets == {
        "werken-2-omgevingen": 8,
        "werken-3-bedrijven": 300,
        "werken-4-assessment": 400,
        "werken-4-vrijetijd": 200,
        "werken-4-industrie": 100,
        "werken-4-transitie": 300,
        "wonen-3-plan": 1,
        "wonen-3-instrumentarium": 1,
        "welzijn-3-opleiding": 1,
    }


def test_everything_names_its_article() -> None:
    def without_article(node: object, path: str = "") -> list[str]:
        if isinstance(node, dict):
            named = {"parties", "pillars", "themes", "results", "indicators", "cross_overs", "contributions"}
            lacks = path.split(".")[-1] in named and path != "budget.pillars" and not node.get("article")
            missing = [path] if lacks else []
            return missing + [
                each
                for key, value in node.items()
                for child in (value if isinstance(value, list | tuple) else [value])
                for each in without_article(child, f"{path}.{key}" if path else key)
            ]
        return []

    assert without_article(_deal().model_dump()) == []


DECEITFUL = {
    "right to left": "Em\u202enemm",
    "isolate": "Emmen\u2066",
    "zero width": "Em\u200bmen",
    "soft hyphen": "Em\xadmen",
    "escape": "Emmen\x1b[31m",
    "delete": "Emmen\x7f",
    "private use": "Emmen\ue001",
    "byte order mark": "Em\ufeffmen",
    "line separator": "Em\u2028men",
    "tag": "Emmen\ufffa",
    "Cyrillic": "Emm\u0435n",
    "Greek": "Emm\u03b5n",
}


@pytest.mark.parametrize("name", DECEITFUL.values(), ids=DECEITFUL)
def test_a_name_that_is_not_what_it_seems_is_refused_by_place(name: str) -> None:
    text = (REPOSITORY / "data" / "deal.yml").read_text(encoding="utf-8")
    quoted = f"short: {json.dumps(name)}"  # YAML reads the escapes of JSON
    changed = text.replace("short: Emmen", quoted)
    line = changed[: changed.index(quoted)].count("\n") + 1
    with pytest.raises(DealError) as raised:
        yaml_model.parse(changed, "data/deal.yml", Deal, DealError)
    assert f"data/deal.yml, line {line}" in raised.value.where


@pytest.mark.parametrize(("name", "says"), [("totaal", "row of the report"), ("Overhead", "row of the report")])
def test_a_pillar_is_not_called_as_another_row_of_its_tables(name: str, says: str) -> None:
    text = (REPOSITORY / "data" / "deal.yml").read_text(encoding="utf-8")
    assert "name: Werken" in text
    with pytest.raises(DealError, match=says):
        yaml_model.parse(text.replace("name: Werken", f"name: {name}", 1), "data/deal.yml", Deal, DealError)


@pytest.mark.parametrize(
    ("kind", "pick"),
    {
        "pillars": lambda deal: deal["pillars"][:2],
        "themes of the pillar 'werken'": lambda deal: deal["pillars"][0]["themes"][3:],
        "sectors": lambda deal: deal["sectors"][-2:],
        "parties of kind gemeente": lambda deal: [each for each in deal["parties"] if each["kind"] == "gemeente"][2:],
        "indicators of the pillar 'wonen'": lambda deal: [
            result["indicators"][0] for result in deal["results"] if result["pillar"] == "wonen"
        ][:2],
    }.items(),
)
def test_two_of_one_name_would_be_one_in_a_table(kind: str, pick: Callable[[Any], Any]) -> None:
    deal = yaml.safe_load((REPOSITORY / "data" / "deal.yml").read_text(encoding="utf-8"))
    one, other = pick(deal)[:2]
    key = "short" if "short" in one else "name"
    other[key] = f"{one[key].upper()} "
    with pytest.raises(DealError, match=f"two {kind} have the name") as raised:
        yaml_model.parse(yaml.safe_dump(deal, allow_unicode=True), "data/deal.yml", Deal, DealError)
    assert one[key] in str(raised.value)


def test_what_stands_in_no_table_together_may_have_one_name() -> None:
    deal = yaml.safe_load((REPOSITORY / "data" / "deal.yml").read_text(encoding="utf-8"))
    next(each for each in deal["parties"] if each["kind"] == "provincie")["short"] = "Emmen"
    first, *_, last = deal["results"]
    last["indicators"][0]["name"] = first["indicators"][0]["name"]
    assert yaml_model.parse(yaml.safe_dump(deal, allow_unicode=True), "data/deal.yml", Deal, DealError)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: &a [x]\nb: *a\n", "alias"),
        ("a: " + "[" * 5_000 + "\n", "lists without end"),
        ("a: 2021-02-30\n", "cannot be read"),
        ("a: !!int x\n", "cannot be read"),
        ("? [a, b]\n: c\n", ""),
        ("a: \x00\n", "not valid YAML"),
        ("a: " + "9" * 5_000 + "\n", "cannot be read"),
        ("- a\n", "no keys"),
        ("", "no keys"),
        ("a: 'x\n", "not valid YAML"),
        ("\ufeffname: x\n", ""),
        ("a: !!python/object:os.system x\n", "not valid YAML"),
        ("<<: x\n", ""),
        ("a: 2021-01-01T99:99:99\n", ""),
        ("a: .inf\n", ""),
        ("null: x\n1: y\ntrue: z\n", ""),
    ],
)
def test_yaml_that_nobody_writes_is_one_message(text: str, expected: str) -> None:
    with pytest.raises(DealError) as raised:
        yaml_model.parse(text, "data/deal.yml", Deal, DealError)
    assert expected in raised.value.what


@pytest.mark.parametrize(
    "number", ["0150", "1:30", "0x10", "0b11", "1_00", "00", "12.000", "12,000", ".inf", ".nan", "1e3"]
)
def test_a_number_that_yaml_takes_for_another_is_refused_by_its_line(number: str, workspace: Path) -> None:
    path = workspace / "data" / "deal.yml"
    text = re.sub(r"(?m)^( *total:) .*$", rf"\1 {number}", path.read_text(encoding="utf-8"), count=1)
    line = next(at for at, each in enumerate(text.splitlines(), start=1) if each.strip() == f"total: {number}")
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DealError) as raised:
        read_deal(Workspace(workspace))
    assert f"deal.yml, line {line}" in raised.value.where


def test_ten_megabytes_of_covenant_are_refused_at_once(tmp_path: Path) -> None:
    path = tmp_path / "deal.yml"
    path.write_text("name: " + "x" * 10_000_000, encoding="utf-8")
    with pytest.raises(DealError, match="too large"):
        yaml_model.read(path, "data/deal.yml", Deal, DealError)


@pytest.mark.parametrize("key", ["results", "pillars", "parties"])
def test_an_empty_list_is_said_to_be_empty(workspace: Path, key: str) -> None:
    path = workspace / "data" / "deal.yml"
    content = yaml.safe_load(path.read_text(encoding="utf-8")) | {key: []}
    path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
    with pytest.raises(DealError) as error:
        read_deal(Workspace(workspace))
    assert f"The list {key!r} is empty." in error.value.what and "at least 1 in the list" in error.value.expected
    assert f": {key}" in error.value.where and "Tuple" not in str(error.value)
