"""What all deals have: the notebooks and templates that `init` copies.

They are the very files of the repository in which this project's own report is made, so there is no second copy. A
wheel carries them beside this module; in an installation that can be edited they lie where they are edited.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from voortgang.workspace.extension import FOLDER, extension_files

NOTEBOOKS = ("bijlagen", "financien", "gemeente", "gemeenten", "pijler", "projectbladen", "regiodeal")
"""The notebooks that all deals have. Others of the repository are about a pillar of its own deal."""

OF_ONE_DEAL = "pijlers"
"""Folder of the templates in which a deal keeps what one pillar has for itself."""


def files() -> Iterator[tuple[str, Path]]:
    """Yield each notebook and template that all deals have: its path in a workspace, and where it lies."""
    root = _root()
    for name in NOTEBOOKS:
        yield f"notebooks/{name}.ipynb", root / "notebooks" / f"{name}.ipynb"
    for path in sorted((root / "templates").rglob("*")):
        parts = path.relative_to(root / "templates").parts
        hidden = any(each.startswith((".", "__pyc")) for each in parts)
        if path.is_file() and parts[0] not in {OF_ONE_DEAL, FOLDER} and not hidden:
            yield path.relative_to(root).as_posix(), path
    for name, path in extension_files():
        yield f"templates/{name}", path


def _root() -> Path:
    installed = Path(__file__).with_name("shared")
    return installed if installed.is_dir() else Path(__file__).parents[4]
