"""What a build imports that runs no notebook: to import takes longer than most of its steps."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import matplotlib
import pytest

import voortgang.notebook as vg
from voortgang.writing.fonts import font_files


def test_a_build_that_runs_no_notebook_does_not_import_what_only_notebooks_need() -> None:
    script = (
        "import sys, voortgang.build.pipeline; from voortgang.writing.fonts import font_files; "
        "font_files(); print(sorted({'papermill', 'nbconvert', 'matplotlib', 'jinja2'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_the_fonts_are_those_that_matplotlib_has() -> None:
    signs = [path for path in font_files() if path.name.startswith("DejaVu")]
    assert [path.parent for path in signs] == 2 * [Path(matplotlib.get_data_path()) / "fonts" / "ttf"]
    assert all(path.is_file() for path in font_files())


def test_what_only_computes_does_without_what_draws() -> None:
    script = "import sys, voortgang.notebook.deviations; print('matplotlib' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_a_notebook_finds_all_that_it_may_ask_for() -> None:
    assert all(callable(getattr(vg, name)) or isinstance(getattr(vg, name), str | float) for name in vg.__all__)
    assert set(vg.__all__) <= set(dir(vg))
    with pytest.raises(AttributeError, match="'chart_pie'"):
        _ = vg.chart_pie  # type: ignore[attr-defined]


def test_the_process_that_kernels_come_from_has_imported_all_that_they_may_ask_for() -> None:
    script = (
        "import sys, voortgang.notebook as vg, voortgang.run.preload as preload; preload.prepare(); "
        "before = set(sys.modules); [getattr(vg, name) for name in vg.__all__]; print(set(sys.modules) - before)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def test_the_help_imports_no_template() -> None:
    script = (
        "import sys; from voortgang.cli import main; main(['--help'], standalone_mode=False); "
        "print('jinja2' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "False"
