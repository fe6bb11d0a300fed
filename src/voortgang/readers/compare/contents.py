"""Compare two forms of one file; its ending says how."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from voortgang.readers.compare import data, markup, office, pages, pictures
from voortgang.readers.compare.found import Found

Reader = Callable[[bytes, bytes], Iterator[Found]]


def contents(name: str, old: bytes, new: bytes) -> list[Found]:
    """Return what two forms of a file say differently, and where they only differ in form, in which respect.

    Parameters
    ----------
    name
        Name of the file; its ending decides how it is read.
    """
    if old == new:
        return []
    try:
        found = list(_READERS.get(Path(name).suffix, data.texts)(old, new))
    except Exception:  # a damaged file makes each library raise what it likes; then the two are not the same
        return [Found("", "value", "one of the two cannot be read, or holds what no report holds", "")]
    return found or [Found("", "value", "other bytes, for no reason that is known", "")]


_READERS: dict[str, Reader] = {
    ".ipynb": data.notebooks,
    ".json": data.jsons,
    ".csv": data.tables,
    ".html": markup.pages,
    ".pdf": pages.documents,
    ".docx": office.documents,
    ".odt": office.documents,
    ".xlsx": office.documents,
    ".png": pictures.pictures,
    ".svg": markup.drawings,
    ".ttf": data.bytes_only,
}
