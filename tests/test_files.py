"""Files that a user asked for by name: whole or not at all, and never over something else."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from conftest import REPOSITORY, run

from voortgang.errors import VoortgangError
from voortgang.publish.signing import new_key
from voortgang.writing.files import write_files


def test_nothing_is_overwritten_unasked(tmp_path: Path) -> None:
    one, two = tmp_path / "een.txt", tmp_path / "twee.txt"
    two.write_bytes(b"the work of somebody")
    with pytest.raises(VoortgangError, match="already") as refused:
        write_files({one: b"1", two: b"2"}, replace=False)
    assert "--replace" in refused.value.mend and str(two) in refused.value.where
    assert not one.exists() and two.read_bytes() == b"the work of somebody"
    write_files({one: b"1", two: b"2"}, replace=True)
    assert (one.read_bytes(), two.read_bytes()) == (b"1", b"2")
    write_files({one: b"1", two: b"2"})  # the same again is no overwriting
    assert sorted(path.name for path in tmp_path.iterdir()) == ["een.txt", "twee.txt"]


def test_a_file_is_whole_or_not_there_and_what_was_written_is_named(tmp_path: Path) -> None:
    missing = tmp_path / "weg" / "a.txt"
    with pytest.raises(VoortgangError, match="No such file") as failed:
        write_files({tmp_path / "b.txt": b"1", missing: b"2"})
    assert "Written before this: nothing" in failed.value.mend
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(VoortgangError, match="a folder where"):
        write_files({tmp_path: b"1"}, replace=True)


@pytest.mark.parametrize(("owner", "call"), [(Path, "touch"), (Path, "write_bytes"), (Path, "replace"), (os, "link")])
def test_ctrl_c_leaves_no_part_of_a_file(
    owner: object, call: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def pressed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(owner, call, pressed)
    with pytest.raises(KeyboardInterrupt):
        write_files({tmp_path / "a.txt": b"1", tmp_path / "b.txt": b"2"}, replace=call == "replace")
    assert list(tmp_path.iterdir()) == []


def test_a_key_that_cannot_be_written_is_no_half_key(tmp_path: Path) -> None:
    (tmp_path / "bureau.pem.pub").write_bytes(b"of somebody else")
    with pytest.raises(VoortgangError):
        new_key(tmp_path / "bureau.pem")
    assert [path.name for path in tmp_path.iterdir()] == ["bureau.pem.pub"]
    new_key(tmp_path / "nieuw.pem")
    assert (tmp_path / "nieuw.pem").stat().st_mode & 0o077 == 0


def test_a_disk_that_is_full_after_the_private_key_leaves_no_key(tmp_path: Path) -> None:
    # The name of the public key is four letters longer; here it does not fit, as on a disk without room for it.
    name = "k" * (255 - len(f"..{os.getpid()}.new"))
    with pytest.raises(VoortgangError, match="name too long"):
        new_key(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_what_the_computer_refuses_is_one_message(tmp_path: Path) -> None:
    done = run("init", "a" * 300, "--deal", str(REPOSITORY / "data" / "deal.yml"), cwd=tmp_path)
    assert done.code == 1 and "File name too long" in done.err and "Traceback" not in done.err
    (tmp_path / "bestand").write_bytes(b"")
    done = run("init", "bestand/x", "--deal", str(REPOSITORY / "data" / "deal.yml"), cwd=tmp_path)
    assert done.code == 1 and "No file was written" in done.err and "Traceback" not in done.err
    assert [path.name for path in tmp_path.iterdir()] == ["bestand"]


@pytest.mark.parametrize("links", [True, False])
@pytest.mark.parametrize(("before", "replace"), [(None, False), (None, True), (b"looked at", True)])
def test_what_somebody_saves_while_files_are_made_is_not_overwritten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: bytes | None, replace: bool, links: bool
) -> None:
    one, two = tmp_path / "een.xlsx", tmp_path / "twee.xlsx"
    if before is not None:
        two.write_bytes(before)
    write, link = Path.write_bytes, os.link

    def linked(*paths: Path) -> None:
        if not links:
            raise PermissionError("no links here")
        link(*paths)

    def saved_meanwhile(path: Path, content: bytes) -> int:
        if "twee" in path.name:
            write(two, b"the work of somebody")
        return write(path, content)

    monkeypatch.setattr(Path, "write_bytes", saved_meanwhile)
    monkeypatch.setattr(os, "link", linked)
    with pytest.raises(VoortgangError, match="already where"):
        write_files({one: b"1", two: b"2"}, replace, seen={one: None, two: before})
    assert two.read_bytes() == b"the work of somebody"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["twee.xlsx"], "no part is left, and nothing half"


def test_what_comes_to_stand_at_the_last_moment_is_not_overwritten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, link = tmp_path / "sleutel.pem", os.link

    def late(part: Path, place: Path) -> None:
        place.write_bytes(b"the work of somebody")
        link(part, place)

    monkeypatch.setattr(os, "link", late)
    with pytest.raises(VoortgangError, match="already where"):
        write_files({path: b"1"})
    assert path.read_bytes() == b"the work of somebody" and len(list(tmp_path.iterdir())) == 1
