"""Notebooks read as a story, hold no helper code or outputs, and run with their own defaults."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import nbclient
import nbformat
import pytest
from conftest import REPOSITORY

from voortgang.assemble.collect import Collected
from voortgang.workspace.parameters import EACH

NOTEBOOKS = sorted((REPOSITORY / "notebooks").glob("*.ipynb"))
OF_PORTFOLIO = sorted(
    (REPOSITORY / "src" / "voortgang" / "readers" / "portfolio" / "project" / "notebooks").glob("*.ipynb")
)


@pytest.mark.parametrize("path", [*NOTEBOOKS, *OF_PORTFOLIO], ids=lambda path: path.stem)
def test_notebook_is_short_and_clean(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    assert notebook.cells[0].source.startswith("# ")
    assert sum(cell.cell_type == "code" for cell in notebook.cells) <= 20
    for cell in notebook.cells:
        assert len(cell.source.splitlines()) <= 12
        if cell.cell_type != "code":
            continue
        assert cell.outputs == []
        assert cell.execution_count is None
        assert not re.search(r"_tekst\b", cell.source), "a table shows what the report writes by itself"
        for node in ast.walk(ast.parse(cell.source)):
            assert not isinstance(node, ast.FunctionDef | ast.ClassDef | ast.For | ast.While), "helper code"


@pytest.mark.sampled(4)
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_runs_from_top_to_bottom_with_its_defaults(path: Path, workspace: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    nbclient.NotebookClient(notebook, resources={"metadata": {"path": str(workspace / "notebooks")}}).execute()
    collected = Collected()
    each = next(((name, "een") for name in EACH if f"{name} = " in notebook.cells[1].source), None)
    collected.add(nbformat.writes(notebook).encode(), path.name, each)
    assert collected.fragments and collected.facts
