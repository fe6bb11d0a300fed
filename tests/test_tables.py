"""Tables are read as typed, or every wrong cell is named."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import frictionless
import pandas as pd
import pytest
from conftest import REPOSITORY, copy_workspace, run
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from voortgang.check.cells import Tables, read_tables
from voortgang.check.checked import check
from voortgang.workspace import schema
from voortgang.workspace.paths import Workspace


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_workspace(tmp_path_factory.mktemp("tables") / "deal")


def test_shipped_data_has_no_errors_and_its_gaps_and_correction_are_noticed() -> None:
    checked = check(Workspace(REPOSITORY))
    rules = ["adopted_changed"] + ["measurement_missing"] * 2
    assert sorted(each.rule for each in checked.findings) == rules
    assert {each.severity for each in checked.findings} == {"warning"}


def test_shipped_tables_conform_to_the_data_package_by_an_independent_reader() -> None:
    report = frictionless.validate(str(REPOSITORY / "data" / "datapackage.json"))
    assert report.valid, report.flatten(["rowNumber", "fieldName", "message"])


def test_data_package_is_what_the_schema_says(workspace: Path) -> None:
    assert run("datapackage", "--check", cwd=workspace).code == 0
    package = json.loads((workspace / "data" / "datapackage.json").read_text(encoding="utf-8"))
    package["resources"][0]["title"] = "x"
    (workspace / "data" / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    assert run("datapackage", "--check", cwd=workspace).code == 1


def test_every_described_table_has_a_place_in_tables() -> None:
    assert [table.name for table in schema.tables()] == list(Tables.__dataclass_fields__)


def test_example_data_is_what_the_script_writes(tmp_path: Path) -> None:
    subprocess.run([sys.executable, REPOSITORY / "scripts" / "example_data.py", tmp_path], check=True)
    for table in schema.tables():
        name = f"{table.name}.csv"
        assert (tmp_path / name).read_bytes() == (REPOSITORY / "data" / name).read_bytes(), name
    for path in tmp_path.rglob("vastgesteld/*/*.*"):
        assert path.read_bytes() == (REPOSITORY / "data" / path.relative_to(tmp_path)).read_bytes(), path


def test_rows_keep_their_spreadsheet_number() -> None:
    tables, _ = read_tables(Workspace(REPOSITORY))
    lines = (REPOSITORY / "data" / "projecten.csv").read_text(encoding="utf-8").splitlines()
    for row, project in tables.projecten.iterrows():
        assert lines[int(str(row)) - 1].startswith(project["project_id"])


def test_tables_that_are_read_again_are_as_they_are_on_disk(workspace: Path) -> None:
    before, _ = read_tables(Workspace(workspace))
    before.projecten.loc[2, "naam"] = "Een naam van wie ermee rekent"
    again, _ = read_tables(Workspace(workspace))
    assert again.projecten.loc[2, "naam"] == "Greenwise Campus"
    path = workspace / "data" / "projecten.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("Greenwise Campus", "Greenwise"), encoding="utf-8")
    after, _ = read_tables(Workspace(workspace))
    assert after.projecten.loc[2, "naam"] == "Greenwise"


WRONG = {
    "integer": ["x", "1.5", "1,5", "€ 5", "1 000", "1e3", "٣", "--1"],
    "number": ["x", "1,5", "1.", "nan", "inf", "1e400"],
    "date": ["31-12-2021", "2021-13-01", "2021-02-30", "44561", "2021-1-1"],
    "boolean": ["yes", "True", "1", "Ja"],
}


@settings(
    max_examples=2 * settings().max_examples, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_a_wrong_cell_is_named_with_its_row_and_column(scratch: Path, data: st.DataObject) -> None:
    table = data.draw(st.sampled_from(schema.tables()))
    field = data.draw(st.sampled_from([each for each in table.fields if each.type in WRONG or each.constraints.enum]))
    value = data.draw(st.sampled_from(WRONG.get(field.type, ["onbekend", "Groen", "\u200bgroen", " x", "a\nb"])))
    path = scratch / "data" / f"{table.name}.csv"
    before = path.read_bytes()
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    row = data.draw(st.integers(0, len(frame) - 1))
    frame.loc[row, field.name] = value
    frame.to_csv(path, index=False)
    try:
        _, findings = read_tables(Workspace(scratch))
    finally:
        path.write_bytes(before)
    assert any(
        (finding.file, finding.row, finding.column) == (f"data/{table.name}.csv", row + 2, field.name)
        for finding in findings
    )


@pytest.mark.parametrize(
    ("table", "column", "number"),
    [
        ("financien", "bedrag", str(2**53 + 1)),
        ("financien", "bedrag", "-" + "9" * 400),
        ("projecten", "begroot", "0" * 16),
        ("metingen", "verslagjaar", "2021" * 4),
        ("metingen", "waarde", "0.1000000000000000055"),
        ("metingen", "waarde", "1" * 16 + ".5"),
    ],
)
def test_a_number_with_too_many_digits_is_called_a_number(
    workspace: Path, table: str, column: str, number: str
) -> None:
    path = workspace / "data" / f"{table}.csv"
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    frame.loc[0, column] = number
    frame.to_csv(path, index=False)
    _, findings = read_tables(Workspace(workspace))
    errors = [(each.rule, each.row, each.column) for each in findings if each.severity == "error"]
    assert errors == [("too_many_digits", 2, column)]


@pytest.mark.parametrize("name", ["Project 🦩", "项目", "a\u200bb", "zacht\u00adkoppelteken"])
def test_what_the_report_cannot_show_is_refused_by_cell(name: str, workspace: Path) -> None:
    path = workspace / "data" / "projecten.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("Greenwise Campus", name), encoding="utf-8")
    done = run("check", cwd=workspace)
    assert done.code == 1
    assert "projecten.csv, row 2, column naam" in " ".join(done.out.replace("│", " ").split())
