"""A published report can be checked, made again and compared, and whatever was done to it is found."""

from __future__ import annotations

import json
import random
import re
import shutil
import zipfile
from base64 import b64encode
from collections.abc import Callable
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import get_args

import pytest
from conftest import copy_workspace, run
from falsified import FALSE, HARMLESS
from rocrate.rocrate import ROCrate

from voortgang.errors import BundleError
from voortgang.publish.bundle import LISTING, listing, open_bundle, write_bundle
from voortgang.publish.signing import check, signer
from voortgang.readers import verified, verify_page
from voortgang.readers.read_manifest import written
from voortgang.readers.verify import check_hashes, compared
from voortgang.workspace.fingerprint import of_bytes, of_file
from voortgang.workspace.paths import Workspace
from voortgang.writing import archive
from voortgang.writing.files import own_copy

YEAR = 2021


@pytest.fixture(scope="module")
def published(reports: Path, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace with a finished report; nothing in it is changed."""
    root = copy_workspace(tmp_path_factory.mktemp("published") / "deal")
    shutil.copytree(reports / str(YEAR), root / "reports" / str(YEAR))
    return Workspace(root)


@pytest.fixture
def whole(copy: Workspace) -> Path:
    """The folder of such a workspace."""
    return copy.root


@pytest.fixture(scope="module")
def short(small: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundle of a short report, of a public edition that hides a project."""
    target = tmp_path_factory.mktemp("short") / "klein.zip"
    write_bundle(Workspace(small), YEAR, target)
    return target


@pytest.fixture
def opened(short: Path, tmp_path: Path) -> Path:
    """The folder that it was unpacked in, to do something to."""
    open_bundle(short.read_bytes(), short, tmp_path / "klein")
    return tmp_path / "klein"


@pytest.fixture(scope="module")
def shortest(tiny: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundle of the least report."""
    target = tmp_path_factory.mktemp("shortest") / "kleinst.zip"
    write_bundle(Workspace(tiny), YEAR, target)
    return target


@pytest.fixture
def least(shortest: Path, tmp_path: Path) -> Path:
    """The folder that it was unpacked in, to do something to."""
    open_bundle(shortest.read_bytes(), shortest, tmp_path / "kleinst")
    return tmp_path / "kleinst"


@pytest.fixture(scope="module")
def bundle(published: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("bundle") / "verslag.zip"
    write_bundle(published, YEAR, target)
    return target


@pytest.fixture
def copy(published: Workspace, tmp_path: Path) -> Workspace:
    """That workspace, to do something to."""
    ignored = shutil.ignore_patterns(".voortgang")
    return Workspace(shutil.copytree(published.root, tmp_path / "deal", ignore=ignored))


def _content(bundle: Path) -> dict[str, bytes]:
    return archive.unpacked(bundle.read_bytes(), bundle)


def test_an_untouched_bundle_is_identical_anywhere(short: Path, tmp_path: Path) -> None:
    """With the tables that it shows, without those that it was made from."""
    shutil.copy(short, tmp_path / "elders.zip")
    done = run("verify", "elders.zip", cwd=tmp_path)
    assert (done.code, done.out) == (0, f"The report on {YEAR} is identical.\n"), done.out + done.err


@pytest.mark.long
def test_an_untouched_bundle_of_a_whole_report_is_identical_anywhere(bundle: Path, tmp_path: Path) -> None:
    moved = shutil.copy(bundle, tmp_path / "elders.zip")
    done = run("verify", str(moved), cwd=tmp_path)
    assert done.code == 0, done.out + done.err
    assert done.out == f"The report on {YEAR} is identical.\n"


def test_a_bundle_has_the_same_bytes_each_time(small: Path, short: Path, tmp_path: Path) -> None:
    write_bundle(Workspace(small), YEAR, tmp_path / "again.zip")
    assert (tmp_path / "again.zip").read_bytes() == short.read_bytes()


@pytest.mark.sampled(10)
@pytest.mark.parametrize("seed", range(30))
def test_a_changed_byte_in_the_archive_is_found(shortest: Path, tmp_path: Path, seed: int) -> None:
    content = bytearray(shortest.read_bytes())
    content[random.Random(seed).randrange(len(content))] ^= 1 << random.Random(-seed - 1).randrange(8)
    broken = tmp_path / "broken.zip"
    broken.write_bytes(content)
    with pytest.raises(BundleError):
        open_bundle(broken.read_bytes(), broken, tmp_path / "out")


@pytest.mark.sampled(6)
@pytest.mark.parametrize("seed", range(30))
def test_a_changed_file_is_found_although_the_bundle_was_packed_again(
    shortest: Path, tmp_path: Path, seed: int
) -> None:
    chance = random.Random(seed)
    content = _content(shortest)
    names = sorted(
        name for name in content if name.startswith((f"reports/{YEAR}/", "data/", "notebooks/", "templates/"))
    )
    name = chance.choice([each for each in names if not each.endswith("manifest.json") and content[each]])
    data = bytearray(content[name])
    data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    content[name] = bytes(data)
    digests = {each: of_bytes(data) for each, data in content.items() if each != LISTING}
    content[LISTING] = listing(YEAR, digests)
    packed = tmp_path / "packed.zip"
    packed.write_bytes(archive.packed(content))
    year = open_bundle(packed.read_bytes(), packed, tmp_path / "out")
    found = check_hashes(Workspace(tmp_path / "out"), year)
    assert any(each.where.endswith(name.removeprefix(f"reports/{YEAR}/")) for each in found), (name, found)


@pytest.mark.parametrize(
    ("name", "why"),
    [("../buiten.txt", "outside"), ("/etc/buiten.txt", "outside"), ("C:\\buiten.txt", "outside")],
)
def test_an_archive_that_would_write_elsewhere_is_refused(tmp_path: Path, name: str, why: str) -> None:
    path = tmp_path / "evil.zip"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr(zipfile.ZipInfo(name), "x")
    with pytest.raises(BundleError, match=why):
        open_bundle(path.read_bytes(), path, tmp_path / "out")
    assert not (tmp_path / "buiten.txt").exists()


def test_links_bombs_and_other_files_are_refused(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("link")
    link.external_attr = 0o120777 << 16
    bomb = BytesIO()
    with zipfile.ZipFile(bomb, "w") as file:
        for number in range(11):
            file.writestr(f"{number}", b"0")
        for each in file.infolist():
            each.file_size = 100_000_000  # as its list of contents says, before anything is unpacked
    linked = BytesIO()
    with zipfile.ZipFile(linked, "w") as file:
        file.writestr(link, "/etc/passwd")
    for data, why in ((linked.getvalue(), "link"), (bomb.getvalue(), "far more"), (b"geen zip", "no readable archive")):
        with pytest.raises(BundleError, match=why):
            open_bundle(data, tmp_path / "evil.zip", tmp_path / "out")
    (tmp_path / "evil.zip").write_bytes(bomb.getvalue())
    done = run("verify", "evil.zip", cwd=tmp_path)
    assert done.code == 1 and "far more" in done.err and "Traceback" not in done.err


@pytest.mark.parametrize(("name", "why"), [("nowhere.zip", "No such file"), (".", "it is a folder")])
def test_a_bundle_that_is_no_file_is_named_as_that(tmp_path: Path, name: str, why: str) -> None:
    done = run("verify", name, cwd=tmp_path)
    assert done.code == 1 and why in done.err and "Errno" not in done.err and "again from who" not in done.err


def _with_hashes(workspace: Workspace, *changed: Path, **said: object) -> None:
    """Put the new hashes of changed files into the manifest, as someone does who knows how it works."""
    report = workspace.report(YEAR)
    manifest = json.loads((report / "manifest.json").read_text(encoding="utf-8")) | said
    for path in changed:
        if path.is_relative_to(report):
            manifest["outputs"][path.relative_to(report).as_posix()] = of_file(path)
        else:
            manifest["inputs"][workspace.relative(path)] = of_file(path)
    (report / "manifest.json").write_text(written(manifest), encoding="utf-8")
    assert not check_hashes(workspace, YEAR)


def _verified(workspace: Workspace, *changed: Path, options: tuple[str, ...] = (), **said: object) -> str:
    """Change the manifest too, verify, and return what it says."""
    _with_hashes(workspace, *changed, **said)
    done = run("verify", str(YEAR), *options, cwd=workspace.root)
    assert done.code == 1, done.out
    assert f"The report on {YEAR} is different." in done.out
    return done.out


def _replaced(path: Path, old: str, new: str) -> Path:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


def _rewritten(path: Path, change: Callable[[bytes], bytes]) -> None:
    before = path.read_bytes()
    after = change(before)
    assert after != before, path
    path.write_bytes(after)


REASON = "made with Python 3.11.99, here another"
OTHER_PROGRAMS = {"python": "3.11.99", "platform": "Darwin arm64", "pandoc": "pandoc 3.8"}


def _harmless_change(report: Path, but: frozenset[str] = frozenset()) -> list[Path]:
    """Change files of a report as other versions of the programs might write them."""
    changed = []
    for what, name, change in HARMLESS:
        if not (report / name).exists():  # a short report has no sheets
            continue
        if name not in but and report / name not in changed and what != "the whole report written anew":
            _rewritten(report / name, change)
            changed.append(report / name)
    return changed


def test_edits_of_a_short_report_are_found_by_making_it_again(opened: Path) -> None:
    copy = Workspace(opened)
    report, row = copy.report(YEAR), ",2021-12-31,,wonen,,gerealiseerd,"  # of what is hidden, together
    page = report / "voortgangsrapportage-2021.html"
    amount = re.search(r"\d\.\d{3}\.\d{3}", page.read_text(encoding="utf-8"))
    assert amount is not None
    harmless = _harmless_change(report, frozenset({page.name, "kerncijfers.json"}))
    found = _verified(
        copy,
        _replaced(copy.data / "financien.csv", row, f"{row}1"),
        _replaced(page, amount[0], f"9{amount[0][1:]}"),
        _replaced(report / "notebooks" / "wonen.html", "<main>", "<main >"),
        _replaced(report / "kerncijfers.json", '"waarde": 14400000', '"waarde": 14400001'),
        *harmless,
        **OTHER_PROGRAMS,
    )
    for place in (page.name, "notebooks/wonen.html", "kerncijfers.json, wonen.begroot", "wonen.gerealiseerd"):
        assert place in found
    for path in harmless:
        assert re.search(rf"^value      {re.escape(path.relative_to(report).as_posix())}", found, re.M), path
    assert "value      manifest.json, python" in found


@pytest.mark.long
def test_edits_with_their_hashes_are_found_by_making_the_report_again(copy: Workspace) -> None:
    """Nothing in a report decides how it is judged: the comparison is strict, whatever versions a manifest claims."""
    report, row = copy.report(YEAR), "2021-03-31,W001,wonen,lnv,gerealiseerd,9"
    (report / "extra.txt").write_text("x", encoding="utf-8")
    harmless = _harmless_change(report, frozenset({"voortgangsrapportage-2021.html", "kerncijfers.json"}))
    found = _verified(
        copy,
        report / "extra.txt",
        _replaced(copy.data / "financien.csv", row, row[:-1] + "8"),
        _replaced(copy.parameters(YEAR), "status: vastgesteld", "status: concept"),
        _replaced(report / "voortgangsrapportage-2021.html", "40.000.000", "41.000.000"),
        _replaced(report / "notebooks" / "pijler-werken.ipynb", "8.656.800", "8.656.801"),
        _replaced(report / "kerncijfers.json", '"waarde": 40000000', '"waarde": 40000001'),
        _replaced(report / "notebooks" / "pijler-wonen.html", "<main>", "<main >"),
        *harmless,
        **OTHER_PROGRAMS,
    )
    for place in (
        "voortgangsrapportage-2021.html",
        "notebooks/pijler-werken.ipynb, code cell",
        "kerncijfers.json, deal.budget",
        "notebooks/pijler-wonen.html",
        "kerncijfers.json, wonen.gerealiseerd",
        "parameters",
        "extra.txt",
    ):
        assert place in found
    assert "8.656.801" in found and "8.656.800" in found
    for path in harmless:
        assert re.search(rf"^value      {re.escape(path.relative_to(report).as_posix())}", found, re.M), path
    assert "value      manifest.json, python" in found


def test_a_notebook_that_reaches_for_the_network_is_reported(least: Path) -> None:
    copy = Workspace(least)
    path = copy.notebooks / "klein.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    lines = ["import socket\n", "socket.create_connection(('127.0.0.1', 9), timeout=1)"]
    notebook["cells"][4]["source"] = lines
    path.write_text(json.dumps(notebook), encoding="utf-8")
    done = run("verify", str(YEAR), cwd=copy.root)
    assert done.code == 1
    assert "reaches for the network" in done.err and "notebooks/klein.ipynb, code cell" in done.err


def test_a_year_without_a_report_has_nothing_to_bundle_or_verify(workspace: Path) -> None:
    for command in ("bundle", "verify"):
        done = run(command, "2021", cwd=workspace)
        assert done.code == 1 and "Traceback" not in done.err and "voortgang build 2021" in done.err


@pytest.mark.parametrize("size", ["least", pytest.param("whole", marks=pytest.mark.long)])
def test_other_versions_and_another_order_of_rows_are_equal_with_a_reason(
    size: str, request: pytest.FixtureRequest
) -> None:
    copy = Workspace(request.getfixturevalue(size))
    report = copy.report(YEAR)
    changed = _harmless_change(report)
    _with_hashes(copy, *changed, **OTHER_PROGRAMS)
    tables = [copy.table(name) for name in ("financien", "bijdragen", "voortgang")]
    for table in tables:
        head, *rows = table.read_text(encoding="utf-8").splitlines()
        table.write_text("\n".join([head, *reversed(rows)]) + "\n", encoding="utf-8")
    done = run("verify", str(YEAR), "--json", "--html", "uit.html", "--other-programs", REASON, cwd=copy.root)
    outcome = json.loads(done.out)
    assert done.code == 0 and outcome["verdict"] == "equal within tolerance", done.out + done.err
    assert {each["kind"] for each in outcome["differences"]} <= {"form", "tolerance", "programs", "order", "bytes"}
    assert {each["where"].split(",")[0] for each in outcome["differences"]} >= {
        *(path.relative_to(report).as_posix() for path in changed),
        *(copy.relative(table) for table in tables),
        "manifest.json",
    }
    assert outcome["reason"] == REASON
    assert {name for name, *_ in outcome["programs"]} == {"python", "platform", "pandoc"}
    page = (copy.root / "uit.html").read_text(encoding="utf-8")
    assert "Gelijk binnen de tolerantie" in page and "3.11.99" in page and "Darwin arm64" in page and REASON in page


@pytest.mark.long
def test_every_edit_of_a_report_is_found_also_by_who_only_reads(copy: Workspace, published: Workspace) -> None:
    """One of each file, compared with the report as it is made again; test_falsifications.py has all of them."""
    report = copy.report(YEAR)
    files = {}
    for _, name, change in FALSE:
        if "*" not in name and name not in files:
            files[name] = change
            _rewritten(report / name, change)
    found = {each.where.split(",")[0] for each in compared(report, published.report(YEAR), by_reading=True)}
    assert found == files.keys() - {"manifest.json"}


def test_a_bundle_is_a_crate_that_others_read(shortest: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(shortest) as file:
        file.extractall(tmp_path)
    crate = ROCrate(tmp_path)
    (action,) = crate.get_by_type("CreateAction")
    assert action["instrument"] == crate.mainEntity and "prov:used" in action.properties()
    assert {each.id for each in action["result"]} >= {f"reports/{YEAR}/voortgangsrapportage-{YEAR}.pdf"}
    files = crate.get_by_type("File")
    assert len(files) > 80
    for each in files:
        assert of_file(tmp_path / each.id) == each["sha256"]
    assert {"pandas", "pandoc", "python"} <= {each["name"] for each in crate.get_by_type("SoftwareApplication")}


def test_a_signature_says_who_packed_a_bundle(small: Path, tmp_path: Path) -> None:
    for name in ("bureau.pem", "ander.pem"):
        assert run("key", name, cwd=tmp_path).code == 0
    assert (tmp_path / "bureau.pem").stat().st_mode & 0o077 == 0
    target = tmp_path / "verslag.zip"
    done = run("bundle", str(YEAR), "--output", str(target), "--key", str(tmp_path / "bureau.pem"), cwd=small)
    assert done.code == 0, done.err
    with own_copy(target, 10**9) as content:
        check(target, tmp_path / "bureau.pem.pub", content)
    for key, why in (("ander.pem.pub", "not that of this bundle"), ("bureau.pem", "no public Ed25519 key")):
        done = run("verify", str(target), "--public-key", key, cwd=tmp_path)
        assert done.code == 1 and why in done.err and "Traceback" not in done.err
    target.write_bytes(target.read_bytes() + b" ")
    done = run("verify", str(target), "--public-key", "bureau.pem.pub", cwd=tmp_path)
    assert done.code == 1 and "not that of this bundle" in done.err
    assert run("key", "bureau.pem", cwd=tmp_path).code == 1


def _pem(kind: str, content: str) -> bytes:
    text = b64encode(bytes.fromhex(content)).decode()
    return f"-----BEGIN {kind}-----\n{text}\n-----END {kind}-----\n".encode()


OTHER = "300506032a0304"  # of a kind that nobody knows, 1.2.3.4
OTHER_KEYS = {
    "no key": (b"", b""),
    "an unknown kind": (_pem("PRIVATE KEY", f"300e020100{OTHER}04020400"), _pem("PUBLIC KEY", f"300b{OTHER}03020001")),
}


@pytest.mark.parametrize("kind", OTHER_KEYS)
def test_a_key_of_another_kind_is_refused(tmp_path: Path, kind: str) -> None:
    bundle, key = tmp_path / "verslag.zip", tmp_path / "sleutel.pem"
    bundle.write_bytes(b"PK")
    uses = (signer, partial(check, bundle, content=BytesIO()))
    for use, content, named in zip(uses, OTHER_KEYS[kind], ("private", "public"), strict=True):
        key.write_bytes(content)
        with pytest.raises(BundleError, match=f"no {named} Ed25519 key"):
            use(key)


def test_a_report_that_was_changed_by_hand_is_not_bundled(tiny: Path, tmp_path: Path) -> None:
    workspace = Workspace(shutil.copytree(tiny, tmp_path / "deal"))
    page = workspace.report(YEAR) / "bron" / "_quarto.yml"
    page.write_text(page.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    with pytest.raises(BundleError, match=r"changed by hand: bron/_quarto\.yml"):
        write_bundle(workspace, YEAR, tmp_path / "bundle.zip")


@pytest.mark.parametrize("name", ["data/financien.csv", "notebooks/klein.ipynb", "data/extra.csv"])
def test_a_report_whose_inputs_changed_since_is_not_bundled(tiny: Path, tmp_path: Path, name: str) -> None:
    root = shutil.copytree(tiny, tmp_path / "deal")
    with (root / name).open("a", encoding="utf-8") as file:
        file.write("\n")
    how = "is new since" if name == "data/extra.csv" else "is not as it was when"
    with pytest.raises(BundleError, match=re.escape(f"{name} {how}")):
        write_bundle(Workspace(root), YEAR, tmp_path / "bundle.zip")
    assert not list(tmp_path.glob("*bundle*"))


def test_every_kind_of_difference_has_dutch_words() -> None:
    assert set(verify_page.KINDS) == set(get_args(verified.Kind))
