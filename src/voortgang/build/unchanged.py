"""Know a finished report again: when nothing that it was made from has changed, and nothing in it, it stays."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass, field

from voortgang.run.store import Store
from voortgang.workspace.fingerprint import of_elsewhere, of_engine, of_file, of_folder, of_packages, of_value
from voortgang.workspace.paths import Period, Workspace

Digests = dict[str, str]

PROGRAMS = ("the engine", "the packages", "made with")
"""What `inputs` holds beside files."""


@dataclass(frozen=True)
class Finished:
    """What was recorded about a report: digests of its inputs, and the warnings that its data gave."""

    inputs: Digests
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class Elsewhere:
    """What the notebooks of a report read beside rows, with the digest of each, and whether that is certainly all."""

    digests: Digests = field(default_factory=dict)
    certain: bool = True


def inputs(workspace: Workspace, engine: str) -> Digests:
    """Return the digest of every file that can change a report, and of the programs that make it."""
    return files(workspace) | dict(zip(PROGRAMS, (of_engine(), of_packages(), engine), strict=True))


def files(workspace: Workspace) -> Digests:
    """Return the digest of every file that can change a report."""
    return {workspace.relative(path): of_file(path) for path in workspace.input_files()}


def find(workspace: Workspace, year: Period, store: Store) -> Finished | None:
    """Return what was recorded about the report that now stands in place.

    None when it is another, or damaged, or when something else that its notebooks read has changed: a file outside the
    folders of the workspace's own, or a variable of the environment.
    """
    with suppress(ValueError, KeyError, TypeError, FileNotFoundError):  # another build may put another in its place
        known = json.loads(store.get("reports", _name(year)) or b"null")
        elsewhere = known is not None and all(
            digest == of_elsewhere(workspace.root, name) for name, digest in known["elsewhere"].items()
        )
        if elsewhere and known["outputs"] == _outputs(workspace, year):
            return Finished(known["inputs"], tuple(known["warnings"]))
    return None


def record(
    workspace: Workspace,
    year: Period,
    made_from: Digests,
    warnings: tuple[str, ...],
    store: Store,
    elsewhere: Elsewhere,
) -> None:
    """Record the report that now stands in place.

    Parameters
    ----------
    elsewhere
        What its notebooks read beside rows. When that may not be all, the next build must look again.
    """
    if not elsewhere.certain:
        store.remove("reports", _name(year))
        return
    known = {
        "inputs": made_from,
        "elsewhere": elsewhere.digests,
        "warnings": warnings,
        "outputs": _outputs(workspace, year),
    }
    store.put("reports", _name(year), json.dumps(known).encode())


def _outputs(workspace: Workspace, year: Period) -> str:
    folder = workspace.report(year)
    return of_folder(folder) if folder.is_dir() else ""


def _name(year: Period) -> str:
    return of_value(year)
