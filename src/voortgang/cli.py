"""The command line. Imports are late: `voortgang --help` answers at once."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Callable
from datetime import date
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from voortgang import __version__
from voortgang.errors import VoortgangError

if TYPE_CHECKING:
    from voortgang.options import Options
    from voortgang.workspace import Workspace

_EPILOG = "Start with 'voortgang doctor'; then 'voortgang build 2021'."


class _Settings:
    """The options that come before the command."""

    def __init__(self, workspace: Path | None, debug: bool) -> None:
        self.folder, self.debug = workspace, debug

    def workspace(self) -> Workspace:
        from voortgang.workspace import Workspace

        return Workspace.find(self.folder)


@click.group(epilog=_EPILOG, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--workspace",
    type=click.Path(path_type=Path),
    help="Folder of the deal (default: the current folder or one above it).",
)
@click.option("--debug", is_flag=True, help="Show the full traceback of an error.")
@click.version_option(__version__, prog_name="voortgang")
@click.pass_context
def main(context: click.Context, workspace: Path | None, debug: bool) -> None:
    """Make the annual progress report of a Regio Deal from its data, notebooks and templates."""
    context.obj = _Settings(workspace, debug)


def _reporting(command: Callable[..., Any]) -> Callable[..., Any]:
    """Show a `VoortgangError` as one message and end with exit code 1."""

    @wraps(command)
    @click.pass_obj
    def wrapped(settings: _Settings, *args: Any, **kwargs: Any) -> Any:
        try:
            return command(settings, *args, **kwargs)
        except VoortgangError as error:
            if settings.debug:
                raise
            click.secho("Error: ", fg="red", bold=True, nl=False, err=True)
            click.echo(str(error), err=True)
            sys.exit(1)
        except KeyboardInterrupt:
            click.echo("Stopped. Each report is whole: as it was, or made anew.", err=True)
            sys.exit(130)
        finally:
            # The command has done its work or said why not; a late Ctrl-C must not turn its end into a crash.
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, signal.SIG_IGN)

    return wrapped


@main.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--deal",
    "deal_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A deal.yml; otherwise questions are asked.",
)
@click.option("--empty", is_flag=True, help="Leave the tables empty, without example rows.")
@_reporting
def init(settings: _Settings, folder: Path, deal_file: Path | None, empty: bool) -> None:
    """Make a workspace for another deal: notebooks, chapters, parameters and tables, ready to build.

    The tables hold example rows, which say that they are. Example: voortgang init regiodeal-veluwe
    """
    from voortgang import new_workspace
    from voortgang.deal import deal_from, read_deal_file

    if deal_file is None:
        from voortgang.questionnaire import deal_text

        text = deal_text(_asked())
        deal = deal_from(text)
    else:
        text, deal = read_deal_file(deal_file)
    files = new_workspace.write_workspace(text, deal, folder, not empty)
    click.echo(f"Wrote {len(files)} files in {_shown(folder)}. Read {_shown(folder / 'README.md')}; then: make report")


def _asked() -> Any:
    from voortgang.questionnaire import Answers

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
@click.argument("year", type=int)
@_reporting
def new_year(settings: _Settings, year: int) -> None:
    """Add a reporting year: its parameters, and files for the bureau's own text. Projects and tables carry on."""
    from voortgang import new_workspace
    from voortgang.deal import read_deal

    workspace = settings.workspace()
    for path in new_workspace.new_year(workspace, read_deal(workspace).as_of(date.max), year):
        click.echo(_shown(path))


@main.command()
@click.argument("years", nargs=-1, type=int, metavar="[YEAR]...")
@click.option("--all", "every", is_flag=True, help="Build every year that has a file in parameters/.")
@click.option(
    "--engine",
    type=click.Choice(["auto", "builtin", "quarto"]),
    default="auto",
    show_default=True,
    help="Make the documents with Quarto, with the built-in Pandoc and Typst, or with Quarto where it is installed.",
)
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    default=os.cpu_count() or 1,
    help="Notebooks that run at once (default: the number of cores).",
)
@click.option("--dry-run", is_flag=True, help="Say what would run and why, and run nothing.")
@click.option("--fresh", is_flag=True, help="Run every notebook; use nothing that earlier builds kept.")
@click.option("--fresh-kernels", is_flag=True, help="Start a new Python for each notebook. Slower, same result.")
@click.option("--json", "as_json", is_flag=True, help="Print the progress as JSON, one line an event.")
@click.option("--timings", "with_timings", is_flag=True, help="Say at the end which step took how long.")
@click.option(
    "--all-workspaces",
    "listed",
    metavar="LIST",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Build many workspaces: a file with a folder on each line.",
)
@click.option(
    "--scheduler", metavar="ADDRESS", help="With --all-workspaces: let the workers of this Dask scheduler work."
)
@click.option(
    "--store",
    metavar="PLACE",
    help="With --all-workspaces: where results are kept, a folder or an address such as s3://bucket/folder that every "
    "worker reaches (default: .voortgang/store beside the list).",
)
@_reporting
def build(
    settings: _Settings,
    years: tuple[int, ...],
    every: bool,
    engine: Literal["auto", "builtin", "quarto"],
    jobs: int,
    dry_run: bool,
    fresh: bool,
    fresh_kernels: bool,
    as_json: bool,
    with_timings: bool,
    listed: Path | None,
    scheduler: str | None,
    store: str | None,
) -> None:
    """Make the report of one or more years: HTML, PDF and DOCX.

    Checks the data, runs the notebooks, and writes reports/YEAR. What has not changed is not made again. Example:
    voortgang build 2021
    """
    started = time.perf_counter()
    if listed is not None:
        unfit = [
            name for name, given in (("--dry-run", dry_run), ("--fresh", fresh), ("--timings", with_timings)) if given
        ]
        if unfit or not (every or years):
            raise VoortgangError(
                f"{unfit[0]} is about one workspace." if unfit else "No year is given.",
                "voortgang build --all-workspaces",
                "years, or --all for those that each workspace has parameters for",
                "Build one workspace with it, or name an empty --store." if unfit else "Name a year, or give --all.",
            )
        from voortgang.assemble import chosen_engine
        from voortgang.options import Options

        options = Options(chosen_engine(engine), jobs, fresh_kernels)
        _build_all(listed, None if every else list(dict.fromkeys(years)), options, scheduler, store, as_json)
        return
    if scheduler or store:
        raise VoortgangError(
            "One workspace is built on this computer, and keeps its results itself.",
            "voortgang build --scheduler, --store",
            "these options with --all-workspaces",
            "Name a list of workspaces, or leave the option out.",
        )
    workspace = settings.workspace()
    chosen = workspace.years() if every else list(dict.fromkeys(years))
    if not chosen:
        raise VoortgangError(
            "No year is given.",
            "voortgang build",
            f"a year: {', '.join(map(str, workspace.years()))}",
            "Name a year, or give --all.",
        )
    from voortgang import build as building
    from voortgang.assemble import chosen_engine
    from voortgang.options import Options
    from voortgang.progress import Timings, shown

    options = Options(chosen_engine(engine), jobs, fresh_kernels, not fresh)
    if dry_run:
        for line in building.outlook(workspace, chosen, options):
            click.echo(line)
        return
    # Being asked to end is as good as Ctrl-C: the kernels end too.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    timings = Timings()
    with shown(as_json) as listener:
        made = building.build(workspace, chosen, options, listener, timings)
    # Every year is checked against the same tables, so a warning is printed once.
    for warning in dict.fromkeys(warning for report in made for warning in report.warnings):
        click.echo(f"Warning: {warning}", err=True)
    seconds = time.perf_counter() - started
    if with_timings:
        _show_timings(timings.seconds, seconds)
    if as_json:
        return
    for report in made:
        for document in report.documents:
            click.echo(_shown(document))
        click.echo(f"{_shown(report.folder)}{os.sep}   (notebooks, sources, key figures, manifest)")
    new, same = ([report.year for report in made if report.made is made_now] for made_now in (True, False))
    if new:
        click.echo(f"Made {_listing(new)} with {options.engine} in {seconds:.1f} seconds.")
    if same:
        click.echo(f"Nothing has changed for {_listing(same)}.")


def _build_all(
    listed: Path, years: list[int] | None, options: Options, scheduler: str | None, store: str | None, as_json: bool
) -> None:
    """Build many workspaces, say what became of each as it is done, and end with exit code 1 when one failed."""
    from voortgang.cluster.drive import build_all, read_list
    from voortgang.cluster.pools import dask_pool, local_pool
    from voortgang.progress import shown

    folders = read_list(listed)
    place = store or str(listed.resolve().parent / ".voortgang" / "store")
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    failed = 0
    pool = dask_pool(scheduler, options.engine) if scheduler else local_pool(options.jobs)
    with pool as workers, shown(as_json) as listener:
        for result in build_all(folders, years, options, workers, place, listener):
            failed += bool(result.errors)
            if not as_json:
                parts = [f"made {_listing(sorted(result.made))}"] if result.made else []
                parts += [f"nothing has changed for {_listing(result.same)}"] if result.same else []
                parts += ["failed"] if result.errors else []
                click.echo(f"{_shown(result.folder)}: {'; '.join(parts)} ({result.seconds:.1f} s)")
            for error in result.errors:
                click.secho("Error: ", fg="red", bold=True, nl=False, err=True)
                click.echo(f"{_shown(result.folder)}: {error}", err=True)
    if failed:
        click.echo(f"{failed} of {len(folders)} workspaces failed; the others are finished.", err=True)
        sys.exit(1)


@main.command()
@click.option("--engine", type=click.Choice(["auto", "builtin", "quarto"]), default="auto", show_default=True)
@_reporting
def evaluate(settings: _Settings, engine: Literal["auto", "builtin", "quarto"]) -> None:
    """Make the final evaluation of the deal (Art. 7.7), with the report on its last year.

    It follows Art. 7.2 a to c over all years: realisation and utilisation, results and indicators, the split.
    """
    workspace = settings.workspace()
    from voortgang import build as building
    from voortgang.assemble import chosen_engine
    from voortgang.deal import read_deal
    from voortgang.options import Options
    from voortgang.progress import Timings, shown
    from voortgang.project import FORMATS
    from voortgang.publish import document_path

    last = read_deal(workspace).as_of(date.max).term.end.year
    options = Options(chosen_engine(engine), os.cpu_count() or 1)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with shown(False) as listener:
        (made,) = building.build(workspace, [last], options, listener, Timings())
    for form in FORMATS:
        click.echo(_shown(made.folder / document_path(last, "evaluatie.qmd", form)))


@main.command()
@click.argument("year", type=int)
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="The file to write.")
@click.option(
    "--key",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Private key to sign with; the signature is a file beside the bundle.",
)
@_reporting
def bundle(settings: _Settings, year: int, output: Path | None, key: Path | None) -> None:
    """Pack a report with its data, notebooks, templates and lock files into one archive.

    The archive needs nothing else to be checked: voortgang verify ARCHIVE. The same files give the same bytes.
    """
    from voortgang.bundle import write_bundle

    workspace = settings.workspace()
    target = output or workspace.reports / f"voortgangsrapportage-{year}.zip"
    write_bundle(workspace, year, target)
    click.echo(_shown(target))
    if key is not None:
        from voortgang.signing import sign

        click.echo(_shown(sign(target, key)))


@main.command("key")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@_reporting
def new_key(settings: _Settings, file: Path) -> None:
    """Make a key to sign bundles with, and beside it the public key to give away.

    Who has the private key can sign in your name: keep it where only you can read it.
    """
    from voortgang.signing import new_key as make

    public = make(file)
    click.echo(f"{_shown(file)} (private)")
    click.echo(f"{_shown(public)} (public)")


@main.command()
@click.argument("what", metavar="YEAR|BUNDLE")
@click.option("--json", "as_json", is_flag=True, help="Print the outcome as JSON.")
@click.option("--html", type=click.Path(path_type=Path, dir_okay=False), help="Also write the outcome as a Dutch page.")
@click.option("--public-key", type=click.Path(path_type=Path, dir_okay=False), help="Also check who signed the bundle.")
@_reporting
def verify(settings: _Settings, what: str, as_json: bool, html: Path | None, public_key: Path | None) -> None:
    """Make a published report again and say whether it comes out the same.

    Checks every hash, runs the notebooks in fresh kernels without network in a temporary folder, and compares cells,
    key figures and files. Exit code 1 when something is different.
    """
    from dataclasses import asdict

    from voortgang import verify as verifying
    from voortgang.progress import shown

    if public_key is not None:
        from voortgang.signing import check as check_signature

        check_signature(Path(what), public_key)
    with shown(False) as listener:
        if what.isdecimal():
            outcome = verifying.verify(settings.workspace(), int(what), listener)
        else:
            with verifying.opened(Path(what)) as (workspace, year):
                outcome = verifying.verify(workspace, year, listener)
    if as_json:
        click.echo(json.dumps({"verdict": outcome.verdict} | asdict(outcome), indent=2))
    else:
        for each in outcome.differences:
            click.echo(f"{each.kind:10} {each.where}")
            if each.before or each.now:
                click.echo(f"           was {each.before}\n           now {each.now}")
        for name, before, now in outcome.programs:
            click.echo(f"made with  {name} {before}; now {now}")
        if not outcome.confined:
            click.echo("This computer cannot keep notebooks from writing outside their folder.", err=True)
        click.echo(f"The report on {outcome.year} is {outcome.verdict}.")
    if html is not None:
        from voortgang.verify_page import verify_page

        html.write_bytes(verify_page(outcome))
    if outcome.verdict == "different":
        sys.exit(1)


@main.command()
@click.argument("year", type=int)
@click.argument("what")
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
@_reporting
def trace(settings: _Settings, year: int, what: str, as_json: bool) -> None:
    """Say where a number of a report stands, which cell computed it, and from which rows.

    WHAT is the id of a figure, or the number as the report shows it. Example: voortgang trace 2021 "€ 16.586.400"
    """
    from voortgang import trace as tracing

    found = tracing.trace(settings.workspace(), year, what)
    if as_json:
        rows = [
            {
                "figure": each.figure.model_dump(mode="json"),
                "places": each.places,
                "code": each.code,
                "rows": [{"file": one.source.bestand, "columns": one.headings, "rows": one.rows} for one in each.rows],
            }
            for each in found
        ]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        tracing.show(found)


@main.command()
@click.argument("before", type=int)
@click.argument("now", type=int)
@click.option("--json", "as_json", is_flag=True, help="Print the changes as JSON.")
@_reporting
def diff(settings: _Settings, before: int, now: int, as_json: bool) -> None:
    """Show what changed between the reports of two years.

    Also names the figures about a year that the later report gives another value. Example: voortgang diff 2020 2021
    """
    from dataclasses import asdict

    from voortgang import changes

    found = changes.changes(settings.workspace(), before, now)
    if as_json:
        click.echo(json.dumps([asdict(each) for each in found], ensure_ascii=False, indent=2))
    else:
        changes.show(found, before, now)


@main.group()
def export() -> None:
    """Write what others ask for."""


@export.command("lnv")
@click.argument("year", type=int)
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    help="Folder for the files (default: the current folder).",
)
@_reporting
def export_lnv(settings: _Settings, year: int, output: Path) -> None:
    """Write a report's figures and a short text for each part of Art. 7.4, for the ministry's yearly letter.

    One JSON file, described by docs/lnv.schema.json, and one page in Word. Example: voortgang export lnv 2021
    """
    from voortgang import ministry

    for path in ministry.export(settings.workspace(), year, output):
        click.echo(_shown(path))


@main.command()
@click.argument("year", type=int)
@click.argument("sources", nargs=-1, metavar="[SOURCE]...")
@click.option(
    "--list", "listed", type=click.Path(path_type=Path, dir_okay=False), help="A file with more sources, one a line."
)
@click.option("--output", type=click.Path(path_type=Path, file_okay=False), help="Folder for the overview.")
@click.option("--engine", type=click.Choice(["auto", "builtin", "quarto"]), default="auto", show_default=True)
@_reporting
def portfolio(
    settings: _Settings,
    year: int,
    sources: tuple[str, ...],
    listed: Path | None,
    output: Path | None,
    engine: Literal["auto", "builtin", "quarto"],
) -> None:
    """Make the national overview of many deals from what they published: HTML, PDF, DOCX, and the figures as tables.

    A source is a workspace, the folder of a report, a bundle, or a kerncijfers.json; a path or an address. What cannot
    be read is named, and the others go on. Example: voortgang portfolio 2021 deals/*.zip
    """
    from voortgang.assemble import chosen_engine
    from voortgang.portfolio.make import make

    chosen = list(sources)
    if listed is not None:
        try:
            lines = listed.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise VoortgangError(
                "The list cannot be read.", str(listed), "a text file with a source on each line", "Correct the name."
            ) from error
        chosen += [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    made = make(chosen, year, output or Path(f"portefeuille-{year}"), chosen_engine(engine))
    for each in made.missing:
        click.echo(f"Left out: {each.source}: {each.why}", err=True)
    for form in made.left_out:
        click.echo(f"Not written: {form}", err=True)
    click.echo(f"{_shown(made.folder)}{os.sep}   ({made.deals} of {made.deals + len(made.missing)} sources)")


@main.command()
@click.argument("year", type=int)
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port on this computer (default: any free one).")
@click.option("--no-browser", is_flag=True, help="Do not open a browser.")
@_reporting
def preview(settings: _Settings, year: int, port: int, no_browser: bool) -> None:
    """Show the report on a year in a browser, and make it again whenever something is saved.

    Only this computer can see it. An error stands above the last good page. Ctrl-C ends it.
    """
    from voortgang.parameters import read_parameters
    from voortgang.preview.server import Server

    workspace = settings.workspace()
    read_parameters(workspace, year)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    server = Server(workspace, year, port, os.cpu_count() or 1)
    click.echo(f"{server.address}   (Ctrl-C ends it)")
    sys.stdout.flush()
    if not no_browser:
        click.launch(server.address)
    server.run()


@main.command()
@click.option("--clear", is_flag=True, help="Remove everything that is kept.")
@click.option("--limit", type=click.IntRange(min=0), metavar="MB", help="Remove the longest unused above so many MB.")
@_reporting
def cache(settings: _Settings, clear: bool, limit: int | None) -> None:
    """Say what earlier builds have kept, or remove it.

    It is never needed: without it the next build runs every notebook again.
    """
    from voortgang.store import LIMIT, Store

    workspace = settings.workspace()
    store = Store(workspace.store)
    if clear or limit is not None:
        click.echo(f"Removed {store.prune(0 if clear else (limit or 0) * 1_000_000)} results.")
    entries = list(store.entries())
    size = sum(entry.size for entry in entries) / 1e6
    click.echo(f"{workspace.relative(store.folder)}: {len(entries)} results, {size:.1f} of {LIMIT // 1_000_000} MB")


@main.command()
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@click.option(
    "--list",
    "target",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Also write the findings as a Dutch list to mail: a .xlsx or .html file.",
)
@click.option("--party", help="Only what concerns one party, by its id in deal.yml, such as emmen.")
@_reporting
def check(settings: _Settings, as_json: bool, target: Path | None, party: str | None) -> None:
    """Check the covenant, the parameters and every table, without building anything.

    Errors stop a build; warnings are listed in the report. Exit code 1 when there is an error.
    """
    from voortgang import findings_list
    from voortgang.check import check as check_workspace

    checked = check_workspace(settings.workspace())
    entries = findings_list.entries(checked, party)
    if target is not None:
        findings_list.write(entries, target, checked.data.deal.name)
    if as_json:
        click.echo(findings_list.as_json(entries))
    else:
        findings_list.show(entries)
        rows = {table: len(frame) for table, frame in checked.data.tables}
        click.echo("Read: " + ", ".join(f"{table}.csv {count} rows" for table, count in rows.items()))
    errors = sum(entry.finding.severity == "error" for entry in entries)
    if not as_json:
        click.echo(f"{checked.data.deal.name}: errors: {errors}, warnings: {len(entries) - errors}.")
    if errors:
        sys.exit(1)


@main.group()
def intake() -> None:
    """Send workbooks to the parties and read them back."""


@intake.command("template")
@click.argument("year", type=int)
@click.option("--party", help="Only for one party, by its id in deal.yml, such as emmen.")
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    help="Folder for the workbooks (default: the current folder).",
)
@_reporting
def intake_template(settings: _Settings, year: int, party: str | None, output: Path) -> None:
    """Write one workbook for each party, with its projects and indicators filled in.

    Example: voortgang intake template 2024 --output opgaven
    """
    from voortgang.check import check as check_workspace
    from voortgang.intake import layout, template

    data = check_workspace(settings.workspace()).require_sound()
    parties = [each for each in data.deal.parties if each.group == "regio" and party in (None, each.id)]
    last = data.deal.as_of(date.max).term.end.year
    if not parties or not data.deal.term.first_year <= year <= last:
        raise VoortgangError(
            f"There is no workbook for {party or 'the year'} {year}.",
            "voortgang intake template",
            f"a year from {data.deal.term.first_year} to {last}, and one of the regional parties",
            "Correct the year or the party.",
        )
    output.mkdir(parents=True, exist_ok=True)
    for each in parties:
        target = output / layout.file_name(each, year)
        template.write_template(data, each, year, target)
        click.echo(str(target))


@intake.command("read")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@click.option("--yes", is_flag=True, help="Write the changes without asking.")
@click.option(
    "--list",
    "target",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Also write the findings as a Dutch list to mail: a .xlsx or .html file.",
)
@_reporting
def intake_read(settings: _Settings, files: tuple[Path, ...], yes: bool, target: Path | None) -> None:
    """Read workbooks (.xlsx) and Dutch CSV files of parties into the tables.

    Shows what will be added, changed and removed, and asks before it writes. Writes all or nothing. When something is
    wrong, names the workbook, sheet and cell, and changes nothing.
    """
    from voortgang import findings_list
    from voortgang.check import check as check_workspace
    from voortgang.intake import dutch_csv, merge, workbook

    workspace = settings.workspace()
    data = check_workspace(workspace).require_sound()
    submissions = [
        dutch_csv.read_csv(file) if file.suffix.lower() == ".csv" else workbook.read_workbook(file, data.deal)
        for file in files
    ]
    merged = merge.merge(data, submissions)
    parties = {submission.name: submission.party for submission in submissions}
    entries = [findings_list.Entry(each, parties.get(each.file, "")) for each in merged.findings]
    findings_list.show(entries)
    if target is not None:
        findings_list.write(entries, target, data.deal.name)
    if not merged.sound:
        click.echo("Nothing was changed.", err=True)
        sys.exit(1)
    findings_list.show_changes(merged.changes)
    if not merged.changes:
        click.echo("The tables already say what these files say; nothing to change.")
        return
    interactive = sys.stdin.isatty()
    if not yes and not (interactive and click.confirm("Write these changes?")):
        click.echo("Nothing was written." + ("" if interactive else " Add --yes to write the changes."))
        return
    for path in merge.write(workspace, merged):
        click.echo(_shown(path))


@main.command()
@click.argument("year", type=int)
@_reporting
def adopt(settings: _Settings, year: int) -> None:
    """Keep the figures of a year as adopted (vastgesteld).

    From then on 'voortgang check' names every figure of that year that has changed, with old and new value.
    """
    from voortgang import adopted
    from voortgang.check import check as check_workspace
    from voortgang.parameters import read_parameters

    workspace = settings.workspace()
    if read_parameters(workspace, year).status != "vastgesteld":
        raise VoortgangError(
            f"The report on {year} is not adopted.",
            workspace.relative(workspace.parameters(year)),
            "status: vastgesteld",
            "Set the status once the report is adopted, and try again.",
        )
    check_workspace(workspace).require_sound()
    for path in adopted.adopt(workspace, year):
        click.echo(_shown(path))


@main.command()
@_reporting
def doctor(settings: _Settings) -> None:
    """Say what this computer has, and whether it can build a report."""
    from voortgang.doctor import examine

    workspace = settings.workspace()
    sound = True
    for finding in examine(workspace):
        sound &= finding.good
        click.secho("ok  " if finding.good else "no  ", fg="green" if finding.good else "red", nl=False)
        click.echo(f"{finding.what}: {finding.found}")
    if not sound:
        click.echo("Run 'make report' to let it install what is missing, or follow the README.", err=True)
        sys.exit(1)


@main.command()
@click.option("--check", "only_check", is_flag=True, help="Do not write; fail when the file is out of date.")
@click.option("--docs", is_flag=True, help="Print the documentation of the tables (docs/tables.md) instead.")
@_reporting
def datapackage(settings: _Settings, only_check: bool, docs: bool) -> None:
    """Write data/datapackage.json, the Frictionless description of the tables."""
    from voortgang import schema
    from voortgang.table_docs import table_docs

    if docs:
        click.echo(table_docs(), nl=False)
        return
    from voortgang.deal import read_deal

    workspace = settings.workspace()
    text = schema.data_package(read_deal(workspace).name)
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
    path.write_text(text, encoding="utf-8")
    click.echo(_shown(path))


def _show_timings(seconds: dict[str, float], total: float) -> None:
    """Print which step took how long; steps that ran at the same time add up to more than the whole."""
    for step, took in sorted(seconds.items(), key=lambda item: -item[1]):
        click.echo(f"{took:8.2f} s  {step}", err=True)
    click.echo(f"{total:8.2f} s  in all, from the start of the command", err=True)


def _shown(path: Path) -> str:
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def _listing(years: Any) -> str:
    return ", ".join(map(str, years))
