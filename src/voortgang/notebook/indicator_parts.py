"""Indicators part by part: in each municipality or sector (Art. 3 "in iedere gemeente")."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from voortgang.notebook.display import Shown
from voortgang.notebook.facts import traced
from voortgang.notebook.goals import goal_facts, number_of
from voortgang.notebook.measurements import Round, indicator_of, last_round, part_names, round_in
from voortgang.notebook.report import Report, once
from voortgang.notebook.verdicts import meets
from voortgang.workspace.deal_parts import Indicator
from voortgang.writing import dutch
from voortgang.writing.publishable import Fact, Text, quote


@once
def parts(report: Report, indicator_id: str) -> pd.DataFrame:
    """Return an indicator per municipality or sector, as last measured.

    Returns
    -------
    DataFrame
        Index: id of the municipality or sector. Columns: `deel` (name), `waarde` (missing where there is no figure),
        `minimum` (what each must reach, missing where the covenant sets none), `gehaald` (ja, nee or –).
    """
    indicator = indicator_of(report.deal, indicator_id)
    now = _now(report, indicator)
    names, minimum = part_names(report, indicator, now.year), indicator.target_per_part
    values = pd.Series(now.parts, dtype="float64").reindex(list(names))
    reached = [
        dutch.MISSING if minimum is None or pd.isna(value) else ("ja" if meets(indicator, value, minimum) else "nee")
        for value in values
    ]
    frame = pd.DataFrame(
        {"deel": pd.Series(names), "waarde": values, "minimum": minimum, "gehaald": reached},
        index=list(names),
    )

    def cells(key: str, row: pd.Series, column: str) -> Iterable[Fact]:
        if column == "waarde":
            return goal_facts(report, indicator, "waarde", row["waarde"], now.year, of=key)
        return goal_facts(report, indicator, "minimum", minimum) if column == "minimum" else ()

    return traced(frame, report, report.deal.pillar_of(indicator_id), cells)


def parts_by_indicator(report: Report, pillar: str, scope: str = "gemeente") -> pd.DataFrame:
    """Return all indicators of a pillar that are measured per municipality (or sector), side by side.

    Returns
    -------
    DataFrame
        Index: id of the municipality or sector. Columns: `deel` (name), then one column per indicator, named after it.
    """
    chosen = [i for r in report.deal.results_of(pillar) for i in r.indicators if i.scope == scope]
    found = {indicator.name: _now(report, indicator) for indicator in chosen}
    last = max((each.year for each in found.values()), default=report.year)
    names = part_names(report, chosen[0], last) if chosen else {}
    frame = pd.DataFrame({"deel": pd.Series(names, dtype="str")})
    for name, now in found.items():
        frame[name] = pd.Series(now.parts, dtype="float64").reindex(frame.index)
    named = {indicator.name: indicator for indicator in chosen}

    def cells(key: str, row: pd.Series, column: str) -> Iterable[Fact]:
        if column not in named:
            return ()
        return goal_facts(report, named[column], "waarde", row[column], found[column].year, of=key)

    return traced(frame, report, pillar, cells)


def measured_on(report: Report, *of: str, scope: str = "", until: bool = False) -> str:
    """Return when figures were measured, as a caption writes it: `op 31 december 2020`.

    Where they were not all measured on one day, it says up to which. Without a measurement it is the reference date.

    Parameters
    ----------
    of
        Indicators, or pillars for all indicators of theirs; all of the deal where none is named.
    scope
        Only those measured in each `gemeente` or `sector`.
    until
        Say up to which day, for what shows earlier measurements too: `tot en met 31 december 2020`.
    """
    deal = report.deal
    asked = [each for each in deal.indicators if not of or each.id in of or deal.pillar_of(each.id) in of]
    found = (last_round(report, each) for each in asked if scope in ("", each.scope))
    days = sorted({each.day for each in found if each is not None and each.parts})
    if until:
        return f"tot en met {dutch.long_date(days[-1]) if days else report.peildatum}"
    if len(days) > 1:
        return f"volgens de laatste metingen tot en met {dutch.long_date(days[-1])}"
    return f"op {dutch.long_date(days[0]) if days else report.peildatum}"


def undated(achievement: pd.DataFrame) -> pd.DataFrame:
    """Return goal achievement with verdicts that do not each name one and the same day: the caption does, once.

    Where figures were measured on different days, each verdict keeps the day that it is about.
    """
    days = achievement["gemeten"].dropna().unique()
    if len(days) != 1:
        return achievement
    day = f"; stand van {dutch.long_date(pd.Timestamp(days[0]).date())}"
    return achievement.assign(oordeel_tekst=achievement["oordeel_tekst"].str.replace(day, "", regex=False))


def with_units(achievement: pd.DataFrame) -> pd.DataFrame:
    """Return goal achievement with the unit behind the name of what is measured in percent: its values do not tell."""
    names, units = achievement["indicator"], achievement["eenheid"].astype("object")
    return achievement.assign(
        indicator=[
            f"{name} ({unit})" if str(unit).startswith(("%", "procent")) else name
            for name, unit in zip(names, units, strict=True)
        ]
    )


def _now(report: Report, indicator: Indicator) -> Round:
    """Return the last round; one without figures when there is none."""
    return last_round(report, indicator) or round_in(report, indicator, report.year)


def minimums(report: Report, pillar: str, scope: str = "gemeente") -> pd.DataFrame:
    """Return what each part has of everything that the covenant asks in every part, side by side.

    Returns
    -------
    DataFrame
        Index: id of the municipality or sector. Columns, all text: `deel` (name), then one column per indicator with a
        minimum, named after it: the figure, with the minimum where it is not reached, or `geen cijfer`.
    """
    mine = [each for result in report.deal.results_of(pillar) for each in result.indicators]
    chosen = {each.name: each for each in mine if each.scope == scope and each.target_per_part is not None}
    found = {name: parts(report, each.id) for name, each in chosen.items()}
    rows = {
        key: {"deel": name, **{each: _figure(chosen[each], found[each].loc[key]) for each in chosen}}
        for frame in found.values()
        for key, name in frame["deel"].items()
    }

    def cells(key: str, row: pd.Series, column: str) -> Iterable[Fact]:
        if column not in chosen:
            return ()
        now = _now(report, chosen[column])
        facts = list(goal_facts(report, chosen[column], "waarde", now.parts.get(key), now.year, of=key))
        if "(" in str(row[column]):
            facts += goal_facts(report, chosen[column], "minimum", chosen[column].target_per_part)
        return facts

    return traced(pd.DataFrame.from_dict(rows, orient="index", columns=["deel", *chosen]), report, pillar, cells)


def below_minimum(report: Report, pillar: str) -> Shown:
    """Say in which municipalities a pillar does not have what the covenant asks in each (Art. 3), or has no figure.

    Nothing is said where the covenant names no minimum per municipality.
    """
    chosen = [
        each
        for result in report.deal.results_of(pillar)
        for each in result.indicators
        if each.scope == "gemeente" and each.target_per_part is not None
    ]
    if not chosen:
        return Shown((Text(paragraphs=()),))
    said, facts = ["Het convenant noemt een minimum per gemeente."], dict[str, Fact]()
    for indicator in chosen:
        frame = parts(report, indicator.id)
        sentence, quoted = _below(report, indicator, frame)
        said.append(quote(sentence, *quoted))
        facts |= {each.id: each for each in quoted}
        if len(unknown := frame.loc[frame["waarde"].isna(), "deel"]):
            every = len(unknown) == len(frame) > 1
            lacks = (
                "heeft geen enkele gemeente een cijfer" if every else f"is er geen cijfer van {dutch.listing(unknown)}"
            )
            said.append(f"Bij {dutch.in_sentence(indicator.name)} {lacks}.")
    said = [each for each in said if each]
    if len(said) == 1:
        said = ["Het convenant noemt een minimum per gemeente; elke gemeente haalt het."]
    return Shown((Text(paragraphs=(" ".join(said),)), *facts.values()))


def _below(report: Report, indicator: Indicator, frame: pd.DataFrame) -> tuple[str, list[Fact]]:
    """Say which municipalities do not reach a minimum, with what they have; of nearly all, which do."""
    below, reached = frame[frame["gehaald"] == "nee"], frame[frame["gehaald"] == "ja"]
    if below.empty:
        return "", []
    told = indicator.kind != "mijlpaal"  # who has not reached it has "nee", and the minimum is "ja"
    minimum = f" (minimum {number_of(indicator, float(below['minimum'].iloc[0]))})" if told else ""
    facts = list(goal_facts(report, indicator, "minimum", indicator.target_per_part)) if told else []
    opening, yet = f"Bij {dutch.in_sentence(indicator.name)}{minimum}", "niet" if report.has_ended else "nog niet"
    if len(below) == len(frame):
        return f"{opening} haalt {'geen' if report.has_ended else 'nog geen'} enkele gemeente het.", facts
    only = len(below) > dutch.NAMED and len(reached) > 0
    named = reached if only else below
    figure = {key: f" ({number_of(indicator, row['waarde'])})" if told else "" for key, row in named.iterrows()}
    places = dutch.listing(f"{row['deel']}{figure[key]}" for key, row in named.iterrows())
    verb, year = "halen" if len(named) > 1 else "haalt", _now(report, indicator).year
    for key, row in named.iterrows() if told else ():
        facts += goal_facts(report, indicator, "waarde", row["waarde"], year, of=str(key))
    return f"{opening} {verb} {'alleen ' if only else ''}{places} het{'' if only else f' {yet}'}.", facts


def _figure(indicator: Indicator, row: pd.Series) -> str:
    if pd.isna(row["waarde"]):
        return "geen cijfer"
    figure = number_of(indicator, float(row["waarde"]))
    if row["gehaald"] == "ja" or indicator.kind == "mijlpaal":
        return figure
    return f"{figure} (minimum {number_of(indicator, row['minimum'])})"
