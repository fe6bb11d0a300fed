"""An IPython extension that the build loads into each of its kernels, before the first cell."""

from __future__ import annotations

import json
import os
import random
import sys
from pathlib import Path
from typing import Any

from jupyter_client.jsonutil import json_default
from jupyter_client.session import json_packer

from voortgang.check import recorder

READS = "VOORTGANG_READS"
"""Environment variable: the file that a kernel writes to what it has read."""

PARAMETERS = "VOORTGANG_PARAMETERS"
"""Environment variable: the parameters of the run, as JSON."""

_PR_SET_CHILD_SUBREAPER = 36  # <linux/prctl.h>

OFFLINE = "VOORTGANG_OFFLINE"
"""Environment variable: set where a kernel may not reach the network."""


def load_ipython_extension(shell: Any) -> None:
    """Give random numbers a fixed start, adopt orphans, publish what cells ask for, and record what is read."""
    import numpy as np

    from voortgang.notebook.charts.drawing import register_fonts
    from voortgang.run.own_outputs import publish_own

    random.seed(0)
    np.random.seed(0)
    # What a chart without the engine's own functions needs to look as it does with them.
    register_fonts()
    publish_own(shell)
    _adopt_orphans()
    shell.kernel.session.pack = _packed
    given = json.loads(os.environ.get(PARAMETERS, "{}"))
    recorder.record(shell, Path(os.environ[READS]), given)
    if OFFLINE in os.environ:
        sys.addaudithook(_no_network)


def _packed(message: object) -> bytes:
    """Return a message as JSON. Half of a character is written as an escape: the build names the cell that shows it.

    Jupyter sends another character, or none of the message, and now and then no later message either.
    """
    try:
        packed = bytes(json_packer(message))
        packed.decode()
    except UnicodeError:
        return json.dumps(message, default=json_default).encode("ascii")
    return packed


def _adopt_orphans() -> None:
    """Become the parent of what loses its own among the descendants of this process: the build ends them with it."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _no_network(event: str, arguments: tuple[Any, ...]) -> None:
    """Stop Python code that connects or looks up a name; it does not stop a program that a notebook starts."""
    local = event == "socket.connect" and not isinstance(arguments[1], tuple)  # a socket in the file system
    if event in {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"} and not local:
        raise PermissionError(f"this notebook reaches for the network ({event}: {arguments[-1] or arguments[0]})")
