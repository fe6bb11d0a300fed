"""The form of the preview changes values in a parameter file, however it is written, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from conftest import REPOSITORY
from hypothesis import given
from hypothesis import strategies as st

from voortgang.errors import ParametersError
from voortgang.workspace.parameters import written_parameters
from voortgang.workspace.paths import Workspace
from voortgang.workspace.yaml_model import with_values

YEAR = 2021
PLAIN = "year: 2021\nreference_date: 2021-12-31\nstatus: concept\nedition: overleg\n"


def _workspace(folder: Path, text: str) -> Workspace:
    (folder / "data").mkdir()
    (folder / "data" / "deal.yml").symlink_to(REPOSITORY / "data" / "deal.yml")
    (folder / "parameters").mkdir()
    (folder / "parameters" / f"{YEAR}.yml").write_bytes(text.encode())
    return Workspace(folder)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("status: concept", "status: besproken"),
        ("status: concept  # of vastgesteld", "status: besproken  # of vastgesteld"),
        ("status: 'concept'  # zo", "status: besproken  # zo"),
        ('status: "concept"#zo', None),  # no YAML
        ('"status": concept', '"status": besproken'),
        ("status:   concept", "status:   besproken"),
        ("status:\n  concept  # op een eigen regel", "status:\n  besproken  # op een eigen regel"),
        ("? status\n: concept", "? status\n: besproken"),
        ("status: >-\n  concept\ncell_timeout: 60", None),
        ("# status: vastgesteld\nstatus: concept", "# status: vastgesteld\nstatus: besproken"),
        ("inputs:\n- status: concept.csv\nstatus: concept", None),  # not a list of paths
        ("inputs: ['status: concept']\nstatus: concept", "inputs: ['status: concept']\nstatus: besproken"),
        (
            "inputs:\n  - >-\n    a\n    status: concept\nstatus: concept",
            "inputs:\n  - >-\n    a\n    status: concept\nstatus: besproken",
        ),
    ],
)
def test_a_value_is_changed_where_it_stands_and_all_else_stays(tmp_path: Path, before: str, after: str | None) -> None:
    text = f"# Opgave van é\n{PLAIN.replace('status: concept', before)}"
    workspace = _workspace(tmp_path, text)
    path = workspace.parameters(YEAR)
    if after is None:
        try:
            assert written_parameters(workspace, YEAR, {"status": "besproken"}).status == "besproken"
        except ParametersError:
            assert path.read_bytes() == text.encode()
        return
    assert written_parameters(workspace, YEAR, {"status": "besproken"}).status == "besproken"
    assert path.read_bytes().decode() == text.replace(before, after)


@pytest.mark.parametrize(
    ("text", "after"),
    [
        (PLAIN, f"{PLAIN}cell_timeout: 90\n"),
        (PLAIN.rstrip(), f"{PLAIN}cell_timeout: 90\n"),
        (PLAIN.replace("\n", "\r\n"), f"{PLAIN}cell_timeout: 90\n".replace("\n", "\r\n")),
        (f"\ufeff{PLAIN}", f"\ufeff{PLAIN}cell_timeout: 90\n"),
        (f"---\n{PLAIN}...\n", f"---\n{PLAIN}cell_timeout: 90\n...\n"),
        (f"{PLAIN}  # tot slot\n\n", f"{PLAIN}cell_timeout: 90\n  # tot slot\n\n"),
        (f"{PLAIN}inputs:\n- a.csv  # de bron\n", f"{PLAIN}inputs:\n- a.csv  # de bron\ncell_timeout: 90\n"),
        (f"{PLAIN}inputs: [a.csv,\n  b.csv]\n", f"{PLAIN}inputs: [a.csv,\n  b.csv]\ncell_timeout: 90\n"),
        (
            "{year: 2021, reference_date: 2021-12-31, status: concept, edition: overleg}  # zo\n",
            "{year: 2021, reference_date: 2021-12-31, status: concept, edition: overleg, cell_timeout: 90}  # zo\n",
        ),
    ],
)
def test_a_value_that_is_absent_comes_at_the_end(tmp_path: Path, text: str, after: str) -> None:
    workspace = _workspace(tmp_path, text)
    assert written_parameters(workspace, YEAR, {"cell_timeout": "90"}).cell_timeout == 90
    assert workspace.parameters(YEAR).read_bytes().decode() == after


def test_what_is_as_it_was_is_not_written_down(tmp_path: Path) -> None:
    workspace = _workspace(tmp_path, PLAIN)
    written_parameters(workspace, YEAR, {"cell_timeout": "120", "notebook_timeout": "600", "status": "concept"})
    assert workspace.parameters(YEAR).read_bytes().decode() == PLAIN


_NAMES = st.sampled_from(["status", "aantal", "dag", "naam"])
_TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=20)
_LISTS = st.lists(st.sampled_from(["a", "status: b", "# c", "é"]), max_size=3)


@given(
    content=st.permutations(["status", "aantal", "dag", "lijst"]).flatmap(
        lambda names: st.fixed_dictionaries(
            {
                name: _LISTS if name == "lijst" else st.one_of(st.integers(0, 10**6), st.dates(), _TEXTS)
                for name in names
            }
        )
    ),
    name=_NAMES,
    value=_TEXTS,
    flow=st.sampled_from([None, False, True]),
    style=st.sampled_from([None, "'", '"', "|", ">"]),
    ends=st.sampled_from(["\n", "\r\n"]),
)
def test_the_text_says_the_new_value_and_all_that_it_said(
    content: dict[str, object], name: str, value: str, flow: bool | None, style: str | None, ends: str
) -> None:
    text = yaml.safe_dump(content, allow_unicode=True, default_flow_style=flow, default_style=style, sort_keys=False)
    changed = with_values(text.replace("\n", ends), {name: value})
    # A word may be a number, as in a form.
    said = yaml.safe_load(changed)
    assert said.keys() == content.keys() | {name}
    assert str(said.pop(name)) in (value, str(yaml.safe_load(value)) if value.isalnum() else value)
    assert said == {key: each for key, each in yaml.safe_load(text).items() if key != name}
