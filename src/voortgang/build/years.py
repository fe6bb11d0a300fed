"""From a workspace to finished reports: check, plan, run, collect, assemble, publish."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from voortgang.assemble.render import version_of
from voortgang.build import unchanged
from voortgang.build.options import Options
from voortgang.build.progress import Event, Listener, Timings
from voortgang.publish.layout import documents_of, put_back
from voortgang.run.limits import require_limits
from voortgang.run.store import LIMIT, Store
from voortgang.workspace.paths import Period, Workspace, disk_error, in_order
from voortgang.writing import temporary


@dataclass(frozen=True)
class Built:
    """A finished report: its year, the documents, the folder with all that belongs to it, and what was noticed."""

    year: Period
    documents: tuple[Path, ...]
    folder: Path
    made: bool
    warnings: tuple[str, ...]


def build(
    workspace: Workspace, years: list[Period], options: Options, listener: Listener, timings: Timings
) -> list[Built]:
    """Make reports and put each in `reports/<year>`; a report that is up to date stays as it is.

    When a notebook fails, the others still run and their results are kept; the other years are finished.

    Raises
    ------
    VoortgangError
        When something is wrong with the workspace, or with one year.
    BuildError
        When more than one thing is wrong. Reports that could not be made stay as they were.
    """
    try:
        return _build(workspace, years, options, listener, timings)
    except OSError as error:
        raise disk_error(error, workspace) from error


def _build(
    workspace: Workspace, years: list[Period], options: Options, listener: Listener, timings: Timings
) -> list[Built]:
    require_limits()
    workspace.require_writable_reports()
    for year in years:
        workspace.require_place(year)
    store = Store(workspace.store)
    with timings.measure("comparing with what is there"):
        there = _compared(workspace, years, options, store)
    temporary.clear_left_behind()
    if all(there.stands(year) for year in years) and not any(left_behind(workspace, year) for year in years):
        # Another build of it is not waited for: it would make the same.
        return [_kept(workspace, year, there, listener) for year in years]
    with ExitStack() as held:
        for year in in_order(years):
            held.enter_context(only_build_of(workspace, year))
        with timings.measure("comparing with what is there"):
            there = _compared(workspace, years, options, store)
        made_from = there.made_from
        built = {year: _kept(workspace, year, there, listener) for year in years if there.stands(year)}
        stale = [year for year in years if year not in built]
        if stale:
            from voortgang.run import fork_server

            if not options.fresh_kernels and fork_server.can_fork() and _notebooks_may_run(there, stale):
                fork_server.start()
            # Imported while that process does its own imports.
            with timings.measure("imports"):
                from voortgang.build import pipeline

            made = pipeline.make(workspace, stale, options, store, listener, timings, made_from)
            for year, new in made.items():
                unchanged.record(workspace, year, made_from, new.warnings, store, new.elsewhere)
                built[year] = _built(workspace, year, True, new.warnings)
            store.prune(LIMIT)
            if store.trouble:
                print(
                    f"Nothing is kept for the next build: {workspace.relative(store.folder)}: {store.trouble}.",
                    file=sys.stderr,
                )
    return [built[year] for year in years]


def outlook(workspace: Workspace, years: list[Period], options: Options) -> Iterator[str]:
    """Yield a line for each year and notebook: whether it would run, and why. Nothing is run or written.

    Raises
    ------
    VoortgangError
        When something is wrong with the workspace.
    """
    store = Store(workspace.store)
    made_from = unchanged.inputs(workspace, version_of(options.engine))
    stale = []
    for year in years:
        report = unchanged.find(workspace, year, store) if options.reuse else None
        if report is not None and report.inputs == made_from:
            yield f"{year}  nothing has changed"
        else:
            stale.append(year)
    if stale:
        from voortgang.build import kept_results
        from voortgang.run.plan import plan

        for planned in plan(workspace, stale):
            for run in planned.runs:
                found = (
                    kept_results.find(run, planned.checked.data, store)
                    if options.reuse
                    else kept_results.Found(None, "--fresh")
                )
                yield f"{planned.period}  {run.name:24} {'run' if found.why else 'reuse':6}{found.why}".rstrip()
            yield f"{planned.period}  {'report':24} make"


@dataclass(frozen=True)
class _Compared:
    """What reports are made from now, and what each report was made from that stands in place."""

    made_from: unchanged.Digests
    known: dict[Period, unchanged.Finished | None]

    def stands(self, year: Period) -> bool:
        """Return whether a report would come out as it stands."""
        report = self.known[year]
        return report is not None and report.inputs == self.made_from


def _compared(workspace: Workspace, years: list[Period], options: Options, store: Store) -> _Compared:
    made_from = unchanged.inputs(workspace, version_of(options.engine))
    return _Compared(
        made_from, {year: unchanged.find(workspace, year, store) if options.reuse else None for year in years}
    )


def _kept(workspace: Workspace, year: Period, there: _Compared, listener: Listener) -> Built:
    listener(Event("report", year, origin="store"))
    report = there.known[year]
    return _built(workspace, year, False, report.warnings if report else ())


def _built(workspace: Workspace, year: Period, made: bool, warnings: tuple[str, ...]) -> Built:
    return Built(year, documents_of(workspace, year), workspace.report(year), made, warnings)


def _notebooks_may_run(there: _Compared, stale: list[Period]) -> bool:
    """Return whether more than the text around the notebooks has changed: then kernels are wanted soon."""
    text, made_from = ("templates/", "data/toelichting/", "data/verhalen/"), there.made_from
    return any(
        report is None
        or any(
            report.inputs.get(name) != made_from.get(name) and not name.startswith(text)
            for name in report.inputs.keys() | made_from.keys()
        )
        for report in (there.known[year] for year in stale)
    )


@contextmanager
def only_build_of(workspace: Workspace, year: Period) -> Iterator[None]:
    """Wait until no other build makes this year's report, and remove what a build that was killed left behind."""
    from filelock import FileLock, Timeout  # no sooner: a report that stays needs no lock

    lock = FileLock(workspace.lock(year))
    with suppress(Timeout):
        lock.acquire(timeout=0)
    if not lock.is_locked:
        print(f"Waiting for another build of {year}.", file=sys.stderr)
        lock.acquire()
    try:
        clear_scratch(workspace, year)
        yield
    finally:
        lock.release()


def left_behind(workspace: Workspace, year: Period) -> list[Path]:
    """Return the folders in `reports/` in which builds of this year work, or were killed."""
    before = f".{year}-"
    # Those of a half-year within the year have a day after it.
    return [each for each in workspace.reports.glob(f"{before}*") if "-" not in each.name.removeprefix(before)]


def clear_scratch(workspace: Workspace, year: Period) -> None:
    """Remove what a build of this year that was killed left in `reports/`, and in the place for temporary files."""
    for folder in left_behind(workspace, year):
        put_back(folder, workspace.report(year))
        shutil.rmtree(folder, ignore_errors=True)
    temporary.clear_left_behind()
