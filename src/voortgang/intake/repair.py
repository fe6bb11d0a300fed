"""Mend a table of the bureau that a spreadsheet program saved in its own way."""

from __future__ import annotations

import csv
import difflib
import io
from dataclasses import dataclass
from pathlib import Path

from voortgang.check.findings import Finding
from voortgang.errors import VoortgangError
from voortgang.intake import spelling
from voortgang.intake.decoding import decode
from voortgang.intake.dutch_csv import read_csv
from voortgang.workspace import schema
from voortgang.workspace.fingerprint import of_file
from voortgang.writing.files import write_files


@dataclass(frozen=True)
class Repair:
    """A table as it would become.

    Attributes
    ----------
    path
        The file.
    text
        Its new content.
    difference
        What changes, as lines of a unified difference.
    findings
        What only a person can mend; then nothing is written.
    digest
        The SHA-256 of what was read.
    """

    path: Path
    text: str
    difference: tuple[str, ...]
    findings: tuple[Finding, ...]
    digest: str

    def write(self) -> None:
        """Put the new content in the place of the old.

        Raises
        ------
        VoortgangError
            When the file cannot be written, or has changed since it was read; it is then as it was.
        """
        if not self.path.is_file() or of_file(self.path) != self.digest:
            raise VoortgangError(
                "Somebody changed the file after it was read.",
                str(self.path),
                "a file that stays as it is until it is mended",
                "Nothing was changed. Run the command again.",
            )
        write_files({self.path: self.text.encode()}, replace=True)


def repair(path: Path, decimal: spelling.Decimal | None = None, dates: spelling.Order | None = None) -> Repair:
    """Return what a table becomes in the form of the workspace: UTF-8, commas, a decimal point, ISO dates.

    Parameters
    ----------
    path
        A table, such as `data/financien.csv`.
    decimal, dates
        How it spells numbers and dates, where nothing in it decides that.
    """
    submission = read_csv(path, decimal, dates)
    tables = {row.table for row in submission.rows}
    findings = [each for each in submission.findings if each.severity == "error"]
    if findings or len(tables) != 1:
        return Repair(path, "", (), tuple(findings), submission.digest)
    table = schema.table(tables.pop())
    target = io.StringIO(newline="")
    writer = csv.DictWriter(target, [field.name for field in table.fields], restval="", lineterminator="\n")
    writer.writeheader()
    names = set(writer.fieldnames)
    writer.writerows(
        table.marked({name: text for name, text in row.values.items() if name in names}) for row in submission.rows
    )
    text = target.getvalue()
    content = path.read_bytes()
    before = decode(content).text
    difference = tuple(difflib.unified_diff(before.splitlines(), text.splitlines(), "now", "mended", n=0, lineterm=""))
    if not difference and before.encode() != content:
        difference = ("The letters stay as they are; the file becomes UTF-8.",)
    return Repair(path, text, difference, (), submission.digest)
