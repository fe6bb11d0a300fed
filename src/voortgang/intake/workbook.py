"""Read a party's workbook. Nothing in it is trusted: it is measured before it is opened."""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from openpyxl.cell.rich_text import CellRichText
from openpyxl.worksheet.formula import ArrayFormula, DataTableFormula

from voortgang.errors import VoortgangError
from voortgang.intake import damage, layout, letters, memory, opening, part_names, remarks, unseen
from voortgang.intake.file_kind import OLE, other_kind, transitional, why_no_workbook
from voortgang.intake.measure import TooMuch, measure
from voortgang.intake.names import Names
from voortgang.intake.sheet import Pages, read_sheet
from voortgang.intake.submission import Submission, read_bytes
from voortgang.intake.values import as_seen
from voortgang.workspace import schema
from voortgang.workspace.deal import Deal
from voortgang.workspace.paths import period, year_of

MAX_UNPACKED, MAX_PARTS = 120_000_000, 2_000
# A workbook, a template of one, and what may hold macros and holds none.
_MAIN = re.compile(
    rb"application/vnd\.(?:openxmlformats-officedocument\.spreadsheetml\.(?:sheet|template)"
    rb"|ms-excel\.(?:sheet|template)\.macroEnabled)\.main\+xml"
)


def read_workbook(path: Path, deal: Deal, units: Mapping[str, str] | None = None) -> Submission:
    """Return what a workbook reports; what cannot be read or trusted becomes a finding.

    Parameters
    ----------
    path
        The file.
    deal
        The covenant.
    units
        Unit of each indicator, by id; those of the covenant by default.
    """
    given = read_bytes(path)
    if isinstance(given, Submission):
        return given
    submission, content = given
    if not _is_safe(content, submission):
        return submission
    try:
        with damage.told(content):
            content = part_names.usual(content)
        with damage.told(content):
            content = transitional(content)
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                measure(archive)
                formats = {
                    as_seen(title): tuple(unseen.newer_formats(archive.read(part)))
                    for title, part in remarks.sheets(archive)
                }
        opened = opening.opened(content)
        values = formulas = _named(opened.book)
        odd = _flatten(formulas)
        if any(cell.data_type == "f" for page in formulas.worksheets for cell in page._cells.values()):
            with damage.told(content):
                values = _named(opening.load(opened.content, data_only=True, rich_text=True))
            _flatten(values)
    except TooMuch as error:
        place = " › ".join(filter(None, (_title(content, error.part), error.place)))
        submission.found(place, "", error.rule, found=error.found, limit=error.limit)
        return submission
    except damage.Damaged as error:
        submission.found(error.place, "", "damaged", why=error.why)
        return submission
    names = Names(deal)
    if not _read_cover(values, submission, deal, names) or not _remember(formulas, submission):
        return submission
    if not _is_of_deal(submission, deal):
        return submission
    for title, what in opened.left_out:
        submission.found(title, "", "part_unread", what=what)
    remarks.find(content, formulas, submission)
    _compare_texts(formulas, submission)
    units = units or {each.id: each.unit for each in deal.indicators}
    asked = layout.sheets(submission.template)
    renamed = _renamed(formulas, asked)
    known = [layout.COVER, layout.LISTS, *(sheet.title for sheet in asked)]
    for page in formulas.worksheets:
        if page.title == memory.SHEET:
            continue
        if page.sheet_state != "visible":
            submission.found(page.title, "", "hidden", what=f"het blad {page.title}")
        if page.title in renamed:
            submission.found(page.title, page.title, "sheet_renamed", sheet=renamed[page.title])
        elif page.title not in known:
            filled = [cell for cell in page._cells.values() if cell.value is not None]
            for cell in filled[:1]:
                place = f"{page.title} › {cell.coordinate}"
                submission.found(place, cell.value, "sheet_unknown", sheets=", ".join(known))
    for sheet in asked:
        if sheet.title in renamed.values():
            continue
        if sheet.title not in formulas.sheetnames:
            submission.found(sheet.title, "", "sheet_missing", sheet=sheet.title)
            continue
        pages = Pages(
            formulas[sheet.title],
            values[sheet.title],
            odd.get(sheet.title, {}),
            formats.get(sheet.title, ()),
        )
        read_sheet(sheet, pages, submission, units, names)
    submission.check_values()
    return submission


def _renamed(book: Any, asked: Sequence[layout.Sheet]) -> dict[str, str]:
    """Return by its new name the right one of each sheet that somebody renamed: it has the title, or the headings."""
    open_ones = {sheet.title: sheet for sheet in asked if sheet.title not in book.sheetnames}
    own = {layout.COVER, layout.LISTS, memory.SHEET, *(sheet.title for sheet in asked)}
    renamed = {}
    for page in book.worksheets:
        rows: dict[int, set[str]] = {}
        for (row, _), cell in page._cells.items():
            if row <= layout.FIRST_ROW:
                rows.setdefault(row, set()).add(as_seen(str(cell.value or "")).casefold())
        for title, sheet in open_ones.items():
            headings = {column.heading.casefold() for column in sheet.columns}
            has_title = title.casefold() in rows.get(layout.TITLE_ROW, set())
            if page.title not in own and (
                has_title or any(len(headings & texts) * 4 >= len(headings) * 3 for texts in rows.values())
            ):
                renamed[page.title] = title
                del open_ones[title]
                break
    return renamed


def _title(content: bytes, part: str) -> str:
    """Return the title of a sheet by its part; the part itself when it is no sheet."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return next((title for title, path in remarks.sheets(archive) if path == part), part)


def _named(book: Any) -> Any:
    """Return a workbook whose sheets have the names that people see."""
    ours = {layout.COVER, layout.LISTS, memory.SHEET, *(sheet.title for sheet in layout.sheets())}
    for page in book.worksheets:
        # A space behind a name, or an accent as a letter of its own (macOS), is seen by nobody.
        title = as_seen(page.title)
        if title != page.title and title in ours and title not in book.sheetnames:
            page.title = title
    return book


def _flatten(book: Any) -> dict[str, dict[str, letters.Odd]]:
    """Make plain text of formulas that are objects and of texts with formatting inside.

    Returns
    -------
    dict
        By sheet and coordinate, what the letters of a part of such a text do to it.
    """
    found: dict[str, dict[str, letters.Odd]] = {}
    for page in book.worksheets:
        for cell in page._cells.values():
            if isinstance(cell.value, CellRichText):
                if (odd := letters.of_parts(cell)) is not None:
                    found.setdefault(page.title, {})[cell.coordinate] = odd
                cell.value, cell.data_type = letters.plain(cell.value), "s"
            elif isinstance(cell.value, ArrayFormula):
                cell.value, cell.data_type = cell.value.text or "=", "f"
            elif isinstance(cell.value, DataTableFormula):
                inputs = ";".join(filter(None, (cell.value.r1, cell.value.r2)))
                cell.value, cell.data_type = f"=TABLE({inputs})", "f"
    return found


def _is_safe(content: bytes, submission: Submission) -> bool:
    """Look at the archive without unpacking it."""
    if kind := other_kind(content):
        submission.found("", "", "other_kind", kind=kind)
        return False
    if content.startswith(OLE):
        # The names of the parts of such a file are UTF-16: an encrypted workbook is a part of it as a whole.
        is_locked = "EncryptedPackage".encode("utf-16-le") in content
        submission.found("", "", "locked_workbook" if is_locked else "old_excel")
        return False
    if not content.startswith(b"PK"):
        rule, details = why_no_workbook(content)
        submission.found("", "", rule, **details)
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            size = sum(part.file_size for part in parts)
            if size > MAX_UNPACKED or len(parts) > MAX_PARTS:
                submission.found("", "", "file_too_large", found=f"{size:,} bytes", limit=f"{MAX_UNPACKED:,} bytes")
                return False
            if any(part.filename.lower().endswith("vbaproject.bin") for part in parts):
                submission.found("", "", "macros")
                return False
            if twice := [name for name, count in Counter(part.filename for part in parts).items() if count > 1]:
                submission.found("", "", "damaged", why=f"{damage.part_name(twice[0])} staat er twee keer in")
                return False
            types = archive.read("[Content_Types].xml")
            if (damaged := archive.testzip()) is not None:
                submission.found("", "", "damaged", why=f"{damage.part_name(damaged)} is niet te lezen")
                return False
    except damage.DAMAGE as error:
        submission.found("", "", "damaged", why=damage.why_not_opened(error))
        return False
    if not _MAIN.search(types):
        submission.found("", "", "macros" if b"macroEnabled" in types else "file_kind")
        return False
    return True


def _remember(book: Any, submission: Submission) -> bool:
    """Read what the workbook was sent with."""
    try:
        submission.memory = memory.read(book)
    except (VoortgangError, KeyError, ValueError, TypeError):
        submission.found("", "", "not_our_workbook", why="de werkmap weet niet meer wat er bij verzending in stond")
        return False
    return True


def _is_of_deal(submission: Submission, deal: Deal) -> bool:
    """Refuse a workbook that was sent for another deal: a municipality may take part in two, under one id."""
    place = layout.COVER_DEAL
    sent = submission.memory.cells.get((layout.COVER, place), deal.name)
    if as_seen(sent).casefold() == as_seen(deal.name).casefold():
        return True
    submission.found(f"{layout.COVER} › {place}", sent, "other_deal", deal=deal.name)
    return False


def _compare_texts(book: Any, submission: Submission) -> None:
    """Name each cell of the cover and the lists that says something else than was sent."""
    for title in (layout.COVER, layout.LISTS):
        for cell in list(book[title]._cells.values()) if title in book.sheetnames else ():  # only the cells that exist
            text = "" if cell.value is None else str(cell.value)
            sent = submission.memory.cells.get((title, cell.coordinate), "")
            if as_seen(text).casefold() in {"", as_seen(sent).casefold()}:
                continue
            if cell.coordinate in layout.COVER_CELLS.values() and title == layout.COVER:
                submission.found(f"{title} › {cell.coordinate}", text, "cover_changed", sent=sent)
            else:
                submission.found(f"{title} › {cell.coordinate}", text, "stray_cell")


def _read_cover(book: Any, submission: Submission, deal: Deal, names: Names) -> bool:
    """Read from the cover who reports about which year."""
    if layout.COVER not in book.sheetnames:
        submission.found("", "", "not_our_workbook", why=f"het blad {layout.COVER} ontbreekt")
        return False
    cover = book[layout.COVER]
    party, year, version = (as_seen(str(cover[place].value or "")) for place in layout.COVER_CELLS.values())
    party = names.stored(party, schema.table("bijdragen").field("partij"))
    regional = {each.id: names.by_id["parties"][each.id] for each in deal.parties if each.group == "regio"}
    places = dict(zip(layout.COVER_CELLS, layout.COVER_CELLS.values(), strict=True))
    wrong = (
        ("Partij", party, party not in regional, ", ".join(regional.values())),
        ("Verslagjaar", year, period(year) is None, "een jaar, of een dag zoals 2021-06-30"),
        ("Sjabloon", version, version not in layout.READ_VERSIONS, layout.VERSION),
    )
    for label, value, is_wrong, expected in wrong:
        if is_wrong:
            why = f"{label} is {value or 'leeg'}, verwacht {expected}"
            submission.found(f"{layout.COVER} › {places[label]}", value, "not_our_workbook", why=why)
            return False
    of = period(year)
    submission.party, submission.of, submission.template = party, year, version
    submission.year = year_of(of) if of is not None else 0
    return True
