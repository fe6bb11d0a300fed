"""Finish a Word or OpenDocument file: its rows stay whole, and it says nothing of itself that is not so."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO

_OF_TEMPLATES = rb'"blad(?:-per-kop)?"'
"""What a header says to the template of a document; Pandoc makes a property of it."""

_CHANGES: dict[str, tuple[re.Pattern[bytes], bytes]] = {
    # The style of the tables says it too, which Word heeds; LibreOffice looks at each row alone.
    "word/document.xml": (
        re.compile(rb"<w:tr>(?:<w:trPr ?/>|<w:trPr>(.*?)</w:trPr>)?"),
        rb"<w:tr><w:trPr><w:cantSplit/>\1</w:trPr>",
    ),
    # Counts of the style document that the file began as: pages and words are known to the program that shows it.
    "docProps/app.xml": (
        re.compile(rb"\s*<(Pages|Words|Characters|CharactersWithSpaces|Lines|Paragraphs|TotalTime)>[^<]*</\1>"),
        b"",
    ),
    "docProps/custom.xml": (
        re.compile(rb"<property [^>]*name=" + _OF_TEMPLATES + rb">.*?</property>", re.DOTALL),
        b"",
    ),
    "meta.xml": (
        re.compile(rb"\s*<meta:user-defined meta:name=" + _OF_TEMPLATES + rb"[^>]*>[^<]*</meta:user-defined>"),
        b"",
    ),
}
"""What is looked for in each part of a file, and what takes its place."""


def finished(content: bytes) -> bytes:
    """Return a Word or OpenDocument file of Pandoc, which writes those of both engines, as a report has it.

    No row of a Word table breaks over pages, in LibreOffice either; there are no counts of another file, and no
    settings of its template.
    """
    target = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as source, zipfile.ZipFile(target, "w") as new:
        for part in source.infolist():
            data = source.read(part)
            if part.filename in _CHANGES:
                pattern, instead = _CHANGES[part.filename]
                data = pattern.sub(instead, data)
            new.writestr(part, data, part.compress_type)
    return target.getvalue()
