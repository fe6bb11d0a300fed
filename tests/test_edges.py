"""Each rule finds what is just over its edge, and leaves what is just within: rows made for it, and what is found."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest
from conftest import REPOSITORY
from rows import with_rows

from voortgang.check import controls, money, plausible, references, risks
from voortgang.check.checked import check
from voortgang.check.data import Data
from voortgang.check.references import Rule
from voortgang.workspace.deal_parts import SeriesBreak
from voortgang.workspace.paths import Workspace

_PROJECT = "project_id=Z001 naam=Dorpshuis pijler=werken thema=innoveren start=2020-01-01 einde=2021-06-30 begroot=100"
_STATE = "project_id=Z001 verslagjaar=2021 peildatum=2021-12-31 fase=uitvoering inhoud=groen tijd=groen geld=groen"
_BOOKING = "boeking_id=B1 datum=2021-05-01 project_id=Z001 pijler=werken financier=emmen soort=gecommitteerd bedrag=100"
_SPENT = _BOOKING.replace("gecommitteerd", "gerealiseerd")
_OVERHEAD = _BOOKING.replace("project_id=Z001 pijler=werken", "pijler=overhead")
_SPLIT = "pijler=werken bedrag=100 geldig_vanaf=2019-01-01"
_RISK = "risico_id=R001 peildatum=2021-12-31 pijler=werken project_id=Z001 gebeurtenis=Tegenslag"
_WHOLE_SPLIT = [
    f"pijler={line} bedrag={amount} geldig_vanaf=2019-01-01"
    for line, amount in (("werken", 19_200_000), ("wonen", 14_400_000), ("welzijn", 4_800_000), ("overhead", 1_600_000))
]


def _series(*values: float, indicator: str = "werken-1-deelnemers", gemeente: str = "emmen") -> list[str]:
    """Return a measurement for each year from 2019 on."""
    return [
        f"indicator_id={indicator} verslagjaar={year} peildatum={year}-12-31 waarde={value}"
        + (f" gemeente={gemeente}" if gemeente else "")
        for year, value in enumerate(values, 2019)
    ]


def _given(party: str, promised: int, received: int) -> list[str]:
    return [
        f"partij={party} datum=2021-05-01 soort={kind} bedrag={amount}"
        for kind, amount in (("toegezegd", promised), ("ontvangen", received))
    ]


_WITHOUT_PROJECTS = ("voortgang", "financien", "risicos", "mijlpalen")
_STATE_PAID = [each.replace("2021", "2019") for each in _given("lnv", 20_000_000, 20_000_000)]

EDGES: dict[str, tuple[Rule, dict[str, list[str]], list[str]]] = {
    # Days of bookings: the first and the last of a term are in it.
    "booked on the first and last day of its project": (
        controls.bookings_lie_within_terms,
        {"projecten": [_PROJECT], "financien": [_BOOKING.replace("2021-05-01", day) for day in ("2020-01-01", "2021-06-30")]},
        [],
    ),
    "booked a day before and after its project": (
        controls.bookings_lie_within_terms,
        {"projecten": [_PROJECT], "financien": [_BOOKING.replace("2021-05-01", day) for day in ("2019-12-31", "2021-07-01")]},
        ["booking_outside_project 2", "booking_outside_project 3"],
    ),
    "booked on the first and last day of the deal": (
        controls.bookings_lie_within_terms,
        {"financien": [_OVERHEAD.replace("2021-05-01", day) for day in ("2019-07-16", "2023-12-31")]},
        [],
    ),
    "booked a day before and after the deal": (
        controls.bookings_lie_within_terms,
        {"financien": [_OVERHEAD.replace("2021-05-01", day) for day in ("2019-07-14", "2024-01-01")]},
        ["booking_outside_deal 2", "booking_outside_deal 3"],
    ),
    "a day outside the deal is not told again as outside the project": (
        controls.bookings_lie_within_terms,
        {"projecten": [_PROJECT], "financien": [_BOOKING.replace("2021-05-01", "2018-05-01")]},
        ["booking_outside_deal 2"],
    ),
    # The order of money.
    "all that is budgeted is committed and spent": (
        controls.money_keeps_its_order,
        {"projecten": [_PROJECT], "financien": [_BOOKING, _SPENT], "begroting": [_SPLIT]},
        [],
    ),
    "a euro more is spent than committed": (
        controls.money_keeps_its_order,
        {"projecten": [_PROJECT], "financien": [_BOOKING, _SPENT.replace("=100", "=101")], "begroting": [_SPLIT]},
        ["realised_exceeds_committed 3"],
    ),
    "a euro more is committed than budgeted for the project": (
        controls.money_keeps_its_order,
        {"projecten": [_PROJECT.replace("=100", "=99")], "financien": [_BOOKING], "begroting": [_SPLIT]},
        ["committed_exceeds_budget 2"],
    ),
    "a euro more is committed than budgeted for the pillar": (
        controls.money_keeps_its_order,
        {"projecten": [_PROJECT], "financien": [_BOOKING], "begroting": [_SPLIT.replace("=100", "=99")]},
        ["committed_exceeds_budget 2"],
    ),
    "more overhead is spent than committed": (
        controls.money_keeps_its_order,
        {"projecten": [_PROJECT], "financien": [_OVERHEAD, _OVERHEAD.replace("gecommitteerd", "gerealiseerd").replace("=100", "=101")]},
        ["realised_exceeds_committed 3"],
    ),
    "a booking of a pillar that is shown with others is no overhead": (
        controls.money_keeps_its_order,
        {"projecten": [_PROJECT], "financien": [_SPENT.replace("project_id=Z001 ", "")]},
        [],
    ),
    "a budget that was lowered later holds": (
        controls.money_keeps_its_order,
        {"projecten": [_PROJECT], "financien": [_BOOKING], "begroting": [_SPLIT, "pijler=werken bedrag=99 geldig_vanaf=2021-01-01"]},
        ["committed_exceeds_budget 3"],
    ),
    "a party paid what it promised": (controls.contributions_match_promises, {"bijdragen": _given("lnv", 20_000_000, 20_000_000)}, []),
    "a party paid a euro more": (
        controls.contributions_match_promises,
        {"bijdragen": _given("lnv", 20_000_000, 20_000_001)},
        ["paid_exceeds_promise 3"],
    ),
    "promises may differ a euro for each of the six parties of the State": (
        controls.contributions_match_promises,
        {"bijdragen": _given("lnv", 19_999_994, 0)},
        [],
    ),
    "promises differ a euro more": (
        controls.contributions_match_promises,
        {"bijdragen": _given("lnv", 20_000_007, 0)},
        ["promise_differs 0"],
    ),
    # A value against its history: five times the largest change, a quarter of the value, or two.
    "five times the largest change": (controls.measurements_follow_their_history, {"metingen": _series(0, 10, 60)}, []),
    "more than five times the largest change": (
        controls.measurements_follow_their_history,
        {"metingen": _series(0, 10, 61)},
        ["out_of_line 4"],
    ),
    "five quarters of a value that hardly changed": (controls.measurements_follow_their_history, {"metingen": _series(100, 101, 227)}, []),
    "more than five quarters of it": (
        controls.measurements_follow_their_history,
        {"metingen": _series(100, 101, 228)},
        ["out_of_line 4"],
    ),
    "a fall counts as well": (
        controls.measurements_follow_their_history,
        {"metingen": _series(0, 40, 40, -170)},
        ["out_of_line 5"],
    ),
    "ten from nothing": (controls.measurements_follow_their_history, {"metingen": _series(0, 0, 10)}, []),
    "eleven from nothing": (controls.measurements_follow_their_history, {"metingen": _series(0, 0, 11)}, ["out_of_line 4"]),
    "two years are no history": (controls.measurements_follow_their_history, {"metingen": _series(0, 500)}, []),
    "a milestone has no history": (
        controls.measurements_follow_their_history,
        {"metingen": _series(0, 0, 500, indicator="wonen-3-plan", gemeente="")},
        [],
    ),
    "each municipality has a history of its own": (
        controls.measurements_follow_their_history,
        {"metingen": [*_series(0, 1, 2), *_series(500, 501, 502, gemeente="hoogeveen")]},
        [],
    ),
    "a sum that stays the same does not fall": (
        controls.measurements_follow_their_history,
        {"metingen": _series(5, 5, indicator="werken-3-bedrijven")},
        [],
    ),
    "a sum falls": (
        controls.measurements_follow_their_history,
        {"metingen": _series(5, 4, indicator="werken-3-bedrijven")},
        ["cumulative_falls 3"],
    ),
    "what is counted each year may fall": (controls.measurements_follow_their_history, {"metingen": _series(5, 4)}, []),
    # Figures that are missing.
    "a figure of the region that is empty": (
        controls.measurements_are_complete,
        {"metingen": ["indicator_id=welzijn-2-geschoold verslagjaar=2021 peildatum=2021-12-31"]},
        ["measurement_missing 2"],
    ),
    "an indicator that nobody measures yet": (controls.measurements_are_complete, {"metingen": []}, []),
    # Lights.
    **{
        f"the light of {light} is {colour} without a reason": (
            controls.lights_match_figures,
            {"projecten": [_PROJECT.replace("2021-06-30", "2022-06-30")], "financien": [], "voortgang": [_STATE.replace(f"{light}=groen", f"{light}={colour}")]},
            ["light_without_reason 2"],
        )
        for light, colour in (("inhoud", "oranje"), ("tijd", "rood"), ("geld", "oranje"))
    },
    "a light that is explained": (
        controls.lights_match_figures,
        {"projecten": [_PROJECT.replace("2021-06-30", "2022-06-30")], "financien": [], "voortgang": [f"{_STATE.replace('inhoud=groen', 'inhoud=rood')} toelichting=Later"]},
        [],
    ),
    "a project that ends on the day of its state": (
        controls.lights_match_figures,
        {"projecten": [_PROJECT.replace("2021-06-30", "2021-12-31")], "financien": [], "voortgang": [_STATE]},
        [],
    ),
    "a project that should have ended the day before": (
        controls.lights_match_figures,
        {"projecten": [_PROJECT.replace("2021-06-30", "2021-12-30")], "financien": [], "voortgang": [_STATE]},
        ["green_over_time 2"],
    ),
    "what is finished or has stopped is not late": (
        controls.lights_match_figures,
        {"projecten": [_PROJECT], "financien": [], "voortgang": [_STATE.replace("uitvoering", phase) for phase in ("afgerond", "gestopt")]},
        [],
    ),
    "a project spent all of its budget": (
        controls.lights_match_figures,
        {"projecten": [_PROJECT.replace("2021-06-30", "2022-06-30")], "financien": [_SPENT], "voortgang": [_STATE]},
        [],
    ),
    "what is spent after the day of a state is not judged by it": (
        controls.lights_match_figures,
        {
            "projecten": [_PROJECT.replace("2021-06-30", "2022-06-30")],
            "financien": [_SPENT, _SPENT.replace("2021-05-01", "2022-01-01").replace("=100", "=1")],
            "voortgang": [_STATE],
        },
        [],
    ),
    "what is spent on the day of a state is": (
        controls.lights_match_figures,
        {
            "projecten": [_PROJECT.replace("2021-06-30", "2022-06-30")],
            "financien": [_SPENT, _SPENT.replace("2021-05-01", "2021-12-31").replace("=100", "=1")],
            "voortgang": [_STATE],
        },
        ["green_over_budget 2"],
    ),
    "what other projects spent, and what is only committed, does not count": (
        controls.lights_match_figures,
        {
            "projecten": [_PROJECT.replace("2021-06-30", "2022-06-30")],
            "financien": [_SPENT, _SPENT.replace("Z001", "Z002"), _BOOKING, _SPENT.replace("2021-05-01", "2022-01-01")],
            "voortgang": [_STATE],
        },
        [],
    ),
    "money that is not green may exceed the budget": (
        controls.lights_match_figures,
        {"projecten": [_PROJECT], "financien": [_SPENT, _SPENT], "voortgang": [_STATE.replace("tijd=groen geld=groen", "tijd=oranje geld=rood") + " toelichting=Duurder"]},
        [],
    ),
    # Days and years.
    "the first and the last day of a year": (
        controls.dates_lie_in_their_year,
        {"voortgang": [_STATE.replace("2021-12-31", "2021-01-01")], "metingen": _series(1)},
        [],
    ),
    "a state and a measurement of another year": (
        controls.dates_lie_in_their_year,
        {"voortgang": [_STATE.replace("2021-12-31", "2022-01-01")], "metingen": [_series(1)[0].replace("2019-12-31", "2018-12-31")]},
        ["date_outside_year 2", "date_outside_year 2"],
    ),
    "two years from the deal is near": (
        plausible.days_lie_near_the_deal,
        {"projecten": [_PROJECT.replace("2020-01-01", "2017-01-01").replace("2021-06-30", "2025-12-31")]},
        [],
    ),
    "three years is not, in any table": (
        plausible.days_lie_near_the_deal,
        {
            "projecten": [_PROJECT.replace("2020-01-01", "2016-12-31").replace("2021-06-30", "2026-01-01")],
            "voortgang": [_STATE.replace("2021-12-31", "2026-01-01")],
            "metingen": [_series(1)[0].replace("2019-12-31", "2016-12-31")],
            "bijdragen": [_given("emmen", 1, 1)[0].replace("2021", "2016")],
            "begroting": [_SPLIT.replace("2019", "2016")],
            "overleggen": ["datum=2026-01-01 onderwerp=Start"],
            "mijlpalen": ["project_id=Z001 mijlpaal=Af peildatum=2016-12-31 gepland=2026-01-01 gehaald=2016-12-31"],
        },
        ["day_unlikely 2"] * 10,
    ),
    "the first and the last year of the deal": (
        plausible.years_lie_within_the_deal,
        {"voortgang": [_STATE.replace("=2021 ", f"={year} ") for year in (2019, 2023)], "metingen": _series(1, 2, 3, 4, 5)},
        [],
    ),
    "a year before and after": (
        plausible.years_lie_within_the_deal,
        {"voortgang": [_STATE.replace("=2021 ", "=2018 ")], "metingen": [_series(1)[0].replace("=2019 ", "=2024 ")]},
        ["year_outside_deal 2", "year_outside_deal 2"],
    ),
    # What nobody would believe.
    "a contribution of nothing": (plausible.contributions_are_not_negative, {"bijdragen": _given("emmen", 0, -1)}, ["contribution_negative 3"]),
    "a project that started on the day of the last state": (
        plausible.states_have_no_gaps,
        {"projecten": [_PROJECT, _PROJECT.replace("Z001", "Z002").replace("2020-01-01", "2021-12-31")], "voortgang": [_STATE]},
        ["state_missing 3"],
    ),
    "a project that starts a day later": (
        plausible.states_have_no_gaps,
        {"projecten": [_PROJECT, _PROJECT.replace("Z001", "Z002").replace("2020-01-01", "2022-01-01")], "voortgang": [_STATE]},
        [],
    ),
    "a project that finished or stopped needs no state after that year": (
        plausible.states_have_no_gaps,
        {
            "projecten": [_PROJECT, _PROJECT.replace("Z001", "Z002"), _PROJECT.replace("Z001", "Z003")],
            "voortgang": [
                *(_STATE.replace("2021", str(year)) for year in (2020, 2021)),
                *(_STATE.replace("2021", "2020").replace("Z001", key).replace("uitvoering", phase) for key, phase in (("Z002", "afgerond"), ("Z003", "gestopt"))),
            ],
        },
        [],
    ),
    "nothing, and all of a hundred": (
        plausible.values_are_possible,
        {"metingen": [*_series(0), *_series(0, 100, indicator="welzijn-4-zelfstandig", gemeente="")]},
        [],
    ),
    "less than nothing, and more than all": (
        plausible.values_are_possible,
        {"metingen": [*_series(-1), *_series(-1, 100.1, indicator="welzijn-4-zelfstandig", gemeente="")]},
        ["value_impossible 2", "value_impossible 3", "value_impossible 4"],
    ),
    "a milestone that was reached, and one that was not": (
        plausible.values_are_possible,
        {"metingen": _series(0, 1, indicator="wonen-3-plan", gemeente="")},
        [],
    ),
    "half a milestone, two of them, and less than none": (
        plausible.values_are_possible,
        {"metingen": _series(0.5, 2, -1, indicator="wonen-3-plan", gemeente="")},
        ["value_impossible 2", "value_impossible 3", "value_impossible 4"],
    ),
    "whole companies": (
        plausible.values_are_shown_as_they_are,
        {"metingen": _series(399, 400.0, indicator="werken-4-assessment", gemeente="")},
        [],
    ),
    "nearly a target, and a little more than it": (
        plausible.values_are_shown_as_they_are,
        {"metingen": _series(399.6, 400.4, indicator="werken-4-assessment", gemeente="")},
        ["value_rounded 2", "value_rounded 3"],
    ),
    "what has no target is rounded as it is shown": (
        plausible.values_are_shown_as_they_are,
        {"metingen": _series(90.84, indicator="welzijn-4-zelfstandig", gemeente="")},
        [],
    ),
    "a name in other capitals": (
        plausible.names_are_given_once,
        {"projecten": [_PROJECT, _PROJECT.replace("Z001", "Z002").replace("Dorpshuis", "DORPSHUIS")]},
        ["name_twice 3"],
    ),
    "a milestone in the same words, of each project": (
        plausible.milestones_keep_their_words,
        {"mijlpalen": [f"project_id={key} mijlpaal={name}" for key, name in (("Z001", "Af"), ("Z001", "Af"), ("Z002", "af"))]},
        [],
    ),
    "a milestone in other capitals": (
        plausible.milestones_keep_their_words,
        {"mijlpalen": [f"project_id=Z001 mijlpaal={name}" for name in ("Af", "AF", "Af")]},
        ["milestone_spelled 3"],
    ),
    "a difference may lie below nothing": (
        plausible.values_are_possible,
        {"metingen": _series(-1, indicator="welzijn-5-afwijking", gemeente="")},
        [],
    ),
    "a budget of five times what is committed": (
        plausible.budgets_fit_their_commitments,
        {"projecten": [_PROJECT.replace("begroot=100", "begroot=500")], "financien": [_BOOKING]},
        [],
    ),
    "a budget of more than that, just halfway the project": (
        plausible.budgets_fit_their_commitments,
        {"projecten": [_PROJECT.replace("2020-01-01", "2020-12-31").replace("2021-06-30", "2022-12-31").replace("begroot=100", "begroot=501")], "financien": [_BOOKING]},
        ["budget_unlikely 2"],
    ),
    "a day before the middle it is not judged yet": (
        plausible.budgets_fit_their_commitments,
        {"projecten": [_PROJECT.replace("2020-01-01", "2020-12-31").replace("2021-06-30", "2023-01-02").replace("begroot=100", "begroot=501")], "financien": [_BOOKING]},
        [],
    ),
    "a project without commitments has nothing to be many times of": (
        plausible.budgets_fit_their_commitments,
        {"projecten": [_PROJECT], "financien": [_SPENT.replace("=100", "=1")]},
        [],
    ),
    "a milestone that is reached on the day of its row": (
        plausible.milestones_are_known_when_reached,
        {"mijlpalen": [f"project_id=Z001 mijlpaal=Af peildatum=2021-12-31 gehaald={day}" for day in ("2021-12-31", "2022-01-01")]},
        ["milestone_reached_later 3"],
    ),
    # References.
    "a project of one day": (
        references.terms_run_forward,
        {"projecten": [_PROJECT.replace("2021-06-30", day) for day in ("2020-01-01", "2019-12-31")]},
        ["ends_before_start 3"],
    ),
    "a project without a place": (
        references.projects_have_a_place,
        {"projecten": [f"{_PROJECT} gemeenten=emmen;coevorden", _PROJECT]},
        ["empty_cell 3"],
    ),
    "each value of a cell with several is looked up": (
        references.references_exist,
        {"projecten": [f"{_PROJECT} gemeenten=emmen;utrecht sectoren=zorg"], "financien": [], "voortgang": [], "risicos": [], "mijlpalen": []},
        ["reference 2"],
    ),
    "what is measured at the level that is asked": (
        references.measurements_fit_scope,
        {
            "metingen": [
                "indicator_id=werken-1-netwerken sector=zorg",
                "indicator_id=werken-1-deelnemers gemeente=emmen",
                "indicator_id=welzijn-2-geschoold",
            ]
        },
        [],
    ),
    "a sector is missing, or too much": (
        references.measurements_fit_scope,
        {
            "metingen": [
                "indicator_id=werken-1-netwerken",
                "indicator_id=werken-1-deelnemers gemeente=emmen sector=zorg",
                "indicator_id=welzijn-2-geschoold sector=zorg",
            ]
        },
        ["wrong_scope 2", "wrong_scope 3", "wrong_scope 4"],
    ),
    "a municipality is missing, or too much": (
        references.measurements_fit_scope,
        {
            "metingen": [
                "indicator_id=werken-1-netwerken gemeente=emmen sector=zorg",
                "indicator_id=werken-1-deelnemers",
                "indicator_id=welzijn-2-geschoold gemeente=emmen",
            ]
        },
        ["wrong_scope 2", "wrong_scope 3", "wrong_scope 4"],
    ),
    "a booking of overhead has no project": (references.bookings_fit_projects, {"financien": [_OVERHEAD]}, []),
    "a booking on a pillar has one": (
        references.bookings_fit_projects,
        {"financien": [_BOOKING.replace("project_id=Z001 ", "")]},
        ["booking_without_project 2"],
    ),
    "a revision may move money between lines": (
        references.budget_is_the_covenants,
        {"begroting": [*_WHOLE_SPLIT, *(f"pijler={line} bedrag={amount} geldig_vanaf=2021-01-01" for line, amount in (("werken", 19_200_001), ("wonen", 14_399_999)))]},
        [],
    ),
    "a revision may not add to the whole": (
        references.budget_is_the_covenants,
        {"begroting": [*_WHOLE_SPLIT, "pijler=werken bedrag=19200001 geldig_vanaf=2021-01-01"]},
        ["budget_total 6"],
    ),
    "a revision may not take from the whole either": (
        references.budget_is_the_covenants,
        {"begroting": [*_WHOLE_SPLIT, "pijler=werken bedrag=19199999 geldig_vanaf=2021-01-01"]},
        ["budget_total 6"],
    ),
    "the first split is the covenant's, to the euro": (
        references.budget_is_the_covenants,
        {"begroting": [_WHOLE_SPLIT[0].replace("19200000", "19199999"), *_WHOLE_SPLIT[1:]]},
        ["budget_differs 2", "budget_total 5"],
    ),
    "without one of its lines there is no whole to judge": (
        references.budget_is_the_covenants,
        {"begroting": _WHOLE_SPLIT[:-1]},
        ["budget_lacks_line 0"],
    ),
    "a project without a pillar, or with a theme that nobody knows, has a finding elsewhere": (
        references.themes_fit_pillars,
        {"projecten": [_PROJECT.replace("pijler=werken ", ""), _PROJECT.replace("innoveren", "reizen"), _PROJECT.replace("werken", "wonen")]},
        ["theme_of_other_pillar 4"],
    ),
    "a sum is not measured itself": (
        references.measurements_fit_scope,
        {"metingen": ["indicator_id=werken-4-transitie", "indicator_id=werken-4-vrijetijd"]},
        ["sum_is_measured 2"],
    ),
    # Risks.
    "a risk in the first and the last year of the deal": (
        risks.risks_lie_within_the_deal,
        {"risicos": [_RISK.replace("2021-12-31", day) for day in ("2019-01-01", "2023-12-31")]},
        [],
    ),
    "a risk a day before and after": (
        risks.risks_lie_within_the_deal,
        {"risicos": [_RISK.replace("2021-12-31", day) for day in ("2018-12-31", "2024-01-01")]},
        ["risk_outside_deal 2", "risk_outside_deal 3"],
    ),
    "a risk of a project names its pillar": (
        risks.risks_fit_their_projects,
        {"projecten": [_PROJECT], "risicos": [_RISK, _RISK.replace("pijler=werken ", ""), _RISK.replace("werken", "wonen").replace(" project_id=Z001", "")]},
        ["risk_on_other_pillar 3"],
    ),
    "one event on two days, or told twice of one risk, is told once": (
        risks.risks_are_told_once,
        {"risicos": [_RISK, _RISK.replace("2021", "2022").replace("R001", "R002"), _RISK, _RISK.replace("R001", "R003").replace("Tegen", "tegen")]},
        ["risk_twice 5"],
    ),
    # Money of projects and parties.
    "a raise after a row that changes nothing is told of once": (
        money.raised_budgets_are_used,
        {"begroting": [f"pijler=werken bedrag={amount} geldig_vanaf={year}-01-01" for amount, year in ((100, 2019), (100, 2020), (120, 2021))], "financien": [_BOOKING]},
        ["raise_not_used 4"],
    ),
    "a raise that was taken back is over": (
        money.raised_budgets_are_used,
        {"begroting": [f"pijler=werken bedrag={amount} geldig_vanaf={year}-01-01" for amount, year in ((100, 2019), (120, 2020), (100, 2021))], "financien": [_BOOKING]},
        [],
    ),
    "all that a party promised is spent at its cost": (
        money.payers_stay_within_contributions,
        {"financien": [_BOOKING, _SPENT], "bijdragen": _given("emmen", 100, 0)},
        [],
    ),
    "a booking without a party is nobody's": (
        money.payers_stay_within_contributions,
        {"financien": [_BOOKING.replace("financier=emmen ", "")], "bijdragen": _given("emmen", 1, 0)},
        [],
    ),
    "all parties of the Region but one paid all": (
        money.contributions_come_in_time,
        {"bijdragen": [*_STATE_PAID, *_given("emmen", 100, 100), *_given("coevorden", 100, 100), *_given("hoogeveen", 100, 89)]},
        ["contribution_late 9"],
    ),
    "a tenth below its partners is not late yet": (
        money.contributions_come_in_time,
        {"bijdragen": [*_STATE_PAID, *_given("emmen", 100, 100), *_given("coevorden", 100, 100), *_given("hoogeveen", 100, 90)]},
        [],
    ),
    "a ministry that pays later than the others is late as well": (
        money.contributions_come_in_time,
        {"bijdragen": [*_STATE_PAID, *_given("bzk", 100, 100), *_given("ocw", 100, 89)]},
        ["contribution_late 7"],
    ),
    "who promised nothing is no partner to compare with": (
        money.contributions_come_in_time,
        {"bijdragen": [*_STATE_PAID, *_given("emmen", 100, 100), *_given("coevorden", 100, 50), *_given("hoogeveen", 0, 5)]},
        [],
    ),
    "two partners have no usual share": (
        money.contributions_come_in_time,
        {"bijdragen": [*_STATE_PAID, *_given("emmen", 100, 100), *_given("hoogeveen", 100, 0)]},
        [],
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def data() -> Data:
    return check(Workspace(REPOSITORY), texts=False).require_sound()


@pytest.mark.parametrize("edge", EDGES)
def test_a_rule_finds_what_is_over_its_edge_and_nothing_else(edge: str, data: Data) -> None:
    rule, rows, found = EDGES[edge]
    assert [f"{each.rule} {each.row}" for each in rule(with_rows(data, **rows))] == found


def test_a_budget_holds_from_its_day_on(data: Data) -> None:
    made = with_rows(data, begroting=[_SPLIT, _SPLIT.replace("=100", "=120").replace("2019", "2021")])
    days = {day: money.budget_on(made, pd.Timestamp(day))["werken"] for day in ("2020-12-31", "2021-01-01")}
    assert days == {"2020-12-31": 100, "2021-01-01": 120}


def test_a_party_that_left_owes_nothing(data: Data) -> None:
    parties = tuple(
        each.model_copy(update={"left": date(2021, 6, 30)}) if each.id == "hoogeveen" else each
        for each in data.deal.parties
    )
    rows = [*_STATE_PAID, *(row for each in ("emmen", "coevorden") for row in _given(each, 100, 100))]
    made = with_rows(data, bijdragen=[*rows, *_given("hardenberg", 100, 100), *_given("hoogeveen", 100, 0)])
    assert [each.rule for each in money.contributions_come_in_time(made)] == ["contribution_late"]
    made = replace(made, deal=data.deal.model_copy(update={"parties": parties}))
    assert list(money.contributions_come_in_time(made)) == []


def test_a_deal_may_do_without_municipalities_and_sectors(data: Data) -> None:
    made = with_rows(data, projecten=[f"{_PROJECT} sectoren=zorg"], **dict.fromkeys(_WITHOUT_PROJECTS, ()))
    parties = tuple(each for each in data.deal.parties if each.kind != "gemeente")
    alone = replace(made, deal=data.deal.model_copy(update={"parties": parties, "sectors": ()}))
    assert [each.rule for each in references.projects_have_a_place(made)] == ["empty_cell"]
    assert list(references.projects_have_a_place(alone)) == []
    for each, found in ((made, []), (alone, ["reference"])):
        assert [one.rule for one in references.references_exist(each) if one.column == "sectoren"] == found


def test_a_project_that_starts_later_in_a_year_that_runs_has_no_state_to_give(data: Data) -> None:
    state = _STATE.replace("2021-12-31", "2021-06-30")
    projects = [_PROJECT, _PROJECT.replace("Z001", "Z002").replace("2020-01-01", "2021-10-01")]
    made = with_rows(data, date(2021, 6, 30), projecten=projects, voortgang=[state])
    assert list(plausible.states_have_no_gaps(made)) == []
    made = with_rows(data, date(2021, 12, 31), projecten=projects, voortgang=[state])
    assert [each.row for each in plausible.states_have_no_gaps(made)] == [3]


def test_only_who_takes_part_at_the_end_of_a_year_has_a_figure_to_give(data: Data) -> None:
    parties = tuple(
        each.model_copy(update={"left": date(2021, 6, 30)}) if each.id == "emmen" else each
        for each in data.deal.parties
    )
    made = replace(
        with_rows(data, metingen=_series(1, 1, 1, gemeente="hoogeveen")),
        deal=data.deal.model_copy(update={"parties": parties}),
    )
    missing = [dict(each.details) for each in controls.measurements_are_complete(made)]
    assert [each["year"] for each in missing if each["part"] == "Emmen"] == ["2019", "2020"]
    assert not [each for each in missing if each["part"] == "Hoogeveen"]


def test_what_is_measured_in_another_way_has_a_history_of_its_own(data: Data) -> None:
    def found(year: int) -> list[str]:
        results = tuple(
            result.model_copy(
                update={
                    "indicators": tuple(
                        each.model_copy(update={"breaks": (SeriesBreak.model_construct(year=year),)})
                        if each.id == "werken-1-deelnemers"
                        else each
                        for each in result.indicators
                    )
                }
            )
            for result in data.deal.results
        )
        made = with_rows(data, metingen=_series(0, 1, 500))
        made = replace(made, deal=data.deal.model_copy(update={"results": results}))
        return [each.rule for each in controls.measurements_follow_their_history(made)]

    assert (found(2021), found(2019)) == ([], ["out_of_line"])


def test_a_party_is_one_from_the_day_it_joins_until_the_day_it_leaves(data: Data) -> None:
    parties = tuple(
        each.model_copy(update={"joined": date(2020, 1, 1), "left": date(2021, 6, 30)}) if each.id == "emmen" else each
        for each in data.deal.parties
    )
    days = ("2019-12-31", "2020-01-01", "2021-06-30", "2021-07-01")
    rows = {
        "financien": [_OVERHEAD.replace("2021-05-01", day) for day in days],
        "bijdragen": [_given("emmen", 1, 0)[0].replace("2021-05-01", day) for day in days],
        "metingen": [_series(1)[0].replace("2019-12-31", day) for day in days],
    }
    made = replace(with_rows(data, **rows), deal=data.deal.model_copy(update={"parties": parties}))
    found = [(each.file, each.row) for each in controls.parties_take_part(made)]
    assert found == [(data.file(table), row) for table in rows for row in (2, 4, 5)]


def test_spaces_do_not_tell_names_apart(data: Data) -> None:
    names = ("Af en klaar", "Af  en klaar")
    projects = [{"project_id": f"Z00{number}", "naam": name} for number, name in enumerate(names)]
    milestones = [{"project_id": "Z001", "mijlpaal": name} for name in names]
    made = replace(
        data,
        tables=replace(
            data.tables,
            projecten=pd.DataFrame(projects, index=[2, 3]),
            mijlpalen=pd.DataFrame(milestones, index=[2, 3]),
        ),
    )
    assert [(each.rule, each.row) for each in plausible.names_are_given_once(made)] == [("name_twice", 3)]
    assert [(each.rule, each.row) for each in plausible.milestones_keep_their_words(made)] == [("milestone_spelled", 3)]
