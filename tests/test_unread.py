"""What cannot be read has its own finding, and silences the rules that need it."""

from __future__ import annotations

from pathlib import Path

import pytest

from voortgang.check.checked import check
from voortgang.workspace.paths import Workspace


def _spoil(path: Path, how: str) -> None:
    text = path.read_text(encoding="utf-8")
    match how:
        case "missing":
            path.unlink()
        case "empty":
            path.write_text("", encoding="utf-8")
        case "utf-16":
            path.write_text(text, encoding="utf-16")
        case "semicolons":
            path.write_text(text.replace(",", ";"), encoding="utf-8")
        case "no rows":
            path.write_text(text.splitlines()[0] + "\n", encoding="utf-8")


@pytest.mark.parametrize("how", ["missing", "empty", "utf-16", "semicolons", "no rows"])
@pytest.mark.parametrize("table", ["projecten", "voortgang", "metingen", "financien", "begroting"])
def test_a_table_that_cannot_be_read_has_a_few_findings_and_no_fault(workspace: Path, table: str, how: str) -> None:
    _spoil(workspace / "data" / f"{table}.csv", how)
    checked = check(Workspace(workspace))
    errors = [each for each in checked.findings if each.severity == "error"]
    assert how == "no rows" or any(each.file == f"data/{table}.csv" for each in errors)
    assert len(errors) <= 60


def test_names_that_are_no_year_are_said_and_nothing_reads_them(workspace: Path) -> None:
    names = ["parameters/2021-oud.yml", "parameters/2021 (kopie).yml", "parameters/2021.yaml"]
    for name in names:
        (workspace / name).write_text("geen jaar", encoding="utf-8")
    (workspace / "data" / "vastgesteld" / "2020-oud").mkdir(parents=True)
    checked = check(Workspace(workspace))
    said = [each.file for each in checked.findings if each.rule == "file_stray"]
    assert sorted(said) == sorted([*names, "data/vastgesteld/2020-oud"])
    assert Workspace(workspace).periods() == [2019, 2020, "2021-06-30", 2021, 2022, 2023]
