"""Say how far a build is: bars on a terminal, plain lines elsewhere, JSON lines for programs."""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, TextIO

from voortgang.workspace.paths import Period

What = Literal["planned", "cell", "notebook", "document", "report", "failed"]
Origin = Literal["run", "store"]


@dataclass(frozen=True)
class Event:
    """One thing that happened in a build.

    Attributes
    ----------
    what
        `planned` (with `total` steps), `cell`, `notebook`, `document`, `report`, or `failed`.
    year
        Reporting year.
    name
        Notebook or format.
    origin
        Whether the result was made now or came from the store.
    done, total
        Code cells of the notebook; steps of the year for `planned`.
    workspace
        Name of its folder, where many are built at once.
    """

    what: What
    year: Period
    name: str = ""
    origin: Origin = "run"
    done: int = 0
    total: int = 0
    workspace: str = ""


Listener = Callable[[Event], None]


@dataclass
class Timings:
    """Seconds by step, summed over everything that ran, also at the same time."""

    seconds: dict[str, float] = field(default_factory=dict)
    _lock: Any = field(default_factory=threading.Lock, repr=False)

    def add(self, step: str, seconds: float) -> None:
        """Add seconds to a step."""
        with self._lock:
            self.seconds[step] = self.seconds.get(step, 0.0) + seconds

    @contextmanager
    def measure(self, step: str) -> Iterator[None]:
        """Add the time that the block takes."""
        started = time.perf_counter()
        try:
            yield
        finally:
            self.add(step, time.perf_counter() - started)


@contextmanager
def shown(as_json: bool, stream: TextIO | None = None) -> Iterator[Listener]:
    """Yield the listener that fits the stream, by default standard error."""
    stream = stream or sys.stderr
    if as_json:
        yield _JsonLines(sys.stdout)
    elif stream.isatty():
        with _bars(stream) as listener:
            yield listener
    else:
        yield _Plain(stream)


class _JsonLines:
    """One JSON object a line: the event, and the seconds since the start."""

    def __init__(self, stream: TextIO) -> None:
        self.stream, self.started, self.lock = stream, time.perf_counter(), threading.Lock()

    def __call__(self, event: Event) -> None:
        line = json.dumps({"seconds": round(time.perf_counter() - self.started, 3), **asdict(event)})
        with self.lock:
            print(line, file=self.stream, flush=True)


class _Plain:
    """One line for each notebook that is ready."""

    def __init__(self, stream: TextIO) -> None:
        self.stream, self.lock = stream, threading.Lock()

    def __call__(self, event: Event) -> None:
        if event.workspace:  # what became of each workspace is said when it is done
            return
        line = {
            "notebook": f"{event.year} {event.name}: "
            + (f"{event.total} cells run" if event.origin == "run" else "as it was; nothing that it reads has changed"),
            "failed": f"{event.year} {event.name}: failed",
        }.get(event.what)
        if line:
            with self.lock, suppress(OSError):  # no room to say it: the report goes on
                print(line, file=self.stream, flush=True)


@contextmanager
def _bars(stream: TextIO) -> Iterator[Listener]:
    """Show a bar for the whole, and one for each notebook that runs."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    console = Console(file=stream)
    with Progress(*columns, console=console, transient=True) as progress:
        whole = progress.add_task("Checking data and parameters", total=None)
        running: dict[tuple[Period, str], TaskID] = {}
        reused = 0
        lock = threading.Lock()

        def listen(event: Event) -> None:
            nonlocal reused
            key = (event.year, f"{event.workspace}{event.name}")
            with lock:
                if event.what == "planned":
                    total = progress.tasks[0].total or 0
                    progress.update(whole, total=total + event.total, description="Steps")
                    return
                if event.what == "cell":
                    if key not in running:
                        running[key] = progress.add_task(f"{event.year} {event.name}", total=event.total)
                    progress.update(running[key], completed=event.done)
                    return
                if key in running:
                    progress.remove_task(running.pop(key))
                reused += event.origin == "store"
                note = f" ({reused} from the store)" if reused else ""
                progress.update(whole, advance=1, description=f"Steps{note}")

        yield listen
