"""The covenant as data: the model of `deal.yml`.

Amounts are whole euros. `article` names the article of the covenant that a fact comes from.
The model stands in one file, because `deal.yml` is one file, and its parts refer to each other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Literal, Self, get_args

from pydantic import Field, StringConstraints, model_validator

from voortgang.errors import DealError
from voortgang.workspace import yaml_model
from voortgang.workspace.covenant import Covenant, cited_in
from voortgang.workspace.paths import Workspace
from voortgang.writing.dutch import listing, long_date, rounded

Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Euros = Annotated[int, Field(ge=0)]
Year = Annotated[int, Field(ge=2000, le=2100)]

RESERVED = frozenset(
    {
        *("artikel", "bijdragen", "deal", "gemeente", "indicator", "overhead", "partij", "project", "regio", "rijk"),
        *("thema", "totaal", "verslag", "welvaart"),  # of key figures, and of the words that chapters quote
        *(
            "bijlagen",
            "financien",
            "gemeenten",
            "pijler",
            "projectbladen",
            "regiodeal",
        ),  # of the notebooks that all deals have
        "raad",  # of the bureau's text to the councils
    }
)
"""Ids that a pillar cannot have: its key figures and its own notebook are named after it."""

RESERVED_NAMES = frozenset({"totaal", "overhead"})
"""Names that a pillar cannot have: tables of the report have rows of that name beside those of the pillars."""

RESERVED_PARTIES = frozenset({"rijk", "regio", "totaal"})
"""Ids that a party cannot have: they stand for all parties of a group, or for all of them together."""


class Party(yaml_model.Strict):
    """Who signed (preamble), and what the covenant asks of it.

    `group` is `rijk` or `regio`; `cbs_code` the code of Statistics Netherlands for a municipality, and
    `tile` its column and row on a schematic map, the north-west corner being 0, 0. `joined` is the day on which a party
    joined later (Art. 12), `left` the first day on which it is a party no more (Art. 13).
    """

    id: Id
    name: Text
    short: Text
    group: Literal["rijk", "regio"]
    kind: Literal["ministerie", "provincie", "gemeente"]
    cbs_code: Annotated[str, StringConstraints(pattern=r"^GM\d{4}$")] | None = None
    tile: tuple[int, int] | None = None
    signatories: tuple[Text, ...] = ()
    roles: tuple[Text, ...] = ()
    joined: date | None = None
    left: date | None = None
    article: Text

    @model_validator(mode="after")
    def _is_of_its_kind(self) -> Self:
        if (self.kind == "ministerie") != (self.group == "rijk"):
            raise ValueError(f"party {self.id!r} is of the kind {self.kind!r}, but of the group {self.group!r}")
        if self.kind != "gemeente" and (self.cbs_code or self.tile):
            raise ValueError(f"party {self.id!r} is no municipality, but has a cbs_code or a tile on the map")
        if self.joined is not None and self.left is not None and self.left <= self.joined:
            raise ValueError(f"party {self.id!r} left on {self.left}, which is not after it joined, on {self.joined}")
        return self

    def takes_part(self, day: date) -> bool:
        """Return whether it is a party on a day."""
        return (self.joined is None or self.joined <= day) and (self.left is None or day < self.left)

    def as_of(self, day: date) -> Party:
        """Return the party as it was known on a day; its short name says so when it did not take part."""
        left = self.left if self.left is not None and self.left <= day else None
        note = f" (tot {long_date(left)})" if left else ""
        if self.joined is not None and self.joined > day:
            note = " (nog geen partij)"
        return self.model_copy(update={"left": left, "short": f"{self.short}{note}"})


class Theme(yaml_model.Strict):
    """A subdivision of a pillar (Art. 4)."""

    id: Id
    name: Text
    summary: Text
    article: Text


class Pillar(yaml_model.Strict):
    """A line of the programme with its goal (Art. 2) and themes (Art. 4).

    `for_residents` says in plain words (B1) what residents get; the public summary has it in place of the goal.
    """

    id: Id
    name: Text
    goal: Text
    for_residents: str = ""
    article: Text
    themes: tuple[Theme, ...] = Field(min_length=1)

    @property
    def lessons_part(self) -> str:
        """The part of the narrative with what was learned, which the letters to the Tweede Kamer ask of each deal."""
        return f"leerervaringen-{self.id}"


class Sector(yaml_model.Strict):
    """A sector that the covenant names (Art. 3)."""

    id: Id
    name: Text


class SeriesBreak(yaml_model.Strict):
    """Another definition of an indicator: figures of `year` and later cannot be compared with those before."""

    year: Year
    summary: Text
    article: Text


class Indicator(yaml_model.Strict):
    """What is measured for a result (Art. 3).

    Attributes
    ----------
    kind
        `cumulatief` counts on from year to year, `stand` is the level at the reference date, `mijlpaal` is 0 or 1.
    direction
        Which way is progress.
    baseline
        Value at the start; none when the first measurement serves as such.
    target, target_qualifier
        The value to reach and how the covenant hedges it ("ca.", "minimaal"); none when it is left open.
    target_per_part
        What every part of the scope (each municipality or sector) must reach.
    target_year
        The year that the covenant names; none means the year until which it sets its goals (`Term.goals_until`).
    planned, planned_source
        The day on which a milestone should be reached, and who says so; a milestone has no pace.
    open_target
        Why there is no target; required when there is none.
    sum_of
        Ids of the indicators that this one is the sum of; such an indicator is not measured itself.
    decimals
        Decimals shown.
    breaks
        The years in which its definition changed.
    """

    id: Id
    name: Text
    unit: Text
    kind: Literal["cumulatief", "stand", "mijlpaal"]
    direction: Literal["stijgen", "dalen"]
    scope: Literal["regio", "gemeente", "sector"] = "regio"
    baseline: float | int | None = None
    target: float | int | None = None
    target_qualifier: Text | None = None
    target_per_part: float | int | None = None
    target_year: Year | None = None
    planned: date | None = None
    planned_source: Text | None = None
    open_target: Text | None = None
    sum_of: tuple[Id, ...] = ()
    decimals: int = Field(default=0, ge=0, le=3)
    breaks: tuple[SeriesBreak, ...] = ()
    article: Text

    @model_validator(mode="after")
    def _target_is_given_or_explained(self) -> Self:
        if self.has_target == (self.open_target is not None):
            raise ValueError(f"indicator {self.id!r} needs either a target or open_target, the reason why it has none")
        if self.target_per_part is not None and self.scope == "regio":
            raise ValueError(f"indicator {self.id!r} has target_per_part, so its scope cannot be 'regio'")
        if self.baseline is not None and self.reached(self.baseline):
            raise ValueError(
                f"indicator {self.id!r} has the baseline {self.baseline}, which has reached its target {self.target} "
                f"already, with the direction {self.direction!r}: correct one of the three"
            )
        return self

    def reached(self, value: float) -> bool:
        """Return whether a value is the target, or has passed it; no value has where there is none."""
        if self.target is None:
            return False
        return value >= self.target if self.direction == "stijgen" else value <= self.target

    @property
    def measure(self) -> Literal["aantal", "procent", "procentpunt", "mijlpaal"]:
        """What its figures are counted in: a percentage is no count."""
        if self.kind == "mijlpaal":
            return "mijlpaal"
        if self.unit.startswith("procentpunt"):
            return "procentpunt"
        return "procent" if self.unit.startswith(("%", "procent")) else "aantal"

    @model_validator(mode="after")
    def _shows_what_it_asks(self) -> Self:
        """Refuse what a report would round to another figure, add up to none, or call a minimum that is none."""
        for key in ("target", "target_per_part"):  # a baseline is measured, and may be shown rounded
            value = getattr(self, key)
            if value is not None and float(rounded(value, self.decimals)) != value:
                raise ValueError(
                    f"indicator {self.id!r} has {key} {value}, but its figures are shown with decimals: {self.decimals}"
                )
        if self.scope != "regio" and self.measure in ("procent", "procentpunt"):
            raise ValueError(
                f"indicator {self.id!r} is a share ({self.unit!r}), which does not add up over the scope "
                f"{self.scope!r}: give it the scope 'regio', or count what it is a share of"
            )
        if self.target_per_part is not None and self.direction == "dalen":
            raise ValueError(
                f"indicator {self.id!r} has target_per_part, a minimum, but the direction 'dalen': count what rises"
            )
        return self

    @model_validator(mode="after")
    def _milestone_is_yes_or_no(self) -> Self:
        if self.kind != "mijlpaal":
            return self
        if not {self.baseline} <= {None, 0} or not {self.target, self.target_per_part} <= {None, 1}:
            raise ValueError(f"indicator {self.id!r} is a milestone: its baseline is 0, and its target 1")
        if self.direction == "dalen" or self.sum_of:
            raise ValueError(f"indicator {self.id!r} is a milestone: its direction is 'stijgen', and it is no sum")
        if self.scope != "regio" and self.target is not None:
            raise ValueError(f"indicator {self.id!r} is a milestone in each {self.scope}: it has target_per_part: 1")
        return self

    @model_validator(mode="after")
    def _only_a_milestone_is_planned(self) -> Self:
        if self.planned is not None and self.kind != "mijlpaal":
            raise ValueError(f"indicator {self.id!r} has a planned day, which only kind 'mijlpaal' has")
        if (self.planned is None) != (self.planned_source is None):
            raise ValueError(f"indicator {self.id!r} needs planned and planned_source, or neither")
        return self

    @property
    def has_target(self) -> bool:
        """Whether there is something to reach, together or in every part."""
        return self.target is not None or self.target_per_part is not None

    def series_of(self, year: int) -> int:
        """Return the number of the series that a year belongs to: years with the same number can be compared."""
        return sum(each.year <= year for each in self.breaks)


Prosperity = Literal[
    "welzijn",
    "materiele-welvaart",
    "gezondheid",
    "arbeid-en-vrije-tijd",
    "wonen",
    "samenleving",
    "veiligheid",
    "milieu",
]
PROSPERITY: dict[str, str] = {
    "welzijn": "Subjectief welzijn",
    "materiele-welvaart": "Materiële welvaart",
    "gezondheid": "Gezondheid",
    "arbeid-en-vrije-tijd": "Arbeid en vrije tijd",
    "wonen": "Wonen",
    "samenleving": "Samenleving",
    "veiligheid": "Veiligheid",
    "milieu": "Milieu",
}
"""The themes of broad prosperity and their names (CBS, Regionale Monitor Brede Welvaart)."""


class Result(yaml_model.Strict):
    """An intended result of a pillar (Art. 3).

    `prosperity` is the theme of broad prosperity that the bureau counts it under; a covenant does not say it.
    """

    id: Id
    pillar: Id
    name: Text
    summary: Text
    measures: tuple[Text, ...] = ()
    prosperity: Prosperity | None = None
    article: Text
    indicators: tuple[Indicator, ...] = Field(min_length=1)

    def as_of(self, year: int) -> Result:
        """Return the result with its indicators as they were defined in a year: without later breaks."""
        known = (
            each.model_copy(update={"breaks": tuple(one for one in each.breaks if one.year <= year)})
            for each in self.indicators
        )
        return self.model_copy(update={"indicators": tuple(known)})


class CrossOver(yaml_model.Strict):
    """A connection between pillars (Art. 4)."""

    id: Id
    name: Text
    pillars: tuple[Id, ...] = Field(min_length=2)
    summary: Text
    article: Text


class BudgetLine(yaml_model.Strict):
    """Indicative budget of a pillar or of the overhead (Art. 5.1)."""

    line: Id
    amount: Euros


class Budget(yaml_model.Strict):
    """The indicative split of the joint means (Art. 5.1)."""

    article: Text
    overhead: BudgetLine
    pillars: tuple[BudgetLine, ...] = Field(min_length=1)
    total: Euros

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        total = sum(line.amount for line in self.lines)
        if total != self.total:
            raise ValueError(f"the budget lines add up to {total}, but total says {self.total}")
        return self

    @property
    def lines(self) -> tuple[BudgetLine, ...]:
        """The pillars, then the overhead."""
        return (*self.pillars, self.overhead)


class Contribution(yaml_model.Strict):
    """What the State or the Region brings in (Art. 5.2)."""

    group: Literal["rijk", "regio"]
    amount: Euros
    obligation: Text
    article: Text


class Instalments(yaml_model.Strict):
    """How the State pays its contribution (Art. 5.6)."""

    article: Text
    recipient: Id
    form: Text
    first_year: Year
    first_amount: Euros
    later_years: tuple[Year, ...]
    later_amount: Euros

    @model_validator(mode="after")
    def _later_is_later(self) -> Self:
        if self.later_amount and not self.later_years:
            raise ValueError(f"instalments has later_amount: {self.later_amount}, but no later_years")
        if self.later_years and min(self.later_years) <= self.first_year:
            raise ValueError(
                f"instalments has {min(self.later_years)} in later_years, but first_year {self.first_year}"
            )
        return self


class Consultation(yaml_model.Strict):
    """The periodic meeting (Art. 6)."""

    article: Text
    purpose: Text
    powers: Text
    secretariat: tuple[Id, ...] = Field(min_length=1)
    members: tuple[Id, ...] = Field(min_length=1)
    pillar_representatives: tuple[Id, ...] = ()


class MonitoringLevel(yaml_model.Strict):
    """A level at which the deal is followed (Art. 7.2)."""

    id: Id
    name: Text
    article: Text


class Monitoring(yaml_model.Strict):
    """How the deal is followed and reported on (Art. 7)."""

    levels: tuple[MonitoringLevel, ...] = Field(min_length=1)
    report_parts: tuple[MonitoringLevel, ...] = Field(min_length=1)
    purpose: Text
    purpose_article: Text
    evaluation: Text
    evaluation_article: Text


class Term(yaml_model.Strict):
    """How long the deal lasts (Art. 2 and 17).

    `signed` is the day on which the last party signed, with its source; the deal starts on the day after. `start` is
    another first day. `first_year` is the first year with figures, `goals_until` the last year for goals without a
    year of their own.
    """

    start: date | None = None
    start_rule: Text
    signed: date | None = None
    signed_source: Text | None = None
    first_year: Year
    goals_until: Year
    end: date
    extension_talks: Text
    article: Text

    @model_validator(mode="after")
    def _begins_before_it_ends(self) -> Self:
        if (self.signed is None) != (self.signed_source is None):
            raise ValueError("term needs signed and signed_source, or neither")
        if self.begins >= self.end:
            raise ValueError(f"the deal would start on {self.begins}, which is not before its end, {self.end}")
        return self

    @property
    def begins(self) -> date:
        """The first day: the day after signing (Art. 17.1), or that of the first year where the day is not known."""
        if self.start is not None:
            return self.start
        return self.signed + timedelta(days=1) if self.signed is not None else date(self.first_year, 1, 1)

    def passed(self, day: date, until: date | None = None) -> float:
        """Return which share (0–1) of the days from the start up to `until` has passed at the end of a day.

        Everything that counts in time counts so: the elapsed term and the even pace of money and of goals.

        Parameters
        ----------
        until
            The last day; the end of the deal by default.
        """
        whole = ((until or self.end) - self.begins).days + 1
        gone = (day - self.begins).days + 1
        return 1.0 if gone >= whole else max(0.0, gone / whole)

    def due(self, indicator: Indicator) -> date:
        """Return the last day for the target of an indicator: of its own year, or of the year of the goals (Art. 2)."""
        return date(indicator.target_year or self.goals_until, 12, 31)


ArticleAbout = Literal[
    "verslag", "niveaus", "bevoegdheid", "richtlijn", "herziening", "eerste-termijn", "vertrouwelijk"
]
"""What the report names an article for that follows from nothing else in `deal.yml`."""


Day = date
"""A date; an amendment has a key of that name."""


class Amendment(yaml_model.Strict):
    """A change of the covenant (Art. 11), a party that joins (Art. 12) or leaves (Art. 13), or another end of the term.

    `end` is the new last day of the deal, where the change is about that (Art. 17).
    """

    date: date
    kind: Literal["wijziging", "toetreding", "uittreding", "verlenging"]
    summary: Text
    article: Text
    end: Day | None = None

    @model_validator(mode="after")
    def _extension_has_an_end(self) -> Self:
        if (self.kind == "verlenging") != (self.end is not None):
            raise ValueError("an amendment of the kind 'verlenging', and no other, has the key 'end': the new last day")
        return self


class PillarWord(yaml_model.Strict):
    """What the deal calls its pillars: `pijler` and `pijlers`, or `programmalijn` and `programmalijnen`."""

    one: Text = "pijler"
    many: Text = "pijlers"


class Colophon(yaml_model.Strict):
    """Who publishes the reports, and on which terms.

    Attributes
    ----------
    publisher
        The secretariat of Art. 6 where it is left out.
    licence
        Of the report and its figures, as SPDX names it, such as `CC-BY-4.0`.
    data
        How a reader gets the figures, beside what comes with the report.
    abbreviations
        What letters stand for, beside the short names of parties.
    """

    publisher: Text | None = None
    licence: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9.+-]+$")] | None = None
    data: Text | None = None
    abbreviations: dict[str, Text] = Field(default_factory=dict)


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
            known = Counter(map(_as_read, names))
            if twice := next((name for name in names if known[_as_read(name)] > 1), ""):
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
        for member in (
            *self.consultation.members,
            *self.consultation.secretariat,
            self.instalments.recipient,
        ):
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
    def _who_comes_and_goes_is_an_amendment(self) -> Self:
        known = {(each.kind, each.date) for each in self.amendments}
        for party in self.parties:
            for key, kind, day in (("joined", "toetreding", party.joined), ("left", "uittreding", party.left)):
                if day is not None and (kind, day) not in known:
                    raise ValueError(f"party {party.id!r} has {key}: {day}, but no amendment {kind!r} has that date")
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
        years = {f"target_year of indicator {each.id!r}": each.target_year for each in self.indicators}
        for what, year in ({"term.goals_until": self.term.goals_until} | years).items():
            if year is not None and year < begins.year:
                raise ValueError(f"{what} is {year}, but the deal starts on {begins}")
        if self.term.first_year > self.term.end.year:
            raise ValueError(f"term.first_year is {self.term.first_year}, but the deal ends on {self.term.end}")
        for each in self.amendments:
            if each.end is not None and each.end <= begins:
                raise ValueError(f"the amendment of {each.date} has end: {each.end}, but the deal starts on {begins}")
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
        results = tuple(result.as_of(day.year) for result in self.results)
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
    deal = yaml_model.read(path, str(path), Deal, DealError)
    return path.read_text(encoding="utf-8"), deal


def article_text(deal: Deal, about: str) -> str:
    """Return how a report names the article about something (a key of `Deal.articles_by_name`)."""
    article = deal.articles_by_name.get(about, "")
    return f"art. {article}" if article[:1].isdigit() else article or "convenant"


def _as_read(name: str) -> str:
    return " ".join(name.casefold().split())


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
