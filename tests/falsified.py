"""What can be done to a file of a published report: falsifications, and other forms that say the same.

Each case is a name, the file, and what turns its bytes into others. Used by test_falsifications.py.
"""

from __future__ import annotations

import json
import re
import zipfile
from base64 import b64decode, b64encode
from collections.abc import Callable
from io import BytesIO
from typing import Any

import openpyxl
from PIL import Image, ImageDraw, ImageFilter, ImageOps, PngImagePlugin
from pypdf import PdfReader, PdfWriter
from pypdf.annotations import FreeText, Link
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    NumberObject,
    TextStringObject,
)

Change = Callable[[bytes], bytes]

REPORT = "voortgangsrapportage-2021.html"
HTML = "bladen/publiekssamenvatting-2021.html"
SHEET = "bladen/gemeente-emmen-2021.html"
PDF = "voortgangsrapportage-2021.pdf"
SMALL_PDF = "bladen/publiekssamenvatting-2021.pdf"
DOCX = "voortgangsrapportage-2021.docx"
XLSX = "kerncijfers.xlsx"
FACTS = "kerncijfers.json"
NOTEBOOK = "notebooks/pijler-werken.ipynb"
SVG = "bron/figuren/fig-geld.svg"
PNG = "bron/figuren/fig-geld.png"


def swap(old: str, new: str, pattern: bool = False) -> Change:
    """Replace the first occurrence of a text, which must be there."""

    def change(content: bytes) -> bytes:
        text = content.decode()
        made = re.sub(old, new, text, count=1, flags=re.S) if pattern else text.replace(old, new, 1)
        assert made != text, old
        return made.encode()

    return change


def add(text: str) -> Change:
    return lambda content: content + text.encode()


# --- pages


def _embedded(change: Change) -> Change:
    """Change the first chart that a page holds."""

    def changed(content: bytes) -> bytes:
        found = re.search(rb"data:image/svg\+xml;base64,([A-Za-z0-9+/=]+)", content)
        assert found
        return content[: found.start(1)] + b64encode(change(b64decode(found[1]))) + content[found.end(1) :]

    return changed


def _swapped_charts(content: bytes) -> bytes:
    first, second = list(re.finditer(rb"data:image/svg\+xml;base64,[A-Za-z0-9+/=]+", content))[:2]
    return (
        content[: first.start()]
        + second[0]
        + content[first.end() : second.start()]
        + first[0]
        + content[second.end() :]
    )


def _swapped_rows(content: bytes) -> bytes:
    body = content[content.index(b"<tbody>") :]
    first, second = list(re.finditer(rb"<tr>.*?</tr>", body, re.S))[:2]
    return content.replace(body, body[: first.start()] + second[0] + b"\n" + first[0] + body[second.end() :])


_RULE = "</style>"
HTML_FALSE: dict[str, Change] = {
    "a number in a text": swap("40.000.000", "41.000.000"),
    "a number in a cell": swap(r"(<td[^>]*>(?:<a [^>]*>)?[^<\d]*)\d", r"\g<1>7", pattern=True),
    "a digit too many": swap("40.000.000", "40.000.0000"),
    "a word in a heading": swap("</h1>", " (voorlopig)</h1>"),
    "a text in a block": swap("<main", "<div>Goedgekeurd door de accountant</div><main"),
    "a text under a figure": swap("</figcaption>", " (geschat)</figcaption>"),
    "the title of the page": swap("<title>De Regio Deal in 2021", "<title>De Regio Deal in 2022"),
    "a link target": swap("herkomst.html#totaal.projecten", "herkomst.html#totaal.uitvoering"),
    "a link to elsewhere": swap("</p>", ' <a href="https://example.org">meer</a></p>'),
    "an empty link": swap("</p>", '<a href="https://example.org"></a></p>'),
    "alternative text": swap("Emmen 15 projecten", "Emmen 51 projecten"),
    "a tooltip": swap("<table ", '<table title="Vastgesteld" '),
    "an id": swap('id="tbl-', 'id="tbl-x'),
    "a class": swap('class="cijfer"', 'class="cijfer verborgen"'),
    "a hidden table": swap("<table ", "<table hidden "),
    "a style of one cell": swap('<td style="text-align: right;">', '<td style="text-align: right; display: none">'),
    "a style of a table": swap("<table ", '<table style="color: transparent" '),
    "a rule that hides cells": swap(_RULE, "td:nth-child(5) { visibility: hidden }</style>"),
    "a rule that writes": swap(_RULE, 'td.cijfer::after { content: "0" }</style>'),
    "a rule that loads": swap(_RULE, "@import url(https://example.org/x.css);</style>"),
    "a colour": swap("--tekst: #1d2730", "--tekst: #fff"),
    "a second style": swap("</head>", "<style>td { opacity: 0 }</style></head>"),
    "a script": swap("</body>", "<script>document.title = ''</script></body>"),
    "a handler": swap("<body", '<body onload="alert(1)"'),
    "a script from elsewhere": swap("</head>", '<script src="https://example.org/x.js"></script></head>'),
    "a frame": swap("</body>", '<iframe src="https://example.org"></iframe></body>'),
    "a form": swap("</body>", '<form action="https://example.org"><input name="q"></form></body>'),
    "a redirect": swap("<head>", '<head><meta http-equiv="refresh" content="0; url=https://example.org">'),
    "a base": swap("<head>", '<head><base href="https://example.org/">'),
    "a picture from elsewhere": swap("</p>", '<img src="https://example.org/x.png" alt=""></p>'),
    "a comment": swap("<main", "<!-- gewijzigd --><main"),
    "the language": swap('<html lang="nl">', '<html lang="en">'),
    "rows in another order": _swapped_rows,
    "a row less": swap(r"(<tbody>\s*)<tr>.*?</tr>", r"\1", pattern=True),
    "a column of another size": swap(r'<col style="width: \d+%"', '<col style="width: 0%"', pattern=True),
    "an invisible letter": swap("Regio", "Re\u200bgio"),
    "text from right to left": swap("40.000.000", "\u202e40.000.000"),
    "a look-alike letter": swap("Werken", "Wеrken"),
    "another element": swap("<strong>", "<del>"),
    "a chart with a bar over it": _embedded(swap("</svg>", '<rect width="80" height="80"/></svg>')),
    "a chart with a script": _embedded(swap("</svg>", "<script>1</script></svg>")),
    "a chart from elsewhere": swap(
        r"data:image/svg\+xml;base64,[A-Za-z0-9+/=]+", "https://example.org/x.svg", pattern=True
    ),
    "text after the end": add("<p>Nog iets</p>"),
}

# --- drawings and pictures

SVG_FALSE: dict[str, Change] = {
    "a block": swap("</svg>", '<rect x="100" y="100" width="60" height="40"/></svg>'),
    "a small mark": swap("</svg>", '<rect x="100" y="100" width="4" height="4"/></svg>'),
    "a bar of another height": swap(r'(<path d="M[1-9]\S+ \S+L\S+ \S+L\S+ )\d', r"\g<1>6", pattern=True),
    "another colour": swap("fill: #", "fill: #f"),
    "a bar that is longer": swap(r'(<path d="M[1-9]\S+ \S+L)\d', r"\g<1>9", pattern=True),
    "a script": swap("</svg>", "<script>alert(1)</script></svg>"),
    "a handler": swap("<svg ", '<svg onload="alert(1)" '),
    "a link": swap("</svg>", '<a xlink:href="https://example.org"><rect width="1" height="1"/></a></svg>'),
    "a picture from elsewhere": swap("</svg>", '<image href="https://example.org/x.png"/></svg>'),
    "a title": swap("<defs>", "<title>Anders</title><defs>"),
    "a text": swap("</svg>", '<text x="10" y="10">41%</text></svg>'),
    "another size": swap('width="482.4pt"', 'width="241.2pt"'),
    "another view": swap('viewBox="0 0 482.4', 'viewBox="0 100 482.4'),
    "a style": swap("</svg>", "<style>path { opacity: 0.1 }</style></svg>"),
    "a name for who cannot see": swap("<svg ", '<svg aria-label="Anders" '),
    "a role": swap("<svg ", '<svg role="presentation" '),
    "a stretched drawing": swap("<svg ", '<svg preserveAspectRatio="none" '),
    "an entity": swap("<!DOCTYPE svg PUBLIC", '<!DOCTYPE svg [<!ENTITY a "x">]><!DOCTYPE svg PUBLIC'),
}


def _drawn(draw: Callable[[Image.Image], Image.Image | None], **options: Any) -> Change:
    """Change what a picture shows."""

    def change(content: bytes) -> bytes:
        picture = Image.open(BytesIO(content)).convert("RGBA")
        picture = draw(picture) or picture
        target = BytesIO()
        picture.save(target, "PNG", **options)
        return target.getvalue()

    return change


def _block(*box: int) -> Callable[[Image.Image], None]:
    return lambda picture: ImageDraw.Draw(picture).rectangle(box, fill="black")


def _negative(picture: Image.Image) -> Image.Image:
    *colours, alpha = picture.split()
    return Image.merge("RGBA", [*(ImageOps.invert(each) for each in colours), alpha])


def _moved(picture: Image.Image) -> None:
    """Move a part of the picture by some pixels, as a bar that is made higher."""
    part = picture.crop((300, 300, 600, 600))
    picture.paste(part, (300, 290))


def _noted(content: bytes) -> bytes:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Description", "Vastgesteld")
    return _drawn(lambda picture: None, pnginfo=notes)(content)


PNG_FALSE: dict[str, Change] = {
    "a black block": _drawn(_block(200, 200, 320, 260)),
    "a digit": _drawn(_block(200, 200, 203, 212)),
    "a thin line": _drawn(_block(200, 200, 600, 201)),
    "other colours": _drawn(lambda picture: Image.merge("RGBA", [picture.split()[i] for i in (2, 1, 0, 3)])),
    "a negative": _drawn(_negative),
    "a part that moved": _drawn(_moved),
    "another size": _drawn(lambda picture: picture.resize((picture.width // 2, picture.height // 2))),
    "upside down": _drawn(ImageOps.flip),
    "a hole": _drawn(lambda picture: picture.paste((0, 0, 0, 0), (200, 200, 300, 300))),
    "a note": _noted,
    "more after its end": add("meer"),
}

# --- documents


def _writer(act: Callable[[PdfWriter], object] = lambda writer: None) -> Change:
    """Change a PDF and write it anew."""

    def change(content: bytes) -> bytes:
        writer = PdfWriter(clone_from=PdfReader(BytesIO(content)))
        act(writer)
        target = BytesIO()
        writer.write(target)
        return target.getvalue()

    return change


def _drawn_over(text: bytes) -> Callable[[PdfWriter], None]:
    def act(writer: PdfWriter) -> None:
        page = writer.pages[0]
        more = DecodedStreamObject()
        more.set_data(b"\nq " + text + b" Q\n")
        before = page.get("/Contents")
        page[NameObject("/Contents")] = ArrayObject([before, writer._add_object(more)])  # type: ignore[list-item]

    return act


def _box(name: str) -> Callable[[PdfWriter], None]:
    def act(writer: PdfWriter) -> None:
        numbers = [FloatObject(each) for each in (0, 400, 500, 800)]
        writer.pages[0][NameObject(name)] = ArrayObject(numbers)

    return act


def _root(name: str, value: Any) -> Callable[[PdfWriter], None]:
    return lambda writer: writer.root_object.__setitem__(NameObject(name), value)


def _without(name: str) -> Callable[[PdfWriter], None]:
    return lambda writer: writer.root_object.__delitem__(NameObject(name))


def _script() -> DictionaryObject:
    return DictionaryObject({NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("1")})


def _page_acts(writer: PdfWriter) -> None:
    writer.pages[0][NameObject("/AA")] = DictionaryObject({NameObject("/O"): _script()})


def _said_otherwise(writer: PdfWriter) -> None:
    """Change the first text for who cannot see."""
    for item in writer._objects:
        if isinstance(item, DictionaryObject) and "/Alt" in item:
            item[NameObject("/Alt")] = TextStringObject("Een andere tekst")
            return
    raise AssertionError("no text alternative")


def _other_attachment(writer: PdfWriter) -> None:
    for item in writer._objects:
        if isinstance(item, DictionaryObject) and item.get("/Type") == "/EmbeddedFile":
            item.set_data(item.get_data().replace(b"40000000", b"41000000"))  # type: ignore[attr-defined]
            return
    raise AssertionError("no attachment")


def _other_xmp(writer: PdfWriter) -> None:
    stream = writer.root_object["/Metadata"].get_object()
    data = stream.get_data()  # type: ignore[attr-defined]
    assert b"<rdf:Description" in data
    more = DecodedStreamObject()
    more.update({key: value for key, value in stream.items() if key not in ("/Filter", "/Length")})  # type: ignore[attr-defined]
    more.set_data(data.replace(b"</rdf:Description>", b"<dc:rights>Vrij</dc:rights></rdf:Description>", 1))
    writer.root_object[NameObject("/Metadata")] = writer._add_object(more)


def _field(writer: PdfWriter) -> None:
    field = DictionaryObject(
        {
            NameObject("/FT"): NameObject("/Tx"),
            NameObject("/T"): TextStringObject("bedrag"),
            NameObject("/V"): TextStringObject("€ 0"),
        }
    )
    fields = ArrayObject([writer._add_object(field)])
    writer.root_object[NameObject("/AcroForm")] = DictionaryObject({NameObject("/Fields"): fields})


def _numbered_from(first: int) -> DictionaryObject:
    label = DictionaryObject({NameObject("/S"): NameObject("/D"), NameObject("/St"): NumberObject(first)})
    return DictionaryObject({NameObject("/Nums"): ArrayObject([NumberObject(0), label])})


def _incremental(content: bytes) -> bytes:
    return content + b"\n1 0 obj\n<< >>\nendobj\nstartxref\n0\n%%EOF\n"


_LINK = Link(rect=(50, 50, 200, 100), url="https://example.org")
_NOTE = FreeText(text="Vastgesteld", rect=(50, 550, 200, 650))
SMALL_PDF_FALSE: dict[str, Change] = {
    "a page less": _writer(lambda writer: writer.insert_blank_page(width=100, height=100, index=0)),
    "a page upside down": _writer(lambda writer: writer.pages[1].__setitem__(NameObject("/Rotate"), NumberObject(180))),
    "a page turned": _writer(lambda writer: writer.pages[0].rotate(90)),
    "a black block": _writer(_drawn_over(b"0 g 100 500 60 12 re f")),
    "a white block": _writer(_drawn_over(b"1 g 0 0 600 900 re f")),
    "a dot": _writer(_drawn_over(b"0 g 300 300 3 3 re f")),
    "a page cut": _writer(_box("/CropBox")),
    "a page made smaller": _writer(_box("/MediaBox")),
    "a link to elsewhere": _writer(lambda writer: writer.add_annotation(0, _LINK)),
    "a note on the page": _writer(lambda writer: writer.add_annotation(0, _NOTE)),
    "the title": _writer(lambda writer: writer.add_metadata({"/Title": "Hoogeveen in de Regio Deal"})),
    "an author": _writer(lambda writer: writer.add_metadata({"/Author": "Een ander"})),
    "keywords": _writer(lambda writer: writer.add_metadata({"/Keywords": "geheim"})),
    "more metadata": _writer(_other_xmp),
    "an attachment": _writer(lambda writer: writer.add_attachment("extra.txt", b"meer")),
    "a bookmark": _writer(lambda writer: writer.add_outline_item("Besluit", 0)),
    "no bookmarks": _writer(_without("/Outlines")),
    "a form field": _writer(_field),
    "a script of the document": _writer(_root("/Names", DictionaryObject({NameObject("/JavaScript"): _script()}))),
    "an action when it opens": _writer(_root("/OpenAction", _script())),
    "an action of a page": _writer(_page_acts),
    "another language": _writer(_root("/Lang", TextStringObject("en"))),
    "another text for who cannot see": _writer(_said_otherwise),
    "no structure": _writer(_without("/StructTreeRoot")),
    "no colour profile": _writer(_without("/OutputIntents")),
    "layers": _writer(_root("/OCProperties", DictionaryObject({NameObject("/OCGs"): ArrayObject()}))),
    "another way to show it": _writer(_root("/PageMode", NameObject("/FullScreen"))),
    "other numbers of pages": _writer(_root("/PageLabels", _numbered_from(9))),
    "an addition at its end": _incremental,
    "something before its beginning": lambda content: b"MZ\n" + content,
    "something after its end": add("<script>1</script>"),
    "a secret": _writer(lambda writer: writer.encrypt("")),
}
PDF_FALSE: dict[str, Change] = {"another attachment": _writer(_other_attachment)}

# --- Office files


def packed(change: Callable[[dict[str, bytes]], object], **options: Any) -> Change:
    """Change the parts that an Office file is packed from."""

    def changed(content: bytes) -> bytes:
        with zipfile.ZipFile(BytesIO(content)) as source:
            parts = {name: source.read(name) for name in source.namelist()}
        before = dict(parts)
        parts = change(parts) or parts  # type: ignore[assignment]
        assert parts != before or list(parts) != list(before) or options
        target = BytesIO()
        with zipfile.ZipFile(target, "w", **options) as file:
            for name, data in parts.items():
                file.writestr(zipfile.ZipInfo(name, (2024, 5, 6, 7, 8, 10)), data, options.get("compression"))
        return target.getvalue()

    return changed


def part(name: str, old: str, new: str, pattern: bool = False) -> Change:
    """Replace a text in one part."""
    return packed(lambda parts: parts.__setitem__(name, swap(old, new, pattern)(parts[name])))


def more(name: str, content: bytes) -> Change:
    """Add a part."""
    return packed(lambda parts: parts.__setitem__(name, content))


def _picture(change: Change) -> Change:
    def changed(parts: dict[str, bytes]) -> None:
        name = next(each for each in parts if each.endswith(".png"))
        parts[name] = change(parts[name])

    return packed(changed)


def _swapped_pictures(parts: dict[str, bytes]) -> None:
    one, other = [each for each in parts if each.endswith(".png")][:2]
    parts[one], parts[other] = parts[other], parts[one]


_WORD, _LINKS = "word/document.xml", "word/_rels/document.xml.rels"
_TEMPLATE = (
    '<Relationship Id="rId999" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
    'attachedTemplate" Target="https://example.org/x.dotm" TargetMode="External"/></Relationships>'
)
DOCX_FALSE: dict[str, Change] = {
    "a number in a cell": part(_WORD, "16.945.700", "16.945.701"),
    "a word": part(_WORD, "Samenvatting", "Conclusie"),
    "a paragraph more": part(_WORD, "<w:sectPr", "<w:p><w:r><w:t>Nieuw</w:t></w:r></w:p><w:sectPr"),
    "hidden text": part(_WORD, "<w:r>", "<w:r><w:rPr><w:vanish/></w:rPr>"),
    "white text": part(_WORD, "<w:r>", '<w:r><w:rPr><w:color w:val="FFFFFF"/></w:rPr>'),
    "a row less": part(_WORD, r"<w:tr>.*?</w:tr>", "", pattern=True),
    "text alternative": part(_WORD, 'descr="', 'descr="Anders: '),
    "a bookmark": part(_WORD, '<w:bookmarkStart w:id="', '<w:bookmarkStart w:id="9'),
    "a field that computes": part(_WORD, "<w:r>", '<w:fldSimple w:instr="DATE"/><w:r>'),
    "a deleted text": part(_WORD, "<w:sectPr", '<w:del w:id="1"><w:r><w:delText>x</w:delText></w:r></w:del><w:sectPr'),
    "a form field": part(_WORD, "<w:sectPr", "<w:sdt><w:sdtContent/></w:sdt><w:sectPr"),
    "a link target": part(_LINKS, "</Relationships>", _TEMPLATE.replace("attachedTemplate", "hyperlink")),
    "a remote template": part(_LINKS, "</Relationships>", _TEMPLATE),
    "a macro": more("word/vbaProject.bin", b"\xd0\xcf\x11\xe0"),
    "a note beside the text": part("word/comments.xml", " />", '><w:comment w:id="1"/></w:comments>'),
    "a footnote": part("word/footnotes.xml", "</w:footnotes>", '<w:footnote w:id="9"/></w:footnotes>'),
    "the header": part("word/header1.xml", "</w:hdr>", "<w:p><w:r><w:t>Concept</w:t></w:r></w:p></w:hdr>"),
    "the footer": part("word/footer1.xml", "</w:ftr>", "<w:p/></w:ftr>"),
    "a style": part("word/styles.xml", "</w:styles>", '<w:style w:styleId="x"/></w:styles>'),
    "a setting": part("word/settings.xml", "</w:settings>", "<w:trackRevisions/></w:settings>"),
    "the title": part("docProps/core.xml", "Voortgangsrapportage", "Jaarverslag"),
    "a property": part("docProps/custom.xml", "</Properties>", "<x/></Properties>"),
    "data beside the text": more("customXml/item1.xml", b"<x/>"),
    "an object": more("word/embeddings/oleObject1.bin", b"x"),
    "another document inside": more("word/afchunk.htm", b"<script>1</script>"),
    "a theme": part("word/theme/theme1.xml", "</a:theme>", "<a:extLst/></a:theme>"),
    "numbering": part("word/numbering.xml", "</w:numbering>", "<w:num/></w:numbering>"),
    "a picture": _picture(_drawn(_block(100, 100, 160, 130))),
    "swapped pictures": packed(_swapped_pictures),
    "no picture": packed(lambda parts: parts.pop(next(each for each in parts if each.endswith(".png"))) and None),
}


def _saved_anew(content: bytes) -> bytes:
    target = BytesIO()
    openpyxl.load_workbook(BytesIO(content)).save(target)
    return target.getvalue()


_SHEET, _BOOK = "xl/worksheets/sheet1.xml", "xl/workbook.xml"
_END_OF_ROWS = "</sheetData>"


def _rows_swapped(parts: dict[str, bytes]) -> None:
    found = list(re.finditer(rb'<row r="\d+">', parts[_SHEET]))
    one, other, end = (each.start() for each in found[5:8])
    text = parts[_SHEET]
    parts[_SHEET] = text[:one] + text[other:end] + text[one:other] + text[end:]


XLSX_FALSE: dict[str, Change] = {
    "a number": part(_SHEET, "<v>40000000</v>", "<v>99999999</v>"),
    "a number as text": part(
        _SHEET, r'(<c r="C\d+" s="\d+") t="n"><v>40000000</v>', r'\1 t="str"><v>40000000</v>', True
    ),
    "a digit in the cell beside": part(_SHEET, r"(<v>4000000)0(</v></c><c [^>]*><is><t>)", r"\g<1>\g<2>0", True),
    "a formula": part(_SHEET, "<v>40000000</v>", "<f>1+1</f><v>40000000</v>"),
    "a number format": part("xl/styles.xml", "&quot;€&quot; #,##0", "&quot;€ 99.999.999&quot;"),
    "the format of one cell": part(_SHEET, r'(<c r="C5" s=)"\d+"', r'\1"6"', True),
    "a white letter": part("xl/styles.xml", '<color theme="1"/>', '<color rgb="FFFFFFFF"/>'),
    "a colour behind": part("xl/styles.xml", "</fills>", "<fill/></fills>"),
    "a note": more("xl/comments/comment1.xml", b"<comments/>"),
    "a link": part(_SHEET, "<pageMargins", '<hyperlinks><hyperlink ref="A5" r:id="rId9"/></hyperlinks><pageMargins'),
    "rows in another order": packed(_rows_swapped),
    "a row less": part(_SHEET, r'<row r="5">.*?</row>', "", True),
    "a cell less": part(_SHEET, r'<c r="C5".*?</c>', "", True),
    "a hidden row": part(_SHEET, '<row r="5"', '<row hidden="1" r="5"'),
    "a hidden column": part(_SHEET, '<col width="16"', '<col hidden="1" width="16"'),
    "a narrow column": part(_SHEET, '<col width="60"', '<col width="0"'),
    "a hidden sheet": more("xl/worksheets/sheet3.xml", b"<worksheet/>"),
    "a sheet that is hidden": part(_BOOK, 'sheetId="2" state="visible"', 'sheetId="2" state="veryHidden"'),
    "a sheet of another name": part(_BOOK, 'name="Kerncijfers"', 'name="Anders"'),
    "merged cells": part(_SHEET, _END_OF_ROWS, '</sheetData><mergeCells><mergeCell ref="A5:C5"/></mergeCells>'),
    "a filter": part(_SHEET, r'(<autoFilter ref="A1:U)\d+', r"\g<1>3", True),
    "a format with a condition": part(_SHEET, _END_OF_ROWS, '</sheetData><conditionalFormatting sqref="C1:C9"/>'),
    "a name": part(_BOOK, "</definedNames>", '<definedName name="x">1</definedName></definedNames>'),
    "a check of what is typed": part(_SHEET, "<pageMargins", "<dataValidations/><pageMargins"),
    "a title": part("docProps/core.xml", "Kerncijfers 2021", "Kerncijfers 2022"),
    "an author": part("docProps/core.xml", ">voortgang<", ">accountant<"),
    "a text": part(_SHEET, "definitief", "voorlopig"),
    "a macro": more("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0"),
    "a link to another workbook": more("xl/externalLinks/externalLink1.xml", b"<x/>"),
    "a drawing": more("xl/drawings/drawing1.xml", b"<x/>"),
}

# --- tables, facts, notebooks, sources


def _json(act: Callable[[Any], object]) -> Change:
    def change(content: bytes) -> bytes:
        read = json.loads(content)
        act(read)
        return json.dumps(read, ensure_ascii=False, indent=1).encode()

    return change


def _fact(act: Callable[[dict[str, Any]], object]) -> Change:
    return _json(lambda read: act(read["kerncijfers"][3]))


FACTS_FALSE: dict[str, Change] = {
    "a number": swap('"waarde": 40000000', '"waarde": 40000001'),
    "a number that only looks the same": swap('"waarde": 40000000', '"waarde": 40000000.0'),
    "a number by less than a cent": swap('"waarde": 40000000', '"waarde": 40000000.001'),
    "a number as text": _fact(lambda fact: fact.update(waarde=str(fact["waarde"]))),
    "a shown number": _fact(lambda fact: fact.update(tekst="€ 1")),
    "a unit": _fact(lambda fact: fact.update(eenheid="duizend euro")),
    "a status": _fact(lambda fact: fact.update(status="voorlopig")),
    "the rows behind it": _fact(lambda fact: fact["herkomst"]["bronnen"][0].update(rijen="2")),
    "the digest of the rows": _fact(lambda fact: fact["herkomst"]["bronnen"][0].update(sha256="0" * 64)),
    "where it stands": _fact(lambda fact: fact.update(staat_in=[])),
    "nothing": _fact(lambda fact: fact.update(waarde=None)),
    "a key more": _fact(lambda fact: fact.update(opmerking="x")),
    "a key less": _fact(lambda fact: fact.pop("artikel")),
    "a fact more": _json(lambda read: read["kerncijfers"].append({**read["kerncijfers"][0], "id": "x"})),
    "a fact less": _json(lambda read: read["kerncijfers"].pop()),
    "a fact twice": _json(lambda read: read["kerncijfers"].append(read["kerncijfers"][0])),
    "facts in another order": _json(lambda read: read["kerncijfers"].reverse()),
    "a key twice": swap('"waarde": 40000000', '"waarde": 41000000, "waarde": 40000000'),
    "whose report it is": _json(lambda read: read["verslag"].update(deal="Een andere")),
    "the edition": _json(lambda read: read["verslag"].update(editie="openbaar")),
}


def _lines(act: Callable[[list[str]], object]) -> Change:
    def change(content: bytes) -> bytes:
        lines = content.decode().splitlines(keepends=True)
        act(lines)
        return "".join(lines).encode()

    return change


TABLE = "gegevens/financien.csv"
TABLE_FALSE: dict[str, Change] = {
    "a number": swap(",155000,", ",155001,"),
    "a kind": swap(",gecommitteerd,", ",gerealiseerd,"),
    "a row less": _lines(lambda lines: lines.pop(5)),
    "a row twice": _lines(lambda lines: lines.insert(5, lines[5])),
    "rows in another order": _lines(lambda lines: lines.insert(1, lines.pop(2))),
    "a column more": _lines(lambda lines: lines.__setitem__(1, lines[1].replace("\n", ",x\n"))),
    "another heading": swap("bedrag", "bedrag_x"),
    "a space": swap(",lnv,", ",lnv ,"),
    "a mark of bytes": lambda content: b"\xef\xbb\xbf" + content,
    "NUL": swap(",lnv,", ",lnv\0,"),
}


def _code(act: Callable[[dict[str, Any]], object], number: int = 2) -> Change:
    return _json(lambda read: act([each for each in read["cells"] if each["cell_type"] == "code"][number]))


def _output(act: Callable[[dict[str, Any]], object]) -> Change:
    def find(read: Any) -> None:
        outputs = [output for cell in read["cells"] for output in cell.get("outputs", []) if "data" in output]
        act(outputs[0]["data"])

    return _json(find)


NOTEBOOK_FALSE: dict[str, Change] = {
    "a line of code": _code(lambda cell: cell["source"].append("\n# niets")),
    "an output": _output(lambda data: data.update({"text/plain": "41"})),
    "an output of another kind": _output(lambda data: data.update({"application/javascript": "1"})),
    "no outputs": _code(lambda cell: cell.update(outputs=[{"output_type": "stream", "name": "stdout", "text": "x"}])),
    "a text": _json(lambda read: read["cells"][0]["source"].append("Goedgekeurd")),
    "a tag": _code(lambda cell: cell["metadata"].update(tags=["hide"])),
    "a cell less": _json(lambda read: read["cells"].pop(3)),
    "a cell more": _json(lambda read: read["cells"].append(read["cells"][0])),
    "cells in another order": _json(lambda read: read["cells"].insert(4, read["cells"].pop(5))),
    "when a cell ran": _code(lambda cell: cell.update(execution_count=99)),
    "another kernel": _json(lambda read: read["metadata"].update(kernelspec={"name": "x", "display_name": "x"})),
    "a parameter": swap("2021-12-31", "2021-12-30"),
    "an attachment": _json(lambda read: read["cells"][0].update(attachments={"x.png": {"image/png": "eA=="}})),
}

OTHER_FALSE: dict[tuple[str, str], Change] = {
    ("a rounded figure in the workbook's text", "kerncijfers.csv"): swap("31.000.002", "31.000.003"),
    ("a rule of the schema", "kerncijfers.schema.json"): swap('"type"', '"anyOf"'),
    ("a row of the page of origins", "herkomst.html"): swap("#financien-26", "#financien-27"),
    ("an amount on a sheet", SHEET): swap("3.462.316", "3.462.317"),
    ("an amount on a notebook's page", "notebooks/pijler-wonen.html"): swap("5.439.100", "5.439.101"),
    ("a chapter", "bron/hoofdstukken/_samenvatting.qmd"): add("Nog een zin.\n"),
    ("a variable", "bron/_variables.yml"): swap("16\\.945\\.700", "16\\.945\\.701"),
    ("the project", "bron/_quarto.yml"): add("x: 1\n"),
    ("the style", "bron/_extensions/voortgang/stijl.css"): add("td { display: none }\n"),
    ("a filter", "bron/_extensions/voortgang/toegankelijk.lua"): add("os.execute('true')\n"),
    ("a partial", "bron/_extensions/voortgang/typst-show.typ"): add("#hide[x]\n"),
    ("the style of Word", "bron/_extensions/voortgang/stijl.docx"): more("word/vbaProject.bin", b"x"),
    ("a description of the data", "gegevens/datapackage.json"): swap('"title"', '"titel"'),
    ("a table of the report", "bron/tabellen.json"): _json(
        lambda read: read.popitem() if isinstance(read, dict) else read.pop()
    ),
    ("a font", "bron/_extensions/voortgang/lettertypen/*"): add("x"),
    ("charts that were swapped", REPORT): _swapped_charts,
    ("an amount in the report", REPORT): swap("16.945.700", "16.945.701"),
    ("a hidden column in the report", REPORT): swap(_RULE, "td:nth-child(5) { display: none }</style>"),
    ("a fragment", "bron/fragmenten/*"): add("x\n"),
}

FALSE: list[tuple[str, str, Change]] = [
    *((name, HTML, change) for name, change in HTML_FALSE.items()),
    *((name, SVG, change) for name, change in SVG_FALSE.items()),
    *((name, PNG, change) for name, change in PNG_FALSE.items()),
    *((name, SMALL_PDF, change) for name, change in SMALL_PDF_FALSE.items()),
    *((name, PDF, change) for name, change in PDF_FALSE.items()),
    *((name, DOCX, change) for name, change in DOCX_FALSE.items()),
    *((name, XLSX, change) for name, change in XLSX_FALSE.items()),
    *((name, FACTS, change) for name, change in FACTS_FALSE.items()),
    *((name, TABLE, change) for name, change in TABLE_FALSE.items()),
    *((name, NOTEBOOK, change) for name, change in NOTEBOOK_FALSE.items()),
    *((name, file, change) for (name, file), change in OTHER_FALSE.items()),
]
"""Every falsification: what it is, the file of the report, and how its bytes change."""

# --- what says the same


def _quoted(content: bytes) -> bytes:
    """Quote every cell of a table."""
    import csv
    from io import StringIO

    target = StringIO()
    csv.writer(target, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(csv.reader(StringIO(content.decode())))
    return target.getvalue().encode()


def _shuffled(parts: dict[str, bytes]) -> dict[str, bytes]:
    return dict(sorted(parts.items(), reverse=True))


def _relations_turned(parts: dict[str, bytes]) -> None:
    text = parts[_LINKS].decode()
    found = re.findall(r"<Relationship [^>]*/>", text)
    assert len(found) > 2
    parts[_LINKS] = text.replace("".join(found), "".join(reversed(found))).encode()


def _softer(picture: Image.Image) -> Image.Image:
    """Draw edges a little differently, as another version of a drawing program does."""
    return Image.blend(picture, picture.filter(ImageFilter.BoxBlur(1)), 0.15)


_DEFLATED = {"compression": zipfile.ZIP_DEFLATED}
HARMLESS: list[tuple[str, str, Change]] = [
    ("spaces between elements", HTML, swap("<main", "\n  <main")),
    ("line ends", HTML, lambda content: content.replace(b"\n", b"\r\n")),
    (
        "quotes, and how an element ends",
        HTML,
        swap(r'<col style="(width: \d+%)" />', r"<col style='\1'>", pattern=True),
    ),
    ("a character by its number", HTML, swap("€", "&#8364;")),
    ("capitals in the type of document", HTML, swap("<!DOCTYPE html>", "<!doctype html>")),
    (
        "another order of attributes",
        HTML,
        swap(r'href="(\S+)" class="cijfer"', r'class="cijfer" href="\1"', pattern=True),
    ),
    ("how an embedded chart is written", HTML, _embedded(swap("<svg ", "<svg\n   "))),
    ("a comment in an embedded chart", HTML, _embedded(swap("</svg>", "<!-- matplotlib 3.99 --></svg>"))),
    ("spaces on a sheet", SHEET, swap("<body", "\n<body")),
    ("written anew", SMALL_PDF, _writer()),
    ("another program", SMALL_PDF, _writer(lambda writer: writer.add_metadata({"/Creator": "Typst 0.99"}))),
    ("another date", SMALL_PDF, _writer(lambda writer: writer.add_metadata({"/ModDate": "D:20240101000000Z"}))),
    (
        "streams that are packed",
        SMALL_PDF,
        _writer(lambda writer: [page.compress_content_streams() for page in writer.pages]),
    ),
    ("the whole report written anew", PDF, _writer()),
    ("not packed", DOCX, packed(lambda parts: None, compression=zipfile.ZIP_STORED)),
    ("packed in another order", DOCX, packed(_shuffled)),
    ("links in another order", DOCX, packed(_relations_turned)),
    ("another program of Word", DOCX, part("docProps/app.xml", "<Application>", "<Application>x ")),
    ("another date of Word", DOCX, part("docProps/core.xml", "2021-12-31T", "2022-12-31T")),
    ("how its XML is written", DOCX, part(_WORD, "<w:body>", "<w:body >")),
    ("a comment in its XML", DOCX, part(_WORD, "<w:body>", "<!-- x --><w:body>")),
    ("pictures that are packed", DOCX, _picture(_drawn(lambda picture: None, compress_level=1))),
    ("not packed", XLSX, packed(lambda parts: None, compression=zipfile.ZIP_STORED)),
    ("packed", XLSX, packed(lambda parts: None, **_DEFLATED)),
    ("saved anew", XLSX, _saved_anew),
    ("without indents", FACTS, lambda content: json.dumps(json.loads(content)).encode()),
    (
        "letters by their number",
        FACTS,
        lambda content: json.dumps(json.loads(content), ensure_ascii=True, indent=1).encode(),
    ),
    ("keys in another order", FACTS, lambda content: json.dumps(json.loads(content), sort_keys=True).encode()),
    ("the last decimal", FACTS, swap("0.045232713903822205", "0.045232713903822204")),
    ("line ends", TABLE, lambda content: content.replace(b"\n", b"\r\n")),
    ("quotes", TABLE, _quoted),
    ("line ends", "kerncijfers.csv", lambda content: content.replace(b"\n", b"\r\n")),
    ("another Python", NOTEBOOK, swap('"version": "3.', '"version": "3.99.')),
    ("without indents", NOTEBOOK, lambda content: json.dumps(json.loads(content)).encode()),
    ("a comment", SVG, swap("<svg ", "<!-- matplotlib 3.99 --><svg ")),
    ("the order of attributes", SVG, swap(r'width="(\S+)" height="(\S+)"', r'height="\2" width="\1"', pattern=True)),
    ("the last decimal", SVG, swap(r"L(\d+\.\d+) ", r"L\g<1>0000000001 ", pattern=True)),
    ("packed in another way", PNG, _drawn(lambda picture: None, compress_level=1)),
    ("other dots an inch", PNG, _drawn(lambda picture: None, dpi=(300, 300))),
    ("softer edges", PNG, _drawn(_softer)),
    ("line ends", "bron/_quarto.yml", lambda content: content.replace(b"\n", b"\r\n")),
]
"""Other versions of the programs may write these; a reader sees the same."""
