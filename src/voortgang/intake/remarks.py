"""What a party wrote outside the cells: notes, threaded comments, text boxes, pictures, headers and footers."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

from openpyxl.utils import get_column_letter

from voortgang.intake import old_drawings
from voortgang.intake.submission import Submission
from voortgang.intake.values import as_seen

MAX_TEXT = 500
_KINDS = {
    "pic": "een afbeelding",
    "graphicFrame": "een grafiek of diagram",
    "cxnSp": "een lijn",
    "sp": "een vorm",
    "grpSp": "een groep vormen",
    "contentPart": "een tekening met de pen",
}

_OBJECTS = {"oleObject", "package"}
# What headers and footers say with codes: the page, the number of pages, the sheet, the file, the day.
_CODES = re.compile(r"&(?:[PNDTFAZGBIUES]|\"[^\"]*\"|K[0-9A-F+]{5,6}|[0-9]+)")
_PAGE_NUMBERS = {"Pagina", "Pagina  van", "Page", "Page  of", "van", "/", "-"}


def find(content: bytes, book: Any, submission: Submission) -> None:
    """Add a finding, with its place and text, for everything in a workbook that is no cell."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        threaded: set[str] = set()
        for title, path in sheets(archive):
            try:
                found = list(dict.fromkeys(_on_sheet(archive, path)))
            except (SyntaxError, ValueError, LookupError):
                submission.found(title, "", "part_unread", what="wat er op het blad getekend of opgemerkt is")
                continue
            for place, what, text in found:
                whole = f"{title} › {place}" if place else title
                if what == "thread":
                    threaded.add(whole)
                rule, details = ("note", {"text": text}) if what == "thread" else ("picture", {"what": what})
                if text and rule == "picture":
                    rule, details = "drawn_text", {"text": text}
                submission.found(whole, "", rule, **details)
    for page in book.worksheets:
        _notes(page, threaded, submission)
        for part in ("oddHeader", "oddFooter", "evenHeader", "evenFooter", "firstHeader", "firstFooter"):
            for side in ("left", "center", "right"):
                text = _CODES.sub("", getattr(getattr(page, part), side).text or "").strip()
                if text and text not in _PAGE_NUMBERS:
                    submission.found(f"{page.title} › kop- of voettekst", "", "note", text=_short(text))
    for name in ("description", "keywords", "category"):
        if text := str(getattr(book.properties, name) or "").strip():
            submission.found("eigenschappen van het bestand", "", "note", text=_short(text))


def _on_sheet(archive: zipfile.ZipFile, path: str) -> Iterator[tuple[str, str, str]]:
    """Yield the place, kind and text of what hangs on a sheet; the kind of a threaded comment is `thread`."""
    related = [(kind, target) for _, kind, target in _relations(archive, path, set(archive.namelist()))]
    kinds = {kind for kind, _ in related}
    for kind, target in related:
        if kind == "threadedComment":
            yield from ((place, "thread", text) for place, text in _threads(archive.read(target)))
        elif kind == "drawing":
            yield from _drawings(archive.read(target))
        elif kind == "vmlDrawing":
            for place, what, text in old_drawings.drawings(archive.read(target)):
                if text or not kinds & _OBJECTS:  # the picture of an object is no second finding
                    yield place, what, _short(text)
        elif kind in _OBJECTS:
            yield "", "een ingevoegd object", ""
        elif kind in {"control", "ctrlProp"}:
            yield "", "een formulierelement", ""
        elif kind == "image":
            yield "", "een afbeelding als achtergrond", ""


def _notes(page: Any, threaded: set[str], submission: Submission) -> None:
    own = submission.memory.notes
    for cell in list(page._cells.values()):  # only the cells that exist, however far apart
        comment = cell.comment
        place = f"{page.title} › {cell.coordinate}"
        # By its text: LibreOffice forgets who wrote a note, and a party may write in one of ours.
        if comment is None or place in threaded or as_seen(str(comment.text)) in own:
            continue
        submission.found(place, "", "note", text=_short(str(comment.text)))


def sheets(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """Yield the title and the part of each sheet."""
    root = ElementTree.fromstring(archive.read("xl/workbook.xml"))
    targets = {
        identity: target for identity, _, target in _relations(archive, "xl/workbook.xml", set(archive.namelist()))
    }
    for node in root.iter():
        if name_of(node) == "sheet":
            identity = next((value for key, value in node.attrib.items() if key.endswith("}id")), "")
            if identity in targets:
                yield node.attrib.get("name", ""), targets[identity]


def _relations(archive: zipfile.ZipFile, part: str, parts: set[str]) -> list[tuple[str, str, str]]:
    folder, name = posixpath.split(part)
    path = f"{folder}/_rels/{name}.rels"
    if path not in parts:
        return []
    found = []
    for node in ElementTree.fromstring(archive.read(path)):
        target = node.attrib.get("Target", "")
        whole = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
        if whole in parts:
            found.append((node.attrib.get("Id", ""), node.attrib.get("Type", "").rsplit("/", 1)[-1], whole))
    return found


def _threads(content: bytes) -> Iterator[tuple[str, str]]:
    for node in ElementTree.fromstring(content):
        if text := "".join(part.text or "" for part in node.iter() if name_of(part) == "text"):
            yield node.attrib.get("ref", ""), _short(text)


def _drawings(content: bytes) -> Iterator[tuple[str, str, str]]:
    """Yield the place, kind and text of each thing drawn on a sheet."""
    for anchor in ElementTree.fromstring(content):
        if not name_of(anchor).endswith("Anchor"):
            continue
        corner = next((node for node in anchor if name_of(node) == "from"), None)
        numbers = {name_of(node): int(float(node.text or 0)) for node in corner} if corner is not None else {}
        place = "los op het blad"
        if numbers:
            place = f"bij {get_column_letter(min(numbers.get('col', 0), 16383) + 1)}{numbers.get('row', 0) + 1}"
        paragraphs = [
            "".join(node.text or "" for node in each.iter() if name_of(node) == "t")
            for each in anchor.iter()
            if name_of(each) == "p"
        ]
        kinds = [_KINDS[name_of(node)] for node in anchor.iter() if name_of(node) in _KINDS]
        text = _short("\n".join(filter(None, paragraphs)))
        yield place, kinds[0] if kinds else "een tekening", text
        if text and _KINDS["pic"] in kinds:
            yield place, _KINDS["pic"], ""


def name_of(node: ElementTree.Element) -> str:
    """Return the name of an element without its namespace."""
    return str(node.tag).rsplit("}", 1)[-1]


def _short(text: str) -> str:
    seen = as_seen(text)
    return seen if len(seen) <= MAX_TEXT else f"{seen[:MAX_TEXT]} … ({len(seen)} tekens)"
