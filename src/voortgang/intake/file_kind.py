"""What a file is, whatever its name says."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

from voortgang.intake.decoding import decode

OLE = bytes.fromhex("d0cf11e0a1b11ae1")
"""How files of before Open XML begin, and locked workbooks still do."""

_BEGINNINGS = {
    b"\x89PNG": "een afbeelding (PNG)",
    b"\xff\xd8\xff": "een afbeelding (JPEG)",
    b"GIF8": "een afbeelding (GIF)",
    b"\x1f\x8b": "een gecomprimeerd bestand (gzip)",
    b"Rar!": "een gecomprimeerd bestand (RAR)",
    b"7z\xbc\xaf": "een gecomprimeerd bestand (7-Zip)",
    b"{\\rtf": "een tekst met opmaak (RTF)",
    b"ID;P": "een SYLK-bestand (.slk)",
    b"PAR1": "een Parquet-bestand",
    b"MIME-Version:": "een e-mail of webarchief",
    b"Received:": "een e-mail",
    b"From:": "een e-mail",
    b"Return-Path:": "een e-mail",
    b"bplist": "een bestand van macOS",
    b"[InternetShortcut]": "een verwijzing naar een webadres",
    b'{"': "een JSON-bestand",
    b'[{"': "een JSON-bestand",
    # Excel 2 to 4, before workbooks were archives.
    **dict.fromkeys((b"\x09\x00\x04", b"\x09\x02\x06", b"\x09\x04\x06", b"\x09\x08"), "een oude Excel-werkmap (.xls)"),
}
_STREAMS = {
    "WordDocument": "een oud Word-document (.doc)",
    "PowerPoint Document": "een oude presentatie (.ppt)",
    "__properties_version1.0": "een e-mail van Outlook (.msg)",
}
"""What an OLE file holds that is no workbook."""

_HTML = re.compile(r"<(?:!doctype html|html|head|body|table|div|style|meta)\b", re.IGNORECASE)

_STRICT = b"http://purl.oclc.org/ooxml/"
_NAMESPACES = {
    b"spreadsheetml/main": b"spreadsheetml/2006/main",
    b"officeDocument/": b"officeDocument/2006/",
    b"drawingml/": b"drawingml/2006/",
}


def is_table_of_text(path: Path) -> bool:
    """Return whether a file is to be read as text: its name says so, and its first bytes do not say otherwise."""
    if path.suffix.lower() not in {".csv", ".tsv", ".txt"}:
        return False
    if not path.is_file():
        return True  # who reads it says why not; a pipe may wait for ever
    try:
        with path.open("rb") as file:
            return not file.read(8).startswith((b"PK\x03\x04", b"%PDF", OLE))
    except OSError:
        return True


def other_kind(content: bytes) -> str:
    """Return in Dutch what a file is when it is no workbook of Excel; empty when it may be one.

    Examples
    --------
    >>> other_kind(b"<html><table>"), other_kind(b"%PDF-1.7")
    ('een webpagina (HTML)', 'een PDF')
    """
    if content.startswith(b"PK"):
        return _kind_of_archive(content)
    if content.startswith(b"%PDF"):
        return "een PDF"
    if content.startswith(OLE):
        names = (kind for name, kind in _STREAMS.items() if name.encode("utf-16-le") in content)
        return next(names, "")
    if beginning := next((each for each in _BEGINNINGS if content.startswith(each)), b""):
        return _BEGINNINGS[beginning]
    head = content[:4000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<html", b"<!doctype html", b"<table", b"<head", b"<meta")):
        return "een webpagina (HTML)"
    if head.startswith(b"<?xml"):
        if b"oasis:names:tc:opendocument" in head:
            return "een LibreOffice-rekenblad (.fods)"
        return "een Excel-XML-bestand (2003)" if b"office:spreadsheet" in head else "een XML-bestand"
    return ""


def is_binary(content: bytes) -> bool:
    r"""Return whether the letters of a file can be no text in any encoding that intake reads.

    Examples
    --------
    >>> is_binary(bytes(range(32)) * 9), is_binary("één;twee".encode("utf-16")), is_binary(b"a;b\x1a\0\0")
    (True, False, False)
    """
    text = decode(content[:4000]).text or content[:4000].decode("latin-1")
    text = text.rstrip("\0")
    odd = sum(letter < " " and letter not in "\t\n\r\f\v\x1a\x1f" for letter in text)
    return odd * 20 > len(text) > 0


def why_no_workbook(content: bytes) -> tuple[str, dict[str, str]]:
    """Return why a file that is no archive cannot be a workbook: the rule, and its details in Dutch."""
    if not content:
        return "damaged", {"why": "het bestand is leeg"}
    if not content.strip(b"\0"):
        return "damaged", {"why": "er staat niets in dan nullen; misschien is het niet goed gekopieerd"}
    text = decode(content[:4000]).text.removeprefix("\ufeff")
    if text and all(letter.isprintable() or letter in "\t\r\n" for letter in text):
        return "text_file", {"kind": "een webpagina (HTML)" if _HTML.search(text) else "een tekstbestand"}
    return "damaged", {"why": "het bestand is geen Excel-werkmap"}


def _kind_of_archive(content: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
            kind = archive.read("mimetype")[:100] if "mimetype" in names else b""
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, ValueError, EOFError, KeyError):
        return ""
    if b"opendocument" in kind:
        return "een LibreOffice-rekenblad (.ods)" if b"spreadsheet" in kind else "een OpenDocument-bestand"
    for part, name in (
        ("xl/workbook.bin", "een binaire Excel-werkmap (.xlsb)"),
        ("word/document.xml", "een Word-document (.docx)"),
        ("Index/Document.iwa", "een Numbers-bestand (.numbers)"),
        ("Index.zip", "een Numbers-bestand (.numbers)"),
    ):
        if part in names:
            return name
    if any(name.startswith("ppt/") for name in names):
        return "een presentatie (.pptx)"
    return "" if "[Content_Types].xml" in names else "een zip-bestand"


def transitional(content: bytes) -> bytes:
    """Return a workbook in Excel's usual form of Open XML; "Strict Open XML" differs from it in its namespaces."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if _STRICT not in archive.read("xl/workbook.xml"):
            return content
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as usual:
            for name in archive.namelist():
                part = archive.read(name)
                for strict, loose in _NAMESPACES.items():
                    part = part.replace(_STRICT + strict, b"http://schemas.openxmlformats.org/" + loose)
                usual.writestr(name, part)
    return target.getvalue()
