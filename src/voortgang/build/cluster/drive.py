"""Build the reports of many workspaces, a few at a time, and publish each as soon as it is ready.

The driver reads no table and runs no notebook: it sends workspaces to the store, asks for tasks, and puts reports in
place. It remembers what is under way and nothing else, so its memory does not grow with the number of workspaces. What
is finished is in the store, so a build that was stopped goes on where it was.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Future, wait
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from voortgang.assemble.render import version_of
from voortgang.build import unchanged
from voortgang.build.cluster.perform import versions_digest
from voortgang.build.cluster.pools import TRIES, Pool, scheduler_gone
from voortgang.build.cluster.task import REPORTS, SNAPSHOTS, Outcome, Task
from voortgang.build.options import Options
from voortgang.build.progress import Event, Listener
from voortgang.build.years import only_build_of
from voortgang.errors import ClusterError, Fault, VoortgangError, WorkspaceError
from voortgang.publish.layout import put_in_place
from voortgang.publish.manifest import commit_note
from voortgang.run.remote_store import open_store
from voortgang.run.store import Store
from voortgang.workspace.fingerprint import of_bytes, of_value
from voortgang.workspace.paths import Period, Workspace, disk_error, in_order
from voortgang.writing import archive
from voortgang.writing.named_lines import BadList, read_names

_AHEAD = 3
"""Tasks under way for each that the pool can do at once: enough that no worker waits for the driver."""


@dataclass
class Result:
    """What became of one workspace.

    Attributes
    ----------
    folder
        As it stands in the list.
    made, same
        The years whose report was made, and those that were up to date.
    errors
        What went wrong.
    seconds
        From its first task to its last report.
    """

    folder: Path
    made: list[Period] = field(default_factory=list)
    same: list[Period] = field(default_factory=list)
    errors: list[VoortgangError] = field(default_factory=list)
    seconds: float = 0.0

    def add(self, error: VoortgangError) -> None:
        """Add an error, unless it is there: what is wrong with a workspace, every task of it says."""
        if str(error) not in set(map(str, self.errors)):
            self.errors.append(error)


def read_list(path: Path) -> list[Path]:
    """Return the folders that a list names, one a line, relative to the list; lines that begin with # are remarks.

    Raises
    ------
    WorkspaceError
        When the list cannot be read, or names nothing, or a folder twice.
    """
    try:
        folders = [path.parent / name for name in read_names(path)]
    except BadList as error:
        raise _bad_list(error.what, path, error.line) from error
    if not folders:
        raise _bad_list("The list names no workspace.", path)
    known: dict[Path, Path] = {}
    for folder in folders:
        if known.setdefault(folder.resolve(), folder) is not folder:
            raise _bad_list(f"The list names {folder} twice.", path)
    return folders


def build_all(
    folders: Iterable[Path], years: list[Period] | None, options: Options, pool: Pool, store: str, listener: Listener
) -> Iterator[Result]:
    """Build many workspaces, and yield what became of each when it is done.

    Parameters
    ----------
    folders
        The workspaces. One that is broken is said to be, and the others go on.
    years
        Which years; those that each workspace has parameters for when None.
    options
        `engine` and `fresh_kernels` count; how much runs at once is up to the pool.
    pool
        Where the work is done.
    store
        Folder or address that this computer and every worker can read and write.
    listener
        Told of each notebook and report.

    Raises
    ------
    ClusterError
        When the store or the scheduler is out of reach. Reports that were finished are in place, and notebooks that
        were finished are in the store.
    """
    driver = _Driver(options, pool, store, listener)
    waiting = iter(folders)
    more = True
    while more or driver.under_way:
        while more and driver.has_room():
            folder = next(waiting, None)
            if folder is None:
                more = False
            elif (result := driver.begin(folder, years)) is not None:
                yield result
        yield from driver.advance()


@dataclass
class _Report:
    """One report on its way: how many notebooks are still to come, and whether one failed."""

    deal: _Deal
    year: Period
    missing: int
    failed: bool = False


@dataclass
class _Deal:
    """A workspace on its way: its years that are not finished, and the locks on them."""

    workspace: Workspace
    result: Result
    snapshot: str
    made_from: unchanged.Digests
    locks: ExitStack
    begun: float = field(default_factory=time.monotonic)
    open_years: int = 0


@dataclass(frozen=True)
class _Asked:
    """A task that was asked for, and how often."""

    task: Task
    of: _Report
    tries: int = 1


class _Driver:
    def __init__(self, options: Options, pool: Pool, place: str, listener: Listener) -> None:
        self.options, self.pool, self.place, self.listener = options, pool, place, listener
        self.store = open_store(place)
        self.made_with = versions_digest(options.engine)
        self.engine = version_of(options.engine)
        self.under_way: dict[Future[Outcome], _Asked] = {}

    def has_room(self) -> bool:
        """Return whether the pool can use the tasks of another workspace."""
        return len(self.under_way) < _AHEAD * self.pool.width()

    def begin(self, folder: Path, years: list[Period] | None) -> Result | None:
        """Ask for the tasks of a workspace; return its result when there is nothing to do, or nothing can be done."""
        result = Result(folder)
        locks = ExitStack()
        try:
            workspace = Workspace.find(folder)
            if workspace.root != folder.resolve():
                raise WorkspaceError(
                    "This folder is not a workspace.", str(folder), "a folder with data/deal.yml", "Correct the list."
                )
            deal = self._planned(workspace, years, result, locks)
        except OSError as error:
            result.add(disk_error(error, Workspace(folder)))
            deal = None
        except ClusterError:
            locks.close()
            raise
        except VoortgangError as error:
            result.add(error)
            deal = None
        except Exception as error:  # a fault about one workspace: the others go on
            result.add(Fault.of(error, f"the workspace {folder}"))
            deal = None
        if deal is None:
            locks.close()
            return result
        return None

    def advance(self) -> Iterator[Result]:
        """Wait until something is done, ask for what follows from it, and yield the workspaces that are ready."""
        if not self.under_way:
            return
        done, _ = wait(self.under_way, return_when=FIRST_COMPLETED)
        for future in done:
            asked = self.under_way.pop(future)
            outcome = self._outcome(future, asked)
            if outcome is not None:
                yield from self._follow(asked, outcome)

    def _planned(
        self, workspace: Workspace, years: list[Period] | None, result: Result, locks: ExitStack
    ) -> _Deal | None:
        """Return a workspace with its tasks asked for; None when every report is up to date."""
        known = workspace.periods()
        wanted = known if years is None else years
        if absent := [year for year in wanted if year not in known]:
            place = workspace.parameters(absent[0])
            raise WorkspaceError(
                f"There are no parameters for {absent[0]}.",
                str(place),
                "a file for each year",
                "Add it, or name others.",
            )
        workspace.require_writable_reports()
        own = Store(workspace.store)
        made_from = unchanged.inputs(workspace, self.engine)
        for year in in_order(wanted):
            workspace.require_place(year)
            locks.enter_context(only_build_of(workspace, year))
            known_as = unchanged.find(workspace, year, own)
            if known_as is not None and known_as.inputs == made_from:
                result.same.append(year)
        stale = [year for year in wanted if year not in result.same]
        if not stale:
            return None
        from voortgang.run.plan import run_names  # a driver with nothing to do needs no pandas

        notebooks = run_names(workspace)
        deal = _Deal(workspace, result, self._sent(workspace), made_from, locks, open_years=len(stale))
        for number in stale:
            report = _Report(deal, number, len(notebooks))
            self.listener(Event("planned", number, total=len(notebooks) + 1, workspace=workspace.root.name))
            for notebook in notebooks:
                self._ask(_Asked(self._task(report, notebook), report))
        return deal

    def _sent(self, workspace: Workspace) -> str:
        """Put a workspace into the store, and return its key there."""
        content = {workspace.relative(path): path.read_bytes() for path in workspace.input_files()}
        packed = archive.packed(content | {workspace.relative(workspace.commit_note): commit_note(workspace)}, level=1)
        # Two workspaces with the same content are two: each removes its own.
        key = of_value([str(workspace.root), of_bytes(packed)])
        self.store.put(SNAPSHOTS, key, packed)
        if self.store.trouble:
            raise ClusterError(
                f"The store of results cannot be written: {self.store.trouble}.",
                self.place,
                "a place that this computer and every worker can read and write",
                "Name such a place with --store.",
            )
        return key

    def _task(self, year: _Report, notebook: str) -> Task:
        options = self.options
        return Task(
            year.deal.snapshot, self.place, year.year, notebook, options.engine, options.fresh_kernels, self.made_with
        )

    def _ask(self, asked: _Asked) -> None:
        self.under_way[self.pool.submit(asked.task)] = asked

    def _outcome(self, future: Future[Outcome], asked: _Asked) -> Outcome | None:
        """Return what became of a task; None when it was asked for again."""
        try:
            return future.result()
        except CancelledError as error:
            raise scheduler_gone() from error
        except ClusterError:
            raise
        except BrokenExecutor:
            if asked.tries < TRIES:
                self._ask(_Asked(asked.task, asked.of, asked.tries + 1))
                return None
        except Exception as error:  # whatever a cluster may raise: the task is named, and the others go on
            return Outcome((self._lost(asked, f"{type(error).__name__}: {error}"),))
        return Outcome((self._lost(asked, "its worker died"),))

    @staticmethod
    def _lost(asked: _Asked, why: str) -> ClusterError:
        place = f"{asked.of.deal.workspace.root}, {asked.task.year}, {asked.task.notebook or 'the report'}"
        return ClusterError(
            f"A task was tried {TRIES} times and cannot be done: {why}",
            place,
            "a worker with enough memory that finishes it",
            "Build this workspace alone to see why, with: voortgang --workspace DIR build YEAR",
        )

    def _follow(self, asked: _Asked, outcome: Outcome) -> Iterator[Result]:
        year, deal = asked.of, asked.of.deal
        name = deal.workspace.root.name
        for error in outcome.errors:
            deal.result.add(error)
        if asked.task.notebook:
            self.listener(
                Event(
                    "failed" if outcome.errors else "notebook",
                    year.year,
                    asked.task.notebook,
                    outcome.origin,
                    workspace=name,
                )
            )
            year.missing -= 1
            year.failed |= bool(outcome.errors)
            if year.missing == 0 and not year.failed:
                self._ask(_Asked(self._task(year, ""), year))
                return
            if year.missing:
                return
        elif outcome.report:
            try:
                self._publish(year, outcome)
                deal.result.made.append(year.year)
                self.listener(Event("report", year.year, workspace=name))
            except OSError as error:
                deal.result.add(disk_error(error, deal.workspace))
        deal.open_years -= 1
        if deal.open_years == 0:
            deal.locks.close()
            self.store.remove(SNAPSHOTS, deal.snapshot)
            deal.result.seconds = time.monotonic() - deal.begun
            yield deal.result

    def _publish(self, year: _Report, outcome: Outcome) -> None:
        """Put a report that came back in its place: whole or not at all."""
        workspace = year.deal.workspace
        content = self.store.get(REPORTS, outcome.report)
        if content is None:
            raise ClusterError(
                "A finished report is not in the store of results.",
                f"{self.place}: {workspace.root.name} {year.year}",
                "a place that this computer and every worker can read and write",
                "Name such a place with --store, and give the command again.",
            )
        with tempfile.TemporaryDirectory(prefix=f".{year.year}-", dir=workspace.reports) as scratch:
            folder = Path(scratch) / "report"
            archive.unpack(content, outcome.report, folder)
            put_in_place(folder, workspace.report(year.year))
        own = Store(workspace.store)
        unchanged.record(workspace, year.year, year.deal.made_from, outcome.warnings, own, outcome.elsewhere)
        self.store.remove(REPORTS, outcome.report)


def _bad_list(what: str, path: Path, line: int = 0) -> WorkspaceError:
    where = f"{path}, line {line}" if line else str(path)
    return WorkspaceError(what, where, "a text file with the folder of a workspace on each line", "Correct it.")
