"""The process that warm kernels are forked from: Python's own fork server, with what notebooks import already imported.

It runs nothing else and has neither threads nor ZeroMQ sockets, so a child of it is as clean as a new Python.
"""

from __future__ import annotations

import multiprocessing
import os
import select
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

from voortgang.writing import temporary

PRELOAD = "VOORTGANG_PRELOAD"
"""Environment variable: set in the fork server once it has the environment of kernels."""

_STYLE = Path(__file__).parents[1] / "notebook" / "voortgang.mplstyle"
ENVIRONMENT = {
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    "PYTHONHASHSEED": "0",
    # IPython runs the file that it names in each kernel.
    "PYTHONSTARTUP": "",
    "TZ": "UTC",
    "LC_ALL": "C.UTF-8",
    "MATPLOTLIBRC": str(_STYLE),
    # A kernel says so itself, but too late for one that is forked with matplotlib in it.
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}
"""Environment of every kernel: what would otherwise differ between users and computers, and show in a result."""

children = threading.Lock()
"""Held while children are started or asked about: multiprocessing keeps their state in one place for all threads."""


def can_fork() -> bool:
    """Return whether warm kernels work here. macOS has `fork`, but its system libraries do not survive it."""
    return sys.platform == "linux"


def start() -> None:
    """Start the process that warm kernels are forked from, unless it runs.

    It imports what notebooks import. It ends when the build and the last kernel have ended. It takes the environment of
    kernels itself (`preload`): to change that of this process for it, while another thread starts a program, would end
    that program with "Bad address", now and then.
    """
    from multiprocessing import forkserver

    # Its socket lies in a folder of ours: what multiprocessing makes itself stays when the build is killed.
    multiprocessing.current_process()._config.setdefault("tempdir", temporary.kept_folder("sockets"))  # type: ignore[attr-defined]
    with children:
        multiprocessing.set_forkserver_preload(["voortgang.run.preload"])
        forkserver._forkserver.ensure_running()  # `inherit` puts another in its place


def end() -> None:
    """End that process, which takes some 100 MB; kernels that run go on. `start` starts another."""
    from multiprocessing import forkserver

    with children:
        forkserver._forkserver._stop()  # type: ignore[attr-defined]  # there is no other way


def inherit() -> None:
    """Let this process, which was just forked, use that of the one that it was forked from, as long as that runs.

    It is no child of this process, which can neither ask for its exit code nor end it: `start` only looks whether it
    runs, and `end` leaves it alone.
    """
    from multiprocessing import forkserver

    server: Any = forkserver._forkserver
    process, server._forkserver_pid = server._forkserver_pid, None

    def ensure_running() -> None:
        if not _runs(process):
            del server.ensure_running
            os.close(server._forkserver_alive_fd)
            server._forkserver_alive_fd = server._forkserver_address = None
            server.ensure_running()

    server.ensure_running = ensure_running


def _runs(process: int) -> bool:
    """Return whether a process runs; one that has ended and that nobody has asked about yet does not."""
    try:
        watched = os.pidfd_open(process)
    except ProcessLookupError:
        return False
    try:
        asked = select.poll()
        asked.register(watched, select.POLLIN)
        return not asked.poll(0)
    finally:
        os.close(watched)


@contextmanager
def children_allowed() -> Iterator[None]:
    """Let a daemonic process start children, as a worker of Dask is one.

    Multiprocessing forbids it because they would be left behind when the daemon is ended; a kernel ends by itself then.
    """
    settings = multiprocessing.current_process()._config  # type: ignore[attr-defined]
    before = settings.get("daemon")
    settings["daemon"] = False
    try:
        yield
    finally:
        settings["daemon"] = before


@contextmanager
def without_main() -> Iterator[None]:
    """Start a child that does not import the program that started it: a kernel is not a second build."""
    program = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = program
