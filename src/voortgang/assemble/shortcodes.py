"""The shortcodes of Quarto that the built-in path knows: `include`, `var`, `meta` and `pagebreak`.

Quarto fills these in as text, before Pandoc parses; so does this module.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from posixpath import normpath
from typing import Any

from voortgang.errors import TemplateError
from voortgang.writing.plain_text import SAVE_AS, WANTED, NotText, decoded

# Braces that are escaped one by one (\{\{\<) are text; Quarto reads them so too.
SHORTCODE = re.compile(r"(?<![\\{])\{\{<\s*(\S+)\s*([^\n]*?)\s*>\}\}")
_OPENS = "{{<"
CODE = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)")
"""Code within a line."""
FENCE = re.compile(r"^\s{0,3}(`{3,}|~{3,})")
"""The first or last line of fenced code."""
_SETTINGS = {
    "filters",
    "format",
    "number-sections",
    "project",
    "shift-heading-level-by",
    "syntax-highlighting",
    "toc",
    "toc-depth",
}
"""Keys that Quarto acts on and takes out of the metadata."""
_UNKNOWN = "0"
"""What stands for a variable that is not known yet."""
PAGEBREAK = "::: {.pagina-einde}\n:::"


@dataclass(frozen=True)
class Scope:
    """What shortcodes may name.

    Attributes
    ----------
    variables
        Content of `_variables.yml`; None when it is not known yet, and any name may be there.
    metadata
        Content of `_quarto.yml`.
    file
        How messages name the file that is read.
    texts
        Of files that are known already, and need not lie in the folder of the document: their texts, by name.
    """

    variables: Mapping[str, Any] | None
    metadata: Mapping[str, Any]
    file: str
    texts: Mapping[str, str] = field(default_factory=dict)

    def text(self, name: str) -> str | None:
        """Return the text of a file that is known, however its name is written."""
        return self.texts.get(name, self.texts.get(normpath(name)))


@dataclass(frozen=True)
class Line:
    """One line of the expanded document, and where it came from."""

    text: str
    file: str
    number: int
    code: bool = False

    @property
    def where(self) -> str:
        """File and line for a message; of what a notebook or the bureau wrote, that."""
        made = re.fullmatch(r"fragmenten/_(toelichting-)?(.+)\.md", self.file)
        if made is None:
            return f"{origin(self.file)}, line {self.number}"
        if made[1]:
            return f"data/toelichting/, the text {made[2]}.md of this year, line {self.number}"
        return f"the notebook cell with the label {made[2]}"


def origin(name: str) -> str:
    """Return how messages name a file of the sources: as it was written, and for which pillar or municipality.

    Examples
    --------
    >>> origin("hoofdstukken/werken/_pijler-aanpak.qmd")
    'hoofdstukken/_pijler-aanpak.qmd (for werken)'
    >>> origin("gemeente-emmen.qmd"), origin("hoofdstukken/_aanpak.qmd")
    ('gemeente.qmd (for emmen)', 'hoofdstukken/_aanpak.qmd')
    >>> origin("brief-gemeente-emmen.qmd")
    'gemeente-brief.qmd (for emmen)'
    """
    if match := re.fullmatch(r"((?:.*/)?)([^/]+)/(_(?:pijler|gemeente)-[^/]+)", name):
        return f"{match[1]}{match[3]} (for {match[2]})"
    if match := re.fullmatch(r"(pijler|gemeente)-(.+)\.qmd", name):
        return f"{match[1]}.qmd (for {match[2]})"
    if match := re.fullmatch(r"([^/]+)-(pijler|gemeente)-([^/]+)\.qmd", name):
        return f"{match[2]}-{match[1]}.qmd (for {match[3]})"
    return name


def read_text(path: Path, name: str) -> str:
    """Return the text of a file; `name` is how messages name it.

    Raises
    ------
    TemplateError
        When it is no UTF-8 text.
    """
    try:
        return decoded(path.read_bytes())
    except NotText as error:
        raise TemplateError(
            f"The file is no UTF-8 text: {error.why}.", f"{name}, line {error.line}", WANTED, SAVE_AS
        ) from error


def resolve_variables(text: str, scope: Scope) -> str:
    """Fill in `var` and `meta` in a text that holds no other shortcode.

    Raises
    ------
    TemplateError
        When the text names an unknown variable or another shortcode.
    """
    lines = (_resolved(Line(line, scope.file, number), scope) for number, line in enumerate(text.split("\n"), start=1))
    return "\n".join(lines)


def expanded(root: Path, name: str, scope: Scope, outer: tuple[str, ...] = ()) -> Iterator[Line]:
    """Yield the lines of a document with its includes in place and its variables filled in.

    Parameters
    ----------
    root
        Folder of the root document; Quarto resolves every include from there.
    name
        The document, from `root`.

    Raises
    ------
    TemplateError
        When an include, variable or shortcode is unknown, or files include each other in a circle.
    """
    fence = ""
    known = scope.text(name)
    lines = (read_text(root / name, name) if known is None else known).split("\n")
    start = 0 if outer else header_length(lines)
    for number, content in enumerate(lines[start:], start=start + 1):
        line = Line(content, name, number, bool(fence))
        mark = FENCE.match(content)
        if mark and not fence:
            fence = mark[1]
        elif mark and mark[1].startswith(fence) and content.strip() == mark[1]:
            fence = ""
        if line.code or mark:
            yield Line(content, name, number, True)
            continue
        match = SHORTCODE.fullmatch(content.strip()) if _OPENS in content else None
        if match and match[1] == "include":
            yield from _included(root, match[2], line, scope, (*outer, name))
        elif match and match[1] == "pagebreak":
            beside = (lines[at].strip() for at in (number - 2, number) if start <= at < len(lines))
            if any(each and not each.startswith(":::") for each in beside):
                raise TemplateError(
                    "A page break stands within a paragraph, of which Quarto would lose the rest.",
                    line.where,
                    "an empty line before and after it",
                    "Put empty lines around it.",
                )
            yield from (Line(part, name, number) for part in PAGEBREAK.splitlines())
        else:
            yield Line(_resolved(line, scope), name, number)


def header_length(lines: list[str]) -> int:
    """Return how many lines the YAML header of a document takes, with its marks; 0 when it has none."""
    if not lines or lines[0].rstrip() != "---":
        return 0
    return next((number for number, line in enumerate(lines[1:], start=2) if line.rstrip() == "---"), 0)


def _included(root: Path, target: str, line: Line, scope: Scope, outer: tuple[str, ...]) -> Iterator[Line]:
    path = root / target
    if target in outer:
        raise TemplateError(
            f"The file {target!r} includes itself.",
            line.where,
            "files that include others, not themselves",
            "Remove the include.",
        )
    lies_there = scope.text(target) is not None or (path.resolve().is_relative_to(root.resolve()) and path.is_file())
    if not lies_there:
        raise TemplateError(
            f"The file {target!r}, which is included here, does not exist.",
            line.where,
            "a file of the Quarto project, or fragmenten/_LABEL.md for a cell with that label in a notebook",
            "Correct the name; it counts from the folder of rapport.qmd.",
        )
    yield Line("", line.file, line.number)
    yield from expanded(root, target, scope, outer)
    yield Line("", line.file, line.number)


def _resolved(line: Line, scope: Scope) -> str:
    if _OPENS not in line.text:
        return line.text

    def value(match: re.Match[str]) -> str:
        name, argument = match[1], match[2]
        if name == "include":
            raise TemplateError(
                "An include does not stand on a line of its own.",
                line.where,
                "a line with nothing else on it",
                "Put empty lines around the include.",
            )
        if name not in {"var", "meta"}:
            raise TemplateError(
                f"The shortcode {name!r} is outside the subset of Quarto that every report can be made from.",
                line.where,
                "include, var, meta or pagebreak",
                "Write it differently; docs/quarto-subset.md says what is possible.",
            )
        if name == "meta" and line.text.lstrip().startswith("|"):
            raise TemplateError(
                "Metadata stands in a row of a table, whose columns Quarto would make as wide as the shortcode.",
                line.where,
                "a variable, {{< var … >}}, or words",
                "Write the words, or put them below the table.",
            )
        if name == "meta" and argument.split(".")[0] in _SETTINGS:
            raise TemplateError(
                f"The metadata {argument!r} is a setting, which Quarto does not show.",
                line.where,
                "a key of your own in _quarto.yml, or title or subtitle",
                "Write the words.",
            )
        if name == "var" and scope.variables is None:
            return _UNKNOWN
        found: Any = scope.variables if name == "var" else scope.metadata
        for part in argument.split("."):
            found = found.get(part) if isinstance(found, Mapping) else None
        if found is None or isinstance(found, Mapping | list):
            source = "a fact of a notebook or a word about the report" if name == "var" else "a key of _quarto.yml"
            raise TemplateError(
                f"The {'variable' if name == 'var' else 'metadata'} {argument!r} does not exist.",
                line.where,
                f"{source}; _variables.yml in the report's folder bron/ lists all variables",
                "Correct the name, or publish the fact in a notebook.",
            )
        return str(found).lower() if isinstance(found, bool) else str(found)  # as YAML and Quarto write them

    filled = SHORTCODE.sub(value, line.text)
    if any(SHORTCODE.search(code[0]) for code in CODE.finditer(line.text)):
        raise TemplateError(
            "A shortcode stands in code, where the signs that it escapes would be seen.",
            line.where,
            "code that is written out, or a shortcode in the text",
            "Take the shortcode out of the code.",
        )
    return filled
