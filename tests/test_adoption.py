"""A report that is adopted has a copy of its figures, and says who decided that; what changes after it is noticed."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from conftest import run
from documents import html_text
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from voortgang.check import adopted
from voortgang.check.checked import check
from voortgang.check.findings import Finding
from voortgang.errors import WorkspaceError
from voortgang.workspace.decision import Decision, read_decision
from voortgang.workspace.parameters import Parameters
from voortgang.workspace.paths import Workspace
from voortgang.writing import clock

Edit = Callable[[str, str, str], None]
DECISION = ("--body", "de stuurgroep", "--date", "2022-09-15", "--number", "2022-12")
ONE = (*DECISION, "--by", "A. de Vries")


def _errors(workspace: Path) -> list[Finding]:
    return [each for each in check(Workspace(workspace)).findings if each.severity == "error"]


def test_figures_of_an_adopted_year_are_kept(workspace: Path, edit: Edit) -> None:
    shutil.rmtree(workspace / "data" / "vastgesteld" / "2021")
    (missing,) = _errors(workspace)
    assert (missing.rule, missing.file) == ("not_adopted", "parameters/2021.yml")
    assert run("build", "2021", cwd=workspace).code == 1
    assert run("adopt", "2023", *ONE, cwd=workspace).code == 1  # a draft is not adopted
    assert run("adopt", "2021", cwd=workspace).code != 0  # nobody decided
    assert run("adopt", "2021", *ONE, cwd=workspace).code == 0
    assert "adopted before" in run("adopt", "2021", *ONE, cwd=workspace).err
    assert _errors(workspace) == []
    assert read_decision(Workspace(workspace), 2021) == Decision(
        body="de stuurgroep", date=date(2022, 9, 15), number="2022-12", people=("A. de Vries",)
    )
    edit("data/metingen.csv", "werken-3-bedrijven,2021,emmen,,60", "werken-3-bedrijven,2021,emmen,,61")
    edit("data/metingen.csv", "werken-3-bedrijven,2022,emmen,,92", "werken-3-bedrijven,2022,emmen,,93")
    changed = [each for each in check(Workspace(workspace)).findings if each.rule == "adopted_changed"]
    (finding,) = [each for each in changed if dict(each.details)["year"] == "2021"]
    assert finding.message().what.endswith("60 became 61.")
    assert finding.column == "waarde"
    edit("data/overleggen.csv", "2019-11-14", "2019-11-15")  # no figure about a year
    lines = (workspace / "data" / "bijdragen.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith("emmen,2021")]
    (workspace / "data" / "bijdragen.csv").write_text("".join(kept), encoding="utf-8")
    assert sum(each.rule == "adopted_removed" for each in check(Workspace(workspace)).findings) == 1


def test_four_eyes_are_two_people(workspace: Path, edit: Edit) -> None:
    shutil.rmtree(workspace / "data" / "vastgesteld" / "2021")
    edit("parameters/2021.yml", "status: vastgesteld", "four_eyes: true\nstatus: vastgesteld")
    refused = run("adopt", "2021", *ONE, cwd=workspace)
    assert refused.code == 1 and "four eyes" in refused.err
    assert not (workspace / "data" / "vastgesteld" / "2021").exists()
    twice = run("adopt", "2021", *ONE, "--by", "a. de  vries", cwd=workspace)
    assert twice.code == 1 and "the same person is named twice" in twice.err
    assert run("adopt", "2021", *ONE, "--by", "B. Jansen", cwd=workspace).code == 0
    assert _errors(workspace) == []
    edit("data/vastgesteld/2021/besluit.yml", "- B. Jansen\n", "")
    assert [each.rule for each in _errors(workspace)] == ["one_pair_of_eyes"]


@pytest.mark.parametrize("lost", ["besluit.yml", "metingen.csv"])
def test_a_copy_that_is_not_whole_is_an_error(workspace: Path, lost: str) -> None:
    (workspace / "data" / "vastgesteld" / "2021" / lost).unlink()
    (finding,) = _errors(workspace)
    assert finding.file == f"data/vastgesteld/2021/{lost}"
    assert finding.rule == ("adopted_without_decision" if lost == "besluit.yml" else "adopted_copy_missing")


@pytest.mark.parametrize(
    ("change", "row"),
    [
        (lambda text: b"", 0),
        (lambda text: b"\xff\xfe" + text, 0),
        (lambda text: text.replace(b"emmen", "Emmén".encode("latin-1")), 0),
        (lambda text: text.replace(b",", b";"), 1),  # as a Dutch spreadsheet saves it
        (lambda text: text.replace(b"bedrag", b"Bedrag", 1), 1),
        (lambda text: text.partition(b"\n")[2], 1),
        (lambda text: text + b"lnv,2020-12-31\n", None),
        (lambda text: text + b"<<<<<<< HEAD\n", None),
        (lambda text: text + text.splitlines()[1].replace(b"2020-", b"2021-") + b"\n", None),
    ],
)
def test_a_copy_that_is_no_longer_what_was_kept_is_an_error(
    workspace: Path, change: Callable[[bytes], bytes], row: int | None
) -> None:
    """Read as far as it goes, it would make a correction of every figure."""
    kept = workspace / "data" / "vastgesteld" / "2020" / "bijdragen.csv"
    was = kept.read_bytes()
    kept.write_bytes(change(was))
    (finding,) = _errors(workspace)
    assert (finding.rule, finding.file) == ("adopted_copy_unfit", "data/vastgesteld/2020/bijdragen.csv")
    assert finding.row == (len(was.splitlines()) + 1 if row is None else row)
    assert not [each for each in check(Workspace(workspace)).findings if each.file == "data/bijdragen.csv"]


@pytest.mark.parametrize("change", [lambda text: text + b"\n\n", lambda text: text.replace(b"\n", b"\r\n")])
def test_what_git_or_an_editor_does_to_a_copy_is_no_change(workspace: Path, change: Callable[[bytes], bytes]) -> None:
    for kept in (workspace / "data" / "vastgesteld").glob("*/*.csv"):
        kept.write_bytes(change(kept.read_bytes()))
    assert _errors(workspace) == []


def test_a_decision_that_says_too_little_is_named(workspace: Path, edit: Edit) -> None:
    edit("data/vastgesteld/2021/besluit.yml", "number: 2022-12\n", "")
    done = run("check", cwd=workspace)
    assert done.code == 1
    assert "data/vastgesteld/2021/besluit.yml" in done.err and "number" in done.err


@given(st.integers(-400, 400), st.integers(1, 3), st.booleans())
def test_a_decision_fits_its_report_from_the_reference_date(days: int, people: int, four_eyes: bool) -> None:
    parameters = Parameters(year=2021, reference_date=date(2021, 12, 31), status="vastgesteld", four_eyes=four_eyes)
    decision = Decision(
        body="de stuurgroep",
        date=date(2021, 12, 31) + timedelta(days),
        number="1",
        people=tuple(f"Persoon {number}" for number in range(people)),
    )
    rules = {rule for rule, _ in adopted._misfits(parameters, decision)}
    assert ("decided_too_early" in rules) == (days < 0)
    assert ("one_pair_of_eyes" in rules) == (four_eyes and people == 1)


def test_a_decision_is_of_a_day_that_has_come(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its title page would say that a meeting of next year has adopted the report."""
    shutil.rmtree(workspace / "data" / "vastgesteld" / "2021")
    monkeypatch.setattr(clock, "latest_day", lambda: date(2022, 9, 15))

    def decided(day: date) -> Decision:
        return Decision(body="de stuurgroep", date=day, number="2022-12", people=("A. de Vries",))

    with pytest.raises(WorkspaceError, match="2022-09-16, a day that has not come"):
        adopted.adopt(Workspace(workspace), 2021, decided(date(2022, 9, 16)))
    assert not (workspace / "data" / "vastgesteld" / "2021").exists()
    adopted.adopt(Workspace(workspace), 2021, decided(date(2022, 9, 15)))
    assert _errors(workspace) == []


@pytest.mark.parametrize(
    ("now", "day"), [("2021-12-31T09:59", date(2021, 12, 31)), ("2021-12-31T10:00", date(2022, 1, 1))]
)
def test_a_day_has_come_when_it_has_begun_anywhere(monkeypatch: pytest.MonkeyPatch, now: str, day: date) -> None:
    """At midnight, and on the islands where a day begins first, who signs today signs no day ahead."""
    fixed = SimpleNamespace(now=lambda zone: datetime.fromisoformat(now).replace(tzinfo=zone))
    monkeypatch.setattr(clock, "datetime", fixed)
    assert clock.latest_day() == day


@pytest.mark.parametrize("status", ["concept", "besproken"])
def test_a_report_that_was_adopted_and_is_not_called_so_is_named(workspace: Path, edit: Edit, status: str) -> None:
    edit("parameters/2021.yml", "status: vastgesteld", f"status: {status}")
    found = [each for each in check(Workspace(workspace)).findings if each.rule == "adopted_by_figures"]
    assert [(each.file, each.value, each.severity) for each in found] == [("parameters/2021.yml", status, "warning")]


@pytest.mark.parametrize("wrong", ["", " ", "twee\nregels", "x" * 121])
def test_a_decision_is_short_text_on_one_line(wrong: str) -> None:
    with pytest.raises(ValidationError):
        Decision(body=wrong, date=date(2022, 1, 1), number="1", people=("A",))


def test_report_and_manifest_say_who_decided(reports: Path) -> None:
    text = html_text(reports / "2021" / "voortgangsrapportage-2021.html")
    assert "vastgesteld door de stuurgroep op 15 september 2022, besluit 2022-12" in text
    manifest = json.loads((reports / "2021" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["vaststelling"]["number"] == "2022-12"
    assert len(manifest["vaststelling"]["people"]) == 2
    manifest = json.loads((reports / "2022" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["vaststelling"] is None
    assert "vastgesteld door" not in html_text(reports / "2022" / "voortgangsrapportage-2022.html")
