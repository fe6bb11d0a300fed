"""Begin a deal, or a year of it. Imports are late."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from voortgang.cli.command import PERIOD, Settings, main, reporting, shown_path
from voortgang.errors import DealError

if TYPE_CHECKING:
    from voortgang.workspace.deal import Deal
    from voortgang.workspace.paths import Period
    from voortgang.workspace.starting.questionnaire import Answers


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
    from voortgang.workspace.deal import read_deal_file
    from voortgang.workspace.starting import new_workspace

    new_workspace.require_empty(folder)
    text, deal = _asked() if deal_file is None else read_deal_file(deal_file)
    files = new_workspace.write_workspace(text, deal, folder, not empty)
    click.echo(
        f"Wrote {len(files)} files in {shown_path(folder)}. Read {shown_path(folder / 'README.md')}; "
        f"then, in that folder: make report{_named_program()}"
    )


def _named_program() -> str:
    """Return what names this program to make; nothing where the shell finds it."""
    import shlex
    import shutil
    import sys

    program = Path(sys.executable).with_name("voortgang")
    return "" if shutil.which("voortgang") or not program.is_file() else f" RUN={shlex.quote(str(program))}"


def _asked() -> tuple[str, Deal]:
    """Ask about a deal until the answers make one; what was answered stands ready when a question comes again."""
    from voortgang.workspace.deal import deal_from
    from voortgang.workspace.starting.questionnaire import deal_text

    before: dict[str, Any] = {}
    while True:
        answers = _answers(before)
        try:
            text = deal_text(answers)
            return text, deal_from(text)
        except DealError as error:
            click.echo(f"Error: {error}\nThe questions again; Enter keeps an answer.", err=True)
            before = vars(answers)


def _answers(before: dict[str, Any]) -> Answers:
    from voortgang.workspace.starting.questionnaire import Answers

    def one(key: str, question: str, default: str | None = None) -> str:
        default = before.get(key, default)
        return str(click.prompt(question, default=default, show_default=bool(default)))

    def several(key: str, question: str, default: str | None = None) -> tuple[str, ...]:
        given = ", ".join(before[key]) if key in before else default
        answer = str(click.prompt(question, default=given, show_default=bool(given)))
        return tuple(part.strip() for part in answer.split(",") if part.strip())

    def number(key: str, question: str, least: int, most: int | None = None) -> int:
        return int(click.prompt(question, type=click.IntRange(least, most), default=before.get(key)))

    return Answers(
        name=one("name", "Name of the deal, such as Regio Deal Veluwe"),
        region=one("region", "Name of the region"),
        word=one("word", "What does the covenant call a pillar?", "pijler"),
        words=one("words", "And more than one?", "pijlers"),
        pillars=several("pillars", "Their names, with commas between"),
        municipalities=several(
            "municipalities", "Municipalities that take part, with commas between (empty for none)", ""
        ),
        province=one("province", "Province that takes part (empty for none)", ""),
        first_year=number("first_year", "First year with figures", 2017, 2100),
        last_year=number("last_year", "Year in which the deal ends", 2017, 2100),
        state=number("state", "Contribution of the State, in euros", 0),
        regional=number("regional", "Contribution of the region, in euros", 0),
        overhead=number("overhead", "Part of both for overhead, in euros", 0),
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
