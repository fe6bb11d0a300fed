"""Where indicators with a target will stand at the end of the year of their target, as a range.

The method is plain on purpose: in each year that remains the value changes at least as much as in the year with the
smallest change so far, and at most as much as in the year with the largest. Rounds over other parts than the last one
do not count, nor does one within `LEAST_DAYS` of the round before: what changed in some days is no change of a year. A
sum of indicators is the sum of their forecasts.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import pandas as pd

from voortgang.notebook.facts import traced
from voortgang.notebook.goals import PARTS, goal_facts, number_of, shown, target_facts, target_text, with_unit
from voortgang.notebook.measurements import Round, indicator_of, last_round, rounds
from voortgang.notebook.report import Report, once
from voortgang.notebook.verdicts import meets
from voortgang.workspace.deal_parts import Indicator
from voortgang.writing import dutch
from voortgang.writing.publishable import Fact

WITHIN, UNSURE, BEYOND = "binnen bereik", "mogelijk", "bij dit tempo buiten bereik"
MILESTONE = "Mijlpaal"
MORE = {MILESTONE: "Mijlpalen"}
"""What a reason is called when it holds for more than one target."""
TOO_FEW = "nog te weinig metingen"
_NAMED = 3
"""How many indicators a reason names; of more it says how many."""
LEAST_DAYS = 90
"""How many days lie between two rounds whose difference says something of a year."""
ROUNDS = 3
"""How many rounds over the same parts a forecast needs."""


@dataclass(frozen=True)
class Range:
    """A forecast, or why there is none."""

    low: float | None = None
    high: float | None = None
    reason: str = ""


def range_at(indicator: Indicator, known: list[Round], due: date) -> Range:
    """Return the range of an indicator on a day.

    Examples
    --------
    >>> from voortgang.workspace.deal import Indicator
    >>> one = Indicator(id="a", name="A", unit="x", kind="cumulatief", direction="stijgen", target=9, article="3")
    >>> known = [Round(year, date(year, 12, 31), {"regio": value}) for year, value in ((2019, 0), (2020, 1), (2021, 4))]
    >>> range_at(one, known, date(2023, 12, 31))
    Range(low=6.0, high=10.0, reason='')
    """
    if not known:
        return Range(reason="geen meting")
    last = known[-1]
    if last.missing:
        return Range(reason=f"in de laatste meting ontbreekt {dutch.listing(last.missing.values())}")
    same = [each for each in known if each.parts.keys() == last.parts.keys() and not each.missing]
    if len(same) < ROUNDS:
        return Range(reason=f"{TOO_FEW} over dezelfde delen" if len(known) >= ROUNDS else TOO_FEW)
    totals = [sum(each.parts.values()) for each in same]
    apart = _apart(same)
    if len(apart) < ROUNDS:
        return Range(reason=f"{TOO_FEW} met genoeg tijd ertussen")
    steps = [
        (sum(other.parts.values()) - sum(one.parts.values())) / _years(one.day, other.day)
        for one, other in pairwise(apart)
    ]
    # What is counted is not less than nothing, and a share not more than all; points may lie on both sides of nought.
    asked = [float(each) for each in (indicator.baseline, indicator.target) if each is not None]
    least = 0.0 if indicator.measure != "procentpunt" and min(*totals, *asked) >= 0 else float("-inf")
    most = 100.0 if indicator.measure == "procent" and max(totals) <= 100 else float("inf")
    ends = [min(most, max(least, totals[-1] + _years(last.day, due) * step)) for step in (min(steps), max(steps))]
    return Range(ends[0], ends[1])


@once
def expectation(report: Report, indicator: Indicator) -> Range:
    """Return the range of an indicator at the end of the year of its target."""
    if indicator.sum_of:
        due = report.deal.term.due(indicator)
        addends = [indicator_of(report.deal, each) for each in indicator.sum_of]
        found = [
            expectation(report, each) if each.sum_of else range_at(each, rounds(report, each), due) for each in addends
        ]
        lows, highs = [each.low for each in found], [each.high for each in found]
        if None in lows or None in highs:
            return next(each for each in found if each.low is None)
        return Range(sum(low for low in lows if low is not None), sum(high for high in highs if high is not None))
    return range_at(indicator, rounds(report, indicator), report.deal.term.due(indicator))


def forecast(report: Report, pillar: str) -> pd.DataFrame:
    """Return where each indicator of a pillar with a target to grow or fall to will stand, as a range.

    Returns
    -------
    DataFrame
        Index: id of the indicator. Columns, all text: `indicator`, `waarde_tekst`, `verwachting_tekst`, `doel_tekst`,
        `doeljaar`, `vooruitzicht` (or why there is none). No rows for a milestone or a minimum, nor once the year of
        the target or the deal has ended, nor where no indicator has a range: `no_forecast` says why.
    """
    rows = {}
    foreseen = _foreseen(report, pillar)
    for indicator in foreseen if any(not expectation(report, each).reason for each in foreseen) else ():
        found, last = expectation(report, indicator), last_round(report, indicator)
        ends = [number_of(indicator, end) for end in (found.low, found.high) if end is not None]
        rows[indicator.id] = (
            with_unit(indicator),
            shown(indicator, last),
            " tot ".join(dict.fromkeys(ends)) or dutch.MISSING,
            target_text(report.deal, indicator),
            str(report.deal.term.due(indicator).year),
            found.reason or _prospect(indicator, found),
        )
    columns = ["indicator", "waarde_tekst", "verwachting_tekst", "doel_tekst", "doeljaar", "vooruitzicht"]

    def cells(key: str, row: pd.Series, column: str) -> Iterable[Fact]:
        indicator = indicator_of(report.deal, key)
        if column == "waarde_tekst" and (last := last_round(report, indicator)) is not None:
            return goal_facts(report, indicator, "waarde", last.total, last.year)
        if column == "verwachting_tekst":
            found = expectation(report, indicator)
            same = number_of(indicator, found.low) == number_of(indicator, found.high)
            ends = (("hoog", found.high),) if same else (("laag", found.low), ("hoog", found.high))
            return [each for end, value in ends for each in goal_facts(report, indicator, f"verwachting_{end}", value)]
        return target_facts(report, indicator) if column == "doel_tekst" else ()

    return traced(pd.DataFrame.from_dict(rows, orient="index", columns=columns), report, pillar, cells)


def no_forecast(report: Report, pillar: str) -> str:
    """Say why a pillar has no forecast, by what its targets are."""
    if report.has_ended:
        return "De deal is ten einde; er is niets meer vooruit te kijken."
    word = report.deal.pillar_word.one
    asked = [each for each in _of(report, pillar) if each.has_target]
    if not asked:
        return f"Geen indicator van deze {word} heeft een doelwaarde om door te rekenen."
    names: dict[str, list[str]] = {}
    for each in asked:
        if why := _why(report, each) or expectation(report, each).reason:
            names.setdefault(why[0].upper() + why[1:], []).append(each.name)
    reasons = [
        f"{MORE.get(why, why) if len(found) > 1 else why}: "
        + (dutch.listing(found) if len(found) <= _NAMED else dutch.count(len(found), "", "indicatoren", words=True))
        for why, found in names.items()
    ]
    listed = "; ".join([*reasons[:1], *map(dutch.in_sentence, reasons[1:])])
    if len(asked) == 1:
        return f"Het doel van deze {word} is niet door te rekenen; het oordeel staat bij het doelbereik. {listed}."
    return f"De doelen van deze {word} zijn niet door te rekenen; hun oordeel staat bij het doelbereik. {listed}."


def _of(report: Report, pillar: str) -> list[Indicator]:
    return [indicator for result in report.deal.results_of(pillar) for indicator in result.indicators]


def _foreseen(report: Report, pillar: str) -> list[Indicator]:
    if report.has_ended:
        return []
    return [each for each in _of(report, pillar) if each.has_target and not _why(report, each)]


def _why(report: Report, indicator: Indicator) -> str:
    """Return why an indicator with a target has no forecast; empty when it has one."""
    if report.reference_date >= report.deal.term.due(indicator):
        return "Doeljaar voorbij"
    if indicator.kind == "mijlpaal":
        return MILESTONE
    return f"Alleen een minimum per {PARTS[indicator.scope][0]}" if indicator.target is None else ""


def _prospect(indicator: Indicator, found: Range) -> str:
    target = float(indicator.target or 0)
    # As a reader sees them: "9 tot 10" of a target of 10 is no "buiten bereik" because of a decimal that is not shown.
    ends = [float(dutch.rounded(end, indicator.decimals)) for end in (found.low, found.high) if end is not None]
    reached = [meets(indicator, end, target) for end in ends]
    prospect = WITHIN if all(reached) else (UNSURE if any(reached) else BEYOND)
    if indicator.target_per_part is None:
        return prospect
    return f"samen {prospect}; het minimum per {PARTS[indicator.scope][0]} is niet door te rekenen"


def _apart(known: list[Round]) -> list[Round]:
    """Return the rounds that lie far enough from the one before."""
    found = known[:1]
    for each in known[1:]:
        if (each.day - found[-1].day).days >= LEAST_DAYS:
            found.append(each)
    return found


def _years(before: date, after: date) -> float:
    """Return the time between two days in years, by whole months."""
    return max(1, (after.year - before.year) * 12 + after.month - before.month) / 12
