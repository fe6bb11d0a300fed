"""Write cells of workbooks and CSV files so that text stays text, whatever a spreadsheet program makes of it."""

from __future__ import annotations

import csv
import re
from decimal import Decimal
from io import StringIO
from typing import Any

_FORMULA = re.compile("'*[=+@\\t\\r\uff1d\uff0b\uff0d\uff20-]")
_MARKED = re.compile(f"'{_FORMULA.pattern}")

_MOST_DECIMALS = 12


def put_text(cell: Any, text: str) -> Any:
    """Write `text` as text, also when it looks like a formula ("=1+1") or a number, and return the cell."""
    cell.value = text
    cell.data_type = "s"
    cell.number_format = "@"
    # What Excel itself sets for text typed after an apostrophe: it stays text when the cell is edited.
    cell.quotePrefix = text[:1] in {"=", "+", "-", "@", "'"}
    return cell


def put_number(cell: Any, value: float) -> Any:
    """Write a number with every digit, of which openpyxl itself leaves out the last, and return the cell."""
    cell.value = csv_cell(value).removesuffix(".0") if isinstance(value, float) else str(value)
    cell.data_type = "n"
    return cell


def marked(text: str) -> str:
    """Return a text as a CSV file holds it: with an apostrophe before what a spreadsheet program takes for a formula.

    Examples
    --------
    >>> marked("=1+1"), marked("'=1+1"), marked("'s-Gravenhage")
    ("'=1+1", "''=1+1", "'s-Gravenhage")
    """
    return f"'{text}" if _FORMULA.match(text) else text


def csv_cell(value: Any) -> Any:
    """Return a value as a CSV file holds it: text as `marked`, and every digit of a number without an exponent.

    Examples
    --------
    >>> csv_cell("=1"), csv_cell(12345.678), csv_cell(1e-7), csv_cell(100.0), csv_cell(2**53 + 1)
    ("'=1", '12345.678', '0.0000001', '100.0', 9007199254740993)
    """
    if isinstance(value, float):
        return format(Decimal(repr(float(value))), "f")
    return marked(value) if isinstance(value, str) else value


def number_format(value: float) -> str:
    """Return how a workbook shows a number: with all its decimals, and no point where there are none.

    A number with more than a person reads is shown in the way of the spreadsheet program.

    Examples
    --------
    >>> number_format(5), number_format(1200.0), number_format(12345.678), number_format(1e-7)
    ('#,##0', '#,##0', '#,##0.000', '#,##0.0000000')
    """
    decimals = len(format(Decimal(repr(float(value))), "f").partition(".")[2].rstrip("0"))
    if decimals > _MOST_DECIMALS:
        return "General"
    return "#,##0" + ("." + "0" * decimals if decimals else "")


def unmarked(text: str) -> str:
    """Return a text of a CSV file as it was before `marked`; another text stays as it is.

    Examples
    --------
    >>> unmarked("'=1+1"), unmarked("''=1+1"), unmarked("=1+1"), unmarked("'s-Gravenhage")
    ('=1+1', "'=1+1", '=1+1', "'s-Gravenhage")
    """
    return text[1:] if _MARKED.match(text) else text


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
