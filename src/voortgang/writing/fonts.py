"""The typefaces of charts and PDF, from packages: nothing depends on what a computer has installed."""

from __future__ import annotations

import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path

UNUSUAL = "[^\x20-\x7e\xa0-\u017f\u2013\u2014\u2018-\u201e\u2022\u2026\u20ac]"
"""A pattern for characters that the typefaces may lack; to read these takes longer than to read most texts."""


def font_files() -> tuple[Path, ...]:
    """Return the font files: Source Sans Pro (SIL Open Font License), and DejaVu Sans for the signs that it lacks."""
    import font_source_sans_pro

    text = Path(font_source_sans_pro.__file__).parent / "files"
    signs = _data_of_matplotlib() / "fonts" / "ttf"
    faces = ("Regular", "It", "Semibold", "Bold", "BoldIt")
    return (
        *(text / f"SourceSansPro-{face}.ttf" for face in faces),
        signs / "DejaVuSans.ttf",
        signs / "DejaVuSans-Bold.ttf",
    )


@cache
def _data_of_matplotlib() -> Path:
    """Return the folder of Matplotlib's data; to import Matplotlib for it would take longer than most documents."""
    package = find_spec("matplotlib")
    if package is not None and package.origin and (found := Path(package.origin).with_name("mpl-data")).is_dir():
        return found
    import matplotlib  # a package of a Linux distribution, which keeps the data elsewhere

    return Path(matplotlib.get_data_path())


@cache
def shown_characters() -> frozenset[int]:
    """Return the code points that the report can show, in plain and in bold text.

    An archivable PDF (PDF/A) may not hold a character without a shape.
    """
    from matplotlib.ft2font import FT2Font

    maps = {font.name: set(FT2Font(str(font)).get_charmap()) for font in font_files()}
    plain = maps["SourceSansPro-Regular.ttf"] | maps["DejaVuSans.ttf"]
    return frozenset(plain & (maps["SourceSansPro-Semibold.ttf"] | maps["DejaVuSans-Bold.ttf"]))


def first_without_shape(text: str) -> str | None:
    r"""Return the first character of a text that the report cannot show; ends of lines and tabs are none.

    Examples
    --------
    >>> first_without_shape("één €\n")
    >>> first_without_shape("klaar \U0001f389")
    '\U0001f389'
    """
    unusual = re.findall(UNUSUAL, text.translate({9: " ", 10: " "}))
    return next((each for each in unusual if ord(each) not in shown_characters()), None)
