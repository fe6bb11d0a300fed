"""Write a complete workspace for a deal: notebooks, chapters, parameters, tables, README and Makefile."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from voortgang import __version__
from voortgang.errors import WorkspaceError
from voortgang.workspace import schema
from voortgang.workspace.deal import Deal, article_text
from voortgang.workspace.extension import extension_files
from voortgang.workspace.paths import EVALUATION, NARRATIVE, Period, Workspace, last_day, year_of
from voortgang.workspace.starting import examples, shared
from voortgang.workspace.unwritten import unwritten
from voortgang.writing.files import write_files

_NEW = Path(__file__).with_name("new")


def write_workspace(deal_text: str, deal: Deal, folder: Path, with_examples: bool) -> list[Path]:
    """Write a workspace, and return its files.

    Parameters
    ----------
    deal_text, deal
        The covenant as data: the file, and what it says.
    folder
        A new or empty folder.
    with_examples
        Whether the tables hold invented rows, which say that they are; otherwise they hold only their headings.

    Raises
    ------
    WorkspaceError
        When the folder is not empty, or cannot be written.
    """
    require_empty(folder)
    files = dict(_files(deal_text, deal, with_examples))
    _write({folder / name: content for name, content in files.items()})
    return [folder / name for name in files]


def require_empty(folder: Path) -> None:
    """Raise `WorkspaceError` for a folder that holds anything, unless that is the history of a repository."""
    if folder.exists() and any(each.name != ".git" for each in folder.iterdir()):
        raise WorkspaceError(
            "The folder is not empty.",
            str(folder),
            "a new or empty folder",
            "Choose another name; nothing was written.",
        )


def new_year(workspace: Workspace, deal: Deal, year: Period) -> list[Path]:
    """Add a reporting year, or a half-year: its parameters and its narrative files; return what was written.

    Projects and tables need nothing: they carry on.

    Raises
    ------
    WorkspaceError
        When the year is outside the term of the deal, or exists.
    """
    first, last = deal.term.first_year, deal.term.end.year
    if not first <= year_of(year) <= last or last_day(year) < deal.term.begins:
        raise WorkspaceError(
            f"{'The year ' if isinstance(year, int) else ''}{year} is outside the term of the deal.",
            workspace.relative(workspace.deal),
            f"a year from {first} to {last}, or a day from {deal.term.begins} ({article_text(deal, 'looptijd')})",
            "Choose such a year, or record the extension of the deal first.",
        )
    if workspace.parameters(year).exists():
        raise WorkspaceError(
            f"{year} exists.",
            workspace.relative(workspace.parameters(year)),
            "a year without parameters",
            "Edit that file, or choose another year.",
        )
    texts = {workspace.narrative(year) / name: text for name, text in _narrative(deal, year).items()}
    files = {path: text.encode() for path, text in texts.items() if not path.exists()}
    files = {workspace.parameters(year): _parameters(year).encode(), **files}
    _write(files)
    return list(files)


def _write(files: dict[Path, bytes]) -> None:
    try:
        for folder in dict.fromkeys(path.parent for path in files):
            folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WorkspaceError(
            f"The workspace cannot be written: {error.strerror}.",
            str(error.filename or folder),
            "a folder to write in",
            "Choose another, or move what is in the way. No file was written.",
        ) from error
    write_files(files)


def _files(deal_text: str, deal: Deal, with_examples: bool) -> Iterator[tuple[str, bytes]]:
    yield "data/deal.yml", deal_text.encode()
    yield "data/datapackage.json", _described(deal).encode()
    rows = examples.rows(deal) if with_examples else {}
    for table in schema.tables():
        yield f"data/{table.name}.csv", examples.as_csv(table, rows.get(table.name, [])).encode()
    years = range(deal.term.first_year, deal.term.end.year + 1) if with_examples else [deal.term.first_year]
    for year in years:
        yield f"parameters/{year}.yml", _parameters(year).encode()
        for name, text in _narrative(deal, year).items():
            yield f"data/toelichting/{year}/{name}", text.encode()
    for name, path in shared.files():
        yield name, path.read_bytes()
    for name in ("README.md", "Makefile", ".gitignore", "requirements.txt"):
        text = (_NEW / name).read_text(encoding="utf-8")
        for mark, value in {"DEAL": deal.name, "YEAR": str(list(years)[-1]), "VERSION": __version__}.items():
            text = text.replace(f"<{mark}>", value)
        yield name, text.encode()


def _described(deal: Deal) -> str:
    return schema.data_package(deal.name, publisher=deal.publisher, licence=deal.colophon.licence)


def _parameters(of: Period) -> str:
    day = of if isinstance(of, str) else f"{of}-12-31"
    return (
        f"# Parameters of the report on {of}.\n"
        f"year: {year_of(of)}\n"
        f"reference_date: {day}   # peildatum: figures as known on this date\n"
        "status: concept             # concept, besproken or vastgesteld\n"
        "edition: overleg            # overleg or openbaar (without what a party keeps confidential)\n"
    )


def _narrative(deal: Deal, of: Period) -> dict[str, str]:
    """Return the files for the bureau's own text about a year or half-year; what is not yet written says so."""
    parts = [part for part in NARRATIVE if part not in EVALUATION or of == deal.term.end.year]
    names = [*parts, *(name for pillar in deal.pillars for name in (pillar.id, pillar.lessons_part))]
    return {f"{name}.md": unwritten(of) for name in names}


def copy_style(folder: Path) -> None:
    """Copy the format extension into a Quarto project outside a workspace."""
    for name, path in extension_files():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, folder / name)
