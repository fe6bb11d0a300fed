"""A file of its own for each project, cut from the project sheets of a finished report, to send to whoever leads it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from pathlib import Path

import yaml

from voortgang.assemble.quarto_project import FRAGMENTS, read_header
from voortgang.assemble.render import Chosen, assemble
from voortgang.assemble.shortcodes import Scope, resolve_variables
from voortgang.errors import VoortgangError
from voortgang.publish.key_figures import read_key_figures
from voortgang.readers.damaged import told_as_damaged
from voortgang.workspace.paths import Period, Workspace
from voortgang.writing import temporary
from voortgang.writing.files import make_folder, write_files

DOCUMENT = "projectbladen.qmd"
_TEXT = "_txt-projectbladen.md"
_SHEET = re.compile(r"^## .+ \{#sec-projectbladen-(\w+)[ }]", re.MULTILINE)
# A number that leads to its origin: the page of origins lies with the report, and not with a sheet that is sent.
_NUMBER = re.compile(r'\[([^\[\]]*)\]\{\.cijfer k="[^"]*"\}')
_TITLE = "Projectblad {{< var verslag.periode >}}"
_BODY = "{{< include hoofdstukken/_merk.qmd >}}\n\n{{< include fragmenten/NAME >}}\n"


def export(
    workspace: Workspace,
    year: Period,
    folder: Path,
    projects: Sequence[str] = (),
    forms: Sequence[str] = ("pdf",),
    engine: Chosen = "builtin",
    replace: bool = False,
) -> list[Path]:
    """Write `projectblad-<project>-<year>` for each project, and return the files.

    The sheets say what those of the report say, in its edition: what this withholds is in no sheet.

    Parameters
    ----------
    projects
        Ids of projects, in any case; all projects that the report shows when empty.
    forms
        `pdf`, `docx` or `html`.
    replace
        Whether other files of these names may be replaced.

    Raises
    ------
    VoortgangError
        When there is no report on that year, it has no project sheets or none of a project, or the files cannot be
        written.
    """
    figures, sources = read_key_figures(workspace, year), workspace.report(year) / "bron"
    sheets = _chosen(_sheets(workspace, year, sources), projects)
    with temporary.folder() as scratch:
        work = shutil.copytree(sources, Path(scratch) / "bron")
        with told_as_damaged(workspace, year):
            header = read_header(work / DOCUMENT, DOCUMENT)
            variables = yaml.safe_load((work / "_variables.yml").read_text(encoding="utf-8"))
            title = resolve_variables(_TITLE, Scope(variables, header, DOCUMENT))
        header |= {"title": title, "herkomst": {}}  # the pages that say where a table comes from lie with the report
        written = yaml.safe_dump(header, allow_unicode=True, sort_keys=False)
        names = {}
        for key, text in sheets.items():
            fragment = f"_txt-projectblad-{key}.md"
            (work / FRAGMENTS / fragment).write_text(_NUMBER.sub(r"\1", text), encoding="utf-8")
            names[f"projectblad-{key}.qmd"] = key.upper()
            body = _BODY.replace("NAME", fragment)
            (work / f"projectblad-{key}.qmd").write_text(f"---\n{written}---\n\n{body}", encoding="utf-8")
        jobs = [(name, form) for name in names for form in forms]
        made = assemble(work, engine, [jobs], figures.verslag.peildatum)
        files = {
            folder / f"projectblad-{names[name]}-{year}.{form}": content
            for (name, form), content, _ in sorted(made, key=lambda each: each[0])
        }
    make_folder(folder)
    write_files(files, replace)
    return list(files)


def _sheets(workspace: Workspace, year: Period, sources: Path) -> dict[str, str]:
    """Return the text of each project's sheet by its id in small letters, in the order of the report."""
    path = sources / FRAGMENTS / _TEXT
    if not path.is_file() or not (sources / DOCUMENT).is_file():
        raise VoortgangError(
            f"The report on {year} has no project sheets.",
            workspace.relative(path),
            f"a report with the document {DOCUMENT}",
            f"Put {DOCUMENT} and the notebook projectbladen.ipynb back, and run: voortgang build {year}",
        )
    with told_as_damaged(workspace, year):
        text = path.read_text(encoding="utf-8")
    places = [*_SHEET.finditer(text)]
    ends = [*(each.start() for each in places[1:]), len(text)]
    return {each[1]: text[each.start() : end] for each, end in zip(places, ends, strict=True)}


def _chosen(sheets: dict[str, str], projects: Sequence[str]) -> dict[str, str]:
    wanted = [each.casefold() for each in projects] or list(sheets)
    for asked, key in zip(projects, wanted, strict=False):
        if key not in sheets:
            raise VoortgangError(
                f"The report shows no project {asked}.",
                f"--project {asked}",
                f"one of {', '.join(each.upper() for each in sheets) or 'none'}",
                "Correct the id, or leave out --project for all of them.",
            )
    return {key: sheets[key] for key in dict.fromkeys(wanted)}
