"""The report's Dutch: easy where it is for residents, one word for one thing, counts that agree with verbs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from documents import html_text
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


def _summary(reports: Path, year: int | str) -> BeautifulSoup:
    page = reports / str(year) / "bladen" / f"publiekssamenvatting-{year}.html"
    return BeautifulSoup(page.read_text(encoding="utf-8"), "lxml")


@pytest.mark.parametrize("year", (*YEARS, "2021-06-30"))
def test_the_public_summary_is_easy_to_read(reports: Path, year: int | str) -> None:
    soup = _summary(reports, year)
    paragraphs = [" ".join(each.get_text().split()) for each in soup.select("main p, main li")]
    assert flesch_douma(paragraphs) >= FAIRLY_EASY
    assert not re.findall(JARGON, soup.select_one("main").get_text(" "), re.IGNORECASE)  # type: ignore[union-attr]
    headings = [each.get_text() for each in soup.select("main h1, main h2")]
    effect = "Wat wilden we" if year == YEARS[-1] else "Wat merkt u"
    assert any(effect in each for each in headings) and any("Vragen" in each for each in headings)


OTHER_WORDS = {
    "gecommitteerd": r"vastgelegd",
    "gerealiseerd": r"uitgegeven",
    "op schema": r"op koers",
    "innovatieomgeving": r"\bwerkplaats",
}


@pytest.mark.parametrize("year", YEARS)
def test_one_thing_has_one_word_and_each_word_is_explained(reports: Path, year: int) -> None:
    page = reports / str(year) / f"voortgangsrapportage-{year}.html"
    soup = BeautifulSoup(page.read_text(encoding="utf-8"), "lxml")
    list_of_words = soup.select_one("#sec-begrippen")
    assert list_of_words is not None
    explained = list_of_words.get_text(" ")
    list_of_words.decompose()
    text = " ".join(soup.get_text(" ").split())
    for word, other in OTHER_WORDS.items():
        assert word in explained and word in text, word
        assert re.findall(rf".{{40}}{other}.{{20}}", text) == [], word
    for word in ("peildatum", "uitputting", "doelbereik", "penvoerder", "nulmeting", "cross-over"):
        assert word in explained


SLIPS = r"\b(?!manifest)(\w{2,}) \1\b| [,;:.](?=\s)|\.\.|,,|;;|\(\)|[:;,] ?\.(?=\s)|(\d+) projecten: \2 "
"""A word or a sign twice, a sign after a space or with nothing before it, a count that says all of a count.

The report names the manifest manifest.json: that is no slip.
"""


@pytest.mark.parametrize("year", (*YEARS, "2021-06-30"))
def test_no_sentence_has_a_slip(reports: Path, year: int | str) -> None:
    for page in (reports / str(year)).rglob(f"*-{year}.html"):
        soup = BeautifulSoup(page.read_text(encoding="utf-8"), "lxml")
        for each in soup.select("main p, main li, main figcaption, main caption"):
            text = each.get_text().replace("\xa0", " ").replace("\n", " ")
            assert not re.search(SLIPS, text.strip()), (page.name, text)


@pytest.mark.parametrize("year", (*YEARS, "2021-06-30"))
def test_counts_and_shares_and_dates_are_written_in_one_way(reports: Path, year: int | str) -> None:
    for page in [
        reports / str(year) / f"voortgangsrapportage-{year}.html",
        *(reports / str(year) / "bladen").glob("*.html"),
    ]:
        text = html_text(page).partition("Bijlage: kwaliteit van de gegevens Voor")[0]
        kinds = "project|gestopt|afgerond|in uitvoering|in voorbereiding|indicator"
        wrong = rf"(?<![\d.,])[01] (?:{kinds})\w*|,0%|\d\d-\d\d-\d{{4}}"
        assert re.findall(rf".{{30}}(?:{wrong})", text) == [], page.name
        assert not re.search(r"\bzijn er (?:geen|één)\b|\bis er [2-9]", text), page.name
