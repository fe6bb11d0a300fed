"""Check a workspace and the computer; keep what is adopted; describe the tables. Imports are late."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from voortgang.cli.command import PERIOD, Settings, main, reporting, require_apart, shown_path
from voortgang.errors import BuildError, VoortgangError

if TYPE_CHECKING:
    from voortgang.workspace.paths import Period


@main.command()
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@click.option(
    "--list",
    "target",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Also write the findings as a Dutch list to mail: a .xlsx or .html file.",
)
@click.option("--party", help="Only what concerns one party, by its id in deal.yml, such as emmen.")
@reporting
def check(settings: Settings, as_json: bool, target: Path | None, party: str | None) -> None:
    """Check the covenant, parameters, tables, notebooks and chapters, without building anything.

    Errors stop a build; warnings are listed in the report. Exit code 1 when there is an error.
    """
    from voortgang.assemble.proofread import proofread
    from voortgang.check.checked import check as check_workspace
    from voortgang.intake import findings_list
    from voortgang.intake.names import Names
    from voortgang.workspace.paths import require_outside

    if target is not None:
        require_outside(target)
    workspace = settings.workspace()
    checked = check_workspace(workspace)
    unfit = proofread(workspace, checked.data.deal)
    if not any(each.severity == "error" for each in checked.findings):
        # What stays behind is computed, and that needs data that can be computed with.
        from voortgang.notebook.deviations import unexplained

        checked = replace(checked, findings=tuple(sorted({*checked.findings, *unexplained(checked.data)})))
    entries = findings_list.entries(checked, party)
    if target is not None:
        names = Names(checked.data.deal).by_id["parties"]
        findings_list.write(entries, target, checked.data.deal.name, names)
    if as_json:
        click.echo(findings_list.as_json(entries, unfit))
    else:
        findings_list.show(entries)
        rows = {table: len(frame) for table, frame in checked.data.tables}
        counts = (f"{table}.csv {count} {'row' if count == 1 else 'rows'}" for table, count in rows.items())
        click.echo(f"Read: {', '.join(counts)}")
    errors = sum(entry.finding.severity == "error" for entry in entries)
    if not as_json:
        warnings = len(entries) - errors
        click.echo(f"{checked.data.deal.name}: errors: {errors + len(unfit)}, warnings: {warnings}.")
    if unfit:
        raise unfit[0] if len(unfit) == 1 else BuildError(list(unfit))
    if errors:
        sys.exit(1)


@main.command()
@click.argument("year", type=PERIOD)
@click.option("--body", required=True, help="Who decided, such as 'de stuurgroep'.")
@click.option("--date", "day", required=True, type=click.DateTime(["%Y-%m-%d"]), help="The day of the decision.")
@click.option("--number", required=True, help="The number of the decision.")
@click.option("--by", "people", required=True, multiple=True, help="Who confirms the figures; twice for four eyes.")
@reporting
def adopt(settings: Settings, year: Period, body: str, day: datetime, number: str, people: tuple[str, ...]) -> None:
    """Keep the figures of a year as adopted (vastgesteld).

    The decision that adopted them is kept with them. From then on 'voortgang check' names every figure of that year
    that has changed, with old and new value. The decision stands on the title page and in the manifest. With
    'four_eyes: true' in the parameters two people confirm.
    """
    from pydantic import ValidationError

    from voortgang.check import adopted
    from voortgang.check.checked import check as check_workspace
    from voortgang.workspace.decision import Decision
    from voortgang.workspace.parameters import read_parameters

    workspace = settings.workspace()
    if read_parameters(workspace, year).status != "vastgesteld":
        raise VoortgangError(
            f"The report on {year} is not adopted.",
            workspace.relative(workspace.parameters(year)),
            "status: vastgesteld",
            "Set the status once the report is adopted, and try again.",
        )
    try:
        decision = Decision(body=body, date=day.date(), number=number, people=people)
    except ValidationError as error:
        first = error.errors()[0]
        raise VoortgangError(
            f"The decision cannot be kept: {first['msg']}.",
            f"--{str(first['loc'][0]).replace('people', 'by')}",
            "a short text on one line; each person once",
            "Correct the option.",
        ) from error
    # This year's copy is what is made here.
    check_workspace(workspace).require_sound(but=frozenset({"not_adopted"}))
    for path in adopted.adopt(workspace, year, decision):
        click.echo(shown_path(path))


@main.command()
@reporting
def doctor(settings: Settings) -> None:
    """Say what this computer has, and whether it can build a report."""
    from voortgang.build.doctor import examine

    workspace = settings.workspace()
    sound = True
    for finding in examine(workspace):
        sound &= finding.good
        click.secho("ok  " if finding.good else "no  ", fg="green" if finding.good else "red", nl=False)
        click.echo(f"{finding.what}: {finding.found}")
    if not sound:
        click.echo(
            "In the repository of voortgang 'make report' installs what is missing; elsewhere: pip install voortgang",
            err=True,
        )
        sys.exit(1)


@main.command()
@click.option("--check", "only_check", is_flag=True, help="Do not write; fail when the file is out of date.")
@click.option("--docs", is_flag=True, help="Print the documentation of the tables (docs/tables.md) instead.")
@reporting
def datapackage(settings: Settings, only_check: bool, docs: bool) -> None:
    """Write data/datapackage.json, the Frictionless description of the tables."""
    from voortgang.workspace import schema
    from voortgang.workspace.table_docs import table_docs

    require_apart("datapackage", docs=docs, check=only_check)
    if docs:
        click.echo(table_docs(), nl=False)
        return
    from voortgang.workspace.deal import read_deal
    from voortgang.writing.files import write_files

    workspace = settings.workspace()
    deal = read_deal(workspace)
    absent = schema.absent(workspace) | schema.absent_columns(workspace)
    text = schema.data_package(deal.name, publisher=deal.publisher, licence=deal.colophon.licence, absent=absent)
    path = workspace.datapackage
    if only_check:
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            raise VoortgangError(
                "The description of the tables is out of date.",
                workspace.relative(path),
                "what 'voortgang datapackage' writes",
                "Run: voortgang datapackage",
            )
        return
    write_files({path: text.encode()}, replace=True)
    click.echo(shown_path(path))
