"""Turn executed notebooks into what the report is made of: fragments, figure files and facts."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from pydantic import ValidationError

from voortgang.assemble.own_outputs import require_filled_in, require_nothing_own
from voortgang.errors import NotebookError
from voortgang.run.plan import is_injected
from voortgang.writing import markdown
from voortgang.writing.photo import Fit, fit
from voortgang.writing.pixels import png
from voortgang.writing.publishable import (
    MIME,
    NARROW,
    OUTPUT,
    Cards,
    Fact,
    Figure,
    Output,
    Sheet,
    Sheets,
    Table,
    Text,
    unquoted,
)

_LABEL = re.compile(r"^#\|\s*label:\s*(\S+)\s*$", re.MULTILINE)
_SVG = "image/svg+xml"
_FORM = {"tbl": Table, "fig": Figure, "txt": Text}
FIGURES = "figuren"
"""Folder of the figure files, as seen from the root document (Quarto resolves figure paths from there)."""
NARROW_ENDING = ".smal.svg"
"""How the name of a drawing for a narrow screen ends."""


@dataclass(frozen=True)
class Cell:
    """A cell of a notebook.

    Attributes
    ----------
    notebook
        The executed notebook: `notebooks/pijler-werken.ipynb` in the folder of the report.
    cell, number
        Id of the cell, and its number among the code cells.
    written
        How messages name the notebook that was run; as `notebook` when empty.
    """

    notebook: str
    cell: str
    number: int
    written: str = ""

    def __str__(self) -> str:
        return f"{self.written or self.notebook}, code cell {self.number}"

    @property
    def page(self) -> str:
        """Where the page of the executed notebook shows the cell."""
        return f"{Path(self.notebook).stem}.html#cell-id={self.cell}"


@dataclass
class Collected:
    """What notebooks published.

    Attributes
    ----------
    fragments
        Markdown by label; `tbl-geld` becomes the file `fragmenten/_tbl-geld.md`.
    figures
        File content by file name.
    facts, tables
        By id, and by label.
    sentences
        The labels of tables and figures in whose place stands a sentence, because there was nothing to show.
    own
        The captions of the tables and figures that analysts made themselves, by label: no number in them is a fact.
    origins, cells
        The cell that published each label, and each fact.
    places
        The labels under which each fact stands.
    as_png
        Makes the PNG of a chart; None when nobody asks for pixels.
    made_fit
        Makes the picture of a story fit.
    """

    fragments: dict[str, str] = field(default_factory=dict)
    figures: dict[str, bytes] = field(default_factory=dict)
    facts: dict[str, Fact] = field(default_factory=dict)
    tables: dict[str, Table] = field(default_factory=dict)
    sentences: set[str] = field(default_factory=set)
    own: dict[str, str] = field(default_factory=dict)
    origins: dict[str, Cell] = field(default_factory=dict)
    cells: dict[str, Cell] = field(default_factory=dict)
    places: dict[str, list[str]] = field(default_factory=dict)
    as_png: Callable[[bytes], bytes] | None = png
    made_fit: Fit = fit
    _own: set[str] = field(default_factory=set)

    @property
    def conditions(self) -> dict[str, str]:
        """The words by which chapters find that something is spent, and that the deal or a pillar has projects."""
        named = {"gerealiseerd": "uitgegeven", "projecten": "geteld"}
        found = {}
        for key, fact in self.facts.items():
            stem, _, kind = key.partition(".")
            if kind in named and (stem == "totaal" or kind == "projecten") and float(fact.value) > 0:
                found[f"{stem}.{named[kind]}"] = "ja"
        return found

    def add(self, notebook: bytes, name: str, each: tuple[str, str] | None = None) -> None:
        """Add what an executed notebook published.

        Parameters
        ----------
        notebook
            The executed notebook, as the bytes of its file.
        name
            The notebook that was run, in the workspace.
        each
            The pillar or municipality that it ran for, as parameter and id: in labels `{pijler}` stands for the id.

        Raises
        ------
        NotebookError
            When a label occurs twice, two cells give one fact another value, or a label does not fit what its cell
            publishes.
        """
        for number, code in enumerate(_code_cells(notebook), start=1):
            cell = Cell(name, code.id, number)
            if each is not None:
                executed = Path(name).with_stem(f"{Path(name).stem}-{each[1]}").as_posix()
                cell = Cell(executed, code.id, number, f"{name} (for {each[1]})")
            where = str(cell)
            label = label_of(code.source, where, each)
            outputs = [(bundle, item) for bundle in _bundles(code) for item in _outputs(bundle, where)]
            shown = [(bundle, item) for bundle, item in outputs if not isinstance(item, Fact)]
            for _, item in outputs:
                if isinstance(item, Fact):
                    self._add_fact(item, cell, label)
            if label is None:
                continue
            if label in self.origins:
                raise NotebookError(
                    f"The label {label} is published twice.",
                    f"{self.origins[label]}\n{where}",
                    "one cell for each label",
                    "Rename one of the two.",
                )
            # What a function of voortgang publishes goes before what the cell shows beside it.
            shown = [each for each in shown if not _is_own(each[1])] or shown
            if not shown:
                require_nothing_own(label, code, where)
            if len(shown) != 1:
                raise _mismatch(label, where, f"{len(shown)} tables, figures or texts")
            self._add_fragment(label, *shown[0], where)
            self._note_own(label, shown[0][1], where, each)
            self.origins[label] = cell
            self.origins |= {name: cell for name in self.tables if name not in self.origins}  # those of sheets

    def _note_own(self, label: str, item: Output, where: str, each: tuple[str, str] | None) -> None:
        """Note a table or chart of an analyst's own."""
        if isinstance(item, Table | Figure) and _is_own(item):
            require_filled_in(label, item, where, each)
            self.own[label] = item.caption

    def _add_fact(self, fact: Fact, cell: Cell, label: str | None) -> None:
        """Add a fact. It may stand in more tables; its own cell, which publishes it for the prose, goes first."""
        known = self.facts.get(fact.id)
        if known and (known.value, known.text, known.unit) != (fact.value, fact.text, fact.unit):
            raise NotebookError(
                f"The fact {fact.id} has two values: {known.text} and {fact.text}.",
                f"{self.cells[fact.id]}\n{cell}",
                "one value for each fact",
                "Rename one of the two, or correct the cell that is wrong.",
            )
        phrase = (known.phrase if known else "") or fact.phrase
        if known is None or (label is None and fact.id not in self._own):
            self.facts[fact.id], self.cells[fact.id] = fact, cell
        self.facts[fact.id] = self.facts[fact.id].model_copy(update={"phrase": phrase})
        places = self.places.setdefault(fact.id, [])
        if label and label not in places:
            places.append(label)
        elif label is None:
            self._own.add(fact.id)

    def _add_fragment(
        self, label: str, bundle: dict[str, Any], item: Table | Figure | Text | Sheets | Cards, where: str
    ) -> None:
        nodes: list[object]
        match item:
            case Table() if label.startswith("tbl-"):
                nodes = [self._table(label, item)]
            case Sheets() if label.startswith("txt-"):
                nodes = [node for sheet in item.sheets for node in self._sheet(label, sheet)]
            case Cards() if label.startswith("txt-"):
                nodes = [markdown.Cards([(each.label, *each.lines) for each in item.cards])]
            case Figure() if label.startswith("fig-"):
                svg = str(bundle[_SVG]).encode()
                self.figures[f"{label}.svg"] = svg
                if self.as_png is not None:
                    self.figures[f"{label}.png"] = self.as_png(svg)
                narrow = ""
                if NARROW in bundle:
                    self.figures[f"{label}{NARROW_ENDING}"] = str(bundle[NARROW]).encode()
                    narrow = f"{FIGURES}/{label}{NARROW_ENDING}"
                nodes = [markdown.Figure(label, f"{FIGURES}/{label}.svg", item.caption, item.alt, item.title, narrow)]
            case Text():
                # A table without rows is published as the sentence that stands in its place.
                nodes = [markdown.Paragraph(paragraph) for paragraph in item.paragraphs]
                if not label.startswith("txt-"):
                    self.sentences.add(label)
            case _:
                raise _mismatch(label, where, f"a {item.kind.removeprefix('own-')}")
        self.fragments[label] = "\n\n".join(map(str, nodes)) + "\n"

    def _table(self, label: str, item: Table) -> markdown.Table:
        self.tables[label] = item
        look = (item.headings, item.alignments, item.rows, item.widths)
        return markdown.Table(label, item.caption, *look, item.total, item.subtotals)

    def _sheet(self, label: str, sheet: Sheet) -> list[object]:
        """Return a sheet: a heading, and its texts and tables, which are called after both the cell and the sheet."""
        stem = f"{label.removeprefix('txt-')}-{sheet.key}"
        nodes: list[object] = [markdown.Heading(f"sec-{stem}", sheet.title)]
        for number, each in enumerate(sheet.parts, start=1):
            if isinstance(each, Table):
                nodes.append(self._table(f"tbl-{stem}-{number}", each))
            else:
                paragraphs = [markdown.Paragraph(paragraph) for paragraph in each.paragraphs]
                # What a sheet ends with does not leave one line for the next page.
                ends = number == len(sheet.parts) and len(paragraphs) > 1
                nodes += [markdown.Together(paragraphs)] if ends else paragraphs
        return nodes

    def tables_json(self) -> str:
        """Return every table as JSON: caption, headings and rows of text, by label."""
        tables = {
            label: {
                "bijschrift": unquoted(table.caption),
                "kolommen": table.headings,
                "rijen": [[unquoted(cell) for cell in row] for row in table.rows],
            }
            for label, table in sorted(self.tables.items())
        }
        return json.dumps({"tabellen": tables}, ensure_ascii=False, indent=2) + "\n"


def charts(notebook: bytes) -> list[bytes]:
    """Return the drawing of each chart that an executed notebook publishes, as SVG."""
    bundles = (bundle for cell in _code_cells(notebook) for bundle in _bundles(cell))
    return [str(bundle[_SVG]).encode() for bundle in bundles if MIME in bundle and _SVG in bundle]


def _code_cells(notebook: bytes) -> list[Any]:
    """Return the notebook's own code cells, without the one in which papermill sets the parameters."""
    # This program wrote it: nothing asks whether it is sound.
    cells = nbformat.v4.reads(notebook.decode()).cells
    return [cell for cell in cells if cell.cell_type == "code" and not is_injected(cell)]


def label_of(source: str, where: str, each: tuple[str, str] | None = None) -> str | None:
    """Return the label that a cell gives in a line `#| label: …`, None when it has none.

    Parameters
    ----------
    source, where
        The cell, and how messages name it.
    each
        The pillar or municipality that its notebook runs for, as parameter and id.

    Raises
    ------
    NotebookError
        When the label has another form.
    """
    match = _LABEL.search(source)
    if match is None:
        return None
    label = match[1].replace(f"{{{each[0]}}}", each[1]) if each else match[1]
    if not re.fullmatch(rf"({'|'.join(_FORM)})-[a-z0-9]+(-[a-z0-9]+)*", label):
        raise NotebookError(
            f"The label {match[1]!r} has the wrong form.",
            where,
            "tbl-, fig- or txt- and then small letters, digits and hyphens; {pijler} or {gemeente} in a notebook that "
            "takes that parameter",
            "Rename the label, also where a chapter includes or quotes it.",
        )
    return label


def _bundles(cell: Any) -> list[dict[str, Any]]:
    return [output.data for output in cell.outputs if output.output_type in {"display_data", "execute_result"}]


def _is_own(item: Output) -> bool:
    """Return whether an analyst made a table or chart herself."""
    return item.kind.startswith("own-")


def _outputs(bundle: dict[str, Any], where: str) -> list[Output]:
    try:
        return [OUTPUT.validate_python(item) for item in bundle.get(MIME, [])]
    except ValidationError as error:
        raise NotebookError(
            f"The cell's output is not what this version publishes: {error.errors()[0]['msg']}.",
            where,
            "a table, figure, text or fact made by voortgang.notebook",
            "Run the notebook again with the same version of voortgang.",
        ) from error


def _mismatch(label: str, where: str, found: str) -> NotebookError:
    return NotebookError(
        f"The cell with the label {label!r} publishes {found}.",
        where,
        "one table for tbl-, one figure for fig-, one text for txt-",
        "Let the cell end with that one, or change the label.",
    )
