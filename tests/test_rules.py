"""Each rule of `check` that no other test names: a workspace that breaks it, and the place that the finding names."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest
import sent_workbook
from conftest import REPOSITORY

from voortgang.check import findings
from voortgang.check.checked import check
from voortgang.check.data import Data
from voortgang.check.narrative import LONGEST
from voortgang.intake import dutch_csv
from voortgang.workspace.paths import Workspace
from voortgang.workspace.yaml_model import load_trusted

_MESSAGES = Path(findings.__file__).with_name("messages.yml")
_WHOLE = b""
"""In place of the bytes to replace: all that the file holds."""

CASES = {
    "no_shape": ("data/projecten.csv", b"IT Hub", "IT Hub \N{ROCKET}".encode(), "row 3, column naam"),
    "not_date": ("data/metingen.csv", b",2019-12-31,", b",31-12-2019,", "row 2, column peildatum"),
    "no_such_day": ("data/metingen.csv", b",2019-12-31,", b",2019-02-30,", "row 2, column peildatum"),
    "too_long": ("data/projecten.csv", b"IT Hub", b"IT Hub " * 600, "row 3, column naam"),
    "out_of_range": ("data/projecten.csv", b",3100000,", b",-3100000,", "row 2, column begroot"),
    "not_utf8": ("data/overleggen.csv", b"Offici\xc3\xable", b"Offici\xeble", "overleggen.csv"),
    "empty_file": ("data/overleggen.csv", _WHOLE, b"", "overleggen.csv"),
    "ragged_row": ("data/overleggen.csv", b"2020-03-11,", b"2020-03-11,x,y,", "overleggen.csv, row 3"),
    "short_row": ("data/begroting.csv", b"wonen,14400000,2019-01-01", b"wonen\nwonen,14400000,2019-01-01", "row 3"),
    "unknown_column": ("data/overleggen.csv", b"onderwerp", b"ondrwerp", "row 1, column ondrwerp"),
    "missing_column": (
        "data/overleggen.csv",
        _WHOLE,
        b"datum,onderwerp,bron\n2019-11-14,Start,voorbeelddata\n",
        "row 1, column besluit",
    ),
    "text_without_shape": ("data/toelichting/2021/werken.md", b"De ", "De \N{ROCKET} ".encode(), "werken.md, row 1"),
    "text_not_utf8": ("data/toelichting/2021/werken.md", b"De ", b"De \x81\x8d ", "werken.md, row 1"),
    "narrative_long": ("data/toelichting/2021/werken.md", _WHOLE, b"De tekst.\n" * (LONGEST // 9), "werken.md"),
    "theme_of_other_pillar": ("data/projecten.csv", b"werken,innoveren,emmen", b"wonen,innoveren,emmen", "row 2, column thema"),
    "booking_on_other_pillar": ("data/financien.csv", b",K001,werken,", b",K001,wonen,", "column pijler"),
    "booking_without_project": ("data/financien.csv", b",K001,werken,", b",,werken,", "column project_id"),
    "sum_is_measured": ("data/metingen.csv", b"werken-1-netwerken,2019,,htsm", b"werken-4-transitie,2019,,", "column indicator_id"),
    "wrong_scope": ("data/metingen.csv", b"werken-1-netwerken,2019,,htsm", b"werken-1-netwerken,2019,emmen,htsm", "row 2, column gemeente"),
    "budget_differs": ("data/begroting.csv", b"werken,19200000,2019-01-01", b"werken,19300000,2019-01-01", "row 2, column bedrag"),
    "budget_lacks_line": ("data/begroting.csv", b"overhead,1600000,2019-01-01,convenant art. 5 lid 1,convenant art. 5 lid 1\n", b"", "begroting.csv"),
    "risk_outside_deal": ("data/risicos.csv", b"R001,2019-12-31,", b"R001,2018-12-31,", "row 2, column peildatum"),
    "risk_on_other_pillar": ("data/risicos.csv", b",werken,K010,", b",wonen,K010,", "column pijler"),
    "risk_twice": ("data/risicos.csv", b"R002,2019-12-31,welzijn,,Nulmetingen zijn niet te vergelijken", b"R002,2019-12-31,welzijn,,Projecten vinden te weinig Personeel", "column gebeurtenis"),
    "milestone_reached_later": ("data/mijlpalen.csv", b"2020-12-31,2020-03-31,2020-09-15", b"2020-12-31,2020-03-31,2021-09-15", "column gehaald"),
    "adopted_added": ("data/metingen.csv", b"werken-1-netwerken,2019,,htsm", b"werken-1-deelnemers,2019,emmen,,4,2019-06-30,definitief,,,voorbeelddata\nwerken-1-netwerken,2019,,htsm", "metingen.csv, row"),
}  # fmt: skip


def _broken(workspace: Path, file: str, old: bytes, new: bytes) -> None:
    before = (workspace / file).read_bytes()
    assert old in before
    (workspace / file).write_bytes(new if old == _WHOLE else before.replace(old, new, 1))


def _places(workspace: Path, rule: str) -> list[str]:
    found = [each for each in check(Workspace(workspace)).findings if each.rule == rule]
    for each in found:
        for language in ("en", "nl"):
            assert all(text and not re.search(r"\{\w*\}", text) for text in each.message(language))
    return [each.where for each in found]


def test_the_example_breaks_none_of_them() -> None:
    assert {each.rule for each in check(Workspace(REPOSITORY)).findings}.isdisjoint(CASES)


@pytest.mark.parametrize("rule", CASES)
def test_each_rule_finds_what_breaks_it_and_names_its_place(rule: str, workspace: Path) -> None:
    file, old, new, place = CASES[rule]
    _broken(workspace, file, old, new)
    assert any(place in where for where in _places(workspace, rule))


def test_a_missing_table_is_named(workspace: Path) -> None:
    (workspace / "data" / "overleggen.csv").unlink()
    assert _places(workspace, "table_missing") == ["data/overleggen.csv"]


def test_a_table_that_is_no_file_is_named(workspace: Path) -> None:
    file = workspace / "data" / "toelichting" / "2021" / "werken.md"
    file.unlink()
    file.mkdir()
    assert _places(workspace, "unreadable") == ["data/toelichting/2021/werken.md"]


def test_rows_of_a_party_that_was_none_yet_are_named(workspace: Path) -> None:
    joins = b"amendments:\n- {date: 2021-07-01, kind: toetreding, summary: Emmen treedt toe., article: '12'}\nbudget:\n"
    _broken(workspace, "data/deal.yml", b"  - id: emmen\n", b"  - id: emmen\n    joined: 2021-07-01\n")
    _broken(workspace, "data/deal.yml", b"budget:\n", joins)
    assert any("bijdragen.csv" in where for where in _places(workspace, "party_outside"))


@pytest.mark.parametrize(
    ("rule", "name"), [("file_name", "a:b.md"), ("file_name", "nul.md"), ("file_name_twice", "WERKEN.md")]
)
def test_a_name_that_another_computer_cannot_hold_is_named(rule: str, name: str, workspace: Path) -> None:
    file = workspace / "data" / "toelichting" / "2021" / name
    file.write_text("Tekst.\n", encoding="utf-8")
    assert any(Path(where).name.casefold() == name.casefold() for where in _places(workspace, rule))


_MEASURED = "Indicator;Verslagjaar;Gemeente;Sector;Waarde;Peildatum;Status;Opmerking"
SUBMITTED = {
    "csv_table": b"Naam;Adres;Woonplaats\nA;B;C\n",
    "csv_letters": f"{_MEASURED}\nwerken-1-deelnemers;2021;emmen;;4;31-12-2021;definitief;".encode() + b"caf\xc3\xa9 caf\xe9\n",
    "csv_heading": _MEASURED.replace("Waarde", "Waarden").encode() + b"\n",
    "csv_column_missing": _MEASURED.replace("Peildatum;", "").encode() + b"\nwerken-1-deelnemers;2021;emmen;;4;definitief;\n",
}  # fmt: skip


@pytest.mark.parametrize("rule", SUBMITTED)
def test_each_rule_finds_what_breaks_it_in_a_file_of_a_party(rule: str, tmp_path: Path) -> None:
    file = tmp_path / "sent.csv"
    file.write_bytes(SUBMITTED[rule])
    found = [each for each in dutch_csv.read_csv(file).findings if each.rule == rule]
    assert found and found[0].where.startswith("sent.csv")


def test_a_file_of_a_party_that_cannot_be_read_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path, *_: object) -> int:
        raise PermissionError(13, "Permission denied", str(path))

    (tmp_path / "sent.csv").touch()
    with monkeypatch.context() as context:
        context.setattr(os, "open", refuse)  # root may read everything
        (found,) = dutch_csv.read_csv(tmp_path / "sent.csv").findings
    assert found.rule == "not_readable"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Data:
    return sent_workbook.checked(tmp_path_factory.mktemp("sent"))


@pytest.mark.parametrize(
    ("rule", "lost", "place"),
    [("heading_missing", ["Waarde"], "Metingen › 4:4"), ("headings_gone", None, "Metingen")],
)
def test_a_sheet_without_headings_is_named(
    rule: str, lost: list[str] | None, place: str, data: Data, tmp_path: Path
) -> None:
    def lose(book: Any) -> None:
        headings = next(row for row in book["Metingen"].iter_rows() if any(cell.value == "Waarde" for cell in row))
        for cell in headings:
            if lost is None or cell.value in lost:
                cell.value = None

    read = sent_workbook.read(data, tmp_path / "Emmen-2022.xlsx", lose)
    found = [each for each in read.findings if each.rule == rule]
    assert found and place in found[0].where


def test_every_rule_is_named_by_a_test() -> None:
    written = "".join(file.read_text(encoding="utf-8") for file in Path(__file__).parent.rglob("*.py"))
    assert load_trusted(_MESSAGES).keys() - set(re.findall(r"\w+", written)) == set()
