"""Where tasks are done: processes of this computer, or the workers of a Dask cluster. The tasks are the same."""

from __future__ import annotations

import logging
import multiprocessing
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from typing import Protocol

from voortgang.assemble.render import Chosen
from voortgang.build.cluster.perform import other_versions, perform, versions
from voortgang.build.cluster.task import Outcome, Task
from voortgang.errors import ClusterError, needs
from voortgang.writing import temporary

TRIES = 4
"""How often a task is tried before the build says that it cannot be done."""

_PATIENCE = 10
"""Seconds to wait for a scheduler, and for its first worker."""


class Pool(Protocol):
    """Something that does tasks."""

    def submit(self, task: Task) -> Future[Outcome]:
        """Ask for a task to be done."""

    def width(self) -> int:
        """Return how many tasks it does at once, now."""


class LocalPool:
    """Processes of this computer.

    A process that dies takes its siblings with it in `ProcessPoolExecutor`; then there are new ones, and who asked gets
    `BrokenProcessPool` and may ask again.

    Parameters
    ----------
    jobs
        How many.
    """

    def __init__(self, jobs: int) -> None:
        self.jobs = jobs
        self._executor = self._started()

    def submit(self, task: Task) -> Future[Outcome]:
        """Ask for a task to be done."""
        try:
            return self._executor.submit(perform, task)
        except BrokenProcessPool:
            self._executor.shutdown(wait=False)
            self._executor = self._started()
            return self._executor.submit(perform, task)

    def width(self) -> int:
        """Return how many tasks it does at once."""
        return self.jobs

    def close(self) -> None:
        """End the processes and what they are doing, and remove what they leave."""
        processes = list((self._executor._processes or {}).values())
        self._executor.shutdown(wait=False, cancel_futures=True)
        for process in processes:
            process.terminate()
        for process in processes:
            process.join()
        temporary.clear_left_behind()

    def _started(self) -> ProcessPoolExecutor:
        # A forked process would have the locks of this one's threads.
        return ProcessPoolExecutor(self.jobs, mp_context=multiprocessing.get_context("spawn"))


@contextmanager
def local_pool(jobs: int) -> Iterator[Pool]:
    """Yield a pool of processes on this computer."""
    pool = LocalPool(jobs)
    try:
        yield pool
    finally:
        pool.close()


class DaskPool:
    """The workers of a Dask cluster: the scheduler gives the tasks of a lost worker to another."""

    def __init__(self, executor: Executor, workers: _Workers) -> None:
        self._executor, self._workers = executor, workers

    def submit(self, task: Task) -> Future[Outcome]:
        """Ask for a task to be done."""
        with _scheduler_stays():
            return self._executor.submit(perform, task)

    def width(self) -> int:
        """Return how many tasks the cluster does at once, now: workers may come and go."""
        with _scheduler_stays():
            return max(1, sum(self._workers.nthreads().values()))


@contextmanager
def _scheduler_stays() -> Iterator[None]:
    try:
        yield
    except (OSError, RuntimeError) as error:  # a connection that was closed, or a client that has closed itself
        raise scheduler_gone() from error


def scheduler_gone() -> ClusterError:
    """Return the error about a scheduler that ended while tasks were under way."""
    return ClusterError(
        "The scheduler has gone.",
        "while tasks were under way",
        "a scheduler that stays until the build is done",
        "Start it, and give the same command again: what was finished is kept.",
    )


class _Workers(Protocol):
    def nthreads(self) -> dict[str, int]:
        """Return the threads of each worker."""


@contextmanager
def dask_pool(address: str, engine: Chosen) -> Iterator[Pool]:
    """Yield a pool of the workers that a Dask scheduler has.

    Raises
    ------
    ClusterError
        When no scheduler or worker answers, or a worker has other versions than this computer.
    MissingExtra
        When Dask is not installed.
    """
    with needs("cluster"):
        from distributed import Client
    # What Dask logs of a scheduler that goes, an error of this program says.
    for name in ("distributed", "distributed.client"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    try:
        client = Client(address, timeout=_PATIENCE, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        raise ClusterError(
            f"No scheduler answers: {error}", address, "the address of a Dask scheduler", "Start it, or correct it."
        ) from error
    try:
        try:
            client.wait_for_workers(1, timeout=_PATIENCE)
        except TimeoutError as error:
            raise ClusterError(
                "The scheduler has no workers.",
                address,
                "at least one",
                f"Start workers, with: dask worker {address}",
            ) from error
        _require_same_versions(client.run(versions, engine, on_error="return"), engine)
        yield DaskPool(client.get_executor(pure=False, retries=TRIES - 1), client)
    finally:
        with suppress(Exception):  # a scheduler that has gone cannot be said goodbye to
            client.close(timeout=5)


def _require_same_versions(answers: dict[str, dict[str, str] | BaseException], engine: Chosen) -> None:
    """Raise `ClusterError` unless every worker has what this computer has."""
    ours = versions(engine)
    for worker, theirs in answers.items():
        if isinstance(theirs, BaseException):
            raise other_versions(worker, f"{type(theirs).__name__}: {theirs}") from theirs
        names = [name for name in sorted(ours.keys() | theirs.keys()) if ours.get(name) != theirs.get(name)]
        if names:
            shown = (f"{name} {theirs.get(name, 'absent')}, here {ours.get(name, 'absent')}" for name in names)
            raise other_versions(worker, "; ".join([*shown][:5]))
