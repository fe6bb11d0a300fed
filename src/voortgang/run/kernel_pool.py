"""The owner of a build's kernels: it starts, lends and ends them."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterable
from contextlib import suppress

import psutil

from voortgang.run import fork_server


class KernelPool:
    """The kernels of one build.

    A pool that has ended starts no kernel any more; another build has another pool. So an error in one leaves nothing
    behind for the next, in a process that lives long as well.

    Parameters
    ----------
    fresh
        Whether each kernel is a new Python, also where it could be forked.

    Attributes
    ----------
    warm
        Whether kernels are forked.
    """

    def __init__(self, fresh: bool = False) -> None:
        self.warm = not fresh and fork_server.can_fork()
        self._live: dict[int, str] = {}
        self._lock = threading.Lock()
        self._ended = threading.Event()

    @property
    def ended(self) -> bool:
        """Whether it starts no kernel any more."""
        return self._ended.is_set()

    @property
    def live(self) -> frozenset[int]:
        """The processes of the kernels that run now."""
        with self._lock:
            return frozenset(self._live)

    def prepare(self) -> None:
        """Start the process that warm kernels are forked from, unless it runs."""
        if self.warm:
            fork_server.start()

    def lend(self, pid: int, mark: str) -> None:
        """Note that a kernel runs; one that began while the pool ended is ended.

        Parameters
        ----------
        mark
            A text that stands in the environment of the kernel and of the programs that it starts.
        """
        with self._lock:
            self._live[pid] = mark
        if self.ended:
            self._kill(pid, mark)

    def take_back(self, pid: int) -> None:
        """Note that a kernel has ended."""
        with self._lock:
            self._live.pop(pid, None)

    def end(self) -> None:
        """End every kernel, and those that are just starting, with all that they have started."""
        self._ended.set()
        with self._lock:
            live = list(self._live.items())
        for pid, mark in live:
            self._kill(pid, mark)

    @staticmethod
    def _kill(pid: int, mark: str) -> None:
        found = started_by(pid, mark)
        # One that was just forked has no group of its own yet.
        for end in (os.killpg, os.kill):
            with suppress(ProcessLookupError, PermissionError):
                end(pid, signal.SIGKILL)
        end_all(found)


def started_by(pid: int, mark: str) -> list[psutil.Process]:
    """Return what a kernel has started, also what runs in a session of its own or has lost the process in between.

    A kernel adopts orphans while it lives. What outlives it is known by the mark in its environment. A process that is
    confined without a system of its own sees no others; who started it ends what is left.
    """
    found: dict[int, psutil.Process] = {}
    with suppress(psutil.Error, OSError):
        found = {each.pid: each for each in psutil.Process(pid).children(recursive=True)}
    with suppress(OSError):  # the list of processes is closed
        for process in psutil.process_iter():
            with suppress(psutil.Error, OSError):
                if process.pid not in (pid, os.getpid()) and mark in process.environ().values():
                    found[process.pid] = process
    return list(found.values())


def end_all(processes: Iterable[psutil.Process]) -> None:
    """End processes; one whose number was given to another since is left alone."""
    for process in processes:
        with suppress(psutil.Error):
            process.kill()
