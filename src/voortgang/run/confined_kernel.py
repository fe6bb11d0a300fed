"""Start a kernel that may write only in its own folders, for notebooks from elsewhere.

It is called as `python -m voortgang.run.confined_kernel`.

Landlock is part of Linux since 5.13. What it takes away stays away, also for programs that a notebook starts. Where it
is absent (macOS, Windows, an older Linux) a kernel can write wherever its user may; verification says so.
"""

from __future__ import annotations

import os
import runpy
import sys

FOLDERS = "VOORTGANG_CONFINED"
"""Environment variable: the folders that a kernel may write in, with the separator of PATH."""


def available() -> bool:
    """Return whether this computer can keep a kernel from writing elsewhere."""
    if sys.platform != "linux":
        return False
    from landlock import LandlockError, landlock_abi_version

    try:
        return bool(landlock_abi_version() > 0)
    except LandlockError:
        return False


def confine(folders: list[str]) -> None:
    """Give up the right to write, make or remove anything outside some folders, for this process and its children."""
    from landlock import FSAccess, Ruleset

    reading = FSAccess.READ_FILE | FSAccess.READ_DIR | FSAccess.EXECUTE
    changing = FSAccess.all() & ~reading
    rules = Ruleset(changing)
    rules.allow(*folders, rules=changing)
    # The null device is where kernels send what nobody reads.
    rules.allow("/dev/null", rules=changing & FSAccess.all_file())
    rules.apply()


if __name__ == "__main__":
    if available():
        confine(os.environ[FOLDERS].split(os.pathsep))
    runpy.run_module("ipykernel_launcher", run_name="__main__", alter_sys=True)
