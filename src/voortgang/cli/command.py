"""What all commands share: the group, the options before the command, and how an error is shown."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from voortgang import __version__
from voortgang.cli import copies, net
from voortgang.cli.stopping import STOPPED, Program, end_children, ending_promptly
from voortgang.errors import VoortgangError
from voortgang.writing import clock, temporary

if TYPE_CHECKING:
    from voortgang.assemble.render import Chosen
    from voortgang.workspace.paths import Period, Workspace

_EPILOG = "Start with 'voortgang doctor'; then 'voortgang build 2021'."


class Settings:
    """The options that come before the command."""

    def __init__(self, workspace: Path | None, debug: bool) -> None:
        self.folder, self.debug = workspace, debug

    def workspace(self) -> Workspace:
        """Return the workspace that the command is about."""
        from voortgang.workspace.paths import Workspace

        return Workspace.find(self.folder)


@click.group(
    cls=Program, epilog=_EPILOG, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
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
    context.obj = Settings(workspace, debug)


class _PeriodType(click.ParamType):  # type: ignore[type-arg]  # it takes an argument since Click 8.4 only
    """A year, or the day of a half-year report."""

    name = "year"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Period:
        from voortgang.workspace.paths import period

        if (found := period(str(value))) is None:
            self.fail(
                f"{value!r} is no year, such as 2021, and no day before the end of one, such as 2021-06-30.", param, ctx
            )
        return found


PERIOD = _PeriodType()


def reporting(command: Callable[..., Any]) -> Callable[..., Any]:
    """Show whatever a command raises as one message, and end with the exit code that goes with it."""

    @wraps(command)
    @click.pass_context
    def wrapped(context: click.Context, /, *args: Any, **kwargs: Any) -> Any:
        settings: Settings = context.obj
        try:
            net.require_output()
            net.name_output()
            temporary.settle()
            clock.require_clock()
            with ending_promptly():
                result = command(settings, *args, **kwargs)
            net.leave_output()
            return result
        except (click.ClickException, click.Abort, click.exceptions.Exit):
            raise
        except Exception as error:
            code = net.end(error, context.command_path, settings.debug)
            copies.name_others(error, settings.folder)
            sys.exit(code)
        except KeyboardInterrupt:
            end_children()
            click.echo(STOPPED, err=True)
            sys.exit(130)

    return wrapped


def require_apart(command: str, **given: object) -> None:
    """Raise `VoortgangError` when two ways to call a command are given at once: one of them would do nothing.

    Parameters
    ----------
    given
        What was given, by the name of the option with `_` for `-`; what is not given is None or False.
    """
    named = [f"--{name.replace('_', '-')}" for name, value in given.items() if value is not None and value is not False]
    if len(named) > 1:
        raise VoortgangError(
            f"{named[0]} and {named[1]} are given, and only one of them can count.",
            f"voortgang {command}",
            "one of them",
            "Leave one of the two out.",
        )


def engine_for(asked: Literal["auto", "builtin", "quarto"]) -> Chosen:
    """Return which engine makes the documents, and say so when `auto` passes over a Quarto that is too old."""
    from voortgang.assemble.render import chosen_engine, passed_over

    if asked == "auto" and (why := passed_over()):
        click.echo(why, err=True)
    return chosen_engine(asked)


def shown_path(path: Path) -> str:
    """Return a path as short as it can be said from here."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def listing(years: Iterable[Period]) -> str:
    """Return years with commas between."""
    return ", ".join(map(str, years))
