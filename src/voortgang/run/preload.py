"""What the fork server imports once for all warm kernels: it knows modules, not functions, so importing this acts."""

from __future__ import annotations

import gc
import os
from contextlib import suppress
from importlib import import_module

import voortgang.notebook
from voortgang.run.fork_server import PRELOAD

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
    "voortgang.run.kernels",
)


def prepare() -> None:
    """Import what kernels need, and draw a chart."""
    for name in _LATE:
        with suppress(ImportError):  # another version of these packages may not have the module: nothing needs it then
            import_module(name)
    voortgang.notebook.prepare()
    gc.freeze()


if PRELOAD in os.environ:
    prepare()
