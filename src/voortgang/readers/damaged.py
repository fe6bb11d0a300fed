"""A report on disk that is not as the build wrote it: what reads it says so, and how to get it again."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import contextmanager

from yaml import YAMLError

from voortgang.errors import VoortgangError
from voortgang.workspace.paths import Period, Workspace
from voortgang.writing.pandoc_tree import Unread

_ODD = (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError, csv.Error, YAMLError, Unread)


@contextmanager
def told_as_damaged(workspace: Workspace, year: Period) -> Iterator[None]:
    """Raise `VoortgangError` where what a report holds cannot be read; only reading may stand in the block."""
    try:
        yield
    except _ODD as error:
        raise VoortgangError(
            f"The report on {year} is damaged: {type(error).__name__}: {' '.join(str(error).split())[:200]}",
            workspace.relative(workspace.report(year)),
            "the pages, sources, notebooks and tables that the build wrote",
            f"Get the report again from who published it, or build it: voortgang build {year} --fresh",
        ) from error
