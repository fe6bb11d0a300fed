"""Charts as pixels, for Word, which does not show SVG everywhere."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from voortgang.writing import temporary
from voortgang.writing.typesetting import typeset

DPI = 220

_PAGE = "#set page(width: auto, height: auto, margin: 0pt)\n"


def png(svg: bytes, dpi: int = DPI) -> bytes:
    """Return an SVG picture, in which text is drawn as outlines, as PNG of the same size at `dpi` dots an inch.

    Raises
    ------
    Refused
        When it cannot be drawn.
    """
    return pngs([svg], dpi)[0]


def pngs(svgs: Sequence[bytes], dpi: int = DPI) -> list[bytes]:
    """Return what `png` does for each of some pictures, sooner.

    Raises
    ------
    Refused
        When one cannot be drawn.
    """
    if not svgs:
        return []
    # Typst sets the PDF; it draws a chart ten times as fast as matplotlib does.
    with temporary.folder() as folder:
        for number, svg in enumerate(svgs):
            Path(folder, f"{number}.svg").write_bytes(svg)
        pages = "\n#pagebreak()\n".join(f'#image("{number}.svg")' for number in range(len(svgs)))
        return typeset(f"{_PAGE}{pages}\n".encode(), Path(folder), format="png", ppi=dpi)
