"""Findings: what a check has to say about one place in the data, in English and in Dutch."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple

from pydantic import TypeAdapter

from voortgang.errors import VoortgangError
from voortgang.workspace.yaml_model import Strict, load_trusted
from voortgang.writing.dutch import long_date

Language = Literal["en", "nl"]
_DAY = re.compile(r"\A([0-9]{4})-([0-9]{2})-([0-9]{2})\Z")
"""A day as tables have it."""


class Message(NamedTuple):
    """What is wrong, what was expected, and how to mend it."""

    what: str
    expected: str
    mend: str


class _Rule(Strict):
    severity: Literal["error", "warning"] = "error"
    en: tuple[str, str, str]
    nl: tuple[str, str, str]
    lezer: tuple[str, str] | None = None


@cache
def _rules() -> dict[str, _Rule]:
    return TypeAdapter(dict[str, _Rule]).validate_python(load_trusted(Path(__file__).with_name("messages.yml")))


@dataclass(frozen=True, order=True)
class Finding:
    """One thing in the data that needs attention.

    Attributes
    ----------
    file, row, column
        The place; `row` counts as a spreadsheet does (the header is row 1), 0 when the whole file is meant.
    value
        The text that stands there.
    rule
        Which rule of `messages.yml` is broken.
    details
        What the rule's texts name, as (name, text) pairs.
    cell
        The place as a spreadsheet program names it ("Metingen › D14"), where the file is a workbook.
    """

    file: str
    row: int
    column: str
    value: str
    rule: str
    details: tuple[tuple[str, str], ...] = ()
    cell: str = ""

    @property
    def severity(self) -> Literal["error", "warning"]:
        """An `error` stops a build; a `warning` is shown."""
        return _rules()[self.rule].severity

    @property
    def where(self) -> str:
        """The place in words."""
        return self._where("row", "column")

    @property
    def plek(self) -> str:
        """The place in Dutch words."""
        return self._where("rij", "kolom")

    def _where(self, row: str, column: str) -> str:
        if self.cell:
            return f"{self.file} › {self.cell}"
        parts = [self.file]
        if self.row:
            parts.append(f"{row} {self.row}")
        if self.column:
            parts.append(f"{column} {self.column}")
        return ", ".join(parts)

    def message(self, language: Language = "en") -> Message:
        """Return the texts of the finding in a language."""
        details = dict(self.details)
        if language == "nl":  # parties type and read days so
            details = {name: _DAY.sub(r"\3-\2-\1", text) for name, text in details.items()}
        return Message(*(text.format_map(details) for text in getattr(_rules()[self.rule], language)))

    def for_readers(self) -> tuple[str, str]:
        """Return what a report says of the finding, in Dutch: what it is, and what is done about it."""
        texts = _rules()[self.rule].lezer or self.message("nl")[::2]
        days = {name: _in_full(text) for name, text in self.details}
        return texts[0].format_map(days), texts[1].format_map(days)

    @property
    def shown(self) -> tuple[str, str, str, str]:
        """What, where, expected and mend, as the command line says them."""
        message = self.message()
        value = f" (found: {self.value!r})" if self.value else ""
        return message.what + value, self.where, message.expected, message.mend

    def __str__(self) -> str:
        return str(VoortgangError(*self.shown))


def _in_full(text: str) -> str:
    """Return a day in full, and any other text as it is; a table may hold a day that does not exist."""
    try:
        return long_date(date.fromisoformat(text)) if _DAY.match(text) else text
    except ValueError:
        return text


def finding(file: str, row: object, column: str, value: object, rule: str, **details: object) -> Finding:
    """Return a finding; `row` may be a label of a frame's index, and details may be anything with a text."""
    texts = tuple((name, str(detail)) for name, detail in sorted(details.items()))
    return Finding(file, int(str(row)), column, str(value)[:80], rule, texts)


class CheckError(VoortgangError):
    """The data does not pass the checks; carries every finding."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        first = findings[0].message()
        super().__init__(first.what, findings[0].where, first.expected, first.mend)
        self.findings = findings

    @property
    def parts(self) -> tuple[VoortgangError, ...]:
        """Each finding as an error of its own."""
        return tuple(VoortgangError(*each.shown) for each in self.findings)

    def __str__(self) -> str:
        count = len(self.findings)
        title = "1 finding in the data" if count == 1 else f"{count} findings in the data"
        return "\n\n".join([f"{title}; nothing was built.", *map(str, self.findings)])

    def __reduce__(self) -> tuple[type[CheckError], tuple[tuple[Finding, ...]]]:  # type: ignore[override]
        return type(self), (self.findings,)
