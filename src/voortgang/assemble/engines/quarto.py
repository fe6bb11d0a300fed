"""Render with Quarto, where it is installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from voortgang.errors import EngineError

_TARGETS = {"html": "html", "pdf": "typst", "docx": "docx"}


def require() -> str:
    """Return the program `quarto`; raises `EngineError` when it is not installed."""
    program = shutil.which("quarto")
    if program is None:
        raise EngineError(
            "Quarto is not installed.",
            "the programs on this computer's PATH",
            "the program 'quarto', version 1.7 or newer",
            "Install Quarto (environment.yml has it), or leave out --engine: the built-in path needs no Quarto.",
        )
    return program


def render(sources: Path, jobs: Sequence[tuple[str, str]], day: date) -> Iterator[tuple[tuple[str, str], bytes, float]]:
    """Yield each job, its document and the seconds it took, made by `quarto render` in a copy of the sources.

    Raises
    ------
    EngineError
        When Quarto is not installed, or refuses the sources.
    """
    program = require()
    with tempfile.TemporaryDirectory(prefix="voortgang-") as folder:
        project = Path(folder) / "bron"
        shutil.copytree(sources, project)
        # SOURCE_DATE_EPOCH fixes the dates in the documents.
        moment = datetime(day.year, day.month, day.day, tzinfo=UTC)
        environment = os.environ | {"SOURCE_DATE_EPOCH": str(int(moment.timestamp()))}
        for name, form in jobs:
            started = time.perf_counter()
            done = subprocess.run(
                [program, "render", name, "--to", _TARGETS[form]],
                cwd=project,
                env=environment,
                capture_output=True,
                text=True,
                check=False,
            )
            made = sorted(project.rglob(f"{Path(name).stem}.{form}"))
            if done.returncode or not made:
                raise EngineError(
                    f"Quarto could not make the {form.upper()}.",
                    f"quarto render {name} --to " + _TARGETS[form],
                    "\n".join((done.stderr or done.stdout).strip().splitlines()[-12:]) or "a document",
                    "Correct the chapter that Quarto names, or try --engine builtin.",
                )
            yield (name, form), made[0].read_bytes(), time.perf_counter() - started
