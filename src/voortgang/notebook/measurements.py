"""What was measured of an indicator: one round a year, part by part, and never a zero for what is missing.

A round is what was measured about one year. The report works with the last one that is known on the reference date.
Halfway a year the round of that year counts only when it is complete; until then the one before does, with its date.
When the deal has ended no more comes, and what there is counts.

Where the definition of an indicator has changed, rounds before and after are not compared.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from math import isclose
from operator import itemgetter
from typing import NamedTuple

import pandas as pd

from voortgang.notebook.report import Report, once
from voortgang.workspace.deal import Deal
from voortgang.workspace.deal_parts import Indicator

REGION = "regio"
"""The only part of an indicator that is measured for the region as a whole."""


@dataclass(frozen=True)
class Round:
    """What was measured of an indicator about one year.

    Attributes
    ----------
    year, day
        The year that it is about, and the last day on which a part was measured.
    parts
        The figure of each municipality or sector that has one, by its id; `REGION` for the region as a whole.
    missing
        The parts without a figure: names by id.
    provisional
        Whether a figure may still change.
    """

    year: int
    day: date
    parts: Mapping[str, float] = field(default_factory=dict)
    missing: Mapping[str, str] = field(default_factory=dict)
    provisional: bool = False

    @property
    def complete(self) -> bool:
        """Whether every part has a figure."""
        return bool(self.parts) and not self.missing

    @property
    def asked(self) -> frozenset[str]:
        """The parts that it should have, with a figure or without."""
        return frozenset(self.parts) | frozenset(self.missing)

    @property
    def total(self) -> float | None:
        """The sum of the parts that have a figure; that of the region only where the round is complete.

        Examples
        --------
        >>> Round(2021, date(2021, 12, 31), {"a": 0.1, "b": 0.2}).total
        0.3
        """
        return round(float(sum(self.parts.values())), 9) if self.parts else None


@dataclass(frozen=True)
class Change:
    """How an indicator changed between two rounds, over the parts that both have."""

    amount: float
    parts: frozenset[str]


def change(before: Round, after: Round) -> Change | None:
    """Return the change over the parts that both rounds have; None when there are no such parts.

    Examples
    --------
    >>> day = date(2020, 12, 31)
    >>> change(Round(2019, day, {"a": 2, "b": 3}), Round(2020, day, {"a": 6}, {"b": "B"})).amount
    4.0
    """
    both = frozenset(before.parts) & frozenset(after.parts)
    if not both:
        return None
    amount = float(sum(after.parts[part] - before.parts[part] for part in both))
    return Change(0.0 if isclose(amount, 0.0, abs_tol=1e-9) else amount, both)


def indicator_of(deal: Deal, indicator_id: str) -> Indicator:
    """Return an indicator by its id; raises `KeyError` for an unknown one."""
    return {indicator.id: indicator for indicator in deal.indicators}[indicator_id]


def part_names(report: Report, indicator: Indicator, year: int) -> dict[str, str]:
    """Return the names of the sectors, or of the municipalities that took part at the end of a year."""
    if indicator.scope == "sector":
        return {sector.id: sector.name for sector in report.deal.sectors}
    if indicator.scope == "gemeente":
        return {party.id: party.short for party in report.deal.municipalities_on(report.day_in(year).date())}
    return {REGION: report.deal.region}


@once
def round_in(report: Report, indicator: Indicator, year: int) -> Round:
    """Return what was measured about a year, as known on the reference date; without parts when nothing was."""
    if indicator.sum_of:
        return _sum(report, indicator, year)
    mine = _latest(report, indicator.id).get(year, ())
    names = part_names(report, indicator, year)
    known = {
        key: each.value for each in mine if each.value is not None and (key := each.part_of(indicator.scope)) in names
    }
    parts = {key: known[key] for key in names if key in known}
    missing = {key: name for key, name in names.items() if key not in known}
    days = [each.day for each in mine if each.value is not None]
    day = max(days) if days else report.day_in(year).date()
    return Round(year, day, parts, missing, any(each.provisional for each in mine))


def rounds(report: Report, indicator: Indicator) -> list[Round]:
    """Return the rounds with a figure that can be compared with the last one, in order.

    Halfway a year the round of that year is among them only when it is complete, or nothing more comes.
    """
    years = [year for year in report.years if indicator.series_of(year) == indicator.series_of(report.year)]
    found = [each for each in (round_in(report, indicator, year) for year in years) if each.parts]
    still_comes = report.is_half_year and not report.has_ended
    if found and found[-1].year == report.year and still_comes and not found[-1].complete:
        found.pop()
    return found


def last_round(report: Report, indicator: Indicator) -> Round | None:
    """Return the last round with a figure; None when there is none."""
    known = rounds(report, indicator)
    return known[-1] if known else None


def round_before(report: Report, indicator: Indicator) -> Round | None:
    """Return the round before that of the last round, also when the definition has changed since; None without one."""
    last = last_round(report, indicator)
    years = [year for year in report.years if year < (last.year if last else report.year)]
    return round_in(report, indicator, years[-1]) if years else None


def baseline(report: Report, indicator: Indicator) -> tuple[float | None, Round | None]:
    """Return where an indicator starts: the value in the covenant, or else the first comparable round.

    The value is none where that round is not complete.
    """
    if indicator.baseline is not None:
        return float(indicator.baseline), None
    known = rounds(report, indicator)
    if not known:
        return None, None
    return (known[0].total if known[0].complete else None), known[0]


def _sum(report: Report, indicator: Indicator, year: int) -> Round:
    """Return the sum of other indicators: part by part where all are measured so, of the region otherwise."""
    addends = [round_in(report, indicator_of(report.deal, each), year) for each in indicator.sum_of]
    day = max(each.day for each in addends)
    provisional = any(each.provisional for each in addends)
    names = part_names(report, indicator, year)
    if all(set(each.parts) | set(each.missing) == set(names) for each in addends):
        parts = {key: sum(each.parts[key] for each in addends) for key in names if all(key in e.parts for e in addends)}
        missing = {key: name for key, name in names.items() if key not in parts}
        return Round(year, day, parts, missing, provisional)
    missing = {key: name for each in addends for key, name in each.missing.items()}
    totals = [each.total for each in addends]
    known = [total for total in totals if total is not None]
    return Round(year, day, {REGION: float(sum(known))} if len(known) == len(totals) else {}, missing, provisional)


class _Measured(NamedTuple):
    """A row of `metingen`: a part is None where the row names none, and so is a value that is not known."""

    municipality: str | None
    sector: str | None
    value: float | None
    day: date
    provisional: bool

    def part_of(self, scope: str) -> str:
        part = {"regio": REGION, "gemeente": self.municipality, "sector": self.sector}[scope]
        return str(part)


@once
def _latest(report: Report, indicator_id: str) -> Mapping[int, Sequence[_Measured]]:
    """Return the latest measurement of each part of an indicator by year, the earliest first."""
    rows = report.rows("metingen", indicator=indicator_id)
    columns = (rows[name].tolist() for name in ("verslagjaar", "gemeente", "sector", "waarde", "peildatum", "status"))
    latest: dict[tuple[int, str | None, str | None], _Measured] = {}
    for year, *cells in sorted(zip(*columns, strict=True), key=itemgetter(4)):
        municipality, sector, value = (None if pd.isna(each) else each for each in cells[:3])
        key = (year, municipality, sector)
        latest.pop(key, None)  # the later one takes its place at the end
        latest[key] = _Measured(
            municipality, sector, None if value is None else float(value), cells[3].date(), cells[4] == "voorlopig"
        )
    found: dict[int, list[_Measured]] = {}
    for (year, _, _), each in latest.items():
        found.setdefault(year, []).append(each)
    return found
