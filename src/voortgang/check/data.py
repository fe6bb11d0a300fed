"""What a workspace tells, and what a report may know of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from voortgang.check.cells import Tables
    from voortgang.workspace.deal import Deal
    from voortgang.workspace.paths import Workspace
    from voortgang.workspace.public_note import PublicNote


@dataclass(frozen=True)
class Data:
    """The covenant and the tables of a workspace.

    `unsound` names the files with a cell that could not be read: nothing can be said about their sums. `until` is the
    day on which this was known, where that is not the last day that the tables tell of. `note` stands beside the tables
    of a public edition.
    """

    workspace: Workspace
    deal: Deal
    tables: Tables
    unsound: frozenset[str] = frozenset()
    until: date | None = None
    note: PublicNote | None = None

    @cached_property
    def last_day(self) -> date:
        """The last day that this tells of."""
        import pandas as pd

        if self.until is not None:
            return self.until
        dated = (("financien", "datum"), ("bijdragen", "datum"), ("voortgang", "peildatum"), ("metingen", "peildatum"))
        days = [getattr(self.tables, table)[column].max() for table, column in dated]
        return max((day.date() for day in days if not pd.isna(day)), default=date.min)

    def file(self, table: str) -> str:
        """Return how messages name the file of a table."""
        return self.workspace.relative(self.workspace.table(table))

    def sound(self, *tables: str) -> bool:
        """Return whether every cell of some tables could be read."""
        return self.unsound.isdisjoint(map(self.file, tables))


@dataclass(frozen=True)
class View:
    """What rows are limited to: known on the reference date, not about a later year, and shown in the edition."""

    year: int
    reference_date: date
    edition: str = "overleg"
