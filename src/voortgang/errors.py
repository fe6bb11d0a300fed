"""What can go wrong, said so that the person who must mend it can."""

from __future__ import annotations


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


class LeakError(VoortgangError):
    """The public edition would show what a party asked to keep confidential (Art. 10.1)."""


class BundleError(VoortgangError):
    """A bundle or a published report is damaged, edited, or no bundle at all."""


class ClusterError(VoortgangError):
    """A scheduler, a worker or the store that workers share is missing, lost, or not as this computer is."""


class BuildError(VoortgangError):
    """More than one thing went wrong in a build.

    Parameters
    ----------
    errors
        Each of them, in the order in which they happened.
    """

    def __init__(self, errors: list[VoortgangError]) -> None:
        super().__init__(f"{len(errors)} things went wrong.", "", "", "")
        self.errors = errors

    def __str__(self) -> str:
        return "\n\n".join([self.what, *map(str, self.errors)])

    def __reduce__(self) -> tuple[type[BuildError], tuple[list[VoortgangError]]]:  # type: ignore[override]
        return type(self), (self.errors,)


def _indented(text: str) -> str:
    return text.replace("\n", "\n            ")
