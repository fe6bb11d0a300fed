"""What a notebook shows is what a report can show; the rest is refused by column and row, in the notebook's cell."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

import voortgang.notebook as vg
from voortgang.errors import DealError
from voortgang.notebook.columns import LOOKS
from voortgang.publish.rows_behind import _text
from voortgang.workspace import schema
from voortgang.workspace.deal import read_deal
from voortgang.workspace.paths import Workspace
from voortgang.writing.publishable import MIME

DAY = "2021-12-31"


def _cells(frame: pd.DataFrame, *columns: str) -> list[list[str]]:
    shown: list[dict[str, Any]] = vg.table(frame, columns, "Een tabel")._repr_mimebundle_()[MIME]
    rows: list[list[str]] = shown[0]["rows"]
    return rows


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("naam", ["a", "b"]),
        ("naam", {"a": 1}),
        ("naam", {"a"}),
        ("naam", ("a", "b")),
        ("naam", np.array([1, 2])),
        ("naam", b"a"),
        ("bedrag", float("inf")),
        ("naam", float("-inf")),
        ("eigen", np.float64("inf")),
        ("bedrag", "veel"),
        ("datum", "31 december"),
        ("doelbereik", "half"),
        ("eigen", complex(1, 2)),
    ],
)
def test_a_cell_that_no_table_can_show_is_named_by_column_and_row(column: str, value: object) -> None:
    frame = pd.DataFrame({column: pd.Series([None, value], index=["goed", "fout"], dtype="object")})
    with pytest.raises(ValueError, match=rf"column '{column}', row 2 \(fout\)"):
        _cells(frame, column)


@pytest.mark.parametrize("column", sorted({*LOOKS, "eigen", "2021"}))
def test_no_column_shows_a_list(column: str) -> None:
    with pytest.raises(ValueError, match="holds a list"):
        _cells(pd.DataFrame({column: [[1]]}), column)


def test_columns_that_are_missing_or_occur_twice_are_named() -> None:
    frame = pd.DataFrame([["a", "b"]], columns=["naam", "naam"])
    with pytest.raises(ValueError, match="'naam' occurs more than once"):
        _cells(frame, "naam")
    with pytest.raises(ValueError, match=r"'pijler' does not exist; the frame has: naam, naam"):
        _cells(frame, "pijler")
    with pytest.raises(ValueError, match="'fase' is named twice"):
        _cells(pd.DataFrame({"fase": ["x"]}), "fase", "fase")


def test_words_are_written_as_readers_write_them() -> None:
    values = [True, np.bool_(False), 2021, 2021.0, 3.5, pd.Timestamp("2021-03-01"), "x", None, float("nan"), pd.NaT]
    frame = pd.DataFrame({"opmerking": pd.Series(values, dtype="object")})
    assert [cell for (cell,) in _cells(frame, "opmerking")] == [
        *("ja", "nee", "2021", "2021", "3,5", "1 maart 2021", "x", "–", "–", "–"),
    ]


def test_an_infinite_number_is_no_fact() -> None:
    from voortgang.writing.publishable import Fact

    known = {"id": "a", "label": "A", "text": "1", "unit": "aantal", "article": "1", "year": 2021}
    with pytest.raises(ValidationError, match="finite"):
        Fact(value=float("inf"), reference_date=DAY, **known)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_reaches_the_published_rows_with_every_digit(value: float) -> None:
    field = next(field for field in schema.table("metingen").fields if field.name == "waarde")
    text = _text(np.float64(value), field)
    assert float(text) == value
    assert "e" not in text


INDICATOR = "direction: stijgen\n        scope: gemeente\n        baseline: 0\n        target: 300"


@pytest.mark.parametrize(("target", "direction"), [(300, "stijgen"), (250, "stijgen"), (300, "dalen"), (310, "dalen")])
def test_a_baseline_that_is_its_target_or_has_passed_it_is_refused(
    workspace: Path, edit: Callable[[str, str, str], None], target: int, direction: str
) -> None:
    changed = f"direction: {direction}\n        scope: gemeente\n        baseline: 300\n        target: {target}"
    edit("data/deal.yml", INDICATOR, changed)
    with pytest.raises(DealError, match="'werken-3-bedrijven' has the baseline 300") as raised:
        read_deal(Workspace(workspace))
    lines = (workspace / "data" / "deal.yml").read_text(encoding="utf-8").splitlines()
    line = lines.index("      - id: werken-3-bedrijven") + 1
    assert raised.value.where.startswith(f"data/deal.yml, line {line}")


@pytest.mark.sampled(3)
@pytest.mark.parametrize(
    ("target", "direction", "shares"),
    [
        (12, "stijgen", [1, 1]),  # the first measurement is the target
        (8, "stijgen", [1, 1]),  # or has passed it
        (12, "dalen", [1, 0]),
        (20, "dalen", [1, 0]),
        (96, "stijgen", [0, 2]),
    ],
)
def test_a_first_measurement_can_be_the_target(
    workspace: Path, edit: Callable[[str, str, str], None], target: int, direction: str, shares: list[int]
) -> None:
    edit("data/deal.yml", INDICATOR, f"direction: {direction}\n        scope: gemeente\n        target: {target}")
    report = vg.load(2021, DAY, "overleg", workspace)
    frame = vg.history(report, "werken")
    own = frame[frame["indicator_id"] == "werken-3-bedrijven"].set_index("verslagjaar")
    assert own["waarde"].loc[[2019, 2021]].to_list() == [12, 180]
    assert own["doelbereik"].loc[[2019, 2021]].to_list() == shares
    verdict = vg.achievement(report, "werken").at["werken-3-bedrijven", "oordeel"]
    assert (verdict == "behaald") == (shares[1] >= 1)
