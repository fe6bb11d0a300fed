"""Bring what parties report into the tables: what changes, where parties disagree, and all or nothing."""

from __future__ import annotations

import csv
import io
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from voortgang.check.checked import check
from voortgang.check.data import Data
from voortgang.check.findings import Finding
from voortgang.errors import WorkspaceError
from voortgang.intake.edits import Edit, Key, Row, Values, conflicts, edits, same
from voortgang.intake.memory import plain
from voortgang.intake.numbers import NUMBERED, free
from voortgang.intake.scope import Scope
from voortgang.intake.submission import Submission
from voortgang.workspace import schema
from voortgang.workspace.paths import Workspace
from voortgang.writing import temporary
from voortgang.writing.spreadsheet import unmarked


@dataclass(frozen=True)
class Change:
    """One cell or row of a table that a submission changes.

    `kind` is `added`, `changed` or `removed`; `field`, `old` and `new` say what, for a change of one cell.
    """

    table: str
    key: Key
    kind: str
    field: str
    old: str
    new: str
    place: str


@dataclass
class Merged:
    """What the tables become.

    Attributes
    ----------
    texts
        New content of each table that changes, by name.
    read
        What these tables held when that was decided; none for one that is new.
    changes
        What differs from now.
    findings
        Why nothing may be written, and warnings.
    submissions
        The files, to be kept as the source of their rows.
    """

    texts: dict[str, str] = field(default_factory=dict)
    read: dict[str, bytes | None] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    submissions: list[Submission] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        """Whether it may be written."""
        return all(finding.severity == "warning" for finding in self.findings)


def merge(data: Data, submissions: Sequence[Submission], known: Iterable[Finding] | None = None) -> Merged:
    """Return what the tables become when the submissions are taken over; nothing is written.

    The order of the submissions makes no difference.

    Parameters
    ----------
    data
        The workspace as it is.
    submissions
        What the files report.
    known
        What was found in the workspace when `data` was read; without it the workspace is checked again.
    """
    files = sorted(_told_apart(submissions), key=lambda each: (each.name, each.digest))
    merged = Merged(submissions=files)
    for submission in files:
        merged.findings += submission.findings
        merged.findings += _typed_over(submission)
    asked = [edits(submission) for submission in files]
    if merged.sound:
        merged.findings += conflicts(files, asked)
    if not merged.sound:
        return merged
    scopes = [Scope(data, submission, files) for submission in files]
    for table in schema.tables():
        _merge_table(data, table, scopes, asked, merged)
    if not merged.sound:
        merged.texts, merged.changes = {}, []  # of what is refused, nothing changes
    elif merged.texts:
        merged.findings += _check_candidate(data, merged, check(data.workspace).findings if known is None else known)
    return merged


def _told_apart(submissions: Sequence[Submission]) -> list[Submission]:
    """Return the submissions, with the folder in the name where two parties' files are called the same."""
    often = Counter(path.name for path in {each.path.resolve() for each in submissions})
    named = {}
    for each in submissions:  # a file that is named twice counts once
        label = f"{each.path.resolve().parent.name}/{each.path.name}" if often[each.path.name] > 1 else ""
        named[each.path.resolve()] = each.labelled(label) if label else each
    return list(named.values())


def _typed_over(submission: Submission) -> list[Finding]:
    """Return a warning for each cell that only informs and says something else than was sent: nobody reads it."""
    found: list[Finding] = []
    by_name = {_names(identity): sent for identity, sent in submission.memory.rows.items()}
    for reported in submission.rows:
        sent = by_name.get(_names((reported.table, reported.key)))
        for heading, (value, cell) in reported.informing.items() if sent else ():
            expected = sent.informing.get(heading, "") if sent else ""
            if plain(value) not in {"", expected}:
                details = (("heading", heading), ("known", expected))
                found.append(Finding(submission.name, 0, "", str(value)[:80], "typed_over", details, cell))
    return found


def _names(identity: tuple[str, Key]) -> tuple[str, ...]:
    """Return the parts of a key that are no day: those stay when a party corrects the date."""
    table = schema.table(identity[0])
    parts = zip(table.primary_key, identity[1], strict=True)
    return table.name, *(part for name, part in parts if table.field(name).type == "string")


def write(workspace: Workspace, merged: Merged) -> list[Path]:
    """Write the tables and keep the files that they come from; return what was written.

    Raises
    ------
    WorkspaceError
        When a file cannot be written, or a table has changed since the submissions were merged with it. The tables are
        then as they were; so they are after Ctrl-C.
    """
    # An optional table may not be there yet.
    tables = {name: workspace.table(name) for name in merged.texts}
    before = {name: path.read_bytes() if path.exists() else None for name, path in tables.items()}
    if changed := [name for name, content in before.items() if content != merged.read.get(name)]:
        raise WorkspaceError(
            f"Somebody changed {', '.join(tables[name].name for name in changed)} after these files were read.",
            workspace.relative(tables[changed[0]]),
            "tables that stay as they are until the changes are written",
            "Nothing was changed. Read the files again: they are compared with what the tables say now.",
        )
    staged = {name: workspace.table(name).with_suffix(".csv.new") for name in merged.texts}
    kept: list[Path] = []
    try:
        workspace.sources.mkdir(exist_ok=True)
        for submission in merged.submissions:
            target = workspace.sources / f"{submission.path.stem}-{submission.digest[:12]}{submission.path.suffix}"
            if not target.exists():
                kept.append(target)
                shutil.copyfile(submission.path, target)
        for name, text in merged.texts.items():
            staged[name].write_text(text, encoding="utf-8", newline="")
        for name, path in staged.items():
            path.replace(workspace.table(name))
    except BaseException as error:  # Ctrl-C as well: all or nothing
        for name, content in before.items():
            if staged[name].is_file():
                staged[name].unlink()
            if content is None:
                tables[name].unlink(missing_ok=True)
            elif tables[name].read_bytes() != content:
                tables[name].write_bytes(content)
        for path in kept:
            path.unlink(missing_ok=True)
        if not isinstance(error, OSError):
            raise
        raise WorkspaceError(
            f"The tables cannot be written: {error.strerror}.",
            workspace.relative(Path(str(error.filename or workspace.data))),
            "a folder that this user may write in, on a disk with free space",
            "Nothing was changed. Free space or correct the permissions, and read the files again.",
        ) from error
    return [*kept, *(workspace.table(name) for name in merged.texts)]


def _merge_table(
    data: Data, table: schema.Table, scopes: Sequence[Scope], asked: Sequence[Mapping[Row, Edit]], merged: Merged
) -> None:
    path = data.workspace.table(table.name)
    content = None if table.optional and not path.exists() else path.read_bytes()
    rows = _rows(content, table)
    now = {_key(table, row): row for row in rows}
    result = {key: dict(row) for key, row in now.items()}
    places: dict[tuple[Key, str], str] = {}
    for scope, mine in zip(scopes, asked, strict=True):
        own = scope.keys(table, rows)
        for (name, key), edit in mine.items():
            if name != table.name or (edit.row is None and key not in now):
                continue
            if (refused := scope.against(edit, key, now, own)) is not None:
                merged.findings.append(refused)
                continue
            against = list(_against(data, table, key, edit, now.get(key)))
            merged.findings += against
            if not against:
                _take_over(table, key, edit, result, places)
    if list(result.values()) != rows:
        merged.texts[table.name], merged.read[table.name] = _written(table, result.values()), content
        merged.changes += _changes(table, now, result, places)


def _against(data: Data, table: schema.Table, key: Key, edit: Edit, now: Values | None) -> Iterator[Finding]:
    """Yield where an edit meets a row that has changed since the workbook was sent."""
    submission, sent = edit.submission, edit.sent
    if not submission.party:
        return
    if now is None:
        if sent is not None and sent.known:
            yield _three(edit, "", ", ".join(filter(None, key)), "de rij is verwijderd", "gewijzigd")
        return
    if edit.row is None:
        for name, value in sent.values.items() if sent else ():
            if not same(table.field(name), value, now[name]):
                yield _three(edit, name, value, now[name], "de rij is leeggemaakt")
        return
    different = [name for name, value in edit.values.items() if not same(table.field(name), value, now[name])]
    if sent is None and table.name in NUMBERED and different:
        known = getattr(data.tables, table.name)[NUMBERED[table.name]].dropna()
        offered = ", ".join(free(table.name, known, data.deal, submission.party))
        details = (("free", offered), ("number", key[0]))
        yield Finding(submission.name, 0, "", key[0], "number_taken", details, edit.place())
        return
    for name in different:
        before = sent.values.get(name, "") if sent else ""
        untouched = sent is not None and same(table.field(name), edit.values[name], before)
        if not untouched and not (sent is not None and sent.known and same(table.field(name), before, now[name])):
            yield _three(edit, name, before, now[name], edit.values[name])


def _three(edit: Edit, name: str, sent: str, now: str, reported: str) -> Finding:
    texts = (("now", now or "leeg"), ("reported", reported or "leeg"), ("sent", sent or "leeg"))
    return Finding(edit.submission.name, 0, "", reported[:80], "sent_and_changed", texts, edit.place(name))


def _take_over(
    table: schema.Table, key: Key, edit: Edit, result: dict[Key, Values], places: dict[tuple[Key, str], str]
) -> None:
    if edit.row is None:
        result.pop(key, None)
        places[key, ""] = edit.submission.name
        return
    old = result.get(key)
    source = edit.row.values.get("bron") or edit.submission.source
    if old is None:
        result[key] = {each.name: edit.values.get(each.name, "") for each in table.fields} | {"bron": source}
        places[key, ""] = f"{edit.submission.name} › {edit.place()}"
        return
    for name, value in edit.values.items():
        untouched = edit.sent is not None and same(table.field(name), value, edit.sent.values.get(name, value))
        if not untouched and not same(table.field(name), value, old[name]):
            old[name], old["bron"] = value, source
            places[key, name] = f"{edit.submission.name} › {edit.place(name)}"


def _changes(
    table: schema.Table, now: dict[Key, Values], result: dict[Key, Values], places: dict[tuple[Key, str], str]
) -> Iterator[Change]:
    """Yield what differs between a table and what it becomes: this, and nothing else, is shown as the changes."""
    for key in [*now, *(key for key in result if key not in now)]:
        old, new = now.get(key), result.get(key)
        if old is None and new is not None:
            yield Change(table.name, key, "added", "", "", _shown(table, new), places.get((key, ""), ""))
        elif old is not None and new is None:
            yield Change(table.name, key, "removed", "", _shown(table, old), "", places.get((key, ""), ""))
        elif old is not None and new is not None:
            for name in (each.name for each in table.fields if each.name != "bron"):
                if old[name] != new[name]:
                    yield Change(table.name, key, "changed", name, old[name], new[name], places.get((key, name), ""))


def _check_candidate(data: Data, merged: Merged, now: Iterable[Finding]) -> list[Finding]:
    """Check the tables as they would become; errors that are not there now are named by the cell that brings them."""
    known = {_nameless(each) for each in now}
    with temporary.folder() as folder:
        root = Path(folder)
        ignore = shutil.ignore_patterns("bronnen", ".*")
        shutil.copytree(data.workspace.data, root / "data", ignore=ignore)
        candidate = Workspace(root)
        for name, text in merged.texts.items():
            candidate.table(name).write_text(text, encoding="utf-8", newline="")
        found = [each for each in check(candidate).findings if _nameless(each) not in known]
    places = {
        (row.table, row.key): (submission.name, row) for submission in merged.submissions for row in submission.rows
    }
    result = []
    become = {name: list(csv.DictReader(io.StringIO(text))) for name, text in merged.texts.items()}
    for each in found:
        placed = each
        for name, lines in become.items():
            if each.file == data.file(name) and each.row >= 2:
                row = lines[each.row - 2]
                if origin := places.get((name, _key(schema.table(name), row))):
                    file, reported = origin
                    cell = reported.cells.get(each.column, reported.place)
                    placed = replace(each, file=file, row=0, column="", cell=cell)
        result.append(placed)
    return result


def _nameless(finding: Finding) -> tuple[str, str, str, tuple[tuple[str, str], ...]]:
    return (finding.file, finding.rule, finding.value, finding.details)


def _rows(content: bytes | None, table: schema.Table) -> list[Values]:
    lines = io.StringIO((content or b"").decode("utf-8-sig"), newline="")
    # A file may lack an optional column.
    optional = {field.name: "" for field in table.fields if field.optional}
    return [optional | {name: unmarked(text or "") for name, text in row.items()} for row in csv.DictReader(lines)]


def _key(table: schema.Table, row: Values) -> Key:
    return tuple(row[name] for name in table.primary_key)


def _shown(table: schema.Table, row: Values) -> str:
    return ", ".join(row[each.name] for each in table.fields if row[each.name] and each.name != "bron")


def _written(table: schema.Table, rows: Iterable[Values]) -> str:
    text = io.StringIO(newline="")
    names = [each.name for each in table.fields]
    writer = csv.DictWriter(text, names, lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(map(table.marked, rows))
    return text.getvalue()
