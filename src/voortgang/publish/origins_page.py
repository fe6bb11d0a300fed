"""One HTML page on which every key figure of a report stands next to the cell and the rows that it came from."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from itertools import groupby
from pathlib import Path
from urllib.parse import quote

from voortgang.check.for_readers import findings
from voortgang.publish.key_figures import Bron, Kerncijfer, Kerncijfers
from voortgang.publish.rows_behind import COVENANT, Evidence, PublicTable, numbers_in
from voortgang.workspace import schema
from voortgang.writing import dutch
from voortgang.writing.page import html_page

NAME = "herkomst.html"

_FINDINGS = "Bevindingen bij de controle van de gegevens"

_STYLE = """
main { max-width: 100rem; }
.breed { margin-bottom: 2rem; }
table { width: 100%; font-size: .8rem; }
td, th { min-width: 4.8em; padding: .3rem .25rem; vertical-align: top; text-align: left; }
td, th { overflow-wrap: anywhere; hyphens: auto; }
:is(td, th):first-child { min-width: 2.4em; }
.cijfers table { table-layout: fixed; font-size: .9rem; }
.cijfers :is(td, th) { padding: .3rem .5rem; }
.cijfers th:nth-child(1) { width: 22%; } .cijfers th:nth-child(2) { width: 10%; text-align: right; }
.cijfers th:nth-child(3) { width: 5%; } .cijfers th:nth-child(4) { width: 8%; }
.cijfers th:nth-child(5) { width: 8%; } .cijfers th:nth-child(6) { width: 11%; }
td.getal { text-align: right; }
tr[id], h2 { scroll-margin-top: 5rem; }
thead th { position: sticky; top: 0; background: #fff; }
.merk ~ main thead th { top: 1.7rem; }
:target { background: #fff3c4; outline: 2px solid #b8501a; }
h2:target { background: none; outline: none; }
nav li { margin: .25rem 0; }
@media (prefers-color-scheme: dark) { :target { background: #4a3b10; } thead th { background: #14191d; } }
/* On a smaller screen a table scrolls in a window of its own, so that the bar to scroll with is in sight. */
@media screen and (max-width: 78rem) {
  .breed { overflow: auto; max-height: 85vh; }
  .breed table { min-width: 60rem; }
  .merk ~ main thead th { top: 0; }
}
"""


def origins_page(figures: Kerncijfers, evidence: Evidence, mark: str) -> bytes:
    """Return the page. Each number of the report leads to its row here; the row leads on to cell and rows."""
    report = figures.verslag
    rows = list(_findings(evidence))
    absent = schema.absent(evidence.data.workspace)
    tables = [table for table in schema.tables() if table.name not in absent]
    body = [
        f"<h1>Herkomst van de cijfers in het verslag over {report.jaar}</h1>",
        f"<p>{escape(report.deal)}, stand op {dutch.long_date(report.peildatum)}. Elk cijfer staat hier één keer, met"
        " de cel van het notebook die het berekent en de rijen waaruit het is berekend. De rijen staan onderaan."
        f"{' Het verslag bevat voorbeelddata.' if report.voorbeelddata else ''}</p>",
        *_contents(figures, bool(rows), tables),
        '<h2 id="cijfers">Cijfers</h2>',
        *_table(
            "Cijfers", ("Cijfer", "Waarde", "Jaar", "Artikel", "Status", "Cel", "Rijen"), _figures(figures), "cijfers"
        ),
    ]
    if rows:
        body.append(f'<h2 id="bevindingen">{_FINDINGS}</h2>')
        body += _table("Bevindingen", ("Plek", "Bevinding", "Verwacht", "Wat nog gebeurt"), iter(rows))
    for table in tables:
        public = evidence.table(table.name)
        body.append(f'<h2 id="tabel-{table.name}">{escape(table.title)} ({table.name}.csv)</h2>')
        headings = ("Rij", *(field.title for field in table.fields))
        body += _table(table.title, headings, _rows(public))
    return html_page(f"Herkomst van de cijfers {report.jaar}", body, _STYLE, mark=mark)


def _contents(figures: Kerncijfers, findings_too: bool, tables: list[schema.Table]) -> list[str]:
    """Return the contents: the figures by the first word of their key, and the tables."""
    groups = groupby(figures.kerncijfers, key=lambda each: each.id.partition(".")[0])
    words = [f'<a href="#{escape(next(some).id)}">{escape(group.replace("_", " "))}</a>' for group, some in groups]
    names = [f'<a href="#tabel-{table.name}">{escape(table.title)}</a>' for table in tables]
    return [
        '<nav aria-label="Inhoud"><ul>',
        f'<li><a href="#cijfers">Cijfers</a>: {", ".join(words)}</li>',
        *([f'<li><a href="#bevindingen">{_FINDINGS}</a></li>'] if findings_too else []),
        f"<li>Rijen: {', '.join(names)}</li>",
        "</ul></nav>",
    ]


def _table(label: str, headings: tuple[str, ...], rows: Iterator[str], kind: str = "") -> list[str]:
    head = "".join(f'<th scope="col">{escape(heading)}</th>' for heading in headings)
    classes = f"breed {kind}".strip()
    opening = f'<div class="{classes}" role="region" aria-label="{escape(label)}" tabindex="0"><table>'
    return [f"{opening}<thead><tr>{head}</tr></thead><tbody>", *rows, "</tbody></table></div>"]


def _figures(figures: Kerncijfers) -> Iterator[str]:
    for each in figures.kerncijfers:
        cell = f"{quote(Path(each.herkomst.notebook).stem)}.html#cell-id={quote(each.herkomst.cel)}"
        sources = "<br>".join(_source(source) for source in each.herkomst.bronnen)
        yield (
            f'<tr id="{escape(each.id)}"><td>{escape(each.label)}<br><code>{escape(each.id)}</code></td>'
            f'<td class="getal">{escape(each.tekst)}</td><td>{each.jaar}</td><td>{escape(_article(each))}</td>'
            f'<td>{escape(each.status)}</td><td><a href="notebooks/{cell}">{escape(each.herkomst.cel)}</a></td>'
            f"<td>{sources}</td></tr>"
        )


def _article(figure: Kerncijfer) -> str:
    return f"art. {figure.artikel}" if figure.artikel[:1].isdigit() else figure.artikel


def _source(source: Bron) -> str:
    name = Path(source.bestand).stem
    where = "; ".join(f"{column} = {' of '.join(values)}" for column, values in source.waar.items())
    if name == COVENANT:
        return f"convenant, {escape(where)}"
    numbers = numbers_in(source.rijen)
    if not numbers:
        return f"{escape(source.bestand)}, {escape(where)}: geen rijen"
    if Path(source.bestand).parent.name.isdecimal():  # as it was adopted
        return f"{escape(source.bestand)}, rij {escape(source.rijen)}"
    links = ", ".join(
        f'<a href="#{escape(name)}-{escape(piece.partition("-")[0])}">{escape(piece.replace("-", "–"))}</a>'
        for piece in source.rijen.split(",")
    )
    what = f" waar {escape(where)}" if where else ""
    count = dutch.count(len(numbers), "rij", "rijen")
    return f"{escape(name)}.csv{what}, tot en met {dutch.long_date(source.tot_en_met)}: {count} ({links})"


def _findings(evidence: Evidence) -> Iterator[str]:
    """Yield the findings that the report tells its readers, with their files and rows."""
    for each in findings(evidence.data, evidence.view):
        cells = (each.plek, *each.message("nl"))
        yield "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>"


def _rows(table: PublicTable) -> Iterator[str]:
    for number, cells in table.rows.items():
        yield f'<tr id="{table.name}-{number}">' + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>"
