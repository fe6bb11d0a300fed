"""No text of a CSV file becomes a formula in a spreadsheet program, and every text is read back as it was."""

from __future__ import annotations

import csv
import re
import shutil
from datetime import date
from io import StringIO
from pathlib import Path

from conftest import REPOSITORY
from hypothesis import given
from hypothesis import strategies as st

from voortgang.check import adopted
from voortgang.check.cells import read_tables
from voortgang.intake import merge
from voortgang.publish.rows_behind import PublicTable
from voortgang.workspace import schema
from voortgang.workspace.decision import Decision
from voortgang.workspace.paths import Workspace
from voortgang.writing.spreadsheet import marked, unmarked

HOSTILE = (
    "=1+1",
    "+31 6 12345678",
    "-3 woningen",
    "@naam",
    "=HYPERLINK(1)",
    "'=al gemerkt",
    "''=twee",
    "'s-Gravenhage",
)
_FORMULA = re.compile(r"[=+@\t\r-]")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")


@given(st.text(alphabet="'=+-@a1 \t", max_size=8))
def test_marking_is_undone_and_leaves_no_formula(text: str) -> None:
    assert unmarked(marked(text)) == text
    assert not _FORMULA.match(marked(text))


def _texts(content: str) -> list[str]:
    return [cell for row in csv.reader(StringIO(content)) for cell in row]


def _workspace(tmp_path: Path, text: str) -> Workspace:
    shutil.copytree(REPOSITORY / "data", tmp_path / "data", ignore=shutil.ignore_patterns("vastgesteld"))
    path = tmp_path / "data" / "financien.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    row = lines[1].rstrip("\n").split(",")
    row[6], row[7] = "-155000", '"' + text.replace('"', '""') + '"'
    path.write_text("".join([lines[0], ",".join(row) + "\n", *lines[2:]]), encoding="utf-8")
    return Workspace(tmp_path)


def test_a_hostile_remark_goes_round_and_its_amount_stays_a_number(tmp_path: Path) -> None:
    table = schema.table("financien")
    for number, text in enumerate(HOSTILE):
        workspace = _workspace(tmp_path / str(number), marked(text))
        tables, findings = read_tables(workspace)
        assert not findings
        assert tables.financien.loc[2, "opmerking"] == text
        published = PublicTable("financien", tables.financien.loc[[2]]).csv()
        written = merge._written(table, merge._rows(workspace.table("financien").read_bytes(), table)[:1])
        for content in (published, written):
            assert "-155000" in _texts(content)
            assert [cell for cell in _texts(content) if _FORMULA.match(cell) and not _NUMBER.fullmatch(cell)] == []
            assert text in map(unmarked, _texts(content))


def test_an_unmarked_text_in_the_tables_is_the_same_text(tmp_path: Path) -> None:
    workspace = _workspace(tmp_path / "a", "=1+1")
    tables, findings = read_tables(workspace)
    assert not findings and tables.financien.loc[2, "opmerking"] == "=1+1"
    (tmp_path / "a" / "parameters").mkdir()
    shutil.copy(REPOSITORY / "parameters" / "2019.yml", tmp_path / "a" / "parameters")
    adopted.adopt(workspace, 2019, Decision(body="b", date=date(2020, 9, 1), number="1", people=("p",)))
    kept = (workspace.adopted(2019) / "financien.csv").read_text(encoding="utf-8")
    assert "'=1+1" in kept and ",-155000," in kept
    assert list(adopted.changes(workspace)) == []
