"""Read what a report shows, from each of its formats."""

from __future__ import annotations

import re
from pathlib import Path

import docx
from bs4 import BeautifulSoup
from docx.oxml.ns import qn
from pypdf import PdfReader


def html_text(path: Path) -> str:
    """Return the text of an HTML file, as a reader sees it."""
    return _folded(BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser").get_text())


def docx_text(path: Path) -> str:
    """Return the text of a Word file, without the numbers that Word gives its headings."""
    body = docx.Document(str(path)).element.body
    paragraphs = ("".join(part.text or "" for part in each.iter(qn("w:t"))) for each in body.iter(qn("w:p")))
    return _folded("\n".join(paragraphs))


def pdf_pages(path: Path) -> list[str]:
    """Return the text of each page of a PDF."""
    return [_folded(page.extract_text()) for page in PdfReader(path).pages]


def _folded(text: str) -> str:
    """Fold white space, and take out soft hyphens."""
    return re.sub(r"\s+", " ", text.replace("\u00ad", "").replace("\u00a0", " "))
