"""The data of one report: the covenant and the tables, as known on the reference date."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import wraps
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

import pandas as pd

from voortgang.check import checked_data, recorder
from voortgang.check.checked import check
from voortgang.check.data import Data, View
from voortgang.check.notebook_reads import Rows, through_rows
from voortgang.workspace.deal import Deal, article_text
from voortgang.workspace.deal_parts import Party, Pillar
from voortgang.workspace.paths import Workspace
from voortgang.writing.dutch import long_date, year_up_to

EDITIONS = ("overleg", "openbaar")
_sound: dict[str, Data] = {}
P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True)
class Report:
    """What a notebook works with.

    Attributes
    ----------
    deal
        The covenant, as it held on the reference date.
    view
        Reporting year, reference date (peildatum) and edition: what the rows are limited to.
    """

    deal: Deal
    view: View
    _data: Data
    _selected: dict[Rows, pd.DataFrame] = field(default_factory=dict, repr=False, compare=False)
    _computed: dict[Any, Any] = field(default_factory=dict, repr=False, compare=False)

    def rows(
        self,
        table: str,
        pillar: str | None = None,
        *,
        indicator: str | None = None,
        municipality: str | None = None,
    ) -> pd.DataFrame:
        """Return the rows of a table as known on the reference date, with their row numbers as index.

        Without the rows that are dated later or are about later years. In the edition `openbaar` projects marked
        confidential are absent from `projecten` and `voortgang` (Art. 10.1). Their bookings in `financien`, and those
        of the projects that hide their amounts, are one row for each line, year and kind, without project and payer.

        Parameters
        ----------
        table
            Its name, such as `financien`; docs/tables.md lists the columns. `correcties` are the figures of adopted
            years that have changed since.
        pillar
            Only what belongs to this pillar (or `overhead`). Name what you can: a notebook runs again when rows that it
            asked for have changed.
        indicator
            Only what was measured of this indicator; for `metingen`.
        municipality
            Only the projects in which this municipality takes part or that it leads, or their states or bookings; for
            `projecten`, `voortgang` and `financien`.

        Raises
        ------
        ValueError
            When the table is unknown, or has nothing that belongs to a pillar, indicator or municipality.
        """
        asked = Rows(table, pillar, indicator, municipality)
        if asked not in self._selected:
            self._selected[asked] = asked.select(self._data, self.view)
            recorder.note(asked, self.view)
        return self._selected[asked].copy(deep=False)

    def not_shown(self, pillar: str | None = None) -> int:
        """Return how many projects have started that the edition does not show, of a pillar or of the deal (Art. 10.1).

        They count in what the edition says of all projects.
        """
        return int(self.rows("niet_getoond", pillar)["aantal"].sum())

    def shown_only(self, pillar: str | None = None) -> str:
        """Return how a caption about projects ends where the edition leaves some out; nothing where it shows all."""
        return "; alleen wat deze editie toont" if self.not_shown(pillar) else ""

    def that_is_shown(self, pillar: str | None = None) -> str:
        """Return what follows "geen project" where the edition leaves some out, and there may be one."""
        return " dat deze editie toont" if self.not_shown(pillar) else ""

    def that_are_shown(self, pillar: str | None = None) -> str:
        """Return what follows "projecten" where the edition leaves some out, and there may be more."""
        return " die deze editie toont" if self.not_shown(pillar) else ""

    def year_before(self) -> Report | None:
        """Return the data as known at the end of the year before; None for the first year of the deal."""
        if self.year == self.deal.term.first_year:
            return None
        return _year_before(self)

    def pillar(self, pillar_id: str = "") -> Pillar:
        """Return a pillar by its id; the first one where none is given, as in a notebook that is opened by hand.

        Raises
        ------
        KeyError
            When the deal has no such pillar.
        """
        return self.deal.pillar(pillar_id) if pillar_id else self.deal.pillars[0]

    def municipality(self, municipality_id: str = "") -> Party:
        """Return a municipality by its id; the first one where none is given, as in a notebook that is opened by hand.

        Raises
        ------
        KeyError
            When the deal has no such municipality.
        """
        known = {party.id: party for party in self.deal.municipalities}
        return known[municipality_id] if municipality_id else self.deal.municipalities[0]

    def article(self, about: str) -> str:
        """Return how the report names an article: `art. 3`, or `convenant` where the deal does not tell which."""
        return article_text(self.deal, about)

    @property
    def covenant(self) -> Deal:
        """The covenant with all that `deal.yml` knows, also what held before the reference date or will after it."""
        return self._data.deal

    @property
    def workspace(self) -> Workspace:
        """Where the files of the deal lie."""
        return self._data.workspace

    @property
    def word(self) -> str:
        """What the deal calls a pillar."""
        return self.deal.pillar_word.one

    @property
    def words(self) -> str:
        """What the deal calls its pillars."""
        return self.deal.pillar_word.many

    @property
    def year(self) -> int:
        """Reporting year (verslagjaar)."""
        return self.view.year

    @property
    def reference_date(self) -> date:
        """The figures are as known on this date (peildatum)."""
        return self.view.reference_date

    @property
    def edition(self) -> str:
        """`overleg`, or `openbaar` without what a party asked to keep confidential."""
        return self.view.edition

    @property
    def years(self) -> list[int]:
        """Reporting years from the first one up to this one."""
        return list(range(self.deal.term.first_year, self.year + 1))

    @property
    def is_half_year(self) -> bool:
        """Whether the reference date lies before the end of the reporting year."""
        return self.reference_date < date(self.year, 12, 31)

    @property
    def earlier(self) -> str:
        """When the figures date from that the report compares its own with; a half-year with the whole year before."""
        return f"het einde van {self.year - 1}" if self.is_half_year else "een jaar eerder"

    @property
    def earlier_heading(self) -> dict[str, str]:
        """The heading of the column with those figures."""
        return {"vorig": f"Eind {self.year - 1}" if self.is_half_year else "Vorig jaar"}

    @property
    def since_earlier(self) -> str:
        """The heading of a column that says what became of things since the end of the year before."""
        return f"Sinds eind {self.year - 1}"

    @property
    def yet(self) -> str:
        """What stands before "niet" and "geen" while that may still change: "nog "; nothing once the deal has ended."""
        return "" if self.has_ended else "nog "

    @property
    def has_ended(self) -> bool:
        """Whether the deal has run its term: nothing is on track any more, and there is nothing to look forward to."""
        return self.reference_date >= self.deal.term.end

    @property
    def on_course(self) -> str:
        """What is said of goals that go well; after the end of the deal they are achieved or not."""
        return "behaald" if self.has_ended else "behaald of op schema"

    @property
    def peildatum(self) -> str:
        """The reference date as the report writes it, such as `31 december 2021`."""
        return long_date(self.reference_date)

    def span(self, year: int | None = None) -> str:
        """Return what a sentence calls a year, the reporting year by default: `2021`, `de eerste helft van 2021`."""
        year = year or self.year
        return year_up_to(self.day_in(year).date()) if self.is_half_year else str(year)

    def day_in(self, year: int) -> pd.Timestamp:
        """Return the last day of `year` that this report knows about."""
        return pd.Timestamp(min(date(year, 12, 31), self.reference_date))


def once(compute: Callable[Concatenate[Report, P], T]) -> Callable[Concatenate[Report, P], T]:
    """Compute the same question about a report once; who asks again gets a copy that may be changed."""

    @wraps(compute)
    def answer(report: Report, /, *args: P.args, **kwargs: P.kwargs) -> T:
        asked = (compute, args, tuple(sorted(kwargs.items())))
        known = report._computed
        if asked not in known:
            known[asked] = compute(report, *args, **kwargs)
        # A shallow copy of a frame is written to without changing the frame: pandas copies on write.
        return known[asked].copy(deep=False) if isinstance(known[asked], pd.DataFrame) else known[asked]

    return answer


@once
def _year_before(report: Report) -> Report:
    view = View(report.year - 1, date(report.year - 1, 12, 31), report.edition)
    return Report(report._data.deal.as_of(view.reference_date), view, report._data)


def load(
    year: int | None = None,
    reference_date: str | date | None = None,
    edition: str | None = None,
    workspace: Path | None = None,
) -> Report:
    """Return the data of the workspace that the notebook lies in, as known on a date.

    In a run, a parameter that is left out is that of the run. Elsewhere each must be given: there is no default
    edition, because the wrong one shows what a party asked to keep confidential.

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
    ValueError
        When a parameter is neither given nor known from the run, the edition is none of the two, the reference date
        lies in another year, or both lie before the deal.
    VoortgangError
        When the workspace is not found, or its data does not pass the checks.
    """
    asked = {"year": year, "reference_date": reference_date, "edition": edition}
    known = recorder.given() | {name: value for name, value in asked.items() if value is not None}
    missing = [name for name in asked if name not in known]
    if missing:
        raise ValueError(f"load needs {', '.join(missing)}: vg.load(year, reference_date, edition)")
    if known["edition"] not in EDITIONS:
        raise ValueError(f"there is no edition {known['edition']!r}; the editions are {' and '.join(EDITIONS)}")
    day = date.fromisoformat(str(known["reference_date"]))
    view = View(int(str(known["year"])), day, str(known["edition"]))
    recorder.note_load(view)
    if day.year != view.year:
        # Amounts would end with the year, and all else run on to that day.
        raise ValueError(f"the reference date {day} does not lie in the year that is reported on, {view.year}")
    data = sound_data(Workspace.find(workspace))
    if day < (begins := data.deal.term.begins) or view.year < data.deal.term.first_year:
        raise ValueError(f"there is nothing to report on {day}: the deal starts on {begins}")
    return Report(data.deal.as_of(day), view, data)


def sound_data(workspace: Workspace) -> Data:
    """Return the checked data of a workspace; the same files are read and checked once in a process.

    Raises
    ------
    VoortgangError
        When the data does not pass the checks.
    """
    with through_rows():
        key = checked_data.digest(workspace)
        recorder.note_data(key)
        if key not in _sound:
            _sound[key] = checked_data.read(key) or check(workspace, texts=False).require_sound()
        return _sound[key]
