"""Money of one year, of each payer, of stopped projects, and to the end of the deal, recomputed with pandas alone."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest
from conftest import REPOSITORY
from hypothesis import given
from hypothesis import strategies as st

import voortgang.notebook as vg
from voortgang.notebook.facts import facts_in
from voortgang.notebook.finances import added_up
from voortgang.notebook.payers import POOLED
from voortgang.writing.publishable import unquoted

DAYS = ("2019-12-31", "2020-12-31", "2021-06-30", "2021-12-31", "2022-12-31", "2023-12-31")
EDITIONS = ("overleg", "openbaar")
every = pytest.mark.parametrize("day", DAYS)
both = pytest.mark.parametrize("edition", EDITIONS)


def _load(day: str, edition: str = "overleg") -> vg.Report:
    return vg.load(int(day[:4]), day, edition, workspace=REPOSITORY)


def _csv(name: str, column: str, day: str) -> pd.DataFrame:
    frame = pd.read_csv(REPOSITORY / "data" / f"{name}.csv")
    return frame[frame[column] <= day]


@every
@both
def test_a_year_alone_is_what_was_booked_in_it(day: str, edition: str) -> None:
    bookings = _csv("financien", "datum", day)
    mine = bookings[bookings["datum"].str[:4] == day[:4]]
    frame = vg.money_in_year(_load(day, edition))
    for kind in ("gecommitteerd", "gerealiseerd"):
        right = mine[mine["soort"] == kind].groupby("pijler")["bedrag"].sum()
        for line in frame.index.drop("totaal"):
            assert frame.at[line, f"{kind}_in_jaar"] == right.get(line, 0), (line, kind)
        assert frame.at["totaal", f"{kind}_in_jaar"] == right.sum()


@every
def test_writers_find_each_year_and_how_many_times_as_much_was_spent(day: str) -> None:
    bookings = _csv("financien", "datum", day)
    spent = bookings[bookings["soort"] == "gerealiseerd"].groupby(bookings["datum"].str[:4])["bedrag"].sum()
    facts = {each.id: each for each in vg.publish_years(_load(day)).outputs}
    for year, amount in spent.items():
        suffix = "" if year == day[:4] else f"_{year}"
        assert facts[f"totaal.jaar_gerealiseerd{suffix}"].value == amount
    before = str(int(day[:4]) - 1)
    if day.endswith("12-31") and before in spent:
        assert facts["totaal.gerealiseerd_keer"].value == round(spent[day[:4]] / spent[before], 1)
    else:
        assert "totaal.gerealiseerd_keer" not in facts  # half a year says nothing beside a whole one


@every
@both
def test_each_payer_has_what_it_promised_paid_and_bore(day: str, edition: str) -> None:
    bookings, given = _csv("financien", "datum", day), _csv("bijdragen", "datum", day)
    frame = vg.payers(_load(day, edition))
    for kind in ("gecommitteerd", "gerealiseerd"):
        assert frame.at["totaal", kind] == bookings.loc[bookings["soort"] == kind, "bedrag"].sum()
        parts = frame.drop(index=["totaal", "regio"])[kind].sum()
        assert parts == frame.at["totaal", kind]
    for kind in ("toegezegd", "ontvangen"):
        right = given[given["soort"] == kind].groupby("partij")["bedrag"].sum()
        assert {party: int(frame.at[party, kind]) for party in right.index} == right.to_dict()
    if POOLED in frame.index:  # who paid for what is withheld: no balance of a party can be right
        assert frame.drop(index="totaal")[["vrij", "saldo"]].isna().all(axis=None)
        return
    right = bookings.pivot_table(index="financier", columns="soort", values="bedrag", aggfunc="sum").fillna(0)
    for party in right.index:
        assert frame.at[party, "vrij"] == frame.at[party, "toegezegd"] - right.at[party, "gecommitteerd"]
        spent = right.at[party, "gerealiseerd"] if "gerealiseerd" in right else 0
        assert frame.at[party, "saldo"] == frame.at[party, "ontvangen"] - spent


@every
def test_what_is_not_for_projects_and_what_is_left(day: str) -> None:
    bookings, projects = _csv("financien", "datum", day), _csv("projecten", "start", day)
    states = _csv("voortgang", "peildatum", day).sort_values("peildatum").drop_duplicates("project_id", keep="last")
    stopped = set(states.loc[states["fase"] == "gestopt", "project_id"])
    committed = bookings[bookings["soort"] == "gecommitteerd"].groupby("project_id")["bedrag"].sum()
    budget = _csv("begroting", "geldig_vanaf", day).sort_values("geldig_vanaf").groupby("pijler")["bedrag"].last()
    frame = vg.room(_load(day))
    for pillar, own in projects.groupby("pijler"):
        given = sum(
            committed.get(row.project_id, 0) if row.project_id in stopped else row.begroot for row in own.itertuples()
        )
        assert frame.at[pillar, "toegewezen"] == given
        assert frame.at[pillar, "niet_toegewezen"] == budget[pillar] - given
    spent = bookings.loc[bookings["soort"] == "gerealiseerd", "bedrag"].sum()
    assert frame.at["totaal", "over"] == budget.sum() - spent


@every
def test_a_stopped_project_lets_go_of_what_it_does_not_spend(day: str) -> None:
    states = _csv("voortgang", "peildatum", day)
    stopped = states[states["fase"] == "gestopt"].groupby("project_id")["peildatum"].min()
    frame = vg.released(_load(day))
    assert {number: f"{when:%Y-%m-%d}" for number, when in frame["gestopt_op"].items()} == stopped.to_dict()
    bookings = _csv("financien", "datum", day)
    for number, row in frame.iterrows():
        mine = bookings[bookings["project_id"] == number].groupby("soort")["bedrag"].sum()
        assert row["nog_vast"] == mine["gecommitteerd"] - mine["gerealiseerd"]
    if day == "2023-12-31":
        assert (frame["nog_vast"] == 0).all() and (frame["vrijgevallen"] > 0).all()


@every
@both
def test_the_money_goes_on_at_a_pace_that_was_seen(day: str, edition: str) -> None:
    report = _load(day, edition)
    frame = vg.money_outlook(report)
    if day in {DAYS[0], DAYS[-1]}:
        assert frame.empty
        return
    bookings = _csv("financien", "datum", day)
    bookings = bookings[bookings["soort"] == "gerealiseerd"]
    spent = bookings.groupby("pijler")["bedrag"].sum()
    recent = bookings[bookings["datum"].str[:4] == day[:4]].groupby("pijler")["bedrag"].sum()
    budget = _csv("begroting", "geldig_vanaf", day).sort_values("geldig_vanaf").groupby("pijler")["bedrag"].last()
    passed = next(each.value for each in vg.publish_deal(report).outputs if each.id == "deal.looptijd")
    remain, gone = (date(2023, 12, 31) - date.fromisoformat(day)).days, pd.Timestamp(day).day_of_year
    lines = frame.drop(index="totaal")
    for line, row in lines.iterrows():
        ends = sorted((spent[line] / passed, spent[line] + recent[line] * remain / gone))
        low, high = (min(max(end, spent[line]), max(budget[line], spent[line])) for end in ends)
        assert row["verwacht_laag"] == pytest.approx(low, abs=500) and row["verwacht_hoog"] == pytest.approx(
            high, abs=500
        )
    # A sum is not forecast apart from its parts, and what is spent and what is left are the budget.
    assert frame.loc["totaal", "verwacht_hoog"] == lines["verwacht_hoog"].sum()
    assert (frame["verwacht_laag"] + frame["over_hoog"] == frame["begroot"]).all()
    assert {each.forecast for each in facts_in(frame, ["verwacht_laag", "over_hoog"])} == {True}


@every
def test_what_follows_for_the_budget_is_said(day: str) -> None:
    report = _load(day)
    (said,) = [each for each in vg.underspending(report).outputs if each.kind == "text"]
    text = unquoted(" ".join(said.paragraphs))
    if day == DAYS[-1]:
        left = vg.room(report).at["totaal", "over"]
        assert f"{left:,}".replace(",", ".") in text and "niet gerealiseerd" in text
    elif day != DAYS[0]:
        frame = vg.money_outlook(report)
        assert f"{frame.at['totaal', 'over_hoog']:,}".replace(",", ".") in text


def test_rounded_promises_are_explained_with_their_source() -> None:
    note = unquoted(*vg.rounding(_load("2021-12-31")).outputs[0].paragraphs)
    assert (
        "€\xa020.000.001" in note
        and "€\xa020.000.000 (art. 5 lid 2b)" in note
        and "rtvdrenthe.nl/nieuws/146680" in note
    )


def test_a_group_of_one_party_is_not_said_twice() -> None:
    assert list(vg.contributions(_load("2021-12-31"))["partij"]).count("Rijk samen") == 0
    assert "Regio samen" in set(vg.contributions(_load("2021-12-31"))["partij"])
    published = {each.id: each.value for each in vg.publish_deal(_load("2021-12-31")).outputs}
    assert published["rijk.ontvangen"] == 20_000_000  # the text still quotes it


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(("gecommitteerd", "gerealiseerd")), st.integers())),
    st.permutations("abcd"),
)
def test_amounts_are_added_up_as_pandas_does(rows: list[tuple[str, str, int]], lines: list[str]) -> None:
    rows = [(key, kind, amount % 10**9) for key, kind, amount in rows]
    frame = pd.DataFrame(rows, columns=["sleutel", "soort", "bedrag"]).astype({"bedrag": "Int64"})
    kinds = ["gecommitteerd", "gerealiseerd"]
    right = frame.groupby(["sleutel", "soort"])["bedrag"].sum().to_dict()
    found = added_up(frame, frame["sleutel"], lines, kinds)
    assert list(found.index) == lines and list(found.columns) == kinds
    assert all(found.at[key, kind] == right.get((key, kind), 0) for key in lines for kind in kinds)
    assert set(map(str, found.dtypes)) == {"int64"}
