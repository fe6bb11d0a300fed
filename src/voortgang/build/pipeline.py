"""Run notebooks and make reports from them, side by side."""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import nullcontext
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from voortgang.assemble.collect import Collected, charts
from voortgang.assemble.document_names import REPORT, Job
from voortgang.assemble.notebook_page import local_pictures, page
from voortgang.assemble.quarto_project import documents
from voortgang.assemble.render import assemble
from voortgang.assemble.sources import Sources, write_sources
from voortgang.build import kept_results, unchanged
from voortgang.build.kept_findings import KeptFindings
from voortgang.build.options import Options
from voortgang.build.pictures import Pictures
from voortgang.build.progress import Event, Listener, Origin, Timings
from voortgang.build.unchanged import Digests, Elsewhere
from voortgang.build.under_way import Made, Ran, Year, threads
from voortgang.check.checked_data import Handover
from voortgang.check.for_readers import findings
from voortgang.errors import BuildError, VoortgangError, WorkspaceError, understood
from voortgang.publish import open_data
from voortgang.publish.key_figures import NAME as KEY_FIGURES
from voortgang.publish.key_figures import Kerncijfers, as_csv, as_xlsx, json_schema, key_figures
from voortgang.publish.layout import SHEETS, document_path, put_in_place
from voortgang.publish.leaks import Files, Memory, files_in, inputs_of, require_no_leak
from voortgang.publish.manifest import write_manifest
from voortgang.publish.origins_page import origins_page
from voortgang.publish.rows_behind import Evidence
from voortgang.run import fork_server
from voortgang.run.kernel_pool import KernelPool
from voortgang.run.limits import settled, spare_memory
from voortgang.run.plan import Plan, Run, plan
from voortgang.run.store import Store
from voortgang.workspace.fingerprint import of_bytes, of_engine, of_packages, of_value
from voortgang.workspace.paths import Period, Workspace, disk_error
from voortgang.writing.archive import packed, unpack

if TYPE_CHECKING:
    from voortgang.assemble.engines.shared import Shared
    from voortgang.run.execute import Executed


def make(
    workspace: Workspace,
    years: list[Period],
    options: Options,
    store: Store,
    listener: Listener,
    timings: Timings,
    made_from: Digests,
) -> dict[Period, Made]:
    """Make the reports of some years, and return what is to be known of each.

    Parameters
    ----------
    made_from
        What `unchanged.inputs` said before anything else was read.

    Raises
    ------
    VoortgangError
        When something is wrong; a `BuildError` when more than one thing is. All that could be made has been made.
    """
    spare_memory()
    pipeline = Pipeline(workspace, options, store, listener, timings)
    pipeline.is_alone = True
    with settled():
        warnings = pipeline.plan_and_make(years, made_from)
    return {year: Made(warnings[year], pipeline.elsewhere.get(year, Elsewhere())) for year in warnings}


class Pipeline:
    """Runs notebooks and makes reports, side by side."""

    def __init__(
        self, workspace: Workspace, options: Options, store: Store, listener: Listener, timings: Timings
    ) -> None:
        self.workspace, self.options, self.store = workspace, options, store
        self.listener, self.timings = listener, timings
        self.pool, self.pictures = KernelPool(options.fresh_kernels), Pictures(store)
        self.errors: list[VoortgangError] = []
        self.elsewhere: dict[Period, Elsewhere] = {}
        self.looked_at = Memory(store if options.reuse else None)
        self.made_from: Digests | None = None
        """Digests of the files of the workspace from before the first was read; no report is made of others."""
        self.tables = ""
        """What `KeptFindings.digest` says; empty to use nothing that was kept with it."""
        self.copies = workspace.public_copies
        """Where what public editions are made from lies."""
        self.is_alone = False
        """Whether nothing in this process asks for a kernel once its own notebooks have run."""
        self._busy = True
        """Whether this computer makes other reports meanwhile."""
        self._noting = threading.Lock()
        self._importing = threading.Lock()
        self._assembling = threading.Lock()
        """Held while the documents of one report are made: they take every core, and each program 200 MB."""
        self._meanwhile: ThreadPoolExecutor | None = None

    def plan_and_make(self, years: list[Period], made_from: Digests) -> dict[Period, tuple[str, ...]]:
        """Return the finished reports of some years, as `make` does; what was found out about the tables is kept."""
        with self.timings.measure("check and plan"):
            known = KeptFindings(self.workspace, self._kept, made_from)
            plans = plan(self.workspace, years, known.findings, self.copies, self.pictures.fit)
            known.take_over(plans)
        self.made_from, self.tables = made_from, known.digest
        made = self.make(plans)
        if not self._saved_since():
            known.keep(plans)
        return made

    @property
    def _kept(self) -> Store | None:
        """What earlier builds kept, where that may be used."""
        return self.store if self.options.reuse else None

    def make(self, plans: list[Plan]) -> dict[Period, tuple[str, ...]]:
        """Return the finished reports; raises when there was an error, after all else is done."""
        for planned in plans:
            self._require_no_leak(inputs_of(planned.workspace), planned)
        years = {planned.period: Year(planned) for planned in plans}
        self._busy = len(plans) > 1 or not self.is_alone
        for planned in plans:
            count = len(
                documents(self.workspace.templates, "templates/_quarto.yml", planned.is_last, planned.deal.repeated)
            )
            self.listener(Event("planned", planned.period, total=len(planned.runs) + count + 1))
        made: dict[Period, tuple[str, ...]] = {}
        # Notebooks of all years come first in, first out; a report is made as soon as its notebooks are ready.
        jobs = self.options.jobs
        if self.pool.ended:
            self.pool = KernelPool(self.options.fresh_kernels)
        with Handover() as handover, threads(jobs) as notebooks, threads(1) as prepared, threads(jobs) as reports:
            self._meanwhile = reports
            prepared.submit(findings, plans[0].checked.data, plans[0].view)  # wanted later; no kernel is there yet
            waiting: dict[Future[Ran | tuple[str, ...]], tuple[Year, Run | None]] = {
                notebooks.submit(self.executed, planned, run, handover): (years[planned.period], run)
                for planned in plans
                for run in planned.runs
            }
            try:
                while waiting:
                    if self.is_alone and self.pool.warm and all(run is None for _, run in waiting.values()):
                        fork_server.end()
                    done, _ = wait(waiting, return_when=FIRST_COMPLETED)
                    for future in done:
                        year, run = waiting.pop(future)
                        result = self._result(future, year, run)
                        if isinstance(result, tuple):
                            made[year.planned.period] = result
                        elif result is not None and run is not None and result.fresh:
                            # The kernel of the next notebook need not wait for this.
                            waiting[prepared.submit(self.prepared, year.planned, run, result)] = (year, run)
                        elif result is not None and run is not None:
                            year.executed[run.name] = result.notebook
                            if year.complete:
                                waiting[reports.submit(self._report, year)] = (year, None)
            except BaseException:
                # Ctrl-C: the threads that wait for kernels end when these do.
                self.pool.end()
                raise
        if errors := list({str(error): error for error in self.errors}.values()):
            raise errors[0] if len(errors) == 1 else BuildError(errors)
        return made

    def _result(
        self, future: Future[Ran | tuple[str, ...]], year: Year, run: Run | None
    ) -> Ran | tuple[str, ...] | None:
        try:
            return future.result()
        except VoortgangError as error:
            self.errors.append(error)
        except OSError as error:
            self.errors.append(disk_error(error, self.workspace))
        except Exception as error:  # a fault in one step: the other notebooks and years go on
            step = (
                f"the notebook {run.name} of {year.planned.period}" if run else f"the report on {year.planned.period}"
            )
            self.errors.append(understood(error, step))
        self.listener(Event("failed", year.planned.period, run.name if run else "report"))
        return None

    def executed(self, planned: Plan, run: Run, handover: Handover) -> Ran:
        """Return a notebook with its outputs, from the store or from a kernel.

        Raises
        ------
        NotebookError
            When it fails.
        """
        with self.timings.measure("looking in the store"):
            found = kept_results.find(run, planned.checked.data, self.store) if self.options.reuse else None
        if found is not None and found.executed is not None:
            self._note_elsewhere(planned.period, found.elsewhere)
            self.listener(Event("notebook", planned.period, run.name, "store", run.cells, run.cells))
            return Ran(found.executed, fresh=False)

        def cell_done(done: int, total: int) -> None:
            self.listener(Event("cell", planned.period, run.name, "run", done, total))

        checked = handover.file(planned.checked.data) if self.pool.warm else None
        executed = self._runner()(run, planned.workspace, self.pool, cell_done, self.options.offline, checked)
        self.timings.add("starting kernels", executed.kernel_seconds)
        self.timings.add("running cells", executed.cell_seconds)
        self._note_elsewhere(planned.period, *kept_results.keep(run, planned.checked.data, executed, self.store))
        self.listener(Event("notebook", planned.period, run.name, "run", run.cells, run.cells))
        return Ran(executed.notebook, fresh=True)

    def prepared(self, planned: Plan, run: Run, ran: Ran) -> Ran:
        """Make what a report needs of a notebook that has just run, and return the notebook."""
        with self.timings.measure("collecting"):
            self._prepare(planned, run, ran.notebook)
        return Ran(ran.notebook, fresh=False)

    def _prepare(self, planned: Plan, run: Run, executed: bytes) -> None:
        self.pictures.draw(charts(executed))
        self._page(planned, run, executed)

    def _runner(self) -> Callable[..., Executed]:
        """Return what executes a notebook; a build that runs none does without the seconds that the import takes."""
        with self._importing:  # one thread at a time: packages that import each other are not safe from two
            from voortgang.run.execute import execute, warm_up

            warm_up()
            if self._meanwhile is not None:
                self._meanwhile.submit(import_module, "nbconvert")  # while the first kernels start
                self._meanwhile = None
        return execute

    def _note_elsewhere(self, year: Period, read: Digests, certain: bool = True) -> None:
        """Add what a notebook of a report read beside rows, and whether that is all."""
        with self._noting:
            known = self.elsewhere.setdefault(year, Elsewhere())
            changed = any(known.digests.get(each, read[each]) != read[each] for each in read)
            self.elsewhere[year] = Elsewhere(known.digests | read, known.certain and certain and not changed)

    def _report(self, year: Year) -> tuple[str, ...]:
        """Make one report from its executed notebooks, put it in place, and return its warnings."""
        planned, workspace = year.planned, self.workspace
        with tempfile.TemporaryDirectory(prefix=f".{planned.period}-", dir=workspace.reports) as scratch:
            folder = Path(scratch) / "report"
            with self.timings.measure("collecting"):
                self._write_notebooks(year, folder / "notebooks")
                collected = self._collect(year, self.pictures.png)
                figures, write_others = self._figures(year, collected, folder)
                with kept_results.known_chapters(self.store) if self.options.reuse else nullcontext():
                    sources = write_sources(planned, collected, figures, folder / "bron")
            self._make_documents(planned, sources, folder, lambda: write_others(folder))
            with self.timings.measure("publishing"):
                seconds = time.monotonic() - year.begun
                read = self.elsewhere.get(planned.period, Elsewhere()).digests
                write_manifest(planned, folder, self.options.engine, seconds, folder / "manifest.json", read)
                computed = (folder / KEY_FIGURES).read_bytes()
                self._require_no_leak(files_in(folder), planned, computed)
                self._require_inputs_as_read()
                put_in_place(folder, workspace.report(planned.period))
        self.listener(Event("report", planned.period))
        return tuple(map(str, planned.warnings))

    def _require_no_leak(self, files: Files, planned: Plan, computed: bytes = b"") -> None:
        require_no_leak(files, planned.whole.data, planned.view, computed, self.looked_at)

    def _require_inputs_as_read(self) -> None:
        """Raise `WorkspaceError` when a file was saved while the report was made: it may be of two states of it."""
        for name in self._saved_since():
            raise WorkspaceError(
                "A file was saved while the report was made.",
                name,
                "files that stay as they are during a build",
                "Build again; the earlier report is unchanged.",
            )

    def _saved_since(self) -> list[str]:
        """Return the files of the workspace that are not what they were before the first was read."""
        if self.made_from is None:
            return []
        now = unchanged.files(self.workspace)
        names = sorted((now.keys() | self.made_from.keys()) - set(unchanged.PROGRAMS))
        return [name for name in names if self.made_from.get(name) != now.get(name)]

    def _collect(self, year: Year, as_png: Callable[[bytes], bytes] | None) -> Collected:
        collected = Collected(as_png=as_png, made_fit=self.pictures.fit)
        for run in year.planned.runs:
            collected.add(year.executed[run.name], year.planned.workspace.relative(run.notebook), run.each)
        return collected

    def _write_notebooks(self, year: Year, folder: Path) -> None:
        """Write the executed notebooks, each with its page for auditors."""
        folder.mkdir(parents=True, exist_ok=True)
        for run in year.planned.runs:
            content = year.executed[run.name]
            (folder / f"{run.name}.ipynb").write_bytes(content)
            (folder / f"{run.name}.html").write_bytes(self._page(year.planned, run, content))

    def _figures(self, year: Year, collected: Collected, folder: Path) -> tuple[str, Callable[[Path], None]]:
        """Write the key figures as JSON; return them, and what writes the rest: other forms, tables, origins.

        No document needs the rest, so it can be written while documents are made.
        """
        executed = {name: of_bytes(content) for name, content in year.executed.items()}
        key = of_value([year.planned.period, self.tables, executed])
        kept = self.store.get("figures", key) if self.options.reuse and self.tables else None
        if kept is not None:
            unpack(kept, "the store", folder)
            return (folder / KEY_FIGURES).read_text(encoding="utf-8"), lambda into: None
        evidence = Evidence(year.planned.checked.data, year.planned.view)
        figures = key_figures(year.planned, collected, evidence)
        text = figures.json_text()
        (folder / KEY_FIGURES).write_bytes(text.encode())

        def write_others(into: Path) -> None:
            with self.timings.measure("key figures in other forms"):
                files = packed(self._figure_files(figures, text, evidence, year.planned.mark, collected), level=1)
                if self.tables and not self._saved_since():
                    self.store.put("figures", key, files)
                unpack(files, "the key figures", into)

        return text, write_others

    def _figure_files(
        self, figures: Kerncijfers, text: str, evidence: Evidence, mark: str, collected: Collected
    ) -> dict[str, bytes]:
        title = f"{figures.verslag.deal}, editie {figures.verslag.editie}"
        return open_data.tables(evidence, title) | {
            KEY_FIGURES: text.encode(),
            "kerncijfers.schema.json": json_schema().encode(),
            "kerncijfers.csv": as_csv(figures),
            "kerncijfers.xlsx": self.store.kept("workbooks", of_value([text, of_engine()]), lambda: as_xlsx(figures)),
            "herkomst.html": origins_page(figures, evidence, mark, collected),
        }

    def _page(self, planned: Plan, run: Run, executed: bytes) -> bytes:
        title = f"Notebook {run.name} {planned.period}"
        folder, name = run.notebook.parent, planned.workspace.relative(run.notebook)
        pictures = {each: of_bytes(content) for each, content in local_pictures(executed, folder).items()}
        key = of_value([of_bytes(executed), pictures, title, planned.mark, of_engine(), of_packages()])
        return self.store.kept("pages", key, lambda: page(executed, title, folder, name, planned.mark))

    def _make_documents(self, planned: Plan, sources: Sources, folder: Path, meanwhile: Callable[[], None]) -> None:
        """Write the documents: those that are kept, and those that must be made.

        Parameters
        ----------
        meanwhile
            Is called once the report has begun; until then it would only hold that up.
        """
        from voortgang.assemble.engines.shared import Shared  # no sooner: it takes long to import

        (folder / SHEETS).mkdir()
        keys, shared = dict[Job, str](), Shared(sources.folder, self._kept, sources.variables)
        engine, day, other = self.options.engine, planned.parameters.reference_date, list[Future[None]]()
        with self._assembling, ThreadPoolExecutor(1) as aside:  # also after an error it ends before the folder does

            def missing() -> Iterator[list[Job]]:
                for group in self._missing_documents(planned, shared, folder, keys):
                    yield group
                    if not other:
                        other.append(aside.submit(meanwhile))

            for job, content, seconds in assemble(sources.folder, engine, missing(), day, shared, self._busy):
                self.timings.add(f"making {job[1].upper()}", seconds)
                self.store.put("documents", keys[job], content)
                self._write(planned, job, content, folder, "run")
            other[0].result()

    def _missing_documents(
        self, planned: Plan, shared: Shared, folder: Path, keys: dict[Job, str]
    ) -> Iterator[list[Job]]:
        """Yield the documents that must be made, and write those of which what they are made from is the same.

        The report comes first: while Pandoc has it, the others are compared with what is kept.

        Parameters
        ----------
        keys
            Gets the key under which each document is kept.
        """
        jobs = documents(shared.sources, "_quarto.yml", planned.is_last)
        for is_report in (True, False):
            group = [job for job in jobs if (job[0] == REPORT) is is_report]
            keys |= kept_results.document_keys(group, self.options.engine, shared)
            kept = {job: self.store.get("documents", keys[job]) if self.options.reuse else None for job in group}
            for job, content in kept.items():
                if content is not None:
                    self._write(planned, job, content, folder, "store")
            yield [job for job, content in kept.items() if content is None]

    def _write(self, planned: Plan, job: Job, content: bytes, folder: Path, origin: Origin) -> None:
        (folder / document_path(planned.period, *job)).write_bytes(content)
        self.listener(Event("document", planned.period, " ".join(job), origin))
