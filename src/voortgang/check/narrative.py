"""The bureau's own text about a year: Markdown on purpose, and nothing more than that.

A narrative file may hold paragraphs, lists, emphasis, links and footnotes, and quote facts (`{{< var … >}}`). What
could change the structure of the report or run something in it (headings, raw HTML or TeX, other shortcodes,
attributes, images, references) is refused. Rules for lines name what people write by mistake; then Pandoc's own reading
of the text decides, because Markdown has more spellings than rules can know.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from html import unescape
from typing import Any
from urllib.parse import urlsplit

from voortgang.check import pasted
from voortgang.check.findings import Finding, finding
from voortgang.check.uncomputed import VARIABLE, numbers
from voortgang.workspace.deal import Deal
from voortgang.workspace.inputs import in_sight
from voortgang.workspace.parameters import read_parameters
from voortgang.workspace.paths import COUNCILS, NARRATIVE, Period, Workspace, municipal_part
from voortgang.workspace.unwritten import is_unwritten
from voortgang.writing.fonts import first_without_shape
from voortgang.writing.pandoc_tree import Unread, nodes, tree
from voortgang.writing.plain_text import NotText, decoded

_QUOTED = "0cijfer0"
"""What stands for a quoted fact while a text is judged."""

LONGEST = 100_000
"""Characters of a narrative file: some thirty pages. Pandoc takes minutes for millions."""

_DEFINITION = "a definition of a link or footnote; write [text](https://…) or ^[text]"
_INVISIBLE = "an invisible character"
_REFUSED = (
    (r"[{}]", "a brace: attributes, raw blocks and shortcodes other than {{< var … >}} are not allowed"),
    (r"<[A-Za-z/!?](?!ttps?://)", "raw HTML"),
    (r"\\[A-Za-z]", "a TeX command"),
    (r"!\[", "an image"),
    (r"^\s{0,3}#{1,6}(\s|$)", "a heading"),
    (r"^\s*(=+|-{2,})\s*$", "a heading, a table or a rule made of dashes"),
    (r"^\s*(```|~~~|:::)", "a code block or a fenced block"),
    (r"^( {4}|\t)\s*\S", "a code block (text indented by four spaces)"),
    (r"(?<![\w\\])-?@[\w{]", "a reference or citation; write \\@ for the sign itself"),
    (r"(?<!\\)\$", "a dollar sign, which begins a formula; write \\$ for the sign itself"),
    (r"\]\(\s*<?\s*(?!https://|http://|mailto:)", "a link that is not a web or mail address"),
    (r"\]\(\s*\S+\s+[‘’“”„]", "a title in curly quotation marks, which would become part of the address of a link"),
    (r"^\s*\[[^\]]+\]:\s", _DEFINITION),
    (r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]", _INVISIBLE),
)


_RULE = re.compile(r"\s*(?:(?:\*\s*){3,}|(?:_\s*){3,}|(?:-\s*){3,})$")
_SCHEMES = {"http", "https", "mailto"}
# What a text without any of Markdown's signs can be made of: paragraphs and lists of one level.
_PLAIN = re.compile(r"""(?:(?:- |[0-9]{1,3}\. )?[\w"'’‘“”„«»(€&§][^][<>|$@{}\\*_~^#=`\n]*\n|\n)*""")
_ALLOWED = {
    *("Para", "Plain", "BulletList", "OrderedList", "DefinitionList", "BlockQuote", "LineBlock"),
    *("Str", "Space", "SoftBreak", "LineBreak", "Emph", "Strong", "Strikeout", "Superscript", "Subscript", "Quoted"),
    *("Link", "Note", "Code", "SingleQuote", "DoubleQuote"),
    *("DefaultStyle", "Example", "Decimal", "LowerRoman", "UpperRoman", "LowerAlpha", "UpperAlpha"),
    *("DefaultDelim", "Period", "OneParen", "TwoParens"),
}
_BARE: tuple[list[object], ...] = (["", [], []], ["", ["uri"], []])
"""The attributes of a node for which nobody wrote any; an address between < and > has a class of Pandoc's own."""
_WORDS = {
    "CodeBlock": "a code block",
    "Header": "a heading",
    "HorizontalRule": "a rule",
    "Table": "a table",
    "Image": "an image",
    "Figure": "an image",
    "Math": "a formula",
    "Cite": "a reference or citation",
    "RawInline": "raw code",
    "RawBlock": "raw code",
}


def read(workspace: Workspace, of: Period) -> dict[str, str]:
    """Return the narrative of a year or half-year: the text of each file by its name without `.md`."""
    folder = workspace.narrative(of)
    return {file.stem: decoded(file.read_bytes()) for file in in_sight(folder, "*.md")}


def parts(workspace: Workspace, deal: Deal) -> set[str]:
    """Return the names of the texts that a chapter can include, also where this year has none of them."""
    written = {file.stem for each in workspace.periods() for file in in_sight(workspace.narrative(each), "*.md")}
    own = {name for pillar in deal.pillars for name in (pillar.id, pillar.lessons_part)}
    return written | {*NARRATIVE, COUNCILS, *own, *(municipal_part(party.id) for party in deal.municipalities)}


def findings(workspace: Workspace) -> Iterator[Finding]:
    """Yield a finding for each line of a narrative file that holds more than plain Markdown, or that nobody wrote."""
    for year in workspace.periods():
        for file in in_sight(workspace.narrative(year), "*.md"):
            name = workspace.relative(file)
            try:
                if file.stat().st_size > 4 * LONGEST:  # of at most four bytes each
                    yield finding(name, 0, "", "", "narrative_long", limit=LONGEST)
                    continue
                text = decoded(file.read_bytes())
            except NotText as error:
                yield finding(name, error.line, "", "", "text_not_utf8", why=error.why)
                continue
            except OSError as error:
                yield finding(name, 0, "", "", "unreadable", why=error.strerror)
                continue
            if len(text) > LONGEST:
                yield finding(name, 0, "", "", "narrative_long", limit=LONGEST)
                continue
            if is_unwritten(text) and (status := read_parameters(workspace, year).status) != "concept":
                yield finding(name, 1, "", "", "narrative_unwritten", of=year, status=status)
            yield from more_than_plain(name, VARIABLE.sub(_QUOTED, text))
            yield from pasted.findings(name, text)
            for line, value in numbers(text):
                yield finding(name, line, "", value, "narrative_number", year=year)


def more_than_plain(name: str, text: str) -> Iterator[Finding]:
    """Yield a finding for each line of a text that is more than plain Markdown."""
    in_lines = list(_findings_in(name, text))
    yield from in_lines
    if not in_lines and not _PLAIN.fullmatch(f"{text}\n"):
        for line, value, what in _more_than_text(text):
            yield finding(name, line, "", value, "narrative", found=what)


def _findings_in(name: str, text: str) -> Iterator[Finding]:
    for number, line in enumerate(text.split("\n"), start=1):
        for pattern, what in _REFUSED:
            if match := re.search(pattern, line):
                value = line[max(0, match.start() - 20) : match.end() + 20].strip()
                sign = f" (U+{ord(match[0]):04X})" if what == _INVISIBLE else ""
                yield finding(name, number, "", value, "narrative", found=what + sign)
                break
        else:
            if unseen := first_without_shape(unescape(line)):
                yield finding(
                    name, number, "", line.strip()[:60], "text_without_shape", sign=f"{unseen} (U+{ord(unseen):04X})"
                )


@lru_cache(maxsize=64)
def _more_than_text(text: str) -> tuple[tuple[int, str, str], ...]:
    """Return what a text would do besides being read: the line, what stands there, and what it is."""
    try:
        blocks = tree(text)
        # A definition leaves no trace in the tree, except that without its colon there is another one.
        without = tree(text.replace("]:", "]\\:")) if "]:" in text else blocks
    except Unread:
        return ((0, "", "something that takes Pandoc too long to read"),)
    found = []
    if without != blocks:
        place = text.index("]:")
        found.append((text.count("\n", 0, place) + 1, text[max(0, place - 20) : place + 20], _DEFINITION))
    told: set[int] = set()
    for node in nodes(blocks):
        if id(node) not in told and (what := _refused(node)):
            told |= {id(each) for each in nodes(node)}  # what a table is made of is no second thing
            words = [each["c"] for each in nodes(node) if each["t"] == "Str"]
            lines = (
                number
                for number, line in enumerate(text.split("\n"), 1)
                if (words[0] in line if words else _RULE.match(line))
            )
            found.append((next(lines, 0), " ".join(words)[:60], what))
    return tuple(found)


def _refused(node: dict[str, Any]) -> str | None:
    kind = node["t"]
    if kind not in _ALLOWED:
        return _WORDS.get(kind, f"what Pandoc calls {kind}")
    if kind in {"Link", "Code"} and node["c"][0] not in _BARE:
        return "attributes"
    if kind == "Code" and _QUOTED in node["c"][1]:
        return "a fact in code, where it cannot be shown"
    if kind == "Link":
        address = node["c"][2][0]
        if _QUOTED in "".join(node["c"][2]):
            return "a fact in the address of a link"
        if not re.match(r"(https?://[^/]|mailto:[^/])", address) or urlsplit(address).scheme not in _SCHEMES:
            return "a link that is not a web or mail address"
    return None
