"""Read a party's workbook. Nothing in it is trusted: it is measured before it is opened."""

from __future__ import annotations

import io
import warnings
import zipfile
import zlib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.datetime import from_excel
from openpyxl.utils.exceptions import InvalidFileException

from voortgang.errors import VoortgangError
from voortgang.intake import layout, memory, remarks, shown
from voortgang.intake.file_kind import other_kind, transitional, why_no_workbook
from voortgang.intake.measure import TooMuch, measure
from voortgang.intake.submission import Reported, Submission, read_bytes
from voortgang.intake.values import canonical
from voortgang.workspace import schema
from voortgang.workspace.deal import Deal

MAX_FILE, MAX_UNPACKED, MAX_PARTS = 20_000_000, 120_000_000, 2_000
MAX_TEXT = 5_000
# What zipfile, zlib, the XML parser and openpyxl's own parts stumble over in a damaged file.
_DAMAGE = (
    InvalidFileException,
    zipfile.BadZipFile,
    zlib.error,
    AttributeError,
    EOFError,
    IndexError,
    KeyError,
    NotImplementedError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
)
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_MAIN = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_PREFILLED = {"peildatum", "status", "project_id", "indicator_id", "gemeente", "sector", "partij"}


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
    opened = read_bytes(path)
    if isinstance(opened, Submission):
        return opened
    submission, content = opened
    if not _is_safe(content, submission):
        return submission
    try:
        content = transitional(content)
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            measure(archive)
        values = formulas = _load(content)
        if any(cell.data_type == "f" for page in formulas.worksheets for cell in page._cells.values()):
            values = _load(content, data_only=True)
    except TooMuch as error:
        place = " › ".join(filter(None, (_title(content, error.part), error.place)))
        submission.found(place, "", error.rule, found=error.found, limit=error.limit)
        return submission
    except _DAMAGE as error:
        why = str(error).splitlines()[0][:120] if str(error) else type(error).__name__
        submission.found("", "", "damaged", why=why)
        return submission
    if not _read_cover(values, submission, deal) or not _remember(formulas, submission):
        return submission
    remarks.find(content, formulas, submission)
    _compare_texts(formulas, submission)
    units = units or {each.id: each.unit for each in deal.indicators}
    known = [layout.COVER, layout.LISTS, *(sheet.title for sheet in layout.sheets())]
    for page in formulas.worksheets:
        if page.title == memory.SHEET:
            continue
        if page.sheet_state != "visible":
            submission.found(page.title, "", "hidden", what=f"het blad {page.title}")
        if page.title not in known:
            filled = [cell for cell in page._cells.values() if cell.value is not None]
            for cell in filled[:1]:
                place = f"{page.title} › {cell.coordinate}"
                submission.found(place, cell.value, "sheet_unknown", sheets=", ".join(known))
    for sheet in layout.sheets():
        if sheet.title not in formulas.sheetnames:
            submission.found(sheet.title, "", "sheet_missing", sheet=sheet.title)
            continue
        _Page(sheet, formulas[sheet.title], values[sheet.title], submission, units).read()
    submission.check_values()
    return submission


def _title(content: bytes, part: str) -> str:
    """Return the title of a sheet by its part; the part itself when it is no sheet."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return next((title for title, path in remarks.sheets(archive) if path == part), part)


def _load(content: bytes, **options: bool) -> Any:
    """Open a workbook; what the library warns of (drawings, dates out of range) is a finding of its own."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return load_workbook(io.BytesIO(content), keep_links=False, **options)


def _is_safe(content: bytes, submission: Submission) -> bool:
    """Look at the archive without unpacking it."""
    if len(content) > MAX_FILE:
        submission.found("", "", "file_too_large", found=f"{len(content):,} bytes", limit=f"{MAX_FILE:,} bytes")
        return False
    if content.startswith(_OLE):
        submission.found("", "", "old_excel")
        return False
    if kind := other_kind(content):
        submission.found("", "", "other_kind", kind=kind)
        return False
    if not content.startswith(b"PK"):
        submission.found("", "", "damaged", why=why_no_workbook(content))
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
            types = archive.read("[Content_Types].xml")
            if (damaged := archive.testzip()) is not None:
                submission.found("", "", "damaged", why=damaged)
                return False
    except _DAMAGE as error:
        submission.found("", "", "damaged", why=str(error)[:120])
        return False
    if _MAIN not in types:
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


def _compare_texts(book: Any, submission: Submission) -> None:
    """Name each cell of the cover and the lists that says something else than was sent."""
    for title in (layout.COVER, layout.LISTS):
        for cell in list(book[title]._cells.values()) if title in book.sheetnames else ():  # only the cells that exist
            text = "" if cell.value is None else str(cell.value)
            if text not in {"", submission.memory.cells.get((title, cell.coordinate), "")}:
                submission.found(f"{title} › {cell.coordinate}", text, "stray_cell")


def _read_cover(book: Any, submission: Submission, deal: Deal) -> bool:
    """Read from the cover who reports about which year."""
    if layout.COVER not in book.sheetnames:
        submission.found("", "", "not_our_workbook", why=f"het blad {layout.COVER} ontbreekt")
        return False
    cover = book[layout.COVER]
    party, year, version = (str(cover[place].value or "") for place in layout.COVER_CELLS.values())
    regional = [each.id for each in deal.parties if each.group == "regio"]
    places = dict(zip(layout.COVER_CELLS, layout.COVER_CELLS.values(), strict=True))
    wrong = (
        ("Partij", party, party not in regional, ", ".join(regional)),
        ("Verslagjaar", year, not (year.isascii() and year.isdigit() and len(year) == 4), "een jaar"),
        ("Sjabloon", version, version != layout.VERSION, layout.VERSION),
    )
    for label, value, is_wrong, expected in wrong:
        if is_wrong:
            why = f"{label} is {value or 'leeg'}, verwacht {expected}"
            submission.found(f"{layout.COVER} › {places[label]}", value, "not_our_workbook", why=why)
            return False
    submission.party, submission.year = party, int(year)
    return True


class _Page:
    """One sheet on its way to rows."""

    def __init__(
        self, sheet: layout.Sheet, formulas: Any, values: Any, submission: Submission, units: Mapping[str, str]
    ) -> None:
        self.sheet, self.formulas, self.values, self.submission = sheet, formulas, values, submission
        self.units = units
        self.table = schema.table(sheet.table)

    def read(self) -> None:
        columns = self._headings()
        if columns is None:
            return
        self.columns = columns
        for merged in self.formulas.merged_cells.ranges:
            if merged.max_row >= layout.HEADING_ROW:
                self._found(str(merged.start_cell.coordinate), "", "merged", range=merged.coord)
        for letter, dimension in self.formulas.column_dimensions.items():
            if dimension.hidden:
                self._found(f"{letter}:{letter}", "", "hidden", what=f"kolom {letter} op {self.sheet.title}")
        # Only the cells that exist are visited: one cell in the far corner makes no million of empty ones.
        lines: dict[int, list[Any]] = {}
        for row, column in sorted(self.formulas._cells):
            lines.setdefault(row, []).append(self.formulas._cells[row, column])
        for number, cells in lines.items():
            if number < layout.FIRST_ROW:
                self._require_nothing_above(cells)
                continue
            for cell in cells:
                if cell.column not in columns and cell.value is not None:
                    self._found(cell.coordinate, cell.value, "stray_cell")
            self._read_row(number, columns)

    def _headings(self) -> dict[int, layout.Column] | None:
        """Return which column stands where; none when a heading is missing or stands twice."""
        wanted = {column.heading: column for column in self.sheet.columns}
        found: dict[int, layout.Column] = {}
        for cell in [each for place, each in sorted(self.values._cells.items()) if place[0] == layout.HEADING_ROW]:
            text = str(cell.value).strip() if cell.value is not None else ""
            if text not in wanted:
                continue
            if wanted[text] in found.values():
                self._found(cell.coordinate, text, "heading_twice")
                return None
            found[cell.column] = wanted[text]
        missing = [heading for heading, column in wanted.items() if column not in found.values()]
        for heading in missing:
            self._found(f"{layout.HEADING_ROW}:{layout.HEADING_ROW}", "", "heading_missing", heading=heading)
        return None if missing else found

    def _require_nothing_above(self, cells: list[Any]) -> None:
        """Refuse text above the table that the template did not have."""
        offer = self.submission.memory.offers.get(self.sheet.title, "")
        own = {self.sheet.title, self.sheet.explanation, offer, *(column.heading for column in self.sheet.columns)}
        for cell in cells:
            if cell.value is not None and str(cell.value) not in own:
                self._found(cell.coordinate, cell.value, "stray_cell")

    def _read_row(self, number: int, columns: dict[int, layout.Column]) -> None:
        texts: dict[str, str] = {}
        cells: dict[str, str] = {}
        informing: dict[str, tuple[object, str]] = {}
        typed_in = False
        for at, column in columns.items():
            cell = self.values.cell(number, at)
            if not column.field:
                informing[column.heading] = cell.value, f"{self.sheet.title} › {cell.coordinate}"
                continue
            text = self._text(cell, column)
            texts[column.field] = text
            cells[column.field] = f"{self.sheet.title} › {cell.coordinate}"
            typed_in |= bool(text) and column.field not in _PREFILLED
        if not any(texts.values()):
            for value, place in informing.values():
                if value is not None:
                    self.submission.found(place, value, "stray_cell")
            return
        if self.formulas.row_dimensions[number].hidden:
            self._found(f"{number}:{number}", "", "hidden", what=f"rij {number} op {self.sheet.title}")
        if "verslagjaar" in {field.name for field in self.table.fields}:
            texts["verslagjaar"] = str(self.submission.year)
        # A row that was sent empty and came back empty reports nothing; `merge` sees whether it clears a figure.
        texts["_reported"] = "ja" if typed_in else ""
        self.submission.rows.append(Reported(self.sheet.table, texts, cells, informing))

    def _text(self, cell: Any, column: layout.Column) -> str:
        formula = self.formulas[cell.coordinate]
        value, field = cell.value, self.table.field(column.field)
        if formula.data_type == "f" and value is None and cell.data_type != "str":  # a computed "" is empty
            self._found(cell.coordinate, formula.value, "formula_without_value")
            return ""
        if cell.data_type == "e":
            self._found(cell.coordinate, value, "error_cell")
            return ""
        if isinstance(value, str) and len(value) > MAX_TEXT:
            self._found(cell.coordinate, value, "cell_too_long", found=len(value), limit=MAX_TEXT)
            return ""
        if field.type == "date" and isinstance(value, int | float) and not isinstance(value, bool):
            self._found(cell.coordinate, value, "date_as_number", day=_as_day(value, self.values.parent.epoch))
            return ""
        if field.type in {"integer", "number"} and value is not None:
            value = self._figure(cell, formula, value, field)
        return canonical(value, field)

    def _figure(self, cell: Any, formula: Any, value: Any, field: schema.Field) -> Any:
        """Return the number that a cell shows, or nothing when it must be asked about."""
        if formula.font.strike:
            self._found(cell.coordinate, value, "struck_out")
            return None
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        kind = shown.reading(formula.number_format, value) if is_number else "plain"
        if kind == "otherwise":
            self._found(cell.coordinate, value, "shown_otherwise", form=formula.number_format)
            return None
        if isinstance(value, str) and value.strip().endswith("%"):
            kind, share = "percent", None
        else:
            share = value
        if kind != "percent":
            return value
        unit = self._unit(cell.row, field)
        if unit.startswith(("%", "procent")):
            return value.strip().removesuffix("%") if share is None else float(f"{share * 100:.15g}")
        if unit.startswith("aandeel") and share is not None:
            return value
        self._found(
            cell.coordinate, value if share is None else f"{share * 100:.15g}%", "percent", unit=unit or "getal"
        )
        return None

    def _unit(self, row: int, field: schema.Field) -> str:
        """Return the unit of a figure: of its column, or of the indicator of its row."""
        if field.unit or "indicator_id" not in self.table.primary_key:
            return field.unit or ""
        at = next((i for i, each in self.columns.items() if each.field == "indicator_id"), 1)
        return self.units.get(str(self.values.cell(row, at).value or ""), "")

    def _found(self, place: str, value: object, rule: str, **details: object) -> None:
        where = f"{self.sheet.title} › {place}" if place else self.sheet.title
        self.submission.found(where, value, rule, **details)


def _as_day(value: float, epoch: datetime) -> str:
    """Return the day that Excel means by a number; 0 is 1-1-1904 in a workbook of an old Mac."""
    try:
        day = from_excel(value, epoch)
    except (OverflowError, ValueError):
        return "geen"
    return f"{day:%d-%m-%Y}" if isinstance(day, datetime) else str(day)
