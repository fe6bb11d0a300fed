"""Begin a deal, or a year of it. Imports are late."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from voortgang.cli.command import PERIOD, Settings, main, reporting, shown_path

if TYPE_CHECKING:
    from voortgang.workspace.paths import Period


@main.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--deal",
    "deal_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A deal.yml; otherwise questions are asked.",
)
@click.option("--empty", is_flag=True, help="Leave the tables empty, without example rows.")
@reporting
def init(settings: Settings, folder: Path, deal_file: Path | None, empty: bool) -> None:
    """Make a workspace for another deal: notebooks, chapters, parameters and tables, ready to build.

    The tables hold example rows, which say that they are. Example: voortgang init regiodeal-veluwe
    """
    from voortgang.workspace.deal import deal_from, read_deal_file
    from voortgang.workspace.starting import new_workspace

    if deal_file is None:
        from voortgang.workspace.starting.questionnaire import deal_text

        text = deal_text(_asked())
        deal = deal_from(text)
    else:
        text, deal = read_deal_file(deal_file)
    files = new_workspace.write_workspace(text, deal, folder, not empty)
    click.echo(
        f"Wrote {len(files)} files in {shown_path(folder)}. Read {shown_path(folder / 'README.md')}; then: make report"
    )


def _asked() -> Any:
    from voortgang.workspace.starting.questionnaire import Answers

    def several(question: str) -> tuple[str, ...]:
        return tuple(part.strip() for part in click.prompt(question).split(",") if part.strip())

    return Answers(
        name=click.prompt("Name of the deal, such as Regio Deal Veluwe"),
        region=click.prompt("Name of the region"),
        word=click.prompt("What does the covenant call a pillar?", default="pijler"),
        words=click.prompt("And more than one?", default="pijlers"),
        pillars=several("Their names, with commas between"),
        municipalities=several("Municipalities that take part, with commas between"),
        province=click.prompt("Province that takes part (empty for none)", default="", show_default=False),
        first_year=click.prompt("First year with figures", type=click.IntRange(2017, 2100)),
        last_year=click.prompt("Year in which the deal ends", type=click.IntRange(2017, 2100)),
        state=click.prompt("Contribution of the State, in euros", type=click.IntRange(min=0)),
        regional=click.prompt("Contribution of the region, in euros", type=click.IntRange(min=0)),
        overhead=click.prompt("Part of both for overhead, in euros", type=click.IntRange(min=0)),
    )


@main.command("new-year")
@click.argument("year", type=PERIOD)
@reporting
def new_year(settings: Settings, year: Period) -> None:
    """Add a reporting year, or a half-year such as 2023-06-30: its parameters, and files for the bureau's own text."""
    from voortgang.workspace.deal import read_deal
    from voortgang.workspace.starting import new_workspace

    workspace = settings.workspace()
    for path in new_workspace.new_year(workspace, read_deal(workspace).as_of(date.max), year):
        click.echo(shown_path(path))
