"""Hand the data that a build has checked to its warm kernels, so that none of them reads and checks it again.

A fresh kernel reads the files itself: a verification rests on nothing that an earlier step computed.
"""

from __future__ import annotations

import os
import pickle
import threading
from pathlib import Path

from voortgang.check.data import Data
from voortgang.workspace.fingerprint import of_files, of_value
from voortgang.workspace.paths import Workspace
from voortgang.writing import temporary

CHECKED = "VOORTGANG_CHECKED"
"""Environment variable: the file with the checked data, in a folder that only the build's user may write."""


def digest(workspace: Workspace) -> str:
    """Return what the data of a workspace is known by: where it lies, and the content of every file."""
    return f"{workspace.root} {of_files(workspace.data_files())}"


class Handover:
    """The files that kernels of one build read, in a folder of its own; each is written when a kernel first asks."""

    def __init__(self) -> None:
        self._folder = temporary.folder()
        self._lock = threading.Lock()

    def __enter__(self) -> Handover:
        return self

    def __exit__(self, *_: object) -> None:
        self._folder.cleanup()

    def file(self, data: Data) -> Path:
        """Return the file with some checked data. It holds while the files of the workspace are as they are now."""
        path = Path(self._folder.name) / f"{of_value(str(data.workspace.root))[:16]}.pickle"
        with self._lock:
            if not path.exists():
                part = path.with_suffix(".part")
                part.write_bytes(pickle.dumps((digest(data.workspace), data), protocol=5))
                part.replace(path)
        return path


def read(known_by: str) -> Data | None:
    """Return the data that the build handed over; None when there is none, or the files have changed since."""
    path = os.environ.get(CHECKED)
    if path is None:
        return None
    written_for, data = pickle.loads(Path(path).read_bytes())
    return data if written_for == known_by else None
