"""A report of a deal that has nothing yet says so once: not in a sentence, and again in place of the table below it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from conftest import run
from test_new_workspace import answers

from voortgang.workspace.deal import deal_from
from voortgang.workspace.starting.new_workspace import write_workspace
from voortgang.workspace.starting.questionnaire import deal_text

_PLACEHOLDER = "Nog in te vullen uit het convenant."


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report on the first year of a deal without a row in its tables."""
    root = tmp_path_factory.mktemp("bare") / "deal"
    text = deal_text(
        answers(pillars=("Werk", "Groen"), municipalities=("Aalst", "Breda"), word="pijler", words="pijlers")
    )
    write_workspace(text, deal_from(text), root, with_examples=False)
    done = run("build", "2024", cwd=root)
    assert done.code == 0, done.err
    return root / "reports" / "2024"


def _sections(page: Path) -> list[tuple[str, list[str]]]:
    """Return each section's heading, and what its own paragraphs say."""
    soup = BeautifulSoup(page.read_text(encoding="utf-8"), "lxml")
    found = []
    for section in soup.find_all("section"):
        heading, own = (
            section.find(["h1", "h2", "h3"]),
            [each for each in section.find_all("p") if not each.strong],
        )  # that of a pillar
        said = [" ".join(each.get_text(" ").split()) for each in own if each.find_parent("section") is section]
        found.append((heading.get_text() if heading else "", said))
    return found


def test_no_section_says_a_thing_twice(bare: Path) -> None:
    for page in [bare / "voortgangsrapportage-2024.html", *sorted((bare / "bladen").glob("*.html"))]:
        for heading, said in _sections(page):
            sentences = [one.strip(" .") for each in said for one in each.split(". ") if one.strip() != _PLACEHOLDER]
            twice = [one for one, count in Counter(sentences).items() if count > 1 and one]
            assert not twice, (page.name, heading)


def test_what_is_not_there_is_not_spoken_of(bare: Path) -> None:
    said = {heading: " ".join(said) for heading, said in _sections(bare / "voortgangsrapportage-2024.html")}
    (changes,) = [words for heading, words in said.items() if heading.endswith("Sinds het vorige verslag")]
    assert changes.endswith("Er zijn nog geen projecten.")
    (guide,) = [words for heading, words in said.items() if "Convenantwijzer" in heading]
    assert "laatste kolom" not in guide
