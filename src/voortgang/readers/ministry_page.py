"""What the ministry gets of a deal in Word: two pages in the order of the letters to the Tweede Kamer."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from voortgang.readers.ministry_form import Opgave
from voortgang.writing import archive, dutch
from voortgang.writing.table_widths import fitting

MONEY = ("begroot", "gecommitteerd", "gerealiseerd", "uitputting")
NO_LESSONS = "In dit verslag zijn geen leerervaringen opgenomen."


def page(opgave: Opgave, style: Path) -> bytes:
    """Return the document: general progress, finances in all and per instalment, risks, and lessons."""
    import docx

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
    approach, goals, money = opgave.onderdelen
    _heading(document, "Algemene voortgang")
    for part in (approach, goals):
        document.add_paragraph(f"{part.titel} (art. {part.artikel}). {part.tekst}")
    _heading(document, "Financiële voortgang")
    document.add_paragraph(f"{money.titel} (art. {money.artikel}). {money.tekst}")
    figures = {each.id: each for each in money.kerncijfers}
    lines = {**{key.replace("-", "_"): name for key, name in report.pijlers.items()}} | {
        "overhead": "Overhead",
        "totaal": "Totaal",
    }
    found = [(name, [figures.get(f"{key}.{column}") for column in MONEY]) for key, name in lines.items()]
    rows = [(name, *(each.tekst if each else dutch.MISSING for each in row)) for name, row in found if any(row)]
    _table(document, (report.pijlerwoord.capitalize(), *(column.capitalize() for column in MONEY)), rows, total=True)
    _heading(document, "Financiën per tranche")
    if opgave.tranches:
        tranches = [(str(each.nummer), each.bedrag.tekst, each.opgeteld.tekst) for each in opgave.tranches]
        _table(document, ("Tranche", "Ontvangen", "Opgeteld"), tranches)
    else:
        document.add_paragraph("Op de peildatum was nog geen tranche van de Rijksbijdrage ontvangen.")
    if opgave.risicos:
        _heading(document, "Risico's")
        risks = [
            (
                f"{each.risico}; {each.oorzaak}",
                f"{each.kans} × {each.effect}",
                each.maatregel,
                each.eigenaar,
                each.beweging,
            )
            for each in opgave.risicos
        ]
        headings = ("Risico en oorzaak", "Kans × effect", "Maatregel", "Eigenaar", f"Sinds eind {report.jaar - 1}")
        shown = headings[:-1] if report.jaar == report.eerste_jaar else headings  # there was no year before
        _table(document, shown, [row[: len(shown)] for row in risks], words=True)
    _heading(document, "Leerervaringen")
    for lesson in opgave.leerervaringen:
        document.add_paragraph(f"{lesson.naam}. {lesson.tekst}")
    if not opgave.leerervaringen:
        document.add_paragraph(NO_LESSONS)
    target = BytesIO()
    document.save(target)
    return archive.without_times(target.getvalue())


def _heading(document: Any, text: str) -> None:
    from docx.shared import Pt

    layout = document.add_paragraph(text, style="Heading 1").paragraph_format
    layout.page_break_before, layout.space_before = False, Pt(14)  # elsewhere it begins a page


def _table(
    document: Any, headings: tuple[str, ...], rows: Sequence[tuple[str, ...]], total: bool = False, words: bool = False
) -> None:
    """Add a table; of numbers from the second column on, which stays on one page, or of words only."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import OxmlElement

    table = document.add_table(rows=0, cols=len(headings), style="Table")
    # Left out by python-docx as the default of the document; LibreOffice shows its lines only where it is named.
    table._tbl.tblStyle_val = document.styles["Table"].style_id
    table.autofit = False
    widths = _widths(document, headings, rows)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    for texts in (headings, *rows):
        for cell, text, width in zip(table.add_row().cells, texts, widths, strict=True):
            cell.text, cell.width = text, width
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))  # Word repeats and announces it
    strong = {0, len(rows)} if total else {0}
    known = {each.name for each in document.styles}
    for number, row in enumerate(table.rows):
        row._tr.get_or_add_trPr().insert(0, OxmlElement("w:cantSplit"))
        with_next = number < len(rows) and not (words and number)
        style = "Tabeltekst bijeen" if with_next else "Tabeltekst"
        for place, cell in enumerate(row.cells):
            paragraph = cell.paragraphs[0]
            if style in known:  # the bureau may have styles of its own
                paragraph.style = style
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT if place and not words else WD_ALIGN_PARAGRAPH.LEFT
            for piece in paragraph.runs:
                piece.bold = number in strong


def _widths(document: Any, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> list[int]:
    """Return how wide each column is, in the units of Word: as wide as the text together, and no word is broken."""
    section, shares = document.sections[0], fitting(headings, rows)
    whole = section.page_width - section.left_margin - section.right_margin
    return [whole * share // sum(shares) for share in shares]
