"""What may still come is said to be "nog" not there; once the deal has ended, nothing of it comes any more."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from conftest import REPOSITORY
from rows import with_rows
from test_new_workspace import answers
from test_odd_deals import _of, _values

import voortgang.notebook as vg
from voortgang.run.plan import read_notebooks, turns_of
from voortgang.workspace.deal import deal_from, read_deal
from voortgang.workspace.paths import Workspace
from voortgang.workspace.starting.new_workspace import write_workspace
from voortgang.workspace.starting.questionnaire import deal_text

_YET = re.compile(r"\b(nog|pas)\b (niet|geen|niets|nergens|zonder|één)", re.IGNORECASE)


def _said(root: Path, year: int) -> list[str]:
    """Return what every cell of the notebooks of a deal says at the end of a year."""
    workspace = Workspace(root)
    repeated, said = read_deal(workspace).repeated, []
    for notebook in read_notebooks(workspace):
        code = [cell for cell in notebook.content.cells if cell.cell_type == "code"]
        for each in turns_of(notebook, repeated):
            names: dict[str, Any] = {}
            for cell in code:
                shown = _values(cell.source, names)
                if "parameters" in cell.metadata.get("tags", []):
                    names |= {"year": year, "reference_date": f"{year}-12-31"} | (dict([each]) if each else {})
                if (bundle := getattr(shown, "_repr_mimebundle_", None)) is not None:
                    said.append(f"{notebook.path.stem}: {bundle()}")
    return said


def _yet(said: list[str]) -> set[str]:
    return {
        f"{each[:20]} … {each[max(0, m.start() - 60) : m.end() + 40]}" for each in said for m in _YET.finditer(each)
    }


@pytest.mark.parametrize("examples", [True, False])
@pytest.mark.parametrize("other", [{}, {"municipalities": (), "province": "Drenthe", "state": 0, "overhead": 0}])
def test_after_the_end_of_a_deal_nothing_is_still_to_come(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, other: dict[str, Any], examples: bool
) -> None:
    text = deal_text(answers(pillars=("Een", "Twee"), last_year=2025, **other))
    write_workspace(text, deal_from(text), tmp_path / "deal", with_examples=examples)
    monkeypatch.chdir(tmp_path / "deal" / "notebooks")
    said = _said(tmp_path / "deal", 2025)
    assert said and not _yet(said)
    assert examples or _yet(_said(tmp_path / "deal", 2024)), "before the end it may come"


def test_the_notebooks_of_one_pillar_say_so_too(monkeypatch: pytest.MonkeyPatch) -> None:
    empty: dict[str, list[str]] = {"projecten": [], "voortgang": [], "financien": [], "mijlpalen": [], "risicos": []}
    rows = [
        f"indicator_id={name} verslagjaar=2023 gemeente={place} waarde=0 peildatum=2023-12-31 status=definitief"
        for name in ("werken-2-omgevingen", "wonen-1-aanpakken")
        for place in ("emmen", "coevorden")
    ]
    real = vg.load(2023, "2023-12-31", "overleg", REPOSITORY)
    report = _of(real, "2023-12-31")
    report = replace(report, _data=with_rows(real._data, date(2023, 12, 31), metingen=rows, **empty))
    monkeypatch.chdir(REPOSITORY / "notebooks")
    monkeypatch.setattr(vg, "load", lambda *_: report)
    assert not _yet(_said(REPOSITORY, 2023))


def test_a_target_of_a_later_year_is_not_achieved_when_the_deal_has_ended() -> None:
    """It may be on schedule then, and is counted so nowhere."""
    report = _of(vg.load(2022, "2022-12-31", "overleg", REPOSITORY), "2022-12-31", end="2022-06-30")
    goals = pd.concat([vg.achievement(report, pillar.id) for pillar in report.deal.pillars])
    achieved, asked = (goals["oordeel"] == vg.ACHIEVED).sum(), goals["met_doel"].sum()
    assert report.has_ended and (goals["oordeel"] == vg.ON_TRACK).any()
    assert vg.overview(report).at["totaal", "doelen"] == f"{achieved} van {asked}"
    facts = {getattr(each, "id", ""): each for each in vg.publish_deal(report).outputs}
    assert facts["totaal.op_koers"].value > achieved  # for the overview of many deals
    pillar = {getattr(each, "id", ""): each for each in vg.publish_goals(report, "werken").outputs}
    assert pillar["werken.doelen_behaald"].value < pillar["werken.doelen_op_koers"].value
