"""Make HTML, PDF and DOCX from the sources of a report, with Quarto or with the built-in path."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Literal

from voortgang.assemble import builtin, quarto

Engine = Literal["auto", "builtin", "quarto"]
FORMATS = ("html", "pdf", "docx")


def chosen_engine(engine: Engine) -> Literal["builtin", "quarto"]:
    """Return which way is taken: with `auto` Quarto where it is installed."""
    if engine == "auto":
        return "quarto" if shutil.which("quarto") else "builtin"
    return engine


def assemble(
    sources: Path, engine: Engine, output: Path, name: str, day: date, step: Callable[[str], None]
) -> list[Path]:
    """Render the sources to every format.

    Parameters
    ----------
    sources
        Folder of the Quarto project.
    engine
        `quarto`, `builtin`, or `auto` for Quarto where it is installed.
    output
        Folder for the documents.
    name
        File name of the documents, without ending.
    day
        The date that the documents carry.
    step
        Called with the name of each format when it is made.

    Raises
    ------
    EngineError, TemplateError
        When the engine is missing or refuses the sources, or these hold what the built-in path does not know.
    """
    render = quarto.render if chosen_engine(engine) == "quarto" else builtin.render
    made = []
    for form, content in render(sources, FORMATS, day):
        path = output / f"{name}.{form}"
        path.write_bytes(content)
        made.append(path)
        step(form)
    return made
