"""The same inputs give the same bytes, whoever builds, wherever and whenever."""

from __future__ import annotations

import difflib
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from conftest import copy_workspace, run
from faults import program
from test_odd_machines import add_second_notebook, small_workspace

YEAR = "2021"
ELSEWHERE = {
    "PYTHONHASHSEED": "4242",
    "TZ": "Pacific/Kiritimati",
    "LC_ALL": "C",
    "LANG": "C",
    "LANGUAGE": "tr",
    "USER": "iemand-anders",
    "LOGNAME": "iemand-anders",
    "COLUMNS": "40",
}


def built(workspace: Path, *options: str, umask: int = -1, **environment: str) -> dict[str, bytes]:
    """Build one year in a workspace of its own, and return every file of the report but the manifest.

    The manifest says when and from which commit the report was made.
    """
    done = subprocess.run(
        [program(), "build", YEAR, "--engine", "builtin", *options],
        cwd=workspace,
        env=os.environ | environment,
        umask=umask,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    folder = workspace / "reports" / YEAR
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "manifest.json"
    }


@pytest.mark.parametrize("size", ["short", pytest.param("whole", marks=pytest.mark.long)])
def test_two_builds_under_other_circumstances_are_identical(
    size: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Another folder, time, locale, time zone, user, hash seed, umask, number of jobs, and kind of kernel."""
    here, there = tmp_path / "hier", tmp_path / "een heel ander pad" / "ergens" / "Zuid- en Oost-Drenthe"
    if size == "short":
        add_second_notebook(small_workspace(here))
    copy_workspace(there, *([here] if size == "short" else []))
    if size == "whole":
        copy_workspace(here)
    home = tmp_path / "thuis"
    home.mkdir()
    # Another order of the files in each folder: copied backwards, with other times.
    for path in sorted(there.rglob("*.ipynb"), reverse=True):
        moved = shutil.move(path, path.with_suffix(".weg"))
        shutil.copyfile(moved, path)
        Path(moved).unlink()
        os.utime(path, (0, 0))
    first = built(here, "--jobs", "2", PYTHONHASHSEED="1", TZ="UTC", LC_ALL="C.UTF-8")
    second = built(there, "--jobs", "1", "--fresh-kernels", umask=0o077, HOME=str(home), **ELSEWHERE)
    assert sorted(first) == sorted(second)
    different = [name for name in first if first[name] != second[name]]
    for name in different[:3]:
        shown = [content[name].decode(errors="replace").splitlines() for content in (first, second)]
        print(name, *list(difflib.unified_diff(*shown, lineterm="", n=0))[:20], sep="\n")
    assert different == []
    with capsys.disabled():
        print(f"\nbuilt twice under other circumstances: {len(first)} files, {len(different)} different")


def test_what_is_exported_has_the_same_bytes_each_time(reports: Path, tmp_path: Path) -> None:
    exported = []
    command = ["export", "lnv", YEAR, "--output"]
    subprocess.run([program(), *command, str(tmp_path / "een")], cwd=reports.parent, check=True, capture_output=True)
    assert run(*command, str(tmp_path / "twee"), cwd=reports.parent).code == 0
    for name in ("een", "twee"):
        exported.append({path.name: path.read_bytes() for path in (tmp_path / name).iterdir()})
    assert exported[0] == exported[1] and set(exported[0]) == {f"lnv-{YEAR}.json", f"lnv-{YEAR}.docx"}
