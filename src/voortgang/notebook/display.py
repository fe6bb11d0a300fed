"""Objects that a cell shows: HTML for the person at the notebook, data for the report."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from typing import Any

from voortgang.writing.publishable import MIME, NARROW, Cards, Fact, Figure, Sheets, Table, Text, unquoted


@dataclass(frozen=True)
class Shown:
    """Facts, a table, a text, sheets or cards in a cell's output."""

    outputs: tuple[Fact | Table | Text | Sheets | Cards, ...]

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return {
            "text/html": "\n".join(_html(output) for output in self._seen()),
            MIME: [output.model_dump(mode="json") for output in self.outputs],
        }

    def _seen(self) -> list[Fact | Table | Text | Sheets | Cards]:
        """Return what a person looks at: a table, and not every number in it once more."""
        return [output for output in self.outputs if not isinstance(output, Fact)] or list(self.outputs)


def sentence(text: str) -> Shown:
    """Show a sentence where there is nothing to put in a table or to draw."""
    return Shown((Text(paragraphs=(text,)),))


@dataclass(frozen=True)
class ShownChart:
    """A chart in a cell's output, with its caption, its text alternative and the facts in it.

    `narrow` is the same chart, drawn for a phone.
    """

    svg: str
    figure: Figure
    facts: tuple[Fact, ...] = ()
    narrow: str = ""

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> tuple[dict[str, Any], dict[str, Any]]:
        bundle = {
            "image/svg+xml": self.svg,
            MIME: [output.model_dump(mode="json") for output in (self.figure, *self.facts)],
        }
        if self.narrow:
            bundle[NARROW] = self.narrow
        return bundle, {"image/svg+xml": {"alt": self.figure.alt}}


# No template: these are lines and not pages, and every kernel would load Jinja for them.
def _html(output: Fact | Table | Text | Sheets | Cards) -> str:
    match output:
        case Fact():
            return f"<p>{escape(output.label)}: <strong>{escape(output.text)}</strong> <code>{output.id}</code></p>"
        case Text():
            return "\n".join(f"<p>{escape(unquoted(paragraph))}</p>" for paragraph in output.paragraphs)
        case Sheets():
            return "\n".join(
                piece
                for sheet in output.sheets
                for piece in (f"<h2>{escape(sheet.title)}</h2>", *map(_html, sheet.parts))
            )
        case Cards():
            items = (": ".join((each.label, "; ".join(each.lines))) for each in output.cards)
            return "<ul>" + "\n".join(f"<li>{escape(unquoted(item))}</li>" for item in items) + "</ul>"
        case Table():
            head = _row("th", output.headings, output.alignments)
            body = "\n".join(_row("td", row, output.alignments) for row in output.rows)
            caption = f"<caption>{escape(unquoted(output.caption))}</caption>"
            return f"<table>{caption}<thead>{head}</thead>\n<tbody>\n{body}\n</tbody></table>"


def _row(tag: str, cells: Iterable[str], alignments: Iterable[str]) -> str:
    scope = ' scope="col"' if tag == "th" else ""
    return (
        "<tr>"
        + "".join(
            f'<{tag}{scope} style="text-align: {alignment}">{escape(unquoted(cell))}</{tag}>'
            for cell, alignment in zip(cells, alignments, strict=True)
        )
        + "</tr>"
    )
