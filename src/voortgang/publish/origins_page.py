"""One HTML page on which every key figure of a report stands next to the cell and the rows that it came from."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from urllib.parse import quote

from voortgang.assemble.collect import Collected
from voortgang.check.for_readers import findings
from voortgang.publish.key_figures import Bron, Kerncijfer, Kerncijfers
from voortgang.publish.rows_behind import COVENANT, Evidence, numbers_in
from voortgang.workspace import schema
from voortgang.writing import dutch
from voortgang.writing.page import html_page

NAME = "herkomst.html"

_Links = list[tuple[str, str]]
"""Where each leads on the page, and what it says."""


def origins_page(figures: Kerncijfers, evidence: Evidence, mark: str, collected: Collected) -> bytes:
    """Return the page. Each number of the report leads to its row here; the row leads on to cell and rows.

    Of tables and charts that an analyst made herself no number is here; they are named with their cells.
    """
    report = figures.verslag
    absent = schema.absent(evidence.data.workspace)
    return html_page(
        "publish/origins_page.html",
        f"Herkomst van de cijfers {report.jaar}",
        mark,
        report=report,
        day=dutch.long_date(report.peildatum),
        groups=list(_groups(figures)),
        figures=[
            (each, _article(each), _page(each), [_source(source) for source in each.herkomst.bronnen])
            for each in figures.kerncijfers
        ],
        own=[(caption, label, collected.origins[label]) for label, caption in sorted(collected.own.items())],
        # What the report tells its readers, with files and rows.
        findings=[(each.plek, *each.message("nl")) for each in findings(evidence.data, evidence.view)],
        tables=[(table, evidence.table(table.name).rows) for table in schema.tables() if table.name not in absent],
    )


def _groups(figures: Kerncijfers) -> Iterator[tuple[str, str]]:
    """Yield the first figure of each group, and what the group is called: the first word of its keys."""
    for group, some in groupby(figures.kerncijfers, key=lambda each: each.id.partition(".")[0]):
        yield next(some).id, group.replace("_", " ")


def _page(figure: Kerncijfer) -> str:
    return f"{quote(Path(figure.herkomst.notebook).stem)}.html#cell-id={quote(figure.herkomst.cel)}"


def _article(figure: Kerncijfer) -> str:
    return f"art. {figure.artikel}" if figure.artikel[:1].isdigit() else figure.artikel


def _source(source: Bron) -> tuple[str, _Links]:
    """Return what is said of the rows that a figure was computed from, and links to those that stand on the page."""
    name = Path(source.bestand).stem
    where = "; ".join(f"{column} = {' of '.join(values)}" for column, values in source.waar.items())
    if name == COVENANT:
        return f"convenant, {where}", []
    numbers = numbers_in(source.rijen)
    if not numbers:
        return f"{source.bestand}, {where}: geen rijen", []
    if Path(source.bestand).parent.name.isdecimal():  # as it was adopted
        return f"{source.bestand}, rij {source.rijen}", []
    pieces = source.rijen.split(",")
    links = [(f"{name}-{piece.partition('-')[0]}", piece.replace("-", "–")) for piece in pieces]
    what = f" waar {where}" if where else ""
    count = dutch.count(len(numbers), "rij", "rijen")
    return f"{name}.csv{what}, tot en met {dutch.long_date(source.tot_en_met)}: {count}", links
