"""The bureau's own text about a year: Markdown on purpose, and nothing more than that.

A narrative file may hold paragraphs, lists, emphasis, links and footnotes. What could change the structure of the
report or run something in it (headings, raw HTML or TeX, shortcodes, attributes, images, references) is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from voortgang.check.findings import Finding, finding
from voortgang.workspace.paths import Workspace

_REFUSED = (
    (r"[{}]", "a brace: attributes, raw blocks and shortcodes are not allowed"),
    (r"<[A-Za-z/!?]", "raw HTML"),
    (r"\\[A-Za-z]", "a TeX command"),
    (r"!\[", "an image"),
    (r"^\s{0,3}#{1,6}(\s|$)", "a heading"),
    (r"^\s*(=+|-{2,})\s*$", "a heading, a table or a rule made of dashes"),
    (r"^\s*(```|~~~|:::)", "a code block or a fenced block"),
    (r"^( {4}|\t)\s*\S", "a code block (text indented by four spaces)"),
    (r"(?<![\w\\])-?@[\w{]", "a reference or citation; write \\@ for the sign itself"),
    (r"(?<!\\)\$", "a dollar sign, which begins a formula; write \\$ for the sign itself"),
    (r"\]\(\s*<?\s*(?!https://|http://|mailto:)", "a link that is not a web or mail address"),
    (r"^\s*\[[^\]]+\]:\s", "a link definition; write [text](https://…)"),
    (r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]", "an invisible character"),
)


def read(workspace: Workspace, year: int) -> dict[str, str]:
    """Return the narrative of a year: the text of each file by its name without `.md`."""
    folder = workspace.narrative(year)
    return {file.stem: file.read_text(encoding="utf-8") for file in sorted(folder.glob("*.md"))}


def findings(workspace: Workspace) -> Iterator[Finding]:
    """Yield a finding for each line of a narrative file that holds more than plain Markdown."""
    for year in workspace.years():
        for file in sorted(workspace.narrative(year).glob("*.md")):
            name = workspace.relative(file)
            try:
                text = file.read_text(encoding="utf-8")
            except (UnicodeDecodeError, OSError):
                yield finding(name, 0, "", "", "unreadable", why="it is no UTF-8 text")
                continue
            yield from _findings_in(name, text)


def _findings_in(name: str, text: str) -> Iterator[Finding]:
    for number, line in enumerate(text.splitlines(), start=1):
        for pattern, what in _REFUSED:
            if match := re.search(pattern, line):
                value = line[max(0, match.start() - 20) : match.end() + 20].strip()
                yield finding(name, number, "", value, "narrative", found=what)
                break
