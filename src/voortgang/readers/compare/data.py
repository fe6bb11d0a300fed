"""Compare tables, key figures, notebooks and plain text."""

from __future__ import annotations

import csv
import json
from base64 import b64decode
from collections.abc import Iterator
from io import StringIO
from typing import Any

from voortgang.readers.compare.found import Found, Unreadable, after_steps, values
from voortgang.writing.publishable import NARROW

_PARAMETERS = "injected-parameters"


def bytes_only(old: bytes, new: bytes) -> Iterator[Found]:
    """Yield a difference: of such a file every byte counts."""
    yield Found("", "value", f"{len(old)} bytes", f"{len(new)} other bytes")


def texts(old: bytes, new: bytes) -> Iterator[Found]:
    """Yield the lines of a plain text that differ; how lines end does not count."""
    lines = [content.decode().replace("\r\n", "\n").split("\n") for content in (old, new)]
    if lines[0] == lines[1]:
        yield Found("", "form", "line ends", "")
    for number in range(1, max(map(len, lines)) + 1):
        was, is_now = (each[number - 1] if number <= len(each) else "absent" for each in lines)
        yield from values(f"line {number}", was, is_now)


def tables(old: bytes, new: bytes) -> Iterator[Found]:
    """Yield the rows of a CSV file that differ."""
    left_old, left_new, reason = after_steps(
        [("line ends", lambda text: text.replace("\r\n", "\n")), ("quotes that no cell needs", _rewritten)],
        old.decode(),
        new.decode(),
    )
    if left_old == left_new:
        yield Found("", "form", reason, "")
        return
    rows = [list(csv.reader(StringIO(text), strict=True)) for text in (left_old, left_new)]
    for number in range(1, max(map(len, rows)) + 1):
        was, is_now = (
            json.dumps(each[number - 1], ensure_ascii=False) if number <= len(each) else "absent" for each in rows
        )
        yield from values(f"row {number}", was, is_now)


def _rewritten(text: str) -> str:
    target = StringIO()
    csv.writer(target, lineterminator="\n").writerows(csv.reader(StringIO(text), strict=True))
    return target.getvalue()


def jsons(old: bytes, new: bytes) -> Iterator[Found]:
    """Yield the values of a JSON file that differ; facts by their id."""
    was, is_now = _parsed(old), _parsed(new)
    same = True
    for each in _values("", was, is_now):
        same = False
        yield each
    if same:
        yield Found("", "form", "spaces and the order of keys", "")


def _parsed(content: bytes) -> Any:
    return json.loads(content, object_pairs_hook=_once)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object; raises `Unreadable` when a key stands in it twice: readers choose different ones."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Unreadable("a key stands twice")
    return found


def _values(where: str, old: Any, new: Any) -> Iterator[Found]:
    if isinstance(old, dict) and isinstance(new, dict):
        first = ("tekst", "waarde")  # what a reader of the difference looks for
        for key in dict.fromkeys([*first, *old, *new]):
            if key in old or key in new:
                yield from _values(_place(where, key), old.get(key, ...), new.get(key, ...))
    elif isinstance(old, list) and isinstance(new, list):
        names = [[_name(each, number) for number, each in enumerate(part)] for part in (old, new)]
        if names[0] != names[1]:
            yield from values(where, str(names[0]), str(names[1]))
        known = [dict(zip(name, part, strict=True)) for name, part in zip(names, (old, new), strict=True)]
        for name in dict.fromkeys([*names[0], *names[1]]):
            yield from _values(_place(where, name), known[0].get(name, ...), known[1].get(name, ...))
    elif type(old) is not type(new) or old != new or str(old) != str(new):
        yield from values(where, _shown(old), _shown(new))


def _name(value: Any, number: int) -> str:
    return value["id"] if isinstance(value, dict) and isinstance(value.get("id"), str) else str(number)


def _place(where: str, key: str) -> str:
    return key if where in ("", "kerncijfers") else f"{where}.{key}"


def _shown(value: Any) -> str:
    return "absent" if value is ... else json.dumps(value, ensure_ascii=False)


def notebooks(old: bytes, new: bytes) -> Iterator[Found]:
    """Yield the cells of an executed notebook that differ, and the parts of their outputs."""
    was, is_now = _parsed(old), _parsed(new)
    reasons = []
    versions = [each["metadata"].get("language_info", {}).pop("version", None) for each in (was, is_now)]
    if versions[0] != versions[1]:
        reasons.append("the version of Python")
    cells = [each.pop("cells") for each in (was, is_now)]
    found = list(_values("notebook", was, is_now))
    if len(cells[0]) != len(cells[1]):
        found.append(Found("cells", "value", str(len(cells[0])), str(len(cells[1]))))
    number = 0
    for one, other in zip(*cells, strict=False):
        number += one["cell_type"] == "code" and _PARAMETERS not in one["metadata"].get("tags", [])
        found += _of_cell(_cell_name(one, number), one, other)
    yield from found
    if not found:
        yield Found("", "form", ", ".join(reasons) or "spaces and the order of keys", "")


def _cell_name(cell: dict[str, Any], number: int) -> str:
    if _PARAMETERS in cell["metadata"].get("tags", []):
        return "parameters"
    return f"code cell {number}" if cell["cell_type"] == "code" else f"text {cell.get('id')}"


def _of_cell(where: str, one: dict[str, Any], other: dict[str, Any]) -> Iterator[Found]:
    source = f"{where}, source" if where.startswith("code") else where
    yield from values(source, "".join(one.pop("source")), "".join(other.pop("source")))
    outputs = [each.pop("outputs", []) for each in (one, other)]
    yield from _values(where, one, other)
    if len(outputs[0]) != len(outputs[1]):
        yield Found(where, "value", f"{len(outputs[0])} outputs", f"{len(outputs[1])} outputs")
    for was, is_now in zip(*outputs, strict=False):
        data = [each.pop("data", {}) for each in (was, is_now)]
        yield from _values(where, was, is_now)
        for kind in sorted(data[0].keys() | data[1].keys()):
            yield from _of_output(f"{where}, {kind}", kind, data[0].get(kind, ...), data[1].get(kind, ...))


def _of_output(where: str, kind: str, old: Any, new: Any) -> Iterator[Found]:
    if old == new:
        return
    if old is ... or new is ... or kind not in ("image/png", "image/svg+xml", NARROW, "text/html"):
        yield from _values(where, old, new)
        return
    from voortgang.readers.compare import markup, pictures

    was, is_now = ("".join(each) for each in (old, new))
    if kind == "image/png":
        found = pictures.pictures(b64decode(was), b64decode(is_now))
    elif kind in ("image/svg+xml", NARROW):
        found = markup.drawings(was.encode(), is_now.encode())
    else:
        found = markup.pages(was.encode(), is_now.encode())
    for each in found:
        yield Found(f"{where}, {each.where}" if each.where else where, each.kind, each.before, each.now)
