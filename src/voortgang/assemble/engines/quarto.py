"""Render with Quarto, where one that works is installed: one `quarto render` a format, side by side."""

from __future__ import annotations

import html
import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from datetime import UTC, date, datetime
from pathlib import Path

import yaml

from voortgang.assemble.document_names import Job
from voortgang.assemble.engines.installed_quarto import Installed, require
from voortgang.assemble.engines.places import named_in
from voortgang.assemble.quarto_project import FRAGMENTS, PLACE, read_header, read_project
from voortgang.assemble.shortcodes import Line
from voortgang.errors import EngineError, TemplateError
from voortgang.workspace.fingerprint import of_value
from voortgang.writing import temporary
from voortgang.writing.office_files import finished
from voortgang.writing.pandoc_tree import LOCALE

_TARGETS = {"html": "html", "pdf": "typst", "docx": "docx", "odt": "odt"}

# The shortcode `env` would publish what this computer's environment holds. Quarto executes shortcodes in code and in
# attributes too, there also when braces are character references.
_ENVIRONMENT = re.compile(r"(?<!\{)\{\{<\s*[\"']?env\b")
_TEXTS = {".qmd", ".md", ".yml"}

# What Quarto and its programs need of the environment; chapters see no more of it.
_PASSED_ON = re.compile(
    r"(PATH|LANG|LC_\w+|TZ|TMP|TEMP|TMPDIR|LD_LIBRARY_PATH|DYLD_\w+|CONDA_PREFIX|QUARTO_\w+|DENO_\w+|SYSTEMROOT|COMSPEC"
    r"|PATHEXT|WINDIR)",
    re.IGNORECASE,
)

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_TRACE = re.compile(r"^(\t|    at |stack traceback|Stack trace)")
_WARNING = re.compile(r"^\s*(WARNING \(|\[WARNING\])")


def render(
    sources: Path, groups: Iterable[Sequence[Job]], day: date, lines: Sequence[Line] = ()
) -> Iterator[tuple[Job, bytes, float]]:
    """Yield each job, its document and the seconds it took, made by `quarto render` in copies of the sources.

    Parameters
    ----------
    lines
        The lines of all documents, to find in which chapter stands what Quarto refuses.

    Raises
    ------
    EngineError
        When Quarto is not installed or too old, or refuses the sources.
    TemplateError
        When a chapter asks for a variable of the environment.
    """
    found = require()
    refuse_environment(sources)
    _refuse_braces(sources)
    jobs = [job for group in groups for job in group]
    forms = {form: [name for name, other in jobs if other == form] for form in dict.fromkeys(form for _, form in jobs)}
    with temporary.folder() as folder, ThreadPoolExecutor(len(forms) or 1) as pool:
        waiting = [
            pool.submit(_rendered, found, sources, Path(folder) / form, form, names, day, lines)
            for form, names in forms.items()
        ]
        for future in as_completed(waiting):
            yield from future.result()


def _refuse_braces(sources: Path) -> None:
    """Raise `EngineError` for a brace in the caption of a table: Quarto drops such a caption."""
    for path in sorted((sources / FRAGMENTS).glob("_tbl-*.md")):
        lines = path.read_text(encoding="utf-8").rstrip().splitlines()
        if lines and lines[-1] == ":::" and "\\{" in lines[-2]:
            raise EngineError(
                "The caption of a table holds a brace, which Quarto cannot show.",
                path.relative_to(sources).as_posix(),
                "a caption without { and }",
                "Write the caption in another way in the notebook, or choose --engine builtin, which shows it.",
            )


def _rendered(
    found: Installed, sources: Path, folder: Path, form: str, names: list[str], day: date, lines: Sequence[Line]
) -> list[tuple[Job, bytes, float]]:
    """Render documents in one format, with one call of Quarto."""
    started = time.perf_counter()
    project, home = folder / "bron", folder / "home"
    shutil.copytree(sources, project)
    home.mkdir()
    target = _write_project(project, form, names)
    # SOURCE_DATE_EPOCH fixes the dates in the documents.
    moment = datetime(day.year, day.month, day.day, tzinfo=UTC)
    environment = {name: value for name, value in os.environ.items() if _PASSED_ON.fullmatch(name)}
    environment |= LOCALE | {"SOURCE_DATE_EPOCH": str(int(moment.timestamp())), "NO_COLOR": "1", "HOME": str(home)}
    done = subprocess.run(
        [found.program, "render", "--to", target],
        cwd=project,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    said = _said(f"{done.stdout}\n{done.stderr}")
    made = {name: _made(project, f"{Path(name).stem}.{form}") for name in names}
    # What Quarto only warns of (a reference to nothing, an unknown variable) would stand in the report.
    if done.returncode or not all(made.values()) or any(map(_WARNING.match, said)):
        place = named_in("\n".join(said), lines)
        command = f"quarto render --to {target}, in the sources of the report: {', '.join(names)}"
        raise EngineError(
            f"Quarto {found.version} could not make the {form.upper()}.",
            f"{place}\n{command}" if place else command,
            "\n".join(said).replace(f"{project}{os.sep}", "") or "a document",
            "Correct the chapter that Quarto names, or try --engine builtin.",
        )
    seconds = (time.perf_counter() - started) / len(names)
    finish = finished if form in {"docx", "odt"} else bytes
    return [((name, form), finish(files[0].read_bytes()), seconds) for name, files in made.items()]


def _made(project: Path, name: str) -> list[Path]:
    """Return where Quarto put a document: beside its source, or in the project's output folder."""
    found = [project / name, *sorted(project.rglob(name))]
    return [path for path in found if path.is_file() and path.relative_to(project).parts[0][0] not in "._"]


def _write_project(project: Path, form: str, names: list[str]) -> str:
    """Let the project file of a copy name what is rendered, and return the format as that file calls it."""
    settings = read_project(project, "_quarto.yml")
    settings.pop(PLACE, None)
    own = settings.get("project") or {}
    settings["project"] = own | {"render": names}
    (project / "_quarto.yml").write_text(
        yaml.dump(settings, Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=False), encoding="utf-8"
    )
    # A document may list a format that the project does not have.
    listed = (settings.get("format"), *(read_header(project / name, name).get("format") for name in names))
    known = (str(key) for formats in listed if isinstance(formats, dict) for key in formats)
    return next((key for key in known if key.rpartition("-")[2] == _TARGETS[form]), _TARGETS[form])


def _said(output: str) -> list[str]:
    """Return all that Quarto said, once, without what it lists of its own settings and the traces of its programs."""
    said: dict[str, None] = {}
    listing = False
    for line in _COLOUR.sub("", output).splitlines():
        listing = bool(line.strip()) and (listing or line.strip() in {"pandoc", "metadata"})
        if line.strip() and not listing and not _TRACE.match(line):
            said[line.rstrip()] = None
    return list(said)


def refuse_environment(sources: Path) -> None:
    """Raise `TemplateError` at the first line of a project that holds the shortcode `env`."""
    for path in sorted(path for path in sources.rglob("*") if path.suffix in _TEXTS and path.is_file()):
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1):
            if _ENVIRONMENT.search(html.unescape(line)):
                raise TemplateError(
                    "The shortcode 'env' would publish a variable of this computer's environment.",
                    f"{path.relative_to(sources).as_posix()}, line {number}",
                    "text, or a fact of a notebook: {{< var … >}}",
                    r"Remove the shortcode; write \{\{\< env … \>\}\} to show it.",
                )


def program() -> list[str]:
    """Return what tells programs apart: the version, which fixes Pandoc and Typst, and variables that name others."""
    return [require().version, of_value({name: value for name, value in os.environ.items() if "QUARTO_" in name})]
