"""What a notebook can publish, as data: the contract between a notebook's cells and the report.

A cell's output carries one of these objects under the MIME type `MIME`, next to what a person sees in JupyterLab.
They hold plain text; turning it into Markdown, and escaping it, is the collector's work. Where a text quotes a fact,
the quotation is marked with its id; the tables cannot hold the characters that mark it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

MIME = "application/vnd.voortgang+json"
"""MIME type of a published object."""

NARROW = "image/vnd.voortgang.narrow+svg"
"""MIME type of the drawing of a chart for a narrow screen, beside the one for a page."""


class _Output(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


Unit = Literal["euro", "aandeel", "aantal", "procent", "procentpunt", "mijlpaal", "woord"]


class Source(_Output):
    """Rows that a figure was computed from.

    Attributes
    ----------
    table
        A table such as `financien`, or `deal` for the covenant itself.
    where
        The rows with one of these values in each of these columns; all rows when empty.
    until
        Only what was known on this date.
    """

    table: str
    where: dict[str, tuple[str, ...]] = {}
    until: date


class Fact(_Output):
    """One published number (kerncijfer).

    Attributes
    ----------
    id
        Dotted key, such as `werken.gerealiseerd`; chapters quote it with `{{< var werken.gerealiseerd >}}`.
    label
        Dutch description.
    value
        The figure itself: euros, a share (0–1), a count, a percentage (0–100) or its points, 1 or 0 of a milestone, or
        a word.
    text
        The figure as the report writes it.
    phrase
        The figure as running text writes it, where that differs: `12 projecten`.
    unit
        What it is counted in.
    article
        Article of the covenant that asks for the figure.
    year, reference_date
        The year that the figure is about, and the date on which it was known.
    about
        What it is about: `pijler`, `thema`, `resultaat`, `indicator`, `gemeente`, `sector`, `project` or `partij`, each
        with its id.
    sources
        The rows that it was computed from.
    forecast
        Whether it is an expectation. A figure from provisional measurements is found by its sources.
    """

    kind: Literal["fact"] = "fact"
    id: str = Field(pattern=r"^[a-z0-9_]+(\.[a-z0-9_]+)*$")
    label: str
    value: int | float | str
    text: str
    phrase: str = ""
    unit: Unit
    article: str
    year: int
    reference_date: date
    about: dict[str, str] = {}
    sources: tuple[Source, ...] = ()
    forecast: bool = False

    @property
    def words(self) -> str:
        """What a chapter that quotes the fact writes."""
        return self.phrase or self.text


class Table(_Output):
    """A table of text: headings, rows, and how each column is aligned and how wide it is relative to the others.

    Whether the last row is a total; the places of the rows that are a sum of those above. Of an analyst's own table no
    number is a fact.
    """

    kind: Literal["table", "own-table"] = "table"
    caption: str
    headings: tuple[str, ...]
    alignments: tuple[Literal["left", "right", "center"], ...]
    widths: tuple[int, ...]
    rows: tuple[tuple[str, ...], ...]
    total: bool = False
    subtotals: tuple[int, ...] = ()


class Figure(_Output):
    """A chart in words: what follows from it (its title), what it is (its caption), and all of it (its alternative).

    The ids are those of the facts in it; the picture is in the cell's output. Of an analyst's own chart no number is a
    fact.
    """

    kind: Literal["figure", "own-figure"] = "figure"
    title: str = ""
    caption: str
    alt: str
    facts: tuple[str, ...] = ()


class Text(_Output):
    """Paragraphs of plain text."""

    kind: Literal["text"] = "text"
    paragraphs: tuple[str, ...]


class Sheet(_Output):
    """One sheet: what it is about, and its texts and tables in order; `key` is part of their labels."""

    key: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    title: str
    parts: tuple[Text | Table, ...]


class Sheets(_Output):
    """Sheets of one form, one for each of many things, which one cell makes together."""

    kind: Literal["sheets"] = "sheets"
    sheets: tuple[Sheet, ...]


class Card(_Output):
    """One key figure: what it is, the figure, a line that says more, and what became of it; the last may be empty."""

    label: str
    value: str
    detail: str
    change: str = ""

    @property
    def lines(self) -> tuple[str, ...]:
        """What stands below the name, in the order in which it is read."""
        return tuple(filter(None, (self.value, self.detail, self.change)))


class Cards(_Output):
    """Key figures that stand side by side."""

    kind: Literal["cards"] = "cards"
    cards: tuple[Card, ...]


Output = Annotated[Fact | Table | Figure | Text | Sheets | Cards, Field(discriminator="kind")]
OUTPUT: TypeAdapter[Fact | Table | Figure | Text | Sheets | Cards] = TypeAdapter(Output)
"""Reads an output back from its JSON."""

_BEFORE, _GOES_ON = re.compile(r"[\d.,]"), re.compile(r"[.,]?\d")
_QUOTED = re.compile("\ue001([a-z0-9_.]+)\ue002([^\ue001-\ue003]*)\ue003")


def quote(text: str, *facts: Fact) -> str:
    """Mark each fact where a text quotes it, in order.

    Raises
    ------
    ValueError
        When the text does not hold the text of a fact after that of the one before it.
    """
    marked, rest = "", text
    for fact in facts:
        start = _place(fact.text, rest)
        if start is None:
            raise ValueError(f"{text!r} does not quote {fact.id}, which is {fact.text!r}")
        marked += f"{rest[:start]}\ue001{fact.id}\ue002{fact.text}\ue003"
        rest = rest[start + len(fact.text) :]
    return marked + rest


def _place(words: str, text: str) -> int | None:
    """Return where words first stand in a text and are no part of a longer number; None where they do not."""
    # A pattern for each figure would cost more to compile than all else that a cell of a table takes.
    start = text.find(words)
    while start >= 0:
        if not _BEFORE.match(text[max(0, start - 1) : start]) and not _GOES_ON.match(text, start + len(words)):
            return start
        start = text.find(words, start + 1)
    return None


def unquoted(text: str) -> str:
    """Return a text without the marks of its quotations."""
    return _QUOTED.sub(r"\2", text)


def replaced(text: str, plain: Callable[[str], str], quotation: Callable[[str, str], str]) -> str:
    """Return a text with `plain` done to its parts, and `quotation` to the id and text of each fact that it quotes."""
    parts = _QUOTED.split(text)
    pieces = [plain(parts[0]) if parts[0] else ""]
    for fact, words, after in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
        pieces += [quotation(fact, words), plain(after) if after else ""]
    return "".join(pieces)
