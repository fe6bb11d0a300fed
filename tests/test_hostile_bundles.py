"""A bundle or report that somebody meant to do harm with is refused with one message, and writes nothing elsewhere."""

from __future__ import annotations

import json
import random
import stat
import struct
import zipfile
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voortgang.errors import VoortgangError
from voortgang.publish.bundle import LISTING, listing, open_bundle
from voortgang.publish.key_figures import read_key_figures
from voortgang.publish.manifest import NAME as MANIFEST
from voortgang.readers import difference, trace, verify
from voortgang.readers.compare.contents import contents
from voortgang.readers.portfolio.published import read_all
from voortgang.readers.read_manifest import read_manifest, written
from voortgang.workspace.fingerprint import of_bytes
from voortgang.workspace.paths import Workspace
from voortgang.writing import archive

YEAR = 2021
REPORT = f"reports/{YEAR}"
Content = dict[str, bytes]


def _figure(key: str) -> dict[str, Any]:
    source = {
        "bestand": "data/financien.csv",
        "waar": {"pijler": ["werken"]},
        "tot_en_met": "2021-12-31",
        "rijen": "2-3",
        "sha256": "0" * 64,
    }
    return {
        "id": key,
        "label": "Gerealiseerd",
        "waarde": 12,
        "tekst": "€ 12",
        "zinsdeel": "",
        "eenheid": "euro",
        "jaar": YEAR,
        "peildatum": "2021-12-31",
        "artikel": "7.4",
        "over": {"pijler": "werken"},
        "status": "definitief",
        "staat_in": ["tbl-a"],
        "herkomst": {"notebook": "notebooks/werken.ipynb", "cel": "a", "bronnen": [source]},
    }


@cache
def _report() -> Content:
    """Return a small bundle as `voortgang bundle` would write it, without its list."""
    about = {
        "deal": "Deal",
        "eerste_jaar": 2019,
        "laatste_jaar": 2023,
        "pijlerwoord": "pijler",
        "pijlers": {"werken": "Werken"},
        "jaar": YEAR,
        "peildatum": "2021-12-31",
        "status": "concept",
        "editie": "openbaar",
        "voorbeelddata": True,
    }
    figures = {"schema_versie": "1.1", "verslag": about, "kerncijfers": [_figure("werken.a"), _figure("werken.b")]}
    notebook = {"cells": [{"id": "a", "cell_type": "code", "source": ["1 + 1"], "outputs": []}], "nbformat": 4}
    content = {
        "data/deal.yml": b"name: Deal\n",
        "data/financien.csv": b"boeking_id,bedrag\nB1,12\nB2,0\n",
        f"parameters/{YEAR}.yml": b"year: 2021\nreference_date: 2021-12-31\n",
        f"{REPORT}/kerncijfers.json": json.dumps(figures).encode(),
        f"{REPORT}/gegevens/financien.csv": b"rij,boeking_id,bedrag\n2,B1,12\n3,B2,0\n",
        f"{REPORT}/notebooks/werken.ipynb": json.dumps(notebook).encode(),
        f"{REPORT}/voortgangsrapportage-{YEAR}.html": b"<h1>A</h1><a href='herkomst.html#werken.a'>12</a>",
    }
    inputs = {name: of_bytes(data) for name, data in content.items() if not name.startswith(REPORT)}
    manifest = {
        "verslagjaar": YEAR,
        "parameters": {"year": YEAR, "edition": "openbaar"},
        "vaststelling": None,
        "voortgang": "0.1.0",
        "engine": "builtin",
        "python": "3.11.7",
        "pandoc": "pandoc 3",
        "quarto": None,
        "platform": "Linux x86_64",
        "packages": {"pandas": "2"},
        "fonts": {},
        "commit": None,
        "clean": None,
        "made": "2022-01-01T00:00:00+00:00",
        "seconds": 1.0,
        "inputs": inputs,
        "elsewhere": {},
        "variables": [],
        "rows": {},
        "outputs": {
            name.removeprefix(f"{REPORT}/"): of_bytes(data) for name, data in content.items() if name not in inputs
        },
    }
    return content | {f"{REPORT}/{MANIFEST}": written(manifest).encode()}


def _packed(content: Content) -> bytes:
    return archive.packed(content | {LISTING: listing(YEAR, {name: of_bytes(data) for name, data in content.items()})})


def _read_by_everything(bundle: bytes, folder: Path) -> list[str]:
    """Let every reader read a bundle, and return what they said; fails when one raises anything but a message."""
    box = folder / "box"
    box.mkdir(parents=True, exist_ok=True)
    path = box / "bundel.zip"
    path.write_bytes(bundle)
    said: list[str] = []

    def tried(read: Callable[[], object]) -> None:
        try:
            read()
        except VoortgangError as error:
            assert error.what and error.mend
            said.append(str(error))

    _, missing = read_all([str(path), str(box / "out")], YEAR)
    said += [each.why for each in missing]
    out = box / "out"
    out.mkdir()
    workspace = Workspace(out)
    tried(lambda: open_bundle(path.read_bytes(), path, out))
    with suppress(VoortgangError, FileExistsError):  # as who unpacks it by hand has it
        archive.unpack(bundle, "bundel.zip", out)
    tried(lambda: verify.check_hashes(workspace, YEAR, packed=True))
    tried(lambda: list(verify._unmade(workspace, read_manifest(workspace, YEAR), YEAR)))
    tried(lambda: trace.trace(workspace, YEAR, "werken.a"))
    tried(lambda: difference._changes(*[read_key_figures(workspace, YEAR)] * 2))
    _, missing = read_all([str(out)], YEAR)
    said += [each.why for each in missing]
    base = _report()
    for file in sorted(out.rglob("*")):
        name = file.relative_to(out).as_posix()
        if file.is_file() and name in base:
            contents(name, base[name], file.read_bytes())
    assert {each.name for each in folder.iterdir()} == {"box"}
    assert {each.name for each in box.iterdir()} == {"bundel.zip", "out"}
    return said


def test_the_bundle_that_is_spoilt_here_is_read_as_it_is(tmp_path: Path) -> None:
    said = _read_by_everything(_packed(_report()), tmp_path)
    assert said == ["er is geen verslag over 2021"], said  # of the folder, before it is unpacked


def _member(name: str, data: bytes = b"x", mode: int = 0, **given: Any) -> Callable[[], bytes]:
    def made() -> bytes:
        target = BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as file:
            for each, content in _report().items():
                file.writestr(each, content)
            member = zipfile.ZipInfo(name)
            member.external_attr = mode << 16
            for key, value in given.items():
                setattr(member, key, value)
            file.writestr(member, data)
        return target.getvalue()

    return made


def _twice() -> bytes:
    target = BytesIO(_packed(_report()))
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(target, "a") as file:
        file.writestr("data/deal.yml", "other")
    return target.getvalue()


def _directory(change: Callable[[bytearray, int], None]) -> Callable[[], bytes]:
    """Return an archive with a change in the first entry of its directory, at the end of the file."""

    def made() -> bytes:
        content = bytearray(_packed(_report()))
        change(content, content.rindex(b"PK\x05\x06"))
        return bytes(content)

    return made


def _first(content: bytearray) -> int:
    return content.index(b"PK\x01\x02")


def _put(form: str, offset: int, value: int, at_end: bool = False) -> Callable[[], bytes]:
    def change(content: bytearray, end: int) -> None:
        struct.pack_into(form, content, (end if at_end else _first(content)) + offset, value)

    return _directory(change)


ARCHIVES: dict[str, Callable[[], bytes]] = {
    "nothing": lambda: b"",
    "no archive": lambda: b"PK",
    "an empty archive": lambda: b"PK\x05\x06" + b"\0" * 18,
    "text": lambda: b"a;b\n" * 100,
    "a path up": _member("../buiten.txt"),
    "a path far up": _member("a/../../../buiten.txt"),
    "an absolute path": _member("/tmp/buiten.txt"),
    "a path of Windows": _member("C:\\buiten.txt"),
    "a drive": _member("C:buiten.txt"),
    "a stream": _member("data/deal.yml:x"),
    "an empty name": _member(""),
    "a dot": _member("."),
    "a folder": _member("data/"),
    "a folder in place of a file": _member("data/deal.yml/"),
    "a file below a file": _member("data/deal.yml/x"),
    "a file in place of a folder": _member("reports"),
    "a long name": _member("a" * 300),
    "a deep name": _member("/".join("a" * 2000)),
    "a name that is not seen": _member("a\x01b"),
    "a name with a line end": _member("a\nb"),
    "a link": _member("link", b"/etc/passwd", stat.S_IFLNK | 0o777),
    "a device": _member("device", b"", stat.S_IFBLK | 0o666),
    "a pipe": _member("pipe", b"", stat.S_IFIFO | 0o666),
    "a name twice": _twice,
    "two thousand times as large": _member("a", b"0" * 50_000_000),
    "a directory that lies about size": _put("<I", 24, 1),
    "a directory with a huge size": _put("<I", 24, 0xFFFFFFFE),
    "a directory with a wrong checksum": _put("<I", 16, 1),
    "a directory with another method": _put("<H", 10, 97),
    "an encrypted member": _put("<H", 8, 1),
    "a directory that points elsewhere": _put("<I", 42, 0x00FFFFFF),
    "a directory that points to itself": _put("<I", 42, 1),
    "a directory with a long name": _put("<H", 28, 0xFFFF),
    "a directory of another length": _put("<I", 12, 0xFFFF, True),
    "a directory at another place": _put("<I", 16, 0xFFFF, True),
    "more entries than there are": _put("<H", 10, 0xFFFE, True),
    "a comment that is not there": _put("<H", 20, 0xFFFF, True),
    "something before it": lambda: b"#!/bin/sh\n" + _packed(_report()),
    "something behind it": lambda: _packed(_report()) + b"x",
    "two archives": lambda: _packed(_report()) * 2,
}


@pytest.mark.parametrize("what", ARCHIVES)
def test_a_hostile_archive_is_refused_and_writes_nothing_elsewhere(tmp_path: Path, what: str) -> None:
    assert len(_read_by_everything(ARCHIVES[what](), tmp_path)) >= 3


ODD: tuple[str, ...] = (
    *("null", "true", "0", "-1", "1e400", "NaN", "Infinity", "1" * 400, "0.5", '""', '"\\u0000"', '"\\ud800"', "[]"),
    *("{}", "[1]", '{"a": 1}', '[["a", 1], [2, 3]]', '"' + "x" * 5000 + '"', "[" * 3000 + "]" * 3000),
    *('{"a":' * 3000 + "1" + "}" * 3000, '"../../buiten"', '"/etc/passwd"', '"2-99999999999"', '"0001-01-01"'),
    *('"9999-12-31T23:59:59+00:00"', '"\\u202egepj"', "1" * 5000),
)
"""Values as JSON that belong nowhere."""

JSON_FILES = (f"{REPORT}/{MANIFEST}", f"{REPORT}/kerncijfers.json", f"{REPORT}/notebooks/werken.ipynb", LISTING)
_HERE = "@@here@@"


def _places(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    pairs = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [path, *(each for key, value in pairs for each in _places(value, (*path, key)))]


def _spoilt(text: bytes, choose: random.Random, value: str | None) -> bytes:
    """Return JSON with one value replaced by another, or removed."""
    tree = {"root": json.loads(text)}
    path = choose.choice(_places(tree["root"]))
    holder: Any = tree
    for key in ("root", *path)[:-1]:
        holder = holder[key]
    last = ("root", *path)[-1]
    if value is None and path:
        del holder[last]
        return json.dumps(tree["root"], ensure_ascii=False, indent=2).encode() + b"\n"
    holder[last] = _HERE
    made = json.dumps(tree["root"], ensure_ascii=False, indent=2).replace(f'"{_HERE}"', value or "null")
    return made.encode("utf-8", "surrogatepass") + b"\n"


ENCODINGS: tuple[Callable[[bytes], bytes], ...] = (
    lambda data: data.decode().encode("utf-16"),
    lambda data: b"\xff\xfe" + data,
    lambda data: data.replace(b"a", b"\xe9"),
    lambda data: b"\xef\xbb\xbf" + data,
    lambda data: b"",
    lambda data: b"\0" * 100,
    lambda data: data[: len(data) // 2],
    lambda data: data * 2,
    lambda data: b"[" * 100_000,
    lambda data: b'"' * 10_001,
    lambda data: b"x," * 100_000 + b"\n",
    lambda data: b"\r" * 1000,
)


def _with(name: str, data: bytes, consistent: bool) -> bytes:
    """Return the bundle with another file in it; `consistent`: its manifest and list say that it belongs there."""
    content = dict(_report())
    if name == LISTING:
        return archive.packed(content | {LISTING: data})
    content[name] = data
    inner = name.removeprefix(f"{REPORT}/")
    if consistent and inner != MANIFEST:
        manifest = json.loads(content[f"{REPORT}/{MANIFEST}"])
        manifest["outputs" if name.startswith(REPORT) else "inputs"][inner] = of_bytes(data)
        content[f"{REPORT}/{MANIFEST}"] = written(manifest).encode()
    return _packed(content)


@pytest.mark.sampled(40)
@pytest.mark.parametrize("value", range(-1, len(ODD)), ids=lambda number: f"value {number}")
@pytest.mark.parametrize("name", JSON_FILES)
def test_json_with_an_odd_value_is_no_traceback(tmp_path: Path, name: str, value: int) -> None:
    whole = listing(YEAR, {each: of_bytes(data) for each, data in _report().items()})
    text = _report().get(name, whole)
    spoilt = _spoilt(text, random.Random(f"{name}{value}"), ODD[value] if value >= 0 else None)
    _read_by_everything(_with(name, spoilt, True), tmp_path)


@pytest.mark.sampled(40)
@pytest.mark.parametrize("year", ["null", "true", "2021.0", '"2021"', "-1", "20210", '"2021-13-01"'])
def test_a_list_without_a_year_is_damaged(tmp_path: Path, year: str) -> None:
    content = archive.unpacked(_packed(_report()), "bundel.zip")
    content[LISTING] = content[LISTING].replace(f'"verslagjaar": {YEAR}'.encode(), f'"verslagjaar": {year}'.encode())
    (tmp_path / "bundel.zip").write_bytes(archive.packed(content))
    with pytest.raises(VoortgangError, match="list"):
        open_bundle((tmp_path / "bundel.zip").read_bytes(), tmp_path / "bundel.zip", tmp_path / "uit")


@pytest.mark.parametrize("number", range(len(ENCODINGS)))
@pytest.mark.parametrize("name", [*_report(), LISTING])
def test_a_file_that_is_no_text_is_no_traceback(tmp_path: Path, name: str, number: int) -> None:
    text = _report().get(name, listing(YEAR, {}))
    _read_by_everything(_with(name, ENCODINGS[number](text), True), tmp_path)


@given(
    name=st.sampled_from(JSON_FILES),
    value=st.sampled_from((None, *ODD)),
    seed=st.integers(0, 2**32),
    consistent=st.booleans(),
)
def test_any_odd_value_anywhere(
    tmp_path_factory: pytest.TempPathFactory, name: str, value: str | None, seed: int, consistent: bool
) -> None:
    text = _report().get(name, listing(YEAR, {each: of_bytes(data) for each, data in _report().items()}))
    spoilt = _spoilt(text, random.Random(seed), value)
    _read_by_everything(_with(name, spoilt, consistent), tmp_path_factory.mktemp("any"))


@given(seed=st.integers(0, 2**32), kind=st.sampled_from(["cut", "flip", "swap", "insert"]))
def test_any_damage_to_the_bytes_of_an_archive(tmp_path_factory: pytest.TempPathFactory, seed: int, kind: str) -> None:
    choose, content = random.Random(seed), bytearray(_packed(_report()))
    place, other = sorted(choose.randrange(len(content)) for _ in range(2))
    match kind:
        case "cut":
            del content[place:other]
        case "flip":
            content[place] ^= 1 << choose.randrange(8)
        case "swap":
            content[place : place + 50], content[other : other + 50] = (
                content[other : other + 50],
                content[place : place + 50],
            )
        case _:
            content[place:place] = choose.randbytes(50)
    _read_by_everything(bytes(content), tmp_path_factory.mktemp("any"))
