"""Hear the signals that every program hears, in a command and in a kernel alike."""

from __future__ import annotations

import signal


def hear_signals() -> None:
    """Hear what a process is told by default, also where whoever started it ignores that, as some schedulers do.

    Where SIGCHLD is ignored, nobody learns how a program ended, and Python takes it that all went well. Where SIGTERM
    is, a pool of processes never ends.
    """
    for name in ("SIGCHLD", "SIGTERM"):
        number = getattr(signal, name, None)  # Windows has no children in this sense
        if number is not None and signal.getsignal(number) == signal.SIG_IGN:
            signal.signal(number, signal.SIG_DFL)
