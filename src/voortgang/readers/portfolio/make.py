"""Make the national overview: one notebook and one Quarto project, with the machinery of every report."""

from __future__ import annotations

import csv
import json
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from voortgang.assemble.collect import Collected
from voortgang.assemble.notebook_page import page
from voortgang.assemble.quarto_project import documents
from voortgang.assemble.render import Chosen, assemble
from voortgang.assemble.sources import write_project
from voortgang.errors import NotebookError, VoortgangError, needs
from voortgang.publish.key_figures import SCHEMA_VERSION, Verslag
from voortgang.publish.layout import put_in_place
from voortgang.readers.portfolio.honest import seen
from voortgang.readers.portfolio.overview import CHECKED
from voortgang.readers.portfolio.published import Missing, Published, read_all
from voortgang.run.execute import execute
from voortgang.run.kernel_pool import KernelPool
from voortgang.run.plan import Run
from voortgang.workspace.parameters import Parameters
from voortgang.workspace.paths import Workspace
from voortgang.workspace.starting.new_workspace import copy_style
from voortgang.workspace.starting.questionnaire import slug
from voortgang.writing import archive, dutch, markdown, temporary
from voortgang.writing.page import html_page
from voortgang.writing.spreadsheet import csv_cell

with needs("portfolio"):
    import fastparquet

_PROJECT = Path(__file__).with_name("project")
_NAME, _DEAL = "portefeuille", "deal"
_CONTENTS = 8
"""From how many deals on there are contents: those of a few would leave their page nearly empty."""

_SHOWN = 200
"""Letters of what went wrong with a deal."""

_KEY = 60
"""Letters of a deal's key."""

_WRITTEN = frozenset({"bron", "notebooks", "herkomst.html", "kerncijfers.json"})
"""What an overview holds beside the files that have its name."""

_WHERE_THERE_ARE = ("totaal.fasen", "totaal.uitputting")
"""The figures that the overview has only of deals with projects, and with a budget."""

COLUMNS = ("deal", "id", "label", "waarde", "tekst", "eenheid", "jaar", "peildatum", "artikel", "status")
"""The columns of the deals' own figures, as CSV, workbook and Parquet."""


@dataclass(frozen=True)
class Made:
    """The overview: its folder, how many deals are in it, and what could not be read."""

    folder: Path
    deals: int
    missing: tuple[Missing, ...]


def make(sources: list[str], year: int, folder: Path, engine: Chosen) -> Made:
    """Read what deals published about a year, and write the overview of all that could be read and shown.

    Parameters
    ----------
    sources
        As `read_all` takes them.
    folder
        Where the overview is written; an earlier one is replaced as a whole.

    Raises
    ------
    VoortgangError
        When no deal could be read or shown, or something else stands at `folder`.
    """
    found, missing = read_all(sources, year)
    if not found:
        reasons = "\n".join(f"{each.source}: {each.why}" for each in missing)
        raise VoortgangError(
            f"No deal has figures about {year}.", reasons or "no sources", "at least one report", "Name other sources."
        )
    if (others := _others_in(folder)) is not None:
        raise VoortgangError(
            f"The folder holds something else{': ' if others else ''}{', '.join(others[:5])}.",
            str(folder),
            "a new folder, or that of an earlier overview and nothing more",
            "Choose another. Nothing was written.",
        )
    folder = folder.resolve()
    folder.parent.mkdir(parents=True, exist_ok=True)
    while True:
        with tempfile.TemporaryDirectory(prefix=f".{_NAME}-", dir=folder.parent) as scratch:
            try:
                built = _built(Path(scratch), found, missing, year, engine)
            except _NotShown as error:
                found.remove(error.published)
                if not found:
                    raise error.cause from error
                _, _, why = error.cause.what.partition(": ")  # the overview is Dutch
                missing.append(Missing(error.published.source, f"de pagina's zijn niet te maken: {seen(why[:_SHOWN])}"))
                continue
            put_in_place(built, folder)
        return Made(folder, len(found), tuple(missing))


class _NotShown(Exception):
    """The pages of one deal cannot be made; those of the others can."""

    def __init__(self, published: Published, cause: NotebookError) -> None:
        super().__init__(str(cause))
        self.published, self.cause = published, cause


def _others_in(folder: Path) -> list[str] | None:
    """Return what in a folder is not of an earlier overview, which takes its place; None when it may be taken."""
    if not folder.exists():
        return None
    if not folder.is_dir():
        return []
    others = [path.name for path in folder.iterdir() if not path.name.startswith(_NAME) and path.name not in _WRITTEN]
    try:
        is_earlier = "deals" in json.loads((folder / f"{_NAME}.json").read_text(encoding="utf-8"))
    except (OSError, ValueError, TypeError):
        is_earlier = False
    return None if is_earlier and not others else sorted(others)


def _built(scratch: Path, found: list[Published], missing: list[Missing], year: int, engine: Chosen) -> Path:
    day = max(each.figures.verslag.peildatum for each in found)
    adopted = all(each.figures.verslag.status == "vastgesteld" for each in found)
    status: Literal["vastgesteld", "concept"] = "vastgesteld" if adopted else "concept"
    parameters = Parameters(year=year, reference_date=max(day, date(year, 1, 1)), status=status)
    workspace = Workspace(scratch / "werk")
    shutil.copytree(_PROJECT, workspace.root)
    copy_style(workspace.templates)
    workspace.data.mkdir()
    (workspace.data / "deals.json").write_text(_as_json(found, missing, year), encoding="utf-8")
    workspace.deal.write_text("# The kernel looks for the root of the workspace here.\n", encoding="utf-8")

    keys = _keys(found)
    folder = scratch / "overzicht"
    (folder / "notebooks").mkdir(parents=True)
    collected, pool = Collected(), KernelPool()
    asked = frozenset({"year", "reference_date", "edition"})
    example = any(each.figures.verslag.voorbeelddata for each in found)
    marks = ([] if status == "vastgesteld" else ["Concept"]) + (["voorbeelddata"] if example else [])
    mark = " · ".join(marks)[:1].upper() + " · ".join(marks)[1:]
    runs = [Run(workspace.notebooks / f"{_NAME}.ipynb", asked, parameters, 0, {})]
    each_deal = workspace.notebooks / f"{_DEAL}.ipynb"
    runs += [Run(each_deal, asked | {_DEAL}, parameters, 0, {}, each=(_DEAL, key)) for key in keys]
    for run in runs:
        try:
            executed = execute(run, workspace, pool, lambda done, total: None).notebook
        except NotebookError as error:
            if run.each is None:
                raise
            raise _NotShown(keys[run.each[1]], error) from error
        collected.add(executed, workspace.relative(run.notebook), run.each)
        (folder / "notebooks" / f"{run.name}.ipynb").write_bytes(executed)
        (folder / "notebooks" / f"{run.name}.html").write_bytes(
            page(executed, f"Notebook {run.name} {year}", run.notebook.parent, workspace.relative(run.notebook), mark)
        )
    words = {
        "verslag.jaar": str(year),
        "verslag.peildatum": dutch.long_date(parameters.reference_date),
        "verslag.status": status,
        "verslag.merk": mark or "Vastgesteld",
        # An empty word is known, and is not there.
        "deals.meer": "ja" if len(keys) > 1 else "",
        "deals.inhoud": "ja" if len(keys) >= _CONTENTS else "",
        **{name: "" for name in _WHERE_THERE_ARE if name not in collected.facts},
        **{name: text for key, each in keys.items() for name, text in _words(key, each)},
    }
    if len(keys) < _CONTENTS:
        project = workspace.templates / "_quarto.yml"
        project.write_text(project.read_text(encoding="utf-8").replace("toc-depth: 1", "toc: false"), encoding="utf-8")
    figures = _facts(collected, year)
    sources = folder / "bron"
    name = "_quarto.yml"
    ids = {_DEAL: tuple(keys)}
    told = {f"_lessen-{key}.md": _lessons(each).encode() for key, each in keys.items()}
    write_project(workspace.templates, name, False, words, told, collected, figures, mark, sources, ids)
    for (_, form), content, _ in assemble(
        sources, engine, [documents(sources, name, False)], parameters.reference_date
    ):
        (folder / f"{_NAME}-{year}.{form}").write_bytes(content)
    rows = list(_rows(found))
    files = _tables(rows)
    files |= {
        f"{_NAME}.json": _as_json(found, missing, year).encode(),
        "kerncijfers.json": figures.encode(),
        "herkomst.html": _origins(collected, found, year, mark),
    }
    for target, made in files.items():
        (folder / target).write_bytes(made)
    return folder


def _words(key: str, published: Published) -> Iterator[tuple[str, str]]:
    """Yield what the pages of a deal say of its report."""
    report, stem = published.figures.verslag, f"{_DEAL}.{key.replace('-', '_')}"
    yield f"{stem}.naam", report.deal
    yield f"{stem}.peildatum", dutch.long_date(report.peildatum)
    yield f"{stem}.status", ", ".join(_standing(report))
    yield f"{stem}.controle", CHECKED[published.checked]
    yield f"{stem}.lessen", "ja" if published.lessons else ""


def _standing(report: Verslag) -> Iterator[str]:
    """Yield how firm a report is, and what it leaves out."""
    yield report.status
    if report.editie == "openbaar":
        yield "openbare editie"
    if report.voorbeelddata:
        yield "met voorbeelddata"


def _lessons(published: Published) -> str:
    """Return what a deal learned as Markdown; its words are text, whatever they look like."""
    told = (markdown.Paragraph(f"{name}: {' '.join(words.split())}") for name, words in published.lessons)
    return "\n\n".join(map(str, told)) + "\n"


def _as_json(found: list[Published], missing: list[Missing], year: int) -> str:
    keys = _keys(found)
    content = {
        "schema_versie": SCHEMA_VERSION,
        "jaar": year,
        "deals": [
            {"sleutel": key, "bron": each.source, "controle": each.checked, **each.figures.model_dump(mode="json")}
            for key, each in keys.items()
        ],
        "ontbreekt": [{"bron": each.source, "waarom": each.why} for each in missing],
    }
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def _keys(found: list[Published]) -> dict[str, Published]:
    """Return the deals by a short key; two names that give the same key are told apart by a number."""
    keys: dict[str, Published] = {}
    for each in found:
        # A file and its figures are named after it.
        key = base = slug(each.figures.verslag.deal)[:_KEY].rstrip("-") or "deal"
        number = 1
        while key in keys or key == "totaal":
            number += 1
            key = f"{base}-{number}"
        keys[key] = each
    return keys


def _facts(collected: Collected, year: int) -> str:
    facts = [collected.facts[key].model_dump(mode="json", exclude={"kind"}) for key in sorted(collected.facts)]
    return json.dumps({"jaar": year, "kerncijfers": facts}, ensure_ascii=False, indent=1) + "\n"


def _rows(found: list[Published]) -> Iterator[dict[str, Any]]:
    for key, each in _keys(found).items():
        for figure in each.figures.kerncijfers:
            yield {"deal": key} | {column: getattr(figure, column) for column in COLUMNS[1:]}


def _tables(rows: list[dict[str, Any]]) -> dict[str, bytes]:
    """Return the figures of all deals in one table, in each of its forms."""
    text = StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: csv_cell(value) for name, value in row.items()} for row in rows)
    files = {f"{_NAME}.csv": text.getvalue().encode(), f"{_NAME}.xlsx": _xlsx(rows)}
    # A column has one type: words are no values there.
    frame = pd.DataFrame({name: [row[name] for row in rows] for name in COLUMNS})
    frame["waarde"] = [None if isinstance(value, str) else float(value) for value in frame["waarde"]]
    frame["waarde"] = frame["waarde"].astype("float64")
    frame["peildatum"] = frame["peildatum"].map(str)
    with temporary.folder() as folder:
        path = Path(folder, "cijfers.parquet")
        fastparquet.write(str(path), frame)
        return files | {f"{_NAME}.parquet": path.read_bytes()}


def _xlsx(rows: list[dict[str, Any]]) -> bytes:
    from openpyxl import Workbook

    from voortgang.writing.spreadsheet import put_number, put_text

    book = Workbook(write_only=False)
    sheet = book.active
    sheet.title = "Kerncijfers"
    sheet.append(COLUMNS)
    for number, row in enumerate(rows, start=2):
        for place, name in enumerate(COLUMNS, start=1):
            cell = sheet.cell(number, place)
            if isinstance(row[name], str):
                put_text(cell, row[name])
            elif isinstance(row[name], int | float):
                put_number(cell, row[name])
            else:
                cell.value = row[name]
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions
    target = BytesIO()
    book.save(target)
    return archive.without_times(target.getvalue())


def _origins(collected: Collected, found: list[Published], year: int, mark: str) -> bytes:
    """Return the page that each number of the overview leads to: which deals it was taken from."""
    names = {key: each.figures.verslag.deal for key, each in _keys(found).items()}
    rows = []
    for key in sorted(collected.facts):
        fact = collected.facts[key]
        deals = [names[deal] for source in fact.sources for deal in source.where.get("deal", ())]
        rows.append((key, fact, collected.cells[key], dutch.listing(deals)))
    title = f"Herkomst van de cijfers {year}"
    return html_page("readers/portfolio/origins.html", title, mark, year=year, file=f"{_NAME}.json", rows=rows)
