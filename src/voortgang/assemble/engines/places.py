"""Where in the chapters stands what Pandoc or Typst names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from urllib.parse import quote, unquote

from voortgang.assemble.shortcodes import Line

_IN_TEXT = re.compile(r"\bat line (\d+)")
_NAMED = (
    r"@([\w-]+) points to nothing",
    r"#([\w-]+) holds not one table",
    r"the figure (.+?) has no text alternative",
    r"resource (\S.*?):? (?:replacing|Could|openBinaryFile)",
    r"searched at [^)]*?([^/)]+)\)",
    r"text [\"'“](.+?)[\"'”] could not",
    r"label [`<]+([\w-]+)",
)
_SKIPPED = re.compile(r"skipped from heading level (\d) to (\d)")
_HEADING = re.compile(r"^(#{1,6})\s")


def place_of(said: str, lines: Sequence[Line], document: str) -> str:
    """Return the file and line of what a program names; the document, when it names nothing that stands there.

    Parameters
    ----------
    said
        What the program said.
    lines
        The lines of the document, which the program read as one text.
    document
        Its name.
    """
    return next(_places(said, lines), document)


def named_in(said: str, lines: Sequence[Line]) -> str | None:
    """Return the file and line of what a program names, when it stands there; it did not read the lines as one text."""
    return next(_named(said, lines), None)


def _places(said: str, lines: Sequence[Line]) -> Iterator[str]:
    for number in map(int, _IN_TEXT.findall(said)):
        if number <= len(lines):
            yield lines[number - 1].where
    yield from _named(said, lines)


def _named(said: str, lines: Sequence[Line]) -> Iterator[str]:
    for pattern in _NAMED:
        for name in re.findall(pattern, said):
            for spelling in dict.fromkeys((name, unquote(name), quote(name), name.rsplit(".", 1)[0])):
                yield from (line.where for line in lines if spelling in line.text)
    for start, end in _SKIPPED.findall(said):
        yield from _skipping(lines, int(end) - int(start))


def _skipping(lines: Sequence[Line], levels: int) -> Iterator[str]:
    """Yield the place of each heading that stands so many levels below the one before it."""
    before = 0
    for line in lines:
        if not line.code and (match := _HEADING.match(line.text)):
            if before and len(match[1]) - before == levels:
                yield line.where
            before = len(match[1])


def words_of(said: str, *folders: str) -> str:
    """Return what a program said, without its own files and the folders that it worked in."""
    for folder in folders:
        said = said.replace(f"{folder}/", "")
    first = re.split(r"\nstack traceback:", said)[0]
    kept = [re.sub(r"^(?:\[WARNING\] |.*?\.lua:\d+: )", "", line.strip()) for line in first.splitlines()]
    return "\n".join(line for line in kept if line and not line.startswith("Error running filter")).strip()
