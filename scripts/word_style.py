"""Write `templates/_extensions/voortgang/stijl.docx`, the Word styles of the report: `python scripts/word_style.py`.

The bureau may as well edit the file in Word. This script made the first version: Pandoc's own style document with
the report's typeface, colours, page, header and footer.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

import docx
import pypandoc
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph

TARGET = Path(__file__).parents[1] / "templates" / "_extensions" / "voortgang" / "stijl.docx"
BLUE, GREY = RGBColor(0x12, 0x3F, 0x60), RGBColor(0x5F, 0x6B, 0x75)
FONT = "Arial"  # Word has it, and LibreOffice a face of the same widths; the PDF embeds its own typeface


def main() -> None:
    """Write the file."""
    default = subprocess.run(
        [pypandoc.get_pandoc_path(), "--print-default-data-file", "reference.docx"],
        capture_output=True,
        check=True,
    )
    TARGET.write_bytes(default.stdout)
    document = docx.Document(str(TARGET))
    _page(document)
    for style in document.styles:
        if style.type is not None and hasattr(style, "font") and style.font is not None:
            _typeface(style)
    for name, size, before, after in (
        ("Title", 26, 60, 4),
        ("Subtitle", 15, 0, 24),
        ("Heading 1", 18, 0, 10),
        ("Heading 2", 13, 16, 6),
        ("Heading 3", 11, 12, 4),
    ):
        style = document.styles[name]
        style.font.size, style.font.bold, style.font.italic = Pt(size), name != "Subtitle", False
        style.font.color.rgb = GREY if name == "Subtitle" else BLUE
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)
        style.paragraph_format.keep_with_next = True
    document.styles["Heading 1"].paragraph_format.page_break_before = True
    _added(document, "Heading 2 op nieuw blad", "Heading 2").paragraph_format.page_break_before = True
    for name in ("Body Text", "First Paragraph", "Compact"):
        document.styles[name].font.size = Pt(9.5)
    for name in ("Body Text", "First Paragraph"):
        spacing = document.styles[name].paragraph_format
        spacing.space_before, spacing.space_after = Pt(6), Pt(6)
    _added(document, "Inleiding", "Body Text").paragraph_format.keep_with_next = True
    for name, size, with_next in (
        ("Tabeltekst", 8.5, False),
        ("Tabeltekst bijeen", 8.5, True),
        ("Tabeltekst smal", 6.5, False),
        ("Tabeltekst smal bijeen", 6.5, True),
        ("Tabeltekst smalst", 5, False),
        ("Tabeltekst smalst bijeen", 5, True),
    ):
        style = _added(document, name, "Compact")
        style.font.size = Pt(size)
        # The first page has four tables, and is one page.
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(1), Pt(1)
        style.paragraph_format.keep_together, style.paragraph_format.keep_with_next = True, with_next
    figure = _added(document, "Kaartcijfer", "Tabeltekst bijeen")
    figure.font.size, figure.font.bold, figure.font.color.rgb = Pt(14), True, BLUE
    for name in ("Image Caption", "Table Caption"):
        style = document.styles[name]
        style.font.size, style.font.italic, style.font.bold = Pt(9), False, True
        style.font.color.rgb = GREY
    caption = document.styles["Table Caption"].paragraph_format
    caption.keep_with_next, caption.space_before, caption.space_after = True, Pt(9), Pt(3)
    _title_page(document)
    _table_style(document)
    document.save(str(TARGET))


def _title_page(document: Document) -> None:
    """Add the styles of the title page and the contents."""
    for name, size, colour in (("Titelblad", 11, GREY), ("Merk", 11, RGBColor(0x8A, 0x3A, 0x10))):
        style = _added(document, name, "Body Text")
        style.font.size, style.font.color.rgb, style.font.bold = Pt(size), colour, name == "Merk"
        style.paragraph_format.alignment = 0
    for name in ("Title", "Subtitle"):
        document.styles[name].paragraph_format.alignment = 0
    heading = document.styles["TOC Heading"]
    heading.font.size, heading.font.bold, heading.font.color.rgb = Pt(18), True, BLUE
    heading.paragraph_format.page_break_before = True
    for level, bold in ((1, True), (2, False)):
        style = _added(document, f"TOC {level}", "Normal")
        style.font.size, style.font.bold = Pt(9.5), bold
        style.paragraph_format.left_indent = Mm(6 * (level - 1))
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(2 if bold else 0), Pt(1)
        style.paragraph_format.tab_stops.add_tab_stop(Mm(170), WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS)


def _added(document: Document, name: str, base: str) -> object:
    style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    style.base_style = document.styles[base]
    _typeface(style)
    return style


def _page(document: Document) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(20)
    section.top_margin, section.bottom_margin = Mm(24), Mm(20)
    header = section.header.paragraphs[0]
    header.paragraph_format.tab_stops.add_tab_stop(Mm(170), WD_TAB_ALIGNMENT.RIGHT)
    # A field, as an evaluation has a title of its own; a program that computes no fields shows the report's.
    _field(header, "", "TITLE", "{titel}")
    run = header.add_run("\t{merk}")
    run.font.size, run.font.bold, run.font.color.rgb = Pt(8), True, GREY
    footer = section.footer.paragraphs[0]
    footer.paragraph_format.alignment = 2
    _field(footer, "Pagina ", "PAGE")
    _field(footer, " van ", "NUMPAGES")


def _field(paragraph: Paragraph, before: str, code: str, shown: str = "") -> None:
    """Add words and a field, with what it shows until a program computes it."""
    instruction = OxmlElement("w:instrText")
    instruction.text = code
    for piece in (before, _mark("begin"), instruction, _mark("separate"), shown, _mark("end")):
        run = paragraph.add_run(piece if isinstance(piece, str) else "")
        run.font.size, run.font.color.rgb = Pt(8), GREY
        if not isinstance(piece, str):
            run._r.append(piece)


def _mark(kind: str) -> object:
    element = OxmlElement("w:fldChar")
    element.set(qn("w:fldCharType"), kind)
    return element


def _typeface(style: object) -> None:
    if style.name == "Source Code":
        return
    if style.name == "Verbatim Char":  # the name of a file in a sentence, as in the PDF
        style.font.size = None
    style.font.name = FONT
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for part in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
        fonts.set(qn(part), FONT)
    for theme in ("w:asciiTheme", "w:hAnsiTheme", "w:cstheme", "w:eastAsiaTheme"):
        fonts.attrib.pop(qn(theme), None)


def _table_style(document: Document) -> None:
    """Give the style "Table" a coloured header rule, light lines between rows, and room in its cells."""
    style = document.styles["Table"].element
    for old in style.findall(qn("w:tblPr")) + style.findall(qn("w:tblStylePr")):
        style.remove(old)
    xml = f"""
    <w:style xmlns:w="{style.nsmap["w"]}">
      <w:tblPr>
        <w:tblBorders>
          <w:top w:val="nil"/><w:bottom w:val="single" w:sz="4" w:color="C3CCD3"/>
          <w:insideH w:val="single" w:sz="4" w:color="C3CCD3"/>
        </w:tblBorders>
        <w:tblCellMar>
          <w:top w:w="15" w:type="dxa"/><w:left w:w="80" w:type="dxa"/>
          <w:bottom w:w="15" w:type="dxa"/><w:right w:w="80" w:type="dxa"/>
        </w:tblCellMar>
      </w:tblPr>
      <w:trPr><w:cantSplit/></w:trPr>
      <w:tblStylePr w:type="firstRow">
        <w:rPr><w:b/><w:color w:val="123F60"/></w:rPr>
        <w:tblPr/><w:trPr><w:tblHeader/></w:trPr>
        <w:tcPr><w:tcBorders><w:bottom w:val="single" w:sz="8" w:color="123F60"/></w:tcBorders></w:tcPr>
      </w:tblStylePr>
    </w:style>"""
    for child in docx.oxml.parse_xml(xml):
        style.append(child)


if __name__ == "__main__":
    main()
