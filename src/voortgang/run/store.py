"""Results kept under the hash of what they were made from. The store may be deleted at any time."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from voortgang.workspace.fingerprint import of_bytes

LIMIT = 500_000_000
"""Bytes that the store may hold, unless the user says otherwise."""


@dataclass(frozen=True)
class Entry:
    """One kept result: its file, its size in bytes, and when it was last used (seconds since 1970)."""

    path: Path
    size: int
    used: float


def sealed(content: bytes, kind: str, key: str) -> bytes:
    """Return an entry: the digest of its name and content, a line end, and the content."""
    return f"{_digest(content, kind, key)}\n".encode() + content


def opened(entry: bytes, kind: str, key: str) -> bytes | None:
    """Return the content of an entry; None when it is damaged, or is the entry of another name."""
    digest, _, content = entry.partition(b"\n")
    return content if digest.decode("ascii", "replace") == _digest(content, kind, key) else None


def _digest(content: bytes, kind: str, key: str) -> str:
    return of_bytes(f"{kind}/{key}\n".encode() + content)


class Store:
    """A folder of results.

    Each file begins with the SHA-256 of its name and what follows: an entry that is damaged, or that was put in the
    place of another, is as good as none. Files appear whole or not at
    all, so builds may share a store. A store that cannot be written costs time, not the report: `trouble` says why.

    Parameters
    ----------
    folder
        Where it is; it is made when the first result is kept.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.trouble: str | None = None

    def get(self, kind: str, key: str) -> bytes | None:
        """Return what was kept, or None when there is nothing, or it is damaged."""
        path = self._path(kind, key)
        try:
            written = path.read_bytes()
        except OSError:
            return None
        content = opened(written, kind, key)
        if content is None:
            with suppress(OSError):
                path.unlink()
            return None
        with suppress(OSError):
            os.utime(path)
        return content

    def get_object(self, kind: str, key: str) -> dict[str, Any]:
        """Return the JSON object that was kept; an empty one when there is none, or another version wrote it."""
        try:
            found = json.loads(self.get(kind, key) or b"{}")
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}

    def put(self, kind: str, key: str, content: bytes) -> None:
        """Keep a result."""
        path = self._path(kind, key)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, part = tempfile.mkstemp(prefix=".", dir=path.parent)
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(sealed(content, kind, key))
                Path(part).replace(path)
            except BaseException:
                Path(part).unlink()
                raise
        except OSError as error:
            self.trouble = error.strerror or str(error)

    def kept(self, kind: str, key: str, make: Callable[[], bytes]) -> bytes:
        """Return what was kept, or else make it and keep it."""
        content = self.get(kind, key)
        if content is None:
            content = make()
            self.put(kind, key, content)
        return content

    def remove(self, kind: str, key: str) -> None:
        """Remove a result that nobody may find again; raises `OSError` when it is there and stays."""
        with suppress(FileNotFoundError, NotADirectoryError):  # where no store can be, nothing is kept
            self._path(kind, key).unlink()

    def entries(self) -> Iterator[Entry]:
        """Yield what is kept, the longest unused first."""
        found = []
        for path in self.folder.glob("*/*/*"):
            with suppress(FileNotFoundError):  # another build may prune at the same time
                status = path.stat()
                found.append(Entry(path, status.st_size, status.st_mtime))
        yield from sorted(found, key=lambda entry: (entry.used, entry.path))

    def prune(self, limit: int) -> int:
        """Remove what has not been used for the longest time until at most `limit` bytes are kept; return how many."""
        entries = list(self.entries())
        size, removed = sum(entry.size for entry in entries), 0
        for entry in entries:
            if size <= limit:
                break
            with suppress(OSError):
                entry.path.unlink()
                size, removed = size - entry.size, removed + 1
        return removed

    def _path(self, kind: str, key: str) -> Path:
        return self.folder / kind / key[:2] / key
