"""What the parties had agreed when a report was adopted: targets, budgets, the end of the deal, and the projects.

Figures of an adopted year are judged by them, and stand beside them. `deal.yml` and `begroting.csv` say from which day
a change holds; who writes a new amount over the old one changes a report that was adopted. `projecten.csv` knows no
such day: what a project was when a report was adopted is known from here alone.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

import pandas as pd

from voortgang.check.data import Data
from voortgang.check.findings import Finding, finding
from voortgang.check.money import budget_on
from voortgang.workspace.parameters import read_parameters
from voortgang.workspace.paths import Period, Workspace
from voortgang.writing.dutch import exact

NAME = "afspraken.csv"
_HEADER = ("over", "afspraak", "waarde")
_OF_PROJECTS = "projecten."
"""Begins the name of what was agreed on a project, which a column of its table follows."""
_COLUMNS = ("pijler", "thema", "penvoerder", "gemeenten", "sectoren", "start", "einde", "begroot", "cross_over")
"""What counts a project, and its money, among others; the first and `begroot` tell which project came or went."""
_NONE = "–"


def kept_in(workspace: Workspace, of: Period) -> Path:
    """Return the file in which agreements are kept, beside the figures of the report."""
    return workspace.adopted(of) / NAME


def text_of(data: Data, day: date) -> str:
    """Return what had been agreed on a day, as the file holds it."""
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator="\n")
    agreed = _agreed(data, day) | _of_projects(data, day)
    writer.writerows([_HEADER, *((*key, value) for key, value in agreed.items())])
    return file.getvalue()


def without_projects(text: str) -> str:
    """Return a kept list for who may not see all projects; what is no list is empty."""
    file = io.StringIO(newline="")
    agreed = _parsed(text) or {}
    rows = [(*key, value) for key, value in agreed.items() if not key[1].startswith(_OF_PROJECTS)]
    csv.writer(file, lineterminator="\n").writerows([_HEADER, *rows])
    return file.getvalue()


def changes(data: Data) -> Iterator[Finding]:
    """Yield a finding for each agreement of a report that is adopted which was another then.

    Nothing is said of what came since, nor of a report that was adopted before this was kept.
    """
    deal = data.deal
    names = {each.id: each.name for each in deal.indicators} | deal.line_names() | {"deal": deal.name}
    for of in _periods(data.workspace):
        kept = kept_in(data.workspace, of)
        before = _read(kept)
        if before is None:
            why = "it is not the list of agreements"
            yield finding(data.workspace.relative(kept), 0, "", "", "adopted_copy_unfit", year=of, why=why)
            continue
        now = _agreed(data, read_parameters(data.workspace, of).reference_date)
        for (about, what), was in before.items():
            if not what.startswith(_OF_PROJECTS) and (found := now.get((about, what), _NONE)) != was:
                file = data.file("begroting") if what == "begroot" else data.workspace.relative(data.workspace.deal)
                details = {"year": of, "about": names.get(about, about), "what": what, "before": was, "now": found}
                yield finding(file, 0, "", "", "adopted_agreement", **details)


def changed_projects(data: Data) -> Iterator[Finding]:
    """Yield a finding for each project that is another than in the last report that was adopted with it.

    A project that came since into the time of that report is another too, and one that is there no longer.
    """
    projects = data.tables.projecten.drop_duplicates("project_id")
    row_of = {str(key): int(row) for row, key in projects["project_id"].items()}
    told: set[str] = set()
    for of in reversed(_periods(data.workspace)):
        before = _by_project(_read(kept_in(data.workspace, of)) or {})
        now = _by_project(_of_projects(data, read_parameters(data.workspace, of).reference_date))
        for about in sorted((before.keys() | now.keys()) - told) if before else ():
            was, found = before.get(about, {}), now.get(about, {})
            columns = _COLUMNS if was and found else ("pijler", "begroot")
            pairs = {each: (was.get(each, _NONE), found.get(each, _NONE)) for each in columns}
            differ = "; ".join(f"{each} {old} → {new}" for each, (old, new) in pairs.items() if old != new)
            if differ:
                told.add(about)
                details = {"year": of, "project": about, "changes": differ}
                yield finding(data.file("projecten"), row_of.get(about, 0), "", about, "adopted_project", **details)


def _periods(workspace: Workspace) -> list[Period]:
    """Return the adopted reports of which agreements are kept and that can be made again, in order."""
    made = workspace.periods()
    return [of for of in workspace.adopted_periods() if of in made and kept_in(workspace, of).is_file()]


def _by_project(agreed: Mapping[tuple[str, str], str]) -> dict[str, dict[str, str]]:
    """Return what was agreed on each project, by the columns of its table."""
    found: dict[str, dict[str, str]] = {}
    for (about, what), value in agreed.items():
        if what.startswith(_OF_PROJECTS):
            found.setdefault(about, {})[what.removeprefix(_OF_PROJECTS)] = value
    return found


def _agreed(data: Data, day: date) -> dict[tuple[str, str], str]:
    deal = data.deal.as_of(day)
    found = {("deal", "einde"): deal.term.end.isoformat()}
    found |= {(line, "begroot"): str(amount) for line, amount in budget_on(data, pd.Timestamp(day)).items()}
    for each in deal.indicators:
        figures = {"nulwaarde": each.baseline, "doelwaarde": each.target, "minimum": each.target_per_part}
        if each.has_target:
            figures["doeljaar"] = deal.term.due(each).year
        found |= {(each.id, what): _NONE if value is None else _plain(value) for what, value in figures.items()}
    return found


def _of_projects(data: Data, day: date) -> dict[tuple[str, str], str]:
    projects = data.tables.projecten
    begun = projects[projects["start"] <= pd.Timestamp(day)]  # a report knows no others
    return {
        (str(row["project_id"]), _OF_PROJECTS + each): _cell(row[each])
        for _, row in begun.iterrows()
        for each in _COLUMNS
    }


def _cell(value: object) -> str:
    """Return a value of a table as its file writes it."""
    if isinstance(value, tuple):
        return ";".join(value) or _NONE
    if value is None or pd.isna(value):
        return _NONE
    return f"{value:%Y-%m-%d}" if isinstance(value, date) else str(value)


def _plain(value: float) -> str:
    return str(value) if isinstance(value, int) else exact(value)


def _read(kept: Path) -> dict[tuple[str, str], str] | None:
    """Return what a file holds; None where it is not what `text_of` wrote."""
    try:
        return _parsed(kept.read_text(encoding="utf-8-sig"))
    except ValueError:
        return None


def _parsed(text: str) -> dict[tuple[str, str], str] | None:
    try:
        header, *rows = csv.reader(io.StringIO(text, newline=""), strict=True)
        return {(about, what): value for about, what, value in filter(None, rows)} if tuple(header) == _HEADER else None
    except (csv.Error, ValueError):
        return None
