"""What a file asks to change, against what it was sent with; and where two files do not say the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from voortgang.check.findings import Finding
from voortgang.intake.memory import Sent
from voortgang.intake.submission import Reported, Submission
from voortgang.workspace import schema

Key = tuple[str, ...]
Row = tuple[str, Key]
Values = dict[str, str]
GONE = "de rij ontbreekt"


@dataclass(frozen=True)
class Edit:
    """One row that a file adds, changes or takes away.

    Attributes
    ----------
    submission
        The file.
    row
        What it reports; none when the party emptied the row.
    values
        The fields that it sets.
    sent
        The row as it was sent, if it was.
    """

    submission: Submission
    row: Reported | None
    values: Mapping[str, str]
    sent: Sent | None

    def place(self, name: str = "") -> str:
        """Where the file says it."""
        if self.row is None:
            return ""
        return self.row.cells.get(name, self.row.place)


def edits(submission: Submission) -> dict[Row, Edit]:
    """Return what a file asks to change. A cell that the party left as it was sent asks for nothing."""
    found: dict[Row, Edit] = {}
    for row in submission.rows:
        identity = (row.table, row.key)
        given = {name: value for name, value in row.values.items() if name not in {"_reported", "bron"}}
        sent = submission.memory.rows.get(identity)
        if sent is not None:
            changed = {name: value for name, value in given.items() if _differs(row.table, name, value, sent.values)}
            if changed:
                found[identity] = Edit(submission, row, given if not sent.known else changed, sent)
        else:
            found[identity] = Edit(submission, row, given, None)
    reported = {(row.table, row.key) for row in submission.rows}
    for identity, sent in submission.memory.rows.items():
        if sent.known and identity not in reported:
            found[identity] = Edit(submission, None, {}, sent)
    return found


def _differs(table: str, name: str, value: str, other: Mapping[str, str]) -> bool:
    # A column that was not sent (the year, which follows from the cover) cannot have been changed.
    return name in other and not same(schema.table(table).field(name), value, other[name])


def same(field: schema.Field, one: str, other: str) -> bool:
    """Return whether two texts are one value: 3 and 3.0 are one figure."""
    if one == other:
        return True
    if field.type != "number" or not one or not other:
        return False
    try:
        return float(one) == float(other)
    except ValueError:
        return False


def conflicts(files: Sequence[Submission], asked: Sequence[Mapping[Row, Edit]]) -> Iterator[Finding]:
    """Yield a finding for each cell about which two files disagree; both are named, neither is taken."""
    for (one, first), (other, second) in combinations(zip(files, asked, strict=True), 2):
        if one.digest == other.digest:
            continue
        # Two workbooks of one party speak about the same rows, also where one of them changed nothing.
        whole = bool(one.party) and (one.party, one.of) == (other.party, other.of)
        said = [{(row.table, row.key): row for row in each.rows} for each in (one, other)] if whole else [{}, {}]
        for identity in sorted(first.keys() | second.keys() if whole else first.keys() & second.keys()):
            left = first.get(identity) or _statement(one, said[0].get(identity), identity)
            right = second.get(identity) or _statement(other, said[1].get(identity), identity)
            if left is not None and right is not None:
                yield from _disagreements(identity[0], left, right, whole)


def _statement(submission: Submission, row: Reported | None, identity: Row) -> Edit:
    """Return what a file says about a row that it does not change."""
    return Edit(submission, row, row.values if row else {}, submission.memory.rows.get(identity))


def _disagreements(table: str, left: Edit, right: Edit, whole: bool) -> Iterator[Finding]:
    if left.row is None or right.row is None:
        if left.row is not right.row:
            yield _conflict("", left, right, GONE, GONE)
        return
    for field in schema.table(table).fields:
        texts = [edit.row.values if whole and edit.row else edit.values for edit in (left, right)]
        if field.name == "bron" or any(field.name not in each for each in texts):
            continue  # a file that lacks a column says nothing about it
        one, other = (each[field.name] for each in texts)
        if not same(field, one, other):
            yield _conflict(field.name, left, right, one or "leeg", other or "leeg")


def _conflict(name: str, left: Edit, right: Edit, one: str, other: str) -> Finding:
    if not name:
        one = GONE if left.row is None else "de rij staat er"
        other = GONE if right.row is None else "de rij staat er"
    texts = [
        f"{edit.submission.name}{' › ' if edit.place(name) else ''}{edit.place(name)} ({text})"
        for edit, text in ((left, one), (right, other))
    ]
    named = right if right.row is not None else left
    details = (("one", texts[0]), ("other", texts[1]))
    value = named.row.values.get(name, "") if named.row else ""
    return Finding(named.submission.name, 0, "", value[:80], "conflict", details, named.place(name))
