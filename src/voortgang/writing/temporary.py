"""Folders for what exists only while a command runs: in one place, and none stays behind."""

from __future__ import annotations

import atexit
import os
import re
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path

from voortgang.errors import VoortgangError

_SHORT = 32
"""Characters of a place in which a socket of a kernel still fits: its whole path may have about 100."""

_PLAIN = re.compile(r"[\w./+~-]+", re.ASCII)
"""A place whose name no program takes for something else; libxml2, for one, reads %41 as a letter."""

_COMMON = ("/tmp", "/var/tmp")

_NAMES = "voortgang-[0-9]*-*"
"""What the folders of commands are called: after the process."""

_ASKED = ("TMPDIR", "TEMP", "TMP")


def settle() -> None:
    """Let this process and all that it starts use one place for temporary files, in which every program works.

    A user without a home folder gets one there. The place is what the user asked for, unless that is missing, full, too
    long for a socket, or has signs in its name that mean something to a program; then a usual one is taken.

    Raises
    ------
    VoortgangError
        When there is no such place.
    """
    try:
        place = str(Path(tempfile.gettempdir()).absolute())
    except FileNotFoundError as error:
        raise VoortgangError(
            "There is no place for temporary files.",
            ", ".join(dict.fromkeys([*filter(None, map(os.environ.get, _ASKED)), *_COMMON])),
            "a folder that this user may write in, on a disk with free space",
            "Free space on the disk, or name another folder in the environment variable TMPDIR.",
        ) from error
    if sys.platform != "win32" and not _fits(place):
        place = next(filter(_fits, _COMMON), place)
    tempfile.tempdir = place
    # Other programs take the name as it stands, whether it is there or not.
    if any(os.environ.get(name, place) != place for name in _ASKED):
        os.environ["TMPDIR"] = place
    try:
        Path.home()
    except RuntimeError:  # a user whom the system does not know, as in many containers
        os.environ["HOME"] = kept_folder("home")


@cache
def kept_folder(purpose: str) -> str:
    """Return a folder that goes when this process ends; the same one for each purpose."""
    made = tempfile.mkdtemp(prefix=_own_name())
    atexit.register(_remove, made, os.getpid())
    return made


def _remove(made: str, process: int) -> None:
    """Remove a folder of this process; a process that was forked from the one whose it is leaves it alone."""
    if os.getpid() == process:
        shutil.rmtree(made, ignore_errors=True)


def folder() -> tempfile.TemporaryDirectory[str]:
    """Return a new folder that goes at the end of a `with`; `clear_left_behind` knows whose it was."""
    return tempfile.TemporaryDirectory(prefix=_own_name(), ignore_cleanup_errors=True)


def _own_name() -> str:
    return f"voortgang-{os.getpid()}-"


def own_folders() -> Iterator[Path]:
    """Yield the folders that commands of this user keep, and that no other user may enter."""
    for each in Path(tempfile.gettempdir()).glob(_NAMES):
        with suppress(OSError):  # it has just gone
            status = each.lstat()
            if stat.S_ISDIR(status.st_mode) and status.st_uid == os.geteuid() and not status.st_mode & 0o077:
                yield each


def clear_left_behind() -> None:
    """Remove what commands and workers that were killed left in the place for temporary files."""
    for left in Path(tempfile.gettempdir()).glob(_NAMES):
        if not _runs(int(left.name.split("-")[1])):
            shutil.rmtree(left, ignore_errors=True)


def _runs(process: int) -> bool:
    """Return whether a process runs; psutil, which knows as well, takes as long to import as all else that is asked."""
    if sys.platform == "win32":
        import psutil

        return psutil.pid_exists(process)
    try:
        os.kill(process, 0)  # no signal: only whether one could be sent
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:  # of another user
        return True
    return True


def _fits(place: str) -> bool:
    path = Path(place)
    return (
        len(place) <= _SHORT and bool(_PLAIN.fullmatch(place)) and path.is_dir() and os.access(path, os.W_OK | os.X_OK)
    )
