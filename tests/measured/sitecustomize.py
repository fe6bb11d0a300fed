"""Let coverage see what the build ends at once, and what may write nowhere: kernels and confined processes.

Python imports this when it starts, where `make coverage` has put this folder on its path, and nowhere else.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import coverage.control
from coverage import Coverage, CoverageData

_SETTINGS = "COVERAGE_PROCESS_CONFIG"
"""Environment variable of coverage: its settings, for the processes that a measured one starts."""

_CONFINED = "VOORTGANG_TEST_CONFINED"
"""Environment variable: those settings, and the number of the open file that a confined process writes to."""

_LENGTH = 8
"""Bytes that say how long what follows them is."""


def _save_after_each_cell(recorder: ModuleType) -> None:
    """Save what a kernel has run when it saves what it has read: it does not end by itself."""
    save = recorder._Recorder.save

    def saved(self: Any, result: Any = None) -> None:
        save(self, result)
        if measuring := Coverage.current():
            with recorder.through_rows():
                measuring.save()

    recorder._Recorder.save = saved
    recorder._Recorder.hear.__cantrace__ = True  # Python measures nothing in what it tells of its events else


def _measure_the_confined(starting: ModuleType) -> None:
    """Give a confined process a file that is open, because it can open none, and keep what it has run."""
    starting.subprocess = SimpleNamespace(**vars(subprocess) | {"Popen": _Confined})


class _Confined(subprocess.Popen[bytes]):
    def __init__(self, command: list[str], env: dict[str, str], pass_fds: tuple[int, ...], **options: Any) -> None:
        self._open = tempfile.TemporaryFile("a+b")  # noqa: SIM115 (open until the process has ended)
        if _SETTINGS in os.environ:
            own = {_CONFINED: f"{self._open.fileno()} {os.environ[_SETTINGS]}", "PYTHONPATH": os.environ["PYTHONPATH"]}
            env, pass_fds = env | own, (*pass_fds, self._open.fileno())
        super().__init__(command, env=env, pass_fds=pass_fds, **options)

    def wait(self, timeout: float | None = None) -> int:
        code = super().wait(timeout)
        if not self._open.closed:
            with self._open:
                self._open.seek(0)
                while length := int.from_bytes(self._open.read(_LENGTH), "big"):
                    _keep(self._open.read(length))
        return code


def _keep(said: bytes) -> None:
    """Keep what a confined process has run where coverage keeps what others have."""
    measuring = Coverage.current()
    assert measuring is not None
    CoverageData(measuring.config.data_file, suffix=True).loads(said)


def _be_measured_confined(number: int, settings: str) -> None:
    """Measure this process and its forks, and write what they have run to an open file."""

    def in_memory(*arguments: Any, **options: Any) -> CoverageData:
        return CoverageData(*arguments, **options | {"no_disk": True})

    def save(measuring: Coverage) -> None:
        said = measuring.get_data().dumps()
        os.write(number, len(said).to_bytes(_LENGTH, "big") + said)

    coverage.control.CoverageData = in_memory  # type: ignore[assignment,misc]
    # A fork goes on in the middle of a function: what starts to measure there would not see the rest of it.
    coverage.control._after_fork_in_child = lambda: None
    Coverage.save = save  # type: ignore[method-assign]
    os.environ[_SETTINGS] = settings
    coverage.process_startup()
    # What this starts has neither that file nor another to write to.
    del os.environ[_SETTINGS]
    os.environ["PYTHONPATH"] = os.environ["PYTHONPATH"].removeprefix(str(Path(__file__).parent)).lstrip(os.pathsep)


class _Changing:
    """Changes a module when it has been imported."""

    changes = {  # noqa: RUF012
        "voortgang.check.recorder": _save_after_each_cell,
        "voortgang.readers.confined_verification": _measure_the_confined,
    }

    @classmethod
    def find_spec(cls, name: str, path: Sequence[str] | None = None, target: Any = None) -> ModuleSpec | None:
        change = cls.changes.get(name)
        spec = PathFinder.find_spec(name, path) if change else None
        if spec and spec.loader and change:
            load = spec.loader.exec_module

            def changed(module: ModuleType) -> None:
                load(module)
                change(module)

            spec.loader.exec_module = changed  # type: ignore[method-assign]
        return spec


if _CONFINED in os.environ:
    _number, _settings = os.environ.pop(_CONFINED).split(maxsplit=1)
    _be_measured_confined(int(_number), _settings)
else:
    sys.meta_path.insert(0, _Changing)  # type: ignore[arg-type]
