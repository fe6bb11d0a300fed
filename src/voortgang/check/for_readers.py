"""What the checks found, as readers of a report are told: what it is about, what, since when, and what is done.

The findings are those of the rows that the edition shows, as they were known on the reference date: a report tells
nothing of later years, and the public one nothing of what it withholds. A correction that the report lists is no
finding here. Files and rows are for auditors.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pandas as pd

from voortgang.check import adopted, narrative
from voortgang.check.cells import Tables
from voortgang.check.checked import judged
from voortgang.check.data import Data, View
from voortgang.check.edition import shown_findings
from voortgang.check.findings import Finding
from voortgang.check.notebook_reads import DAY_OF, Rows
from voortgang.check.remembered import Remembered
from voortgang.workspace import schema
from voortgang.writing.dutch import long_date


@dataclass(frozen=True)
class Remark:
    """A finding as a reader is told it.

    Attributes
    ----------
    about, what, since, done
        What it is about, what was found, since when it is so, and what is done about it; all in Dutch.
    """

    about: str
    what: str
    since: str
    done: str


def as_known(data: Data, view: View) -> Data:
    """Return the data as an edition may show it, and as it was known on the reference date."""
    tables = Tables(**{table: Rows(table).select(data, view) for table, _ in data.tables})
    day = view.reference_date
    return replace(data, deal=data.deal.as_of(day), tables=tables, until=day)


def findings(data: Data, view: View) -> list[Finding]:
    """Return the warnings about the data as known, and the changes of adopted years that the report does not list."""
    known = found_so_far(data)
    if view not in known:
        found = [*judged(as_known(data, view)), *_unlisted(data, view)]
        warnings = (each for each in found if each.severity == "warning")
        shown = shown_findings(sorted(set(warnings)), data, view)
        if any(each.rule == "rule_failed" for each in found):  # another time it may not
            return shown
        known[view] = shown
    return list(known[view])


_findings: Remembered[View, list[Finding]] = Remembered()


def found_so_far(data: Data) -> dict[View, list[Finding]]:
    """Return what `findings` found in some tables, by what an edition shows of them; what is added counts as found.

    It depends on the tables, the covenant, the parameters and the programs, and on no text.
    """
    return _findings.of(data)


def _unlisted(data: Data, view: View) -> Iterator[Finding]:
    """Yield each change of an adopted year that the report does not list among its corrections."""
    periods = data.workspace.adopted_periods()
    every, day = adopted.corrections(data.workspace), view.reference_date
    # What was measured after the day of the report is not known to it.
    listed = [each for each in every if each.is_told(view.year, day, periods) or not each.is_known(day)]
    cells = {(data.file(each.table), each.row, each.column) for each in listed}
    added = {(data.file(each.table), each.row) for each in listed if not each.adopted_row}
    removed = {(data.file(each.table), each.shown_key) for each in listed if not each.row}
    gone = {(data.file(each.table), str(each.year)) for each in listed if not each.row}
    for each in adopted.changes(data.workspace):
        details, table = dict(each.details), Path(each.file).stem
        days = getattr(data.tables, table)[DAY_OF[table]]
        if each.row in days.index and days[each.row].date() > day:
            continue
        is_listed = {
            "adopted_changed": (each.file, each.row, each.column) in cells,
            "adopted_added": (each.file, each.row) in added,
            "adopted_removed": (each.file, details.get("key", "")) in removed,
            "adopted_gone": (each.file, details["year"]) in gone,
        }[each.rule]
        of = details["year"]
        if not is_listed and (int(of[:4]) < view.year or of == str(view.year) or f"{view.year}" < of <= f"{day}"):
            yield each


def remarks(data: Data, view: View) -> list[Remark]:
    """Return the findings as readers are told them; what reads the same is said once."""
    known = as_known(data, view)
    found = [_remark(each, data, known) for each in findings(data, view)]
    return list(dict.fromkeys([*found, *_typed(data, view)]))


def _typed(data: Data, view: View) -> Iterator[Remark]:
    """Yield a remark for each number that the bureau typed into its text of the year: it was not computed."""
    day = view.reference_date.isoformat()
    of = day if day in data.workspace.periods() else str(view.year)
    for each in narrative.findings(data.workspace):
        if each.rule == "narrative_number" and dict(each.details)["year"] == of:
            what, done = each.for_readers()
            about = f"Toelichting {Path(each.file).stem.replace('-', ' ')}: {each.value}"
            yield Remark(about, what, long_date(view.reference_date), done)


def _remark(found: Finding, data: Data, known: Data) -> Remark:
    table = Path(found.file).stem
    # Changes of adopted years are told of the tables as they are, the rest of what is known.
    frame = getattr((data if found.rule.startswith("adopted") else known).tables, table, None)
    row = frame.loc[found.row] if frame is not None and found.row in frame.index else None
    what, done = found.for_readers()
    return Remark(_about(table, row, found, data), what, _since(table, row, found), done)


_NO_TABLES = {"kaart": "Kaart van de gemeenten"}
"""What a finding is about that stands in no table, by the name of its file."""


def _about(table: str, row: pd.Series | None, found: Finding, data: Data) -> str:
    """Return what a finding is about: a project, an indicator, a party or a line of the budget."""
    details, deal = dict(found.details), data.deal
    if row is None:
        named = details.get("indicator") or details.get("group", "").capitalize()
        return named or _NO_TABLES.get(table) or schema.table(table).title
    if found.rule in {"projects_exceed_pillar", "raise_not_used", "budget_total"}:
        return deal.line_names().get(str(row["pijler"]), str(row["pijler"]))
    if found.rule in {"payer_exceeds_promise", "contribution_late", "paid_exceeds_promise"}:
        return details["party"]
    if table == "risicos":
        return str(row["gebeurtenis"])
    if table == "metingen":
        names = {each.id: each.name for each in deal.indicators} | {each.id: each.name for each in deal.sectors}
        names |= {party.id: party.short for party in deal.parties}
        parts = (row["indicator_id"], row["gemeente"], row["sector"])
        return ", ".join(names.get(str(part), str(part)) for part in parts if not pd.isna(part))
    if table in {"projecten", "voortgang", "financien", "mijlpalen"} and not pd.isna(row["project_id"]):
        projects = data.tables.projecten.drop_duplicates("project_id").set_index("project_id")["naam"]
        return str(projects.get(row["project_id"], row["project_id"]))
    if "partij" in row:
        return {party.id: party.short for party in deal.parties}.get(row["partij"], str(row["partij"]))
    return deal.line_names().get(str(row["pijler"]), "") if "pijler" in row else schema.table(table).title


def _since(table: str, row: pd.Series | None, found: Finding) -> str:
    details = dict(found.details)
    if "since" in details:
        return long_date(date.fromisoformat(details["since"]))
    if row is not None and not pd.isna(day := row[DAY_OF[table]]):
        return long_date(day.date())
    return details.get("year", "")
