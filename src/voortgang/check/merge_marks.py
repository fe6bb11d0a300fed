"""Marks of a merge that nobody finished: most files may hold them, and would show or skip them without a word."""

from __future__ import annotations

import re
from collections.abc import Iterator

from voortgang.check.findings import Finding, finding
from voortgang.workspace.paths import Workspace

_TEXTS = {".cff", ".css", ".csv", ".geojson", ".json", ".lua", ".md", ".qmd", ".txt", ".typ", ".yaml", ".yml"}
_BEGIN, _END = re.compile(rb"^<{7} ", re.MULTILINE), re.compile(rb"^>{7} ", re.MULTILINE)


def findings(workspace: Workspace) -> Iterator[Finding]:
    """Yield a finding for each text among the inputs that holds both sides of a merge."""
    for path in workspace.input_files():
        if path.suffix.lower() in _TEXTS and path.is_file() and (line := begins(path.read_bytes())):
            yield finding(workspace.relative(path), line, "", "", "merge_unfinished")


def begins(content: bytes) -> int:
    r"""Return the line where an unfinished merge begins; 0 when there is none.

    Examples
    --------
    >>> begins(b"a\n<<<<<<< HEAD\nb\n=======\nc\n>>>>>>> other\n"), begins(b"a\n=======\n")
    (2, 0)
    """
    found = _BEGIN.search(content)
    return content.count(b"\n", 0, found.start()) + 1 if found and _END.search(content, found.end()) else 0
