"""What cannot be read has its own finding, and silences the rules that need it."""

from __future__ import annotations

from pathlib import Path

import pytest

from voortgang.check.checked import check
from voortgang.workspace.paths import Workspace


def _spoil(path: Path, how: str) -> None:
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines()
    more = lines[0].count(",")
    match how:
        case "missing":
            path.unlink()
        case "a folder":
            path.unlink()
            path.mkdir()
        case "empty":
            path.write_text("", encoding="utf-8")
        case "utf-16":
            path.write_text(text, encoding="utf-16")
        case "a stray byte":
            path.write_bytes(text.encode() + b"\xff\n")
        case "a workbook":
            path.write_bytes(b"PK\x03\x04" + bytes(100))
        case "an old workbook":
            path.write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(100))
        case "semicolons":
            path.write_text(text.replace(",", ";"), encoding="utf-8")
        case "no rows":
            path.write_text(lines[0] + "\n", encoding="utf-8")
        case "a title above":
            path.write_text(f"Tabel van het bureau\n\n{text}", encoding="utf-8")
        case "empty rows":
            path.write_text(f"{text}{',' * more}\n{',' * more}\n\n", encoding="utf-8")
        case "an empty column":
            path.write_text("".join(f"{line},\n" for line in lines), encoding="utf-8")
        case "a column twice":
            path.write_text("".join(f"{line},{line.split(',')[-1]}\n" for line in lines), encoding="utf-8")
        case "the headings twice more":
            head, *rows = text.splitlines(keepends=True)
            path.write_text("".join([head, *rows[:20], head, *rows[20:], head]), encoding="utf-8")
        case "a total":
            path.write_text(f"{text}Totaal{',' * more}\n", encoding="utf-8")
        case "a total without its word":
            path.write_text(f"{text}{',' * (more - 1)}300,\n", encoding="utf-8")
        case "a remark below":
            path.write_text(f"{text}Stand van 1 mei{',' * more}\n", encoding="utf-8")


RULES = {
    "missing": "table_missing",
    "a folder": "table_missing",
    "empty": "empty_file",
    "utf-16": "not_utf8",
    "a stray byte": "not_utf8",
    "a workbook": "table_is_workbook",
    "an old workbook": "table_is_workbook",
    "semicolons": "table_delimiter",
    "no rows": "table_without_rows",
    "a title above": "ragged_row",
    "empty rows": "row_empty",
    "an empty column": "column_without_heading",
    "a column twice": "heading_twice",
    "the headings twice more": "row_headings",
    "a total": "row_total",
    "a total without its word": "row_no_record",
    "a remark below": "row_no_record",
}


@pytest.mark.sampled(1)
@pytest.mark.parametrize("table", ["projecten", "metingen"])
def test_a_table_that_cannot_be_read_has_one_finding_and_nothing_follows_from_it(workspace: Path, table: str) -> None:
    path = workspace / "data" / f"{table}.csv"
    before = path.read_bytes()
    known = {(each.file, each.rule, each.value) for each in check(Workspace(workspace)).findings}
    for how, rule in RULES.items():
        _spoil(path, how)
        checked = check(Workspace(workspace))
        new = [each for each in checked.findings if (each.file, each.rule, each.value) not in known]
        errors = [each for each in new if each.severity == "error"]
        # Without rows, each adopted year has lost them; and in the deal as a whole the money was not used.
        gone = {"adopted_gone", "raise_not_used"} if how == "no rows" else set()
        assert {each.rule for each in new if each.severity == "warning"} <= gone, (how, new)
        # Nothing refers to a measurement: without any there is no more to say.
        wanted = [] if (how, table) == ("no rows", "metingen") else [rule]
        assert [each.rule for each in errors] == wanted, (how, errors)
        assert all(each.file == f"data/{table}.csv" and "Unnamed" not in each.column for each in errors), (how, errors)
        if path.is_dir():
            path.rmdir()
        path.write_bytes(before)


def test_a_record_that_lacks_a_cell_is_told_which(workspace: Path) -> None:
    path = workspace / "data" / "begroting.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("werken,19200000,2019-01-01,convenant art. 5 lid 1", "werken,19200000,2019-01-01,", 1))
    (found,) = [each for each in check(Workspace(workspace)).findings if each.severity == "error"]
    assert (found.rule, found.row, found.column) == ("empty_cell", 2, "besluit")


def test_names_that_are_no_year_are_said_and_nothing_reads_them(workspace: Path) -> None:
    names = ["parameters/2021-oud.yml", "parameters/2021 (kopie).yml", "parameters/2021.yaml"]
    for name in names:
        (workspace / name).write_text("geen jaar", encoding="utf-8")
    (workspace / "data" / "vastgesteld" / "2020-oud").mkdir(parents=True)
    checked = check(Workspace(workspace))
    said = [each.file for each in checked.findings if each.rule == "file_stray"]
    assert sorted(said) == sorted([*names, "data/vastgesteld/2020-oud"])
    assert Workspace(workspace).periods() == [2019, 2020, "2021-06-30", 2021, 2022, 2023]
