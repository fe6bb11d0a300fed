"""Workspaces at hand in a worker: unpacked and checked once, while tasks about them come."""

from __future__ import annotations

import socket
import threading
from collections import OrderedDict
from multiprocessing.util import Finalize
from pathlib import Path

from voortgang.build.cluster.task import REPORTS, SNAPSHOTS, Outcome, Task
from voortgang.build.options import Options
from voortgang.build.pipeline import Pipeline
from voortgang.build.progress import Event, Timings
from voortgang.build.unchanged import Elsewhere
from voortgang.check.checked_data import Handover
from voortgang.errors import ClusterError
from voortgang.run.plan import Plan, plan
from voortgang.run.remote_store import open_store
from voortgang.workspace.fingerprint import of_value
from voortgang.workspace.paths import Period, Workspace, disk_error
from voortgang.writing import archive, temporary

_OPEN = 3
"""How many workspaces a worker keeps at hand; its tasks are mostly about one or two."""


class Opened:
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
        self._folder = temporary.folder()
        self.workspace = Workspace(Path(self._folder.name).resolve() / "deal")
        archive.unpack(content, task.snapshot, self.workspace.root)
        self.workspace.require_writable_reports()
        self.handover = Handover()
        self.plans: dict[Period, Plan] = {each.period: each for each in plan(self.workspace, self.workspace.periods())}

    def notebook(self, task: Task) -> Outcome:
        """Run one notebook, unless the store has its result."""
        planned, events = self.plans[task.year], list[Event]()
        (run,) = (each for each in planned.runs if each.name == task.notebook)
        pipeline = self._pipeline(task, events)
        ran = pipeline.executed(planned, run, self.handover)
        if ran.fresh:
            pipeline.prepared(planned, run, ran)
        return Outcome(origin=events[-1].origin)

    def report(self, task: Task) -> Outcome:
        """Make one report, and put it into the store as an archive. A notebook whose result is gone runs again."""
        try:
            pipeline = self._pipeline(task, [])
            warnings = pipeline.make([self.plans[task.year]])[task.year]
        except OSError as error:
            raise disk_error(error, self.workspace) from error
        folder = self.workspace.report(task.year)
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        key = of_value([task.snapshot, task.year, task.engine])
        content = archive.packed({path.relative_to(folder).as_posix(): path.read_bytes() for path in files}, level=1)
        self.store.put(REPORTS, key, content)
        return Outcome(report=key, warnings=warnings, elsewhere=pipeline.elsewhere.get(task.year, Elsewhere()))

    def _pipeline(self, task: Task, events: list[Event]) -> Pipeline:
        return Pipeline(
            self.workspace, Options(task.engine, 1, task.fresh_kernels), self.store, events.append, Timings()
        )


_at_hand: OrderedDict[tuple[str, str], Opened] = OrderedDict()
_opening = threading.Lock()


def opened(task: Task) -> Opened:
    """Return the workspace of a task.

    Raises
    ------
    VoortgangError
        When something is wrong with it, or it is not in the store.
    """
    with _opening:
        key = (task.store, task.snapshot)
        if not _at_hand:
            temporary.clear_left_behind()  # by a worker that was killed
            Finalize(None, _at_hand.clear, exitpriority=1)  # this process may end without Python's own exit handlers
        if key not in _at_hand:
            _at_hand[key] = Opened(task)
        _at_hand.move_to_end(key)
        while len(_at_hand) > _OPEN:
            _at_hand.popitem(last=False)
        return _at_hand[key]
