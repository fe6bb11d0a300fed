"""The covenant of a new deal as data, from a short list of questions."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import yaml

from voortgang.errors import DealError
from voortgang.workspace.deal import RESERVED, RESERVED_PARTIES, deal_from

TODO = "Nog in te vullen uit het convenant."


@dataclass(frozen=True)
class Answers:
    """What is asked about a deal.

    Attributes
    ----------
    name, region
        Name of the deal, and of its region.
    pillars
        Names of its pillars.
    word, words
        What the deal calls a pillar, one and many.
    municipalities
        Their names, without "Gemeente".
    province
        Its name; empty when no province takes part.
    first_year, last_year
        Term of the deal.
    state, regional
        Contributions of the State and of the region, in euros.
    overhead
        Part of the total for overhead, in euros.
    """

    name: str
    region: str
    pillars: tuple[str, ...]
    municipalities: tuple[str, ...]
    province: str
    first_year: int
    last_year: int
    state: int
    regional: int
    overhead: int
    word: str = "pijler"
    words: str = "pijlers"


def deal_text(answers: Answers) -> str:
    """Return a `deal.yml`. Each pillar gets one theme and one result with an open target, to be filled in.

    Raises
    ------
    DealError
        When the answers do not make a deal.
    """
    _require_possible(answers)
    name = " ".join(answers.name.split())
    head = (
        f"# The covenant of {name} as data. Fill in what says {TODO!r}, with the article that it comes from.\n"
        "# Amounts are whole euros.\n\n"
    )
    text = head + yaml.safe_dump(_content(answers), allow_unicode=True, sort_keys=False, width=118)
    deal_from(text, "the answers")
    return text


def _require_possible(answers: Answers) -> None:
    """Raise `DealError` for answers that no deal can be made of, in the words of the questions."""
    total = answers.state + answers.regional
    same = [
        one
        for names in (answers.pillars, answers.municipalities)
        for place, one in enumerate(names)
        if one.casefold() in map(str.casefold, names[:place])
    ]
    refusals = (
        (not answers.pillars, "No pillar is named.", "one or more names"),
        (bool(same), f"Two have the name {', '.join(same[:1])}.", "a name of its own for each pillar and municipality"),
        (
            not answers.municipalities and not answers.province,
            "Nobody of the region takes part in this deal.",
            "at least one municipality, or a province",
        ),
        (
            answers.last_year < answers.first_year,
            f"The deal would end in {answers.last_year}, before its first year with figures, {answers.first_year}.",
            f"{answers.first_year} or later",
        ),
        (
            answers.overhead > total,
            f"The overhead of {answers.overhead} euros is more than both contribute together.",
            f"at most {total} euros",
        ),
    )
    for holds, what, expected in refusals:
        if holds:
            raise DealError(what, "the answers", expected, "Give another answer; nothing was written.")


def _content(answers: Answers) -> dict[str, Any]:
    province_id = slug(f"provincie {answers.province}")
    place_ids = unique_ids(answers.municipalities, "gemeente", {*RESERVED_PARTIES, "ministerie", province_id})
    pillar_ids = unique_ids(answers.pillars, slug(answers.word) or "pijler", RESERVED)
    pillars = list(zip(pillar_ids, answers.pillars, strict=True))
    places = [
        {
            "id": place_id,
            "name": f"Gemeente {name}",
            "short": name,
            "group": "regio",
            "kind": "gemeente",
            "article": "Partijen",
        }
        for place_id, name in zip(place_ids, answers.municipalities, strict=True)
    ]
    ministry = {
        "id": "ministerie",
        "name": "Het Rijk",
        "short": "Rijk",
        "group": "rijk",
        "kind": "ministerie",
        "article": "Partijen",
    }
    province = {
        "id": province_id,
        "name": f"Provincie {answers.province}",
        "short": f"Provincie {answers.province}",
        "group": "regio",
        "kind": "provincie",
        "article": "Partijen",
    }
    regional = [province, *places] if answers.province else places
    total = answers.state + answers.regional
    each = (total - answers.overhead) // len(answers.pillars)
    amounts = [each] * len(answers.pillars)
    amounts[0] += total - answers.overhead - sum(amounts)
    # The last year has no instalment, unless there is only one other.
    later = list(range(answers.first_year + 1, max(answers.last_year, answers.first_year + 2)))
    later = [year for year in later if year <= answers.last_year]
    first = answers.state // (len(later) + 1)
    return {
        "name": answers.name,
        "region": answers.region,
        "name_article": "1",
        "ambition": TODO,
        "ambition_article": "1",
        "pillar_word": {"one": answers.word, "many": answers.words},
        "parties": [ministry, *regional],
        "pillars": [
            {
                "id": pillar_id,
                "name": name,
                "goal": TODO,
                "article": "2",
                "themes": [{"id": f"{pillar_id}-thema", "name": name, "summary": TODO, "article": "4"}],
            }
            for pillar_id, name in pillars
        ],
        "results": [
            {
                "id": f"{pillar_id}-1",
                "pillar": pillar_id,
                "name": f"Resultaat van {name}",
                "summary": TODO,
                "article": "3",
                "indicators": [
                    {
                        "id": f"{pillar_id}-1-indicator",
                        "name": f"Indicator van {name}",
                        "unit": "aantal",
                        "kind": "stand",
                        "direction": "stijgen",
                        "open_target": TODO,
                        "article": "3",
                    }
                ],
            }
            for pillar_id, name in pillars
        ],
        "budget": {
            "article": "5 lid 1",
            "pillars": [
                {"line": pillar_id, "amount": amount} for pillar_id, amount in zip(pillar_ids, amounts, strict=True)
            ],
            "overhead": {"line": "overhead", "amount": answers.overhead},
            "total": total,
        },
        "contributions": [
            {"group": "rijk", "amount": answers.state, "obligation": TODO, "article": "5 lid 2a"},
            {"group": "regio", "amount": answers.regional, "obligation": TODO, "article": "5 lid 2b"},
        ],
        "instalments": {
            "article": "5 lid 6",
            "recipient": regional[0]["id"],
            "form": TODO,
            "first_year": answers.first_year,
            "first_amount": first,
            "later_years": later,
            "later_amount": answers.state - first,
        },
        "consultation": {
            "article": "6",
            "purpose": TODO,
            "powers": TODO,
            "secretariat": ["ministerie", regional[0]["id"]],
            "members": ["ministerie", *(party["id"] for party in regional)],
        },
        "monitoring": {
            "levels": [{"id": "inhoud", "name": "inhoudelijke realisatie en uitputting", "article": "7 lid 2a"}],
            "report_parts": [
                {"id": "aanpak", "name": "programmatische aanpak van de doelen", "article": "7 lid 4a"},
                {"id": "doelbereik", "name": "voortgang van het doelbereik", "article": "7 lid 4b"},
                {"id": "financien", "name": "financiële realisatie per doel", "article": "7 lid 4c"},
            ],
            "purpose": TODO,
            "purpose_article": "7 lid 3",
            "evaluation": TODO,
            "evaluation_article": "7 lid 7",
        },
        "term": {
            "start_rule": TODO,
            "first_year": answers.first_year,
            "goals_until": answers.last_year,
            "end": date(answers.last_year, 12, 31),
            "extension_talks": TODO,
            "article": "17",
        },
    }


def unique_ids(names: Iterable[str], kind: str, taken: Collection[str] = ()) -> list[str]:
    """Return an id for each name, all different, and none of those that are taken.

    Examples
    --------
    >>> unique_ids(["Zorg & Wonen", "Zorg Wonen", "Overhead", "日本"], "pijler", {"overhead"})
    ['zorg-wonen', 'pijler-zorg-wonen', 'pijler-overhead', 'pijler']
    """
    found: list[str] = []
    for name in names:
        plain = slug(name)
        likely = [plain, f"{kind}-{plain}", *(f"{kind}-{plain}-{number}" for number in range(2, 1000))]
        shown = (each.strip("-").replace("--", "-") for each in likely)
        found.append(next(each for each in shown if each and each not in {*taken, *found}))
    return found


def slug(name: str) -> str:
    """Return an id for a name.

    Examples
    --------
    >>> slug("Zorg & Welzijn"), slug("Súdwest-Fryslân")
    ('zorg-welzijn', 'sudwest-fryslan')
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
