"""Charts at their edges look as they did: each is compared, pixel by pixel, with a small picture in `tests/golden/`.

Which values stand where, each drawing says itself; it says none that its text alternative does not.

After a wanted change, `pytest tests/test_golden.py --renew-golden` draws them anew; look at them before they are kept.
"""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from chart_cases import CASES, drawn, shares
from PIL import Image
from test_chart_values import spots

from voortgang.notebook.display import ShownChart
from voortgang.writing.pixels import png

GOLDEN = Path(__file__).parent / "golden"
DPI = 44
FAINT = 40
"""Of 255 shades of grey: less than this is how one version draws the edge of a letter and another does not."""
BLOCK = 12
FEW = 0.2
"""Share of the pixels of a block of `BLOCK` by `BLOCK` that may differ more; one word elsewhere is more."""
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


def seen(shown: ShownChart) -> Image.Image:
    """Return both drawings of a chart, for a page and for a phone beside it, in 16 shades of grey."""
    wide, narrow = (Image.open(BytesIO(png(svg.encode(), DPI))).convert("L") for svg in (shown.svg, shown.narrow))
    both = Image.new("L", (wide.width + 8 + narrow.width, max(wide.height, narrow.height)), 200)
    both.paste(wide, (0, 0))
    both.paste(narrow, (wide.width + 8, 0))
    return both.quantize(16, dither=Image.Dither.NONE)


def different(one: Image.Image, other: Image.Image) -> float:
    """Return which share of the pixels differs in the block where most do; all of them when the sizes differ."""
    if one.size != other.size:
        return 1.0
    was, is_now = (np.asarray(each.convert("L"), dtype=int) for each in (one, other))
    apart = abs(was - is_now) > FAINT
    apart = np.pad(apart, [(0, -length % BLOCK) for length in apart.shape])
    blocks = apart.reshape(apart.shape[0] // BLOCK, BLOCK, apart.shape[1] // BLOCK, BLOCK)
    return float(blocks.mean(axis=(1, 3)).max())


@pytest.mark.parametrize("name", CASES)
def test_a_chart_looks_as_it_did(name: str, request: pytest.FixtureRequest) -> None:
    now, file = seen(drawn(name)), GOLDEN / f"{name}.png"
    if request.config.getoption("--renew-golden"):
        GOLDEN.mkdir(exist_ok=True)
        now.save(file, optimize=True)
    share = different(Image.open(file), now)
    assert share <= FEW, f"{share:.0%} of the pixels of a block of {file.name} differ"


@pytest.mark.parametrize("name", CASES)
def test_a_drawing_says_no_value_that_its_text_alternative_does_not(name: str) -> None:
    shown = drawn(name)
    assert isinstance(shown, ShownChart)
    found = [spots(svg) for svg in (shown.svg, shown.narrow)]
    if found[0]:  # on a map each value is written where it belongs; on a phone bars may take its place
        assert [each[4] for each in found[0]] == [each[4] for each in found[1]], "both drawings say the same"
    known = NUMBER.findall(shown.figure.alt)
    for svg, said in zip((shown.svg, shown.narrow), found, strict=True):
        _, _, width, height = map(float, str(ElementTree.fromstring(svg).get("viewBox")).split())
        for left, top, right, bottom, words in said:
            assert -1 <= left <= right <= width + 1 and -1 <= top <= bottom <= height + 1, words
            assert [number for number in NUMBER.findall(words) if number not in known] == [], words


def test_a_change_is_noticed() -> None:
    before = seen(shares(["Een", "Twee"], [0.5, 0.4]))
    assert different(before, seen(shares(["Een", "Twee"], [0.5, 0.4]))) == 0
    assert different(before, seen(shares(["Een", "Twee"], [0.5, 0.3]))) > FEW
    assert different(before, seen(shares(["Een", "Tien"], [0.5, 0.4]))) > FEW
    assert different(before, seen(shares(["Een", "Twee", "Drie"], [0.5, 0.4, 0.1]))) == 1


def test_the_pictures_are_small_and_each_has_its_case() -> None:
    files = sorted(GOLDEN.glob("*"))
    assert [each.stem for each in files] == sorted(CASES)
    assert sum(each.stat().st_size for each in files) < 400_000
