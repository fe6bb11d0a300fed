"""One HTML page on which every key figure of a report stands next to the cell and the rows that it came from."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from pathlib import Path

from voortgang.check.for_readers import findings
from voortgang.publish.key_figures import Bron, Kerncijfer, Kerncijfers
from voortgang.publish.rows_behind import COVENANT, Evidence, PublicTable, numbers_in
from voortgang.workspace import schema
from voortgang.writing import dutch
from voortgang.writing.page import html_page

NAME = "herkomst.html"

_STYLE = """
main { max-width: 100rem; }
table { font-size: 0.9rem; }
td, th { vertical-align: top; text-align: left; }
td.getal { text-align: right; white-space: nowrap; }
:target { background: #fff3c4; outline: 2px solid #b8501a; }
@media (prefers-color-scheme: dark) { :target { background: #4a3b10; } }
.breed { overflow-x: auto; }
"""


def origins_page(figures: Kerncijfers, evidence: Evidence) -> bytes:
    """Return the page. Each number of the report leads to its row here; the row leads on to cell and rows."""
    report = figures.verslag
    body = [
        f"<h1>Herkomst van de cijfers in het verslag over {report.jaar}</h1>",
        f"<p>{escape(report.deal)}, stand op {dutch.long_date(report.peildatum)}. Elk cijfer staat hier één keer, met"
        " de cel van het notebook die het berekent en de rijen waaruit het is berekend. De rijen staan onderaan."
        f"{' Het verslag bevat voorbeelddata.' if report.voorbeelddata else ''}</p>",
        "<h2>Cijfers</h2>",
        *_table("Cijfers", ("Cijfer", "Waarde", "Jaar", "Artikel", "Status", "Cel", "Rijen"), _figures(figures)),
    ]
    if rows := list(_findings(evidence)):
        body.append('<h2 id="bevindingen">Bevindingen bij de controle van de gegevens</h2>')
        body += _table("Bevindingen", ("Plek", "Bevinding", "Verwacht", "Wat nog gebeurt"), iter(rows))
    absent = schema.absent(evidence.data.workspace)
    for table in (each for each in schema.tables() if each.name not in absent):
        public = evidence.table(table.name)
        body.append(f'<h2 id="tabel-{table.name}">{table.title} ({table.name}.csv)</h2>')
        headings = ("Rij", *(field.title for field in table.fields))
        body += _table(table.title, headings, _rows(public))
    return html_page(f"Herkomst van de cijfers {report.jaar}", body, _STYLE)


def _table(label: str, headings: tuple[str, ...], rows: Iterator[str]) -> list[str]:
    head = "".join(f'<th scope="col">{escape(heading)}</th>' for heading in headings)
    opening = f'<div class="breed" role="region" aria-label="{escape(label)}" tabindex="0"><table>'
    return [f"{opening}<thead><tr>{head}</tr></thead><tbody>", *rows, "</tbody></table></div>"]


def _figures(figures: Kerncijfers) -> Iterator[str]:
    for each in figures.kerncijfers:
        cell = f"{Path(each.herkomst.notebook).stem}.html#cell-id={each.herkomst.cel}"
        sources = "<br>".join(_source(source) for source in each.herkomst.bronnen)
        yield (
            f'<tr id="{each.id}"><td>{escape(each.label)}<br><code>{each.id}</code></td>'
            f'<td class="getal">{escape(each.tekst)}</td><td>{each.jaar}</td><td>{escape(_article(each))}</td>'
            f'<td>{each.status}</td><td><a href="notebooks/{cell}">{escape(each.herkomst.cel)}</a></td>'
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
        return f"{escape(source.bestand)}, rij {source.rijen}"
    links = ", ".join(
        f'<a href="#{name}-{piece.partition("-")[0]}">{piece.replace("-", "–")}</a>'
        for piece in source.rijen.split(",")
    )
    what = f" waar {escape(where)}" if where else ""
    count = dutch.count(len(numbers), "rij", "rijen")
    return f"{name}.csv{what}, tot en met {dutch.long_date(source.tot_en_met)}: {count} ({links})"


def _findings(evidence: Evidence) -> Iterator[str]:
    """Yield the findings that the report tells its readers, with their files and rows."""
    for each in findings(evidence.data, evidence.view):
        cells = (each.plek, *each.message("nl"))
        yield "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>"


def _rows(table: PublicTable) -> Iterator[str]:
    for number, cells in table.rows.items():
        yield f'<tr id="{table.name}-{number}">' + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>"
