"""Tables of money end with what their rows come to, and give away nothing that an edition hides."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from conftest import REPOSITORY

import voortgang.notebook as vg
from voortgang.writing.publishable import Table, unquoted

_COLUMNS = ["naam", "gemeenten", "begroot", "gerealiseerd"]


def _load(edition: str = "overleg", day: str = "2021-12-31") -> vg.Report:
    return vg.load(int(day[:4]), day, edition, workspace=REPOSITORY)


def _rows(shown: object) -> list[list[str]]:
    (table,) = (each for each in shown.outputs if isinstance(each, Table))
    return [[unquoted(cell).replace("\xa0", " ") for cell in row] for row in table.rows]


def _amount(text: str) -> int:
    return int(text.replace("€", "").replace(".", ""))


def test_the_projects_have_a_total() -> None:
    report = _load()
    shown = vg.table(vg.with_total(report, vg.projects(report)), _COLUMNS, "Alle", total=True)
    *rows, last = _rows(shown)
    assert last[:2] == ["Totaal", ""]
    assert [_amount(text) for text in last[2:]] == [sum(_amount(row[place]) for row in rows) for place in (2, 3)]
    facts = {each.id: each for each in shown.outputs if each.kind == "fact"}
    booked = pd.read_csv(REPOSITORY / "data" / "financien.csv")
    booked = booked[(booked["datum"] <= "2021-12-31") & (booked["soort"] == "gerealiseerd")]
    (source,) = facts["totaal.projecten_gerealiseerd"].sources
    behind = booked[booked["project_id"].isin(source.where["project_id"])]["bedrag"].sum()
    assert facts["totaal.projecten_gerealiseerd"].value == behind == _amount(last[3])


def test_the_public_total_is_that_of_what_is_shown() -> None:
    report = _load("openbaar")
    assert report.not_shown()
    *rows, last = _rows(vg.table(vg.with_total(report, vg.projects(report)), _COLUMNS, "Alle", total=True))
    assert last[0] == "Totaal van deze projecten"
    assert _amount(last[2]) == sum(_amount(row[2]) for row in rows)
    hidden = any(row[3] == "–" for row in rows)
    assert last[3] == "–" if hidden else _amount(last[3]) == sum(_amount(row[3]) for row in rows)


def test_a_selection_has_a_total_of_its_own_and_nothing_has_none() -> None:
    report = _load()
    frame = vg.projects(report, "wonen")
    some = vg.with_total(report, vg.about(frame.head(2), "wonen_twee"), "wonen")
    assert some.at["totaal", "begroot"] == frame["begroot"].head(2).sum()
    assert [each.id for each in vg.table(some, ["naam", "begroot"], "Twee", total=True).outputs if each.kind == "fact"][
        -1
    ] == "wonen_twee.projecten_begroot"
    assert vg.with_total(report, frame.head(0), "wonen").empty


@pytest.mark.parametrize("edition", ["overleg", "openbaar"])
def test_the_themes_of_a_pillar_come_to_what_it_spent(edition: str) -> None:
    report = _load(edition)
    for pillar in report.deal.pillars:
        themes, line = vg.money_by_theme(report, pillar.id), vg.money(report).loc[pillar.id]
        assert themes.at["totaal", "thema"] == "Totaal" and themes.index[-1] == "totaal"
        for kind in ("gecommitteerd", "gerealiseerd"):
            assert themes[kind].drop("totaal").sum() == themes.at["totaal", kind] == line[kind]


def test_a_sum_of_some_rows_stands_out() -> None:
    report = _load()
    shown = vg.table(vg.contributions(report), ["partij", "toegezegd"], "Wie", total=True, subtotals=["rijk", "regio"])
    (table,) = (each for each in shown.outputs if isinstance(each, Table))
    assert [unquoted(table.rows[place][0]) for place in table.subtotals] == ["Regio samen"]


def test_money_by_year_is_written_as_all_money() -> None:
    report = _load()
    years = [str(year) for year in report.years]
    for row in _rows(vg.table(vg.money_series(report), [*years, "gerealiseerd"], "Jaren", total=True)):
        assert all(text.startswith(("€ ", "− € ")) for text in row), row


@pytest.mark.parametrize(
    ("count", "words"),
    [(1, "A"), (3, "A, B en C"), (4, "alle behalve E en F"), (5, "alle behalve F"), (6, "alle"), (0, "")],
)
def test_municipalities_are_named_as_short_as_can_be(count: int, words: str) -> None:
    from voortgang.notebook.programme import _places

    names = dict(zip("abcdef", "ABCDEF", strict=True))
    assert _places("abcdef"[:count], names, names) == words
    two = dict(list(names.items())[:2])
    assert _places("ab"[: min(count, 2)], two, two) == {0: "", 1: "A"}.get(count, "alle")


def test_the_report_shows_them(reports: Path) -> None:
    soup = BeautifulSoup((reports / "2021" / "voortgangsrapportage-2021.html").read_text(encoding="utf-8"), "lxml")
    for label in ("tbl-projecten", "tbl-wonen-proeftuin", "tbl-werken-geld", "tbl-wonen-geld", "tbl-welzijn-geld"):
        cells = [each.get_text() for each in soup.select(f"#{label} tbody tr:last-child strong")]
        assert cells[0] == "Totaal" and cells[-1].startswith("€"), label
    strong = [
        " ".join(each.get_text().split()) for each in soup.select("#tbl-bijdragen tr strong, #tbl-financiers tr strong")
    ]
    assert strong.count("Regio samen") == 2
