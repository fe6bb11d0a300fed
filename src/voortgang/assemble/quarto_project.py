"""A Quarto project: its parts, and which documents are made from it in which formats."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from voortgang.assemble.chapter_parts import Ids, repeated
from voortgang.assemble.document_names import FORMATS, REPORT
from voortgang.assemble.shortcodes import header_length, read_text
from voortgang.errors import TemplateError
from voortgang.workspace.extension import FOLDER

_FORMS = {"html": "html", "typst": "pdf", "docx": "docx", "odt": "odt"}
"""What each format of Quarto is published as."""

FRAGMENTS = "fragmenten"
CARRIED = ("kerncijfers.json", "tabellen.json")
"""Files with the figures and tables of a report, for its PDF to carry as attachments (PDF/A-3)."""

PLACE = "verslagmap"
"""Key of `_quarto.yml` in the sources that lie with a report: where the report's folder is, seen from there.

Without it, links lead from where a build puts the documents.
"""

_FILES = ("css", "template", "template-partials", "font-paths", "reference-doc")
"""Keys of a format that name files of the extension which contributes it."""


def read_project(folder: Path, name: str) -> dict[str, Any]:
    """Return the content of `_quarto.yml` in a folder; `name` is how messages name it.

    Raises
    ------
    TemplateError
        When the file is not YAML, or one of the keys that are read has another shape than Quarto knows.
    """
    settings = read_yaml(folder / "_quarto.yml", name)
    project = settings.get("project") or {}
    render = project.get("render") or [] if isinstance(project, dict) else None
    if not isinstance(render, list) or not all(isinstance(each, str) for each in render):
        raise TemplateError(
            "The documents of the project cannot be read.", f"{name}: project.render", "a list of names", "Correct it."
        )
    formats = settings.get("format") or {}
    if isinstance(formats, str):  # Quarto's short form
        settings["format"] = formats = {formats: "default"}
    if not isinstance(formats, dict):
        raise TemplateError(
            "The formats of the project cannot be read.",
            f"{name}: format",
            "names, each with its options",
            "Correct it.",
        )
    return settings


def read_yaml(path: Path, name: str) -> dict[str, Any]:
    """Return the content of a YAML file of the project; `name` is how messages name it.

    Raises
    ------
    TemplateError
        When the file is not YAML.
    """
    return _settings(read_text(path, name), name, "The project file")


def _settings(text: str, name: str, what: str, before: int = 0) -> dict[str, Any]:
    """Return the keys and values of a text, none when it is empty; `before` lines of the file come before it."""
    try:
        settings = yaml.load(text, yaml.CSafeLoader)
        _require_text_keys(settings)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        raise TemplateError(
            f"{what} is not valid YAML: {getattr(error, 'problem', None) or error}.",
            f"{name}, line {mark.line + 1 + before}" if mark else name,
            "keys and values, indented by spaces",
            "Correct the line.",
        ) from error
    if settings is not None and not isinstance(settings, dict):
        raise TemplateError(f"{what} holds no keys.", name, "keys and values, such as title: …", "Correct the file.")
    return settings or {}


def _require_text_keys(value: Any) -> None:
    """Raise `ValueError` for a key that YAML reads as a number, a date, yes or no, or nothing."""
    if isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, str):
                raise ValueError(f"the key {key!r} is no text (quotes make it one)")
            _require_text_keys(item)
    elif isinstance(value, list):
        for item in value:
            _require_text_keys(item)


def with_extensions(settings: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Return settings in which formats of extensions, such as `voortgang-html`, are filled in, as Quarto does.

    What the project says goes before what the extension says.

    Raises
    ------
    TemplateError
        When an extension is missing, or does not contribute the format.
    """
    formats = settings.get("format")
    if not isinstance(formats, dict):
        return settings
    common: dict[str, Any] = {}
    filled: dict[str, Any] = {}
    for key, own in formats.items():
        owner, _, form = str(key).rpartition("-")
        given = own if isinstance(own, dict) else {}
        if owner:
            contributed = _contributed(folder, owner, form)
            common |= contributed.get("common") or {}
            given = (contributed.get(form) or {}) | given
        filled[form] = given
    filters = (common.get("filters") or []) + (settings.get("filters") or [])
    return common | settings | {"format": filled} | ({"filters": filters} if filters else {})


def _contributed(folder: Path, owner: str, form: str) -> dict[str, Any]:
    """Return what an extension contributes, with its files as they are named from the project's folder."""
    place = f"{FOLDER}/{owner}"
    path = folder / place / "_extension.yml"
    if not path.is_file():
        raise TemplateError(
            f"The Quarto extension {owner!r} is missing.",
            f"templates/{place}/_extension.yml",
            "the extension that _quarto.yml names under format",
            f"Restore it, for instance with: git checkout -- templates/{place}",
        )
    formats = (read_yaml(path, f"templates/{place}/_extension.yml").get("contributes") or {}).get("formats") or {}
    if form not in formats:
        raise TemplateError(
            f"The Quarto extension {owner!r} has no format {form!r}.",
            "templates/_quarto.yml: format",
            f"one of: {', '.join(f'{owner}-{each}' for each in formats if each != 'common')}",
            "Correct the name of the format.",
        )
    return {name: _placed(given, place) for name, given in formats.items() if isinstance(given, dict)}


def _placed(given: dict[str, Any], place: str) -> dict[str, Any]:
    placed: dict[str, Any] = {}
    for key, value in given.items():
        if key == "filters":
            placed[key] = [{**each, "path": f"{place}/{each['path']}"} for each in value]
        elif key in _FILES:
            placed[key] = [f"{place}/{each}" for each in value] if isinstance(value, list) else f"{place}/{value}"
        else:
            placed[key] = value
    return placed


def documents(folder: Path, name: str, last_year: bool, ids: Ids | None = None) -> list[tuple[str, str]]:
    """Return each document of a project and each format that it is made in, in order.

    Parameters
    ----------
    ids
        Of a project that is not filled in yet: for what its documents are repeated.

    A document whose header says `blad: true` is a sheet: HTML and PDF, no Word. One that lists its own formats is made
    in these. One that says `alleen-laatste-jaar: true` belongs to the last year of a deal.

    Raises
    ------
    TemplateError
        When the project file or a header is not YAML, a document is missing, or the project has no format for it.
    """
    project = read_project(folder, name)
    listed = (project.get("project") or {}).get("render") or [REPORT]
    given = {_FORMS.get(str(key).rpartition("-")[2]) for key in project.get("format") or ()}
    found = []
    for document in map(str, listed):
        header = read_header(folder / document, document)
        if last_year or not header.get("alleen-laatste-jaar"):
            forms = _own_forms(header, document)
            if given and header.get("format") is None and (missing := [each for each in forms if each not in given]):
                raise _without_format(missing[0], document, name)
            found += [(each, form) for each in repeated(document, ids or {}) for form in forms]
    return found


def _without_format(form: str, document: str, name: str) -> TemplateError:
    key = next(f"voortgang-{each}" for each, published in _FORMS.items() if published == form)
    return TemplateError(
        f"The project has no format for the {form} of {document}.",
        f"{name}: format",
        f"{key}, beside the others",
        f"Add the line '{key}: default'; what a document is made as stands in the header of the document itself.",
    )


def _own_forms(header: dict[str, Any], document: str) -> list[str]:
    """Return what a document is made as."""
    formats = header.get("format")
    if formats is None:
        return [form for form in FORMATS if form != "docx" or not header.get("blad")]
    names = [str(key).rpartition("-")[2] for key in formats] if isinstance(formats, dict) else []
    if not names or not set(names) <= _FORMS.keys():
        raise TemplateError(
            f"The formats of the document {document} cannot be read.",
            f"{document}: format",
            "one or more of voortgang-html, voortgang-typst, voortgang-docx and voortgang-odt, each with its options",
            "Correct it, such as: format: {voortgang-docx: default}.",
        )
    return [_FORMS[name] for name in names]


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
    lines = read_text(path, name).split("\n")
    header = "\n".join(lines[1 : max(1, header_length(lines) - 1)])
    return _settings(header, name, "The header of the document", before=1)
