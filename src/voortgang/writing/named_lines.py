"""A list that a person wrote: a name on each line, with remarks between."""

from __future__ import annotations

from pathlib import Path

from voortgang.writing.characters import deceit
from voortgang.writing.plain_text import NotText, decoded

LARGEST = 1_000_000
"""Bytes; a thousand names are a hundred thousand."""


class BadList(ValueError):
    """A list cannot be read: what is wrong, and on which line (0 when the whole is meant)."""

    def __init__(self, what: str, line: int = 0) -> None:
        super().__init__(what)
        self.what, self.line = what, line


def read_names(path: Path) -> list[str]:
    """Return the names on the lines of a file; empty lines, and lines that begin with #, are none.

    Raises
    ------
    BadList
        When it cannot be read, is too large, or a name holds what nobody sees.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise BadList(f"The list is larger than {LARGEST:,} bytes.")
        text = decoded(path.read_bytes())
    except NotText as error:
        raise BadList(f"The list is no UTF-8 text: {error.why}.", error.line) from error
    except OSError as error:
        raise BadList(f"The list cannot be read: {error.strerror}.") from error
    names = []
    for number, line in enumerate(text.split("\n"), start=1):
        name = line.strip()
        if not name or name.startswith("#"):
            continue
        if what := deceit(name):
            raise BadList(f"The name holds {what}.", number)
        names.append(name)
    return names
