"""Let the process that waits perform this command."""

from __future__ import annotations

import os
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

from voortgang.cli.standby import address, sameness
from voortgang.cli.standby.messages import (
    PATIENCE,
    Task,
    is_of_this_user,
    receive_number,
    receive_text,
    send_task,
    send_text,
)
from voortgang.errors import VoortgangError
from voortgang.workspace.paths import Workspace

YES, NO = "yes", "no"
"""Whether the process that waits would do what this command would do itself."""

_itself = False


def leave_off() -> None:
    """Let nothing be asked any more: this is the process that others ask."""
    global _itself
    _itself = True


def performed(workspace: Workspace) -> int | None:
    """Let a process that waits perform this very command, and return its exit code.

    Ctrl-C and requests to end are passed on to it. None when there is no such process, or when it would do something
    else.

    Raises
    ------
    VoortgangError
        When that process has ended before the command had.
    """
    if _itself:
        return None
    for place in address.known(workspace):
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(PATIENCE)
            try:
                connection.connect(str(place))
                if not is_of_this_user(connection):
                    continue
                send_text(connection, sameness.circumstances())
                if receive_text(connection) != YES:
                    continue
                _hand_over(connection)
            except OSError:  # it has just ended, or does not answer
                continue
            return _followed(connection)
    return None


def _hand_over(connection: socket.socket) -> None:
    folder = os.open(".", os.O_RDONLY | os.O_DIRECTORY)
    try:
        send_task(connection, Task(sys.argv, dict(os.environ), [0, 1, 2, folder]))
    finally:
        os.close(folder)


def _followed(connection: socket.socket) -> int:
    """Pass signals on until the command has ended, and return its exit code."""
    connection.settimeout(None)
    process = 0
    try:
        with _passing_on(connection):
            process = receive_number(connection)
            code = receive_number(connection)
    except OSError as error:
        if process:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(process, signal.SIGINT)
        raise VoortgangError(
            "The process that made the report has ended.",
            "a process of 'voortgang preview'",
            "that it runs as long as a build that it makes",
            "Build again. Each report is whole: as it was, or made anew.",
        ) from error
    if code < 0:  # it was ended by a signal, and so is this
        with suppress(OSError):  # nobody can hear of SIGKILL
            signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    return code if code >= 0 else 128 - code


@contextmanager
def _passing_on(connection: socket.socket) -> Iterator[None]:
    def tell(number: int, frame: FrameType | None) -> None:
        with suppress(OSError):
            connection.sendall(bytes([number]))

    heard = [
        each for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP) if signal.getsignal(each) != signal.SIG_IGN
    ]
    before = {number: signal.signal(number, tell) for number in heard}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
