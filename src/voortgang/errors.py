"""What can go wrong, said so that the person who must mend it can."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


class VoortgangError(Exception):
    """A failure with a place and a way to mend it.

    Parameters
    ----------
    what
        What is wrong, in one sentence.
    where
        File, line, row, column or cell; as exact as is known.
    expected
        What should have been there.
    mend
        What the reader can do about it.

    Examples
    --------
    >>> print(VoortgangError("The amount is not a number.", "data/begroting.csv, row 3, column bedrag",
    ...                      "whole euros, such as 4800000", "Correct the cell."))
    The amount is not a number.
      where:    data/begroting.csv, row 3, column bedrag
      expected: whole euros, such as 4800000
      mend:     Correct the cell.
    """

    def __init__(self, what: str, where: str, expected: str, mend: str) -> None:
        super().__init__(what)
        self.what, self.where, self.expected, self.mend = what, where, expected, mend

    def __str__(self) -> str:
        return (
            f"{self.what}\n  where:    {_indented(self.where)}\n"
            f"  expected: {_indented(self.expected)}\n  mend:     {_indented(self.mend)}"
        )

    def __reduce__(self) -> tuple[type[VoortgangError], tuple[str, str, str, str]]:
        return type(self), (self.what, self.where, self.expected, self.mend)


class WorkspaceError(VoortgangError):
    """A folder or file of the workspace is missing, unreadable or not writable."""


class DealError(VoortgangError):
    """`deal.yml` breaks the model of a covenant."""


class ParametersError(VoortgangError):
    """`parameters/<year>.yml` breaks the model, or a notebook asks for what is not in it."""


class NotebookError(VoortgangError):
    """A notebook cannot be read, or one of its cells failed."""


class TemplateError(VoortgangError):
    """A chapter or the project file holds something that the report cannot be made from."""


class EngineError(VoortgangError):
    """Quarto, Pandoc or Typst is missing or refused the sources."""


@dataclass(frozen=True, order=True)
class Finding:
    """One thing in the data that needs attention.

    Attributes
    ----------
    file, row, column
        The place; `row` counts as a spreadsheet does (the header is row 1), 0 when the whole file is meant.
    value
        The text that stands there.
    what, expected, mend
        As in `VoortgangError`.
    severity
        An `error` stops a build; a `warning` is shown.
    """

    file: str
    row: int
    column: str
    value: str
    what: str
    expected: str
    mend: str
    severity: Literal["error", "warning"] = "error"

    @property
    def where(self) -> str:
        """The place in words."""
        parts = [self.file]
        if self.row:
            parts.append(f"row {self.row}")
        if self.column:
            parts.append(f"column {self.column}")
        return ", ".join(parts)

    def __str__(self) -> str:
        value = f" (found: {self.value!r})" if self.value else ""
        return str(VoortgangError(self.what + value, self.where, self.expected, self.mend))


class CheckError(VoortgangError):
    """The data does not pass the checks; carries every finding."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        first = findings[0]
        super().__init__(first.what, first.where, first.expected, first.mend)
        self.findings = findings

    def __str__(self) -> str:
        count = len(self.findings)
        title = "1 finding in the data" if count == 1 else f"{count} findings in the data"
        return "\n\n".join([f"{title}; nothing was built.", *map(str, self.findings)])

    def __reduce__(self) -> tuple[type[CheckError], tuple[tuple[Finding, ...]]]:  # type: ignore[override]
        return type(self), (self.findings,)


def _indented(text: str) -> str:
    return text.replace("\n", "\n            ")
