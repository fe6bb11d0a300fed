"""Render with Pandoc and Typst, both from PyPI wheels: the way that always works.

Pandoc reads the expanded document once, and makes each format from its tree. `crossref.lua` numbers what Quarto
numbers; the filters of the project itself run before or after it, as they do in Quarto.
"""

from __future__ import annotations

import json
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
from voortgang.assemble.document_names import Job
from voortgang.assemble.engines import by_chapter, chapter_trees
from voortgang.assemble.engines.embedding import embedded, with_narrow_drawings
from voortgang.assemble.engines.places import place_of, words_of
from voortgang.assemble.engines.shared import Shared
from voortgang.assemble.engines.turns import Turns
from voortgang.assemble.settings import Office, Settings, settings_of
from voortgang.errors import EngineError
from voortgang.workspace.extension import extension
from voortgang.workspace.fingerprint import of_bytes, of_engine, of_packages, of_value
from voortgang.writing import temporary
from voortgang.writing.fonts import font_files
from voortgang.writing.office_files import finished
from voortgang.writing.pandoc_tree import LOCALE, pandoc
from voortgang.writing.typesetting import Refused, typeset

_HERE = Path(__file__).parent


_EARLY = {"pre-ast", "post-ast", "pre-quarto"}
"""When filters run that Quarto calls before it numbers anything."""

_OF_WHOLE = {"inhoud.lua"}
"""Filters of the extension that look at all chapters at once."""

_LONG = 100_000
"""Bytes of a text from which Typst takes as much memory as Pandoc, and every core; of a tree that is worth dividing."""


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
                documents[name] = _Document(shared, work, day, turns, busy, name)
            # What takes longest begins first; a PDF takes two programs, one after the other.
            ordered = sorted(jobs, key=lambda job: (-len(shared.document(job[0])[1]), job[1] != "pdf"))
            begun += [pool.submit(documents[name].made, name, form) for name, form in ordered]
        for future in as_completed(begun):
            yield future.result()


class _Document:
    """One document on its way to its formats."""

    def __init__(self, shared: Shared, work: Path, day: date, turns: Turns, busy: bool, name: str) -> None:
        raw, lines = shared.document(name)
        self.shared, self.turns, self.busy = shared, turns, busy
        self.sources, self.work, self.day = shared.sources, work, day
        self.settings, self.lines = settings_of(raw), lines
        self.name = lines[0].file if lines else "rapport.qmd"
        known = Settings.model_fields.keys() | {str(field.alias) for field in Settings.model_fields.values()}
        self._metadata = {key: value for key, value in raw.items() if key not in known} | {
            "lang": self.settings.lang,
            "toc-title": "Inhoudsopgave",
        }
        (work / "rapport.md").write_text("\n".join(line.text for line in lines), encoding="utf-8")
        (work / "metadata.yml").write_text(
            yaml.dump(self._metadata, Dumper=yaml.CSafeDumper, allow_unicode=True), encoding="utf-8"
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
        page = self._page("html", template, *options, *self._contents()).decode()
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
        options = [*(f"{option}={name}" for option, name in named.items() if name), *self._contents(given.toc)]
        found = self._by_chapter(form, "json") if form == "docx" else None
        if found is None:
            return self._pandoc(form, *options)
        tree = self.work / f"hoofdstukken-{form}.json"
        tree.write_text(json.dumps(found[1].tree()), encoding="utf-8")
        of_whole = [each for each in self._filters if Path(each).name in _OF_WHOLE]
        return self._pandoc(form, *options, source=tree, filters=of_whole)

    def pdf(self) -> bytes:
        options = self.settings.format.typst
        # Pandoc looks for a template's parts beside it.
        shutil.copy(_HERE / "rapport.typ", self.work)
        for partial in options.template_partials:
            shutil.copy(self.sources / partial, self.work)
        template = self.work / "rapport.typ"
        arguments = [f"--template={template}", "-V", f"papersize={options.papersize}"]
        source = self._page("typst", template, *arguments, *self._contents())
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

    def _page(self, form: str, template: str | Path, *options: str) -> bytes:
        """Return what `_pandoc` makes of the document; where only some chapters have changed, only these are made."""
        # A text on a line of its own stands there as it is written.
        has_place = re.search(r"(?m)^\$body\$$", (self.sources / template).read_text(encoding="utf-8"))
        found = self._by_chapter(form, form) if has_place else None
        if found is not None:
            divided, made = found
            outline = self.work / f"koppen-{form}.json"
            outline.write_text(json.dumps(by_chapter.skeleton(self._document, divided, form)), encoding="utf-8")
            page = self._pandoc(form, *options, source=outline).decode()
            if (whole := by_chapter.filled_in(page, made.texts, form)) is not None:
                return whole.encode()
        return self._pandoc(form, *options)

    def _by_chapter(self, form: str, written_as: str) -> tuple[list[by_chapter.Chapter], by_chapter.Made] | None:
        """Return the chapters of the document, and what is made of each; nothing where it must be made whole.

        What a filter of the project itself needs to see, nobody can tell.
        """
        store, own = self.shared.store, {str(each.path) for each in self.settings.filters} <= self.shared.own_files
        if store is None or not own or {"blad", "blad-per-kop"} & self._metadata.keys() or self.settings.shift_headings:
            return None
        if self._read().stat().st_size < _LONG:
            return None  # what is short is made whole as quickly
        divided = by_chapter.divided(self._document, form)
        if divided is None:
            return None
        filters = tuple(str(each) for each in self._filters if Path(each).name not in _OF_WHOLE)
        divs, numbers = form == "html" and self.settings.format.html.section_divs, self.settings.number_sections
        with self.turns.beside():
            made = by_chapter.made(
                self._document, divided, by_chapter.Way(form, written_as, self.sources, filters, divs, numbers), store
            )
        return (divided, made) if made is not None else None

    @cached_property
    def _document(self) -> dict[str, Any]:
        """The tree of the document."""
        found: dict[str, Any] = json.loads(self._read().read_bytes())
        return found

    @property
    def _filters(self) -> list[str | Path]:
        early = [each for each in self.settings.filters if each.at in _EARLY]
        late = [each for each in self.settings.filters if each.at not in _EARLY]
        # Names from the folder that it runs in: Pandoc reads %20 in a path as a space.
        before, after = ([each.path for each in some] for some in (early, late))
        return [*before, _HERE / "crossref.lua", *after]

    def _pandoc(
        self, form: str, *options: str, source: Path | None = None, filters: Sequence[str | Path] | None = None
    ) -> bytes:
        output = self.work / f"rapport.{form}"
        self._run(
            f"make the {form} document",
            str(source or self._read()),
            "--from=json",
            f"--to={form}",
            f"--output={output}",
            "--resource-path=.",
            f"--shift-heading-level-by={self.settings.shift_headings}",
            f"--syntax-highlighting={self.settings.syntax_highlighting}",
            *(f"--lua-filter={path}" for path in (self._filters if filters is None else filters)),
            *options,
        )
        return output.read_bytes()

    def _read(self) -> Path:
        """Return the file with the tree of the document, which its formats are made from."""
        with self._reading:
            if self._tree is None:
                tree = self.work / "rapport.json"
                if (known := self._tree_of_chapters()) is not None:
                    tree.write_text(known, encoding="utf-8")
                else:
                    self._read_text(self.work / "rapport.md", tree)
                self._tree = tree
            return self._tree

    def _tree_of_chapters(self) -> str | None:
        """Return the tree of the document put together from its chapters; nothing where it must be read whole."""
        store = self.shared.store
        if store is None or sum(len(line.text) for line in self.lines) < _LONG:
            return None  # what is short is read whole as quickly

        def read() -> bytes:
            (self.work / "leeg.md").touch()
            self._read_text(self.work / "leeg.md", self.work / "leeg.json")
            return json.dumps(json.loads((self.work / "leeg.json").read_bytes())["meta"], ensure_ascii=False).encode()

        header = (self.work / "metadata.yml").read_bytes()
        meta = store.kept("headers", of_value([of_bytes(header), of_engine(), of_packages()]), read)
        with self.turns.beside():
            return chapter_trees.tree(self.lines, meta.decode(), store)

    def _read_text(self, text: Path, tree: Path) -> None:
        self._run(
            "read the document",
            str(text),
            f"--from={READER}",
            "--to=json",
            f"--output={tree}",
            f"--metadata-file={self.work / 'metadata.yml'}",
        )

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
