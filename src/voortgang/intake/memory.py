"""What a workbook was sent with, kept in the workbook itself: so that only what the party changed is taken over."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from voortgang.errors import VoortgangError
from voortgang.intake.values import canonical
from voortgang.workspace import schema

SHEET = "_verstuurd"
Key = tuple[str, ...]


@dataclass(frozen=True)
class Sent:
    """A row as it was sent.

    Attributes
    ----------
    values
        Text of each field, as the table stores it.
    informing
        Text of each column that only informs, by heading.
    known
        Whether the table held the row; otherwise the workbook asked for it.
    """

    values: Mapping[str, str]
    informing: Mapping[str, str]
    known: bool


@dataclass
class Memory:
    """Everything that a workbook was sent with.

    Attributes
    ----------
    rows
        Its rows by table and key.
    offers
        The sentence above a sheet that offers numbers.
    cells
        The texts of the cover and the lists, by sheet and cell.
    notes
        The texts of the notes at the headings.
    """

    rows: dict[tuple[str, Key], Sent] = field(default_factory=dict)
    offers: dict[str, str] = field(default_factory=dict)
    cells: dict[tuple[str, str], str] = field(default_factory=dict)
    notes: set[str] = field(default_factory=set)

    def add(self, table: str, sent: Sent) -> None:
        """Remember a row."""
        self.rows[table, tuple(sent.values.get(name, "") for name in schema.table(table).primary_key)] = sent


def plain(value: Any) -> str:
    """Return a value that only informs as one text, however a spreadsheet program stores it (60, 60.0)."""
    if pd.isna(value):
        return ""
    return f"{value:.15g}" if isinstance(value, int | float) else str(value).strip()


def sent_row(table: str, columns: Sequence[tuple[str, str]], row: Mapping[str, Any], known: bool) -> Sent:
    """Return a row of a template as it will be read back; `columns` are pairs of heading and field."""
    values, informing = {}, {}
    for heading, name in columns:
        value = row.get(name or heading)
        if name:
            values[name] = canonical(None if pd.isna(value) else value, schema.table(table).field(name))
        else:
            informing[heading] = plain(value)
    return Sent(values, informing, known)


def write(book: Any, memory: Memory) -> None:
    """Write the memory on a sheet that spreadsheet programs keep and do not show."""
    page = book.create_sheet(SHEET)
    lines = [json.dumps(["cell", *place, text], ensure_ascii=False) for place, text in memory.cells.items()]
    lines += [json.dumps(["note", text], ensure_ascii=False) for text in sorted(memory.notes)]
    lines += [json.dumps(["offer", *pair], ensure_ascii=False) for pair in memory.offers.items()]
    lines += [
        json.dumps([table, sent.known, dict(sent.values), dict(sent.informing)], ensure_ascii=False)
        for (table, _), sent in memory.rows.items()
    ]
    for number, line in enumerate([_digest(lines), *lines], start=1):
        cell = page.cell(number, 1)
        cell.value, cell.data_type = line, "s"
    page.sheet_state = "veryHidden"


def read(book: Any) -> Memory:
    """Return what a workbook was sent with.

    Raises
    ------
    VoortgangError
        When the workbook has forgotten it, or somebody changed it.
    """
    lines = [str(row[0]) for row in book[SHEET].iter_rows(max_col=1, values_only=True) if row[0] is not None]
    if not lines or lines[0] != _digest(lines[1:]):
        raise VoortgangError("The memory of the workbook is not whole.", SHEET, "the sheet as it was sent", "")
    memory = Memory()
    for kind, *rest in map(json.loads, lines[1:]):
        if kind == "offer":
            memory.offers[rest[0]] = rest[1]
        elif kind == "note":
            memory.notes.add(rest[0])
        elif kind == "cell":
            memory.cells[rest[0], rest[1]] = rest[2]
        else:
            known, values, informing = rest
            memory.add(kind, Sent(values, informing, known))
    return memory


def _digest(lines: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
