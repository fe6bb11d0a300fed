"""What deviates from plan, with the reason that its lead party gives; or that the reason is missing, and whose it is.

Of a project the party that leads it says why, of a result who measures it: each municipality for itself, and the party
that keeps the secretariat for the region and its sectors.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum
from itertools import chain, zip_longest

import pandas as pd

from voortgang.check.data import Data, View
from voortgang.check.findings import Finding, finding
from voortgang.notebook.goals import achievement
from voortgang.notebook.measurements import indicator_of, last_round
from voortgang.notebook.programme import LIGHTS, any_light, projects
from voortgang.notebook.report import Report
from voortgang.notebook.verdicts import (
    BASELINE,
    BEHIND,
    LATE,
    NOT_ACHIEVED,
    NOT_IMPROVING,
    SIGNS,
    UNDECIDED,
    UNKNOWN,
    meets,
)
from voortgang.workspace.deal_parts import Indicator
from voortgang.workspace.parameters import read_parameters
from voortgang.writing import dutch

DEVIATING = (NOT_ACHIEVED, LATE, BEHIND, NOT_IMPROVING)
"""The verdicts that ask for a reason, the heaviest first."""


class _Weight(IntEnum):
    HEAVY, LIGHT, PAST = range(3)


_Row = tuple[str, str, str]


def missing_reason(who: str) -> str:
    """Say that a reason is missing, and whose it is."""
    return f"De toelichting van {who} ontbreekt."


def attention(report: Report, pillar: str | None = None) -> pd.DataFrame:
    """Return the projects with a traffic light on orange or red.

    Returns
    -------
    DataFrame
        Columns as `programme.projects`; `toelichting` says so where there is none.
    """
    frame = projects(report, pillar)
    frame = frame[frame[["inhoud", "tijd", "geld"]].isin([LIGHTS["oranje"], LIGHTS["rood"]]).any(axis=1)]
    asked = frame["toelichting"].isna()
    return frame.assign(toelichting=frame["toelichting"].mask(asked, frame["penvoerder"].map(missing_reason)))


def no_light_asks(report: Report, pillar: str) -> str:
    """Say that no project of a pillar asks for attention, or that nobody has said so yet."""
    if any_light(projects(report, pillar)):
        none = "Geen enkel getoond project" if report.not_shown(pillar) else "Geen enkel project"
        return f"{none} in deze {report.word} heeft een stoplicht op oranje of rood."
    return f"Van de projecten in deze {report.word} is {report.yet}geen stoplicht bekend."


def nothing_deviates(report: Report) -> str:
    """Say that nothing deviates, of what there is: where nobody judged a project, no light is good news."""
    lights = any_light(projects(report))
    verdicts = {verdict for pillar in report.deal.pillars for verdict in achievement(report, pillar.id)["oordeel"]}
    yet = report.yet
    judged = bool(verdicts - {UNKNOWN, UNDECIDED, BASELINE})
    green = "Geen stoplicht staat op oranje of rood"
    if report.not_shown():
        green = "Bij de projecten die deze editie toont, staat geen stoplicht op oranje of rood"
    if lights and judged:
        return f"{green}, en geen resultaat blijft achter."
    if lights:
        return f"{green}. Over de resultaten is {yet}geen oordeel."
    if judged:
        return f"Geen resultaat blijft achter. Van projecten is {yet}geen stoplicht bekend."
    return f"Van projecten is {yet}geen stoplicht bekend, en over de resultaten is {yet}geen oordeel."


def behind(report: Report, pillar: str) -> pd.DataFrame:
    """Return the indicators of a pillar that stay behind, in the order of the covenant.

    Returns
    -------
    DataFrame
        Index: id of the indicator. Columns, all text: `indicator`, `stand` (sign and verdict), `toelichting`.
    """
    goals = achievement(report, pillar)
    goals = goals[goals["oordeel"].isin(DEVIATING)]
    return pd.DataFrame(
        {
            "indicator": goals["indicator"],
            "stand": goals["oordeel"].map(lambda verdict: f"{SIGNS[verdict]} {verdict}"),
            "toelichting": [_told(report, indicator_of(report.deal, key)) for key in goals.index],
        },
        index=goals.index,
        dtype="object",
    )


def deviations(report: Report, most: int = 3) -> pd.DataFrame:
    """Return the largest deviations of projects and of results.

    A target that is behind and a project with a red light go before an indicator without a target and an orange light,
    and a project that is finished comes last. Within each of these projects and results take turns: the project with
    most red lights, the result that is furthest behind, and so on; what was not achieved goes before what still may be.

    Returns
    -------
    DataFrame
        At most `most` rows. Columns, all text: `afwijking` (name of the project or the indicator), `stand` (sign and
        what deviates), `toelichting`.
    """
    projects, results = _of_projects(report), _of_results(report)
    turns = (
        zip_longest(*([row for weight, row in some if weight == each] for some in (projects, results)))
        for each in _Weight
    )
    rows = [row for pair in chain.from_iterable(turns) for row in pair if row is not None]
    return pd.DataFrame(rows[:most], columns=["afwijking", "stand", "toelichting"])


def unexplained(data: Data) -> Iterator[Finding]:
    """Yield a finding for each result that stays behind, and for which its party gave no reason.

    Only of reports that are not adopted: those can still be written.
    """
    for period in data.workspace.periods():
        given = read_parameters(data.workspace, period)
        if given.status != "vastgesteld" and given.year not in data.workspace.adopted_periods():
            view = View(given.year, given.reference_date, "overleg")
            yield from _unexplained(Report(data.deal.as_of(view.reference_date), view, data), data.file("metingen"))


def _unexplained(report: Report, file: str) -> Iterator[Finding]:
    for pillar in report.deal.pillars:
        goals = achievement(report, pillar.id)
        for key, goal in goals[goals["oordeel"].isin(DEVIATING)].iterrows():
            indicator = indicator_of(report.deal, str(key))
            rows = _measured(report, indicator)
            for party in _owing(report, indicator):
                own = rows[rows["gemeente"] == party] if indicator.scope == "gemeente" else rows
                yield finding(
                    file,
                    own.index[0] if len(own) else 0,
                    "toelichting",
                    "",
                    "deviation_without_reason",
                    indicator=indicator.name,
                    part=_names(report)[party],
                    verdict=goal["oordeel"],
                    year=report.year,
                )


def _of_projects(report: Report) -> list[tuple[_Weight, _Row]]:
    frame = attention(report)
    lights = frame[["inhoud", "tijd", "geld"]]
    counts = pd.DataFrame({name: (lights == LIGHTS[name]).sum(axis=1) for name in ("rood", "oranje")})
    order = counts[counts.any(axis=1)].sort_values(["rood", "oranje"], ascending=False, kind="stable").index
    rows = []
    for number in order:
        worst = LIGHTS["rood"] if counts.at[number, "rood"] else LIGHTS["oranje"]
        about = [name for name in lights if lights.at[number, name] == worst]
        row = frame.loc[number]
        weight = _Weight.HEAVY if worst == LIGHTS["rood"] else _Weight.LIGHT
        weight = _Weight.PAST if row["fase"] == "afgerond" else weight
        rows.append((weight, (row["naam"], f"{worst} op {dutch.listing(about)}", row["toelichting"])))
    return rows


def _of_results(report: Report) -> list[tuple[_Weight, _Row]]:
    goals = pd.concat([achievement(report, pillar.id) for pillar in report.deal.pillars])
    texts = pd.concat([behind(report, pillar.id) for pillar in report.deal.pillars])
    goals = goals.loc[texts.index]
    order = pd.DataFrame(
        {
            "verdict": goals["oordeel"].map(DEVIATING.index),
            "gap": (goals["doelbereik"] - goals["verwacht"]).astype("Float64").fillna(0),
        }
    ).sort_values(["verdict", "gap"], kind="stable")
    weights = goals.loc[order.index, "oordeel"].map(lambda verdict: _Weight(verdict == NOT_IMPROVING))
    return list(zip(weights, texts.loc[order.index].itertuples(index=False, name=None), strict=True))


def _told(report: Report, indicator: Indicator) -> str:
    """Return the reasons that are given, and of whom one is missing."""
    said: dict[str, list[str]] = {}
    names = _names(report) | {sector.id: sector.name for sector in report.deal.sectors}
    rows = _measured(report, indicator)
    for _, row in rows[rows["toelichting"].notna()].iterrows():
        part = next((names[row[each]] for each in ("gemeente", "sector") if not pd.isna(row[each])), "")
        said.setdefault(row["toelichting"], []).append(part)
    texts = [f"{dutch.listing(filter(None, parts))}: {text}" if any(parts) else text for text, parts in said.items()]
    if owing := _owing(report, indicator):
        everyone = indicator.scope == "gemeente" and len(owing) > 1 and set(owing) == set(_parts(report, indicator))
        texts.append(
            missing_reason("de gemeenten" if everyone else dutch.listing(_names(report)[each] for each in owing))
        )
    return " ".join(texts)


def _owing(report: Report, indicator: Indicator) -> list[str]:
    """Return the parties that owe a reason: those that lack the minimum, or all who measure when nobody gives one."""
    rows = _measured(report, indicator)
    explained = rows[rows["toelichting"].notna()]
    if indicator.scope != "gemeente":
        reporter = report.deal.regional_secretariat
        return [] if len(explained) or not reporter else [reporter]
    now, least = last_round(report, indicator), indicator.target_per_part
    short = [
        part
        for part in _parts(report, indicator)
        if least is not None and now is not None and not meets(indicator, now.parts.get(part, float("nan")), least)
    ]
    if short:
        return [part for part in short if part not in set(explained["gemeente"])]
    return [] if len(explained) else _parts(report, indicator)


def _parts(report: Report, indicator: Indicator) -> list[str]:
    now = last_round(report, indicator)
    return [] if now is None else [*now.parts, *now.missing]


def _measured(report: Report, indicator: Indicator) -> pd.DataFrame:
    """Return the rows of the last round of an indicator, or of those that it is the sum of; of each part the last."""
    leaves = [indicator.id]
    while any(indicator_of(report.deal, each).sum_of for each in leaves):
        leaves = list(chain.from_iterable(indicator_of(report.deal, each).sum_of or (each,) for each in leaves))
    now = last_round(report, indicator)
    rows = pd.concat([report.rows("metingen", indicator=each) for each in leaves])
    mine = rows[rows["verslagjaar"] == (now.year if now else report.year)]
    mine = mine.sort_values("peildatum", kind="stable")
    return mine.drop_duplicates(["indicator_id", "gemeente", "sector"], keep="last").sort_index()


def _names(report: Report) -> dict[str, str]:
    return {party.id: party.short for party in report.deal.parties}
