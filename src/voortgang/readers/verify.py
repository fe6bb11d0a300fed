"""Make a published report again from what it was made from, and say whether it comes out the same.

All of this runs in a confined process (`readers.confined_verification`). Nothing in a bundle says how it is judged: by
default every byte counts, and only the verifier's own reason makes it less.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from voortgang.assemble.quarto_project import documents
from voortgang.check import public_copy
from voortgang.check.checked import check
from voortgang.errors import BuildError, BundleError, VoortgangError
from voortgang.publish import crate
from voortgang.publish.bundle import LISTING, LOCK, lock_file, not_held, open_bundle
from voortgang.publish.layout import document_path
from voortgang.publish.manifest import CLAIMS, NAME, PROGRAMS, version
from voortgang.readers import published_order
from voortgang.readers.compare.contents import contents
from voortgang.readers.read_manifest import read_manifest
from voortgang.readers.remake import Remake
from voortgang.readers.verified import Difference, How, Kind, Verified, plain
from voortgang.workspace.extension import extension_files
from voortgang.workspace.fingerprint import of_bytes, of_file
from voortgang.workspace.parameters import read_parameters
from voortgang.workspace.paths import Period, Workspace

_TEXTS = {".qmd", ".md", ".yml", ".svg", ".png", ".jpg", ".jpeg"}
"""What a chapter is made of; anything else in `templates/` decides how chapters become a report."""

_INPUTS = {
    "data": {
        *(".csv", ".geojson", ".json", ".md", ".ods", ".parquet", ".tsv", ".txt", ".xlsx", ".yml"),
        *(".jpeg", ".jpg", ".png", ".svg"),  # pictures of stories
    },
    "notebooks": {".csv", ".ipynb", ".json", ".py"},
    "parameters": {".yml"},
    "templates": None,
}
_ENGINES = ("pandoc", "quarto")
"""Programs of which each engine has its own."""

_SHOWN = 100
"""How many differences of one file are shown."""


def unpacked(packed: bytes, bundle: Path, folder: Path) -> Period:
    """Unpack a bundle into a folder, and return its year; parameters and errors are those of `open_bundle`."""
    folder.mkdir()
    return open_bundle(packed, bundle, folder)


def verify(workspace: Workspace, year: Period, how: How, remake: Remake, packed: bool = False) -> Verified:
    """Check every file of a report, make the report again, and compare.

    Parameters
    ----------
    packed
        Whether the workspace is an unpacked bundle, in which every file must have its place.

    Raises
    ------
    VoortgangError
        When the report has no manifest, cannot be made again, or brings a look of its own that is not trusted.
    """
    started = time.monotonic()
    manifest = read_manifest(workspace, year)
    made_from = workspace if packed else _made_from(workspace, year, remake.folder / "public")
    brought = tuple(_brought(workspace))
    if brought and not how.trust_templates:
        raise BundleError(
            f"This bundle brings its own {', '.join(brought)}.",
            brought[0],
            "the filters, partials and styles of voortgang: they are programs, and decide what a reader sees",
            f"{_other_version(manifest)}Read them. If you trust them: voortgang verify --trust-templates. "
            "They stay confined.",
        )
    if elsewhere := not_held(manifest):
        raise BundleError(
            f"The report cannot be made again: its notebooks read what no bundle holds: {', '.join(elsewhere)}.",
            f"parameters/{year}.yml, inputs",
            "a report made from what lies in data/, notebooks/, parameters/ and templates/",
            "Ask the bureau to copy these files into data/ and to build and bundle the report again.",
        )
    found = check_hashes(workspace, year, packed, made_from)
    if packed:
        found += _unmade(workspace, manifest, year)
    published = workspace.report(year)
    restored = published_order.restored(made_from, year, published, manifest["inputs"], found) if not packed else {}
    found = [_as_order(each) if each.where in restored else each for each in found]
    engine = how.engine or manifest["engine"]
    try:
        copy = remake.made(made_from, year, engine, restored)
    except VoortgangError as error:
        if why := _other_version(manifest):
            raise BuildError([*error.parts, _not_made_again(workspace, year, why)]) from error
        raise
    again = read_manifest(copy, year)
    other = engine != manifest["engine"]
    found += [
        Difference(f"{NAME}, {key}", "value", str(manifest[key])[:200], str(again[key])[:200])
        for key in ("verslagjaar", "parameters", "vaststelling", "rows", "elsewhere", "variables")
        if _of_this_year(manifest[key], year) != _of_this_year(again[key], year)
    ]
    read = _documents(copy, year) if other else set()
    found += compared(published, copy.report(year), bool(how.reason), read)
    programs = tuple(each for each in _versions(manifest, again) if found or not _is_of_code(*each))
    found += [Difference(f"{NAME}, {each[0]}", _kind(each, how, other), *each[1:]) for each in programs]
    return Verified(
        year,
        tuple(sorted(dict.fromkeys(found), key=_weight)),
        len(manifest["inputs"]) + len(manifest["outputs"]),
        programs,
        tuple((key, str(manifest[key])) for key in CLAIMS),
        brought=brought,
        reason=how.reason or (f"engine {manifest['engine']} → {engine}" if other else ""),
        seconds=time.monotonic() - started,
    )


def _made_from(workspace: Workspace, year: Period, folder: Path) -> Workspace:
    """Return what the report of a workspace is made from: of a public edition that hides projects, a copy."""
    parameters = read_parameters(workspace, year)
    if parameters.edition != "openbaar":
        return workspace
    return public_copy.made_from(check(workspace, texts=False).require_sound(), parameters, folder)


def _documents(workspace: Workspace, year: Period) -> set[str]:
    """Return the documents of a report: what an engine makes."""
    report = workspace.report(year)
    return {document_path(year, *job).as_posix() for job in documents(report / "bron", "_quarto.yml", True)}


def _weight(found: Difference) -> tuple[bool, bool, bool]:
    """Put first what tells most: files changed after publication, then figures, then cells."""
    return found.kind != "changed", not found.where.startswith("kerncijfers.json"), ".ipynb" not in found.where


def _as_order(found: Difference) -> Difference:
    return Difference(found.where, "order", found.before, found.now)


def _of_this_year(value: Any, year: Period) -> Any:
    """Leave out what the tables of the manifest say of other years' parameters."""
    if not isinstance(value, dict):
        return value
    return {key: each for key, each in value.items() if not _of_another_year(key, year)}


def _of_another_year(name: str, year: Period) -> bool:
    return name.startswith("parameters/") and name != f"parameters/{year}.yml"


def _is_of_code(name: str, before: str, now: str) -> bool:
    """Return whether two programs are voortgang of one number: other code explains a difference, and is none."""
    return name == "voortgang" and before.partition("+")[0] == now.partition("+")[0]


def _kind(program: tuple[str, str, str], how: How, other_engine: bool) -> Kind:
    harmless = how.reason or (other_engine and program[0] in _ENGINES) or _is_of_code(*program)
    return "programs" if harmless else "value"


def _other_version(manifest: dict[str, Any]) -> str:
    """Say which version of voortgang made a report, and what to do with it; nothing where it is this one."""
    made, this = plain(manifest["voortgang"]), version()
    if made == this:
        return ""
    return f"The report says that voortgang {made} made it, and this is {this}: verify it with that version. "


def _not_made_again(workspace: Workspace, year: Period, why: str) -> BundleError:
    return BundleError(
        "The report cannot be made again with this version of voortgang.",
        workspace.relative(workspace.report(year) / NAME),
        "the version that made it",
        why.strip(),
    )


def _versions(before: dict[str, Any], now: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    for name in PROGRAMS:
        old, new = before[name], now[name]
        if isinstance(old, dict) and isinstance(new, dict):
            for key in sorted(old.keys() | new.keys()):
                if old.get(key) != new.get(key):
                    yield key, str(old.get(key, "absent")), str(new.get(key, "absent"))
        elif old != new:
            yield name, str(old), str(new)


def _brought(workspace: Workspace) -> Iterator[str]:
    """Yield the files that give a report its look, and are not those that this version of the engine has."""
    own = {of_file(path) for _, path in extension_files()}
    for path in sorted(workspace.templates.rglob("*")):
        if path.is_file() and path.suffix not in _TEXTS and of_file(path) not in own:
            yield workspace.relative(path)


def check_hashes(
    workspace: Workspace, year: Period, packed: bool = False, made_from: Workspace | None = None
) -> list[Difference]:
    """Return every file that is not the one that the manifest of a report names, or that nothing reads or makes.

    Parameters
    ----------
    packed
        As `verify`. In a workspace the parameters of other years may change after a report was made.
    made_from
        Where the inputs lie, if not in the workspace itself.

    Raises
    ------
    BundleError
        When the report has no manifest.
    """
    report, manifest, made_from = workspace.report(year), read_manifest(workspace, year), made_from or workspace
    inputs = {name: digest for name, digest in manifest["inputs"].items() if packed or not _of_another_year(name, year)}
    found = [*_changed(made_from.root, inputs), *_changed(report, manifest["outputs"])]
    made = {workspace.relative(report / name) for name in manifest["outputs"]} | {workspace.relative(report / NAME)}
    known = inputs.keys() | made
    readable = {made_from.relative(path) for path in made_from.input_files()}
    there = set(readable)
    there |= {workspace.relative(path) for path in report.rglob("*") if path.is_file()}
    if packed:
        known |= {LISTING, LOCK, crate.NAME}
        there = {workspace.relative(path) for path in workspace.root.rglob("*") if path.is_file()}
    for name in sorted(there - known):
        if packed or not _of_another_year(name, year):
            found.append(Difference(name, "changed", "not in the manifest", "a file"))
    for name in sorted(inputs):
        endings = _INPUTS.get(Path(name).parts[0], set())
        if name not in readable or (endings is not None and Path(name).suffix not in endings):
            found.append(Difference(name, "changed", "no part of the workspace reads it", "a file"))
    return found


def _changed(folder: Path, digests: dict[str, str]) -> Iterator[Difference]:
    for name, digest in sorted(digests.items()):
        now = of_file(folder / name)
        if now != digest:
            yield Difference(name, "changed", digest[:16], now[:16])


def _unmade(workspace: Workspace, manifest: dict[str, Any], year: Period) -> Iterator[Difference]:
    """Yield what bundling adds to a report, where it is not what bundling would make of it."""
    files = {workspace.relative(path): path for path in workspace.root.rglob("*") if path.is_file()}
    described = {name: path for name, path in files.items() if name not in (LISTING, crate.NAME)}
    made = {
        LOCK: versions.read_bytes() if (versions := lock_file()) else None,
        crate.NAME: crate.crate(
            manifest,
            {name: of_file(path) for name, path in described.items()},
            {name: path.stat().st_size for name, path in described.items()},
            workspace.relative(workspace.report(year)),
        ),
    }
    for name, content in made.items():
        now = "absent" if content is None else of_bytes(content)
        there = of_file(files[name]) if name in files else "absent"
        if now != there:
            yield Difference(name, "value", there[:16], now[:16])


def compared(before: Path, now: Path, by_reading: bool = False, read: Collection[str] = ()) -> Iterator[Difference]:
    """Yield what differs between the folder of a published report and that of the one made again.

    Parameters
    ----------
    by_reading
        Whether what a reader sees counts, instead of every byte. A byte that differs without a known reason counts
        all the same.
    read
        Files of which it counts in any case.
    """
    names = {path.relative_to(each).as_posix() for each in (before, now) for path in each.rglob("*") if path.is_file()}
    for name in sorted(names - {NAME}):
        old, new = before / name, now / name
        if not old.is_file() or not new.is_file():
            yield Difference(name, "value", *("a file" if path.is_file() else "absent" for path in (old, new)))
        elif of_file(old) != of_file(new):
            yield from _of_file(name, old.read_bytes(), new.read_bytes(), by_reading or name in read)


def _of_file(name: str, old: bytes, new: bytes, by_reading: bool) -> Iterator[Difference]:
    found = contents(name, old, new)
    if not by_reading and all(each.kind != "value" for each in found):
        yield Difference(name, "value", of_bytes(old)[:16], of_bytes(new)[:16])
    for each in found[:_SHOWN]:
        if by_reading or each.kind == "value":
            where = f"{name}, {each.where}" if each.where else name
            yield Difference(where, each.kind, each.before, each.now)
    if by_reading and any(each.kind == "value" for each in found[_SHOWN:]):
        yield Difference(name, "value", f"{len(found)} differences", f"the first {_SHOWN} are shown")
