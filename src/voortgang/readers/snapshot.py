"""A copy of a report and of what it was made from, so that all that is done with a file is done with the same bytes."""

from __future__ import annotations

from pathlib import Path

from voortgang.errors import BundleError
from voortgang.publish.layout import files_of
from voortgang.workspace.paths import Period, Workspace


def snapshot(workspace: Workspace, year: Period, folder: Path) -> Workspace:
    """Return a workspace in a new folder with the report on a year and what reports are made from.

    Each file is read once: who saves or builds meanwhile changes nothing in it.

    Raises
    ------
    BundleError
        When a file cannot be read.
    WorkspaceError
        As `Workspace.input_files`.
    """
    copy = Workspace(folder)
    try:
        content = {workspace.relative(path): path.read_bytes() for path in workspace.input_files()}
        made = files_of(workspace.report(year))
    except OSError as error:
        raise BundleError(
            f"A file cannot be read: {error.strerror or error}.",
            str(error.filename or workspace.root),
            "files that stay as they are while they are copied, and that this user may read",
            "Check its permissions, and verify again.",
        ) from error
    content |= {copy.relative(copy.report(year) / name): data for name, data in made.items()}
    for name, data in content.items():
        target = copy.root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    return copy
