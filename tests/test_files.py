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


@pytest.mark.parametrize("call", ["touch", "write_bytes", "replace"])
def test_ctrl_c_leaves_no_part_of_a_file(call: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def pressed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, call, pressed)
    with pytest.raises(KeyboardInterrupt):
        write_files({tmp_path / "a.txt": b"1", tmp_path / "b.txt": b"2"})
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
