"""Sentences that a notebook computes: they quote key figures, and may bring figures of their own."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from voortgang.notebook.display import Shown
from voortgang.notebook.facts import fact, facts_in
from voortgang.notebook.report import Report
from voortgang.writing import dutch
from voortgang.writing.publishable import Fact, Source, Text, Unit, quote

NO_FIGURE = "onbekend"


def cell(frame: pd.DataFrame, row: str, column: str) -> Fact | str:
    """Return the key figure in a cell of a frame; `onbekend` where there is none.

    Parameters
    ----------
    row, column
        Key of the row, and name of the column; where the frame holds the figure also as the report writes it
        (`waarde_tekst`), that counts.
    """
    written = f"{column}_tekst" if f"{column}_tekst" in frame else column
    found = facts_in(frame.loc[[row]], [written]) if row in frame.index else []
    return found[0] if found else NO_FIGURE


def computed(
    report: Report, key: str, label: str, value: float | None, of: Iterable[Fact | str], unit: Unit = "aandeel"
) -> Fact | str:
    """Return a figure that a notebook computes itself as a key figure; `onbekend` where it has no value.

    Parameters
    ----------
    key, label, unit
        Id, description and unit, as in `Fact`.
    of
        The key figures that it is computed from: it rests on the same rows.
    """
    known = [each for each in of if isinstance(each, Fact)]
    sources: list[Source] = []
    for each in known:
        sources += [source for source in each.sources if source not in sources]
    article = known[0].article if known else "doelbereik"
    made = list(fact(report, key, label, value, unit, article, sources))
    return made[0] if made else NO_FIGURE


def sentences(*texts: str, **figures: Fact | str) -> Shown:
    """Show sentences in which a name between braces stands for a key figure: `{assessments} bedrijven`.

    Raises
    ------
    KeyError
        When a text names a figure that was not given.
    """
    marked = {name: quote(each.text, each) if isinstance(each, Fact) else each for name, each in figures.items()}
    facts = {each.id: each for each in figures.values() if isinstance(each, Fact)}
    return Shown((Text(paragraphs=tuple(text.format(**marked) for text in texts)), *facts.values()))


def listing(names: Iterable[str]) -> str:
    """Write names as an enumeration: `Emmen, Coevorden en Hoogeveen`."""
    return dutch.listing(names)
