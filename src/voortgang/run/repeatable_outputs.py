"""Outputs of a notebook without what differs from run to run: the one place that knows what that is.

What a report, a page for auditors and a verification see has been through here; nothing later needs the raw outputs.
Every rule takes time in proportion to the text: a cell may print a line of many megabytes.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat

from voortgang.run.plan import is_injected
from voortgang.writing.publishable import MIME

LIMIT = 100_000
"""Characters that are shown of what a cell prints at a stretch, and of the text of one result."""

_LAST = 5_000
MOST = 500
"""Results of one cell that are shown; what is published counts always."""

_LARGEST = 10_000_000
"""Characters of one picture or page; of a larger one only its text is shown."""

_TEXTS = ("text/plain", "text/html", "text/markdown", "text/latex")
_CELL_FILE = re.compile(r"ipykernel_\d{1,10}[/\\](?=\d{1,12}\.py)")
_LONGEST_PATH = 4096

_RULES: tuple[tuple[str, re.Pattern[str], str], ...] = (
    ("0x", re.compile(r"(?<= at )0x[0-9a-fA-F]{6,16}\b"), "0x…"),
    # A progress bar of tqdm: its times and speed.
    ("[", re.compile(r" ?\[\d{1,4}:\d\d(?::\d\d)?<[^\]\n]{1,80}\]"), ""),
    ("[", re.compile(r" ?\[\d{1,4}:\d\d(?::\d\d)?,[^\]\n]{1,80}/(?:s|it)[^\]\n]{0,80}\]"), ""),
    # When something was, as logging writes it.
    (":", re.compile(r"\b\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}\b"), "(tijd)"),
    # What %time and %timeit print.
    ("time", re.compile(r"^(CPU times|Wall time): [^\n]{1,200}$", re.MULTILINE), r"\1: …"),
    ("±", re.compile(r"[\d.]{1,12} [mµun]?s ± [^\n]{1,40} per loop(?: \([^)\n]{1,80}\))?"), "… per loop"),
)
"""A sign that a text must hold for the pattern to be looked for at all, the pattern, and what stands in its place."""

_STYLED = re.compile(r"\bT_[0-9a-f]{5}(?=[\s_\"'])")


def normalise(notebook: Any, root: Path) -> None:
    """Take out of an executed notebook what the same inputs do not give each time, and what is too much to show.

    Parameters
    ----------
    root
        The workspace.
    """
    notebook.metadata.pop("papermill", None)
    notebook.metadata.pop("widgets", None)  # the state of what only a running kernel shows
    places = _places(root)
    for number, cell in enumerate(notebook.cells):
        for key in ("papermill", "execution"):
            cell.metadata.pop(key, None)
        if is_injected(cell):
            cell["id"] = f"parameters-{number}"
        if "outputs" in cell:
            shown = [each for each in cell.outputs if each.get("data") != {}]  # an empty one shows nothing
            cell.outputs = list(_bounded(_joined(shown)))
            for output in cell.outputs:
                _make_plain(output, places)


def _make_plain(output: Any, places: Callable[[str], str]) -> None:
    if output.output_type == "stream":
        output.text = _plain(_as_terminal(output.text), places)
        return
    data = output.get("data", {})
    if data.pop("application/vnd.jupyter.widget-view+json", None) is not None and not data:
        data["text/plain"] = "[Weggelaten: een bedieningselement, dat alleen een draaiend notebook toont.]"
    for kind, value in list(data.items()):
        if isinstance(value, str) and kind in _TEXTS:
            if len(value) > LIMIT and kind != "text/plain":
                del data[kind]  # half a page of markup is none
                data.setdefault("text/plain", f"[Weggelaten: {_count(value)} tekens opmaak.]")
            else:
                data[kind] = _styled(_plain(value, places)) if kind == "text/html" else _plain(value, places)
        elif isinstance(value, str) and len(value) > _LARGEST and MIME not in data:
            del data[kind]
            data.setdefault("text/plain", f"[Weggelaten: {kind} van {_count(value)} tekens.]")


def _plain(text: str, places: Callable[[str], str]) -> str:
    text = places(_without_cell_files(_cut(text)))
    for sign, pattern, instead in _RULES:
        if sign in text:
            text = pattern.sub(instead, text)
    return text


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


def _bounded(outputs: list[Any]) -> Iterator[Any]:
    """Yield the outputs without those of which there are too many, and a note in their place."""
    left = [output for output in outputs[MOST:] if MIME not in output.get("data", {})]
    yield from (output for number, output in enumerate(outputs) if number < MOST or MIME in output.get("data", {}))
    if left:
        text = f"[Weggelaten: nog {len(left)} uitkomsten van deze cel.]\n"
        yield nbformat.v4.new_output("stream", name="stdout", text=text)


def _as_terminal(text: str) -> str:
    """Return what a terminal would show: after a carriage return a line is written over."""
    if "\r" not in text:
        return text
    lines = text.replace("\r\n", "\n").split("\n")
    return "\n".join(next((part for part in reversed(line.split("\r")) if part), "") for line in lines)


def _cut(text: str) -> str:
    """Return a text that can be read: the beginning and the end of a longer one, with a note between."""
    if len(text) <= LIMIT:
        return text
    end, begin = LIMIT - _LAST, len(text) - _LAST
    note = f"\n[Weggelaten: {begin - end:,} tekens. Een cel toont er hoogstens {LIMIT:,}.]\n".replace(",", ".")
    return text[:end] + note + text[begin:]


def _count(text: str) -> str:
    return f"{len(text):,}".replace(",", ".")


def _without_cell_files(text: str) -> str:
    """Return a text without the folder of the file that IPython makes of a cell; a warning names it."""
    kept, end = [], 0
    for match in _CELL_FILE.finditer(text):
        before = text[max(end, match.start() - _LONGEST_PATH) : match.start()].rsplit(maxsplit=1)
        folder = before[-1] if before and not text[match.start() - 1].isspace() else ""
        kept.append(text[end : match.start() - len(folder)])
        end = match.end()
    return "".join([*kept, text[end:]])


def _places(root: Path) -> Callable[[str], str]:
    """Return what takes places on this computer out of a text: the workspace, Python and its packages, other files."""
    folders = [(str(root), ""), (str(root.resolve()), "")]
    packages = [each for each in sys.path if each.endswith("site-packages")]
    folders += [(each, "") for each in (*packages, sys.prefix, sys.base_prefix, str(Path(__file__).parents[2]))]
    folders += [(str(Path.home()), "~/")]
    own = {f"{name}/": instead for name, instead in folders if len(Path(name).parts) > 2}
    names = sorted(own, key=len, reverse=True)
    temporary = list(dict.fromkeys((tempfile.gettempdir(), "/tmp")))
    pattern = re.compile("|".join([rf"(?<![\w.-])(?:{re.escape(name)})" for name in names]))
    by_chance = re.compile(rf"(?<![\w.-])(?:{'|'.join(map(re.escape, temporary))})(?:/[\w.-]{{1,100}}){{1,20}}")
    alone = re.compile("|".join(rf"(?<![\w.-]){re.escape(each.rstrip('/'))}(?![\w/-])" for each in names))
    # A text that names none of them is by far the most common, and seen much sooner.
    folders_named = [each.rstrip("/") for each in (*names, *temporary)]

    def without(text: str) -> str:
        if not any(folder in text for folder in folders_named):
            return text
        text = pattern.sub(lambda match: own[match[0]], text)
        text = alone.sub(lambda match: own[f"{match[0]}/"].rstrip("/") or ".", text)
        return by_chance.sub("/tmp/…", text)

    return without


def _styled(text: str) -> str:
    """Return a styled table of pandas with names by order instead of by chance."""
    found = _STYLED.findall(text) if "T_" in text else []
    names = {name: f"T_{number}" for number, name in enumerate(dict.fromkeys(found), 1)}
    return _STYLED.sub(lambda match: names[match[0]], text) if names else text
