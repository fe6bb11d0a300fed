"""Tables whose rows were sorted after a report was made: put the rows back, and prove it.

A report names rows by their numbers, and `gegevens/` holds the rows that it shows with their numbers. So the order is
known again, and the digest in the manifest says whether it is the right one. The report is then made from that.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from io import StringIO
from pathlib import Path

from voortgang.check.checked import check
from voortgang.check.data import View
from voortgang.errors import VoortgangError
from voortgang.publish import open_data
from voortgang.publish.rows_behind import Evidence
from voortgang.readers.verified import Difference
from voortgang.workspace import schema
from voortgang.workspace.fingerprint import of_bytes
from voortgang.workspace.parameters import read_parameters
from voortgang.workspace.paths import Period, Workspace
from voortgang.writing.spreadsheet import records


def restored(
    workspace: Workspace, year: Period, report: Path, digests: dict[str, str], found: list[Difference]
) -> dict[str, bytes]:
    """Return the tables that hold the published rows in another order, as they were, by their path.

    Parameters
    ----------
    workspace, report
        What the report on a year is made from, and its folder.
    digests
        Those of the inputs that the report was made from, by path.
    found
        What changed since; only what is among it can have been sorted.
    """
    changed = {each.where for each in found if each.kind == "changed"}
    names = [each.name for each in schema.tables() if workspace.relative(workspace.table(each.name)) in changed]
    if not names:
        return {}
    try:
        given = read_parameters(workspace, year)
        evidence = Evidence(check(workspace, texts=False).data, View(given.year, given.reference_date, given.edition))
        then = {name: _published(report, name) for name in names}
    except (VoortgangError, OSError, ValueError):
        return {}
    proven = {}
    for name in names:
        path = workspace.table(name)
        known = digests.get(workspace.relative(path), "")
        for content in _candidates(path.read_bytes(), evidence.table(name).rows, then[name]):
            if of_bytes(content) == known:
                proven[workspace.relative(path)] = content
                break
    return proven


def _published(report: Path, name: str) -> dict[int, tuple[str, ...]]:
    text = (report / open_data.FOLDER / f"{name}.csv").read_text(encoding="utf-8")
    return {int(row[0]): tuple(row[1:]) for row in list(csv.reader(StringIO(text)))[1:]}


def _candidates(content: bytes, now: dict[int, tuple[str, ...]], then: dict[int, tuple[str, ...]]) -> list[bytes]:
    """Return the table with the shown rows where they were, and the others in their order, or turned round."""
    lines = records(content.decode("utf-8", "replace"))
    numbers = defaultdict(list)
    for number, shown in sorted(now.items()):
        numbers[shown[1:]].append(number)
    placed: dict[int, int] = {}
    for number, cells in sorted(then.items()):
        if not numbers[cells] or number > len(lines):
            return []
        placed[number] = numbers[cells].pop(0)
    free = [number for number in range(1, len(lines) + 1) if number not in placed]
    rest = [number for number in range(1, len(lines) + 1) if number not in placed.values()]
    header, others = rest[:1], rest[1:]
    return [
        "".join(lines[order[number] - 1] for number in sorted(order)).encode()
        for left in (others, others[::-1])
        if len(order := placed | dict(zip(free, header + left, strict=True))) == len(lines)
    ]
