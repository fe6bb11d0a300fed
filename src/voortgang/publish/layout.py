"""Put a finished report in its place: whole or not at all."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path

from voortgang.assemble.document_names import FORMATS, REPORT
from voortgang.workspace.paths import Period, Workspace

SHEETS = "bladen"
"""Folder of the documents beside the report, such as a sheet for each municipality."""

_EARLIER = "report-earlier"
_ATTEMPTS = 100
"""How often a report is read that another takes the place of meanwhile: a build takes seconds, and to read one none."""


def document_path(of: Period, name: str, form: str) -> Path:
    """Return where a document of the project stands in the folder of a report."""
    if name == REPORT:
        return Path(f"voortgangsrapportage-{of}.{form}")
    return Path(SHEETS) / f"{Path(name).stem}-{of}.{form}"


def documents_of(workspace: Workspace, of: Period) -> tuple[Path, ...]:
    """Return the files of a report, one for each format that it is made in."""
    paths = (workspace.report(of) / document_path(of, REPORT, form) for form in FORMATS)
    return tuple(path for path in paths if path.is_file())


def files_of(report: Path) -> dict[str, bytes]:
    """Return every file of a finished report by its path in it, all of one report.

    A build may put another in its place meanwhile: then that one is read. Empty where there is none.

    Raises
    ------
    OSError
        When a file cannot be read.
    """
    for _ in range(_ATTEMPTS):
        before = _folder(report)
        try:
            files = {
                path.relative_to(report).as_posix(): path.read_bytes() for path in report.rglob("*") if path.is_file()
            }
        except OSError:
            if _folder(report) == before:
                raise
            continue
        if _folder(report) == before:
            return files
    raise OSError(errno.EBUSY, "another report takes its place all the time", str(report))


def _folder(path: Path) -> tuple[int, int] | None:
    """Return which folder has a name now."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def put_in_place(built: Path, target: Path) -> None:
    """Make the folder `built` the report `target`; an earlier report is replaced as a whole.

    Linux exchanges the two in one step. Elsewhere it takes two renames on one disk: when the second fails, the earlier
    report comes back, and after a crash between the two `put_back` brings it back.
    """
    if target.exists() and not _exchanged(built, target):
        earlier = built.with_name(_EARLIER)
        target.rename(earlier)
        try:
            built.rename(target)
        except OSError:
            earlier.rename(target)
            raise
    elif not target.exists():
        built.rename(target)


def put_back(scratch: Path, target: Path) -> None:
    """Bring back the earlier report when a build was killed while it replaced it."""
    if (scratch / _EARLIER).exists() and not target.exists():
        (scratch / _EARLIER).rename(target)


def _exchanged(one: Path, other: Path) -> bool:
    """Exchange two folders in one step; return False where the system or the file system cannot."""
    if sys.platform != "linux":
        return False
    import ctypes  # no sooner: a report that stays needs none of it

    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    here, exchange = -100, 2  # AT_FDCWD and RENAME_EXCHANGE of Linux
    return rename is not None and rename(here, os.fsencode(one), here, os.fsencode(other), exchange) == 0
