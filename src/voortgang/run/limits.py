"""What this computer lets one user have (`ulimit`), where it is less than a build needs; and what a build takes."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from voortgang.errors import VoortgangError

_NEEDED = {
    "RLIMIT_NOFILE": (256, "{} open files", "ulimit -n 1024", "lets voortgang open too few files at once"),
    "RLIMIT_AS": (1_000_000_000, "{} bytes of memory", "ulimit -v unlimited", "gives voortgang too little memory"),
    "RLIMIT_FSIZE": (50_000_000, "{} bytes in one file", "ulimit -f unlimited", "lets voortgang write too small files"),
}
"""By its name in `resource`: the least that works, in words, how to allow it, and what is wrong with less."""


_TRIM, _MAP, _ARENAS, _LARGE = -1, -3, -8, 131_072
"""Settings of `mallopt` in the C library of GNU, and the bytes from which a piece of memory is one of its own."""


def spare_memory() -> None:
    """Let this process give back what it no longer uses, where the system's C library can.

    Otherwise each of its threads keeps a store of its own, and what a report took stays for the next.
    """
    if sys.platform == "linux":
        import ctypes

        with suppress(OSError, AttributeError):  # another C library
            adjust = ctypes.CDLL(None).mallopt
            for setting, value in ((_ARENAS, 1), (_TRIM, _LARGE), (_MAP, _LARGE)):
                adjust(setting, value)


@contextmanager
def settled() -> Iterator[None]:
    """Take all that is there now for what stays: Python does not look through it time and again for what may go.

    What has been imported is ten times what a report makes that may go. What it makes is looked through as often as is
    usual: fifty megabytes less than when that waits, in no more time. Afterwards all is as before.
    """
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(700, 10, 10)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


def require_limits() -> None:
    """Use all that this computer allows, and raise `VoortgangError` when that is less than a build needs.

    Without, it would end in the middle, in a program that cannot say why.
    """
    try:
        import resource
    except ImportError:  # Windows
        return
    for name, (least, words, command, wrong) in _NEEDED.items():
        if not hasattr(resource, name):
            continue
        number = getattr(resource, name)
        soft, hard = resource.getrlimit(number)
        if soft == resource.RLIM_INFINITY or soft >= least:
            continue
        with suppress(OSError, ValueError):
            allowed = least if hard == resource.RLIM_INFINITY or hard >= least else hard
            resource.setrlimit(number, (allowed, hard))
            soft = allowed
        if soft < least:
            raise VoortgangError(
                f"This computer {wrong}.",
                f"the limits where the command was started: {words.format(soft)}",
                f"at least {words.format(least)}",
                f"Raise the limit, for instance with: {command}",
            )
