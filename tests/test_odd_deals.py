"""A deal that lacks something reads as it should: no chart of zeros, its own words, nobody who is not there."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
from test_new_workspace import answers

import voortgang.notebook as vg
from voortgang.notebook.charts.money import chart_money
from voortgang.notebook.counts import project_count
from voortgang.notebook.display import Shown
from voortgang.notebook.facts import words_of
from voortgang.notebook.glance import glance
from voortgang.notebook.programme import cross_overs, projects, stopped_on
from voortgang.workspace.deal import deal_from
from voortgang.workspace.starting.new_workspace import write_workspace
from voortgang.workspace.starting.questionnaire import deal_text
from voortgang.writing.publishable import Text


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> vg.Report:
    """A deal without euros and municipalities, of one year, with a pillar called Totaal."""
    text = deal_text(
        answers(
            pillars=("Totaal", "Deal"),
            municipalities=(),
            province="Drenthe",
            first_year=2021,
            last_year=2021,
            state=0,
            regional=0,
            overhead=0,
        )
    )
    write_workspace(text, deal_from(text), tmp_path / "deal", with_examples=True)
    monkeypatch.chdir(tmp_path / "deal" / "notebooks")
    return vg.load(2021, "2021-12-31", "overleg")


def test_a_deal_without_euros_municipalities_and_pillars_by_that_name(bare: vg.Report) -> None:
    for frame in (glance(bare), cross_overs(bare), vg.money(bare)):
        assert words_of(frame).one == "programmalijn"
    assert "alle" not in set(projects(bare)["gemeenten"])
    shown = chart_money(vg.money(bare), "Bedragen")
    assert isinstance(shown, Shown) and isinstance(shown.outputs[0], Text)
    (asking,) = project_count(bare, "totaal", "aandacht", 0)
    assert asking.phrase == "geen enkel project"


DAY = pd.Timestamp("2021-12-31")


@pytest.mark.parametrize(
    ("rows", "stopped"),
    [
        ([], {}),
        ([("a", "gestopt", DAY)], {"a": DAY}),
        ([("a", "uitvoering", DAY)], {}),
        ([("a", "uitvoering", DAY - pd.Timedelta(days=365)), ("a", "gestopt", DAY)], {"a": DAY}),
    ],
)
def test_projects_may_all_have_stopped_or_be_none(
    rows: list[tuple[str, str, pd.Timestamp]], stopped: dict[str, pd.Timestamp]
) -> None:
    frame = pd.DataFrame(rows, columns=["project_id", "fase", "peildatum"]).astype({"peildatum": "datetime64[ns]"})
    report = SimpleNamespace(rows=lambda *_, **__: frame)
    assert stopped_on(report).to_dict() == stopped  # type: ignore[arg-type]
