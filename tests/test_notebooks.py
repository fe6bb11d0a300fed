"""Notebooks read as a story, hold no helper code or outputs, and run with their own defaults."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import nbclient
import nbformat
import pytest
from conftest import REPOSITORY

from voortgang import notebook as vg
from voortgang.assemble.collect import Collected
from voortgang.errors import NotebookError
from voortgang.workspace.parameters import EACH
from voortgang.writing.publishable import unquoted

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


@pytest.mark.sampled(2)
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_runs_from_top_to_bottom_with_its_defaults(path: Path, workspace: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    nbclient.NotebookClient(notebook, resources={"metadata": {"path": str(workspace / "notebooks")}}).execute()
    collected = Collected()
    each = next(((name, "een") for name in EACH if f"{name} = " in notebook.cells[1].source), None)
    collected.add(nbformat.writes(notebook).encode(), path.name, each)
    assert collected.fragments and collected.facts


@pytest.mark.parametrize(
    ("left_out", "says"),
    [
        ("", "Van de 75-plussers woont 91,3 procent zelfstandig; van de jongeren krijgt 12,4 procent jeugdzorg."),
        ("welzijn-4-zelfstandig", "Van de jongeren krijgt 12,4 procent jeugdzorg."),
        ("welzijn-", "Daarover is nog geen cijfer."),
    ],
)
def test_no_sentence_tells_of_what_was_not_measured(workspace: Path, left_out: str, says: str) -> None:
    table = workspace / "data" / "metingen.csv"
    rows = table.read_text(encoding="utf-8").splitlines(keepends=True)
    table.write_text("".join(row for row in rows if not left_out or left_out not in row), encoding="utf-8")
    notebook = nbformat.read(workspace / "notebooks" / "welzijn.ipynb", as_version=4)
    (cell,) = (each.source for each in notebook.cells if "txt-welzijn-betekenis" in each.source)
    known = {"vg": vg, "report": vg.load(2021, "2021-12-31", "overleg", workspace)}
    before, _, last = cell.partition("vg.sentences(")
    exec(before, known)
    told = eval(f"vg.sentences({last}", known)
    assert unquoted(told.outputs[0].paragraphs[0]).startswith(says)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"image/png": "iVBORw0KGgo=", "text/plain": "<Figure>"}, "shows a picture of its own"),
        ({"text/html": "<table></table>", "text/plain": "a"}, "shows a table or text of its own"),
        ({"text/plain": "3"}, "publishes 0 tables, figures or texts"),
    ],
)
def test_what_an_analyst_shows_in_another_way_is_told_how_to_show_it(data: dict[str, str], says: str) -> None:
    cell = nbformat.v4.new_code_cell(
        "#| label: fig-eigen\nchart", outputs=[nbformat.v4.new_output("display_data", data)]
    )
    notebook = nbformat.v4.new_notebook(cells=[cell])
    with pytest.raises(NotebookError) as caught:
        Collected().add(nbformat.writes(notebook).encode(), "eigen.ipynb")
    assert says in caught.value.what
    assert ("vg.chart_" in caught.value.expected) == ("own" in says)
