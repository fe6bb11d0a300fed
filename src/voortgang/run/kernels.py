"""How the build starts kernels and talks to them.

A fresh kernel is a Python of its own. A warm one is forked from a process that has imported what notebooks import; it
is as clean, because that process runs nothing else and has neither threads nor ZeroMQ sockets. Both get the same
environment, so that they give the same bytes.
"""

from __future__ import annotations

import importlib.util
import itertools
import multiprocessing
import multiprocessing.util
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from multiprocessing import connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from queue import Empty
from typing import Any

from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from voortgang.check.checked_data import CHECKED
from voortgang.run import fork_server, own_settings
from voortgang.run.confined_kernel import FOLDERS
from voortgang.run.kernel_extension import OFFLINE, PARAMETERS, READS
from voortgang.run.kernel_pool import KernelPool, end_all, started_by
from voortgang.run.signals import hear_signals

PROVISIONER = "voortgang-warm"
"""Name under which `pyproject.toml` registers the provisioner of warm kernels with jupyter_client."""

MOST = 100_000_000
"""Characters that are kept of what a cell prints; a cell that prints without end ends by its time limit."""

_ARGUMENTS = ["-f", "{connection_file}", "--ext", "voortgang.run.kernel_extension"]


class LocalKernelClient(AsyncKernelClient):
    """A client that is ready as soon as the kernel is; the original waits a fifth of a second for silence."""

    def start_channels(self, *args: Any, **kwargs: Any) -> None:
        """Start the channels without a heartbeat: nobody asks for it, and stopping it takes time."""
        super().start_channels(*args, **{**kwargs, "hb": False})
        self.iopub_channel.get_msg = bounded(self.iopub_channel.get_msg)

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Wait until the kernel has answered, and its last message about that answer has arrived."""
        deadline = time.monotonic() + (timeout or 60)
        # A kernel says welcome to who listens; what it said before is lost.
        await self._until(deadline, lambda message: message["msg_type"] == "iopub_welcome")
        asked = self.kernel_info()
        await self._until(
            deadline,
            lambda message: (
                message["parent_header"].get("msg_id") == asked and message["content"].get("execution_state") == "idle"
            ),
        )
        try:
            await self.shell_channel.get_msg(timeout=max(0.5, deadline - time.monotonic()))
        except Empty:
            raise RuntimeError("the kernel does not answer") from None

    async def _until(self, deadline: float, fits: Callable[[dict[str, Any]], bool]) -> None:
        while True:
            with suppress(Empty):
                if fits(await self.iopub_channel.get_msg(timeout=0.5)):
                    return
                continue
            if self.parent is None or not await self.parent.is_alive():
                raise RuntimeError("the kernel died before it answered")
            if time.monotonic() > deadline:
                raise RuntimeError("the kernel does not answer")


class FreshKernelManager(AsyncKernelManager):
    """Starts a Python for each kernel, and talks to it over sockets in a folder that only this user may read.

    Windows has no such sockets for ZeroMQ; there the kernel listens on the loopback address.

    Attributes
    ----------
    pool
        Whose kernel it is.
    folder
        Folder for the sockets and what else a kernel leaves; its owner removes it.
    given
        The parameters of the run, as JSON.
    offline
        Whether a cell that reaches for the network, or writes elsewhere, fails.
    checked
        File with the data that the build has checked, for a kernel that is forked; none when empty.
    """

    pool: KernelPool
    folder: str
    given: str
    offline: bool
    checked: str

    def __init__(self, **options: Any) -> None:
        sockets = sys.platform != "win32"
        super().__init__(
            transport="ipc" if sockets else "tcp",
            # Jupyter's own default is a path relative to the working folder, which the kernel does not share.
            ip=str(Path(self.folder) / "kernel") if sockets else "127.0.0.1",
            connection_file=str(Path(self.folder) / "kernel.json"),
            client_factory=LocalKernelClient,
            **options,
        )
        # The kernel is not there yet when the client looks for it first.
        self.context.reconnect_ivl = 10

    @property
    def kernel_spec(self) -> KernelSpec:
        """Ask for this very Python: a kernel that the user has installed under the same name is not asked for."""
        program = ("-m", "voortgang.run.confined_kernel") if self.offline else ("-c", own_settings.PROGRAM)
        argv = [sys.executable, *program, *_ARGUMENTS]
        return KernelSpec(argv=argv, display_name="Python 3", language="python")

    async def _async_start_kernel(self, **options: Any) -> None:
        # What a cell prints travels to the notebook. What the kernel itself prints beside that (warnings, and the
        # traceback of being interrupted) is not for the user of the build: the error says what happened.
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        own = self._own_environment(options.get("cwd") or ".")
        environment = dict(options.pop("env", os.environ)) | fork_server.ENVIRONMENT | own
        await super()._async_start_kernel(**options, env=environment, **quiet)
        if pid := getattr(self.provisioner, "pid", None):
            self.pool.lend(pid, self._mark)

    start_kernel = _async_start_kernel

    async def _async_shutdown_kernel(self, now: bool = False, restart: bool = False) -> None:
        pid = getattr(self.provisioner, "pid", None)
        left = started_by(pid, self._mark) if pid else []
        await super()._async_shutdown_kernel(now, restart)
        end_all(left)

    shutdown_kernel = _async_shutdown_kernel

    @property
    def _mark(self) -> str:
        """What stands in the environment of this kernel and of no other."""
        return str(Path(self.folder) / "reads.json")

    def _own_environment(self, folder: str) -> dict[str, str]:
        """Return what is told to this kernel alone; `folder` is where its notebook lies."""
        # A folder of its own keeps the user's own start-up files of IPython out.
        own = {READS: self._mark, "IPYTHONDIR": str(Path(self.folder) / "ipython")}
        own[PARAMETERS] = self.given
        if self.offline:
            own[OFFLINE] = "1"
            # The folder that it writes in, and the workspace that it reads.
            own[FOLDERS] = os.pathsep.join([self.folder, str(Path(folder).resolve().parent)])
        return own

    async def _async_cleanup_resources(self, restart: bool = False) -> None:
        self.pool.take_back(getattr(self.provisioner, "pid", None) or 0)
        await super()._async_cleanup_resources(restart)

    cleanup_resources = _async_cleanup_resources


def bounded(get: Callable[..., Awaitable[dict[str, Any]]], most: int = MOST) -> Callable[..., Awaitable[Any]]:
    """Return `get`, a way to receive messages, with no more of what a cell prints than this computer can hold.

    Parameters
    ----------
    most
        Characters of each stream of a cell; what comes after them is left out.
    """
    asked, printed = "", dict[str, int]()

    async def receive(*args: Any, **kwargs: Any) -> dict[str, Any]:
        nonlocal asked, printed
        message = await get(*args, **kwargs)
        if not _is_whole(message):
            raise RuntimeError(f"its kernel sent a message ({message['msg_type']!r}) that no kernel sends")
        if message["msg_type"] == "stream":
            if message["parent_header"].get("msg_id", "") != asked:
                asked, printed = message["parent_header"].get("msg_id", ""), {}
            content = message["content"]
            content["text"] = content["text"][: max(0, most - printed.get(content["name"], 0))]
            printed[content["name"]] = printed.get(content["name"], 0) + len(content["text"])
        return message

    return receive


_FORMS: dict[str, dict[str, type]] = {
    "stream": {"name": str, "text": str},
    "display_data": {"data": dict, "metadata": dict},
    "execute_result": {"data": dict, "metadata": dict},
    "error": {"ename": str, "evalue": str, "traceback": list},
    "status": {"execution_state": str},
    "comm_open": {"comm_id": str, "data": dict},
    "comm_msg": {"comm_id": str, "data": dict},
}
"""What nbclient takes for granted in messages: a cell may let its kernel send anything."""


def _is_whole(message: dict[str, Any]) -> bool:
    content, form = message["content"], _FORMS.get(message["msg_type"], {})
    return isinstance(content, dict) and all(isinstance(content.get(key), kind) for key, kind in form.items())


class WarmKernelManager(FreshKernelManager):
    """Forks each kernel from the process that `fork_server.start` starts."""

    @property
    def kernel_spec(self) -> KernelSpec:
        """Ask for the same kernel, made by `WarmProvisioner`."""
        spec = super().kernel_spec
        spec.metadata = {"kernel_provisioner": {"provisioner_name": PROVISIONER}}
        return spec

    def _own_environment(self, folder: str) -> dict[str, str]:
        return super()._own_environment(folder) | ({CHECKED: self.checked} if self.checked else {})


def manager_of(
    pool: KernelPool, folder: str, given: str, offline: bool, checked: Path | None
) -> type[FreshKernelManager]:
    """Return the class that papermill makes the manager of one kernel of; the arguments are its attributes."""
    kind = WarmKernelManager if pool.warm else FreshKernelManager
    own = {"pool": pool, "folder": folder, "given": given, "offline": offline, "checked": str(checked or "")}
    return type(kind.__name__, (kind,), own)


class WarmProvisioner(LocalProvisioner):
    """Makes a kernel in a child of the fork server; `jupyter_client` finds it by its entry point."""

    process: Any = None

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        """Fork a kernel and return how to reach it."""
        # cmd is: python -c …, and then what ipykernel itself understands.
        arguments = cmd[cmd.index(_ARGUMENTS[0]) :]
        self.process = _Forked(arguments, kwargs["env"], str(kwargs["cwd"]))
        self.pid = self.pgid = self.process.pid
        return self.connection_info


class _Forked:
    """A forked kernel with the methods of `subprocess.Popen` that a provisioner uses."""

    stdin = stdout = stderr = None

    def __init__(self, arguments: list[str], environment: Mapping[str, str], folder: str) -> None:
        with fork_server.children:
            self._process: BaseProcess = multiprocessing.get_context("forkserver").Process(
                target=_serve, args=(arguments, dict(environment), folder), daemon=True
            )
            try:
                with fork_server.without_main(), fork_server.children_allowed():
                    self._process.start()
            except (EOFError, OSError) as error:
                raise RuntimeError("the process that kernels are forked from has ended") from error
        self.pid = self._process.pid

    def poll(self) -> int | None:
        with fork_server.children:
            return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int | None:
        connection.wait([self._process.sentinel], timeout)
        return self.poll()

    def send_signal(self, number: int) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.pid or 0, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)


def _serve(arguments: list[str], environment: dict[str, str], folder: str) -> None:
    """Be a kernel, in a child of the fork server."""
    from ipykernel.kernelapp import IPKernelApp

    # The process that the build sees, before this one forgets that it was forked.
    build = multiprocessing.parent_process()
    os.setsid()
    for number in (1, 2):
        os.dup2(os.open(os.devnull, os.O_WRONLY), number)
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    _forget_the_fork()
    os.chdir(folder)
    launcher = importlib.util.find_spec("ipykernel_launcher")
    sys.argv = [str(launcher.origin) if launcher else "", *arguments]
    threading.Thread(target=_end_with_the_build, args=(build, Path(arguments[1]).parent), daemon=True).start()
    own_settings.forget_others()
    hear_signals()
    kernel = IPKernelApp.instance()
    kernel.initialize(arguments)
    kernel.start()


def _forget_the_fork() -> None:
    """Let multiprocessing see what it sees in a new Python: no parent, no siblings, no helpers that others share."""
    from multiprocessing import forkserver, process, resource_tracker

    from voortgang.run import preload

    multiprocessing.set_start_method(None, force=True)
    # Its name and key were given to the child that was forked.
    process._current_process = type(preload.MAIN)()  # type: ignore[attr-defined]
    process._parent_process = None  # type: ignore[attr-defined]
    process._children = set()  # type: ignore[attr-defined]
    process._process_counter = itertools.count(1)  # type: ignore[attr-defined]
    forkserver._forkserver.__init__()  # type: ignore[misc]
    resource_tracker._resource_tracker.__init__()  # type: ignore[misc]
    multiprocessing.util._finalizer_registry.clear()  # type: ignore[attr-defined]


def _end_with_the_build(build: Any, folder: Path) -> None:
    """Leave nothing behind when the build is killed."""
    if build is not None:
        connection.wait([build.sentinel])
        left = started_by(os.getpid(), str(folder / "reads.json"))
        shutil.rmtree(folder, ignore_errors=True)
        end_all(left)
        os.killpg(0, signal.SIGKILL)
