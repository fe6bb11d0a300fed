"""Bring what parties report into the tables: what changes, where parties disagree, and all or nothing."""

from __future__ import annotations

import csv
import io
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from voortgang.check.checked import check
from voortgang.check.findings import Finding
from voortgang.check.references import Data
from voortgang.errors import WorkspaceError
from voortgang.intake import layout, template
from voortgang.intake.submission import Reported, Submission
from voortgang.workspace import schema
from voortgang.workspace.paths import Workspace

Key = tuple[str, ...]
Values = dict[str, str]


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
    changes
        What differs from now.
    findings
        Why nothing may be written, and warnings.
    submissions
        The files, to be kept as the source of their rows.
    """

    texts: dict[str, str] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    submissions: list[Submission] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        """Whether it may be written."""
        return all(finding.severity == "warning" for finding in self.findings)


def merge(data: Data, submissions: Sequence[Submission]) -> Merged:
    """Return what the tables become when the submissions are taken over; nothing is written."""
    merged = Merged(submissions=list(submissions))
    for submission in submissions:
        merged.findings += submission.findings
        merged.findings += _typed_over(data, submission)
    merged.findings += _conflicts(submissions)
    if not merged.sound:
        return merged
    for table in schema.tables():
        _merge_table(data, table, submissions, merged)
    if merged.sound and merged.texts:
        merged.findings += _check_candidate(data, merged)
    return merged


def _typed_over(data: Data, submission: Submission) -> list[Finding]:
    """Return a warning for each cell that only informs and says something else than the tables: nobody reads it."""
    party = next((each for each in data.deal.parties if each.id == submission.party), None)
    found: list[Finding] = []
    for sheet in layout.sheets() if party else ():
        headings = [column.heading for column in sheet.columns if not column.field]
        table = schema.table(sheet.table)
        names = [name for name in table.primary_key if table.field(name).type == "string"]  # not the day
        rows = template.rows(sheet, data, party, submission.year) if party and headings else []
        known = {tuple(template.text(row.get(name)) for name in names): row for row in rows}
        for reported in (each for each in submission.rows if each.table == sheet.table):
            key = tuple(reported.values.get(name, "") for name in names)
            for heading, (value, cell) in reported.informing.items():
                expected = known[key].get(heading) if key in known else None
                if key in known and value is not None and str(value) != str(expected):
                    if isinstance(value, int | float) and isinstance(expected, float) and value == expected:
                        continue
                    details = (("heading", heading), ("known", str(expected)))
                    found.append(Finding(submission.name, 0, "", str(value)[:80], "typed_over", details, cell))
    return found


def write(workspace: Workspace, merged: Merged) -> list[Path]:
    """Write the tables and keep the files that they come from; return what was written.

    Raises
    ------
    WorkspaceError
        When a file cannot be written. The tables are then as they were.
    """
    before = {name: workspace.table(name).read_bytes() for name in merged.texts}
    staged = {name: workspace.table(name).with_suffix(".csv.new") for name in merged.texts}
    kept: list[Path] = []
    try:
        workspace.sources.mkdir(exist_ok=True)
        for submission in merged.submissions:
            target = workspace.sources / f"{submission.path.stem}-{submission.digest[:12]}{submission.path.suffix}"
            if not target.exists():
                shutil.copyfile(submission.path, target)
                kept.append(target)
        for name, text in merged.texts.items():
            staged[name].write_text(text, encoding="utf-8", newline="")
        for name, path in staged.items():
            path.replace(workspace.table(name))
    except OSError as error:
        for name, content in before.items():
            if staged[name].is_file():
                staged[name].unlink()
            if workspace.table(name).read_bytes() != content:
                workspace.table(name).write_bytes(content)
        for path in kept:
            path.unlink(missing_ok=True)
        raise WorkspaceError(
            f"The tables cannot be written: {error.strerror}.",
            workspace.relative(Path(str(error.filename or workspace.data))),
            "a folder that this user may write in, on a disk with free space",
            "Nothing was changed. Free space or correct the permissions, and read the files again.",
        ) from error
    return [*kept, *(workspace.table(name) for name in merged.texts)]


def _conflicts(submissions: Sequence[Submission]) -> Iterable[Finding]:
    """Yield a finding where two files give one row different values; both are named, neither is taken."""
    seen: dict[tuple[str, Key], tuple[Submission, Reported]] = {}
    for submission in submissions:
        for row in submission.rows:
            if not row.values.get("_reported"):
                continue
            earlier = seen.setdefault((row.table, row.key), (submission, row))
            other, first = earlier
            if other is submission:
                continue
            for name, value in row.values.items():
                if name in {"_reported", "bron"} or first.values.get(name, "") == value:
                    continue
                one = f"{other.name} › {first.cells.get(name, first.place)} ({first.values.get(name, '')})"
                two = f"{submission.name} › {row.cells.get(name, row.place)} ({value})"
                details = (("one", one), ("other", two))
                yield Finding(submission.name, 0, "", value[:80], "conflict", details, row.cells.get(name, row.place))


def _merge_table(data: Data, table: schema.Table, submissions: Sequence[Submission], merged: Merged) -> None:
    rows = _rows(data.workspace.table(table.name))
    now = {_key(table, row): row for row in rows}
    result = dict(now)
    for submission in submissions:
        mine = [row for row in submission.rows if row.table == table.name]
        scope = _scope(data, table, submission, rows)
        reported = {row.key: row for row in mine}
        for key, row in reported.items():
            if submission.party and not _may_report(data, submission, row, key, now, scope):
                submission_party, year = submission.party, str(submission.year)
                details = (("party", submission_party), ("year", year))
                merged.findings.append(
                    Finding(submission.name, 0, "", ", ".join(filter(None, key)), "not_yours", details, row.place)
                )
                continue
            if key not in now and not row.values.get("_reported"):
                continue
            result[key] = _take_over(table, submission, row, now.get(key), merged)
        if submission.party and any(sheet.table == table.name for sheet in layout.sheets()):
            for key in scope - reported.keys():
                merged.changes.append(Change(table.name, key, "removed", "", "", "", submission.name))
                result.pop(key, None)
    if list(result.values()) != rows:
        merged.texts[table.name] = _written(table, result.values())


def _take_over(
    table: schema.Table, submission: Submission, row: Reported, old: Values | None, merged: Merged
) -> Values:
    names = [each.name for each in table.fields]
    new = {name: row.values.get(name, (old or {}).get(name, "")) for name in names}
    if old is None:
        new["bron"] = row.values.get("bron") or submission.source
        merged.changes.append(Change(table.name, row.key, "added", "", "", _shown(table, new), row.place))
        return new
    # 3 and 3.0 are one figure; what stands in the table stays as it was written.
    new |= {each.name: old[each.name] for each in table.fields if _is_same(each, old[each.name], new[each.name])}
    different = [name for name in names if name != "bron" and new[name] != old[name]]
    if not different:
        return old
    new["bron"] = row.values.get("bron") or submission.source
    for name in different:
        place = row.cells.get(name, row.place)
        merged.changes.append(Change(table.name, row.key, "changed", name, old[name], new[name], place))
    return new


def _is_same(field: schema.Field, old: str, new: str) -> bool:
    return field.type == "number" and old != "" and new != "" and float(old) == float(new)


def _scope(data: Data, table: schema.Table, submission: Submission, rows: Sequence[Values]) -> set[Key]:
    """Return the keys of the rows that a party's workbook speaks for; a CSV file speaks for its own rows only."""
    if not submission.party:
        return set()
    party = {each.id: each for each in data.deal.parties}[submission.party]
    mask = layout.owned(data.tables, data.deal, party, submission.year).get(table.name)
    if mask is None:
        return set()
    return {_key(table, rows[int(str(label)) - 2]) for label in mask.index[mask]}


def _may_report(
    data: Data, submission: Submission, row: Reported, key: Key, now: dict[Key, Values], scope: set[Key]
) -> bool:
    """Return whether a row belongs to the party of the workbook and its year."""
    if key in now:
        return key in scope
    values, party, year = row.values, submission.party, str(submission.year)
    projects = data.tables.projecten
    led = set(projects.loc[projects["penvoerder"] == party, "project_id"].dropna())
    regional = party == layout.secretariat(data.deal)
    match row.table:
        case "projecten":
            return False  # a new project is the bureau's to add
        case "voortgang":
            return values["project_id"] in led
        case "metingen":
            return values["gemeente"] == party or (regional and not values["gemeente"])
        case "financien":
            overhead = regional and values["pijler"] == data.deal.budget.overhead.line
            return (values["project_id"] in led or overhead) and values["datum"][:4] == year
        case "bijdragen":
            return values["partij"] == party and values["datum"][:4] == year
    return False


def _check_candidate(data: Data, merged: Merged) -> list[Finding]:
    """Check the tables as they would become; errors that are not there now are named by the cell that brings them."""
    known = {_nameless(each) for each in check(data.workspace).findings}
    with tempfile.TemporaryDirectory(prefix="voortgang-") as folder:
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
    for each in found:
        placed = each
        for name, text in merged.texts.items():
            if each.file == data.file(name) and each.row >= 2:
                row = list(csv.DictReader(io.StringIO(text)))[each.row - 2]
                if origin := places.get((name, _key(schema.table(name), row))):
                    file, reported = origin
                    cell = reported.cells.get(each.column, reported.place)
                    placed = replace(each, file=file, row=0, column="", cell=cell)
        result.append(placed)
    return result


def _nameless(finding: Finding) -> tuple[str, str, str, tuple[tuple[str, str], ...]]:
    return (finding.file, finding.rule, finding.value, finding.details)


def _rows(path: Path) -> list[Values]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _key(table: schema.Table, row: Values) -> Key:
    return tuple(row[name] for name in table.primary_key)


def _shown(table: schema.Table, row: Values) -> str:
    return ", ".join(row[each.name] for each in table.fields if row[each.name] and each.name != "bron")


def _written(table: schema.Table, rows: Iterable[Values]) -> str:
    text = io.StringIO(newline="")
    names = [each.name for each in table.fields]
    writer = csv.DictWriter(text, names, lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
