"""One archive with a report and all that it was made from, that needs nothing else to be checked."""

from __future__ import annotations

import json
from pathlib import Path

from voortgang.errors import BundleError
from voortgang.publish import crate
from voortgang.workspace.fingerprint import of_bytes, of_file
from voortgang.workspace.paths import Workspace
from voortgang.writing import archive

LISTING = "bundel.json"
"""Name of the list in a bundle: the year, and the SHA-256 of every other file."""

_LOCKS = ("requirements.txt", "environment.yml", "pyproject.toml")


def write_bundle(workspace: Workspace, year: int, target: Path) -> None:
    """Pack a finished report with its data, notebooks, templates, parameters and lock files, described as an RO-Crate.

    The same files give the same bytes.

    Raises
    ------
    BundleError
        When there is no report on that year.
    """
    report = workspace.report(year)
    if not (report / "manifest.json").is_file():
        raise BundleError(
            f"There is no report on {year} to bundle.",
            workspace.relative(report),
            "a finished report with its manifest.json",
            f"Run: voortgang build {year}",
        )
    made = [path for path in report.rglob("*") if path.is_file()]
    locks = [workspace.root / name for name in _LOCKS if (workspace.root / name).is_file()]
    files = {workspace.relative(path): path for path in (*workspace.input_files(), *made, *locks)}
    content = {name: path.read_bytes() for name, path in files.items()}
    manifest = json.loads(content[workspace.relative(report / "manifest.json")])
    digests = {name: of_bytes(data) for name, data in content.items()}
    sizes = {name: len(data) for name, data in content.items()}
    content[crate.NAME] = crate.crate(manifest, digests, sizes, workspace.relative(report))
    content[LISTING] = listing(year, digests | {crate.NAME: of_bytes(content[crate.NAME])})
    part = target.with_name(f".{target.name}.part")
    part.write_bytes(archive.packed(content))
    part.replace(target)


def listing(year: int, digests: dict[str, str]) -> bytes:
    """Return the list of a bundle in its only form."""
    content = {"bestanden": digests, "verslagjaar": year}
    return (json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()


def open_bundle(path: Path, folder: Path) -> int:
    """Unpack a bundle into an empty folder and return its year. Nothing in it is trusted.

    Raises
    ------
    BundleError
        When it is no bundle, would write outside the folder, is far larger than a report is, or is not byte for byte
        what `write_bundle` makes of the files in it.
    """
    content = archive.unpacked(path)
    try:
        year = int(json.loads(content[LISTING])["verslagjaar"])
        digests = dict(json.loads(content[LISTING])["bestanden"])
    except (KeyError, ValueError, TypeError) as error:
        raise _broken(path, f"its list {LISTING} is missing or damaged") from error
    if content[LISTING] != listing(year, digests):
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
        if of_file(folder / name) != digests[name]:
            raise _broken(path, f"{name} is not the file that was bundled")
    if archive.packed(content) != path.read_bytes():
        raise _broken(path, "the archive itself was edited")
    return year


def _broken(path: Path, why: str) -> BundleError:
    return BundleError(
        f"The bundle is not as it was made: {why}.",
        str(path),
        "a file that 'voortgang bundle' wrote, unchanged",
        "Get the bundle again from who published it.",
    )
