"""Start a kernel that is kept from all but what its notebook needs, for notebooks from elsewhere.

It is called as `python -m voortgang.run.confined_kernel`. Such a kernel runs in a process that is confined already
(`readers.confined_verification`). This keeps it from that process as well: it reads the workspace and writes in its own
folder, so it can change neither another notebook's inputs nor what becomes of its own outputs.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from voortgang.run.confinement import Room, confine_further
from voortgang.run.own_settings import launch

FOLDERS = "VOORTGANG_CONFINED"
"""Environment variable: the kernel's own folder, and the workspace that it may read, with the separator of PATH."""

_CHARTS = "MPLCONFIGDIR"


def _prepare(own: Path) -> None:
    """Let everything that writes by itself write in the kernel's own folder, such as matplotlib its list of fonts."""
    if known := os.environ.get(_CHARTS):
        os.environ[_CHARTS] = str(shutil.copytree(known, own / "matplotlib"))
    os.environ["HOME"] = os.environ["TMPDIR"] = tempfile.tempdir = str(own)


if __name__ == "__main__":
    _own, _workspace = map(Path, os.environ[FOLDERS].split(os.pathsep))
    _prepare(_own)
    confine_further(Room((_workspace,), _own))
    launch()
