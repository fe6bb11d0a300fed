"""What an edition may say: its findings, and the words and amounts that may stand nowhere in it (Art. 10.1)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd

from voortgang.check.data import Data, View
from voortgang.check.findings import Finding
from voortgang.check.notebook_reads import Rows
from voortgang.check.withheld import companions, hidden_projects
from voortgang.writing.characters import folded, unmarked

T = TypeVar("T")


def shown_findings(findings: Iterable[Finding], data: Data, view: View) -> list[Finding]:
    """Return the findings that an edition may show: none that is about a project which it hides.

    A finding is about a project when its row is, or when it names the project's number or name.
    """
    words = forbidden_words(data, view)
    if not words:
        return list(findings)
    rows = _rows_of(hidden_projects(data, view) | companions(data, view), data)
    return [
        each
        for each in findings
        if each.row not in rows.get(Path(each.file).stem, ())
        and not any(word.within(text) for word in words for text in _texts(each))
    ]


@dataclass(frozen=True)
class Forbidden:
    """A word that an edition may not hold, and of which confidential project it is the number or the name."""

    text: str
    project: str

    def within(self, text: str) -> bool:
        """Return whether the word stands in a text, however that is written, and not as part of another word."""
        return first_within((self,), text) is not None

    @cached_property
    def folded(self) -> str:
        """The words, as `characters.folded` gives them."""
        return folded(self.text)

    @cached_property
    def parts(self) -> tuple[str, ...]:
        """Each word, the longest first."""
        return tuple(sorted(self.folded.split(), key=len, reverse=True))


def first_within(words: Sequence[Forbidden], text: str) -> int | None:
    """Return which of some words is the first to stand in a text; None when none does."""
    plain, whole = unmarked(text), None
    for place, word in enumerate(words):
        # A word without letters or digits stands nowhere.
        if word.parts and all(part in plain for part in word.parts):
            whole = whole or folded(text)
            if word.folded in whole:
                return place
    return None


def forbidden_words(data: Data, view: View) -> list[Forbidden]:
    """Return the numbers and names of the projects that an edition hides.

    A name is left out where the edition shows the same words for another reason: as part of the name of a project that
    it shows, or of a value in the covenant. It then says nothing of the hidden one.
    """
    hidden = hidden_projects(data, view)
    projects = data.tables.projecten
    is_hidden = projects["project_id"].isin(hidden)
    shown = [*projects.loc[~is_hidden, "naam"].dropna(), *_values(data.deal.model_dump(), str)]
    words = []
    for number, name in projects.loc[is_hidden, ["project_id", "naam"]].itertuples(index=False):
        words.append(Forbidden(str(number), str(number)))
        word = Forbidden(str(name), str(number))
        if str(name).strip() and not any(word.within(text) for text in shown):
            words.append(word)
    return words


@dataclass(frozen=True)
class Amounts:
    """The amounts of the projects that an edition hides, and those that it shows for another reason.

    An amount counts when it is distinctive: ten thousand euros or more, with three digits or more before its zeros.
    """

    hidden: Mapping[int, str]
    shown: frozenset[int]

    @cached_property
    def _written(self) -> re.Pattern[str]:
        """A pattern for all that may be a hidden amount."""
        amounts = "|".join(f"{amount:,}".replace(",", f"[{_BETWEEN}]?") for amount in self.hidden)
        return re.compile(rf"(?:{amounts})(?!\w)" if amounts else r"(?!)")

    @cached_property
    def unexplained(self) -> Amounts:
        """The same amounts, of which nothing is shown for another reason."""
        return Amounts(self.hidden, frozenset())

    def first(self, text: str, also_shown: Collection[int] = ()) -> tuple[str, str] | None:
        """Return the first amount of a hidden project in a text, as it stands there, and that project; None for none.

        Parameters
        ----------
        also_shown
            Amounts that something else in the report explains.
        """
        # To look for fourteen numbers takes a tenth of the time of looking for any number.
        for match in _AMOUNT.finditer(text) if self._written.search(text) else ():
            amount = int(_NO_DIGIT.sub("", match["whole"]))
            if amount in self.hidden and amount not in self.shown and amount not in also_shown:
                return match[0], self.hidden[amount]
        for match in _MILLIONS.finditer(text) if "mil" in (lower := text.lower()) or "mln" in lower else ():
            if match.start() and _GOES_ON.match(text, match.start() - 1):
                continue
            said = float(f"{match[1]}.{match[2]}")
            if len(f"{match[1]}{match[2]}".lstrip("0")) < _DIGITS:
                continue

            def is_meant(amount: int, said: float = said, digits: int = len(match[2])) -> bool:
                return round(amount / 1_000_000, digits) == said

            meant = [amount for amount in self.hidden if is_meant(amount)]
            if meant and not any(map(is_meant, (*self.shown, *also_shown))):
                return match[0], self.hidden[meant[0]]
        return None


_LEAST, _DIGITS = 10_000, 3
_BETWEEN = ".,'\u2019 \u00a0\u202f\u2009"
_NO_DIGIT = re.compile(r"\D")
_AMOUNT = re.compile(
    rf"(?<![\w#])(?<!\d[.,'\u2019])(?P<whole>\d{{1,3}}(?:[{_BETWEEN}]\d{{3}})+|\d{{5,12}})"
    r"(?:[.,](?:0{1,2}|-))?(?!\w|[.,]?\d)"
)
# What stands before it is looked at after: a pattern that begins with a digit is found five times as fast.
_GOES_ON = re.compile(r"[\d.,]")
_MILLIONS = re.compile(r"(\d\d{0,3})[.,](\d{1,3})\s*(?:miljoen|mln|million)\b", re.IGNORECASE)


def amounts(data: Data, view: View) -> Amounts:
    """Return the amounts that an edition hides and shows: bookings, their sums by year and kind, and budgets."""
    hidden = hidden_projects(data, view)
    found: dict[int, str] = {}
    projects, bookings = data.tables.projecten, data.tables.financien
    for number in sorted(hidden):
        own = bookings[bookings["project_id"] == number]
        sums = [own.groupby(by)["bedrag"].sum() for by in ("soort", [own["datum"].dt.year, "soort"])]
        every = [*own["bedrag"], *projects.loc[projects["project_id"] == number, "begroot"].dropna(), *chain(*sums)]
        found |= {abs(int(each)): number for each in every if _is_distinctive(abs(int(each)))}
    shown = set(_values(data.deal.model_dump(), int))
    if found:
        for table, frame in data.tables:
            rows = Rows(table).select(data, view)
            columns = [name for name in frame if pd.api.types.is_numeric_dtype(rows[name])]
            shown |= {abs(round(each)) for name in columns for each in rows[name].dropna()}
    return Amounts(found, frozenset(shown))


def _is_distinctive(amount: int) -> bool:
    return amount >= _LEAST and len(str(amount).rstrip("0")) >= _DIGITS


def _values(node: Any, kind: type[T]) -> Iterator[T]:
    """Yield the values of a kind in what a model holds, and not its keys."""
    if isinstance(node, Mapping):
        node = tuple(node.values())
    if isinstance(node, tuple | list | set | frozenset):
        for each in node:
            yield from _values(each, kind)
    elif isinstance(node, kind) and not isinstance(node, bool):
        yield node


def _rows_of(projects: frozenset[str], data: Data) -> dict[str, set[int]]:
    """Return, of each table, the rows that belong to some projects."""
    return {
        table: set(map(int, frame.index[frame["project_id"].isin(projects)]))
        for table, frame in data.tables
        if "project_id" in frame
    }


def _texts(finding: Finding) -> list[str]:
    return [*finding.message("nl"), *finding.message("en"), finding.value, *(text for _, text in finding.details)]
