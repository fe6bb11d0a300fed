"""Where files live. No other module builds a path inside a workspace."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from voortgang.errors import VoortgangError, WorkspaceError, first_of, is_of_files, is_of_the_computer, understood
from voortgang.workspace.inputs import files_in, in_sight

EVALUATION = ("evaluatie", "evaluatie-conclusies", "evaluatie-lessen", "evaluatie-aanbevelingen")
"""The parts of the final evaluation, of the last year only."""

NARRATIVE = ("inleiding", "samenvatting", "financien", "vooruitblik", "risicos", *EVALUATION)
"""The parts of a report that hold a text of the bureau's own, beside one for each pillar."""

COUNCILS = "raad"
"""The part with what the bureau asks of the councils; a year may do without."""


def municipal_part(municipality: str) -> str:
    """Return the name of the part about one municipality, for its sheet and its council; a year may do without."""
    return f"gemeente-{municipality}"


Period = int | str
"""What a report is about, as its file of parameters is named: a year (2021), or the day up to which a report within the
year goes ("2021-06-30")."""


def period(name: str) -> Period | None:
    """Return the period that a file, a folder or an argument names; None when it names none."""
    if re.fullmatch("[0-9]{4}", name, re.ASCII):
        return int(name)
    if not re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", name, re.ASCII):
        return None
    with suppress(ValueError):
        day = date.fromisoformat(name)
        return None if (day.month, day.day) == (12, 31) else name  # the last day has the whole year before it
    return None


def year_of(of: Period) -> int:
    """Return the reporting year of a period."""
    return of if isinstance(of, int) else int(of[:4])


def last_day(of: Period) -> date:
    """Return the day up to which a report on a period goes."""
    return date(of, 12, 31) if isinstance(of, int) else date.fromisoformat(of)


def in_order(periods: Iterable[Period]) -> list[Period]:
    """Return periods by their last day."""
    return sorted(periods, key=lambda each: (year_of(each), isinstance(each, int), str(each)))


INPUTS = ("data", "notebooks", "parameters", "templates")
"""The folders of a workspace whose every file can change a report, and is packed with it."""


def require_outside(place: Path) -> None:
    """Refuse a file or folder that a user asked for among what reports are made from, or in the folder of one.

    It would be an input of the next report, and lie in its bundle: a private key too. Or the report would be one that
    was changed by hand.

    Raises
    ------
    WorkspaceError
        When it would lie there, by its name or behind a link; or is called `-`, which elsewhere is standard output.
    """
    if str(place) == "-":
        raise WorkspaceError(
            "A dash is no name of a file: files are written whole, and not to what a command prints.",
            str(place),
            "the name of a file or folder",
            "Name it; one that begins with a dash as ./-name. Nothing was written.",
        )
    for path in {Path(os.path.abspath(place)), place.resolve()}:  # noqa: PTH100 `..` goes, links stay
        for root in path.parents:
            if not (root / "data" / "deal.yml").is_file():
                continue
            first, *rest = path.relative_to(root).parts
            if first in INPUTS or (first == "reports" and rest and period(rest[0]) is not None):
                within = f"{first}/" if first in INPUTS else f"reports/{rest[0]}/"
                raise WorkspaceError(
                    f"Nothing is written into {within}: "
                    + ("what lies there is packed with every report." if first in INPUTS else "it is a report."),
                    str(place),
                    f"a place outside {', '.join(f'{each}/' for each in INPUTS)} and outside the folder of a report",
                    "Choose another place, such as the folder of the deal itself. Nothing was written.",
                )


@dataclass(frozen=True)
class Workspace:
    """One deal on disk.

    Attributes
    ----------
    root
        The folder that holds `data/`, `parameters/`, `notebooks/` and `templates/`.
    """

    root: Path

    @classmethod
    def find(cls, start: Path | None = None) -> Workspace:
        """Return the workspace that holds `start` (default: the current folder).

        Raises
        ------
        WorkspaceError
            When neither `start` nor a folder above it holds `data/deal.yml`.
        """
        start = (start or Path.cwd()).resolve()
        for folder in (start, *start.parents):
            if (folder / "data" / "deal.yml").is_file():
                return cls(folder)
        raise WorkspaceError(
            "This folder is not a workspace.",
            f"{start} and the folders above it",
            "a folder with data/deal.yml, the covenant as data",
            "Go to the folder of the deal, or name it with --workspace DIR.",
        )

    @property
    def data(self) -> Path:
        """Folder with the covenant and the tables."""
        return self.root / "data"

    @property
    def deal(self) -> Path:
        """The covenant as data."""
        return self.data / "deal.yml"

    @property
    def datapackage(self) -> Path:
        """The Frictionless description of the tables."""
        return self.data / "datapackage.json"

    @property
    def shapes(self) -> Path:
        """The municipalities as shapes on a map; a deal may leave it out."""
        return self.data / "kaart.geojson"

    @property
    def public_note(self) -> Path:
        """File that says that the tables are those of a public edition."""
        return self.data / "openbaar.yml"

    @property
    def public_copies(self) -> Path:
        """Folder with what public editions are made from; it may be deleted when no build runs."""
        return self.root / ".voortgang" / "openbaar"

    @property
    def notebooks(self) -> Path:
        """Folder with the notebooks."""
        return self.root / "notebooks"

    @property
    def templates(self) -> Path:
        """Folder with the Quarto project."""
        return self.root / "templates"

    @property
    def reports(self) -> Path:
        """Folder with what was made; one folder a year."""
        return self.root / "reports"

    def table(self, name: str) -> Path:
        """File of one table, such as `data/projecten.csv`."""
        return self.data / f"{name}.csv"

    @property
    def narratives(self) -> Path:
        """Folder with the bureau's own texts, in a folder for each report."""
        return self.data / "toelichting"

    def narrative(self, of: Period) -> Path:
        """Folder with the bureau's own text about one year, or half-year."""
        return self.narratives / str(of)

    @property
    def all_stories(self) -> Path:
        """Folder with stories and their pictures, in a folder for each report; a deal may do without."""
        return self.data / "verhalen"

    def stories(self, of: Period) -> Path:
        """Folder with the stories of one report."""
        return self.all_stories / str(of)

    @property
    def sources(self) -> Path:
        """Folder with the files of parties that rows come from."""
        return self.data / "bronnen"

    @property
    def adopted_rows(self) -> Path:
        """Folder with the rows of every adopted report."""
        return self.data / "vastgesteld"

    def adopted(self, of: Period) -> Path:
        """Folder with the rows about a period as its report was adopted."""
        return self.adopted_rows / str(of)

    def decision(self, of: Period) -> Path:
        """File that says who adopted the report on a period, and when."""
        return self.adopted(of) / "besluit.yml"

    def adopted_periods(self) -> list[Period]:
        """Return the periods whose report was adopted, in order."""
        folders = [each for each in self.adopted_rows.glob("[0-9]*") if each.is_dir()]
        return in_order(known for each in folders if (known := period(each.name)) is not None)

    def stray_names(self) -> list[Path]:
        """Return what stands among what is named after periods and has another name: nothing reads it."""
        parameters = in_sight(self.root / "parameters", "*.y*ml")
        stray = [each for each in parameters if each.suffix != ".yml" or period(each.stem) is None]
        adopted = [each for each in self.adopted_rows.glob("*") if each.is_dir()]
        told = [each for each in self.all_stories.glob("*") if not each.name.startswith(".")]
        return sorted(stray + [each for each in (*adopted, *told) if period(each.name) is None])

    def parameters(self, of: Period) -> Path:
        """File with the parameters of one report."""
        return self.root / "parameters" / f"{of}.yml"

    def report(self, of: Period) -> Path:
        """Folder with one report."""
        return self.reports / str(of)

    @property
    def store(self) -> Path:
        """Folder with results of earlier builds; it may be deleted at any time."""
        return self.root / ".voortgang" / "store"

    @property
    def commit_note(self) -> Path:
        """File that says which commit a copy of a workspace was, on a worker that has no repository."""
        return self.root / ".voortgang" / "commit.json"

    @property
    def own_previews(self) -> Path:
        """Folder with the pages of this process: two previews do not write over each other."""
        return self.root / ".voortgang" / "preview" / str(os.getpid())

    def preview(self, of: Period) -> Path:
        """Folder with the page that an author looks at while writing."""
        return self.own_previews / str(of)

    def clear_previews(self) -> None:
        """Remove the pages of previews that were killed."""
        import psutil

        for folder in self.own_previews.parent.glob("*"):
            if not folder.name.isdecimal() or not psutil.pid_exists(int(folder.name)):
                shutil.rmtree(folder, ignore_errors=True)

    @contextmanager
    def scratch(self, folder: Path) -> Iterator[Path]:
        """Yield a folder to write in; it takes the place of `folder` when nothing went wrong, and goes otherwise."""
        folder.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        try:
            yield made
            if folder.exists():
                shutil.rmtree(folder)
            made.rename(folder)
        finally:
            shutil.rmtree(made, ignore_errors=True)

    @property
    def parameters_folder(self) -> Path:
        """Folder with the parameters of each year."""
        return self.root / "parameters"

    def lock(self, of: Period) -> Path:
        """File that a build holds while it makes one report."""
        return self.reports / f".{of}.lock"

    def periods(self) -> list[Period]:
        """Return the periods that have a parameter file, in order: a half-year comes before its year."""
        stems = (file.stem for file in (self.root / "parameters").glob("[0-9]*.yml"))
        return in_order(known for stem in stems if (known := period(stem)) is not None)

    def data_files(self) -> list[Path]:
        """Return every file that `check` judges: the covenant, the tables, the narrative and the parameters.

        Raises
        ------
        WorkspaceError
            When a pipe or a device stands among them.
        """
        return files_in(self.root, self.data) + files_in(self.root, self.root / "parameters")

    def input_files(self) -> list[Path]:
        """Return every file that can change a report.

        Raises
        ------
        WorkspaceError
            When a pipe or a device stands among them.
        """
        return self.data_files() + files_in(self.root, self.notebooks) + files_in(self.root, self.templates)

    def notebook_files(self) -> list[Path]:
        """Return the notebooks of this deal, in alphabetical order.

        Raises
        ------
        WorkspaceError
            When there is none.
        """
        files = in_sight(self.notebooks, "*.ipynb")
        if not files:
            raise WorkspaceError(
                "There are no notebooks.",
                self.relative(self.notebooks),
                "at least one .ipynb file",
                "Restore the folder, for instance with: git checkout -- notebooks",
            )
        return files

    def relative(self, path: Path) -> str:
        """Write `path` as a reader of a message wants it: from the workspace, if it lies there."""
        try:
            return path.relative_to(self.root).as_posix()
        except ValueError:
            return str(path)

    def require_writable_reports(self) -> None:
        """Raise `WorkspaceError` unless reports can be written."""
        try:
            self.reports.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise self._not_writable(str(error)) from error
        # access() says yes to root on a read-only mode but no on a read-only file system; the
        # build's own writes are reported the same way, so this only answers early.
        if not os.access(self.reports, os.W_OK | os.X_OK):
            raise self._not_writable("no permission to write")

    def require_place(self, of: Period) -> None:
        """Raise `WorkspaceError` when something else than a folder stands where a report goes: it would be lost."""
        place = self.report(of)
        if place.is_symlink() or (place.exists() and not place.is_dir()):
            raise WorkspaceError(
                f"There is {'a link' if place.is_symlink() else 'a file'} where the report on {of} goes.",
                self.relative(place),
                "the folder of an earlier report, or nothing; reports/ itself may be a link",
                "Move it elsewhere. Nothing was overwritten.",
            )

    def _not_writable(self, why: str) -> WorkspaceError:
        return WorkspaceError(
            f"Reports cannot be written: {why}.",
            self.relative(self.reports),
            "a folder that this user may write in",
            "Change the owner or the permissions of the folder, or free space on the disk.",
        )


def disk_error(error: OSError, workspace: Workspace) -> VoortgangError:
    """Return the message about a file of a report that cannot be written."""
    error = first_of(error)
    if is_of_the_computer(error) or not is_of_files(error):
        return understood(error, "the report")
    place = Path(str(error.filename)) if error.filename else workspace.reports
    return WorkspaceError(
        f"The report cannot be written: {error.strerror or error}.",
        workspace.relative(place),
        "a folder that this user may write in, on a disk with free space",
        "Check the permissions of the folder and the space on the disk. The earlier report is unchanged.",
    )
