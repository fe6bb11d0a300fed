"""The values of indicators over the years so far, and what each indicator is (Art. 3, Art. 7.2b)."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from voortgang.notebook.facts import traced
from voortgang.notebook.goals import goal_facts, shown, target_facts, target_text, total_of, with_unit
from voortgang.notebook.measurements import baseline, indicator_of, round_in
from voortgang.notebook.report import Report, once
from voortgang.notebook.verdicts import progress
from voortgang.writing import dutch
from voortgang.writing.publishable import Fact

DEFINITION, OTHERS = "reeksbreuk", "andere gemeenten"
"""Why figures cannot be compared with those before: another definition, or a municipality that came or left."""


@once
def history(report: Report, pillar: str, without_target: bool = False) -> pd.DataFrame:
    """Return the value of each indicator of a pillar in each year so far.

    Parameters
    ----------
    without_target
        Only those for which the covenant leaves the target open.

    Returns
    -------
    DataFrame
        Columns: `indicator_id`, `indicator`, `eenheid`, `verslagjaar`, `waarde`, `doelbereik` (0–1), `voorlopig`,
        `waarde_tekst` (with what is missing), `reeks` (the number of the series: of one definition, over the same
        municipalities; values of another number cannot be compared), `volledig` (whether each part has a figure; other
        sums cannot be compared), `richting` (which way is progress: `stijgen` or `dalen`), `breuk` (why the series
        began: `DEFINITION` or `OTHERS`, or both with "en" between; empty for the first).
    """
    rows = []
    for result in report.deal.results_of(pillar):
        for indicator in result.indicators:
            if without_target and indicator.open_target is None:
                continue
            before, others, why, number = None, 0, "", 0
            for year in report.years:
                now = round_in(report, indicator, year)
                moved = False
                if now.parts:  # what other municipalities have together cannot be compared either
                    moved = before is not None and before != now.asked
                    others += moved
                    before = now.asked
                redefined = indicator.series_of(year) != number
                if moved or redefined:
                    why = dutch.listing([DEFINITION] * redefined + [OTHERS] * moved)
                number = indicator.series_of(year)
                rows.append(
                    (
                        indicator.id,
                        indicator.name,
                        indicator.unit,
                        year,
                        now.total,
                        progress(indicator, now, baseline(report, indicator)[0]).total,
                        now.provisional,
                        shown(indicator, now),
                        indicator.series_of(year) + others,
                        now.complete,
                        indicator.direction,
                        why,
                    )
                )
    names = ["indicator_id", "indicator", "eenheid", "verslagjaar", "waarde", "doelbereik", "voorlopig"]
    names += ["waarde_tekst", "reeks", "volledig", "richting", "breuk"]

    def cells(key: str, row: pd.Series, column: str) -> Iterable[Fact]:
        if column not in {"waarde", "doelbereik"}:
            return ()
        return goal_facts(
            report, indicator_of(report.deal, row["indicator_id"]), column, row[column], int(row["verslagjaar"])
        )

    return traced(pd.DataFrame(rows, columns=names), report, pillar, cells)


def definitions(report: Report) -> pd.DataFrame:
    """Return every indicator as the covenant describes it (Art. 3).

    Returns
    -------
    DataFrame
        Index: id of the indicator. Columns, all text: `indicator`, `eenheid`, `richting`, `nulwaarde_tekst`,
        `doel_tekst`, `doeljaar`, `artikel`.
    """
    rows = {
        indicator.id: (
            "; ".join([indicator.name, *(f"reeksbreuk in {each.year}: {each.summary}" for each in indicator.breaks)]),
            indicator.unit,
            "halen" if indicator.kind == "mijlpaal" else indicator.direction,
            total_of(indicator, None if indicator.baseline is None else float(indicator.baseline)),
            target_text(report.deal, indicator),
            str(report.deal.term.due(indicator).year) if indicator.has_target else dutch.MISSING,
            result.article,
        )
        for result in report.deal.results
        for indicator in result.indicators
    }
    columns = ["indicator", "eenheid", "richting", "nulwaarde_tekst", "doel_tekst", "doeljaar", "artikel"]

    def cells(key: str, row: pd.Series, column: str) -> Iterable[Fact]:
        indicator = indicator_of(report.deal, key)
        if column == "nulwaarde_tekst":
            return goal_facts(report, indicator, "nulwaarde", indicator.baseline)
        return target_facts(report, indicator) if column == "doel_tekst" else ()

    return traced(pd.DataFrame.from_dict(rows, orient="index", columns=columns), report, "totaal", cells)


@once
def series(report: Report, pillar: str) -> pd.DataFrame:
    """Return the value of each indicator of a pillar in every year so far, side by side (Art. 7.2b).

    Returns
    -------
    DataFrame
        Index: id of the indicator. Columns, all text: `indicator`, one for each year (such as `2021`), `doel_tekst`.
    """
    rows = {}
    for result in report.deal.results_of(pillar):
        for indicator in result.indicators:
            values = {str(year): shown(indicator, round_in(report, indicator, year)) for year in report.years}
            rows[indicator.id] = {
                "indicator": with_unit(indicator),
                **values,
                "doel_tekst": target_text(report.deal, indicator),
            }

    def cells(key: str, row: pd.Series, column: str) -> Iterable[Fact]:
        indicator = indicator_of(report.deal, key)
        if column.isdecimal():
            year = int(column)
            return goal_facts(report, indicator, "waarde", round_in(report, indicator, year).total, year)
        return target_facts(report, indicator) if column == "doel_tekst" else ()

    return traced(pd.DataFrame.from_dict(rows, orient="index"), report, pillar, cells)
