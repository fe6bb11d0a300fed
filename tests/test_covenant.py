"""The covenant as a list is complete, for any covenant, and its annex leads to headings that the report has."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import REPOSITORY
from documents import html_text
from pydantic import ValidationError

import voortgang.notebook as vg
from voortgang.errors import DealError
from voortgang.workspace.covenant import Covenant
from voortgang.workspace.deal import deal_from, read_deal
from voortgang.workspace.paths import Workspace

SMALL: dict[str, Any] = {
    "articles": ({"number": "1", "title": "Doel"}, {"number": "2", "title": "Geld", "paragraphs": 2}),
    "provisions": (
        {"article": "1", "asks": "Een doel.", "answered": ("Inleiding",)},
        {"article": "2 lid 1", "asks": "Geld.", "open": "Het bedrag."},
        {"article": "2 lid 2a", "asks": "Nog iets.", "answered": ("Geld",)},
    ),
}


def test_any_covenant_can_be_a_list() -> None:
    covenant = Covenant.model_validate(SMALL)
    assert covenant.references == ("1", "2 lid 1", "2 lid 2")
    covenant.require(["1", "2 lid 2b", "2", "Partijen, 3"])


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda new: new["provisions"].pop(), "nothing about article '2 lid 2'"),
        (lambda new: new["provisions"].append({"article": "3", "asks": "x", "open": "y"}), "names article '3'"),
        (lambda new: new["provisions"].append(new["provisions"][0]), "twice"),
        (lambda new: new["provisions"][0].pop("answered"), "neither answered nor open"),
        (lambda new: new["articles"].pop(0), "leaves out an article"),
        (lambda new: new["articles"][1].update(paragraphs=12), "nothing about article '2 lid 3'"),
    ],
)
def test_what_is_left_out_is_named(change: Any, says: str) -> None:
    new = {key: [dict(each) for each in value] for key, value in SMALL.items()}
    change(new)
    with pytest.raises(ValidationError, match=re.escape(says)):
        Covenant.model_validate({key: tuple(value) for key, value in new.items()})


def test_an_article_that_is_cited_is_in_the_list() -> None:
    with pytest.raises(ValueError, match="article '2 lid 3' is cited"):
        Covenant.model_validate(SMALL).require(["2 lid 3"])
    text = (REPOSITORY / "data" / "deal.yml").read_text(encoding="utf-8")
    with pytest.raises(DealError, match="19 lid 1"):
        deal_from(text.replace("article: 5 lid 1\n", "article: 19 lid 1\n", 1))


def test_the_covenant_of_this_deal_has_every_article_and_paragraph() -> None:
    covenant = read_deal(Workspace(REPOSITORY)).covenant
    assert covenant is not None
    paragraphs = {article.number: article.paragraphs for article in covenant.articles if article.paragraphs}
    assert [article.number for article in covenant.articles] == [str(number) for number in range(1, 19)]
    expected = {"5": 7, "6": 4, "7": 9, "8": 3, "10": 3, "11": 3, "12": 4, "13": 7, "14": 3, "17": 2, "18": 3}
    assert paragraphs == expected


def test_what_is_due_later_is_not_open_yet() -> None:
    before, after = (vg.covenant_guide(vg.load(year, f"{year}-12-31", "overleg", REPOSITORY)) for year in (2022, 2023))
    assert before.at["17 lid 2", "open_punt"] == "Nog niet aan de orde."
    assert "uitkomst" in after.at["17 lid 2", "open_punt"]


@pytest.mark.parametrize("year", [2019, 2023])
def test_the_annex_names_headings_that_the_report_has(reports: Path, year: int) -> None:
    covenant = read_deal(Workspace(REPOSITORY)).covenant
    assert covenant is not None
    page = reports / str(year) / f"voortgangsrapportage-{year}.html"
    found = re.findall(r"<h[1-4][^>]*>(.*?)</h[1-4]>", page.read_text(encoding="utf-8"), re.DOTALL)
    headings = {re.sub(r"^[\d.]+\s+", "", " ".join(re.sub("<[^>]+>", "", text).split())) for text in found}
    assert {name for each in covenant.provisions for name in each.answered} <= {
        heading.replace("’", "'") for heading in headings
    }
    shown = html_text(page)
    assert "Convenantwijzer" in shown and all(" ".join(each.asks.split()) in shown for each in covenant.provisions)


def test_a_deal_without_the_list_is_a_deal() -> None:
    content = yaml.safe_load((REPOSITORY / "data" / "deal.yml").read_text(encoding="utf-8"))
    content.pop("covenant")
    assert deal_from(yaml.safe_dump(content, allow_unicode=True)).covenant is None
