"""What this computer lets one user have (`ulimit`), where it is less than a build needs."""

from __future__ import annotations

from contextlib import suppress

from voortgang.errors import VoortgangError

_NEEDED = {
    "RLIMIT_NOFILE": (256, "{} open files", "ulimit -n 1024", "lets voortgang open too few files at once"),
    "RLIMIT_AS": (1_000_000_000, "{} bytes of memory", "ulimit -v unlimited", "gives voortgang too little memory"),
    "RLIMIT_FSIZE": (50_000_000, "{} bytes in one file", "ulimit -f unlimited", "lets voortgang write too small files"),
}
"""By its name in `resource`: the least that works, in words, how to allow it, and what is wrong with less."""


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
