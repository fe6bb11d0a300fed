"""A workbook as it was sent to a party, with what somebody changes in it and what is read back."""

from __future__ import annotations

import csv
import pickle
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
from conftest import copy_workspace

from voortgang.check.checked import check
from voortgang.check.data import Data
from voortgang.check.findings import Finding
from voortgang.intake import merge, template, workbook
from voortgang.intake.submission import Submission
from voortgang.workspace.paths import Workspace


def checked(folder: Path) -> Data:
    """Return the data of a copied workspace, with the workbook of Emmen for 2022 beside it; tests only read them.

    Of the bookings of that year there are few: of all in the workbook they were the most, and none shows more.
    """
    root = with_few_bookings(copy_workspace(folder / "deal"))
    data = check(Workspace(root)).require_sound()
    emmen = next(party for party in data.deal.parties if party.id == "emmen")
    template.write_template(data, emmen, 2022, sent(data))
    return data


def with_few_bookings(root: Path) -> Path:
    """Leave in a workspace of the bookings of 2022 those of one project."""
    path = root / "data" / "financien.csv"
    with path.open(encoding="utf-8", newline="") as file:
        headings, *rows = csv.reader(file)
    day, project = headings.index("datum"), headings.index("project_id")
    with path.open("w", encoding="utf-8", newline="") as file:
        few = (row for row in rows if row[project] == "K001" or not row[day].startswith("2022"))
        csv.writer(file, lineterminator="\n").writerows([headings, *few])
    return root


@cache
def _known(workspace: Workspace) -> tuple[Finding, ...]:
    return check(workspace).findings


def merged(data: Data, *submissions: Submission) -> merge.Merged:
    """Merge what was read with tables that no test writes to: what is found in them as they are stays the same."""
    return merge.merge(data, submissions, _known(data.workspace))


def sent(data: Data) -> Path:
    return data.workspace.root.parent / "sent.xlsx"


def changed(data: Data, path: Path, *changes: Callable[[Any], object]) -> Path:
    """Save the workbook with changes as another file."""
    book = opened(sent(data))
    for change in changes:
        change(book)
    book.save(path)
    return path


def opened(path: Path) -> Any:
    """Return a workbook that no test writes to, opened: unpickling it takes a sixth of the time."""
    book, tables = pickle.loads(_pickled(path))
    for page in book:
        for table in tables[page.title]:
            page.add_table(table)
        for held, add in ((page.row_dimensions, page._add_row), (page.column_dimensions, page._add_column)):
            held.worksheet, held.default_factory = page, add  # which a pickle of such a dictionary leaves out
    return book


@cache
def _pickled(path: Path) -> bytes:
    book = openpyxl.load_workbook(path)
    tables = {page.title: [*page.tables.values()] for page in book}
    for page in book:
        page.tables.clear()  # they come back from a pickle as texts
    return pickle.dumps((book, tables))


def read(data: Data, path: Path, *changes: Callable[[Any], object]) -> Submission:
    return workbook.read_workbook(changed(data, path, *changes), data.deal)


def texts(read_back: Submission, sheet: str, field: str) -> dict[str, str]:
    """Return what was read of a field on a sheet, by cell."""
    return {
        row.cells[field].rpartition(" ")[2]: row.values[field]
        for row in read_back.rows
        if row.cells.get(field, "").startswith(sheet)
    }


def found(read_back: Submission) -> dict[str, tuple[str, str]]:
    """Return the rule and the value of each finding, by its cell."""
    return {each.cell: (each.rule, each.value) for each in read_back.findings}
