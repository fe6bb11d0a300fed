"""Perform a command in a fork of the process that waits, as a process of its own would."""

from __future__ import annotations

import atexit
import io
import multiprocessing
import multiprocessing.process
import os
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import pypandoc

from voortgang.cli.standby.messages import Task
from voortgang.run import fork_server
from voortgang.writing import temporary


def perform(task: Task) -> None:
    """Perform a command; this process ends with it, and with its exit code."""
    try:
        _take_over(task)
    except KeyboardInterrupt:  # before anything was begun
        raise SystemExit(130) from None
    from voortgang.cli import main

    try:
        main()
    except SystemExit as ended:
        if ended.code is None or isinstance(ended.code, int):
            _end(ended.code or 0)
        raise


def _end(code: int) -> None:
    """End as Python does, but for taking apart all that is loaded: that takes as long as a short command."""
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            code = code or 120  # as Python says it
    os._exit(code)


def _take_over(task: Task) -> None:
    """Take the folder, the environment, the arguments and the output of a command for those of this process."""
    *streams, folder = task.descriptors
    for number, descriptor in enumerate(streams):
        os.dup2(descriptor, number)
        os.close(descriptor)
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        stream = _stream(number, getattr(sys, f"__{name}__"))
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)
    os.fchdir(folder)
    os.close(folder)
    os.environ.clear()
    os.environ.update(task.environment)
    time.tzset()
    sys.argv = task.arguments
    # What the process that waits keeps for itself, or looked up for itself.
    tempfile.tempdir = None
    temporary.kept_folder.cache_clear()
    pypandoc.clean_pandocpath_cache()
    multiprocessing.process.ORIGINAL_DIR = str(Path.cwd())  # type: ignore[attr-defined]
    multiprocessing.current_process()._config.pop("tempdir", None)  # type: ignore[attr-defined]
    fork_server.inherit()


def _stream(number: int, like: io.TextIOWrapper) -> io.TextIOWrapper:
    """Return a stream as Python makes it when it starts."""
    raw = io.FileIO(number, "wb" if number else "rb", closefd=False)
    raw.name = f"<{('stdin', 'stdout', 'stderr')[number]}>"
    buffered: Any = raw if like.write_through else io.BufferedWriter(raw) if number else io.BufferedReader(raw)
    return io.TextIOWrapper(
        buffered,
        like.encoding,
        like.errors,
        newline="\n" if number else None,
        line_buffering=number == 2 or raw.isatty(),
        write_through=like.write_through,
    )
