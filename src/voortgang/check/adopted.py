"""Figures of years whose report is adopted (vastgesteld): keep them, and notice when they change."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import yaml

from voortgang.check import adopted_agreements
from voortgang.check.cells import read_tables
from voortgang.check.combined_bookings import is_together
from voortgang.check.data import Data
from voortgang.check.findings import Finding, finding
from voortgang.errors import WorkspaceError
from voortgang.workspace import schema
from voortgang.workspace.deal import read_deal
from voortgang.workspace.decision import Decision, read_decision
from voortgang.workspace.parameters import Parameters, read_parameters
from voortgang.workspace.paths import Period, Workspace, year_of
from voortgang.workspace.small_files import of_small_files
from voortgang.writing import clock
from voortgang.writing.spreadsheet import unmarked

DAY = {"voortgang": "peildatum", "metingen": "peildatum", "financien": "datum", "bijdragen": "datum"}

YEAR_COLUMNS = {"voortgang": "verslagjaar", "metingen": "verslagjaar", "financien": "datum", "bijdragen": "datum"}
"""The tables with figures about a year, and the column that says which."""

Rows = dict[tuple[str, ...], tuple[int, dict[str, str]]]


def adopt(workspace: Workspace, year: Period, decision: Decision) -> list[Path]:
    """Keep the rows about a year as they are now, what was agreed and who adopted them; return the files.

    They lie in `data/vastgesteld/<year>/`.

    Raises
    ------
    WorkspaceError
        When the year was adopted before: an adopted figure is not replaced, but corrected in a later report. Also when
        the decision does not fit the report, or is of a day that has not come.
    """
    folder = workspace.adopted(year)
    if folder.exists():
        raise WorkspaceError(
            f"The figures of {year} were adopted before.",
            workspace.relative(folder),
            "a year that is adopted once",
            "Report a correction in the next report; remove the folder only when the adoption itself was a mistake.",
        )
    parameters = read_parameters(workspace, year)
    for rule, details in _misfits(parameters, decision):
        what = finding(workspace.relative(workspace.decision(year)), 0, "", "", rule, year=year, **details).message()
        raise WorkspaceError(what.what, f"the decision {decision.number}", what.expected, what.mend)
    if decision.date > clock.latest_day():
        raise WorkspaceError(
            f"The decision is of {decision.date}, a day that has not come.",
            f"the decision {decision.number}",
            "a day that has come",
            "Adopt the report once that is decided; or correct the date, or the clock of this computer.",
        )
    with workspace.scratch(folder) as made:
        for table in YEAR_COLUMNS:
            names = [field.name for field in schema.table(table).fields]
            with (made / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, names, lineterminator="\n")
                writer.writeheader()
                about = _rows_about(workspace.table(table), table, year)
                writer.writerows(schema.table(table).marked(row) for _, row in about.values())
        text = yaml.safe_dump(
            decision.model_dump(mode="python", exclude_none=True) | {"people": list(decision.people)},
            allow_unicode=True,
            sort_keys=False,
        )
        (made / workspace.decision(year).name).write_text(text, encoding="utf-8")
        data = Data(workspace, read_deal(workspace), read_tables(workspace)[0])
        agreements = adopted_agreements.text_of(data, parameters.reference_date)
        (made / adopted_agreements.kept_in(workspace, year).name).write_text(agreements, encoding="utf-8")
    kept = (*(folder / f"{table}.csv" for table in YEAR_COLUMNS), adopted_agreements.kept_in(workspace, year))
    return [*kept, workspace.decision(year)]


def standing(workspace: Workspace) -> Iterator[Finding]:
    """Yield a finding for a year whose report is adopted, while what was adopted, or by whom, is not kept as it was.

    Raises
    ------
    WorkspaceError
        When a kept decision breaks its model.
    """
    for year in workspace.periods():
        parameters, file = read_parameters(workspace, year), workspace.relative(workspace.parameters(year))
        folder = workspace.relative(workspace.adopted(year))
        if parameters.status != "vastgesteld":
            if workspace.adopted(year).is_dir():
                yield finding(file, 0, "status", parameters.status, "adopted_by_figures", year=year, folder=folder)
            continue
        if not workspace.adopted(year).is_dir():
            yield finding(file, 0, "status", parameters.status, "not_adopted", year=year, folder=folder)
            continue
        for table in YEAR_COLUMNS:
            if not (workspace.adopted(year) / f"{table}.csv").is_file():
                yield finding(f"{folder}/{table}.csv", 0, "", "", "adopted_copy_missing", year=year)
        decision, file = read_decision(workspace, year), workspace.relative(workspace.decision(year))
        if decision is None:
            yield finding(file, 0, "", "", "adopted_without_decision", year=year)
            continue
        for rule, details in _misfits(parameters, decision):
            yield finding(file, 0, "", "", rule, year=year, **details)


def unfit_copies(workspace: Workspace) -> Iterator[Finding]:
    """Yield a finding for each kept file that is no longer what `adopt` wrote: nothing can be compared with it."""
    for year in workspace.adopted_periods():
        for table in YEAR_COLUMNS:
            kept = workspace.adopted(year) / f"{table}.csv"
            if kept.is_file() and (unfit := _unfit(kept.read_bytes(), table, year)):
                row, why = unfit
                yield finding(workspace.relative(kept), row, "", "", "adopted_copy_unfit", year=year, why=why)


def _unfit(content: bytes, table: str, year: Period) -> tuple[int, str] | None:
    """Return the number of the first row that no adopted copy has (0 for the file), and what is wrong with it."""
    known = schema.table(table)
    try:
        header, *rows = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
    except (csv.Error, ValueError):  # other bytes than UTF-8, or not even a header
        return 0, "it is no table in UTF-8 with commas"
    # A copy of an earlier version may lack a column that came since.
    least, most = {*known.primary_key, YEAR_COLUMNS[table], DAY[table]}, {field.name for field in known.fields}
    if len(set(header)) < len(header) or not least <= set(header) <= most:
        return 1, "its headings are not those of the table"
    for number, cells in enumerate(rows, start=2):
        if cells and len(cells) != len(header):
            return number, f"it has {len(cells)} cells under {len(header)} headings"
        row = dict(zip(header, cells, strict=False))
        if row and not _is_about(row, table, year) and not is_together(row):
            return number, "it is about another time"
    return None


def _misfits(parameters: Parameters, decision: Decision) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the rules that a decision breaks, with what their texts name."""
    if decision.date < parameters.reference_date:
        yield "decided_too_early", {"day": f"{parameters.reference_date:%Y-%m-%d}", "found": decision.date.isoformat()}
    if parameters.four_eyes and len(decision.people) < 2:
        yield "one_pair_of_eyes", {"person": decision.people[0]}


@dataclass(frozen=True)
class Correction:
    """A figure of an adopted year that is now another: which, what it was, what it is, and why.

    Attributes
    ----------
    table, column
        Where it stands.
    key
        The values of the table's primary key in its row.
    adopted_row, row
        Number of its row in the adopted copy, and in the table now; 0 where there is none.
    project
        The project that the row is about, if any.
    day
        The day of the row: a report of before does not know it.
    """

    year: Period
    table: str
    column: str
    key: tuple[str, ...]
    adopted_row: int
    row: int
    before: str
    now: str
    reason: str
    project: str
    day: str

    def is_told(self, view_year: int, day: date, adopted: Collection[Period]) -> bool:
        """Return whether a report lists the correction among its own: it is about a later time than what was adopted.

        What was measured after the day of the report is not known to it. In the reports on later years, what was
        adopted within a year gives way to what was adopted about all of it.
        """
        if not self.is_known(day):
            return False
        if isinstance(self.year, int):
            return self.year < view_year
        year = year_of(self.year)
        return self.year < day.isoformat() if year == view_year else year < view_year and year not in adopted

    def is_known(self, day: date) -> bool:
        """Return whether the row was known on a day."""
        return self.day <= day.isoformat()

    @property
    def shown_key(self) -> str:
        """The key as messages write it."""
        return _shown(self.key)


def corrections(workspace: Workspace) -> list[Correction]:
    """Return every figure of an adopted year that has changed, in the order of years and tables."""
    found = []
    for year in workspace.adopted_periods():
        for table in YEAR_COLUMNS:
            kept = workspace.adopted(year) / f"{table}.csv"
            if not kept.is_file():
                continue  # `standing` reports it
            before = _rows_about(kept, table, year)
            now = _rows_about(workspace.table(table), table, year)
            figures = [
                field.name
                for field in schema.table(table).fields
                if field.type in {"integer", "number"} and field.name != "verslagjaar"
            ]
            for key in sorted(before.keys() | now.keys()):
                (old_row, old), (new_row, new) = (rows.get(key, (0, {})) for rows in (before, now))
                for name in figures:
                    was, is_now = old.get(name) or "", new.get(name) or ""
                    if was != is_now:
                        reason = new.get("opmerking") or new.get("toelichting") or ""
                        project = new.get("project_id") or old.get("project_id") or ""
                        rows_of, day = (old_row, new_row), (new or old).get(DAY[table]) or ""
                        found.append(Correction(year, table, name, key, *rows_of, was, is_now, reason, project, day))
    return found


def changes(workspace: Workspace, unread: Collection[str] = ()) -> Iterator[Finding]:
    """Yield a finding for every figure of an adopted year that has changed since, with old and new value.

    Nothing can be said about `unread` files, be it of tables or kept ones.
    """
    for year in workspace.adopted_periods():
        for table in YEAR_COLUMNS:
            kept = workspace.adopted(year) / f"{table}.csv"
            if kept.is_file() and workspace.table(table).is_file():
                file = workspace.relative(workspace.table(table))
                if file in unread or workspace.relative(kept) in unread:
                    continue
                before = _rows_about(kept, table, year)
                now = _rows_about(workspace.table(table), table, year)
                yield from _differences(file, table, year, before, now)


def _differences(file: str, table: str, year: Period, before: Rows, now: Rows) -> Iterator[Finding]:
    if len(before) > 1 and before.keys().isdisjoint(now):
        yield finding(file, 0, "", "", "adopted_gone", year=year, count=len(before))
        before = {}
    for key, (_, old) in before.items():
        if key not in now:
            yield finding(file, 0, "", "", "adopted_removed", year=year, key=_shown(key))
            continue
        row, new = now[key]
        for field in schema.table(table).fields:
            if field.name == "opmerking":
                continue  # it is not in the report, and says why a figure was corrected
            was, is_now = old.get(field.name) or "", new.get(field.name) or ""
            if was != is_now:
                yield finding(
                    file, row, field.name, is_now, "adopted_changed", year=year, before=was or "–", now=is_now or "–"
                )
    for key in now.keys() - before.keys():
        yield finding(file, now[key][0], "", _shown(key), "adopted_added", year=year)


def _shown(key: tuple[str, ...]) -> str:
    return ", ".join(part for part in key if part)


def _rows_about(path: Path, table: str, year: Period) -> Rows:
    keys = schema.table(table).primary_key
    content = path.read_bytes()
    rows = _parsed(content)
    return {
        tuple(row.get(key) or "" for key in keys): (number, row)
        for number, row in enumerate(rows, start=2)
        if _is_about(row, table, year) and not is_together(row)
    }


def _is_about(row: Mapping[str, str | None], table: str, year: Period) -> bool:
    """Return whether a row is about a year, or about the part of it up to the day of a half-year report."""
    about = (row.get(YEAR_COLUMNS[table]) or "")[:4] == str(year)[:4]
    return about and (isinstance(year, int) or (row.get(DAY[table]) or "") <= year)


@of_small_files(128)  # the same few are asked for again and again
def _parsed(content: bytes) -> tuple[dict[str, str], ...]:
    try:
        with io.TextIOWrapper(io.BytesIO(content), encoding="utf-8-sig", newline="") as file:
            return tuple(_unmarked(csv.DictReader(file)))
    except (UnicodeDecodeError, csv.Error):
        return ()  # the table's own reading reports it


def _unmarked(rows: Iterable[dict[str, str]]) -> Iterator[dict[str, str]]:
    for row in rows:
        yield {name: unmarked(text) if isinstance(text, str) else text for name, text in row.items()}
