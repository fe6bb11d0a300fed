"""Figures of years whose report is adopted (vastgesteld): keep them, and notice when they change."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from voortgang.check.findings import Finding, finding
from voortgang.errors import WorkspaceError
from voortgang.workspace import schema
from voortgang.workspace.paths import Workspace
from voortgang.writing.spreadsheet import unmarked

YEAR_COLUMNS = {"voortgang": "verslagjaar", "metingen": "verslagjaar", "financien": "datum", "bijdragen": "datum"}
"""The tables with figures about a year, and the column that says which."""

Rows = dict[tuple[str, ...], tuple[int, dict[str, str]]]


def adopt(workspace: Workspace, year: int) -> list[Path]:
    """Keep the rows about a year as they are now, in `data/vastgesteld/<year>/`, and return the files.

    Raises
    ------
    WorkspaceError
        When the year was adopted before: an adopted figure is not replaced, but corrected in a later report.
    """
    folder = workspace.adopted(year)
    if folder.exists():
        raise WorkspaceError(
            f"The figures of {year} were adopted before.",
            workspace.relative(folder),
            "a year that is adopted once",
            "Report a correction in the next report; remove the folder only when the adoption itself was a mistake.",
        )
    folder.mkdir(parents=True)
    written = []
    for table in YEAR_COLUMNS:
        path = folder / f"{table}.csv"
        names = [field.name for field in schema.table(table).fields]
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, names, lineterminator="\n")
            writer.writeheader()
            about = _rows_about(workspace.table(table), table, year)
            writer.writerows(schema.table(table).marked(row) for _, row in about.values())
        written.append(path)
    return written


@dataclass(frozen=True)
class Correction:
    """A figure of an adopted year that is now another: which, what it was, what it is, and why."""

    year: int
    key: str
    before: str
    now: str
    reason: str


def corrections(workspace: Workspace) -> list[Correction]:
    """Return every figure of an adopted year that has changed, in the order of years and tables."""
    found = []
    for year in workspace.adopted_years():
        for table in YEAR_COLUMNS:
            before = _rows_about(workspace.adopted(year) / f"{table}.csv", table, year)
            now = _rows_about(workspace.table(table), table, year)
            figures = [field.name for field in schema.table(table).fields if field.type in {"integer", "number"}]
            for key in sorted(before.keys() | now.keys()):
                old, new = (rows[key][1] if key in rows else {} for rows in (before, now))
                for name in figures:
                    if (was := old.get(name) or "") != (is_now := new.get(name) or ""):
                        shown = f"{table}: {', '.join(part for part in key if part)} ({name})"
                        reason = new.get("opmerking") or new.get("toelichting") or ""
                        found.append(Correction(year, shown, was or "–", is_now or "–", reason))
    return found


def changes(workspace: Workspace) -> Iterator[Finding]:
    """Yield a finding for every figure of an adopted year that has changed since, with old and new value."""
    for year in workspace.adopted_years():
        for table in YEAR_COLUMNS:
            kept = workspace.adopted(year) / f"{table}.csv"
            if kept.is_file() and workspace.table(table).is_file():
                file = workspace.relative(workspace.table(table))
                before = _rows_about(kept, table, year)
                now = _rows_about(workspace.table(table), table, year)
                yield from _differences(file, table, year, before, now)


def _differences(file: str, table: str, year: int, before: Rows, now: Rows) -> Iterator[Finding]:
    for key, (_, old) in before.items():
        if key not in now:
            shown = ", ".join(part for part in key if part)
            yield finding(file, 0, "", "", "adopted_removed", year=year, key=shown)
            continue
        row, new = now[key]
        for field in schema.table(table).fields:
            was, is_now = old.get(field.name) or "", new.get(field.name) or ""
            if was != is_now:
                yield finding(
                    file, row, field.name, is_now, "adopted_changed", year=year, before=was or "–", now=is_now or "–"
                )
    for key in now.keys() - before.keys():
        yield finding(file, now[key][0], "", ", ".join(part for part in key if part), "adopted_added", year=year)


def _rows_about(path: Path, table: str, year: int) -> Rows:
    column, keys = YEAR_COLUMNS[table], schema.table(table).primary_key
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return {
                tuple(row.get(key) or "" for key in keys): (number, row)
                for number, row in enumerate(_unmarked(csv.DictReader(file)), start=2)
                if (row.get(column) or "")[:4] == str(year)
            }
    except (UnicodeDecodeError, csv.Error):
        return {}  # the table's own reading reports it


def _unmarked(rows: Iterable[dict[str, str]]) -> Iterator[dict[str, str]]:
    for row in rows:
        yield {name: unmarked(text) if isinstance(text, str) else text for name, text in row.items()}
