"""Read what a report shows, from each of its formats."""

from __future__ import annotations

import hashlib
import json
import os
import re
from io import BytesIO
from pathlib import Path

import docx
from bs4 import BeautifulSoup
from docx.oxml.ns import qn
from page import ValidationProfile, validate_pdf
from pypdf import PdfReader

TEXTS: Path | None = None
"""Where the texts of PDFs are kept for all processes of a test run; set by conftest.py."""


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
    return [_folded(text) for text in pdf_texts(path)]


def pdf_texts(path: Path) -> list[str]:
    """Return the text of each page of a PDF as it was extracted, which takes seconds: once for each content."""
    content = path.read_bytes()
    kept = TEXTS / hashlib.sha256(content).hexdigest() if TEXTS else None
    if kept is not None and kept.exists():
        texts: list[str] = json.loads(kept.read_text(encoding="utf-8"))
        return texts
    texts = [page.extract_text() for page in PdfReader(BytesIO(content)).pages]
    if kept is not None:
        kept.parent.mkdir(exist_ok=True)
        part = kept.with_suffix(f".{os.getpid()}")
        part.write_text(json.dumps(texts), encoding="utf-8")
        part.replace(kept)
    return texts


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
