"""What the ministry asks of every deal for its yearly letter to the Tweede Kamer: the parts of Art. 7.4, short."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from voortgang.errors import VoortgangError
from voortgang.notebook import counts
from voortgang.publish.key_figures import Kerncijfer, Kerncijfers, Verslag, read_key_figures
from voortgang.workspace.paths import Workspace
from voortgang.writing import archive, dutch

MONEY = ("begroot", "gecommitteerd", "gerealiseerd", "uitputting")


class _Published(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Onderdeel(_Published):
    """One part of Art. 7.4."""

    id: Literal["aanpak", "doelbereik", "financien"]
    artikel: str = Field(description="Artikel van het convenant dat om dit onderdeel vraagt.")
    titel: str
    tekst: str = Field(description="Een korte tekst voor de brief.")
    kerncijfers: list[Kerncijfer] = Field(description="De cijfers van dit onderdeel, zoals in kerncijfers.json.")


class Opgave(_Published):
    """What one deal reports over one year."""

    schema_versie: Literal["1.0"]
    verslag: Verslag
    onderdelen: list[Onderdeel] = Field(min_length=3, max_length=3)


def export(workspace: Workspace, year: int, folder: Path) -> tuple[Path, Path]:
    """Write `lnv-<year>.json` and `lnv-<year>.docx`, and return both.

    Raises
    ------
    VoortgangError
        When there is no report on that year, its key figures lack one that the ministry asks for, or the folder cannot
        be written.
    """
    opgave = statement(read_key_figures(workspace, year))
    text = json.dumps(opgave.model_dump(mode="json"), ensure_ascii=False, indent=2) + "\n"
    files = {
        folder / f"lnv-{year}.json": text.encode(),
        folder / f"lnv-{year}.docx": _page(opgave, _styles(workspace.report(year) / "bron")),
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, content in files.items():
            path.write_bytes(content)
    except OSError as error:
        raise VoortgangError(
            f"The files cannot be written: {error.strerror}.", str(folder), "a folder to write in", "Choose another."
        ) from error
    first, second = files
    return first, second


def json_schema() -> str:
    """Return the JSON Schema of the ministry's file."""
    content = {"$schema": "https://json-schema.org/draft/2020-12/schema"} | Opgave.model_json_schema()
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def statement(figures: Kerncijfers) -> Opgave:
    """Return what a deal reports, from its key figures alone.

    Raises
    ------
    VoortgangError
        When a figure that the text quotes is absent.
    """
    known, report = figures.by_id, figures.verslag

    def words(key: str) -> str:
        if key not in known:
            raise VoortgangError(
                f"The report on {report.jaar} lacks the figure {key}.",
                "kerncijfers.json",
                "the figures of every pillar and of the deal as a whole",
                "Publish it in a notebook with vg.publish_projects, vg.publish_goals or vg.publish_money.",
            )
        return known[key].zinsdeel or known[key].tekst

    stems = {key.replace("-", "_"): name for key, name in report.pijlers.items()}
    day = dutch.long_date(report.peildatum)
    approach = (
        f"Op {day} telde de deal {words('totaal.projecten')}: {words('totaal.fasen')}. "
        f"Bij {words('totaal.aandacht')} staat een stoplicht op oranje of rood."
    )
    per_pillar = dutch.listing(
        f"{words(f'{key}.op_koers')} van de {words(f'{key}.met_doel')} bij {name}" for key, name in stems.items()
    )
    goals = f"Van de indicatoren met een doelwaarde zijn er behaald of op schema: {per_pillar}."
    money = (
        f"Van de begroting van {words('totaal.begroot')} is {words('totaal.gecommitteerd')} vastgelegd en "
        f"{words('totaal.gerealiseerd')} uitgegeven, een uitputting van {words('totaal.uitputting')}."
    )
    texts = {"aanpak": approach, "doelbereik": goals, "financien": money}
    titles = ("Programmatische aanpak", "Doelbereik", "Financiële realisatie")
    asked = {"aanpak": "totaal.projecten", "doelbereik": f"{next(iter(stems))}.op_koers", "financien": "totaal.begroot"}
    parts = [
        Onderdeel.model_validate(
            {
                "id": part,
                "artikel": known[asked[part]].artikel,
                "titel": title,
                "tekst": text,
                "kerncijfers": _of(figures, part, stems),
            }
        )
        for (part, text), title in zip(texts.items(), titles, strict=True)
    ]
    return Opgave(schema_versie="1.0", verslag=report, onderdelen=parts)


def _of(figures: Kerncijfers, part: str, stems: dict[str, str]) -> list[dict[str, Any]]:
    """Return the figures of a part: of the deal, its lines and its indicators, on the reporting year itself."""
    kinds = {"aanpak": [*counts.PROJECTS, "fasen"], "doelbereik": counts.GOALS, "financien": MONEY}[part]
    scopes = {"totaal", "overhead", *stems}
    chosen = [
        each
        for each in figures.kerncijfers
        if each.jaar == figures.verslag.jaar
        and (
            tuple(each.id.split(".")) in {(scope, kind) for scope in scopes for kind in kinds}
            or (part == "doelbereik" and "indicator" in each.over and not {"gemeente", "sector"} & each.over.keys())
        )
    ]
    return [each.model_dump() for each in chosen]


def _styles(sources: Path) -> Path:
    """Return the Word styles of a report, wherever in its sources they stand."""
    return next(iter(sorted(sources.rglob("stijl.docx"))), sources / "stijl.docx")


def _page(opgave: Opgave, style: Path) -> bytes:
    """Return one page in Word: the three texts, and the money of each line."""
    from io import BytesIO

    import docx
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import OxmlElement

    document = docx.Document(str(style) if style.is_file() else None)
    for each in list(document.element.body)[:-1]:  # the last element describes the page
        document.element.body.remove(each)
    report = opgave.verslag
    document.core_properties.title = f"Opgave {report.jaar}: {report.deal}"
    document.core_properties.language = "nl-NL"
    document.add_paragraph(report.deal, style="Title")
    remark = "; de cijfers zijn voorbeelddata" if report.voorbeelddata else ""
    document.add_paragraph(
        f"Opgave over {report.jaar}, stand op {dutch.long_date(report.peildatum)}, {report.status}{remark}",
        style="Subtitle",
    )
    for part in opgave.onderdelen:
        heading = document.add_paragraph(f"{part.titel} (art. {part.artikel})", style="Heading 1")
        heading.paragraph_format.page_break_before = False
        document.add_paragraph(part.tekst)
    money = {each.id: each for each in opgave.onderdelen[2].kerncijfers}
    lines = {
        **{key.replace("-", "_"): name for key, name in report.pijlers.items()},
        "overhead": "Overhead",
        "totaal": "Totaal",
    }
    rows = {name: [money.get(f"{key}.{column}") for column in MONEY] for key, name in lines.items()}
    table = document.add_table(rows=1, cols=5, style="Table")
    headings = (report.pijlerwoord.capitalize(), *(column.capitalize() for column in MONEY))
    for cell, name in zip(table.rows[0].cells, headings, strict=True):
        cell.text = name
    for name, figures in rows.items():
        if any(figures):
            cells = table.add_row().cells
            cells[0].text = name
            for cell, figure in zip(cells[1:], figures, strict=True):
                cell.text = figure.tekst if figure else dutch.MISSING
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))  # Word repeats and announces it
    for number, row in enumerate(table.rows):
        for place, cell in enumerate(row.cells):
            cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT if place else WD_ALIGN_PARAGRAPH.LEFT
            for piece in cell.paragraphs[0].runs:
                piece.bold = number in (0, len(table.rows) - 1)
    target = BytesIO()
    document.save(target)
    return archive.without_times(target.getvalue())
