"""Put a finished report in its place: whole or not at all."""

from __future__ import annotations

import hashlib
import json
import platform
import shutil
import subprocess
from importlib import metadata
from pathlib import Path
from typing import Any

from voortgang import __version__
from voortgang.assemble.builtin import pandoc
from voortgang.collect import Collected
from voortgang.plan import Plan

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


def write_facts(collected: Collected, path: Path) -> None:
    """Write every published fact as JSON, in the order of their ids."""
    facts = [fact.model_dump(mode="json", exclude={"kind"}) for _, fact in sorted(collected.facts.items())]
    path.write_text(json.dumps({"kerncijfers": facts}, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def write_manifest(plan: Plan, folder: Path, engine: str, path: Path) -> None:
    """Write what the report was made from and with: hashes of inputs and outputs, parameters, versions, commit."""
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
        "packages": {name: metadata.version(name) for name in PACKAGES},
        "commit": _version(["git", "-C", str(workspace.root), "rev-parse", "HEAD"]),
        "inputs": {workspace.relative(file): _sha256(file) for file in inputs},
        "outputs": {file.relative_to(folder).as_posix(): _sha256(file) for file in outputs},
    }
    path.write_text(json.dumps(manifest, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def put_in_place(built: Path, target: Path) -> None:
    """Make the folder `built` the report `target`; an earlier report is replaced as a whole.

    Both lie on one disk, so each step is one rename. When the second rename fails, the earlier report comes back.
    """
    earlier = built.with_name(f"{built.name}-earlier")
    if target.exists():
        target.rename(earlier)
    try:
        built.rename(target)
    except OSError:
        if earlier.exists():
            earlier.rename(target)
        raise
    shutil.rmtree(earlier, ignore_errors=True)


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _version(command: list[str]) -> Any:
    """Return the first line that a program prints; none when it is absent or fails (a folder without git, say)."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return None
    return done.stdout.splitlines()[0].strip() if done.returncode == 0 and done.stdout else None
