"""What many tests read and few need anew: a workspace to copy, the command as a user calls it, and what it made once.

A test run takes what an earlier one made, until this file or what a report is made of changes. So fixtures that change
more often are in conftest.py.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
import yaml
from filelock import FileLock
from prepared import prepared

from voortgang.workspace.fingerprint import of_engine, of_file, of_folder, of_packages, of_value

REPOSITORY = Path(__file__).parents[1]
PARTS = ("data", "parameters", "notebooks", "templates")
KEPT = REPOSITORY / ".pytest_cache" / "builds"


@dataclass(frozen=True)
class Done:
    """What a command printed and how it ended."""

    code: int
    out: str
    err: str


def run(*arguments: str, cwd: Path, path: str | None = None) -> Done:
    """Call the command `voortgang`, as a user does, without the wait for its imports (see `prepared`)."""
    environment = os.environ | {"COLUMNS": "200"} | ({"PATH": path} if path is not None else {})
    if "VOORTGANG_TEST_ANEW" in os.environ:
        program = Path(sys.executable).with_name("voortgang")
        done = subprocess.run(
            [str(program), *arguments], cwd=cwd, env=environment, capture_output=True, text=True, check=False
        )
        return Done(done.returncode, done.stdout, done.stderr)
    with tempfile.TemporaryDirectory() as folder:
        code = prepared().run(arguments, Path(cwd), environment, Path(folder))
        out, err = ((Path(folder) / name).read_text(encoding="utf-8") for name in ("out", "err"))
    return Done(code, out, err)


def copy_workspace(target: Path, workspace: Path = REPOSITORY) -> Path:
    """Copy a workspace, by default that of this repository, without reports."""
    for part in PARTS:
        shutil.copytree(
            workspace / part, target / part, ignore=shutil.ignore_patterns(".ipynb_checkpoints", "__pycache__")
        )
    return target


SHORT = {"fig-geld": "financien", "tbl-geld": "financien", "tbl-wonen-proeftuin": "wonen"}


def trim(workspace: Path, parts: dict[str, str] = SHORT) -> Path:
    """Leave a short report of some fragments, each with its notebook: for how a report is made, not what it says."""
    for path in (workspace / "notebooks").glob("*.ipynb"):
        if path.stem not in parts.values():
            path.unlink()
    for path in (workspace / "data" / "toelichting").rglob("*.md"):
        path.write_text("Een tekst die geen feiten aanhaalt.\n", encoding="utf-8")
    templates = workspace / "templates"
    for path in templates.glob("*.qmd"):
        path.unlink()
    lines = ["# Geld", *(f"{{{{< include fragmenten/_{label}.md >}}}}" for label in parts)]
    (templates / "rapport.qmd").write_text("\n\n".join(lines) + "\n", encoding="utf-8")
    project = yaml.safe_load((templates / "_quarto.yml").read_text(encoding="utf-8"))
    project["project"]["render"] = ["rapport.qmd"]
    (templates / "_quarto.yml").write_text(yaml.safe_dump(project, allow_unicode=True), encoding="utf-8")
    return workspace


def made_once(tmp_path_factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object], *by: str) -> Path:
    """Return a folder that `make` fills, once for all processes; what failed fails each test alike.

    A later test run takes what an earlier one made by the same code, data, notebooks and templates.

    Parameters
    ----------
    name
        Of the folder, among all that is made so.
    make
        Is given the folder, which is not there yet; raises what the tests then fail with.
    by
        The test files that say how it is made.
    """
    # The processes of one test run share a folder; each has a folder of its own beside.
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    folder, failed = shared / name / "deal", shared / f"{name}.failed"
    with FileLock(shared / f"{name}.lock"):
        if failed.exists():
            pytest.fail(failed.read_text(encoding="utf-8"))
        if not folder.exists():
            kept = None if os.environ.keys() & {"CI", "VOORTGANG_TEST_ANEW"} else KEPT / name / _made_from(*by)
            if kept and kept.is_dir():
                shutil.copytree(kept, folder)
                return folder
            failed.write_text("the build was cut off", encoding="utf-8")
            folder.parent.mkdir(parents=True, exist_ok=True)
            try:
                make(folder)
            except Exception as error:
                failed.write_text(f"{type(error).__name__}: {error}", encoding="utf-8")
                raise
            if kept:
                _keep(folder, kept)
            failed.unlink()
    return folder


def build(root: Path, *asked: str) -> None:
    """Build reports in a workspace; raises `AssertionError` with what was said where that does not end well."""
    done = run("build", *asked, "--engine", "builtin", cwd=root)
    assert done.code == 0, f"build {' '.join(asked)} ended with {done.code}: {done.out}{done.err}"


@cache
def _made_from(*by: str) -> str:
    """Return the hash of all that a build of this repository's workspace is made from, and of how it is asked for."""
    folders = (of_folder(REPOSITORY / part) for part in PARTS)
    asked = (of_file(Path(each)) for each in (__file__, *by))
    return of_value([of_engine(), of_packages(), platform.platform(), *asked, *folders])[:16]


def _keep(workspace: Path, kept: Path) -> None:
    """Keep a build for a later test run, in the place of the one before."""
    shutil.rmtree(kept.parent, ignore_errors=True)
    shutil.copytree(workspace, kept.with_suffix(".partial"))
    kept.with_suffix(".partial").rename(kept)


def publish(root: Path) -> Path:
    """Let a workspace make the public edition of 2021."""
    file = root / "parameters" / "2021.yml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("edition: overleg", "edition: openbaar"), encoding="utf-8")
    return root
