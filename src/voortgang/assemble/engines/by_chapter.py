"""A document chapter by chapter: one that has not changed is neither filtered nor written again.

That takes Pandoc most of its time, and is done within a chapter: of the others it only matters how many sections,
figures and tables stand before it, and the numbers of what it refers to. So each chapter is made with that alone, and
kept with the digest of it. Where more than that could matter, the document is made whole.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from voortgang.run.store import Store
from voortgang.workspace.fingerprint import of_engine, of_file, of_packages, of_value
from voortgang.writing.pandoc_tree import Unread, pandoc_lua

Node = dict[str, Any]

_LUA = Path(__file__).with_name("by_chapter.lua")
_KIND = "written"
_DOCUMENT = "document"
_BEGIN, _END = "voortgang:begin", "voortgang:einde"
"""Between these the text of the chapters takes its place in the page."""
_RAW = {"html": "<!--{}-->", "typst": "// {}"}
_NUMBERS = "voortgang-nummers"
"""Metadata that tells `crossref.lua` the numbers of labels."""
_COUNTED = ("fig", "tbl")
_COUNTING = {"Cite", "Div", "Figure", "Header", "Image", "Note", "Table"}
_LEAVES = {"Space", "Str"}


@dataclass(frozen=True)
class Way:
    """How a document is made.

    Attributes
    ----------
    form
        `html`, `typst` or `docx`.
    written_as
        What the text of a chapter is: the same, or `json` for its tree.
    folder
        Where the project stands.
    filters
        The Lua filters in their order, by their paths from there.
    section_divs, number_sections
        What the writer is asked for.
    """

    form: str
    written_as: str
    folder: Path
    filters: tuple[str, ...]
    section_divs: bool
    number_sections: bool

    def asked(self) -> dict[str, Any]:
        """Return all of it but where the project stands, which is another folder at each build."""
        return {name: value for name, value in asdict(self).items() if name != "folder"}


@dataclass(frozen=True)
class Made:
    """The text of each chapter, and a document without any: what the whole says of itself when filters are done."""

    texts: list[str]
    document: Node

    def tree(self) -> Node:
        """Return the document with all chapters, of which the texts are trees."""
        return self.document | {"blocks": [block for text in self.texts for block in json.loads(text)["blocks"]]}


@dataclass
class Chapter:
    """A chapter.

    Attributes
    ----------
    blocks
        Its nodes.
    before
        How many numbered sections of the first level, figures and tables stand before it.
    labels, numbers
        Its own labels and those that it refers to, and their numbers.
    pictures
        The files that it shows.
    labelled
        How many figures and tables with a label it holds.
    """

    blocks: list[Node]
    before: dict[str, int]
    labels: set[str] = field(default_factory=set)
    numbers: dict[str, str] = field(default_factory=dict)
    pictures: set[str] = field(default_factory=set)
    labelled: dict[str, int] = field(default_factory=dict)


def divided(document: Node, form: str) -> list[Chapter] | None:
    """Return the chapters of a document, or nothing where it must be made whole.

    Parameters
    ----------
    document
        As Pandoc read it.
    form
        For what may be shown in one format only.
    """
    counts, sections = dict.fromkeys(_COUNTED, 0), [0] * 6
    chapters, numbers = list[Chapter](), dict[str, str]()
    for blocks in _split(document["blocks"]):
        chapter, own = Chapter(blocks, {"sec": sections[0], **counts}), {id(block) for block in blocks}
        # Sections of a chapter without a number would go on with those of the chapter before.
        has_number = blocks[0]["t"] == "Header" and _is_numbered(blocks[0])
        for node in _shown(blocks, form):
            if node["t"] == "Note":
                return None  # the notes of all chapters stand below the last
            if node["t"] == "Header":
                if id(node) not in own or (_is_numbered(node) and not has_number):
                    return None
                level, (label, *_), _ = node["c"]
                if _is_numbered(node):
                    sections[level - 1 :] = [sections[level - 1] + 1, *[0] * (6 - level)]
                    if label.startswith("sec-"):
                        chapter.labels.add(label)
                        numbers[label] = ".".join(map(str, sections[:level]))
            elif node["t"] == "Cite":
                chapter.labels |= {each["citationId"] for each in node["c"][0]}
            elif node["t"] == "Image":
                (_, _, pairs), _, (name, _) = node["c"]
                chapter.pictures |= {name, unquote(name), *(value for key, value in pairs if key == "smal")}
            elif (kind := _kind(node)) is not None:
                counts[kind] += 1
                chapter.labels.add(label := node["c"][0][0])
                numbers[label] = str(counts[kind])
        chapter.labelled = {kind: counts[kind] - chapter.before[kind] for kind in _COUNTED}
        chapters.append(chapter)
    for chapter in chapters:
        chapter.numbers = {label: numbers[label] for label in sorted(chapter.labels) if label in numbers}
    return chapters if len(chapters) > 1 else None


def made(document: Node, chapters: Sequence[Chapter], way: Way, store: Store) -> Made | None:
    """Return what is made of all chapters; nothing where one cannot be made by itself.

    Parameters
    ----------
    document
        As Pandoc read it: what it says of itself.
    store
        Where the text of each chapter is kept, as it was made last.
    """
    made_with = [of_engine(), of_packages(), [of_file(way.folder / each) for each in way.filters]]
    place = of_value([made_with, way.asked(), document["meta"]])
    keys = [_key(chapter, way.folder) for chapter in chapters]
    known = store.get_object(_KIND, place)
    missing = [chapter for key, chapter in zip(keys, chapters, strict=True) if key not in known]
    if missing or _DOCUMENT not in known:
        found = _made(document, missing, way)
        if found is None:
            return None
        anew = iter(found.texts)
        texts = {key: known[key] if key in known else next(anew) for key in keys}
        known = texts | {_DOCUMENT: json.dumps(found.document)}
        store.put(_KIND, place, json.dumps(known).encode())
    return Made([known[key] for key in keys], json.loads(known[_DOCUMENT]))


def skeleton(document: Node, chapters: Sequence[Chapter], form: str) -> Node:
    """Return a document that has the headings of all chapters, and marks where their text begins and ends."""
    raw = {mark: {"t": "RawBlock", "c": [form, _RAW[form].format(mark)]} for mark in (_BEGIN, _END)}
    headings = [block for chapter in chapters for block in chapter.blocks if block["t"] == "Header"]
    numbers = {label: number for chapter in chapters for label, number in chapter.numbers.items()}
    return document | {
        "meta": document["meta"] | {_NUMBERS: _as_metadata(numbers)},
        "blocks": [raw[_BEGIN], *headings, raw[_END]],
    }


def filled_in(page: str, texts: Iterable[str], form: str) -> str | None:
    """Return the page of a skeleton with the texts of chapters in it; nothing where it has no one place for them."""
    begin, end = (_RAW[form].format(mark) for mark in (_BEGIN, _END))
    if page.count(begin) != 1 or page.count(end) != 1:
        return None
    before, _, rest = page.partition(begin)
    headings, _, after = rest.partition(end)
    # Sections that the headings opened end behind the mark.
    for _ in range(headings.count("<section") - headings.count("</section>") if form == "html" else 0):
        after = re.sub(r"\A\s*</section>", "", after)
    return before + "\n".join(filter(None, texts)).rstrip("\n") + after


def _split(blocks: list[Node]) -> list[list[Node]]:
    chapters: list[list[Node]] = [[]]
    for block in blocks:
        if block["t"] == "Header" and block["c"][0] == 1 and chapters[-1]:
            chapters.append([])
        chapters[-1].append(block)
    return chapters if blocks else []


def _is_numbered(header: Node) -> bool:
    return "unnumbered" not in header["c"][1][1]


def _kind(node: Node) -> str | None:
    """Return whether a node is a figure or table that is numbered, as `crossref.lua` has it."""
    if node["t"] not in {"Figure", "Table", "Div"}:
        return None
    kind = str(node["c"][0][0]).partition("-")[0]
    return kind if kind == "tbl" or (kind == "fig" and node["t"] != "Div") else None


def _shown(blocks: list[Node], form: str) -> Iterator[Node]:
    """Yield what counts of a chapter in a format, in order; for a table in a div with its label, the div."""
    waiting: list[Any] = [blocks]
    while waiting:
        each = waiting.pop()
        if isinstance(each, list):
            waiting.extend(reversed(each))
        elif isinstance(each, dict) and (name := each.get("t")) is None:
            waiting.extend(reversed(each.values()))
        elif isinstance(each, dict) and name not in _LEAVES and (name != "Div" or _is_shown(each, form)):
            content = each.get("c")
            if name in _COUNTING:
                yield each
            if name == "Div" and _kind(each) is not None:
                content = [block["c"][1:] if block["t"] == "Table" else block for block in each["c"][1]]
            waiting.append(content)


def _is_shown(div: Node, form: str) -> bool:
    _, classes, pairs = div["c"][0]
    if not {"content-visible", "content-hidden"} & set(classes):
        return True
    attributes, shown = dict(pairs), True
    if "when-format" in attributes:
        shown = attributes["when-format"] in form
    if "unless-format" in attributes:
        shown = attributes["unless-format"] not in form
    return not shown if "content-hidden" in classes else shown


def _key(chapter: Chapter, folder: Path) -> str:
    """Return the digest of all that a chapter is made from: a filter also looks how high a picture is."""
    files = [[name, of_file(folder / name)] for name in sorted(chapter.pictures)]
    return of_value([chapter.blocks, chapter.before, chapter.numbers, files])


def _made(document: Node, chapters: Sequence[Chapter], way: Way) -> Made | None:
    """Return what Pandoc makes of chapters; nothing where it refuses one, or finds another count in it."""
    numbers = {label: number for chapter in chapters for label, number in chapter.numbers.items()}
    tree = document | {
        "meta": document["meta"] | {_NUMBERS: _as_metadata(numbers)},
        "blocks": [{"t": "Div", "c": [_attributes(chapter), chapter.blocks]} for chapter in chapters],
    }
    given = way.asked() | {"tree": json.dumps(tree)}
    try:
        found = json.loads(pandoc_lua(_LUA, json.dumps(given), folder=way.folder, strict=True))
    except Unread:  # made whole, it is said with its place what is wrong
        return None
    if [each["labelled"] for each in found["chapters"]] != [chapter.labelled for chapter in chapters]:
        return None
    return Made([each["text"] for each in found["chapters"]], json.loads(found["document"]))


def _attributes(chapter: Chapter) -> list[Any]:
    before = {"secties": chapter.before["sec"], **{kind: chapter.before[kind] for kind in _COUNTED}}
    return ["", ["voortgang-hoofdstuk"], [[name, str(count)] for name, count in before.items()]]


def _as_metadata(numbers: Mapping[str, str]) -> Node:
    return {"t": "MetaMap", "c": {label: {"t": "MetaString", "c": number} for label, number in numbers.items()}}
