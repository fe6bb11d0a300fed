"""Read one sheet of a party's workbook: which column stands where, and what each cell says as people see it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from difflib import get_close_matches
from math import isfinite
from typing import Any

from openpyxl.utils.datetime import from_excel

from voortgang.intake import layout, letters, shown, unseen
from voortgang.intake.letters import Odd
from voortgang.intake.names import Names
from voortgang.intake.spelling import has_two_readings, is_month_first
from voortgang.intake.submission import Reported, Submission
from voortgang.intake.values import as_seen, as_typed, canonical, plain_number
from voortgang.workspace import schema

MAX_TEXT = 5_000
_HEADING_WITHIN = 30  # rows from the top in which the headings are looked for
_PREFILLED = {"peildatum", "status", "project_id", "indicator_id", "gemeente", "sector", "partij"}


@dataclass(frozen=True)
class Pages:
    """A sheet of a workbook: with its formulas and formats, and with its computed values.

    Attributes
    ----------
    formulas, values
        The same sheet twice; one object where it holds no formulas.
    letters
        What the letters of a part of a text do to it, by the coordinate of its cell.
    formats
        Its conditional formats that the library does not read, as `unseen.newer_formats` yields them.
    """

    formulas: Any
    values: Any
    letters: Mapping[str, Odd] = field(default_factory=dict)
    formats: tuple[tuple[str, str], ...] = ()


def read_sheet(
    sheet: layout.Sheet, pages: Pages, submission: Submission, units: Mapping[str, str], names: Names
) -> None:
    """Add the rows of a sheet to a submission, and a finding for all in it that cannot be read or trusted."""
    _Sheet(sheet, pages, submission, units, names).read()


class _Sheet:
    """One sheet on its way to rows."""

    def __init__(
        self, sheet: layout.Sheet, pages: Pages, submission: Submission, units: Mapping[str, str], names: Names
    ) -> None:
        self.sheet, self.pages, self.submission, self.units, self.names = sheet, pages, submission, units, names
        self.table = schema.table(sheet.table)
        self.heading_row, self.columns = layout.HEADING_ROW, dict[int, layout.Column]()
        self.unseen_rows: list[int] = []

    def read(self) -> None:
        formulas = self.pages.formulas
        # Only the cells that exist are visited: one cell in the far corner makes no million of empty ones.
        lines: dict[int, list[Any]] = {}
        for row, column in sorted(formulas._cells):
            lines.setdefault(row, []).append(formulas._cells[row, column])
        self.heading_row = self._find_headings(lines)
        if not self._read_headings(lines.get(self.heading_row, [])):
            return
        for merged in formulas.merged_cells.ranges:
            if merged.max_row >= self.heading_row:
                self._found(str(merged.start_cell.coordinate), "", "merged", range=merged.coord)
        for number, cells in lines.items():
            if number <= self.heading_row:
                self._require_nothing_above(cells)
                continue
            if all(self._seen(cell) is None for cell in cells):
                continue  # a row to fill in, of which there are many
            self._require_nothing_in(cell for cell in cells if cell.column not in self.columns)
            if not self._are_headings(cells):  # once more, as on a page that was pasted below
                self._read_row(number)
        self._name_unseen()

    def _find_headings(self, lines: Mapping[int, list[Any]]) -> int:
        """Return the row that holds most of the headings: a row put in above it moves them down."""
        wanted = {column.heading.casefold() for column in self.sheet.columns}
        counts = {
            number: len({self._heading(cell) for cell in cells} & wanted)
            for number, cells in lines.items()
            if number <= _HEADING_WITHIN
        }
        most = max(counts.values(), default=0)
        return layout.HEADING_ROW if counts.get(layout.HEADING_ROW, 0) == most else max(counts, key=lambda n: counts[n])

    def _heading(self, cell: Any) -> str:
        return " ".join(as_seen(str(self._seen(cell) or "")).casefold().split())

    def _are_headings(self, cells: Sequence[Any]) -> bool:
        filled = [cell for cell in cells if cell.column in self.columns and cell.value is not None]
        return bool(filled) and all(
            self._heading(cell) == self.columns[cell.column].heading.casefold() for cell in filled
        )

    def _read_headings(self, cells: list[Any]) -> bool:
        """Find which column stands where; whether every heading is there once."""
        open_ones = {column.heading.casefold(): column for column in self.sheet.columns}
        wanted, others = dict(open_ones), []
        for cell in cells:
            text = self._heading(cell)
            if text in wanted and text not in open_ones:
                self._found(cell.coordinate, cell.value, "heading_twice")
                return False
            if text in open_ones:
                self.columns[cell.column] = open_ones.pop(text)
            elif text:
                others.append(cell)
        for cell in others:
            if (near := self._nearest(cell, open_ones)) is not None:
                self._found(cell.coordinate, self._seen(cell), "heading_differs", heading=open_ones.pop(near).heading)
                self.columns[cell.column] = layout.Column("")
        if len(open_ones) == len(wanted):
            shown_headings = ", ".join(column.heading for column in self.sheet.columns)
            self._found("", "", "headings_gone", headings=shown_headings)
        else:
            for column in open_ones.values():
                self._found(f"{self.heading_row}:{self.heading_row}", "", "heading_missing", heading=column.heading)
        return {column.heading for column in self.columns.values()} == {each.heading for each in self.sheet.columns}

    def _nearest(self, cell: Any, open_ones: Mapping[str, layout.Column]) -> str | None:
        """Return which missing heading a cell stands for: by its words, or because it stands in that one's place."""
        near = get_close_matches(self._heading(cell), list(open_ones), 1, 0.6)
        sent = self.sheet.columns[cell.column - 1] if cell.column <= len(self.sheet.columns) else None
        if sent is not None and sent.heading.casefold() in open_ones:
            near = near or [sent.heading.casefold()]
        return near[0] if near else None

    def _name_unseen(self) -> None:
        """Say what nobody sees of what was read."""
        page, title = self.pages.formulas, self.sheet.title
        for first, last in unseen.columns(page, self.columns):
            place, words = unseen.named_columns(first, last)
            self._found(place, "", "hidden", what=f"{words} op {title}")
        if self.unseen_rows:
            rows = unseen.runs(self.unseen_rows)
            self._found(f"{self.unseen_rows[0]}:{self.unseen_rows[-1]}", "", "hidden", what=f"rij {rows} op {title}")
        conditional = unseen.conditional(
            page, self.pages.values, self.columns, self.heading_row + 1, self.pages.formats
        )
        for place, form in conditional:
            self._found(place, "", "shown_otherwise", form=form)

    def _require_nothing_above(self, cells: list[Any]) -> None:
        """Refuse text above the table that the template did not have."""
        offer = self.submission.memory.offers.get(self.sheet.title, "")
        own = {self.sheet.title, self.sheet.explanation, offer}
        self._require_nothing_in(
            cell
            for cell in cells
            if as_seen(str(cell.value)) not in own
            and not (cell.row == self.heading_row and cell.column in self.columns)
        )

    def _require_nothing_in(self, cells: Iterable[Any]) -> None:
        for cell in cells:
            value = self._seen(cell)
            if value is not None and str(value).strip():
                self._found(cell.coordinate, value, "stray_cell")

    def _seen(self, cell: Any) -> Any:
        """Return what a cell shows: of a formula its value, or its text when nothing was computed."""
        value = self.pages.values._cells.get((cell.row, cell.column), cell).value
        return cell.value if value is None else value

    def _read_row(self, number: int) -> None:
        texts: dict[str, str] = {}
        cells: dict[str, str] = {}
        typed: dict[str, object] = {}
        informing: dict[str, tuple[object, str]] = {}
        typed_in = False
        for at, column in self.columns.items():
            cell = self.pages.values.cell(number, at)
            if not column.field:
                informing[column.heading] = cell.value, f"{self.sheet.title} › {cell.coordinate}"
                continue
            text = self._text(cell, column)
            texts[column.field] = text
            typed[column.field] = as_typed(cell.value)
            cells[column.field] = f"{self.sheet.title} › {cell.coordinate}"
            typed_in |= bool(text) and column.field not in _PREFILLED
        if not any(texts.values()):
            for value, place in informing.values():
                if value is not None:
                    self.submission.found(place, value, "stray_cell")
            return
        if unseen.is_hidden(self.pages.formulas, number):
            self.unseen_rows.append(number)
        if "verslagjaar" in {field.name for field in self.table.fields}:
            texts["verslagjaar"] = str(self.submission.year)
        # A row that was sent empty and came back empty reports nothing; `merge` sees whether it clears a figure.
        texts["_reported"] = "ja" if typed_in else ""
        self.submission.rows.append(Reported(self.sheet.table, texts, cells, informing, typed))

    def _text(self, cell: Any, column: layout.Column) -> str:
        """Return what a cell says as its table stores it; "" when it must be asked about."""
        formula = self.pages.formulas._cells.get((cell.row, cell.column), cell)
        if cell.value is None and formula.value is None:
            return ""
        value, field = cell.value, self.table.field(column.field)
        if formula.data_type == "f" and value is None and cell.data_type != "str":  # a computed "" is empty
            self._found(cell.coordinate, self._seen(formula), "formula_without_value")
        elif cell.data_type == "e" or (isinstance(value, float) and not isfinite(value)):
            self._found(cell.coordinate, value, "error_cell")
        elif value is not None and (odd := letters.of_cell(formula) or self.pages.letters.get(cell.coordinate)):
            self._found(cell.coordinate, value, odd.rule, **odd.details)
        elif self._is_shown_otherwise(value, formula.number_format, field):
            self._found(cell.coordinate, value, "shown_otherwise", form=formula.number_format)
        elif isinstance(value, str) and len(value) > MAX_TEXT:
            self._found(cell.coordinate, value, "cell_too_long", found=len(value), limit=MAX_TEXT)
        elif field.type == "date" and isinstance(value, int | float) and not isinstance(value, bool):
            self._found(cell.coordinate, value, "date_as_number", day=_as_day(value, self.pages.values.parent.epoch))
        elif field.type == "date" and isinstance(value, str) and is_month_first(as_seen(value)):
            self._found(cell.coordinate, value, "month_first")
        elif isinstance(value, str) and has_two_readings(as_seen(value), field.type):
            self._found(cell.coordinate, value, "two_days" if field.type == "date" else "two_numbers")
        elif field.type == "string" and isinstance(value, int | float) and not isinstance(value, bool):
            return self._number_in_text(cell, formula.number_format, value)
        elif field.type in {"integer", "number"} and value is not None:
            return canonical(self._figure(cell, formula.number_format, value, field), field)
        else:
            text = self.names.stored(canonical(value, field), field)
            if isinstance(value, str) and field.is_free_text and text != as_seen(value):
                self._found(cell.coordinate, value, "several_lines")
            if not self.names.unknown(text, field):
                return text
            self._found(cell.coordinate, value, "unknown_value", allowed=self.names.known(field))
        return ""

    def _is_shown_otherwise(self, value: Any, number_format: str, field: schema.Field) -> bool:
        """Return whether the format of a cell hides a text or a part of a day, or a program made a time of a text."""
        if isinstance(value, str):
            return not shown.shows_text(number_format)
        if isinstance(value, date):
            return field.type in {"string", "date"} and not shown.shows_day(number_format)
        return field.type == "string" and isinstance(value, time | timedelta)

    def _number_in_text(self, cell: Any, number_format: str, value: float) -> str:
        """Return a number in a column of texts as the cell shows it: 50% and 12,5."""
        kind = shown.reading(number_format, value)
        seen = value * (100 if kind == "percent" else 1)
        hides = shown.hides_fraction(number_format, seen) or shown.shows_noughts(number_format, seen)
        if kind == "otherwise" or hides or self._hides_zero(value):
            self._found(cell.coordinate, value, "shown_otherwise", form=self._form(number_format, value))
            return ""
        text = plain_number(seen).replace(".", ",")
        if kind != "plain":
            return f"{text}%"
        return f"€ {text}" if shown.has_euro_sign(number_format) else text

    def _figure(self, cell: Any, number_format: str, value: Any, field: schema.Field) -> Any:
        """Return the number that a cell shows, or nothing when it must be asked about."""
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        kind = shown.reading(number_format, value) if is_number else "plain"
        unit = self._unit(cell.row, field)
        # Of whole numbers, a fraction is a finding of its own.
        has_fraction = field.type == "number" and is_number
        hides = has_fraction and shown.hides_fraction(number_format, value * (100 if kind == "percent" else 1))
        if kind == "otherwise" or (hides and kind == "plain") or (is_number and self._hides_zero(value)):
            self._found(cell.coordinate, value, "shown_otherwise", form=self._form(number_format, value))
            return None
        if shown.is_other_money(unit, number_format if is_number else str(value)):
            self._found(cell.coordinate, value, "money", unit=unit)
            return None
        if isinstance(value, str) and value.strip().endswith("%"):
            kind, value = "percent sign", value.strip().removesuffix("%").strip()
        if kind == "plain":
            return value
        percentage = f"{value * 100:.15g}" if kind == "percent" else f"{value}"
        if hides and unit.startswith(("%", "procent", "aandeel")):
            self._found(cell.coordinate, f"{percentage}%".replace(".", ","), "shown_otherwise", form=number_format)
            return None
        if unit.startswith(("%", "procent")):
            return float(percentage) if is_number else percentage
        if unit.startswith("aandeel") and kind == "percent":
            return value
        self._found(cell.coordinate, f"{percentage}%".replace(".", ","), "percent", unit=unit or "getal")
        return None

    def _hides_zero(self, value: float) -> bool:
        """Return whether a sheet leaves the cell of a zero empty: so it says in its options."""
        return value == 0 and any(view.showZeros is False for view in self.pages.formulas.views.sheetView)

    def _form(self, number_format: str, value: float) -> str:
        return "(dit blad toont geen nullen)" if self._hides_zero(value) else number_format

    def _unit(self, row: int, field: schema.Field) -> str:
        """Return the unit of a figure: of its column, or of the indicator of its row."""
        if field.unit or "indicator_id" not in self.table.primary_key:
            return field.unit or ""
        at = next((i for i, each in self.columns.items() if each.field == "indicator_id"), 1)
        return self.units.get(as_seen(str(self.pages.values.cell(row, at).value or "")), "")

    def _found(self, place: str, value: object, rule: str, **details: object) -> None:
        where = f"{self.sheet.title} › {place}" if place else self.sheet.title
        self.submission.found(where, as_typed(value), rule, **details)


def _as_day(value: float, epoch: datetime) -> str:
    """Return the day that Excel means by a number; 0 is 1-1-1904 in a workbook of an old Mac."""
    try:
        day = from_excel(value, epoch)
    except (OverflowError, ValueError):
        return "geen"
    return f"{day:%d-%m-%Y}" if isinstance(day, datetime) else str(day)
