"""Put a finished report in its place: whole or not at all."""

from __future__ import annotations

import ctypes
import json
import os
import platform
import subprocess
import sys
from contextlib import suppress
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from voortgang import __version__
from voortgang.fingerprint import of_file, of_rows
from voortgang.fonts import font_files
from voortgang.project import FORMATS, REPORT
from voortgang.workspace import Workspace

if TYPE_CHECKING:
    from voortgang.plan import Plan

SHEETS = "bladen"
"""Folder of the documents beside the report, such as a sheet for each municipality."""

_EARLIER = "report-earlier"
PACKAGES = (
    "ipykernel",
    "matplotlib",
    "nbclient",
    "nbconvert",
    "pandas",
    "papermill",
    "pydantic",
    "pypandoc_binary",
    "typst",
)


def write_manifest(plan: Plan, folder: Path, engine: str, seconds: float, path: Path) -> None:
    """Write what the report was made from and with: hashes of inputs and outputs, parameters, versions, commit.

    Parameters
    ----------
    seconds
        How long it took to make the report.
    """
    from voortgang.assemble.builtin import pandoc

    workspace = plan.workspace
    inputs = sorted(
        file
        for part in (
            workspace.data,
            workspace.notebooks,
            workspace.templates,
            workspace.parameters(plan.year),
        )
        for file in ([part] if part.is_file() else part.rglob("*"))
        if file.is_file() and not any(piece.startswith(".") for piece in file.relative_to(workspace.root).parts)
    )
    outputs = sorted(file for file in folder.rglob("*") if file.is_file() and file != path)
    manifest = {
        "verslagjaar": plan.year,
        "parameters": plan.parameters.model_dump(mode="json"),
        "voortgang": __version__,
        "engine": engine,
        "python": platform.python_version(),
        "pandoc": _version([pandoc(), "--version"]) if engine == "builtin" else None,
        "quarto": _version(["quarto", "--version"]) if engine == "quarto" else None,
        "platform": f"{platform.system()} {platform.machine()}",
        "packages": {name: metadata.version(name) for name in PACKAGES},
        "fonts": {font.name: of_file(font) for font in font_files()},
        **json.loads(commit_note(workspace)),
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": round(seconds, 1),
        "inputs": {workspace.relative(file): of_file(file) for file in inputs},
        "rows": {workspace.relative(file): of_rows(file) for file in inputs if file.suffix == ".csv"},
        "outputs": {file.relative_to(folder).as_posix(): of_file(file) for file in outputs},
    }
    path.write_text(json.dumps(manifest, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def commit_note(workspace: Workspace) -> bytes:
    """Return the commit of a workspace and whether its folder is as that says, as JSON; null without git."""
    with suppress(FileNotFoundError):  # a copy on a worker says what it is a copy of
        return workspace.commit_note.read_bytes()
    commit = _version(["git", "-C", str(workspace.root), "rev-parse", "HEAD"])
    return json.dumps({"commit": commit, "clean": _clean(workspace)}).encode()


def _clean(workspace: Workspace) -> bool | None:
    """Return whether the folder is as its commit says; none without git."""
    command = ["git", "-C", str(workspace.root), "status", "--porcelain"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return None
    return not done.stdout.strip() if done.returncode == 0 else None


def document_path(year: int, name: str, form: str) -> Path:
    """Return where a document of the project stands in the folder of a year's report."""
    if name == REPORT:
        return Path(f"voortgangsrapportage-{year}.{form}")
    return Path(SHEETS) / f"{Path(name).stem}-{year}.{form}"


def documents_of(workspace: Workspace, year: int) -> tuple[Path, ...]:
    """Return the files of a year's report, one for each format."""
    return tuple(workspace.report(year) / document_path(year, REPORT, form) for form in FORMATS)


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
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    here, exchange = -100, 2  # AT_FDCWD and RENAME_EXCHANGE of Linux
    return rename is not None and rename(here, os.fsencode(one), here, os.fsencode(other), exchange) == 0


def _version(command: list[str]) -> Any:
    """Return the first line that a program prints; none when it is absent or fails (a folder without git, say)."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return None
    return done.stdout.splitlines()[0].strip() if done.returncode == 0 and done.stdout else None
