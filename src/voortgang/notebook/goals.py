"""Goal achievement against the intended results of Art. 3 (Art. 7.4b): what tables and charts show of it.

What was measured is in `measurements`, the rules for a verdict are in `verdicts`.
"""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from voortgang.notebook.facts import covenant, fact, part, source, traced
from voortgang.notebook.measurements import (
    Round,
    baseline,
    indicator_of,
    last_round,
    round_before,
    round_in,
    rounds,
)
from voortgang.notebook.report import Report, once
from voortgang.notebook.verdicts import COUNTED, Judgement, Progress, count, expected, judge, progress
from voortgang.workspace.deal import Deal
from voortgang.workspace.deal_parts import Indicator
from voortgang.writing import dutch
from voortgang.writing.publishable import Fact, Source, Unit

OPEN_TARGET = "niet bepaald"
_ACHIEVEMENT = (
    *("id", "resultaat", "indicator", "eenheid", "jaar", "nulwaarde", "vorige", "waarde", "gemeten", "doelwaarde"),
    *("met_doel", "doelbereik", "verwacht", "oordeel", "regel", "oordeel_tekst", "nulwaarde_tekst", "vorige_tekst"),
    *("waarde_tekst", "doel_tekst", "doelbereik_tekst"),
)
PARTS = {"gemeente": ("gemeente", "gemeenten"), "sector": ("sector", "sectoren")}
"""What the parts of an indicator are called, one and many."""


@once
def judgement(report: Report, indicator: Indicator) -> Judgement:
    """Return the verdict on an indicator, with the rule that decided."""
    term = report.deal.term
    due = term.due(indicator).year
    then = round_in(report, indicator, due) if due <= report.year else None
    if indicator.series_of(due) != indicator.series_of(report.year):
        then = None
    return judge(indicator, term, report.reference_date, rounds(report, indicator), then)


@once
def achievement(report: Report, pillar: str) -> pd.DataFrame:
    """Return baseline, value, target and verdict of each indicator of a pillar.

    Returns
    -------
    DataFrame
        Index: id of the indicator. Columns: `resultaat`, `indicator`, `eenheid`, `nulwaarde`, `vorige` (value a year
        before), `waarde` (the last known), `gemeten` (its day), `doelwaarde`, `met_doel` (whether there is a target),
        `doelbereik` (0–1, of the target or of the parts; missing where there is none or a part is missing), `verwacht`
        (0–1, at an even pace on the day of the value; missing for a milestone), `oordeel`, `regel` (that decided),
        `oordeel_tekst` (with what is missing, provisional or older), and the texts `nulwaarde_tekst`, `vorige_tekst`,
        `waarde_tekst`, `doel_tekst`, `doelbereik_tekst`.
    """
    rows = [_row(report, result.name, each) for result in report.deal.results_of(pillar) for each in result.indicators]

    def cells(key: str, row: pd.Series, column: str) -> Iterable[Fact]:
        indicator, year = indicator_of(report.deal, key), None if pd.isna(row["gemeten"]) else row["jaar"]
        match column:
            case "nulwaarde_tekst":
                return goal_facts(report, indicator, "nulwaarde", row["nulwaarde"])
            case "vorige_tekst":
                return goal_facts(report, indicator, "waarde", row["vorige"], (year or report.year) - 1)
            case "waarde_tekst":
                return goal_facts(report, indicator, "waarde", row["waarde"], year)
            case "doel_tekst":
                return target_facts(report, indicator)
            case "doelbereik":
                return goal_facts(report, indicator, "doelbereik", row["doelbereik"], year)
            case "doelbereik_tekst":
                return _progress_facts(report, indicator)
            case "verwacht":
                return goal_facts(report, indicator, "verwacht", row["verwacht"], year)
        return ()

    return traced(pd.DataFrame(rows, columns=_ACHIEVEMENT).set_index("id"), report, pillar, cells)


def _row(report: Report, result: str, indicator: Indicator) -> dict[str, object]:
    now, before, start = last_round(report, indicator), round_before(report, indicator), baseline(report, indicator)[0]
    found, judged = _progress(report, indicator, now), judgement(report, indicator)
    share = (
        found.of_parts if found.total is None and indicator.target is None and now and not now.missing else found.total
    )
    return {
        "id": indicator.id,
        "resultaat": result,
        "indicator": indicator.name,
        "eenheid": indicator.unit,
        "jaar": now.year if now else report.year,
        "nulwaarde": start,
        "vorige": before.total if before else None,
        "waarde": now.total if now else None,
        "gemeten": pd.Timestamp(now.day) if now else pd.NaT,
        "doelwaarde": indicator.target,
        "met_doel": indicator.has_target,
        "doelbereik": None if indicator.kind == "mijlpaal" else share,
        "verwacht": expected(indicator, report.deal.term, now.day if now else report.reference_date),
        "oordeel": judged.verdict,
        "regel": judged.rule,
        "oordeel_tekst": "; ".join([judged.verdict, *judged.remarks, *_remarks(report, indicator, now)]),
        "nulwaarde_tekst": total_of(indicator, start),
        "vorige_tekst": shown(indicator, before),
        "waarde_tekst": shown(indicator, now),
        "doel_tekst": target_text(report.deal, indicator),
        "doelbereik_tekst": _progress_text(indicator, found, now),
    }


def counted(goals: pd.DataFrame) -> dict[str, int]:
    """Return how many rows of `achievement` there are: all, with a target, and of these each kind of `COUNTED`."""
    verdicts = goals.loc[goals["met_doel"].astype(bool), "oordeel"]
    counts = {kind: count(verdicts, among) for kind, among in COUNTED.items()}
    return {"indicatoren": len(goals), "met_doel": len(verdicts), **counts}


def _progress(report: Report, indicator: Indicator, now: Round | None) -> Progress:
    return progress(indicator, now, baseline(report, indicator)[0]) if now else Progress()


def _progress_text(indicator: Indicator, found: Progress, now: Round | None) -> str:
    """Write how far a target is: a share of the target, how many parts have the minimum, or both."""
    if now is None or indicator.kind == "mijlpaal":
        return dutch.MISSING
    texts = [] if found.total is None else [dutch.share(found.total)]
    texts += [_parts_text(indicator, found, now)] if found.parts else []
    return "; ".join(texts) or dutch.MISSING


def _parts_text(indicator: Indicator, found: Progress, now: Round) -> str:
    at_least = "minstens " if now.missing else ""
    one, many = PARTS[indicator.scope]
    return f"{at_least}{found.reached} van {found.parts} {one if found.parts == 1 else many}"


def _progress_facts(report: Report, indicator: Indicator) -> Iterable[Fact]:
    now = last_round(report, indicator)
    if now is None or indicator.kind == "mijlpaal":
        return
    found = _progress(report, indicator, now)
    yield from goal_facts(report, indicator, "doelbereik", found.total, now.year)
    if found.parts:
        text = _parts_text(indicator, found, now).removeprefix("minstens ")
        yield from goal_facts(report, indicator, "gehaald", found.reached, now.year, text=text)


def target_facts(report: Report, indicator: Indicator) -> Iterable[Fact]:
    """Return the facts in the text of a target."""
    if indicator.target is not None:
        yield from goal_facts(report, indicator, "doelwaarde", indicator.target)
    if indicator.target_per_part is not None:
        kind = "doelwaarde" if indicator.target is None else "minimum"
        yield from goal_facts(report, indicator, kind, indicator.target_per_part)


def goal_facts(
    report: Report,
    indicator: Indicator,
    kind: str,
    value: float | None,
    year: int | None = None,
    of: str = "",
    text: str | None = None,
) -> Iterable[Fact]:
    """Return a figure of an indicator as a fact.

    Parameters
    ----------
    kind
        `waarde`, `nulwaarde`, `doelwaarde`, `minimum`, `doelbereik`, `gehaald`, `verwacht`, `verwachting_laag` or
        `verwachting_hoog`.
    value
        The figure; there is no fact without one.
    year
        The year that it is about; the reporting year by default.
    of
        Id of the municipality or sector that it is about; the region by default.
    text
        How it is written; by the indicator when absent.
    """
    labels = {
        "waarde": indicator.name,
        "nulwaarde": f"Nulwaarde van: {indicator.name}",
        "doelwaarde": f"Doelwaarde van: {indicator.name}",
        "minimum": f"Minimum per {indicator.scope} van: {indicator.name}",
        "doelbereik": f"Doelbereik van: {indicator.name}",
        "gehaald": f"Delen die het minimum hebben bereikt van: {indicator.name}",
        "verwacht": f"Doelbereik bij een gelijkmatig tempo van: {indicator.name}",
        "verwachting_laag": f"Laagste verwachting van: {indicator.name}",
        "verwachting_hoog": f"Hoogste verwachting van: {indicator.name}",
    }
    until = range(report.deal.term.first_year, (year or report.year) + 1)
    rows = {
        "waarde": [_measured(report, indicator, [year or report.year], of)],
        "nulwaarde": [_measured(report, indicator, until)] if indicator.baseline is None else [],
        "doelbereik": [_measured(report, indicator, [year or report.year])],
        "gehaald": [_measured(report, indicator, [year or report.year])],
        "verwachting_laag": [_measured(report, indicator, until)],
        "verwachting_hoog": [_measured(report, indicator, until)],
    }.get(kind, [])
    if kind not in {"waarde", "verwachting_laag", "verwachting_hoog"}:
        rows = [*rows, covenant(report, indicator.article)]
    about = {
        "pijler": report.deal.pillar_of(indicator.id),
        "resultaat": next(each.id for each in report.deal.results if indicator in each.indicators),
        "indicator": indicator.id,
    }
    name = labels[kind]
    if of:
        about[indicator.scope] = of
        named = {sector.id: sector.name for sector in report.deal.sectors}
        named |= {party.id: party.short for party in report.deal.municipalities}
        name = f"{name}: {named[of]}"
    share, expectation = kind in {"doelbereik", "verwacht"}, kind.startswith("verwachting")
    together = not of and kind in {"waarde", "nulwaarde"}
    write = total_of if together else number_of
    written = None if share or value is None or pd.isna(value) else write(indicator, float(value))
    key = f"indicator.{part(indicator.id)}.{kind}{f'_{part(of)}' if of else ''}"
    counts = kind == "gehaald" or (together and _counts_parts(indicator))
    unit: Unit = "aandeel" if share else "aantal" if counts else indicator.measure
    return fact(
        report, key, name, value, unit, "doelbereik", rows, about, text or written, year=year, forecast=expectation
    )


def _measured(report: Report, indicator: Indicator, years: Iterable[int], of: str = "") -> Source:
    measured = indicator.sum_of or (indicator.id,)
    while any(indicator_of(report.deal, each).sum_of for each in measured):
        measured = tuple(leaf for each in measured for leaf in indicator_of(report.deal, each).sum_of or (each,))
    only = {indicator.scope: of} if of else {}
    return source(report, "metingen", indicator_id=measured, verslagjaar=list(years), **only)


def target_text(deal: Deal, indicator: Indicator) -> str:
    """Return the target as the report writes it; "niet bepaald" where the covenant leaves it open."""
    if indicator.kind == "mijlpaal":
        return f"ja, in elke {indicator.scope}" if _counts_parts(indicator) else "ja"
    if not indicator.has_target:
        return OPEN_TARGET
    qualifier = f"{indicator.target_qualifier} " if indicator.target_qualifier else ""
    if indicator.target is None:
        return f"{qualifier}{number_of(indicator, indicator.target_per_part)} per {indicator.scope}"
    together = f"{qualifier}{number_of(indicator, indicator.target)}"
    if indicator.target_per_part is None:
        return together
    return f"{together} samen en minimaal {number_of(indicator, indicator.target_per_part)} per {indicator.scope}"


def shown(indicator: Indicator, now: Round | None) -> str:
    """Write the value of a round; where parts are missing, it is the sum without those, and says so."""
    if now is None or now.total is None:
        return dutch.MISSING
    without = f", zonder {dutch.listing(now.missing.values())}" if now.missing else ""
    of = f" van {dutch.count(len(now.asked), *PARTS[indicator.scope])}" if _counts_parts(indicator) else ""
    return f"{total_of(indicator, now.total)}{of}{without}"


def with_unit(indicator: Indicator) -> str:
    """Return the name of an indicator, with its unit where it is measured in percent: its values do not tell."""
    return f"{indicator.name} ({indicator.unit})" if indicator.measure == "procent" else indicator.name


def total_of(indicator: Indicator, value: float | None) -> str:
    """Write what the parts of an indicator have together: of a milestone, how many have reached it."""
    return dutch.number(value) if value is not None and _counts_parts(indicator) else number_of(indicator, value)


def _counts_parts(indicator: Indicator) -> bool:
    """Return whether the sum over the parts is a number of parts: some with "ja" do not make the milestone."""
    return indicator.kind == "mijlpaal" and indicator.scope in PARTS


def number_of(indicator: Indicator, value: float | None) -> str:
    """Write a value of an indicator."""
    if value is None:
        return dutch.MISSING
    if indicator.kind == "mijlpaal":
        return "ja" if value >= 1 else "nee"
    return dutch.number(value, indicator.decimals)


def _remarks(report: Report, indicator: Indicator, now: Round | None) -> list[str]:
    """Say what a reader must know of the value: its day where it is older, what is missing or provisional."""
    days = dutch.listing(dutch.long_date(each.date) for each in indicator.target_changes)
    breaks = [
        *([f"doel gewijzigd op {days}"] if days else []),
        *(f"reeksbreuk in {each.year}" for each in indicator.breaks),
    ]
    if now is None:
        return breaks
    older = [f"stand van {dutch.long_date(now.day)}"] if now.year < report.year or report.is_half_year else []
    missing = [f"zonder {dutch.listing(now.missing.values())}"] if now.missing else []
    provisional = ["voorlopig"] if now.provisional else []
    return [*older, *missing, *provisional, *breaks, *_other_parts(report, indicator, now)]


def _other_parts(report: Report, indicator: Indicator, now: Round) -> list[str]:
    """Say which parts the value before counts and this one does not, or the other way round: a party came or left."""
    before = round_before(report, indicator)
    if before is None or not before.parts:
        return []
    then, since = before.asked, now.asked
    others = {"met": then - since, "zonder": since - then}
    named = {
        word: dutch.listing(each.short for each in report.deal.municipalities if each.id in keys)
        for word, keys in others.items()
    }
    told = ", en ".join(f"{word} {names}" for word, names in named.items() if names)
    return [f"in {before.year} nog {told}"] if told else []
