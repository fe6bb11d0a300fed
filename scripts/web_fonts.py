"""Make the typefaces of the HTML: Source Sans Pro (SIL Open Font License), cut to the letters of European languages.

They stand in the format extension, because Quarto takes them from there too. Run this when the package of the font has
a new version: `.venv/bin/python scripts/web_fonts.py`.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from fontTools import subset

from voortgang.writing.fonts import font_files

FACES = ("SourceSansPro-Regular", "SourceSansPro-It", "SourceSansPro-Semibold")
LETTERS = (*range(0x20, 0x180), *range(0x2010, 0x2040), 0x20AC, *range(0x2190, 0x2194), 0x2212, 0x2248, 0x2264, 0x2265)
FOLDER = Path(__file__).parents[1] / "templates" / "_extensions" / "voortgang"


def web_font(path: Path) -> bytes:
    """Return a font file with only `LETTERS`, as WOFF; its names still say whose it is and the licence."""
    options = subset.Options(
        hinting=False, name_IDs=["*"], layout_features=["kern", "liga", "tnum", "lnum", "mark", "locl"]
    )
    options.recalc_timestamp = False
    font = subset.load_font(str(path), options)
    cut = subset.Subsetter(options)
    cut.populate(unicodes=LETTERS)
    cut.subset(font)
    font.flavor = "woff"
    written = BytesIO()
    font.save(written)
    return written.getvalue()


if __name__ == "__main__":
    for path in font_files():
        if path.stem in FACES:
            (FOLDER / f"{path.stem}.woff").write_bytes(web_font(path))
