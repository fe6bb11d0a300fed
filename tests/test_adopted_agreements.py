"""What was agreed when a report was adopted is kept with it; a new target or budget over the old one is noticed."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from conftest import copy_workspace
from rows import with_rows

from voortgang.check import adopted, adopted_agreements
from voortgang.check.checked import check
from voortgang.check.data import Data
from voortgang.workspace.deal import Deal
from voortgang.workspace.deal_parts import Amendment, TargetChange
from voortgang.workspace.decision import Decision
from voortgang.workspace.paths import Workspace


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Data:
    workspace = Workspace(copy_workspace(tmp_path_factory.mktemp("agreed") / "deal"))
    shutil.rmtree(workspace.adopted(2021))
    decision = Decision(body="de stuurgroep", date=date(2022, 9, 15), number="1", people=("A", "B"))
    adopted.adopt(workspace, 2021, decision)
    found = check(workspace)
    assert not [each for each in found.findings if each.rule == "adopted_agreement"]
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


@pytest.mark.parametrize("text", ["", "over;afspraak;waarde\n", "over,afspraak,waarde\ndeal,einde\n", "\udcff"])
def test_a_list_that_is_no_longer_what_was_kept_is_an_error(data: Data, tmp_path: Path, text: str) -> None:
    workspace = Workspace(shutil.copytree(data.workspace.root, tmp_path / "deal"))
    kept = adopted_agreements.kept_in(workspace, 2021)
    kept.write_bytes(text.encode(errors="surrogateescape"))
    (found,) = adopted_agreements.changes(replace(data, workspace=workspace))
    assert (found.rule, found.severity) == ("adopted_copy_unfit", "error")
    kept.unlink()  # a report that was adopted before this was kept
    assert not list(adopted_agreements.changes(replace(data, workspace=workspace)))
