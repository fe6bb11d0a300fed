"""Read what was published: differences, the ministry, the overview of all deals. Imports are late."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from voortgang.cli.command import PERIOD, Settings, engine_for, main, reporting, shown_path
from voortgang.errors import VoortgangError

if TYPE_CHECKING:
    from voortgang.workspace.paths import Period


@main.command()
@click.argument("before", type=PERIOD)
@click.argument("now", type=PERIOD)
@click.option("--json", "as_json", is_flag=True, help="Print the changes as JSON.")
@reporting
def diff(settings: Settings, before: Period, now: Period, as_json: bool) -> None:
    """Show what changed between the reports of two years.

    Also names the figures about a year that the later report gives another value, and says first when the reports are
    of two editions, or one is on a part of its year. Example: voortgang diff 2020 2021
    """
    from dataclasses import asdict

    from voortgang.readers import difference

    found = difference.compare(settings.workspace(), before, now)
    if as_json:
        for sentence in found.apart:
            click.echo(f"Note: {sentence}", err=True)
        click.echo(json.dumps([asdict(each) for each in found.changes], ensure_ascii=False, indent=2))
    else:
        difference.show(found, before, now)


@main.group()
def export() -> None:
    """Write what others ask for."""


@export.command("lnv")
@click.argument("year", type=PERIOD)
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    help="Folder for the files (default: the current folder).",
)
@click.option("--replace", is_flag=True, help="Replace the files of an earlier export.")
@reporting
def export_lnv(settings: Settings, year: Period, output: Path, replace: bool) -> None:
    """Write a report's figures and a short text for each part of Art. 7.4, for the ministry's yearly letter.

    One JSON file, described by docs/lnv.schema.json, and two pages in Word. Example: voortgang export lnv 2021
    """
    from voortgang.readers import ministry
    from voortgang.workspace.paths import require_outside

    require_outside(output)
    for path in ministry.export(settings.workspace(), year, output, replace):
        click.echo(shown_path(path))


@export.command("projectbladen")
@click.argument("year", type=PERIOD)
@click.option("--project", "projects", multiple=True, metavar="ID", help="One project, such as K001 (default: all).")
@click.option(
    "--format",
    "forms",
    type=click.Choice(["pdf", "docx", "html"]),
    multiple=True,
    default=("pdf",),
    help="What each sheet is made as (default: pdf).",
)
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder for the files (default: projectbladen-YEAR).",
)
@click.option("--engine", type=click.Choice(["auto", "builtin", "quarto"]), default="auto", show_default=True)
@click.option("--replace", is_flag=True, help="Replace the files of an earlier export.")
@reporting
def export_project_sheets(
    settings: Settings,
    year: Period,
    projects: tuple[str, ...],
    forms: tuple[str, ...],
    output: Path | None,
    engine: Literal["auto", "builtin", "quarto"],
    replace: bool,
) -> None:
    """Write a file for each project of a report, for whoever leads it.

    The same sheets stand together in the report's document Projectbladen. Example: voortgang export projectbladen 2021
    --project K001 --format docx
    """
    from voortgang.readers import project_sheets
    from voortgang.workspace.paths import require_outside

    folder = output or Path(f"projectbladen-{year}")
    require_outside(folder)
    forms = tuple(dict.fromkeys(forms))
    for path in project_sheets.export(settings.workspace(), year, folder, projects, forms, engine_for(engine), replace):
        click.echo(shown_path(path))


@main.command()
@click.argument("year", type=PERIOD)
@click.argument("sources", nargs=-1, metavar="[SOURCE]...")
@click.option(
    "--list", "listed", type=click.Path(path_type=Path, dir_okay=False), help="A file with more sources, one a line."
)
@click.option("--output", type=click.Path(path_type=Path, file_okay=False), help="Folder for the overview.")
@click.option("--engine", type=click.Choice(["auto", "builtin", "quarto"]), default="auto", show_default=True)
@reporting
def portfolio(
    settings: Settings,
    year: Period,
    sources: tuple[str, ...],
    listed: Path | None,
    output: Path | None,
    engine: Literal["auto", "builtin", "quarto"],
) -> None:
    """Make the national overview of many deals from what they published: HTML, PDF, DOCX, and the figures as tables.

    A source is a workspace, the folder of a report, a bundle, or a kerncijfers.json; a path or an address. What cannot
    be read is named, and the others go on. Example: voortgang portfolio 2021 deals/*.zip
    """
    from voortgang.readers.portfolio.make import make
    from voortgang.workspace.paths import require_outside
    from voortgang.writing.named_lines import BadList, read_names

    if isinstance(year, str):
        raise VoortgangError(
            f"There is no overview of half a year, such as up to {year}.",
            "voortgang portfolio",
            "a year: the deals' reports on half of one have days of their own",
            "Name a year.",
        )
    folder = output or Path(f"portefeuille-{year}")
    require_outside(folder)
    chosen = list(sources)
    if listed is not None:
        try:
            chosen += read_names(listed)
        except BadList as error:
            where = f"{listed}, line {error.line}" if error.line else str(listed)
            raise VoortgangError(
                error.what, where, "a text file with a source on each line", "Correct the list, or its name."
            ) from error
    made = make(chosen, year, folder, engine_for(engine))
    for each in made.missing:
        click.echo(f"Left out: {each.source}: {each.why}", err=True)
    click.echo(f"{shown_path(made.folder)}{os.sep}   ({made.deals} of {made.deals + len(made.missing)} sources)")
