"""Compare PDF documents: what the pages show, and all that is beside them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image
from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, StreamObject

from voortgang.readers.compare import data, pictures
from voortgang.readers.compare.found import Found, Unreadable, values
from voortgang.writing import temporary

DOTS = 96
"""Dots an inch at which pages are looked at."""

_BY_SIGHT = {"/Contents", "/Resources", "/Parent", "/StructParents", "/Thumb"}
_BY_PAGE = {"/Pages", "/StructTreeRoot", "/Outlines", "/Metadata", "/Dests", "/PageLabels"}
_PROGRAM = {"/Producer", "/Creator", "/CreationDate", "/ModDate"}
_WRITTEN = re.compile(
    r"<(?P<tag>(?:xmp|pdf|xmpMM):(?:CreateDate|ModifyDate|MetadataDate|CreatorTool|Producer|InstanceID|DocumentID))>"
    r"[^<]*</(?P=tag)>|<stEvt:(?P<event>instanceID|softwareAgent|when)>[^<]*</stEvt:(?P=event)>"
)
_DEEPEST = 60
_SAID = ("/Alt", "/ActualText", "/E", "/Lang", "/T")


def documents(old: bytes, new: bytes) -> Iterator[Found]:
    """Yield what two PDF documents show, hold or do differently."""
    was, is_now = (_reader(content) for content in (old, new))
    parts = [dict(_parts(each)) for each in (was, is_now)]
    found = [
        each
        for where in dict.fromkeys([*parts[0], *parts[1]])
        for each in _of_part(where, parts[0].get(where, "absent"), parts[1].get(where, "absent"))
    ]
    if not any(each.kind == "value" for each in found):  # to look at pages takes longest
        shown = (_shown(content, len(was.pages)) for content in (old, new))
        for number, (one, other) in enumerate(zip(*shown, strict=True), start=1):
            found += [each for each in pictures.seen(f"page {number}, as it looks", one, other) if each.kind != "form"]
    yield from found
    if not found:
        yield Found("", "form", "how it is written, by which program and when", "")


def _of_part(where: str, was: str, is_now: str) -> Iterator[Found]:
    if where.startswith("attachment") and where.endswith(".json") and "absent" not in (was, is_now):
        for each in data.jsons(was.encode(), is_now.encode()) if was != is_now else ():
            yield Found(f"{where}, {each.where}", each.kind, each.before, each.now)
    else:
        yield from values(where, was, is_now)


def _reader(content: bytes) -> PdfReader:
    """Return a reader; raises `Unreadable` for what a PDF may hold besides and a report does not."""
    end = b"%%EOF"
    if not content.startswith(b"%PDF-") or content.count(end) != 1 or not content.rstrip().endswith(end):
        raise Unreadable("it was added to, or is more than a PDF")
    reader = PdfReader(BytesIO(content), strict=False)
    if reader.is_encrypted:
        raise Unreadable("it is encrypted")
    return reader


def _parts(reader: PdfReader) -> Iterator[tuple[str, str]]:
    """Yield all that is said beside the look of the pages, as text by place."""
    root = reader.root_object
    for number, page in enumerate(reader.pages, start=1):
        yield f"page {number}", " ".join(page.extract_text().split())
        for key in sorted(page.keys() - _BY_SIGHT):
            yield f"page {number}, {key[1:]}", _written(page[key], reader)
    for key in sorted(root.keys() - _BY_PAGE - {"/Names", "/AF"}):
        yield f"document, {key[1:]}", _written(root[key], reader)
    for key in sorted((reader.metadata or {}).keys() - _PROGRAM):
        yield f"metadata, {key[1:]}", str((reader.metadata or {})[key])
    yield "numbers of pages", json.dumps(reader.page_labels)
    if "/Metadata" in root:
        yield "metadata, XMP", _WRITTEN.sub("", root["/Metadata"].get_data().decode())  # type: ignore[attr-defined]
    yield "bookmarks", _bookmarks(reader)
    places = {name: reader.get_destination_page_number(place) for name, place in reader.named_destinations.items()}
    yield "places to link to", str(sorted(places.items()))
    for key in sorted(_resolved(root.get("/Names", DictionaryObject())).keys() - {"/Dests", "/EmbeddedFiles"}):
        yield f"names, {key[1:]}", _written(root["/Names"][key], reader)  # type: ignore[index]
    for name, contents in reader.attachments.items():
        for number, content in enumerate(contents):
            yield f"attachment {name}" + (f" {number}" if number else ""), content.decode("utf-8", "backslashreplace")
    yield "texts for who cannot see", json.dumps(list(_said(_resolved(root.get("/StructTreeRoot", ""))))[:100_000])


def _bookmarks(reader: PdfReader) -> str:
    def listed(items: list[Any], depth: int) -> Iterator[str]:
        for item in items:
            if isinstance(item, list):
                yield from listed(item, depth + 1)
            else:
                acts = {key: str(value) for key, value in (item.node or {}).items() if key in ("/A", "/AA", "/SE")}
                yield f"{'  ' * depth}{item.title} {reader.get_destination_page_number(item)} {acts or ''}"

    return "\n".join(listed(reader.outline, 0))


def _resolved(value: Any) -> Any:
    return value.get_object() if isinstance(value, IndirectObject) else value


def _said(element: Any, depth: int = 0) -> Iterator[str]:
    """Yield the kind of each structure element, and its texts, in the order of the document."""
    element = _resolved(element)
    if depth > 500:
        raise Unreadable("it is too deep")
    if isinstance(element, ArrayObject):
        for each in element:
            yield from _said(each, depth)
    elif isinstance(element, DictionaryObject) and element.get("/Type") not in ("/MCR", "/OBJR"):
        texts = [f"{key[1:]}: {element[key]}" for key in _SAID if key in element]
        yield " ".join([str(element.get("/S", "")), *texts])
        yield from _said(element.get("/K", ""), depth + 1)


def _written(value: Any, reader: PdfReader, depth: int = 0) -> str:
    """Return a value as text, with all that it leads to; a page is its number."""
    value = _resolved(value)
    if depth > _DEEPEST:
        raise Unreadable("it is too deep")
    if isinstance(value, StreamObject):
        return f"stream of {value.get_data().hex()}"
    if isinstance(value, DictionaryObject):
        if value.get("/Type") in ("/Page", "/Pages"):
            return f"page {_number(value, reader)}"
        if value.get("/Type") in ("/StructElem", "/StructTreeRoot"):
            return "element"
        keys = sorted(value.keys() - {"/P", "/Parent", "/StructParent"})
        inside = (f"{key}: {_written(value[key], reader, depth + 1)}" for key in keys)
        return "{" + ", ".join(inside) + "}"
    if isinstance(value, ArrayObject):
        return "[" + ", ".join(_written(each, reader, depth + 1) for each in value) + "]"
    return str(value)


def _number(page: DictionaryObject, reader: PdfReader) -> int:
    reference = page.indirect_reference
    for number, each in enumerate(reader.pages, start=1):
        if each.indirect_reference == reference:
            return number
    return 0


def _shown(content: bytes, count: int) -> Iterator[Image.Image]:
    """Yield each page as a picture."""
    import typst

    with temporary.folder() as folder:
        Path(folder, "document.pdf").write_bytes(content)
        lines = [f'#image("document.pdf", page: {number})' for number in range(1, count + 1)]
        text = "#set page(width: auto, height: auto, margin: 0pt)\n" + "\n#pagebreak()\n".join(lines)
        made: Any = typst.compile(  # type: ignore[call-overload]  # bytes are not among the types that it declares
            text.encode(), root=folder, format="png", ppi=DOTS, ignore_system_fonts=True
        )
    for page in made if isinstance(made, list) else [made]:
        yield Image.open(BytesIO(bytes(page)))
