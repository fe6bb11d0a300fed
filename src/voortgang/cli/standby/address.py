"""Where a process waits for builds of a workspace: a socket in a folder that only its user may enter."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from voortgang.workspace.fingerprint import of_value
from voortgang.workspace.paths import Workspace
from voortgang.writing import temporary


def own(workspace: Workspace) -> Path:
    """Return where this process waits.

    It goes with the process; what stays of one that was killed, the next build removes.
    """
    return Path(temporary.kept_folder("standby")) / _name(workspace)


def known(workspace: Workspace) -> Iterator[Path]:
    """Yield the places where processes of this user wait for builds of a workspace."""
    if sys.platform != "linux":  # nothing waits there
        return
    name = _name(workspace)
    for folder in temporary.own_folders():
        if (folder / name).is_socket():
            yield folder / name


def _name(workspace: Workspace) -> str:
    """Return the name of a workspace: one that was moved, or put in the place of another, has another name."""
    status = workspace.root.stat()
    return of_value([str(workspace.root), status.st_dev, status.st_ino])[:16]
