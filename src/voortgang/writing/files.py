"""Files that a user names: read with bounds; written whole or not at all, and never over something else."""

from __future__ import annotations

import errno
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, NoReturn

from voortgang.errors import VoortgangError


def read_named(path: Path, most: int) -> bytes:
    """Return what a file holds that a user named: no pipe, which may wait for ever, and no more than fits in memory.

    Parameters
    ----------
    most
        Bytes that such a file may hold.

    Raises
    ------
    OSError
        When it cannot be read, is no file, or is larger.
    """
    with _opened(path, most) as file:
        return file.read()


@contextmanager
def own_copy(path: Path, most: int) -> Iterator[IO[bytes]]:
    """Yield an open copy of a file that a user named, which has no name: nobody puts another in its place meanwhile.

    For what is looked at more than once, and must be the same each time. Parameters and errors are those of
    `read_named`.
    """
    with _opened(path, most) as file, tempfile.TemporaryFile() as copy:
        try:
            shutil.copyfileobj(file, copy)
            copy.seek(0)
        except OSError as error:  # the disk of the copy is full, or no file may become so large
            place = f"{tempfile.gettempdir()} (a copy of {path})"
            raise OSError(error.errno, error.strerror or str(error), place) from error
        yield copy


@contextmanager
def _opened(path: Path, most: int) -> Iterator[IO[bytes]]:
    # What was opened is looked at, and not what has its name by then; to open a pipe must not wait for who writes.
    with open(path, "rb", opener=lambda name, flags: os.open(name, flags | getattr(os, "O_NONBLOCK", 0))) as file:
        found = os.fstat(file.fileno())
        if not stat.S_ISREG(found.st_mode):
            raise OSError(errno.EINVAL, "it is no file, but a pipe or a device", str(path))
        if found.st_size > most:
            size = f"it holds {found.st_size:,} bytes, and no such file more than {most:,}"
            raise OSError(errno.EFBIG, size, str(path))
        yield file


def require_free(path: Path) -> None:
    """Raise `VoortgangError` when a file cannot be written at a place: to be said before the work, not after it."""
    if path.exists():
        _raise_taken(path, None)
    if not path.parent.is_dir():
        raise VoortgangError(
            "There is no such folder to write the file in.",
            str(path.parent),
            "a folder that is there",
            "Make the folder, or choose another.",
        )


def write_files(
    files: Mapping[Path, bytes],
    replace: bool | None = None,
    private: frozenset[Path] = frozenset(),
    seen: Mapping[Path, bytes | None] | None = None,
) -> None:
    """Write files beside their place, and move them there when all of them are written.

    Parameters
    ----------
    files
        Their content by path. A file that holds the same already is left as it is.
    replace
        Whether the user allowed other files at these places to be replaced, with `--replace`; none where a command does
        not offer that.
    private
        Which of them only their owner may read.
    seen
        What stood at places, or that nothing did, when it was found to be fit to be replaced: what is something else by
        now, somebody saved meanwhile, and stays.

    Raises
    ------
    VoortgangError
        When something else stands at a place, or a file cannot be written; what was written before is named.
    """
    due = {path: content for path, content in files.items() if not _holds(path, content)}
    for path in due:
        if path.is_dir() or (path.exists() and not replace):
            _raise_taken(path, replace)
    beside = {path: path.with_name(f".{path.name}.{os.getpid()}.new") for path in due}
    written: list[str] = []
    try:
        for path, content in due.items():
            beside[path].touch(0o600 if path in private else 0o666, exist_ok=False)
            beside[path].write_bytes(content)
        for path, before in (seen or {}).items():
            if path in due and _content(path) != before:
                _raise_taken(path, None)
        for path, part in beside.items():
            _move(part, path, bool(replace) and (seen or {}).get(path, b"") is not None)
            written.append(str(path))
    except BaseException as error:  # Ctrl-C as well
        for part in beside.values():
            with suppress(OSError):
                part.unlink(missing_ok=True)
        if not isinstance(error, OSError):
            raise
        raise VoortgangError(
            f"The file cannot be written: {error.strerror or error}.",
            str(next((path for path in due if str(path) not in written), "")),
            "a folder that this user may write in, on a disk with free space",
            f"Written before this: {', '.join(written) or 'nothing'}. Correct the folder, or choose another.",
        ) from error


def _move(part: Path, path: Path, may_replace: bool) -> None:
    """Give a file its name; raises `VoortgangError` when another has it by now and may not be replaced."""
    if not may_replace:
        try:
            # Unlike a rename this fails where something has come to stand since it was looked at.
            os.link(part, path)
        except FileExistsError:
            _raise_taken(path, None)
        except OSError:  # a file system without links
            pass
        else:
            part.unlink()
            return
    part.replace(path)


def _raise_taken(path: Path, replace: bool | None) -> NoReturn:
    raise VoortgangError(
        "There is a folder where the file would be written."
        if path.is_dir()
        else "There is another file already where this one would be written.",
        str(path),
        "a name that is free",
        "Choose another name, or move what stands there"
        + (", or let it be replaced with --replace" if replace is False and not path.is_dir() else "")
        + ". Nothing was overwritten.",
    )


def make_folder(folder: Path) -> None:
    """Make the folder that a user named for files, unless it is there.

    Raises
    ------
    VoortgangError
        When it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise VoortgangError(
            f"The folder cannot be made: {error.strerror}.", str(folder), "a folder to write in", "Choose another."
        ) from error


def _holds(path: Path, content: bytes) -> bool:
    return _content(path) == content


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes() if path.is_file() else None
    except OSError:
        return None
