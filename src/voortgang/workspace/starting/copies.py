"""Which notebooks and chapters of a workspace are not those that come with this version.

`init` copies them, and a deal may change them: a copy that differs may be what a deal wants, or be of another version.
Nobody can tell which, so this only says that they differ, and from what.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from voortgang.workspace.paths import Workspace
from voortgang.workspace.starting import shared


@dataclass(frozen=True)
class Copy:
    """A file that all deals have: its path in a workspace, where this version's lies, and whether it is there."""

    name: str
    original: Path
    there: bool


def other_copies(workspace: Workspace) -> Iterator[Copy]:
    """Yield each notebook and template of a workspace that is not as in this version, or not there.

    Of a notebook only its cells count: what JupyterLab saves beside them says nothing of a version.
    """
    for name, original in shared.files():
        path = workspace.root / name
        if not path.is_file():
            yield Copy(name, original, False)
        elif not path.samefile(original) and _said(path) != _said(original):
            yield Copy(name, original, True)


def _said(path: Path) -> object:
    content = path.read_bytes()
    if path.suffix == ".ipynb":
        try:
            return [(cell["cell_type"], "".join(cell["source"])) for cell in json.loads(content)["cells"]]
        except (ValueError, KeyError, TypeError):  # a damaged notebook; its bytes differ
            return content
    return content.replace(b"\r\n", b"\n")
