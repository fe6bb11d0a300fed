"""Write cells of workbooks and CSV files so that text stays text, whatever a spreadsheet program makes of it."""

from __future__ import annotations

import csv
import re
from io import StringIO
from typing import Any

_FORMULA = re.compile("'*[=+@\\t\\r\uff1d\uff0b\uff0d\uff20-]")
MARKED = re.compile(f"'{_FORMULA.pattern}")
"""Matches a text that `marked` has marked."""


def put_text(cell: Any, text: str) -> Any:
    """Write `text` as text, also when it looks like a formula ("=1+1") or a number, and return the cell."""
    cell.value = text
    cell.data_type = "s"
    cell.number_format = "@"
    # What Excel itself sets for text typed after an apostrophe: it stays text when the cell is edited.
    cell.quotePrefix = text[:1] in {"=", "+", "-", "@", "'"}
    return cell


def marked(text: str) -> str:
    """Return a text as a CSV file holds it: with an apostrophe before what a spreadsheet program takes for a formula.

    Examples
    --------
    >>> marked("=1+1"), marked("'=1+1"), marked("'s-Gravenhage")
    ("'=1+1", "''=1+1", "'s-Gravenhage")
    """
    return f"'{text}" if _FORMULA.match(text) else text


def unmarked(text: str) -> str:
    """Return a text of a CSV file as it was before `marked`; another text stays as it is.

    Examples
    --------
    >>> unmarked("'=1+1"), unmarked("''=1+1"), unmarked("=1+1"), unmarked("'s-Gravenhage")
    ('=1+1', "'=1+1", '=1+1', "'s-Gravenhage")
    """
    return text[1:] if MARKED.match(text) else text


def records(text: str) -> list[str]:
    r"""Return the records of a CSV file as they stand: a cell may hold line ends.

    Examples
    --------
    >>> records('a,b\n1,"two\nlines"\n')
    ['a,b\n', '1,"two\nlines"\n']
    >>> records("a,b\n1,two\u2028lines\n")
    ['a,b\n', '1,two\u2028lines\n']
    """
    # A csv reader knows fewer ends of a line than `splitlines`: a cell may hold the others.
    lines = list(StringIO(text, newline=""))
    reader = csv.reader(lines)
    found, start = [], 0
    for _ in reader:
        found.append("".join(lines[start : reader.line_num]))
        start = reader.line_num
    return found
