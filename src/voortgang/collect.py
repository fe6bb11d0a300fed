"""Turn executed notebooks into what the report is made of: fragments, figure files, facts, and pages for auditors."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import nbformat
from pydantic import ValidationError

from voortgang import markdown
from voortgang.errors import NotebookError
from voortgang.outputs import MIME, OUTPUT, Fact, Figure, Table, Text
from voortgang.raster import png

_LABEL = re.compile(r"^#\|\s*label:\s*(\S+)\s*$", re.MULTILINE)
_FORM = {"tbl": Table, "fig": Figure, "txt": Text}
FIGURES = "figuren"
"""Folder of the figure files, as seen from the root document (Quarto resolves figure paths from there)."""


_exporting = threading.Lock()


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
    origins
        Where each label was published: the page of the notebook, and the cell in it.
    as_png
        Makes the PNG of a chart.
    """

    fragments: dict[str, str] = field(default_factory=dict)
    figures: dict[str, bytes] = field(default_factory=dict)
    facts: dict[str, Fact] = field(default_factory=dict)
    tables: dict[str, Table] = field(default_factory=dict)
    origins: dict[str, str] = field(default_factory=dict)
    as_png: Callable[[bytes], bytes] = png
    _origin: dict[str, str] = field(default_factory=dict)

    def add(self, notebook: bytes, name: str) -> None:
        """Add what an executed notebook published.

        Parameters
        ----------
        notebook
            The executed notebook, as the bytes of its file.
        name
            How messages name it.

        Raises
        ------
        NotebookError
            When a label or a fact's id occurs twice, or a label does not fit what its cell publishes.
        """
        for number, cell in enumerate(_code_cells(notebook), start=1):
            where = f"{name}, code cell {number}"
            label = _label(cell.source, where)
            outputs = [(bundle, item) for bundle in _bundles(cell) for item in _outputs(bundle, where)]
            shown = [(bundle, item) for bundle, item in outputs if not isinstance(item, Fact)]
            for _, item in outputs:
                if isinstance(item, Fact):
                    self._claim(f"fact {item.id}", where)
                    self.facts[item.id] = item
            if label is None:
                continue
            self._claim(f"label {label}", where)
            if len(shown) != 1:
                raise _mismatch(label, where, f"{len(shown)} tables, figures or texts")
            self._add_fragment(label, *shown[0], where)
            self.origins[label] = f"{Path(name).stem}.html#cell-id={cell.id}"

    def _add_fragment(self, label: str, bundle: dict[str, Any], item: Table | Figure | Text, where: str) -> None:
        match item:
            case Table() if label.startswith("tbl-"):
                self.tables[label] = item
                nodes: list[object] = [
                    markdown.Table(
                        label,
                        item.caption,
                        item.headings,
                        item.alignments,
                        item.rows,
                        item.widths,
                        item.total,
                    )
                ]
            case Figure() if label.startswith("fig-"):
                svg = str(bundle["image/svg+xml"]).encode()
                self.figures |= {f"{label}.svg": svg, f"{label}.png": self.as_png(svg)}
                nodes = [markdown.Figure(label, f"{FIGURES}/{label}.svg", item.caption, item.alt)]
            case Text():
                # A table without rows is published as the sentence that stands in its place.
                nodes = [markdown.Paragraph(paragraph) for paragraph in item.paragraphs]
            case _:
                raise _mismatch(label, where, f"a {item.kind}")
        self.fragments[label] = "\n\n".join(map(str, nodes)) + "\n"

    def facts_json(self) -> str:
        """Return every fact as JSON, in the order of their ids."""
        facts = [fact.model_dump(mode="json", exclude={"kind"}) for _, fact in sorted(self.facts.items())]
        return json.dumps({"kerncijfers": facts}, ensure_ascii=False, indent=2) + "\n"

    def tables_json(self) -> str:
        """Return every table as JSON: caption, headings and rows of text, by label."""
        tables = {
            label: {"bijschrift": table.caption, "kolommen": table.headings, "rijen": table.rows}
            for label, table in sorted(self.tables.items())
        }
        return json.dumps({"tabellen": tables}, ensure_ascii=False, indent=2) + "\n"

    def _claim(self, what: str, where: str) -> None:
        if what in self._origin:
            raise NotebookError(
                f"The {what} is published twice.",
                f"{self._origin[what]}\n{where}",
                "one cell for each label and each fact",
                "Rename one of the two.",
            )
        self._origin[what] = where


def page(notebook: bytes, title: str) -> bytes:
    """Return an executed notebook as an HTML page with its code visible, for auditors.

    The page is self-contained: no script, style or font comes from elsewhere.
    """
    content = nbformat.reads(notebook.decode(), as_version=4)
    with _exporting:
        body, _ = _exporter().from_notebook_node(content)
    # Code may be wider than the page: what scrolls can be reached from the keyboard.
    body = body.replace("<pre>", '<pre tabindex="0">')
    style = Path(__file__).with_name("notebook_page.css").read_text(encoding="utf-8")
    return (
        f'<!doctype html>\n<html lang="nl">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{title}</title>\n'
        f"<style>\n{style}</style>\n</head>\n<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    ).encode()


@cache
def _exporter() -> Any:
    """Return the exporter with its templates read; it serves one thread at a time."""
    from nbconvert import HTMLExporter
    from traitlets.config import Config

    options = Config()
    options.HTMLExporter.template_name = "basic"
    options.HTMLExporter.sanitize_html = False
    return HTMLExporter(config=options)


def _code_cells(notebook: bytes) -> list[Any]:
    """Return the notebook's own code cells, without the one in which papermill sets the parameters."""
    cells = nbformat.reads(notebook.decode(), as_version=4).cells
    return [cell for cell in cells if cell.cell_type == "code" and not is_injected(cell)]


def is_injected(cell: Any) -> bool:
    """Return whether papermill made a cell, to set the parameters: it is no part of the notebook."""
    return "injected-parameters" in cell.metadata.get("tags", [])


def _label(source: str, where: str) -> str | None:
    match = _LABEL.search(source)
    if match is None:
        return None
    if not re.fullmatch(rf"({'|'.join(_FORM)})-[a-z0-9]+(-[a-z0-9]+)*", match[1]):
        raise NotebookError(
            f"The label {match[1]!r} has the wrong form.",
            where,
            "tbl-, fig- or txt- and then small letters, digits and hyphens",
            "Rename the label, also where a chapter includes or quotes it.",
        )
    return match[1]


def _bundles(cell: Any) -> list[dict[str, Any]]:
    return [output.data for output in cell.outputs if output.output_type in {"display_data", "execute_result"}]


def _outputs(bundle: dict[str, Any], where: str) -> list[Fact | Table | Figure | Text]:
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
