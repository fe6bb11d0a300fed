"""Read the file of a table as text: what is no table, or not as the workspace keeps it, becomes a finding."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

import pandas as pd

from voortgang.check.findings import Finding, finding
from voortgang.workspace import schema
from voortgang.writing.spreadsheet import unmarked

LONGEST = 5_000
"""Letters of a cell in a column that sets no limit of its own."""


def read_text(content: bytes | None, name: str, table: schema.Table, findings: list[Finding]) -> pd.DataFrame:
    """Return the cells as text; an empty frame when the file as a whole cannot be read.

    Parameters
    ----------
    content
        The content of the file; none where there is no file.
    name
        How findings name the file.
    table
        The description.
    findings
        What is wrong with the file is added to these.
    """
    names = [field.name for field in table.fields]
    columns = ", ".join(names)
    empty = pd.DataFrame({column: pd.Series(dtype="str") for column in names})

    def refuse(rule: str, row: int = 0, column: str = "", **details: object) -> pd.DataFrame:
        findings.append(finding(name, row, column, "", rule, **details))
        return empty

    if content is None:
        return empty
    required = [field.name for field in table.fields if not field.optional]
    if (saved := _saved_elsewhere(content, required)) is not None:
        return refuse(*saved, found=f"> {csv.field_size_limit():,}", limit=LONGEST)
    if (refused := _odd_headings(content)) is not None:
        rule, column = refused
        return refuse(rule, 0 if rule == "table_is_workbook" else 1, column, columns=columns)
    try:
        frame = pd.read_csv(
            io.BytesIO(content),
            dtype=str,
            encoding="utf-8-sig",
            na_values=[],
            keep_default_na=False,
            skip_blank_lines=False,
        )
    except UnicodeDecodeError as error:
        return refuse("not_utf8", byte=error.start)
    except pd.errors.EmptyDataError:
        return refuse("empty_file", columns=columns)
    except pd.errors.ParserError as error:
        line = re.search(r"line (\d+)", str(error))
        return refuse("ragged_row", int(line[1]) if line else 0, count=len(names))
    # A row with more cells than headings makes pandas take its first cells for row labels.
    if not isinstance(frame.index, pd.RangeIndex):
        return refuse("ragged_row", 2, count=len(names))
    for column in frame.columns:
        if column not in names:
            return refuse("unknown_column", 1, str(column), columns=columns)
    count = len(frame.columns)
    for field in table.fields:
        if field.name not in frame.columns:
            if not field.optional:
                return refuse("missing_column", 1, field.name, columns=columns)
            frame[field.name] = ""
    for column in names:
        if frame[column].str.startswith("'").any():
            frame[column] = frame[column].map(unmarked)
    frame.index = pd.RangeIndex(2, len(frame) + 2, name="rij")
    short = [row for row in _short_rows(content, count) if row in frame.index]
    for row in short:
        refuse("short_row", row, count=count)
    return frame.loc[~frame.index.isin(short), names]


def _lines(content: bytes) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(content), encoding="utf-8-sig", newline="")


def _short_rows(content: bytes, count: int) -> Iterator[int]:
    """Yield the rows with fewer cells than headings: pandas reads the missing ones as empty."""
    try:
        for number, cells in enumerate(csv.reader(_lines(content)), start=1):
            if number > 1 and cells and len(cells) < count:
                yield number
    except csv.Error:
        return  # a cell beyond the limit of `csv`, which is too long for every column


def _odd_headings(content: bytes) -> tuple[str, str] | None:
    """Return why the first line of a table is no headings, and which one it is: a name is missing, or stands twice."""
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")):
        return "table_is_workbook", ""
    try:
        headings = next(csv.reader(_lines(content)), [])
    except (UnicodeDecodeError, csv.Error):
        return None  # said below, with the byte
    for number, heading in enumerate(headings):
        if not heading.strip() and any(each.strip() for each in headings):
            from openpyxl.utils import get_column_letter

            return "column_without_heading", get_column_letter(number + 1)
        if heading in headings[:number]:
            return "heading_twice", heading
    return None


def _saved_elsewhere(content: bytes, names: list[str]) -> tuple[str, int] | None:
    """Return the one thing that is wrong with a table that a spreadsheet program saved in its own way.

    `names` are the columns that it has in any case.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None  # said below, with the byte
    heading = text.partition("\n")[0].strip()
    if "," not in heading and len(names) > 1 and all(name in heading for name in names):
        return "table_delimiter", 1
    if heading.strip('"').split(",")[0] in names and heading.startswith('"') and '","' not in heading:
        return "table_in_column_a", 1
    if '"' not in text and max(map(len, text.split("\n"))) <= csv.field_size_limit():
        return None
    count = heading.count(",") + 1
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    start = 0
    try:
        for cells in reader:
            # A quotation mark that stays open swallows the rows below it, until another one closes it.
            if reader.line_num - start > 1 and len(cells) != count:
                return "table_quote", start + 1
            start = reader.line_num
    except csv.Error as error:
        return "cell_too_long" if "field limit" in str(error) else "table_quote", start + 1
    return None
