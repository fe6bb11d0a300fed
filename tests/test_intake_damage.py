"""A workbook that is damaged somewhere: its figures are read where they can be, or the place and reason are told."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import sent_workbook

from voortgang.check.data import Data
from voortgang.intake import workbook
from voortgang.intake.submission import Submission

SHEET, BOOK, STYLES = "xl/worksheets/sheet4.xml", "xl/workbook.xml", "xl/styles.xml"
Parts = dict[str, bytes]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Data:
    """The data of a workspace that no test writes to."""
    return sent_workbook.checked(tmp_path_factory.mktemp("damage"))


@pytest.fixture(scope="module")
def sent(data: Data) -> Parts:
    """The parts of the workbook of Emmen for 2022."""
    with zipfile.ZipFile(sent_workbook.sent(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _read(data: Data, path: Path, parts: Parts) -> Submission:
    with zipfile.ZipFile(path, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return workbook.read_workbook(path, data.deal)


def _other(name: str, old: str, new: str) -> Callable[[Parts], Parts]:
    """Return what replaces the first piece of a part; `old` is a pattern."""

    def change(parts: Parts) -> Parts:
        changed, count = re.subn(old.encode(), lambda _: new.encode(), parts[name], count=1)
        assert count, old
        return parts | {name: changed}

    return change


def _after(text: str) -> Callable[[Parts], Parts]:
    return _other(SHEET, "</sheetData>", f"</sheetData>{text}")


def _cell(place: str, text: str) -> Callable[[Parts], Parts]:
    return _other(SHEET, f'<c r="{place}".*?</c>', f'<c r="{place}" {text}</c>')


def _gone(*names: str) -> Callable[[Parts], Parts]:
    return lambda parts: {name: part for name, part in parts.items() if name not in names}


def _format(rule: str) -> str:
    return f'<conditionalFormatting sqref="G5">{rule}</conditionalFormatting>'


def _with(relation: str, part: str, content: str | None, place: str, put: str) -> Callable[[Parts], Parts]:
    """Return what adds a part that the workbook refers to, or refers to one that is not there."""
    related = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    link = f'<Relationship Type="{related}/{relation}" Target="{part}" Id="rId99"/></Relationships>'

    def change(parts: Parts) -> Parts:
        added = _other("xl/_rels/workbook.xml.rels", "</Relationships>", link)(parts)
        added = _other(BOOK, place, put.replace("ID", f'xmlns:r="{related}" r:id="rId99"'))(added)
        return added if content is None else added | {f"xl/{part}": content.encode()}

    return change


MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
CACHE = '<pivotCache cacheId="1" ID/>'
LEFT_OUT = {
    "a kind of conditional format": (
        _after(_format('<cfRule type="nieuw" priority="1"/>')),
        "Metingen",
        "voorwaardelijke",
    ),
    "a format that is not there": (
        _after(_format('<cfRule type="expression" dxfId="99" priority="1"><formula>1</formula></cfRule>')),
        "Metingen",
        "voorwaardelijke",
    ),
    "a kind of validation": (_other(SHEET, 'type="decimal"', 'type="nieuw"'), "Metingen", "gegevensvalidatie"),
    "a validation of cells that are gone": (
        _other(SHEET, '<dataValidation sqref="[^"]*"', '<dataValidation sqref="#REF!"'),
        "Metingen",
        "gegevensvalidatie",
    ),
    "a filter of cells that are gone": (_after('<autoFilter ref="#REF!"/>'), "Metingen", "filter"),
    "a link to nowhere": (_after('<hyperlinks><hyperlink location="A1"/></hyperlinks>'), "Metingen", "koppelingen"),
    "half a per cent of zoom": (
        _other(SHEET, 'workbookViewId="0"', 'workbookViewId="0" zoomScale="85.5"'),
        "Metingen",
        "weergave",
    ),
    "paper": (_other(SHEET, 'orientation="landscape"', 'orientation="liggend"'), "Metingen", "afdrukken"),
    "a colour": (_other(STYLES, 'rgb="[0-9A-F]*"', 'rgb="rood"'), "", "kleuren"),
    "a family of fonts": (_other(STYLES, '<family val="[^"]*"', '<family val="34"'), "", "letters"),
    "an empty fill": (_other(STYLES, "<fill>", "<fill/><fill>"), "", "kleuren"),
    "letters within a text": (
        _cell("J5", 's="9" t="inlineStr"><is><r><rPr><sz val="x"/></rPr><t>hallo</t></r></is>'),
        "",
        "binnen teksten",
    ),
    "a name without a name": (
        _other(BOOK, "</definedNames>", "<definedName>1</definedName></definedNames>"),
        "",
        "instellingen",
    ),
    "who made it": (lambda parts: parts | {"docProps/core.xml": b""}, "", "eigenschappen"),
    "notes": (_gone("xl/comments/comment3.xml"), "Metingen", "notities"),
    "a table": (_gone("xl/tables/table1.xml"), "Projecten", "tabel"),
    "a pivot table": (
        _with(
            "pivotCacheDefinition",
            "pivotCache/een.xml",
            None,
            "</workbook>",
            f"<pivotCaches>{CACHE}</pivotCaches></workbook>",
        ),
        "",
        "draaitabel",
    ),
    "a sheet with a chart alone": (
        _with(
            "chartsheet",
            "chartsheets/een.xml",
            f"<chartsheet {MAIN}/>",
            "</sheets>",
            '<sheet name="Grafiek1" sheetId="77" ID/></sheets>',
        ),
        "",
        "grafiek",
    ),
}


@pytest.fixture(scope="module")
def usual(data: Data) -> Submission:
    return workbook.read_workbook(sent_workbook.sent(data), data.deal)


@pytest.mark.parametrize("what", LEFT_OUT)
def test_what_holds_no_figures_stops_none_from_being_read(
    what: str, data: Data, sent: Parts, usual: Submission, tmp_path: Path
) -> None:
    change, place, named = LEFT_OUT[what]
    read = _read(data, tmp_path / "a.xlsx", change(sent))
    (found,) = read.findings
    assert (found.rule, found.severity, found.cell) == ("part_unread", "warning", place)
    assert named in found.message("nl").what
    changed = [row.values for row, before in zip(read.rows, usual.rows, strict=True) if row.values != before.values]
    assert [each["toelichting"] for each in changed] == (["hallo"] if "within" in what else [])


def test_notes_of_other_sheets_are_still_read(data: Data, sent: Parts, tmp_path: Path) -> None:
    noted = _other("xl/comments/comment2.xml", "<t>[^<]*</t>", "<t>Zie de bijlage.</t>")(sent)
    found = _read(data, tmp_path / "a.xlsx", _gone("xl/comments/comment3.xml")(noted)).findings
    assert [(each.rule, each.cell.partition(" ")[0]) for each in found] == [
        ("part_unread", "Metingen"),
        ("note", "Voortgang"),
    ]


WRONG = {
    "a word for a number": (_cell("G5", 's="14"><v>1,5</v>'), "Metingen › G5", "'1,5', dat geen getal is"),
    "a word for yes": (_cell("G5", 's="14" t="b"><v>ja</v>'), "Metingen › G5", "waar noch onwaar"),
    "a day that is none": (_cell("H5", 's="11" t="d"><v>2022-02-31</v>'), "Metingen › H5", "geen datum"),
    "a text that is not there": (_cell("J5", 't="s"><v>7</v>'), "Metingen › J5", "de tekst van deze cel"),
    "a form that is not there": (_cell("G5", 's="999"><v>1</v>'), "Metingen › G5", "de opmaak van deze cel"),
    "a place that is none": (_other(SHEET, '<c r="G5"', '<c r="5G"'), "Metingen › 5G", "als plaats '5G'"),
    "a row that is none": (_other(SHEET, '<row r="5"', '<row r="vijf"'), "Metingen", "als nummer 'vijf'"),
    "a height that is none": (_other(SHEET, 'ht="30"', 'ht="hoog"'), "Metingen", "iets op dit blad"),
    "merged cells that are gone": (_after('<mergeCells><mergeCell ref="#REF!"/></mergeCells>'), "Metingen", "#REF!"),
    "half a sheet": (lambda parts: parts | {SHEET: parts[SHEET][:3000]}, "Metingen › H6", "vanaf hier"),
    "a sign that XML lacks": (_cell("J5", 't="inlineStr"><is><t>a\x01</t></is>'), "Metingen › J5", "vanaf hier"),
    "half the styles": (lambda parts: parts | {STYLES: parts[STYLES][:500]}, "", f"({STYLES}) is niet te lezen"),
    "a form without a number": (_other(STYLES, ' formatCode="[^"]*"', ""), "", f"({STYLES}) is niet te lezen"),
    "no styles": (_gone(STYLES), "", f"({STYLES}) ontbreekt"),
    "no list of sheets": (_gone(BOOK), "", f"({BOOK}) ontbreekt"),
    "a list of sheets with a new state": (_other(BOOK, 'state="visible"', 'state="nieuw"'), "", f"({BOOK}) is niet te"),
    "words of its own": (_other(SHEET, "^", '<!DOCTYPE x [<!ENTITY a "b">]>'), "", "DOCTYPE"),
    "half a list of parts": (
        lambda parts: parts | {"xl/worksheets/_rels/sheet4.xml.rels": b"<a"},
        "",
        "sheet4.xml.rels",
    ),
}


@pytest.mark.parametrize("what", WRONG)
def test_damage_has_its_place_and_reason(what: str, data: Data, sent: Parts, tmp_path: Path) -> None:
    change, place, why = WRONG[what]
    (found,) = _read(data, tmp_path / "a.xlsx", change(sent)).findings
    message = found.message("nl")
    assert (found.rule, found.cell) == ("damaged", place) and why in message.what, message.what
    assert "in Excel" in message.mend and "Error" not in message.what.partition("iets op dit blad")[0]


def test_a_drawing_between_two_cells_and_half_a_drawing(data: Data, sent: Parts, tmp_path: Path) -> None:
    def drawn(drawing: str) -> Submission:
        related = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
        link = f'<Relationship Id="rId8" Type="{related}/drawing" Target="/xl/drawings/een.xml"/></Relationships>'
        parts = _other("xl/worksheets/_rels/sheet4.xml.rels", "</Relationships>", link)(sent)
        parts = _other(SHEET, "<legacyDrawing", f'<drawing xmlns:r="{related}" r:id="rId8"/><legacyDrawing')(parts)
        return _read(data, tmp_path / "a.xlsx", parts | {"xl/drawings/een.xml": drawing.encode()})

    space = "http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"
    anchor = "<from><col>1.0</col><colOff>0.5</colOff><row>{}</row><rowOff>0</rowOff></from><clientData/>"
    drawing = f'<wsDr xmlns="{space}"><oneCellAnchor>{anchor}</oneCellAnchor></wsDr>'
    for row, rule, place in (("1", "picture", "Metingen › bij B2"), ("x", "part_unread", "Metingen")):
        (found,) = drawn(drawing.format(row)).findings
        assert (found.rule, found.cell) == (rule, place)
