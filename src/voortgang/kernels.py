"""How the build talks to its kernels."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from jupyter_client.manager import AsyncKernelManager
from traitlets import default


class LocalKernelManager(AsyncKernelManager):
    """A kernel manager that uses sockets in the file system, readable by this user only, instead of network ports.

    Windows has no such sockets for ZeroMQ; there the kernel listens on the loopback address.
    """

    @default("transport")
    def _default_transport(self) -> str:
        return "tcp" if sys.platform == "win32" else "ipc"

    @default("ip")
    def _default_ip(self) -> str:
        if self.transport != "ipc":
            return "127.0.0.1"
        # Jupyter's own default is a path relative to the working folder, which the kernel does not share. A socket's
        # path may have about 100 characters, so it lies in the system's folder for temporary files.
        self._sockets = Path(tempfile.mkdtemp(prefix="voortgang-"))
        return str(self._sockets / "kernel")

    async def _async_start_kernel(self, **options: Any) -> None:
        # What a cell prints travels to the notebook. What the kernel itself prints beside that (warnings, and the
        # traceback of being interrupted) is not for the user of the build: the error says what happened.
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        await super()._async_start_kernel(**options, **quiet)

    start_kernel = _async_start_kernel

    async def _async_cleanup_resources(self, *args: Any, **kwargs: Any) -> None:
        await super()._async_cleanup_resources(*args, **kwargs)
        if sockets := getattr(self, "_sockets", None):
            shutil.rmtree(sockets, ignore_errors=True)

    cleanup_resources = _async_cleanup_resources
