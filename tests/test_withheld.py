"""From all that the public edition publishes, of every year together, no amount of a hidden project can be computed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from conftest import REPOSITORY
from hypothesis import given, settings
from hypothesis import strategies as st

from voortgang.check import for_readers
from voortgang.check.checked import check
from voortgang.check.data import Data, View
from voortgang.check.notebook_reads import CORRECTIONS, DAY_OF, NOT_SHOWN, Rows
from voortgang.check.withheld import alone_in_a_time, companions, hidden_projects, require_company
from voortgang.errors import LeakError
from voortgang.workspace.paths import Workspace

YEARS = (2019, 2020, 2021)
ENDS = tuple(date(year, *day) for year in YEARS for day in ((6, 30), (12, 31)))
"""The days up to which there is a report: each half-year, and each year."""
KINDS = ("gecommitteerd", "gerealiseerd")
PILLARS = ("werken", "wonen")
Cell = tuple[str, str, date]
"""A project, a kind and the end of a half-year."""


@pytest.fixture(scope="module")
def data() -> Data:
    return check(Workspace(REPOSITORY)).require_sound()


Deal = list[tuple[str, date, bool, list[tuple[date, str, str, int]]]]
"""Of each project: its pillar, its start, whether it is hidden, and its bookings: day, financier, kind, amount."""

_days = st.builds(date, st.sampled_from(YEARS), st.integers(1, 12), st.just(15))
_booking = st.tuples(_days, st.sampled_from(("lnv", "emmen", "coevorden")), st.sampled_from(KINDS), st.integers(-3, 9))
deals = st.lists(
    st.tuples(st.sampled_from(PILLARS), _days, st.booleans(), st.lists(_booking, max_size=6)), min_size=1, max_size=7
)


def _data(data: Data, deal: Deal) -> Data:
    projects, bookings = [], []
    for number, (pillar, start, hidden, booked) in enumerate(deal):
        name = f"P{number:03d}"
        projects.append({"project_id": name, "pijler": pillar, "start": start, "vertrouwelijk": hidden})
        bookings += [
            {"datum": day, "project_id": name, "pijler": pillar, "financier": payer, "soort": kind, "bedrag": amount}
            for day, payer, kind, amount in booked
        ]
    tables = dict(iter(data.tables))
    for table, rows in (("projecten", projects), ("financien", bookings)):
        like = tables[table]
        tables[table] = pd.DataFrame(rows, columns=like.columns, index=pd.RangeIndex(2, len(rows) + 2, name="rij"))
        tables[table] = tables[table].astype(like.dtypes.to_dict())
    return Data(data.workspace, data.deal, type(data.tables)(**tables))


def _amounts(made: Data) -> dict[Cell, int]:
    bookings = made.tables.financien
    ends = bookings["datum"].dt.date.map(lambda day: next(end for end in ENDS if day <= end))
    cells = bookings.groupby(["project_id", "soort", ends])["bedrag"].sum()
    return {cell: int(amount) for cell, amount in cells.items()}


def _views() -> list[View]:
    return [View(day.year, day, "openbaar") for day in ENDS]


def _halves(year: int, view: View) -> list[date]:
    return [end for end in ENDS if end.year == year and end <= view.reference_date]


def _published(made: Data, views: list[View]) -> list[frozenset[Cell]]:
    """Return the sets of cells of which the public edition shows the sum; check that it shows the right sums."""
    known, sets = _amounts(made), []
    numbers = list(made.tables.projecten["project_id"])
    pillar_of = made.tables.projecten.set_index("project_id")["pijler"]
    for view in views:
        shown = Rows("financien").select(made, view)
        together = hidden_projects(made, view) | companions(made, view)
        assert not shown["project_id"].isin(together).any()
        pooled = shown[shown["project_id"].isna()]
        assert pooled["financier"].isna().all() and pooled["opmerking"].isna().all()
        assert not set(pooled["boeking_id"]) & set(made.tables.financien["boeking_id"].dropna())
        for kind in KINDS:
            for year in range(YEARS[0], view.year + 1):
                halves = _halves(year, view)
                of_year = pooled[(pooled["soort"] == kind) & (pooled["datum"].dt.year == year)]
                for pillar in PILLARS:
                    own = of_year.loc[of_year["pijler"] == pillar, "bedrag"]
                    mine = sorted(each for each in together if pillar_of[each] == pillar)
                    cells = frozenset((each, kind, half) for each in mine for half in halves)
                    assert own.sum() == sum(known.get(cell, 0) for cell in cells) and len(own) <= 1
                    sets.append(cells)
                # Bookings of the others are shown one by one, with their day.
                sets += [frozenset({(each, kind, half)}) for each in numbers if each not in together for half in halves]
    return sets


class _Known:
    """What follows by adding and subtracting from the sums of sets of cells."""

    def __init__(self, sets: list[frozenset[Cell]], unknown: list[Cell]) -> None:
        self._place = {cell: number for number, cell in enumerate(unknown)}
        distinct = sorted({one & set(unknown) for one in sets} - {frozenset()}, key=sorted)
        rows = [self._vector(one) for one in distinct] or [np.zeros(len(unknown))]
        _, sizes, basis = np.linalg.svd(np.array(rows), full_matrices=False)
        self._basis = basis[sizes > 1e-9]

    def _vector(self, cells: Iterable[Cell]) -> np.ndarray:
        vector = np.zeros(len(self._place))
        vector[[self._place[cell] for cell in cells if cell in self._place]] = 1.0
        return vector

    def gives(self, asked: set[Cell]) -> bool:
        """Return whether the sum of some cells follows."""
        vector = self._vector(asked)
        rest = vector - self._basis.T @ (self._basis @ vector)
        return bool(vector.any()) and float(np.abs(rest).max()) < 1e-6


def _is_published(made: Data, view: View) -> bool:
    try:
        require_company(made, view)
    except LeakError:
        return False  # said instead of published
    return True


@settings(max_examples=10, deadline=None)
@given(deal=deals)
def test_no_hidden_amount_follows_from_what_is_published(data: Data, deal: Deal) -> None:
    made = _data(data, deal)
    views = [view for view in _views() if _is_published(made, view)]
    if not views:
        return
    amounts = _amounts(made)
    hidden = sorted(hidden_projects(made, views[0]))
    every = [(number, kind, end) for number in made.tables.projecten["project_id"] for kind in KINDS for end in ENDS]
    booked = {number for number, _, _ in amounts}
    unknown = [cell for cell in every if cell[0] not in hidden or cell[0] in booked]
    known = _Known(_published(made, views), unknown)
    for number in hidden:
        for kind in KINDS:
            of = [(number, kind, end) for end in ENDS]
            one_half = [{cell} for cell in of if amounts.get(cell, 0)]
            one_year = [{first, second} for first, second in zip(of[::2], of[1::2], strict=True)]
            since_start = [set(of[:count]) for count in range(2, len(ENDS) + 1)]
            for asked in (*one_half, *one_year, *since_start):
                if any(cell in amounts for cell in asked):
                    assert not known.gives(asked), asked


@settings(max_examples=10, deadline=None)
@given(deal=deals)
def test_nor_for_who_knows_which_projects_had_no_amount(data: Data, deal: Deal) -> None:
    made = _data(data, deal)
    views = [view for view in _views() if _is_published(made, view)]
    amounts = {cell: value for cell, value in _amounts(made).items() if value}
    known, bookings = _Known(_published(made, views), list(amounts)), made.tables.financien
    projects = made.tables.projecten.set_index("project_id")
    for number, kind, end in amounts:
        if not projects.at[number, "vertrouwelijk"]:
            continue
        begun = set(bookings.loc[bookings["datum"].dt.date <= end, "project_id"])
        company = [
            other
            for other, other_kind, other_end in amounts
            if (other_kind, other_end) == (kind, end)
            and projects.at[other, "pijler"] == projects.at[number, "pijler"]
            and not projects.at[other, "vertrouwelijk"]
            and other in begun
        ]
        if company:
            assert not known.gives({(number, kind, end)}), (number, kind, end)


@settings(max_examples=10, deadline=None)
@given(deal=deals)
def test_what_a_report_withholds_no_later_one_shows(data: Data, deal: Deal) -> None:
    made = _data(data, deal)
    withheld = [companions(made, view) for view in _views()]
    assert all(before <= after for before, after in pairwise(withheld))


def test_bookings_that_are_withheld_do_not_say_whose_they_are(data: Data) -> None:
    view = View(2021, date(2021, 12, 31), "openbaar")
    shown = Rows("financien", "wonen").select(data, view)
    own = data.tables.financien[data.tables.financien["project_id"] == "W008"]
    assert not shown["financier"].eq("coevorden").any()  # pays for no other project of Wonen
    assert not shown["boeking_id"].isin(own["boeking_id"]).any()
    assert not set(shown.index) & set(own.index)


def _otherwise(data: Data) -> Data:
    """Return the data as they would be if the hidden project had other amounts, payers, days, budget and lights.

    What it has less, the project that hides it has more, in each half-year and of each kind: then no total changes.
    """
    projects, bookings, states = (getattr(data.tables, name).copy() for name in ("projecten", "financien", "voortgang"))
    hidden, company = "W008", "W001"
    mine = bookings.index[bookings["project_id"] == hidden]
    ends = bookings["datum"].dt.date.map(lambda day: date(day.year, 6 if day.month < 7 else 12, 30))
    for row in mine:
        same = (bookings["soort"] == bookings.at[row, "soort"]) & (ends == ends[row])
        other = bookings.index[same & (bookings["project_id"] == company)]
        if len(other):
            bookings.loc[row, "bedrag"] += 4321
            bookings.loc[other[0], "bedrag"] -= 4321
    bookings.loc[mine, "financier"] = "hardenberg"
    bookings.loc[mine, "opmerking"] = "iets anders"
    projects.loc[projects["project_id"] == hidden, ["naam", "begroot", "thema"]] = [
        "Iets anders",
        12_345,
        "lange-termijn",
    ]
    states.loc[states["project_id"] == hidden, ["fase", "inhoud", "toelichting"]] = ["gestopt", "rood", "iets anders"]
    tables = dict(iter(data.tables)) | {"projecten": projects, "financien": bookings, "voortgang": states}
    return replace(data, tables=type(data.tables)(**tables))


@pytest.mark.sampled(2)
@pytest.mark.parametrize("day", ["2021-06-30", "2021-12-31", "2022-06-30", "2022-12-31", "2023-12-31"])
def test_two_deals_that_differ_in_the_hidden_project_alone_publish_the_same(data: Data, day: str) -> None:
    """Everything that an edition publishes is made from these rows and findings, so nothing tells the two apart."""
    view, other = View(int(day[:4]), date.fromisoformat(day), "openbaar"), _otherwise(data)
    assert not other.tables.financien.equals(data.tables.financien)
    for table in (*DAY_OF, NOT_SHOWN, CORRECTIONS):
        assert Rows(table).digest(data, view) == Rows(table).digest(other, view), table
    assert for_readers.remarks(data, view) == for_readers.remarks(other, view)
    inside = View(view.year, view.reference_date, "overleg")
    assert Rows("financien").digest(data, inside) != Rows("financien").digest(other, inside)


def test_the_only_project_of_a_pillar_cannot_be_hidden(data: Data) -> None:
    day = date(2019, 3, 15)
    made = _data(data, [("werken", day, False, []), ("wonen", day, True, [(day, "lnv", KINDS[0], 5)])])
    with pytest.raises(LeakError, match="the only project of Wonen"):
        require_company(made, View(2019, date(2019, 12, 31), "openbaar"))
    require_company(made, View(2019, date(2019, 12, 31), "overleg"))


def _booked(*days: tuple[int, int, int]) -> list[tuple[date, str, str, int]]:
    return [(date(*day), "lnv", KINDS[0], 5) for day in days]


@pytest.mark.parametrize(
    ("amounts", "together"),
    [
        # The first project of the pillar, P003, is company enough, whoever booked before the hidden P000.
        ({1: [(2, 5)], 3: [(2, 5)]}, {"P003"}),
        ({1: [(4, 5)], 3: [(5, 5)]}, {"P001", "P003"}),  # in April, when it has nothing yet, another is
        ({1: [(2, 5)], 2: [(2, 5)], 3: [(5, 5)]}, {"P001", "P003"}),
        # What was taken back is no company: the sum of the pillar would be the amount of the hidden project.
        ({1: [(1, 5), (2, -5)], 2: [(2, 5)], 3: [(5, 5)]}, {"P002", "P003"}),
    ],
)
def test_a_hidden_project_has_company_on_each_day(
    amounts: dict[int, list[tuple[int, int]]], together: set[str], data: Data
) -> None:
    booked = {
        each: [(date(2020, month, 1), "lnv", KINDS[0], amount) for month, amount in amounts.get(each, [])]
        for each in range(4)
    }
    booked[0] = [(date(2020, 3, 1), "lnv", KINDS[0], 7)]
    starts = (2019, 2019, 2019, 2018)
    made = _data(data, [("werken", date(starts[each], 1, 1), each == 0, booked[each]) for each in range(4)])
    assert companions(made, View(2020, date(2020, 12, 31), "openbaar")) == together


@pytest.mark.parametrize(
    ("hidden", "shown", "told"),
    [
        (_booked((2020, 3, 1)), _booked((2020, 9, 1)), ["2020-06-30"]),
        (_booked((2020, 6, 30), (2020, 7, 1)), _booked((2020, 7, 2)), ["2020-06-30"]),
        (_booked((2020, 12, 31)), _booked((2020, 6, 30)), ["2020-12-31"]),
        (_booked((2020, 3, 1)), _booked((2020, 5, 1)), []),
        (_booked((2020, 3, 1), (2020, 10, 1)), _booked((2021, 5, 1)), ["2020"]),
        (_booked((2019, 3, 1), (2021, 3, 1)), _booked((2020, 5, 1), (2021, 2, 1)), ["2019"]),
        ([], _booked((2020, 3, 1)), []),
        ([], [], []),
    ],
)
def test_the_bureau_is_told_of_a_time_in_which_a_confidential_project_books_alone(
    hidden: list[tuple[date, str, str, int]],
    shown: list[tuple[date, str, str, int]],
    told: list[str],
    data: Data,
) -> None:
    start = date(2019, 1, 1)
    made = _data(data, [("werken", start, True, hidden), ("werken", start, False, shown), ("wonen", start, False, [])])
    found = list(alone_in_a_time(made))
    assert [dict(each.details)["time"] for each in found] == told
    assert {each.value for each in found} <= {"P000"}
    public = View(2021, date(2021, 12, 31), "openbaar")
    assert "hidden_alone" not in {each.rule for each in for_readers.findings(made, public)}
