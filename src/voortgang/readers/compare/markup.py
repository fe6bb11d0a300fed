"""Compare pages and drawings: every element, attribute and text."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Iterator
from html.parser import HTMLParser
from io import BytesIO
from xml.etree import ElementTree

from PIL import Image

from voortgang.readers.compare import pictures as seeing
from voortgang.readers.compare.found import Found, Unreadable, values
from voortgang.writing.pixels import png

_EXACT = {"pre", "script", "style", "textarea"}
_EMBEDDED = re.compile(r"data:(image/png|image/svg\+xml);base64,([A-Za-z0-9+/=\s]*)\Z")
_SPACES = re.compile(r"[ \t\n\r\f]+")
_DRESS = {"header", "odd", "even", "caption-top", "header-section-number", "toc-section-number"}
"""Classes that one version of Pandoc or Quarto writes and another does not; the style of a report gives them no look
that hides anything."""
_ACTIVE = ("script", "foreignObject", "image", "use", "animate", "set", "animateTransform", "a", "style", "iframe")
_SAID = ("title", "desc", "text", "tspan", "metadata")


class _Tokens(HTMLParser):
    """A page as its elements, attributes and texts; spaces count only where a browser shows them."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, str, str]] = []
        self._exact: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append(("element", "", tag))
        for name, value in sorted(attrs, key=lambda each: each[0]):
            self.found.append(("attribute", f"{tag} {name}", "" if value is None else value))
        if tag in _EXACT:
            self._exact.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag in self._exact:
            self._exact.remove(tag)

    def handle_endtag(self, tag: str) -> None:
        self.found.append(("end", "", tag))
        if tag in self._exact:
            self._exact.remove(tag)

    def handle_data(self, data: str) -> None:
        shown = data if self._exact else _SPACES.sub(" ", data).strip(" ")
        if shown:
            self.found.append(("text", "", shown))

    def handle_comment(self, data: str) -> None:
        self.found.append(("comment", "", data))

    def handle_decl(self, decl: str) -> None:
        self.found.append(("declaration", "", decl.lower()))

    def handle_pi(self, data: str) -> None:
        self.found.append(("instruction", "", data))

    def unknown_decl(self, data: str) -> None:
        self.found.append(("declaration", "", data))


def pages(old: bytes, new: bytes) -> Iterator[Found]:
    """Yield what two HTML pages hold differently: text, also hidden; attributes; scripts, styles and comments."""
    was, is_now = (_tokens(content) for content in (old, new))
    if was == is_now:
        yield Found("", "form", "spaces between elements, the order of attributes, or quotes", "")
        return
    was, is_now = (list(_undressed(tokens)) for tokens in (was, is_now))
    if was == is_now:
        yield Found("", "form", "classes by which programs tell rows, captions and numbers apart", "")
        return
    if len(was) != len(is_now):
        first = next(i for i, (a, b) in enumerate(zip([*was, None], [*is_now, None], strict=False)) if a != b)
        shown = [" ".join(each[2] for each in part[first : first + 4])[:100] for part in (was, is_now)]
        yield Found(_named(was, first), "value", shown[0] or "the end", shown[1] or "the end")
        return
    for number, (one, other) in enumerate(zip(was, is_now, strict=True)):
        if one != other:
            yield from _of_token(_named(was, number), one, other)


def _tokens(content: bytes) -> list[tuple[str, str, str]]:
    text = content.decode().replace("\r\n", "\n")  # as a browser reads it
    if "\0" in text or "\r" in text:
        raise Unreadable("it holds what no page holds")
    reader = _Tokens()
    reader.feed(text)
    reader.close()
    return reader.found


def _undressed(tokens: list[tuple[str, str, str]]) -> Iterator[tuple[str, str, str]]:
    """Yield the tokens of a page without the classes that programs add of themselves; a style without its spaces."""
    style = False
    for kind, what, value in tokens:
        if kind == "attribute" and what.endswith(" class"):
            value = " ".join(each for each in value.split() if each not in _DRESS)
            if not value:
                continue
        if kind in ("element", "end"):
            style = kind == "element" and value == "style"
        yield kind, what, _SPACES.sub("", value) if style and kind == "text" else value


def _named(tokens: list[tuple[str, str, str]], number: int) -> str:
    kind, what, _ = tokens[min(number, len(tokens) - 1)]
    if kind == "attribute":
        return f"attribute {what}"
    count = sum(each[0] == kind for each in tokens[: number + 1])
    return f"{kind} {count}"


def _of_token(where: str, one: tuple[str, str, str], other: tuple[str, str, str]) -> Iterator[Found]:
    embedded = [_EMBEDDED.match(each[2]) for each in (one, other)]
    if one[:2] == other[:2] and all(embedded) and embedded[0] and embedded[1] and embedded[0][1] == embedded[1][1]:
        was, is_now = (b64decode(each[2]) for each in embedded if each)
        compare = seeing.pictures if embedded[0][1] == "image/png" else drawings
        for each in compare(was, is_now):
            yield Found(f"picture, {each.where}" if each.where else "picture", each.kind, each.before, each.now)
    elif one[:2] == other[:2] and one[0] == "text":
        yield from values(where, one[2], other[2])
    else:
        yield Found(where, "value", " ".join(one)[:100], " ".join(other)[:100])


def canonical(content: bytes) -> str:
    """Return an XML file in its canonical form; comments, and how it is written, are left out."""
    return ElementTree.canonicalize(content.decode("utf-8-sig"))


def drawings(old: bytes, new: bytes) -> Iterator[Found]:
    """Yield what two SVG files show, say or do differently."""
    was, is_now = (canonical(content) for content in (old, new))
    if was == is_now:
        yield Found("", "form", "how its XML is written", "")
        return
    found = list(values("", was, is_now))
    if [each.kind for each in found] == ["tolerance"]:
        yield from found
        return
    trees = [ElementTree.fromstring(content) for content in (old, new)]
    for names, what in ((_ACTIVE, "what acts or points elsewhere"), (_SAID, "what it says")):
        parts = [[_written(each) for each in tree.iter() if _local(each.tag) in names] for tree in trees]
        if parts[0] != parts[1]:
            yield Found(what, "value", str(parts[0])[:100], str(parts[1])[:100])
            return
    told = [sorted(_told(tree)) for tree in trees]
    if told[0] != told[1]:
        yield Found("what it says", "value", str(told[0])[:100], str(told[1])[:100])
        return
    if any(name.startswith("on") or "href" in name for tree in trees for each in tree.iter() for name in each.attrib):
        found = [each for each in found if _links(trees[0]) != _links(trees[1])]
        if found:
            yield from found
            return
    yield from seeing.seen("", *(Image.open(BytesIO(png(content))) for content in (old, new)))


def _local(tag: object) -> str:
    return str(tag).rpartition("}")[2]


def _written(element: ElementTree.Element) -> str:
    return f"{_local(element.tag)} {sorted(element.attrib.items())} {(element.text or '').strip()}"


def _told(tree: ElementTree.Element) -> Iterator[tuple[str, str]]:
    """Yield the attributes that a reader hears, or that decide what a page makes of the whole drawing."""
    for each in tree.iter():
        for name, value in each.attrib.items():
            if name.startswith("aria-") or _local(name) in {"role", "lang", "tabindex", "preserveAspectRatio"}:
                yield name, value


def _links(tree: ElementTree.Element) -> list[tuple[str, str]]:
    return [
        (name, value)
        for each in tree.iter()
        for name, value in each.attrib.items()
        if name.startswith("on") or "href" in name
    ]
