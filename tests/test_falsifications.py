"""Whatever is done to a file of a published report is found, and what says the same is told apart."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from falsified import FALSE, HARMLESS, Change
from PIL import Image, PngImagePlugin
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from voortgang.readers.compare.contents import contents
from voortgang.writing import archive


def _file(reports: Path, name: str) -> Path:
    return min((reports / "2021").glob(name))


def test_there_are_enough_of_each() -> None:
    assert len({(name, file) for name, file, _ in FALSE}) == len(FALSE) >= 120
    assert len({(name, file) for name, file, _ in HARMLESS}) == len(HARMLESS) >= 30


@pytest.mark.sampled(24)
@pytest.mark.parametrize(
    ("what", "name", "change"), [pytest.param(*each, id=f"{each[1]}: {each[0]}") for each in FALSE]
)
def test_every_falsification_is_found_also_by_who_only_reads(
    reports: Path, what: str, name: str, change: Change
) -> None:
    """With the hashes put right nothing but the comparison with the report made again can find it."""
    path = _file(reports, name)
    before = path.read_bytes()
    found = contents(path.name, change(before), before)
    assert any(each.kind == "value" for each in found), found


@pytest.mark.sampled(8)
@pytest.mark.parametrize(
    ("what", "name", "change"), [pytest.param(*each, id=f"{each[1]}: {each[0]}") for each in HARMLESS]
)
def test_what_says_the_same_has_a_reason(reports: Path, what: str, name: str, change: Change) -> None:
    path = _file(reports, name)
    before = path.read_bytes()
    after = change(before)
    assert after != before
    found = contents(path.name, after, before)
    assert found and {each.kind for each in found} <= {"form", "tolerance"}, found
    assert all(each.before for each in found)


def _png(size: int = 9, colour: str = "white", note: str = "", frames: int = 1) -> bytes:
    target, info = BytesIO(), PngImagePlugin.PngInfo()
    if note:
        info.add_text("Comment", note)
    others = [Image.new("RGB", (size, size), "black")] * (frames - 1)
    picture = Image.new("RGB", (size, size), colour)
    picture.save(target, "PNG", pnginfo=info, save_all=frames > 1, append_images=others)
    return target.getvalue()


def _pdf(bookmark: str = "", script: str = "", password: str = "", attachment: bytes = b"") -> bytes:
    writer, target = PdfWriter(), BytesIO()
    writer.add_blank_page(72, 72)
    if bookmark:
        writer.add_outline_item(title=bookmark, page_number=0)
    if script:
        act = {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject(script)}
        writer.root_object[NameObject("/OpenAction")] = DictionaryObject(act)
    if attachment:
        writer.add_attachment("cijfers.json", attachment)
    if password:
        writer.encrypt(password)
    writer.write(target)
    return target.getvalue()


def _office(**parts: bytes) -> bytes:
    return archive.packed({name.replace("__", "/").replace("_x", ".x"): content for name, content in parts.items()})


def _notebook(*outputs: dict[str, Any], source: str = "1") -> bytes:
    cell = {"cell_type": "code", "id": "a", "metadata": {}, "source": [source], "outputs": list(outputs)}
    return json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4}).encode()


def _shown(kind: str, content: str) -> dict[str, Any]:
    return {"output_type": "display_data", "metadata": {}, "data": {kind: content}}


TEXT = b"<w:document xmlns:w='w'><w:p><w:t>5</w:t></w:p></w:document>"
SVG = "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'>{}</svg>"
BESIDE = {
    "a typeface": ("a.ttf", b"one", b"other"),
    "a key that stands twice": ("a.json", b'{"a": 1}', b'{"a": 2, "a": 1}'),
    "a picture of another size": ("a.png", _png(), _png(size=8)),
    "a picture of another colour": ("a.png", _png(), _png(colour="red")),
    "a note in a picture": ("a.png", _png(), _png(note="geheim")),
    "something behind a picture": ("a.png", _png(), _png() + b"geheim"),
    "a picture that moves": ("a.png", _png(), _png(frames=2)),
    "a bookmark": ("a.pdf", _pdf(), _pdf(bookmark="Elders")),
    "a script in a document": ("a.pdf", _pdf(), _pdf(script="app.alert(1)")),
    "a document with a password": ("a.pdf", _pdf(), _pdf(password="geheim")),
    "something behind a document": ("a.pdf", _pdf(), _pdf() + b"%geheim\n%%EOF\n"),
    "an attachment": ("a.pdf", _pdf(), _pdf(attachment=b"{}")),
    "another attachment": ("a.pdf", _pdf(attachment=b'{"a": 1}'), _pdf(attachment=b'{"a": 2}')),
    "a part that is no text": ("a.docx", _office(a_xml=TEXT, b=b"one"), _office(a_xml=TEXT, b=b"other")),
    "a part more": ("a.docx", _office(a_xml=TEXT), _office(a_xml=TEXT, vbaProject=b"x")),
    "an entity": ("a.docx", _office(a_xml=TEXT), _office(a_xml=b"<!DOCTYPE a [<!ENTITY b 'c'>]>" + TEXT)),
    "a paragraph more": ("a.docx", _office(a_xml=TEXT), _office(a_xml=TEXT.replace(b"</w:p>", b"</w:p><w:p></w:p>"))),
    "a format": ("a.docx", _office(a_xml=TEXT), _office(a_xml=TEXT.replace(b"<w:t>", b"<w:t vanish='1'>"))),
    "a comment in a page": ("a.html", b"<p>5</p>", b"<p>5</p><!-- 6 -->"),
    "an instruction in a page": ("a.html", b"<!DOCTYPE html><p>5</p>", b"<!DOCTYPE xhtml><?php ?><p>5</p>"),
    "what no page holds": ("a.html", b"<p>5</p>", b"<p>5\0</p>"),
    "spaces in a script": ("a.html", b"<script>a = '  '</script>", b"<script>a = ' '</script>"),
    "a script in a drawing": ("a.svg", SVG.format("").encode(), SVG.format("<script>a()</script>").encode()),
    "what a drawing does": ("a.svg", SVG.format("<g/>").encode(), SVG.format("<g onload='a()'/>").encode()),
    "what a drawing says": ("a.svg", SVG.format("<g/>").encode(), SVG.format("<g aria-label='6'/>").encode()),
    "what a drawing shows": ("a.svg", SVG.format("").encode(), SVG.format("<rect width='9' height='9'/>").encode()),
    "another source of a cell": ("a.ipynb", _notebook(), _notebook(source="2")),
    "an output more": ("a.ipynb", _notebook(), _notebook(_shown("text/plain", "5"))),
    "another output": (
        "a.ipynb",
        _notebook(_shown("text/html", "<p>5</p>")),
        _notebook(_shown("text/html", "<p>6</p>")),
    ),
    "an output of another kind": (
        "a.ipynb",
        _notebook(_shown("text/html", "<p>5</p>")),
        _notebook(_shown("text/plain", "<p>5</p>")),
    ),
}
"""What stands in a file beside what a reader sees at once, or is of a kind that no report has."""


@pytest.mark.parametrize("what", BESIDE)
def test_what_stands_beside_the_text_is_found_as_well(what: str) -> None:
    name, one, other = BESIDE[what]
    for old, new in ((one, other), (other, one)):
        assert "value" in {each.kind for each in contents(name, old, new)}
    assert contents(name, one, one) == []
