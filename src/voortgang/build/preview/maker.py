"""Make the HTML of one report, and of nothing else, as fast as its parts allow."""

from __future__ import annotations

import shutil
import threading
import time
from dataclasses import dataclass, replace
from pathlib import Path

import yaml

from voortgang.assemble.collect import Collected
from voortgang.assemble.quarto_project import REPORT, read_project
from voortgang.assemble.render import assemble
from voortgang.assemble.sources import write_sources
from voortgang.build.options import Options
from voortgang.build.pipeline import Pipeline, Year
from voortgang.build.progress import Event, Timings
from voortgang.build.unchanged import Elsewhere
from voortgang.errors import VoortgangError, understood
from voortgang.run.plan import Plan, plan
from voortgang.run.store import Store
from voortgang.workspace.fingerprint import of_elsewhere, of_files
from voortgang.workspace.paths import Period, Workspace


@dataclass(frozen=True)
class _Ready:
    """What a page is made of beside the chapters, and the digest of what that was made from."""

    made_from: str
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
        self.states: dict[Period, State] = {}
        self._ready: dict[Period, _Ready] = {}
        self.changed = threading.Condition()
        self._making = threading.Lock()

    def page(self, year: Period) -> Path:
        """Return the file of a year's page; it is there from version 1 on."""
        return self.workspace.preview(year) / "rapport.html"

    def clear(self) -> None:
        """Remove the pages."""
        shutil.rmtree(self.workspace.own_previews, ignore_errors=True)

    def state(self, year: Period) -> State:
        """Return what is known of a year, and make its page when nobody asked before."""
        if year not in self.states:
            self.make_page(year)
        return self.states[year]

    def wait(self, year: Period, known: State, seconds: float) -> bool:
        """Wait until a year has another state than the known one; return whether it has."""
        with self.changed:
            return self.changed.wait_for(lambda: self.states[year] != known, timeout=seconds)

    def make_page(self, year: Period) -> None:
        """Make the page of a year again; an error leaves the page as it is."""
        with self._making:
            began, known = time.monotonic(), self.states.get(year, State())
            self.errors = []
            try:
                made_from = self._made_from()
                ready = self._ready.get(year)
                if ready is None or ready.made_from != made_from or self._has_changed(year):
                    self._ready.pop(year, None)
                    self.elsewhere.pop(year, None)
                    self.make(plan(self.workspace, [year]))
                    self._ready[year] = replace(self._ready[year], made_from=made_from)
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
            with self.changed:
                self.states[year] = state
                self.changed.notify_all()

    def _made_from(self) -> str:
        """Return the digest of all files but those of chapters; a helper module beside a notebook counts as well."""
        templates = self.workspace.templates
        return of_files(path for path in self.workspace.input_files() if not path.is_relative_to(templates))

    def _has_changed(self, year: Period) -> bool:
        """Return whether something has changed that a notebook read elsewhere, such as a picture of a chapter."""
        read = self.elsewhere.get(year, Elsewhere()).digests
        root = self._ready[year].planned.workspace.root
        return any(of_elsewhere(root, name) != digest for name, digest in read.items())

    def _report(self, year: Year) -> bytes | tuple[str, ...]:
        planned, folder = year.planned, self.workspace.preview(year.planned.period)
        with self.workspace.scratch(folder) as scratch:
            (scratch / "notebooks").mkdir(parents=True)
            collected = self._collect(year, scratch / "notebooks")
            ready = _Ready("", planned, collected, self._figures(year, collected, scratch))
            self._write_page(ready, scratch)
        self._ready[planned.period] = ready
        return tuple(map(str, planned.warnings))

    def _write_page(self, ready: _Ready, folder: Path) -> None:
        with self.workspace.scratch(folder / "bron") as scratch:
            sources = write_sources(ready.planned, ready.collected, ready.figures, scratch / "project")
            if self.options.engine == "builtin":
                _leave_files_apart(sources.folder)
            day = ready.planned.parameters.reference_date
            ((_, content, _),) = assemble(sources.folder, self.options.engine, [(REPORT, "html")], day)
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
