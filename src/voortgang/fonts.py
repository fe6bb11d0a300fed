"""The typeface of charts and PDF: Source Sans Pro (SIL Open Font License), from a package."""

from __future__ import annotations

from pathlib import Path


def font_files() -> tuple[Path, ...]:
    """Return the font files of the report."""
    import font_source_sans_pro

    folder = Path(font_source_sans_pro.__file__).parent / "files"
    return tuple(folder / f"SourceSansPro-{face}.ttf" for face in ("Regular", "It", "Semibold", "Bold", "BoldIt"))
