"""Rows that a notebook asks for narrowly are all of theirs, and what it computes changes only when they do."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date

import pandas as pd
import pytest
from conftest import REPOSITORY

import voortgang.notebook as vg
from voortgang.check.checked import check
from voortgang.check.data import Data, View
from voortgang.check.notebook_reads import Rows
from voortgang.notebook.report import EDITIONS
from voortgang.workspace.paths import Workspace

VIEWS = [View(2023, date(2023, 12, 31), edition) for edition in EDITIONS]
TABLES = ("projecten", "voortgang", "financien", "metingen", "bijdragen")


@pytest.fixture(scope="module")
def data() -> Data:
    return check(Workspace(REPOSITORY)).require_sound()


def _municipal(municipality: str) -> dict[str, Callable[[vg.Report], pd.DataFrame]]:
    return {
        "projects": lambda report: vg.municipality_projects(report, municipality),
        "results": lambda report: vg.municipality_results(report, municipality),
    }


def _questions(data: Data) -> dict[str, Callable[[vg.Report], pd.DataFrame]]:
    asked: dict[str, Callable[[vg.Report], pd.DataFrame]] = {
        f"{name} {party.id}": ask for party in data.deal.municipalities for name, ask in _municipal(party.id).items()
    }
    asked["achievement"] = lambda report: vg.achievement(report, "werken")
    asked["parts"] = lambda report: vg.parts(report, "wonen-2-woningen")
    asked["projects"] = lambda report: vg.projects(report, "wonen")
    return asked


def _edited(data: Data, chance: random.Random) -> Data:
    """Return the data with one cell as it is in another row of its column, or without a row."""
    tables = dict(data.tables)
    name = chance.choice(TABLES)
    frame = tables[name].copy()
    at, column = chance.randrange(len(frame)), chance.randrange(frame.shape[1])
    if frame.columns[column] in {"project_id", "indicator_id", "boeking_id"} or not chance.randrange(4):
        frame = frame.drop(frame.index[at])
    else:
        frame.isetitem(
            column, frame.iloc[:, column].where(frame.index != frame.index[at], _other(frame, column, chance))
        )
    return Data(data.workspace, data.deal, type(data.tables)(**(tables | {name: frame})))


def _other(frame: pd.DataFrame, column: int, chance: random.Random) -> pd.Series:
    """Return a column of one value, which another row has: a tuple is no list of values."""
    value = frame.iloc[chance.randrange(len(frame)), column]
    return pd.Series([value] * len(frame), index=frame.index, dtype=frame.dtypes.iloc[column])


@pytest.mark.parametrize("edits", [20, pytest.param(2000, marks=pytest.mark.long)])
@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.edition)
def test_an_answer_changes_only_when_rows_that_were_asked_for_do(data: Data, view: View, edits: int) -> None:
    chance = random.Random(edits)
    questions = _questions(data)
    known: dict[str, tuple[dict[Rows, str], str]] = {}
    unread = 0
    for _ in range(edits):
        edited, name = data, chance.choice(sorted(questions))
        for _ in range(chance.choice([1, 4])):
            edited = _edited(edited, chance)
        if name not in known:
            report = vg.Report(data.deal, view, data)
            answer = questions[name](report).to_csv()
            known[name] = ({rows: rows.digest(data, view) for rows in report._selected}, answer)
        read, answer = known[name]
        if {rows: rows.digest(edited, view) for rows in read} == read:
            unread += 1
            assert questions[name](vg.Report(data.deal, view, edited)).to_csv() == answer, name
    assert 0 < unread < edits


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.edition)
def test_narrow_rows_are_all_of_theirs(data: Data, view: View) -> None:
    projects = Rows("projecten").select(data, view)
    for party in data.deal.municipalities:
        numbers = {each.project_id for each in projects.itertuples() if party.id in {*each.gemeenten, each.penvoerder}}
        for table in ("projecten", "voortgang", "financien"):
            whole, narrow = Rows(table).select(data, view), Rows(table, municipality=party.id).select(data, view)
            pd.testing.assert_frame_equal(narrow, whole[whole["project_id"].isin(numbers)])
    whole = Rows("metingen").select(data, view)
    for indicator in data.deal.indicators:
        narrow = Rows("metingen", indicator=indicator.id).select(data, view)
        pd.testing.assert_frame_equal(narrow, whole[whole["indicator_id"] == indicator.id])


def test_what_cannot_be_narrowed_is_refused(data: Data) -> None:
    for rows in (Rows("financien", indicator="x"), Rows("bijdragen", municipality="emmen")):
        with pytest.raises(ValueError, match=f"the rows of {rows.table} "):
            rows.select(data, VIEWS[0])


def test_each_selection_has_a_name_of_its_own() -> None:
    chosen = [
        Rows("t"),
        Rows("t", "a"),
        Rows("t", indicator="a"),
        Rows("t", municipality="a"),
        Rows("t", "a", "a", "a"),
    ]
    assert len({str(each) for each in chosen}) == len(chosen)


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        (Rows("weer"), "there is no table 'weer'"),
        (Rows("overleggen", pillar="werken"), "do not belong to a pillar"),
        (Rows("financien", indicator="wonen-2-woningen"), "do not belong to an indicator"),
        (Rows("metingen", municipality="emmen"), "not chosen by municipality"),
    ],
    ids=str,
)
def test_rows_that_belong_to_nothing_are_refused(data: Data, asked: Rows, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        asked.select(data, VIEWS[0])


@pytest.mark.parametrize("table", ["projecten", "voortgang", "metingen", "financien", "mijlpalen"])
@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.edition)
def test_the_rows_of_the_pillars_are_those_of_the_table(data: Data, table: str, view: View) -> None:
    every = Rows(table).select(data, view)
    apart = [Rows(table, pillar=each).select(data, view) for each in (*(p.id for p in data.deal.pillars), "overhead")]
    assert len(every)
    assert sorted(row for each in apart for row in each.index) == sorted(every.index)


@pytest.mark.parametrize("table", TABLES)
def test_who_writes_to_rows_changes_them_for_nobody_else(data: Data, table: str) -> None:
    first = Rows(table).select(data, VIEWS[0])
    before, column = first.copy(), first.columns[0]
    first[column] = "anders"
    first.insert(0, "erbij", 1)
    first.iloc[0, 1] = first.iloc[1, 1]
    pd.testing.assert_frame_equal(Rows(table).select(data, VIEWS[0]), before)
