"""What can change a result, as SHA-256 digests of content. Times of files do not count."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import sys
import sysconfig
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

_PART = 65_536
"""Bytes of a file that are read at once."""


def of_bytes(content: bytes) -> str:
    """Return the SHA-256 of bytes, in hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def of_file(path: Path) -> str:
    """Return the SHA-256 of a file, or of the names in a folder; "absent" when there is neither."""
    try:
        with path.open("rb", buffering=0) as file:
            digest = hashlib.sha256()
            # Hundreds of small files: hashlib.file_digest would clear 256 kB of memory for each.
            while part := file.read(_PART):
                digest.update(part)
            return digest.hexdigest()
    except IsADirectoryError:
        return of_value(sorted(each.name for each in path.iterdir() if not each.name.startswith((".", "_"))))
    except (FileNotFoundError, NotADirectoryError):
        return "absent"


def of_state(path: Path) -> str:
    """Return what changes whenever somebody writes a file or puts another in its place; of a folder, its names.

    Quicker than its content, and it also tells of a file that was changed and changed back.
    """
    try:
        if path.is_dir():
            return of_file(path)
        status = path.stat()
    except OSError:
        return "absent"
    return of_value([status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns])


VARIABLE = "environment variable "
"""Beginning of the name of what is no file."""


def of_elsewhere(root: Path, name: str) -> str:
    """Return the digest of a file by its path in a workspace, or of a variable of the environment."""
    return of_value(os.environ.get(name.removeprefix(VARIABLE))) if name.startswith(VARIABLE) else of_file(root / name)


def of_rows(path: Path) -> str:
    """Return the digest of the lines of a file in alphabetical order: rows in another order give the same."""
    return of_value(sorted(path.read_text(encoding="utf-8", errors="replace").splitlines()))


def of_files(files: Iterable[Path]) -> str:
    """Return one digest of the names and contents of files."""
    return of_value([[str(path), of_file(path)] for path in files])


def of_value(value: Any) -> str:
    """Return the digest of a value that JSON can write; the order of keys does not count."""
    return of_bytes(json.dumps(value, sort_keys=True).encode())


@cache
def of_engine() -> str:
    """Return the digest of this package: code, styles, descriptions and texts."""
    here = Path(__file__).parents[1]
    return of_value([[name, of_file(path)] for name, path in _files_in(here) if "__pycache__" not in name.split("/")])


def of_folder(folder: Path) -> str:
    """Return one digest of all files in a folder and the folders in it, by their paths from there."""
    return of_value([[name, of_file(path)] for name, path in _files_in(folder)])


def _files_in(folder: Path) -> list[tuple[str, Path]]:
    """Return the files in a folder and the folders in it, with their paths from there, in the order of these."""
    found = []
    waiting = [("", str(folder))]
    while waiting:
        before, place = waiting.pop()
        with os.scandir(place) as entries:  # it knows what is a file; to ask each of hundreds again takes longer
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    waiting.append((f"{before}{entry.name}/", entry.path))
                elif entry.is_file():
                    found.append((f"{before}{entry.name}", Path(entry.path)))
    return sorted(found)


_BESIDE = ("_extensions/", "requirements.txt", "workspace/starting/shared/")
"""What lies in an installed package, and beside it in one that can be edited."""


@cache
def of_code() -> str:
    """Return the digest of this package that is the same however it was installed."""
    here = Path(__file__).parents[1]
    files = [(name, path) for name, path in _files_in(here) if not name.startswith(_BESIDE)]
    return of_value([[name, of_file(path)] for name, path in files if "__pycache__" not in name.split("/")])


@cache
def of_packages() -> str:
    """Return the digest of Python's version, the platform and every installed package's name and version."""
    # The folders are named after both; reading each package's own files takes a hundred times as long.
    installed = {path.name for place in sys.path for path in Path(place or ".").glob("*.dist-info")}
    installed |= {path.name for path in Path(sysconfig.get_path("purelib")).glob("*.dist-info")}
    return of_value([platform.python_version(), sysconfig.get_platform(), *sorted(installed)])
