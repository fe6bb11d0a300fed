"""Dutch spellings of numbers, amounts, dates and choices, as the tables store them."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from voortgang.workspace.schema import Field

_GROUPED = r"[1-9][0-9]{0,2}(?:\.[0-9]{3})+"
EURO = "(?:€|EUR|[Ee]uro)"
"""How an amount is named, before or behind it."""
_NUMBER = re.compile(rf"([+-]?)\s*{EURO}?\s*([+-]?)\s*({_GROUPED}|[0-9]+)(?:,([0-9]+|-))?\s*{EURO}?")
# No cents, as people write it by hand: 1.250,-- and 1.250,= and, where a word processor made one dash of it, 1.250,–
_NO_CENTS = re.compile(r"(?<=[0-9]),(?:--|=|[–—])(?![0-9])")
# Spaces of each width, and the apostrophe of the Swiss: between groups of three digits, and the same one each time.
_BETWEEN = r"[ \u00a0\u2007\u2009\u202f'’]"
_SPACED = re.compile(rf"([^0-9]*)([1-9][0-9]{{0,2}}({_BETWEEN})[0-9]{{3}}(?:\3[0-9]{{3}})*)((?:[.,][0-9-]+)?[^0-9]*)")
_ESCAPE = re.compile(r"_x(?!D[89A-F])([0-9A-F]{4})_", re.IGNORECASE)
_MIDNIGHT = re.compile(
    r"(.*[0-9])[ T](?:0?0:00(?::00(?:\.0+)?)?|12:00(?::00)? ?AM)(?:Z|[+-][0-9]{2}:?[0-9]{2})?", re.IGNORECASE
)
_BETWEEN_DAYS = re.compile(r"(?<=[0-9]) *([-/.]) *(?=[0-9])")
_DATE = re.compile(r"([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{4})")
_YEAR_FIRST = re.compile(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})")
_IN_WORDS = re.compile(r"([0-9]{1,2})[ -]([a-z]+)\.?[ -]([0-9]{4})", re.IGNORECASE)
_MONTHS = (
    *("jan januari january", "feb februari february", "mrt maart mar march", "apr april", "mei may", "jun juni june"),
    *("jul juli july", "aug augustus august", "sep sept september", "okt oktober oct october", "nov november"),
    "dec december",
)
_MONTH = {word: month for month, words in enumerate(_MONTHS, start=1) for word in words.split()}
_LINE_BREAK = re.compile("[\n\v\u2028\u2029]")


def canonical(value: object, field: Field) -> str:
    """Return what a table stores for what somebody typed; what cannot be read comes back as it was, to be refused.

    Parameters
    ----------
    value
        A cell's value: text, a number, a date, a truth value or nothing.
    field
        The column.

    Examples
    --------
    >>> from voortgang.workspace.schema import table
    >>> amount, day = table("financien").field("bedrag"), table("financien").field("datum")
    >>> canonical("€ 1.234,00", amount), canonical("31-12-2021", day), canonical("1.234,50", amount)
    ('1234', '2021-12-31', '1234.50')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        choices = field.true_values if value else field.false_values
        return (*choices, "waar" if value else "onwaar")[0]
    if isinstance(value, date) and field.type == "string":  # in a remark, as people write it
        has_time = isinstance(value, datetime) and (value.hour, value.minute) != (0, 0)
        return f"{value:%d-%m-%Y %H:%M}" if has_time else f"{value:%d-%m-%Y}"
    if isinstance(value, datetime):
        whole_day = (value.hour, value.minute, value.second, value.microsecond) == (0, 0, 0, 0)
        return value.date().isoformat() if whole_day else value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | float):
        return plain_number(value)
    text = as_seen(str(value))
    if field.type in {"integer", "number"}:
        return _number(text)
    if field.type == "date":
        return _date(text)
    if field.type == "boolean" or field.constraints.enum:
        choices = (*field.true_values, *field.false_values, *field.constraints.enum)
        return next((choice for choice in choices if choice.casefold() == text.casefold()), text)
    return one_line(text) if field.is_free_text else text


def one_line(text: str) -> str:
    r"""Return a text whose lines, as Alt+Enter makes them, stand behind each other: tables have one line in a cell.

    Examples
    --------
    >>> one_line("Eerst dit. \n\nDan dat.")
    'Eerst dit. Dan dat.'
    """
    return " ".join(part.strip() for part in _LINE_BREAK.split(text) if part.strip())


def as_seen(text: str) -> str:
    r"""Return a text as its reader sees it: Excel's escapes undone, accents composed, spaces plain.

    Examples
    --------
    >>> as_seen("een_x000D_\ntwee"), as_seen("re\N{LATIN SMALL LETTER E}\N{COMBINING DIAERESIS}le")
    ('een\ntwee', 'reële')
    """
    if text.isascii() and "\r" not in text and "_" not in text:
        return text.strip()
    text = _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)
    text = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    return " ".join(text.replace("\xa0", " ").replace("\u202f", " ").split(" ")).strip()


def plain_number(value: int | float) -> str:
    """Return a number with the fifteen digits that a spreadsheet program shows, and without a power of ten.

    Examples
    --------
    >>> plain_number(1249.9999999999998), plain_number(1234567890123456), plain_number(0.00001)
    ('1250', '1234567890123456', '0.00001')
    """
    if isinstance(value, int):
        return str(value)
    text = f"{Decimal(f'{value + 0.0:.15g}'):f}"  # a zero has no sign
    return text.rstrip("0").rstrip(".") if "." in text else text


def as_typed(value: object) -> object:
    """Return a value as a Dutch spreadsheet program shows it, so that who typed it knows it again."""
    if isinstance(value, bool):
        return "WAAR" if value else "ONWAAR"
    if isinstance(value, float):
        return f"{value:.15g}".replace(".", ",")
    if isinstance(value, timedelta):  # as [h]:mm:ss shows it
        return f"{value // timedelta(hours=1)}:{value.seconds // 60 % 60:02}:{value.seconds % 60:02}"
    if isinstance(value, datetime) and value.time() != time():
        return f"{value:%d-%m-%Y %H:%M:%S}"
    return f"{value:%d-%m-%Y}" if isinstance(value, date) else value


def ungrouped(text: str) -> str:
    r"""Return a number without what can only stand between its thousands, with a hyphen for its minus and for no cents.

    Examples
    --------
    >>> ungrouped("€ 12 345,50"), ungrouped("1\u2009234"), ungrouped("12'345"), ungrouped("\u22125"), ungrouped("12 34")
    ('€ 12345,50', '1234', '12345', '-5', '12 34')
    >>> ungrouped("€ 1.250,--"), ungrouped("1 250,="), ungrouped("1.250,\N{EN DASH}")
    ('€ 1.250,-', '1250,-', '1.250,-')
    """
    text = _NO_CENTS.sub(",-", text.replace("\u2212", "-"))
    match = _SPACED.fullmatch(text)
    return f"{match[1]}{re.sub(_BETWEEN, '', match[2])}{match[4]}" if match else text


def _number(text: str) -> str:
    match = _NUMBER.fullmatch(ungrouped(text))
    if match is None:
        return text
    sign, inner, whole, fraction = match.groups()
    if sign and inner:
        return text
    negative = "-" if "-" in (sign, inner) else ""
    digits = whole.replace(".", "").lstrip("0") or "0"
    if fraction is None or set(fraction) <= {"0", "-"}:
        return digits if digits == "0" else f"{negative}{digits}"  # a zero has no sign
    return f"{negative}{digits}.{fraction}"


def bare_day(text: str) -> str:
    """Return a day without what programs write in and behind it: spaces, and the time at which it begins.

    The offset of a time zone says where it is midnight, on the day that is written.

    Examples
    --------
    >>> bare_day("2022-12-31 00:00:00"), bare_day("31-12-2022 0:00"), bare_day("31-12 9:30")
    ('2022-12-31', '31-12-2022', '31-12 9:30')
    >>> bare_day("2022-12-31T00:00:00+01:00"), bare_day("3/4/2022 12:00:00 AM"), bare_day("2022-12-30T23:00:00Z")
    ('2022-12-31', '3/4/2022', '2022-12-30T23:00:00Z')
    >>> bare_day("31- 1-2022")
    '31-1-2022'
    """
    match = _MIDNIGHT.fullmatch(text)
    day = match[1] if match else text
    return _BETWEEN_DAYS.sub(r"\1", day)


def _date(text: str) -> str:
    text = bare_day(text)
    if match := _DATE.fullmatch(text):
        return f"{match[3]}-{int(match[2]):02}-{int(match[1]):02}"
    if match := _YEAR_FIRST.fullmatch(text):  # nobody writes the day before the month then
        return f"{match[1]}-{int(match[2]):02}-{int(match[3]):02}"
    if (match := _IN_WORDS.fullmatch(text)) and (month := _MONTH.get(match[2].casefold())):
        return f"{match[3]}-{month:02}-{int(match[1]):02}"
    return text
