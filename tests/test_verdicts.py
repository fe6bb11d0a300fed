"""The verdicts: each rule, over all years, a half-year and both editions, and on figures that nobody expected."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from conftest import REPOSITORY
from hypothesis import given
from hypothesis import strategies as st

import voortgang.notebook as vg
from voortgang.errors import DealError
from voortgang.notebook.forecast import range_at
from voortgang.notebook.goals import counted
from voortgang.notebook.measurements import Round, change
from voortgang.notebook.overview import overview
from voortgang.notebook.verdicts import COUNTED, ON_COURSE, RULES, VERDICTS, judge, progress
from voortgang.workspace import yaml_model
from voortgang.workspace.deal import Deal, read_deal
from voortgang.workspace.deal_parts import Indicator, Term
from voortgang.workspace.paths import Workspace

MOMENTS = [*((year, f"{year}-12-31") for year in range(2019, 2024)), (2021, "2021-06-30")]
TERM = Term.model_validate(
    {
        "start_rule": "de dag na ondertekening",
        "signed": date(2019, 7, 15),
        "signed_source": "brief",
        "first_year": 2019,
        "goals_until": 2022,
        "end": date(2023, 12, 31),
        "extension_talks": "juli 2023",
        "article": "17",
    }
)


def _report(year: int, day: str, edition: str = "overleg") -> vg.Report:
    return vg.load(year, day, edition, REPOSITORY)


def _row(year: int, indicator: str, day: str = "") -> dict[str, str]:
    frame = vg.achievement(_report(year, day or f"{year}-12-31"), indicator.split("-")[0])
    return frame.loc[indicator].to_dict()


def _indicator(**more: object) -> Indicator:
    given: dict[str, object] = {"id": "a", "name": "A", "unit": "x", "kind": "cumulatief", "direction": "stijgen"}
    given |= {"article": "3", "decimals": 3}
    if "target" not in more and "target_per_part" not in more:
        given["open_target"] = "geen getal"
    return Indicator.model_validate(given | more)


def _round(year: int, missing: tuple[str, ...] = (), **parts: float) -> Round:
    return Round(year, date(year, 12, 31), parts, {name: name for name in missing})


# The deal of this workspace, by what the covenant asks and what data/metingen.csv holds


def test_a_total_and_a_minimum_are_both_needed() -> None:
    # About 8, and one in each municipality. End of 2022: 1, 0, 1, 2, 2, 2; end of 2023: 1, 1, 1, 2, 2, 2.
    row = _row(2022, "werken-2-omgevingen")
    assert (row["waarde_tekst"], row["doelbereik_tekst"], row["oordeel"]) == (
        "8",
        "100%; 5 van 6 gemeenten",
        "niet behaald",
    )
    assert row["doel_tekst"] == "ca. 8 samen en minimaal 1 per gemeente"
    row = _row(2023, "werken-2-omgevingen")
    assert row["oordeel_tekst"] == "behaald; in doeljaar 2022 niet behaald"
    missing = vg.minimums(_report(2022, "2022-12-31"), "werken")["Innovatieomgevingen"]
    assert [place for place, text in missing.items() if "minimum" in text] == ["borger-odoorn"]


@pytest.mark.parametrize(("year", "day"), MOMENTS)
@pytest.mark.parametrize("edition", ["overleg", "openbaar"])
def test_after_its_year_a_target_is_reached_or_not(year: int, day: str, edition: str) -> None:
    report = _report(year, day, edition)
    for indicator in report.deal.indicators:
        verdict = vg.achievement(report, report.deal.pillar_of(indicator.id)).at[indicator.id, "oordeel"]
        last_year = 2023 if indicator.id.startswith("werken-4") else 2022  # Art. 3 names 2023 there, Art. 2 says 2022
        if indicator.has_target and day >= f"{last_year}-12-31":
            assert verdict in {"behaald", "niet behaald"}, indicator.id
        else:
            assert verdict != "niet behaald", indicator.id


@pytest.mark.sampled(4)
@pytest.mark.parametrize(("year", "day"), MOMENTS)
@pytest.mark.parametrize("edition", ["overleg", "openbaar"])
def test_counts_add_up_wherever_they_stand(year: int, day: str, edition: str) -> None:
    report = _report(year, day, edition)
    whole = {"met_doel": 0, "op_koers": 0}
    for pillar in report.deal.pillars:
        frame = vg.achievement(report, pillar.id)
        counts = counted(frame)
        kinds = set(COUNTED) - {"op_koers"}
        assert sum(counts[kind] for kind in kinds) == counts["met_doel"] == frame["met_doel"].sum()
        listed = "".join(vg.verdicts(report, pillar.id).outputs[0].paragraphs).lower()  # type: ignore[union-attr]
        assert all(name.lower() in listed for name in frame["indicator"])
        assert overview(report).at[pillar.id, "doelen"] == f"{counts['op_koers']} van {counts['met_doel']}"
        whole = {kind: whole[kind] + counts[kind] for kind in whole}
    frame = vg.prosperity(report)  # every result of this deal has a theme
    assert {kind: int(frame[kind].sum()) for kind in whole} == whole


def test_a_milestone_is_planned_and_has_no_pace() -> None:
    # Planned for 30 June 2022 in deal.yml, reached in 2023.
    found = {year: _row(year, "wonen-3-instrumentarium") for year in range(2019, 2024)}
    assert [row["oordeel"] for row in found.values()] == [
        *["volgens planning"] * 3,
        "niet behaald",
        "behaald",
    ]
    assert {row["doelbereik_tekst"] for row in found.values()} == {"–"}
    milestone = _indicator(
        kind="mijlpaal", target=1, target_year=2023, planned=date(2021, 6, 30), planned_source="plan", baseline=0
    )
    for measured, day, verdict in (
        (date(2021, 3, 1), date(2021, 6, 30), "volgens planning"),
        (date(2021, 7, 1), date(2021, 7, 1), "vertraagd"),
        (date(2020, 12, 31), date(2021, 7, 1), "niet vast te stellen"),
    ):
        known = [Round(measured.year, measured, {"regio": 0.0})]
        assert judge(milestone, TERM, day, known).verdict == verdict


def test_a_first_measurement_is_a_baseline() -> None:
    # The covenant gives no figure to start from; in 2020 there was no new measurement.
    for year in (2019, 2020):
        row = _row(year, "welzijn-5-afwijking")
        assert row["oordeel"] == "nulmeting"
    assert row["oordeel_tekst"] == "nulmeting; stand van 31 december 2019"
    assert _row(2021, "welzijn-5-afwijking")["oordeel"] == "ontwikkelt zich zoals bedoeld"
    assert _row(2019, "welzijn-2-geschoold")["oordeel"] == "nulmeting"  # nothing was counted before


def test_a_share_of_the_parts_says_so() -> None:
    # 2021: Aa en Hunze 1, Borger-Odoorn 1, Coevorden 0, Emmen 2, Hardenberg 0, Hoogeveen 2.
    row = _row(2021, "wonen-1-aanpakken")
    assert (row["waarde_tekst"], row["doelbereik_tekst"]) == ("6", "4 van 6 gemeenten")
    assert _row(2021, "werken-1-netwerken")["doelbereik_tekst"] == "6 van 6 sectoren"


def test_what_is_missing_is_not_zero() -> None:
    # 2020, without Logistiek: at least 4 of 6 have one, which is on schedule whatever the sixth has.
    row = _row(2020, "werken-1-netwerken")
    assert (row["waarde_tekst"], row["doelbereik_tekst"]) == ("4, zonder Logistiek", "minstens 4 van 6 sectoren")
    assert row["oordeel_tekst"] == "op schema; zonder Logistiek"
    assert _row(2021, "werken-1-netwerken")["vorige_tekst"] == "4, zonder Logistiek"
    # 69 of 300 is behind an even pace at the end of 2020, and with what is missing it could be on schedule.
    one = _indicator(target=300, scope="gemeente", baseline=0)
    partly = _round(2020, ("Hardenberg",), a=69.0)
    assert judge(one, TERM, partly.day, [partly]).verdict == "niet vast te stellen"
    assert judge(one, TERM, date(2022, 12, 31), [partly]).verdict == "niet vast te stellen"
    enough = _round(2022, ("Hardenberg",), a=300.0)
    assert judge(one, TERM, enough.day, [enough]).verdict == "behaald"


def test_half_a_year_has_the_last_measurement_with_its_date() -> None:
    for indicator, value in (("werken-4-assessment", "38"), ("welzijn-1-hulpverleners", "4,5")):
        row = _row(2021, indicator, "2021-06-30")
        assert row["waarde_tekst"] == value
        assert row["oordeel_tekst"].endswith("stand van 31 december 2020")
    assert vg.measured_on(_report(2021, "2021-06-30"), "werken-3-betrokken") == "op 31 december 2020"
    assert vg.measured_on(_report(2021, "2021-12-31"), "werken-3-betrokken") == "op 31 december 2021"


# Time


def test_the_deal_starts_on_the_day_after_signing_and_counts_in_days() -> None:
    term = read_deal(Workspace(REPOSITORY)).term
    assert (term.begins, term.passed(date(2019, 7, 15)), term.passed(date(2023, 12, 31))) == (
        date(2019, 7, 16),
        0.0,
        1.0,
    )
    # 16 July 2019 to 31 December 2023 is 169 + 366 + 365 + 365 + 365 days; up to 30 June 2021 it is 169 + 366 + 181.
    assert term.passed(date(2021, 6, 30)) == pytest.approx(716 / 1630)
    assert term.passed(date(2020, 12, 31), date(2022, 12, 31)) == pytest.approx(535 / 1265)


def test_one_pace_in_text_table_and_chart() -> None:
    for year, day in MOMENTS:
        report = _report(year, day)
        passed = report.deal.term.passed(report.reference_date)
        (fact,) = [each for each in vg.publish_deal(report).outputs if getattr(each, "id", "") == "deal.looptijd"]
        assert fact.value == pytest.approx(passed)  # type: ignore[union-attr]
    row = _row(2021, "werken-4-assessment")
    assert row["verwacht"] == pytest.approx(900 / 1630)
    # Halfway a year the pace is that on the day of the measurement.
    assert _row(2021, "werken-4-assessment", "2021-06-30")["verwacht"] == pytest.approx(535 / 1630)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("  signed: 2019-07-15\n", "", "signed"),
        ("signed: 2019-07-15", "signed: 2024-07-15", "not before its end"),
        ("planned_source: voorbeelddata", "", "planned_source"),
        ("target: 400\n", "target: 400\n        planned: 2021-01-01\n        planned_source: x\n", "mijlpaal"),
    ],
)
def test_dates_that_cannot_be_are_refused_by_name(old: str, new: str, says: str) -> None:
    text = (REPOSITORY / "data" / "deal.yml").read_text(encoding="utf-8")
    assert old in text
    with pytest.raises(DealError) as raised:
        yaml_model.parse(text.replace(old, new, 1), "data/deal.yml", Deal, DealError)
    assert says in raised.value.what


# Any figures

_figures = st.integers(0, 1_000_000).map(lambda thousandths: thousandths / 1000)


def _has_way(baseline: float, target: float, falls: bool, minimum: float | None) -> bool:
    return baseline > target if falls and minimum is None else baseline < target


_indicators = st.builds(
    lambda target, minimum, falls, baseline, year: _indicator(
        scope="gemeente",
        target=target,
        target_per_part=minimum,
        direction="dalen" if falls and minimum is None else "stijgen",
        baseline=baseline if None not in (baseline, target) and _has_way(baseline, target, falls, minimum) else None,
        target_year=year,
        open_target=None if target is not None or minimum is not None else "geen getal",
    ),
    st.none() | _figures,
    st.none() | _figures,
    st.booleans(),
    st.none() | _figures,
    st.sampled_from([None, 2021, 2023]),
)
_days = st.dates(date(2019, 7, 16), date(2025, 12, 31))


@st.composite
def _measured(draw: st.DrawFn) -> list[Round]:
    years = sorted(draw(st.sets(st.sampled_from(range(2019, 2024)), max_size=4)))
    places, found = ("a", "b", "c"), []
    for year in years:
        known = draw(st.dictionaries(st.sampled_from(places), _figures, min_size=1))
        found.append(_round(year, tuple(sorted(set(places) - set(known))), **known))
    return found


@given(_indicators, _measured(), _days)
def test_a_verdict_is_of_its_kind(indicator: Indicator, known: list[Round], day: date) -> None:
    known = [each for each in known if each.day <= day]
    found = judge(indicator, TERM, day, known)
    assert found.verdict in VERDICTS and found.rule in RULES
    reached_or_not = {"behaald", "niet behaald", "niet vast te stellen", "geen meting"}
    if indicator.has_target and day >= TERM.due(indicator):
        assert found.verdict in reached_or_not
    if not indicator.has_target:
        assert found.verdict not in (*ON_COURSE, "niet behaald", "achter op schema", "vertraagd")
    if found.verdict == "niet vast te stellen" and found.rule == "ontbreekt":
        assert known[-1].missing or (known[0].missing and indicator.baseline is None)


@given(_indicators, _measured(), _days, st.lists(_figures, min_size=3, max_size=3))
def test_a_verdict_holds_whatever_the_missing_figure_is(
    indicator: Indicator, known: list[Round], day: date, filled: list[float]
) -> None:
    known = [each for each in known if each.day <= day]
    found = judge(indicator, TERM, day, known)
    if not known or not known[-1].missing or found.verdict in {"niet vast te stellen", "nulmeting"}:
        return
    if indicator.baseline is None:  # a start that lacks a part is compared over the same parts, which is no bound
        return
    last = known[-1]
    whole = dict(last.parts) | dict(zip(last.missing, filled, strict=False))
    complete = [*known[:-1], Round(last.year, last.day, whole)]
    assert judge(indicator, TERM, day, complete).verdict == found.verdict


@given(_measured())
def test_changes_are_over_the_same_parts(known: list[Round]) -> None:
    for before, after in pairwise(known):
        found, both = change(before, after), set(before.parts) & set(after.parts)
        assert (found is None) == (not both)
        if found is not None:
            expected = sum(after.parts[key] for key in both) - sum(before.parts[key] for key in both)
            assert found.amount == pytest.approx(expected, abs=1e-6)


@given(_indicators, _measured())
def test_progress_counts_no_missing_part(indicator: Indicator, known: list[Round]) -> None:
    for each in known:
        found = progress(indicator, each, indicator.baseline)
        if each.missing:
            assert found.total is None
        assert found.reached <= len(each.parts) and found.parts in (0, 3)


@given(st.dates(date(2019, 1, 1), date(2025, 1, 1)))
def test_time_only_moves_forward(day: date) -> None:
    today, tomorrow = TERM.passed(day), TERM.passed(day + timedelta(days=1))
    assert 0.0 <= today <= tomorrow <= 1.0


# Forecast


def test_a_forecast_is_over_the_same_parts() -> None:
    one = _indicator(target=100, scope="gemeente", baseline=0)
    known = [
        _round(2019, a=1.0, b=1.0),
        _round(2020, ("b",), a=5.0),
        _round(2021, a=10.0, b=10.0),
        _round(2022, a=12.0, b=15.0),
    ]
    # 2 to 20 in two years is 9 a year, 20 to 27 is 7; 2020 lacks b.
    found = range_at(one, known, date(2023, 12, 31))
    assert (found.low, found.high) == (34.0, 36.0)
    assert range_at(one, known[:2], date(2023, 12, 31)).reason == "in de laatste meting ontbreekt b"
    assert range_at(one, known[:3], date(2023, 12, 31)).reason == "nog te weinig metingen over dezelfde delen"


def test_a_sum_is_the_sum_of_its_forecasts() -> None:
    # Guided companies: 0, 21, 64, 118; supported: 4, 27, 58, 86. One year remains.
    frame = vg.forecast(_report(2022, "2022-12-31"), "werken")
    assert frame.at["werken-4-vrijetijd", "verwachting_tekst"] == "139 tot 172"
    assert frame.at["werken-4-industrie", "verwachting_tekst"] == "109 tot 117"
    assert frame.at["werken-4-transitie", "verwachting_tekst"] == "248 tot 289"


def test_without_a_forecast_the_reason_fits_the_targets() -> None:
    report = _report(2021, "2021-12-31")
    assert vg.forecast(report, "welzijn").empty
    assert "Mijlpaal: Opleiding HBO-V gestart" in vg.no_forecast(report, "welzijn")
    assert "minimum per gemeente: Gestarte wijk- en dorpsaanpakken" in vg.no_forecast(report, "wonen")
    last = _report(2023, "2023-12-31")
    assert all(vg.forecast(last, pillar.id).empty for pillar in last.deal.pillars)


def test_each_rule_is_written_once_and_used() -> None:
    used = {
        row["regel"]
        for year, day in MOMENTS
        for pillar in ("werken", "wonen", "welzijn")
        for _, row in vg.achievement(_report(year, day), pillar).iterrows()
    }
    assert used <= RULES.keys()
    assert RULES.keys() - used == {"meting", "ontbreekt", "verouderd", "vroeg"}  # this deal's figures never need these
    assert set().union(*COUNTED.values()) <= VERDICTS.keys()
