"""What was agreed when a report was adopted is kept with it; what is written over it later is noticed."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from conftest import copy_workspace
from rows import with_rows

from voortgang.check import adopted, adopted_agreements
from voortgang.check.checked import check
from voortgang.check.data import Data
from voortgang.check.public_copy import public_copy
from voortgang.workspace.deal import Deal
from voortgang.workspace.deal_parts import Amendment, TargetChange
from voortgang.workspace.decision import Decision
from voortgang.workspace.parameters import read_parameters
from voortgang.workspace.paths import Workspace


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Data:
    workspace = Workspace(copy_workspace(tmp_path_factory.mktemp("agreed") / "deal"))
    shutil.rmtree(workspace.adopted(2021))
    decision = Decision(body="de stuurgroep", date=date(2022, 9, 15), number="1", people=("A", "B"))
    adopted.adopt(workspace, 2021, decision)
    found = check(workspace)
    assert not [each for each in found.findings if each.rule in {"adopted_agreement", "adopted_project"}]
    return found.require_sound()


def _indicator(**changed: object) -> Callable[[Deal], Deal]:
    def change(deal: Deal) -> Deal:
        results = [
            result.model_copy(
                update={
                    "indicators": tuple(
                        each.model_copy(update=changed) if each.id == "werken-3-bedrijven" else each
                        for each in result.indicators
                    )
                }
            )
            for result in deal.results
        ]
        return deal.model_copy(update={"results": tuple(results)})

    return change


def _to(target: int, day: date) -> Callable[[Deal], Deal]:
    return _indicator(target_changes=(TargetChange(date=day, target=target),))


def _until(end: date, decided: date) -> Callable[[Deal], Deal]:
    longer = Amendment.model_validate(
        {"date": decided, "kind": "verlenging", "summary": "Y", "article": "17", "end": end}
    )
    return lambda deal: deal.model_copy(update={"amendments": (longer,)})


NAME = "Bedrijven betrokken bij de innovatieomgevingen"


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lambda deal: deal, []),
        (_indicator(target=250), [(NAME, "doelwaarde", "300", "250")]),
        (_indicator(target_year=2023), [(NAME, "doeljaar", "2022", "2023")]),
        (_indicator(baseline=7.5), [(NAME, "nulwaarde", "0", "7,5")]),
        (_indicator(id="anders"), [("werken-3-bedrijven", "doelwaarde", "300", "–")]),
        (_to(250, date(2022, 1, 1)), []),
        (_to(250, date(2021, 12, 31)), [(NAME, "doelwaarde", "300", "250")]),
        (_until(date(2025, 12, 31), date(2022, 1, 1)), []),
        (_until(date(2025, 12, 31), date(2021, 12, 31)), [("deal", "einde", "2023-12-31", "2025-12-31")]),
    ],
)
def test_what_was_agreed_then_is_noticed_when_it_changes(
    data: Data, change: Callable[[Deal], Deal], found: list[tuple[str, str, str, str]]
) -> None:
    told = [dict(each.details) for each in adopted_agreements.changes(replace(data, deal=change(data.deal)))]
    said = {(each["about"], each["what"], each["before"], each["now"]) for each in told}
    assert {(data.deal.name if about == "deal" else about, *rest) for about, *rest in found} <= said
    assert bool(said) == bool(found)
    assert all(each["year"] == "2021" for each in told)


@pytest.mark.parametrize(("day", "count"), [("2021-12-31", 1), ("2022-01-01", 0)])
def test_a_budget_has_its_own_day(data: Data, day: str, count: int) -> None:
    rows = data.tables.begroting.to_dict("records")
    (last,) = (each for each in rows[:4] if each["pijler"] == "overhead")
    changed = with_rows(data, begroting=[*rows, last | {"bedrag": 1, "geldig_vanaf": date.fromisoformat(day)}])
    assert [each.file for each in adopted_agreements.changes(changed)] == ["data/begroting.csv"] * count


def _project(key: str, **changed: object) -> Callable[[list[dict[str, Any]]], list[dict[str, Any]]]:
    return lambda rows: [each | changed if each["project_id"] == key else each for each in rows]


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lambda rows: rows, []),
        (_project("K001", naam="Anders", vertrouwelijk=True), []),
        (_project("K001", begroot=3_000_000), [("K001", "begroot 3100000 → 3000000")]),
        (
            _project("K001", pijler="wonen", gemeenten=(), einde=pd.Timestamp(2024, 1, 1)),
            [("K001", "pijler werken → wonen; gemeenten emmen → –; einde 2023-06-30 → 2024-01-01")],
        ),
        # A report knows a project from its first day.
        (_project("K001", start=pd.Timestamp(2022, 1, 1)), [("K001", "pijler werken → –; begroot 3100000 → –")]),
        (lambda rows: rows[1:], [("K001", "pijler werken → –; begroot 3100000 → –")]),
        (lambda rows: [*rows, rows[0] | {"project_id": "K900"}], [("K900", "pijler – → werken; begroot – → 3100000")]),
        (lambda rows: [*rows, rows[0] | {"project_id": "K900", "start": pd.Timestamp(2022, 1, 1)}], []),
    ],
)
def test_a_project_that_was_another_is_noticed(
    data: Data, change: Callable[[list[dict[str, Any]]], list[dict[str, Any]]], found: list[tuple[str, str]]
) -> None:
    changed = with_rows(data, projecten=change(data.tables.projecten.to_dict("records")))
    told = [dict(each.details) for each in adopted_agreements.changed_projects(changed)]
    assert [(each["project"], each["changes"]) for each in told] == found
    assert {each["year"] for each in told} <= {"2021"}


def test_the_copy_of_a_public_edition_tells_of_no_project(data: Data, tmp_path: Path) -> None:
    rows = _project("K001", vertrouwelijk=True)(data.tables.projecten.to_dict("records"))
    parameters = read_parameters(data.workspace, 2022).model_copy(update={"edition": "openbaar"})
    copy = public_copy(with_rows(data, projecten=rows), parameters, tmp_path)
    kept, public = (adopted_agreements.kept_in(each, 2021).read_text("utf-8") for each in (data.workspace, copy))
    assert "K001,projecten.begroot,3100000" in kept
    assert public == "".join(line for line in kept.splitlines(keepends=True) if ",projecten." not in line)


@pytest.mark.parametrize("text", ["", "over;afspraak;waarde\n", "over,afspraak,waarde\ndeal,einde\n", "\udcff"])
def test_a_list_that_is_no_longer_what_was_kept_is_an_error(data: Data, tmp_path: Path, text: str) -> None:
    workspace = Workspace(shutil.copytree(data.workspace.root, tmp_path / "deal"))
    kept = adopted_agreements.kept_in(workspace, 2021)
    kept.write_bytes(text.encode(errors="surrogateescape"))
    (found,) = adopted_agreements.changes(replace(data, workspace=workspace))
    assert (found.rule, found.severity) == ("adopted_copy_unfit", "error")
    kept.unlink()  # a report that was adopted before this was kept
    assert not list(adopted_agreements.changes(replace(data, workspace=workspace)))
