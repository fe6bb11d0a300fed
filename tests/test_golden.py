"""Charts at their edges look as they did: each is compared, pixel by pixel, with a small picture in `tests/golden/`.

After a wanted change, `pytest tests/test_golden.py --renew-golden` draws them anew; look at them before they are kept.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from chart_cases import CASES, shares
from PIL import Image

from voortgang.notebook.display import ShownChart
from voortgang.writing.pixels import png

GOLDEN = Path(__file__).parent / "golden"
DPI = 44
FAINT = 40
"""Of 255 shades of grey: less than this is how one version draws the edge of a letter and another does not."""
BLOCK = 12
FEW = 0.2
"""Share of the pixels of a block of `BLOCK` by `BLOCK` that may differ more; one word elsewhere is more."""


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
    now, file = seen(CASES[name]()), GOLDEN / f"{name}.png"
    if request.config.getoption("--renew-golden"):
        GOLDEN.mkdir(exist_ok=True)
        now.save(file, optimize=True)
    share = different(Image.open(file), now)
    assert share <= FEW, f"{share:.0%} of the pixels of a block of {file.name} differ"


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
