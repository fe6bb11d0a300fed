"""The last line of defence of the public edition: nothing that a party asked to keep confidential leaves (Art. 10.1).

Every file of a finished report is read as its reader sees it, also what is packed in it, and searched for the numbers
and names of the projects that the edition hides. Where one stands, the report is not put in place.
"""

from __future__ import annotations

import html
import io
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

from voortgang.check.edition import forbidden_words
from voortgang.check.reads import View
from voortgang.check.references import Data
from voortgang.errors import LeakError

_TAGS = re.compile(r"<[^<>]*>")
_PACKED = (b"PK\x03\x04", b"PK\x05\x06")


def require_no_leak(folder: Path, data: Data, view: View) -> None:
    """Raise `LeakError` when a file of a report names a project that its edition hides."""
    words = forbidden_words(data, view)
    if not words:
        return
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        name = path.relative_to(folder).as_posix()
        texts = [name, *_texts(path.read_bytes())]
        for word in words:
            if any(word.within(text) for text in texts):
                raise LeakError(
                    f"The public edition would name the confidential project {word.project}.",
                    f"{name}: {word.text!r}",
                    "no number or name of a confidential project in any file of the public edition (Art. 10.1)",
                    "Look in the notebooks, the chapters and the bureau's text for what names it. The earlier report "
                    "stays in place.",
                )


def _texts(content: bytes) -> Iterator[str]:
    """Yield what a file says: as it stands, as text between tags, and all of that for what is packed in it."""
    if content.startswith(_PACKED):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            yield from archive.namelist()
            for name in archive.namelist():
                yield from _texts(archive.read(name))
        return
    if content.startswith(b"%PDF"):
        yield from _of_pdf(content)
        return
    if content.startswith(b"\x89PNG"):
        yield from _of_png(content)
        return
    text = content.decode("utf-8", "replace")
    yield text
    yield html.unescape(_TAGS.sub("", text))
    yield html.unescape(_TAGS.sub(" ", text))
    if "\\u" in text or '\\"' in text:  # JSON writes some characters in another way
        try:
            yield json.dumps(json.loads(text), ensure_ascii=False).replace('\\"', '"')
        except ValueError:
            return


def _of_pdf(content: bytes) -> Iterator[str]:
    from pypdf import PdfReader

    reader = PdfReader(io.BytesIO(content))
    # A line may end anywhere in a name.
    pages = [page.extract_text() for page in reader.pages]
    yield "\n".join(pages)
    yield re.sub(r"[-\u2010\u00ad]\s*\n\s*", "", "\n".join(pages))
    yield " ".join(str(value) for value in (reader.metadata or {}).values())
    yield " ".join(str(entry) for entry in reader.outline)
    for name, attached in reader.attachments.items():
        yield name
        for each in attached:
            yield from _texts(each)


def _of_png(content: bytes) -> Iterator[str]:
    from PIL import Image

    with Image.open(io.BytesIO(content)) as picture:
        yield " ".join(str(value) for value in picture.info.values())
