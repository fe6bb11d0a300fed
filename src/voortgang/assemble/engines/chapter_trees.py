"""The tree of a document from those of its chapters: one that has not changed is not read again.

Pandoc reads a text as a whole: a name that is defined in one chapter counts in all, and the second heading of the same
words has another address. Where a text has the former, it is read whole; the latter is done here as Pandoc does it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from voortgang.assemble.chapters import READER
from voortgang.assemble.shortcodes import Line
from voortgang.run.store import Store
from voortgang.workspace.fingerprint import of_bytes, of_engine, of_packages, of_value
from voortgang.writing.pandoc_tree import Unread, pandoc_lua

_LUA = Path(__file__).with_name("chapter_trees.lua")
_KIND = "read"
_MARK = "\ue011"
"""On both sides of the number of a heading that has no name yet."""

_BEGINS = re.compile(r"#(?!#)\s")
_DEFINES = re.compile(r"\]:|\]\[")
"""What defines a name for all chapters, or asks for one."""


def tree(lines: Sequence[Line], meta: str, store: Store) -> str | None:
    """Return the tree of a document as JSON; nothing where it must be read whole.

    Parameters
    ----------
    lines
        The expanded document.
    meta
        What it says of itself, as JSON of Pandoc.
    store
        Where the trees of the chapters are kept, as they were read last.
    """
    texts = list(_texts(lines))
    if len(texts) < 2 or any(_DEFINES.search(text) for text in texts):
        return None
    place = of_value([of_engine(), of_packages(), meta])
    keys = [of_bytes(text.encode()) for text in texts]
    known = store.get_object(_KIND, place)
    missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
    if missing:
        try:
            given = {"reader": f"{READER}-auto_identifiers", "mark": _MARK, "texts": list(missing.values())}
            read = json.loads(pandoc_lua(_LUA, json.dumps(given), strict=True))
        except Unread:  # read whole, it is said with its place what is wrong
            return None
        known = {key: known[key] for key in keys if key in known} | dict(zip(missing, read, strict=True))
        store.put(_KIND, place, json.dumps(known).encode())
    named = _named([known[key] for key in keys])
    return _joined(named, meta) if named is not None else None


def _texts(lines: Sequence[Line]) -> Iterator[str]:
    """Yield the text up to the first heading of the first level, and from each to the next."""
    begun: list[str] = []
    for line in lines:
        if not line.code and _BEGINS.match(line.text) and begun and not begun[-1].strip():
            yield "\n".join(begun)
            begun = []
        begun.append(line.text)
    yield "\n".join(begun)


def _named(chapters: Sequence[Mapping[str, Any]]) -> list[str] | None:
    """Return the trees of chapters in which each heading has the name that Pandoc gives it; none when two have one."""
    taken, trees = set[str](), list[str]()
    for chapter in chapters:
        text = chapter["text"]
        for number, heading in enumerate(chapter["headings"], start=1):
            name, count = heading["name"], 0
            if heading["named"] and name in taken:
                return None
            while name in taken:
                count += 1
                name = f"{heading['name']}-{count}"
            taken.add(name)
            if not heading["named"]:
                text = text.replace(f'"{_MARK}{number}{_MARK}"', json.dumps(name, ensure_ascii=False), 1)
        trees.append(text)
    return trees


def _joined(trees: Sequence[str], meta: str) -> str | None:
    """Return one tree of several; nothing where a Pandoc of another version writes them otherwise."""
    begins, ends = '"blocks":[', "]}"
    version = re.match(r'\{"pandoc-api-version":\[[\d,]+\]', trees[0])
    if version is None or not all(begins in text and text.endswith(ends) for text in trees):
        return None
    blocks = [text[text.index(begins) + len(begins) : -len(ends)] for text in trees]
    return f'{version[0]},"meta":{meta},{begins}{",".join(filter(None, blocks))}{ends}'
