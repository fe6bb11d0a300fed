"""The data of one report: the covenant and the tables, as known on the reference date."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pandas as pd

from voortgang.check import check
from voortgang.deal import Deal
from voortgang.dutch import long_date
from voortgang.tables import Tables
from voortgang.workspace import Workspace


@dataclass(frozen=True)
class Report:
    """What a notebook works with.

    Attributes
    ----------
    deal
        The covenant.
    tables
        The tables, without rows later than the reference date or about later years.
    year
        Reporting year.
    reference_date
        The figures are as known on this date (peildatum).
    edition
        `overleg`, or `openbaar`: then projects marked confidential are absent from `tables.projecten` and
        `tables.voortgang` (Art. 10.1); their bookings stay, without their number.
    """

    deal: Deal
    tables: Tables
    year: int
    reference_date: date
    edition: str

    @property
    def years(self) -> list[int]:
        """Reporting years from the first one up to this one."""
        return list(range(self.deal.term.first_year, self.year + 1))

    @property
    def peildatum(self) -> str:
        """The reference date as the report writes it, such as `31 december 2021`."""
        return long_date(self.reference_date)

    def day_in(self, year: int) -> pd.Timestamp:
        """Return the last day of `year` that this report knows about."""
        return pd.Timestamp(min(date(year, 12, 31), self.reference_date))


def load(year: int, reference_date: str | date, edition: str = "overleg", workspace: Path | None = None) -> Report:
    """Return the data of the workspace that the notebook lies in, as known on a date.

    Parameters
    ----------
    year
        Reporting year.
    reference_date
        A date, or its ISO text such as `2021-12-31`.
    edition
        `overleg` or `openbaar`.
    workspace
        A folder in the workspace; the current folder by default.

    Raises
    ------
    VoortgangError
        When the workspace is not found, or its data does not pass the checks.
    """
    day = date.fromisoformat(reference_date) if isinstance(reference_date, str) else reference_date
    data = check(Workspace.find(workspace)).require_sound()
    tables = _as_known_on(data.tables, year, pd.Timestamp(day))
    if edition == "openbaar":
        tables = _without_confidential(tables)
    return Report(data.deal, tables, year, day, edition)


def _as_known_on(tables: Tables, year: int, day: pd.Timestamp) -> Tables:
    return replace(
        tables,
        projecten=tables.projecten[tables.projecten["start"] <= day],
        voortgang=tables.voortgang[tables.voortgang["peildatum"] <= day],
        metingen=tables.metingen[(tables.metingen["verslagjaar"] <= year) & (tables.metingen["peildatum"] <= day)],
        financien=tables.financien[tables.financien["datum"] <= day],
        bijdragen=tables.bijdragen[tables.bijdragen["datum"] <= day],
        begroting=tables.begroting[tables.begroting["geldig_vanaf"] <= day],
        overleggen=tables.overleggen[tables.overleggen["datum"] <= day],
    )


def _without_confidential(tables: Tables) -> Tables:
    hidden = set(tables.projecten.loc[tables.projecten["vertrouwelijk"], "project_id"])
    bookings = tables.financien
    return replace(
        tables,
        projecten=tables.projecten[~tables.projecten["vertrouwelijk"]],
        voortgang=tables.voortgang[~tables.voortgang["project_id"].isin(hidden)],
        financien=bookings.assign(project_id=bookings["project_id"].mask(bookings["project_id"].isin(hidden))),
    )
