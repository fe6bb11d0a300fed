"""End a command soon after Ctrl-C or a request to end, whatever its threads are doing."""

from __future__ import annotations

import atexit
import gc
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any

import click

from voortgang.cli.interpreter import start_usual_python
from voortgang.run.signals import hear_signals

PATIENCE = 1.2
"""Seconds in which a command may end by itself."""

STOPPED = "Stopped. Each report is whole: as it was, or made anew."

_HANGUP = getattr(signal, "SIGHUP", None)  # Windows has no terminal that hangs up
_SIGNALS = tuple(filter(None, (signal.SIGINT, signal.SIGTERM, _HANGUP)))


class Program(click.Group):
    """Commands that are a process of their own."""

    def main(self, *args: Any, standalone_mode: bool = True, **extra: Any) -> Any:
        """Perform a command; by default the process ends with it."""
        if standalone_mode and not args:
            start_usual_python()
            hear_signals()
            # Python looks for what only refers to itself among all that was imported: a twentieth of a short command.
            gc.set_threshold(50_000, 20, 20)
        try:
            return super().main(*args, standalone_mode=standalone_mode, **extra)  # type: ignore[call-overload]
        finally:
            if standalone_mode:
                # It has done its work or said why not; a late Ctrl-C must not turn its end into a crash.
                for number in _SIGNALS:
                    signal.signal(number, signal.SIG_IGN)
                # Memory goes with the process: Python need not look through it twice as it ends, a tenth of a check.
                gc.freeze()


@contextmanager
def ending_promptly() -> Iterator[None]:
    """Let Ctrl-C, SIGTERM and SIGHUP raise `KeyboardInterrupt`, and end this process when that takes too long.

    A thread in the middle of a document cannot be stopped from within Python, and Python waits for it at its end.
    Elsewhere than in the main thread nothing changes: there nobody can be told of signals.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    asked = False

    def stop(number: int, frame: FrameType | None) -> None:
        nonlocal asked
        if asked:  # once is enough: it is ending
            return
        asked = True
        if hasattr(signal, "setitimer"):
            # No thread: this may stand in the middle of anything, also of the start of one.
            signal.signal(signal.SIGALRM, _end)
            signal.setitimer(signal.ITIMER_REAL, PATIENCE)
            atexit.register(signal.setitimer, signal.ITIMER_REAL, 0)
        raise KeyboardInterrupt

    # Under nohup a terminal that hangs up stops nothing.
    heard = [number for number in _SIGNALS if number != _HANGUP or signal.getsignal(number) != signal.SIG_IGN]
    before = {number: signal.signal(number, stop) for number in heard}
    try:
        yield
    finally:
        if not asked:
            for number, handler in before.items():
                signal.signal(number, handler)


def end_children() -> None:
    """End every process that this one started; the process that kernels come from would first do its imports."""
    import psutil  # no sooner: it takes as long to import as all that a command needs to find that nothing has changed

    with suppress(psutil.Error):
        for child in psutil.Process().children(recursive=True):
            with suppress(psutil.Error):
                child.kill()


def _end(number: int, frame: FrameType | None) -> None:
    end_children()
    os._exit(130)
