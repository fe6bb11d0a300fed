"""Prove a report: pack, sign, verify, trace. Imports are late."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from voortgang.cli.command import Settings, main, reporting, shown_path


@main.command()
@click.argument("year", type=int)
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="The file to write.")
@click.option(
    "--key",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Private key to sign with; the signature is a file beside the bundle.",
)
@click.option(
    "--with-confidential",
    is_flag=True,
    help="Pack a public edition with the rows that it hides, for the bureau and its auditor only.",
)
@reporting
def bundle(settings: Settings, year: int, output: Path | None, key: Path | None, with_confidential: bool) -> None:
    """Pack a report with its data, notebooks, templates and lock files into one archive.

    The archive needs nothing else to be checked: voortgang verify ARCHIVE. The same files give the same bytes.
    """
    from voortgang.publish.bundle import write_bundle

    workspace = settings.workspace()
    target = output or workspace.reports / f"voortgangsrapportage-{year}.zip"
    write_bundle(workspace, year, target, with_confidential)
    click.echo(shown_path(target))
    if key is not None:
        from voortgang.publish.signing import sign

        click.echo(shown_path(sign(target, key)))


@main.command("key")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@reporting
def new_key(settings: Settings, file: Path) -> None:
    """Make a key to sign bundles with, and beside it the public key to give away.

    Who has the private key can sign in your name: keep it where only you can read it.
    """
    from voortgang.publish.signing import new_key as make

    public = make(file)
    click.echo(f"{shown_path(file)} (private)")
    click.echo(f"{shown_path(public)} (public)")


@main.command()
@click.argument("what", metavar="YEAR|BUNDLE")
@click.option("--json", "as_json", is_flag=True, help="Print the outcome as JSON.")
@click.option("--html", type=click.Path(path_type=Path, dir_okay=False), help="Also write the outcome as a Dutch page.")
@click.option("--public-key", type=click.Path(path_type=Path, dir_okay=False), help="Also check who signed the bundle.")
@reporting
def verify(settings: Settings, what: str, as_json: bool, html: Path | None, public_key: Path | None) -> None:
    """Make a published report again and say whether it comes out the same.

    Checks every hash, runs the notebooks in fresh kernels without network in a temporary folder, and compares cells,
    key figures and files. Exit code 1 when something is different.
    """
    from dataclasses import asdict

    from voortgang.build.progress import shown
    from voortgang.readers import verify as verifying

    if public_key is not None:
        from voortgang.publish.signing import check as check_signature

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
        from voortgang.readers.verify_page import verify_page

        html.write_bytes(verify_page(outcome))
    if outcome.verdict == "different":
        sys.exit(1)


@main.command()
@click.argument("year", type=int)
@click.argument("what")
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
@reporting
def trace(settings: Settings, year: int, what: str, as_json: bool) -> None:
    """Say where a number of a report stands, which cell computed it, and from which rows.

    WHAT is the id of a figure, or the number as the report shows it. Example: voortgang trace 2021 "€ 16.586.400"
    """
    from voortgang.readers import trace as tracing

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
