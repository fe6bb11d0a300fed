"""An independent computation finds the published figures, and notices one that is wrong."""

from __future__ import annotations

import json
import runpy
import shutil
from pathlib import Path

import pytest
from conftest import REPOSITORY

RECOMPUTE = runpy.run_path(str(REPOSITORY / "bench" / "recompute.py"))


def test_the_figures_of_every_year_are_found_with_pandas_alone(
    reports: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folders = sorted(path.parent for path in reports.glob("*/kerncijfers.json"))
    assert len(folders) >= 5
    assert RECOMPUTE["main"](folders) == 0, capsys.readouterr().out


def test_one_wrong_figure_is_noticed(reports: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = tmp_path / "2021"
    report.mkdir()
    for name in ("kerncijfers.json", "voortgangsrapportage-2021.html"):
        shutil.copy(reports / "2021" / name, report)
    file = report / "kerncijfers.json"
    published = json.loads(file.read_text(encoding="utf-8"))
    (figure,) = (each for each in published["kerncijfers"] if each["id"] == "totaal.gerealiseerd")
    figure["waarde"] += 1
    file.write_text(json.dumps(published), encoding="utf-8")
    assert RECOMPUTE["main"]([report]) == 1
    assert "totaal.gerealiseerd" in capsys.readouterr().out
    figure["waarde"] -= 1
    file.write_text(json.dumps(published), encoding="utf-8")
    page = report / "voortgangsrapportage-2021.html"
    text = page.read_text(encoding="utf-8")
    page.write_text(text.replace(figure["tekst"], "€ 1.000.000"), encoding="utf-8")
    assert RECOMPUTE["main"]([report]) == 1
