"""The clock of this computer, which programs that write zip files look at."""

from __future__ import annotations

import time

from voortgang.errors import VoortgangError

EARLIEST = (1980, 1, 1, 0, 0, 0)
"""The first time that a zip file can hold."""


def require_clock() -> None:
    """Raise `VoortgangError` when the clock is before the first time that a zip file can hold.

    Programs that write workbooks put the time in them, before `archive.without_times` takes it out again.
    """
    now = time.localtime()
    if now[:6] < EARLIEST:
        raise VoortgangError(
            f"The clock of this computer says {now.tm_year}-{now.tm_mon:02}-{now.tm_mday:02}.",
            "this computer",
            "a clock that is right: workbooks and bundles cannot hold a time before 1980",
            "Set the clock, and run the command again.",
        )
