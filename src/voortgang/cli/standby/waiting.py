"""The process that waits, with everything imported and the workspace read: one thread, which mostly sleeps."""

from __future__ import annotations

import gc
import os
import selectors
import signal
import socket
import sys
import warnings
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from voortgang.cli.standby import address, asking
from voortgang.cli.standby.messages import (
    PATIENCE,
    Task,
    close,
    is_of_this_user,
    receive_task,
    receive_text,
    send_number,
    send_text,
)
from voortgang.cli.standby.performing import perform
from voortgang.cli.standby.sameness import Programs, circumstances
from voortgang.errors import VoortgangError
from voortgang.run import fork_server
from voortgang.run.limits import require_limits
from voortgang.workspace.paths import Workspace
from voortgang.writing import temporary

_LATE = (
    "IPython.core.interactiveshell",
    "docx",
    "encodings.cp437",
    "filelock",
    "font_source_sans_pro",
    "multiprocessing.popen_forkserver",
    "nbconvert",
    "openpyxl",
    "psutil",
    "rich.progress",
    "voortgang.assemble.engines.builtin",
    "voortgang.assemble.engines.quarto",
    "voortgang.build.pipeline",
    "voortgang.build.years",
    "voortgang.cli",
)
"""What a build imports late, beside what these import."""

_ALIVE = 0
"""Standard input: a pipe of which only the preview has the other end."""

_PASSED_ON = frozenset({signal.SIGINT, signal.SIGTERM, signal.SIGHUP})


def main(root: str, programs: Programs) -> None:
    """Wait for builds of a workspace until the preview ends; in a fork, perform one and end with it.

    Parameters
    ----------
    root
        Folder of the workspace.
    programs
        The code as it was before it was imported.
    """
    if os.fork():
        os._exit(0)  # no child of the preview: what the preview ends as it ends is not this
    same = circumstances()
    os.chdir("/")  # the folder in which the preview was started may go
    workspace = Workspace(Path(root))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        _load(workspace)
    if not programs.note_loaded():
        return
    task = _wait(workspace, same, programs)
    if task is not None:
        perform(task)


def _load(workspace: Workspace) -> None:
    """Import what a build imports, and read and check the workspace once: what is known then is known by content."""
    temporary.settle()
    require_limits()
    fork_server.start()
    gc.disable()  # what is imported stays
    for name in _LATE:
        with suppress(ImportError):  # another version of these packages may not have the module
            import_module(name)
    from voortgang.check.checked import check
    from voortgang.run.execute import warm_up

    warm_up()
    with suppress(VoortgangError, OSError):  # whoever builds is told
        check(workspace)
    gc.collect()
    gc.freeze()  # what is the same in each fork stays one
    gc.enable()
    asking.leave_off()


@dataclass(frozen=True)
class _Running:
    """A command that a fork performs, how to learn of its end, and the connection to who asked for it."""

    process: int
    end: int
    connection: socket.socket


def _wait(workspace: Workspace, same: str, programs: Programs) -> Task | None:
    """Wait for commands; return None when this is over, and in a fork what it must perform."""
    place = address.own(workspace)
    running = list[_Running]()
    with ExitStack() as opened:
        selector = opened.enter_context(selectors.DefaultSelector())
        listener = opened.enter_context(socket.socket(socket.AF_UNIX))
        listener.bind(str(place))
        listener.listen()
        selector.register(listener, selectors.EVENT_READ)
        selector.register(_ALIVE, selectors.EVENT_READ)
        is_over = False
        while running or not is_over:
            for key, _ in selector.select():
                if key.fileobj == _ALIVE:
                    selector.unregister(_ALIVE)
                    is_over = True
                elif key.fileobj is listener:
                    connection, _ = listener.accept()
                    if not programs.are_the_same():  # whoever builds now does so itself, and this takes memory
                        connection.close()
                        is_over = True
                        continue
                    task = _asked(connection, same)
                    if task is None:
                        connection.close()
                        continue
                    process = _fork()
                    if process == 0:
                        for each in running:
                            each.connection.close()
                            os.close(each.end)
                        connection.close()
                        return task
                    close(task.descriptors)
                    running.append(_follow(process, connection, selector))
                elif isinstance(key.data, _Running) and key.fd == key.data.end:
                    _tell_end(key.data, selector)
                    running.remove(key.data)
                elif isinstance(key.data, _Running):
                    _pass_on(key.data, selector)
            if is_over:
                place.unlink(missing_ok=True)
    return None


def _asked(connection: socket.socket, same: str) -> Task | None:
    """Return the command that somebody asks for; None when a fork of this process would do something else than it."""
    try:
        connection.settimeout(PATIENCE)
        if is_of_this_user(connection):
            is_same = receive_text(connection) == same
            send_text(connection, asking.YES if is_same else asking.NO)
            if is_same:
                fork_server.start()  # unless it runs
                return receive_task(connection)
    except OSError:
        pass  # it has gone
    return None


def _fork() -> int:
    sys.stdout.flush()
    sys.stderr.flush()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # threads of NumPy's library, which knows of forks
        return os.fork()


def _follow(process: int, connection: socket.socket, selector: selectors.BaseSelector) -> _Running:
    made = _Running(process, os.pidfd_open(process), connection)
    selector.register(made.end, selectors.EVENT_READ, made)
    selector.register(connection, selectors.EVENT_READ, made)
    with suppress(OSError):
        connection.settimeout(PATIENCE)
        send_number(connection, process)
    return made


def _tell_end(ended: _Running, selector: selectors.BaseSelector) -> None:
    """Say with which exit code a command has ended, or by which signal, and forget it."""
    _, status = os.waitpid(ended.process, 0)
    with suppress(OSError):  # nobody waits for it any more
        send_number(ended.connection, os.waitstatus_to_exitcode(status))
    selector.unregister(ended.end)
    os.close(ended.end)
    with suppress(KeyError):
        selector.unregister(ended.connection)
    ended.connection.close()


def _pass_on(told: _Running, selector: selectors.BaseSelector) -> None:
    """Pass a signal on to a command; where who asked for it has gone, let it stop as by Ctrl-C."""
    try:
        said = told.connection.recv(1)
    except OSError:
        said = b""
    if not said:
        selector.unregister(told.connection)
    number = said[0] if said else signal.SIGINT
    if number in _PASSED_ON:
        os.kill(told.process, number)
