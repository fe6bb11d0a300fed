"""Chapters as documents: each is UTF-8 text, complete in itself, and every word of it reaches the report.

Includes put chapters behind each other as text, in Quarto and in the built-in path. So what one file leaves open would
swallow the next one, and what Pandoc takes for a header or a definition would be gone. Pandoc's own reading of each
file decides; a text follows it, whose parts must come out as they are.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from voortgang.assemble.misplaced import Trouble, misplaced, numbered
from voortgang.assemble.shortcodes import FENCE, SHORTCODE, header_length, origin, read_text
from voortgang.assemble.unread_markup import read_as_text
from voortgang.errors import TemplateError
from voortgang.workspace.fingerprint import of_bytes
from voortgang.writing.fonts import first_without_shape
from voortgang.writing.pandoc_tree import Unread, nodes, pandoc_lua

READER = "markdown-raw_html-raw_tex-raw_attribute-tex_math_dollars-example_lists"
"""What the built-in path reads chapters with."""

_LUA = Path(__file__).with_name("chapters.lua")
_FILLED_IN = "\ue010"
"""Stands for a shortcode, and for a sign that is escaped."""

_CODE = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)", re.DOTALL)
_NOTE = re.compile(r"\[\^([^\]\s]+)\]")
_NOTE_TEXT = re.compile(r"^ {0,3}\[\^([^\]\s]+)\]:")
_PICTURE = re.compile(
    r"!\[(?:[^\[\]\\\n]|\\.|\[[^\]\n]{0,2000}\](?:\([^)\n]{0,2000}\))?){0,2000}\]\(\s{0,9}<?([^)>\s]{1,2000})"
)
"""With the caption, which may hold a link."""
_ELSEWHERE = re.compile(r"[/\\]|[A-Za-z][A-Za-z0-9+.-]{0,30}:")
_DEFINITION = re.compile(r"^ {0,3}\[([^\]^][^\]]*)\]:", re.MULTILINE)
_ITEM = re.compile(r"^[\s>]*\(?(\d{1,9}|[A-Za-z]|[ivxlcdmIVXLCDM]+)[.)](?=\s)", re.MULTILINE)
_TASK = re.compile(r"^([\s>]*(?:[-+*]|\(?\w{1,9}[.)])\s+)\[[xX]\](?=\s)", re.MULTILINE)
_TITLE = re.compile(r"^#{1,6}\s+(.*?)[\s#]*(?:\{[^}\n]*\}\s*)?$", re.MULTILINE)
_FORM = re.compile(r"(?<=\])\{\.(?:underline|ul|smallcaps)\}")
"""Classes that Pandoc takes for a form of letters, and no longer names."""
_WORD = re.compile(r"[^\W_]+")
_HTML = re.compile(r"(?<!\\)</?[A-Za-z!?][^>]*>")
_OPEN_MARK = re.compile(r"\*\*|(?:^|(?<=[(\[\"'‘’“”„]))(?:__|[*_])(?=\w)")


def included_files(folder: Path, documents: Iterable[str]) -> tuple[dict[str, str], list[TemplateError]]:
    """Return the texts of documents and of all that they include, as far as it is there, by name.

    An error stands beside them for each that is no UTF-8 text.
    """
    found: dict[str, str] = {}
    unread = []
    waiting = list(documents)
    while waiting:
        name = waiting.pop(0)
        path = folder / name
        if name in found or not path.is_file() or not path.resolve().is_relative_to(folder.resolve()):
            continue
        try:
            found[name] = read_text(path, origin(name))
        except TemplateError as error:
            found[name] = ""
            unread.append(error)
        waiting += [
            match[2]
            for _, line in _prose(found[name])
            if (match := SHORTCODE.match(line.strip())) and match[1] == "include"
        ]
    return found, unread


def prepare_chapters(folder: Path, documents: Iterable[str]) -> None:
    """Let the chapters of a project stand in its folder as every reader takes them: UTF-8, with footnotes of their own.

    Raises
    ------
    TemplateError
        When one cannot be read, or is not complete in itself.
    """
    names = list(documents)
    texts, unread = included_files(folder, names)
    for error in unread:
        raise error
    require_complete(texts, names)
    for name, text in with_own_notes(texts).items():
        (folder / name).write_bytes(text.encode())


def require_complete(texts: Mapping[str, str], documents: Iterable[str]) -> None:
    """Raise `TemplateError` for the first thing that `refusals` finds."""
    for error in refusals(texts, documents):
        raise error


def refusals(texts: Mapping[str, str], documents: Iterable[str]) -> Iterator[TemplateError]:
    """Yield what is wrong with texts that leave something open, or of which Pandoc drops a word.

    Parameters
    ----------
    texts
        By name.
    documents
        Which of them are documents, that may have a header.
    """
    roots = set(documents)
    bodies = {name: _without_header(text) if name in roots else text for name, text in texts.items()}
    for name, text in texts.items():
        yield from _not_shown(text, name)
        yield from _pictures_from_elsewhere(text, name)
    for name, text in bodies.items():
        yield from _broken_notes(text, name)
    for (name, text), trouble in zip(bodies.items(), _troubles(tuple(bodies.values())), strict=True):
        if trouble is not None:
            line, what, expected, mend = trouble
            yield TemplateError(what, f"{origin(name)}, line {line or _opening_line(text)}", expected, mend)


def _not_shown(text: str, name: str) -> Iterator[TemplateError]:
    for number, line in numbered(text if first_without_shape(unescape(text)) else ""):
        if sign := first_without_shape(unescape(line)):
            yield TemplateError(
                f"The line holds a sign that no report can show: {sign} (U+{ord(sign):04X}).",
                f"{origin(name)}, line {number}",
                "letters and signs that the report's typefaces have",
                "Write it in words.",
            )


def _pictures_from_elsewhere(text: str, name: str) -> Iterator[TemplateError]:
    """Yield an error for each picture from elsewhere: nobody sees it change, and no bundle has it."""
    for index, line in _prose(text):
        for match in _PICTURE.finditer(_CODE.sub("", line)):
            target = unquote(match[1])
            if _ELSEWHERE.match(target) or posixpath.normpath(target).startswith(".."):
                yield TemplateError(
                    f"The picture {target} lies outside the folder of the chapters.",
                    f"{origin(name)}, line {index + 1}",
                    "a picture in templates/, or in a folder there, by its path from templates/",
                    "Copy the picture there.",
                )


def with_own_notes(texts: Mapping[str, str]) -> dict[str, str]:
    """Return texts of which no two have a footnote of one name; the name of the file goes before those that did."""
    count = Counter(note for text in texts.values() for note in {note for note, _ in _note_texts(text)})
    several = {note for note, files in count.items() if files > 1}
    if not several:
        return dict(texts)
    return {name: _renamed(text, several, Path(name).stem.strip("_")) for name, text in texts.items()}


def _renamed(text: str, notes: set[str], prefix: str) -> str:
    def new(match: re.Match[str]) -> str:
        return f"[^{prefix}-{match[1]}]" if match[1] in notes else match[0]

    lines = text.split("\n")
    for index, line in _prose(text):
        parts, last = [], 0
        for code in _CODE.finditer(line):
            parts += [_NOTE.sub(new, line[last : code.start()]), code[0]]
            last = code.end()
        lines[index] = "".join([*parts, _NOTE.sub(new, line[last:])])
    return "\n".join(lines)


def _broken_notes(text: str, name: str) -> Iterator[TemplateError]:
    """Yield an error for each footnote with two texts, without one, or that nothing refers to."""
    written: dict[str, int] = {}
    for note, number in _note_texts(text):
        if note in written:
            yield TemplateError(
                f"The footnote [^{note}] has two texts.",
                f"{origin(name)}, line {written[note]}\n{origin(name)}, line {number}",
                "one text for each footnote of a file",
                "Rename one of the two.",
            )
        written[note] = number
    used: dict[str, int] = {}
    for index, line in _prose(text):
        for note in _NOTE.findall(_NOTE_TEXT.sub("", _CODE.sub("", line))):
            used.setdefault(note, index + 1)
    for note, number in sorted({**used, **written}.items(), key=lambda each: each[1]):
        if note not in written or note not in used:
            lacks = "has no text in this file" if note in used else "is referred to nowhere in this file"
            yield TemplateError(
                f"The footnote [^{note}] {lacks}.",
                f"{origin(name)}, line {number}",
                f"[^{note}] in the text, and [^{note}]: at the beginning of a line, in one file",
                "Correct the name, or write what is missing.",
            )


def _note_texts(text: str) -> Iterator[tuple[str, int]]:
    for index, line in _prose(text):
        if match := _NOTE_TEXT.match(line):
            yield match[1], index + 1


def _prose(text: str) -> Iterator[tuple[int, str]]:
    """Yield each line outside fenced code, with its place."""
    fence = ""
    for index, line in enumerate(text.split("\n")):
        mark = FENCE.match(line)
        if mark and not fence:
            fence = mark[1]
        elif mark and mark[1].startswith(fence) and line.strip() == mark[1]:
            fence = ""
        elif not fence:
            yield index, line


def _without_header(text: str) -> str:
    lines = text.split("\n")
    length = header_length(lines)
    return "\n" * length + "\n".join(lines[length:])


def _troubles(texts: tuple[str, ...]) -> list[Trouble | None]:
    """Return for each text what is wrong with it: the line (0 when it is not known), and the words of a message."""
    named = {text: of_bytes(text.encode("utf-8", "surrogatepass")) for text in texts}
    missing = tuple(text for text in named if named[text] not in _judged)
    for text, read in zip(missing, _read(missing), strict=True):
        _judged[named[text]] = _trouble(text, read)
    found = [_judged[named[text]] for text in texts]
    while len(_judged) > _KEPT:
        _judged.pop(next(iter(_judged)))
    return found


_KEPT = 2000
_judged: dict[str, Trouble | None] = {}
"""What was found before, by the digest of a text: the years of a build, and the preview, read the same."""


def sound() -> list[str]:
    """Return the digests of texts that were read and found complete, for a later build to `trust`."""
    return [digest for digest, trouble in list(_judged.items()) if trouble is None]


def trust(digests: Iterable[str]) -> None:
    """Do not read the texts again that the same program found complete, as `sound` said."""
    for digest in digests:
        _judged.setdefault(digest, None)


def _read(texts: tuple[str, ...]) -> list[dict[str, Any]]:
    """Return what Pandoc makes of texts, each followed by one that shows whether it is complete."""
    if not texts:
        return []
    plain = [_plain(text) for text in texts]
    given = {"reader": READER, "texts": plain, "after": [_after(text) for text in plain]}
    try:
        made: list[dict[str, Any]] = json.loads(pandoc_lua(_LUA, json.dumps(given)))
    except Unread as error:
        raise TemplateError(
            "Pandoc cannot read the chapters.", "templates/", "Markdown that is read within a minute", str(error)[-500:]
        ) from error
    return made


def _plain(text: str) -> str:
    """Return a text in which shortcodes and escaped signs of emphasis and of blocks are a sign of their own."""
    return re.sub(r"(?<!\\)((?:\\\\)*)\\[*_:]", rf"\1{_FILLED_IN}", SHORTCODE.sub(_FILLED_IN, text))


def _after(text: str) -> str:
    ticks, tildes = ("".ljust(max(3, *map(len, re.findall(f"{sign}+", text)), 3), sign) for sign in "`~")
    word = "slot"
    return (
        f"\n\n{word}\n\n{ticks}\n{word}\n{ticks}\n\n{tildes}\n{word}\n{tildes}\n\n::: {{.{word}}}\n{word}\n:::\n\n"
        f"{word}\n\n---\n\n{word}\n"
    )


def _trouble(text: str, read: dict[str, Any]) -> Trouble | None:
    if "error" in read["all"]:
        first = next((line for line in text.split("\n") if line.startswith("---")), "")
        return (
            _line_of(text, first) if first else 0,
            f"Pandoc cannot read the text: {' '.join(read['all']['error'].split())[:200]}",
            "Markdown; a line --- before words begins a header, which only a document has",
            "Correct the line, or put an empty line after ---.",
        )
    document, after = (json.loads(read[part]["document"]) for part in ("all", "after"))
    if document["meta"]:
        return (
            _line_of(text, "---"),
            "The lines between --- and --- are read as a header, and do not reach the report.",
            "text; only a document that _quarto.yml lists under render has a header",
            "Remove the lines, or put an empty line after the first ---.",
        )
    length = len(after["blocks"])
    if document["blocks"][-length:] != after["blocks"]:
        return (
            0,
            "What begins here does not end in this file, and would swallow what follows it in the report.",
            "a file that is complete: each ``` and each ::: { } is closed",
            "Close it with a line ``` or :::.",
        )
    return _trouble_in(text, document["blocks"][:-length])


def _trouble_in(text: str, blocks: list[dict[str, Any]]) -> Trouble | None:
    for node in nodes(blocks):
        if trouble := misplaced(text, node) or read_as_text(text, node):
            return trouble
        if node["t"] != "Str":
            continue
        mark = _OPEN_MARK.search(node["c"])
        if mark and "://" not in node["c"]:
            return (
                _line_of(text, node["c"].replace(_FILLED_IN, "")),
                f"The sign {mark[0]} begins emphasis that does not end, and would stand in the report.",
                f"the same sign after the last word, in the same paragraph; or \\{mark[0][0]} for the sign itself",
                "Close the emphasis, or write the sign with a backslash.",
            )
    lost = Counter(_source_words(_plain(text))) - Counter(_words_in(blocks))
    if lost:
        number, line = max(numbered(text), key=lambda each: sum(word in lost for word in _WORD.findall(each[1])))
        words = " ".join(word for word in dict.fromkeys(_WORD.findall(line)) if word in lost)
        if _HTML.search(line):
            return (
                number,
                f"The line holds raw HTML, which would not reach the report: {words!r}.",
                "Markdown, or a div with a class: ::: {.naam}",
                r"Write it differently; \< for the sign itself.",
            )
        return (
            number,
            f"Pandoc reads the line as something that is not shown: {words!r} would not reach the report.",
            "text of which every word is shown; a row of a table has as many cells as its heading",
            "Write it differently; put a backslash before a sign that is meant as text.",
        )
    return None


def _source_words(text: str) -> list[str]:
    text = _FORM.sub("", _ITEM.sub("", _TASK.sub(r"\1", _NOTE.sub("", text))))
    for title in _TITLE.findall(text):
        # A link may name a heading by its words; these stand there once.
        text = re.sub(rf"(?i)\]\[{re.escape(title)}\]", "] ", text) if title else text
    for label in _DEFINITION.findall(text):
        # The name of a link that is defined below the text is not shown.
        if len(re.findall(re.escape(f"[{label}]"), text, re.IGNORECASE)) > 1:
            text = re.sub(rf"(?i)\]\[{re.escape(label)}\]|(?m:^) {{0,3}}\[{re.escape(label)}\]:", "] ", text)
    # What an entity such as &eacute; stands for is only known where it is no code.
    return list((Counter(_WORD.findall(text)) & Counter(_WORD.findall(unescape(text)))).elements())


def _words_in(content: Any) -> Iterator[str]:
    waiting = [content]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            waiting += [value for key, value in each.items() if key != "t"]
        elif isinstance(each, list):
            waiting += each
        elif isinstance(each, str):
            yield from _WORD.findall(each)
            if "%" in each:
                yield from _WORD.findall(unquote(each))
        elif isinstance(each, int):
            yield str(each)


def _opening_line(text: str) -> int:
    """Return the first line after the longest beginning of a text that is complete."""
    lines = text.split("\n")
    parts = tuple("\n".join(lines[:count]) for count in range(len(lines)))
    whole = [count for count, read in enumerate(_read(parts)) if _ends(read)]
    return max(whole, default=0) + 1


def _ends(read: dict[str, Any]) -> bool:
    if "error" in read["all"]:
        return False
    document, after = (json.loads(read[part]["document"]) for part in ("all", "after"))
    return bool(document["blocks"][-len(after["blocks"]) :] == after["blocks"])


def _line_of(text: str, words: str) -> int:
    return next((number for number, line in numbered(text) if words in line), 1)
