"""Outputs of a notebook without what differs from run to run: the one place that knows what that is.

What a report, a page for auditors and a verification see has been through here; nothing later needs the raw outputs.
"""

from __future__ import annotations

import re
from typing import Any

from voortgang.run.plan import is_injected

_CELL_FILE = re.compile(r"ipykernel_\d{1,10}[/\\](?=\d{1,12}\.py)")
_LONGEST_PATH = 4096


def normalise(notebook: Any) -> None:
    """Take out of an executed notebook what the same inputs do not give each time."""
    notebook.metadata.pop("papermill", None)
    for number, cell in enumerate(notebook.cells):
        for key in ("papermill", "execution"):
            cell.metadata.pop(key, None)
        if is_injected(cell):
            cell["id"] = f"parameters-{number}"
        if "outputs" in cell:
            cell.outputs = _joined(cell.outputs)
        for output in cell.get("outputs", []):
            if output.output_type == "stream":
                output.text = _without_cell_files(output.text)


def _joined(outputs: list[Any]) -> list[Any]:
    """Return the outputs with what is printed in one piece, between what is shown.

    How it comes in pieces, and whether a warning comes before or after what is printed, is a matter of milliseconds.
    """
    joined: list[Any] = []
    streams: dict[str, tuple[Any, list[str]]] = {}

    def flush() -> None:
        for name in sorted(streams, reverse=True):  # stdout, stderr
            first, texts = streams[name]
            first.text = "".join(texts)
            joined.append(first)
        streams.clear()

    for output in outputs:
        if output.output_type == "stream":
            streams.setdefault(output.name, (output, []))[1].append(output.text)
        else:
            flush()
            joined.append(output)
    flush()
    return joined


def _without_cell_files(text: str) -> str:
    """Return a text without the folder of the file that IPython makes of a cell; a warning names it."""
    kept, end = [], 0
    for match in _CELL_FILE.finditer(text):
        before = text[max(end, match.start() - _LONGEST_PATH) : match.start()].rsplit(maxsplit=1)
        folder = before[-1] if before and not text[match.start() - 1].isspace() else ""
        kept.append(text[end : match.start() - len(folder)])
        end = match.end()
    return "".join([*kept, text[end:]])
