"""Answer where a number of a published report stands, which cell computed it, and from which rows."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from voortgang.errors import VoortgangError
from voortgang.publish.key_figures import NAME, Bron, Kerncijfer, read_key_figures
from voortgang.publish.open_data import FOLDER
from voortgang.readers.damaged import told_as_damaged
from voortgang.workspace.paths import Period, Workspace
from voortgang.writing import dutch
from voortgang.writing.spreadsheet import unmarked

if TYPE_CHECKING:
    from bs4 import BeautifulSoup

_EURO = re.compile(r"euro?|,(?:-+|00|\u2013|\u2014)$", re.IGNORECASE)
"""What people type beside an amount in whole euros, that the report does not write."""


@dataclass(frozen=True)
class TracedRows:
    """Rows that a figure was computed from: the source, headings, and cells as text."""

    source: Bron
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Traced:
    """A figure and all that is behind it.

    Attributes
    ----------
    places
        Where it stands: file, and the heading or caption above it.
    code
        Source of the cell that computed it.
    rows
        What it was computed from.
    """

    figure: Kerncijfer
    places: tuple[str, ...]
    code: str
    rows: tuple[TracedRows, ...]


def trace(workspace: Workspace, year: Period, what: str) -> list[Traced]:
    """Return every figure of a year's report that is meant by its id, or by its text as a page or `kerncijfers` has it.

    Raises
    ------
    VoortgangError
        When there is no report on that year, or no such figure in it.
    """
    folder = workspace.report(year)
    figures = read_key_figures(workspace, year)
    found = [each for each in figures.kerncijfers if _meant(each, what)]
    if not found:
        raise VoortgangError(
            f"The report on {year} has no figure {what!r}.",
            workspace.relative(folder / NAME),
            "the id of a figure, such as totaal.gerealiseerd, or its text as the report shows it",
            f"Look it up in {workspace.relative(folder / 'herkomst.html')}.",
        )
    with told_as_damaged(workspace, year):
        pages = {path: path.read_text(encoding="utf-8") for path in sorted(folder.rglob(f"*-{year}.html"))}
        parsed = cache(_parsed)  # for all figures: to read a page takes long
        return [_traced(each, folder, pages, parsed) for each in found]


def _traced(figure: Kerncijfer, folder: Path, pages: dict[Path, str], parsed: Callable[[str], BeautifulSoup]) -> Traced:
    return Traced(
        figure,
        tuple(
            f"{path.relative_to(folder)}: {above}"
            for path, page in pages.items()
            if f"herkomst.html#{figure.id}" in page
            for above in _above(parsed(page), figure.id)
        ),
        _code(folder / "notebooks" / Path(figure.herkomst.notebook).name, figure.herkomst.cel),
        tuple(_rows(folder, source) for source in figure.herkomst.bronnen),
    )


def _meant(figure: Kerncijfer, what: str) -> bool:
    texts = {dutch.bare(figure.tekst), dutch.bare(figure.zinsdeel)} - {""}
    if what.strip() in (figure.id, str(figure.waarde)) or dutch.bare(what) in texts:
        return True
    return figure.eenheid == "euro" and dutch.bare(_EURO.sub("", what)) in texts


def _parsed(page: str) -> BeautifulSoup:
    from bs4 import BeautifulSoup

    return BeautifulSoup(page, "html.parser")


def _above(soup: BeautifulSoup, key: str) -> Iterator[str]:
    """Yield the heading and caption above each place of a page where a figure stands."""
    found: dict[str, None] = {}
    for link in soup.find_all("a", href=re.compile(rf"herkomst\.html#{re.escape(key)}$")):
        table = link.find_parent("table")
        caption = table.find("caption") if table else link.find_parent("figcaption")
        heading = link.find_previous(["h1", "h2", "h3"])
        found[" › ".join(" ".join(each.get_text(" ").split()) for each in (heading, caption) if each)] = None
    yield from found


def _code(notebook: Path, cell: str) -> str:
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    return next(("".join(each["source"]) for each in cells if each.get("id") == cell), "")


def _rows(folder: Path, source: Bron) -> TracedRows:
    path = folder / FOLDER / Path(source.bestand).name
    as_adopted = Path(source.bestand).parent.name.isdecimal()  # what is in the folder is what is known now
    if not source.rijen or as_adopted or not path.is_file():
        return TracedRows(source, (), ())
    with path.open(encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    # Of a range its ends are compared: a stranger may have written one of thousands of millions of rows.
    ranges = [each.partition("-") for each in source.rijen.split(",")]
    wanted = [(int(first), int(last or first)) for first, _, last in ranges]
    chosen = [row for row in rows if any(first <= int(row[0]) <= last for first, last in wanted)]
    return TracedRows(source, tuple(head), tuple(tuple(map(unmarked, row)) for row in chosen))


def show(traced: list[Traced]) -> None:
    """Print what was found."""
    from rich.console import Console
    from rich.syntax import Syntax
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False, soft_wrap=True)
    for each in traced:
        figure = each.figure
        console.print(Text(f"{figure.tekst}  {figure.label}", "bold"))
        console.print(Text(f"{figure.id} · {figure.jaar} · art. {figure.artikel} · {figure.status}"))
        console.print(Text("\nStands in", "bold"))
        for place in each.places or ("no text or table; only in a chart, or in kerncijfers.json",):
            console.print(Text(f"  {place}"))
        console.print(Text(f"\nComputed in {figure.herkomst.notebook}, cell {figure.herkomst.cel}", "bold"))
        console.print(Syntax(each.code, "python", background_color="default"))
        for rows in each.rows:
            where = "; ".join(f"{column} = {' or '.join(values)}" for column, values in rows.source.waar.items())
            console.print(Text(f"\nFrom {rows.source.bestand}{f' where {where}' if where else ''}", "bold"))
            if rows.rows:
                table = Table(box=None, padding=(0, 2, 0, 0))
                for heading in rows.headings:
                    table.add_column(heading, overflow="fold")
                for row in rows.rows:
                    table.add_row(*map(Text, row))
                console.print(table, soft_wrap=False)
        console.print()
