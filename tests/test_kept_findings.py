"""What an earlier build found out about the tables is used again while none of them has changed, and no longer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from voortgang.build import unchanged
from voortgang.build.kept_findings import KeptFindings
from voortgang.check import checked
from voortgang.check.notebook_reads import Rows, digests_of
from voortgang.run.plan import Plan, plan
from voortgang.run.store import Store
from voortgang.workspace.paths import Workspace

Edit = Callable[[str, str, str], None]


def _planned(root: Path, period: int = 2021) -> tuple[Plan, KeptFindings]:
    workspace = Workspace(root)
    known = KeptFindings(workspace, Store(workspace.store), unchanged.inputs(workspace, "builtin"))
    (planned,) = plan(workspace, [period], known.findings)
    known.take_over([planned])
    return planned, known


@pytest.fixture
def judgements(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The workspaces whose rows were judged."""
    asked: list[Path] = []
    judged = checked.judged

    def counted(data: checked.Data) -> object:
        asked.append(data.workspace.root)
        return judged(data)

    monkeypatch.setattr(checked, "judged", counted)
    return asked


def _keep(root: Path) -> Plan:
    planned, known = _planned(root)
    view = planned.view
    for table in ("metingen", "financien", "correcties"):
        Rows(table).digest(planned.checked.data, view)
    Rows("metingen", indicator="werken-1-netwerken").digest(planned.checked.data, view)
    known.keep([planned])
    return planned


def test_a_word_asks_for_no_new_judgement_of_rows(workspace: Path, edit: Edit, judgements: list[Path]) -> None:
    before = _keep(workspace)
    known = dict(digests_of(before.checked.data))
    assert len(judgements) == 1 and len(known) == 4
    edit("data/toelichting/2021/inleiding.md", " de ", " die ")
    after, _ = _planned(workspace)
    assert len(judgements) == 1
    assert after.checked.findings == before.checked.findings
    assert digests_of(after.checked.data) == known
    assert all(digest == rows.digest(before.checked.data, view) for (rows, view), digest in known.items())


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("data/metingen.csv", ",2021,", ",2022,"),
        ("data/kaart.geojson", "GM0114", "GM0115"),
        ("data/vastgesteld/2020/metingen.csv", ",2020,", ",2019,"),
        ("parameters/2020.yml", "year:", "# een jaar\nyear:"),
        ("data/toelichting/2021/inleiding.md", " de ", " die "),
    ],
)
def test_what_findings_rest_on_makes_them_unknown(workspace: Path, edit: Edit, file: str, old: str, new: str) -> None:
    root = Workspace(workspace)
    made_from = unchanged.inputs(root, "builtin")
    edit(file, old, new)
    known, changed = (
        KeptFindings(root, None, each)._key("") for each in (made_from, unchanged.inputs(root, "builtin"))
    )
    assert (known == changed) == file.startswith("data/toelichting/")


def test_the_copy_of_a_public_edition_has_findings_of_its_own(
    workspace: Path, edit: Edit, judgements: list[Path]
) -> None:
    edit("parameters/2021.yml", "edition: overleg", "edition: openbaar")
    before = _keep(workspace)
    assert len(set(judgements)) == 2
    after, _ = _planned(workspace)
    assert len(judgements) == 2
    assert after.checked.findings == before.checked.findings and after.whole.findings == before.whole.findings
    assert after.checked.findings != after.whole.findings
