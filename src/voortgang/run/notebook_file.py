"""Read the file of a notebook: its cells without outputs, each with an id of its own, or what is wrong and where."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from voortgang.check import merge_marks
from voortgang.errors import NotebookError
from voortgang.workspace.fingerprint import of_value

INJECTED = "injected-parameters"
"""Tag of the cell that papermill puts after the one tagged `parameters`."""

_CELLS = {"code": "code_cell", "markdown": "markdown_cell", "raw": "raw_cell"}
"""The kinds of cells, and how the schema of nbformat calls each."""

MINOR = 5
"""The version of the format, 4.5, in which cells have ids; it is the one that outputs are written in."""

_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_HALF = re.compile("[\ud800-\udfff]")
_TAGS = {
    INJECTED: "papermill takes it for its own and replaces it",
    "skip-execution": "nbclient passes over it",
}
"""Tags of cells that would not run, and why."""


def read(notebook: Path, where: str) -> Any:
    """Return the content of a notebook in the format 4.5.

    Parameters
    ----------
    where
        How messages name it.

    Raises
    ------
    NotebookError
        When it is no notebook that Python can run, or a cell is not what the format says; names the line or the cell.
    """
    return parsed(bytes_of(notebook, where), where)


def bytes_of(notebook: Path, where: str) -> bytes:
    """Return what stands in the file of a notebook; raises `NotebookError` when it cannot be read."""
    try:
        return notebook.read_bytes()
    except OSError as error:
        raise _unreadable(error.strerror or str(error), where) from error


def parsed(file: bytes, where: str) -> Any:
    """Return what `read` does, of what stands in the file; raises what that raises."""
    content = _parsed(file, where)
    if not isinstance(content, dict) or not all(
        type(content.get(key)) is int for key in ("nbformat", "nbformat_minor")
    ):
        raise _unreadable("it does not say by whole numbers which format it has", where)
    has_ids = content["nbformat"] == 4 and content["nbformat_minor"] >= MINOR
    content = _as_version_4(content, where)
    _require_language(content.metadata, where)
    _name_cells(content.cells, has_ids)
    content.nbformat_minor = max(content.nbformat_minor, MINOR)
    for number, cell in enumerate(content.cells):
        _require_cell(cell, place(content.cells, number, where))
    _require_valid(content, where)
    return content


def place(cells: list[Any], number: int, where: str) -> str:
    """Return how messages name the cell with a number, from nought, of a notebook."""
    count = sum(_kind(each) == "code" for each in cells[: number + 1])
    return (
        f"{where}, code cell {count}"
        if _kind(cells[number]) == "code"
        else f"{where}, the text after code cell {count}"
    )


def _parsed(file: bytes, where: str) -> Any:
    try:
        text = file.decode("utf-8-sig")
        return json.loads(text, object_pairs_hook=_pairs)
    except UnicodeDecodeError as error:
        raise _unreadable(f"it is no text in UTF-8 (byte {error.start})", where) from error
    except json.JSONDecodeError as error:
        if line := merge_marks.begins(text.encode()):
            raise _merging(f"{where}, line {line}") from error
        raise _unreadable(f"it is no JSON: {error.msg}", f"{where}, line {error.lineno}") from error
    except RecursionError as error:
        raise _unreadable("lists lie too deep in each other", where) from error
    except ValueError as error:
        raise _unreadable(str(error).partition(";")[0], where) from error


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object of JSON; of a key that stands twice, as after a merge, only the last would count."""
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"the key {twice!r} stands twice in one place")
    return found


def _as_version_4(content: dict[str, Any], where: str) -> Any:
    import nbformat

    version = content["nbformat"]
    if version not in (3, 4):
        raise _unreadable(f"its format is {version}", where)
    groups = [content] if version == 4 else content.get("worksheets")
    if not isinstance(groups, list) or not all(
        isinstance(group, dict) and isinstance(group.get("cells"), list) for group in groups
    ):
        raise _unreadable("it has no list of cells", where)
    if not isinstance(content.get("metadata"), dict):
        raise _unreadable("it has no metadata", where)
    cells = [cell for group in groups for cell in group["cells"]]
    for number, cell in enumerate(cells):
        if not isinstance(cell, dict) or not isinstance(cell.get("metadata", {}), dict):
            raise _unreadable("the cell is none", place(cells, number, where))
        if _kind(cell) == "code":
            # What it showed when somebody ran it by hand is no part of it.
            cell |= {"outputs": []} | ({"execution_count": None} if version == 4 else {})
        for key in ("source", "input"):
            if isinstance(text := cell.get(key), list) and all(isinstance(line, str) for line in text):
                cell[key] = "".join(text)
            if isinstance(cell.get(key), str):
                cell[key] = re.sub("\r\n?", "\n", cell[key])  # one way to end a line, for labels and for messages
    if version == 4:
        return nbformat.from_dict(content)
    try:
        return nbformat.convert(nbformat.from_dict(content), 4)
    except Exception as error:  # it looks up keys and types without a question
        raise _unreadable("it cannot be read as format 3", where) from error


def _require_language(metadata: Any, where: str) -> None:
    """Raise `NotebookError` for a notebook in another language: some of it would run as Python, and mean other things.

    By which name a computer knows its Python says nothing about the notebook.
    """
    kernel, known = metadata.get("kernelspec"), metadata.get("language_info")
    names = [kernel.get("language") if isinstance(kernel, dict) else None]
    names += [known.get("name") if isinstance(known, dict) else None]
    other = next((name for name in names if isinstance(name, str) and name and "python" not in name.lower()), None)
    if other is not None:
        raise NotebookError(
            f"The notebook is written in {other}.",
            where,
            "a notebook in Python",
            "Open it with 'make lab', choose a kernel of Python, and save it; or write it in Python.",
        )
    for key, name in (("kernelspec", "display_name"), ("language_info", "name")):
        if key in metadata and not (isinstance(metadata[key], dict) and metadata[key].get(name)):
            del metadata[key]  # an empty one, as some programs leave


def _name_cells(cells: list[Any], have_ids: bool) -> None:
    """Give each cell an id of its own.

    Older notebooks (before nbformat 4.5) have none, and programs that copy cells repeat them. nbformat would make new
    ones by chance, and then no two runs give the same bytes.
    """
    used: set[str] = set()
    for number, cell in enumerate(cells, 1):
        own = cell.get("id")
        if not have_ids or not isinstance(own, str) or not _ID.fullmatch(own) or own in used:
            cell["id"] = f"cell-{number}-{of_value(cell.get('source'))[:12]}"
        used.add(cell["id"])


def _require_cell(cell: Any, where: str) -> None:
    from nbformat.validator import iter_validate

    if _kind(cell) not in _CELLS:
        raise _unreadable(f"a cell of the kind {_kind(cell)!r}", where)
    for error in iter_validate(cell, ref=_CELLS[_kind(cell)], version=4, version_minor=MINOR, relax_add_props=True):
        key = next(iter(error.absolute_path), "")
        raise _unreadable(f"{f'{key}: ' if key else ''}{error.message[:150]}", where)
    if half := _HALF.search(cell.source):
        line = cell.source.count("\n", 0, half.start()) + 1
        raise _half(half[0], f"{where}, line {line}")
    _require_plain({**cell, "source": ""}, where)
    if line := merge_marks.begins(cell.source.encode()):
        raise _merging(f"{where}, line {line}")
    for tag in _TAGS.keys() & set(cell.metadata.get("tags", [])):
        raise NotebookError(
            f"The cell is tagged '{tag}' and would not run: {_TAGS[tag]}.",
            where,
            "only cells that are the notebook's own, and that all run",
            "Remove the cell, when papermill made it in a notebook that was run; otherwise remove the tag.",
        )


def _require_valid(content: Any, where: str) -> None:
    from nbformat.validator import iter_validate

    about = {**content, "cells": []}
    for error in iter_validate(about, version=4, version_minor=content.nbformat_minor, relax_add_props=True):
        raise _unreadable(f"{'.'.join(map(str, error.absolute_path))}: {error.message[:150]}", where)
    _require_plain(about, where)


def half_in(node: Any) -> str:
    """Return the first half of a character (a lone surrogate) in the texts of `node`; no file in UTF-8 can hold one."""
    halves = (_HALF.search(value) for value in _values(node) if isinstance(value, str))
    return next((half[0] for half in halves if half), "")


def _require_plain(node: Any, where: str) -> None:
    """Raise `NotebookError` for what no file in UTF-8, or no JSON, can hold."""
    if half := half_in(node):
        raise _half(half, where)
    for value in _values(node):
        if isinstance(value, float) and not math.isfinite(value):
            raise _unreadable(f"it holds {value}, which is no number of JSON", where)


def _values(node: Any) -> Iterator[Any]:
    waiting = [node]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            waiting += [*each.keys(), *each.values()]
        elif isinstance(each, list):
            waiting += each
        else:
            yield each


def _kind(cell: Any) -> Any:
    return cell.get("cell_type") if isinstance(cell, dict) else None


def _merging(where: str) -> NotebookError:
    return NotebookError(
        "The notebook holds the marks of a merge that is not finished.",
        where,
        "one version of each cell",
        "Keep the version that counts, and leave out the lines with <<<<<<<, ======= and >>>>>>>.",
    )


def _half(character: str, where: str) -> NotebookError:
    return NotebookError(
        f"The cell holds half of a character (U+{ord(character):04X}).",
        where,
        "whole characters",
        "Type the character again.",
    )


def _unreadable(why: str, where: str) -> NotebookError:
    return NotebookError(
        f"The notebook cannot be read: {why}.",
        where,
        "a Jupyter notebook (nbformat 4), as JupyterLab saves it",
        f"Save it again from JupyterLab, or restore it, for instance with: git checkout -- {where.partition(',')[0]}",
    )
