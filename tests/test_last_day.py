"""A deal that ends within a year: what was measured by its last day is all that there will be."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from conftest import REPOSITORY
from rows import with_rows
from test_odd_deals import _of

import voortgang.notebook as vg

ROWS = [
    f"indicator_id=werken-3-bedrijven verslagjaar={day[:4]} gemeente={place} waarde={value} peildatum={day} "
    "status=definitief"
    for day, value, places in (
        ("2022-12-31", 40, ("aa-en-hunze", "borger-odoorn", "coevorden", "emmen", "hardenberg", "hoogeveen")),
        ("2023-06-30", 70, ("aa-en-hunze", "borger-odoorn", "coevorden", "hardenberg", "hoogeveen")),
    )
    for place in places
]


@pytest.mark.parametrize(
    ("day", "end", "shown", "verdict"),
    [
        ("2023-06-29", "2023-06-30", "240", "niet behaald"),
        ("2023-06-30", "2023-07-01", "240", "niet behaald"),  # halfway: Emmen may still deliver
        ("2023-06-30", "2023-06-30", "350, zonder Emmen", "behaald"),
        ("2023-12-31", "2023-12-31", "350, zonder Emmen", "behaald"),
    ],
)
def test_figures_of_the_last_day_count_also_when_one_is_missing(day: str, end: str, shown: str, verdict: str) -> None:
    """The last report of such a deal showed the year before, as if more were to come."""
    real = vg.load(2023, "2023-12-31", "overleg", REPOSITORY)
    report = _of(real, day, end=end)
    report = replace(report, _data=with_rows(real._data, date.fromisoformat(day), metingen=ROWS))
    row = vg.achievement(report, "werken").loc["werken-3-bedrijven"]
    assert (row["waarde_tekst"], row["oordeel"]) == (shown, verdict)
