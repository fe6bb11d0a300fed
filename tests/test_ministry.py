"""What the ministry gets follows its letters: general progress, finances per instalment, risks, lessons.

It is two pages.
"""

from __future__ import annotations

import json
import re
import shutil
from io import BytesIO
from pathlib import Path

import docx
import pytest
from conftest import run

from voortgang.publish.key_figures import Kerncijfers
from voortgang.readers.ministry import VARIABLES, lessons, statement
from voortgang.readers.ministry_form import Risico
from voortgang.readers.ministry_page import page
from voortgang.workspace.extension import extension
from voortgang.workspace.unwritten import unwritten

RISK = {"klein": 1, "middel": 2, "groot": 3}
HEADINGS = ["Algemene voortgang", "Financiële voortgang", "Financiën per tranche", "Risico's", "Leerervaringen"]


@pytest.mark.parametrize(("year", "instalments"), [(2019, 1), (2021, 3), (2023, 3)])
def test_the_ministry_gets_progress_instalments_and_lessons(
    reports: Path, tmp_path: Path, year: int, instalments: int
) -> None:
    done = run("export", "lnv", str(year), "--output", str(tmp_path), cwd=reports.parent)
    assert done.code == 0, done.err
    opgave = json.loads((tmp_path / f"lnv-{year}.json").read_text(encoding="utf-8"))
    amounts = [each["bedrag"]["waarde"] for each in opgave["tranches"]]
    assert len(amounts) == instalments
    assert [each["opgeteld"]["waarde"] for each in opgave["tranches"]] == [
        sum(amounts[: number + 1]) for number in range(instalments)
    ]
    narrative = reports.parent / "data" / "toelichting" / str(year)
    for lesson in opgave["leerervaringen"]:
        typed = (narrative / f"leerervaringen-{lesson['pijler']}.md").read_text(encoding="utf-8")
        assert lesson["tekst"] == typed.strip()
    assert [each["naam"] for each in opgave["leerervaringen"]] == ["Werken", "Wonen", "Welzijn"]
    document = docx.Document(str(tmp_path / f"lnv-{year}.docx"))
    assert [each.text for each in document.paragraphs if each.style.name == "Heading 1"] == HEADINGS  # type: ignore[union-attr]
    words = " ".join([each.text for each in document.paragraphs]).split()
    assert 100 < len(words) < 600, "two pages, with two tables"
    assert [len(table.rows) for table in document.tables] == [6, 1 + instalments, 1 + len(opgave["risicos"])]
    weights = [RISK[each["kans"]] * RISK[each["effect"]] for each in opgave["risicos"]]
    assert 1 < len(weights) <= 5 and weights == sorted(weights, reverse=True)
    assert "vervallen" not in {each["beweging"] for each in opgave["risicos"]}
    assert "0 gestopt" not in " ".join(words)


def test_no_word_of_a_table_is_broken_however_long_the_names_are(reports: Path) -> None:
    """Columns were of one width, and a row was torn over two pages."""
    figures = Kerncijfers.model_validate_json((reports / "2021" / "kerncijfers.json").read_bytes())
    risk = {"nummer": "R001", "risico": "Arbeidsmarktontwikkelingen blijven uit " * 5, "oorzaak": "krapte " * 40}
    risk |= {"kans": "groot", "effect": "groot", "maatregel": "Leerwerkplekken " * 18, "beweging": "gelijk"}
    risks = [Risico.model_validate(risk | {"eigenaar": "Alphen-Chaam en Baarle-Nassau"})] * 5
    opgave = statement(figures).model_copy(update={"risicos": risks})
    document = docx.Document(BytesIO(page(opgave, extension() / "stijl.docx")))
    section = document.sections[0]
    wide = section.page_width - section.left_margin - section.right_margin  # type: ignore[operator]
    assert len(document.tables) == 3
    for table in document.tables:
        assert 0.99 * wide < sum(each.width for each in table.columns) <= wide  # type: ignore[misc]
        for row in table.rows:
            assert row._tr.trPr is not None and row._tr.trPr.xpath("w:cantSplit")
            for cell in row.cells:
                assert cell.width is not None
                longest = max(map(len, re.split(r"[\s-]+", cell.text)))
                assert longest * 5.0 < cell.width.pt, cell.text  # letters of 8.5 points
                assert (cell.paragraphs[0].style.name or "").startswith("Tabeltekst")  # type: ignore[union-attr]


FACTS, LESSONS = "bron/_variables.yml", "bron/fragmenten/_toelichting-leerervaringen-werken.md"
SHEETS = "bron/fragmenten/_txt-projectbladen.md"


@pytest.mark.parametrize(
    ("export", "name", "content"),
    [
        ("lnv", FACTS, None),
        ("lnv", FACTS, b"verslag: ["),
        ("lnv", FACTS, b"\xff"),
        ("lnv", LESSONS, b"\xff"),
        ("lnv", "gegevens/risicos.csv", b"rij,x\n1,2,3\n"),
        ("projectbladen", FACTS, None),
        ("projectbladen", FACTS, b"verslag: ["),
        ("projectbladen", SHEETS, b"\xff"),
    ],
)
def test_a_damaged_report_is_said_to_be_damaged_and_gives_no_export(
    reports: Path, tmp_path: Path, export: str, name: str, content: bytes | None
) -> None:
    deal = tmp_path / "deal"
    for part in ("data", "parameters", "reports/2021"):
        shutil.copytree(reports.parent / part, deal / part)
    (deal / "reports" / "2021" / name).unlink()
    if content is not None:
        (deal / "reports" / "2021" / name).write_bytes(content)
    done = run("export", export, "2021", "--output", str(tmp_path / "uit"), cwd=deal)
    assert done.code == 1 and "The report on 2021 is damaged" in done.err and "reports/2021" in done.err, done.err
    assert not (tmp_path / "uit").exists()


def _said(reports: Path, **other: float) -> dict[str, str]:
    """Return what is said of each part of Art. 7.4, with other values for some figures."""
    path = reports / "2021" / "kerncijfers.json"
    figures = Kerncijfers.model_validate_json(path.read_text(encoding="utf-8"))
    changed = [
        each.model_copy(update={"waarde": other[each.id], "tekst": str(other[each.id]), "zinsdeel": ""})
        if each.id in other
        else each
        for each in figures.kerncijfers
    ]
    return {each.id: each.tekst for each in statement(figures.model_copy(update={"kerncijfers": changed})).onderdelen}


def test_a_deal_without_projects_or_targets_is_told_so(reports: Path) -> None:
    said = _said(reports)
    assert "telde de deal 31 projecten: " in said["aanpak"] and "stoplicht" in said["aanpak"]
    assert said["doelbereik"].startswith("Van de indicatoren met een doelwaarde") and "geen" not in said["doelbereik"]
    said = _said(reports, **{"totaal.projecten": 0, "werken.met_doel": 0})
    assert said["aanpak"] == "Op 31 december 2021 telde de deal 0."
    assert said["doelbereik"].endswith("bij Welzijn. Bij Werken heeft geen indicator een doelwaarde.")
    said = _said(reports, **{"werken.met_doel": 0, "wonen.met_doel": 0, "welzijn.met_doel": 0})
    assert said["doelbereik"] == "Bij Werken, Wonen en Welzijn heeft geen indicator een doelwaarde."


def test_after_the_deal_nothing_is_on_schedule(reports: Path) -> None:
    running, ended = (_said(reports, **{"deal.looptijd": share, "werken.behaald": 77}) for share in (0.5, 1))
    assert running["doelbereik"].startswith("Van de indicatoren met een doelwaarde zijn er behaald of op schema: ")
    assert ended["doelbereik"].startswith("Van de indicatoren met een doelwaarde zijn er behaald: 77 van de ")


@pytest.mark.parametrize("year", [2019, 2020])
def test_the_first_year_tells_of_no_year_before(reports: Path, tmp_path: Path, year: int) -> None:
    assert run("export", "lnv", str(year), "--output", str(tmp_path), cwd=reports.parent).code == 0
    risks = docx.Document(str(tmp_path / f"lnv-{year}.docx")).tables[-1]
    assert (f"Sinds eind {year - 1}" in {cell.text for cell in risks.rows[0].cells}) == (year > 2019)
    assert len(risks.columns) == (4 if year == 2019 else 5)


def test_of_lights_that_nobody_gave_nothing_is_told(reports: Path) -> None:
    path = reports / "2021" / "kerncijfers.json"
    figures = Kerncijfers.model_validate_json(path.read_text(encoding="utf-8"))
    left = [each for each in figures.kerncijfers if each.id != "totaal.aandacht"]
    approach = statement(figures.model_copy(update={"kerncijfers": left})).onderdelen[0].tekst
    assert "31 projecten: " in approach and "stoplicht" not in approach


def test_of_a_budget_of_nothing_there_is_no_share(reports: Path) -> None:
    path = reports / "2021" / "kerncijfers.json"
    figures = Kerncijfers.model_validate_json(path.read_text(encoding="utf-8"))
    left = [each for each in figures.kerncijfers if each.id != "totaal.uitputting"]
    money = statement(figures.model_copy(update={"kerncijfers": left})).onderdelen[2].tekst
    assert money.endswith("gerealiseerd.") and "uitputting" not in money


def test_a_text_that_nobody_wrote_is_no_lesson(reports: Path) -> None:
    report = Kerncijfers.model_validate_json((reports / "2021" / "kerncijfers.json").read_text("utf-8")).verslag

    def read(name: str) -> bytes | None:
        if name == VARIABLES:
            return b"a: b"
        return unwritten(2021).encode() if "werken" in name else b"Begin vroeg.\n" if "wonen" in name else None

    assert [*lessons(report, read)] == [("Wonen", "Begin vroeg.")]
