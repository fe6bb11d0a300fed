"""Lists and columns that lose their form in the bureau's text: pasted from a document, they become one paragraph."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from voortgang.check.findings import Finding, finding

_ITEM = re.compile(r"\s*([-*+•●▪■◦‣∙·–—➢✓§\uf0b7]|o(?=\t)|\d{1,3}[.)])[ \t\u00a0]+\S")
"""How an item of a list begins, in a word processor or in Markdown."""
_MARKDOWN = re.compile(r" {0,3}(?:[-*+]|\d{1,3}[.)])[ \t]+\S")
_COLUMNS = re.compile(r"\S\t+\S")


def findings(name: str, text: str) -> Iterator[Finding]:
    """Yield a warning for each list of which the lines would stand behind each other, and for columns made by tabs.

    Markdown begins a list after an empty line, with `- ` or `1. `. One line that begins with a dash may be a sentence;
    a list is two, or one after a colon.
    """
    for number, lines in _paragraphs(text):
        if not _MARKDOWN.match(lines[0]):
            kinds = {place: _kind(line) for place, line in enumerate(lines) if _ITEM.match(line)}
            signs = list(kinds.values())
            begun = [each for each in kinds if signs.count(kinds[each]) > 1 or _introduces(lines, each - 1)]
            if begun:
                yield finding(name, number + begun[0], "", lines[begun[0]].strip()[:60], "narrative_list")
                continue
        columns = [place for place, line in enumerate(lines) if _COLUMNS.search(line) and not _ITEM.match(line)]
        if (place := next((each for each, then in pairwise(columns) if then == each + 1), None)) is not None:
            yield finding(name, number + place, "", " ".join(lines[place].split())[:60], "narrative_columns")


def _introduces(lines: list[str], place: int) -> bool:
    return place >= 0 and lines[place].rstrip().endswith(":")


def _kind(line: str) -> str:
    found = _ITEM.match(line)
    sign = found[1] if found else ""
    return "1" if sign[:1].isdigit() else sign


def _paragraphs(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the number of the first line, and the lines, of what stands between empty lines."""
    lines: list[str] = []
    for number, line in enumerate([*text.split("\n"), ""], start=1):
        if line.strip():
            lines.append(line)
        elif lines:
            yield number - len(lines), lines
            lines = []
