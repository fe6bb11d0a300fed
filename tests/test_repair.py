"""The bureau's own tables after a spreadsheet program saved them."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import copy_workspace, run

from voortgang.check.checked import check
from voortgang.errors import VoortgangError
from voortgang.intake.repair import repair
from voortgang.workspace.paths import Workspace


def _semicolons(text: str) -> bytes:
    target = io.StringIO(newline="")
    rows = list(csv.reader(io.StringIO(text)))
    value, day = rows[0].index("waarde"), rows[0].index("peildatum")
    for row in rows[1:]:
        row[value] = row[value].replace(".", ",")
        row[day] = "-".join(reversed(row[day].split("-")))
    csv.writer(target, delimiter=";").writerows(rows)
    return target.getvalue().encode("cp1252")


def _column_a(text: str) -> bytes:
    target = io.StringIO(newline="")
    csv.writer(target, quoting=csv.QUOTE_ALL).writerows([[line] for line in text.splitlines()])
    return target.getvalue().encode()


@pytest.mark.parametrize(
    ("saved", "rule"), [(_semicolons, "table_delimiter"), (_column_a, "table_in_column_a")], ids=["semicolons", "A"]
)
def test_a_table_that_excel_saved_is_one_finding_and_is_mended(
    saved: Callable[[str], bytes], rule: str, tmp_path: Path
) -> None:
    root = copy_workspace(tmp_path / "deal")
    path = root / "data" / "metingen.csv"
    before = path.read_text(encoding="utf-8")
    path.write_bytes(saved(before))
    assert [finding.rule for finding in check(Workspace(root)).findings if finding.severity == "error"] == [rule]
    mended = repair(path)
    assert not mended.findings and mended.difference
    mended.write()
    assert path.read_text(encoding="utf-8") == before.replace(",3.0,", ",3,")  # one figure, in its shortest form


def test_an_open_quotation_mark_is_one_finding_with_its_row(tmp_path: Path) -> None:
    root = copy_workspace(tmp_path / "deal")
    path = root / "data" / "financien.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    lines[50] = ",".join([*lines[50].split(",")[:-2], '"open', "x"])
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    (found,) = [finding for finding in check(Workspace(root)).findings if finding.severity == "error"]
    assert (found.rule, found.row) == ("table_quote", 51)


def test_what_somebody_saved_meanwhile_is_not_overwritten(workspace: Path) -> None:
    table = workspace / "data" / "metingen.csv"
    table.write_bytes(_semicolons(table.read_text(encoding="utf-8")))
    mended = repair(table)
    table.write_bytes(table.read_bytes().replace(b";110;", b";111;", 1))
    before = table.read_bytes()
    with pytest.raises(VoortgangError, match="Somebody changed the file"):
        mended.write()
    assert table.read_bytes() == before
    repair(table).write()
    assert b",111," in table.read_bytes()


def test_a_repair_is_shown_before_it_is_made(workspace: Path) -> None:
    path = workspace / "data" / "metingen.csv"
    before = path.read_text(encoding="utf-8")
    path.write_bytes(_semicolons(before))
    broken = path.read_bytes()
    shown = run("tables", "repair", "data/metingen.csv", cwd=workspace)
    assert shown.code == 0 and "--yes" in shown.out and path.read_bytes() == broken
    assert run("tables", "repair", "data/metingen.csv", "--yes", cwd=workspace).code == 0
    assert path.read_text(encoding="utf-8") == before.replace(",3.0,", ",3,")  # one figure, in its shortest form
