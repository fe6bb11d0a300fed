"""Names of files that every computer can hold: a bundle is unpacked on another one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from voortgang.check.findings import Finding, finding
from voortgang.workspace.paths import Workspace
from voortgang.writing.characters import deceit

_SIGNS = re.compile(r'[:\\<>"|?*]')
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[1-9]|lpt[1-9])(?:\.|$)", re.IGNORECASE)


def findings(workspace: Workspace) -> Iterator[Finding]:
    """Yield a finding for each input whose name another computer, or the manifest, cannot hold, or that is no year."""
    taken: dict[str, str] = {}
    for path in workspace.input_files():
        name = workspace.relative(path)
        shown = name.encode("utf-8", "backslashreplace").decode()
        same = unicodedata.normalize("NFC", name).casefold()
        if why := next(filter(None, map(_why, name.split("/"))), None):
            yield finding(shown, 0, "", "", "file_name", why=why)
        elif same in taken:
            yield finding(shown, 0, "", "", "file_name_twice", other=taken[same])
        taken.setdefault(same, name)
    for path in workspace.stray_names():
        yield finding(workspace.relative(path).encode("utf-8", "backslashreplace").decode(), 0, "", "", "file_stray")


def _why(part: str) -> str | None:
    """Return what makes a part of a path unfit; None when nothing does."""
    if found := _SIGNS.search(part):
        return found[0]
    if part != part.strip() or part.endswith("."):
        return repr(part)
    if _RESERVED.match(part):
        return part
    return repr(part.encode("utf-8", "backslashreplace").decode()) if deceit(part) else None
