"""Make HTML, PDF and DOCX from the sources of a report, with Quarto or with the built-in path."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from voortgang.assemble.document_names import Job
from voortgang.assemble.engines import installed_quarto

if TYPE_CHECKING:
    from voortgang.assemble.engines.shared import Shared

Chosen = Literal["builtin", "quarto"]
Engine = Literal["auto", "builtin", "quarto"]


def chosen_engine(engine: Engine) -> Chosen:
    """Return which way is taken: with `auto` Quarto where one is installed that works."""
    if engine != "auto":
        return engine
    found = installed_quarto.installed()
    return "quarto" if found is not None and found.works else "builtin"


def passed_over() -> str:
    """Return why `auto` passes over a Quarto that is installed, in one line; empty when it does not."""
    found = installed_quarto.installed()
    if found is None or found.works:
        return ""
    old = f"Quarto {found.version} is too old ({installed_quarto.WANTED})"
    return f"{old}; the built-in Pandoc and Typst make the documents."


def version_of(engine: Chosen) -> str:
    """Return the engine with its version; those of the built-in path are versions of packages.

    Raises
    ------
    EngineError
        When Quarto is asked for, and not installed or too old.
    """
    if engine == "builtin":
        return engine
    return f"quarto {installed_quarto.require().version}"


def assemble(
    sources: Path,
    engine: Chosen,
    groups: Iterable[Sequence[Job]],
    day: date,
    shared: Shared | None = None,
    busy: bool = True,
) -> Iterator[tuple[Job, bytes, float]]:
    """Render the sources, and yield each document with its content and the seconds it took, as they come.

    Parameters
    ----------
    sources
        Folder of the Quarto project.
    engine
        `quarto` or `builtin`.
    groups
        Which documents, in which formats: what is drawn first begins while the rest is still being found.
    day
        The date that the documents carry.
    shared
        What the built-in path read of the same sources before.
    busy
        Whether this computer makes other reports meanwhile: then the built-in path takes less memory, and longer.

    Raises
    ------
    EngineError, TemplateError
        When the engine is missing or refuses the sources, or these hold what not every report can be made from.
    """
    from voortgang.assemble.engines import builtin, quarto  # which take long to import
    from voortgang.assemble.engines.shared import Shared

    shared = shared or Shared(sources)
    if engine == "builtin":
        yield from builtin.render(sources, groups, day, shared, busy)
        return
    jobs = [job for group in groups for job in group]
    # What one of them refuses, the other does.
    lines = [line for name in dict.fromkeys(name for name, _ in jobs) for line in shared.document(name)[1]]
    if jobs:
        yield from quarto.render(sources, [jobs], day, lines)
