"""The last line of defence of the public edition: nothing that a party asked to keep confidential leaves (Art. 10.1).

Every file of a finished report is read as its reader sees it, also what is packed in it, and searched for the numbers,
names and amounts of the projects that the edition hides. Where one stands, the report is not put in place.
"""

from __future__ import annotations

import base64
import gzip
import html
import io
import json
import re
import zipfile
import zlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from voortgang.check.data import Data, View
from voortgang.check.edition import Amounts, Forbidden, amounts, first_within, forbidden_words
from voortgang.errors import LeakError
from voortgang.run.store import Store
from voortgang.workspace.extension import extension_files
from voortgang.workspace.fingerprint import of_bytes, of_engine, of_file, of_packages, of_value
from voortgang.workspace.paths import Workspace
from voortgang.writing.fonts import font_files

if TYPE_CHECKING:
    from pypdf import PdfReader

_TAGS = re.compile(r"<[^<>]*>")
_EMBEDDED = re.compile(r"data:[^,\"'()\s]{0,200};base64,([A-Za-z0-9+/=]+)")
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})|\\x([0-9a-fA-F]{2})|\\([0-9a-fA-F]{2,4})\s?")
_QUOTED = re.compile("(?:%[0-9a-fA-F]{2})+")
_GZIP, _MOST = b"\x1f\x8b", 200_000_000
_KIND = "looked at"
_PACKED = (b"PK\x03\x04", b"PK\x05\x06")


Files = Iterable[tuple[str, bytes]]
"""Names of files, and what they hold."""


def files_in(folder: Path) -> Files:
    """Return the files of a report."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return ((path.relative_to(folder).as_posix(), path.read_bytes()) for path in paths)


def inputs_of(workspace: Workspace) -> Files:
    """Return the files that a report is made from."""
    return ((workspace.relative(path), path.read_bytes()) for path in workspace.input_files())


@cache
def _own() -> frozenset[str]:
    """Return the digests of what every installation has: typefaces, filters and styles."""
    return frozenset(of_file(path) for path in (*font_files(), *(path for _, path in extension_files())))


class Memory:
    """Digests of contents in which nothing stands that may be meant, whatever else a report shows.

    Parameters
    ----------
    store
        Where they are kept for the next build; nowhere when None.
    """

    def __init__(self, store: Store | None = None) -> None:
        self._store, self._known = store, dict[str, set[str]]()

    def of(self, key: str) -> set[str]:
        """Return what is known of one question, to be read and added to."""
        if key not in self._known:
            kept = self._store.get(_KIND, key) if self._store else None
            with suppress(ValueError, TypeError):  # another version of this program wrote it
                self._known[key] = set(json.loads(kept or b"[]"))
        return self._known.setdefault(key, set())

    def keep(self, key: str, seen: Collection[str]) -> None:
        """Keep what is known of the contents that were seen last."""
        if self._store:
            self._store.put(_KIND, key, json.dumps(sorted(self.of(key).intersection(seen))).encode())


def require_no_leak(
    files: Files, data: Data, view: View, key_figures: bytes = b"", memory: Memory | None = None
) -> None:
    """Raise `LeakError` when a file names a project that the edition hides, or holds an amount of it.

    Parameters
    ----------
    key_figures
        `kerncijfers.json` of the report. It was computed from rows that the edition shows, so an amount of it that a
        hidden project also has says nothing of that one.
    memory
        What was found before: a content is not looked at again.
    """
    words = forbidden_words(data, view)
    if not words:
        return
    money, memory = amounts(data, view), memory or Memory()
    key = of_value([[each.text for each in words], sorted(money.hidden), str(view), of_engine(), of_packages()])
    search = _Search(words, money, _computed(key_figures), memory.of(key))
    for name, content in files:
        search.require_clean(name, content)
    memory.keep(key, search.seen)


class _Search:
    """Looks for what an edition hides; each content is read once.

    Parameters
    ----------
    plain
        Digests of contents in which nothing stands that may be meant; it is added to.
    """

    def __init__(self, words: Sequence[Forbidden], money: Amounts, computed: Collection[int], plain: set[str]) -> None:
        self.words, self.money, self.computed, self.plain = words, money, computed, plain
        self.seen = set(_own())
        self.plain |= self.seen
        self._named: set[int] = set()

    def require_clean(self, name: str, content: bytes) -> None:
        """Raise `LeakError` when a file says what the edition hides."""
        self._named = set()
        self._read(name, name)
        self._look(content, name)
        if self._named:
            word = self.words[min(self._named)]
            raise LeakError(
                f"The public edition would name the confidential project {word.project}.",
                f"{name}: {word.text!r}",
                "no number or name of a confidential project in any file of the public edition (Art. 10.1)",
                "Look in the notebooks, the chapters and the bureau's text for what names it. The earlier report "
                "stays in place.",
            )

    def _look(self, content: bytes, name: str) -> bool:
        """Look at a content and all that is packed in it; return whether nothing in it may be meant."""
        digest = of_bytes(content)
        if digest not in self.seen and digest not in self.plain:
            every = [
                self._look(part, name) if isinstance(part, bytes) else self._read(part, name)
                for part in dict.fromkeys(_parts(content))
            ]
            if all(every):
                self.plain.add(digest)
        self.seen.add(digest)
        return digest in self.plain

    def _read(self, text: str, name: str) -> bool:
        """Read a text; return whether nothing in it may be meant."""
        may_be_meant = self.money.unexplained.first(text) is not None
        if may_be_meant and (found := self.money.first(text, self.computed)) is not None:
            raise LeakError(
                f"The public edition would show an amount of the confidential project {found[1]}.",
                f"{name}: {found[0]!r}",
                "no amount of a confidential project in any file of the public edition (Art. 10.1)",
                "Look in the notebooks, the chapters and the bureau's text for what states it. The earlier report "
                "stays in place.",
            )
        if (place := first_within(self.words, text)) is not None:
            self._named.add(place)
        return not may_be_meant and place is None


def _computed(key_figures: bytes) -> set[int]:
    """Return the whole amounts among key figures."""
    figures = json.loads(key_figures or b'{"kerncijfers": []}')["kerncijfers"]
    return {abs(round(each["waarde"])) for each in figures if isinstance(each["waarde"], int | float)}


def _parts(content: bytes) -> Iterator[str | bytes]:
    """Yield what a file says, as it stands and as text between tags; and, as bytes, what is packed in it."""
    if content.startswith(_PACKED):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            yield from archive.namelist()
            for name in archive.namelist():
                yield archive.read(name)
        return
    if content.startswith(b"%PDF"):
        yield from _of_pdf(content)
        return
    if content.startswith(b"\x89PNG"):
        yield from _of_png(content)
        return
    if content.startswith(_GZIP):
        with suppress(OSError, EOFError, zlib.error), gzip.open(io.BytesIO(content)) as file:
            yield file.read(_MOST)
        return
    for text in _decoded(content):
        yield text
        yield html.unescape(text)  # also within an attribute
        yield html.unescape(_TAGS.sub("", text))
        yield html.unescape(_TAGS.sub(" ", text))
        yield _QUOTED.sub(lambda match: unquote(match[0]), text)  # also a long text with one address in it
        if "\\" in text:  # as JSON, scripts and styles write some characters
            yield _ESCAPED.sub(lambda match: chr(int(match[1] or match[2] or match[3], 16)), text)
        for each in _EMBEDDED.finditer(text):
            with suppress(ValueError):
                yield base64.b64decode(each[1])


def _decoded(content: bytes) -> Iterator[str]:
    """Yield a text in each encoding that it may be in."""
    try:
        yield content.decode("utf-8")
    except UnicodeDecodeError:
        for encoding in ("utf-8", "latin-1", "utf-16-le", "utf-16-be"):
            yield content.decode(encoding, "replace")


def _of_pdf(content: bytes) -> Iterator[str | bytes]:
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(content))
    # A line may end anywhere in a name.
    pages = [page.extract_text() for page in reader.pages]
    yield "\n".join(pages)
    yield re.sub(r"[-\u2010\u00ad]\s*\n\s*", "", "\n".join(pages))
    yield " ".join(str(value) for value in (reader.metadata or {}).values())
    yield " ".join(str(entry) for entry in reader.outline)
    yield from _of_objects(reader)
    for name, attached in reader.attachments.items():
        yield name
        yield from attached


def _of_objects(reader: PdfReader) -> Iterator[str | bytes]:
    """Yield the texts of a PDF that no page shows: alternative texts, notes, fields, bookmarks and its XMP."""
    from pypdf.generic import ByteStringObject, IndirectObject, TextStringObject

    numbers = {number for known in (*reader.xref.values(), reader.xref_objStm) for number in known}
    said: list[str] = []
    for number in sorted(numbers):
        waiting = [reader.get_object(IndirectObject(number, 0, reader))]
        while waiting:
            found = waiting.pop()
            if isinstance(found, dict):
                waiting += [each for each in found.values() if not isinstance(each, IndirectObject)]
                if found.get("/Type") == "/Metadata":
                    yield found.get_data()
            elif isinstance(found, list):
                waiting += [each for each in found if not isinstance(each, IndirectObject)]
            elif isinstance(found, TextStringObject):
                said.append(found)
            elif isinstance(found, ByteStringObject):
                said += _decoded(bytes(found))
    yield "\n".join(said)


def _of_png(content: bytes) -> Iterator[str]:
    from PIL import Image

    with Image.open(io.BytesIO(content)) as picture:
        yield " ".join(str(value) for value in picture.info.values())
