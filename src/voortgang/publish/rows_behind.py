"""The rows that a figure was computed from: which they are, and a digest by which they are known again."""

from __future__ import annotations

import csv
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from functools import cached_property
from io import StringIO
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from voortgang.check.data import Data, View
from voortgang.check.notebook_reads import CORRECTIONS, Rows, known_on
from voortgang.workspace import schema
from voortgang.workspace.fingerprint import of_file
from voortgang.writing.publishable import Source
from voortgang.writing.spreadsheet import marked

COVENANT = "deal"
ROW = "rij"
"""Column with the row number in the file that the report is made from; the header is row 1, as in a spreadsheet."""


class PublicTable:
    """A table as the report may show it: known on a date, without what the edition leaves out.

    Attributes
    ----------
    name
        Its name, such as `financien`.
    columns
        `rij`, and then the columns of the table.
    """

    def __init__(self, name: str, frame: pd.DataFrame) -> None:
        self.name, self._frame = name, frame
        self.fields = schema.table(name).fields
        self.columns = (ROW, *(field.name for field in self.fields))

    @cached_property
    def rows(self) -> dict[int, tuple[str, ...]]:
        """The cells as text, by row number; as in the bureau's file."""
        columns = [[_text(value, field) for value in self._frame[field.name]] for field in self.fields]
        return {
            int(number): (str(number), *cells)
            for number, cells in zip(self._frame.index, zip(*columns, strict=True), strict=True)
        }

    def chosen(self, where: dict[str, tuple[str, ...]]) -> list[int]:
        """Return the numbers of the rows with one of the values in each of the columns."""
        found = set(self.rows)
        for column, values in where.items():
            found &= set().union(*(self._values[column][value] for value in values))
        return sorted(found)

    @cached_property
    def _values(self) -> dict[str, dict[str, set[int]]]:
        values: dict[str, dict[str, set[int]]] = {}
        for place, field in enumerate(self.fields, start=1):
            values[field.name] = defaultdict(set)
            for number, cells in self.rows.items():
                for value in cells[place].split(field.separator) if field.separator else [cells[place]]:
                    values[field.name][value].add(number)
        return values

    def csv(self, numbers: Iterable[int] | None = None, header: bool = True) -> str:
        """Return the table, or some of its rows, as CSV."""
        text = StringIO()
        writer = csv.writer(text, lineterminator="\n")
        if header:
            writer.writerow(self.columns)
        chosen = (self.rows[number] for number in (self.rows if numbers is None else numbers))
        writer.writerows((number, *self._marked(cells)) for number, *cells in chosen)
        return text.getvalue()

    def _marked(self, cells: Iterable[str]) -> Iterator[str]:
        for field, text in zip(self.fields, cells, strict=True):
            yield marked(text) if field.type == "string" else text


class Evidence:
    """Finds the rows behind figures, among the rows that a report may show."""

    def __init__(self, data: Data, view: View) -> None:
        self.data, self.view = data, view
        self._tables: dict[tuple[str, date], PublicTable] = {}
        self._found: dict[str, dict[str, Any]] = {}

    def table(self, name: str, until: date | None = None) -> PublicTable:
        """Return a table as known on a date, the reference date by default."""
        key = (name, until or self.view.reference_date)
        if key not in self._tables:
            # Of the rows of this report: on an earlier day the edition may have withheld less.
            rows = Rows(name).select(self.data, self.view)
            self._tables[key] = PublicTable(name, rows[known_on(rows, name, key[1])])
        return self._tables[key]

    def is_provisional(self, source: Source) -> bool:
        """Return whether a source holds a provisional measurement, which no later one of that year has replaced."""
        if source.table != "metingen":
            return False
        table = self.table(source.table, source.until)
        if not table.chosen({**source.where, "status": ("voorlopig",)}):
            return False
        columns = table.columns
        latest: dict[tuple[str, ...], tuple[str, str]] = {}
        for number in table.chosen(source.where):
            row = dict(zip(columns, table.rows[number], strict=True))
            part = tuple(row[name] for name in ("indicator_id", "verslagjaar", "gemeente", "sector"))
            latest[part] = max(latest.get(part, ("", "")), (row["peildatum"], row["status"]))
        return any(status == "voorlopig" for _, status in latest.values())

    def of(self, source: Source) -> dict[str, Any]:
        """Return a source as it is published: `bestand`, `waar`, `tot_en_met`, `rijen` and `sha256`.

        `rijen` are row numbers such as `2-5,9`, and `sha256` is the digest of those lines of the public table. For the
        covenant it is the digest of the file; for a figure as it was adopted, of its line in the adopted copy.
        """
        key = source.model_dump_json()
        if key not in self._found:
            self._found[key] = self._resolved(source)
        return self._found[key]

    def _resolved(self, source: Source) -> dict[str, Any]:
        workspace = self.data.workspace
        rows = ""
        if source.table == COVENANT:
            path = workspace.deal
            digest = of_file(path)
        elif source.table == CORRECTIONS:
            (name,), (year,), (number,) = (source.where[key] for key in ("tabel", "verslagjaar", "rij_vastgesteld"))
            path = workspace.adopted(year) / f"{name}.csv"
            rows = number if int(number) else ""
            lines = path.read_bytes().splitlines(keepends=True)
            digest = hashlib.sha256(lines[int(number) - 1]).hexdigest() if rows else of_file(path)
        else:
            path, table = workspace.table(source.table), self.table(source.table, source.until)
            numbers = table.chosen(source.where)
            rows = ranges(numbers)
            digest = hashlib.sha256(table.csv(numbers, header=False).encode()).hexdigest()
        return {
            "bestand": workspace.relative(path),
            "waar": {column: list(values) for column, values in source.where.items()},
            "tot_en_met": source.until.isoformat(),
            "rijen": rows,
            "sha256": digest,
        }


def ranges(numbers: list[int]) -> str:
    """Return ordered numbers as ranges.

    Examples
    --------
    >>> ranges([2, 3, 4, 9])
    '2-4,9'
    """
    starts = [number for before, number in pairwise([-1, *numbers]) if number != before + 1]
    ends = [number for number, after in pairwise([*numbers, -1]) if after != number + 1]
    return ",".join(str(a) if a == b else f"{a}-{b}" for a, b in zip(starts, ends, strict=True))


def numbers_in(text: str) -> list[int]:
    """Return the numbers in ranges.

    Examples
    --------
    >>> numbers_in("2-4,9")
    [2, 3, 4, 9]
    """
    found: list[int] = []
    for piece in filter(None, text.split(",")):
        first, _, last = piece.partition("-")
        found += range(int(first), int(last or first) + 1)
    return found


def _text(value: Any, field: schema.Field) -> str:
    if isinstance(value, tuple):
        return (field.separator or ";").join(map(str, value))
    if value is None or pd.isna(value):
        return ""
    match field.type:
        case "date":
            return str(value.date().isoformat())
        case "boolean":
            return (field.true_values if value else field.false_values)[0]
        case "number":
            return np.format_float_positional(value, trim="-")  # every digit, and no exponent
        case _:
            return str(value)
