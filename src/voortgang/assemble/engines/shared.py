"""What the documents of one project share: its files, and which of them each document is made from."""

from __future__ import annotations

import re
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from voortgang.assemble.collect import FIGURES, NARROW_ENDING
from voortgang.assemble.quarto_project import CARRIED, FRAGMENTS, PLACE, read_header, read_project, with_extensions
from voortgang.assemble.settings import settings_of
from voortgang.assemble.shortcodes import Line, Scope, expanded
from voortgang.assemble.subset import require_first_level, require_pictures, require_subset
from voortgang.run.store import Store
from voortgang.workspace.extension import extension_files
from voortgang.workspace.fingerprint import of_file, of_value

_PROGRAMS = {".lua", ".typ", ".html", ".openxml", ".opendocument", ".css", ".js", ".svg"}
_OPENS = re.compile(
    r"\bio\s*[.\[]|\bos\s*\[|loadfile|dofile|require|execute|system|mediabag(?!\.fetch\((?:narrow|name)\)|\.make_data_uri\b)|pipe\b|zip\b|_G\b|_ENV\b"
)
"""How a Lua filter opens a file, or gets at what does; a picture, and a chart's narrow drawing, count with the text."""
_FIGURE = re.compile(rf"\(({FIGURES}/[\w.-]+)\)")


class Shared:
    """What the documents of one project share; each file of it is read once, while it stays as it is.

    Parameters
    ----------
    sources
        Folder of the project.
    store
        Where what is made of chapters is kept; None to make each document whole.
    variables
        Content of `_variables.yml`, where it is known: to read it takes as long as to read all chapters.
    """

    def __init__(self, sources: Path, store: Store | None = None, variables: dict[str, Any] | None = None) -> None:
        self.sources, self.store, self._given = sources, store, variables
        self._documents: dict[str, tuple[dict[str, Any], list[Line]]] = {}

    def document(self, name: str) -> tuple[dict[str, Any], list[Line]]:
        """Return the settings and the expanded lines of a document, which is within the subset.

        Raises
        ------
        TemplateError
            When the document holds something outside the subset.
        """
        if name in self._documents:
            return self._documents[name]
        header = read_header(self.sources / name, name)
        settings = with_extensions(self._project | header, self.sources)
        settings.pop(PLACE, None)
        known = settings_of(settings, name, header)
        lines = list(expanded(self.sources, name, Scope(self._variables, settings, name)))
        require_subset(lines)
        require_first_level(lines, known.shift_headings)
        require_pictures(lines, self.sources)
        self._documents[name] = settings, lines
        return settings, lines

    def ingredients(self, name: str) -> list[str]:
        """Return the digests of all that one document is made from: text, settings, figures, styles, what it carries.

        Raises
        ------
        TemplateError
            When the document holds something outside the subset.
        """
        settings, lines = self.document(name)
        text = "\n".join(line.text for line in lines)
        named = sorted(settings.items())
        figures = [self.sources / match for match in sorted(set(_FIGURE.findall(text)))]
        endings = (".svg", ".png", NARROW_ENDING)
        files = [path for each in figures for ending in endings if (path := each.with_suffix(ending)).exists()]
        files += [self.sources / each for each in CARRIED if self._may_carry(each, f"{text}{named!r}")]
        return [of_value(text), of_value(repr(named)), of_value(self._styles + self._digests(files))]

    @cached_property
    def _project(self) -> dict[str, Any]:
        return read_project(self.sources, "_quarto.yml")

    @cached_property
    def _variables(self) -> dict[str, Any]:
        if self._given is not None:
            return self._given
        found = yaml.load((self.sources / "_variables.yml").read_text(encoding="utf-8"), yaml.CSafeLoader)
        return found if isinstance(found, dict) else {}

    @cached_property
    def _style_files(self) -> list[Path]:
        others = {FIGURES, FRAGMENTS, *CARRIED}
        return [
            path
            for path in sorted(self.sources.rglob("*"))
            if path.relative_to(self.sources).parts[0] not in others and path.suffix not in {".qmd", ".yml"}
            if path.is_file()
        ]

    @cached_property
    def _styles(self) -> list[list[str]]:
        return self._digests(self._style_files)

    def _digests(self, files: list[Path]) -> list[list[str]]:
        return [[path.relative_to(self.sources).as_posix(), of_file(path)] for path in files]

    def _may_carry(self, name: str, words: str) -> bool:
        """Return whether a document may read a file: it is named, or a filter opens files that nobody can tell."""
        return name in words or any(name in text for text in self._programs.values()) or self._opens_files

    @cached_property
    def _programs(self) -> dict[Path, str]:
        """Templates, filters and styles, as text."""
        files = [path for path in self._style_files if path.suffix in _PROGRAMS]
        return {path: path.read_text(encoding="utf-8", errors="replace") for path in files}

    @cached_property
    def own_files(self) -> frozenset[str]:
        """The files of the format extension that are as this package has them, by their paths in the project."""
        return frozenset(name for name, path in extension_files() if of_file(path) == of_file(self.sources / name))

    @cached_property
    def _opens_files(self) -> bool:
        return any(_OPENS.search(text) for path, text in self._programs.items() if path.suffix == ".lua")
