"""What is under way while reports are made: years, and notebooks that have run."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

from voortgang.build.unchanged import Elsewhere
from voortgang.run.plan import Plan


@dataclass(frozen=True)
class Made:
    """A report that was made: the warnings that belong to it, and what its notebooks read beside rows."""

    warnings: tuple[str, ...]
    elsewhere: Elsewhere


@contextmanager
def threads(count: int) -> Iterator[ThreadPoolExecutor]:
    """Wait for what threads do, unless there is an error: then what has not begun does not begin."""
    pool = ThreadPoolExecutor(count)
    try:
        yield pool
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    pool.shutdown()


@dataclass(frozen=True)
class Ran:
    """A notebook with its outputs; one that is fresh is yet to be prepared for the report."""

    notebook: bytes
    fresh: bool


@dataclass
class Year:
    """One report on its way: its plan, and the notebooks that are ready so far."""

    planned: Plan
    executed: dict[str, bytes] = field(default_factory=dict)
    begun: float = field(default_factory=time.monotonic)

    @property
    def complete(self) -> bool:
        """Whether every notebook is ready."""
        return len(self.executed) == len(self.planned.runs)
