"""A picture has the size that its author gave it, in every format."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from pathlib import Path

import pymupdf
import pytest
from test_places import SVG, _made

RED = SVG.replace("<rect ", '<rect fill="#f00" ')
SIZES = [
    ("width=96px", 72, 72),
    ("width=96", 72, 72),
    ("width=1inch", 72, 72),
    ("width=3pc", 36, 36),
    ("height=48px", 36, 36),
    ("height=2cm", 56.7, 56.7),
    ("width=96px height=1cm", 72, 28.3),
]


def _sizes(form: str, content: bytes) -> list[tuple[float, float]]:
    """Return width and height of each picture in points."""
    if form == "pdf":
        pages = pymupdf.open(stream=content, filetype="pdf")
        drawn = (each["rect"] for page in pages for each in page.get_drawings() if each["fill"] == (1, 0, 0))
        return [(each.width, each.height) for each in drawn]
    with zipfile.ZipFile(BytesIO(content)) as archive:
        extents = re.findall(r'<wp:extent cx="(\d+)" cy="(\d+)"', archive.read("word/document.xml").decode())
    return [(int(width) / 12700, int(height) / 12700) for width, height in extents]


@pytest.mark.parametrize("form", ["pdf", "docx"])
def test_a_picture_has_the_size_that_is_asked_for(tmp_path: Path, form: str) -> None:
    chapter = "".join(f"![Een vlak](vlak.svg){{{size}}}\n\n" for size, _, _ in SIZES)
    found = _sizes(form, _made(tmp_path / "bron", chapter, form, **{"vlak.svg": RED}))
    for (size, *asked), drawn in zip(SIZES, found, strict=True):
        assert drawn == pytest.approx(asked, abs=0.8), size


@pytest.mark.parametrize(
    ("size", "style"),
    [
        ("width=200px", "width: 200px"),
        ("width=200", "width: 200px"),
        ("height=2cm", "width: auto; height: 2cm"),
        ("width=50% height=90", "width: 50%; height: 90px"),
        ("width=60%", "width:60.0%"),
    ],
)
def test_the_styles_of_a_page_leave_a_size_as_it_is(tmp_path: Path, size: str, style: str) -> None:
    page = _made(tmp_path / "bron", f"![Een vlak](vlak.svg){{{size}}}\n", "html", **{"vlak.svg": RED}).decode()
    assert f'style="{style}"' in page


HIGH = [
    ('width="100pt" height="300pt" viewBox="0 0 100 300"', "", 198.4, 595.3),
    ('width="100" height="300"', "", 198.4, 595.3),
    ('viewBox="0 0 100 300"', "width=50%", 198.4, 595.3),
    ('width="100pt" height="300pt" viewBox="0 0 100 300"', "width=8cm", 198.4, 595.3),
    ('width="100pt" height="300pt" viewBox="0 0 100 300"', "height=40cm", 198.4, 595.3),
    ('width="100pt" height="300pt" viewBox="0 0 100 300"', "width=6cm", 170.1, 510.2),
    ('width="300pt" height="300pt" viewBox="0 0 100 300" preserveAspectRatio="none"', "width=10cm", 283.5, 283.5),
]


@pytest.mark.parametrize("form", ["pdf", "docx"])
def test_no_picture_is_higher_than_its_page(tmp_path: Path, form: str) -> None:
    svg = '<svg xmlns="http://www.w3.org/2000/svg" {}><rect fill="#f00" width="100" height="300"/></svg>'
    files = {f"een vlak{number}.svg": svg.format(shape) for number, (shape, *_) in enumerate(HIGH)}
    chapter = "".join(f"![Een vlak](een%20vlak{number}.svg){{{size}}}\n\n" for number, (_, size, *_) in enumerate(HIGH))
    found = _sizes(form, _made(tmp_path / "bron", chapter, form, **files))
    for (shape, size, *asked), drawn in zip(HIGH, found, strict=True):
        assert drawn == pytest.approx(asked, abs=1.5), (shape, size)
