"""Show findings: as a table on the screen, as JSON, and as a Dutch list that can be mailed to a party."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path

from voortgang.check.checked import Checked
from voortgang.check.data import Data
from voortgang.check.findings import Finding
from voortgang.errors import VoortgangError
from voortgang.intake.merge import Change
from voortgang.writing import archive
from voortgang.writing.files import write_files
from voortgang.writing.page import html_page

SEVERITY = {"error": "Fout", "warning": "Waarschuwing"}
MAX_SHOWN, MAX_CHANGES = 100, 2_000
HEADINGS = ("Ernst", "Partij", "Waar", "Gevonden", "Wat is er aan de hand", "Verwacht", "Wat te doen")


@dataclass(frozen=True)
class Entry:
    """A finding, and the party that it concerns (its id in `deal.yml`)."""

    finding: Finding
    party: str


def entries(checked: Checked, party: str | None = None) -> list[Entry]:
    """Return the findings with the party that each concerns.

    Parameters
    ----------
    checked
        What was found.
    party
        Only those of this party.

    Raises
    ------
    VoortgangError
        When there is no such party.
    """
    known = [each.id for each in checked.data.deal.parties]
    if party is not None and party not in known:
        raise VoortgangError(f"There is no party {party!r}.", "--party", ", ".join(known), "Choose one of these ids.")
    found = [Entry(each, party_of(checked.data, each)) for each in checked.findings]
    return [entry for entry in found if party in (None, entry.party)]


def party_of(data: Data, finding: Finding) -> str:
    """Return the party that can mend a finding: who leads the project, is measured, pays, or keeps the secretariat."""
    regional = {party.id for party in data.deal.parties if party.group == "regio"}
    secretariat = next((each for each in data.deal.consultation.secretariat if each in regional), "")
    lead = data.tables.projecten.dropna(subset="project_id").drop_duplicates("project_id")
    leads = lead.set_index("project_id")["penvoerder"]
    for table, frame in data.tables:
        if finding.file != data.file(table) or finding.row not in frame.index:
            continue
        row = frame.loc[finding.row]
        for candidate in (
            row.get("penvoerder"),
            leads.get(row.get("project_id")),
            row.get("gemeente"),
            row.get("partij"),
            row.get("financier"),
            row.get("eigenaar"),
        ):
            if isinstance(candidate, str) and candidate in regional:
                return candidate
    named = dict(finding.details).get("part", "")
    return next((party.id for party in data.deal.parties if party.short == named), secretariat)


def show(found: Sequence[Entry]) -> None:
    """Print findings as a table; nothing when there are none."""
    if not found:
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(show_lines=True)
    for heading, share in (("", None), ("Where", 3), ("What is wrong", 4), ("Expected, and how to mend", 4)):
        table.add_column(heading, overflow="fold", ratio=share)
    for entry in found[:MAX_SHOWN]:
        message = entry.finding.message()
        style = "bold red" if entry.finding.severity == "error" else "yellow"
        found_text = f" Found: {entry.finding.value}" if entry.finding.value else ""
        cells = (entry.finding.where, message.what + found_text, f"{message.expected}\n{message.mend}")
        # Text, not markup: a cell may hold square brackets.
        table.add_row(Text(entry.finding.severity, style), *map(Text, cells))
    console = Console()
    console.print(table)
    if len(found) > MAX_SHOWN:
        kinds = Counter(entry.finding.rule for entry in found[MAX_SHOWN:])
        more = ", ".join(f"{kind}: {count}" for kind, count in kinds.most_common())
        console.print(f"And {len(found) - MAX_SHOWN} more ({more}). --list writes them all.", highlight=False)


def show_changes(changes: Sequence[Change], parties: Mapping[str, str]) -> None:
    """Print what an intake changes, as a table and as counts; `parties` gives the party by the name of its file."""
    if not changes:
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table()
    for heading in ("Change", "Party", "Table", "Row", "Column", "From", "To", "Cell"):
        table.add_column(heading, overflow="fold")
    for each in changes[:MAX_CHANGES]:
        key = ", ".join(part for part in each.key if part)
        party = parties.get(each.place.partition(" › ")[0], "")
        table.add_row(*map(Text, (each.kind, party, each.table, key, each.field, each.old, each.new, each.place)))
    console = Console()
    console.print(table)
    if len(changes) > MAX_CHANGES:
        console.print(f"And {len(changes) - MAX_CHANGES} more changes.", highlight=False)
    counts = Counter(each.kind for each in changes)
    console.print(", ".join(f"{kind}: {counts[kind]}" for kind in ("added", "changed", "removed")), highlight=False)


def as_json(found: Sequence[Entry], unfit: Sequence[VoortgangError] = ()) -> str:
    """Return findings, and what is wrong in notebooks and chapters, as JSON, for other programs."""
    rows: list[dict[str, object]] = [
        {
            "severity": entry.finding.severity,
            "rule": entry.finding.rule,
            "party": entry.party,
            "file": entry.finding.file,
            "row": entry.finding.row,
            "column": entry.finding.column,
            "cell": entry.finding.cell,
            "value": entry.finding.value,
            "what": entry.finding.message().what,
            "expected": entry.finding.message().expected,
            "mend": entry.finding.message().mend,
        }
        for entry in found
    ]
    for error in unfit:
        file, _, line = error.where.splitlines()[0].partition(", line ")
        rows.append(
            {
                "severity": "error",
                "rule": type(error).__name__,
                "party": "",
                "file": file,
                "row": int(line) if line.isdigit() else 0,
                "column": "",
                "cell": "",
                "value": "",
                "what": error.what,
                "expected": error.expected,
                "mend": error.mend,
            }
        )
    return json.dumps({"findings": rows}, ensure_ascii=False, indent=2)


def write(found: Sequence[Entry], target: Path, title: str, names: Mapping[str, str] | None = None) -> None:
    """Write findings as a Dutch list.

    Parameters
    ----------
    target
        A file that ends in `.xlsx` or `.html`.
    title
        Name of the deal.
    names
        Names of the parties by id, as people read them.

    Raises
    ------
    VoortgangError
        When the file has another ending, is there already, or cannot be written.
    """
    writers = {".xlsx": _as_xlsx, ".html": _as_html}
    if target.suffix.lower() not in writers:
        raise VoortgangError(
            "The list cannot be written in this form.", str(target), "a name that ends in .xlsx or .html", "Rename it."
        )
    named = [replace(each, party=(names or {}).get(each.party, each.party)) for each in found]
    write_files({target: writers[target.suffix.lower()](named, title)})


def dutch_rows(found: Sequence[Entry]) -> list[tuple[str, ...]]:
    """Return one row of Dutch texts per finding, under `HEADINGS`."""
    return [
        (
            SEVERITY[entry.finding.severity],
            entry.party,
            entry.finding.plek,
            entry.finding.value,
            *entry.finding.message("nl"),
        )
        for entry in found
    ]


def _as_html(found: Sequence[Entry], title: str) -> bytes:
    rows = dutch_rows(found)
    return html_page("intake/findings_list.html", "Bevindingen", deal=title, headings=HEADINGS, rows=rows)


def _as_xlsx(found: Sequence[Entry], title: str) -> bytes:
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font

    from voortgang.writing.spreadsheet import put_text

    book = Workbook()
    sheet = book.active
    sheet.title = "Bevindingen"
    for row, texts in enumerate([HEADINGS, *dutch_rows(found)], start=1):
        for column, text in enumerate(texts, start=1):
            cell = put_text(sheet.cell(row, column), text)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            cell.font = Font(bold=row == 1)
    for letter, width in zip("ABCDEFG", (14, 18, 34, 24, 48, 36, 40), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = "A2"
    book.properties.title = title
    content = BytesIO()
    book.save(content)
    return archive.without_times(content.getvalue())
