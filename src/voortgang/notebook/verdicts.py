"""The verdicts on indicators: every rule once. Whatever shows, counts or draws a verdict reads it here.

A verdict never says more than the measurement allows. What is missing is not zero: a verdict that depends on it is
`UNDECIDED`. A measurement from before a day says nothing about what was reached by that day.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from voortgang.notebook.measurements import Round, change
from voortgang.workspace.deal_parts import Indicator, Term
from voortgang.writing import dutch

MARGIN = 0.10
"""How far below an even pace (as a share of the target) still counts as on track."""

ACHIEVED, NOT_ACHIEVED = "behaald", "niet behaald"
ON_TRACK, BEHIND = "op schema", "achter op schema"
PLANNED, LATE = "volgens planning", "vertraagd"
IMPROVING, NOT_IMPROVING, BASELINE = "ontwikkelt zich zoals bedoeld", "geen verbetering", "nulmeting"
AT_DUE = "in doeljaar"
"""How a remark begins that says what held in the year of the target."""
TOO_EARLY = "nog te vroeg voor een oordeel"
"""The remark on what nobody could be behind with yet, and nobody is on track with either."""
UNDECIDED, UNKNOWN = "niet vast te stellen", "geen meting"

VERDICTS = {
    ACHIEVED: "Behaald",
    NOT_ACHIEVED: "Niet behaald",
    ON_TRACK: "Op schema",
    PLANNED: "Volgens planning",
    BEHIND: "Achter op schema",
    LATE: "Vertraagd",
    IMPROVING: "Zonder doelwaarde, maar met de bedoelde ontwikkeling",
    NOT_IMPROVING: "Zonder doelwaarde en {yet}zonder verbetering",
    BASELINE: "Met een eerste meting, die de nulmeting is",
    UNDECIDED: "Niet vast te stellen",
    UNKNOWN: "{yet}zonder meting",
}
"""Every verdict, in the order in which a text lists them, and how a sentence about it begins; see `opening`."""

ON_COURSE = frozenset({ACHIEVED, ON_TRACK, PLANNED})
"""The verdicts on a target that counts as achieved or on course."""

SIGNS = {
    NOT_ACHIEVED: "■",
    LATE: "▲",
    BEHIND: "▲",
    NOT_IMPROVING: "▲",
    UNDECIDED: "○",
    UNKNOWN: "○",
    BASELINE: "○",
    ON_TRACK: "●",
    PLANNED: "●",
    IMPROVING: "●",
    ACHIEVED: "✔",
}
"""Each verdict with its sign, the one that asks most attention first."""

COUNTED = {
    "op_koers": ON_COURSE,
    "behaald": frozenset({ACHIEVED}),
    "op_schema": frozenset({ON_TRACK, PLANNED}),
    "achter": frozenset({BEHIND, LATE}),
    "niet_behaald": frozenset({NOT_ACHIEVED}),
    "zonder_oordeel": frozenset({BASELINE, UNDECIDED, UNKNOWN}),
}
"""What is counted of the indicators with a target; each of them is in one of the last five."""

RULES = {
    "meting": "Zonder meting is er nog geen oordeel.",
    "ontbreekt": "Een deel zonder cijfer telt niet als nul. Hangt het oordeel ervan af, dan is er geen oordeel.",
    "behaald": "Een doel is behaald als de waarde de doelwaarde heeft bereikt.",
    "delen": "Vraagt het convenant iets in elk deel, dan is het doel behaald als elk deel het minimum heeft bereikt.",
    "beide": "Vraagt het convenant een totaal en een minimum per deel, dan is het doel behaald als beide zijn bereikt.",
    "doeljaar": "Na het doeljaar is een doel behaald of niet behaald.",
    "verouderd": "Een meting van voor een datum zegt niet wat op die datum is bereikt.",
    "mijlpaal": "Een mijlpaal ligt tot en met de geplande datum volgens planning, en is daarna vertraagd.",
    "nulmeting": "Een eerste meting waarmee latere worden vergeleken, is een nulmeting.",
    "tempo": "Bij een gelijkmatig tempo groeit het doelbereik elke dag evenveel, tot het einde van het doeljaar. "
    "Een doel ligt op schema zolang het op de dag van de meting hoogstens de marge onder dat tempo ligt.",
    "vroeg": "Zolang wie niets bereikt hoogstens de marge achterligt, is er zonder vooruitgang nog geen oordeel.",
    "trend": "Zonder doelwaarde telt of de waarde sinds de nulwaarde is veranderd zoals bedoeld, over dezelfde delen.",
}
"""The rules in the words of the report; a judgement names the one that decided."""


def opening(verdict: str, yet: str) -> str:
    """Return how a sentence begins that names the indicators with a verdict.

    Parameters
    ----------
    yet
        What stands before what may still come: "nog ", or nothing once the deal has ended.

    Examples
    --------
    >>> opening(UNKNOWN, "nog "), opening(UNKNOWN, ""), opening(NOT_IMPROVING, "")
    ('Nog zonder meting', 'Zonder meting', 'Zonder doelwaarde en zonder verbetering')
    """
    words = VERDICTS[verdict].format(yet=yet)
    return f"{words[0].upper()}{words[1:]}"


@dataclass(frozen=True)
class Judgement:
    """A verdict, the rule of `RULES` that decided, and what a reader must know beside it."""

    verdict: str
    rule: str
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Progress:
    """How far a target is.

    Attributes
    ----------
    total
        Share (0–1) of the target for all parts together; none without such a target or while a part is missing.
    reached, parts
        How many parts have reached the minimum, and how many there are; no parts where the covenant sets none.
    """

    total: float | None = None
    reached: int = 0
    parts: int = 0

    @property
    def of_parts(self) -> float | None:
        """The share of the parts that have reached the minimum."""
        return self.reached / self.parts if self.parts else None


def judge(indicator: Indicator, term: Term, day: date, rounds: list[Round], at_due: Round | None = None) -> Judgement:
    """Return the verdict on an indicator.

    Parameters
    ----------
    term
        Of the deal (Art. 2 and 17).
    day
        The reference date.
    rounds
        What was measured, in order; all can be compared.
    at_due
        What was measured about the year of the target; only what it says beside the verdict depends on it.
    """
    if not rounds:
        return Judgement(UNKNOWN, "meting")
    now = rounds[-1]
    if not indicator.has_target:
        return _trend(indicator, rounds)
    due, done = term.due(indicator), is_reached(indicator, now)
    if done:
        return Judgement(ACHIEVED, _kind(indicator), _after(indicator, due, day, at_due, done))
    if day >= due:
        if now.day <= _half_a_year_before(due):  # of an earlier year, or what was delivered halfway the last one
            return Judgement(UNDECIDED, "verouderd")
        if done is None:
            return Judgement(UNDECIDED, "ontbreekt")
        return Judgement(NOT_ACHIEVED, "doeljaar", _after(indicator, due, day, at_due, done))
    if indicator.kind == "mijlpaal":
        return _milestone(indicator, due, day, now)
    if indicator.baseline is None and len(rounds) == 1:
        return Judgement(BASELINE, "nulmeting")
    return _pace(indicator, term, rounds)


def is_reached(indicator: Indicator, now: Round) -> bool | None:
    """Return whether the target is reached, together and in each part; None when that depends on what is missing."""
    asked = []
    if indicator.target is not None:
        asked.append(_at_least(indicator, now, float(indicator.target)))
    if indicator.target_per_part is not None:
        minimum = indicator.target_per_part
        met = all(meets(indicator, value, minimum) for value in now.parts.values())
        asked.append(False if not met else None if now.missing else True)
    return False if False in asked else None if None in asked else True


def progress(indicator: Indicator, now: Round, start: float | None) -> Progress:
    """Return how far the target of an indicator is.

    Parameters
    ----------
    now
        The round that it is about.
    start
        Where the indicator starts; none where that is not known.
    """
    total = None
    if indicator.target is not None and now.complete and now.total is not None:
        total = _share(indicator, now.total, start)
    if indicator.target_per_part is None:
        return Progress(total)
    met = sum(meets(indicator, value, indicator.target_per_part) for value in now.parts.values())
    return Progress(total, met, len(now.parts) + len(now.missing))


def expected(indicator: Indicator, term: Term, day: date) -> float | None:
    """Return the share of the target (0–1) that an even pace would have reached on a day; a milestone has no pace."""
    return None if indicator.kind == "mijlpaal" or not indicator.has_target else term.passed(day, term.due(indicator))


def _half_a_year_before(day: date) -> date:
    """Return the day half a year earlier; 30 June for the end of a year, and the end of a year for 30 June."""
    after = day + timedelta(days=1)
    year, month = (after.year, after.month - 6) if after.month > 6 else (after.year - 1, after.month + 6)
    return date(year, month, min(after.day, 28)) - timedelta(days=1)


def _kind(indicator: Indicator) -> str:
    if indicator.target_per_part is None:
        return "behaald"
    return "delen" if indicator.target is None else "beide"


def _milestone(indicator: Indicator, due: date, day: date, now: Round) -> Judgement:
    planned = indicator.planned or due
    remark = (f"gepland op {dutch.long_date(planned)}",) if indicator.planned else ()
    if day <= planned:
        return Judgement(PLANNED, "mijlpaal", remark)
    return Judgement(LATE, "mijlpaal", remark) if now.day > planned else Judgement(UNDECIDED, "verouderd", remark)


def _pace(indicator: Indicator, term: Term, rounds: list[Round]) -> Judgement:
    """Compare both shares with an even pace on the day of the measurement; the one that is behind decides."""
    now, line = rounds[-1], term.passed(rounds[-1].day, term.due(indicator)) - MARGIN
    if line <= 0 and not (now.day >= term.begins and _has_begun(indicator, rounds)):
        return Judgement(BASELINE if len(rounds) == 1 else UNDECIDED, "vroeg", (TOO_EARLY,))
    asked: list[bool | None] = []
    if indicator.target is not None:
        start = _start(indicator, rounds)
        known = indicator.baseline is not None or rounds[0].complete
        if known and start is not None:
            needed = start + line * (float(indicator.target) - start)
            asked.append(_at_least(indicator, now, needed))
        else:
            asked.append(None)
    if indicator.target_per_part is not None:
        found = progress(indicator, now, None)
        missing = len(now.missing)
        asked.append(
            found.reached / found.parts >= line or (None if (found.reached + missing) / found.parts >= line else False)
        )
    if False in asked:
        return Judgement(BEHIND, "tempo")
    return Judgement(UNDECIDED, "ontbreekt") if None in asked else Judgement(ON_TRACK, "tempo")


def _start(indicator: Indicator, rounds: list[Round]) -> float | None:
    """Return where an indicator started: at its baseline, or at its first measurement."""
    return rounds[0].total if indicator.baseline is None else float(indicator.baseline)


def _has_begun(indicator: Indicator, rounds: list[Round]) -> bool:
    """Return whether a figure has come nearer to all that is asked."""
    now, start = rounds[-1], _start(indicator, rounds)
    nearer = start is not None and _at_least(indicator, now, start, strictly=True) is True
    some = progress(indicator, now, None).reached > 0
    return (indicator.target is None or nearer) and (indicator.target_per_part is None or some)


def _trend(indicator: Indicator, rounds: list[Round]) -> Judgement:
    now = rounds[-1]
    if len(rounds) == 1 and (indicator.baseline is None or (now.complete and now.total == indicator.baseline)):
        return Judgement(BASELINE, "nulmeting")
    if indicator.baseline is not None:
        if now.missing:  # the sum of some parts can only have grown past a start for all of them
            better = _at_least(indicator, now, float(indicator.baseline), strictly=True)
        else:
            better = _is_better(indicator, (now.total or 0.0) - float(indicator.baseline))
    else:
        found = change(rounds[0], now)
        better = None if found is None else _is_better(indicator, found.amount)
    if better is None:
        return Judgement(UNDECIDED, "ontbreekt")
    return Judgement(IMPROVING if better else NOT_IMPROVING, "trend")


def _after(indicator: Indicator, due: date, day: date, at_due: Round | None, done: bool | None) -> tuple[str, ...]:
    """Say that the year of the target has passed, and what held in that year where that differs."""
    if day.year <= due.year:
        return ()
    then = is_reached(indicator, at_due) if at_due is not None and at_due.parts else None
    if then is not None and then != done:
        return (f"{AT_DUE} {due.year} {ACHIEVED if then else NOT_ACHIEVED}",)
    return (f"doeljaar {due.year} is voorbij",)


def _at_least(indicator: Indicator, now: Round, needed: float, strictly: bool = False) -> bool | None:
    """Return whether the sum of all parts has reached a value; None when that depends on a missing part.

    A part has no negative figure, so the sum of some parts is the least that all of them can be together.
    """
    known = now.total or 0.0
    met = (
        (known > needed or (known == needed and not strictly))
        if indicator.direction == "stijgen"
        else (known < needed or (known == needed and not strictly))
    )
    if not now.missing:
        return met
    certain = all(value >= 0 for value in now.parts.values()) and met == (indicator.direction == "stijgen")
    return met if certain else None


def meets(indicator: Indicator, value: float, minimum: float) -> bool:
    """Return whether a value has reached another, the way that is progress."""
    return value >= minimum if indicator.direction == "stijgen" else value <= minimum


def _is_better(indicator: Indicator, amount: float) -> bool:
    return amount > 0 if indicator.direction == "stijgen" else amount < 0


def _share(indicator: Indicator, value: float, start: float | None) -> float | None:
    """Return how much of the way from the start to the target is gone."""
    target = float(indicator.target or 0)
    if start is None:
        return None
    if meets(indicator, start, target):  # there was nothing to go: it is there, or it has left
        return 1.0 if meets(indicator, value, target) else 0.0
    return (value - start) / (target - start)


def count(verdicts: Iterable[str], among: Iterable[str]) -> int:
    """Return how many of some verdicts are among others."""
    chosen = frozenset(among)
    return sum(verdict in chosen for verdict in verdicts)
