"""Prove a report: pack, sign, verify, trace. Imports are late."""

from __future__ import annotations

import json
import re
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from voortgang.cli.command import PERIOD, Settings, main, reporting, shown_path
from voortgang.errors import VoortgangError

if TYPE_CHECKING:
    from voortgang.assemble.render import Chosen
    from voortgang.readers.verified import Verified
    from voortgang.workspace.paths import Period


@main.command()
@click.argument("year", type=PERIOD)
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="The file to write.")
@click.option(
    "--key",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Private key to sign with; the signature is a file beside the bundle.",
)
@click.option("--replace", is_flag=True, help="Replace an earlier bundle at that place, and its signature.")
@reporting
def bundle(settings: Settings, year: Period, output: Path | None, key: Path | None, replace: bool) -> None:
    """Pack a report with its data, notebooks, templates and lock files into one archive.

    The archive needs nothing else to be checked: voortgang verify ARCHIVE. The same files give the same bytes. That of
    a public edition holds the rows that the edition shows.
    """
    from voortgang.publish.bundle import signature_of, write_bundle

    signed = None
    if key is not None:  # before anything is written
        from voortgang.publish.signing import signer

        signed = signer(key)
    workspace = settings.workspace()
    target = output or workspace.reports / f"voortgangsrapportage-{year}.zip"
    left_out = write_bundle(workspace, year, target, replace, signed)
    click.echo(shown_path(target))
    if count := len(left_out.projects):
        click.echo(
            f"It holds the tables of the public edition, without {count} confidential "
            f"project{'s' if count > 1 else ''}. The full ones stay with the bureau; there, "
            f"'voortgang verify {year}' also checks that these follow from them.",
            err=True,
        )
    if left_out.files:
        click.echo(
            f"It does not hold what notebooks read under 'inputs': {', '.join(left_out.files)}. Nobody can make the "
            "report again from it. Copy these files into data/, let the notebooks read them there, and build.",
            err=True,
        )
    if key is not None:
        click.echo(shown_path(signature_of(target)))


@main.command("key")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@reporting
def new_key(settings: Settings, file: Path) -> None:
    """Make a key to sign bundles with, and beside it the public key to give away.

    Who has the private key can sign in your name: keep it where only you can read it.
    """
    from voortgang.publish.signing import new_key as make
    from voortgang.workspace.paths import require_outside

    require_outside(file)
    public = make(file)
    click.echo(f"{shown_path(file)} (private)")
    click.echo(f"{shown_path(public)} (public)")


@main.command()
@click.argument("what", metavar="YEAR|BUNDLE")
@click.option("--json", "as_json", is_flag=True, help="Print the outcome as JSON.")
@click.option("--html", type=click.Path(path_type=Path, dir_okay=False), help="Also write the outcome as a Dutch page.")
@click.option("--public-key", type=click.Path(path_type=Path, dir_okay=False), help="Also check who signed the bundle.")
@click.option("--trust-templates", is_flag=True, help="Also run filters that the bundle brings; they stay confined.")
@click.option(
    "--other-programs",
    "reason",
    metavar="REASON",
    help="Compare what files say, not their bytes, where other programs made the report. Say why; the outcome says it.",
)
@click.option(
    "--engine",
    type=click.Choice(["builtin", "quarto"]),
    help="Make the documents again with this engine instead of the one that made them, and compare what they say.",
)
@reporting
def verify(
    settings: Settings,
    what: str,
    as_json: bool,
    html: Path | None,
    public_key: Path | None,
    trust_templates: bool,
    reason: str | None,
    engine: Chosen | None,
) -> None:
    """Make a published report again and say whether it comes out the same.

    Checks every file, runs the notebooks in fresh kernels, makes the report anew and compares it byte for byte. On
    Linux all of it happens in a process without network that reads the report and the programs only, and writes
    nowhere else. Exit code 1 when something is different.
    """
    from dataclasses import asdict

    from voortgang.build.progress import shown
    from voortgang.readers.confined_verification import verified
    from voortgang.readers.verified import How
    from voortgang.workspace.paths import period, require_outside
    from voortgang.writing.files import require_free, write_files

    if html is not None:
        require_outside(html)
        require_free(html)
    if reason is not None and not reason.strip():
        raise VoortgangError(
            "No reason is given.",
            "voortgang verify --other-programs",
            "why other programs made the report, in words: the outcome says it",
            "Say why, or leave out --other-programs.",
        )
    year = period(what)
    first = None
    if public_key is not None:
        from voortgang.publish.signing import check as check_signature

        if year is not None:
            raise VoortgangError(
                f"The report on {year} in reports/ is not signed; bundles are.",
                "voortgang verify --public-key",
                "a bundle, with its signature beside it",
                "Name the bundle, or leave out --public-key.",
            )
        first = partial(check_signature, Path(what), public_key)
    place = settings.workspace().root if year is not None else Path(what)
    with shown(False) as listener:
        outcome = verified(place, year, How(trust_templates, reason or "", engine or ""), listener, first=first)
    if as_json:
        click.echo(json.dumps({"verdict": outcome.verdict} | asdict(outcome), indent=2))
    else:
        _say(outcome)
    if html is not None:
        from voortgang.readers.verify_page import verify_page

        write_files({html: verify_page(outcome)})
    if outcome.verdict == "different":
        sys.exit(1)


def _say(outcome: Verified) -> None:
    """Print the outcome of a verification; what is no part of the answer goes to the messages."""
    from voortgang.run.confinement import PARTS

    for each in outcome.differences:
        click.echo(f"{each.kind:10} {each.where}")
        if each.kind == "form":
            click.echo(f"           {each.before}")
        elif each.before or each.now:
            click.echo(f"           was {each.before}\n           now {each.now}")
    if outcome.programs and not outcome.reason:
        click.echo(
            "Another version made this report. To compare what a reader sees, say why: --other-programs REASON",
            err=True,
        )
    if outcome.reason:
        click.echo(f"Compared by what a reader sees, because: {outcome.reason}")
    for name in outcome.brought:
        click.echo(f"This report brings its own {name}: it decides how the report looks.")
    if missing := [part for part in PARTS if part not in outcome.confined]:
        click.echo(f"Not confined on this computer: {', '.join(missing)}.", err=True)
    said = ", ".join(f"{name} {text}" for name, text in outcome.claims if text != "None")
    click.echo(f"Said by who published it, and for nobody to check: {said}.", err=True)
    click.echo(f"The report on {outcome.year} is {outcome.verdict}.")


_MINUS = re.compile(r"-\s*(?:€|eur|euro)?\s*\d", re.IGNORECASE)
"""How an amount begins that begins with a minus; anything else that begins so is an option."""


# An amount may begin with a minus.
@main.command(context_settings={"ignore_unknown_options": True})
@click.argument("year", type=PERIOD)
@click.argument("what")
@click.option("--json", "as_json", is_flag=True, help="Print the answer as JSON.")
@reporting
def trace(settings: Settings, year: Period, what: str, as_json: bool) -> None:
    """Say where a number of a report stands, which cell computed it, and from which rows.

    WHAT is the id of a figure, or the number as the report shows it. Example: voortgang trace 2021 "€ 16.945.700"
    """
    from voortgang.readers import trace as tracing

    if what.startswith("-") and not _MINUS.match(what):
        raise click.NoSuchOption(what.partition("=")[0])
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
