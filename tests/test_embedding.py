"""A page of one file is what Pandoc makes of it, in less time; what is not known to load nothing is Pandoc's."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from conftest import REPOSITORY

from voortgang.assemble.engines.embedding import embedded, with_narrow_drawings
from voortgang.errors import EngineError
from voortgang.writing.pandoc_tree import pandoc
from voortgang.writing.pixels import png

EXTENSION = REPOSITORY / "templates" / "_extensions" / "voortgang"
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>'
STYLE = """/* Letters, and what isn't. */
@font-face { font-family: A;\t src: url(letters/a.woff) }

/* A comment
   of two lines */  p {
    background: url(vlak.svg) }
  p::after { content: "a; 'b'"; } /* end */
"""
TEXT = """---
title: "Voortgang & meer"
---

![Een "vlak" & meer](figuren/vlak.svg){width=50%}

![Een vlak](figuren/vlak.svg){#een .twee}\u20035 < 6, x.src = 'a', url van iets

| a | b |
|---|---|
| ![Een foto](foto.png) | [elders](https://voorbeeld.nl/a?b=url) |
"""


def _folder(folder: Path, style: str = STYLE) -> Path:
    (folder / "figuren").mkdir(parents=True)
    (folder / "stijl" / "letters").mkdir(parents=True)
    (folder / "figuren" / "vlak.svg").write_text(SVG, encoding="utf-8")
    (folder / "foto.png").write_bytes(png(SVG.encode(), 1))
    (folder / "stijl" / "stijl.css").write_text(style, encoding="utf-8")
    (folder / "stijl" / "vlak.svg").write_text(SVG, encoding="utf-8")
    (folder / "stijl" / "letters" / "a.woff").write_bytes(b"letters")
    (folder / "a.md").write_text(TEXT, encoding="utf-8")
    return folder


def _page(folder: Path, *options: str) -> str:
    template = f"--template={EXTENSION / 'rapport.html'}"
    arguments = ["a.md", "--to=html", "--standalone", template, "--css=stijl/stijl.css", *options]
    return subprocess.run(
        [pandoc(), *arguments], cwd=folder, check=True, capture_output=True, text=True, encoding="utf-8"
    ).stdout


def _elements(page: str) -> list[tuple[str, dict[str, object], str]]:
    """All elements with their attributes and own text; blanks do not count, but in a style."""
    return [
        (
            each.name,
            {key: " ".join(str(value).split()) for key, value in each.attrs.items()},
            " ".join(each.text.split()),
        )
        for each in BeautifulSoup(page, "lxml").find_all(True)
    ]


def test_a_page_is_the_same_as_with_pandoc_alone(tmp_path: Path) -> None:
    folder = _folder(tmp_path / "bron")
    made = embedded(_page(folder), folder)
    assert made is not None
    assert _elements(made) == _elements(_page(folder, "--embed-resources"))


@pytest.mark.parametrize(
    "more",
    [
        '<script src="a.js"></script>',
        '<script\nsrc="a.js"></script>',
        '<link rel="icon" href="figuren/vlak.svg">',
        '<img class="a" src="figuren/vlak.svg" alt="Een vlak">',
        '<img src="figuren/vlak.svg">',
        "<img src='figuren/vlak.svg' alt='Een vlak'>",
        '<IMG SRC="figuren/vlak.svg" ALT="Een vlak">',
        '<img src="https://elders.nl/vlak.svg" alt="Een vlak">',
        '<img src="/figuren/vlak.svg" alt="Een vlak">',
        '<img src="../buiten.svg" alt="Een vlak">',
        '<img src="figuren/../../buiten.svg" alt="Een vlak">',
        '<img src="buiten.svg" alt="Een koppeling naar buiten">',
        '<img src="weg.svg" alt="Weg">',
        '<img alt="a > b" src="figuren/vlak.svg">',
        '<img alt="a"src="figuren/vlak.svg">',
        '<img/src="figuren/vlak.svg">',
        '<img src="mijn%20foto.svg" alt="Een foto">',
        '<img src="film.mp4" alt="Een film">',
        '<img src="figuren/vlak.svg" srcset="figuren/vlak.svg 2x" alt="Een vlak">',
        '<picture><source srcset="figuren/vlak.svg"></picture>',
        '<video poster="figuren/vlak.svg"></video>',
        '<object data="figuren/vlak.svg"></object>',
        "<iframe></iframe>",
        '<svg><use xlink:href="figuren/vlak.svg#a"/></svg>',
        '<svg><image href="figuren/vlak.svg"/></svg>',
        '<body background="figuren/vlak.svg">',
        '<p style="background: url(figuren/vlak.svg)">',
        '<p style="background: URL(figuren/vlak.svg)">',
        "<style>@import 'a.css';</style>",
        '<link rel="stylesheet" href="stijl/weg.css">',
        '<link rel="stylesheet" href="stijl/stijl.css" media="print">',
        '<base href="https://elders.nl/">',
    ],
)
def test_what_else_a_page_loads_is_left_to_pandoc(tmp_path: Path, more: str) -> None:
    folder = _folder(tmp_path / "bron")
    for name in ("buiten.svg", "film.mp4"):
        (tmp_path / name).write_text(SVG, encoding="utf-8")
    (folder / "buiten.svg").symlink_to(tmp_path / "buiten.svg")
    assert embedded(f"<main>{more}</main>", folder) is None
    assert embedded(_page(folder).replace("</main>", f"{more}</main>"), folder) is None


@pytest.mark.parametrize(
    "style",
    [
        "@import 'a.css';",
        "@IMPORT url(a.css);",
        'p { background: url("vlak.svg") }',
        "p { background: url( vlak.svg ) }",
        "p { background: url(weg.svg) }",
        "p { background: url(/vlak.svg) }",
        "p { background: url(../../buiten.svg) }",
        "p { background: url(https://elders.nl/vlak.svg) }",
        "p::after { content: '</style><script>1</script>' }",
    ],
)
def test_a_style_that_loads_more_is_left_to_pandoc(tmp_path: Path, style: str) -> None:
    folder = _folder(tmp_path / "bron", STYLE + style)
    (tmp_path / "buiten.svg").write_text(SVG, encoding="utf-8")
    assert embedded(_page(folder), folder) is None


def test_what_looks_like_a_comment_between_quotation_marks_stays(tmp_path: Path) -> None:
    folder = _folder(tmp_path / "bron", "p::after { content: '/*  \\' */'; }")
    assert "content: '/*  \\' */';" in (embedded(_page(folder), folder) or "")


def test_the_pages_of_this_report_need_nothing_of_pandoc(tmp_path: Path) -> None:
    """Else the quick way would never be gone."""
    folder = _folder(tmp_path / "bron")
    for name in ("stijl.css", *(path.name for path in EXTENSION.glob("*.woff"))):
        (folder / "stijl" / name).write_bytes((EXTENSION / name).read_bytes())
    assert embedded(_page(folder), folder) is not None


def test_a_narrow_drawing_that_is_missing_is_named(tmp_path: Path) -> None:
    folder = _folder(tmp_path / "bron")
    (folder / "figuren" / "vlak.smal.svg").write_text(SVG, encoding="utf-8")
    page = '<source srcset="smal:figuren/vlak.smal.svg">'
    assert 'srcset="data:image/svg+xml;base64,' in with_narrow_drawings(page, folder, "rapport.qmd")
    with pytest.raises(EngineError, match=r"rapport\.qmd: figuren/weg\.smal\.svg"):
        with_narrow_drawings(page.replace("vlak", "weg"), folder, "rapport.qmd")
