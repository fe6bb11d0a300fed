"""Make a published report again from what it was made from, and say whether it comes out the same."""

from __future__ import annotations

import csv
import json
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from voortgang.build.options import Options
from voortgang.build.progress import Listener, Timings
from voortgang.build.years import build
from voortgang.errors import BundleError
from voortgang.publish.bundle import open_bundle
from voortgang.readers import compare
from voortgang.run import confined_kernel
from voortgang.workspace.fingerprint import of_file, of_rows
from voortgang.workspace.paths import Workspace

Verdict = Literal["identical", "equal within tolerance", "different"]
Kind = Literal["changed", "value", "tolerance", "bytes", "order"]
_HARMLESS = {"tolerance", "bytes", "order"}
PROGRAMS = ("voortgang", "python", "platform", "packages", "pandoc", "quarto", "fonts")
"""What the manifest says of the programs; where all are the same, the same inputs give the same bytes."""

_BOUND_TO_ROWS = ("kerncijfers.", "herkomst.html", "gegevens/", "bron/kerncijfers.json")
_NUMBERS_OF_ROWS = ("rijen", "sha256")


@dataclass(frozen=True)
class Difference:
    """One thing that is not as it was.

    Attributes
    ----------
    where
        File, and cell of a notebook or id of a fact.
    before, now
        What was published, and what comes out now; shortened.
    kind
        `changed`: a file is not the one that the manifest names. `value`: another result. `tolerance`: numbers that
        differ by less than `compare.TOLERANCE`. `bytes`: the same content in another form, made by other versions of
        the programs or on another computer. `order`: the same rows in another order.
    """

    where: str
    kind: Kind
    before: str = ""
    now: str = ""


@dataclass(frozen=True)
class Verified:
    """The outcome for one report.

    Attributes
    ----------
    files
        How many files were compared with their hashes.
    programs
        Each of `PROGRAMS` that differs: what made the report, and what made it again.
    confined
        Whether the notebooks were kept from writing outside their folder.
    seconds
        How long it took.
    """

    year: int
    differences: tuple[Difference, ...]
    files: int = 0
    programs: tuple[tuple[str, str, str], ...] = ()
    confined: bool = False
    seconds: float = 0.0

    @property
    def verdict(self) -> Verdict:
        """What all differences together mean."""
        if not self.differences:
            return "identical"
        kinds = {each.kind for each in self.differences}
        return "equal within tolerance" if kinds <= _HARMLESS else "different"


@contextmanager
def opened(bundle: Path) -> Iterator[tuple[Workspace, int]]:
    """Unpack a bundle for as long as it is looked at."""
    with tempfile.TemporaryDirectory(prefix="voortgang-") as folder:
        year = open_bundle(bundle, Path(folder))
        yield Workspace(Path(folder)), year


def verify(workspace: Workspace, year: int, listener: Listener) -> Verified:
    """Check every hash of a report's manifest, make the report again in a temporary folder, and compare.

    Notebooks run in fresh kernels that cannot reach the network.

    Raises
    ------
    VoortgangError
        When the report has no manifest, or cannot be made again.
    """
    started = time.monotonic()
    manifest = _manifest(workspace, year)
    found = check_hashes(workspace, year)
    reordered = any(each.kind == "order" for each in found)
    with tempfile.TemporaryDirectory(prefix="voortgang-") as folder:
        copy = Workspace(Path(folder))
        for path in workspace.input_files():
            target = copy.root / path.relative_to(workspace.root)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
        options = Options(manifest["engine"], jobs=2, fresh_kernels=True, reuse=False, offline=True)
        build(copy, [year], options, listener, Timings())
        again = _manifest(copy, year)
        programs = tuple(_versions(manifest, again))
        found += _compared(workspace.report(year), copy.report(year), not programs, reordered)
        if again["parameters"] != manifest["parameters"]:
            found.append(
                Difference("parameters", "value", str(manifest["parameters"])[:200], str(again["parameters"])[:200])
            )
    return Verified(
        year,
        tuple(sorted(dict.fromkeys(found), key=_weight)),
        len(manifest["inputs"]) + len(manifest["outputs"]),
        programs,
        confined_kernel.available(),
        time.monotonic() - started,
    )


def _weight(found: Difference) -> tuple[bool, bool, bool]:
    """Put first what tells most: files changed after publication, then figures, then cells."""
    return found.kind != "changed", not found.where.startswith("kerncijfers.json"), ".ipynb" not in found.where


def _versions(before: dict[str, Any], now: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    for name in PROGRAMS:
        old, new = before[name], now[name]
        if isinstance(old, dict) and isinstance(new, dict):
            for key in sorted(old.keys() | new.keys()):
                if old.get(key) != new.get(key):
                    yield key, str(old.get(key, "absent")), str(new.get(key, "absent"))
        elif old != new:
            yield name, str(old), str(new)


def check_hashes(workspace: Workspace, year: int) -> list[Difference]:
    """Return every file that is not the one that the manifest of a report names.

    Raises
    ------
    BundleError
        When the report has no manifest.
    """
    report, manifest = workspace.report(year), _manifest(workspace, year)
    found = [
        *_changed(workspace.root, manifest["inputs"], manifest["rows"]),
        *_changed(report, manifest["outputs"], {}),
    ]
    known = {workspace.root / name for name in manifest["inputs"]} | {report / name for name in manifest["outputs"]}
    for path in (*workspace.input_files(), *sorted(report.rglob("*"))):
        other_year = path.parent == workspace.parameters(year).parent and path != workspace.parameters(year)
        if path.is_file() and path not in known and path.name != "manifest.json" and not other_year:
            found.append(Difference(workspace.relative(path), "changed", "not in the manifest", "a file"))
    return found


def _manifest(workspace: Workspace, year: int) -> dict[str, Any]:
    path = workspace.report(year) / "manifest.json"
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return {key: content[key] for key in ("inputs", "rows", "outputs", "parameters", "engine", *PROGRAMS)}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BundleError(
            f"The report on {year} cannot be verified: its manifest is missing or damaged.",
            workspace.relative(path),
            "the manifest that the build wrote",
            f"Get the report again from who published it, or build it: voortgang build {year}",
        ) from error


def _changed(folder: Path, digests: dict[str, str], rows: dict[str, str]) -> Iterator[Difference]:
    for name, digest in sorted(digests.items()):
        now = of_file(folder / name)
        if now != digest:
            same_rows = name in rows and now != "absent" and of_rows(folder / name) == rows[name]
            yield Difference(name, "order" if same_rows else "changed", digest[:16], now[:16])


def _compared(before: Path, now: Path, same_programs: bool, reordered: bool) -> Iterator[Difference]:
    """Yield what differs between a published report and the one made again.

    The same versions of the programs make the same bytes, so any other byte counts. With others only what a file says
    counts, not its dress.
    """
    names = {path.relative_to(folder).as_posix() for folder in (before, now) for path in folder.rglob("*.*")}
    for name in sorted(names - {"manifest.json"}):
        old, new = before / name, now / name
        if of_file(old) == of_file(new):
            continue
        if not old.is_file() or not new.is_file():
            shown = ["a file" if path.is_file() else "absent" for path in (old, new)]
            yield Difference(name, "value", *shown)
            continue
        found = compare.contents(name, old.read_bytes(), new.read_bytes())
        if reordered:
            found, bound = _without_row_numbers(name, found, old, new)
            if bound and not found:
                yield Difference(name, "order")
                continue
        if not found:
            loose = not same_programs or reordered
            yield Difference(name, "bytes" if loose else "value", of_file(old)[:16], of_file(new)[:16])
        for each in found:
            yield Difference(f"{name}, {each.where}" if each.where else name, each.kind, each.before, each.now)


def _without_row_numbers(
    name: str, found: list[compare.Found], old: Path, new: Path
) -> tuple[list[compare.Found], bool]:
    """Leave out what only says which row a figure came from; return also whether the file is bound to such numbers."""
    if name.endswith(".pdf"):
        return [each for each in found if each.where != "attachment kerncijfers.json"], True
    if not name.startswith(_BOUND_TO_ROWS):
        return found, False
    if name.endswith("kerncijfers.json"):
        return [] if _figures(old) == _figures(new) else found, True
    if name.endswith(".csv"):
        texts = [sorted(_cells(path)) for path in (old, new)]
        return [] if texts[0] == texts[1] else found, True
    # What follows from kerncijfers.json, which is itself compared.
    return [], True


def _figures(path: Path) -> Any:
    content = json.loads(path.read_text(encoding="utf-8"))
    for fact in content["kerncijfers"]:
        for source in fact["herkomst"]["bronnen"]:
            for key in _NUMBERS_OF_ROWS:
                source.pop(key)
    return content


def _cells(path: Path) -> Iterator[list[str]]:
    """Yield the rows of a table without the number that each begins with; of the key figures without their sources."""
    figures = path.name == "kerncijfers.csv"
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.reader(file):
            yield row[:-1] if figures else row[1:]
