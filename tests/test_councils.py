"""A council finds its municipality on one sheet, and gets one letter about it, after a year and after a half-year."""

from __future__ import annotations

import csv
import json
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from documents import docx_text, html_text, pdf_pages

import voortgang.notebook as vg
from voortgang.assemble.quarto_project import documents
from voortgang.errors import DealError, TemplateError
from voortgang.workspace.deal import deal_from
from voortgang.writing.publishable import unquoted

PLACES = {
    "aa-en-hunze": "Aa en Hunze",
    "borger-odoorn": "Borger-Odoorn",
    "coevorden": "Coevorden",
    "emmen": "Emmen",
    "hardenberg": "Hardenberg",
    "hoogeveen": "Hoogeveen",
}
PERIODS = ("2021", "2021-06-30")


def _sheet(reports: Path, period: str, name: str, form: str) -> Path:
    return reports / period / "bladen" / f"{name}-{period}.{form}"


def odt_text(path: Path) -> str:
    """Return the text of an OpenDocument file."""
    with zipfile.ZipFile(path) as file:
        body = BeautifulSoup(file.read("content.xml"), "xml").find("office:body")
    assert body is not None
    return re.sub(r"\s+", " ", body.get_text(" ").replace("\u00a0", " "))


@pytest.mark.sampled(6)
@pytest.mark.parametrize("period", PERIODS)
@pytest.mark.parametrize("place", PLACES)
def test_a_sheet_says_what_a_council_asks(reports: Path, period: str, place: str) -> None:
    name, facts = PLACES[place], json.loads((reports / period / "kerncijfers.json").read_text(encoding="utf-8"))
    texts = {each["id"]: each["tekst"].replace("\u00a0", " ") for each in facts["kerncijfers"]}
    stem = f"gemeente.{place.replace('-', '_')}"
    asked = [f"{stem}.{kind}" for kind in ("toegezegd", "ontvangen", "ten_laste")]
    asked += [f"{stem}.gerealiseerd_{kind}" for kind in ("penvoerder", "alleen", "ook_elders")]
    page = _sheet(reports, period, f"gemeente-{place}", "html")
    shown = {
        "html": html_text(page),
        "pdf": " ".join(pdf_pages(page.with_suffix(".pdf"))),
        "docx": docx_text(page.with_suffix(".docx")),
    }
    report = vg.load(
        int(period[:4]), period if "-" in period else f"{period}-12-31", "overleg", Path(__file__).parents[1]
    )
    lacks = [each for each in vg.municipality_results(report, place)["reden"] if each]
    for form, text in shown.items():
        assert f"{name} neemt deel aan" in text and "Inhoud" in text and "groen" in text, form
        assert re.search(r"een minimum in elke gemeente\. (Daarvan|Alle \d+ zijn)", text), form
        assert ("Wat ontbreekt" in text) == bool(lacks), form
        asks = " ".join(text.split("Wat ontbreekt:")[1].split(". ")[0].split()) if lacks else ""
        assert not re.search(r"\((.+?)\).*\(\1\)", asks), (form, asks)  # the same is said once
        for key in asked:
            assert texts[key] in text, (form, key)
    soup = BeautifulSoup(page.read_text(encoding="utf-8"), "lxml")
    assert len(soup.select("main figure img[alt*='begroot']")) == 1
    headings = [each.get_text() for each in soup.select("h1, h2, h3")]
    assert [each for each in headings if name in each] == [f"{name} in de Regio Deal"]
    assert len(pdf_pages(page.with_suffix(".pdf"))) <= 2


@pytest.mark.parametrize("period", PERIODS)
def test_each_council_gets_a_letter_that_says_the_same_in_word_and_opendocument(reports: Path, period: str) -> None:
    outputs = json.loads((reports / period / "manifest.json").read_text(encoding="utf-8"))["outputs"]
    for place, name in PLACES.items():
        letter = _sheet(reports, period, f"raadsinformatiebrief-gemeente-{place}", "docx")
        assert {letter.relative_to(reports / period).as_posix(), f"bladen/{letter.stem}.odt"} <= outputs.keys()
        word, other = docx_text(letter), odt_text(letter.with_suffix(".odt"))
        for text in (word, other):
            assert "Raadsinformatiebrief" in text and f"de raad van {name}" in text and "kennis te nemen" in text
            assert f"{name} neemt deel aan" in text and "We spraken" in text and "oorbeelddata" in text
            assert ("eerste helft van 2021" in text) == (period == "2021-06-30")
        assert re.findall(r"€ [\d.]+", word) == re.findall(r"€ [\d.]+", other)


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_a_letter_fits_on_one_page(reports: Path, tmp_path: Path) -> None:
    letters = [
        max(
            (_sheet(reports, period, f"raadsinformatiebrief-gemeente-{place}", "docx") for place in PLACES),
            key=lambda each: len(docx_text(each)),
        )
        for period in PERIODS
    ]
    own = f"-env:UserInstallation={(tmp_path / 'settings').as_uri()}"
    asked = [*map(str, letters), str(letters[0].with_suffix(".odt"))]
    for number, letter in enumerate(asked):
        folder = tmp_path / str(number)
        command = ["soffice", own, "--headless", "--convert-to", "pdf", "--outdir", str(folder), letter]
        subprocess.run(command, check=True, capture_output=True, timeout=600)
        (made,) = folder.glob("*.pdf")
        assert len(pdf_pages(made)) == 1, letter


def _changed(workspace: Path, table: str, change: Callable[[dict[str, str]], None]) -> None:
    path = workspace / "data" / f"{table}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        rows, names = list(reader), list(reader.fieldnames or [])
    for row in rows:
        change(row)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def test_a_gap_has_its_reason(workspace: Path) -> None:
    cases = {
        ("emmen", 2020): ("0", "minimum nog niet gehaald; het geldt voor 31 december 2022"),
        ("emmen", 2022): ("0", "minimum niet gehaald in doeljaar 2022"),
        ("coevorden", 2020): ("", "geen cijfer; het laatste, over 2019, was 1"),
        ("hoogeveen", 2020): ("1", ""),
    }

    def change(row: dict[str, str]) -> None:
        if row["indicator_id"] == "werken-2-omgevingen":
            row["waarde"] = cases.get((row["gemeente"], int(row["verslagjaar"])), ("1", ""))[0]
            row["toelichting"] = "De teller viel uit." if row["gemeente"] == "coevorden" else ""

    shutil.rmtree(workspace / "data" / "vastgesteld")
    for parameters in (workspace / "parameters").glob("*.yml"):
        text = parameters.read_text(encoding="utf-8")
        parameters.write_text(text.replace("vastgesteld", "concept"), encoding="utf-8")
    _changed(workspace, "metingen", change)
    for (place, year), (_, said) in cases.items():
        report = vg.load(year, f"{year}-12-31", "overleg", workspace)
        assert vg.municipality_results(report, place).at["werken-2-omgevingen", "tekort"] == said
        reason = vg.municipality_results(report, place).at["werken-2-omgevingen", "reden"]
        owed = f"{said}. De toelichting van {PLACES[place]} ontbreekt."
        assert reason == ({"coevorden": f"{said}. De teller viel uit."}.get(place, owed) if said else "")
        told = unquoted(" ".join(vg.municipality_gaps(report, place).outputs[0].paragraphs))  # type: ignore[union-attr]
        assert (f"Innovatieomgevingen ({said})" in told) == bool(said)


def test_money_adds_up_to_that_of_its_projects() -> None:
    report = vg.load(2021, "2021-12-31", "overleg", Path(__file__).parents[1])
    for place in PLACES:
        money = vg.municipality_money(report, place)["bedrag"]
        rows = report.rows("projecten").set_index("project_id")
        inside = [number for number, places in rows["gemeenten"].items() if place in places]
        booked = report.rows("financien")
        spent = booked[(booked["soort"] == "gerealiseerd") & booked["project_id"].isin(inside)]["bedrag"].sum()
        assert money["alleen"] + money["ook_elders"] == spent
        own = booked[(booked["soort"] == "gerealiseerd") & (booked["financier"] == place)]["bedrag"].sum()
        assert vg.municipalities(report).at[place, "ten_laste"] == own


def test_the_public_edition_gives_no_sum_that_lacks_what_it_hides() -> None:
    report = vg.load(2023, "2023-12-31", "openbaar", Path(__file__).parents[1])
    hidden = 0
    for place in PLACES:
        money, mine = vg.municipality_money(report, place)["bedrag"], vg.municipality_projects(report, place)
        withheld = mine["gerealiseerd"].isna()
        led = withheld & (mine["rol"] == "penvoerder")
        assert bool(money[["penvoerder"]].isna().all()) == bool(led.any())
        hidden += int(withheld.any())
    assert hidden
    assert vg.municipalities(report)["ten_laste"].isna().all()  # who paid is not shown for all bookings


@pytest.mark.parametrize(
    ("header", "forms"),
    [
        ("", ["html", "pdf", "docx"]),
        ("blad: true\n", ["html", "pdf"]),
        ("blad: true\nformat:\n  voortgang-docx: default\n  voortgang-odt: default\n", ["docx", "odt"]),
        ("format: {voortgang-typst: default}\n", ["pdf"]),
        ("format: pdf\n", None),
        ("format: {voortgang-epub: default}\n", None),
        ("format: []\n", None),
    ],
)
def test_a_document_is_made_in_the_formats_that_it_lists(tmp_path: Path, header: str, forms: list[str] | None) -> None:
    (tmp_path / "_quarto.yml").write_text("project: {render: [brief.qmd]}\n", encoding="utf-8")
    (tmp_path / "brief.qmd").write_text(f"---\ntitle: Brief\n{header}---\ntekst\n", encoding="utf-8")
    if forms is None:
        with pytest.raises(TemplateError, match="formats of the document"):
            documents(tmp_path, "_quarto.yml", False)
    else:
        assert documents(tmp_path, "_quarto.yml", False) == [("brief.qmd", form) for form in forms]


def test_a_pillar_cannot_take_the_name_of_a_text_about_a_municipality() -> None:
    text = (Path(__file__).parents[1] / "data" / "deal.yml").read_text(encoding="utf-8")
    assert "id: wonen\n" in text
    with pytest.raises(DealError, match="stands for a municipality"):
        deal_from(text.replace("id: wonen\n", "id: gemeente-emmen\n"))


@pytest.mark.parametrize(
    ("formats", "header", "lacks"),
    [
        ("voortgang-html: default", "", "voortgang-typst"),
        ("voortgang-html: default, voortgang-typst: default", "", "voortgang-docx"),
        ("voortgang-typst: default, voortgang-docx: default", "blad: true\n", "voortgang-html"),
        ("voortgang-html: default, voortgang-typst: default", "blad: true\n", None),
        ("voortgang-html: default", "format: {voortgang-docx: default}\n", None),
        ("html: default, typst: default, docx: default", "", None),
    ],
)
def test_a_project_has_the_formats_of_its_documents(
    tmp_path: Path, formats: str, header: str, lacks: str | None
) -> None:
    """Pandoc said that it could not find data file templates/typst-template.typ, after all notebooks had run."""
    (tmp_path / "_quarto.yml").write_text(f"project: {{render: [a.qmd]}}\nformat: {{{formats}}}\n", encoding="utf-8")
    (tmp_path / "a.qmd").write_text(f"---\ntitle: A\n{header}---\ntekst\n", encoding="utf-8")
    if lacks is None:
        assert documents(tmp_path, "_quarto.yml", False)
        return
    with pytest.raises(TemplateError) as raised:
        documents(tmp_path, "_quarto.yml", False)
    assert raised.value.where == "_quarto.yml: format" and f"'{lacks}: default'" in raised.value.mend
