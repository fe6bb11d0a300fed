"""What the template, the style and the filter of the extension make of a small page, on a screen and on paper."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from conftest import REPOSITORY
from test_accessibility import printed, require_tools, told

from voortgang.assemble.engines.builtin import pandoc

EXTENSION = REPOSITORY / "templates" / "_extensions" / "voortgang"
HEADER = r"""---
lang: nl
title: Voortgang "2021" & meer
subtitle: Deal \<A\>
uitgever: Het bureau
peildatum: 2021-12-31
merk: 'Concept · "voorbeelddata"'
toc-title: Inhoudsopgave
titelblad:
- {label: Verslagjaar, waarde: 2021}
- {label: Peildatum, waarde: 31 december 2021}
herkomst: {fig-a: werken.html}
---

# Een

"""
TABLE = """
| Risico | Kans | Bedrag | Stand | Oordeel | Dag | Deel |
|---|---|--:|---|---|---|--:|
| Een duurzaamheidscentrum | middel | € 1.000 | ● groen | achter op schema | 9 december 2019 | 12,5% |
| Twee | groot | – | ■ rood | behaald; doeljaar is voorbij | 24 juni 2021 | 0% |
| Drie | klein | − € 2.500.000 | ▲ oranje | op schema | 1 maart 2021 | minder dan 0,1% |
| Vier | middel | € -3,5 | ● groen | niet behaald | 30 november 2020 | net onder 0% |
| **Totaal** | | € -9 | | | | |

: Risico's {#tbl-a}
"""
FIGURE = """
![Een lijn](a.svg){#fig-a fig-alt="Balken van a. Werken: 75%; 5 van 6, op schema; Wonen: waarde ja."}
"""
PICTURES = {"a.svg": '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'}


@pytest.fixture
def page(tmp_path: Path) -> Path:
    return made(tmp_path, HEADER + TABLE + FIGURE)


def made(folder: Path, text: str, pictures: Mapping[str, str] = PICTURES) -> Path:
    """Return the page of a text, with pictures that it names."""
    for name, svg in pictures.items():
        (folder / name).write_text(svg, encoding="utf-8")
    (folder / "a.md").write_text(text, encoding="utf-8")
    extension = ["--standalone", f"--template={EXTENSION / 'rapport.html'}", f"--css={EXTENSION / 'stijl.css'}"]
    options = ["--section-divs", "--toc", "--embed-resources", f"--lua-filter={EXTENSION / 'toegankelijk.lua'}"]
    subprocess.run([pandoc(), "a.md", "--to=html", "--output=a.html", *extension, *options], cwd=folder, check=True)
    return folder / "a.html"


def test_the_head_names_deal_publisher_and_date(page: Path) -> None:
    soup = BeautifulSoup(page.read_text(encoding="utf-8"), "lxml")
    assert soup.title is not None and soup.title.get_text() == "Voortgang “2021” & meer – Deal <A>"
    head = {str(each["name"]): each["content"] for each in soup.select("head meta[name]")}
    assert head["description"] == ("Voortgang “2021” & meer, Deal <A>. Verslagjaar: 2021; Peildatum: 31 december 2021")
    assert (head["dcterms.publisher"], head["dcterms.date"]) == ("Het bureau", "2021-12-31")


def test_headings_are_those_of_columns_and_values_stand_below_a_chart(page: Path) -> None:
    soup = BeautifulSoup(page.read_text(encoding="utf-8"), "lxml")
    assert [each.get("scope") for each in soup.select("thead th")] == ["col"] * 7
    assert [each.get_text() for each in soup.select("figure + .herkomst details li")] == [
        *("Werken: 75%; 5 van 6, op schema", "Wonen: waarde ja"),
    ]


REPEATED = """
| Pijler | Project | Stand |
|---|---|---|
| Werken | A | ● groen |
| Werken | B | ■ rood |

: Per pijler {#tbl-b}

| Wat | Kans |
|---|---|
| A | groot |
| A | klein |

: Namen die twee keer voorkomen {#tbl-c}

| Wat | Kans | Effect |
|---|---|---|
| A | groot | klein |
|   | klein | klein |

: Een naam die ontbreekt {#tbl-d}
"""


def test_the_cells_that_name_a_row_are_its_headings(tmp_path: Path) -> None:
    page = made(tmp_path, HEADER + TABLE + REPEATED)
    soup = BeautifulSoup(page.read_text(encoding="utf-8"), "lxml")
    heads = {
        str(table["id"]): [
            [cell.get_text() for cell in row.select('th[scope="row"]')] for row in table.select("tbody tr")
        ]
        for table in soup.select("table")
    }
    assert heads["tbl-a"] == [["Een duurzaamheidscentrum"], ["Twee"], ["Drie"], ["Vier"], ["Totaal"]]
    assert heads["tbl-b"] == [["Werken", "A"], ["Werken", "B"]], "a pillar names no row, with its project it does"
    assert heads["tbl-c"] == heads["tbl-d"] == [[], []], "a heading that is empty or names two rows is none"


SORT = """
const text = element => element.textContent.replace(/\\s+/g, " ").trim();
const table = document.querySelector("#tbl-a"), buttons = [...table.tHead.querySelectorAll("button")];
const column = at => [...table.tBodies[0].rows].map(row => text(row.cells[at])).slice(0, -1);
const sorted = buttons.map((button, at) => {
  button.click();
  const rising = column(at);
  button.click();
  const falling = column(at);
  button.click();
  return [rising, falling];
});
let saved;
URL.createObjectURL = blob => { saved = blob; return "#"; };
table.parentElement.nextElementSibling.querySelector("button").click();
saved.text().then(csv => say({ sorted, csv }));
"""


def test_columns_are_sorted_by_what_they_mean_and_saved_as_numbers(page: Path, tmp_path: Path) -> None:
    require_tools()
    said = told(page, tmp_path, [SORT])
    rising = [each[0] for each in said["sorted"]]  # type: ignore[attr-defined]
    falling = [each[1] for each in said["sorted"]]  # type: ignore[attr-defined]
    assert rising[1] == ["klein", "middel", "middel", "groot"]
    assert rising[2] == ["− € 2.500.000", "€ -3,5", "€ 1.000", "–"]
    assert falling[2] == ["€ 1.000", "€ -3,5", "− € 2.500.000", "–"], "what is absent stays last"
    assert rising[3] == ["● groen", "● groen", "▲ oranje", "■ rood"]
    assert rising[4] == ["behaald; doeljaar is voorbij", "op schema", "achter op schema", "niet behaald"]
    assert rising[5] == ["9 december 2019", "30 november 2020", "1 maart 2021", "24 juni 2021"]
    assert rising[6] == ["net onder 0%", "0%", "minder dan 0,1%", "12,5%"]
    lines = str(said["csv"]).splitlines()
    assert lines[3] == '"Drie";"klein";"-2500000";"oranje";"op schema";"1 maart 2021";"minder dan 0,1%"'
    assert lines[4].startswith('"Vier";"middel";"-3,5";"groen";') and lines[5].startswith('"Totaal";"";"-9";')


SHOWN = """
addEventListener("load", () => {
  say([...document.querySelectorAll("figure img")].map(each => getComputedStyle(each).filter));
});
"""


def test_in_the_dark_a_chart_is_dark_and_a_photo_is_as_it_was_taken(tmp_path: Path) -> None:
    require_tools()
    chart, photo = FIGURE.replace("fig-alt=", "smal=a.svg fig-alt="), FIGURE.replace("fig-a", "fig-b", 1)
    page = made(tmp_path, HEADER + chart + photo)
    assert told(page, tmp_path, [SHOWN]) == ["none", "none"]  # type: ignore[comparison-overlap]
    dark = told(page, tmp_path, [SHOWN], dark=True)
    assert "invert" in dark[0] and dark[1] == "none"  # type: ignore[index]


PLACES = """
addEventListener("load", () => {
  const box = document.querySelector(".tabel"), table = box.firstElementChild;
  box.scrollLeft = 9999;
  const place = element => element.getBoundingClientRect();
  const [cell, scrolled] = [place(table.rows[1].cells[0]), place(box)];
  const [strip, main] = [place(document.querySelector("aside.merk")), place(document.querySelector("main"))];
  say({
    scrolls: table.scrollWidth > box.clientWidth, part: cell.width / scrolled.width, stays: cell.left - scrolled.left,
    covered: !(strip.bottom <= main.top || strip.right <= main.left),
  });
});
"""


def test_a_phone_shows_more_than_the_first_column(tmp_path: Path) -> None:
    require_tools()
    longer = TABLE.replace("Twee", "Begeleide bedrijven in de vrijetijdseconomie, met een assessment en een plan")
    page = made(tmp_path, HEADER + longer)
    # Headless Chromium has no window smaller than 500 pixels.
    narrow = told(page, tmp_path, [PLACES], width=500)
    assert narrow["scrolls"] and float(str(narrow["part"])) < 0.46 and abs(float(str(narrow["stays"]))) < 1
    wide = told(page, tmp_path, [PLACES], width=1280)
    assert not wide["scrolls"]
    assert not narrow["covered"] and not wide["covered"]


def test_each_printed_page_has_the_mark_its_number_and_the_headings_of_its_table(tmp_path: Path) -> None:
    require_tools()
    lines = TABLE.strip().split("\n")
    long = "\n".join(["", *lines[:2], *(lines[2 + number % 4] for number in range(120)), *lines[6:], ""])
    page = made(tmp_path, HEADER + long)
    texts = printed(page, tmp_path)
    assert len(texts) > 3
    for number, text in enumerate(texts, start=1):
        assert text.count("Concept · “voorbeelddata”") == 1 and f"Pagina {number} van {len(texts)}" in text, text
        assert "Voortgang “2021” & meer · Deal <A>" in text, "the head of a page, with the characters that went in"
        assert "▶" not in text and "▸" not in text and "Download" not in text
    assert all("Oordeel" in text for text in texts[1:])


def test_on_paper_a_small_table_stays_whole_and_with_its_introduction(tmp_path: Path) -> None:
    require_tools()
    lines = TABLE.strip().split("\n")
    short = "\n".join([*lines[:2], *lines[2:5], "", ": Kort {#tbl-NR}", ""])
    between = "\n\n".join(["Een alinea."] * 7)
    text = "\n\n".join(f"{between}\n\nInleiding {nr}.\n\n{short.replace('NR', str(nr))}" for nr in range(12))
    texts = printed(made(tmp_path, HEADER + text), tmp_path)
    assert len(texts) > 3
    for words in texts:
        parts = [words.count(each) for each in ("Inleiding", "Kort", "Risico Kans", "duurzaamheidscentrum", "Drie")]
        assert len(set(parts)) == 1, "an introduction, its table and all rows stand on one page"
    assert sum(words.count("Kort") for words in texts) == 12
