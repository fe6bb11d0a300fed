"""What a worker does: one notebook, or one report from notebooks that are ready.

A worker needs the engine and the store, and nothing else: the workspace comes to it as an archive in the store.
"""

from __future__ import annotations

import os
import socket
import tempfile
import threading
from collections import OrderedDict
from dataclasses import dataclass
from importlib import metadata
from multiprocessing.util import Finalize
from pathlib import Path

from voortgang import archive
from voortgang.assemble import Chosen, version_of
from voortgang.build import clear_left_behind
from voortgang.errors import ClusterError, VoortgangError
from voortgang.fingerprint import of_engine, of_packages, of_value
from voortgang.handover import Handover
from voortgang.options import Options
from voortgang.pipeline import Pipeline
from voortgang.plan import Plan, plan
from voortgang.progress import Event, Origin, Timings
from voortgang.remote_store import open_store
from voortgang.workspace import Workspace, disk_error

SNAPSHOTS, REPORTS = "snapshots", "packed"
"""Kinds of entries in the store: workspaces on their way to workers, and reports on their way back."""

_OPEN = 3
"""How many workspaces a worker keeps at hand; its tasks are mostly about one or two."""


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
    year: int
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
    """

    errors: tuple[VoortgangError, ...] = ()
    origin: Origin = "run"
    report: str = ""
    warnings: tuple[str, ...] = ()


def versions(engine: Chosen) -> dict[str, str]:
    """Return what the results of this computer depend on: the engine's code, Python, and every package."""
    packages = {each.name: each.version for each in metadata.distributions()}
    return packages | {"voortgang": of_engine(), "the packages": of_packages(), "made with": version_of(engine)}


def versions_digest(engine: Chosen) -> str:
    """Return one digest of `versions`, quickly."""
    return of_value([of_engine(), of_packages(), version_of(engine)])


def perform(task: Task) -> Outcome:
    """Do a task, and return what became of it. Raises only what another try may mend, such as a store out of reach."""
    if versions_digest(task.engine) != task.made_with:
        return Outcome((other_versions(socket.gethostname()),))
    try:
        opened = _opened(task)
        return opened.notebook(task) if task.notebook else opened.report(task)
    except ClusterError:
        raise
    except VoortgangError as error:
        return Outcome((error,))


def other_versions(worker: str, names: str = "") -> ClusterError:
    """Return the error about a worker that would make other reports than this computer."""
    return ClusterError(
        "A worker has other versions than this computer.",
        worker + (f": {names}" if names else ""),
        "the same voortgang, Python and packages everywhere: the same inputs then give the same bytes",
        "Install the same requirements.txt on this computer and on every worker.",
    )


class _Opened:
    """A workspace that has come from the store, checked once; its folder goes when nobody uses it any more."""

    def __init__(self, task: Task) -> None:
        self.store = open_store(task.store)
        content = self.store.get(SNAPSHOTS, task.snapshot)
        if content is None:
            raise ClusterError(
                "A worker does not find the workspace in the store of results.",
                f"{socket.gethostname()}: {task.store}",
                "a place that this computer and every worker can read and write",
                "Name such a place with --store.",
            )
        self._folder = tempfile.TemporaryDirectory(prefix=f"voortgang-{os.getpid()}-", ignore_cleanup_errors=True)
        self.workspace = Workspace(Path(self._folder.name).resolve() / "deal")
        for name, data in archive.unpacked_bytes(content, task.snapshot).items():
            path = self.workspace.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        self.workspace.require_writable_reports()
        self.handover = Handover()
        self.plans: dict[int, Plan] = {each.year: each for each in plan(self.workspace, self.workspace.years())}

    def notebook(self, task: Task) -> Outcome:
        """Run one notebook, unless the store has its result."""
        planned, events = self.plans[task.year], list[Event]()
        (run,) = (each for each in planned.runs if each.name == task.notebook)
        self._pipeline(task, events).executed(planned, run, self.handover)
        return Outcome(origin=events[-1].origin)

    def report(self, task: Task) -> Outcome:
        """Make one report, and put it into the store as an archive. A notebook whose result is gone runs again."""
        try:
            warnings = self._pipeline(task, []).make([self.plans[task.year]])[task.year]
        except OSError as error:
            raise disk_error(error, self.workspace) from error
        folder = self.workspace.report(task.year)
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        key = of_value([task.snapshot, task.year, task.engine])
        content = archive.packed({path.relative_to(folder).as_posix(): path.read_bytes() for path in files}, level=1)
        self.store.put(REPORTS, key, content)
        return Outcome(report=key, warnings=warnings)

    def _pipeline(self, task: Task, events: list[Event]) -> Pipeline:
        return Pipeline(
            self.workspace, Options(task.engine, 1, task.fresh_kernels), self.store, events.append, Timings()
        )


_at_hand: OrderedDict[tuple[str, str], _Opened] = OrderedDict()
_opening = threading.Lock()


def _opened(task: Task) -> _Opened:
    with _opening:
        key = (task.store, task.snapshot)
        if not _at_hand:
            clear_left_behind()  # by a worker that was killed
            Finalize(None, _at_hand.clear, exitpriority=1)  # this process may end without Python's own exit handlers
        if key not in _at_hand:
            _at_hand[key] = _Opened(task)
        _at_hand.move_to_end(key)
        while len(_at_hand) > _OPEN:
            _at_hand.popitem(last=False)
        return _at_hand[key]
