"""What the fork server imports once for all warm kernels: it knows modules, not functions, so importing this acts."""

from __future__ import annotations

import gc
import os
from contextlib import suppress
from importlib import import_module
from pathlib import Path

import voortgang.notebook
from voortgang.errors import VoortgangError
from voortgang.fork_server import VARIABLE
from voortgang.workspace import Workspace

# What a kernel imports while it starts, and a chart when it is drawn.
_LATE = (
    "IPython.core.completerlib",
    "IPython.extensions.storemagic",
    "ipykernel.debugger",
    "ipykernel.ipkernel",
    "ipykernel.kernelapp",
    "ipykernel.zmqshell",
    "matplotlib.backends.backend_svg",
    "matplotlib.style",
    "matplotlib_inline.config",
    "tornado.platform.asyncio",
    "voortgang.kernels",
)


def prepare(workspace: Path) -> None:
    """Import what kernels need, draw a chart, and read and check the workspace."""
    for name in _LATE:
        with suppress(ImportError):  # another version of these packages may not have the module: nothing needs it then
            import_module(name)
    voortgang.notebook.prepare()
    # Wrong data is reported by the check of the build, and by the notebook's own cell.
    with suppress(VoortgangError):
        voortgang.notebook.sound_data(Workspace.find(workspace))
    gc.freeze()


if VARIABLE in os.environ:
    prepare(Path(os.environ[VARIABLE]))
