"""The net under every command: whatever is raised ends as one message and an exit code, never as a traceback."""

from __future__ import annotations

import io
import os
import select
import sys
import traceback
from typing import Any

import click

from voortgang.errors import OUTPUTS, BuildError, VoortgangError, understood


def end(error: Exception, command: str, debug: bool) -> int:
    """Show an exception as one message, and return the exit code that goes with it.

    Parameters
    ----------
    error
        What a command raised.
    command
        The command as it is typed, such as "voortgang build".
    debug
        Whether to show the tracebacks too.
    """
    if _nobody_reads(error):
        _let_go_of(1)
        return 1
    if isinstance(error, OSError) and error.filename in OUTPUTS:
        _let_go_of(OUTPUTS.index(error.filename) + 1)
    found = understood(error, command)
    try:
        if debug:
            for each in found.errors if isinstance(found, BuildError) else [found]:
                traceback.print_exception(each)
        click.secho("Error: ", fg="red", bold=True, nl=False, err=True)
        click.echo(str(found), err=True)
    except OSError:  # there is no room to say it; the exit code does
        _let_go_of(2)
    return found.exit_code


class _Output(io.FileIO):
    """Standard output or error; what cannot be written there is said to be that, and no file without a name."""

    def __init__(self, number: int) -> None:
        super().__init__(number, "wb", closefd=False)

    def write(self, content: Any, /) -> int:
        """Write, as any file does."""
        try:
            return super().write(content)
        except OSError as error:
            raise OSError(error.errno, error.strerror, OUTPUTS[self.fileno() - 1]) from None


def name_output() -> None:
    """Let errors of standard output and standard error say where they come from."""
    for number, name in ((1, "stdout"), (2, "stderr")):
        stream = getattr(sys, name)
        # Where a test or another program has put something else in its place, that stays.
        if stream is getattr(sys, f"__{name}__") and isinstance(stream, io.TextIOWrapper):
            stream.flush()
            output: Any = _Output(number)
            named = io.TextIOWrapper(
                output if isinstance(stream.buffer, io.FileIO) else io.BufferedWriter(output),
                stream.encoding,
                # A sign that the terminal does not have must not end the command.
                stream.errors if stream.encoding.lower() == "utf-8" else "backslashreplace",
                line_buffering=stream.line_buffering,
                write_through=stream.write_through,
            )
            setattr(sys, name, named)


def require_output() -> None:
    """Raise `VoortgangError` when standard output is closed; closed input is empty, and closed messages go nowhere.

    The first file that is opened would take its place, and whatever a program prints would end up in that file. Python
    has nothing at all in the place of such a stream, which whoever asks whether it is a terminal stumbles over.
    """
    closed = [number for number in range(3) if not _is_open(number)]
    for number in closed:
        os.dup2(os.open(os.devnull, os.O_RDWR), number)
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if number in closed and getattr(sys, name) is None:
            stream = open(number, "w" if number else "r", encoding="utf-8", closefd=False)  # noqa: SIM115
            setattr(sys, name, stream)
    if 1 in closed:
        raise VoortgangError(
            "Standard output is closed.",
            "where the command was started",
            "a terminal, a file or a pipe",
            "To see nothing of it, write: > /dev/null. Nothing was done.",
        )


def leave_output() -> None:
    """Write what still waits for standard output; raises `OSError` when there is no room for it."""
    if sys.stdout is None:
        return
    try:
        sys.stdout.flush()
    except OSError:
        _let_go_of(1)
        raise


def _nobody_reads(error: Exception) -> bool:
    """Return whether the program that read our output has ended, as `head` does; there is nobody to tell."""
    if not isinstance(error, BrokenPipeError) or not hasattr(select, "poll"):
        return False
    output = select.poll()
    output.register(1, 0)
    return any(event & select.POLLERR for _, event in output.poll(0))


def _let_go_of(number: int) -> None:
    """Let Python's own last flush of an output go nowhere: it would fail a second time, with a traceback."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), number)


def _is_open(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:
        return False
    return True
