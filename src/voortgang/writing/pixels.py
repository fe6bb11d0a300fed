"""Charts as pixels, for Word, which does not show SVG everywhere."""

from __future__ import annotations

from pathlib import Path

from voortgang.writing import temporary

DPI = 220


def png(svg: bytes, dpi: int = DPI) -> bytes:
    """Return an SVG picture, in which text is drawn as outlines, as PNG of the same size at `dpi` dots an inch."""
    # Typst sets the PDF; it draws a chart ten times as fast as matplotlib does.
    import typst

    with temporary.folder() as folder:
        Path(folder, "chart.svg").write_bytes(svg)
        page = Path(folder, "chart.typ")
        page.write_text('#set page(width: auto, height: auto, margin: 0pt)\n#image("chart.svg")\n', encoding="utf-8")
        return bytes(typst.compile(page, format="png", ppi=dpi, ignore_system_fonts=True))
