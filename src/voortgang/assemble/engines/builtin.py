"""Render with Pandoc and Typst, both from PyPI wheels: the way that always works.

Pandoc reads the expanded document once, and makes each format from its tree. `crossref.lua` numbers what Quarto
numbers; the filters of the project itself run before or after it, as they do in Quarto.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from voortgang.assemble.chapters import READER
from voortgang.assemble.collect import FIGURES, NARROW_ENDING
from voortgang.assemble.document_names import Job
from voortgang.assemble.engines.embedding import embedded, with_narrow_drawings
from voortgang.assemble.engines.places import place_of, words_of
from voortgang.assemble.engines.turns import Turns
from voortgang.assemble.quarto_project import CARRIED, FRAGMENTS, PLACE, read_header, read_project, with_extensions
from voortgang.assemble.settings import Office, Settings, settings_of
from voortgang.assemble.shortcodes import Line, Scope, expanded
from voortgang.assemble.subset import require_first_level, require_pictures, require_subset
from voortgang.errors import EngineError
from voortgang.workspace.extension import extension
from voortgang.workspace.fingerprint import of_file, of_value
from voortgang.writing import temporary
from voortgang.writing.fonts import font_files
from voortgang.writing.office_files import finished
from voortgang.writing.pandoc_tree import LOCALE, pandoc
from voortgang.writing.typesetting import Refused, typeset

_HERE = Path(__file__).parent


_EARLY = {"pre-ast", "post-ast", "pre-quarto"}
"""When filters run that Quarto calls before it numbers anything."""

_PROGRAMS = {".lua", ".typ", ".html", ".openxml", ".opendocument", ".css", ".js", ".svg"}
_OPENS = re.compile(
    r"\bio\s*[.\[]|\bos\s*\[|loadfile|dofile|require|execute|system|mediabag(?!\.fetch\((?:narrow|name)\)|\.make_data_uri\b)|pipe\b|zip\b|_G\b|_ENV\b"
)
"""How a Lua filter opens a file, or gets at what does; a picture, and a chart's narrow drawing, count with the text."""

_LONG = 100_000
"""Bytes of a text from which Typst takes as much memory as Pandoc, and every core."""

_FIGURE = re.compile(rf"\(({FIGURES}/[\w.-]+)\)")


def render(
    sources: Path, groups: Iterable[Sequence[Job]], day: date, shared: Shared | None = None, busy: bool = True
) -> Iterator[tuple[Job, bytes, float]]:
    """Yield each job (a document and its form, such as `pdf`), its content, and the seconds it took, as they come.

    Parameters
    ----------
    groups
        The jobs; those of a group begin when it is drawn.
    shared
        What was read of the same sources before.
    busy
        Whether this computer makes other reports meanwhile: then Typst has a long text for itself.

    Raises
    ------
    TemplateError
        When a chapter holds something outside the subset.
    EngineError
        When Pandoc or Typst refuses the document.
    """
    with temporary.folder() as folder, ThreadPoolExecutor(os.cpu_count()) as pool:
        documents: dict[str, _Document] = {}
        begun: list[Future[tuple[Job, bytes, float]]] = []
        shared, turns = shared or Shared(sources), Turns()
        for jobs in groups:
            for name in dict.fromkeys(name for name, _ in jobs if name not in documents):
                work = Path(folder) / str(len(documents))
                work.mkdir()
                documents[name] = _Document(sources, work, day, turns, busy, *shared.document(name))
            # What takes longest begins first; a PDF takes two programs, one after the other.
            ordered = sorted(jobs, key=lambda job: (-len(shared.document(job[0])[1]), job[1] != "pdf"))
            begun += [pool.submit(documents[name].made, name, form) for name, form in ordered]
        for future in as_completed(begun):
            yield future.result()


class Shared:
    """What the documents of one project share; each file of it is read once, while it stays as it is."""

    def __init__(self, sources: Path) -> None:
        self.sources = sources
        self._documents: dict[str, tuple[dict[str, Any], list[Line]]] = {}

    def document(self, name: str) -> tuple[dict[str, Any], list[Line]]:
        """Return the settings and the expanded lines of a document, which is within the subset.

        Raises
        ------
        TemplateError
            When the document holds something outside the subset.
        """
        if name in self._documents:
            return self._documents[name]
        header = read_header(self.sources / name, name)
        settings = with_extensions(self._project | header, self.sources)
        settings.pop(PLACE, None)
        known = settings_of(settings, name, header)
        lines = list(expanded(self.sources, name, Scope(self._variables, settings, name)))
        require_subset(lines)
        require_first_level(lines, known.shift_headings)
        require_pictures(lines, self.sources)
        self._documents[name] = settings, lines
        return settings, lines

    def ingredients(self, name: str) -> list[str]:
        """Return the digests of all that one document is made from: text, settings, figures, styles, what it carries.

        Raises
        ------
        TemplateError
            When the document holds something outside the subset.
        """
        settings, lines = self.document(name)
        text = "\n".join(line.text for line in lines)
        named = sorted(settings.items())
        figures = [self.sources / match for match in sorted(set(_FIGURE.findall(text)))]
        endings = (".svg", ".png", NARROW_ENDING)
        files = [path for each in figures for ending in endings if (path := each.with_suffix(ending)).exists()]
        files += [self.sources / each for each in CARRIED if self._may_carry(each, f"{text}{named!r}")]
        return [of_value(text), of_value(repr(named)), of_value(self._styles + self._digests(files))]

    @cached_property
    def _project(self) -> dict[str, Any]:
        return read_project(self.sources, "_quarto.yml")

    @cached_property
    def _variables(self) -> dict[str, Any]:
        found = yaml.load((self.sources / "_variables.yml").read_text(encoding="utf-8"), yaml.CSafeLoader)
        return found if isinstance(found, dict) else {}

    @cached_property
    def _style_files(self) -> list[Path]:
        others = {FIGURES, FRAGMENTS, *CARRIED}
        return [
            path
            for path in sorted(self.sources.rglob("*"))
            if path.relative_to(self.sources).parts[0] not in others and path.suffix not in {".qmd", ".yml"}
            if path.is_file()
        ]

    @cached_property
    def _styles(self) -> list[list[str]]:
        return self._digests(self._style_files)

    def _digests(self, files: list[Path]) -> list[list[str]]:
        return [[path.relative_to(self.sources).as_posix(), of_file(path)] for path in files]

    def _may_carry(self, name: str, words: str) -> bool:
        """Return whether a document may read a file: it is named, or a filter opens files that nobody can tell."""
        return name in words or any(name in text for text in self._programs.values()) or self._opens_files

    @cached_property
    def _programs(self) -> dict[Path, str]:
        """Templates, filters and styles, as text."""
        files = [path for path in self._style_files if path.suffix in _PROGRAMS]
        return {path: path.read_text(encoding="utf-8", errors="replace") for path in files}

    @cached_property
    def _opens_files(self) -> bool:
        return any(_OPENS.search(text) for path, text in self._programs.items() if path.suffix == ".lua")


class _Document:
    """One document on its way to its formats."""

    def __init__(
        self, sources: Path, work: Path, day: date, turns: Turns, busy: bool, raw: dict[str, Any], lines: list[Line]
    ) -> None:
        self.turns, self.busy = turns, busy
        self.sources, self.work, self.settings, self.day, self.lines = sources, work, settings_of(raw), day, lines
        self.name = lines[0].file if lines else "rapport.qmd"
        known = Settings.model_fields.keys() | {str(field.alias) for field in Settings.model_fields.values()}
        metadata = {key: value for key, value in raw.items() if key not in known} | {
            "lang": self.settings.lang,
            "toc-title": "Inhoudsopgave",
        }
        (work / "rapport.md").write_text("\n".join(line.text for line in lines), encoding="utf-8")
        (work / "metadata.yml").write_text(
            yaml.dump(metadata, Dumper=yaml.CSafeDumper, allow_unicode=True), encoding="utf-8"
        )
        self._reading = threading.Lock()
        self._tree: Path | None = None

    def made(self, name: str, form: str) -> tuple[Job, bytes, float]:
        started = time.perf_counter()
        content = {"html": self.html, "pdf": self.pdf, "docx": self.docx, "odt": self.odt}[form]()
        return (name, form), content, time.perf_counter() - started

    def html(self) -> bytes:
        html = self.settings.format.html
        template = html.template or extension() / "rapport.html"
        options = ["--standalone", f"--template={template}"]
        if html.section_divs:
            options.append("--section-divs")
        if html.css:
            options.append(f"--css={html.css}")
        page = self._pandoc("html", *options, *self._contents()).decode()
        if html.embed_resources:
            page = (
                embedded(page, self.sources)
                or self._pandoc("html", *options, "--embed-resources", *self._contents()).decode()
            )
        return with_narrow_drawings(page, self.sources, self.name).encode()

    def docx(self) -> bytes:
        return finished(self._office("docx", self.settings.format.docx))

    def odt(self) -> bytes:
        return finished(self._office("odt", self.settings.format.odt))

    def _office(self, form: str, given: Office) -> bytes:
        named = {"--reference-doc": given.reference_doc, "--template": given.template}
        options = [f"{option}={name}" for option, name in named.items() if name]
        return self._pandoc(form, *options, *self._contents(given.toc))

    def pdf(self) -> bytes:
        options = self.settings.format.typst
        # Pandoc looks for a template's parts beside it.
        shutil.copy(_HERE / "rapport.typ", self.work)
        for partial in options.template_partials:
            shutil.copy(self.sources / partial, self.work)
        arguments = [f"--template={self.work / 'rapport.typ'}", "-V", f"papersize={options.papersize}"]
        source = self._pandoc("typst", *arguments, *self._contents())
        fonts = [options.font_paths] if isinstance(options.font_paths, str) else options.font_paths
        standards = [options.pdf_standard] if isinstance(options.pdf_standard, str) else options.pdf_standard
        turn = self.turns.alone if self.busy and len(source) > _LONG else self.turns.beside
        try:
            with turn():
                (made,) = typeset(
                    source,  # without a folder of its own: it reads figures from that of the sources
                    self.sources,
                    font_paths=[str(self.sources / folder) for folder in fonts] or list(map(str, font_files())),
                    pdf_standards=standards,
                    timestamp=int(self._moment().timestamp()),
                )
        except Refused as error:
            raise EngineError(
                f"Typst refuses the document: {words_of(error.message, str(self.sources))}.",
                place_of(error.message, self.lines, self.name),
                "\n".join(error.hints) or "a document that Typst can set",
                "Correct the chapter, or typst-template.typ in templates/_extensions/voortgang.",
            ) from error
        return made

    def _contents(self, toc: bool | None = None) -> list[str]:
        toc = self.settings.toc if toc is None else toc
        options = ["--toc", f"--toc-depth={self.settings.toc_depth}"] if toc else []
        return [*options, "--number-sections"] if self.settings.number_sections else options

    def _moment(self) -> datetime:
        return datetime(self.day.year, self.day.month, self.day.day, tzinfo=UTC)

    def _pandoc(self, form: str, *options: str) -> bytes:
        output = self.work / f"rapport.{form}"
        early = [each for each in self.settings.filters if each.at in _EARLY]
        late = [each for each in self.settings.filters if each.at not in _EARLY]
        # Names from the folder that it runs in: Pandoc reads %20 in a path as a space.
        before, after = ([each.path for each in some] for some in (early, late))
        filters = [*before, _HERE / "crossref.lua", *after]
        self._run(
            f"make the {form} document",
            str(self._read()),
            "--from=json",
            f"--to={form}",
            f"--output={output}",
            "--resource-path=.",
            f"--shift-heading-level-by={self.settings.shift_headings}",
            f"--syntax-highlighting={self.settings.syntax_highlighting}",
            *(f"--lua-filter={path}" for path in filters),
            *options,
        )
        return output.read_bytes()

    def _read(self) -> Path:
        """Return the file with the tree of the document, which its formats are made from."""
        with self._reading:
            if self._tree is None:
                tree = self.work / "rapport.json"
                self._run(
                    "read the document",
                    str(self.work / "rapport.md"),
                    f"--from={READER}",
                    "--to=json",
                    f"--output={tree}",
                    f"--metadata-file={self.work / 'metadata.yml'}",
                )
                self._tree = tree
            return self._tree

    def _run(self, what: str, *arguments: str) -> None:
        with self.turns.beside():
            done = subprocess.run(
                [pandoc(), *arguments],
                cwd=self.sources,
                env=os.environ | LOCALE | {"SOURCE_DATE_EPOCH": str(int(self._moment().timestamp()))},
                capture_output=True,
                text=True,
                check=False,
            )
        if done.returncode or "[WARNING]" in done.stderr:
            said = words_of(done.stderr, str(self.work), str(self.sources))
            raise EngineError(
                f"Pandoc could not {what}: {said or 'it stopped without a word'}",
                place_of(done.stderr, self.lines, self.name),
                "a document that Pandoc makes without a warning",
                "Correct the line, or what Pandoc names.",
            )
