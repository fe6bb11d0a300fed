"""Controls on money notice what is over the edge, and nothing that is on it; right for any amounts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest
from conftest import REPOSITORY
from hypothesis import given
from hypothesis import strategies as st
from rows import with_rows

from voortgang.check import money
from voortgang.check.checked import check
from voortgang.check.data import Data
from voortgang.workspace.deal_parts import Amendment
from voortgang.workspace.paths import Workspace

PARTIES = ("emmen", "hoogeveen", "coevorden", "hardenberg")
amounts = st.integers(0, 6)


@pytest.fixture(scope="module")
def data() -> Data:
    return check(Workspace(REPOSITORY)).require_sound()


def _booking(project: str, payer: str, kind: str, amount: int, line: str = "welzijn") -> dict[str, object]:
    return {
        "boeking_id": "B0001", "datum": pd.Timestamp(2021, 5, 1), "project_id": project, "pijler": line,
        "financier": payer, "soort": kind, "bedrag": amount,
    }  # fmt: skip


def _given(party: str, kind: str, amount: int, day: str = "2021-05-01") -> dict[str, object]:
    return {"partij": party, "datum": pd.Timestamp(day), "soort": kind, "bedrag": amount}


@given(promised=amounts, committed=st.lists(amounts, max_size=3), realised=st.lists(amounts, max_size=3))
def test_a_payer_may_spend_what_it_promised(
    data: Data, promised: int, committed: list[int], realised: list[int]
) -> None:
    bookings = [_booking("Z001", "emmen", "gecommitteerd", amount) for amount in committed]
    bookings += [_booking("Z001", "emmen", "gerealiseerd", amount) for amount in realised]
    made = with_rows(data, financien=bookings, bijdragen=[_given("emmen", "toegezegd", promised)])
    found = list(money.payers_stay_within_contributions(made))
    assert len(found) == (max(sum(committed), sum(realised)) > promised)
    for each in found:
        worst = "gerealiseerd" if sum(realised) > promised else "gecommitteerd"
        assert dict(each.details)["kind"] == worst
    assert list(money.payers_stay_within_contributions(with_rows(data, financien=bookings, bijdragen=[]))) == []


@given(
    committed=st.lists(st.integers(-3, 6), max_size=3), realised=st.lists(amounts, max_size=3), stopped=st.booleans()
)
def test_a_stopped_project_holds_no_more_than_it_spent(
    data: Data, committed: list[int], realised: list[int], stopped: bool
) -> None:
    bookings = [_booking("Z001", "emmen", "gecommitteerd", amount) for amount in committed]
    bookings += [_booking("Z001", "emmen", "gerealiseerd", amount) for amount in realised]
    states = [
        {"project_id": "Z001", "peildatum": pd.Timestamp(2020, 12, 31), "fase": "uitvoering"},
        {"project_id": "Z001", "peildatum": pd.Timestamp(2021, 12, 31), "fase": "gestopt" if stopped else "afgerond"},
    ]
    found = list(money.stopped_projects_release_commitments(with_rows(data, financien=bookings, voortgang=states)))
    assert len(found) == (stopped and sum(committed) > sum(realised))
    assert all(each.row == 3 for each in found)


@given(before=amounts, after=amounts, committed=amounts, month=st.sampled_from((11, 12)))
def test_a_raise_is_used_when_the_old_budget_would_not_do(
    data: Data, before: int, after: int, committed: int, month: int
) -> None:
    split = [
        {"pijler": "welzijn", "bedrag": before, "geldig_vanaf": pd.Timestamp(2019, 1, 1)},
        {"pijler": "welzijn", "bedrag": after, "geldig_vanaf": pd.Timestamp(2021, 1, 1)},
    ]
    bookings = [_booking("Z001", "emmen", "gecommitteerd", committed)]
    made = with_rows(data, date(2021, month, 30 if month == 11 else 31), begroting=split, financien=bookings)
    found = list(money.raised_budgets_are_used(made))
    assert len(found) == (after > before >= committed and month == 12)  # judged when its first year is over


@given(budget=amounts, planned=st.lists(amounts, min_size=1, max_size=4))
def test_projects_may_take_all_of_their_pillar(data: Data, budget: int, planned: list[int]) -> None:
    split = [{"pijler": "welzijn", "bedrag": budget, "geldig_vanaf": pd.Timestamp(2019, 1, 1)}]
    projects = [
        {"project_id": f"Z{number:03d}", "pijler": "welzijn", "begroot": amount, "vertrouwelijk": False}
        for number, amount in enumerate(planned)
    ]
    found = list(money.projects_fit_their_pillar(with_rows(data, begroting=split, projecten=projects)))
    assert len(found) == (sum(planned) > budget)


@given(received=st.lists(st.integers(0, 100), min_size=4, max_size=4))
def test_who_pays_later_than_its_partners_is_named(data: Data, received: list[int]) -> None:
    rows = [_given(party, "toegezegd", 100) for party in PARTIES]
    rows += [_given(party, "ontvangen", amount) for party, amount in zip(PARTIES, received, strict=True)]
    found = list(money.contributions_come_in_time(with_rows(data, date(2018, 12, 31), bijdragen=rows)))
    middle = sum(sorted(received)[1:3]) / 2
    late = {party for party, amount in zip(PARTIES, received, strict=True) if amount < middle - 10}
    assert {rows[each.row - 2]["partij"] for each in found} == late
    # When the deal has ended, all must be in.
    found = list(money.contributions_come_in_time(with_rows(data, date(2023, 12, 31), bijdragen=rows)))
    owed = {rows[each.row - 2]["partij"] for each in found if each.rule == "contribution_late"}
    assert owed == {party for party, amount in zip(PARTIES, received, strict=True) if amount < 100}


@pytest.mark.parametrize(("day", "late"), [("2023-12-31", False), ("2025-06-29", False), ("2025-06-30", True)])
def test_what_is_owed_is_late_when_a_deal_ends_that_was_extended(data: Data, day: str, late: bool) -> None:
    """Its first end was taken for its end: all who had yet to pay were called late."""
    longer = {"kind": "verlenging", "summary": "Y", "article": "17 lid 2", "end": date(2025, 6, 30)}
    amendment = Amendment.model_validate({"date": date(2023, 7, 1), **longer})
    deal = data.deal.model_copy(update={"amendments": (amendment,)})
    rows = [_given(party, kind, 100) for party in PARTIES for kind in ("toegezegd", "ontvangen")]
    rows[-1]["bedrag"] = 95  # as good as its partners, while the deal runs
    found = money.contributions_come_in_time(
        with_rows(replace(data, deal=deal), date.fromisoformat(day), bijdragen=rows)
    )
    assert any(each.rule == "contribution_late" for each in found) == late


@pytest.mark.parametrize(
    ("days", "until", "years"),
    [
        (("2019-12-31", "2021-12-31"), "2021-12-31", []),
        (("2020-01-01", "2021-12-31"), "2019-12-30", []),  # its year is not over yet
        (("2020-01-01", "2021-12-31"), "2019-12-31", ["2019"]),
        (("2019-12-31", "2022-01-01"), "2022-06-30", ["2021"]),
    ],
)
def test_an_instalment_has_until_the_end_of_its_year(
    data: Data, days: tuple[str, str], until: str, years: list[str]
) -> None:
    rows = [_given("lnv", "ontvangen", amount, day) for amount, day in zip((9_200_000, 10_800_000), days, strict=True)]
    found = money.contributions_come_in_time(with_rows(data, date.fromisoformat(until), bijdragen=rows))
    assert [dict(each.details)["year"] for each in found if each.rule == "instalment_late"] == years
