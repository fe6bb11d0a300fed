"""What the covenant asks in each municipality is said once: in a sentence that names who lacks it, and in a chart."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from conftest import REPOSITORY

from voortgang import notebook as vg
from voortgang.notebook import indicator_parts
from voortgang.writing.publishable import Fact, Text, unquoted

_OPENING = "Het convenant noemt een minimum per gemeente"


def _said(day: str, pillar: str) -> tuple[str, ...]:
    report = vg.load(int(day[:4]), day, "overleg", REPOSITORY)
    (text,) = (each for each in vg.below_minimum(report, pillar).outputs if isinstance(each, Text))
    return tuple(map(unquoted, text.paragraphs))


@pytest.mark.parametrize(
    ("day", "pillar", "said"),
    [
        (
            *("2019-12-31", "wonen"),
            f"{_OPENING}. Bij gestarte wijk- en dorpsaanpakken (minimum 1) haalt nog geen enkele gemeente het.",
        ),
        (
            *("2021-12-31", "wonen"),
            f"{_OPENING}. Bij gestarte wijk- en dorpsaanpakken (minimum 1) halen Coevorden (0) en Hardenberg (0) het "
            "nog niet.",
        ),
        (
            *("2021-12-31", "werken"),
            f"{_OPENING}. Bij innovatieomgevingen (minimum 1) haalt Borger-Odoorn (0) het nog niet.",
        ),
        ("2023-12-31", "wonen", f"{_OPENING}; elke gemeente haalt het."),
    ],
)
def test_who_lacks_a_minimum_is_named(day: str, pillar: str, said: str) -> None:
    assert _said(day, pillar) == (said,)


def test_of_nearly_all_those_are_named_that_have_it() -> None:
    assert "haalt alleen Emmen (1) het." in _said("2019-12-31", "werken")[0]


def test_nothing_is_said_where_nothing_is_asked() -> None:
    assert _said("2021-12-31", "welzijn") == ()


def test_a_municipality_without_a_figure_is_no_municipality_with_none(monkeypatch: pytest.MonkeyPatch) -> None:
    report = vg.load(2021, "2021-12-31", "overleg", REPOSITORY)
    whole = indicator_parts.parts(report, "wonen-1-aanpakken")
    holed = whole.assign(waarde=whole["waarde"].mask(whole["deel"] == "Emmen"))
    holed["gehaald"] = whole["gehaald"].mask(whole["deel"] == "Emmen", "–")
    holed.attrs = whole.attrs
    monkeypatch.setattr(indicator_parts, "parts", lambda *_: pd.DataFrame(holed))
    shown = vg.below_minimum(report, "wonen")
    text = next(each for each in shown.outputs if isinstance(each, Text))
    words = unquoted(text.paragraphs[0])
    assert "halen Coevorden (0) en Hardenberg (0) het nog niet." in words
    assert words.endswith("Bij gestarte wijk- en dorpsaanpakken is er geen cijfer van Emmen.")
    assert {each.text for each in shown.outputs if isinstance(each, Fact)} == {"0", "1"}


@pytest.mark.parametrize("year", [2021, 2023])
def test_the_report_shows_results_per_municipality_once(reports: Path, year: int) -> None:
    page = (reports / str(year) / f"voortgangsrapportage-{year}.html").read_text(encoding="utf-8")
    soup = BeautifulSoup(page, "lxml")
    chapter = soup.select_one("#sec-doelbereik")
    assert chapter is not None
    headings = [table.select_one("th").get_text(strip=True) for table in chapter.select("table")]  # type: ignore[union-attr]
    assert "Gemeente" not in headings
    assert chapter.select("#fig-wonen-gemeenten") and chapter.get_text().count(_OPENING) == 2


def test_where_nobody_has_a_figure_no_list_of_all_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    report = vg.load(2021, "2021-12-31", "overleg", REPOSITORY)
    whole = indicator_parts.parts(report, "wonen-1-aanpakken")
    empty = whole.assign(waarde=pd.NA, gehaald="–")
    empty.attrs = whole.attrs
    monkeypatch.setattr(indicator_parts, "parts", lambda *_: pd.DataFrame(empty))
    text = next(each for each in vg.below_minimum(report, "wonen").outputs if isinstance(each, Text))
    assert unquoted(text.paragraphs[0]).endswith("heeft geen enkele gemeente een cijfer.")
