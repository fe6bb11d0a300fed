"""Put the style and the pictures of a page into it, so that it is one file.

Pandoc does that too (`--embed-resources`), and takes as long for it as for reading the report: it reads the whole page
anew. Here only what is named is filled in. A page that loads anything else is Pandoc's.
"""

from __future__ import annotations

import base64
import re
from pathlib import Path

from voortgang.assemble.collect import FIGURES, NARROW_ENDING
from voortgang.errors import EngineError

_TYPES = {
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
}
_PLAIN = r"(?!/)[\w./-]+"
"""A file that is named as it lies there: without signs that an address writes in another way."""

_PICTURE = re.compile(rf'<img\s+src="({_PLAIN})"(?=[^>]*?\salt="([^"]*)")', re.ASCII)
_STYLE = re.compile(rf'<link rel="stylesheet" href="({_PLAIN})">', re.ASCII)
_NARROW = re.compile(rf'srcset="smal:({FIGURES}/[\w.-]+{re.escape(NARROW_ENDING)})"', re.ASCII)
_FONT = re.compile(rf"url\(({_PLAIN})\)", re.ASCII)

_LOADS = re.compile(
    r"[\s\"'/](?:src|srcset|poster|data|background|xlink:href)\s*=|<(?:link|base|iframe|object|embed|use|image)\b"
    r"|(?<!new )\burl\(|@import",
    re.IGNORECASE,
)
"""What a browser loads, or may take for something to load."""
_NOT_READ = re.compile(r"""("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|/\*.*?\*/|\s*(\n)\s*|\s+""", re.DOTALL)
"""Comments and blanks, which Pandoc leaves out too; a text between quotation marks stays."""
_STYLE_LOADS = re.compile(r"url\(|@import|</", re.IGNORECASE)


def embedded(page: str, folder: Path) -> str | None:
    """Return a page of which the style sheets and pictures are part, or nothing where Pandoc must do that.

    Parameters
    ----------
    folder
        What names of files are relative to; what lies elsewhere is not read.
    """
    if _LOADS.search(_NARROW.sub("", _STYLE.sub("", _PICTURE.sub("<img", page)))):
        return None
    styles = {name: _style(folder, name) for name in _STYLE.findall(page)}
    pictures = {name: _data(folder, name) for name, _ in _PICTURE.findall(page)}
    if None in styles.values() or None in pictures.values():
        return None

    def picture(found: re.Match[str]) -> str:
        # A drawing has parts of its own; to who listens it is one picture.
        return f'<img role="img" aria-label="{found[2]}" src="{pictures[found[1]]}"'

    page = _PICTURE.sub(picture, page)
    return _STYLE.sub(lambda found: f'<style type="text/css">\n{styles[found[1]]}\n</style>', page)


def with_narrow_drawings(page: str, folder: Path, document: str) -> str:
    """Return a page that holds the drawings for a narrow screen, each where it is named.

    Raises
    ------
    EngineError
        When one of them is missing.
    """

    def drawing(found: re.Match[str]) -> str:
        data = _data(folder, found[1])
        if data is None:
            raise EngineError(
                "A drawing for a narrow screen is missing.",
                f"{document}: {found[1]}",
                "a drawing that a notebook published",
                "Remove smal from the picture.",
            )
        return f'srcset="{data}"'

    return _NARROW.sub(drawing, page)


def _style(folder: Path, name: str) -> str | None:
    """Return a style sheet with its fonts and pictures in it."""
    path = folder / name
    if not _lies_in(folder, path):
        return None
    text = _NOT_READ.sub(_as_read, path.read_text(encoding="utf-8")).strip()
    data = {each: _data(folder, (Path(name).parent / each).as_posix()) for each in _FONT.findall(text)}
    if None in data.values() or _STYLE_LOADS.search(_FONT.sub("", text)):
        return None
    return _FONT.sub(lambda found: f"url({data[found[1]]})", text)


def _as_read(found: re.Match[str]) -> str:
    return found[1] or found[2] or ("" if found[0].startswith("/*") else " ")


def _data(folder: Path, name: str) -> str | None:
    path, kind = folder / name, _TYPES.get(Path(name).suffix)
    if kind is None or not _lies_in(folder, path):
        return None
    return f"data:{kind};base64,{base64.b64encode(path.read_bytes()).decode()}"


def _lies_in(folder: Path, path: Path) -> bool:
    return path.is_file() and path.resolve().is_relative_to(folder.resolve())
