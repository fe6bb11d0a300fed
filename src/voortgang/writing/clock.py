"""The clock of this computer: which programs that write zip files look at, and by which a day has not come yet."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta

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


def latest_day() -> date:
    """Return the last day that has begun anywhere: who works after midnight, or far east, is not ahead of time."""
    return (datetime.now(UTC) + timedelta(hours=14)).date()
