"""Municipalities that merge, join and leave: where they lie, what they are called, and what is asked of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from conftest import REPOSITORY
from rows import with_rows

import voortgang.notebook as vg
from voortgang.assemble.deal_words import deal_words
from voortgang.check.data import View
from voortgang.intake import layout, template
from voortgang.notebook.councils import _elsewhere
from voortgang.notebook.programme import _places
from voortgang.workspace.deal_parts import Party
from voortgang.writing.publishable import unquoted

MERGED = date(2022, 1, 1)


@pytest.fixture(scope="module")
def real() -> vg.Report:
    return vg.load(2022, "2022-12-31", "overleg", REPOSITORY)


def _on(real: vg.Report, day: date) -> vg.Report:
    """Return a report on a day, of a deal in which Aa en Hunze and Borger-Odoorn become Hunzedal in 2022."""
    gone = ("aa-en-hunze", "borger-odoorn")
    parties = [each.model_copy(update={"left": MERGED} if each.id in gone else {}) for each in real.deal.parties]
    given = {"id": "hunzedal", "name": "Gemeente Hunzedal", "short": "Hunzedal", "group": "regio", "kind": "gemeente"}
    parties.append(Party.model_validate({**given, "tile": (1, 0), "joined": MERGED, "article": "12"}))
    meeting = real.deal.consultation
    meeting = meeting.model_copy(update={"members": (*meeting.members, "hunzedal")})
    deal = real.deal.model_copy(update={"parties": tuple(parties), "consultation": meeting})
    data = replace(real._data, deal=deal)
    return replace(real, deal=deal.as_of(day), view=View(day.year, day), _data=data, _selected={}, _computed={})


DAYS = {
    "before": (date(2021, 12, 31), {"aa-en-hunze", "borger-odoorn"}, {"hunzedal"}),
    "after": (date(2022, 12, 31), {"hunzedal"}, {"aa-en-hunze", "borger-odoorn"}),
}


@pytest.mark.parametrize(("day", "there", "not_there"), DAYS.values(), ids=DAYS)
def test_a_map_shows_who_takes_part(real: vg.Report, day: date, there: set[str], not_there: set[str]) -> None:
    """The square of the new municipality lay over that of one that it came from, name on name."""
    report = _on(real, day)
    places = vg.municipalities(report)
    assert set(places.index) >= there | not_there  # the table has who promised and paid
    shown = places[places["neemt_deel"]]
    assert set(shown.index) >= there and not set(shown.index) & not_there
    assert len({vg.tiles(report)[key] for key in shown.index}) == len(shown)


@pytest.mark.parametrize(("day", "there", "not_there"), DAYS.values(), ids=DAYS)
def test_only_who_takes_part_sits_in_the_meeting(
    real: vg.Report, day: date, there: set[str], not_there: set[str]
) -> None:
    deal = _on(real, day).deal
    words = deal_words(SimpleNamespace(deal=deal, year=day.year, parameters=SimpleNamespace(reference_date=day)))  # type: ignore[arg-type]
    names = {each.id: each.short for each in deal.parties}
    assert all(names[each] in words["deal.leden"] for each in there)
    assert not any(names[each] in words["deal.leden"] for each in not_there)


def _text(shown: Any) -> str:
    return unquoted(*next(each for each in shown.outputs if each.kind == "text").paragraphs)


@pytest.mark.parametrize(
    ("day", "place", "says"),
    [
        (date(2021, 12, 31), "hunzedal", "De gemeente is op de peildatum nog geen partij; van haar wordt"),
        (date(2022, 12, 31), "borger-odoorn", "De gemeente is op de peildatum geen partij meer; van haar wordt"),
        (date(2021, 12, 31), "borger-odoorn", "Voor 3 resultaten noemt het convenant een minimum in elke gemeente."),
    ],
)
def test_nothing_is_asked_of_who_takes_no_part(real: vg.Report, day: date, place: str, says: str) -> None:
    """A covenant that names a minimum in every municipality was said to name none."""
    assert _text(vg.municipality_gaps(_on(real, day), place)).startswith(says)


def test_who_came_and_who_left_is_said_at_once(real: vg.Report) -> None:
    told = vg.achievement(_on(real, date(2022, 12, 31)), "werken").at["werken-1-deelnemers", "oordeel_tekst"]
    before = "Aa en Hunze (tot 1 januari 2022) en Borger-Odoorn (tot 1 januari 2022)"
    assert f"in 2021 nog met {before}, en zonder Hunzedal" in told


NAMES = {key: key.upper() for key in "abcdef"}


@pytest.mark.parametrize(
    ("chosen", "present", "says"),
    [
        ("abcde", "abcde", "alle"),  # f joins later
        ("abcdef", "abcde", "alle"),
        ("abcd", "abcde", "alle behalve E"),
        ("abc", "abcdef", "A, B en C"),
        ("abc", "cde", "A, B en C"),  # of those that take part only one
        ("ab", "cdef", "A en B"),
        ("", "abcdef", ""),
    ],
)
def test_all_are_all_that_take_part(chosen: str, present: str, says: str) -> None:
    """Of a project in every municipality of then, the report said "alle behalve" who would join years later."""
    assert _places(chosen, NAMES, present) == says


@pytest.mark.parametrize(
    ("day", "place", "named", "elsewhere"),
    [
        (date(2021, 12, 31), "borger-odoorn", "borger-odoorn hunzedal", ""),
        (date(2022, 1, 1), "hunzedal", "borger-odoorn hunzedal", ""),
        (date(2022, 1, 1), "hunzedal", "aa-en-hunze borger-odoorn hunzedal", ""),
        (date(2021, 12, 31), "borger-odoorn", "aa-en-hunze borger-odoorn hunzedal", "aa-en-hunze"),
        (date(2022, 1, 1), "hunzedal", "borger-odoorn hunzedal emmen", "emmen"),
        # Who left is no other name of who was there before.
        (date(2022, 1, 1), "emmen", "borger-odoorn emmen", "borger-odoorn"),
        (date(2021, 12, 31), "emmen", "emmen hunzedal", "hunzedal"),
        (date(2022, 1, 1), "emmen", "emmen", ""),
    ],
)
def test_an_old_and_a_new_name_are_one_place(
    real: vg.Report, day: date, place: str, named: str, elsewhere: str
) -> None:
    """What was spent in a municipality alone was said to be spent "en elders" too, in what it had been before."""
    assert _elsewhere(_on(real, day), place, named.split()) == set(elsewhere.split())


@pytest.mark.parametrize(
    ("place", "year", "asked"),
    [("hunzedal", 2021, False), ("hunzedal", 2022, True), ("emmen", 2021, True), ("aa-en-hunze", 2022, False)],
)
def test_figures_are_asked_of_who_takes_part(real: vg.Report, place: str, year: int, asked: bool) -> None:
    """A workbook asked a municipality for figures of years before it was there, and after."""
    data = _on(real, date(year, 12, 31))._data
    (party,) = (each for each in data.deal.parties if each.id == place)
    (sheet,) = (each for each in layout.sheets() if each.table == "metingen")
    empty = with_rows(data, metingen=[])
    assert bool(template.rows(sheet, empty, party, year)) == asked
