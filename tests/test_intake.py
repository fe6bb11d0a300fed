"""Workbooks go out, come back, and end in clean tables or in exactly what to mend."""

from __future__ import annotations

import csv
import io
import shutil
import zipfile
from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import sent_workbook
from conftest import copy_workspace, run
from hypothesis import given, settings
from hypothesis import strategies as st

from voortgang.check.checked import check
from voortgang.check.data import Data
from voortgang.errors import WorkspaceError
from voortgang.intake import dutch_csv, layout, merge, template, workbook
from voortgang.workspace.paths import Workspace


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace that no test writes to, with the workbooks of Emmen and Aa en Hunze for 2022 beside it."""
    root = sent_workbook.with_few_bookings(copy_workspace(tmp_path_factory.mktemp("intake") / "deal"))
    data = check(Workspace(root)).require_sound()
    for party in data.deal.parties:
        if party.id in {"emmen", "aa-en-hunze"}:
            template.write_template(data, party, 2022, root.parent / f"{party.id}.xlsx")
    (root.parent / "emmen.xlsx").rename(root.parent / "Emmen-2022.xlsx")
    return root


@pytest.fixture
def copied(home: Path, tmp_path: Path) -> Path:
    """A copy of its tables, to change at will."""
    shutil.copytree(home / "data", tmp_path / "deal" / "data")
    return tmp_path / "deal"


def _column(page: Any, heading: str) -> int:
    return next(cell.column for cell in page[layout.HEADING_ROW] if cell.value == heading)


def _row(page: Any, key: str) -> int:
    return next(cell.row for cell in page["A"] if cell.value == key)


def _free(page: Any) -> int:
    return next(row for row in range(layout.FIRST_ROW, 999) if page.cell(row, 1).value is None)


def _changed(home: Path, target: Path, change: Callable[[Any], None]) -> Path:
    book = openpyxl.load_workbook(home.parent / "Emmen-2022.xlsx")
    change(book)
    book.save(target)
    return target


@cache
def _data(home: Path) -> Data:
    """The data of a workspace that no test writes to."""
    return check(Workspace(home)).require_sound()


def _merged(home: Path, *paths: Path) -> merge.Merged:
    data = _data(home)
    read = [
        dutch_csv.read_csv(path) if path.suffix == ".csv" else workbook.read_workbook(path, data.deal) for path in paths
    ]
    return sent_workbook.merged(data, *read)


def _rules(merged: merge.Merged) -> set[str]:
    return {finding.rule for finding in merged.findings}


def test_every_party_gets_a_workbook_that_reads_back_without_change(workspace: Path) -> None:
    sent_workbook.with_few_bookings(workspace)
    done = run("intake", "template", "2022", "--output", "opgaven", cwd=workspace)
    assert done.code == 0, done.err
    files = sorted((workspace / "opgaven").glob("*.xlsx"))
    assert len(files) == 7
    done = run("intake", "read", *map(str, files), cwd=workspace)
    assert "nothing to change" in done.out
    assert done.out.count("is as it was sent to") == 7 and "several periods" not in done.out


def test_the_workbook_guides_who_fills_it_in(home: Path) -> None:
    book = openpyxl.load_workbook(home.parent / "Emmen-2022.xlsx")
    seen = [page.title for page in book if page.sheet_state == "visible"]
    assert seen == [
        "Uitleg",
        "Projecten",
        "Voortgang",
        "Metingen",
        "Financiën",
        "Bijdragen",
        "Risico's",
        "Mijlpalen",
        "Lijsten",
    ]
    page = book["Metingen"]
    assert page.protection.sheet
    row = _row(page, "werken-3-bedrijven")
    assert page.cell(row, _column(page, "Vorig jaar")).value == 60
    assert page.cell(row, _column(page, "Indicator")).protection.locked
    assert not page.cell(row, _column(page, "Waarde")).protection.locked
    assert page.cell(layout.HEADING_ROW, _column(page, "Waarde")).comment.text
    phases = [check.formula1 for check in book["Voortgang"].data_validations.dataValidation]
    assert '"groen,oranje,rood"' in phases
    projects = {cell.value for cell in book["Voortgang"]["A"][layout.FIRST_ROW - 1 :] if cell.value}
    assert projects == {"K001", "K003", "K007", "K012", "W001", "W005", "W006", "Z001", "Z003"}


@pytest.mark.long
@pytest.mark.usefixtures("kept")
def test_what_is_filled_in_reaches_the_report(workspace: Path) -> None:
    data = check(Workspace(workspace)).require_sound()
    emmen = next(party for party in data.deal.parties if party.id == "emmen")
    path = workspace / "Emmen-2022.xlsx"
    template.write_template(data, emmen, 2022, path)
    book = openpyxl.load_workbook(path)
    page = book["Metingen"]
    page.cell(_row(page, "werken-3-bedrijven"), _column(page, "Waarde")).value = 95
    page = book["Voortgang"]
    page.cell(_row(page, "K007"), _column(page, "Toelichting")).value = "*Gestopt* {{< var x >}}"
    page = book["Financiën"]
    row = _free(page)
    for heading, value in (
        ("Boekingsnummer", "B90001"), ("Datum", date(2022, 5, 1)), ("Projectnummer", "K001"), ("Pijler", "werken"),
        ("Financier", "emmen"), ("Soort", "gerealiseerd"), ("Bedrag", "€ 1.250,-"), ("Opmerking", "nagekomen"),
    ):  # fmt: skip
        page.cell(row, _column(page, heading)).value = value
    book.save(path)
    shown = run("intake", "read", path.name, cwd=workspace)
    assert "Nothing was written" in shown.out
    assert "Metingen › G7" in shown.out
    before = sum(row["bedrag"] for row in _table(workspace, "financien", "gerealiseerd", "2022-12-31"))
    done = run("intake", "read", path.name, "--yes", cwd=workspace)
    assert done.code == 0, done.err
    kept = list((workspace / "data" / "bronnen").iterdir())
    assert [file.read_bytes() for file in kept] == [path.read_bytes()]
    assert "nothing to change" in run("intake", "read", path.name, "--yes", cwd=workspace).out
    assert run("build", "2022", cwd=workspace).code == 0
    from documents import html_text

    text = html_text(workspace / "reports" / "2022" / "voortgangsrapportage-2022.html")
    assert "€ " + f"{before + 1250:,}".replace(",", ".") in text
    assert "*Gestopt* {{< var x >}}" in text


def _table(workspace: Path, name: str, kind: str, last: str) -> list[dict[str, Any]]:
    with (workspace / "data" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["soort"] == kind and row["datum"] <= last]
    return [row | {"bedrag": int(row["bedrag"])} for row in rows]


def _set(sheet: str, key: str, heading: str, value: object) -> Callable[[Any], None]:
    def change(book: Any) -> None:
        page = book[sheet]
        page.cell(_row(page, key), _column(page, heading)).value = value

    return change


def _merge_cells(book: Any) -> None:
    book["Metingen"].merge_cells("G5:G6")


def _hide(book: Any) -> None:
    book["Metingen"].row_dimensions[6].hidden = True


def _extra_column(book: Any) -> None:
    book["Metingen"].cell(6, 14).value = "let op"


def _below(book: Any) -> None:
    book["Voortgang"].cell(40, 9).value = "nog een opmerking"


def _twice(book: Any) -> None:
    book["Metingen"].cell(layout.HEADING_ROW, 12).value = "Waarde"


def _far(book: Any) -> None:
    book["Metingen"].cell(900_000, 1).value = None
    book["Metingen"].cell(900_000, 1).number_format = "0.00"


def _new_sheet(book: Any) -> None:
    book.create_sheet("Blad1")["A1"] = "ook nog"


def _no_sheet(book: Any) -> None:
    del book["Bijdragen"]


def _foreign_project(book: Any) -> None:
    page = book["Financiën"]
    row = _free(page)
    for heading, value in (
        ("Boekingsnummer", "B90001"), ("Datum", date(2022, 5, 1)), ("Projectnummer", "K002"), ("Pijler", "werken"),
        ("Financier", "emmen"), ("Soort", "gerealiseerd"), ("Bedrag", 10),
    ):  # fmt: skip
        page.cell(row, _column(page, heading)).value = value


def _plain_number(book: Any) -> None:
    cell = book["Voortgang"].cell(5, 4)
    cell.value, cell.number_format = 44926, "General"


BROKEN = {
    "text for a number": (_set("Metingen", "werken-3-bedrijven", "Waarde", "ca. 90"), "not_number", "Metingen › G7"),
    "a formula without value": (
        _set("Metingen", "werken-3-bedrijven", "Waarde", "=1+1"),
        "formula_without_value",
        "G7",
    ),
    "an error cell": (_set("Metingen", "werken-3-bedrijven", "Waarde", "#REF!"), "error_cell", "Metingen › G7"),
    "a date as a number": (_plain_number, "date_as_number", "Voortgang › D5"),
    "an unknown light": (_set("Voortgang", "K001", "Inhoud", "paars"), "unknown_value", "Voortgang › F5"),
    "an invisible character": (_set("Voortgang", "K001", "Toelichting", "a\u200bb"), "invisible", "Voortgang › I5"),
    "a look-alike letter": (_set("Projecten", "K001", "Project", "Grееnwise"), "look_alike", "Projecten › B5"),
    "a very long text": (_set("Voortgang", "K001", "Toelichting", "x" * 20_000), "cell_too_long", "Voortgang › I5"),
    "merged cells": (_merge_cells, "merged", "Metingen › G5"),
    "an extra column": (_extra_column, "stray_cell", "Metingen › N6"),
    "text below the table": (_below, "row_no_record", "Voortgang › A40"),
    "a heading twice": (_twice, "heading_twice", "Metingen › L4"),
    "a million empty rows": (_far, "too_many_rows", "Metingen"),
    "an extra sheet": (_new_sheet, "sheet_unknown", "Blad1"),
    "a missing sheet": (_no_sheet, "sheet_missing", "Bijdragen"),
    "somebody else's project": (_foreign_project, "not_yours", "Financiën › A"),
    "another key": (_set("Voortgang", "K001", "Projectnummer", "K002"), "not_yours", "Voortgang › A5"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_workbook_is_named_by_cell_and_changes_nothing(case: str, home: Path, tmp_path: Path) -> None:
    change, rule, place = BROKEN[case]
    merged = _merged(home, _changed(home, tmp_path / "Emmen-2022.xlsx", change))
    found = [finding for finding in merged.findings if finding.rule == rule]
    assert found, _rules(merged)
    assert place in found[0].where
    assert found[0].where.startswith("Emmen-2022.xlsx › ")
    assert not merged.sound
    assert found[0].message("nl").mend


def test_hidden_rows_are_reported_and_read(home: Path, tmp_path: Path) -> None:
    merged = _merged(home, _changed(home, tmp_path / "Emmen-2022.xlsx", _hide))
    assert _rules(merged) == {"hidden"}
    assert merged.sound


def test_numbers_stored_as_text_are_read_as_numbers(home: Path, tmp_path: Path) -> None:
    change = _set("Metingen", "werken-3-bedrijven", "Waarde", "1.094,5")
    merged = _merged(home, _changed(home, tmp_path / "Emmen-2022.xlsx", change))
    assert [each.new for each in merged.changes] == ["1094.5"]


def _archive(path: Path, **parts: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return path


def test_hostile_files_end_in_one_clear_message(home: Path, tmp_path: Path) -> None:
    good = (home.parent / "Emmen-2022.xlsx").read_bytes()
    files = {
        "afgebroken.xlsx": (good[: len(good) // 2], "damaged"),
        "oud.xlsx": (bytes.fromhex("d0cf11e0a1b11ae1") + b"x" * 600, "old_excel"),
        "tekst.xlsx": (b"geen werkmap", "text_file"),
        "leeg.xlsx": (b"", "damaged"),
    }
    for name, (content, rule) in files.items():
        path = tmp_path / name
        path.write_bytes(content)
        assert _rules(_merged(home, path)) == {rule}, name
    assert _rules(_merged(home, tmp_path / "weg.xlsx")) == {"file_missing"}
    bomb = _archive(tmp_path / "bom.xlsx", **{"[Content_Types]_dot_xml": b"x", "groot": b"0" * 130_000_000})
    assert _rules(_merged(home, bomb)) == {"file_too_large"}
    macros = tmp_path / "macro.xlsx"
    with zipfile.ZipFile(io.BytesIO(good)) as source, zipfile.ZipFile(macros, "w") as target:
        for part in source.infolist():
            target.writestr(part, source.read(part))
        target.writestr("xl/vbaProject.bin", b"macro")
    assert _rules(_merged(home, macros)) == {"macros"}


def test_two_files_that_disagree_are_both_named(home: Path, tmp_path: Path) -> None:
    one = _changed(home, tmp_path / "een.xlsx", _set("Metingen", "werken-3-bedrijven", "Waarde", 90))
    two = _changed(home, tmp_path / "twee.xlsx", _set("Metingen", "werken-3-bedrijven", "Waarde", 91))
    merged = _merged(home, one, two)
    assert not merged.sound
    (conflict,) = [finding for finding in merged.findings if finding.rule == "conflict"]
    what = conflict.message("nl").what
    assert "een.xlsx › Metingen › G7 (90)" in what
    assert "twee.xlsx › Metingen › G7 (91)" in what
    assert not merged.changes


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_dutch_csv_is_read(encoding: str, home: Path, tmp_path: Path) -> None:
    path = tmp_path / "boekingen.csv"
    lines = [
        "Boekingsnummer;Datum;Projectnummer;Pijler;Financier;Soort;Bedrag;Opmerking",
        "B90001;31-12-2021;K001;werken;emmen;gerealiseerd;€ 1.234,00;café",
    ]
    path.write_bytes("\r\n".join(lines).encode(encoding))
    merged = _merged(home, path)
    assert merged.sound, merged.findings
    (change,) = merged.changes
    assert change.new == "B90001, 2021-12-31, K001, werken, emmen, gerealiseerd, 1234, café"


def test_cents_are_refused_where_whole_euros_belong(home: Path, tmp_path: Path) -> None:
    path = tmp_path / "boekingen.csv"
    path.write_text(
        "Boekingsnummer;Datum;Projectnummer;Pijler;Financier;Soort;Bedrag\n"
        "B90001;31-12-2021;K001;werken;emmen;gerealiseerd;€ 1.234,50\n",
        encoding="utf-8",
    )
    (finding,) = _merged(home, path).findings
    assert finding.rule == "not_integer"
    assert finding.where == "boekingen.csv › rij 2, kolom Bedrag"


def test_what_a_file_would_break_elsewhere_is_named_by_its_cell(home: Path, tmp_path: Path) -> None:
    change = _set("Projecten", "K001", "Einde", date(2019, 1, 1))
    merged = _merged(home, _changed(home, tmp_path / "Emmen-2022.xlsx", change))
    ends = [finding for finding in merged.findings if finding.rule == "ends_before_start"]
    assert [finding.where for finding in ends] == ["Emmen-2022.xlsx › Projecten › I5"]


def test_nothing_is_written_when_a_table_cannot_be(copied: Path, home: Path, tmp_path: Path) -> None:
    path = _changed(home, tmp_path / "Emmen-2022.xlsx", _set("Metingen", "werken-3-bedrijven", "Waarde", 90))
    before = {file.name: file.read_bytes() for file in (copied / "data").glob("*.csv")}
    (copied / "data" / "metingen.csv.new").mkdir()  # in the way of the staged table
    done = run("intake", "read", str(path), "--yes", cwd=copied)
    assert done.code == 1
    assert "Nothing was changed" in done.err
    assert {file.name: file.read_bytes() for file in (copied / "data").glob("*.csv")} == before
    assert list((copied / "data" / "bronnen").iterdir()) == []


def _files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def of_two_tables(home: Path) -> merge.Merged:
    """What two tables become."""

    def change(book: Any) -> None:
        _set("Metingen", "werken-3-bedrijven", "Waarde", 90)(book)
        _set("Voortgang", "K001", "Toelichting", "anders")(book)

    merged = _merged(home, _changed(home, home.parent / "two.xlsx", change))
    assert sorted(merged.texts) == ["metingen", "voortgang"]
    return merged


@pytest.mark.parametrize("call", range(6))
def test_ctrl_c_leaves_the_tables_as_they_were(
    call: int, copied: Path, of_two_tables: merge.Merged, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = _files(copied / "data")
    done: list[object] = []

    def pressed(real: Callable[..., Any]) -> Callable[..., Any]:
        def act(*args: Any, **given: Any) -> Any:
            done.append(args)
            if len(done) == call // 2 + 1 and call % 2:
                real(*args, **given)  # just after, or in place of it
            if len(done) == call // 2 + 1:
                raise KeyboardInterrupt
            return real(*args, **given)

        return act

    monkeypatch.setattr(Path, "replace", pressed(Path.replace))
    monkeypatch.setattr(merge.shutil, "copyfile", pressed(merge.shutil.copyfile))
    with pytest.raises(KeyboardInterrupt):
        merge.write(Workspace(copied), of_two_tables)
    assert _files(copied / "data") == before


@pytest.mark.parametrize("gone", [False, True])
def test_what_somebody_saved_meanwhile_is_not_overwritten(
    gone: bool, copied: Path, of_two_tables: merge.Merged
) -> None:
    table = copied / "data" / "metingen.csv"
    if gone:
        table.unlink()
    else:
        table.write_text(table.read_text(encoding="utf-8").replace(",110,", ",111,", 1), encoding="utf-8")
    before = _files(copied / "data")
    with pytest.raises(WorkspaceError, match=r"Somebody changed metingen\.csv"):
        merge.write(Workspace(copied), of_two_tables)
    assert _files(copied / "data") == before


_SHEETS = ("Projecten", "Voortgang", "Metingen", "Financiën", "Bijdragen", "Risico's", "Mijlpalen")
_CELL = st.one_of(
    st.none(),
    st.integers(-(10**12), 10**12),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.dates(date(1990, 1, 1), date(2110, 1, 1)),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30),
    st.sampled_from(
        ["=1+1", "#REF!", "€ 1.234,50", "31-12-2021", "**x**", "<b>", "{{< var x >}}", "groen", "K002", " "]
    ),
)


@settings(max_examples=max(6, settings().max_examples // 4), deadline=None)
@given(st.data())
def test_any_change_of_a_workbook_is_a_finding_or_a_named_change(home: Path, data: st.DataObject) -> None:
    book = openpyxl.load_workbook(home.parent / "aa-en-hunze.xlsx")
    page = book[data.draw(st.sampled_from(_SHEETS))]
    cell = page.cell(data.draw(st.integers(1, 16)), data.draw(st.integers(1, 13)))
    old, value = cell.value, data.draw(_CELL)
    path = home.parent / "changed.xlsx"
    try:
        cell.value = value
        book.save(path)
    except (ValueError, openpyxl.utils.exceptions.IllegalCharacterError):
        return  # Excel itself cannot hold this value
    before = {file.name: file.read_bytes() for file in (home / "data").glob("*.csv")}
    merged = _merged(home, path)
    assert {file.name: file.read_bytes() for file in (home / "data").glob("*.csv")} == before
    places = [finding.where for finding in merged.findings] + [change.place for change in merged.changes]
    informs = cell.row >= layout.FIRST_ROW and page.cell(layout.HEADING_ROW, cell.column).value in {
        "Project", "Vorig jaar", "Omschrijving", "Eenheid",
    }  # fmt: skip
    emptied = informs and value in (None, "")
    locked_text = cell.row in (layout.TITLE_ROW, layout.EXPLANATION_ROW, layout.HEADING_ROW)
    same = old == value or str(old or "") == str(value or "").strip()
    if not (same or emptied or locked_text):
        assert places, f"{page.title} {cell.coordinate}: {old!r} became {value!r} and nobody was told"


@settings(max_examples=100, deadline=None)
@given(st.binary(min_size=1, max_size=40), st.floats(0, 1))
def test_damaged_bytes_never_become_a_traceback(home: Path, garbage: bytes, where: float) -> None:
    content = bytearray((home.parent / "aa-en-hunze.xlsx").read_bytes())
    start = int(where * (len(content) - len(garbage)))
    content[start : start + len(garbage)] = garbage
    path = home.parent / "damaged.xlsx"
    path.write_bytes(bytes(content))
    merged = _merged(home, path)
    assert merged.findings or not merged.changes


def test_what_is_typed_over_a_cell_that_informs_is_said(home: Path, tmp_path: Path) -> None:
    """Nothing that a party typed is silently dropped."""
    path = _changed(home, tmp_path / "Emmen-2022.xlsx", _set("Metingen", "werken-3-bedrijven", "Vorig jaar", 41.5))
    merged = _merged(home, path)
    assert merged.sound and not merged.changes
    (found,) = merged.findings
    assert found.rule == "typed_over" and found.value == "41.5" and "Metingen › " in found.where
    assert "Vorig jaar" in found.message("nl").what and not _merged(home, home.parent / "Emmen-2022.xlsx").findings


def test_the_same_file_twice_changes_nothing_the_second_time(copied: Path, home: Path, tmp_path: Path) -> None:
    path = _changed(home, tmp_path / "Emmen-2022.xlsx", _set("Metingen", "werken-3-bedrijven", "Waarde", 90))
    assert run("intake", "read", str(path), "--yes", cwd=copied).code == 0
    after = shutil.copytree(copied / "data", tmp_path / "after")
    assert "nothing to change" in run("intake", "read", str(path), "--yes", cwd=copied).out
    for file in after.rglob("*.csv"):
        assert file.read_bytes() == (copied / "data" / file.relative_to(after)).read_bytes()
