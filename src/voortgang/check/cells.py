"""Read the tables of a workspace into typed data frames; what cannot be read becomes a finding."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from voortgang.check.combined_bookings import are_together
from voortgang.check.findings import Finding, finding
from voortgang.check.table_text import LONGEST, read_text
from voortgang.workspace import schema
from voortgang.workspace.paths import Workspace
from voortgang.workspace.small_files import of_small_files
from voortgang.writing.characters import INVISIBLE, LOOK_ALIKE
from voortgang.writing.fonts import first_without_shape

_PATTERNS = {
    "integer": r"[+-]?[0-9]+",
    "number": r"[+-]?[0-9]+(\.[0-9]+)?",
    "date": r"[0-9]{4}-[0-9]{2}-[0-9]{2}",
}
_WHOLE, _DECIMALS = 15, 12
"""How many digits a number may have before and after its point."""
_TOTAL = re.compile(
    r"\W*(?:(?:eind|sub)-?|generaal )?(?:totaal|totalen|total|totals|som|sum|summe|gesamt|insgesamt|saldo)\b",
    re.IGNORECASE,
)
"""How the sum below a table is named."""

_INVISIBLE, _LOOK_ALIKE = re.compile(INVISIBLE), re.compile(LOOK_ALIKE)

_MANY = 3
"""How many required cells a row lacks that is no record."""


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
    risicos: pd.DataFrame
    mijlpalen: pd.DataFrame

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
        raw, frame, found = _read(path, workspace.relative(path), table)
        if table.name == "financien" and workspace.public_note.exists():
            payerless = set(raw.index[are_together(raw.replace("", None))])
            found = tuple(each for each in found if (each.rule, each.row in payerless) != ("empty_cell", True))
        frames[table.name] = frame
        findings.extend(found)
    return Tables(**frames), tuple(sorted(findings))


_Read = tuple[pd.DataFrame, pd.DataFrame, tuple[Finding, ...]]
"""The cells of a table as text and as values, and what is wrong with them."""


def _read(path: Path, name: str, table: schema.Table) -> _Read:
    content, refused = None, list[Finding]()
    if path.is_file():
        try:
            content = path.read_bytes()
        except OSError as error:
            refused = [finding(name, 0, "", "", "unreadable", why=error.strerror)]
    elif path.exists() or not table.optional:
        refused = [finding(name, 0, "", "", "table_missing")]
    raw, frame, found = _read_content(content, name, table.name)
    # Who writes in a frame writes in its own.
    return raw.copy(deep=False), frame.copy(deep=False), (*refused, *found)


@of_small_files(32)  # a command that reads a workspace again finds most of its tables as they were
def _read_content(content: bytes | None, name: str, table_name: str) -> _Read:
    table = schema.table(table_name)
    findings: list[Finding] = []
    raw = read_text(content, name, table, findings)
    frame, wrong = typed(raw, name, table)
    return raw, frame, (*findings, *wrong)


def typed(raw: pd.DataFrame, name: str, table: schema.Table) -> tuple[pd.DataFrame, list[Finding]]:
    """Return the cells of a table as values, and a finding for every cell that breaks its column's description.

    Parameters
    ----------
    raw
        The cells as text, "" where a cell is empty; the index is the row number.
    name
        How findings name the file.
    table
        The description.
    """
    kept, findings, bad = _judged(raw, name, table)
    columns = {}
    for field in table.fields:
        text = kept[field.name]
        columns[field.name] = _converted(text.mask(bad[field.name] | (text == "")), field)
    return pd.DataFrame(columns, index=kept.index), findings


def wrong_cells(raw: pd.DataFrame, name: str, table: schema.Table) -> list[Finding]:
    """Return a finding for every cell that breaks its column's description; the arguments are those of `typed`."""
    return _judged(raw, name, table)[1]


def _judged(
    raw: pd.DataFrame, name: str, table: schema.Table
) -> tuple[pd.DataFrame, list[Finding], dict[str, npt.NDArray[np.bool_]]]:
    """Return the records of a table, what is wrong with it, and for each column which of its cells are."""
    raw, findings = _records(raw, name, table)
    bad = {}
    for field in table.fields:
        cells = raw[field.name].tolist()
        # What is wrong with a cell follows from its text alone, and most texts stand in many rows.
        wrong = {cell: breach for cell in dict.fromkeys(cells) if (breach := _breach(cell, field))}
        bad[field.name] = np.array([cell in wrong for cell in cells], dtype=bool)
        findings.extend(
            finding(name, int(row), field.name, cell, wrong[cell][0], **wrong[cell][1])
            for row, cell in zip(raw.index, cells, strict=True)
            if cell in wrong
        )
    place = " + ".join(table.primary_key)
    first: dict[tuple[str, ...], object] = {}
    keys = zip(*(raw[key].tolist() for key in table.primary_key), strict=True)
    for row, key in zip(raw.index, keys, strict=True):
        if first.setdefault(key, row) != row and any(key):
            findings.append(finding(name, row, place, ", ".join(key), "stands_twice", first=first[key]))
    return raw, findings, bad


def _records(raw: pd.DataFrame, name: str, table: schema.Table) -> tuple[pd.DataFrame, list[Finding]]:
    """Return the rows that are records, and a finding about what is none: a total, a remark, empty rows, headings.

    What is missing in such a row follows from that.
    """
    if raw.empty:
        return raw, []
    findings: list[Finding] = []
    cells = raw.to_numpy(dtype=object)
    empty = cells == ""
    blank = raw.index[empty.all(axis=1)]
    if len(blank):
        findings.append(finding(name, blank[0], "", "", "row_empty", count=len(blank)))
    # A column that the file may lack is empty here.
    heads = cells == np.array(raw.columns, dtype=object)
    again = raw.index[(heads | empty).all(axis=1) & heads.any(axis=1)]
    if len(again):
        findings.append(finding(name, again[0], "", "", "row_headings", count=len(again)))
    required = [field for field in table.fields if field.constraints.required]
    missing = empty[:, [raw.columns.get_loc(field.name) for field in required]]
    keys = [field for field in required if field.name in table.primary_key]
    dropped = {*blank, *again}
    for at in np.flatnonzero(missing.any(axis=1)):
        row, few = raw.index[at], int(missing[at].sum())
        if row in dropped:
            continue
        if few < len(required) and all(_has_value(raw.at[row, field.name], field) for field in keys):
            continue
        filled = [text for text in cells[at] if text]
        is_total = any(_TOTAL.match(text) for text in filled)
        if is_total or few >= _MANY:
            lacking = ", ".join(field.title for field, is_gone in zip(required, missing[at], strict=True) if is_gone)
            rule = "row_total" if is_total else "row_no_record"
            findings.append(finding(name, row, "", "; ".join(filled), rule, missing=lacking))
            dropped.add(row)
    return (raw.drop(index=list(dropped)) if dropped else raw), findings


def _has_value(text: str, field: schema.Field) -> bool:
    """Return whether a value of a column stands in its cell."""
    pattern = field.constraints.pattern or _PATTERNS.get(field.type, ".+")
    return re.fullmatch(pattern, text) is not None and not _TOTAL.match(text)


Breach = tuple[str, dict[str, object]]


def _breach(text: str, field: schema.Field) -> Breach | None:
    """Return the first rule that a cell breaks, with the details of its message; None when it breaks none."""
    rules = field.constraints
    # Before all else: to look at every letter of ten megabytes takes long.
    if len(text) > LONGEST:
        return "too_long", {"limit": rules.max_length or LONGEST}
    if not text:
        return ("empty_cell", {"description": field.description}) if rules.required else None
    if _INVISIBLE.search(text):
        return "invisible", {}
    if text.strip() != text:
        return "spaces", {}
    if field.type == "string":
        if not rules.enum and _LOOK_ALIKE.search(text):
            return "look_alike", {}
        if first_without_shape(text) is not None:
            return "no_shape", {}
    return _no_value(text, field)


def _no_value(text: str, field: schema.Field) -> Breach | None:
    """Return why a text is no value of its column; None when it is one."""
    rules = field.constraints
    if field.type in _PATTERNS and not re.fullmatch(_PATTERNS[field.type], text):
        return f"not_{field.type}", {}
    if field.type in {"integer", "number"} and not _is_kept(text):
        # A spreadsheet counts on with less, and so would this: a figure would not be the one in the file.
        return "too_many_digits", {}
    if field.type == "date" and not _is_day(text):
        return "no_such_day", {}
    allowed = rules.enum or (*field.true_values, *field.false_values)
    if allowed and text not in allowed:
        return "unknown_value", {"allowed": ", ".join(allowed)}
    if rules.pattern and not re.fullmatch(rules.pattern, text):
        return "wrong_form", {lang: _in_words(rules.pattern, *_FORMS[lang]) for lang in _FORMS}
    if rules.max_length is not None and len(text) > rules.max_length:
        return "too_long", {"limit": rules.max_length}
    low, high = rules.minimum, rules.maximum
    if (low is not None and float(text) < low) or (high is not None and float(text) > high):
        return "out_of_range", {"limits": " … ".join("" if limit is None else str(limit) for limit in (low, high))}
    return None


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _is_kept(text: str) -> bool:
    whole, _, part = text.lstrip("+-").partition(".")
    return len(whole) <= _WHOLE and len(part) <= _DECIMALS and Decimal(text) == Decimal(repr(float(text)))


_FORMS = {
    "english": ("capitals", "digits", "to", "then", "the form of the other values in this column"),
    "words": ("hoofdletters", "cijfers", "tot", "dan", "de vorm van de andere waarden in deze kolom"),
}
"""What patterns are told with, by the place in the messages that it fills."""


def _in_words(pattern: str, capitals: str, digits: str, to: str, then: str, other: str) -> str:
    """Return what a pattern asks for; people who fill in a table do not read regular expressions."""
    parts = re.findall(r"\[(A-Z|0-9)\]\{([0-9]+)(?:,([0-9]+))?\}", pattern)
    names = {"A-Z": capitals, "0-9": digits}
    words = [f"{low}{f' {to} {high}' if high else ''} {names[kind]}" for kind, low, high in parts]
    return f", {then} ".join(words) or other


def _converted(text: pd.Series, field: schema.Field) -> pd.Series:
    match field.type:
        case "integer":
            return pd.to_numeric(text).astype("Int64")
        case "number":
            return pd.to_numeric(text).astype("Float64") + 0.0  # of nought there is one, without a minus
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
