"""A report is read as one, although a build may put another in its place at any moment."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from voortgang.errors import BundleError
from voortgang.publish.layout import files_of, put_in_place
from voortgang.readers.snapshot import snapshot
from voortgang.workspace.paths import Workspace

NAMES = ("a.html", "bladen/b.pdf", "manifest.json")


def report(folder: Path, content: str) -> Path:
    for name in NAMES:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, encoding="utf-8")
    return folder


def after(count: int, act: Callable[[], object]) -> Callable[[Path], bytes]:
    """Return what reads a file, and does something once it has read some."""
    read, done = Path.read_bytes, list[Path]()

    def reads(path: Path) -> bytes:
        content = read(path)
        done.append(path)
        if len(done) == count:
            act()
        return content

    return reads


@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_report_that_another_takes_the_place_of_is_read_as_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    place, new = report(tmp_path / "2021", "old"), report(tmp_path / ".2021-x" / "report", "new")
    monkeypatch.setattr(Path, "read_bytes", after(count, lambda: put_in_place(new, place)))
    assert files_of(place) == dict.fromkeys(NAMES, b"new")


def test_a_report_that_is_not_there_has_no_files_and_one_that_cannot_be_read_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert files_of(tmp_path / "2021") == {}
    place = report(tmp_path / "reports" / "2021", "old")

    def refused(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "read_bytes", refused)
    with pytest.raises(PermissionError):
        files_of(place)
    with pytest.raises(BundleError, match="Permission denied"):
        snapshot(Workspace(tmp_path), 2021, tmp_path / "copy")


def test_what_is_saved_while_a_report_is_verified_changes_nothing(tmp_path: Path) -> None:
    root = tmp_path / "deal"
    (root / "reports").mkdir(parents=True)
    report(root / "reports" / "2021", "old")
    for each in ("data", "notebooks", "parameters", "templates"):
        (root / each / "deep").mkdir(parents=True)
        (root / each / "deep" / "file.md").write_text("old", encoding="utf-8")
        (root / each / ".hidden").touch()
    copy = snapshot(Workspace(root), 2021, tmp_path / "copy")
    for path in root.rglob("*.*"):
        if path.is_file():
            path.write_text("new", encoding="utf-8")
    files = [path for path in copy.root.rglob("*") if path.is_file()]
    assert len(files) == 4 + len(NAMES) and {path.read_text(encoding="utf-8") for path in files} == {"old"}
