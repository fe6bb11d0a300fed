"""Names of files that every computer can hold: a bundle is unpacked on another one."""

from __future__ import annotations

import importlib.util
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from voortgang.check.findings import Finding, finding
from voortgang.workspace.inputs import in_sight
from voortgang.workspace.paths import Workspace
from voortgang.writing.characters import deceit

_SIGNS = re.compile(r'[:\\<>"|?*\x00-\x1f\x7f]')
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[1-9]|lpt[1-9])(?:\.|$)", re.IGNORECASE)


def findings(workspace: Workspace) -> Iterator[Finding]:
    """Yield a finding for each input whose name another computer, or the manifest, cannot hold, or that is no year."""
    taken: dict[str, str] = {}
    for path in workspace.input_files():
        name = workspace.relative(path)
        shown = _CONTROL.sub(lambda sign: repr(sign[0])[1:-1], name.encode("utf-8", "backslashreplace").decode())
        same = unicodedata.normalize("NFC", name).casefold()
        if why := next(filter(None, map(_why, name.split("/"))), None):
            yield finding(shown, 0, "", "", "file_name", why=why)
        elif same in taken:
            yield finding(shown, 0, "", "", "file_name_twice", other=taken[same])
        taken.setdefault(same, name)
    yield from _modules(workspace)
    for path in workspace.stray_names():
        yield finding(workspace.relative(path).encode("utf-8", "backslashreplace").decode(), 0, "", "", "file_stray")


def _modules(workspace: Workspace) -> Iterator[Finding]:
    """Yield a finding for each module beside the notebooks by the name of another one.

    Which of the two a notebook gets, and the packages that it uses, depends on what was imported before.
    """
    beside = {path.stem: path for path in in_sight(workspace.notebooks, "*.py")}
    beside |= {path.parent.name: path for path in in_sight(workspace.notebooks, "*/__init__.py")}
    for name, path in beside.items():
        try:
            known = importlib.util.find_spec(name) if name.isidentifier() else None
        except (ImportError, ValueError):  # a module that says nothing of where it comes from
            continue
        origin = known.origin if known is not None else None
        if origin is not None and not Path(origin).resolve().is_relative_to(workspace.root.resolve()):
            yield finding(workspace.relative(path), 0, "", "", "module_name", name=name)


def _why(part: str) -> str | None:
    """Return what makes a part of a path unfit; None when nothing does."""
    if found := _SIGNS.search(part):
        return found[0] if found[0].isprintable() else repr(part)
    if part != part.strip() or part.endswith("."):
        return repr(part)
    if _RESERVED.match(part):
        return part
    return repr(part.encode("utf-8", "backslashreplace").decode()) if deceit(part) else None
