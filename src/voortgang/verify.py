"""Make a published report again from what it was made from, and say whether it comes out the same."""

from __future__ import annotations

import json
import math
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import nbformat

from voortgang.build import Options, build
from voortgang.bundle import open_bundle
from voortgang.collect import is_injected
from voortgang.errors import BundleError
from voortgang.fingerprint import of_file
from voortgang.progress import Listener, Timings
from voortgang.workspace import Workspace

TOLERANCE = 1e-9
"""How much two numbers may differ, relative to the larger, and still count as equal."""

Verdict = Literal["identical", "equal within tolerance", "different"]
_PROGRAMS = ("python", "packages", "pandoc", "quarto", "voortgang")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")


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
        differ by less than `TOLERANCE`. `bytes`: another file, made by other versions of the programs.
    """

    where: str
    kind: Literal["changed", "value", "tolerance", "bytes"]
    before: str = ""
    now: str = ""


@dataclass(frozen=True)
class Verified:
    """The outcome for one report."""

    year: int
    differences: tuple[Difference, ...]

    @property
    def verdict(self) -> Verdict:
        """What all differences together mean."""
        if not self.differences:
            return "identical"
        kinds = {each.kind for each in self.differences}
        return "equal within tolerance" if kinds <= {"tolerance", "bytes"} else "different"


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
    report = workspace.report(year)
    manifest = _manifest(workspace, year)
    found = check_hashes(workspace, year)
    with tempfile.TemporaryDirectory(prefix="voortgang-") as folder:
        copy = Workspace(Path(folder))
        for path in workspace.input_files():
            target = copy.root / path.relative_to(workspace.root)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
        options = Options(manifest["engine"], jobs=2, fresh_kernels=True, reuse=False, offline=True)
        build(copy, [year], options, listener, Timings())
        again = _manifest(copy, year)
        same_programs = all(manifest[key] == again[key] for key in _PROGRAMS)
        found += _compared(report, copy.report(year), same_programs)
        if again["parameters"] != manifest["parameters"]:
            found.append(
                Difference("parameters", "value", str(manifest["parameters"])[:200], str(again["parameters"])[:200])
            )
    return Verified(year, tuple(dict.fromkeys(found)))


def check_hashes(workspace: Workspace, year: int) -> list[Difference]:
    """Return every file that is not the one that the manifest of a report names.

    Raises
    ------
    BundleError
        When the report has no manifest.
    """
    report, manifest = workspace.report(year), _manifest(workspace, year)
    found = [*_changed(workspace.root, manifest["inputs"]), *_changed(report, manifest["outputs"])]
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
        return {key: content[key] for key in ("inputs", "outputs", "parameters", "engine", *_PROGRAMS)}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BundleError(
            f"The report on {year} cannot be verified: its manifest is missing or damaged.",
            workspace.relative(path),
            "the manifest that the build wrote",
            f"Get the report again from who published it, or build it: voortgang build {year}",
        ) from error


def _changed(folder: Path, digests: dict[str, str]) -> Iterator[Difference]:
    for name, digest in sorted(digests.items()):
        now = of_file(folder / name)
        if now != digest:
            yield Difference(name, "changed", digest[:16], now[:16])


def _compared(before: Path, now: Path, same_programs: bool) -> Iterator[Difference]:
    """Yield what differs between a published report and the one made again.

    The same versions of the programs make the same bytes; with others, only figures are compared, not their dress.
    """
    names = {path.relative_to(folder).as_posix() for folder in (before, now) for path in folder.rglob("*.*")}
    for name in sorted(names - {"manifest.json"}):
        old, new = before / name, now / name
        if of_file(old) == of_file(new):
            continue
        if not old.is_file() or not new.is_file():
            yield Difference(
                name, "value", "a file" if old.is_file() else "absent", "absent" if old.is_file() else "a file"
            )
        elif name.endswith(".ipynb"):
            yield from _notebooks(name, old, new)
        elif name == "kerncijfers.json":
            yield from _facts(name, old, new)
        else:
            yield Difference(name, "value" if same_programs else "bytes", of_file(old)[:16], of_file(new)[:16])


def _notebooks(name: str, old: Path, new: Path) -> Iterator[Difference]:
    cells = [_code_cells(path) for path in (old, new)]
    if [cell.source for cell in cells[0]] != [cell.source for cell in cells[1]]:
        yield Difference(name, "value", "another source")
        return
    for number, (was, is_now) in enumerate(zip(*cells, strict=True), start=1):
        shown = [json.dumps(cell.outputs, sort_keys=True, ensure_ascii=False) for cell in (was, is_now)]
        yield from _values(f"{name}, code cell {number}", *shown)


def _code_cells(path: Path) -> list[Any]:
    try:
        cells = nbformat.reads(path.read_text(encoding="utf-8"), as_version=4).cells
    except Exception:  # nbformat raises whatever a damaged file makes of it; then all its cells differ
        return []
    return [cell for cell in cells if cell.cell_type == "code" and not is_injected(cell)]


def _facts(name: str, old: Path, new: Path) -> Iterator[Difference]:
    try:
        was, is_now = (
            {each["id"]: each for each in json.loads(path.read_text(encoding="utf-8"))["kerncijfers"]}
            for path in (old, new)
        )
    except (ValueError, KeyError, TypeError):
        yield Difference(name, "value", "not readable")
        return
    for key in sorted(was.keys() | is_now.keys()):
        texts = [json.dumps(facts.get(key), sort_keys=True, ensure_ascii=False) for facts in (was, is_now)]
        yield from _values(f"{name}, {key}", *texts)


def _values(where: str, was: str, is_now: str) -> Iterator[Difference]:
    if was == is_now:
        return
    numbers = [[float(text) for text in _NUMBER.findall(shown)] for shown in (was, is_now)]
    same_text = _NUMBER.sub("#", was) == _NUMBER.sub("#", is_now)
    close = same_text and all(math.isclose(a, b, rel_tol=TOLERANCE) for a, b in zip(*numbers, strict=True))
    first = next((i for i, (a, b) in enumerate(zip(was, is_now, strict=False)) if a != b), min(len(was), len(is_now)))
    around = slice(max(0, first - 40), first + 60)
    yield Difference(where, "tolerance" if close else "value", was[around], is_now[around])
