"""What a document is beside its bytes: words, structure and marks."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from bs4 import BeautifulSoup
from lxml import etree
from pypdf import PdfReader

_DRESS = {"tr": {"class"}, "table": {"class"}, "span": {"class"}}
"""Attributes without effect on the report: rows told odd from even, and how contents call the number of a heading."""

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def shape(form: str, content: bytes) -> list[Any]:
    """Return the shape of a document, part by part."""
    return list({"html": _html, "pdf": _pdf, "docx": _docx, "odt": _odt}[form](content))


def _html(content: bytes) -> Iterator[Any]:
    soup = BeautifulSoup(content, "html.parser")
    for element in soup.find_all(True):
        if element.name in {"style", "link"}:
            continue
        dress = _DRESS.get(element.name, set())
        attributes = {key: element[key] for key in sorted(element.attrs) if key not in dress}
        yield element.name, attributes
    yield " ".join(soup.body.get_text(" ").split())
    yield "".join(sorted("".join(str(style.string) for style in soup.find_all("style")).split()))


def _pdf(content: bytes) -> Iterator[Any]:
    reader = PdfReader(BytesIO(content))
    for page in reader.pages:
        # How the dots of the contents are spaced is the reader's, not the page's.
        yield re.sub(r"(?: ?\.){4,}", " …", " ".join(page.extract_text().split()))
        yield [str(note.get_object().get("/Contents", "")) for note in page.get("/Annots") or []]
    metadata = reader.xmp_metadata.stream.get_data().decode() if reader.xmp_metadata else ""
    # The names of the file are made of its bytes, and which Typst made it is the engine's.
    yield re.sub(r"(<(?:stEvt:instanceID|xmpMM:\w+ID)>|>Typst )[^<]*", r"\1", metadata)
    root = reader.trailer["/Root"]
    yield (
        root["/Lang"],
        str(root["/MarkInfo"]),
        sorted(reader.attachments),
        {k: v[0] for k, v in reader.attachments.items()},
    )
    yield list(_tags(root["/StructTreeRoot"]))
    yield [each.title for each in reader.outline if not isinstance(each, list)]
    yield {key: value for key, value in sorted((reader.metadata or {}).items()) if key != "/Creator"}


def _tags(node: Any) -> Iterator[tuple[str, str]]:
    """Yield the tags of a PDF in order, with their text alternatives."""
    todo = [node]
    while todo:
        each = todo.pop()
        each = each.get_object() if hasattr(each, "get_object") else each
        if isinstance(each, list):
            todo += reversed(each)
        elif isinstance(each, dict):
            if "/S" in each and "/P" in each:
                yield str(each["/S"]), str(each.get("/Alt", ""))
            if "/K" in each:
                todo.append(each["/K"])


def _docx(content: bytes) -> Iterator[Any]:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        for name in sorted(name for name in archive.namelist() if name.endswith((".xml", ".rels"))):
            root = etree.fromstring(archive.read(name))
            yield name
            for element in root.iter(etree.Element):
                kept = sorted(
                    (key, value) for key, value in element.attrib.items() if "rsid" not in key and key != "id"
                )
                yield element.tag, kept, (element.text or "").strip()
        yield {name: archive.read(name) for name in archive.namelist() if name.startswith("word/media/")}


def _odt(content: bytes) -> Iterator[Any]:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        for name in sorted(archive.namelist()):
            yield name
            if not name.endswith(".xml"):
                yield archive.read(name)
                continue
            for element in etree.fromstring(archive.read(name)).iter(etree.Element):
                yield element.tag, sorted(element.attrib.items()), (element.text or "").strip()


def doubled(content: bytes) -> list[str]:
    """Return the properties of paragraphs in a Word document that stand twice, which its schema forbids."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        root = etree.fromstring(archive.read("word/document.xml"))
    found = []
    for properties in root.iter(f"{_W}pPr", f"{_W}rPr", f"{_W}tblPr"):
        tags = [each.tag for each in properties]
        found += [tag for tag in set(tags) if tags.count(tag) > 1]
    return found
