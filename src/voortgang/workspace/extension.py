"""The format extension: what makes a report look and behave as it does, for Quarto and for the built-in path.

It stands once, in `templates/_extensions/` of the repository; the wheel holds that folder.
"""

from __future__ import annotations

from pathlib import Path

NAME = "voortgang"
FOLDER = "_extensions"
"""Where a Quarto project keeps its extensions."""


def extension() -> Path:
    """Return the folder of the format extension that comes with this package."""
    package = Path(__file__).parents[1]
    packed, repository = package / FOLDER, package.parents[1] / "templates" / FOLDER
    return (packed if packed.is_dir() else repository) / NAME


def extension_files() -> list[tuple[str, Path]]:
    """Return its files, each with its path in a Quarto project."""
    folder = extension()
    return [
        (f"{FOLDER}/{NAME}/{path.relative_to(folder).as_posix()}", path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not any(part.startswith((".", "__")) for part in path.relative_to(folder).parts)
    ]
