"""The typefaces of charts and PDF, from packages: nothing depends on what a computer has installed."""

from __future__ import annotations

from functools import cache
from pathlib import Path


def font_files() -> tuple[Path, ...]:
    """Return the font files: Source Sans Pro (SIL Open Font License), and DejaVu Sans for the signs that it lacks."""
    import font_source_sans_pro
    import matplotlib

    text = Path(font_source_sans_pro.__file__).parent / "files"
    signs = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    faces = ("Regular", "It", "Semibold", "Bold", "BoldIt")
    return (
        *(text / f"SourceSansPro-{face}.ttf" for face in faces),
        signs / "DejaVuSans.ttf",
        signs / "DejaVuSans-Bold.ttf",
    )


@cache
def shown_characters() -> frozenset[int]:
    """Return the code points that the report can show, in plain and in bold text.

    An archivable PDF (PDF/A) may not hold a character without a shape.
    """
    from matplotlib.ft2font import FT2Font

    maps = {font.name: set(FT2Font(str(font)).get_charmap()) for font in font_files()}
    plain = maps["SourceSansPro-Regular.ttf"] | maps["DejaVuSans.ttf"]
    return frozenset(plain & (maps["SourceSansPro-Semibold.ttf"] | maps["DejaVuSans-Bold.ttf"]))
