"""Read a CSV file as a Dutch spreadsheet program writes it: semicolons, decimal commas, its own encoding."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from voortgang.intake.submission import Reported, Submission, read_bytes
from voortgang.intake.values import canonical
from voortgang.workspace import schema

MAX_FILE = 100_000_000


def read_csv(path: Path) -> Submission:
    """Return what a CSV file reports: rows to add or change in the table that its headings fit."""
    opened = read_bytes(path)
    if isinstance(opened, Submission):
        return opened
    submission, content = opened
    if len(content) > MAX_FILE:
        submission.found("", "", "file_too_large", found=f"{len(content):,} bytes", limit=f"{MAX_FILE:,} bytes")
        return submission
    text = _decoded(content)
    if text is None:
        submission.found("", "", "csv_encoding")
        return submission
    first = text.split("\n", 1)[0]
    delimiter = max(";,\t", key=first.count)
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        submission.found("", "", "damaged", why=str(error))
        return submission
    table, names = _table(lines[0] if lines else [])
    if table is None:
        submission.found("rij 1", first[:80], "csv_table", tables=", ".join(each.name for each in schema.tables()))
        return submission
    for number, line in enumerate(lines[1:], start=2):
        if not any(line):
            continue
        if len(line) != len(names):
            submission.found(f"rij {number}", ";".join(line), "short_row", count=len(names))
            continue
        values = {name: canonical(cell, table.field(name)) for name, cell in zip(names, line, strict=True)}
        cells = {name: f"rij {number}, kolom {table.field(name).title}" for name in names}
        submission.rows.append(Reported(table.name, values | {"_reported": "ja"}, cells))
    submission.check_values()
    return submission


def _decoded(content: bytes) -> str | None:
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _table(headings: list[str]) -> tuple[schema.Table | None, list[str]]:
    """Return the table whose columns, by name or Dutch title, are exactly these headings; `bron` may be left out."""
    for table in schema.tables():
        names = {field.title.casefold(): field.name for field in table.fields} | {f.name: f.name for f in table.fields}
        found = [names.get(heading.strip().casefold(), "") for heading in headings]
        required = {field.name for field in table.fields} - {"bron", "opmerking"}
        if all(found) and len(set(found)) == len(found) and required <= set(found):
            return table, found
    return None, []
