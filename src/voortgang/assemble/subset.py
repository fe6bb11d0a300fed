"""Refuse, by file and line, what the built-in path cannot make the way Quarto does.

The subset itself is described in `docs/quarto-subset.md`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from html import unescape
from pathlib import Path
from urllib.parse import unquote

from voortgang.assemble.shortcodes import CODE, Line
from voortgang.errors import TemplateError

_REFERENCE = re.compile(r"(?<![\w\\@.])-?@((?:[A-Za-z]+-)?[\w-]+)")
_LABEL = re.compile(r"\{[^}]*?#([\w-]+)[^}]*\}")
_UNNUMBERED = re.compile(r"^#+ .*\{[^}]*(\.unnumbered\b|(?<=[{ ])-(?=[ }]))[^}]*\}\s*$")
_PICTURE = re.compile(
    r"!\[(?:[^\[\]\\]|\\.|\[[^\]]*\](?:\([^)]*\))?)*\]"  # the caption, which may hold a link
    r"\((?:<([^>]*)>|((?:[^()\\]|\\.|\([^()]*\))*?))(?:\s+\"[^\"]*\")?\)"  # the name, and a title
)
_UNDESCRIBED = re.compile(r"!\[\s*\]\(([^)]*)\)(?:\{([^}]*)\})?")
_ALTERNATIVE = re.compile(r"""\b(?:fig-)?alt=(?:"[^"]*[^"\s]|'[^']*[^'\s]|[^"'\s])""")
_KINDS = ("fig-", "tbl-", "sec-")
_HEADING = re.compile(r"^[\s>]*(#{1,6})\s")
_UNDERLINED = re.compile(r"^[\s>]*=+\s*$")

_FORMULA = re.compile(
    r"(?<!\\)\$\$(?:[^$\\]|\\.)+\$\$|(?<![\\$])\$(?![\s$])(?:[^$\\]|\\.)*(?<!\s)\$(?![\d$])", re.DOTALL
)
"""As Pandoc reads it: within one paragraph, also over lines. In `$ 5` and `$5 of $6` the sign is money."""
_BEGINS = re.compile(r"^\s*(?:[-+*:>|]|#{1,6}\s|\(?\w{1,9}[.)]\s|:::|\[\^)")
"""A line with a paragraph of its own: an item, a heading, a row, a note."""

_CELL = (
    (r"(`{3,}|~{3,})\s*\{=|\{=\w+\}", "a raw block", "Markdown, which reaches every format"),
    (
        r"(`{3,}|~{3,})\s*\{(?!\s*\.[A-Za-z][\w-]*\s*\}\s*$)",
        "a code cell that would be executed, or code with attributes",
        "a notebook, run by papermill; code that is only shown begins with ```python",
    ),
)
_ATTRIBUTES = r"\{(?:[^}\"]|\"[^\"]*\")*?(?<![\w-])"
"""What may stand before the name of an attribute."""
_SIZE = r"(?:\d+(?:\.\d+)?|\.\d+)"
_REFUSED = (
    *_CELL,
    (r"\.callout-|^:::+ *callout-", "a callout", "a plain div such as ::: {.kader}"),
    (
        r"\.panel-tabset|\.column-|\blayout(-ncol|-nrow)?=|\b(tbl-colwidths|fig-align)="
        r"|\{[^}]*\.(aside|columns?|landscape)(?![\w-])|^:::+ *(panel-tabset|column-|(aside|columns?|landscape)\b)",
        "a layout",
        "plain paragraphs, figures and tables",
    ),
    (
        r"\{[^}]*\.(proof|remark|solution)\b|^:::+ *(proof|remark|solution)\b"
        r"|\{[^}]*#(alg|cau|cnj|cor|def|dia|eq|exm|exr|imp|lem|lst|nte|prf|prp|rem|sol|thm|tip|vid|wrn)-|^:::.*#fig-",
        "what Quarto numbers in a way of its own",
        "a figure, a table, a section, or a div without such a class or label",
    ),
    (
        r"^[\s>]*(?:[Tt]able)?:\s.*\{(?![^}]*#tbl-)[^}]*#[^}]*\}\s*$",
        "a name of a table that Quarto would show as text",
        "a name that begins with tbl-: {#tbl-naam}",
    ),
    (
        r"!\[\s*\]\([^)]*\)\{[^}]*#fig-",
        "a numbered figure without a caption",
        "a caption between the brackets, or a picture without #fig-",
    ),
    (
        r"\{(?=[^}]*#fig-)(?:[^}]*[\s{])?alt=",
        "a text alternative that Quarto leaves out of a numbered figure",
        'fig-alt="…"',
    ),
    (
        r"\{[^}]*\.list-table(?![\w-])|^:::+ *list-table\b",
        "a list to be made a table of",
        "a pipe table or a grid table",
    ),
    (
        r"\{[^}]*\.lightbox(?![\w-])",
        "a picture to be enlarged by a script",
        "the picture, as large as it has to be",
    ),
    (
        rf"{_ATTRIBUTES}style=",
        "a style of its own",
        "a class that the styles of the report know, or custom-style for Word",
    ),
    (
        rf"{_ATTRIBUTES}(?:width=(?!([\"']?){_SIZE}(?:%|px|cm|mm|in|inch|pt|pc|em)?\1(?:\s*\}}|\s+[\w.#]))"
        rf"|height=(?!([\"']?){_SIZE}(?:px|cm|mm|in|inch|pt|pc|em)?\2(?:\s*\}}|\s+[\w.#])))",
        "a size in another form",
        "a number with %, cm, mm, in, pt, em or px, as in width=60%; a height without %",
    ),
    (
        r"^(?:[\s>]|[-+*:]\s|\(?[\w#]{1,9}[.)]\s|\[\^[^\]]*\]:)*\(@[\w-]*\)(?:\s|$)",
        "a numbered example",
        "a numbered list: 1. 2. 3.; a reference between brackets, [@tbl-naam], or after a word",
    ),
    (r"\[!\[", "a picture within a link", "a picture, and a link in the text"),
    (
        # an address between < and > is a link, and so is what stands for the target of one
        r"(?<!\\)(?<!\]\()<[A-Za-z/!?](?!ttps?:|ailto:|[\w.+-]*@[\w.-]+>)",
        "raw HTML",
        "Markdown, or a div with a class: ::: {.naam}",
    ),
    (
        r"^(?!:::+\s*\{\s*\.content-(visible|hidden) +(when|unless)-format=\"(html|typst|docx|odt)\"\s*\}\s*$)"
        r".*\{[^}]*\.content-(visible|hidden)\b",
        "a condition that is not known",
        '{.content-visible when-meta="…"}, or a div ::: {.content-visible when-format="html"} (or typst, docx, odt)',
    ),
    (r"(?<!\\)\\[A-Za-z]", "a TeX command", "Markdown; \\\\ for the sign \\ itself"),
    (
        r"^[\s>]*(?:>|[-+*]|\d{1,9}[.)])[ \t]+#{1,6}\s|^ {1,3}#{1,6}\s",
        "a heading within a list or quotation",
        "a heading at the beginning of a line, or **words**",
    ),
    (r"\]\(\s*\)", "a link or a picture that leads nowhere", "the address, or the name of the file, between ( and )"),
)


def require_subset(lines: Iterable[Line]) -> None:
    """Raise `TemplateError` for the first thing that `outside_subset` finds."""
    for error in outside_subset(lines):
        raise error


def outside_subset(lines: Iterable[Line]) -> Iterator[TemplateError]:
    """Yield an error for each line that is outside the subset, and for each reference to nothing.

    Parameters
    ----------
    lines
        The expanded document.
    """
    lines = list(lines)
    labels: dict[str, str] = {}
    unnumbered: set[str] = set()
    references: list[tuple[str, Line]] = []
    yield from _formulas(lines)
    for line in lines:
        if line.code:
            yield from _code_cells(line)
        # Quarto fills them in within code and attributes too, there also when character references stand for braces.
        if "{{<" in unescape(line.text):
            yield TemplateError(
                "The line holds a shortcode that Quarto would fill in, and the built-in path would not.",
                line.where,
                "include, var, meta or pagebreak, on one line and outside fenced code",
                r"Write \{\{\< for the signs themselves.",
            )
            continue
        if line.code:
            continue
        seen = _seen(line.text)
        if seen.refused is not None:
            what, instead = seen.refused
            yield TemplateError(
                f"The line holds {what}, which not every report can be made from.",
                line.where,
                instead,
                "Write it differently; docs/quarto-subset.md says what is possible.",
            )
        for label in seen.labels:
            if label in labels and label.startswith(_KINDS):
                yield TemplateError(
                    f"The label {label!r} occurs twice.",
                    f"{labels[label]}\n{line.where}",
                    "one place for each label",
                    "Rename one of the two, or include the fragment only once.",
                )
            labels[label] = line.where
            if seen.is_unnumbered:
                unnumbered.add(label)
        references += [(key, line) for key in seen.references]
    for key, line in references:
        if key in unnumbered:
            yield TemplateError(
                f"The reference @{key} points to a section without a number.",
                f"{line.where}\n{labels[key]}",
                "a section with a number, or a link: [words](#label)",
                f"Write [the words of the title](#{key}), or give the section a number.",
            )
        elif key not in labels or not key.startswith(_KINDS):
            yield TemplateError(
                f"The reference @{key} points to nothing.",
                line.where,
                "the label of a figure, table or section: @fig-…, @tbl-… or @sec-…",
                "Correct the reference; write \\@ for the sign itself.",
            )


@dataclass(frozen=True)
class _Seen:
    """What a line holds: what no report can be made from, with what to write; labels, and what it refers to."""

    refused: tuple[str, str] | None
    labels: tuple[str, ...]
    is_unnumbered: bool
    references: tuple[str, ...]


@lru_cache(20_000)  # documents share fragments, and at each saving most lines are as they were
def _seen(line: str) -> _Seen:
    text = CODE.sub("", line)
    refused = next(((what, instead) for pattern, what, instead in _REFUSED if re.search(pattern, text)), None)
    # A label's own braces are no reference; e-mail addresses are excluded by the character before the sign.
    references = _REFERENCE.findall(re.sub(r'"[^"]*"', "", text))
    labels = _LABEL.findall(text)
    return _Seen(refused, tuple(labels), bool(labels and _UNNUMBERED.search(text)), tuple(references))


def require_first_level(lines: Iterable[Line], shift: int) -> None:
    """Raise `TemplateError` for a document whose highest heading is not of the first level.

    Quarto moves all headings up then, or makes the first one the title, and sections have other numbers.

    Parameters
    ----------
    lines
        The expanded document, with what notebooks and the bureau wrote.
    shift
        How many levels the document's header moves its headings, if any.
    """
    prose = [line for line in lines if not line.code]
    headings = [(len(match[1]), line) for line in prose if (match := _HEADING.match(line.text))]
    headings += [(1, line) for line in prose if _UNDERLINED.match(line.text)]
    if not headings:
        return
    wanted = 1 - min(shift, 0)
    level, line = min(headings, key=lambda each: each[0])
    if level != wanted:
        raise TemplateError(
            f"The highest heading of the document is of level {level}.",
            line.where,
            f"level {wanted}: {'#' * wanted}"
            + (f", which shift-heading-level-by: {shift} moves up" if shift < 0 else ""),
            "Change the headings, or shift-heading-level-by in the header of the document.",
        )


def require_pictures(lines: Iterable[Line], folder: Path) -> None:
    """Raise `TemplateError` for the first picture that is not in the project's folder."""
    for error in missing_pictures(lines, folder):
        raise error


def missing_pictures(lines: Iterable[Line], folder: Path) -> Iterator[TemplateError]:
    """Yield an error for each picture that is not in the project's folder."""
    for line in lines:
        for pointed, bare in () if line.code else _PICTURE.findall(CODE.sub("", line.text)):
            target = (pointed or bare).strip()
            path = folder / unquote(target)
            if not path.is_file() or not path.resolve().is_relative_to(folder.resolve()):
                yield TemplateError(
                    f"The picture {unquote(target)!r} is not there.",
                    line.where,
                    "a picture in templates/; its name counts from there, also in hoofdstukken/",
                    "Correct the name, or put the picture there.",
                )


def undescribed_pictures(lines: Iterable[Line]) -> Iterator[TemplateError]:
    """Yield an error for each picture without a caption and without a text alternative of its own."""
    for line in lines:
        for target, attributes in () if line.code else _UNDESCRIBED.findall(CODE.sub("", line.text)):
            if not _ALTERNATIVE.search(attributes):
                yield TemplateError(
                    f"The picture {unquote(target.strip())!r} has no text alternative.",
                    line.where,
                    'a caption between the brackets, or {fig-alt="…"} behind the name',
                    "Say in a sentence what it shows, for who does not see it.",
                )


def _code_cells(line: Line) -> Iterator[TemplateError]:
    for pattern, what, instead in _CELL:
        if re.search(pattern, line.text):
            yield TemplateError(
                f"The line begins {what}.",
                line.where,
                instead,
                "Move the code to a notebook and include its fragment.",
            )
            return


def _formulas(lines: Iterable[Line]) -> Iterator[TemplateError]:
    """Yield an error for each paragraph that holds a formula; one of two lines is one too."""
    for paragraph in _paragraphs(lines):
        text = "\n".join(CODE.sub("", line.text) for line in paragraph)
        if match := _FORMULA.search(text):
            yield TemplateError(
                "The line holds a formula, which not every report can be made from.",
                paragraph[text.count("\n", 0, match.start())].where,
                "words, or a figure of a notebook",
                r"Write it differently; write \$ for the sign itself. docs/quarto-subset.md says what is possible.",
            )


def _paragraphs(lines: Iterable[Line]) -> Iterator[list[Line]]:
    open_lines: list[Line] = []
    for line in lines:
        if open_lines and (line.code or not line.text.strip() or _BEGINS.match(line.text)):
            yield open_lines
            open_lines = []
        if not line.code and line.text.strip():
            open_lines.append(line)
    if open_lines:
        yield open_lines
