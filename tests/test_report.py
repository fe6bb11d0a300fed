"""The finished report of every year, in each format."""

from __future__ import annotations

import csv
import hashlib
import json
import re
from pathlib import Path

import docx
import pytest
import yaml
from documents import docx_text, html_text, html_tree, pdf_pages
from pypdf import PdfReader

from voortgang.publish.rows_behind import numbers_in

YEARS = (2019, 2020, 2021, 2022, 2023)
CHAPTERS = ("Samenvatting", "1 Inleiding", "2 Programmatische aanpak", "3 Doelbereik", "4 Financiële realisatie")


def _file(reports: Path, year: int, form: str) -> Path:
    return reports / str(year) / f"voortgangsrapportage-{year}.{form}"


def _realised(reports: Path, year: int) -> int:
    """Sum the bookings anew, without any code of the engine."""
    with (reports.parent / "data" / "financien.csv").open(encoding="utf-8") as file:
        return sum(
            int(row["bedrag"])
            for row in csv.DictReader(file)
            if row["soort"] == "gerealiseerd" and row["datum"] <= f"{year}-12-31"
        )


def _dutch_euros(amount: int) -> str:
    return "€ " + f"{amount:,}".replace(",", ".")


@pytest.mark.sampled(3)
@pytest.mark.parametrize("year", YEARS)
def test_every_format_shows_the_same_chapters_and_total(reports: Path, year: int) -> None:
    texts = {
        "html": html_text(_file(reports, year, "html")),
        "docx": docx_text(_file(reports, year, "docx")),
        "pdf": " ".join(pdf_pages(_file(reports, year, "pdf"))),
    }
    total = _dutch_euros(_realised(reports, year))
    for form, text in texts.items():
        assert total in text, form
        for chapter in CHAPTERS:
            # In Word the number stands before a tab.
            title = chapter.lstrip("1234 ") if form == "docx" else chapter
            assert title in text, (form, chapter)


@pytest.mark.parametrize("year", YEARS)
def test_nothing_is_empty_or_unfinished(reports: Path, year: int) -> None:
    for text in (html_text(_file(reports, year, "html")), docx_text(_file(reports, year, "docx"))):
        for sign in (r"\bnan\b", r"\bNone\b", r"\bNaT\b", r"<NA>", r"\{\{<", r"\?\?", r"\?var", r"\?meta", r"€ –"):
            assert not re.search(sign, text), (sign, re.search(f".{{40}}{sign}.{{20}}", text))


@pytest.mark.sampled(3)
@pytest.mark.parametrize("year", YEARS)
def test_numbers_of_figures_and_tables_agree_between_formats(reports: Path, year: int) -> None:
    html, word = html_text(_file(reports, year, "html")), docx_text(_file(reports, year, "docx"))
    pdf = " ".join(pdf_pages(_file(reports, year, "pdf")))
    for kind in ("Figuur", "Tabel"):
        numbers = [int(number) for number in re.findall(rf"{kind} (\d+): ", html)]
        assert numbers == list(range(1, len(numbers) + 1))
        assert numbers == [int(number) for number in re.findall(rf"{kind} (\d+): ", word)]
        assert numbers == [int(number) for number in re.findall(rf"{kind} (\d+): ", pdf)]
        assert len(numbers) >= 8


def test_references_are_links_to_what_they_name(reports: Path) -> None:
    html = _file(reports, 2021, "html").read_text(encoding="utf-8")
    links = re.findall(r'<a href="#((?:fig|tbl|sec)-[\w-]+)"[^>]*>(?:<span[^>]*>)?(Figuur|Tabel|Paragraaf)\s', html)
    assert len(links) > 20
    for label, _ in links:
        assert f'id="{label}"' in html


def test_html_is_self_contained(reports: Path) -> None:
    html = _file(reports, 2021, "html").read_text(encoding="utf-8")
    assert not re.findall(r'(?:src|href)="(?!#|data:|notebooks/|herkomst\.html#|https?://[^"]*"[^>]*>[^<])[^"]*"', html)
    # The one script is the extension's own, and asks nothing of a network.
    (script,) = re.findall(r"<script>(.*?)</script>", html, re.DOTALL)
    assert html.count("<script") == 1 and not re.search(r"fetch\(|XMLHttp|import\(|https?:|WebSocket", script)
    assert '<html lang="nl">' in html
    assert all('alt="' in image for image in re.findall(r"<img[^>]*>", html))


@pytest.mark.sampled(3)
@pytest.mark.parametrize("year", YEARS)
def test_every_page_says_that_the_data_is_example_data(reports: Path, year: int) -> None:
    pages = pdf_pages(_file(reports, year, "pdf"))
    assert len(pages) > 10
    for page in pages:
        assert "oorbeelddata" in page
    document = docx.Document(str(_file(reports, year, "docx")))
    assert "oorbeelddata" in document.sections[0].header.paragraphs[0].text
    folder = reports / str(year)
    for path in (each for each in folder.rglob("*.html") if not each.is_relative_to(folder / "bron")):
        mark = html_tree(path).xpath("/html/body/aside[@class = 'merk']")
        assert len(mark) == 1 and "oorbeelddata" in mark[0].text_content(), path


def test_pdf_is_tagged_dutch_and_conforms_to_pdf_a_and_ua(reports: Path) -> None:
    reader = PdfReader(_file(reports, 2021, "pdf"))
    catalog = reader.trailer["/Root"]
    assert catalog["/Lang"] == "nl"
    assert catalog["/MarkInfo"]["/Marked"]
    assert reader.metadata is not None
    assert reader.metadata.title == "Voortgangsrapportage 2021"
    xmp = catalog["/Metadata"].get_data().decode()
    assert re.search(r"pdfaid:part\W+3", xmp)
    assert re.search(r"pdfuaid:part\W+1", xmp)


def test_word_pictures_have_text_alternatives_and_tables_header_rows(reports: Path) -> None:
    document = docx.Document(str(_file(reports, 2021, "docx")))
    body = document.element.body
    pictures = body.findall(".//{*}docPr")
    assert len(pictures) >= 8
    for picture in pictures:
        assert len(picture.get("descr", "")) > 40
    for table in document.tables:
        assert table.rows[0]._tr.find(".//{*}tblHeader") is not None


def test_open_targets_are_said_to_be_open(reports: Path) -> None:
    assert html_text(_file(reports, 2021, "html")).count("niet bepaald") >= 5


def test_prose_quotes_the_published_facts(reports: Path) -> None:
    variables = yaml.safe_load((reports / "2021/bron/_variables.yml").read_text(encoding="utf-8"))
    facts = json.loads((reports / "2021/kerncijfers.json").read_text(encoding="utf-8"))["kerncijfers"]
    realised = next(fact for fact in facts if fact["id"] == "totaal.gerealiseerd")
    assert realised["waarde"] == _realised(reports, 2021)
    quoted = f'[{realised["tekst"]}]{{.cijfer k="totaal.gerealiseerd"}}'
    assert variables["totaal"]["gerealiseerd"].replace("\\", "") == quoted
    parts = [file for folder in ("hoofdstukken", "pijlers") for file in (reports / "2021/bron" / folder).rglob("*.qmd")]
    chapters = "".join(file.read_text(encoding="utf-8") for file in parts)
    prose = re.sub(r"\{\{<.*?>\}\}|\{[^}]*\}|art\. \d+( lid \d\w?)?|SHA-256", "", chapters)
    assert not re.findall(r"€|\d{2,}", prose), "an amount in a chapter that no notebook computed"


def test_sources_hold_what_quarto_needs(reports: Path) -> None:
    sources = reports / "2021" / "bron"
    project = yaml.safe_load((sources / "_quarto.yml").read_text(encoding="utf-8"))
    assert project["title"] == "Voortgangsrapportage 2021"
    styles = [
        f"_extensions/voortgang/{name}" for name in ("stijl.css", "stijl.docx", "toegankelijk.lua", "lettertypen")
    ]
    for name in ("rapport.qmd", "_variables.yml", *styles):
        assert (sources / name).exists()
    assert not (sources / "evaluatie.qmd").exists(), "it belongs to the last year"
    assert (reports / "2023" / "bron" / "evaluatie.qmd").exists()
    for target in re.findall(r"\{\{< include (\S+) >\}\}", (sources / "rapport.qmd").read_text(encoding="utf-8")):
        assert (sources / target).is_file()


def test_manifest_matches_the_files(reports: Path) -> None:
    import hashlib

    folder = reports / "2021"
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    files = {file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()}
    assert files - {"manifest.json"} == set(manifest["outputs"])
    for name, digest in manifest["outputs"].items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
    assert manifest["engine"] == "builtin"
    assert "data/financien.csv" in manifest["inputs"]


def test_notebook_pages_show_the_code_and_load_nothing(reports: Path) -> None:
    page = (reports / "2021/notebooks/pijler-werken.html").read_text(encoding="utf-8")
    assert "publish_projects" in page
    assert not re.findall(r'<(?:script|link|img)[^>]*(?:src|href)="https?:', page)


def test_public_edition_leaves_out_confidential_projects_and_keeps_totals(public: Path, reports: Path) -> None:
    folder = public / "reports" / "2021"
    total = _dutch_euros(_realised(reports, 2021))
    assert total in html_text(folder / "voortgangsrapportage-2021.html")
    for path in folder.rglob("*"):
        if path.suffix in {".html", ".md", ".ipynb", ".json", ".yml", ".qmd"}:
            text = path.read_text(encoding="utf-8")
            assert "Voorbeeldproject markante woningen" not in text, path
            assert "W008" not in text, path
    assert "Voorbeeldproject markante woningen" not in docx_text(folder / "voortgangsrapportage-2021.docx")
    for path in folder.rglob("*.pdf"):
        assert "Voorbeeldproject markante woningen" not in " ".join(pdf_pages(path)), path
    # Each figure's rows are those of the published tables, also of earlier years.
    figures = json.loads((folder / "kerncijfers.json").read_text(encoding="utf-8"))["kerncijfers"]
    table = (folder / "gegevens" / "financien.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    lines = {line.partition(",")[0]: line for line in table}
    sources = [each for figure in figures for each in figure["herkomst"]["bronnen"] if "financien" in each["bestand"]]
    assert sources
    for each in sources:
        behind = "".join(lines[str(row)] for row in numbers_in(each["rijen"]))
        assert hashlib.sha256(behind.encode()).hexdigest() == each["sha256"], each
