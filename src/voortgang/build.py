"""From a workspace to a finished report: check, plan, run, collect, assemble, publish."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from voortgang.assemble import FORMATS, Engine, assemble, chosen_engine
from voortgang.collect import Collected, write_page
from voortgang.errors import WorkspaceError
from voortgang.plan import Plan, plan
from voortgang.publish import put_in_place, write_facts, write_manifest
from voortgang.run import execute
from voortgang.sources import write_sources
from voortgang.workspace import Workspace

Step = Callable[[str], None]


@dataclass(frozen=True)
class Built:
    """A finished report.

    Attributes
    ----------
    year
        Reporting year.
    documents
        The report in each format.
    folder
        Everything that belongs to it.
    engine
        Which way the documents were made: `quarto` or `builtin`.
    """

    year: int
    documents: tuple[Path, ...]
    folder: Path
    engine: str


def step_count(planned: Plan) -> int:
    """Return how many steps `build` reports for a plan: each notebook, the sources, each format, publishing."""
    return len(planned.runs) + 1 + len(FORMATS) + 1


def build(planned: Plan, engine: Engine = "auto", jobs: int = 1, step: Step = lambda name: None) -> Built:
    """Make one year's report and put it in `reports/<year>`.

    Parameters
    ----------
    planned
        What `plan` returned.
    engine
        `quarto`, `builtin`, or `auto` for Quarto where it is installed.
    jobs
        How many notebooks run at once.
    step
        Called with a short text after each step.

    Raises
    ------
    VoortgangError
        When a notebook fails or the documents cannot be made. The earlier report then stays as it was.
    """
    workspace, year = planned.workspace, planned.year
    workspace.require_writable_reports()
    try:
        with tempfile.TemporaryDirectory(prefix=f".{year}-", dir=workspace.reports) as scratch:
            folder = Path(scratch) / "report"
            (folder / "notebooks").mkdir(parents=True)
            collected = _run_all(planned, folder / "notebooks", jobs, step)
            sources = write_sources(planned, collected, folder / "bron")
            step("sources written")
            name = f"voortgangsrapportage-{year}"
            chosen = chosen_engine(engine)
            made = assemble(
                sources.folder,
                chosen,
                folder,
                name,
                planned.parameters.reference_date,
                lambda form: step(f"{form} made"),
            )
            write_facts(collected, folder / "kerncijfers.json")
            write_manifest(planned, folder, chosen, folder / "manifest.json")
            put_in_place(folder, workspace.report(year))
            step("report in place")
    except OSError as error:
        raise _disk_error(error, workspace) from error
    target = workspace.report(year)
    return Built(year, tuple(target / path.name for path in made), target, chosen)


def _run_all(planned: Plan, folder: Path, jobs: int, step: Step) -> Collected:
    workspace = planned.workspace
    with ThreadPoolExecutor(max_workers=max(1, jobs)) as pool:
        futures = [(run, pool.submit(execute, run, folder / run.notebook.name, workspace)) for run in planned.runs]
        try:
            collected = Collected()
            for run, future in futures:
                future.result()
                executed = folder / run.notebook.name
                collected.add(executed, workspace.relative(run.notebook))
                write_page(executed, executed.with_suffix(".html"), f"Notebook {run.name} {planned.year}")
                step(f"{run.name} executed")
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return collected


def _disk_error(error: OSError, workspace: Workspace) -> WorkspaceError:
    place = Path(str(error.filename)) if error.filename else workspace.reports
    return WorkspaceError(
        f"The report cannot be written: {error.strerror or error}.",
        workspace.relative(place),
        "a folder that this user may write in, on a disk with free space",
        "Check the permissions of the folder and the space on the disk. The earlier report is unchanged.",
    )


def plan_all(workspace: Workspace, years: list[int]) -> list[Plan]:
    """Return the plans of several years; raises `VoortgangError` before anything runs when one is wrong."""
    return [plan(workspace, year) for year in years]


def clear_scratch(workspace: Workspace) -> None:
    """Remove what a build that was killed left in `reports/`."""
    for folder in workspace.reports.glob(".[0-9]*-*"):
        shutil.rmtree(folder, ignore_errors=True)
