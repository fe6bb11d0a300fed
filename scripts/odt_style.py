"""Write `templates/_extensions/voortgang/stijl.odt`, the OpenDocument styles: `python scripts/odt_style.py`.

The bureau may as well edit the file in LibreOffice. This script made the first version: Pandoc's own style document
with the page, typeface, sizes and colours of the Word styles.
"""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

import pypandoc
from lxml import etree

from voortgang.writing import archive

TARGET = Path(__file__).parents[1] / "templates" / "_extensions" / "voortgang" / "stijl.odt"
BLUE, GREY, MARK = "#123f60", "#5f6b75", "#8a3a10"
FONT = "Calibri"  # LibreOffice shows Carlito, which is as wide, where it is not there

_NAMES = {
    "style": "urn:oasis:names:tc:opendocument:xmlns:style:1.0",
    "fo": "urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0",
    "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
    "svg": "urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0",
}
STYLES = {
    "Standard": ("10.5pt", "", "normal", "0pt", "0pt"),
    "Text_20_body": ("10.5pt", "", "normal", "3pt", "3pt"),
    "Title": ("20pt", BLUE, "bold", "0pt", "2pt"),
    "Subtitle": ("12pt", GREY, "normal", "0pt", "8pt"),
    "Heading_20_1": ("14pt", BLUE, "bold", "12pt", "4pt"),
    "Heading_20_2": ("12.5pt", BLUE, "bold", "9pt", "3pt"),
    "Heading_20_3": ("11pt", BLUE, "bold", "8pt", "3pt"),
    "Table_20_Contents": ("9pt", "", "normal", "1pt", "1pt"),
    "Table_20_Heading": ("9pt", BLUE, "bold", "1pt", "1pt"),
    "Caption": ("9.5pt", GREY, "bold", "6pt", "3pt"),
    "Merk": ("10.5pt", MARK, "bold", "0pt", "4pt"),
}
"""Size, colour, weight, and room before and after of each style."""


def main() -> None:
    """Write the file."""
    default = subprocess.run(
        [pypandoc.get_pandoc_path(), "--print-default-data-file", "reference.odt"], capture_output=True, check=True
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "default.odt")
        path.write_bytes(default.stdout)
        members = archive.unpacked(path)
    members["styles.xml"] = _styled(members["styles.xml"])
    # The type comes first, and is not compressed: that is how programs know the file.
    TARGET.write_bytes(_packed(members))


def _packed(members: dict[str, bytes]) -> bytes:
    import io
    import zipfile

    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as made:
        for name in sorted(members, key=lambda each: (each != "mimetype", each)):
            member = zipfile.ZipInfo(name)
            member.compress_type = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            made.writestr(member, members[name])
    return target.getvalue()


def _styled(content: bytes) -> bytes:
    root = etree.fromstring(content)
    known = {each.get(_tag("style:name")): each for each in root.iter(_tag("style:style"))}
    styles = next(root.iter(_tag("office:styles")))
    for name, (size, colour, weight, before, after) in STYLES.items():
        style = known.get(name)
        if style is None:
            style = etree.SubElement(styles, _tag("style:style"))
            style.set(_tag("style:name"), name)
            style.set(_tag("style:family"), "paragraph")
            style.set(_tag("style:parent-style-name"), "Text_20_body")
        room = _child(style, "style:paragraph-properties")
        room.set(_tag("fo:margin-top"), before)
        room.set(_tag("fo:margin-bottom"), after)
        if name in {"Title", "Subtitle"}:
            room.set(_tag("fo:text-align"), "start")
        words = _child(style, "style:text-properties")
        words.attrib.pop(_tag("style:font-name"), None)
        words.set(_tag("fo:font-family"), FONT)
        words.set(_tag("fo:font-size"), size)
        words.set(_tag("fo:font-weight"), weight)
        words.set(_tag("fo:font-style"), "normal")
        if colour:
            words.set(_tag("fo:color"), colour)
    for default in root.iter(_tag("style:default-style")):
        for words in default.iter(_tag("style:text-properties")):
            words.set(_tag("fo:language"), "nl")
            words.set(_tag("fo:country"), "NL")
    for page in root.iter(_tag("style:page-layout-properties")):
        page.set(_tag("fo:page-width"), "210mm")
        page.set(_tag("fo:page-height"), "297mm")
        for side in ("left", "right"):
            page.set(_tag(f"fo:margin-{side}"), "20mm")
        for side in ("top", "bottom"):
            page.set(_tag(f"fo:margin-{side}"), "18mm")
    return bytes(etree.tostring(root, xml_declaration=True, encoding="utf-8"))


def _child(style: etree._Element, name: str) -> etree._Element:
    found = style.find(_tag(name))
    return etree.SubElement(style, _tag(name)) if found is None else found


def _tag(name: str) -> str:
    prefix, _, local = name.partition(":")
    return f"{{{_NAMES[prefix]}}}{local}"


if __name__ == "__main__":
    main()
