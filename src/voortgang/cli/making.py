"""Make reports: build, evaluate, preview, and what earlier builds kept. Imports are late."""

from __future__ import annotations

import os
import sys
import time
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from voortgang.cli.command import PERIOD, Settings, engine_for, listing, main, reporting, require_apart, shown_path
from voortgang.errors import VoortgangError

if TYPE_CHECKING:
    from voortgang.build.options import Options
    from voortgang.workspace.paths import Period


@main.command()
@click.argument("years", nargs=-1, type=PERIOD, metavar="[YEAR]...")
@click.option("--all", "every", is_flag=True, help="Build every year and half-year that has a file in parameters/.")
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
@reporting
def build(
    settings: Settings,
    years: tuple[Period, ...],
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
    require_apart("build", dry_run=dry_run, json=as_json)
    require_apart("build", dry_run=dry_run, timings=with_timings)
    if every and years:
        raise VoortgangError(
            f"--all builds every year, and {years[0]} is named too.",
            "voortgang build",
            "years, or --all",
            "Leave one of the two out.",
        )
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
        from voortgang.build.options import Options

        options = Options(engine_for(engine), jobs, fresh_kernels)
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
    chosen = workspace.periods() if every else list(dict.fromkeys(years))
    if not chosen:
        raise VoortgangError(
            "No year is given.",
            "voortgang build",
            f"a year: {', '.join(map(str, workspace.periods()))}",
            "Name a year, or give --all.",
        )
    if not (dry_run or with_timings or settings.debug):
        from voortgang.cli.standby import address

        if any(address.known(workspace)):
            from voortgang.cli.standby.asking import performed  # no sooner: most builds find nobody to ask

            if (code := performed(workspace)) is not None:
                sys.exit(code)
    from voortgang.build import years as building
    from voortgang.build.options import Options
    from voortgang.build.progress import Timings, shown

    options = Options(engine_for(engine), jobs, fresh_kernels, not fresh)
    if dry_run:
        for line in building.outlook(workspace, chosen, options):
            click.echo(line)
        return
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
            click.echo(shown_path(document))
        click.echo(f"{shown_path(report.folder)}{os.sep}   (notebooks, sources, key figures, manifest)")
    new, same = ([report.year for report in made if report.made is made_now] for made_now in (True, False))
    if new:
        click.echo(f"Made {listing(new)} with {options.engine} in {seconds:.1f} seconds.")
    if same:
        click.echo(f"Nothing has changed for {listing(same)}.")


def _build_all(
    listed: Path, years: list[Period] | None, options: Options, scheduler: str | None, store: str | None, as_json: bool
) -> None:
    """Build many workspaces, say what became of each as it is done, and end with exit code 1 when one failed."""
    from voortgang.build.cluster.drive import build_all, read_list
    from voortgang.build.cluster.pools import dask_pool, local_pool
    from voortgang.build.progress import shown
    from voortgang.workspace.paths import in_order

    folders = read_list(listed)
    place = store or str(listed.resolve().parent / ".voortgang" / "store")
    failed, code = 0, 1
    pool = dask_pool(scheduler, options.engine) if scheduler else local_pool(options.jobs)
    with pool as workers, shown(as_json) as listener:
        for result in build_all(folders, years, options, workers, place, listener):
            failed += bool(result.errors)
            if not as_json:
                parts = [f"made {listing(in_order(result.made))}"] if result.made else []
                parts += [f"nothing has changed for {listing(result.same)}"] if result.same else []
                parts += ["failed"] if result.errors else []
                click.echo(f"{shown_path(result.folder)}: {'; '.join(parts)} ({result.seconds:.1f} s)")
            code = max(code, *(error.exit_code for error in result.errors), 1)
            for error in result.errors:
                click.secho("Error: ", fg="red", bold=True, nl=False, err=True)
                click.echo(f"{shown_path(result.folder)}: {error}", err=True)
    if failed:
        click.echo(f"{failed} of {len(folders)} workspaces failed; the others are finished.", err=True)
        sys.exit(code)


@main.command()
@click.option("--engine", type=click.Choice(["auto", "builtin", "quarto"]), default="auto", show_default=True)
@reporting
def evaluate(settings: Settings, engine: Literal["auto", "builtin", "quarto"]) -> None:
    """Make the final evaluation of the deal (Art. 7.7), with the report on its last year.

    It follows Art. 7.2 a to c over all years: realisation and utilisation, results and indicators, the split.
    """
    workspace = settings.workspace()
    from voortgang.assemble.quarto_project import documents
    from voortgang.build import years as building
    from voortgang.build.options import Options
    from voortgang.build.progress import Timings, shown
    from voortgang.publish.layout import document_path
    from voortgang.workspace.deal import read_deal

    named = "evaluatie.qmd"
    forms = [form for each, form in documents(workspace.templates, "_quarto.yml", True) if each == named]
    if not forms:
        raise VoortgangError(
            "The evaluation is none of the documents of this deal.",
            "templates/_quarto.yml",
            f"{named} under 'render', as voortgang init writes it",
            f"Put {named} back in that list.",
        )
    last = read_deal(workspace).as_of(date.max).term.end.year
    options = Options(engine_for(engine), os.cpu_count() or 1)
    with shown(False) as listener:
        (made,) = building.build(workspace, [last], options, listener, Timings())
    for form in forms:
        click.echo(shown_path(made.folder / document_path(last, named, form)))


@main.command()
@click.argument("year", type=PERIOD)
@click.option(
    "--engine",
    type=click.Choice(["auto", "builtin", "quarto"]),
    default="builtin",
    show_default=True,
    help="What makes the page; both make the same one, and the built-in path makes it within a second.",
)
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port on this computer (default: any free one).")
@click.option("--no-browser", is_flag=True, help="Do not open a browser.")
@reporting
def preview(
    settings: Settings, year: Period, engine: Literal["auto", "builtin", "quarto"], port: int, no_browser: bool
) -> None:
    """Show the report on a year in a browser, and make it again whenever something is saved.

    Only this computer can see it. An error stands above the last good page. Ctrl-C ends it.
    """
    from voortgang.build.options import Options
    from voortgang.build.preview.server import Server
    from voortgang.cli.standby.starting import Standby
    from voortgang.workspace.parameters import read_parameters

    workspace = settings.workspace()
    read_parameters(workspace, year)
    server = Server(workspace, year, port, Options(engine_for(engine), os.cpu_count() or 1))
    click.echo(f"{server.address}   (Ctrl-C ends it)")
    sys.stdout.flush()
    if not no_browser:
        click.launch(server.address)
    server.run(partial(Standby().start, workspace))


@main.command()
@click.option("--clear", is_flag=True, help="Remove everything that is kept.")
@click.option("--limit", type=click.IntRange(min=0), metavar="MB", help="Remove the longest unused above so many MB.")
@reporting
def cache(settings: Settings, clear: bool, limit: int | None) -> None:
    """Say what earlier builds have kept, or remove it.

    It is never needed: without it the next build runs every notebook again.
    """
    from voortgang.run.store import LIMIT, Store

    require_apart("cache", clear=clear, limit=limit)
    workspace = settings.workspace()
    store = Store(workspace.store)
    if clear or limit is not None:
        click.echo(f"Removed {store.prune(0 if clear else (limit or 0) * 1_000_000)} results.")
    entries = list(store.entries())
    size = sum(entry.size for entry in entries) / 1e6
    click.echo(f"{workspace.relative(store.folder)}: {len(entries)} results, {size:.1f} of {LIMIT // 1_000_000} MB")


def _show_timings(seconds: dict[str, float], total: float) -> None:
    """Print which step took how long; steps that ran at the same time add up to more than the whole."""
    for step, took in sorted(seconds.items(), key=lambda item: -item[1]):
        click.echo(f"{took:8.2f} s  {step}", err=True)
    click.echo(f"{total:8.2f} s  in all, from the start of the command", err=True)
