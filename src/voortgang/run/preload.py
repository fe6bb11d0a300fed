"""What the fork server imports once for all warm kernels: it knows modules, not functions, so importing this acts."""

from __future__ import annotations

import gc
import multiprocessing
import os
import sys
from contextlib import suppress
from importlib import import_module

from voortgang.run.fork_server import ENVIRONMENT, PRELOAD

# What a kernel imports while it starts, a table when it is turned, and a chart when it is drawn.
_LATE = (
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.logger",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "encodings.utf_8_sig",
    "faulthandler",
    "ipykernel.debugger",
    "ipykernel.ipkernel",
    "ipykernel.kernelapp",
    "ipykernel.zmqshell",
    "matplotlib.backends.backend_svg",
    "matplotlib.style",
    "matplotlib_inline.config",
    "pandas.core.reshape.reshape",
    "sqlite3",
    "tornado.platform.asyncio",
    "voortgang.run.kernels",
    "zmq.utils.garbage",
)
_SERVER = "from multiprocessing.forkserver import main"
"""How the command begins that the fork server runs."""

MAIN = multiprocessing.current_process()
"""What a new Python takes itself for; a child of this process takes itself for another, until it forgets that."""


def prepare() -> None:
    """Import what kernels need, and draw a chart."""
    gc.disable()  # what is imported stays: to look through it for what may go is a tenth of the time
    import voortgang.notebook

    for name in _LATE:
        with suppress(ImportError):  # another version of these packages may not have the module: nothing needs it then
            import_module(name)
    for name in voortgang.notebook.__all__:
        getattr(voortgang.notebook, name)  # what draws is imported only now
    voortgang.notebook.prepare()
    # It tells the shell of its kernel about itself while it is imported, and here is no shell.
    sys.modules.pop("matplotlib_inline.backend_inline", None)
    gc.freeze()
    gc.enable()


if PRELOAD in os.environ:
    prepare()
elif sys.orig_argv[-1].startswith(_SERVER):
    # Begin again, in the environment of kernels: some of it counts only while Python starts, and none of it where the
    # build was started with -E. A kernel that is not forked has no options of the build either.
    os.execve(sys.executable, [sys.executable, *sys.orig_argv[-2:]], os.environ | ENVIRONMENT | {PRELOAD: "1"})
