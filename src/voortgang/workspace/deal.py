"""The covenant as data: the model of `deal.yml`, and what its parts (`deal_parts`) must hold together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Self, get_args

from pydantic import Field, model_validator

from voortgang.errors import DealError
from voortgang.workspace import yaml_model
from voortgang.workspace.covenant import Covenant, cited_in
from voortgang.workspace.deal_parts import (
    Amendment,
    ArticleAbout,
    Budget,
    Colophon,
    Consultation,
    Contribution,
    CrossOver,
    Indicator,
    Instalments,
    Monitoring,
    Party,
    Pillar,
    PillarWord,
    Result,
    Sector,
    Term,
    Text,
)
from voortgang.workspace.paths import Workspace
from voortgang.writing.characters import as_name
from voortgang.writing.dutch import listing

RESERVED = frozenset(
    {
        *("artikel", "bijdragen", "deal", "gemeente", "indicator", "overhead", "partij", "project", "regio", "rijk"),
        *("thema", "totaal", "verslag", "welvaart"),  # of key figures, and of the words that chapters quote
        # Of the notebooks that all deals have, and of the words that a deal has for itself
        *("bijlagen", "financien", "gemeenten", "pijler", "projectbladen", "regiodeal", "begrippen"),
        "raad",  # of the bureau's text to the councils
    }
)
"""Ids that a pillar cannot have: its key figures and its own notebook are named after it."""

RESERVED_NAMES = frozenset({"totaal", "overhead"})
"""Names that a pillar cannot have: tables of the report have rows of that name beside those of the pillars."""

RESERVED_PARTIES = frozenset({"rijk", "regio", "totaal"})
"""Ids that a party cannot have: they stand for all parties of a group, or for all of them together."""


class Deal(yaml_model.Strict):
    """One Regio Deal."""

    name: Text
    pillar_word: PillarWord = PillarWord()
    region: Text
    name_article: Text
    ambition: Text
    ambition_article: Text
    parties: tuple[Party, ...] = Field(min_length=1)
    pillars: tuple[Pillar, ...] = Field(min_length=1)
    sectors: tuple[Sector, ...] = ()
    results: tuple[Result, ...] = Field(min_length=1)
    cross_overs: tuple[CrossOver, ...] = ()
    budget: Budget
    contributions: tuple[Contribution, ...] = Field(min_length=1)
    instalments: Instalments
    consultation: Consultation
    monitoring: Monitoring
    term: Term
    amendments: tuple[Amendment, ...] = ()
    articles: dict[ArticleAbout, Text] = Field(default_factory=dict)
    covenant: Covenant | None = None
    contact: Text | None = None
    colophon: Colophon = Colophon()

    @model_validator(mode="after")
    def _cited_articles_exist(self) -> Self:
        if self.covenant is not None:
            self.covenant.require([*cited_in(self.model_dump(exclude={"covenant"})), *self.articles.values()])
        return self

    @model_validator(mode="after")
    def _ids_are_unique(self) -> Self:
        groups: dict[str, Iterable[str]] = {
            "party": (party.id for party in self.parties),
            "pillar": (pillar.id for pillar in self.pillars),
            "theme": (theme.id for pillar in self.pillars for theme in pillar.themes),
            "result": (result.id for result in self.results),
            "indicator": (indicator.id for indicator in self.indicators),
            "cross-over": (cross_over.id for cross_over in self.cross_overs),
            "sector": (sector.id for sector in self.sectors),
        }
        reserved = {party.id for party in self.parties} & RESERVED_PARTIES
        if reserved:
            raise ValueError(f"a party cannot have the id {min(reserved)!r}, which stands for all of them together")
        taken = {pillar.id for pillar in self.pillars} & RESERVED
        if taken:
            raise ValueError(f"a pillar cannot have the id {min(taken)!r}, which stands for something else in a report")
        called = {pillar.name.casefold(): pillar.name for pillar in self.pillars}
        if taken := called.keys() & RESERVED_NAMES:
            raise ValueError(f"a pillar cannot be called {called[min(taken)]!r}, as a row of the report's tables is")
        names = {f"gemeente-{party.id}" for party in self.municipalities} & {pillar.id for pillar in self.pillars}
        if names:
            raise ValueError(f"a pillar cannot have the id {min(names)!r}, which stands for a municipality in a report")
        for what, ids in groups.items():
            twice = [key for key, count in Counter(ids).items() if count > 1]
            if twice:
                raise ValueError(f"two or more entries of kind {what} have the id {twice[0]!r}")
        return self

    @model_validator(mode="after")
    def _names_are_told_apart(self) -> Self:
        """Refuse two of one name where a row, a column or a line of a chart is known by it: they would be one."""
        named = {
            "pillars": [pillar.name for pillar in self.pillars],
            "sectors": [sector.name for sector in self.sectors],
            "cross-overs": [cross_over.name for cross_over in self.cross_overs],
        }
        for party in self.parties:
            if party.left is None:  # a province may have the name of a municipality
                named.setdefault(f"parties of kind {party.kind}", []).append(party.short)
        for pillar in self.pillars:
            results = self.results_of(pillar.id)
            named[f"themes of the pillar {pillar.id!r}"] = [theme.name for theme in pillar.themes]
            named[f"results of the pillar {pillar.id!r}"] = [result.name for result in results]
            named[f"indicators of the pillar {pillar.id!r}"] = [i.name for r in results for i in r.indicators]
        for what, names in named.items():
            known = Counter(map(as_name, names))
            if twice := next((name for name in names if known[as_name(name)] > 1), ""):
                raise ValueError(f"two {what} have the name {twice!r}, and would be one in the report's tables")
        return self

    @model_validator(mode="after")
    def _references_exist(self) -> Self:
        pillars = {pillar.id for pillar in self.pillars}
        parties = {party.id for party in self.parties}
        indicators = {indicator.id for indicator in self.indicators}
        for result in self.results:
            _require(result.pillar, pillars, f"result {result.id!r}", "pillar")
        for cross_over in self.cross_overs:
            for pillar in cross_over.pillars:
                _require(pillar, pillars, f"cross-over {cross_over.id!r}", "pillar")
        for line in self.budget.pillars:
            _require(line.line, pillars, "budget.pillars", "pillar")
        missing = pillars - {line.line for line in self.budget.pillars}
        if missing:
            raise ValueError(f"budget.pillars has no amount for the pillar {min(missing)!r}")
        for member in (*self.consultation.members, *self.consultation.secretariat, self.instalments.recipient):
            _require(member, parties, "consultation or instalments", "party")
        for pillar in self.consultation.pillar_representatives:
            _require(pillar, pillars, "consultation.pillar_representatives", "pillar")
        for indicator in self.indicators:
            if indicator.scope == "sector" and not self.sectors:
                raise ValueError(f"indicator {indicator.id!r} has the scope 'sector', but the deal has no sectors")
            for part in indicator.sum_of:
                _require(part, indicators - {indicator.id}, f"indicator {indicator.id!r}", "indicator")
        return self

    @model_validator(mode="after")
    def _what_changes_is_an_amendment(self) -> Self:
        known = {(each.kind, each.date) for each in self.amendments}
        said = [
            *((f"party {each.id!r} has joined", "toetreding", each.joined) for each in self.parties),
            *((f"party {each.id!r} has left", "uittreding", each.left) for each in self.parties),
        ]
        for one in self.indicators:
            said += [
                (f"indicator {one.id!r} has target_changes", "wijziging", each.date) for each in one.target_changes
            ]
        for what, kind, day in said:
            if day is not None and (kind, day) not in known:
                raise ValueError(f"{what}: {day}, but no amendment {kind!r} has that date")
        return self

    @model_validator(mode="after")
    def _money_adds_up(self) -> Self:
        contributed = sum(contribution.amount for contribution in self.contributions)
        if contributed != self.budget.total:
            raise ValueError(
                f"the contributions add up to {contributed}, but the budget's total is {self.budget.total}"
            )
        groups = {party.group for party in self.parties}
        for each in self.contributions:
            if each.amount and each.group not in groups:
                raise ValueError(
                    f"{each.group!r} contributes {each.amount}, but no party is of the group {each.group!r}"
                )
        paid = self.instalments.first_amount + self.instalments.later_amount
        if paid != self.contribution("rijk"):
            raise ValueError(f"the instalments add up to {paid}, but the State contributes {self.contribution('rijk')}")
        return self

    @model_validator(mode="after")
    def _sums_are_of_other_figures(self) -> Self:
        known = {each.id: each for each in self.indicators}
        for each in self.indicators:
            who = f"indicator {each.id!r}"
            if each.id in _summed_up(each, known):
                raise ValueError(f"{who} is a sum of itself, by way of the sum_of of others")
            for part in (known[key] for key in each.sum_of):
                if each.scope not in ("regio", part.scope):
                    raise ValueError(f"{who} has the scope {each.scope!r}, and its part {part.id!r} {part.scope!r}")
                if part.measure not in (each.measure, "mijlpaal"):  # how many milestones were reached is a count
                    raise ValueError(f"{who} is counted in {each.measure}, and its part {part.id!r} in {part.measure}")
        return self

    @model_validator(mode="after")
    def _nothing_is_named_twice(self) -> Self:
        """Refuse what would be counted or told twice, or lie on one place of the map."""
        meeting, pays = self.consultation, self.instalments
        present = [each for each in self.municipalities if each.left is None]
        named: dict[str, Iterable[object]] = {
            "budget": (line.line for line in self.budget.lines),
            "consultation.members": meeting.members,
            "consultation.secretariat": meeting.secretariat,
            "consultation.pillar_representatives": meeting.pillar_representatives,
            "instalments": (pays.first_year, *pays.later_years),
            "the list of cbs_code": (each.cbs_code for each in present if each.cbs_code),
            "the list of tile": (each.tile for each in present if each.tile),
            "the list of amendments with an end": (str(each.date) for each in self.amendments if each.end),
            **{f"cross-over {each.id!r}": each.pillars for each in self.cross_overs},
            **{f"sum_of of indicator {each.id!r}": each.sum_of for each in self.indicators},
            **{f"breaks of indicator {each.id!r}": (one.year for one in each.breaks) for each in self.indicators},
        }
        for where, keys in named.items():
            if twice := [key for key, count in Counter(keys).items() if count > 1]:
                raise ValueError(f"{where} names {twice[0]!r} twice")
        return self

    @model_validator(mode="after")
    def _years_lie_within_the_term(self) -> Self:
        begins = self.term.begins
        asked = [each for one in self.indicators for each in one.versions]
        years = ((f"target_year of indicator {each.id!r}", each.target_year) for each in asked)
        for what, year in (("term.goals_until", self.term.goals_until), *years):
            if year is not None and year < begins.year:
                raise ValueError(f"{what} is {year}, but the deal starts on {begins}")
        if (year := self.instalments.first_year) < min(begins, self.term.signed or begins).year:  # or at the signature
            raise ValueError(f"instalments names {year}, but the deal starts on {begins}")
        if not begins.year <= (first := self.term.first_year) <= self.term.end.year:
            raise ValueError(f"term.first_year is {first}, but the deal starts on {begins} and ends on {self.term.end}")
        for each in self.amendments:
            if each.end is not None and each.end <= begins:
                raise ValueError(f"the amendment of {each.date} has end: {each.end}, but the deal starts on {begins}")
            if self.term.signed is not None and each.date < self.term.signed:
                raise ValueError(f"the amendment of {each.date} is older than the deal, signed on {self.term.signed}")
        for one in asked:
            # An amendment may move the end, so that the whole year counts.
            who, due = f"indicator {one.id!r}", date(one.target_year or self.term.goals_until, 12, 31)
            if one.planned is not None and not begins <= one.planned <= due:
                raise ValueError(f"{who} is planned {one.planned}; the deal starts on {begins}, its year ends on {due}")
            if early := [each.year for each in one.breaks if each.year <= first]:
                raise ValueError(f"{who} has a break in {early[0]}, but its figures begin in {first}: none come before")
        return self

    @property
    def indicators(self) -> tuple[Indicator, ...]:
        """Every indicator, in the order of the results."""
        return tuple(indicator for result in self.results for indicator in result.indicators)

    @property
    def repeated(self) -> dict[str, tuple[str, ...]]:
        """Ids of the pillars and of the municipalities, by the parameter of what repeats for each."""
        places = tuple(party.id for party in self.municipalities)
        return {"pijler": tuple(pillar.id for pillar in self.pillars), "gemeente": places}

    @property
    def regional_secretariat(self) -> str:
        """The regional party that keeps the secretariat: it reports what concerns the region as a whole; or nothing."""
        regional = {party.id for party in self.parties if party.group == "regio"}
        return next((party for party in self.consultation.secretariat if party in regional), "")

    @property
    def municipalities(self) -> tuple[Party, ...]:
        """The municipalities among the parties, also those that joined later or have left."""
        return tuple(party for party in self.parties if party.kind == "gemeente")

    def municipalities_on(self, day: date) -> tuple[Party, ...]:
        """Return the municipalities that take part on a day (Art. 12 and 13)."""
        return tuple(party for party in self.municipalities if party.takes_part(day))

    @property
    def publisher(self) -> str:
        """Who publishes the reports: the secretariat (Art. 6), unless the colophon names another."""
        names = {party.id: party.short for party in self.parties}
        return self.colophon.publisher or listing(names[party] for party in self.consultation.secretariat)

    def as_of(self, day: date) -> Deal:
        """Return the deal as it held on a day: with what was amended by then, and nothing that came later."""
        known = tuple(sorted((each for each in self.amendments if each.date <= day), key=lambda each: each.date))
        ends = [each.end for each in known if each.end is not None]
        term = self.term.model_copy(update={"end": ends[-1]}) if ends else self.term
        parties = tuple(party.as_of(day) for party in self.parties)
        results = tuple(result.as_of(day) for result in self.results)
        return self.model_copy(update={"amendments": known, "term": term, "parties": parties, "results": results})

    def article(self, name: str) -> str:
        """Return the article about something.

        Parameters
        ----------
        name
            A key of `articles_by_name`. Another name is an article already.
        """
        return self.articles_by_name.get(name, name)

    @property
    def articles_by_name(self) -> dict[str, str]:
        """What the covenant says in which article; empty where `deal.yml` does not tell."""
        of_group = {each.group: each.article for each in self.contributions}
        levels = {"verdeling": self.monitoring.levels[-1].article}
        levels |= {each.id: each.article for each in (*self.monitoring.levels, *self.monitoring.report_parts)}
        # "2, Werken" is the part about one pillar of article 2.
        of_pillars = [self.pillars[0].article, self.pillars[0].themes[0].article, self.results[0].article]
        names = ("doel", "thema", "resultaat")
        return {
            **levels,
            **{name: article.partition(",")[0] for name, article in zip(names, of_pillars, strict=True)},
            **{name.replace("-", "_"): self.articles.get(name, "") for name in get_args(ArticleAbout)},
            "ambitie": self.ambition_article,
            "monitoring": self.monitoring.purpose_article,
            "evaluatie": self.monitoring.evaluation_article,
            "begroting": self.budget.article,
            "bijdragen": self.contributions[0].article,
            "bijdrage_rijk": of_group.get("rijk", ""),
            "bijdrage_regio": of_group.get("regio", ""),
            "termijnen": self.instalments.article,
            "overleg": self.consultation.article,
            "looptijd": self.term.article,
        }

    def pillar(self, pillar_id: str) -> Pillar:
        """Return one pillar; raises `KeyError` for an unknown id."""
        return {pillar.id: pillar for pillar in self.pillars}[pillar_id]

    def results_of(self, pillar_id: str) -> tuple[Result, ...]:
        """Return the intended results of a pillar."""
        return tuple(result for result in self.results if result.pillar == pillar_id)

    def pillar_of(self, indicator_id: str) -> str:
        """Return the id of the pillar that an indicator belongs to; raises `KeyError` for an unknown one."""
        return {each.id: result.pillar for result in self.results for each in result.indicators}[indicator_id]

    def contribution(self, group: str) -> int:
        """Return what the State (`rijk`) or the Region (`regio`) contributes, in euros (Art. 5.2)."""
        return sum(line.amount for line in self.contributions if line.group == group)

    def line_names(self) -> dict[str, str]:
        """Return the names of the pillars and the overhead by their id."""
        return {pillar.id: pillar.name for pillar in self.pillars} | {self.budget.overhead.line: "Overhead"}


def read_deal(workspace: Workspace) -> Deal:
    """Return the covenant of a workspace.

    Raises
    ------
    DealError
        When `deal.yml` is missing, not YAML, or breaks the model.
    """
    return yaml_model.read(workspace.deal, workspace.relative(workspace.deal), Deal, DealError)


def deal_from(text: str, name: str = "deal.yml") -> Deal:
    """Return the covenant that a text describes; raises `DealError` as `read_deal` does."""
    return yaml_model.parse(text, name, Deal, DealError)


def read_deal_file(path: Path) -> tuple[str, Deal]:
    """Return a `deal.yml` outside a workspace, as text and as what it says; raises `DealError` as `read_deal` does."""
    text = yaml_model.text_of(path, str(path), DealError)  # once: a pipe has nothing more to say
    return text, yaml_model.parse(text, str(path), Deal, DealError)


def article_text(deal: Deal, about: str) -> str:
    """Return how a report names the article about something (a key of `Deal.articles_by_name`)."""
    article = deal.articles_by_name.get(about, "")
    return f"art. {article}" if article[:1].isdigit() else article or "convenant"


def _summed_up(indicator: Indicator, known: dict[str, Indicator]) -> set[str]:
    """Return the ids of all that an indicator is a sum of, at any depth."""
    found, waiting = set[str](), [*indicator.sum_of]
    while waiting:
        if (key := waiting.pop()) not in found:
            found.add(key)
            waiting += known[key].sum_of
    return found


def _require(key: str, known: set[str], who: str, what: str) -> None:
    if key not in known:
        raise ValueError(f"{who} names the unknown {what} {key!r}; known are {', '.join(sorted(known))}")
