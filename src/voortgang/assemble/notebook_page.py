"""Executed notebooks as HTML pages for auditors, which load nothing from anywhere."""

from __future__ import annotations

import base64
import re
import threading
from collections.abc import Iterator
from functools import cache
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import nbformat

from voortgang.errors import NotebookError
from voortgang.run.plan import is_injected
from voortgang.writing.page import html_page

POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; font-src data:"
"""What a browser may load for such a page: nothing from elsewhere, also when a script on it asks."""

_PICTURES = {".png": "png", ".jpg": "jpeg", ".jpeg": "jpeg", ".gif": "gif", ".webp": "webp", ".svg": "svg+xml"}
_SHOWN = (
    *("application/javascript", "text/html", "text/markdown", "image/svg+xml", "text/latex"),
    *("image/png", "image/jpeg", "text/plain"),
)
"""What a page shows of an output: the first of these that it has."""

_NAME_OF_OBJECT = re.compile(r"<IPython\.core\.display\.\w+ object>")
_UNSEEN = {number: 0x2400 + number for number in range(32) if chr(number) not in "\t\n\r"} | {0x7F: 0x2421}
_UNSEEN |= dict.fromkeys(range(0x80, 0xA0), 0xFFFD)
"""Characters that no page may hold, and signs that show them: a cell may print anything."""

_FROM_ELSEWHERE = ("iframe", "frame", "object", "embed", "applet", "link", "meta", "base", "video", "audio", "portal")
# What a page that shows only code, text and charts of the notebook itself does not hold.
_SUSPECT = re.compile(
    r"<(script|iframe|frame|object|embed|applet|link|meta|base|video|audio|portal|style|form|image|use)\b"
    r"|<img[^>]*src=\"(?!data:)|\bon\w+=|srcset=|url\(|javascript:|href=\"(?![#\w])|href=\"[^\"]*[^\x21-\x7e]",
    re.IGNORECASE,
)
_STYLE_LOADS = re.compile(r"@import\b[^;]*;?|url\(\s*['\"]?(?!['\"]?(data:|#))[^)]*\)", re.IGNORECASE)
_LOADS = {"srcset", "action", "formaction", "background", "ping"}
_SAFE = "%/:?#[]@!$&'()*+,;=~-._"

_LIGHT = re.compile(r"(<td[^>]*>)([●✔▲■○])(?=\s)")
_COLOURS = {"●": "groen", "✔": "groen", "▲": "oranje", "■": "rood", "○": "grijs"}
"""The lights and verdicts of a report have the same colours here."""

_exporting = threading.Lock()


def page(notebook: bytes, title: str, folder: Path, name: str, mark: str = "") -> bytes:
    """Return an executed notebook as an HTML page with its code visible, for auditors.

    The page is self-contained: pictures that lie with the notebook are part of it, and what would come from elsewhere
    (scripts, frames, styles, pictures) makes place for a note.

    Parameters
    ----------
    folder
        Where the notebook lies.
    name
        How messages name it.
    mark
        What the page says of the standing of the report.

    Raises
    ------
    NotebookError
        When a text of the notebook shows a picture that is not there, or an output has no form that a page can show.
    """
    content = require_showable(notebook, folder, name)
    for cell in content.cells:
        # nbconvert looks for the picture that a cell holds by the name as it stands in the address.
        cell.get("attachments", {}).update({quote(key): each for key, each in cell.get("attachments", {}).items()})
        for output in cell.get("outputs", []):
            _describe(output)
    with _exporting:
        body, _ = _exporter().from_notebook_node(content)
    body = body.translate(_UNSEEN)
    if _SUSPECT.search(body):
        body = _self_contained(body, folder)
    # Code may be wider than the page: what scrolls can be reached from the keyboard.
    body = body.replace("<pre>", '<pre tabindex="0">')
    body = _LIGHT.sub(_coloured, body)
    return html_page("assemble/notebook_page.html", title, mark, POLICY, body=body)


def _describe(output: Any) -> None:
    """Let the page say what a chart shows: nbconvert leaves out the text alternative of a drawing."""
    data, kind = output.get("data", {}), "image/svg+xml"
    alt = output.get("metadata", {}).get(kind, {}).get("alt", "")
    if alt and next(each for each in _SHOWN if each in data) == kind:
        content = base64.b64encode(data[kind].encode()).decode()
        data["text/html"] = f'<img alt="{escape(alt)}" src="data:{kind};base64,{content}">'


def _coloured(match: re.Match[str]) -> str:
    return f'{match[1]}<span class="licht {_COLOURS[match[2]]}">{match[2]}</span>'


def require_showable(notebook: bytes, folder: Path, name: str) -> Any:
    """Return an executed notebook that a page can show; raises `NotebookError` as `page` does."""
    content = nbformat.reads(notebook.decode(), as_version=4)
    _require_pictures(content, folder, name)
    _require_outputs(content, name)
    return content


def local_pictures(notebook: bytes, folder: Path) -> dict[str, bytes]:
    """Return the pictures beside a notebook that its page holds, by the name that it calls them."""
    if b"<img" not in notebook and b"![" not in notebook:
        return {}
    content = nbformat.reads(notebook.decode(), as_version=4)
    found = {target: _file(target, folder) for _, text in _texts(content) for target in _targets(text)}
    return {target: path.read_bytes() for target, path in found.items() if path is not None}


def _require_pictures(content: Any, folder: Path, name: str) -> None:
    for number, text in _texts(content, outputs=False):
        for target in _targets(text):
            if urlsplit(target).scheme == "attachment":
                if unquote(urlsplit(target).path) not in content.cells[number - 1].get("attachments", {}):
                    raise NotebookError(
                        f"The picture {target!r} is not there.",
                        f"{name}, cell {number} (text)",
                        "a picture that the cell holds",
                        "Paste it into the cell again, or remove the reference.",
                    )
            elif not urlsplit(target).scheme and not target.startswith("//") and _file(target, folder) is None:
                raise NotebookError(
                    f"The picture {unquote(target)!r} is not there.",
                    f"{name}, cell {number} (text)",
                    f"a picture ({', '.join(_PICTURES)}) beside the notebook, or in a folder there",
                    "Correct its name, or put it there.",
                )


def _require_outputs(content: Any, name: str) -> None:
    cells = (cell for cell in content.cells if cell.cell_type == "code" and not is_injected(cell))
    for number, cell in enumerate(cells, start=1):
        for output in cell.outputs:
            kinds = output.get("data") or {}
            shown = next((kind for kind in _SHOWN if kind in kinds), "")
            if kinds and (not shown or (shown == "text/plain" and _NAME_OF_OBJECT.fullmatch(kinds[shown]))):
                raise NotebookError(
                    f"The output is lost: nothing can show {', '.join(kind for kind in kinds if kind != shown)}.",
                    f"{name}, code cell {number}",
                    "text, HTML or a picture (SVG, PNG or JPEG)",
                    "Let the cell show it in one of these forms too.",
                )


def _texts(content: Any, outputs: bool = True) -> Iterator[tuple[int, str]]:
    """Yield what may show pictures: texts, and texts and HTML of outputs, each with the number of its cell."""
    for number, cell in enumerate(content.cells, start=1):
        if cell.cell_type == "markdown":
            yield number, cell.source
        for output in cell.get("outputs", []) if outputs else []:
            for kind in ("text/html", "text/markdown"):
                if isinstance(shown := output.get("data", {}).get(kind), str):
                    yield number, shown


def _targets(text: str) -> list[str]:
    code = re.sub(r"(?ms)^ {0,3}(```|~~~).*?^ {0,3}\1|`[^`\n]*`", "", text)
    marked = re.findall(r"!\[[^\]]*\]\(\s*(?:<([^>\n]*)>|([^\s)]+))", code)
    tagged = re.findall(r"<img\b[^>]*?\bsrc\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", code, re.IGNORECASE)
    return [target for each in (*marked, *tagged) for target in each if target]


def _file(target: str, folder: Path) -> Path | None:
    """Return the picture that a page calls by a relative name; it may not lie outside the notebook's folder."""
    parts = urlsplit(target)
    if parts.scheme or parts.netloc or not parts.path:
        return None
    path = (folder / unquote(parts.path)).resolve()
    inside = path.is_relative_to(folder.resolve()) and path.suffix.lower() in _PICTURES
    return path if inside and path.is_file() else None


def _self_contained(body: str, folder: Path) -> str:
    from bs4 import BeautifulSoup

    soup: Any = BeautifulSoup(body, "html.parser")
    for each in soup.select(".output_javascript"):  # what it calls, jQuery, is not there; and its id is never the same
        each.replace_with(_note(soup, "script"))
    for each in soup.find_all("script"):  # it could show another number than the cell did
        each.replace_with(_note(soup, "script", each.get("src", "")))
    for each in soup.find_all(_FROM_ELSEWHERE):
        if not each.decomposed:
            inner = each.find("source", src=True) or {}
            targets = [each.get(key) for key in ("src", "href", "data")] + [inner.get("src")]
            each.replace_with(_note(soup, each.name, next(filter(None, targets), "")))
    for each in soup.find_all("style"):
        if each.string:
            each.string.replace_with(_STYLE_LOADS.sub("none", each.string))
    for each in soup.find_all(True):
        _leave_out_attributes(each)
    for each in soup.find_all("img"):
        _embed(soup, each, folder)
    return str(soup)


def _leave_out_attributes(element: Any) -> None:
    for key, value in list(element.attrs.items()):
        name, text = key.lower(), value if isinstance(value, str) else " ".join(value)
        runs = name.startswith("on") or re.match(r"\s*(javascript|vbscript):", text, re.IGNORECASE)
        inner = element.name in {"image", "use", "feimage"} and name in {"href", "xlink:href"}
        if runs or name in _LOADS or (inner and not text.startswith(("#", "data:"))):
            del element[key]
        elif name == "style":
            element[key] = _STYLE_LOADS.sub("none", text)
        elif name == "href":
            element[key] = quote(text.strip(), safe=_SAFE)


def _embed(soup: Any, picture: Any, folder: Path) -> None:
    target = picture.get("src", "")
    if target.startswith("data:"):
        return
    path = _file(target, folder)
    if path is None:
        picture.replace_with(_note(soup, "img", target))
    else:
        content = base64.b64encode(path.read_bytes()).decode()
        picture["src"] = f"data:image/{_PICTURES[path.suffix.lower()]};base64,{content}"


_WORDS = {
    "script": "een script",
    "iframe": "een venster",
    "img": "een afbeelding",
    "link": "een verwijzing naar een stijl",
}


def _note(soup: Any, kind: str, target: str = "") -> Any:
    """Return what stands in place of an element that would come from elsewhere."""
    from_elsewhere = "" if kind == "script" and not target else " van elders"
    words = (
        f"Niet opgenomen: {_WORDS.get(kind, f'een element {kind}')}{from_elsewhere}{f' ({target})' if target else ''}."
    )
    note = soup.new_tag("em", attrs={"class": "weggelaten"})
    note.string = words
    return note


@cache
def _exporter() -> Any:
    """Return the exporter with its templates read; it serves one thread at a time."""
    from nbconvert import HTMLExporter

    exporter = HTMLExporter(template_name="basic", sanitize_html=False)
    exporter.config.NbConvertBase.display_data_priority = list(_SHOWN)
    return exporter
