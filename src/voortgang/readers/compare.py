"""Compare two forms of one file by what they say: cells, figures, words, pixels. Bytes are compared elsewhere."""

from __future__ import annotations

import csv
import json
import math
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any, Literal

TOLERANCE = 1e-9
"""How much two numbers may differ, relative to the larger, and still count as equal."""

PIXELS = 0.02
"""Share of the pixels of a picture that may differ visibly, as edges do between versions of a drawing program."""

_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")

Kind = Literal["value", "tolerance"]


@dataclass(frozen=True)
class Found:
    """One thing that two files say differently: where in the file, how, and what each says."""

    where: str
    kind: Kind
    before: str
    now: str


def contents(name: str, old: bytes, new: bytes) -> list[Found]:
    """Return what two forms of a file say differently; nothing when only their dress differs.

    Parameters
    ----------
    name
        Name of the file; its ending decides how it is read.
    """
    read = _READERS.get(Path(name).suffix)
    if read is None:
        return [] if old == new else [Found("", "value", "other bytes", "")]
    try:
        parts = [dict(read(content)) for content in (old, new)]
    except Exception:  # a damaged file makes each library raise what it likes; then the two are not the same
        return [Found("", "value", "one of the two cannot be read", "")]
    found: list[Found] = []
    for where in [*parts[0], *(where for where in parts[1] if where not in parts[0])]:
        was, is_now = (part.get(where, "absent") for part in parts)
        if isinstance(was, bytes) and isinstance(is_now, bytes):
            found += _pictures(where, was, is_now)
        else:
            found += values(where, str(was), str(is_now))
    return found


def values(where: str, was: str, is_now: str) -> Iterator[Found]:
    """Yield one difference between two texts, if there is one; `tolerance` when all numbers in them are close."""
    if was == is_now:
        return
    numbers = [[float(text) for text in _NUMBER.findall(shown)] for shown in (was, is_now)]
    same_text = _NUMBER.sub("#", was) == _NUMBER.sub("#", is_now)
    close = same_text and all(math.isclose(a, b, rel_tol=TOLERANCE) for a, b in zip(*numbers, strict=True))
    first = next((i for i, (a, b) in enumerate(zip(was, is_now, strict=False)) if a != b), min(len(was), len(is_now)))
    around = slice(max(0, first - 40), first + 60)
    yield Found(where, "tolerance" if close else "value", was[around], is_now[around])


def _pictures(where: str, was: bytes, is_now: bytes) -> Iterator[Found]:
    from PIL import Image, ImageChops

    old, new = (Image.open(BytesIO(content)).convert("L") for content in (was, is_now))
    if old.size != new.size:
        yield Found(where, "value", f"{old.width} × {old.height} pixels", f"{new.width} × {new.height} pixels")
        return
    seen = ImageChops.difference(old, new).point(lambda level: 255 if level > 64 else 0)
    share = seen.histogram()[255] / (old.width * old.height)
    if share > PIXELS:
        yield Found(where, "value", "the picture", f"another picture: {share:.1%} of the pixels differ")


def _notebook(content: bytes) -> Iterator[tuple[str, Any]]:
    number = 0
    for cell in json.loads(content)["cells"]:
        if "injected-parameters" in cell["metadata"].get("tags", []):
            yield "parameters", "".join(cell["source"])
            continue
        source = "".join(cell["source"])
        if cell["cell_type"] != "code":
            yield f"text {cell.get('id')}", source
            continue
        number += 1
        yield f"code cell {number}, source", source
        for output in cell["outputs"]:
            output.get("data", {}).pop("image/svg+xml", None)  # compared as a picture, by the file in the report
        yield f"code cell {number}", json.dumps(cell["outputs"], sort_keys=True, ensure_ascii=False)


def _facts(content: bytes) -> Iterator[tuple[str, Any]]:
    read = json.loads(content)
    yield "verslag", json.dumps({key: read[key] for key in read if key != "kerncijfers"}, ensure_ascii=False)
    for fact in read["kerncijfers"]:
        first = ("tekst", "waarde")  # what a reader of the difference looks for
        yield fact["id"], json.dumps({key: fact[key] for key in (*first, *fact)}, ensure_ascii=False)


def _json(content: bytes) -> Iterator[tuple[str, Any]]:
    yield from _facts(content) if b'"kerncijfers": [' in content else [("", json.dumps(json.loads(content)))]


def _csv(content: bytes) -> Iterator[tuple[str, Any]]:
    for number, row in enumerate(csv.reader(StringIO(content.decode())), start=1):
        yield f"row {number}", json.dumps(row, ensure_ascii=False)


def _html(content: bytes) -> Iterator[tuple[str, Any]]:
    from bs4 import BeautifulSoup

    soup = BeautifulSoup(content, "html.parser")
    for number, block in enumerate(soup.find_all(["h1", "h2", "h3", "p", "td", "th", "li", "figcaption", "pre"])):
        yield f"text {number}", " ".join(block.get_text(" ").split())
    for number, image in enumerate(soup.find_all("img")):
        yield f"text alternative {number}", image.get("alt", "")
    yield "links", json.dumps([link.get("href") for link in soup.find_all("a")])


def _pdf(content: bytes) -> Iterator[tuple[str, Any]]:
    from pypdf import PdfReader

    reader = PdfReader(BytesIO(content))
    for number, page in enumerate(reader.pages, start=1):
        yield f"page {number}", " ".join(page.extract_text().split())
    for name, data in reader.attachments.items():
        yield f"attachment {name}", data[0].decode()


def _docx(content: bytes) -> Iterator[tuple[str, Any]]:
    with zipfile.ZipFile(BytesIO(content)) as file:
        for name in ("word/document.xml", "word/header1.xml", "word/footnotes.xml"):
            if name in file.namelist():
                paragraphs = re.split(r"</w:p>", file.read(name).decode())
                for number, text in enumerate(paragraphs, start=1):
                    yield f"{name} {number}", "".join(re.findall(r"<w:t[^>]*>([^<]*)</w:t>", text))
        for name in sorted(file.namelist()):
            if name.endswith(".png"):
                yield name, file.read(name)


def _xlsx(content: bytes) -> Iterator[tuple[str, Any]]:
    from openpyxl import load_workbook

    for sheet in load_workbook(BytesIO(content)):
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value is not None:
                    yield f"{sheet.title} {cell.coordinate}", str(cell.value)


def _picture(content: bytes) -> Iterator[tuple[str, Any]]:
    yield "", content


def _svg(content: bytes) -> Iterator[tuple[str, Any]]:
    from voortgang.writing.pixels import png

    yield "", png(content)


_READERS: dict[str, Callable[[bytes], Iterator[tuple[str, Any]]]] = {
    ".ipynb": _notebook,
    ".json": _json,
    ".csv": _csv,
    ".html": _html,
    ".pdf": _pdf,
    ".docx": _docx,
    ".xlsx": _xlsx,
    ".png": _picture,
    ".svg": _svg,
}
