"""Read the tables of a workspace into typed data frames; what cannot be read becomes a finding."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from voortgang import schema
from voortgang.errors import Finding
from voortgang.workspace import Workspace

_PATTERNS = {
    "integer": (r"[+-]?[0-9]{1,15}", "a whole number, such as 4800000"),
    "number": (r"[+-]?[0-9]{1,15}(\.[0-9]{1,12})?", "a number with a decimal point, such as 12.5"),
    "date": (r"[0-9]{4}-[0-9]{2}-[0-9]{2}", "a date, such as 2021-12-31"),
}
# Characters that a reader cannot see, or that reorder the text around them.
_INVISIBLE = "[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ue000\ufff9-\ufffc]"


@dataclass(frozen=True)
class Tables:
    """The tables of a workspace.

    Each frame has the columns of its description in `tables.yml`. The index is the row number as a
    spreadsheet counts it (the header is row 1), so that every figure can be traced to its rows. Dates are
    `datetime64`, whole numbers `Int64`, several values in one cell a tuple, and an empty cell is missing.
    """

    projecten: pd.DataFrame
    voortgang: pd.DataFrame
    metingen: pd.DataFrame
    financien: pd.DataFrame
    bijdragen: pd.DataFrame
    begroting: pd.DataFrame
    overleggen: pd.DataFrame

    def __iter__(self) -> Iterator[tuple[str, pd.DataFrame]]:
        return ((table.name, getattr(self, table.name)) for table in schema.tables())

    @property
    def has_example_rows(self) -> bool:
        """Whether any row says in its column `bron` that it is invented."""
        return any(
            bool(frame["bron"].str.contains(schema.EXAMPLE_SOURCE, case=False, na=False).any()) for _, frame in self
        )


def read_tables(workspace: Workspace) -> tuple[Tables, tuple[Finding, ...]]:
    """Return the tables, and a finding for every cell that breaks its column's description.

    A cell with a finding is missing from the frame; nothing may be computed from tables that have findings.
    """
    findings: list[Finding] = []
    frames = {}
    for table in schema.tables():
        path = workspace.table(table.name)
        raw = _read_text(path, workspace.relative(path), table, findings)
        frames[table.name] = _typed(raw, workspace.relative(path), table, findings)
    return Tables(**frames), tuple(sorted(findings))


def _read_text(path: Path, name: str, table: schema.Table, findings: list[Finding]) -> pd.DataFrame:
    """Return the cells as text; an empty frame when the file as a whole cannot be read."""
    names = [field.name for field in table.fields]
    empty = pd.DataFrame({column: pd.Series(dtype="str") for column in names})

    def refuse(what: str, expected: str, mend: str, row: int = 0, column: str = "") -> pd.DataFrame:
        findings.append(Finding(name, row, column, "", what, expected, mend))
        return empty

    if not path.is_file():
        return refuse("The table is missing.", "a CSV file", "Restore the file; an empty table has its header row.")
    try:
        frame = pd.read_csv(
            path, dtype=str, encoding="utf-8-sig", na_values=[], keep_default_na=False, skip_blank_lines=False
        )
    except UnicodeDecodeError as error:
        return refuse(
            f"The file is not UTF-8 (byte {error.start}).",
            "UTF-8",
            "Save the file as 'CSV UTF-8' and try again.",
        )
    except pd.errors.EmptyDataError:
        return refuse("The file is empty.", f"a header row: {','.join(names)}", "Restore the header row.")
    except pd.errors.ParserError as error:
        line = re.search(r"line (\d+)", str(error))
        return refuse(
            "The row cannot be split into cells.",
            f"{len(names)} cells, separated by commas; text with a comma between double quotes",
            "Correct the quotes and commas of the row.",
            int(line[1]) if line else 0,
        )
    except OSError as error:
        return refuse(f"The file cannot be read: {error.strerror}.", "a readable file", "Check its permissions.")
    for column in frame.columns:
        if column not in names:
            return refuse(
                "Unknown column.",
                f"the columns {', '.join(names)}",
                "Correct or remove the heading.",
                1,
                str(column),
            )
    for column in names:
        if column not in frame.columns:
            return refuse("The column is missing.", f"the columns {', '.join(names)}", "Add the heading.", 1, column)
    frame.index = pd.RangeIndex(2, len(frame) + 2, name="rij")
    short = frame[names[-1]].isna()
    for row in frame.index[short]:
        refuse("The row has too few cells.", f"{len(names)} cells", "Add the missing commas.", int(row))
    return frame.loc[~short, names]


def _typed(raw: pd.DataFrame, name: str, table: schema.Table, findings: list[Finding]) -> pd.DataFrame:
    columns = {}
    for field in table.fields:
        text = raw[field.name]
        wrong = _breaches(text, field)
        for what, expected, mend, rows in wrong:
            findings.extend(Finding(name, int(row), field.name, text[row][:80], what, expected, mend) for row in rows)
        bad = pd.Index([]).union(pd.Index([row for *_, rows in wrong for row in rows]))
        columns[field.name] = _converted(text.mask(text.index.isin(bad) | (text == "")), field)
    frame = pd.DataFrame(columns, index=raw.index)
    keys = raw[list(table.primary_key)]
    again = keys.duplicated() & keys.ne("").any(axis=1)
    for row in keys.index[again]:
        values = ", ".join(keys.loc[row])
        first = keys.index[(keys == keys.loc[row]).all(axis=1)][0]
        findings.append(
            Finding(
                name,
                int(row),
                " + ".join(table.primary_key),
                values,
                f"The row stands twice: row {first} has the same key.",
                "one row for each key",
                "Remove one of the two rows, or correct its key.",
            )
        )
    return frame


Breach = tuple[str, str, str, list[int]]


def _breaches(text: pd.Series, field: schema.Field) -> list[Breach]:
    """Return (what, expected, mend, rows) for every rule that cells break; a row is listed once."""
    rules = field.constraints
    open_rows = pd.Series(True, index=text.index)
    found: list[Breach] = []

    def breach(rows: pd.Series, what: str, expected: str, mend: str) -> None:
        rows = rows & open_rows
        if rows.any():
            found.append((what, expected, mend, [int(row) for row in text.index[rows]]))
            open_rows[rows] = False

    filled = text != ""
    if rules.required:
        breach(~filled, "The cell is empty.", f"a value: {field.description}", "Fill in the cell.")
    breach(
        text.str.contains(_INVISIBLE, regex=True),
        "The cell holds an invisible character or a line break.",
        "one line of readable text",
        "Type the text of the cell anew.",
    )
    breach(
        text.str.strip() != text,
        "The text begins or ends with a space.",
        "text without spaces around it",
        "Remove the spaces.",
    )
    if field.type in _PATTERNS:
        pattern, expected = _PATTERNS[field.type]
        breach(
            filled & ~text.str.fullmatch(pattern),
            f"Not {expected.split(',')[0]}.",
            expected,
            "Correct the cell.",
        )
    if field.type == "date":
        day = pd.to_datetime(text.where(open_rows), format="%Y-%m-%d", errors="coerce")
        breach(filled & day.isna(), "This day does not exist.", "an existing day", "Correct the date.")
    if field.type == "boolean":
        allowed = [*field.true_values, *field.false_values]
        breach(filled & ~text.isin(allowed), "Unknown value.", " or ".join(allowed), "Choose one of these.")
    if rules.enum:
        breach(filled & ~text.isin(rules.enum), "Unknown value.", ", ".join(rules.enum), "Choose one of these.")
    if rules.pattern:
        breach(
            filled & ~text.str.fullmatch(rules.pattern),
            "The value has the wrong form.",
            f"the form {rules.pattern}",
            "Correct the value.",
        )
    if rules.max_length is not None:
        breach(
            text.str.len() > rules.max_length,
            "The text is too long.",
            f"at most {rules.max_length} characters",
            "Shorten the text.",
        )
    if rules.minimum is not None or rules.maximum is not None:
        value = pd.to_numeric(text.where(open_rows & filled), errors="coerce")
        low, high = rules.minimum, rules.maximum
        outside = pd.Series(False, index=text.index)
        if low is not None:
            outside |= value < low
        if high is not None:
            outside |= value > high
        limits = " and ".join(
            f"{word} {limit}" for word, limit in (("at least", low), ("at most", high)) if limit is not None
        )
        breach(outside, "The number is out of range.", limits, "Correct the number.")
    return found


def _converted(text: pd.Series, field: schema.Field) -> pd.Series:
    match field.type:
        case "integer":
            return pd.to_numeric(text).astype("Int64")
        case "number":
            return pd.to_numeric(text).astype("Float64")
        case "date":
            return pd.to_datetime(text, format="%Y-%m-%d")
        case "boolean":
            return text.isin(field.true_values)
    if field.separator:
        separator = field.separator
        return text.map(
            lambda cell: tuple(part.strip() for part in cell.split(separator) if part.strip()),
            na_action="ignore",
        ).map(lambda parts: parts if isinstance(parts, tuple) else ())
    return text
