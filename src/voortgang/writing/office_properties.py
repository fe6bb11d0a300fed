"""Leave out what a Word or OpenDocument file would say of itself that is not so, or that only its template asks."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO

_OF_TEMPLATES = rb'"blad(?:-per-kop)?"'
"""What a header says to the template of a document; Pandoc makes a property of it."""

_UNTRUE = {
    # Counts of the style document that the file began as: pages and words are known to the program that shows it.
    "docProps/app.xml": re.compile(
        rb"\s*<(Pages|Words|Characters|CharactersWithSpaces|Lines|Paragraphs|TotalTime)>[^<]*</\1>"
    ),
    "docProps/custom.xml": re.compile(rb"<property [^>]*name=" + _OF_TEMPLATES + rb">.*?</property>", re.DOTALL),
    "meta.xml": re.compile(rb"\s*<meta:user-defined meta:name=" + _OF_TEMPLATES + rb"[^>]*>[^<]*</meta:user-defined>"),
}


def with_true_properties(content: bytes) -> bytes:
    """Return a Word or OpenDocument file without counts of another file, and without settings of its template."""
    target = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as source, zipfile.ZipFile(target, "w") as new:
        for part in source.infolist():
            data = source.read(part)
            if (untrue := _UNTRUE.get(part.filename)) is not None:
                data = untrue.sub(b"", data)
            new.writestr(part, data, part.compress_type)
    return target.getvalue()
