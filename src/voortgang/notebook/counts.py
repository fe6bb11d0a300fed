"""Counts of projects and indicators as facts: of a pillar, or of the deal as a whole (`totaal`)."""

from __future__ import annotations

from collections.abc import Iterable

from voortgang.notebook.facts import covenant, fact, part, source
from voortgang.notebook.report import Report
from voortgang.writing import dutch
from voortgang.writing.publishable import Fact

PROJECTS = {
    "projecten": "Projecten",
    "voorbereiding": "Projecten in voorbereiding",
    "uitvoering": "Projecten in uitvoering",
    "afgerond": "Afgeronde projecten",
    "gestopt": "Gestopte projecten",
    "niet_getoond": "Projecten die deze editie niet toont",
    "zonder_status": "Projecten zonder status",
    "aandacht": "Projecten met een stoplicht op oranje of rood",
}
PHASES = {
    "uitvoering": "in uitvoering",
    "voorbereiding": "in voorbereiding",
    "afgerond": "afgerond",
    "gestopt": "gestopt",
    "zonder_status": "nog zonder status",
    "niet_getoond": "niet getoond in deze editie",
}
"""How a sentence names the phases, in the order in which it does."""
GOALS = {
    "indicatoren": "Indicatoren",
    "met_doel": "Indicatoren met een doelwaarde",
    "doelen": "Doelen",
    "op_koers": "Indicatoren op schema of behaald",
    "behaald": "Behaalde indicatoren",
    "doelen_op_koers": "Doelen op schema of behaald",
    "doelen_behaald": "Behaalde doelen",
    "op_schema": "Indicatoren op schema of volgens planning",
    "achter": "Indicatoren achter op schema of vertraagd",
    "niet_behaald": "Indicatoren die in hun doeljaar niet zijn behaald",
    "zonder_oordeel": "Indicatoren met een doelwaarde zonder oordeel",
}


def project_count(report: Report, pillar: str, kind: str, count: int, year: int | None = None) -> Iterable[Fact]:
    """Return how many projects there are of a kind (Art. 7.4a)."""
    own = None if pillar == "totaal" else pillar
    rows = [source(report, "projecten", report.day_in(year or report.year).date(), pijler=own)]
    if kind == "niet_getoond":
        rows = []  # what is not shown has no rows to show
    elif kind != "projecten":
        rows.append(source(report, "voortgang", report.day_in(year or report.year).date()))
    whole = kind in {"projecten", "aandacht", "niet_getoond"}
    phrase = dutch.count(count, "project", "projecten") if whole else dutch.how_many(count)
    if kind == "aandacht" and not count:
        phrase = "geen enkel project"
    label = f"{PROJECTS[kind]} van {_name(report, pillar)}"
    about = _about(pillar)
    return fact(
        report, f"{part(pillar)}.{kind}", label, count, "aantal", "aanpak", rows, about, phrase=phrase, year=year
    )


def phases(report: Report, pillar: str, counts: dict[str, int]) -> Iterable[Fact]:
    """Return in words how many projects there are in each phase (Art. 7.4a), as `<pillar>.fasen`."""
    own = None if pillar == "totaal" else pillar
    day = report.day_in(report.year).date()
    rows = [source(report, "projecten", day, pijler=own), source(report, "voortgang", day)]
    named = PHASES | {"zonder_status": f"{report.yet}zonder status"}
    words = dutch.tally([(counts.get(phase, 0), name) for phase, name in named.items()], all_of="alle")
    label = f"Projecten van {_name(report, pillar)} per fase"
    return fact(report, f"{part(pillar)}.fasen", label, words, "woord", "aanpak", rows, _about(pillar), text=words)


def goal_count(
    report: Report, pillar: str, kind: str, count: int, year: int | None = None, phrase: str = ""
) -> Iterable[Fact]:
    """Return how many indicators have a verdict (Art. 7.4b).

    `phrase` is how running text writes it, where that is not the count alone.
    """
    mine = [
        each.id
        for each in report.deal.indicators
        if not each.sum_of and pillar in ("totaal", report.deal.pillar_of(each.id))
    ]
    until = range(report.deal.term.first_year, (year or report.year) + 1)
    rows = [source(report, "metingen", indicator_id=mine, verslagjaar=list(until))]
    if kind in {"indicatoren", "met_doel", "doelen"}:
        rows = []
    rows.append(covenant(report, "3"))
    phrases = {
        "indicatoren": dutch.count(count, "indicator", "indicatoren"),
        "doelen": dutch.count(count, "doel", "doelen"),
        "op_koers": dutch.there_are(count),
    }
    phrase = phrase or phrases.get(kind, dutch.how_many(count))
    label = f"{GOALS[kind]} van {_name(report, pillar)}"
    about = _about(pillar)
    return fact(
        report, f"{part(pillar)}.{kind}", label, count, "aantal", "doelbereik", rows, about, phrase=phrase, year=year
    )


def reached_of(count: int, targets: int) -> str | None:
    """Return how many of the targets are achieved or on track, as a table has it; None where there are none."""
    return f"{count} van {targets}" if targets else None


def passed(report: Report, share: float, year: int | None = None) -> Iterable[Fact]:
    """Return which share (0–1) of the days of the deal has passed (Art. 17), at the end of a year or now.

    At the end of a year before it is a share of the term as it was known then.
    """
    label = "Verstreken deel van de looptijd"
    return fact(report, "deal.looptijd", label, share, "aandeel", "looptijd", [covenant(report, "looptijd")], year=year)


def _name(report: Report, pillar: str) -> str:
    return "de Regio Deal" if pillar == "totaal" else report.deal.pillar(pillar).name


def _about(pillar: str) -> dict[str, str]:
    return {} if pillar == "totaal" else {"pijler": pillar}
