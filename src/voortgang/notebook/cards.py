"""The key figures of page one as cards: projects, money, goals and term, with their direction since a year earlier."""

from __future__ import annotations

import pandas as pd

from voortgang.notebook.counts import goal_count, project_count
from voortgang.notebook.display import Shown
from voortgang.notebook.facts import facts_in
from voortgang.notebook.finances import money
from voortgang.notebook.goals import achievement, counted
from voortgang.notebook.report import Report
from voortgang.notebook.since_last_report import key_figures
from voortgang.writing import dutch
from voortgang.writing.publishable import Card, Cards, Fact, quote


def key_cards(report: Report) -> Shown:
    """Show the key figures of the deal as cards: projects, money, goals and term.

    Each card has a name, a figure, a line that says more, and what became of the figure since the end of the year
    before; the first report has nothing to say there. A deal without targets has no card of its goals.
    """
    figures = _Figures(report)
    parts = [figures.projects(), figures.money(), figures.goals(), figures.term()]
    return Shown((Cards(cards=tuple(card for card in parts if card)), *figures.quoted.values()))


class _Figures:
    """The key figures of a report, and which of them the cards quote."""

    def __init__(self, report: Report) -> None:
        self.report, self.frame = report, key_figures(report)
        self.quoted: dict[str, Fact] = {}

    def projects(self) -> Card:
        kinds = [kind for kind in ("afgerond", "gestopt") if kind in self.frame.index]
        detail = ", ".join(self._counted("", self._of(kind)[0], f" {kind}") for kind in kinds)
        detail = detail or f"{self.report.yet}geen enkel afgerond"
        if hidden := self.report.not_shown():
            (fact,) = project_count(self.report, "totaal", "niet_getoond", hidden)
            detail = self._counted(f"{detail}, ", fact, " niet getoond")
        return self._card("Projecten", "projecten", detail)

    def money(self) -> Card:
        amounts = money(self.report).loc[["totaal"]]
        facts = facts_in(amounts, ["begroot", "gecommitteerd"])
        budget, committed = (dutch.euro(amounts.at["totaal", kind]) for kind in ("begroot", "gecommitteerd"))
        detail = self._quoting(f"van {budget} begroot; {committed} gecommitteerd", *facts)
        return self._card("Gerealiseerd", "gerealiseerd", detail)

    def goals(self) -> Card | None:
        report, kind = self.report, "behaald" if self.report.has_ended else "op_koers"
        counts = counted(pd.concat([achievement(report, pillar.id) for pillar in report.deal.pillars]))
        if not counts["met_doel"]:
            return None
        (targets,) = goal_count(report, "totaal", "met_doel", counts["met_doel"])
        detail = self._quoting(f"van {targets.text} {report.on_course}", targets)
        if not report.has_ended and counts["behaald"]:
            (reached,) = goal_count(report, "totaal", "behaald", counts["behaald"])
            detail += self._counted("; waarvan ", reached, " behaald")
        return self._card("Doelen", kind, detail)

    def term(self) -> Card:
        return self._card("Looptijd verstreken", "looptijd", f"tot en met {dutch.long_date(self.report.deal.term.end)}")

    def _card(self, label: str, kind: str, detail: str) -> Card:
        value = self._quoting(str(self.frame.at[kind, "nu"]), *self._of(kind))
        return Card(label=label, value=value, detail=detail, change=self._change(kind))

    def _change(self, kind: str) -> str:
        shown, end = str(self.frame.at[kind, "verschil"]), f"eind {self.report.year - 1}"
        if not shown:
            return ""
        facts = self._of(kind, "verschil")
        return self._quoting(f"{shown} sinds {end}", *facts) if facts else f"gelijk aan {end}"

    def _counted(self, before: str, fact: Fact, after: str) -> str:
        """Write a count between words; none and one are words too, which quote no figure."""
        count = int(fact.value)
        if count < 2:
            return f"{before}{dutch.how_many(count)}{after}"
        return self._quoting(f"{before}{fact.text}{after}", fact)

    def _of(self, kind: str, column: str = "nu") -> list[Fact]:
        return facts_in(self.frame.loc[[kind]], [column])

    def _quoting(self, text: str, *facts: Fact) -> str:
        self.quoted |= {each.id: each for each in facts}
        return quote(text, *facts)
