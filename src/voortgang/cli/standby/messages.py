"""What a command and the process that waits say to each other."""

from __future__ import annotations

import json
import os
import socket
import struct
from contextlib import suppress
from dataclasses import dataclass

PATIENCE = 2.0
"""Seconds after which the other end is taken not to answer."""

_LENGTH = struct.Struct("Q")
_NUMBER = struct.Struct("q")
_USER = struct.Struct("3i")
"""What the system says of whoever is at the other end of a socket: process, user and group."""

_LONGEST = 50_000_000
_DESCRIPTORS = 4


@dataclass(frozen=True)
class Task:
    """A command to perform.

    Attributes
    ----------
    arguments
        The command, as in `sys.argv`.
    environment
        All its variables.
    descriptors
        Its input, its output, where its errors go, and its working folder.
    """

    arguments: list[str]
    environment: dict[str, str]
    descriptors: list[int]


def is_of_this_user(connection: socket.socket) -> bool:
    """Return whether the process at the other end runs as the same user as this one."""
    found = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _USER.size)
    return int(_USER.unpack(found)[1]) == os.geteuid()


def send_task(connection: socket.socket, task: Task) -> None:
    """Hand over a command."""
    content = json.dumps([task.arguments, task.environment]).encode()
    socket.send_fds(connection, [_LENGTH.pack(len(content))], task.descriptors)
    connection.sendall(content)


def receive_task(connection: socket.socket) -> Task:
    """Return the command that was handed over; raises `OSError` when there is none."""
    head, descriptors, _, _ = socket.recv_fds(connection, _LENGTH.size, _DESCRIPTORS)
    try:
        (length,) = _LENGTH.unpack(head)
        if length > _LONGEST or len(descriptors) != _DESCRIPTORS:
            raise ValueError("this is no task")
        arguments, environment = json.loads(_received(connection, length))
        return Task(list(arguments), dict(environment), descriptors)
    except (OSError, ValueError, TypeError, struct.error) as error:
        close(descriptors)
        raise OSError("no command was handed over") from error


def close(descriptors: list[int]) -> None:
    """Close what was handed over."""
    for each in descriptors:
        with suppress(OSError):
            os.close(each)


def send_text(connection: socket.socket, text: str) -> None:
    """Say a short text."""
    content = text.encode()
    connection.sendall(_LENGTH.pack(len(content)) + content)


def receive_text(connection: socket.socket) -> str:
    """Return what was said; raises `OSError` when nothing was."""
    (length,) = _LENGTH.unpack(_received(connection, _LENGTH.size))
    if length > _LONGEST:
        raise OSError("too much is said")
    return _received(connection, length).decode(errors="replace")


def send_number(connection: socket.socket, number: int) -> None:
    """Say a number."""
    connection.sendall(_NUMBER.pack(number))


def receive_number(connection: socket.socket) -> int:
    """Return the number that was said; raises `OSError` when none was."""
    return int(_NUMBER.unpack(_received(connection, _NUMBER.size))[0])


def _received(connection: socket.socket, length: int) -> bytes:
    content = b""
    while len(content) < length:
        part = connection.recv(min(length - len(content), 1 << 20))
        if not part:
            raise OSError("the other end has gone")
        content += part
    return content
