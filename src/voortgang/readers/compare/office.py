"""Compare Word documents and workbooks: every part that they are packed from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from xml.etree import ElementTree

from voortgang.readers.compare import pictures
from voortgang.readers.compare.found import Found, Unreadable, after_steps, values
from voortgang.readers.compare.markup import canonical
from voortgang.writing import archive

_XML = (".xml", ".rels", ".vml")
_MADE = re.compile(r"<(?:\w+:)?(Application|AppVersion|created|modified)\b[^>]*>[^<]*</(?:\w+:)?\1>")
_CURSOR = re.compile(r"<selection [^<>]*></selection>")
_UNORDERED = ("[Content_Types].xml", ".rels")
_BESIDE = "\x1f"
"""What stands between two texts, such as those of cells: XML cannot hold it, so a digit that moves is seen."""

_BLOCK = re.compile(r"(?<=</w:p>)|(?<=</row>)|(?<=</si>)")


def documents(old: bytes, new: bytes) -> Iterator[Found]:
    """Yield what two Office files hold differently: text, numbers, formats, links, macros, notes, pictures."""
    was, is_now = (archive.unpacked(content, "the document") for content in (old, new))
    for name in sorted(was.keys() ^ is_now.keys()):
        yield Found(name, "value", "a part" if name in was else "absent", "a part" if name in is_now else "absent")
    reasons = {"how it is packed"}
    for name in sorted(was.keys() & is_now.keys()):
        if was[name] != is_now[name]:
            for each in _of_part(name, was[name], is_now[name]):
                if each.kind == "form":
                    reasons.add(each.before)
                else:
                    yield each
    if was.keys() == is_now.keys():
        yield Found("", "form", ", ".join(sorted(reasons)), "")


def _of_part(name: str, old: bytes, new: bytes) -> Iterator[Found]:
    if name.endswith(".png"):
        for each in pictures.pictures(old, new):
            yield Found(f"{name}, {each.where}" if each.where else name, each.kind, each.before, each.now)
        return
    if not name.endswith(_XML):
        yield Found(name, "value", f"{len(old)} bytes", f"{len(new)} other bytes")
        return
    for content in (old, new):
        if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
            raise Unreadable("it declares entities")
    steps = [("how its XML is written", lambda text: canonical(text.encode()))]
    if name.endswith(_UNORDERED):
        steps.append(("the order of its parts", _ordered))
    if name.startswith("docProps/"):
        steps.append(("the program and time that it names", lambda text: _MADE.sub("", text)))
    if name.startswith("xl/worksheets/"):
        steps.append(("where the cursor stands", lambda text: _CURSOR.sub("", text)))
    was, is_now, reason = after_steps(steps, old.decode("utf-8-sig"), new.decode("utf-8-sig"))
    if was == is_now:
        yield Found(name, "form", reason, "")
        return
    blocks = [_BLOCK.split(text) for text in (was, is_now)]
    if len(blocks[0]) != len(blocks[1]):
        yield from values(name, was, is_now)
        return
    for number, (one, other) in enumerate(zip(*blocks, strict=True), start=1):
        for each in values(f"{name} {number}", _text(one), _text(other)):
            yield replace(each, before=each.before.replace(_BESIDE, " "), now=each.now.replace(_BESIDE, " "))
        for each in values(f"{name} {number}, markup", *(re.sub(r">[^<]*<", "><", block) for block in (one, other))):
            yield Found(each.where, "value", each.before, each.now)


def _text(block: str) -> str:
    return _BESIDE.join(re.findall(r">([^<]*)<", block))


def _ordered(text: str) -> str:
    root = ElementTree.fromstring(text)
    root[:] = sorted(root, key=lambda each: ElementTree.tostring(each))
    return ElementTree.canonicalize(ElementTree.tostring(root, encoding="unicode"))
