"""A notebook of any version and program is read as it was meant, or refused by line or cell."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from conftest import LOAD, PARAMETERS

from voortgang.check.checked import check
from voortgang.errors import NotebookError
from voortgang.run import notebook_file
from voortgang.workspace.paths import Workspace

WHERE = "notebooks/x.ipynb"


def _notebook() -> dict[str, Any]:
    cells: list[Any] = [nbformat.v4.new_code_cell(text, id=f"cel-{n}") for n, text in enumerate((PARAMETERS, LOAD))]
    cells += [nbformat.v4.new_markdown_cell("tekst", id="tekst"), nbformat.v4.new_code_cell("1 + 1", id="som")]
    made: dict[str, Any] = json.loads(nbformat.writes(nbformat.v4.new_notebook(cells=cells)))
    return made


def _with(**given: Any) -> bytes:
    return json.dumps(_notebook() | given).encode()


def _cells(change: Callable[[dict[str, Any]], object], number: int | None = None, **given: Any) -> bytes:
    made = _notebook() | given
    for at, cell in enumerate(made["cells"]):
        if number in (None, at):
            change(cell)
    return json.dumps(made).encode()


def _version_3() -> bytes:
    older = nbformat.convert(nbformat.reads(_with().decode(), as_version=4), 3)
    return nbformat.writes(older, version=3).encode()


def _replaced(old: str, new: str) -> bytes:
    text = json.dumps(_notebook(), indent=1)
    assert old in text
    return text.replace(old, new, 1).encode()


def _meta(**given: Any) -> bytes:
    return _with(metadata=given)


READ: dict[str, bytes] = {
    **{f"4.{minor}": _cells(lambda cell: cell.pop("id"), nbformat_minor=minor) for minor in range(6)},
    "3": _version_3(),
    "4.99": _with(nbformat_minor=99, later={"a": 1}),
    "the same id": _cells(lambda cell: cell.update(id="x")),
    "a long id": _cells(lambda cell: cell.update(id="x" * 65)),
    "an id with a space": _cells(lambda cell: cell.update(id="a b"), 3),
    "an id that is none": _cells(lambda cell: cell.update(id=7), 3),
    "a byte order mark": b"\xef\xbb\xbf" + _with(),
    "line ends of Windows": json.dumps(_notebook(), indent=1).replace("\n", "\r\n").encode(),
    "line ends in cells": _cells(lambda cell: cell.update(source="".join(cell["source"]).replace("\n", "\r\n"))),
    "old line ends in cells": _cells(lambda cell: cell.update(source="".join(cell["source"]).replace("\n", "\r"))),
    "odd outputs": _cells(lambda cell: cell.update(outputs=[{"output_type": "vreemd", "x": "\ud800"}]), 3),
    "outputs without numbers": _cells(lambda cell: cell.update(outputs=[{"data": {"x": float("nan")}}]), 3),
    "no outputs": _cells(lambda cell: cell.pop("outputs"), 3),
    "no kernel": _meta(kernelspec={}, language_info={}),
    "a kernel of another name": _meta(kernelspec={"name": "conda-env-x", "display_name": "x", "language": "python"}),
    "widgets without state": _meta(widgets={"application/vnd.jupyter.widget-state+json": {}}),
}


@pytest.mark.parametrize("what", READ)
def test_it_is_read_the_same_each_time_and_every_cell_has_its_own_id(tmp_path: Path, what: str) -> None:
    path = tmp_path / "x.ipynb"
    path.write_bytes(READ[what])
    content, again = (notebook_file.read(path, WHERE) for _ in range(2))
    assert content == again
    assert [cell.source for cell in content.cells] == [PARAMETERS, LOAD, "tekst", "1 + 1"]
    assert len({cell.id for cell in content.cells}) == 4
    assert not any(cell.get("outputs") for cell in content.cells)
    json.dumps(content, allow_nan=False).encode()
    nbformat.validate(content)


CODE_2, CODE_3, TEXT = f"{WHERE}, code cell 2", f"{WHERE}, code cell 3", f"{WHERE}, the text after code cell 2"
REFUSED: dict[str, tuple[bytes, str, str]] = {
    "nothing": (b"", "no JSON", f"{WHERE}, line 1"),
    "UTF-16": (_with().decode().encode("utf-16"), "byte 0", WHERE),
    "half of it": (_with()[:300], "no JSON", f"{WHERE}, line 1"),
    "more after it": (_with() + b"\n}", "no JSON", f"{WHERE}, line 2"),
    "a merge": (
        _replaced('\n "metadata"', '\n<<<<<<< a\n "x": 1,\n=======\n>>>>>>> b\n "metadata"'),
        "merge",
        ", line ",
    ),
    "a merge in a text": (
        _cells(lambda cell: cell.update(source="a\n<<<<<<< local\nb\n=======\nc\n>>>>>>> remote\n"), 2),
        "merge",
        f"{TEXT}, line 2",
    ),
    "a key twice": (_replaced('"source":', '"source": "1/0", "source":'), "'source' stands twice", WHERE),
    "no list of cells": (_with(cells={}), "no list of cells", WHERE),
    "a list": (b"[]", "which format", WHERE),
    "4 as text": (_with(nbformat="4"), "which format", WHERE),
    "5 and a half": (_with(nbformat_minor=5.0), "which format", WHERE),
    "format 5": (_with(nbformat=5), "its format is 5", WHERE),
    "no number": (_meta(x=float("nan")), "nan", WHERE),
    "too large a number": (_replaced('"metadata": {}', '"metadata": {"x": 1e999}'), "inf", f"{WHERE}, code cell 1"),
    "half a character": (_meta(title="\ud800"), "U+D800", WHERE),
    "half a character in a tag": (_cells(lambda cell: cell["metadata"].update(tags=["\udc00"]), 3), "U+DC00", CODE_3),
    "no cell": (_with(cells=[*_notebook()["cells"], None]), "the cell is none", f"{WHERE}, the text after code cell 3"),
    "a cell of SQL": (_cells(lambda cell: cell.update(cell_type="sql"), 2), "'sql'", TEXT),
    "a source that is none": (_cells(lambda cell: cell.update(source=None), 2), "source", TEXT),
    "tags as text": (_cells(lambda cell: cell["metadata"].update(tags="x"), 3), "array", CODE_3),
    "R": (_meta(kernelspec={"name": "ir", "display_name": "R", "language": "R"}), "written in R", WHERE),
    "Julia": (_meta(kernelspec={"name": "x", "display_name": "x"}, language_info={"name": "julia"}), "julia", WHERE),
    "a cell of papermill": (
        _cells(lambda cell: cell["metadata"].update(tags=["injected-parameters"]), 1),
        "papermill",
        CODE_2,
    ),
    "a cell to pass over": (_cells(lambda cell: cell["metadata"].update(tags=["skip-execution"]), 3), "skip", CODE_3),
}


@pytest.mark.parametrize("what", REFUSED)
def test_it_is_refused_with_its_place(tmp_path: Path, what: str) -> None:
    path = tmp_path / "x.ipynb"
    content, says, where = REFUSED[what]
    path.write_bytes(content)
    with pytest.raises(NotebookError) as error:
        notebook_file.read(path, WHERE)
    assert says in error.value.what and error.value.where.startswith(WHERE) and where in error.value.where, error.value


@pytest.mark.parametrize("name", ["data/toelichting/2021/aanpak.md", "templates/rapport.qmd", "data/projecten.csv"])
def test_a_merge_that_is_not_finished_is_found_in_every_text(workspace: Path, name: str) -> None:
    path = workspace / name
    path.parent.mkdir(exist_ok=True)
    text = path.read_text(encoding="utf-8") if path.exists() else "Tekst."
    path.write_text(f"{text}\n\n<<<<<<< HEAD\nEen.\n\n=======\nTwee.\n>>>>>>> ander\n", encoding="utf-8")
    found = [each for each in check(Workspace(workspace)).findings if each.rule == "merge_unfinished"]
    assert [each.file for each in found] == [name] and found[0].row == text.count("\n") + 3
