"""What a driver asks of a worker, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass, field

from voortgang.assemble.render import Chosen
from voortgang.build.progress import Origin
from voortgang.build.unchanged import Elsewhere
from voortgang.errors import VoortgangError
from voortgang.workspace.paths import Period

SNAPSHOTS, REPORTS = "snapshots", "packed"
"""Kinds of entries in the store: workspaces on their way to workers, and reports on their way back."""


@dataclass(frozen=True)
class Task:
    """One notebook of one report, or the report itself.

    Attributes
    ----------
    snapshot
        Key of the workspace in the store.
    store
        Folder or address of the store.
    year
        Reporting year.
    notebook
        Name of the notebook; the report when empty.
    engine, fresh_kernels
        As in `Options`.
    made_with
        `versions_digest` of who asks: a worker with other versions refuses.
    """

    snapshot: str
    store: str
    year: Period
    notebook: str
    engine: Chosen
    fresh_kernels: bool
    made_with: str


@dataclass(frozen=True)
class Outcome:
    """What became of a task.

    Attributes
    ----------
    errors
        What is wrong with the workspace; such a task is not tried again.
    origin
        Whether a notebook ran or came from the store.
    report
        Key of the packed report in the store.
    warnings
        What was noticed in the data.
    elsewhere
        What the notebooks of a report read beside rows.
    """

    errors: tuple[VoortgangError, ...] = ()
    origin: Origin = "run"
    report: str = ""
    warnings: tuple[str, ...] = ()
    elsewhere: Elsewhere = field(default_factory=Elsewhere)
