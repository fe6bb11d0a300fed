"""What a file from a party says, row by row, with the cell of every value."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

from voortgang.check.cells import wrong_cells
from voortgang.check.findings import Finding
from voortgang.intake.decoding import mend_twice
from voortgang.intake.memory import Memory
from voortgang.workspace import schema
from voortgang.writing.files import read_named

MAX_FILE = 20_000_000
# What is left of a letter that a program could not write.
_LOST = re.compile(r"\ufffd|[^\W\d_]\?[^\W\d_]")
_EMPTY_WORDS = {"NaN", "nan", "NaT", "<NA>", "None", "NULL", "null", "\\N", "#N/A", "#N/B"}
"""How programs write that a cell is empty."""
# How Excel (in English and in Dutch), LibreOffice and Google write a formula that fails, once it is no more than text.
_ERROR = re.compile(
    r"#(?:DIV/0!|NAME\?|NULL!|NUM!|REF!|VALUE!|SPILL!|CALC!|ERROR!|DEEL/0!|NAAM\?|LEEG!|GETAL!|VERW!|WAARDE!|OVERLOOP!)"
    r"|Err:[0-9]{3}"
)


@dataclass(frozen=True)
class Reported:
    """One row that a file reports.

    Attributes
    ----------
    table
        Name of the table.
    values
        Text of each field that the file fills.
    cells
        Where each value stands, such as "Metingen › D14".
    informing
        What stands in the columns that only inform, by heading, with its cell. Nothing reads it; it is compared.
    typed
        What somebody typed in each field, for messages.
    """

    table: str
    values: dict[str, str]
    cells: dict[str, str]
    informing: dict[str, tuple[object, str]] = field(default_factory=dict)
    typed: Mapping[str, object] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, ...]:
        """What identifies the row in its table."""
        return tuple(self.values.get(name, "") for name in schema.table(self.table).primary_key)

    @property
    def place(self) -> str:
        """Where the row begins."""
        return next(iter(self.cells.values()), "")


@dataclass
class Submission:
    """Everything that one file reports.

    Attributes
    ----------
    path, digest
        The file, and the SHA-256 of its content.
    party, of, year
        Who reports about which period (as the cover writes it), and its year; empty for a CSV file, which only adds and
        changes.
    template
        The version of the template that a workbook was made from.
    rows
        What it reports.
    findings
        What is wrong with it.
    memory
        What a workbook was sent with.
    label
        How messages name the file, where its own name is not enough.
    """

    path: Path
    digest: str
    party: str = ""
    of: str = ""
    year: int = 0
    template: str = ""
    rows: list[Reported] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    memory: Memory = field(default_factory=Memory)
    label: str = ""

    @property
    def name(self) -> str:
        """How messages name the file."""
        return self.label or self.path.name

    def labelled(self, label: str) -> Submission:
        """Return the same with another name in every message."""
        findings = [replace(each, file=label) for each in self.findings]
        return replace(self, label=label, findings=findings)

    @property
    def source(self) -> str:
        """What the column `bron` says of its rows."""
        return f"{self.path.name} (sha256 {self.digest[:12]})"

    def found(self, cell: str, value: object, rule: str, **details: object) -> None:
        """Add a finding about a cell ("" for the file as a whole)."""
        texts = tuple((name, str(detail)) for name, detail in sorted(details.items()))
        self.findings.append(Finding(self.name, 0, "", str(value)[:80], rule, texts, cell))

    def check_values(self) -> None:
        """Add a finding for every value that breaks its column's description, or whose letters were read wrongly."""
        for row in self.rows:
            for name, text in row.values.items():
                if (seems := mend_twice(text)) != text:
                    self.found(row.cells.get(name, row.place), text, "wrong_letters", seems=seems)
                elif _LOST.search(text) and "://" not in text:
                    self.found(row.cells.get(name, row.place), text, "lost_letters")
                elif _ERROR.fullmatch(text) and _is_free_text(row.table, name):
                    self.found(row.cells.get(name, row.place), text, "error_cell")
                elif text in _EMPTY_WORDS and _is_free_text(row.table, name):
                    self.found(row.cells.get(name, row.place), text, "word_for_empty")
        for table in schema.tables():
            mine = [row for row in self.rows if row.table == table.name]
            if mine:
                # A cell that was refused counts as empty; what follows from that is no second finding.
                refused = {finding.cell for finding in self.findings if finding.severity == "error"}
                self.findings += [each for each in _wrong_values(mine, table, self) if each.cell not in refused]


def read_bytes(path: Path) -> Submission | tuple[Submission, bytes]:
    """Return an empty submission with the content of its file; without content when the file cannot be read."""
    submission = Submission(path, "")
    if path.name.startswith(("~$", ".~lock")):
        submission.found("", "", "lock_file")
        return submission
    try:
        if (size := path.stat().st_size) > MAX_FILE:
            submission.found("", "", "file_too_large", found=f"{size:,} bytes", limit=f"{MAX_FILE:,} bytes")
            return submission
        content = read_named(path, MAX_FILE)
    except FileNotFoundError:
        submission.found("", "", "file_missing")
        return submission
    except IsADirectoryError:
        submission.found("", "", "is_folder")
        return submission
    except OSError as error:
        submission.found("", "", "not_readable", why=error.strerror)
        return submission
    return Submission(path, hashlib.sha256(content).hexdigest()), content


def _is_free_text(table: str, name: str) -> bool:
    if name not in {field.name for field in schema.table(table).fields}:
        return False
    field = schema.table(table).field(name)
    return field.type == "string" and not (field.refers_to or field.constraints.enum or field.constraints.pattern)


def _wrong_values(rows: Sequence[Reported], table: schema.Table, submission: Submission) -> list[Finding]:
    given = [field for field in table.fields if field.name != "bron"]
    texts = {field.name: [row.values.get(field.name, "") for row in rows] for field in given}
    raw = pd.DataFrame(texts, dtype="object")  # a column of strings takes as long to make as to judge
    findings = wrong_cells(raw, submission.name, table.model_copy(update={"fields": tuple(given)}))
    placed = []
    for each in findings:
        row = rows[each.row]
        details = {
            name: rows[int(text)].place.removeprefix("rij ") if (each.rule, name) == ("stands_twice", "first") else text
            for name, text in each.details
        }
        cell = row.cells.get(each.column) or row.place
        seen = row.typed.get(each.column)
        value = each.value if seen is None or each.rule == "stands_twice" else str(seen)[:80]
        placed.append(replace(each, row=0, column="", value=value, cell=cell, details=tuple(details.items())))
    return placed
