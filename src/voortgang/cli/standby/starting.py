"""Start the process that waits, beside a preview."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress

from voortgang.run import fork_server
from voortgang.workspace.paths import Workspace

_PROGRAM = """
import sys
sys.path[:] = {path!r}
from voortgang.cli.standby.sameness import Programs
programs = Programs()
from voortgang.cli.standby.waiting import main
main({root!r}, programs)
"""


class Standby:
    """The process that waits for builds of a workspace. It ends when this process ends, however that ends."""

    def __init__(self) -> None:
        self._alive: object = None

    def start(self, workspace: Workspace) -> None:
        """Start it, where this system can; without it, builds take longer and are the same."""
        if not fork_server.can_fork() or not hasattr(os, "pidfd_open"):
            return
        program = _PROGRAM.format(path=sys.path, root=str(workspace.root))
        options = subprocess._args_from_interpreter_flags()  # type: ignore[attr-defined]
        with suppress(OSError):
            started = subprocess.Popen(
                [sys.executable, *options, "-c", program],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C is for the preview
            )
            self._alive = started.stdin  # the process sees when this closes
            started.wait()  # it goes on as a process of its own
