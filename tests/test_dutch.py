"""The report's Dutch: easy where it is for residents, one word for one thing, and counts that agree with their verbs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from readability import FAIRLY_EASY, flesch_douma, sentences, syllables

YEARS = (2019, 2020, 2021, 2022, 2023)
JARGON = (
    r"gecommitteerd|committering|uitputting|peildatum|gerealiseerd|realisatie|indicator|doelbereik|doelwaarde|penvoerder"
    r"|programmabureau|cross-over|begroot|convenant"
)


@pytest.mark.parametrize(
    ("word", "count"), [("regio", 3), ("geld", 1), ("gemeente", 3), ("ontwikkeling", 4), ("ruïne", 3), ("mooi", 1)]
)
def test_syllables_are_counted_as_dutch_writes_them(word: str, count: int) -> None:
    assert syllables(word) == count


def test_the_formula_tells_easy_from_hard() -> None:
    easy = ["Het geld is voor de regio. Er zijn 12 projecten. Zij maken huizen beter. U ziet op de kaart waar."]
    hard = [
        "De indicatieve verdeling van de gezamenlijke financiële middelen geldt als richtlijn voor de inzet van de "
        "bijdragen die partijen ten behoeve van de programmatische realisatie beschikbaar stellen."
    ]
    assert flesch_douma(easy) > 85 > 30 > flesch_douma(hard)
    assert len(sentences(easy[0])) == 4


def _summary(reports: Path, year: int) -> BeautifulSoup:
    page = reports / str(year) / "bladen" / f"publiekssamenvatting-{year}.html"
    return BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")


@pytest.mark.parametrize("year", YEARS)
def test_the_public_summary_is_easy_to_read(reports: Path, year: int) -> None:
    soup = _summary(reports, year)
    paragraphs = [" ".join(each.get_text().split()) for each in soup.select("main p, main li")]
    assert flesch_douma(paragraphs) >= FAIRLY_EASY
    assert not re.findall(JARGON, soup.select_one("main").get_text(" "), re.IGNORECASE)  # type: ignore[union-attr]
    headings = [each.get_text() for each in soup.select("main h2, main h3")]
    assert any("Wat merkt u" in each for each in headings) and any("Vragen" in each for each in headings)
