"""A Quarto project: its parts, and which documents are made from it in which formats."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from voortgang.assemble.shortcodes import header_length
from voortgang.errors import TemplateError

FORMATS = ("html", "pdf", "docx")
REPORT = "rapport.qmd"
"""The document that is the report; a project may have others."""

FRAGMENTS, FONTS = "fragmenten", "lettertypen"

Job = tuple[str, str]
"""A document of the project, and a format."""


def read_project(folder: Path, name: str) -> dict[str, Any]:
    """Return the content of `_quarto.yml` in a folder; `name` is how messages name it.

    Raises
    ------
    TemplateError
        When the file is not YAML.
    """
    try:
        settings = yaml.load((folder / "_quarto.yml").read_text(encoding="utf-8"), yaml.CSafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise TemplateError(
            f"The project file is not valid YAML: {getattr(error, 'problem', None) or error}.",
            f"{name}, line {mark.line + 1}" if mark else name,
            "keys and values, indented by spaces",
            "Correct the line.",
        ) from error
    return settings if isinstance(settings, dict) else {}


def documents(folder: Path, name: str, last_year: bool) -> list[tuple[str, str]]:
    """Return each document of a project and each format that it is made in, in order.

    A document whose header says `blad: true` is a sheet: HTML and PDF, no Word. One that says `alleen-laatste-jaar:
    true` belongs to the last year of a deal.

    Raises
    ------
    TemplateError
        When the project file or a header is not YAML, or a document is missing.
    """
    listed = (read_project(folder, name).get("project") or {}).get("render") or [REPORT]
    found = []
    for document in map(str, listed):
        header = read_header(folder / document, document)
        if last_year or not header.get("alleen-laatste-jaar"):
            found += [(document, form) for form in FORMATS if form != "docx" or not header.get("blad")]
    return found


def read_header(path: Path, name: str) -> dict[str, Any]:
    """Return the YAML header of a document; empty when it has none.

    Raises
    ------
    TemplateError
        When the document is missing, or its header is not YAML.
    """
    if not path.is_file():
        raise TemplateError(
            f"The document {name} is missing.",
            "templates/_quarto.yml: project.render",
            "names of documents in templates/",
            "Correct the list, or write the document.",
        )
    lines = path.read_text(encoding="utf-8").splitlines()
    try:
        header = yaml.load("\n".join(lines[1 : max(1, header_length(lines) - 1)]), yaml.CSafeLoader) if lines else None
    except yaml.YAMLError as error:
        raise TemplateError(
            "The header of the document is not valid YAML.",
            name,
            "keys and values between two lines ---",
            "Correct it.",
        ) from error
    return header if isinstance(header, dict) else {}
