"""Make a report again in a part of the confined process that cannot reach what it will be compared with."""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from voortgang.assemble.render import Chosen
from voortgang.build.options import Options
from voortgang.build.progress import Event, Timings
from voortgang.build.years import build
from voortgang.errors import BuildError, BundleError, VoortgangError
from voortgang.readers.verified import plain
from voortgang.run.confinement import Room, confine_further
from voortgang.workspace.paths import Period, Workspace

_OUTCOME = "outcome.json"
_PARTS = ("what", "where", "expected", "mend")


def errors_as_json(error: VoortgangError) -> list[dict[str, str]]:
    """Return what went wrong as JSON can write it."""
    every = error.errors if isinstance(error, BuildError) else [error]
    return [{part: str(getattr(each, part)) for part in _PARTS} for each in every]


def errors_from_json(content: Iterable[dict[str, Any]]) -> VoortgangError:
    """Return what `errors_as_json` wrote; raises `KeyError` or `TypeError` when something else wrote it."""
    errors = [VoortgangError(*(plain(each[part]) for part in _PARTS)) for each in content]
    return errors[0] if len(errors) == 1 else BuildError(errors)


@dataclass(frozen=True)
class Remake:
    """Where a report is made again, and who hears of it.

    Attributes
    ----------
    folder
        The only folder that the confined process writes in.
    events
        The open file that is told how far it is.
    closed
        Open files that what makes the report must not have.
    """

    folder: Path
    events: int
    closed: tuple[int, ...]

    def made(self, workspace: Workspace, year: Period, engine: Chosen, inputs: dict[str, bytes]) -> Workspace:
        """Return a workspace with the report of a year, made again.

        Parameters
        ----------
        inputs
            Files that take the place of those of the workspace, by their path in it.

        Raises
        ------
        VoortgangError
            When it cannot be made.
        """
        room = self.folder / "again"
        copy = Workspace(room / "deal")
        for path in workspace.input_files():
            target = copy.root / path.relative_to(workspace.root)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
        for name, content in inputs.items():
            (copy.root / name).write_bytes(content)
        charts = self.folder / "matplotlib"
        if charts.is_dir():
            shutil.copytree(charts, room / "matplotlib")
        if sys.platform != "linux":
            self._build(copy, year, engine)
            return copy
        # A fork has all that was imported. It cannot reach this process, nor the report that will be compared.
        if "typst" in sys.modules:
            raise RuntimeError("what has used Typst cannot be forked: the fork would wait for threads that it lacks")
        child = os.fork()
        if child == 0:
            os._exit(self._in_fork(copy, year, engine, room))
        _, status = os.waitpid(child, 0)
        if status:
            raise self._why(room / _OUTCOME, os.waitstatus_to_exitcode(status))
        return copy

    def _in_fork(self, copy: Workspace, year: Period, engine: Chosen, room: Path) -> int:
        for number in self.closed:
            os.close(number)
        tempfile.tempdir = str(room / "tmp")
        Path(tempfile.tempdir).mkdir()
        os.environ |= {"TMPDIR": tempfile.tempdir, "HOME": tempfile.tempdir, "MPLCONFIGDIR": str(room / "matplotlib")}
        os.chdir(room)
        try:
            confine_further(Room((), room))
            self._build(copy, year, engine)
        except VoortgangError as error:
            (room / _OUTCOME).write_text(json.dumps(errors_as_json(error)), encoding="utf-8")
            return 1
        except BaseException as error:
            print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
            return 2
        return 0

    def _build(self, copy: Workspace, year: Period, engine: Chosen) -> None:
        options = Options(engine, jobs=2, fresh_kernels=True, reuse=False, offline=True)
        build(copy, [year], options, self._tell, Timings())

    def _tell(self, event: Event) -> None:
        line = json.dumps({key: value for key, value in asdict(event).items() if key != "workspace"})
        os.write(self.events, f"{line}\n".encode())

    @staticmethod
    def _why(path: Path, code: int) -> VoortgangError:
        try:
            return errors_from_json(json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, KeyError, TypeError):
            return BundleError(
                f"Making the report again ended without an answer (code {code}).",
                "the notebooks and templates of the report",
                "a report that can be made again",
                "Do not trust it: something in it ended the build, or this computer has too little memory.",
            )
