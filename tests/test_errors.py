"""Bad input gives one clear message, exit code 1, no traceback, and leaves an earlier report as it was."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import run, trim

Edit = Callable[[str, str, str], None]

CASES = {
    "a key with a typo": ("data/deal.yml", "name_article:", "name_artikel:", ["deal.yml, line 6", "name_artikel"]),
    "a key that stands twice": ("data/deal.yml", "region:", "name: x\nregion:", ["deal.yml, line 5", "twice"]),
    "text where an amount belongs": ("data/deal.yml", "amount: 19200000", "amount: veel", ["budget", "'veel'"]),
    "a budget that does not add up": ("data/deal.yml", "amount: 14400000", "amount: 14400001", ["add up to 40000001"]),
    "contributions that do not add up": (
        "data/deal.yml",
        "amount: 20000000\n    obligation: inspanning",
        "amount: 10000000\n    obligation: inspanning",
        ["contributions add up to 30000000"],
    ),
    "an indicator's result without a pillar": (
        "data/deal.yml",
        "    pillar: werken\n",
        "",
        ["results.0", "'pillar' is missing"],
    ),
    "an unknown pillar": ("data/deal.yml", "pillar: welzijn\n", "pillar: welzjin\n", ["'welzjin'", "welzijn"]),
    "an invented target": ("data/deal.yml", "open_target: het convenant noemt geen aantal", "decimals: 0", ["target"]),
    "broken YAML": ("data/deal.yml", "parties:", "parties: [", ["deal.yml, line"]),
    "an unknown parameter": ("parameters/2021.yml", "edition:", "editie:", ["parameters/2021.yml, line 5", "'editie'"]),
    "a day that does not exist": (
        "parameters/2021.yml",
        "reference_date: 2021-12-31",
        "reference_date: 2021-02-30",
        ["parameters/2021.yml, line 3", "day is out of range"],
    ),
    "a wrong parameter": ("parameters/2021.yml", "vastgesteld", "klaar", ["parameters/2021.yml, line 4", "'klaar'"]),
    "a reference date outside the year": (
        "parameters/2021.yml",
        "reference_date: 2021",
        "reference_date: 2018",
        ["2018-12-31"],
    ),
    # Amounts ended with the year, and those of projects, the term and the captions ran on to this day.
    "a reference date after the year": (
        "parameters/2021.yml",
        "reference_date: 2021-12-31",
        "reference_date: 2022-03-31",
        ["parameters/2021.yml", "2022-03-31 lies after the year", "reference_date: 2021-12-31"],
    ),
    "a word where an amount belongs": (
        "data/begroting.csv",
        "4800000",
        "veel",
        ["begroting.csv, row 4, column bedrag"],
    ),
    "an unknown project": ("data/voortgang.csv", "K001", "K999", ["voortgang.csv, row 2, column project_id", "K999"]),
    "an unknown column": ("data/overleggen.csv", "onderwerp", "ondrwerp", ["overleggen.csv, row 1", "ondrwerp"]),
    "a row with too many cells": ("data/overleggen.csv", "2019-11-14,", "2019-11-14,x,y,", ["overleggen.csv"]),
    "a date that does not exist": ("data/overleggen.csv", "2019-11-14", "2019-11-31", ["row 2, column datum"]),
    "raw HTML in the narrative": (
        "data/toelichting/2021/werken.md",
        "De ",
        "<script>x</script> De ",
        ["toelichting/2021/werken.md, row 1", "raw HTML"],
    ),
    "a date in the project file that does not exist": (
        "templates/_quarto.yml",
        "project:",
        "date: 2021-02-30\nproject:",
        ["templates/_quarto.yml", "not valid YAML"],
    ),
    "a key of the project file that is no text": (
        "templates/_quarto.yml",
        "project:",
        "2021: x\nproject:",
        ["templates/_quarto.yml", "the key 2021 is no text"],
    ),
    "a project file with other shapes": (
        "templates/_quarto.yml",
        "format:\n",
        "format: [html]\nother:\n",
        ["templates/_quarto.yml", "formats of the project"],
    ),
    "a broken notebook": ("notebooks/wonen.ipynb", '"cells"', '"cells', ["notebooks/wonen.ipynb"]),
    "a notebook that asks for more": (
        "notebooks/wonen.ipynb",
        'year = 2021\\n"',
        'year = 2021\\n",\n    "jaar = 1\\n"',
        ["unknown parameters: jaar", "notebooks/wonen.ipynb"],
    ),
}


@pytest.mark.sampled(7)
@pytest.mark.parametrize("case", CASES)
def test_bad_input_is_named_before_a_kernel_starts(case: str, workspace: Path, edit: Edit) -> None:
    file, old, new, expected = CASES[case]
    edit(file, old, new)
    earlier = _earlier_report(workspace)
    _assert_one_message(run("build", "2021", cwd=workspace), expected)
    assert _content(earlier) == {"rapport.html": b"earlier"}


def test_a_missing_file_is_named(workspace: Path) -> None:
    (workspace / "data" / "metingen.csv").unlink()
    _assert_one_message(run("build", "2021", cwd=workspace), ["data/metingen.csv", "missing"])


def test_every_finding_is_reported_at_once(workspace: Path, edit: Edit) -> None:
    edit("data/begroting.csv", "4800000", "veel")
    edit("data/overleggen.csv", "2019-11-14", "2019-11-31")
    expected = ["begroting.csv, row 4", "overleggen.csv, row 2"]
    _assert_one_message(run("build", "2021", cwd=workspace), ["2 findings", *expected])
    done = run("check", cwd=workspace)
    assert done.code == 1
    assert all(part in done.out for part in (*expected, "errors: 2"))


def test_an_unknown_year_names_the_known_ones(workspace: Path) -> None:
    _assert_one_message(run("build", "2031", cwd=workspace), ["2031", "2019, 2020, 2021-06-30, 2021, 2022, 2023"])


def test_a_folder_without_a_deal_is_named(tmp_path: Path) -> None:
    _assert_one_message(run("check", cwd=tmp_path), [str(tmp_path), "data/deal.yml"])


def test_quarto_is_asked_for_and_absent(workspace: Path) -> None:
    done = run("build", "2021", "--engine", "quarto", cwd=workspace, path="/nonexistent")
    _assert_one_message(done, ["Quarto is not installed", "1.10"])


ONE_NOTEBOOK = {"tbl-wonen-proeftuin": "wonen"}


def test_a_cell_that_raises_is_shown_with_its_parameters(workspace: Path) -> None:
    trim(workspace, ONE_NOTEBOOK)
    file = workspace / "notebooks" / "wonen.ipynb"
    notebook = json.loads(file.read_text(encoding="utf-8"))
    cell = next(cell for cell in notebook["cells"] if "vg.projects(" in "".join(cell["source"]))
    number = [each for each in notebook["cells"] if each["cell_type"] == "code"].index(cell) + 1
    cell["source"] = ["answer = 1\n", "raise KeyError('wonen is leeg')"]
    file.write_text(json.dumps(notebook), encoding="utf-8")
    earlier = _earlier_report(workspace)
    done = run("build", "2021", cwd=workspace)
    _assert_one_message(
        done,
        ["notebooks/wonen.ipynb", f"code cell {number}", "raise KeyError", "year=2021", "KeyError: 'wonen is leeg'"],
    )
    assert _content(earlier) == {"rapport.html": b"earlier"}
    # The lock of a year stays: removing it would let two builds in.
    assert sorted(path.name for path in (workspace / "reports").iterdir()) == [".2021.lock", "2021"]


def test_a_kernel_that_dies_is_named(workspace: Path) -> None:
    trim(workspace, ONE_NOTEBOOK)
    file = workspace / "notebooks" / "wonen.ipynb"
    notebook = json.loads(file.read_text(encoding="utf-8"))
    notebook["cells"][2]["source"] = ["import os\n", "os._exit(3)"]
    file.write_text(json.dumps(notebook), encoding="utf-8")
    _assert_one_message(run("build", "2021", cwd=workspace), ["wonen", "the kernel died", "os._exit(3)"])


def test_a_cell_that_never_ends_is_stopped_and_named(workspace: Path) -> None:
    trim(workspace, ONE_NOTEBOOK)
    file = workspace / "notebooks" / "wonen.ipynb"
    notebook = json.loads(file.read_text(encoding="utf-8"))
    notebook["cells"][2]["source"] = ["import time\n", "while True:\n", "    time.sleep(1)"]
    file.write_text(json.dumps(notebook), encoding="utf-8")
    parameters = workspace / "parameters" / "2021.yml"
    parameters.write_text(parameters.read_text(encoding="utf-8") + "cell_timeout: 4\n", encoding="utf-8")
    done = run("build", "2021", cwd=workspace)
    _assert_one_message(done, ["longer than 4 seconds", "code cell 2", "while True:"])


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("{{< include hoofdstukken/_weg.qmd >}}", "hoofdstukken/_weg.qmd"),
        ("{{< var werken.onbekend >}}", "werken.onbekend"),
        ("{{< video x.mp4 >}}", "video"),
        ("::: {.callout-note}", "callout"),
        ("```{python}\nprint(1)\n```", "code cell"),
        ("<div>x</div>", "raw HTML"),
        ("Zie @fig-weg.", "@fig-weg"),
    ],
)
def test_a_construct_outside_the_subset_is_refused_by_file_and_line(
    reports: Path, tmp_path: Path, line: str, expected: str
) -> None:
    from datetime import date

    from voortgang.assemble.engines import builtin
    from voortgang.errors import TemplateError

    sources = shutil.copytree(reports / "2021" / "bron", tmp_path / "bron")
    chapter = sources / "hoofdstukken" / "_vooruitblik.qmd"
    chapter.write_text(chapter.read_text(encoding="utf-8") + f"\n{line}\n", encoding="utf-8")
    number = chapter.read_text(encoding="utf-8").splitlines().index(line.splitlines()[0]) + 1
    with pytest.raises(TemplateError) as caught:
        list(builtin.render(sources, [[("rapport.qmd", "html")]], date(2021, 12, 31)))
    assert expected in caught.value.what + caught.value.where
    assert f"hoofdstukken/_vooruitblik.qmd, line {number}" in caught.value.where


@pytest.mark.skipif(os.name == "nt", reason="POSIX permissions")
def test_reports_that_cannot_be_written(workspace: Path) -> None:
    # A file in place of the folder cannot be written into, not even by root.
    (workspace / "reports").write_text("in the way", encoding="utf-8")
    _assert_one_message(run("build", "2021", cwd=workspace), ["Reports cannot be written", "reports"])
    assert (workspace / "reports").read_text(encoding="utf-8") == "in the way"


def test_debug_shows_the_traceback(workspace: Path, edit: Edit) -> None:
    edit("parameters/2021.yml", "vastgesteld", "klaar")
    assert "Traceback" in run("--debug", "build", "2021", cwd=workspace).err


def _assert_one_message(done: object, expected: list[str]) -> None:
    assert done.code == 1, done.err
    assert "Traceback" not in done.err and "Task was destroyed" not in done.err
    assert done.err.count("Error: ") == 1 + done.err.count("KeyError: ")
    for label in ("where:", "expected:", "mend:"):
        assert label in done.err
    for part in expected:
        assert part in done.err, f"{part!r} is not in:\n{done.err}"


def _earlier_report(workspace: Path) -> Path:
    folder = workspace / "reports" / "2021"
    folder.mkdir(parents=True)
    (folder / "rapport.html").write_bytes(b"earlier")
    return folder


def _content(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}
