"""Outputs hold nothing that differs from run to run, and no more than can be shown."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest

from voortgang.errors import NotebookError
from voortgang.run.execute import Executed
from voortgang.run.kernels import bounded
from voortgang.run.repeatable_outputs import LIMIT, MOST, normalise
from voortgang.writing.publishable import MIME

ROOT = Path("/tmp/some/deal")
_new = nbformat.v4.new_output


def _normal(*outputs: Any) -> list[Any]:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("", outputs=list(outputs))])
    normalise(notebook, ROOT)
    return list(notebook.cells[0].outputs)


def _printed(text: str) -> str:
    (output,) = _normal(_new("stream", name="stdout", text=text))
    return str(output.text)


@pytest.mark.parametrize(
    ("printed", "kept"),
    [
        ("<function f at 0x7f3a1c2b4d60>", "<function f at 0x…>"),
        ("0x7f3a1c2b4d60 is a number", "0x7f3a1c2b4d60 is a number"),
        (f"{ROOT}/data/deal.yml en {ROOT}.", "data/deal.yml en .."),
        ("/elders/tmp/some/deal/x", "/elders/tmp/some/deal/x"),
        (f"file://{ROOT}/data", "file://data"),
        (f"{sys.prefix}/lib/x.py:12: FutureWarning: old", "lib/x.py:12: FutureWarning: old"),
        ("/tmp/tmpab12cd_4/x", "/tmp/…"),
        ("/some/ipykernel_12/345.py:3: UserWarning: x", "345.py:3: UserWarning: x"),
        ("  0%| | 0/3\r 33%|# | 1/3 [00:01<00:02, 1.0it/s]\r100%|##| 3/3 [00:03<00:00, 1.0s/it]\n", "100%|##| 3/3\n"),
        ("7it [00:00, 4912.5it/s]", "7it"),
        ("2026-11-29 14:33:01,123 WARNING let op", "(tijd) WARNING let op"),
        ("2026-11-29 14:33:01", "2026-11-29 14:33:01"),
        ("een\r\ntwee\r\n", "een\ntwee\n"),
        ("CPU times: user 3 µs, sys: 1 µs\nWall time: 5.2 µs\n", "CPU times: …\nWall time: …\n"),
        ("1.23 ms ± 45.6 µs per loop (mean ± std. dev. of 7 runs, 1,000 loops each)", "… per loop"),
    ],
)
def test_what_differs_from_run_to_run_is_left_out(printed: str, kept: str) -> None:
    assert _printed(printed) == kept


def test_how_printing_comes_in_pieces_does_not_matter() -> None:
    pieces = [("stdout", "a"), ("stderr", "w"), ("stdout", "b\n")]
    one = _normal(*(_new("stream", name=name, text=text) for name, text in pieces))
    other = _normal(*(_new("stream", name=name, text=text) for name, text in [("stderr", "w"), ("stdout", "ab\n")]))
    assert one == other and [each.text for each in one] == ["ab\n", "w"]


def test_styled_tables_and_widgets_have_no_names_by_chance() -> None:
    html = '<style type="text/css">\n#T_{0}_row0 {{}}\n</style><table id="T_{0}">'
    one, other = (
        _normal(_new("display_data", {"text/html": html.format(each), "application/vnd.jupyter.widget-view+json": {}}))
        for each in ("0a1b2", "fedcb")
    )
    assert one == other and set(one[0].data) == {"text/html"}


@pytest.mark.parametrize("line", ["x" * 50_000_000, "\r".join(["x" * 99] * 500_000), "ipykernel_1/" * 4_000_000])
def test_fifty_megabytes_are_cut(line: str) -> None:
    assert len(_printed(line)) < LIMIT + 200


def test_a_cell_may_print_fifty_megabytes(run_cells: Callable[..., Executed]) -> None:
    executed = run_cells("print('x' * 50_000_000)\nfor i in range(20_000): print(i)", "1 + 1")
    assert len(executed.notebook) < 3 * LIMIT and b"Weggelaten" in executed.notebook


def test_of_what_a_cell_prints_without_end_the_beginning_is_kept() -> None:
    def message(cell: str, name: str, text: str) -> dict[str, Any]:
        content = {"name": name, "text": text}
        return {"msg_type": "stream", "parent_header": {"msg_id": cell}, "content": content}

    sent = [
        ("1", "stdout", "abc"),
        ("1", "stderr", "x"),
        ("1", "stdout", "def"),
        ("1", "stdout", "g"),
        ("2", "stdout", "h"),
    ]
    status = {"msg_type": "status", "content": {"execution_state": "idle"}}
    messages = iter([message(*each) for each in sent] + [status])

    async def get() -> dict[str, Any]:
        return next(messages)

    receive = bounded(get, most=5)
    received = [asyncio.run(receive()) for _ in range(6)]
    assert [each["content"]["text"] for each in received[:5]] == ["abc", "x", "de", "", "h"]
    assert received[5] == status


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        ("kernel.session.send(kernel.iopub_socket, 'stream', {}, parent=kernel.get_parent('shell'))", "'stream'"),
        ("display({'text/plain': None}, raw=True)", "no notebook can hold"),
    ],
)
def test_what_no_notebook_can_hold_is_named_with_its_cell(
    run_cells: Callable[..., Executed], cell: str, says: str
) -> None:
    with pytest.raises(NotebookError, match=says) as caught:
        run_cells(f"kernel = get_ipython().kernel\n{cell}", "1 + 1")
    assert "code cell 3" in caught.value.where


def test_of_a_widget_alone_there_is_a_note_and_of_nothing_there_is_nothing() -> None:
    shown = [_new("display_data", {"application/vnd.jupyter.widget-view+json": {}}), _new("display_data", {})]
    (note,) = _normal(*shown)
    assert set(note.data) == {"text/plain"} and "Weggelaten" in note.data["text/plain"]


def test_what_is_too_much_is_said_and_what_is_published_stays() -> None:
    shown = [_new("display_data", {"text/plain": str(number)}) for number in range(MOST + 7)]
    published = _new("display_data", {MIME: [], "image/svg+xml": "x" * 10_000_001})
    outputs = _normal(*shown, published, _new("display_data", {"image/png": "x" * 10_000_001}))
    assert len(outputs) == MOST + 2 and outputs[-2] == published
    assert "8" in outputs[-1].text and "Weggelaten" in outputs[-1].text
    (large,) = _normal(_new("display_data", {"image/png": "x" * 10_000_001, "text/html": "<b>" * LIMIT}))
    assert set(large.data) == {"text/plain"} and "Weggelaten" in large.data["text/plain"]
    assert "300.000 tekens" in _printed("x" * (LIMIT + 300_000))
