"""Who asks for what happens now in a kernel: the notebook, or a package or the kernel itself."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from types import FrameType

_OWN = ("voortgang.check.who_asks", "voortgang.check.recorder")
_OPEN_OF_IPYTHON = "_modified_open"
"""What `open` is in a notebook: IPython looks at its first argument."""

_KERNEL = {"IPython", "asyncio", "debugpy", "ipykernel", "jupyter_client", "tornado", "voortgang", "zmq"}
"""What the threads of a kernel itself run; a thread in which none of them stands was started for the notebook."""


def by_notebook(packages: tuple[str, ...], directly: bool) -> bool:
    """Return whether code of the notebook, of a module beside it, or a thread that it started does what is done now.

    Parameters
    ----------
    packages
        Folders of Python, its packages and this engine, as the beginnings of paths.
    directly
        Whether what a package does for the notebook is left out.
    """
    modules = set()
    for frame in _frames():
        source, name = frame.f_code.co_filename, str(frame.f_globals.get("__name__", ""))
        if source.startswith("<frozen importlib"):
            return False  # a package that is being imported
        if not source.startswith(("<", *packages)):
            return True
        modules.add(name.partition(".")[0])
        # What the standard library does, it does for its caller.
        if directly and name.partition(".")[0] not in sys.stdlib_module_names:
            return False
    own_thread = threading.current_thread() is not threading.main_thread()
    return own_thread and not directly and not modules & _KERNEL


def at_once(packages: tuple[str, ...]) -> bool:
    """Return whether the notebook, or a module beside it, asks for what is done now without anything in between.

    How Python finds a module counts as nothing.
    """
    for frame in _frames():
        source, name = frame.f_code.co_filename, str(frame.f_globals.get("__name__", ""))
        if not source.startswith("<frozen importlib") and name.partition(".")[0] != "importlib":
            return not source.startswith(("<", *packages))
    return False


def importing() -> bool:
    """Return whether a module is being imported now."""
    return any(frame.f_code.co_filename.startswith("<frozen importlib") for frame in _frames())


def through() -> Iterator[str]:
    """Yield the names of the functions of the standard library through which something is asked for."""
    for frame in _frames():
        if str(frame.f_globals.get("__name__", "")).partition(".")[0] not in sys.stdlib_module_names:
            return
        yield frame.f_code.co_name


def _frames() -> Iterator[FrameType]:
    """Yield the frames from what happens now to what began it, without those that watch."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        if frame.f_globals.get("__name__") not in _OWN and frame.f_code.co_name != _OPEN_OF_IPYTHON:
            yield frame
        frame = frame.f_back
