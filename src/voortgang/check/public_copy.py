"""What a public edition is made from, where a party keeps a project confidential (Art. 10.1): a copy of the workspace.

The copy holds the rows that the edition shows and no others, in files of the same form. So everything after it, from
the first notebook to the bundle, cannot show more; and who has the bundle can make the same report again. Decision 17.
"""

from __future__ import annotations

import csv
import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

from voortgang.check import adopted, adopted_agreements
from voortgang.check.combined_bookings import FIRST_ROW
from voortgang.check.data import Data, View
from voortgang.check.notebook_reads import NOT_SHOWN, Rows
from voortgang.check.withheld import companions, hidden_projects, require_company
from voortgang.workspace import schema
from voortgang.workspace.fingerprint import of_bytes, of_file, of_value
from voortgang.workspace.parameters import Parameters
from voortgang.workspace.paths import NARRATIVE, Workspace
from voortgang.workspace.public_note import NotShown, PublicNote
from voortgang.workspace.stories import stories
from voortgang.writing.spreadsheet import records

OTHER_TEXT = b"Deze tekst hoort bij een ander verslag.\n"
"""What stands in place of the bureau's text for another report."""

_KEPT_SECONDS = 24 * 3600
_DEAL = "deal"


def view_of(parameters: Parameters) -> View:
    """Return what a report shows of the tables."""
    return View(parameters.year, parameters.reference_date, parameters.edition)


def made_from(data: Data, parameters: Parameters, folder: Path) -> Workspace:
    """Return what a report is made from: the workspace, or where the edition hides projects that it holds, a copy.

    Parameters and errors are those of `public_copy`.
    """
    hides = data.note is None and hidden_projects(data, view_of(parameters))
    return public_copy(data, parameters, folder) if hides else data.workspace


def public_copy(data: Data, parameters: Parameters, folder: Path) -> Workspace:
    """Write the copy that a public edition is made from, and return it.

    Parameters
    ----------
    data
        The full tables, which passed the checks.
    folder
        Where copies lie. The same content has the same place, and stays there for builds that use it.

    Raises
    ------
    LeakError
        When the edition would show the amounts of one confidential project.
    """
    require_company(data, view_of(parameters))
    content = dict(_content(data, parameters))
    # A relative path among the inputs leads as far up from the copy as from the workspace.
    above = max((Path(each).parts.count("..") for each in parameters.inputs), default=0)
    place = folder / of_value([{name: of_bytes(each) for name, each in content.items()}, parameters.inputs])
    root = place.joinpath(*["in"] * max(above - 1, 0), _DEAL)
    if not _holds(root, content):
        shutil.rmtree(place, ignore_errors=True)
        _remove_old(folder)
        folder.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=".", dir=folder))
        try:
            for name, text in content.items():
                target = made / root.relative_to(place) / name
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(text)
            with suppress(OSError):  # another build made the same
                made.rename(place)
        finally:
            shutil.rmtree(made, ignore_errors=True)
    os.utime(place)
    for each in parameters.inputs:
        _link(data.workspace.root / each, Path(os.path.normpath(root / each)), place)
    return Workspace(root)


def _holds(root: Path, content: dict[str, bytes]) -> bool:
    there = {path.relative_to(root).as_posix(): path for path in root.rglob("*") if path.is_file()}
    return there.keys() >= content.keys() and all(of_file(there[name]) == of_bytes(content[name]) for name in content)


def _remove_old(folder: Path) -> None:
    for each in folder.glob("*"):
        with suppress(OSError):
            if time.time() - each.stat().st_mtime > _KEPT_SECONDS:
                shutil.rmtree(each, ignore_errors=True)


def _link(real: Path, link: Path, place: Path) -> None:
    """Let a path of `inputs` lead to the same file from the copy."""
    if link.is_relative_to(place) and not os.path.lexists(link) and real.exists():
        link.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError):
            link.symlink_to(real.resolve())


def _content(data: Data, parameters: Parameters) -> Iterator[tuple[str, bytes]]:
    workspace, view = data.workspace, view_of(parameters)
    parts = {*NARRATIVE, *(part for pillar in data.deal.pillars for part in (pillar.id, pillar.lessons_part))}
    tables = {workspace.table(each.name): each.name for each in schema.tables()}
    hidden = hidden_projects(data, view)
    shown = [each for each in stories(workspace, parameters.period) if each.header.project not in hidden]
    told = {path for each in shown for path in (each.path, each.picture)}
    for path in workspace.input_files():
        name = workspace.relative(path)
        if path in tables:
            yield name, _table(path, tables[path], data, view)
        elif path == workspace.datapackage:
            yield name, _described(path.read_bytes())
        elif path.is_relative_to(workspace.sources):
            continue  # files of parties, with whatever stands in them
        elif path.is_relative_to(workspace.adopted_rows) and path.stem in adopted.YEAR_COLUMNS:
            yield name, _adopted(path, data, view)
        elif path.is_relative_to(workspace.adopted_rows) and path.name == adopted_agreements.NAME:
            yield name, adopted_agreements.without_projects(path.read_text(encoding="utf-8-sig")).encode()
        elif path.is_relative_to(workspace.narratives) and path.parent != workspace.narrative(parameters.period):
            if path.stem not in parts:  # that a report may have this part, a chapter relies on
                yield name, OTHER_TEXT
        elif path.is_relative_to(workspace.all_stories) and path not in told:
            continue  # of another report, or about a project that is not shown
        elif path.suffix == ".ipynb":
            yield name, _without_outputs(path.read_bytes())
        else:
            yield name, path.read_bytes()
    yield workspace.relative(workspace.public_note), _note(data, parameters, view).text().encode()


def _note(data: Data, parameters: Parameters, view: View) -> PublicNote:
    days = {view.reference_date: view, (day := date(view.year - 1, 12, 31)): View(view.year - 1, day, view.edition)}
    counts = [
        NotShown(until=day, pillar=str(pillar), count=int(count))
        for day in sorted(days)
        for pillar, count in Rows(NOT_SHOWN).select(data, days[day]).itertuples(index=False)
    ]
    together = tuple(sorted(companions(data, view)))
    return PublicNote(
        period=parameters.period,
        reference_date=view.reference_date,
        not_shown=tuple(counts),
        amounts_together=together,
    )


def _table(path: Path, name: str, data: Data, view: View) -> bytes:
    """Return the rows that are shown as they stand, and below them those that stand for several."""
    rows = Rows(name).select(data, view)
    numbers = {1} | {int(number) for number in rows.index}
    if name == "projecten":
        numbers |= _named_early(data, view)
    lines = records(path.read_bytes().decode())
    kept = "".join(_ended(text) for number, text in enumerate(lines, start=1) if number in numbers)
    header = next(csv.reader(StringIO(lines[0].removeprefix("\ufeff"))))
    out = StringIO()
    writer = csv.DictWriter(out, header, lineterminator="\n")
    for number, row in rows.iterrows():
        if isinstance(number, int) and number >= FIRST_ROW:
            cells = {key: "" if value is None or value != value else str(value) for key, value in row.items()}
            cells["datum"] = f"{row['datum']:%Y-%m-%d}"
            writer.writerow(schema.table(name).marked({key: cells.get(key, "") for key in header}))
    return (kept + out.getvalue()).encode()


def _named_early(data: Data, view: View) -> set[int]:
    """Return the rows of projects that begin after the reference date, and that rows known on it already name."""
    projects, named = data.tables.projecten, set[str]()
    for table, frame in data.tables:
        if "project_id" in frame and table != "projecten":
            named |= set(Rows(table).select(data, view)["project_id"].dropna())
    return set(map(int, projects.index[projects["project_id"].isin(named - hidden_projects(data, view))]))


def _adopted(path: Path, data: Data, view: View) -> bytes:
    """Return the rows of an adopted copy that the edition knows, about projects that it shows."""
    table = path.stem
    shown = set(data.tables.projecten["project_id"]) - hidden_projects(data, view)
    if table == "financien":
        shown -= companions(data, view)
    day, until = adopted.DAY[table], view.reference_date.isoformat()

    def is_kept(row: dict[str, str]) -> bool:
        later = (row.get(day) or "") > until or (row.get("verslagjaar") or "") > str(view.year)
        return not later and (not row.get("project_id") or row["project_id"] in shown)

    return "".join(_chosen(records(path.read_bytes().decode()), is_kept)).encode()


def _chosen(lines: list[str], is_kept: Callable[[dict[str, str]], bool]) -> Iterator[str]:
    header = next(csv.reader(StringIO(lines[0].removeprefix("\ufeff")))) if lines else []
    for number, record in enumerate(lines):
        cells = next(csv.reader(StringIO(record, newline="")), [])
        if number == 0 or is_kept(dict(zip(header, cells, strict=False))):
            yield _ended(record)


def _ended(record: str) -> str:
    return record if record.endswith("\n") else f"{record}\n"


def _described(content: bytes) -> bytes:
    """Return the description of the tables; a booking that stands for several has no payer."""
    with suppress(ValueError, KeyError, TypeError, AttributeError):
        package = json.loads(content)
        for resource in package["resources"]:
            for field in resource["schema"]["fields"]:
                if (resource["name"], field["name"]) == ("financien", "financier"):
                    field.pop("constraints", None)
        return (json.dumps(package, ensure_ascii=False, indent=2) + "\n").encode()
    return content


def _without_outputs(content: bytes) -> bytes:
    """Return a notebook without what its cells said when somebody ran it by hand."""
    with suppress(ValueError, RecursionError):
        notebook = json.loads(content)
        ran = [cell for cell in _code_cells(notebook) if cell.get("outputs") or cell.get("execution_count")]
        for cell in ran:
            cell |= {"outputs": [], "execution_count": None}
        if ran:
            return (json.dumps(notebook, ensure_ascii=False, indent=1) + "\n").encode()
    return content


def _code_cells(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, list):
        for each in node:
            yield from _code_cells(each)
    elif isinstance(node, dict):
        if node.get("cell_type") == "code":
            yield node
        for key in ("cells", "worksheets"):  # before version 4 of the format cells lay in worksheets
            yield from _code_cells(node.get(key))
