"""What stands beside the files of a workspace without being one: hidden files, links to nothing, pipes, devices."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from conftest import run

PLACES = (
    "data/financien.csv",
    "data/toelichting/2021/werken.md",
    "data/verhalen/2021/werken-1.md",
    "notebooks/pijler.ipynb",
    "notebooks/hulp.py",
    "parameters/2021.yml",
    "templates/hoofdstukken/_aanpak.qmd",
)


def beside(workspace: Path, begin: str) -> list[Path]:
    """Return where a program writes something of its own beside each kind of file."""
    places = [workspace / each for each in PLACES]
    return [each.with_name(f"{begin}{each.name}") for each in places if each.parent.is_dir()]


def test_what_editors_and_macos_write_beside_a_file_is_no_input(workspace: Path) -> None:
    before = run("check", cwd=workspace)
    for each in beside(workspace, ".#"):  # Emacs, while somebody edits the file
        each.symlink_to("bureau@computer.1234")
    for each in beside(workspace, "._"):  # macOS, on a disk of another system
        each.write_bytes(b"\x00\x05\x16\x07\x00\x02\x00\x00Mac OS X\xff")
    assert run("check", cwd=workspace) == before


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes")
@pytest.mark.parametrize("name", ["data/toelichting/2021/los.md", "notebooks/los.ipynb", "templates/los.qmd"])
@pytest.mark.parametrize("command", [("check",), ("build", "2021")])
def test_a_pipe_among_the_inputs_is_named_and_not_waited_for(
    workspace: Path, name: str, command: tuple[str, ...]
) -> None:
    os.mkfifo(workspace / name)
    done = run(*command, cwd=workspace)
    assert done.code == 1
    assert "Error: A pipe or a device" in done.err and f"where:    {name}" in done.err


def test_an_endless_device_among_the_inputs_is_named_and_an_empty_one_is_not(workspace: Path) -> None:
    folder = workspace / "data" / "toelichting" / "2021"
    (folder / "leeg.md").symlink_to(os.devnull)
    assert "A pipe or a device" not in run("check", cwd=workspace).err
    (folder / "los.md").symlink_to("/dev/zero")
    assert "where:    data/toelichting/2021/los.md" in run("check", cwd=workspace).err
