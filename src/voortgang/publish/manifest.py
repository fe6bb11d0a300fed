"""The manifest of a report: hashes of what it was made from and of what was made, parameters, versions, commit."""

from __future__ import annotations

import json
import platform
import subprocess
from contextlib import suppress
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from voortgang import __version__
from voortgang.assemble.engines import installed_quarto
from voortgang.workspace.fingerprint import VARIABLE, of_code, of_file, of_rows
from voortgang.workspace.paths import Workspace
from voortgang.writing.fonts import font_files
from voortgang.writing.pandoc_tree import pandoc

if TYPE_CHECKING:
    from voortgang.run.plan import Plan

NAME = "manifest.json"
PROGRAMS = ("voortgang", "python", "platform", "packages", "pandoc", "quarto", "fonts")
"""What it says of the programs; where all are the same, the same inputs give the same bytes."""

CLAIMS = ("made", "seconds", "commit", "clean")
"""What it says that nobody can make again: when, how long it took, and from which commit."""

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


def write_manifest(
    plan: Plan, folder: Path, engine: str, seconds: float, path: Path, read: dict[str, str] | None = None
) -> None:
    """Write what the report was made from and with: hashes of inputs and outputs, parameters, versions, commit.

    Parameters
    ----------
    seconds
        How long it took to make the report.
    read
        What notebooks read beside rows, with the digest of each. A file that is no input is named with its digest, and
        is not in the bundle. Of a variable of the environment only the name is written: a digest would give a short
        secret away.
    """
    workspace = plan.workspace
    inputs = sorted(workspace.input_files())
    files = {name for name in read or {} if (workspace.root / name).is_file()}
    others = files - {workspace.relative(file) for file in inputs}
    variables = {name for name in read or {} if name.startswith(VARIABLE)}
    outputs = sorted(file for file in folder.rglob("*") if file.is_file() and file != path)
    manifest = {
        "verslagjaar": plan.period,
        "parameters": plan.parameters.model_dump(mode="json"),
        "vaststelling": plan.decision.as_json() if plan.decision else None,
        "voortgang": version(),
        "engine": engine,
        "python": platform.python_version(),
        "pandoc": _version([pandoc(), "--version"]) if engine == "builtin" else None,
        "quarto": installed_quarto.require().version if engine == "quarto" else None,
        "platform": f"{platform.system()} {platform.machine()}",
        "packages": {name: metadata.version(name) for name in PACKAGES},
        "fonts": {font.name: of_file(font) for font in font_files()},
        **json.loads(commit_note(plan.whole.data.workspace)),
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": round(seconds, 1),
        "inputs": {workspace.relative(file): of_file(file) for file in inputs},
        "elsewhere": {name: digest for name, digest in sorted((read or {}).items()) if name in others},
        "variables": sorted(name.removeprefix(VARIABLE) for name in variables),
        "rows": {workspace.relative(file): of_rows(file) for file in inputs if file.suffix == ".csv"},
        "outputs": {file.relative_to(folder).as_posix(): of_file(file) for file in outputs},
    }
    path.write_text(json.dumps(manifest, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def version() -> str:
    """Return the version of voortgang with the beginning of its code's digest: between two releases only that differs.

    Examples
    --------
    >>> number, code = version().split("+")
    >>> number == __version__, len(code)
    (True, 12)
    """
    return f"{__version__}+{of_code()[:12]}"


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
    except OSError:
        return None
    return not done.stdout.strip() if done.returncode == 0 else None


def _version(command: list[str]) -> Any:
    """Return the first line that a program prints; none when it is absent or fails (a folder without git, say)."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:  # absent, or a program that a confined process may not start
        return None
    return done.stdout.splitlines()[0].strip() if done.returncode == 0 and done.stdout else None
