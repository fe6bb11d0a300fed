"""Find what a build would refuse in notebooks and chapters, without running anything.

A copy of the chapters is filled in as for a report of the last year, which has all documents. What notebooks will
publish is known by their labels; a figure in the text may have any value.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from voortgang.assemble.chapter_parts import fill_in
from voortgang.assemble.chapters import included_files, refusals, with_own_notes
from voortgang.assemble.collect import label_of
from voortgang.assemble.own_tables import OWN_TABLES
from voortgang.assemble.quarto_project import FRAGMENTS, documents, read_header, read_project, with_extensions
from voortgang.assemble.settings import settings_of, stray_files
from voortgang.assemble.shortcodes import Scope, expanded, read_text, resolve_variables
from voortgang.assemble.subset import missing_pictures, outside_subset, undescribed_pictures
from voortgang.check import narrative
from voortgang.errors import NotebookError, TemplateError, VoortgangError
from voortgang.run.plan import Notebook, read_notebooks, require_own_names, turns_of
from voortgang.workspace.deal import Deal
from voortgang.workspace.paths import Workspace
from voortgang.writing import temporary

_PROJECT = "templates/_quarto.yml"
_PUBLISHED = ("tbl-", "fig-", "txt-")
_FRAGMENT = re.compile(rf"\{{\{{<\s*include\s+{FRAGMENTS}/_(\S+)\.md\s*>\}}\}}")


def proofread(workspace: Workspace, deal: Deal) -> tuple[VoortgangError, ...]:
    """Return all that is wrong with the notebooks and the chapters of a workspace, each once."""
    found: list[VoortgangError] = []
    labels: set[str] | None = None
    try:
        notebooks = read_notebooks(workspace)
        require_own_names(workspace, notebooks, deal.repeated)
        labels = _labels(workspace, notebooks, deal)
    except VoortgangError as error:
        found.extend(error.parts)
    # What is wrong in a part is so for each pillar or municipality, and one fault of a line may break several rules.
    once: dict[str, VoortgangError] = {}
    for each in _in_chapters(workspace, deal, labels):
        once.setdefault(re.sub(r" \(for [^)]*\)", "", each.where), each)
    return (*found, *once.values())


def _labels(workspace: Workspace, notebooks: Iterable[Notebook], deal: Deal) -> set[str]:
    """Return the labels that notebooks publish; raises `NotebookError`."""
    places: dict[str, str] = {}
    for notebook in notebooks:
        code = [cell for cell in notebook.content.cells if cell.cell_type == "code"]
        for each in turns_of(notebook, deal.repeated):
            for number, cell in enumerate(code, 1):
                where = f"{workspace.relative(notebook.path)}, code cell {number}"
                label = label_of(cell.source, where, each)
                if label in places:
                    raise NotebookError(
                        f"The label {label} is published twice.",
                        f"{places[label]}\n{where}",
                        "one cell for each label",
                        "Rename one of the two.",
                    )
                if label is not None:
                    places[label] = where
    return set(places)


def _in_chapters(workspace: Workspace, deal: Deal, labels: set[str] | None) -> Iterator[TemplateError]:
    if not workspace.templates.joinpath("_quarto.yml").is_file():
        yield TemplateError(
            "The Quarto project is missing.",
            _PROJECT,
            "the project file of the report",
            "Restore it, for instance with: git checkout -- templates",
        )
        return
    with temporary.folder() as scratch:
        folder = Path(scratch) / "project"
        shutil.copytree(workspace.templates, folder, ignore=shutil.ignore_patterns(".*", "__pycache__"))
        try:
            names = list(dict.fromkeys(name for name, _ in documents(folder, _PROJECT, True, deal.repeated)))
            resolve_variables(read_text(folder / "_quarto.yml", _PROJECT), Scope(None, {}, _PROJECT))
        except TemplateError as error:
            yield error
            return
        yield from stray_files(folder)
        unfit = fill_in(folder, names, deal.repeated, _is_there(labels))
        texts, unread = included_files(folder, names)
        yield from (*unfit, *unread, *refusals(texts, names))
        if unfit or unread:
            return  # what these files hold, others may refer to
        published = set(_FRAGMENT.findall("\n".join(texts.values()))) if labels is None else {*labels, *OWN_TABLES}
        texts_of_bureau = {f"toelichting-{part}" for part in narrative.parts(workspace, deal)}
        texts_of_bureau |= {f"verhalen-{pillar.id}" for pillar in deal.pillars}
        known = with_own_notes(texts) | _fragments(published | texts_of_bureau)
        for name in names:
            yield from _in_document(folder, name, known)


def _is_there(labels: set[str] | None) -> Callable[[str], bool | None]:
    def known(name: str) -> bool | None:
        return True if labels is None or not name.startswith(_PUBLISHED) or name in {*labels, *OWN_TABLES} else None

    return known


def _fragments(labels: Iterable[str]) -> dict[str, str]:
    """Return by its name a fragment for each label that holds nothing but the label, for what refers to it."""
    return {
        f"{FRAGMENTS}/_{label}.md": f"[]{{#{label}}}\n" if label.startswith(("tbl-", "fig-")) else ""
        for label in labels
    }


def _in_document(folder: Path, name: str, known: Mapping[str, str]) -> Iterator[TemplateError]:
    try:
        header = read_header(folder / name, name)
        settings = with_extensions(read_project(folder, "_quarto.yml") | header, folder)
        settings_of(settings, name, header)
        lines = list(expanded(folder, name, Scope(None, settings, name, known)))
    except TemplateError as error:
        yield error
        return
    yield from outside_subset(lines)
    yield from missing_pictures(lines, folder)
    yield from undescribed_pictures(lines)
