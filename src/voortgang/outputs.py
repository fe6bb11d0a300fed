"""What a notebook can publish, as data: the contract between a notebook's cells and the report.

A cell's output carries one of these objects under the MIME type `MIME`, next to what a person sees in JupyterLab.
They hold plain text; turning it into Markdown, and escaping it, is the collector's work.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

MIME = "application/vnd.voortgang+json"
"""MIME type of a published object."""


class _Output(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Fact(_Output):
    """One published number (kerncijfer).

    Attributes
    ----------
    id
        Dotted key, such as `werken.gerealiseerd`; chapters quote it with `{{< var werken.gerealiseerd >}}`.
    label
        Dutch description.
    value
        The figure itself: euros, a share (0–1), a count, or a word.
    text
        The figure as the report writes it.
    unit
        `euro`, `aandeel`, `aantal`, `datum` or `woord`.
    article
        Article of the covenant that asks for the figure.
    year, reference_date
        Reporting year, and the date on which the figure was known.
    """

    kind: Literal["fact"] = "fact"
    id: str = Field(pattern=r"^[a-z0-9_]+(\.[a-z0-9_]+)*$")
    label: str
    value: int | float | str
    text: str
    unit: Literal["euro", "aandeel", "aantal", "datum", "woord"]
    article: str
    year: int
    reference_date: date


class Table(_Output):
    """A table of text: headings, rows, and how each column is aligned and how wide it is relative to the others."""

    kind: Literal["table"] = "table"
    caption: str
    headings: tuple[str, ...]
    alignments: tuple[Literal["left", "right", "center"], ...]
    widths: tuple[int, ...]
    rows: tuple[tuple[str, ...], ...]
    total: bool = False


class Figure(_Output):
    """Caption and text alternative of a chart; the picture itself is in the cell's output."""

    kind: Literal["figure"] = "figure"
    caption: str
    alt: str


class Text(_Output):
    """Paragraphs of plain text."""

    kind: Literal["text"] = "text"
    paragraphs: tuple[str, ...]


Output = Annotated[Fact | Table | Figure | Text, Field(discriminator="kind")]
OUTPUT: TypeAdapter[Fact | Table | Figure | Text] = TypeAdapter(Output)
"""Reads an output back from its JSON."""
