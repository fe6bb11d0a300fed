"""A plain HTML page around some content: self-contained, in Dutch, light and dark."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path


def html_page(title: str, body: Iterable[str], style: str = "", policy: str = "", mark: str = "") -> bytes:
    """Return a page. No script, style or font comes from elsewhere.

    Parameters
    ----------
    title
        Plain text.
    body
        Pieces of HTML.
    style
        What the page needs beside the common style sheet.
    policy
        What a browser may load for it, as a Content-Security-Policy.
    mark
        What the page says of the standing of what it shows, such as "Concept · voorbeelddata", also on paper.
    """
    common = Path(__file__).with_name("page.css").read_text(encoding="utf-8")
    content = "\n".join(body)
    meta = f'<meta http-equiv="Content-Security-Policy" content="{escape(policy)}">\n' if policy else ""
    strip = f'<aside class="merk" aria-label="Aard van de gegevens">{escape(mark)}</aside>\n' if mark else ""
    if mark:
        style += f'@page {{ @top-right {{ content: "{mark}"; }} }}\n'
    return (
        '<!doctype html>\n<html lang="nl">\n<head>\n<meta charset="utf-8">\n'
        f"{meta}"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>\n{common}{style}</style>\n</head>\n"
        f"<body>\n{strip}<main>\n{content}\n</main>\n</body>\n</html>\n"
    ).encode()


def html_table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Return the lines of a table of plain text."""
    head = "".join(f'<th scope="col">{escape(heading)}</th>' for heading in headings)
    lines = ("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return [f"<table><thead><tr>{head}</tr></thead><tbody>", *lines, "</tbody></table>"]
