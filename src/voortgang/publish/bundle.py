"""One archive with a report and all that it was made from, that needs nothing else to be checked."""

from __future__ import annotations

import json
import posixpath
import re
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path, PurePath
from typing import Any, NamedTuple

from voortgang.check.checked import check
from voortgang.check.public_copy import made_from, view_of
from voortgang.check.withheld import hidden_projects
from voortgang.errors import BundleError
from voortgang.publish import crate
from voortgang.publish.key_figures import NAME as KEY_FIGURES
from voortgang.publish.layout import files_of
from voortgang.publish.leaks import require_no_leak
from voortgang.workspace.fingerprint import of_bytes
from voortgang.workspace.parameters import read_parameters
from voortgang.workspace.paths import Period, Workspace, period, require_outside
from voortgang.writing import archive
from voortgang.writing.files import write_files

LISTING = "bundel.json"
"""Name of the list in a bundle: the year, and the SHA-256 of every other file."""

LOCK = "requirements.txt"
"""Name of the versions of all packages in a bundle: those that this version of the engine is tested with."""

_MANIFEST = "manifest.json"

_PRIVATE_KEY = re.compile(rb"^-----BEGIN [A-Z ]*PRIVATE KEY-----\s*$", re.MULTILINE)

_PACKAGE = Path(__file__).parents[1]


class LeftOut(NamedTuple):
    """What a bundle does not hold: projects that the bureau has, and files that notebooks read under `inputs`."""

    projects: frozenset[str]
    files: tuple[str, ...]


def not_held(manifest: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the files that the notebooks of a report read and only its parameters allow: no bundle holds them."""
    allowed = [PurePath(posixpath.normpath(each)) for each in manifest["parameters"].get("inputs", ())]
    read = {name: PurePath(posixpath.normpath(name)) for name in manifest["elsewhere"]}
    return tuple(name for name, path in read.items() if any(path.is_relative_to(each) for each in allowed))


def signature_of(bundle: Path) -> Path:
    """Return where the signature of a bundle lies: beside it."""
    return bundle.with_name(f"{bundle.name}.sig")


def write_bundle(
    workspace: Workspace,
    year: Period,
    target: Path,
    replace: bool = False,
    signed: Callable[[bytes], bytes] | None = None,
) -> LeftOut:
    """Pack a finished report with all that it was made from and the locked versions of the engine, as an RO-Crate.

    The same files give the same bytes. A public edition that hides projects was made from a copy without them
    (`check.public_copy`); the bundle holds that copy.

    Parameters
    ----------
    replace
        Whether an earlier bundle at `target`, and its signature, may be replaced.
    signed
        Returns the signature of the bundle, which is written beside it.

    Returns
    -------
    LeftOut
        What it does not hold.

    Raises
    ------
    BundleError
        When there is no report on that year, or it or what it was made from has changed since it was made, or something
        else than a bundle stands at `target`.
    WorkspaceError
        When `target` lies among what reports are made from, or in one.
    LeakError
        When it would name a project that the edition hides.
    """
    require_outside(target)
    _require_bundle(target)
    report = workspace.report(year)
    if not (report / _MANIFEST).is_file():
        raise BundleError(
            f"There is no report on {year} to bundle.",
            workspace.relative(report),
            "a finished report with its manifest.json",
            f"Run: voortgang build {year}",
        )
    parameters, hidden = read_parameters(workspace, year), frozenset[str]()
    source, whole = workspace, None
    if parameters.edition == "openbaar":
        whole = check(workspace).require_sound()
        hidden = hidden_projects(whole, view_of(parameters))
        source = made_from(whole, parameters, workspace.public_copies)
    # Each file is read once: what is looked at below is what is packed.
    inputs = {source.relative(path): path.read_bytes() for path in source.input_files()}
    _require_no_key(inputs)
    made = files_of(report)
    manifest = json.loads(made[_MANIFEST])
    _require_as_made(manifest, inputs, made, workspace.relative(report), year)
    content = inputs | {f"{workspace.relative(report)}/{name}": data for name, data in made.items()}
    if versions := lock_file():
        content[LOCK] = versions.read_bytes()
    digests = {name: of_bytes(data) for name, data in content.items()}
    sizes = {name: len(data) for name, data in content.items()}
    content[crate.NAME] = crate.crate(manifest, digests, sizes, workspace.relative(report))
    content[LISTING] = listing(year, digests | {crate.NAME: of_bytes(content[crate.NAME])})
    if whole is not None:
        computed = content[workspace.relative(report / KEY_FIGURES)]
        require_no_leak(content.items(), whole, view_of(parameters), computed)
    _write(target, archive.packed(content), replace, signed)
    return LeftOut(hidden, not_held(manifest))


def _write(target: Path, packed: bytes, replace: bool, signed: Callable[[bytes], bytes] | None) -> None:
    """Write a bundle and its signature together; that of another bundle does not stay beside it."""
    signature = signature_of(target)
    stale = signed is None and signature.is_file() and not (target.is_file() and target.read_bytes() == packed)
    if stale and not replace:
        raise BundleError(
            "The signature of another bundle lies where that of this one would be.",
            str(signature),
            "a bundle without a signature, or with its own",
            "Move what stands there, let it be replaced with --replace, or sign with --key. Nothing was written.",
        )
    write_files({target: packed} | ({signature: signed(packed)} if signed else {}), replace)
    if stale:
        signature.unlink()


def _require_bundle(target: Path) -> None:
    """Raise `BundleError` when another file than a bundle stands at `target`: `--replace` is not about that."""
    if not target.is_file():
        return
    try:
        with zipfile.ZipFile(target) as file:
            if LISTING in file.namelist():
                return
    except (OSError, zipfile.BadZipFile):
        pass
    raise BundleError(
        "There is another file, which is no bundle, where the bundle would be written.",
        str(target),
        "a name that is free, or that of an earlier bundle",
        "Choose another name. Nothing was overwritten.",
    )


def _require_no_key(content: Mapping[str, bytes]) -> None:
    """Raise `BundleError` when what a bundle holds is a private key: who gets the bundle could sign with it."""
    for name, data in content.items():
        if _PRIVATE_KEY.search(data):
            raise BundleError(
                "The bundle would hold a private key.",
                name,
                "private keys outside data/, notebooks/, parameters/ and templates/",
                "Move the key out of the folder, and build again. If the file was ever published, make a new key.",
            )


def lock_file() -> Path | None:
    """Return the file with the locked versions that belong to this engine: in the package, or beside its source."""
    return next((path for path in (_PACKAGE / LOCK, _PACKAGE.parents[1] / LOCK) if path.is_file()), None)


def _require_as_made(
    manifest: Mapping[str, Any], inputs: Mapping[str, bytes], made: Mapping[str, bytes], report: str, year: Period
) -> None:
    """Raise `BundleError` when a file of the report, or one that it was made from, is not as the manifest says."""
    outputs = {name: data for name, data in made.items() if name != _MANIFEST}
    for known, there, what, mend in (
        (manifest["inputs"], inputs, "What the report was made from has changed", f"Run: voortgang build {year}"),
        (manifest["outputs"], outputs, "The report was changed by hand", f"Run: voortgang build {year} --fresh"),
    ):
        for name in sorted(known.keys() | there.keys()):
            if name not in known or name not in there or of_bytes(there[name]) != known[name]:
                both = name in known and name in there
                how = "is not as it was when" if both else "is gone since" if name in known else "is new since"
                raise BundleError(
                    f"{what}: {name} {how} the report was made.",
                    name if there is inputs else f"{report}/{name}",
                    "a report, and what it was made from, as they were when it was made",
                    f"{mend}; then bundle it.",
                )


def listing(year: Period, digests: dict[str, str]) -> bytes:
    """Return the list of a bundle in its only form."""
    content = {"bestanden": digests, "verslagjaar": year}
    return (json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()


def open_bundle(packed: bytes, path: Path | str, folder: Path) -> Period:
    """Unpack a bundle into an empty folder and return its year. Nothing in it is trusted.

    Parameters
    ----------
    packed, path
        Its bytes, and how messages name it.

    Raises
    ------
    BundleError
        When it is no bundle, would write outside the folder, is far larger than a report is, or is not byte for byte
        what `write_bundle` makes of the files in it.
    """
    content = archive.unpacked(packed, path)
    try:
        year = json.loads(content[LISTING])["verslagjaar"]
        if year is None or period(str(year)) != year:
            raise ValueError(year)
        digests = dict(json.loads(content[LISTING])["bestanden"])
        own = listing(year, digests)
    except (KeyError, ValueError, TypeError, RecursionError) as error:
        raise _broken(path, f"its list {LISTING} is missing or damaged") from error
    if content[LISTING] != own:
        raise _broken(path, f"its list {LISTING} was edited")
    for name, data in content.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    for name in sorted(digests.keys() | content.keys() - {LISTING}):
        if name not in content:
            raise _broken(path, f"{name} is missing")
        if name not in digests:
            raise _broken(path, f"{name} is not in its list")
        if of_bytes(content[name]) != digests[name]:
            raise _broken(path, f"{name} is not the file that was bundled")
    if archive.packed(content) != packed:
        raise _broken(path, "the archive itself was edited")
    return year


def _broken(path: Path | str, why: str) -> BundleError:
    return BundleError(
        f"The bundle is not as it was made: {why}.",
        str(path),
        "a file that 'voortgang bundle' wrote, unchanged",
        "Get the bundle again from who published it.",
    )
