"""Send workbooks to the parties and read them back. Imports are late."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from voortgang.cli.command import PERIOD, Settings, main, reporting, shown_path
from voortgang.errors import VoortgangError

if TYPE_CHECKING:
    from voortgang.intake.spelling import Decimal, Order
    from voortgang.workspace.paths import Period


@main.group()
def intake() -> None:
    """Send workbooks to the parties and read them back."""


@intake.command("template")
@click.argument("year", type=PERIOD)
@click.option("--party", help="Only for one party, by its id in deal.yml, such as emmen.")
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    help="Folder for the workbooks (default: the current folder).",
)
@reporting
def intake_template(settings: Settings, year: Period, party: str | None, output: Path) -> None:
    """Write one workbook for each party, with its projects and indicators filled in.

    A day, such as 2023-06-30, asks for the state on that day, for a half-year report.

    Example: voortgang intake template 2023 --output opgaven
    """
    from voortgang.check.checked import check as check_workspace
    from voortgang.intake import layout, template, untouched
    from voortgang.workspace.paths import require_outside, year_of
    from voortgang.writing.files import make_folder, write_files

    require_outside(output)
    data = check_workspace(settings.workspace()).require_sound()
    regional = [each for each in data.deal.parties if each.group == "regio"]
    parties = [each for each in regional if party in (None, each.id)]
    if not parties:
        raise VoortgangError(
            f"There is no regional party {party!r}; the others send no workbook."
            if party is not None
            else "No party is regional.",
            "voortgang intake template --party",
            ", ".join(each.id for each in regional) or "a party of the group 'regio' in data/deal.yml",
            "Choose one of these ids.",
        )
    last = data.deal.as_of(date.max).term.end.year
    if not data.deal.term.first_year <= year_of(year) <= last:
        raise VoortgangError(
            f"There is no workbook for {year}.",
            "voortgang intake template",
            f"a year from {data.deal.term.first_year} to {last}, or a day such as {last}-06-30",
            "Correct the year.",
        )
    targets = {output / name: each for name, each in layout.file_names(parties, year).items()}
    seen = {path: path.read_bytes() if path.is_file() else None for path in targets}
    taken = [path for path in targets if path.exists() and not untouched.is_untouched(path, data.deal)]
    if taken:
        raise VoortgangError(
            f"There is another file where a workbook would be written: {', '.join(path.name for path in taken)}.",
            str(taken[0]),
            "a place that is free, or a workbook that nobody has filled in",
            "Move what stands there, or choose another folder with --output. Nothing was written.",
        )
    files = {target: template.template(data, each, year) for target, each in targets.items()}
    make_folder(output)
    write_files(files, replace=True, seen=seen)  # what stands there was looked at above
    for target in files:
        click.echo(str(target))


@intake.command("read")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@click.option("--yes", is_flag=True, help="Write the changes without asking.")
@click.option("--decimal", type=click.Choice(["comma", "point"]), help="Decimal sign of the CSV files.")
@click.option("--dates", type=click.Choice(["dmy", "mdy"]), help="Order of day and month in the CSV files.")
@click.option("--remove", is_flag=True, help="With --yes: also remove the rows that a party emptied.")
@click.option(
    "--list",
    "target",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Also write the findings as a Dutch list to mail: a .xlsx or .html file.",
)
@reporting
def intake_read(
    settings: Settings,
    files: tuple[Path, ...],
    decimal: Decimal | None,
    dates: Order | None,
    yes: bool,
    remove: bool,
    target: Path | None,
) -> None:
    """Read workbooks (.xlsx) and Dutch CSV files of parties into the tables.

    Shows what will be added, changed and removed, and asks before it writes. Writes all or nothing. When something is
    wrong, names the workbook, sheet and cell, and changes nothing.
    """
    from voortgang.check.checked import check as check_workspace
    from voortgang.intake import dutch_csv, file_kind, findings_list, merge, names, untouched, workbook
    from voortgang.workspace.paths import require_outside

    if target is not None:
        require_outside(target)
    workspace = settings.workspace()
    checked = check_workspace(workspace)
    data = checked.require_sound()
    units, known = {each.id: each.unit for each in data.deal.indicators}, names.Names(data.deal)
    submissions = [
        dutch_csv.read_csv(file, decimal, dates, units, known)
        if file_kind.is_table_of_text(file)
        else workbook.read_workbook(file, data.deal)
        for file in files
    ]
    merged = merge.merge(data, submissions, checked.findings)
    parties = {submission.name: submission.party for submission in merged.submissions}
    entries = [findings_list.Entry(each, parties.get(each.file, "")) for each in merged.findings]
    findings_list.show(entries)
    if target is not None:
        findings_list.write(entries, target, data.deal.name, known.by_id["parties"])
    if not merged.sound:
        click.echo("Nothing was changed.", err=True)
        sys.exit(1)
    for line in untouched.told(merged.submissions):
        click.echo(line)
    findings_list.show_changes(merged.changes, parties)
    if not merged.changes:
        click.echo("The tables already say what these files say; nothing to change.")
        return
    removed = sum(change.kind == "removed" for change in merged.changes)
    if yes and removed and not remove:
        raise VoortgangError(
            f"{removed} rows would be removed, because a party emptied them.",
            "voortgang intake read",
            "--remove beside --yes where that is meant",
            "Nothing was written. Look at the rows above; add --remove, or ask the party.",
        )
    interactive = sys.stdin.isatty()
    if not yes and not (interactive and click.confirm("Write these changes?")):
        click.echo("Nothing was written." + ("" if interactive else " Add --yes to write the changes."))
        return
    for path in merge.write(workspace, merged):
        click.echo(shown_path(path))


@main.group()
def tables() -> None:
    """Mend the tables of the workspace."""


@tables.command("repair")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--decimal", type=click.Choice(["comma", "point"]), help="Decimal sign of the file.")
@click.option("--dates", type=click.Choice(["dmy", "mdy"]), help="Order of day and month in the file.")
@click.option("--yes", is_flag=True, help="Write the change without asking.")
@reporting
def tables_repair(settings: Settings, file: Path, decimal: Decimal | None, dates: Order | None, yes: bool) -> None:
    """Write a table that a spreadsheet program saved in its own way as the workspace keeps it.

    Semicolons, everything in column A, another encoding, decimal commas and Dutch dates become UTF-8 with commas,
    decimal points and ISO dates. Shows the change first. Example: voortgang tables repair data/financien.csv
    """
    from voortgang.intake import findings_list
    from voortgang.intake.repair import repair

    mended = repair(file, decimal, dates)
    if not mended.text:
        findings_list.show([findings_list.Entry(each, "") for each in mended.findings])
        click.echo("Nothing was changed: this needs a person.", err=True)
        sys.exit(1)
    if not mended.difference:
        click.echo(f"{shown_path(file)} is as it should be.")
        return
    for line in mended.difference[:20]:
        click.echo(line)
    if len(mended.difference) > 20:
        click.echo(f"… and {len(mended.difference) - 20} more lines.")
    interactive = sys.stdin.isatty()
    if not yes and not (interactive and click.confirm("Write this?")):
        click.echo("Nothing was written." + ("" if interactive else " Add --yes to write the change."))
        return
    mended.write()
    click.echo(shown_path(file))
