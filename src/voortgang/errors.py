"""What can go wrong, said so that the person who must mend it can."""

from __future__ import annotations

import errno
import os
import re
import shutil
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

_ENGINE = Path(__file__).parent

OUTPUTS = ("standard output", "standard error")
"""How an `OSError` names what a command prints to, by file descriptor from 1."""


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

    exit_code = 1
    """How a command ends that shows this error."""

    def __init__(self, what: str, where: str, expected: str, mend: str) -> None:
        super().__init__(what)
        self.what, self.where, self.expected, self.mend = what, where, expected, mend

    def __str__(self) -> str:
        return (
            f"{self.what}\n  where:    {_indented(self.where)}\n"
            f"  expected: {_indented(self.expected)}\n  mend:     {_indented(self.mend)}"
        )

    @property
    def parts(self) -> tuple[VoortgangError, ...]:
        """Each thing that is wrong: the error itself, where it does not carry more."""
        return (self,)

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


class MissingExtra(VoortgangError):
    """A command needs packages that the base installation leaves out."""


@contextmanager
def needs(extra: str) -> Iterator[None]:
    """Import in this block what only an extra of `pyproject.toml` installs.

    Raises
    ------
    MissingExtra
        When one of its packages is not installed.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        name = (error.name or "of this extra").partition(".")[0]
        raise MissingExtra(
            f"The package {name} is not installed: most commands do without.",
            f"the environment {sys.prefix}",
            f"the packages of voortgang[{extra}]",
            f"In the repository of voortgang: make {extra}. Elsewhere: pip install 'voortgang[{extra}]'",
        ) from error


class Fault(VoortgangError):
    """Something that voortgang did not foresee: a mistake of its own, not of who uses it."""

    exit_code = 70
    """What sysexits.h calls EX_SOFTWARE, so that a script can tell it from data that must be corrected."""

    @classmethod
    def of(cls, error: Exception, step: str) -> Self:
        """Return the message about an exception that nobody foresaw.

        Parameters
        ----------
        error
            What was raised.
        step
            What was being done, as the reader of the message knows it: "the report on 2021".
        """
        fault = cls(
            f"This is a fault of voortgang, not of your data: {type(error).__name__}{_first_line(error)}.",
            f"{step} ({place_in_engine(error)})",
            "a report, or a message that says what to correct",
            "Run the command once more as 'voortgang --debug …', and send all that it prints to who maintains "
            "voortgang, with what you changed last and what 'voortgang doctor' says. "
            "Leave out what a party keeps confidential.",
        )
        fault.__cause__ = error
        return fault


def place_in_engine(error: BaseException) -> str:
    """Return the last line of the engine that an exception passed, as "check/controls.py, line 36"."""
    place = "outside voortgang"
    for frame in traceback.extract_tb(error.__traceback__):
        if Path(frame.filename).is_relative_to(_ENGINE):
            place = f"{Path(frame.filename).relative_to(_ENGINE).as_posix()}, line {frame.lineno}"
    return place


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return f": {lines[0][:200].rstrip('.')}" if lines else ""


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
        self.exit_code = max(error.exit_code for error in errors)

    @property
    def parts(self) -> tuple[VoortgangError, ...]:
        """Each thing that is wrong."""
        return tuple(part for error in self.errors for part in error.parts)

    def __str__(self) -> str:
        return "\n\n".join([self.what, *map(str, self.errors)])

    def __reduce__(self) -> tuple[type[BuildError], tuple[list[VoortgangError]]]:  # type: ignore[override]
        return type(self), (self.errors,)


def first_of(error: OSError) -> OSError:
    """Return the first of the errors that `shutil.copytree` tells as one, with its number and place; others as is.

    Examples
    --------
    >>> first_of(shutil.Error([("a", "b", "[Errno 28] No space left on device: 'b'")])).strerror
    'No space left on device'
    """
    if not isinstance(error, shutil.Error) or not isinstance(error.args[0], list):
        return error
    _, target, why = error.args[0][0]
    number = re.match(r"\[Errno (\d+)\]", str(why))
    code = int(number[1]) if number else errno.EIO
    return OSError(code, os.strerror(code) if number else str(why), str(target))


def understood(error: Exception, step: str) -> VoortgangError:
    """Return an exception as a message for who must mend it.

    Parameters
    ----------
    error
        Whatever was raised.
    step
        What was being done, as the reader of the message knows it: "the report on 2021".
    """
    match first_of(error) if isinstance(error, OSError) else error:
        case VoortgangError() as error:
            return error
        case _ if _is_of_memory(error):
            found = VoortgangError(
                "The memory of this computer is used up.",
                step,
                "about 1 GB of free memory, and 200 MB for each notebook that runs at once",
                "Close other programs, or let fewer notebooks run at once, with: voortgang build --jobs 1",
            )
        case OSError(errno=errno.EMFILE | errno.ENFILE):
            found = VoortgangError(
                "This computer lets voortgang open too few files at once.",
                step,
                "at least 256 open files",
                "Raise the limit, for instance with: ulimit -n 1024",
            )
        case _ if _is_of_processes(error):
            found = VoortgangError(
                "This computer lets voortgang start no other process or thread.",
                step,
                "about 30 processes and threads for each notebook that runs at once",
                "Raise the limit, for instance with: ulimit -u 4096; or let fewer notebooks run at once, with: "
                "voortgang build --jobs 1",
            )
        case OSError(errno=int(), filename=filename) as error if filename in OUTPUTS:
            found = VoortgangError(
                f"What was to be said cannot be written: {error.strerror or error}.",
                f"{filename} of the command: {step}",
                "a terminal, a program that reads it, or a file on a disk with free space",
                "Send the output elsewhere. What the command made is there.",
            )
        case OSError(errno=int()) as error if is_of_files(error):
            found = VoortgangError(
                f"The computer refuses: {error.strerror or error}.",
                str(error.filename or f"{step} ({place_in_engine(error)})"),
                "files and folders that this user may read and write, on a disk with free space",
                "Look at the place named, at the permissions, and at the space on the disk.",
            )
        case _:
            return Fault.of(error, step)
    found.__cause__ = error
    return found


def is_of_the_computer(error: BaseException) -> bool:
    """Return whether an error says that memory, processes or open files are used up; `understood` knows what to do."""
    few_files = isinstance(error, OSError) and error.errno in {errno.EMFILE, errno.ENFILE}
    return few_files or _is_of_memory(error) or _is_of_processes(error)


_OF_FILES = {
    getattr(errno, name, 0)  # not every system has all
    for name in (
        *("EACCES", "EBADF", "EBUSY", "EDQUOT", "EEXIST", "EFBIG", "EINVAL", "EIO", "EISDIR", "ELOOP", "EMLINK"),
        *("ENAMETOOLONG", "ENODEV", "ENOENT", "ENOSPC", "ENOTDIR", "ENOTEMPTY", "ENXIO", "EPERM", "EROFS", "ESTALE"),
        *("ETXTBSY", "EXDEV", "EPIPE"),
    )
}


def is_of_files(error: OSError) -> bool:
    """Return whether an error may say something of a file, a folder or a disk: one without a number may."""
    return error.errno is None or error.errno in _OF_FILES


def _is_of_memory(error: BaseException) -> bool:
    # A library that finds no room while it is loaded says so in words only.
    loading = isinstance(error, ImportError) and re.search("failed to map|annot allocate", str(error)) is not None
    return loading or isinstance(error, MemoryError) or (isinstance(error, OSError) and error.errno == errno.ENOMEM)


def _is_of_processes(error: BaseException) -> bool:
    starting = isinstance(error, RuntimeError) and "can't start new thread" in str(error)
    return starting or (isinstance(error, OSError) and error.errno == errno.EAGAIN)


def _indented(text: str) -> str:
    return text.replace("\n", "\n            ")
