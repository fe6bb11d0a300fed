"""Keep the rows of a Word document whole."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO

_ROW = re.compile(rb"<w:tr>(?:<w:trPr ?/>|<w:trPr>(.*?)</w:trPr>)?")


def with_whole_rows(content: bytes) -> bytes:
    """Return a Word document whose rows do not break over pages, in LibreOffice either.

    The style of its tables says so, which Word heeds; LibreOffice looks at each row alone. Pandoc, which writes the
    documents of both engines, writes nothing about rows but which are headings.
    """
    target = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as source, zipfile.ZipFile(target, "w") as new:
        for part in source.infolist():
            data = source.read(part)
            if part.filename == "word/document.xml":
                data = _ROW.sub(rb"<w:tr><w:trPr><w:cantSplit/>\1</w:trPr>", data)
            new.writestr(part, data, part.compress_type)
    return target.getvalue()
