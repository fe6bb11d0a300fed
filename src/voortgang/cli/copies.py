"""Say below an error that the notebook or chapter it names is not the one that comes with this version."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import click

from voortgang.errors import NotebookError, TemplateError, VoortgangError

_SHOWN = 3


def name_others(error: Exception, folder: Path | None) -> None:
    """Print a sentence about what an error names and is not as in this version; nothing where there is no such file.

    Parameters
    ----------
    folder
        Where the workspace was said to be.
    """
    parts = error.parts if isinstance(error, VoortgangError) else ()
    places = [each.where for each in parts if isinstance(each, NotebookError | TemplateError)]
    if not places:
        return
    from voortgang.workspace.paths import Workspace
    from voortgang.workspace.starting.copies import other_copies

    # What is said beside an error must not take its place.
    with suppress(VoortgangError, OSError):
        others = [each.name for each in other_copies(Workspace.find(folder)) if each.there]
        # A chapter is named from templates/, where its project lies.
        named = [each for each in others if any(each.removeprefix("templates/") in place for place in places)]
        if named:
            more = f" and {len(named) - _SHOWN} more" if len(named) > _SHOWN else ""
            click.echo(
                f"Not as in this version of voortgang (changed here, or copied from another version): "
                f"{', '.join(named[:_SHOWN])}{more}. 'voortgang doctor' says how to see the difference.",
                err=True,
            )
