"""Make the HTML of one report, and of nothing else, as fast as its parts allow."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import yaml

from voortgang.assemble.collect import Collected
from voortgang.assemble.document_names import REPORT
from voortgang.assemble.engines.shared import Shared
from voortgang.assemble.notebook_page import require_showable
from voortgang.assemble.quarto_project import read_project
from voortgang.assemble.render import assemble, version_of
from voortgang.assemble.sources import write_sources
from voortgang.build import unchanged
from voortgang.build.options import Options
from voortgang.build.pipeline import Pipeline
from voortgang.build.progress import Event, Timings
from voortgang.build.unchanged import Digests, Elsewhere
from voortgang.build.under_way import Year
from voortgang.errors import VoortgangError, understood
from voortgang.run.plan import Plan, Run
from voortgang.run.store import Store
from voortgang.workspace.fingerprint import of_elsewhere
from voortgang.workspace.paths import Period, Workspace

_PATIENCE = 0.5
"""Seconds to wait for a page that is being made, when the preview ends."""


@dataclass(frozen=True)
class _Ready:
    """What a page is made of beside the chapters, and the digests of what that was made from."""

    made_from: Digests
    planned: Plan
    collected: Collected
    figures: str


@dataclass(frozen=True)
class State:
    """What the preview of a year shows.

    Attributes
    ----------
    version
        Counts the pages that were made; 0 before the first.
    seconds
        How long the last page took.
    errors
        Of each thing that is wrong: what, where, expected and how to mend it. The page is then the last good one.
    """

    version: int = 0
    seconds: float = 0.0
    errors: tuple[dict[str, str], ...] = ()


class Maker(Pipeline):
    """Keeps the page of each year that somebody looks at."""

    def __init__(self, workspace: Workspace, options: Options) -> None:
        super().__init__(workspace, options, Store(workspace.store), _silent, Timings())
        workspace.clear_previews()
        # Each save makes another copy: they are this preview's own, so that none goes that somebody else uses.
        self.copies = workspace.own_previews / "openbaar"
        self.states: dict[Period, State] = {}
        self._ready: dict[Period, _Ready] = {}
        self._unwritten: dict[Period, tuple[Year, Callable[[Path], None]]] = {}
        """What writes the files that the page of a year leads to."""
        self.changed = threading.Condition()
        self._making = threading.Lock()
        self._has_ended = False

    def page(self, year: Period) -> Path:
        """Return the file of a year's page; it is there from version 1 on."""
        return self.workspace.preview(year) / "rapport.html"

    def clear(self) -> None:
        """Remove the pages, and what they were made from; none is made after this."""
        self._has_ended = True
        is_idle = self._making.acquire(timeout=_PATIENCE)  # what is being made would write on
        try:
            shutil.rmtree(self.workspace.own_previews, ignore_errors=True)
        finally:
            if is_idle:
                self._making.release()

    def _remove_unused_copies(self) -> None:
        """Remove what no page is made from any more."""
        plans = [each.planned for each in self._ready.values()]
        plans += [year.planned for year, _ in self._unwritten.values()]
        used = {each.workspace.root for each in plans}
        for copy in self.copies.glob("*"):
            if not any(root.is_relative_to(copy) for root in used):
                shutil.rmtree(copy, ignore_errors=True)

    def state(self, year: Period) -> State:
        """Return what is known of a year, and make its page when nobody asked before."""
        if year not in self.states:
            self.make_page(year)
        return self.states.get(year, State())

    def wait(self, year: Period, known: State, seconds: float) -> bool:
        """Wait until a year has another state than the known one; return whether it has."""
        with self.changed:
            return self.changed.wait_for(lambda: self.states.get(year, State()) != known, timeout=seconds)

    def wait_for_page(self) -> None:
        """Wait until the first page is made."""
        with self.changed:
            self.changed.wait_for(lambda: any(state.version for state in self.states.values()))

    def make_page(self, year: Period) -> None:
        """Make the page of a year again; an error leaves the page as it is."""
        with self._making:
            if self._has_ended:
                return
            began, known = time.monotonic(), self.states.get(year, State())
            self.errors = []
            try:
                made_from = unchanged.inputs(self.workspace, version_of(self.options.engine))
                beside = self._beside_chapters(made_from)
                ready = self._ready.get(year)
                if ready is None or ready.made_from != beside or self._has_changed(year) or self._is_copy(ready):
                    self._ready.pop(year, None)
                    self.elsewhere.pop(year, None)
                    self.plan_and_make([year], made_from)
                    self._ready[year] = replace(self._ready[year], made_from=beside)
                else:
                    # Only chapters or styles have changed: nothing is computed again.
                    self._write_page(ready, self.workspace.preview(year))
                state = State(known.version + 1, time.monotonic() - began)
            except VoortgangError as error:
                state = State(known.version, known.seconds, _said(error))
            except OSError as error:
                # An editor saves by renaming; a chapter may be gone for a moment, or for good.
                missing = VoortgangError(
                    f"A file cannot be read: {error.strerror or error}.",
                    self.workspace.relative(Path(str(error.filename))) if error.filename else "the workspace",
                    "every file in its place",
                    "Save it, or put it back; the page follows.",
                )
                state = State(known.version, known.seconds, _said(missing))
            except Exception as error:  # the preview goes on after a fault of its own
                state = State(known.version, known.seconds, _said(understood(error, f"the page of {year}")))
            self._remove_unused_copies()
            with self.changed:
                self.states[year] = state
                self.changed.notify_all()

    def _beside_chapters(self, made_from: Digests) -> Digests:
        """Return the digests of all files but those of chapters; a helper module beside a notebook counts as well."""
        templates = f"{self.workspace.relative(self.workspace.templates)}/"
        return {name: digest for name, digest in made_from.items() if not name.startswith(templates)}

    def _is_copy(self, ready: _Ready) -> bool:
        """Return whether a page is made from a copy, as one that hides projects: what is saved is not in it."""
        return ready.planned.workspace.root != self.workspace.root

    def _has_changed(self, year: Period) -> bool:
        """Return whether something has changed that a notebook read elsewhere, such as a picture of a chapter."""
        read = self.elsewhere.get(year, Elsewhere()).digests
        root = self._ready[year].planned.workspace.root
        return any(of_elsewhere(root, name) != digest for name, digest in read.items())

    def _prepare(self, planned: Plan, run: Run, executed: bytes) -> None:
        """Do nothing: the page of a report shows neither pixels nor the pages of notebooks."""

    def _report(self, year: Year) -> tuple[str, ...]:
        planned, folder = year.planned, self.workspace.preview(year.planned.period)
        self._unwritten.pop(planned.period, None)
        with self.workspace.scratch(folder) as scratch:
            for run in planned.runs:
                name = planned.workspace.relative(run.notebook)
                require_showable(year.executed[run.name], run.notebook.parent, name)
            collected = self._collect(year, None)
            figures, write_others = self._figures(year, collected, scratch)
            ready = _Ready({}, planned, collected, figures)
            self._write_page(ready, scratch)
        self._ready[planned.period] = ready
        self._unwritten[planned.period] = (year, write_others)
        return tuple(map(str, planned.warnings))

    def file(self, year: Period, name: str) -> Path | None:
        """Return a file that the page of a year names or leads to; None where there is none.

        The pages of notebooks and the origins of numbers are written when one is first asked for.
        """
        if self._found(year, name) is None:
            with self._making:
                if unwritten := self._unwritten.pop(year, None):
                    made, write_others = unwritten
                    folder = self.workspace.preview(year)
                    self._write_notebooks(made, folder / "notebooks")
                    write_others(folder)
        return self._found(year, name)

    def _found(self, year: Period, name: str) -> Path | None:
        """Return a file of a page: it stands beside its project, and names figures and styles as they lie there."""
        folder = self.workspace.preview(year).resolve()
        try:
            places = [(place / name).resolve() for place in (folder, folder / "bron" / "project")]
            return next((each for each in places if each.is_relative_to(folder) and each.is_file()), None)
        except OSError:
            return None  # a name that is longer than any file's

    def _write_page(self, ready: _Ready, folder: Path) -> None:
        with self.workspace.scratch(folder / "bron") as scratch:
            sources = write_sources(ready.planned, ready.collected, ready.figures, scratch / "project")
            if self.options.engine == "builtin":
                _leave_files_apart(sources.folder)
            day, shared = ready.planned.parameters.reference_date, Shared(sources.folder, self._kept, sources.variables)
            ((_, content, _),) = assemble(sources.folder, self.options.engine, [[(REPORT, "html")]], day, shared)
        part = folder / "rapport.part"
        part.write_bytes(content)
        part.replace(folder / "rapport.html")


def _leave_files_apart(project: Path) -> None:
    """Let the page name its figures and styles, instead of holding them: that takes a third of the time."""
    settings = read_project(project, "_quarto.yml")
    formats = settings.setdefault("format", {})
    key = next((key for key in formats if key.rpartition("-")[2] == "html"), "html")
    own = formats.get(key)
    formats[key] = (own if isinstance(own, dict) else {}) | {"embed-resources": False}
    (project / "_quarto.yml").write_text(yaml.dump(settings, Dumper=yaml.CSafeDumper), encoding="utf-8")


def _said(error: VoortgangError) -> tuple[dict[str, str], ...]:
    return tuple(
        {"what": part.what, "where": part.where, "expected": part.expected, "mend": part.mend} for part in error.parts
    )


def _silent(event: Event) -> None:
    """Say nothing: the page says how it stands."""
