"""The covenant as data, against the covenant."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date
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
        "cross-overs": lambda deal: deal["cross_overs"],
        "results of the pillar 'wonen'": lambda deal: [each for each in deal["results"] if each["pillar"] == "wonen"],
        "indicators of the pillar 'wonen'": lambda deal: [
            result["indicators"][0] for result in deal["results"] if result["pillar"] == "wonen"
        ][:2],
    }.items(),
)
def test_two_of_one_name_would_be_one_in_a_table(kind: str, pick: Callable[[Any], Any]) -> None:
    names: list[str] = []

    def change(deal: Any) -> None:
        one, other = pick(deal)[:2]
        key = "short" if "short" in one else "name"
        other[key] = f"{one[key].upper()} "
        names.append(one[key])

    with pytest.raises(DealError, match=f"two {kind} have the name") as raised:
        _changed(change)
    assert names[0] in str(raised.value)


Change = Callable[[Any], object]


def _indicator(key: str, **more: object) -> Change:
    """Return a function that changes an indicator of the covenant; what is None goes."""

    def change(deal: Any) -> None:
        found = next(each for result in deal["results"] for each in result["indicators"] if each["id"] == key)
        found.update(more)
        for name in [name for name, value in found.items() if value is None]:
            del found[name]

    return change


def _party(key: str, **more: object) -> Change:
    return lambda deal: next(each for each in deal["parties"] if each["id"] == key).update(more)


def _came_and_left(joined: date, left: date) -> Change:
    def change(deal: Any) -> None:
        _party("emmen", joined=joined, left=left)(deal)
        days = (("toetreding", joined), ("uittreding", left))
        deal["amendments"] = [{"date": day, "kind": kind, "summary": "X", "article": "12"} for kind, day in days]

    return change


def _ends(*ends: date) -> Change:
    """Return a function that names ends of the deal, all decided on one day."""
    of_each = {"date": date(2021, 1, 1), "kind": "verlenging", "summary": "Y", "article": "17 lid 2"}
    return lambda deal: deal.update(amendments=[of_each | {"end": end} for end in ends])


def _amended(day: date) -> Change:
    change = {"date": day, "kind": "wijziging", "summary": "Y", "article": "11"}
    return lambda deal: deal.update(amendments=[change])


def _broken(year: int) -> Change:
    return _indicator("werken-3-bedrijven", breaks=[{"year": year, "summary": "X", "article": "3"}])


CONTRADICTIONS: dict[str, tuple[Change, str]] = {
    # What would be rounded to another figure, or added up to none.
    "a target between two figures": (_indicator("werken-3-bedrijven", target=300.5), "decimals: 0"),
    "a minimum between two figures": (_indicator("werken-2-omgevingen", target_per_part=0.5), "decimals: 0"),
    "percentages of municipalities": (_indicator("werken-1-deelnemers", unit="% van de bedrijven"), "add up"),
    "points of percentages of sectors": (_indicator("werken-1-netwerken", unit="procentpunt erbij"), "add up"),
    "a minimum where less is better": (
        _indicator("werken-1-netwerken", direction="dalen", baseline=9),
        "direction 'dalen'",
    ),
    "sectors of a deal without sectors": (lambda deal: deal.pop("sectors"), "no sectors"),
    # A milestone is reached or not.
    "five of a milestone": (_indicator("wonen-3-plan", target=5), "target 1"),
    "a milestone that is taken back": (_indicator("wonen-3-plan", target=0, baseline=1, direction="dalen"), "target 1"),
    "a milestone that falls": (
        _indicator("wonen-3-plan", target=None, planned=None, planned_source=None, open_target="x", direction="dalen"),
        "direction is 'stijgen'",
    ),
    "a milestone of one municipality for all": (_indicator("wonen-3-plan", scope="gemeente"), "in each gemeente"),
    "a milestone that is a sum": (_indicator("wonen-3-plan", sum_of=["wonen-3-instrumentarium"]), "no sum"),
    # A sum is of other figures of its kind.
    "a sum that counts twice": (_indicator("werken-4-transitie", sum_of=["werken-4-industrie"] * 2), "twice"),
    "a sum of itself": (_indicator("werken-4-vrijetijd", sum_of=["werken-4-transitie"]), "a sum of itself"),
    "a sum of people and percentages": (
        _indicator("werken-4-transitie", sum_of=["werken-4-industrie", "welzijn-4-zelfstandig"]),
        "in procent",
    ),
    "a sum in each municipality of what is not measured there": (
        _indicator("werken-4-transitie", scope="gemeente"),
        "'regio'",
    ),
    # One line, one place, one meaning.
    "a pillar with two amounts": (
        lambda deal: deal["budget"]["pillars"].append({"line": "werken", "amount": 0}),
        "budget names 'werken' twice",
    ),
    "overhead that is a pillar": (
        lambda deal: deal["budget"]["overhead"].update(line="werken"),
        "budget names 'werken' twice",
    ),
    "a cross-over of a pillar with itself": (
        lambda deal: deal["cross_overs"][0].update(pillars=["werken", "werken"]),
        "names 'werken' twice",
    ),
    "a member twice": (lambda deal: deal["consultation"]["members"].append("lnv"), "members names 'lnv' twice"),
    "two municipalities of one code": (_party("emmen", cbs_code="GM1680"), "cbs_code names 'GM1680' twice"),
    "two municipalities on one tile": (_party("emmen", tile=[1, 0]), "tile names"),
    "two breaks in a year": (
        _indicator("werken-3-bedrijven", breaks=[{"year": 2021, "summary": each, "article": "3"} for each in "ab"]),
        "names 2021 twice",
    ),
    "a year that pays twice": (lambda deal: deal["instalments"].update(later_years=[2020, 2020]), "names 2020 twice"),
    "a later year that is not later": (lambda deal: deal["instalments"].update(later_years=[2019, 2020]), "2019"),
    "later money without a year": (lambda deal: deal["instalments"].update(later_years=[]), "no later_years"),
    "a municipality of the State": (_party("emmen", group="rijk"), "group 'rijk'"),
    "a ministry of the Region": (_party("ocw", group="regio"), "group 'regio'"),
    "a province on the map": (_party("provincie-drenthe", cbs_code="GM9999"), "no municipality"),
    # Days and years.
    "a target before the deal": (_indicator("werken-3-bedrijven", target_year=2018), "starts on 2019-07-16"),
    "goals before the deal": (lambda deal: deal["term"].update(goals_until=2018), "starts on 2019-07-16"),
    "figures after the deal": (lambda deal: deal["term"].update(first_year=2024), "ends on 2023-12-31"),
    "figures before the deal": (lambda deal: deal["term"].update(first_year=2018), "starts on 2019-07-16"),
    "a party that left before it came": (_came_and_left(date(2021, 1, 1), date(2020, 1, 1)), "not after it joined"),
    "a party that left when it came": (_came_and_left(date(2021, 1, 1), date(2021, 1, 1)), "not after it joined"),
    "an end before the start": (_ends(date(2019, 7, 16)), "starts on 2019-07-16"),
    "two ends decided on one day": (_ends(date(2025, 1, 1), date(2024, 1, 1)), "twice"),
    "a plan before the deal": (_indicator("wonen-3-plan", planned=date(2019, 7, 15)), "starts on 2019-07-16"),
    "a plan after the year of its target": (_indicator("wonen-3-plan", planned=date(2023, 1, 1)), "ends on 2022-12-31"),
    "an amendment of before the deal": (_amended(date(2019, 7, 14)), "signed on 2019-07-15"),
    "a break before the first figure": (_broken(2017), "begin in 2019"),
    "a break with the first figure": (_broken(2019), "begin in 2019"),
    "a report without one of its parts": (
        lambda deal: deal["monitoring"]["report_parts"][1].update(id="doelen"),
        "monitoring.report_parts has no 'doelbereik'",
    ),
    "money before the deal": (lambda deal: deal["instalments"].update(first_year=2018), "names 2018"),
    "a place off the map": (_party("emmen", tile=(-1, 0)), "parties.10.tile.0"),
    "a place far off the map": (_party("emmen", tile=(0, 51)), "parties.10.tile.1"),
    "letters that are none": (lambda deal: deal["colophon"].update(abbreviations={" ": "niets"}), "abbreviations"),
    "a name of blanks": (_indicator("werken-3-bedrijven", name=" \t"), "results.2.indicators.0.name"),
}


class _Written(yaml.CSafeDumper):
    """Writes a day that stands in two places in both."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _changed(change: Change) -> Deal:
    deal = yaml.load((REPOSITORY / "data" / "deal.yml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    change(deal)
    return yaml_model.parse(yaml.dump(deal, Dumper=_Written, allow_unicode=True), "data/deal.yml", Deal, DealError)


@pytest.mark.parametrize(("change", "says"), CONTRADICTIONS.values(), ids=CONTRADICTIONS)
def test_what_a_report_would_tell_wrongly_is_refused(change: Change, says: str) -> None:
    with pytest.raises(DealError) as raised:
        _changed(change)
    assert says in str(raised.value)


@pytest.mark.parametrize(
    "change",
    [
        _indicator("werken-3-bedrijven", target=300.5, decimals=1),
        _indicator("werken-3-bedrijven", target_year=2019),
        lambda deal: deal["instalments"].update(later_years=[2024]),
        _indicator("werken-4-transitie", sum_of=["wonen-3-plan", "wonen-3-instrumentarium"]),
        _indicator("wonen-3-plan", scope="gemeente", target=None, target_per_part=1),
        _came_and_left(date(2021, 1, 1), date(2021, 1, 2)),
        _ends(date(2019, 7, 17)),
        _indicator("wonen-3-plan", planned=date(2019, 7, 16)),
        _indicator("wonen-3-plan", planned=date(2022, 12, 31)),
        _amended(date(2019, 7, 15)),
        _broken(2020),
        _party("emmen", tile=(0, 50)),
    ],
)
def test_what_lies_just_within_is_taken(change: Change) -> None:
    _changed(change)


def test_what_residents_get_may_be_left_out_and_is_never_blank() -> None:
    deal = _changed(lambda deal: deal["pillars"][0].update(for_residents="  \n "))
    assert deal.pillars[0].for_residents == ""


def test_a_name_has_no_blanks_around_it() -> None:
    deal = _changed(_indicator("werken-3-bedrijven", name="  Bedrijven\n"))
    assert "Bedrijven" in [each.name for each in deal.indicators]


def test_what_stands_in_no_table_together_may_have_one_name() -> None:
    def change(deal: Any) -> None:
        next(each for each in deal["parties"] if each["kind"] == "provincie")["short"] = "Emmen"
        first, *_, last = deal["results"]
        last["indicators"][0]["name"] = first["indicators"][0]["name"]

    assert _changed(change)


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


def _with_deal(root: Path, text: str) -> Workspace:
    (root / "data").mkdir()
    (root / "data" / "deal.yml").write_text(text, encoding="utf-8")
    return Workspace(root)


@pytest.mark.parametrize(
    "number", ["0150", "1:30", "0x10", "0b11", "1_00", "00", "12.000", "12,000", ".inf", ".nan", "1e3"]
)
def test_a_number_that_yaml_takes_for_another_is_refused_by_its_line(number: str, tmp_path: Path) -> None:
    text = (REPOSITORY / "data" / "deal.yml").read_text(encoding="utf-8")
    text = re.sub(r"(?m)^( *total:) .*$", rf"\1 {number}", text, count=1)
    line = next(at for at, each in enumerate(text.splitlines(), start=1) if each.strip() == f"total: {number}")
    with pytest.raises(DealError) as raised:
        read_deal(_with_deal(tmp_path, text))
    assert f"deal.yml, line {line}" in raised.value.where


def test_ten_megabytes_of_covenant_are_refused_at_once(tmp_path: Path) -> None:
    path = tmp_path / "deal.yml"
    path.write_text("name: " + "x" * 10_000_000, encoding="utf-8")
    with pytest.raises(DealError, match="too large"):
        yaml_model.read(path, "data/deal.yml", Deal, DealError)


@pytest.mark.parametrize("key", ["results", "pillars", "parties"])
def test_an_empty_list_is_said_to_be_empty(key: str) -> None:
    with pytest.raises(DealError) as error:
        _changed(lambda deal: deal.update({key: []}))
    assert f"The list {key!r} is empty." in error.value.what and "at least 1 in the list" in error.value.expected
    assert f": {key}" in error.value.where and "Tuple" not in str(error.value)
