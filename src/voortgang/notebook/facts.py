"""Facts behind the cells of a frame: what each number is called, and from which rows it was computed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

import pandas as pd

from voortgang.notebook.report import Report
from voortgang.workspace.deal_parts import PillarWord
from voortgang.writing import dutch
from voortgang.writing.publishable import Fact, Source, Unit

Cells = Callable[[str, pd.Series, str], Iterable[Fact]]
"""Returns the facts in one cell, from the key of its row, the row, and the name of its column."""

_KEY = "cijfers"


class _Traced:
    """What a frame carries; pandas copies it with the frame, and a copy means the same."""

    def __init__(self, cells: Cells, report: Report, stem: str) -> None:
        self.cells, self.report, self.stem = cells, report, stem

    def __deepcopy__(self, memo: Any) -> _Traced:
        return self


def traced(frame: pd.DataFrame, report: Report, stem: str, cells: Cells) -> pd.DataFrame:
    """Return a frame that knows the facts in its cells; a selection of its rows and columns knows them too.

    Parameters
    ----------
    stem
        What facts about the frame as a whole are about: a pillar, or `totaal`.
    """
    frame.attrs[_KEY] = _Traced(cells, report, part(stem))
    return frame


def of_deal(frame: pd.DataFrame, report: Report) -> pd.DataFrame:
    """Return a frame without facts, whose headings are in the words of its deal."""
    return traced(frame, report, "totaal", lambda *_: ())


def about(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """Return a frame, or a selection from one, under a name of its own: what charts find in it as a whole is called so.

    Examples
    --------
    Two charts of one pillar each find how many indicators have risen. That is one key figure with two values, unless
    one of the frames has another name: ``vg.about(frame, "welzijn_ouderen")``.
    """
    found = frame.attrs.get(_KEY)
    return traced(frame.copy(deep=False), found.report, name, found.cells) if isinstance(found, _Traced) else frame


def cells_of(frame: pd.DataFrame) -> Cells | None:
    """Return what a frame knows about its cells; None when it was not traced."""
    found = frame.attrs.get(_KEY)
    return found.cells if isinstance(found, _Traced) else None


def stem_of(frame: pd.DataFrame) -> str:
    """Return what facts about a traced frame as a whole are called after: a pillar, `totaal`, or what `about` gave."""
    found = frame.attrs.get(_KEY)
    return found.stem if isinstance(found, _Traced) else "totaal"


def facts_in(frame: pd.DataFrame, columns: Iterable[str]) -> list[Fact]:
    """Return the facts in some columns of a frame, row by row."""
    cells, names = cells_of(frame), list(columns)
    if cells is None:
        return []
    return [each for key, row in frame.iterrows() for column in names for each in cells(str(key), row, column)]


def words_of(frame: pd.DataFrame) -> PillarWord:
    """Return what the deal that a frame is about calls its pillars."""
    found = frame.attrs.get(_KEY)
    return found.report.deal.pillar_word if isinstance(found, _Traced) else PillarWord()


def yet_of(frame: pd.DataFrame) -> str:
    """Return what stands before "niet" and "geen" in a sentence about a frame: "nog ", unless its deal has ended."""
    found = frame.attrs.get(_KEY)
    return found.report.yet if isinstance(found, _Traced) else "nog "


def about_all(
    frame: pd.DataFrame,
    facts: list[Fact],
    kind: str,
    label: str,
    value: float,
    unit: Unit,
    text: str | None = None,
) -> list[Fact]:
    """Return a number about a traced frame as a whole, from the rows of some facts in it."""
    found = frame.attrs.get(_KEY)
    if not isinstance(found, _Traced):
        return []
    sources: list[Source] = []
    for each in facts:
        sources += [source for source in each.sources if source not in sources]
    article = facts[0].article if facts else "aanpak"
    return list(fact(found.report, f"{found.stem}.{kind}", label, value, unit, article, sources, text=text))


def part(key: str) -> str:
    """Return an id of the deal as a part of the id of a fact, which holds no hyphens."""
    return "".join(sign if sign.isalnum() else "_" for sign in key.lower())


def source(report: Report, table: str, until: date | None = None, /, **where: Any) -> Source:
    """Return rows of a table as known on a date, the reference date by default; each keyword is a column."""
    values = {
        column: tuple(map(str, value)) if isinstance(value, list | tuple | set | frozenset) else (str(value),)
        for column, value in where.items()
        if value is not None
    }
    return Source(table=table, where=values, until=until or report.reference_date)


def covenant(report: Report, article: str) -> Source:
    """Return the covenant as a source."""
    return source(report, "deal", artikel=article)


def fact(
    report: Report,
    key: str,
    label: str,
    value: Any,
    unit: Unit,
    article: str,
    sources: Iterable[Source] = (),
    about: dict[str, str] | None = None,
    text: str | None = None,
    phrase: str = "",
    year: int | None = None,
    forecast: bool = False,
) -> Iterable[Fact]:
    """Return a number as a fact; nothing when there is no value.

    Parameters
    ----------
    key, label, value, unit, about, phrase, forecast
        As in `Fact`.
    article
        A name that `Deal.article` knows, or an article as it is.
    sources
        The rows that it was computed from.
    text
        How it is written; by its unit when absent.
    year
        The year that it is about; the reporting year by default.
    """
    if value is None or pd.isna(value):
        return ()
    write = {"euro": dutch.euro, "aandeel": dutch.share}.get(unit, dutch.number)
    number: Any = (
        value if isinstance(value, str) else (float(value) + 0.0 if unit == "aandeel" or value % 1 else int(value))
    )
    about_year = year or report.year
    return (
        Fact(
            id=key if about_year == report.year else f"{key}_{about_year}",
            label=label,
            value=number,
            text=text or write(number),
            phrase=phrase,
            unit=unit,
            article=report.deal.article(article),
            year=about_year,
            reference_date=report.day_in(about_year).date(),
            about=about or {},
            sources=tuple(sources),
            forecast=forecast,
        ),
    )
