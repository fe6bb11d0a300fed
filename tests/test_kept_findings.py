"""What an earlier build found out about the tables is used again while none of them has changed, and no longer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from voortgang.build import unchanged
from voortgang.build.kept_findings import KeptFindings
from voortgang.check import checked, for_readers
from voortgang.check.findings import finding
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


def test_a_word_asks_for_no_new_look_at_what_readers_are_told(
    workspace: Path, edit: Edit, monkeypatch: pytest.MonkeyPatch
) -> None:
    planned, known = _planned(workspace)
    told = for_readers.findings(planned.checked.data, planned.view)
    assert told
    known.keep([planned])
    monkeypatch.setattr(for_readers, "judged", lambda data: pytest.fail("the rows were judged again"))
    edit("data/toelichting/2021/inleiding.md", " de ", " die ")
    after, _ = _planned(workspace)
    assert for_readers.findings(after.checked.data, after.view) == told
    monkeypatch.setattr(for_readers, "judged", lambda data: [])
    other, _ = _planned(workspace, 2020)
    assert for_readers.findings(other.checked.data, other.view) != told


def test_what_readers_are_told_is_found_anew_after_a_row(workspace: Path, edit: Edit) -> None:
    planned, known = _planned(workspace)
    told = for_readers.findings(planned.checked.data, planned.view)
    known.keep([planned])
    lines = (workspace / "data" / "metingen.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    place = next(number for number, line in enumerate(lines) if ",2021," in line)
    edit("data/metingen.csv", lines[place], "")
    after, _ = _planned(workspace)
    assert for_readers.findings(after.checked.data, after.view) != told


def test_what_a_rule_that_failed_would_have_found_is_not_kept(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    planned, known = _planned(workspace)
    failed = finding("data", 0, "", "", "rule_failed", name="regel", why="MemoryError: ")
    with monkeypatch.context() as patched:
        patched.setattr(for_readers, "judged", lambda data: [failed])
        assert not for_readers.findings(planned.checked.data, planned.view)
        known.keep([planned])
    after, _ = _planned(workspace)
    assert for_readers.findings(after.checked.data, after.view)


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
