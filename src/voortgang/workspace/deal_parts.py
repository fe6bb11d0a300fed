"""The parts of the covenant: parties, pillars, results, money, the term, and what each must hold by itself.

What they must hold together is in `deal`. Amounts are whole euros. `article` names the article of the covenant that a
fact comes from.
They stand in one file, because `deal.yml` is one file, and they name each other.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, ValidationError, model_validator

from voortgang.workspace import yaml_model
from voortgang.writing.dutch import long_date, rounded

Id = Annotated[
    str,
    yaml_model.spelled(
        "[a-z0-9]+(-[a-z0-9]+)*",
        "small letters without accents and digits, with a hyphen between words, such as de-wolden",
    ),
]
Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Euros = Annotated[int, Field(ge=0)]
Place = Annotated[int, Field(ge=0, le=50)]
Year = Annotated[int, Field(ge=2000, le=2100)]


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
    cbs_code: Annotated[str, yaml_model.CBS_CODE] | None = None
    tile: tuple[Place, Place] | None = None
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
    for_residents: Annotated[str, StringConstraints(strip_whitespace=True)] = ""
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


Day = date
"""A date; what has a key of that name cannot call its type so."""


class TargetChange(yaml_model.Strict):
    """Another target of an indicator from a day on, by an amendment of that day (Art. 11).

    What it names takes the place of what held before, and the rest stays. A target ends `open_target`, and the other
    way round.
    """

    date: Day
    target: float | int | None = None
    target_qualifier: Text | None = None
    target_per_part: float | int | None = None
    target_year: Year | None = None
    planned: Day | None = None
    planned_source: Text | None = None
    open_target: Text | None = None

    @property
    def named(self) -> dict[str, object]:
        """The keys of `Indicator` that change, with their values from that day on."""
        given = self.model_dump(include=self.model_fields_set - {"date"})
        if given.get("open_target") is not None:
            return {"target": None, "target_qualifier": None, "target_per_part": None, **given}
        return {"open_target": None, **given} if {"target", "target_per_part"} & given.keys() else given

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if not self.named:
            raise ValueError(f"the change of {self.date} in target_changes names nothing but its date")
        return self


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
    target_changes
        What became of its target since, and from which day; the keys above say what the covenant began with.
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
    target_changes: tuple[TargetChange, ...] = ()
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

    @model_validator(mode="after")
    def _holds_whatever_is_changed(self) -> Self:
        """Refuse a change after which the indicator could not stand in `deal.yml`."""
        days = [each.date for each in self.target_changes]
        if len(set(days)) < len(days):
            raise ValueError(f"indicator {self.id!r} has two target_changes of one day")
        for each in self.versions[1:]:
            try:
                Indicator.model_validate(each.model_dump(exclude={"target_changes"}))
            except ValidationError as error:
                why = error.errors()[0]["msg"].removeprefix("Value error, ")
                raise ValueError(f"from {each.target_changes[-1].date}, by its target_changes: {why}") from None
        return self

    @property
    def versions(self) -> tuple[Indicator, ...]:
        """The indicator as the covenant began with it, and as it held from each change of its target."""
        return (self, *(self.as_of(day) for day in sorted(each.date for each in self.target_changes)))

    def as_of(self, day: date) -> Indicator:
        """Return the indicator as it held on a day: its target with what changed by then, and no later changes."""
        known = tuple(sorted((each for each in self.target_changes if each.date <= day), key=lambda each: each.date))
        changed = {key: value for each in known for key, value in each.named.items()}
        breaks = tuple(each for each in self.breaks if each.year <= day.year)
        return self.model_copy(update={"breaks": breaks, "target_changes": known, **changed})

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

    def as_of(self, day: date) -> Result:
        """Return the result with its indicators as they held on a day."""
        return self.model_copy(update={"indicators": tuple(each.as_of(day) for each in self.indicators)})


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


REPORT_PARTS = ("aanpak", "doelbereik", "financien")
"""What a report is about (Art. 7.4 a to c); every figure of a part names the article that asks for it."""


class Monitoring(yaml_model.Strict):
    """How the deal is followed and reported on (Art. 7)."""

    levels: tuple[MonitoringLevel, ...] = Field(min_length=1)
    report_parts: tuple[MonitoringLevel, ...] = Field(min_length=1)
    purpose: Text
    purpose_article: Text
    evaluation: Text
    evaluation_article: Text

    @model_validator(mode="after")
    def _names_each_part(self) -> Self:
        if missing := [each for each in REPORT_PARTS if each not in {part.id for part in self.report_parts}]:
            raise ValueError(
                f"monitoring.report_parts has no {missing[0]!r}: figures of that part name its article, so its ids are "
                f"{', '.join(REPORT_PARTS)}"
            )
        return self


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
        """Return the last day for the target of an indicator: of its own year, or of the year of the goals (Art. 2).

        In the year in which the deal ends that is its end (Art. 17).
        """
        year = indicator.target_year or self.goals_until
        return self.end if self.end.year == year else date(year, 12, 31)


ArticleAbout = Literal[
    "verslag", "niveaus", "bevoegdheid", "richtlijn", "herziening", "eerste-termijn", "vertrouwelijk"
]
"""What the report names an article for that follows from nothing else in `deal.yml`."""


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


_SPDX = yaml_model.spelled(
    "[A-Za-z0-9.+-]+",
    "a licence as SPDX names it, of letters, digits, full stops, plus signs and hyphens, such as CC-BY-4.0",
)


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
    licence: Annotated[str, _SPDX] | None = None
    data: Text | None = None
    abbreviations: dict[Text, Text] = Field(default_factory=dict)
