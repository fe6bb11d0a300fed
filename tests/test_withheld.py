"""From all that the public edition publishes, of every year together, no amount of a hidden project can be computed."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from conftest import REPOSITORY
from hypothesis import given, settings
from hypothesis import strategies as st

from voortgang.check.checked import check
from voortgang.check.reads import Rows, View
from voortgang.check.references import Data
from voortgang.check.withheld import companions, hidden_projects, require_company
from voortgang.errors import LeakError
from voortgang.workspace.paths import Workspace

YEARS = (2019, 2020, 2021)
KINDS = ("gecommitteerd", "gerealiseerd")
PILLARS = ("werken", "wonen")
Cell = tuple[str, str, int]
"""A project, a kind and a year."""


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
    cells = bookings.groupby(["project_id", "soort", bookings["datum"].dt.year])["bedrag"].sum()
    return {cell: int(amount) for cell, amount in cells.items()}


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
                of_year = pooled[(pooled["soort"] == kind) & (pooled["datum"].dt.year == year)]
                for pillar in PILLARS:
                    own = of_year.loc[of_year["pijler"] == pillar, "bedrag"]
                    cells = frozenset((each, kind, year) for each in sorted(together) if pillar_of[each] == pillar)
                    assert own.sum() == sum(known.get(cell, 0) for cell in cells) and len(own) <= 1
                    sets.append(cells)
                sets += [frozenset({(each, kind, year)}) for each in numbers if each not in together]
    return sets


def _follows(asked: set[Cell], sets: list[frozenset[Cell]], unknown: list[Cell]) -> bool:
    """Return whether the sum of some cells follows from the sums of sets of cells."""
    place = {cell: number for number, cell in enumerate(unknown)}
    rows = [[float(cell in one) for cell in place] for one in {one & set(unknown) for one in sets} if one]
    vector = [float(cell in asked) for cell in place]
    if not any(vector):
        return False
    matrix = np.array([*rows, [0.0] * len(place)])
    return int(np.linalg.matrix_rank(np.vstack([matrix, vector]))) == int(np.linalg.matrix_rank(matrix))


@settings(max_examples=60, deadline=None)
@given(deal=deals)
def test_no_hidden_amount_follows_from_what_is_published(data: Data, deal: Deal) -> None:
    made = _data(data, deal)
    views = [View(year, date(year, 12, 31), "openbaar") for year in YEARS]
    try:
        for view in views:
            require_company(made, view)
    except LeakError:
        return  # said instead of published
    sets = _published(made, views)
    known = _amounts(made)
    hidden = sorted(hidden_projects(made, views[0]))
    every = [(number, kind, year) for number in made.tables.projecten["project_id"] for kind in KINDS for year in YEARS]
    booked = {number for number, _, _ in known}
    for number in hidden:
        for kind in KINDS:
            alone = [{(number, kind, year)} for year in YEARS if known.get((number, kind, year), 0)]
            summed = [{(number, kind, year) for year in YEARS[:count]} for count in (2, 3)]
            for asked in (*alone, *summed):
                if any(cell in known for cell in asked):
                    unknown = [cell for cell in every if cell[0] not in hidden or cell[0] in booked]
                    assert not _follows(asked, sets, unknown), asked


@settings(max_examples=60, deadline=None)
@given(deal=deals)
def test_nor_for_who_knows_which_projects_had_no_amount(data: Data, deal: Deal) -> None:
    made = _data(data, deal)
    views = [View(year, date(year, 12, 31), "openbaar") for year in YEARS]
    sets, amounts = _published(made, views), {cell: value for cell, value in _amounts(made).items() if value}
    projects = made.tables.projecten.set_index("project_id")
    for number, kind, year in amounts:
        if not projects.at[number, "vertrouwelijk"]:
            continue
        company = [
            other
            for other, other_kind, other_year in amounts
            if (other_kind, other_year) == (kind, year)
            and projects.at[other, "pijler"] == projects.at[number, "pijler"]
            and not projects.at[other, "vertrouwelijk"]
            and projects.at[other, "start"].year <= year
        ]
        if company:
            assert not _follows({(number, kind, year)}, sets, list(amounts)), (number, kind, year)


def test_bookings_that_are_withheld_do_not_say_whose_they_are(data: Data) -> None:
    view = View(2021, date(2021, 12, 31), "openbaar")
    shown = Rows("financien", "wonen").select(data, view)
    own = data.tables.financien[data.tables.financien["project_id"] == "W008"]
    assert not shown["financier"].eq("coevorden").any()  # pays for no other project of Wonen
    assert not shown["boeking_id"].isin(own["boeking_id"]).any()
    assert not set(shown.index) & set(own.index)


def test_the_only_project_of_a_pillar_cannot_be_hidden(data: Data) -> None:
    day = date(2019, 3, 15)
    made = _data(data, [("werken", day, False, []), ("wonen", day, True, [(day, "lnv", KINDS[0], 5)])])
    with pytest.raises(LeakError, match="the only project of Wonen"):
        require_company(made, View(2019, date(2019, 12, 31), "openbaar"))
    require_company(made, View(2019, date(2019, 12, 31), "overleg"))
