"""Execute notebooks with papermill."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import nbformat
import papermill
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbclient.util import run_sync
from nbformat.validator import get_validator
from papermill.exceptions import PapermillExecutionError

from voortgang.check.data import View
from voortgang.check.notebook_reads import Reads
from voortgang.check.recorded import Recorded
from voortgang.errors import NotebookError
from voortgang.run.kernel_pool import KernelPool
from voortgang.run.kernels import manager_of
from voortgang.run.notebook_file import MINOR, half_in
from voortgang.run.plan import Run, is_injected
from voortgang.run.repeatable_outputs import normalise
from voortgang.workspace import schema
from voortgang.workspace.paths import Workspace
from voortgang.writing import temporary

_PATIENCE = 60
"""Seconds in which the outputs of a cell that is done must arrive, also on a computer that does much else."""


@dataclass(frozen=True)
class Executed:
    """A notebook with its outputs, as the bytes of its file, and what it read.

    Its result may be used again unless it is `uncertain` (says why) what it depends on. `kernel_seconds` and
    `cell_seconds` say how long its kernel took to start, and all that came after. `seen` holds the state of each file
    (`fingerprint.of_state`) from before it was opened.
    """

    notebook: bytes
    reads: Reads
    uncertain: str = ""
    kernel_seconds: float = 0.0
    cell_seconds: float = 0.0
    seen: dict[str, str] = field(default_factory=dict)


def warm_up() -> None:
    """Compile the schema that notebooks are held against. Two threads that begin at once would each do that."""
    get_validator(4, MINOR)


def execute(
    run: Run,
    workspace: Workspace,
    pool: KernelPool,
    cell_done: Callable[[int, int], None],
    offline: bool = False,
    checked: Path | None = None,
) -> Executed:
    """Execute one notebook in a kernel of its own.

    The notebook runs in its folder, as in JupyterLab. Times are left out of the result: the same inputs give the same
    bytes. What runs is what was planned, also when the file was saved since.

    Parameters
    ----------
    run
        The notebook and its parameters.
    pool
        Whose kernel it is.
    cell_done
        Called after each code cell with how many are done, and how many there are.
    offline
        Whether a cell that reaches for the network fails.
    checked
        File of `handover.write` for a warm kernel, so that it does not check the data again.

    Raises
    ------
    NotebookError
        When a cell raises, a time limit passes, the kernel dies, the notebook stops before its end, or it does
        something else than was planned. Names notebook, cell, source and parameters.
    """
    watch = _Watch(run, cell_done)
    # A socket's path may have about 100 characters, so the folder lies in the system's place for temporary files.
    scratch = temporary.folder()
    pool.prepare()
    with scratch as folder, _quiet():
        try:
            executed = papermill.execute_notebook(
                _source(run),
                None,
                parameters=run.given,
                kernel_name="python3",
                language="python",
                progress_bar=False,
                log_output=False,
                # papermill's own `cwd` changes the folder of the whole build, which parallel runs share.
                resources={"metadata": {"path": str(workspace.notebooks)}},
                kernel_manager_class=manager_of(pool, folder, json.dumps(run.given), offline, checked),
                shutdown_kernel="immediate",
                timeout_func=watch.seconds_left,
                # After four seconds nbclient would go on without outputs that have not arrived yet.
                iopub_timeout=_PATIENCE,
                raise_on_iopub_timeout=True,
                on_cell_start=watch.begin,
                on_cell_executed=watch.end,
            )
        except PapermillExecutionError as error:
            # A magic that was called wrongly raises nothing: it prints what is wrong.
            said = error.evalue.strip() or watch.said_last()
            raise watch.failed(workspace, f"{error.ename}: {said}") from error
        except CellTimeoutError as error:
            raise watch.failed(workspace, watch.limit) from error
        except DeadKernelError as error:
            raise watch.died(workspace, _recorded(folder)) from error
        except nbformat.ValidationError as error:
            why = f"it shows something in a form that no notebook can hold: {error.message[:150]}"
            raise watch.failed(workspace, why) from error
        except RuntimeError as error:
            raise watch.not_started(workspace, error) from error
        recorded = _recorded(folder)
    watch.require_whole(workspace, executed, recorded)
    assert recorded is not None
    normalise(executed, workspace.root)
    notebook = (nbformat.writes(executed) + "\n").encode()
    return Executed(notebook, recorded.reads, recorded.uncertain, *watch.times(), recorded.seen)


def _recorded(folder: str) -> Recorded | None:
    """Return what a kernel wrote about itself as it ended; nothing when it could not."""
    written = Path(folder) / "reads.json"
    return Recorded.parse(written.read_text(encoding="utf-8")) if written.is_file() else None


@contextmanager
def _quiet() -> Iterator[None]:
    """Leave out what papermill logs (it is raised), and end what nbclient leaves waiting for a kernel that was ended.

    Python would tell of the latter when it ends, long after the error was. Other parts of the process may be doing this
    as well: each takes away only its own filter, and ends the tasks of its own thread.
    """

    def critical(record: logging.LogRecord) -> bool:
        return record.levelno >= logging.CRITICAL

    loggers = [logging.getLogger(name) for name in ("papermill", "asyncio")]
    for logger in loggers:
        logger.addFilter(critical)
    try:
        yield
    finally:
        _end_tasks()
        for logger in loggers:
            logger.removeFilter(critical)


def _end_tasks() -> None:
    """End what waits in the loop that nbclient keeps for this thread; a loop that runs is somebody else's."""

    async def end() -> None:
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for task in left:
            task.cancel()
        if left:
            await asyncio.wait(left)

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        run_sync(end)()


def _source(run: Run) -> Any:
    """Return what papermill runs."""
    if run.content is not None:
        return deepcopy(run.content)
    return str(run.notebook).replace("{", "{{").replace("}", "}}")  # papermill fills in {name} in paths


class _Watch:
    """Follows one notebook cell by cell."""

    def __init__(self, run: Run, cell_done: Callable[[int, int], None]) -> None:
        self.run, self.cell_done = run, cell_done
        self.begun: list[Any] = []
        self.created = time.monotonic()
        self.first: float | None = None
        self.limit = ""
        self.stopped = ""

    def begin(self, cell: Any, cell_index: int) -> None:
        """Note that a cell begins."""
        self.first = self.first or time.monotonic()
        if cell.cell_type == "code" and not is_injected(cell):
            self.begun.append(cell)

    def end(self, cell: Any, cell_index: int, execute_reply: Any) -> None:
        """Note that a cell has ended, and how: the first that did not end well counts."""
        content = execute_reply["content"]
        asked = any(each.get("source") == "ask_exit" for each in content.get("payload", []))
        if not self.stopped and (content["status"] != "ok" or asked):
            self.failed_at = len(self.begun)
            self.stopped = f"{content.get('ename', 'exit')}: it stopped here"
        if not is_injected(cell):
            self.cell_done(len(self.begun), self.run.cells)

    def seconds_left(self, cell: Any) -> int:
        """Return how long a cell may take: nbclient asks before each."""
        parameters = self.run.parameters
        left = parameters.notebook_timeout - (time.monotonic() - (self.first or time.monotonic()))
        if left < parameters.cell_timeout:
            self.limit = f"the notebook took longer than {parameters.notebook_timeout} seconds (notebook_timeout)"
        else:
            self.limit = f"a cell took longer than {parameters.cell_timeout} seconds (cell_timeout)"
        return max(1, min(parameters.cell_timeout, round(left)))

    def said_last(self) -> str:
        """Return the last line that the cell which was begun last wrote to its messages."""
        outputs = self.begun[-1].get("outputs", []) if self.begun else []
        lines = "".join(each.text for each in outputs if each.get("name") == "stderr").split("\n")
        return next((line.strip() for line in reversed(lines) if line.strip()), "")

    def times(self) -> tuple[float, float]:
        """Return the seconds until the first cell, and since."""
        first = self.first or self.created
        return first - self.created, time.monotonic() - first

    def require_whole(self, workspace: Workspace, executed: Any, recorded: Recorded | None) -> None:
        """Raise `NotebookError` unless the notebook ran from its first to its last cell, and did what was planned."""
        code = [cell for cell in executed.cells if cell.cell_type == "code" and cell.source.strip()]
        if ended := self._ended(workspace, recorded, code):
            raise ended
        for number, cell in enumerate(code, 1):
            errors = [each for each in cell.outputs if each.output_type == "error"]
            if errors:
                raise self.failed(workspace, f"{errors[0].ename}: {errors[0].evalue}", cell)
            if half := half_in(cell.outputs):
                raise self.failed(workspace, f"what it shows holds half of a character (U+{ord(half):04X})", cell)
            if cell.execution_count != number:
                raise self.failed(workspace, "this cell did not run", cell)
        if recorded is None:
            raise self.failed(workspace, "nobody knows what it read")
        if recorded.changed:
            raise self.failed(workspace, f"it gave another value to {', '.join(recorded.changed)}")
        parameters = self.run.parameters
        planned = View(parameters.year, parameters.reference_date, parameters.edition)
        before = View(planned.year - 1, date(planned.year - 1, 12, 31), planned.edition)
        for view in recorded.loaded:
            if view not in (planned, before):
                said = f"year={view.year}, reference_date={view.reference_date}, edition={view.edition}"
                raise self.failed(workspace, f"it loaded another report ({said})")
        if self.run.data and set(recorded.data) - {self.run.data}:
            raise self.failed(workspace, "the data was changed while the report was made")
        if past := self._past_the_view(workspace, recorded):
            why = f"it opens {past} itself: the public edition takes rows from vg only, without what is confidential"
            raise self.failed(workspace, why)
        if undeclared := self._undeclared(workspace, recorded):
            asked = f"name it under inputs in parameters/{self.run.parameters.period}.yml, or copy it into data/"
            raise self.failed(workspace, f"it reads a file that is no input of the report: {undeclared} ({asked})")

    def died(self, workspace: Workspace, recorded: Recorded | None) -> NotebookError:
        """Return the message about a kernel that is gone. Its cell may have ended well, and the next have begun."""
        return self._ended(workspace, recorded, self.begun) or self.failed(workspace, "the kernel died")

    def _ended(self, workspace: Workspace, recorded: Recorded | None, code: list[Any]) -> NotebookError | None:
        """Return the message about the cell that ended the notebook, where one did."""
        if self.stopped:
            del self.begun[self.failed_at :]
            return self.failed(workspace, self.stopped)
        if recorded is None or not recorded.ended:
            return None
        ender = next((cell for cell in code if cell.execution_count == recorded.ended), None)
        return self.failed(workspace, "it ended its own kernel", ender)

    def _past_the_view(self, workspace: Workspace, recorded: Recorded) -> str:
        """Return the first file with rows of every edition that a notebook of the public one opened by its path."""
        if self.run.parameters.edition != "openbaar":
            return ""
        whole = [workspace.table(each.name).resolve() for each in schema.tables()]
        folders = [workspace.sources.resolve(), workspace.adopted_rows.resolve()]
        read = {name: (workspace.root / name).resolve() for name in recorded.reads.files}
        files = {name: path for name, path in read.items() if path.is_file()}
        return next(
            (name for name, path in files.items() if path in whole or any(map(path.is_relative_to, folders))), ""
        )

    def _undeclared(self, workspace: Workspace, recorded: Recorded) -> str:
        """Return the first file that was read, that no bundle would hold and that the parameters do not allow."""
        allowed = [(workspace.root / each).resolve() for each in self.run.parameters.inputs]
        read = {name: (workspace.root / name).resolve() for name in recorded.reads.files}
        if not any(path.is_file() for path in read.values()):
            return ""
        inputs = {path.resolve() for path in workspace.input_files()}
        others = {name: path for name, path in read.items() if path.is_file() and path not in inputs}
        return next(
            (name for name, path in others.items() if not any(path.is_relative_to(each) for each in allowed)), ""
        )

    def not_started(self, workspace: Workspace, error: Exception) -> NotebookError:
        """Return the message about a kernel that ended before the first cell: the notebook has no part in that."""
        if self.begun:
            return self.failed(workspace, str(error))
        run = self.run
        return NotebookError(
            f"The notebook {run.name} could not run for {run.parameters.period}: its kernel did not start: {error}",
            workspace.relative(run.notebook),
            "a computer that has memory, processes and open files for one more Python",
            "Look at what 'ulimit -a' says, close other programs, or let fewer notebooks run at once, with: "
            "voortgang build --jobs 1",
        )

    def failed(self, workspace: Workspace, why: str, cell: Any = None) -> NotebookError:
        """Return the message about a cell: by default the one that was begun last."""
        run = self.run
        if cell is not None:
            begun = [each.get("id") for each in self.begun]
            place = begun.index(cell.get("id")) if cell.get("id") in begun else len(begun)
            self.begun = [*self.begun[:place], cell]
        shown = "".join(f"\n| {line}" for line in self.begun[-1].source.splitlines()[:12]) if self.begun else ""
        given = ", ".join(f"{key}={value!r}" for key, value in run.given.items())
        return NotebookError(
            f"The notebook {run.name} failed for {run.parameters.period}: {why}",
            workspace.relative(run.notebook) + (f", code cell {len(self.begun)}{shown}" if self.begun else ""),
            f"a notebook that runs from top to bottom with {given}",
            "Open the notebook with 'make lab', set these parameters in the cell tagged 'parameters', and run it.",
        )
