"""What the covenant asks for, and what its readers ask next, stands in the report of every year."""

from __future__ import annotations

import json
import re
import shutil
from functools import cache
from pathlib import Path

import pytest
from conftest import REPOSITORY, run, trim
from documents import docx_text, html_text, html_tree, pdf_pages
from hypothesis import given
from hypothesis import strategies as st
from lxml.html import HtmlElement
from pypdf import PdfReader

import voortgang.notebook as vg
from voortgang.check.checked import check
from voortgang.check.data import Data, View
from voortgang.check.notebook_reads import Rows
from voortgang.check.withheld import hidden_projects
from voortgang.workspace.paths import Workspace

YEARS = (2019, 2020, 2021, 2022, 2023)
MUNICIPALITIES = {
    "aa-en-hunze": "Aa en Hunze",
    "borger-odoorn": "Borger-Odoorn",
    "coevorden": "Coevorden",
    "emmen": "Emmen",
    "hardenberg": "Hardenberg",
    "hoogeveen": "Hoogeveen",
}


def _report(reports: Path, year: int, form: str = "html") -> Path:
    return reports / str(year) / f"voortgangsrapportage-{year}.{form}"


@cache
def _page(path: Path) -> HtmlElement:
    return html_tree(path)


@cache
def _ids(path: Path) -> frozenset[str]:
    return frozenset(_page(path).xpath("//@id"))


@pytest.mark.sampled(2)
@pytest.mark.parametrize("year", YEARS)
def test_each_municipality_has_a_page_and_a_sheet_of_its_own(reports: Path, year: int) -> None:
    whole = html_text(_report(reports, year))
    facts = json.loads((reports / str(year) / "kerncijfers.json").read_text(encoding="utf-8"))["kerncijfers"]
    texts = {fact["id"]: fact["tekst"].replace("\u00a0", " ") for fact in facts}
    for key, name in MUNICIPALITIES.items():
        sheet = reports / str(year) / "bladen" / f"gemeente-{key}-{year}"
        promised = texts[f"gemeente.{key.replace('-', '_')}.toegezegd"]
        for text in (html_text(sheet.with_suffix(".html")), " ".join(pdf_pages(sheet.with_suffix(".pdf")))):
            assert f"{name} in de Regio Deal" in text and promised in text and "voorbeelddata" in text.lower()
        assert f"{name} neemt deel aan" in whole
        assert len(PdfReader(sheet.with_suffix(".pdf")).pages) <= 2


def test_a_forecast_is_made_only_while_the_deal_runs(reports: Path) -> None:
    for year in YEARS:
        text = html_text(_report(reports, year))
        assert ("Verwachting tot het einde van de deal" in text) is (year < 2023), year
        assert "niets meer vooruit te kijken" not in text


@pytest.mark.parametrize("year", YEARS)
def test_the_public_summary_is_two_pages_of_short_sentences(reports: Path, year: int) -> None:
    sheet = reports / str(year) / "bladen" / f"publiekssamenvatting-{year}"
    assert len(PdfReader(sheet.with_suffix(".pdf")).pages) <= 2
    paragraphs = [p.text_content() for p in _page(sheet.with_suffix(".html")).xpath("//main//p")]
    sentences = [part for text in paragraphs for part in re.split(r"(?<=[.?])\s+", text) if part]
    words = [len(sentence.split()) for sentence in sentences]
    assert sum(words) / len(words) <= 12 and max(words) <= 25


def test_the_last_year_comes_with_the_final_evaluation(reports: Path) -> None:
    for year in YEARS[:-1]:
        assert not list((reports / str(year) / "bladen").glob("evaluatie*"))
    sheet = reports / "2023" / "bladen" / "evaluatie-2023"
    for text in (
        html_text(sheet.with_suffix(".html")),
        docx_text(sheet.with_suffix(".docx")),
        " ".join(pdf_pages(sheet.with_suffix(".pdf"))),
    ):
        for part in ("Inhoudelijke realisatie en uitputting", "Resultaten en indicatoren", "Verdeling van de middelen"):
            assert part in text
        for room in ("Conclusies", "Lessen", "Aanbevelingen", "De Regio evalueert de uitvoering en de werking"):
            assert room in text
        assert "art. 7 lid 7" in text


def test_evaluate_names_the_documents(workspace: Path) -> None:
    templates = trim(workspace, {"tbl-geld": "financien"}) / "templates"
    (templates / "rapport.qmd").rename(templates / "evaluatie.qmd")
    project = templates / "_quarto.yml"
    project.write_text(project.read_text(encoding="utf-8").replace("rapport.qmd", "evaluatie.qmd"), encoding="utf-8")
    done = run("evaluate", cwd=workspace)
    assert done.code == 0, done.err
    assert [line.rsplit(".", 1)[1] for line in done.out.split()] == ["html", "pdf", "docx"]
    assert all((workspace / line).is_file() for line in done.out.split())


def test_evaluate_names_no_document_that_is_not_made(workspace: Path) -> None:
    project = workspace / "templates" / "_quarto.yml"
    text = project.read_text(encoding="utf-8")
    project.write_text(text.replace("    - evaluatie.qmd\n", ""), encoding="utf-8")
    done = run("evaluate", cwd=workspace)
    assert done.code == 1 and "none of the documents" in done.err and not done.out


def test_series_of_the_evaluation_add_up() -> None:
    report = vg.load(2023, "2023-12-31", "overleg", REPOSITORY)
    series = vg.money_series(report)
    years = [str(year) for year in report.years]
    assert (series[years].sum(axis=1) == series["gerealiseerd"]).all()
    assert series.drop(index="totaal")[years].sum().equals(series.loc["totaal", years].astype("int64"))


@pytest.mark.parametrize(
    ("year", "says"),
    [
        (2019, "eerste jaar van de deal"),
        (2021, "jaar 3 van de 5"),
        (2023, "laatste jaar van de deal"),
    ],
)
def test_the_text_fits_the_phase_of_the_deal(reports: Path, year: int, says: str) -> None:
    assert says in html_text(_report(reports, year))


def test_what_has_changed_is_told(reports: Path) -> None:
    assert vg.FIRST in html_text(_report(reports, 2019))
    text = html_text(_report(reports, 2021))
    assert "Kerncijfers aan het einde van 2020 en op 31 december 2021" in text
    before, now = (vg.load(year, f"{year}-12-31", "overleg", REPOSITORY) for year in (2020, 2021))
    row = vg.differences(now).set_index("kerncijfer").loc["Gerealiseerd"]
    amounts = [vg.money(each).at["totaal", "gerealiseerd"] for each in (before, now)]
    digits = [int(re.sub(r"\D", "", row[column])) for column in ("vorig", "nu", "verschil")]
    assert digits == [*amounts, amounts[1] - amounts[0]]


def test_a_correction_is_told_with_old_and_new_value_and_reason(reports: Path) -> None:
    for year in (2021, 2022, 2023):
        tables = [t for t in _page(_report(reports, year)).iter("table") if "Correcties" in t.text_content()]
        assert "Emmen" in tables[0].text_content() and "dubbel geteld" in tables[0].text_content()
        assert [cell.text_content() for cell in tables[0].find("tbody").iter("th", "td")][2:4] == ["14", "12"]
    assert "geen cijfers van een vastgesteld verslag gecorrigeerd" in html_text(_report(reports, 2020))


def test_the_forecast_is_a_range_by_the_stated_rule() -> None:
    report = vg.load(2021, "2021-12-31", "overleg", REPOSITORY)
    frame = vg.forecast(report, "werken")
    history = vg.history(report, "werken").set_index(["indicator_id", "verslagjaar"])["waarde"]
    for indicator, row in frame[frame["vooruitzicht"] != "nog te weinig metingen"].iterrows():
        values = history[indicator].dropna()
        steps = values.diff().dropna()
        rest = int(row["doeljaar"]) - 2021
        low, high = (values.iloc[-1] + rest * step for step in (steps.min(), steps.max()))
        shown = [float(part.replace(".", "").replace(",", ".")) for part in row["verwachting_tekst"].split(" tot ")]
        assert shown == [pytest.approx(max(low, 0)), pytest.approx(max(high, 0))]
    assert len(frame) >= 4
    assert vg.forecast(vg.load(2023, "2023-12-31", "overleg", REPOSITORY), "werken").empty


@pytest.mark.parametrize("year", YEARS)
def test_titles_say_what_follows_and_pictures_say_the_figures(reports: Path, year: int) -> None:
    figures = list(_page(_report(reports, year)).iter("figure"))
    # In the first year there is one measurement, and no development to draw.
    assert len(figures) >= (11 if year > 2019 else 6)
    for figure in figures:
        caption = figure.find(".//figcaption")
        assert caption is not None and len(caption.text_content().split(":", 1)[1]) > 20, caption
        title = figure.getprevious()
        assert title is not None and title.get("class") == "figuurtitel" and title.text_content().strip(), figure
        alt = figure.find(".//img").get("alt")
        # Whether a milestone was reached has no figure.
        assert re.search(r"\d|waarde (ja|nee)", alt), alt


def test_figures_and_tables_lead_to_the_cell_that_made_them(reports: Path) -> None:
    for page in (_report(reports, 2021), reports / "2021" / "bladen" / "gemeente-emmen-2021.html"):
        links = _page(page).xpath("//*[contains(concat(' ', @class, ' '), ' herkomst ')]//a")
        assert links
        for link in links:
            name, _, anchor = link.get("href").partition("#")
            target = (page.parent / name).resolve()
            assert anchor in _ids(target), link.get("href")
            assert re.fullmatch(r"Zo is (figuur|tabel)\s\d+ gemaakt", " ".join(link.text_content().split()))


def test_the_pdf_carries_its_figures_and_tables(reports: Path) -> None:
    attached = PdfReader(_report(reports, 2021, "pdf")).attachments
    assert sorted(attached) == ["kerncijfers.json", "tabellen.json"]
    assert attached["kerncijfers.json"][0] == (reports / "2021" / "kerncijfers.json").read_bytes()
    tables = json.loads(attached["tabellen.json"][0])["tabellen"]
    assert tables["tbl-geld"]["rijen"][-1][0] == "Totaal"


def test_a_picture_without_text_alternative_is_refused_by_name(workspace: Path) -> None:
    trim(workspace, {"tbl-geld": "financien"})
    shutil.copy(REPOSITORY / "docs" / "pictures" / "report-2021.png", workspace / "templates" / "foto.png")
    chapter = workspace / "templates" / "rapport.qmd"
    chapter.write_text(chapter.read_text(encoding="utf-8") + "\n![](foto.png)\n", encoding="utf-8")
    done = run("build", "2021", cwd=workspace)
    assert done.code == 1
    assert "foto.png has no text alternative" in done.err


# The public edition (Art. 10)


@pytest.fixture(scope="module")
def data() -> Data:
    return check(Workspace(REPOSITORY)).require_sound()


def _with_hidden(data: Data, hidden: set[str]) -> Data:
    projects = data.tables.projecten
    tables = dict(iter(data.tables))
    tables["projecten"] = projects.assign(vertrouwelijk=projects["project_id"].isin(hidden))
    return Data(data.workspace, data.deal, type(data.tables)(**tables))


NUMBERS = sorted(check(Workspace(REPOSITORY)).data.tables.projecten["project_id"])


@given(hidden=st.sets(st.sampled_from(NUMBERS), max_size=4), year=st.sampled_from(YEARS))
def test_totals_of_the_public_edition_are_right(data: Data, hidden: set[str], year: int) -> None:
    from datetime import date

    changed = _with_hidden(data, hidden)
    view, open_view = (View(year, date(year, 12, 31), edition) for edition in ("openbaar", "overleg"))
    assert hidden_projects(changed, view) == hidden
    everything = Rows("financien").select(changed, open_view)
    shown = Rows("financien").select(changed, view)
    # Totals stay right, and nothing names a hidden project.
    for column in ("pijler", "soort"):
        assert shown.groupby(column)["bedrag"].sum().equals(everything.groupby(column)["bedrag"].sum())
    assert not shown["project_id"].isin(hidden).any()
    assert not Rows("projecten").select(changed, view)["project_id"].isin(hidden).any()


def test_withheld_amounts_are_not_shown_as_zero(data: Data) -> None:
    report = vg.load(2021, "2021-12-31", "openbaar", REPOSITORY)
    frame = vg.projects(report, "wonen")
    assert "W008" not in frame.index
    withheld = frame[frame["gerealiseerd"].isna()]
    assert list(withheld.index) == ["W001", "W006"]
    assert vg.projects(vg.load(2021, "2021-12-31", "overleg", REPOSITORY), "wonen")["gerealiseerd"].notna().all()
