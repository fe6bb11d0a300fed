"""Shared by the tests: workspaces to work on, the command as a user calls it, and reports built once."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]
PARTS = ("data", "parameters", "notebooks", "templates")


@dataclass(frozen=True)
class Done:
    """What a command printed and how it ended."""

    code: int
    out: str
    err: str


def run(*arguments: str, cwd: Path, path: str | None = None) -> Done:
    """Call the installed command `voortgang`, as a user does."""
    program = Path(sys.executable).with_name("voortgang")
    environment = os.environ | {"COLUMNS": "200"} | ({"PATH": path} if path is not None else {})
    done = subprocess.run(
        [str(program), *arguments], cwd=cwd, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    return Done(done.returncode, done.stdout, done.stderr)


def copy_workspace(target: Path) -> Path:
    """Copy the workspace of this repository, without reports."""
    for part in PARTS:
        shutil.copytree(
            REPOSITORY / part, target / part, ignore=shutil.ignore_patterns(".ipynb_checkpoints", "__pycache__")
        )
    return target


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A workspace to change at will."""
    return copy_workspace(tmp_path / "deal")


@pytest.fixture
def edit(workspace: Path) -> Callable[[str, str, str], None]:
    """Return a function that replaces text in a file of the workspace; the text must be there."""

    def replace(name: str, old: str, new: str) -> None:
        file = workspace / name
        text = file.read_text(encoding="utf-8")
        assert old in text, f"{old!r} is not in {name}"
        file.write_text(text.replace(old, new, 1), encoding="utf-8")

    return replace


@pytest.fixture(scope="session")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The reports of all years, built once by the command line; the folder `reports/`."""
    workspace = copy_workspace(tmp_path_factory.mktemp("all-years") / "deal")
    done = run("build", "--all", "--engine", "builtin", cwd=workspace)
    assert done.code == 0, done.err
    return workspace / "reports"
