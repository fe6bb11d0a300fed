"""A bundle and its signature appear together, over nothing else, and no private key gets into one."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import IO, Any

import pytest
from click.testing import CliRunner
from conftest import REPOSITORY, run

from voortgang.cli import main
from voortgang.errors import BundleError, WorkspaceError
from voortgang.publish import signing
from voortgang.publish.bundle import write_bundle
from voortgang.publish.signing import new_key, signer
from voortgang.readers import confined_verification
from voortgang.workspace.paths import INPUTS, Workspace, require_outside
from voortgang.writing.files import own_copy

YEAR = "2021"


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with keys that tests only read: two of ours, and others that `openssl` makes."""
    folder = tmp_path_factory.mktemp("sleutels")
    for name in ("een.pem", "twee.pem"):
        new_key(folder / name)
    kinds = {"rsa": ["RSA"], "x25519": ["x25519"], "ec": ["EC", "-pkeyopt", "ec_paramgen_curve:P-256"]}
    kinds["wachtwoord"] = ["ed25519", "-aes256", "-pass", "pass:geheim"]
    for name, kind in kinds.items():
        place = folder / f"{name}.pem"
        subprocess.run(["openssl", "genpkey", "-out", place, "-algorithm", *kind], check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def signed(tiny: Path, keys: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a bundle and its signature; tests only read it."""
    folder = tmp_path_factory.mktemp("ondertekend")
    write_bundle(Workspace(tiny), 2021, folder / "b.zip", signed=signer(keys / "een.pem"))
    return folder


def check(bundle: Path, key: Path) -> None:
    with own_copy(bundle, 10**9) as content:
        signing.check(bundle, key, content)


def _files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize("key", ["rsa.pem", "x25519.pem", "ec.pem", "wachtwoord.pem", "een.pem.pub", "weg.pem"])
def test_a_key_that_cannot_sign_leaves_everything_as_it_was(
    tiny: Path, signed: Path, keys: Path, tmp_path: Path, key: str
) -> None:
    place = tmp_path / "uit"
    place.mkdir()
    asked = ("bundle", YEAR, "--output", str(place / "b.zip"), "--key", str(keys / key))
    done = run(*asked, cwd=tiny)
    assert done.code == 1 and ("password" if key == "wachtwoord.pem" else "no private Ed25519 key") in done.err
    assert not _files(place)
    shutil.copytree(signed, place, dirs_exist_ok=True)
    done = run(*asked, "--replace", cwd=tiny)
    assert done.code == 1 and _files(place) == _files(signed)


def test_a_signature_is_always_that_of_the_bundle_beside_it(
    tiny: Path, signed: Path, keys: Path, tmp_path: Path
) -> None:
    place = tmp_path / "een map met 'streepjes' en \"tekens\""
    target, deal = shutil.copytree(signed, place) / "b.zip", Workspace(tiny)
    check(target, keys / "een.pem.pub")
    signature = place / "b.zip.sig"
    # The same bundle again: its signature is still that of it.
    write_bundle(deal, 2021, target)
    check(target, keys / "een.pem.pub")
    # By another key, only when that is asked for.
    done = run("bundle", YEAR, "--output", str(target), "--key", str(keys / "twee.pem"), cwd=tiny)
    assert done.code == 1 and "--replace" in done.err and str(signature) in done.err
    check(target, keys / "een.pem.pub")
    write_bundle(deal, 2021, target, replace=True, signed=signer(keys / "twee.pem"))
    check(target, keys / "twee.pem.pub")
    with pytest.raises(BundleError, match="not that of this bundle by this key"):
        check(target, keys / "een.pem.pub")
    # One of another bundle does not stay beside an unsigned one.
    target.unlink()
    with pytest.raises(BundleError, match="signature of another bundle"):
        write_bundle(deal, 2021, target)
    assert list(place.iterdir()) == [signature]
    write_bundle(deal, 2021, target, replace=True)
    assert list(place.iterdir()) == [target]


def test_what_was_signed_is_what_is_opened(
    signed: Path, keys: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever puts another bundle in its place, once its signature was looked at, changes nothing."""
    target = shutil.copytree(signed, tmp_path / "uit") / "b.zip"
    really, opened = signing.check, list[bytes]()

    def and_swap(*given: Any) -> None:
        really(*given)
        target.write_bytes(b"van een ander")

    def read_as_the_child_does(*_: object, stdin: IO[bytes], **__: object) -> None:
        with os.fdopen(os.dup(stdin.fileno()), "rb") as file:
            opened.append(file.read())
        raise BundleError("Enough.", "", "", "")

    monkeypatch.setattr(signing, "check", and_swap)
    monkeypatch.setattr(confined_verification.subprocess, "Popen", read_as_the_child_does)
    asked = ["verify", str(target), "--public-key", str(keys / "een.pem.pub")]
    CliRunner().invoke(main, asked, standalone_mode=False)  # a command that ends ignores signals
    assert target.read_bytes() == b"van een ander"
    assert opened == [(signed / "b.zip").read_bytes()]


@pytest.mark.parametrize("name", ["data/projecten.csv", f"reports/{YEAR}/kerncijfers.json"])
def test_what_is_packed_is_what_was_looked_at(
    tiny: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """A file that somebody saves and puts back while a bundle is made: what goes in is refused, or as it should be."""
    really, seen = Path.read_bytes, list[Path]()

    def another_first(path: Path) -> bytes:
        content = really(path)
        if not path.as_posix().endswith(name) or path in seen:
            return content
        seen.append(path)
        return content.replace(b"\n", b"\r\n")  # which says the same

    monkeypatch.setattr(Path, "read_bytes", another_first)
    with pytest.raises(BundleError, match=r"changed"):
        write_bundle(Workspace(tiny), 2021, tmp_path / "b.zip")
    assert seen and not (tmp_path / "b.zip").exists()


@pytest.mark.parametrize("content", [b"", b"pijler,bedrag\nwerken,1\n", b"PK\x03\x04", "docx"])
def test_only_a_bundle_is_replaced_by_a_bundle(tiny: Path, tmp_path: Path, content: bytes | str) -> None:
    target = tmp_path / "iets.csv"
    if isinstance(content, str):  # an archive too, of another kind
        content = next((tiny / "reports" / YEAR).glob("*.docx")).read_bytes()
    target.write_bytes(content)
    done = run("bundle", YEAR, "--output", str(target), "--replace", cwd=tiny)
    assert done.code == 1 and "no bundle" in done.err and target.read_bytes() == content


@pytest.mark.parametrize("folder", INPUTS)
def test_a_private_key_gets_into_no_bundle(tiny: Path, tmp_path: Path, folder: str) -> None:
    root = tmp_path / "deal"
    shutil.copytree(tiny, root, ignore=shutil.ignore_patterns(".voortgang"))
    done = run("key", f"{folder}/bureau.pem", cwd=root)
    assert done.code == 1 and f"into {folder}/" in done.err and not (root / folder / "bureau.pem").exists()
    (root / "bureau.pem").write_bytes(b"")
    new_key(root / "los.pem")
    if folder != "data":  # of data/ a public edition has the tables alone
        shutil.move(root / "los.pem", root / folder / "los.pem")
        done = run("bundle", YEAR, "--output", str(tmp_path / "b.zip"), cwd=root)
        assert done.code == 1 and "private key" in done.err and f"{folder}/los.pem" in done.err
    assert not (tmp_path / "b.zip").exists()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes with a name")
@pytest.mark.parametrize(
    ("kind", "signed"),
    [
        *((kind, signed) for kind in ("pipe", "huge", "folder", "here", "root", "nowhere") for signed in (False, True)),
        *(("huge signature", True), ("no signature", True), ("no signature", False)),
    ],
)
def test_what_is_no_bundle_is_said_at_once(kind: str, signed: bool, keys: Path, tmp_path: Path) -> None:
    path = {"here": Path(), "root": Path("/")}.get(kind, tmp_path / "b.zip")
    match kind:
        case "pipe":
            os.mkfifo(path)
        case "huge":
            path.touch()
            os.truncate(path, 10**12)  # a hole, which takes no room on the disk
        case "folder":
            path.mkdir()
        case "huge signature":
            path.write_bytes(b"x")
            path.with_name("b.zip.sig").touch()
            os.truncate(path.with_name("b.zip.sig"), 10**12)
        case "no signature":
            path.write_bytes(b"x")
    given = ("--public-key", str(keys / "een.pem.pub")) if signed else ()
    done = run("verify", str(path), *given, cwd=tmp_path)
    assert done.code == 1 and done.err.startswith("Error: The ") and "expected:" in done.err, done.err


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="this system has no such device")
@pytest.mark.parametrize("kind", ["device", "huge"])
def test_a_key_is_read_as_far_as_a_key_goes(kind: str, tiny: Path, tmp_path: Path) -> None:
    key = Path("/dev/zero") if kind == "device" else tmp_path / "groot.pem"
    if kind == "huge":
        key.touch()
        os.truncate(key, 10**12)
    (tmp_path / "b.zip").write_bytes(b"x")
    for command, name in (
        (("verify", str(tmp_path / "b.zip"), "--public-key"), "public"),
        (("bundle", YEAR, "--output", str(tmp_path / "c.zip"), "--key"), "private"),
    ):
        done = run(*command, str(key), cwd=tiny)
        assert done.code == 1 and f"no {name} Ed25519 key" in done.err, done.err


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes with a name")
def test_a_key_may_come_from_a_pipe(keys: Path, tmp_path: Path) -> None:
    """As a shell hands over what another program keeps: --key <(pass show bureau)."""
    os.mkfifo(tmp_path / "pijp")
    writer = subprocess.Popen(["sh", "-c", f"cat {shlex.quote(str(keys / 'een.pem'))} > {tmp_path / 'pijp'}"])
    signature = signer(tmp_path / "pijp")(b"inhoud")
    writer.wait()
    assert signature == signer(keys / "een.pem")(b"inhoud")


def test_where_the_page_of_a_verification_comes_is_looked_at_first(tiny: Path, tmp_path: Path) -> None:
    (tmp_path / "uit.html").write_text("van een ander", encoding="utf-8")
    for place in ("uit.html", "nergens/uit.html"):
        done = run("verify", YEAR, "--html", str(tmp_path / place), cwd=tiny)
        assert done.code == 1 and not done.out and str(tmp_path) in done.err
    assert (tmp_path / "uit.html").read_text(encoding="utf-8") == "van een ander"


@pytest.mark.parametrize("reason", ["", "  ", "\t\n"])
def test_a_reason_says_something(tiny: Path, reason: str) -> None:
    done = run("verify", YEAR, "--other-programs", reason, cwd=tiny)
    assert done.code == 1 and "No reason is given" in done.err and not done.out


def test_a_report_in_a_folder_has_no_signature(tiny: Path, keys: Path) -> None:
    done = run("verify", YEAR, "--public-key", str(keys / "een.pem.pub"), cwd=tiny)
    assert done.code == 1 and "bundles are" in done.err


COMMANDS = {
    "bundle": ("bundle", YEAR, "--output", "{}/b.zip"),
    "a key": ("key", "{}/bureau.pem"),
    "a page of a verification": ("verify", YEAR, "--html", "{}/uit.html"),
    "a list of findings": ("check", "--list", "{}/lijst.xlsx"),
    "a list of what was read": ("intake", "read", "opgave.xlsx", "--list", "{}/lijst.html"),
    "workbooks": ("intake", "template", YEAR, "--output", "{}"),
    "the export for the ministry": ("export", "lnv", YEAR, "--output", "{}"),
    "project sheets": ("export", "projectbladen", YEAR, "--output", "{}/bladen"),
    "the overview": ("portfolio", YEAR, "reports/2021", "--output", "{}/overzicht"),
}


@pytest.mark.parametrize("what", COMMANDS)
def test_nothing_is_written_among_inputs_or_into_a_report(tiny: Path, what: str) -> None:
    before = sorted(tiny.rglob("*"))
    for place in ("data", f"reports/{YEAR}"):
        done = run(*(each.format(place) for each in COMMANDS[what]), cwd=tiny)
        assert done.code == 1 and f"Nothing is written into {place}/" in done.err, done.err
    assert [path for path in sorted(tiny.rglob("*")) if path not in before and ".voortgang" not in path.parts] == []


def test_a_place_is_known_behind_dots_and_links(tmp_path: Path) -> None:
    root, shared = tmp_path / "deal", tmp_path / "gedeeld"
    for each in (root / "data", shared / "sjablonen"):
        each.mkdir(parents=True)
    shutil.copy(REPOSITORY / "data" / "deal.yml", root / "data")
    (root / "templates").symlink_to(shared / "sjablonen")
    (tmp_path / "link").symlink_to(root)
    for place in ("data", "x/../data/x", "templates/x", "reports/2021", "reports/2021-06-30/x", "../link/data/x"):
        with pytest.raises(WorkspaceError, match="Nothing is written"):
            require_outside(root / place)
    for place in (".", "x", "reports", "reports/x.zip", "reports/uitvoer/x", "data.zip", "../x"):
        require_outside(root / place)


@pytest.mark.parametrize(
    "command",
    [
        ("bundle", "2021", "--output", "-"),
        ("verify", "2021", "--html", "-"),
        ("check", "--list", "-"),
        ("intake", "template", "2021", "--output", "-"),
        ("export", "lnv", "2021", "--output", "-"),
        ("key", "-"),
    ],
    ids=" ".join,
)
def test_a_dash_is_no_file(workspace: Path, command: tuple[str, ...]) -> None:
    """It means standard output elsewhere; a file of that name was written."""
    done = run(*command, cwd=workspace)
    assert done.code == 1 and "A dash is no name of a file" in done.err and not done.out
    assert not (workspace / "-").exists()
