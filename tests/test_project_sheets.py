"""A sheet for each project, from one cell: what it tells, what it leaves out, and what the public edition withholds."""

from __future__ import annotations

import csv
import re
from datetime import date
from pathlib import Path

import docx
import openpyxl
import pandas as pd
import pytest
from conftest import REPOSITORY, run
from documents import docx_text, html_text, pdf_pages

import voortgang.notebook as vg
from voortgang.check.checked import check
from voortgang.intake import layout, template
from voortgang.notebook.project_sheets import milestones
from voortgang.run.plan import run_names
from voortgang.workspace.paths import Workspace
from voortgang.writing.publishable import Fact, Sheet, Sheets, Table, Text


def _milestones(*rows: str) -> list[tuple[str, ...]]:
    """Return the milestones of rows such as `Af 2021-12-31 2022-06-30 -`: name, reference date, plan, reached."""
    frame = pd.DataFrame([row.split() for row in rows], columns=["mijlpaal", "peildatum", "gepland", "gehaald"])
    for name in ("peildatum", "gepland", "gehaald"):
        frame[name] = pd.to_datetime(frame[name].where(frame[name] != "-"))
    return [
        tuple("-" if pd.isna(value) else str(value)[:10] for value in row)
        for row in milestones(frame).itertuples(index=False)
    ]


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (["Af 2020-12-31 2021-06-30 -"], [("Af", "2021-06-30", "-", "-")]),
        (["Af 2020-12-31 2021-06-30 -", "Af 2021-12-31 2021-06-30 2021-05-01"],
         [("Af", "2021-06-30", "-", "2021-05-01")]),
        # Planned anew, twice: the first plan and the last.
        (["Af 2021-12-31 2023-01-31 -", "Af 2019-12-31 2021-06-30 -", "Af 2020-12-31 2022-06-30 -"],
         [("Af", "2021-06-30", "2023-01-31", "-")]),
        # Planned anew, and back.
        (["Af 2019-12-31 2021-06-30 -", "Af 2020-12-31 2022-06-30 -", "Af 2021-12-31 2021-06-30 -"],
         [("Af", "2021-06-30", "-", "-")]),
        # In the order of the plan as it is now.
        (["Af 2020-12-31 2023-06-30 -", "Begin 2020-12-31 2021-06-30 -"],
         [("Begin", "2021-06-30", "-", "-"), ("Af", "2023-06-30", "-", "-")]),
    ],
)  # fmt: skip
def test_a_milestone_shows_its_first_plan_and_the_one_of_now(rows: list[str], told: list[tuple[str, ...]]) -> None:
    assert _milestones(*rows) == told


def _sheets(edition: str, workspace: Path = REPOSITORY) -> tuple[dict[str, Sheet], set[str]]:
    first, *rest = vg.project_sheets(vg.load(2021, "2021-12-31", edition, workspace)).outputs
    assert isinstance(first, Sheets)
    return {sheet.key: sheet for sheet in first.sheets}, {each.id for each in rest if isinstance(each, Fact)}


def _words(sheet: Sheet) -> str:
    texts = [each for part in sheet.parts if isinstance(part, Text) for each in part.paragraphs]
    return " ".join([*texts, *(part.caption for part in sheet.parts if isinstance(part, Table))])


def test_each_project_has_a_sheet_with_what_it_tells_and_what_it_should_tell() -> None:
    sheets, facts = _sheets("overleg")
    assert len(sheets) == len(vg.projects(vg.load(2021, "2021-12-31", "overleg", REPOSITORY)))
    full, bare = sheets["k010"], sheets["w005"]
    for word in ("Voor wie", "Partners", "Wat is er gedaan", "Wat volgt", "Contact", "Mijlpalen", "stoplichten"):
        assert word in _words(full)
        assert (word in _words(bare)) == (word == "stoplichten")
    missing = "Wat het project doet en voor wie: niet ingevuld door Emmen."
    assert missing in _words(bare) and "niet ingevuld" not in _words(full)
    lights = next(part for part in full.parts if isinstance(part, Table) and "stoplichten" in part.caption)
    assert [row[0][-4:] for row in lights.rows] == ["2019", "2020", "2021"]
    assert {"project.k010.jaar_gerealiseerd", "project.k010.jaar_gerealiseerd_2020"} <= facts


def test_a_bureau_that_does_not_ask_whom_a_project_is_for_is_told_of_no_gap(workspace: Path) -> None:
    path = workspace / "data" / "projecten.csv"
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    table.assign(doelgroep="").to_csv(path, index=False, lineterminator="\n")
    assert "Wat het project doet: niet ingevuld" in _words(_sheets("overleg", workspace)[0]["w005"])
    table.drop(columns=["doelgroep", "omschrijving"]).to_csv(path, index=False, lineterminator="\n")
    assert "niet ingevuld" not in _words(_sheets("overleg", workspace)[0]["w005"])


def test_the_public_edition_has_no_sheet_of_a_hidden_project_and_no_withheld_amount() -> None:
    sheets, facts = _sheets("openbaar")
    every, _ = _sheets("overleg")
    assert every.keys() - sheets.keys() == {"w008"}
    assert "alleen samen met die van andere" in _words(sheets["w001"])  # its amounts are withheld with the hidden one's
    assert not {key for key in facts if key.startswith("project.w001.") and not key.endswith(".begroot")}


def test_all_sheets_come_from_one_run() -> None:
    assert run_names(Workspace(REPOSITORY)).count("projectbladen") == 1
    assert len([name for name in run_names(Workspace(REPOSITORY)) if "project" in name]) == 1


def test_the_report_comes_with_a_document_of_sheets(reports: Path) -> None:
    page = " ".join((reports / "2021" / "bladen" / "projectbladen-2021.html").read_text(encoding="utf-8").split())
    assert page.count('id="sec-projectbladen-') == len(_sheets("overleg")[0])
    assert 'id="tbl-projectbladen-k010-2"' in page and "herkomst.html#project.k010.jaar_gerealiseerd" in page
    assert "Zo is tabel 1 gemaakt" in page
    assert {path.suffix for path in (reports / "2021" / "bladen").glob("projectbladen-2021.*")} == {
        ".html",
        ".pdf",
        ".docx",
    }


@pytest.mark.parametrize(("name", "kind"), [("2021", "Voortgangsrapportage"), ("2021-06-30", "Halfjaarrapportage")])
def test_the_sheets_are_an_annex_and_the_report_points_to_them(reports: Path, name: str, kind: str) -> None:
    sheets = reports / name / "bladen" / f"projectbladen-{name}.html"
    for text in (html_text(sheets), docx_text(sheets.with_suffix(".docx")), pdf_pages(sheets.with_suffix(".pdf"))[0]):
        assert "Bijlage: projectbladen" in text and f"Dit is een bijlage bij de {kind} 2021:" in text
    report = html_text(reports / name / f"voortgangsrapportage-{name}.html")
    annex = report.partition("Bijlage: projecten De bedragen")[2]
    assert "De projectbladen zijn een bijlage bij dit verslag in een eigen document, in de map bladen." in annex


def test_each_project_begins_on_a_page_of_its_own(reports: Path) -> None:
    titles = [sheet.title for sheet in _sheets("overleg")[0].values()]
    made = reports / "2021" / "bladen" / "projectbladen-2021.pdf"
    pages = pdf_pages(made)
    assert len(pages) == len(titles)
    for page, title in zip(pages, titles, strict=True):
        assert f"{title} " in page and "Geld van " in page
        assert page.index("Penvoerder: ") < 600, "above stand the header, what the project does, and once the title"
    document = docx.Document(str(made.with_suffix(".docx")))
    headings = [each for each in document.paragraphs if each.text in titles]
    assert [each.text for each in headings] == titles
    assert [each.style.name for each in headings] == ["Heading 2", *["Heading 2 op nieuw blad"] * (len(titles) - 1)]
    style = headings[1].style
    assert style.paragraph_format.page_break_before and style.base_style.name == "Heading 2"
    contact = next(each for each in document.paragraphs if each.text == "Contact: Het programmabureau.")
    before = document.paragraphs[[each.text for each in document.paragraphs].index(contact.text) - 1]
    assert before.text.startswith("Wat volgt") and before.style.paragraph_format.keep_with_next


def test_a_party_tells_of_a_milestone_and_of_its_project(workspace: Path) -> None:
    data = check(Workspace(workspace)).require_sound()
    (party,) = (each for each in data.deal.parties if each.id == "coevorden")
    table = workspace / "data" / "mijlpalen.csv"
    lines = table.read_text(encoding="utf-8").splitlines(keepends=True)
    table.write_text("".join(line for line in lines if ",2022-12-31,2022-12-31" not in line), encoding="utf-8")
    data = check(Workspace(workspace)).require_sound()
    path = workspace / "Coevorden-2022.xlsx"
    template.write_template(data, party, 2022, path)
    book = openpyxl.load_workbook(path)
    page = book["Mijlpalen"]
    columns = {cell.value: cell.column for cell in page[layout.HEADING_ROW]}
    row = next(cell.row for cell in page["B"] if cell.value == "Tweede groep, met verladers")
    assert page.cell(row, columns["Gepland"]).value.date() == date(2022, 12, 31)
    page.cell(row, columns["Gehaald"]).value = date(2022, 11, 30)
    page = book["Projecten"]
    columns = {cell.value: cell.column for cell in page[layout.HEADING_ROW]}
    row = next(cell.row for cell in page["A"] if cell.value == "K014")
    page.cell(row, columns["Doelgroep"]).value = "Wie over de grens werkt"
    book.save(path)
    done = run("intake", "read", path.name, "--yes", cwd=workspace)
    assert done.code == 0, done.out + done.err
    with table.open(encoding="utf-8", newline="") as file:
        reached = [each for each in csv.DictReader(file) if each["gehaald"] == "2022-11-30"]
    assert [each["mijlpaal"] for each in reached] == ["Tweede groep, met verladers"]
    sheets, _ = _sheets("overleg", workspace)
    assert "Voor wie: Wie over de grens werkt." in _words(sheets["k014"])


def test_each_project_has_a_file_of_its_own_that_says_what_the_report_says(reports: Path, tmp_path: Path) -> None:
    asked = [each for form in ("pdf", "docx", "html") for each in ("--format", form)]
    command = ["--workspace", str(reports.parent), "export", "projectbladen", "2021", "--output", "uit"]
    done = run(*command, "--project", "k001", "--project", "W008", *asked, cwd=tmp_path)
    assert done.code == 0, done.err
    made = {path.name for path in (tmp_path / "uit").iterdir()}
    assert made == {f"projectblad-{key}-2021.{form}" for key in ("K001", "W008") for form in ("pdf", "docx", "html")}
    page = tmp_path / "uit" / "projectblad-K001-2021.html"
    texts = [html_text(page), docx_text(page.with_suffix(".docx")), " ".join(pdf_pages(page.with_suffix(".pdf")))]
    together = html_text(reports / "2021" / "bladen" / "projectbladen-2021.html")
    amounts = set(re.findall(r"€ [\d.]+", texts[0]))
    assert len(amounts) > 5 and all(each in together for each in amounts)
    for text in texts:
        assert "Greenwise Campus" in text and "Projectblad 2021" in text and "oorbeelddata" in text
        assert "IT Hub Hoogeveen" not in text and all(each in text for each in amounts)
    links = re.findall(r'href="([^"]*)"', page.read_text(encoding="utf-8"))
    assert all(link.startswith(("#", "http", "data:")) for link in links), "a file that is sent leads to no other"
    again = run(*command, "--project", "K001", cwd=tmp_path)
    assert again.code == 0, "the same bytes are no other file"


def test_a_sheet_that_a_report_does_not_show_is_not_made(public: Path, tmp_path: Path) -> None:
    command = ["--workspace", str(public), "export", "projectbladen", "2021"]
    for asked in ("W008", "K01"):
        done = run(*command, "--project", "K001", "--project", asked, cwd=tmp_path)
        assert done.code == 1 and f"shows no project {asked}" in done.err and "one of K001" in done.err
    assert run("--workspace", str(public), "export", "projectbladen", "2020", cwd=tmp_path).code == 1
    assert not list(tmp_path.iterdir())
