"""The key figures (kerncijfers) of a report as they are published: JSON with a schema, CSV and a workbook."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from datetime import date
from io import BytesIO, StringIO
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from voortgang.assemble.collect import Collected
from voortgang.errors import VoortgangError
from voortgang.publish.rows_behind import Evidence
from voortgang.run.plan import Plan
from voortgang.workspace.paths import Period, Workspace
from voortgang.writing import archive
from voortgang.writing.publishable import Unit
from voortgang.writing.spreadsheet import csv_cell

NAME = "kerncijfers.json"

SCHEMA_VERSION = "1.1"
"""Version of the form of `kerncijfers.json`; the first number changes when a reader must change."""

ABOUT = ("pijler", "thema", "resultaat", "indicator", "gemeente", "sector", "project", "partij")


UNITS = "euro, aandeel (0 tot 1), aantal, procent (0 tot 100), procentpunt, mijlpaal (1 is ja, 0 is nee) of woord."


class _Published(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Bron(_Published):
    """Rows that a figure was computed from."""

    bestand: str = Field(description="Bestand in de werkmap van het bureau.")
    waar: dict[str, list[str]] = Field(description="Kolommen, met de waarden die een rij er mag hebben; leeg is alle.")
    tot_en_met: date = Field(description="Alleen wat op deze dag bekend was.")
    rijen: str = Field(
        pattern=r"^(\d+(-\d+)?(,\d+(-\d+)?)*)?$",
        description="Rijnummers zoals een rekenblad ze telt, de kop is rij 1. Leeg bij het convenant.",
    )
    sha256: str = Field(
        pattern=r"^[0-9a-f]{64}$",
        description="SHA-256 van deze regels in gegevens/<tabel>.csv, of van het bestand als er geen rijen zijn.",
    )


class Herkomst(_Published):
    """Where a figure was computed."""

    notebook: str = Field(description="Bestand van het notebook.")
    cel: str = Field(description="Id van de cel.")
    bronnen: list[Bron]


class Kerncijfer(_Published):
    """One published number."""

    id: str = Field(pattern=r"^[a-z0-9_]+(\.[a-z0-9_]+)*$", description="Vaste sleutel, elk jaar dezelfde.")
    label: str = Field(description="Wat het cijfer is.")
    waarde: int | float | str = Field(description="Het cijfer zelf, in zijn eenheid.")
    tekst: str = Field(description="Zoals het verslag het schrijft.")
    zinsdeel: str = Field(description="Zoals lopende tekst het schrijft, als dat anders is.")
    eenheid: Unit = Field(description=UNITS)
    jaar: int = Field(description="Het jaar waar het cijfer over gaat.")
    peildatum: date = Field(description="De dag waarop het cijfer bekend was.")
    artikel: str = Field(description="Artikel van het convenant dat om het cijfer vraagt.")
    over: dict[str, str] = Field(description=f"Waar het over gaat: {', '.join(ABOUT)}, elk met zijn id in deal.yml.")
    status: Literal["voorlopig", "definitief", "verwachting"] = Field(
        description="Voorlopig als het op een voorlopige meting berust, verwachting als het over de toekomst gaat."
    )
    staat_in: list[str] = Field(description="Labels van de tabellen, figuren en teksten waarin het staat.")
    herkomst: Herkomst


class Verslag(_Published):
    """The report that the figures belong to."""

    deal: str
    eerste_jaar: int
    laatste_jaar: int = Field(description="Jaar waarin de deal eindigt.")
    pijlerwoord: str = Field(description="Hoe de deal een pijler noemt.")
    pijlers: dict[str, str] = Field(description="Namen van de pijlers, bij hun id.")
    jaar: int
    peildatum: date
    status: Literal["concept", "besproken", "vastgesteld"]
    editie: Literal["overleg", "openbaar"]
    voorbeelddata: bool = Field(description="Of er verzonnen rijen in de gegevens staan.")


class Kerncijfers(_Published):
    """What `kerncijfers.json` holds."""

    schema_versie: Literal["1.0", "1.1"] = Field(description="Versie van deze vorm.")
    verslag: Verslag
    kerncijfers: list[Kerncijfer]

    @property
    def by_id(self) -> dict[str, Kerncijfer]:
        """The figures by their id."""
        return {each.id: each for each in self.kerncijfers}

    def json_text(self) -> str:
        """Return the file."""
        return self.model_dump_json(indent=1) + "\n"


def read_key_figures(workspace: Workspace, year: Period) -> Kerncijfers:
    """Return the key figures of a year's report.

    Raises
    ------
    VoortgangError
        When there is no report on that year, or its key figures are damaged.
    """
    path = workspace.report(year) / NAME
    try:
        return Kerncijfers.model_validate_json(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise VoortgangError(
            f"The key figures of {year} cannot be read.",
            workspace.relative(path),
            "the file that the build wrote",
            f"Run: voortgang build {year}",
        ) from error


def key_figures(plan: Plan, collected: Collected, evidence: Evidence) -> Kerncijfers:
    """Return every fact that the notebooks of a report published, with its rows, in the order of their ids."""
    parameters, data = plan.parameters, plan.checked.data
    return Kerncijfers(
        schema_versie=SCHEMA_VERSION,
        verslag=Verslag(
            deal=plan.deal.name,
            eerste_jaar=plan.deal.term.first_year,
            laatste_jaar=plan.deal.term.end.year,
            pijlerwoord=data.deal.pillar_word.one,
            pijlers={pillar.id: pillar.name for pillar in data.deal.pillars},
            jaar=plan.year,
            peildatum=parameters.reference_date,
            status=parameters.status,
            editie=parameters.edition,
            voorbeelddata=data.tables.has_example_rows,
        ),
        kerncijfers=[_published(collected, key, evidence) for key in sorted(collected.facts)],
    )


def _published(collected: Collected, key: str, evidence: Evidence) -> Kerncijfer:
    fact, cell = collected.facts[key], collected.cells[key]
    provisional = any(evidence.is_provisional(each) for each in fact.sources)
    return Kerncijfer(
        id=fact.id,
        label=fact.label,
        waarde=fact.value,
        tekst=fact.text,
        zinsdeel=fact.phrase,
        eenheid=fact.unit,
        jaar=fact.year,
        peildatum=fact.reference_date,
        artikel=fact.article,
        over=fact.about,
        status="verwachting" if fact.forecast else "voorlopig" if provisional else "definitief",
        staat_in=sorted(collected.places.get(key, ())),
        herkomst=Herkomst(
            notebook=cell.notebook, cel=cell.cell, bronnen=[Bron(**evidence.of(each)) for each in fact.sources]
        ),
    )


def json_schema() -> str:
    """Return the JSON Schema of `kerncijfers.json`."""
    content = {"$schema": "https://json-schema.org/draft/2020-12/schema"} | Kerncijfers.model_json_schema()
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


COLUMNS = {
    "id": "Vaste sleutel van het cijfer, elk jaar dezelfde.",
    "label": "Wat het cijfer is.",
    "waarde": "Het cijfer zelf, in zijn eenheid.",
    "tekst": "Zoals het verslag het schrijft.",
    "eenheid": UNITS,
    "jaar": "Het jaar waar het cijfer over gaat.",
    "peildatum": "De dag waarop het cijfer bekend was.",
    "artikel": "Artikel van het convenant dat om het cijfer vraagt.",
    **{name: f"Id van de {name} waar het over gaat, in deal.yml; leeg als dat niet geldt." for name in ABOUT},
    "status": "definitief, voorlopig (er zit een voorlopige meting in) of verwachting.",
    "staat_in": "Labels van de tabellen, figuren en teksten waarin het staat.",
    "notebook": "Notebook dat het berekent.",
    "cel": "Id van de cel in dat notebook.",
    "bronnen": "Bestanden en rijnummers waaruit het is berekend.",
}
"""The columns of `kerncijfers.csv` and the workbook, and what each means."""


def as_csv(figures: Kerncijfers) -> bytes:
    """Return the figures as CSV."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(map(csv_cell, row) for row in _rows(figures))
    return text.getvalue().encode()


def as_xlsx(figures: Kerncijfers) -> bytes:
    """Return the figures as a workbook with a sheet that explains the columns; the same figures give the same bytes."""
    from openpyxl import Workbook
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    from voortgang.writing.spreadsheet import number_format, put_number, put_text

    book = Workbook()
    sheet = book.active
    sheet.title = "Kerncijfers"
    formats = {"euro": '"€" #,##0', "aandeel": "0.0%"}
    for number, row in enumerate([tuple(COLUMNS), *_rows(figures)], start=1):
        for column, value in enumerate(row, start=1):
            cell = sheet.cell(number, column)
            if isinstance(value, str):
                put_text(cell, value)
            else:
                put_number(cell, value)
                if column == 3:
                    cell.number_format = formats.get(str(row[4])) or number_format(value)
    widths = {"id": 44, "label": 60, "waarde": 16, "tekst": 16, "staat_in": 30, "bronnen": 60, "notebook": 26}
    for column, name in enumerate(COLUMNS, start=1):
        sheet.cell(1, column).font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(column)].width = widths.get(name, 14)
    sheet.freeze_panes = "C2"
    sheet.auto_filter.ref = sheet.dimensions
    meaning = book.create_sheet("Toelichting")
    report = figures.verslag
    lines = [
        ("Deal", report.deal),
        ("Verslagjaar", str(report.jaar)),
        ("Peildatum", report.peildatum.isoformat()),
        ("Status", report.status + (", voorbeelddata" if report.voorbeelddata else "")),
        ("Kolom", "Betekenis"),
        *COLUMNS.items(),
    ]
    for number, line in enumerate(lines, start=1):
        for column, text in enumerate(line, start=1):
            put_text(meaning.cell(number, column), text).font = Font(bold=column == 1 or number == 5)
    meaning.column_dimensions["A"].width, meaning.column_dimensions["B"].width = 16, 90
    book.properties.title, book.properties.creator = f"Kerncijfers {report.jaar}: {report.deal}", "voortgang"
    target = BytesIO()
    book.save(target)
    return archive.without_times(target.getvalue())


def _rows(figures: Kerncijfers) -> Iterator[tuple[Any, ...]]:
    for each in figures.kerncijfers:
        sources = "; ".join(f"{one.bestand} {one.rijen}".strip() for one in each.herkomst.bronnen)
        yield (
            *(each.id, each.label, each.waarde, each.tekst, each.eenheid, each.jaar, each.peildatum.isoformat()),
            *(each.artikel, *(each.over.get(name, "") for name in ABOUT), each.status, " ".join(each.staat_in)),
            *(each.herkomst.notebook, each.herkomst.cel, sources),
        )
