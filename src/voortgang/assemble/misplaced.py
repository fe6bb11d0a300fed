"""What stands in a chapter where it means nothing, or no page can show it: colons, page breaks, empty headings, ~~."""

from __future__ import annotations

import re
from typing import Any

from voortgang.writing.pandoc_tree import nodes

Trouble = tuple[int, str, str, str]
"""The line (0 when it is not known), and what is wrong, what was expected, and how to mend it."""

_WORDLESS = re.compile(r"^[\s>]*#{1,6}\s*(?:\{[^}]*\})?[\s#]*$")
_PAGE_BREAK = "pagina-einde"
"""The class of what the shortcode stands for."""
_CONTAINERS = {"Table", "BulletList", "OrderedList", "DefinitionList", "BlockQuote", "Note"}


def misplaced(text: str, node: dict[str, Any]) -> Trouble | None:
    """Return what is wrong with one node of Pandoc's reading of a text, or None."""
    if node["t"] == "Header" and not _is_said(node):
        return (
            next((number for number, line in numbered(text) if _WORDLESS.match(line)), 1),
            "The heading has no words.",
            "the words of the heading, on its own line: who listens to a report goes from heading to heading",
            "Write them, or remove the line.",
        )
    if node["t"] in _CONTAINERS and any(_breaks_page(each) for each in nodes(node["c"])):
        return (
            _line_of_break(text),
            "A page break within a cell, a list, a quotation or a footnote: a page ends between paragraphs.",
            "{{< pagebreak >}} on a line of its own, between paragraphs",
            "Move it before or after the table, the list or the quotation.",
        )
    if node["t"] == "Str" and re.fullmatch(":{3,}", node["c"]):
        return (
            _line_with_colons(text, node["c"]),
            "The signs ::: open or close nothing here, and would stand in the report.",
            "one line ::: for each ::: { } that is opened, with nothing else on it, and none in a cell of a table",
            r"Remove them, put an empty line before them, or open the block; \::: for the signs themselves.",
        )
    if node["t"] in {"Subscript", "Strikeout"} and not node["c"]:
        return (
            next((number for number, line in numbered(text) if "~~" in line), 1),
            "The signs ~~ mark nothing here: within a paragraph they begin no code.",
            "an empty line before code; words between ~~ and ~~",
            r"Put an empty line before it, or write \~ for the sign itself.",
        )
    return None


def _is_said(heading: dict[str, Any]) -> bool:
    """Return whether a heading holds a word, a sign, code or a picture."""
    return any(each["t"] in {"Str", "Image", "Code", "Math"} for each in nodes(heading["c"][2]))


def _breaks_page(node: dict[str, Any]) -> bool:
    return node["t"] == "Div" and _PAGE_BREAK in node["c"][0][1]


def _line_of_break(text: str) -> int:
    """Return the first page break that does not stand at the beginning of its line."""
    found = [(number, line) for number, line in numbered(text) if _PAGE_BREAK in line]
    return next((number for number, line in found if not line.startswith(":")), found[0][0] if found else 1)


def _line_with_colons(text: str, colons: str) -> int:
    """Return the line of colons that stand in a text: first one that begins with them, as a fence does."""
    lines = [(number, line.strip()) for number, line in numbered(text) if colons in line]
    return next((number for number, line in lines if line.startswith(colons)), lines[0][0] if lines else 1)


def numbered(text: str) -> enumerate[str]:
    """Return the lines of a text with their numbers, from 1."""
    return enumerate(text.split("\n"), start=1)
