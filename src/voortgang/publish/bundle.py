"""One archive with a report and all that it was made from, that needs nothing else to be checked."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

from voortgang.check.checked import check
from voortgang.check.reads import View
from voortgang.check.withheld import hidden_projects
from voortgang.errors import BundleError
from voortgang.publish import crate
from voortgang.workspace.fingerprint import of_bytes, of_file
from voortgang.workspace.paths import Period, Workspace, period
from voortgang.writing import archive
from voortgang.writing.files import write_files

LISTING = "bundel.json"
"""Name of the list in a bundle: the year, and the SHA-256 of every other file."""

LOCK = "requirements.txt"
"""Name of the versions of all packages in a bundle: those that this version of the engine is tested with."""

_PACKAGE = Path(__file__).parents[1]


def write_bundle(
    workspace: Workspace, year: Period, target: Path, with_confidential: bool = False, replace: bool = False
) -> None:
    """Pack a finished report with all that it was made from and the locked versions of the engine, as an RO-Crate.

    The same files give the same bytes.

    Parameters
    ----------
    with_confidential
        Whether the bundle of a public edition may hold the rows of projects that the edition hides: it needs them to be
        verified, so it stays with the bureau and its auditor.
    replace
        Whether another file at `target`, such as an earlier bundle, may be replaced.

    Raises
    ------
    BundleError
        When there is no report on that year, it or what it was made from has changed since it was made, or the bundle
        would hold confidential rows unasked.
    """
    report = workspace.report(year)
    if not (report / "manifest.json").is_file():
        raise BundleError(
            f"There is no report on {year} to bundle.",
            workspace.relative(report),
            "a finished report with its manifest.json",
            f"Run: voortgang build {year}",
        )
    _require_as_made(workspace, report, year)
    if not with_confidential:
        _require_nothing_hidden(workspace, report, year)
    made = [path for path in report.rglob("*") if path.is_file()]
    files = {workspace.relative(path): path for path in (*workspace.input_files(), *made)}
    content = {name: path.read_bytes() for name, path in files.items()}
    if versions := lock_file():
        content[LOCK] = versions.read_bytes()
    manifest = json.loads(content[workspace.relative(report / "manifest.json")])
    digests = {name: of_bytes(data) for name, data in content.items()}
    sizes = {name: len(data) for name, data in content.items()}
    content[crate.NAME] = crate.crate(manifest, digests, sizes, workspace.relative(report))
    content[LISTING] = listing(year, digests | {crate.NAME: of_bytes(content[crate.NAME])})
    write_files({target: archive.packed(content)}, replace)


def lock_file() -> Path | None:
    """Return the file with the locked versions that belong to this engine: in the package, or beside its source."""
    return next((path for path in (_PACKAGE / LOCK, _PACKAGE.parents[1] / LOCK) if path.is_file()), None)


def _require_as_made(workspace: Workspace, report: Path, year: Period) -> None:
    """Raise `BundleError` when a file of the report, or one that it was made from, is not as the manifest says."""
    manifest = json.loads((report / "manifest.json").read_text(encoding="utf-8"))
    inputs = workspace.input_files()
    outputs = {path for path in report.rglob("*") if path.is_file()} - {report / "manifest.json"}
    now = {workspace.relative(path): path for path in inputs}
    made = {path.relative_to(report).as_posix(): path for path in outputs}
    for known, there, what, mend in (
        (manifest["inputs"], now, "What the report was made from has changed", f"Run: voortgang build {year}"),
        (manifest["outputs"], made, "The report was changed by hand", f"Run: voortgang build {year} --fresh"),
    ):
        for name in sorted(known.keys() | there.keys()):
            if name not in known or name not in there or of_file(there[name]) != known[name]:
                raise BundleError(
                    f"{what}: {name} is not as it was when the report was made.",
                    workspace.relative(there[name]) if name in there else f"{workspace.relative(report)}: {name}",
                    "a report, and what it was made from, as they were when it was made",
                    f"{mend}; then bundle it.",
                )


def _require_nothing_hidden(workspace: Workspace, report: Path, year: Period) -> None:
    """Raise `BundleError` when the tables hold projects that the edition of the report hides."""
    manifest = json.loads((report / "manifest.json").read_text(encoding="utf-8"))
    given = manifest["parameters"]
    view = View(given["year"], date.fromisoformat(given["reference_date"]), given["edition"])
    hidden = hidden_projects(check(workspace).require_sound(), view) if given["edition"] == "openbaar" else ()
    if hidden:
        raise BundleError(
            f"The bundle of this public edition would hold the rows of {len(hidden)} confidential project"
            + ("s." if len(hidden) > 1 else "."),
            workspace.relative(workspace.table("projecten")),
            "tables without projects that a party keeps confidential (Art. 10.1), or a bundle that stays inside",
            "Publish the report and its folder gegevens/. For the bureau and its auditor: "
            f"voortgang bundle {year} --with-confidential",
        )


def listing(year: Period, digests: dict[str, str]) -> bytes:
    """Return the list of a bundle in its only form."""
    content = {"bestanden": digests, "verslagjaar": year}
    return (json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()


def open_bundle(path: Path, folder: Path) -> Period:
    """Unpack a bundle into an empty folder and return its year. Nothing in it is trusted.

    Raises
    ------
    BundleError
        When it is no bundle, would write outside the folder, is far larger than a report is, or is not byte for byte
        what `write_bundle` makes of the files in it.
    """
    content = archive.unpacked(path)
    try:
        year = json.loads(content[LISTING])["verslagjaar"]
        if period(str(year)) != year:
            raise ValueError(year)
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
