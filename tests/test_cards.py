"""Page one shows the key figures as cards, in each format, and a screen reader hears of each its name first."""

from __future__ import annotations

import subprocess
from pathlib import Path

import docx
import pytest
from bs4 import BeautifulSoup
from conftest import REPOSITORY
from documents import pdf_pages
from docx.oxml.ns import qn
from test_accessibility import require_tools, told

from voortgang.assemble.engines.builtin import pandoc
from voortgang.writing import markdown

NAMES = ["Projecten", "Gerealiseerd", "Doelen", "Looptijd verstreken"]
FILTER = REPOSITORY / "templates" / "_extensions" / "voortgang" / "toegankelijk.lua"


def _cards(path: Path) -> list[list[str]]:
    soup = BeautifulSoup(path.read_text(encoding="utf-8"), "lxml")
    return [[" ".join(line.get_text().split()) for line in card.select("p")] for card in soup.select(".kaarten li")]


@pytest.mark.parametrize(
    ("name", "since"), [("2019", ""), ("2021", "eind 2020"), ("2021-06-30", "eind 2020"), ("2023", "eind 2022")]
)
def test_page_one_has_four_cards_in_each_format(reports: Path, name: str, since: str) -> None:
    stem = reports / name / f"voortgangsrapportage-{name}"
    cards = _cards(stem.with_name(f"{stem.name}.html"))
    assert [card[0] for card in cards] == NAMES
    assert [len(card) for card in cards] == [4 if since else 3] * 4
    assert all(since in card[-1] for card in cards)
    (page,) = (text for text in pdf_pages(stem.with_name(f"{stem.name}.pdf")) if "Elk beoogd resultaat" in text)
    heard = [page.find(" ".join(card)) for card in cards]
    assert -1 not in heard and heard == sorted(heard)
    table = next(iter(docx.Document(f"{stem}.docx").tables))
    columns = zip(*([" ".join(cell.text.split()) for cell in row.cells] for row in table.rows), strict=True)
    assert [list(column) for column in columns] == cards
    assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None


def test_cards_of_the_year_quote_their_figures(reports: Path) -> None:
    projects, money, goals, term = _cards(reports / "2021" / "voortgangsrapportage-2021.html")
    assert projects == ["Projecten", "31", "2 afgerond", "+ 6 sinds eind 2020"]
    assert money[1:3] == ["€ 16.945.700", "van € 40.000.000 begroot; € 36.230.000 gecommitteerd"]
    assert goals[1:] == ["8", "van 12 behaald of op schema; waarvan 4 behaald", "gelijk aan eind 2020"]
    assert term[1:] == ["55,2%", "tot en met 31 december 2023", "+ 22,4 procentpunt sinds eind 2020"]


def test_one_is_a_word_beside_a_figure(reports: Path) -> None:
    assert _cards(reports / "2023" / "voortgangsrapportage-2023.html")[0][2] == "31 afgerond, één gestopt"


@pytest.mark.parametrize(("width", "abreast"), [(1280, 4), (500, 2)])
def test_cards_stand_side_by_side(reports: Path, tmp_path: Path, width: int, abreast: int) -> None:
    require_tools()
    tops = "[...document.querySelectorAll('.kaarten li')].map(card => card.offsetTop)"
    found = told(reports / "2021" / "voortgangsrapportage-2021.html", tmp_path, [f"say({tops})"], width=width)
    assert isinstance(found, list) and len(found) == 4
    assert found.count(found[0]) == abreast


@pytest.mark.parametrize(("count", "tables"), [(1, [1]), (4, [4]), (6, [4, 2])])
def test_more_or_fewer_cards_are_shown_as_what_they_are(tmp_path: Path, count: int, tables: list[int]) -> None:
    hostile = '**vet** {{< env HOME >}} #let a [x] "::: {.y}'
    text = str(markdown.Cards([(f"Naam {number} {hostile}", str(number), hostile) for number in range(count)]))
    made = {form: _made(tmp_path, text, form) for form in ("html", "typst", "docx")}
    items = BeautifulSoup(made["html"].read_text(encoding="utf-8"), "lxml").select(".kaarten > ul > li")
    assert [[line.get_text() for line in item.select("p")][2] for item in items] == [hostile] * count
    assert made["typst"].read_text(encoding="utf-8").count("#kaarten(") == 1
    found = docx.Document(str(made["docx"])).tables
    names = [[cell.text for cell in table.rows[0].cells if cell.text] for table in found]
    assert [len(each) for each in names] == tables
    assert names[-1][-1] == f"Naam {count - 1} {hostile}"


def _made(folder: Path, text: str, form: str) -> Path:
    (folder / "a.md").write_text(text, encoding="utf-8")
    subprocess.run(
        [pandoc(), "--standalone", "a.md", f"--to={form}", f"--output=a.{form}", f"--lua-filter={FILTER}"],
        cwd=folder,
        check=True,
    )
    return folder / f"a.{form}"
