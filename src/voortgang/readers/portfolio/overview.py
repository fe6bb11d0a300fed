"""What the notebook of the national overview works with. The figures are those that the deals published."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, ClassVar

import pandas as pd

from voortgang.notebook.counts import GOALS, PHASES, PROJECTS, reached_of
from voortgang.notebook.display import Shown
from voortgang.notebook.facts import facts_in, part, traced
from voortgang.notebook.prosperity import KINDS
from voortgang.publish.key_figures import Kerncijfer, Verslag
from voortgang.workspace.deal_parts import PROSPERITY, PillarWord
from voortgang.writing import dutch
from voortgang.writing.publishable import Fact, Source, Unit

MONEY = ("begroot", "gecommitteerd", "gerealiseerd")
CHECKED = {"bundel": "bundel, elk bestand", "manifest": "manifest", "vorm": "alleen de vorm"}


class _Words:
    """What charts and facts ask of a deal."""

    pillar_word = PillarWord(one="deal", many="deals")

    @staticmethod
    def article(name: str) -> str:
        return name


@dataclass(frozen=True)
class Portfolio:
    """Many deals in one year.

    Attributes
    ----------
    year
        Reporting year.
    deals
        What each deal's report says of itself, and what vouches for its figures, by the deal's key.
    figures
        The published figures of each deal, by key and id.
    missing
        Sources that gave no figures, and why.
    """

    year: int
    deals: dict[str, tuple[Verslag, str]]
    figures: dict[str, dict[str, Kerncijfer]]
    missing: tuple[tuple[str, str], ...]
    deal: ClassVar[_Words] = _Words()
    yet: ClassVar[str] = "nog "
    """As that of a report: of many deals some go on."""

    @property
    def reference_date(self) -> date:
        """The latest of the dates on which the deals' figures were known."""
        return max((report.peildatum for report, _ in self.deals.values()), default=date(self.year, 12, 31))

    def day_in(self, year: int) -> pd.Timestamp:
        """Return the last day of `year` that the overview knows about."""
        return pd.Timestamp(min(date(year, 12, 31), self.reference_date))

    def sum(self, key: str) -> int:
        """Return the sum over the deals of a figure; a deal without it counts for nothing."""
        return int(sum(float(known[key].waarde) for known in self.figures.values() if key in known))

    def met(self, kind: str) -> dict[str, int]:
        """Return a count of indicators of each deal, over its pillars."""
        found = {}
        for deal, (report, _) in self.deals.items():
            keys = [f"{part(pillar)}.{kind}" for pillar in report.pijlers]
            found[deal] = int(sum(float(self.figures[deal][key].waarde) for key in keys if key in self.figures[deal]))
        return found


def load(year: int, reference_date: str, edition: str = "overleg") -> Portfolio:
    """Return what was read of the deals; `data/deals.json` beside the folder of the notebook holds it.

    Parameters
    ----------
    year
        Reporting year.
    reference_date, edition
        As every notebook has them; each deal has its own reference date.
    """
    content = json.loads(Path("../data/deals.json").read_text(encoding="utf-8"))
    deals = {each["sleutel"]: (Verslag.model_validate(each["verslag"]), each["controle"]) for each in content["deals"]}
    figures = {
        each["sleutel"]: {one["id"]: Kerncijfer.model_validate(one) for one in each["kerncijfers"]}
        for each in content["deals"]
    }
    return Portfolio(year, deals, figures, tuple((each["bron"], each["waarom"]) for each in content["ontbreekt"]))


def deals(portfolio: Portfolio) -> pd.DataFrame:
    """Return the deals side by side, and all together.

    Returns
    -------
    DataFrame
        Index: key of the deal, and `totaal`. Columns: `naam`, `aantal` (projects), `doelen` ("3 van 5"; missing where
        nothing has a target), `begroot`, `gecommitteerd`, `gerealiseerd` (euros), `uitputting` (0–1).
    """
    on_course, with_target = portfolio.met("op_koers"), portfolio.met("met_doel")
    rows = {}
    for deal, (report, _) in portfolio.deals.items():
        known = portfolio.figures[deal]
        amounts = {kind: _value(known.get(f"totaal.{kind}")) for kind in (*MONEY, "uitputting")}
        projects, goals = _value(known.get("totaal.projecten")), reached_of(on_course[deal], with_target[deal])
        rows[deal] = {"naam": report.deal, "aantal": projects, "doelen": goals, **amounts}
    sums = {kind: portfolio.sum(f"totaal.{kind}") for kind in MONEY} | {"aantal": portfolio.sum("totaal.projecten")}
    used = sums["gerealiseerd"] / sums["begroot"] if sums["begroot"] else float("nan")
    goals = reached_of(sum(on_course.values()), sum(with_target.values()))
    rows["totaal"] = {"naam": "Totaal", "doelen": goals, **sums, "uitputting": used}

    def cells(deal: str, row: pd.Series, column: str) -> Iterable[Fact]:
        stem = "totaal" if deal == "totaal" else f"deal.{part(deal)}"
        chosen = [deal] if deal in portfolio.deals else list(portfolio.deals)
        if column == "doelen":
            if pd.isna(row["doelen"]):
                return
            for kind, counts in (("op_koers", on_course), ("met_doel", with_target)):
                count = sum(counts[each] for each in chosen)
                yield _fact(
                    portfolio, f"{stem}.{kind}", f"{_GOALS[kind]}: {row['naam']}", count, "aantal", chosen, kind
                )
        elif column in {*MONEY, "aantal", "uitputting"} and pd.notna(row[column]):
            unit: Unit = "aandeel" if column == "uitputting" else ("aantal" if column == "aantal" else "euro")
            kind = "projecten" if column == "aantal" else column
            label = f"{kind.capitalize()}: {row['naam']}"
            yield _fact(portfolio, f"{stem}.{kind}", label, row[column], unit, chosen, kind)

    frame = pd.DataFrame.from_dict(rows, orient="index")
    for kind in (*MONEY, "aantal"):
        frame[kind] = frame[kind].astype("Int64")
    return traced(frame, portfolio, "totaal", cells)  # type: ignore[arg-type]


def by_prosperity(portfolio: Portfolio) -> pd.DataFrame:
    """Return the indicators of all deals by theme of broad prosperity (CBS).

    Returns
    -------
    DataFrame
        Index: id of the theme. Columns: `welvaart` (its name), `deals` (how many have a result there), and the counts
        `indicatoren`, `met_doel`, `op_koers`, `behaald`. Deals whose results have no theme are absent.
    """
    rows, sources = {}, {}
    for theme, name in PROSPERITY.items():
        keys = {kind: f"welvaart.{part(theme)}.{kind}" for kind in KINDS}
        sources[theme] = [deal for deal, known in portfolio.figures.items() if keys["indicatoren"] in known]
        if sources[theme]:
            counts = {kind: portfolio.sum(key) for kind, key in keys.items()}
            rows[theme] = {"welvaart": name, "deals": len(sources[theme]), **counts}

    def cells(theme: str, row: pd.Series, column: str) -> Iterable[Fact]:
        if column in {"deals", *KINDS}:
            key = f"welvaart.{part(theme)}.{column}"
            label = f"{_PROSPERITY[column]}: {row['welvaart']}"
            kind = "" if column == "deals" else key
            yield _fact(portfolio, key, label, row[column], "aantal", sources[theme], kind)

    frame = pd.DataFrame.from_dict(rows, orient="index", columns=["welvaart", "deals", *KINDS])
    return traced(frame, portfolio, "welvaart", cells)  # type: ignore[arg-type]


def standing(portfolio: Portfolio) -> pd.DataFrame:
    """Return how firm each deal's figures are: `naam`, `peildatum`, `verslagstatus`, `controle`, `opmerking`."""
    rows = []
    for deal, (report, checked) in portfolio.deals.items():
        remarks = ["openbare editie"] if report.editie == "openbaar" else []
        remarks += ["voorbeelddata"] if report.voorbeelddata else []
        if report.peildatum != date(portfolio.year, 12, 31):
            remarks.append("andere peildatum")
        provisional = sum(each.status == "voorlopig" for each in portfolio.figures[deal].values())
        if provisional:
            remarks.append("voorlopige cijfers")
        rows.append(
            (report.deal, dutch.long_date(report.peildatum), report.status, CHECKED[checked], "; ".join(remarks))
        )
    return pd.DataFrame(rows, columns=["naam", "peildatum", "verslagstatus", "controle", "opmerking"])


def absent(portfolio: Portfolio) -> pd.DataFrame:
    """Return the sources without figures: `bron`, `waarom`."""
    return pd.DataFrame(list(portfolio.missing), columns=["bron", "waarom"])


def publish(portfolio: Portfolio) -> Shown:
    """Publish how many deals there are, how many are missing, and what they add up to."""
    everyone = list(portfolio.deals)
    counts = {
        "deals.gelezen": ("Deals met cijfers", len(everyone)),
        "deals.ontbreken": ("Bronnen zonder cijfers", len(portfolio.missing)),
        "deals.concept": (
            "Deals waarvan het verslag nog niet is vastgesteld",
            sum(report.status != "vastgesteld" for report, _ in portfolio.deals.values()),
        ),
    }
    nouns = {"deals.gelezen": ("deal", "deals"), "totaal.projecten": ("project", "projecten")}
    counts |= {
        f"totaal.{kind}": (f"{PROJECTS[kind]}, alle deals", portfolio.sum(f"totaal.{kind}")) for kind in PROJECTS
    }
    facts = []
    for key, (label, count) in counts.items():
        phrase = dutch.count(int(count), *nouns[key]) if key in nouns else dutch.how_many(int(count))
        kind = key.removeprefix("totaal.") if key.startswith("totaal.") else ""
        facts.append(_fact(portfolio, key, label, count, "aantal", everyone, kind, phrase))
    projects = portfolio.sum("totaal.projecten")
    if projects:
        told = _phases(portfolio, projects)
        facts.append(
            _fact(portfolio, "totaal.fasen", "Projecten naar fase", projects, "aantal", everyone, "fasen", told)
        )
    together = facts_in(deals(portfolio).loc[["totaal"]], [*MONEY, "aantal", "uitputting"])
    return Shown(tuple({each.id: each for each in (*together, *facts)}.values()))


def _phases(portfolio: Portfolio, projects: int) -> str:
    """Return in words how many of all projects are in each phase; what is in none is told too, so that they add up."""
    words = PHASES | {"niet_getoond": "niet getoond in een openbare editie"}
    counted = [(portfolio.sum(f"totaal.{kind}"), told) for kind, told in words.items()]
    rest = projects - sum(count for count, _ in counted)
    return dutch.tally([*counted, (max(rest, 0), "zonder gepubliceerde fase")])


_PROSPERITY = {"deals": "Deals met een resultaat", **GOALS}
_GOALS = {"op_koers": "Doelen behaald of op schema", "met_doel": "Indicatoren met een doelwaarde"}


def _value(figure: Kerncijfer | None) -> Any:
    return None if figure is None else figure.waarde


def _fact(
    portfolio: Portfolio,
    key: str,
    label: str,
    value: Any,
    unit: Unit,
    deals: list[str],
    kind: str,
    phrase: str = "",
) -> Fact:
    write = {"euro": dutch.euro, "aandeel": dutch.share}.get(unit, dutch.number)
    number = float(value) if unit == "aandeel" else int(value)
    return Fact(
        id=key,
        label=label,
        value=number,
        text=write(number),
        phrase=phrase,
        unit=unit,
        article="7 lid 5",
        year=portfolio.year,
        reference_date=portfolio.reference_date,
        about={"deal": deals[0]} if len(deals) == 1 else {},
        sources=(
            Source(
                table="deals",
                where={"deal": tuple(deals), **({"kerncijfer": (kind,)} if kind else {})},
                until=portfolio.reference_date,
            ),
        ),
    )
