"""The text of a covenant as a list: its articles, what each part asks, by when, and where a report answers it.

From it comes the annex *Convenantwijzer*. It is complete or it is refused: every part of every article has a provision,
and every article that `deal.yml` cites is in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Annotated, Any, Self

from pydantic import Field, StringConstraints, model_validator

from voortgang.workspace.yaml_model import Strict, spelled

Text = Annotated[str, StringConstraints(min_length=1)]
Number = Annotated[str, spelled("[1-9][0-9]*[a-z]?", "the number of an article, such as 7 or 12a")]
_CITED = re.compile(r"^(\d+[a-z]?)(?:\s*(?:,|lid)\s*(.+))?$")


class Article(Strict):
    """An article, and the parts that it is made of.

    Attributes
    ----------
    number, title
        As the covenant has them.
    paragraphs
        How many numbered paragraphs (leden) it has.
    parts
        What it is divided into otherwise, such as `Werken 1`.
    """

    number: Number
    title: Text
    paragraphs: Annotated[int, Field(ge=0)] = 0
    parts: tuple[Text, ...] = ()

    @property
    def references(self) -> tuple[str, ...]:
        """How each part is cited: `7 lid 4`, `3, Werken 1`; the article itself where it has no parts."""
        counted = tuple(f"{self.number} lid {number}" for number in range(1, self.paragraphs + 1))
        return (*counted, *(f"{self.number}, {part}" for part in self.parts)) or (self.number,)


class Provision(Strict):
    """What a part of an article asks.

    Attributes
    ----------
    article
        The part, as it is cited.
    asks
        What it asks, in our own words.
    by
        By when, in words; `doorlopend` where the covenant names no moment.
    due
        The last day, where there is one: before it, the part is not open but to come.
    answered
        The headings of the report under which it is answered.
    open
        What is still open. Nothing where all is answered, or where the part asks nothing of a report.
    """

    article: Text
    asks: Text
    by: Text = "doorlopend"
    due: date | None = None
    answered: tuple[Text, ...] = ()
    open: str = ""

    @model_validator(mode="after")
    def _is_answered_or_open(self) -> Self:
        if not self.answered and not self.open:
            raise ValueError(
                f"the provision {self.article!r} is neither answered nor open: name a heading, or what is open"
            )
        return self


class Covenant(Strict):
    """The articles of a covenant and what they ask."""

    articles: tuple[Article, ...] = Field(min_length=1)
    provisions: tuple[Provision, ...] = Field(min_length=1)

    @property
    def references(self) -> tuple[str, ...]:
        """How each part of each article is cited, in order."""
        return tuple(each for article in self.articles for each in article.references)

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        numbers = [re.sub(r"\D", "", article.number) for article in self.articles]
        if sorted(set(map(int, numbers))) != list(range(1, len(set(numbers)) + 1)):
            raise ValueError("covenant.articles leaves out an article: their numbers run on from 1")
        asked = [provision.article for provision in self.provisions]
        for reference in self.references:
            if not any(_belongs(each, reference) for each in asked):
                raise ValueError(f"covenant.provisions has nothing about article {reference!r}")
        for each in asked:
            if not any(_belongs(each, reference) for reference in self.references):
                raise ValueError(f"covenant.provisions names article {each!r}, which covenant.articles does not have")
            if asked.count(each) > 1:
                raise ValueError(f"covenant.provisions names article {each!r} twice")
        return self

    def require(self, cited: Iterable[str]) -> None:
        """Raise `ValueError` for a cited article that the covenant does not have."""
        for each in cited:
            if _CITED.match(each) and not any(
                _belongs(each, reference) or _belongs(reference, each) for reference in self.references
            ):
                raise ValueError(f"article {each!r} is cited, but covenant.articles does not have it")


def cited_in(content: Any) -> Iterator[str]:
    """Yield the articles that a covenant's data names, in keys that end with `article`."""
    if isinstance(content, dict):
        for key, value in content.items():
            if str(key).endswith("article") and isinstance(value, str):
                yield value.partition(" en ")[0]
            else:
                yield from cited_in(value)
    elif isinstance(content, list | tuple):
        for value in content:
            yield from cited_in(value)


def _belongs(part: str, whole: str) -> bool:
    """Return whether an article is another one, or a part of it: `7 lid 4a` is a part of `7 lid 4`."""
    return part == whole or (part.startswith(whole) and not part[len(whole)].isdigit())
