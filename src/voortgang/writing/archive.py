"""Zip files: with the same bytes for the same content, and from elsewhere, read with care."""

from __future__ import annotations

import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path, PurePosixPath

from voortgang.errors import BundleError
from voortgang.writing.characters import deceit
from voortgang.writing.clock import EARLIEST

# What zipfile raises for an archive that is damaged, encrypted, or packed in a way that it does not know.
_UNREADABLE = (
    *(zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError),
    *(NotImplementedError, OverflowError, RuntimeError, ValueError),
)
_WRITTEN = re.compile(rb"<dcterms:(created|modified)\b[^>]*>[^<]*</dcterms:\1>")
_LONGEST, _LONGEST_PATH = 255, 1000
"""Bytes of a name, and of a path: what a system can hold below a folder of its own."""

MOST_FILES, MOST_BYTES = 20_000, 1_000_000_000
"""What an archive may hold; a report with its data is some hundred files and some ten megabytes."""


def fix_times(path: Path) -> None:
    """Give every member of a zip file the earliest time that the format knows; the order stays."""
    path.write_bytes(without_times(path.read_bytes()))


def without_times(content: bytes) -> bytes:
    """Return a zip file, such as a workbook, without the times at which it and its members were written."""
    with zipfile.ZipFile(BytesIO(content)) as source:
        members = {name: source.read(name) for name in source.namelist()}
    if core := members.get("docProps/core.xml"):
        members["docProps/core.xml"] = _WRITTEN.sub(b"", core)
    return _zipped(members)


def packed(content: Mapping[str, bytes], level: int | None = None) -> bytes:
    """Return a zip file of named contents, in the order of their names; `level` is zlib's, from 0 to 9."""
    return _zipped(dict(sorted(content.items())), level)


def unpacked(archive: bytes, path: Path | str) -> dict[str, bytes]:
    """Return what the bytes of a zip file from elsewhere hold; `path` is how messages name it.

    Raises
    ------
    BundleError
        When it cannot be read, names a place outside a folder, holds a link, a name twice, or far too much.
    """
    try:
        with zipfile.ZipFile(BytesIO(archive)) as source:
            members = source.infolist()
            if len(members) > MOST_FILES or sum(member.file_size for member in members) > MOST_BYTES:
                raise _refused(path, "it unpacks to far more than a report is")
            content: dict[str, bytes] = {}
            for member in members:
                place = PurePosixPath(member.filename)
                if (why := _unfit(member.filename)) is not None:
                    raise _refused(path, f"it holds a file whose name {why}: {member.filename[:80]!r}")
                if place.is_absolute() or ".." in place.parts or "\\" in member.filename or ":" in member.filename:
                    raise _refused(path, f"it names a place outside the folder: {member.filename!r}")
                if stat.S_ISLNK(member.external_attr >> 16):
                    raise _refused(path, f"it holds a link: {member.filename!r}")
                if stat.S_IFMT(member.external_attr >> 16) not in (0, stat.S_IFREG):
                    raise _refused(path, f"it holds something that is no file: {member.filename!r}")
                if member.filename in content:
                    raise _refused(path, f"it holds {member.filename!r} twice")
                with source.open(member) as file:
                    # The size in the directory of an archive may lie.
                    data = file.read(member.file_size + 1)
                if len(data) != member.file_size:
                    raise _refused(path, f"{member.filename!r} has another size than it says")
                content[member.filename] = data
            folders = {str(folder) for name in content for folder in PurePosixPath(name).parents}
            if both := sorted(folders & content.keys()):
                raise _refused(path, f"it holds {both[0]!r} as a file and as a folder")
            return content
    except _UNREADABLE as error:
        raise _refused(path, f"it is no readable archive: {error}") from error


def _unfit(name: str) -> str | None:
    """Return what makes a name unfit for a file on any computer; None when nothing does."""
    if what := deceit(name.replace("\n", "\0").replace("\t", "\0")):
        return f"holds {what}"
    if str(PurePosixPath(name)) != name or name == ".":
        return "is that of a folder"
    if len(name.encode()) > _LONGEST_PATH or any(len(part.encode()) > _LONGEST for part in name.split("/")):
        return "is too long"
    return None


def unpack(archive: bytes, name: str, folder: Path) -> None:
    """Write what the bytes of a zip file hold into a folder; raises `BundleError` as `unpacked` does."""
    for member, content in unpacked(archive, name).items():
        path = folder / member
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _zipped(content: Mapping[str, bytes], level: int | None = None) -> bytes:
    target = BytesIO()
    with zipfile.ZipFile(target, "w", compresslevel=level) as file:
        for name, data in content.items():
            member = zipfile.ZipInfo(name, EARLIEST)
            member.compress_type, member.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            file.writestr(member, data, compresslevel=level)
    return target.getvalue()


def _refused(path: Path | str, why: str) -> BundleError:
    return BundleError(
        f"The archive is refused: {why}.",
        str(path),
        "a file that 'voortgang bundle' wrote",
        "Get the bundle again from who published it.",
    )
