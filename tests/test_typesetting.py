"""Typst runs in a process of its own, and what it says there is said here."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from voortgang.writing.pixels import png, pngs
from voortgang.writing.typesetting import Refused, typeset

_SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="{0}" height="9"><rect width="9" height="9" fill="{1}"/></svg>'


def test_it_makes_a_document_and_reads_only_what_stands_in_its_folder(tmp_path: Path) -> None:
    (tmp_path / "woord.txt").write_text("Coevorden", encoding="utf-8")
    inside = tmp_path / "map"
    inside.mkdir()
    (made,) = typeset(b'#read("woord.txt")', tmp_path, timestamp=0)
    assert made.startswith(b"%PDF-")
    with pytest.raises(Refused):
        typeset(b'#read("../woord.txt")', inside)


def test_what_it_refuses_comes_with_its_words_and_hints(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="unknown variable: koptekst"):
        typeset(b"#koptekst", tmp_path)
    with pytest.raises(Refused) as caught:
        typeset(b"#let kop-tekst = 1\n$kop-tekst$", tmp_path)
    assert caught.value.hints


def test_a_process_that_ends_without_a_word_is_said_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ended = subprocess.CompletedProcess([sys.executable], -9, b"", b"")
    monkeypatch.setattr(subprocess, "run", lambda *given, **also: ended)
    with pytest.raises(Refused, match="without a word"):
        typeset(b"", tmp_path)


def test_pictures_that_are_drawn_together_are_those_that_are_drawn_alone() -> None:
    pictures = [_SVG.format(size, colour).encode() for size, colour in ((9, "red"), (30, "#123456"), (9, "red"))]
    assert pngs(pictures) == [png(each) for each in pictures]
    assert pngs([]) == []
