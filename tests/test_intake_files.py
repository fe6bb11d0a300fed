"""Small files that ask for much work, and files that are something else than their name says."""

from __future__ import annotations

import io
import os
import resource
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from conftest import copy_workspace

from voortgang.check.checked import check
from voortgang.check.data import Data
from voortgang.errors import VoortgangError
from voortgang.intake import dutch_csv, file_kind, findings_list, layout, merge, template, workbook
from voortgang.intake.submission import Submission
from voortgang.workspace.paths import Workspace

Parts = dict[str, bytes]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Data:
    """The data of a workspace that no test writes to."""
    return check(Workspace(copy_workspace(tmp_path_factory.mktemp("files") / "deal"))).require_sound()


@pytest.fixture(scope="module")
def sent(data: Data) -> bytes:
    """The workbook of Emmen for 2022."""
    path = data.workspace.data.parent.parent / "sent.xlsx"
    template.write_template(data, next(each for each in data.deal.parties if each.id == "emmen"), 2022, path)
    return path.read_bytes()


def _rewritten(content: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in source.namelist():
            new.writestr(name, change(name, source.read(name)))
    return target.getvalue()


def _bookings(old: bytes, new: bytes) -> Callable[[str, bytes], bytes]:
    return lambda name, part: part.replace(old, new, 1) if name == "xl/worksheets/sheet5.xml" else part


def _rows(first: int, count: int, cells: str) -> bytes:
    rows = (f'<row r="{n}">' + cells.replace("#", str(n)) + "</row>" for n in range(first, first + count))
    return "".join(rows).encode() + b"</sheetData>"


_TEXTS = ("B99999", "2022-05-01", "K001", "werken", "emmen", "gerealiseerd")
_DUPLICATE = "".join(
    f'<c r="{column}#" t="inlineStr"><is><t>{text}</t></is></c>' for column, text in zip("ABCDEF", _TEXTS, strict=True)
)
LARGE = {
    "one cell in the far corner": (
        _bookings(b"</sheetData>", _rows(9_999, 1, '<c r="XFD#"><v>5</v></c>')),
        "stray_cell",
        "Financiën › XFD9999",
    ),
    "a merged block of a million cells": (
        _bookings(b"</sheetData>", b'</sheetData><mergeCells><mergeCell ref="K1:T99999"/></mergeCells>'),
        "too_much",
        "Financiën › K1:T99999",
    ),
    "a link over a column": (
        _bookings(
            b"</sheetData>", b'</sheetData><hyperlinks><hyperlink ref="A1:A1048576" location="A1"/></hyperlinks>'
        ),
        "too_much",
        "Financiën › A1:A1048576",
    ),
    "formatted empty cells": (
        _bookings(b"</sheetData>", _rows(200, 9_500, "".join(f'<c r="{c}#"/>' for c in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"))),
        "too_much",
        "Financiën › ",
    ),
    "formatted empty rows": (
        _bookings(b"</sheetData>", _rows(200, 100_000, "")),
        "too_many_rows",
        "Financiën › 10001:10001",
    ),
    "rows that stand twice": (_bookings(b"</sheetData>", _rows(200, 9_500, _DUPLICATE)), "stands_twice", "Financiën"),
}


def _read(data: Data, path: Path, content: bytes) -> Submission:
    path.write_bytes(content)
    return workbook.read_workbook(path, data.deal)


@pytest.mark.sampled(3)
@pytest.mark.parametrize("case", LARGE)
def test_a_small_file_never_takes_for_ever(case: str, data: Data, sent: bytes, tmp_path: Path) -> None:
    change, rule, place = LARGE[case]
    content = _rewritten(sent, change)
    assert content != sent
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # what time it takes: bench/intake.py
    merged = merge.merge(data, [_read(data, tmp_path / "a.xlsx", content)])
    findings_list.show([findings_list.Entry(each, "emmen") for each in merged.findings])
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 300_000
    found = [each for each in merged.findings if each.rule == rule]
    assert found and place in found[0].where, {each.rule for each in merged.findings}


def _archive(**parts: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return target.getvalue()


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (_archive(mimetype=b"application/vnd.oasis.opendocument.spreadsheet"), ".ods"),
        (_archive(xl__workbook_dot_bin=b""), ".xlsb"),
        (_archive(Index__Document_dot_iwa=b""), ".numbers"),
        (_archive(word__document_dot_xml=b""), ".docx"),
        (_archive(foto_dot_jpg=b""), "zip-bestand"),
        (b"\xef\xbb\xbf <!DOCTYPE html><table>", "HTML"),
        (b"%PDF-1.7", "PDF"),
        (b"Rar!\x1a\x07", "RAR"),
        (b"\x89PNG\r\n\x1a\n", "PNG"),
        (b"{\\rtf1 Emmen}", "RTF"),
        (b"MIME-Version: 1.0\n", "webarchief"),
        (b"\x09\x08\x08\x00\x00\x05\x10\x00", ".xls"),
        (file_kind.OLE + "WordDocument".encode("utf-16-le"), ".doc"),
        (file_kind.OLE + "__properties_version1.0".encode("utf-16-le"), ".msg"),
        (b'<?xml version="1.0"?><a xmlns="urn:oasis:names:tc:opendocument:xmlns:office:1.0"/>', ".fods"),
        ("Waarde\t5\n".encode("utf-16"), "tekstbestand"),
        ("<html><table>".encode("utf-16"), "HTML"),
        (b"<!-- export --><div><table><tr><td>1</td></tr></table></div>", "HTML"),
        (bytes(5000), "nullen"),
        (b"", "leeg"),
        (_archive(xl__workbook_dot_xml=b"x" * 999)[:200], "niet heel"),
    ],
)
def test_a_file_is_said_to_be_what_it_is(content: bytes, kind: str, data: Data, tmp_path: Path) -> None:
    (found,) = _read(data, tmp_path / "a.xlsx", content).findings
    message = found.message("nl")
    assert kind in message.what and ".xlsx" in " ".join(message)


@pytest.mark.parametrize(
    "kind",
    [
        "openxmlformats-officedocument.spreadsheetml.template",
        "ms-excel.sheet.macroEnabled",
        "ms-excel.template.macroEnabled",
    ],
)
def test_a_template_and_a_workbook_that_may_hold_macros_and_has_none_are_read(
    kind: str, data: Data, sent: bytes, tmp_path: Path
) -> None:
    usual = b"openxmlformats-officedocument.spreadsheetml.sheet"
    content = _rewritten(sent, lambda name, part: part.replace(usual, kind.encode()))
    assert content != sent and not _read(data, tmp_path / "a.xlsm", content).findings


def test_a_part_that_stands_twice_is_no_workbook(data: Data, sent: bytes, tmp_path: Path) -> None:
    target = io.BytesIO(sent)
    with zipfile.ZipFile(target, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("xl/worksheets/sheet4.xml", archive.read("xl/worksheets/sheet4.xml"))
    (found,) = _read(data, tmp_path / "a.xlsx", target.getvalue()).findings
    assert found.rule == "damaged" and "twee keer" in found.message("nl").what


def test_a_cell_that_stands_twice_is_asked_about(data: Data, sent: bytes, tmp_path: Path) -> None:
    twice = _bookings(b"</sheetData>", b'<row r="5"><c r="A5"><v>5</v></c></row></sheetData>')
    (found,) = _read(data, tmp_path / "a.xlsx", _rewritten(sent, twice)).findings
    assert (found.rule, found.cell) == ("cell_twice", "Financiën › A5")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes with a name")
@pytest.mark.parametrize("name", ["Emmen.xlsx", "metingen.csv"])
def test_what_is_no_file_or_far_too_large_is_not_read(name: str, data: Data, tmp_path: Path) -> None:
    def rule(path: Path) -> str:
        csv = file_kind.is_table_of_text(path)
        read = dutch_csv.read_csv(path) if csv else workbook.read_workbook(path, data.deal)
        assert csv == name.endswith(".csv")
        return read.findings[0].rule

    os.mkfifo(tmp_path / name)
    assert rule(tmp_path / name) == "not_readable"
    (tmp_path / name).unlink()
    (tmp_path / name).touch()
    os.truncate(tmp_path / name, 10**12)
    assert rule(tmp_path / name) == "file_too_large"


def test_lock_files_are_passed_over_and_folders_named(data: Data, tmp_path: Path) -> None:
    (found,) = _read(data, tmp_path / "~$Emmen-2022.xlsx", b"x").findings
    assert (found.rule, found.severity) == ("lock_file", "warning")
    (found,) = workbook.read_workbook(tmp_path, data.deal).findings
    assert found.rule == "is_folder"


def test_a_strict_workbook_is_read_as_it_is(data: Data, sent: bytes, tmp_path: Path) -> None:
    def strict(name: str, part: bytes) -> bytes:
        for loose, tight in (
            (b"spreadsheetml/2006/main", b"spreadsheetml/main"),
            (b"officeDocument/2006/", b"officeDocument/"),
            (b"drawingml/2006/", b"drawingml/"),
        ):
            part = part.replace(b"http://schemas.openxmlformats.org/" + loose, b"http://purl.oclc.org/ooxml/" + tight)
        return part

    plain, other = _read(data, tmp_path / "a.xlsx", sent), _read(data, tmp_path / "b.xlsx", _rewritten(sent, strict))
    assert not other.findings and other.rows == plain.rows and other.rows
    assert openpyxl.load_workbook(tmp_path / "a.xlsx").sheetnames[0] == layout.COVER


def _numbered(parts: Parts) -> Parts:
    """Number the names of the workbook and its styles anew, as Excel does on a server."""
    renamed = {}
    for name, part in parts.items():
        for stem in ("workbook", "styles"):
            name = name.replace(f"{stem}.xml", f"{stem}22.xml")
            if name.endswith((".rels", "Types].xml")):
                part = part.replace(f"{stem}.xml".encode(), f"{stem}22.xml".encode())
        renamed[name] = part
    return renamed


NAMES: dict[str, Callable[[Parts], Parts]] = {
    "numbers behind the names": _numbered,
    "names as on Windows": lambda parts: {name.replace("/", "\\"): part for name, part in parts.items()},
    "names from the root": lambda parts: {
        name if name.startswith("[") else f"/{name}": part for name, part in parts.items()
    },
}


@pytest.mark.parametrize("case", NAMES)
def test_a_part_is_what_relations_say_whatever_its_name(case: str, data: Data, sent: bytes, tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(sent)) as archive:
        parts = NAMES[case]({name: archive.read(name) for name in archive.namelist()})
    plain, other = _read(data, tmp_path / "a.xlsx", sent), _read(data, tmp_path / "b.xlsx", _named(parts))
    # A number is read with its format, so that the styles are found as well.
    assert not other.findings and other.rows == plain.rows and other.rows
    broken = {name: part[:3000] if "sheet4.xml" in name else part for name, part in parts.items()}
    (found,) = _read(data, tmp_path / "c.xlsx", _named(broken)).findings
    assert found.rule == "damaged" and found.cell.startswith("Metingen › ")


def _named(parts: Parts) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, part in parts.items():
            info = zipfile.ZipInfo()
            info.filename = name  # zipfile would mend the name that it is given
            archive.writestr(info, part)
    return target.getvalue()


def test_a_list_never_overwrites_a_file(data: Data, tmp_path: Path) -> None:
    target = tmp_path / "Emmen-2022.xlsx"
    target.write_bytes(b"the work of a party")
    with pytest.raises(VoortgangError, match="already"):
        findings_list.write([], target, data.deal.name)
    assert target.read_bytes() == b"the work of a party"
    findings_list.write([], tmp_path / "lijst.xlsx", data.deal.name)
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["Emmen-2022.xlsx", "lijst.xlsx"]


def test_a_party_reads_words_and_no_patterns(data: Data, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(
        "Boekingsnummer;Datum;Projectnummer;Pijler;Financier;Soort;Bedrag\n"
        "b1;31-12-2021;K001;werken;emmen;gerealiseerd;ca. 60\n",
        encoding="utf-8",
    )
    messages = {each.rule: each.message("nl") for each in dutch_csv.read_csv(path).findings}
    assert messages["wrong_form"].expected == "1 tot 3 hoofdletters, dan 4 tot 8 cijfers"
    assert "laat de cel dan leeg en schrijf het in Opmerking" in messages["not_integer"].mend
    english = {each.rule: each.message("en") for each in dutch_csv.read_csv(path).findings}
    assert english["wrong_form"].expected == "1 to 3 capitals, then 4 to 8 digits"


def test_a_file_is_read_as_what_it_is_whatever_its_name(sent: bytes, tmp_path: Path) -> None:
    for content, expected in ((sent, False), (b"%PDF-1.7", False), (b"Waarde;5", True)):
        (tmp_path / "opgave.csv").write_bytes(content)
        assert file_kind.is_table_of_text(tmp_path / "opgave.csv") is expected
    assert file_kind.is_table_of_text(tmp_path / "weg.csv") and not file_kind.is_table_of_text(tmp_path / "a.xlsx")


def test_an_old_workbook_and_a_locked_one_are_told_apart(data: Data, tmp_path: Path) -> None:
    ole = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600)
    for content, rule in ((ole, "old_excel"), (ole + "EncryptedPackage".encode("utf-16-le"), "locked_workbook")):
        (found,) = _read(data, tmp_path / "a.xlsx", content).findings
        assert found.rule == rule


def test_files_with_one_name_are_told_apart_by_their_folder(data: Data, sent: bytes, tmp_path: Path) -> None:
    read = []
    for folder in ("emmen", "hoogeveen"):
        (tmp_path / folder).mkdir()
        change = _bookings(b"</sheetData>", _rows(200, 1, '<c r="Z#"><v>5</v></c>'))
        read.append(_read(data, tmp_path / folder / "opgave.xlsx", _rewritten(sent, change)))
    merged = merge.merge(data, [*read, read[0]])
    assert [each.file for each in merged.findings] == ["emmen/opgave.xlsx", "hoogeveen/opgave.xlsx"]
