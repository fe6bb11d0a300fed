"""The command `voortgang`, forked from a process that has its imports behind it: `python prepared.py`.

Most of a short command is Python importing pandas. A fork that begins with those imports done runs the same `main` with
its own arguments, folder, environment and output files, and ends as any process does. `make test-all` starts each
command anew instead, as a user does.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import signal
import subprocess
import sys
import threading
from functools import cache
from pathlib import Path

from PIL import Image

_IMPORTS = (
    # What many commands import late.
    *("PIL.ImageOps", "pypandoc", "rich._emoji_codes", "rich.console", "rich.table", "rich.text"),
    "voortgang.assemble.proofread",
    "voortgang.cli",
    "voortgang.build.pipeline",
    "voortgang.intake.findings_list",
    "voortgang.intake.merge",
    "voortgang.intake.template",
    "voortgang.intake.workbook",
    "voortgang.notebook.deviations",
    "voortgang.intake.dutch_csv",
    "voortgang.readers.verify",
)


def serve() -> None:
    """Fork a command for each line that asks for one, and answer with its exit code."""
    for name in _IMPORTS:
        __import__(name)
    Image.preinit()
    _check_once()
    gc.freeze()  # what is the same in each fork stays one
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for line in sys.stdin:
        asked = json.loads(line)
        child = os.fork()
        if child == 0:
            _end(_perform(**asked))
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def _check_once() -> None:
    """Check this repository's workspace: a process remembers which chapters Pandoc found complete, and is warm."""
    from voortgang.assemble.proofread import proofread
    from voortgang.check.checked import check
    from voortgang.workspace.paths import Workspace

    workspace = Workspace(Path(__file__).parents[1])
    proofread(workspace, check(workspace).data.deal)


def _perform(arguments: list[str], cwd: str, environment: dict[str, str], out: str, err: str) -> int:
    from voortgang.cli import main

    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number, name, flags in (
        (0, os.devnull, os.O_RDONLY),
        (1, out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC),
        (2, err, os.O_WRONLY | os.O_CREAT | os.O_TRUNC),
    ):
        os.dup2(os.open(name, flags), number)
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(environment)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
    sys.argv = ["voortgang", *arguments]
    try:
        main()
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BaseException as error:
        sys.excepthook(type(error), error, error.__traceback__)
        return 1
    return 0


def _end(code: int) -> None:
    """End as Python does, but for looking through all that was imported, which takes longer than most commands."""
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


class Prepared:
    """The process that commands are forked from; one for each process of the test run."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def run(self, arguments: tuple[str, ...], cwd: Path, environment: dict[str, str], folder: Path) -> int:
        """Run a command with its output in the files `out` and `err` of a folder, and return its exit code."""
        assert self._process.stdin and self._process.stdout
        asked = {"arguments": arguments, "cwd": str(cwd), "environment": environment}
        print(
            json.dumps(asked | {"out": str(folder / "out"), "err": str(folder / "err")}),
            file=self._process.stdin,
            flush=True,
        )
        return int(self._process.stdout.readline())


@cache
def prepared() -> Prepared:
    """Return the process of this test run, started when first asked for."""
    return Prepared()


if __name__ == "__main__":
    serve()
