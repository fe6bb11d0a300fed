"""A deal that lacks something reads as it should: no chart of zeros, its own words, nobody who is not there."""

from __future__ import annotations

import ast
from pathlib import Path
from types import SimpleNamespace
from typing import Any

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
from voortgang.run.plan import read_notebooks, turns_of
from voortgang.workspace.deal import deal_from, read_deal
from voortgang.workspace.paths import Workspace
from voortgang.workspace.starting.new_workspace import write_workspace
from voortgang.workspace.starting.questionnaire import deal_text
from voortgang.writing.publishable import Text


def _values(code: str, names: dict[str, object]) -> object:
    """Run the source of a cell, and return what it shows."""
    tree = ast.parse(code)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "<cell>", "exec"), names)
    return eval(compile(ast.Expression(last.value), "<cell>", "eval"), names) if isinstance(last, ast.Expr) else None


def _every_cell_runs(root: Path, year: int) -> None:
    """Run all notebooks of a deal in this process, each cell of them, for each pillar and municipality."""
    workspace = Workspace(root)
    repeated = read_deal(workspace).repeated
    failed = []
    for notebook in read_notebooks(workspace):
        code = [cell for cell in notebook.content.cells if cell.cell_type == "code"]
        for each in turns_of(notebook, repeated):
            names: dict[str, object] = {}
            for number, cell in enumerate(code, 1):
                try:
                    shown = _values(cell.source, names)
                    if "parameters" in cell.metadata.get("tags", []):
                        names |= {"year": year, "reference_date": f"{year}-12-31"} | (dict([each]) if each else {})
                    if (bundle := getattr(shown, "_repr_mimebundle_", None)) is not None:
                        assert "nan" not in str(bundle()).lower().split(), "a number that is none"
                except Exception as error:
                    failed.append(f"{notebook.path.stem} {each}, cell {number}: {type(error).__name__}: {error}")
                    break
    assert not failed, "\n".join(failed)


_BARE = {"municipalities": (), "province": "Drenthe", "state": 0, "regional": 0, "overhead": 0}
_MANY = {"pillars": ("Een", "Twee"), "municipalities": tuple(f"Plaats {number}" for number in range(1, 6))}


@pytest.mark.parametrize("examples", [True, False])
@pytest.mark.parametrize("other", [_BARE, _MANY, {"pillars": ("Saldo",), "last_year": 2024}])
def test_every_cell_of_the_shared_notebooks_runs_whatever_the_deal_lacks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, other: dict[str, Any], examples: bool
) -> None:
    text = deal_text(answers(**other))
    write_workspace(text, deal_from(text), tmp_path / "deal", with_examples=examples)
    monkeypatch.chdir(tmp_path / "deal" / "notebooks")
    years = Workspace(tmp_path / "deal").periods()
    _every_cell_runs(tmp_path / "deal", int(years[0]))
    if len(years) > 1:
        _every_cell_runs(tmp_path / "deal", int(years[-1]))


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> vg.Report:
    """A deal without euros and municipalities, of one year, with a pillar called Deal."""
    text = deal_text(
        answers(
            pillars=("Saldo", "Deal"),
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
    (asking,) = project_count(bare, "saldo", "aandacht", 0)
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
