"""How one file spells its numbers and dates: one decimal sign and one order of days, decided from the whole file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Generic, Literal, TypeVar

from voortgang.intake.values import EURO, bare_day, ungrouped

Decimal = Literal["comma", "point"]
Order = Literal["dmy", "mdy"]
Choice = TypeVar("Choice", bound=str)

_AROUND = re.compile(rf"([+-]?)\s*{EURO}?\s*([+-]?)\s*([0-9][0-9.,]*(?:,-)?)\s*{EURO}?")
_FORMS: dict[Decimal, re.Pattern[str]] = {
    "comma": re.compile(r"([1-9][0-9]{0,2}(?:\.[0-9]{3})+|[0-9]+)(?:,([0-9]+|-))?"),
    "point": re.compile(r"([1-9][0-9]{0,2}(?:,[0-9]{3})+|[0-9]+)(?:\.([0-9]+))?"),
}
_DAY = re.compile(r"([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{4})")
_ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[ T].*)?")
# One group of three digits: a thousand to one reader, decimals to another.
_ONE_GROUP = re.compile(r"[1-9][0-9]{0,2}[.,][0-9]{3}")


@dataclass(frozen=True)
class Spelling(Generic[Choice]):
    """What a file as a whole says.

    Attributes
    ----------
    choice
        The spelling; none where nothing in the file decides it.
    doubtful
        The texts that fit both readings while nothing decides.
    mixed
        The texts that are spelled in another way than the rest.
    """

    choice: Choice | None
    doubtful: frozenset[str] = frozenset()
    mixed: frozenset[str] = frozenset()


def number(text: str, decimal: Decimal) -> str | None:
    """Return a number as the tables store it; none when it is not spelled so.

    Examples
    --------
    >>> number("€ 1.234,50", "comma"), number("1.234", "point"), number("0.625", "comma")
    ('1234.50', '1.234', None)
    """
    around = _AROUND.fullmatch(ungrouped(text))
    match = _FORMS[decimal].fullmatch(around[3]) if around else None
    if around is None or match is None or (around[1] and around[2]):
        return None
    sign = "-" if "-" in (around[1], around[2]) else ""
    whole, fraction = re.sub(r"[.,]", "", match[1]).lstrip("0") or "0", match[2] or ""
    if set(fraction) <= {"0", "-"}:
        return whole if whole == "0" else f"{sign}{whole}"  # a zero has no sign
    return f"{sign}{whole}.{fraction}"


def day(text: str, order: Order) -> str | None:
    """Return a date as the tables store it; none when it is not spelled so."""
    match = _DAY.fullmatch(bare_day(text))
    if match is None:
        return None
    first, second = int(match[1]), int(match[2])
    at, month = (first, second) if order == "dmy" else (second, first)
    return f"{match[3]}-{month:02}-{at:02}" if 1 <= month <= 12 and 1 <= at <= 31 else None


def is_month_first(text: str) -> bool:
    """Return whether a date can only be read with the month before the day, as Americans write it.

    Examples
    --------
    >>> is_month_first("12-31-2022"), is_month_first("31-12-2022"), is_month_first("31-31-2022")
    (True, False, False)
    """
    return day(text, "dmy") is None and day(text, "mdy") is not None


def has_two_readings(text: str, kind: str) -> bool:
    """Return whether a text in a workbook, where no other cell decides, is a number or a date in two ways.

    Examples
    --------
    >>> has_two_readings("1.625", "number"), has_two_readings("1.250", "integer"), has_two_readings("0,625", "number")
    (True, False, False)
    >>> has_two_readings("1,000", "integer"), has_two_readings("1.000", "integer")
    (True, False)
    >>> has_two_readings("03/04/2022", "date"), has_two_readings("03-04-2022", "date")
    (True, False)
    >>> has_two_readings("03/04/2022 00:00:00", "date")
    True
    """
    if kind in {"number", "integer"}:
        bare = _bare(text.removesuffix("%").strip())
        # Of whole numbers, 1.000 is a thousand; 1,000 is one by the Dutch spelling, and a thousand by the English.
        return _ONE_GROUP.fullmatch(bare) is not None and (kind == "number" or bare.endswith(",000"))
    # With strokes, the month may come first; the form that the workbook asks for has the day first.
    return kind == "date" and "/" in text and None is not day(text, "dmy") != day(text, "mdy") is not None


def _bare(text: str) -> str:
    """Return the digits and signs of a number, without what stands around them; "" when it is no number."""
    around = _AROUND.fullmatch(ungrouped(text))
    return around[3] if around else ""


def decimal_sign(
    texts: Sequence[tuple[str, bool]], delimiter: str, given: Decimal | None = None, days: Iterable[str] = ()
) -> Spelling[Decimal]:
    """Return the decimal sign of a file.

    Parameters
    ----------
    texts
        Each number, and whether its column takes whole numbers only: there, a reading with a fraction cannot be meant.
    delimiter
        What stands between its cells.
    given
        What the user says it is.
    days
        Its dates. A program writes commas between cells, a decimal point and ISO dates; whoever has dates in Dutch may
        have saved Dutch numbers with commas between them (as LibreOffice proposes), so that these say nothing.
    """
    by_program = delimiter == "," and all(_ISO_DAY.fullmatch(day) for day in days if day)
    readings: dict[str, dict[Decimal, str | None]] = {}
    for text, is_whole in texts:
        both: dict[Decimal, str | None] = {sign: number(text, sign) for sign in _FORMS}
        grouped = re.search(r"[.,][0-9]{3}$", text) is not None
        if is_whole and grouped and all(both.values()):
            both = {sign: None if value and "." in value else value for sign, value in both.items()}
        if both["comma"] != both["point"]:
            readings[text] = both
    found = _decide(readings, given, "point" if by_program else None)
    if given is not None or found.choice is None:
        return found
    decimals = [text for text, is_whole in texts if text and not is_whole]
    return replace(found, doubtful=found.doubtful | _perhaps_thousands(decimals, readings, found.choice, by_program))


def _perhaps_thousands(
    decimals: Iterable[str], readings: dict[str, dict[Decimal, str | None]], choice: Decimal, by_program: bool
) -> frozenset[str]:
    """Return the numbers that have decimals by the sign of the file, and may be thousands all the same.

    Nobody writes 1.000 for one, except a program that gives every number three decimals. A Dutch reader takes 1.234
    for thousands also where 12.5 stands elsewhere; a decimal comma, or a program's point, is none of thousands.
    """
    mark = "," if choice == "comma" else "."
    other: Decimal = "point" if choice == "comma" else "comma"
    grouped = {text for text in readings if _ONE_GROUP.fullmatch(_bare(text)) and mark in text}
    # Where every number has three decimals, and one of them can be nothing else, a program wrote them.
    has_three = grouped and all(re.search(rf"[{mark}][0-9]{{3}}$", _bare(text)) for text in decimals)
    if has_three and any(text in readings and readings[text][other] is None for text in decimals):
        return frozenset()
    return frozenset(text for text in grouped if _bare(text).endswith("0") or (choice == "point" and not by_program))


def date_order(
    texts: Iterable[str], delimiter: str, decimal: Decimal | None, given: Order | None = None
) -> Spelling[Order]:
    """Return the order of day and month; a file with decimal commas puts the day first, as all of Europe does.

    Only strokes between its parts make a date American: `12-31-2022` may as well be a typing error, and is doubtful.
    """
    readings: dict[str, dict[Order, str | None]] = {}
    for text in texts:
        both: dict[Order, str | None] = {"dmy": day(text, "dmy"), "mdy": day(text, "mdy")}
        if both["dmy"] != both["mdy"]:
            readings[text] = both
    dutch = decimal == "comma" or (delimiter == ";" and decimal is None and not any("/" in text for text in readings))
    found = _decide(readings, given, "dmy" if dutch else None)
    if given is not None or found.choice != "mdy" or not (dutch or any("/" not in text for text in readings)):
        return found
    if dutch:
        return Spelling("dmy", frozenset(text for text in readings if is_month_first(text)))
    return Spelling(None, frozenset(readings))


def _decide(
    readings: dict[str, dict[Choice, str | None]], given: Choice | None, otherwise: Choice | None
) -> Spelling[Choice]:
    votes: dict[Choice, set[str]] = {}
    doubtful = set()
    for text, both in readings.items():
        possible = [choice for choice, value in both.items() if value is not None]
        if len(possible) == 1:
            votes.setdefault(possible[0], set()).add(text)
        elif possible:
            doubtful.add(text)
    if given is not None:
        wrong = {text for choice, voters in votes.items() if choice != given for text in voters}
        return Spelling(given, mixed=frozenset(wrong))
    if len(votes) > 1:
        few, many = sorted(votes.values(), key=len)
        return Spelling(None, frozenset(doubtful), frozenset(few if len(few) < len(many) else few | many))
    choice = next(iter(votes), otherwise)
    return Spelling(choice, frozenset() if choice else frozenset(doubtful))
