"""Goal achievement against the intended results of Art. 3 (Art. 7.4b).

The rule for "op schema": progress is expected to be even, from nothing at the start of the first year to the
target at the end of the target year (the end of the deal, Art. 17, where the covenant names no year). An indicator
is on track while it is at most `MARGIN` below that line.

Where the definition of an indicator has changed, years before and after are not compared: a trend, a forecast and a
baseline that is a measurement start anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import pandas as pd

from voortgang.notebook.facts import covenant, fact, part, source, traced
from voortgang.notebook.report import Report, once
from voortgang.workspace.deal import Deal, Indicator
from voortgang.writing import dutch
from voortgang.writing.publishable import Fact, Source, Unit

MARGIN = 0.10
"""How far below an even pace (as a share of the target) still counts as on track."""

ACHIEVED, ON_TRACK, BEHIND = "behaald", "op schema", "achter op schema"
IMPROVING, NOT_IMPROVING, UNKNOWN = "ontwikkelt zich zoals bedoeld", "nog geen verbetering", "nog geen meting"
_ACHIEVEMENT = (
    *(
        "id",
        "resultaat",
        "indicator",
        "eenheid",
        "nulwaarde",
        "vorige",
        "waarde",
        "doelwaarde",
        "doelbereik",
        "verwacht",
    ),
    *("oordeel", "oordeel_tekst", "nulwaarde_tekst", "vorige_tekst", "waarde_tekst", "doel_tekst"),
)
OPEN_TARGET = "nog niet bepaald"
WITHIN, UNSURE, BEYOND = "binnen bereik", "mogelijk", "bij dit tempo buiten bereik"
TOO_FEW = "nog te weinig metingen"


@dataclass(frozen=True)
class Value:
    """The value of an indicator in one year.

    `missing` names the municipalities or sectors without a figure; `provisional` says that a figure may still change.
    """

    value: float | None
    missing: tuple[str, ...] = ()
    provisional: bool = False


@once
def achievement(report: Report, pillar: str) -> pd.DataFrame:
    """Return baseline, value, target and verdict of each indicator of a pillar.

    Returns
    -------
    DataFrame
        Index: id of the indicator. Columns: `resultaat`, `indicator`, `eenheid`, `nulwaarde`, `vorige` (value a year
        earlier), `waarde`, `doelwaarde`, `doelbereik` (0–1, missing where the covenant leaves the target open),
        `verwacht` (0–1, at an even pace), `oordeel`, `oordeel_tekst` (with what is missing or provisional), and the
        texts `nulwaarde_tekst`, `vorige_tekst`, `waarde_tekst`, `doel_tekst`.
    """
    rows = []
    for result in report.deal.results_of(pillar):
        for indicator in result.indicators:
            now = _value(report, indicator, report.year)
            before = _value(report, indicator, report.year - 1)
            share = _share(report, indicator, now.value)
            verdict = _verdict(report, indicator, now.value, share)
            rows.append(
                {
                    "id": indicator.id,
                    "resultaat": result.name,
                    "indicator": indicator.name,
                    "eenheid": indicator.unit,
                    "nulwaarde": _baseline(report, indicator),
                    "vorige": before.value,
                    "waarde": now.value,
                    "doelwaarde": indicator.target,
                    "doelbereik": share,
                    "verwacht": expected_share(report.deal, indicator, report.year),
                    "oordeel": verdict,
                    "oordeel_tekst": "; ".join([verdict, *_remarks(now), *_broken(indicator)]),
                    "nulwaarde_tekst": _number(indicator, _baseline(report, indicator)),
                    "vorige_tekst": _number(indicator, before.value),
                    "waarde_tekst": _number(indicator, now.value),
                    "doel_tekst": target_text(report.deal, indicator),
                }
            )
    columns = {
        "nulwaarde_tekst": ("nulwaarde", "nulwaarde", None),
        "vorige_tekst": ("waarde", "vorige", report.year - 1),
        "waarde_tekst": ("waarde", "waarde", None),
        "doel_tekst": ("doelwaarde", "doelwaarde", None),
        "doelbereik": ("doelbereik", "doelbereik", None),
        "verwacht": ("verwacht", "verwacht", None),
    }

    def cells(key: str, row: pd.Series, column: str) -> Iterable[Fact]:
        if column not in columns:
            return ()
        kind, holds, year = columns[column]
        indicator = _indicator(report.deal, key)
        value = _target(indicator) if kind == "doelwaarde" else row[holds]
        return goal_facts(report, indicator, kind, value, year)

    return traced(pd.DataFrame(rows, columns=_ACHIEVEMENT).set_index("id"), report, pillar, cells)


def goal_facts(
    report: Report, indicator: Indicator, kind: str, value: float | None, year: int | None = None, of: str = ""
) -> Iterable[Fact]:
    """Return a figure of an indicator as a fact.

    Parameters
    ----------
    kind
        `waarde`, `nulwaarde`, `doelwaarde`, `minimum`, `doelbereik`, `verwacht`, `verwachting_laag` or
        `verwachting_hoog`.
    value
        The figure; there is no fact without one.
    year
        The year that it is about; the reporting year by default.
    of
        Id of the municipality or sector that it is about; the region by default.
    """
    labels = {
        "waarde": indicator.name,
        "nulwaarde": f"Nulwaarde van: {indicator.name}",
        "doelwaarde": f"Doelwaarde van: {indicator.name}",
        "minimum": f"Minimum per {indicator.scope} van: {indicator.name}",
        "doelbereik": f"Doelbereik van: {indicator.name}",
        "verwacht": f"Doelbereik bij een gelijkmatig tempo van: {indicator.name}",
        "verwachting_laag": f"Laagste verwachting van: {indicator.name}",
        "verwachting_hoog": f"Hoogste verwachting van: {indicator.name}",
    }
    until = range(report.deal.term.first_year, (year or report.year) + 1)
    rows = {
        "waarde": [_measured(report, indicator, [year or report.year], of)],
        "nulwaarde": [_measured(report, indicator, until)] if indicator.baseline is None else [],
        "doelbereik": [_measured(report, indicator, [year or report.year])],
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
    share, expected = kind in {"doelbereik", "verwacht"}, kind.startswith("verwachting")
    shown = None if share or value is None or pd.isna(value) else _number(indicator, float(value))
    key = f"indicator.{part(indicator.id)}.{kind}{f'_{part(of)}' if of else ''}"
    unit: Unit = "aandeel" if share else indicator.measure
    return fact(report, key, name, value, unit, "doelbereik", rows, about, shown, year=year, forecast=expected)


def _measured(report: Report, indicator: Indicator, years: Iterable[int], of: str = "") -> Source:
    measured = indicator.sum_of or (indicator.id,)
    while any(_indicator(report.deal, each).sum_of for each in measured):
        measured = tuple(leaf for each in measured for leaf in _indicator(report.deal, each).sum_of or (each,))
    only = {indicator.scope: of} if of else {}
    return source(report, "metingen", indicator_id=measured, verslagjaar=list(years), **only)


def _target(indicator: Indicator) -> float | None:
    return indicator.target_per_part if indicator.target is None else indicator.target


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
        `waarde_tekst`, `reeks` (the number of the series; values of another number cannot be compared).
    """
    rows = [
        (
            indicator.id,
            indicator.name,
            indicator.unit,
            year,
            (value := _value(report, indicator, year)).value,
            _share(report, indicator, value.value, year),
            value.provisional,
            _number(indicator, value.value),
            indicator.series_of(year),
        )
        for result in report.deal.results_of(pillar)
        for indicator in result.indicators
        if not without_target or indicator.open_target is not None
        for year in report.years
    ]
    names = ["indicator_id", "indicator", "eenheid", "verslagjaar", "waarde", "doelbereik", "voorlopig"]
    names += ["waarde_tekst", "reeks"]

    def cells(key: str, row: pd.Series, column: str) -> Iterable[Fact]:
        if column not in {"waarde", "doelbereik"}:
            return ()
        return goal_facts(
            report, _indicator(report.deal, row["indicator_id"]), column, row[column], int(row["verslagjaar"])
        )

    return traced(pd.DataFrame(rows, columns=names), report, pillar, cells)


def definitions(report: Report) -> pd.DataFrame:
    """Return every indicator as the covenant describes it (Art. 3).

    Returns
    -------
    DataFrame
        Index: id of the indicator. Columns, all text: `indicator`, `eenheid`, `richting`, `nulwaarde_tekst`,
        `doel_tekst`, `artikel`.
    """
    rows = {
        indicator.id: (
            "; ".join([indicator.name, *(f"reeksbreuk in {each.year}: {each.summary}" for each in indicator.breaks)]),
            indicator.unit,
            indicator.direction,
            _number(indicator, None if indicator.baseline is None else float(indicator.baseline)),
            target_text(report.deal, indicator),
            result.article,
        )
        for result in report.deal.results
        for indicator in result.indicators
    }
    columns = ["indicator", "eenheid", "richting", "nulwaarde_tekst", "doel_tekst", "artikel"]

    def cells(key: str, row: pd.Series, column: str) -> Iterable[Fact]:
        indicator = _indicator(report.deal, key)
        if column == "nulwaarde_tekst":
            return goal_facts(report, indicator, "nulwaarde", indicator.baseline)
        return goal_facts(report, indicator, "doelwaarde", _target(indicator)) if column == "doel_tekst" else ()

    return traced(pd.DataFrame.from_dict(rows, orient="index", columns=columns), report, "totaal", cells)


def forecast(report: Report, pillar: str) -> pd.DataFrame:
    """Return where each indicator of a pillar with a target will stand at the end of the deal, as a range.

    The method is plain on purpose: in each year that remains the value changes at least as much as in the year with the
    smallest change so far, and at most as much as in the year with the largest. Two changes are needed, so three
    measurements; a milestone has no pace.

    Returns
    -------
    DataFrame
        Index: id of the indicator. Columns, all text but the first: `indicator`, `waarde_tekst`, `verwachting_tekst`,
        `doel_tekst`, `vooruitzicht`. No rows once the deal has ended.
    """
    remaining = report.deal.term.end.year - report.year
    rows, found = {}, {}
    for result in report.deal.results_of(pillar) if remaining > 0 else ():
        for indicator in result.indicators:
            if indicator.target is None or indicator.kind == "mijlpaal":
                continue
            known = [_value(report, indicator, year).value for year in _comparable(report, indicator)]
            values = [value for value in known if value is not None]
            shown = (indicator.name, _number(indicator, values[-1] if values else None))
            if known[-1] is None or len(values) < 3:
                expected, prospect = dutch.MISSING, TOO_FEW
            else:
                steps = [later - earlier for earlier, later in pairwise(values)]
                low, high = (values[-1] + remaining * step for step in (min(steps), max(steps)))
                expected = f"{_number(indicator, max(low, 0.0))} tot {_number(indicator, max(high, 0.0))}"
                found[indicator.id] = (max(low, 0.0), max(high, 0.0))
                prospect = _prospect(indicator, low, high)
            rows[indicator.id] = (*shown, expected, target_text(report.deal, indicator), prospect)
    columns = ["indicator", "waarde_tekst", "verwachting_tekst", "doel_tekst", "vooruitzicht"]

    def cells(key: str, row: pd.Series, column: str) -> Iterable[Fact]:
        indicator = _indicator(report.deal, key)
        if column == "waarde_tekst":
            known = [year for year in report.years if _value(report, indicator, year).value is not None]
            year = known[-1] if known else None
            return goal_facts(report, indicator, "waarde", _value(report, indicator, year or report.year).value, year)
        if column == "verwachting_tekst":
            ends = zip(("laag", "hoog"), found.get(key, ()), strict=False)
            return [each for end, value in ends for each in goal_facts(report, indicator, f"verwachting_{end}", value)]
        return goal_facts(report, indicator, "doelwaarde", _target(indicator)) if column == "doel_tekst" else ()

    return traced(pd.DataFrame.from_dict(rows, orient="index", columns=columns), report, pillar, cells)


def no_forecast(report: Report) -> str:
    """Say why a pillar has no forecast."""
    if report.year >= report.deal.term.end.year:
        return "De deal is ten einde; er is niets meer vooruit te kijken."
    return f"Geen indicator van deze {report.deal.pillar_word.one} heeft een doelwaarde om door te rekenen."


def _prospect(indicator: Indicator, low: float, high: float) -> str:
    target = float(indicator.target or 0)
    reached = [value <= target if indicator.direction == "dalen" else value >= target for value in (low, high)]
    return WITHIN if all(reached) else (UNSURE if any(reached) else BEYOND)


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
            values = {str(year): _number(indicator, _value(report, indicator, year).value) for year in report.years}
            rows[indicator.id] = {
                "indicator": indicator.name,
                **values,
                "doel_tekst": target_text(report.deal, indicator),
            }

    def cells(key: str, row: pd.Series, column: str) -> Iterable[Fact]:
        indicator = _indicator(report.deal, key)
        if column.isdecimal():
            return goal_facts(report, indicator, "waarde", _value(report, indicator, int(column)).value, int(column))
        return goal_facts(report, indicator, "doelwaarde", _target(indicator)) if column == "doel_tekst" else ()

    return traced(pd.DataFrame.from_dict(rows, orient="index"), report, pillar, cells)


@once
def parts(report: Report, indicator_id: str) -> pd.DataFrame:
    """Return an indicator per municipality or sector.

    Returns
    -------
    DataFrame
        Index: id of the municipality or sector. Columns: `deel` (name), `waarde` (missing where there is no figure),
        `minimum` (what each must reach, missing where the covenant sets none), `gehaald` (ja, nee or –).
    """
    indicator = _indicator(report.deal, indicator_id)
    names = _part_names(report, indicator, report.year)
    values = _part_values(report, indicator, report.year)
    minimum = indicator.target_per_part
    reached = [
        dutch.MISSING if minimum is None or pd.isna(value) else ("ja" if value >= minimum else "nee")
        for value in values
    ]
    frame = pd.DataFrame(
        {"deel": pd.Series(names), "waarde": values, "minimum": minimum, "gehaald": reached},
        index=list(names),
    )

    def cells(key: str, row: pd.Series, column: str) -> Iterable[Fact]:
        if column == "waarde":
            return goal_facts(report, indicator, "waarde", row["waarde"], of=key)
        return goal_facts(report, indicator, "minimum", minimum) if column == "minimum" else ()

    return traced(frame, report, report.deal.pillar_of(indicator_id), cells)


@once
def minimums(report: Report, pillar: str, scope: str = "gemeente") -> pd.DataFrame:
    """Return whether each municipality (or sector) has what the covenant asks at least of each.

    Returns
    -------
    DataFrame
        Index: id of the municipality or sector. Columns, all text: `deel` (name), and one for each indicator of the
        pillar with such a minimum, named after it. No rows where the covenant sets none.
    """
    chosen = {
        each.name: each
        for result in report.deal.results_of(pillar)
        for each in result.indicators
        if each.scope == scope and each.target_per_part is not None and not each.sum_of
    }
    found = {name: parts(report, each.id) for name, each in chosen.items()}

    def shown(indicator: Indicator, row: pd.Series) -> str:
        least = _number(indicator, float(row["minimum"]))
        if pd.isna(row["waarde"]):
            return f"geen cijfer (minimum {least})"
        reached = "gehaald" if row["gehaald"] == "ja" else "niet gehaald"
        return f"{_number(indicator, float(row['waarde']))} (minimum {least}, {reached})"

    columns = {
        name: frame.apply(lambda row, name=name: shown(chosen[name], row), axis=1) for name, frame in found.items()
    }
    names = next((frame["deel"] for frame in found.values()), pd.Series(dtype="str"))
    frame = pd.DataFrame({"deel": names, **columns})

    def cells(key: str, row: pd.Series, column: str) -> Iterable[Fact]:
        if column not in chosen:
            return ()
        value = goal_facts(report, chosen[column], "waarde", found[column].at[key, "waarde"], of=key)
        return (*value, *goal_facts(report, chosen[column], "minimum", chosen[column].target_per_part))

    return traced(frame, report, pillar, cells)


def parts_by_indicator(report: Report, pillar: str, scope: str = "gemeente") -> pd.DataFrame:
    """Return all indicators of a pillar that are measured per municipality (or sector), side by side.

    Returns
    -------
    DataFrame
        Index: id of the municipality or sector. Columns: `deel` (name), then one column per indicator, named after it.
    """
    chosen = [i for r in report.deal.results_of(pillar) for i in r.indicators if i.scope == scope]
    names = _part_names(report, chosen[0], report.year) if chosen else {}
    frame = pd.DataFrame({"deel": pd.Series(names, dtype="str")})
    for indicator in chosen:
        frame[indicator.name] = _part_values(report, indicator, report.year)
    named = {indicator.name: indicator for indicator in chosen}

    def cells(key: str, row: pd.Series, column: str) -> Iterable[Fact]:
        return goal_facts(report, named[column], "waarde", row[column], of=key) if column in named else ()

    return traced(frame, report, pillar, cells)


def expected_share(deal: Deal, indicator: Indicator, year: int) -> float:
    """Return the share of the target (0–1) that an even pace would have reached at the end of `year`."""
    horizon = indicator.target_year or deal.term.end.year
    return min(1.0, (year - deal.term.first_year + 1) / (horizon - deal.term.first_year + 1))


def target_text(deal: Deal, indicator: Indicator) -> str:
    """Return the target as the report writes it; "nog niet bepaald" where the covenant leaves it open."""
    qualifier = f"{indicator.target_qualifier} " if indicator.target_qualifier else ""
    if indicator.kind == "mijlpaal":
        return "ja"
    if indicator.target is not None:
        return f"{qualifier}{_number(indicator, float(indicator.target))}"
    if indicator.target_per_part is not None:
        return f"{qualifier}{_number(indicator, float(indicator.target_per_part))} per {indicator.scope}"
    return OPEN_TARGET


def _number(indicator: Indicator, value: float | None) -> str:
    if value is None:
        return dutch.MISSING
    if indicator.kind == "mijlpaal":
        return "ja" if value >= 1 else "nee"
    return dutch.number(value, indicator.decimals)


def _indicator(deal: Deal, indicator_id: str) -> Indicator:
    return {indicator.id: indicator for indicator in deal.indicators}[indicator_id]


def _part_names(report: Report, indicator: Indicator, year: int) -> dict[str, str]:
    """Return the names of the sectors, or of the municipalities that took part at the end of a year."""
    if indicator.scope == "sector":
        return {sector.id: sector.name for sector in report.deal.sectors}
    return {party.id: party.short for party in report.deal.municipalities_on(report.day_in(year).date())}


def _comparable(report: Report, indicator: Indicator) -> list[int]:
    """Return the years so far since the definition of an indicator changed last."""
    now = indicator.series_of(report.year)
    return [year for year in report.years if indicator.series_of(year) == now]


def _rows(report: Report, indicator: Indicator, year: int) -> pd.DataFrame:
    """Return the latest measurement of each part in a year; the report only holds those up to its reference date."""
    rows, places = _latest(report, report.deal.pillar_of(indicator.id))
    return rows.iloc[places.get((indicator.id, year), [])]


@once
def _latest(report: Report, pillar: str) -> tuple[pd.DataFrame, Mapping[tuple[str, int], Sequence[int]]]:
    """Return the latest measurement of each part of each indicator in each year, and where those of one stand."""
    key = ["indicator_id", "verslagjaar"]
    rows = report.rows("metingen", pillar).sort_values("peildatum", kind="stable")
    rows = rows.drop_duplicates([*key, "gemeente", "sector"], keep="last")
    return rows, rows.groupby(key, observed=True).indices


def _part_values(report: Report, indicator: Indicator, year: int) -> pd.Series:
    values = _rows(report, indicator, year).set_index(indicator.scope)["waarde"]
    return values.reindex(list(_part_names(report, indicator, year))).astype("float64")


@once
def _value(report: Report, indicator: Indicator, year: int) -> Value:
    if indicator.sum_of:
        addends = [_value(report, _indicator(report.deal, part), year) for part in indicator.sum_of]
        values = [addend.value for addend in addends]
        return Value(
            None if None in values else sum(value for value in values if value is not None),
            tuple(name for addend in addends for name in addend.missing),
            any(addend.provisional for addend in addends),
        )
    rows = _rows(report, indicator, year)
    provisional = bool((rows["status"] == "voorlopig").any())
    if indicator.scope == "regio":
        known = rows["waarde"].dropna()
        return Value(None if known.empty else float(known.iloc[0]), (), provisional)
    values = _part_values(report, indicator, year)
    names = _part_names(report, indicator, year)
    missing = tuple(names[str(part)] for part in values.index[values.isna()])
    return Value(None if values.isna().all() else float(values.sum()), missing, provisional)


def _baseline(report: Report, indicator: Indicator) -> float | None:
    """Return the baseline; the first comparable measurement where the covenant gives none."""
    if indicator.baseline is not None:
        return float(indicator.baseline)
    known = (_value(report, indicator, year).value for year in _comparable(report, indicator))
    return next((value for value in known if value is not None), None)


def _share(report: Report, indicator: Indicator, value: float | None, year: int | None = None) -> float | None:
    """Return how much of the target is reached (0–1); none without a target or a value."""
    if value is None:
        return None
    if indicator.target is not None:
        start = _baseline(report, indicator) or 0.0
        if indicator.reached(start):  # the first measurement has nothing left to gain: no share of the way exists
            return 1.0 if indicator.reached(value) else 0.0
        return (value - start) / (indicator.target - start)
    if indicator.target_per_part is not None:
        values = _part_values(report, indicator, year or report.year)
        return float((values >= indicator.target_per_part).sum()) / len(values)
    return None


def _verdict(report: Report, indicator: Indicator, value: float | None, share: float | None) -> str:
    if value is None:
        return UNKNOWN
    if share is not None:
        if share >= 1:
            return ACHIEVED
        behind = share < expected_share(report.deal, indicator, report.year) - MARGIN
        # A milestone has no pace: it is late only when its year has passed.
        if indicator.kind == "mijlpaal":
            behind = report.year >= (indicator.target_year or report.deal.term.end.year)
        return BEHIND if behind else ON_TRACK
    start = _baseline(report, indicator)
    change = value - (start if start is not None else value)
    improved = change > 0 if indicator.direction == "stijgen" else change < 0
    return IMPROVING if improved else NOT_IMPROVING


def _broken(indicator: Indicator) -> list[str]:
    return [f"reeksbreuk in {each.year}" for each in indicator.breaks]


def _remarks(value: Value) -> list[str]:
    missing = [f"zonder {dutch.listing(value.missing)}"] if value.missing else []
    return missing + (["voorlopig"] if value.provisional else [])
