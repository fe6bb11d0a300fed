"""Whether the figures of a stranger can be shown as they are written, and are figures."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from voortgang.notebook.counts import PROJECTS
from voortgang.notebook.facts import part
from voortgang.notebook.prosperity import KINDS
from voortgang.publish.key_figures import Kerncijfer, Kerncijfers, Verslag
from voortgang.readers.portfolio.overview import MONEY
from voortgang.writing.characters import INVISIBLE, LOOK_ALIKE
from voortgang.writing.fonts import first_without_shape

LARGEST = 50_000_000
"""Bytes of `kerncijfers.json`; that of a large deal is three million."""

_LONGEST = 2_000
"""Letters of one text; a page of a report has as many."""

_MOST = 10**15
"""Above this, a number is no amount, and cannot be told exactly."""

_UNITS = dict.fromkeys(MONEY, "euro") | dict.fromkeys((*PROJECTS, *KINDS), "aantal") | {"uitputting": "aandeel"}
"""The unit of each kind of figure that the overview computes with, by the end of its id."""

_KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_UNSEEN = re.compile(f"{INVISIBLE}|[\ud800-\udfff]")
_TAKEN = re.compile(LOOK_ALIKE)


def unfit(figures: Kerncijfers) -> str | None:
    """Return the first thing in figures that cannot be shown or computed with, by its place, in Dutch."""
    if (found := _of_report(figures.verslag)) is not None:
        return found
    ids = Counter(each.id for each in figures.kerncijfers)
    if twice := next((key for key, count in ids.items() if count > 1), None):
        return f"{twice} staat er tweemaal"
    there = [kind for kind in MONEY if f"totaal.{kind}" in ids]
    if there and (absent := next((kind for kind in MONEY if kind not in there), None)):
        # A budget without what was spent of it would count as one of which nothing was spent.
        return f"totaal.{absent} ontbreekt, en totaal.{there[0]} is er wel"
    fine = set[str]()  # most texts stand there many times
    for each in figures.kerncijfers:
        if (each.eenheid == "woord") != isinstance(each.waarde, str):
            return (
                f"{each.id}, waarde: {'een tekst' if isinstance(each.waarde, str) else 'een getal'} als {each.eenheid}"
            )
        if not isinstance(each.waarde, str) and not abs(each.waarde) < _MOST:  # also what is no number at all
            return f"{each.id}, waarde: {str(each.waarde)[:20]} is geen bedrag of aantal"
        if (unit := _unit(each, figures.verslag)) and not _is_in(each, unit):
            return f"{each.id}, waarde: met {str(each.waarde)[:20]} als {each.eenheid} is niet te rekenen als {unit}"
        for place, text in _texts(each.model_dump(mode="python")):
            # The pattern of row numbers holds for as many as there are.
            if text in fine or place.endswith(".rijen"):
                continue
            if (why := wrong_in(text)) is not None:
                return f"{each.id}, {place}: {why}"
            fine.add(text)
    return None


def _unit(figure: Kerncijfer, report: Verslag) -> str:
    """Return the unit in which the overview computes with a figure; empty when it does not."""
    stem, _, kind = figure.id.rpartition(".")
    known = stem in {"totaal", *map(part, report.pijlers)} or stem.startswith("welvaart.")
    return _UNITS.get(kind, "") if known else ""


def _is_in(figure: Kerncijfer, unit: str) -> bool:
    """Return whether a figure is a number in a unit: amounts and counts are whole, a count is never below zero."""
    if figure.eenheid != unit or isinstance(figure.waarde, str):
        return False
    return unit == "aandeel" or (float(figure.waarde).is_integer() and (unit == "euro" or figure.waarde >= 0))


def wrong_in(text: str) -> str | None:
    r"""Say in Dutch why a text cannot be shown as it is written; None when it can.

    Examples
    --------
    >>> wrong_in("Vijf & twintig <b>"), wrong_in("a\u202eb"), wrong_in("klaar \U0001f389")
    (None, 'een onzichtbaar teken of regeleinde (U+202E)', 'een teken dat het overzicht niet kan tonen (U+1F389)')
    """
    if len(text) > _LONGEST:
        return f"een tekst van {len(text)} tekens (hoogstens {_LONGEST})"
    if match := _UNSEEN.search(text):
        return f"een onzichtbaar teken of regeleinde (U+{ord(match[0]):04X})"
    if match := _TAKEN.search(text):
        return f"een letter uit een ander alfabet in een woord ({match[0]})"
    if sign := first_without_shape(text):
        return f"een teken dat het overzicht niet kan tonen (U+{ord(sign):04X})"
    return None


def seen(text: str) -> str:
    r"""Return a text, such as the name of a file, with the number of each character that cannot be shown.

    Examples
    --------
    >>> seen("a\u202eb"), seen("verslag.json")
    ('a(U+202E)b', 'verslag.json')
    """
    return "".join(
        f"(U+{ord(sign):04X})" if _UNSEEN.match(sign) or first_without_shape(sign) else sign for sign in text
    )


def _of_report(report: Verslag) -> str | None:
    for place, text in _texts(report.model_dump(mode="python")):
        if (why := wrong_in(text)) is not None:
            return f"verslag.{place}: {why}"
    for place, text in (("deal", report.deal), ("pijlerwoord", report.pijlerwoord)):
        if not text.strip():
            return f"verslag.{place} is leeg"
    for key in report.pijlers:
        if not _KEY.fullmatch(key):
            return f"verslag.pijlers: {key[:80]!r} is geen id"
    if not 2000 <= report.eerste_jaar <= report.jaar <= 2100 or not report.eerste_jaar <= report.laatste_jaar <= 2100:
        return f"verslag: de jaren {report.eerste_jaar}, {report.jaar} en {report.laatste_jaar} volgen elkaar niet op"
    return None


def _texts(value: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """Yield each text in a value, also the keys of groups, with where it stands."""
    match value:
        case str():
            yield place, value
        case dict():
            for key, each in value.items():
                yield place, str(key)
                yield from _texts(each, f"{place}.{key}"[:80].lstrip("."))
        case list() | tuple():
            for number, each in enumerate(value, start=1):
                yield from _texts(each, f"{place}[{number}]")
