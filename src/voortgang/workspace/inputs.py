"""Files that reports are made from: what is hidden is none of them, and what never ends is refused."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from voortgang.errors import WorkspaceError


def in_sight(folder: Path, pattern: str) -> list[Path]:
    """Return what has such a name in a folder, in order; without what is hidden, which is no input.

    Editors (`.#werken.md`) and macOS (`._werken.md`) write beside a file one whose name only begins otherwise.
    """
    return sorted(path for path in folder.glob(pattern) if not path.name.startswith("."))


def files_in(root: Path, folder: Path) -> list[Path]:
    """Return the files in a folder, also behind links to other folders: what is read there counts as well.

    Parameters
    ----------
    root
        From where messages name a file.

    Raises
    ------
    WorkspaceError
        When a pipe or a device stands among them.
    """
    found, seen = [], {os.path.realpath(folder)}
    for place, folders, files in os.walk(folder, followlinks=True):
        # A link to a folder above it would never end.
        real = {name: os.path.realpath(Path(place) / name) for name in sorted(folders)}
        folders[:] = [name for name in real if not name.startswith((".", "__pycache__")) and real[name] not in seen]
        seen |= {real[name] for name in folders}
        found += [Path(place) / name for name in files if not name.startswith((".", "__pycache__"))]
    there = sorted(path for path in found if path.is_file())
    for path in () if len(there) == len(found) else found:
        if _is_endless(path):
            raise WorkspaceError(
                "A pipe or a device stands among what reports are made from: to read it may never end.",
                path.relative_to(root).as_posix(),
                "files, and links to files",
                "Move it elsewhere, or write what it would say to a file.",
            )
    return there


def _is_endless(path: Path) -> bool:
    """Return whether reading something may never end: a pipe waits for who writes, and a device may say ever more."""
    try:
        kind = path.stat().st_mode
        return stat.S_ISFIFO(kind) or (stat.S_ISCHR(kind) and not path.samefile(os.devnull))
    except OSError:  # a link to nothing
        return False
