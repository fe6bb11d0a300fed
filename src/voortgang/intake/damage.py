"""Say which part of a workbook cannot be read, and why, in words of who must mend it."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from xml.etree import ElementTree

from openpyxl.utils.exceptions import InvalidFileException

from voortgang.intake.measure import TooMuch
from voortgang.intake.remarks import name_of, sheets

DAMAGE = (
    InvalidFileException,
    zipfile.BadZipFile,
    zlib.error,
    AttributeError,
    EOFError,
    IndexError,
    KeyError,
    NotImplementedError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
)
"""What zipfile, zlib, the XML parser and openpyxl's own parts stumble over in a damaged file."""

BOOK, RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
STYLES, STRINGS = "xl/styles.xml", "xl/sharedStrings.xml"
"""The parts that every workbook has, or most have."""

_NAMES = {
    "[Content_Types].xml": "de inhoudsopgave",
    BOOK: "de lijst van bladen",
    RELATIONS: "de lijst van delen",
    STYLES: "het deel met de opmaak",
    STRINGS: "het deel met de teksten",
}
_ABSENT = re.compile(r"There is no item named '([^']*)'")
_PLACE = re.compile(rb"<(?:\w+:)?c\b[^>]*?\br=\"([A-Z]{1,3}[0-9]{1,7})\"")
_CELL = re.compile(r"\$?[A-Za-z]{1,3}\$?[1-9][0-9]{0,6}")
_SHOWN = 40


@dataclass
class Damaged(Exception):
    """A workbook whose figures cannot be read: where in it ("" for all of it), and why, in Dutch."""

    place: str
    why: str


@contextmanager
def told(content: bytes) -> Iterator[None]:
    """Raise `Damaged` for what the block raises while it reads a workbook."""
    try:
        yield
    except (Damaged, TooMuch):
        raise
    except DAMAGE as error:
        place, why = reason(content, error) or ("", plain(error))
        raise Damaged(place, why) from error


def why_not_opened(error: BaseException) -> str:
    """Return in Dutch why an archive cannot be opened."""
    if isinstance(error, zipfile.BadZipFile):
        return "het is niet heel; misschien is het maar voor een deel verstuurd"
    if isinstance(error, RuntimeError) and "password" in str(error):
        return "het is met een wachtwoord ingepakt"
    if isinstance(error, NotImplementedError):
        return "het is ingepakt op een manier die hier niet wordt gelezen"
    return _reason_of_absence(error) or plain(error)


def part_name(part: str) -> str:
    """Return how people call a part of a workbook, with its name in the file."""
    return f"{_NAMES[part]} ({part})" if part in _NAMES else f"het deel {part}"


def plain(error: BaseException) -> str:
    """Return in Dutch that nothing more is known than what the library said."""
    return f"een deel is niet te lezen ({type(error).__name__})"


def _reason_of_absence(error: BaseException | None) -> str:
    while error is not None:
        if isinstance(error, KeyError) and (found := _ABSENT.search(str(error))):
            return f"{part_name(found[1])} ontbreekt"
        error = error.__cause__
    return ""


def reason(content: bytes, error: BaseException) -> tuple[str, str] | None:
    """Return the place of the first thing that is wrong, and why; None when nothing is found."""
    if why := _reason_of_absence(error):
        return "", why
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
        for name in (BOOK, RELATIONS, STYLES, STRINGS, *(each for each in names if each.endswith(".rels"))):
            if name in names and (found := _broken(archive.read(name))) is not None:
                return "", f"{part_name(name)} is niet te lezen ({found[1]})"
        listed = [(title, path) for title, path in sheets(archive) if path in names]
        parsed = []
        for title, path in listed:
            part = archive.read(path)
            if (found := _broken(part)) is not None:
                place, where = found
                return " › ".join(filter(None, (title, place))), f"het blad is vanaf hier niet te lezen ({where})"
            parsed.append((title, ElementTree.fromstring(part)))
        if RELATIONS not in names:
            return "", f"{part_name(RELATIONS)} ontbreekt"
        if STYLES not in names:
            return "", f"{part_name(STYLES)} ontbreekt, en daarmee wat een getal, een bedrag of een datum is"
        forms = _count(archive.read(STYLES), "cellXfs")
        texts = _count(archive.read(STRINGS), "sst") if STRINGS in names else 0
    for title, root in parsed:
        for node in root.iter():
            if name_of(node) == "c" and (odd := _odd(node, forms, texts)):
                return f"{title} › {node.get('r', '')}".rstrip("› "), odd
            if name_of(node) == "row" and not node.get("r", "1").isdecimal():
                return title, f"een rij heeft als nummer {node.get('r', '')[:_SHOWN]!r}"
            if name_of(node) == "mergeCell" and not _is_range(node.get("ref", "")):
                return title, f"een samenvoeging beslaat {node.get('ref', '')[:_SHOWN] or 'geen cellen'}"
    return None


def _broken(part: bytes) -> tuple[str, str] | None:
    """Return the last cell before what is no XML, and where it stands; None when all of it is."""
    try:
        ElementTree.fromstring(part)
    except ElementTree.ParseError as error:
        line, column = error.position
        until = sum(len(each) + 1 for each in part.split(b"\n")[: line - 1]) + column
        cells = _PLACE.findall(part[:until])
        return cells[-1].decode() if cells else "", f"regel {line}, teken {column + 1}"
    except (ValueError, LookupError) as error:  # an encoding that nobody knows
        return "", str(error)[:_SHOWN]
    return None


def _count(part: bytes, tag: str) -> int:
    root = ElementTree.fromstring(part)
    return next((len(node) for node in root.iter() if name_of(node) == tag), 0)


def _odd(cell: ElementTree.Element, forms: int, texts: int) -> str:
    """Return in Dutch what is wrong with a cell as the file holds it; empty when nothing is."""
    if (place := cell.get("r")) is not None and not _CELL.fullmatch(place):
        return f"een cel heeft als plaats {place[:_SHOWN]!r}"
    if not _is_below(cell.get("s", "0"), forms):
        return "de opmaak van deze cel staat niet in het bestand"
    value = next((node.text or "" for node in cell if name_of(node) == "v"), "")
    kind = cell.get("t", "n")
    if not value:
        return ""
    if kind == "s" and not _is_below(value, texts):
        return "de tekst van deze cel staat niet in het bestand"
    if (kind == "n" and not _is_number(value)) or (kind == "b" and value not in {"0", "1"}):
        return (
            f"het bestand heeft hier {value[:_SHOWN]!r}, dat {'geen getal' if kind == 'n' else 'waar noch onwaar'} is"
        )
    if kind == "d" and not _is_day(value):
        return f"het bestand heeft hier {value[:_SHOWN]!r}, dat geen datum is"
    return ""


def _is_below(text: str, count: int) -> bool:
    try:
        return int(text) < max(count, 1)
    except ValueError:
        return False


def _is_number(text: str) -> bool:
    try:
        return float(text) == float(text) and abs(float(text)) != float("inf")
    except ValueError:
        return False


def _is_day(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return bool(re.fullmatch(r"[0-9]{1,2}:[0-9]{2}(:[0-9.]+)?Z?", text))
    return True


def _is_range(text: str) -> bool:
    return all(_CELL.fullmatch(each) for each in text.split(":"))
