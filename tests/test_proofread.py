"""'check' finds what a build would refuse in notebooks and chapters, all at once, by file and line."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from conftest import REPOSITORY, run

from voortgang.assemble.proofread import proofread
from voortgang.workspace.deal import read_deal
from voortgang.workspace.paths import Workspace

LINES = {
    "**open": "emphasis that does not end",
    "x[^9]": "has no text in this file",
    "klaar \U0001f389": "U+1F389",
    "![Een foto](weg.png)": "'weg.png' is not there",
    "![Een foto](../weg.png)": "lies outside the folder",
    "<b>vet</b>": "raw HTML",
    "Zie @tbl-bestaat-niet.": "points to nothing",
    "Zie @sec-bestaat-niet.": "points to nothing",
    '[x]{.content-visible when-meta="tbl-bestaat-niet"}': "which no notebook publishes",
    "{pijler}": "stands in a file that is not repeated",
    "{{< include fragmenten/_tbl-bestaat-niet.md >}}": "does not exist",
    "{{< video x >}}": "outside the subset",
    ":::": "close nothing here",
}


def _found(root: Path) -> list[tuple[str, str]]:
    workspace = Workspace(root)
    return [(error.where.splitlines()[0], error.what) for error in proofread(workspace, read_deal(workspace))]


def _append(path: Path, *lines: str) -> int:
    """Add lines, and return the number of the first."""
    text = path.read_text(encoding="utf-8").rstrip("\n")
    path.write_text("\n".join([text, "", *lines, ""]), encoding="utf-8")
    return text.count("\n") + 3


def test_nothing_is_wrong_with_what_builds(workspace: Path) -> None:
    assert _found(workspace) == []


@pytest.mark.parametrize("line", LINES)
def test_a_line_that_a_build_refuses_is_named(workspace: Path, line: str) -> None:
    number = _append(workspace / "templates" / "hoofdstukken" / "_inleiding.qmd", line)
    ((where, what),) = _found(workspace)
    assert where == f"hoofdstukken/_inleiding.qmd, line {number}" and LINES[line] in what


@pytest.mark.parametrize(
    ("line", "is_named"),
    [
        ("![](foto.png)", True),
        ("Zie ![ ](foto.png){width=60%} hier.", True),
        ('![](foto.png){fig-alt=""}', True),
        ('![](foto.png){.breed fig-alt="Een brug over het kanaal."}', False),
        ("![](foto.png){alt='Een brug.'}", False),
        ("![Een brug over het kanaal.](foto.png)", False),
        ("`![](foto.png)`", False),
    ],
)
def test_a_picture_that_says_nothing_is_named(workspace: Path, line: str, is_named: bool) -> None:
    shutil.copy(REPOSITORY / "docs" / "pictures" / "report-2021.png", workspace / "templates" / "foto.png")
    number = _append(workspace / "templates" / "hoofdstukken" / "_inleiding.qmd", line)
    named = (f"hoofdstukken/_inleiding.qmd, line {number}", "The picture 'foto.png' has no text alternative.")
    assert _found(workspace) == [named] * is_named


def test_all_that_is_wrong_is_named_at_once_and_what_repeats_only_once(workspace: Path) -> None:
    chapters = workspace / "templates" / "hoofdstukken"
    first = _append(chapters / "_inleiding.qmd", "**open", "", "<b>", "", "x[^9]")
    part = _append(chapters / "_pijler-aanpak.qmd", "_ook open")
    found = dict(_found(workspace))
    assert set(found) == {
        *(f"hoofdstukken/_inleiding.qmd, line {first + step}" for step in (0, 2, 4)),
        f"hoofdstukken/_pijler-aanpak.qmd (for werken), line {part}",
    }


@pytest.mark.parametrize(
    ("content", "line", "says"),
    [
        ("een\r\nprivé\r\n".encode("cp1252"), 2, "in Windows-1252 it is 'é'"),
        ("een\rprivé\r".encode("mac-roman"), 2, "no UTF-8"),
        ("een\n".encode("utf-16"), 1, "UTF-16"),
        (b"een\nt\0wee\n", 2, "zero byte"),
    ],
)
@pytest.mark.parametrize("name", ["hoofdstukken/_inleiding.qmd", "hoofdstukken/_pijler-aanpak.qmd", "rapport.qmd"])
def test_a_chapter_that_is_no_text_is_named(workspace: Path, name: str, content: bytes, line: int, says: str) -> None:
    (workspace / "templates" / name).write_bytes(content)
    ((where, what),) = _found(workspace)
    assert where == f"{name}, line {line}" and says in what


@pytest.mark.parametrize("change", [lambda text: "\ufeff" + text, lambda text: text.replace("\n", "\r")])
def test_a_mark_at_the_beginning_and_other_line_ends_are_no_trouble(
    workspace: Path, change: Callable[[str], str]
) -> None:
    for path in (workspace / "templates").rglob("*.qmd"):
        path.write_bytes(change(path.read_text(encoding="utf-8")).encode())
    assert _found(workspace) == []


def test_a_chapter_that_nothing_includes_is_nobody_s_concern(workspace: Path) -> None:
    (workspace / "templates" / "hoofdstukken" / "_concept.qmd").write_bytes(b"\xff**open")
    assert _found(workspace) == []


def test_each_notebook_is_judged(workspace: Path) -> None:
    for name, cell in {
        "werken": "x = [1,\ny",
        "wonen": "x = 1\ny = '\ud800'",
        "welzijn": "%time x = 1\ny = )",
        "regiodeal": "%matplotlib inline\n!ls\nawait f()",
        "financien": "cd ..",
    }.items():
        path = workspace / "notebooks" / f"{name}.ipynb"
        notebook = nbformat.read(path, as_version=4)
        notebook.cells.append(nbformat.v4.new_code_cell(cell, id="erbij"))
        path.write_text(json.dumps(notebook), encoding="utf-8")
    found = dict(_found(workspace))
    assert {where.partition(",")[0] for where in found} == {
        f"notebooks/w{each}.ipynb" for each in ("erken", "onen", "elzijn")
    }
    assert "notebooks/wonen.ipynb, code cell 6, line 2" in found


def test_labels_are_judged_over_all_notebooks(workspace: Path) -> None:
    for name in ("werken", "wonen"):
        path = workspace / "notebooks" / f"{name}.ipynb"
        notebook = nbformat.read(path, as_version=4)
        notebook.cells.append(nbformat.v4.new_code_cell("#| label: tbl-dubbel\n1", id="erbij"))
        nbformat.write(notebook, path)
    ((where, what),) = _found(workspace)
    assert "tbl-dubbel is published twice" in what and where.startswith("notebooks/werken.ipynb, code cell")


def test_the_command_counts_them_and_shows_them_as_json_too(workspace: Path) -> None:
    number = _append(workspace / "templates" / "hoofdstukken" / "_inleiding.qmd", "**open")
    done = run("check", cwd=workspace)
    assert done.code == 1 and f"hoofdstukken/_inleiding.qmd, line {number}" in done.err and "errors: 1," in done.out
    done = run("check", "--json", cwd=workspace)
    (entry,) = [each for each in json.loads(done.out)["findings"] if each["severity"] == "error"]
    assert done.code == 1 and (entry["file"], entry["row"]) == ("hoofdstukken/_inleiding.qmd", number)
