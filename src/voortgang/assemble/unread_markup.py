"""Markup that Pandoc reads as text: what somebody meant as a heading, a table, a link or a size stands there as signs.

Word processors put curly quotation marks, long dashes and blanks that do not break where Markdown wants the plain ones.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

from voortgang.assemble.misplaced import Trouble, numbered

_ATTRIBUTES = re.compile(r"\{(?:[#.][\w-]|[\w-]+=)")
_HEADING = re.compile(r"#{1,6}[\u00a0\u2007\u202f]")
_ITEM = re.compile(r"[-*+•●▪◦](?:$|[\u00a0\t])")
_CURLY = re.compile(r"[‘’‚‛“”„‟]")
_HOST = re.compile(r"(?:www\.\S+|[\w-]+(?:\.[\w-]+)*\.(?:nl|eu|com|org|net|info))(?:[/?#]\S*)?", re.IGNORECASE)
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")


def read_as_text(text: str, node: dict[str, Any]) -> Trouble | None:
    """Return what is wrong with one node of Pandoc's reading of a text, or None."""
    kind, content = str(node["t"]), node.get("c", [])
    if kind in {"Para", "Plain", "Header"}:
        return _among(text, content[2] if kind == "Header" else content)
    if kind == "LineBlock" and all(line and _word(line[-1]).endswith("|") for line in content):
        return _table(text, "|")
    if kind == "Link":
        return _address(text, content[2][0])
    if kind == "CodeBlock" and content[0] == ["", [], []] and _line(text, r"^[\s>]*(?:```|~~~)") is None:
        first = content[1].split("\n")[0]
        if (number := _line(text, rf"^(?: {{4}}|\t)\s*{re.escape(first.strip())}")) is not None:
            return (
                number,
                "The line is indented, which makes program code of it.",
                "text that begins at the left edge; code between lines of ```",
                "Remove the tab or the blanks before it.",
            )
    return None


def _among(text: str, inlines: list[dict[str, Any]]) -> Trouble | None:
    words = [_word(each) for each in inlines]
    for before, word in zip(["", "", *words], words, strict=False):
        if (found := _ATTRIBUTES.match(word)) and not before.startswith(":::"):
            return (
                _line(text, re.escape(found[0])) or 1,
                f"The attributes are not read, and would stand in the report: {word[:40]!r}.",
                'attributes directly after what they are about, with straight quotation marks: {fig-alt="Twee staven"}',
                "Type the quotation marks again, or remove the blank before the brace.",
            )
    if words and _HEADING.match(words[0]):
        return (
            _line(text, _HEADING.pattern) or 1,
            "The heading is read as text: after # stands a blank that does not break.",
            "an ordinary blank after #",
            "Type the blank again.",
        )
    begins = [place for place, each in enumerate(inlines) if place == 0 or inlines[place - 1]["t"] == "SoftBreak"]
    items = [place for place in begins if _ITEM.match(words[place])]
    if len(items) > 1:
        return (
            _line(text, rf"^[\s>]*{re.escape(words[items[0]][:1])}[\s\u00a0]") or 1,
            "The list is read as one paragraph.",
            "an empty line before a list, and each item on a line that begins with '- ' or '1. '",
            "Put an empty line before it, and begin each item with '- '.",
        )
    if len(words) > 2 and words[0].startswith("|") and words[-1].endswith("|"):
        return _table(text, words[0])
    for before, (blank, after) in zip(words, pairwise(words[1:]), strict=False):
        if re.search(r"\D\]$", before) and not blank and after.startswith(("(http://", "(https://", "(mailto:")):
            return (
                _line(text, re.escape(after[:60])) or 1,
                "The link is read as text: there is a blank between its words and its address.",
                "[words](https://…)",
                "Remove the blank.",
            )
    return None


def _table(text: str, begin: str) -> Trouble:
    return (
        _line(text, rf"^\s*{re.escape(begin)}") or 1,
        "The table is read as text: no line of dashes stands below its first row.",
        "a line |---|---| of ordinary dashes below the headings, and an empty line before the table",
        "Add the line, or type its dashes again.",
    )


def _address(text: str, address: str) -> Trouble | None:
    line = _line(text, re.escape(address.split("%20")[0])) or 1
    if _CURLY.search(address):
        return (
            line,
            f"The address of a link holds a curly quotation mark: {address!r}.",
            'an address, and a title in straight quotation marks: [words](https://… "title")',
            "Type the quotation marks again.",
        )
    if _HOST.fullmatch(address) or _MAIL.fullmatch(address):
        return (
            line,
            f"The address of a link does not say what it is: {address!r} would be a file beside the report.",
            "https://… for a page, mailto:… for somebody's address",
            f"Write {'mailto:' if '@' in address else 'https://'}{address}.",
        )
    return None


def _word(node: dict[str, Any]) -> str:
    """Return the text of a word; nothing of a blank or of anything else."""
    return str(node["c"]) if node["t"] == "Str" else ""


def _line(text: str, pattern: str) -> int | None:
    """Return the first line with a pattern."""
    return next((number for number, line in numbered(text) if re.search(pattern, line)), None)
