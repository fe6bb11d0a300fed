"""A workspace for another deal comes out ready, from the notebooks and templates of this one."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from conftest import REPOSITORY, copy_workspace, made_once, run
from documents import html_text, pdf_pages

from voortgang import notebook as vg
from voortgang.workspace.deal import read_deal
from voortgang.workspace.paths import Workspace
from voortgang.workspace.starting import shared
from voortgang.workspace.starting.questionnaire import Answers, deal_text

SIX = ("Bodem & Water", "Energie", "Mobiliteit", "Landbouw", 'Erfgoed "oud"', "Vrije tijd")


def answers(**other: object) -> Answers:
    known = {
        "name": "Regio Deal Zes",
        "region": "Noordrand",
        "pillars": SIX,
        "word": "programmalijn",
        "words": "programmalijnen",
        "municipalities": ("Aalst", "'s-Bergerveen", "Súd Culm"),
        "province": "",
        "first_year": 2024,
        "last_year": 2027,
        "state": 12_000_000,
        "regional": 13_000_001,
        "overhead": 500_000,
    }
    return Answers(**(known | other))


@pytest.fixture(scope="module")
def six(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with six programme lines, and the report on its second year. Tests only read it."""

    def make(root: Path) -> None:
        (root.parent / "deal.yml").write_text(deal_text(answers()), encoding="utf-8")
        done = run("init", root.name, "--deal", "deal.yml", cwd=root.parent)
        assert done.code == 0, done.err
        program = Path(sys.executable).with_name("voortgang")
        made = subprocess.run(
            ["make", "report", "YEAR=2025", f"RUN={program}"], cwd=root, capture_output=True, text=True, check=False
        )
        assert made.returncode == 0, made.stderr

    return made_once(tmp_path_factory, "six-lines", make, __file__)


@pytest.mark.parametrize("found", [True, False])
def test_a_new_workspace_says_how_make_finds_the_program(tmp_path: Path, found: bool) -> None:
    """Its environment may stand elsewhere, in a folder with blanks, and the folder is another than this one."""
    program = Path(sys.executable).with_name("voortgang")
    elsewhere = tmp_path / "bin mét blanks"
    elsewhere.mkdir()
    (elsewhere / "voortgang").symlink_to(program)
    (tmp_path / "deal.yml").write_text(deal_text(answers()), encoding="utf-8")
    environment = os.environ | {"PATH": f"{elsewhere}:/usr/bin:/bin" if found else "/usr/bin:/bin"}

    def called(*command: str | Path, folder: Path = tmp_path / "een deal") -> subprocess.CompletedProcess[str]:
        return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)

    made = called(program, "init", "een deal", "--deal", "deal.yml", folder=tmp_path)
    assert made.returncode == 0 and "then, in that folder: make report" in made.stdout
    assert (f"RUN={program}" in made.stdout) != found
    if not found:
        done = called("make", "check")
        assert done.returncode == 2 and "voortgang is not found" in done.stderr and "make check RUN=" in done.stderr
    done = called("make", "check", *([] if found else [f"RUN={elsewhere / 'voortgang'}"]))
    assert done.returncode == 0, done.stderr


def test_the_report_of_a_deal_that_differs_in_everything(six: Path) -> None:
    text = html_text(six / "reports" / "2025" / "voortgangsrapportage-2025.html")
    for word in (
        *SIX,
        "Regio Deal Zes",
        "programmalijn",
        "'s-Bergerveen",
        "Súd Culm",
        "oorbeelddata",
        "zes programmalijnen",
    ):
        assert word.replace('"', "") in re.sub('[“”"]', "", text), word
    for word in ("pijler", "Werken", "Welzijn", "Emmen", "Drenthe"):
        assert word not in text, word
    assert all("oorbeelddata" in page for page in pdf_pages(six / "reports" / "2025" / "voortgangsrapportage-2025.pdf"))
    sheets = {path.name for path in (six / "reports" / "2025" / "bladen").glob("gemeente-*.pdf")}
    assert sheets == {f"gemeente-{key}-2025.pdf" for key in ("aalst", "s-bergerveen", "sud-culm")}


def test_its_example_data_passes_every_check(six: Path) -> None:
    done = run("check", cwd=six)
    assert done.code == 0 and "errors: 0, warnings: 0" in done.out


def test_every_line_of_the_programme_is_in_the_charts(six: Path) -> None:
    content = json.loads((six / "reports" / "2025" / "kerncijfers.json").read_text(encoding="utf-8"))
    places = {each["id"]: each["staat_in"] for each in content["kerncijfers"]}
    for pillar in content["verslag"]["pijlers"]:
        assert {"fig-geld", "fig-uitputting"} <= set(places[f"{pillar.replace('-', '_')}.uitputting"])


@pytest.mark.long
def test_its_bundle_is_verified_and_its_figures_reach_the_ministry(six: Path, tmp_path: Path) -> None:
    assert run("bundle", "2025", "--output", str(tmp_path / "zes.zip"), cwd=six).code == 0
    done = run("verify", str(tmp_path / "zes.zip"), cwd=tmp_path)
    assert done.out.endswith("The report on 2025 is identical.\n"), done.out
    assert run("export", "lnv", "2025", "--output", str(tmp_path), cwd=six).code == 0


def test_a_new_year_fits_the_term(six: Path, tmp_path: Path) -> None:
    root = copy_workspace(tmp_path / "deal", six)
    (root / "parameters" / "2027.yml").unlink()
    done = run("new-year", "2027", cwd=root)
    assert done.code == 0 and "parameters/2027.yml" in done.out
    assert "make" in run("build", "2027", "--dry-run", cwd=root).out
    for year, why in ((2027, "exists"), (2028, "outside the term"), (2023, "outside the term")):
        done = run("new-year", str(year), cwd=root)
        assert done.code == 1 and why in done.err


def test_questions_make_the_same_workspace(tmp_path: Path) -> None:
    given = answers(word="pijler", words="pijlers", province="Noordland", pillars=("Wonen", "Werk"))
    lines = (
        *(given.name, given.region, "", "", ", ".join(given.pillars), ", ".join(given.municipalities), given.province),
        *(given.first_year, given.last_year, given.state, given.regional, given.overhead),
    )
    program = Path(sys.executable).with_name("voortgang")
    done = subprocess.run(
        [program, "init", "x", "--empty"], cwd=tmp_path, input="\n".join(map(str, lines)) + "\n", text=True, check=False
    )
    assert done.returncode == 0
    assert (tmp_path / "x" / "data" / "deal.yml").read_text(encoding="utf-8") == deal_text(given)
    assert len((tmp_path / "x" / "data" / "projecten.csv").read_text(encoding="utf-8").splitlines()) == 1


def test_a_wrong_answer_costs_no_other_answer(tmp_path: Path) -> None:
    program = Path(sys.executable).with_name("voortgang")
    first = ("Regio Deal X", "X", "", "", "Wonen, wonen", "", "Noordland", 2020, 2022, 5, 5, 1)
    again = ("", "", "", "", "Wonen, Werken", *[""] * 7)
    done = subprocess.run(
        [program, "init", "x", "--empty"], cwd=tmp_path, input="\n".join(map(str, first + again)) + "\n", text=True,
        capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0 and "Give another answer" in done.stderr, done.stderr
    deal = (tmp_path / "x" / "data" / "deal.yml").read_text(encoding="utf-8")
    assert "Werken" in deal and "Regio Deal X" in deal and "Noordland" in deal


def test_a_folder_in_use_is_refused_before_anything_is_asked(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    done = run("init", str(tmp_path), cwd=tmp_path)
    assert done.code == 1 and "not empty" in done.err and "Name of the deal" not in done.out
    assert [each.name for each in tmp_path.iterdir()] == ["notes.txt"]


def test_what_cannot_become_a_workspace_is_refused(tmp_path: Path) -> None:
    text = deal_text(answers())
    for old, new, why in (
        ("id: energie\n", "id: gemeenten\n", "pillar"),
        ("region: ", "regio: ", "regio"),
    ):
        assert old in text
        (tmp_path / "deal.yml").write_text(text.replace(old, new, 1), encoding="utf-8")
        done = run("init", "x", "--deal", "deal.yml", cwd=tmp_path)
        assert done.code == 1 and why in done.err and "Traceback" not in done.err, done.err
        assert not (tmp_path / "x").exists()
    (tmp_path / "deal.yml").write_text(text, encoding="utf-8")
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "mine.txt").write_text("mine", encoding="utf-8")
    done = run("init", "x", "--deal", "deal.yml", cwd=tmp_path)
    assert done.code == 1 and "not empty" in done.err
    assert [path.name for path in (tmp_path / "x").iterdir()] == ["mine.txt"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes with a name")
def test_a_covenant_may_come_from_a_pipe(tmp_path: Path) -> None:
    """It was read twice, and the second time there was nothing left: the new workspace had an empty one."""
    covenant, pipe = REPOSITORY / "data" / "deal.yml", tmp_path / "pijp"
    os.mkfifo(pipe)
    writer = subprocess.Popen(["sh", "-c", 'cat "$0" > "$1"', str(covenant), str(pipe)])
    done = run("init", "nieuw", "--deal", "pijp", cwd=tmp_path)
    writer.kill()
    writer.wait()
    assert done.code == 0, done.err
    assert (tmp_path / "nieuw" / "data" / "deal.yml").read_text("utf-8") == covenant.read_text("utf-8")


def test_what_all_deals_have_is_copied_and_holds_nothing_of_this_one(six: Path) -> None:
    deal = read_deal(Workspace(REPOSITORY))
    names = {pillar.name for pillar in deal.pillars} | {party.short for party in deal.municipalities} | {"Drenthe"}
    ids = {f'"{pillar.id}"' for pillar in deal.pillars} | {f"-{pillar.id}" for pillar in deal.pillars}
    for name, path in shared.files():
        assert (six / name).read_bytes() == path.read_bytes()
        if path.suffix in {".ipynb", ".qmd", ".yml"}:
            text = path.read_text(encoding="utf-8")
            assert [word for word in names | ids if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text)] == [], name
            assert not re.search(r"\bart\. ?\d|\[\[|\[%", text), name


def test_a_wheel_carries_what_all_deals_have() -> None:
    settings = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
    included = settings["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    places = {source: f"voortgang/workspace/starting/shared/{source}" for source in included}
    places |= {source: f"voortgang/{Path(source).name}" for source in ("templates/_extensions", "requirements.txt")}
    assert included == places
    for name, _ in shared.files():
        assert name in included or any(name.startswith(f"{each}/") for each in included), name


AMENDED = """
amendments:
- {date: 2021-07-01, kind: toetreding, summary: Hardenberg treedt toe., article: '12'}
- {date: 2022-07-01, kind: uittreding, summary: Coevorden treedt uit., article: '13'}
"""


@pytest.fixture
def amended(workspace: Path) -> Path:
    """The workspace of this repository with a party that joins, one that leaves, and another definition."""
    path = workspace / "data" / "deal.yml"
    text = path.read_text(encoding="utf-8")
    for old, new in (
        ("short: Hardenberg\n", "short: Hardenberg\n    joined: 2021-07-01\n"),
        ("short: Coevorden\n", "short: Coevorden\n    left: 2022-07-01\n"),
        (
            "name: Hulpverleners per huishouden met hulp\n",
            "name: Hulpverleners per huishouden met hulp\n        breaks: [{year: 2022, summary: Ook vrijwilligers "
            "tellen mee., article: '11'}]\n",
        ),
    ):
        assert text.count(old) == 1
        text = text.replace(old, new)
    path.write_text(text + AMENDED, encoding="utf-8")
    return workspace


def test_parties_come_and_go_and_definitions_change(amended: Path) -> None:
    """Art. 11 to 13: each report knows what held on its reference date, and compares only what can be compared."""
    reports = {year: vg.load(year, f"{year}-12-31", "overleg", amended) for year in range(2020, 2024)}
    shown = {year: dict(vg.municipalities(report)["deel"]) for year, report in reports.items()}
    assert shown[2020]["hardenberg"] == "Hardenberg (nog geen partij)" and shown[2021]["hardenberg"] == "Hardenberg"
    assert shown[2021]["coevorden"] == "Coevorden" and shown[2022]["coevorden"] == "Coevorden (tot 1 juli 2022)"
    measured = {year: set(vg.parts(report, "werken-1-deelnemers").index) for year, report in reports.items()}
    assert "hardenberg" not in measured[2020] and {"hardenberg", "coevorden"} <= measured[2021]
    assert "coevorden" not in measured[2023]
    key = "welzijn-1-hulpverleners"
    verdicts = {year: vg.achievement(report, "welzijn").loc[key, "oordeel_tekst"] for year, report in reports.items()}
    assert "reeksbreuk" not in verdicts[2021]
    # The year of the break is the first of its series: there is nothing yet to have improved on.
    assert verdicts[2022] == "nulmeting; reeksbreuk in 2022"
    history = vg.history(reports[2023], "welzijn")
    assert history.loc[history["indicator_id"] == key, "reeks"].tolist() == [0, 0, 0, 1, 1]
    chart = vg.chart_trends(history[history["indicator_id"] == key], "Ontwikkeling", 2023)
    assert "na een reeksbreuk" in chart.figure.alt and "in 2022" in chart.figure.alt
    assert vg.amendments(reports[2021])["wijziging"].tolist() == ["toetreding"]
    assert vg.amendments(reports[2023])["wijziging"].tolist() == ["toetreding", "reeksbreuk", "uittreding"]
    assert "reeksbreuk in 2022: Ook vrijwilligers tellen mee." in vg.definitions(reports[2023]).loc[key, "indicator"]


@pytest.mark.long
def test_what_was_amended_stands_in_every_report(amended: Path) -> None:
    done = run("build", "2020", "2022", cwd=amended)
    assert done.code == 0, done.err
    assert "This was no party on 2019-12-31 (Art. 12 and 13)" in done.err
    before, after = (
        html_text(amended / "reports" / str(year) / f"voortgangsrapportage-{year}.html") for year in (2020, 2022)
    )
    assert "Hardenberg (nog geen partij)" in before and "Coevorden treedt uit." not in before
    assert "Hardenberg treedt toe." in after and "Coevorden (tot 1 juli 2022)" in after
    assert "reeksbreuk in 2022" in after and "nan" not in f"{before} {after}".lower().split()
    path = amended / "data" / "deal.yml"
    path.write_text(path.read_text(encoding="utf-8").replace("2022-07-01, kind", "2022-08-01, kind"), encoding="utf-8")
    done = run("check", cwd=amended)
    assert done.code == 1 and "no amendment 'uittreding' has that date" in done.err


@pytest.mark.long
def test_a_report_uses_what_held_on_its_reference_date(six: Path, tmp_path: Path) -> None:
    """An extension that was agreed in 2026 is unknown to the report on 2025, and counts in that on 2026."""
    six = copy_workspace(tmp_path / "deal", six)
    path = six / "data" / "deal.yml"
    before = path.read_text(encoding="utf-8")
    path.write_text(
        before
        + "amendments:\n- {date: 2026-03-01, kind: verlenging, summary: Partijen verlengen de deal met een jaar., "
        "article: 17 lid 2, end: 2028-12-31}\n",
        encoding="utf-8",
    )
    assert run("build", "2025", "2026", cwd=six).code == 0
    texts = [html_text(six / "reports" / str(year) / f"voortgangsrapportage-{year}.html") for year in (2025, 2026)]
    assert "2025 was jaar 2 van de 4." in texts[0] and "niet gewijzigd" in texts[0]
    assert "2026 was jaar 3 van de 5." in texts[1] and "Partijen verlengen de deal met een jaar." in texts[1]
    assert "31 december 2027" in texts[0] and "31 december 2028" in texts[1]
    assert run("new-year", "2028", cwd=six).code == 0
    path.write_text(
        before + "amendments:\n- {date: 2026-03-01, kind: verlenging, summary: x, article: '17'}\n", "utf-8"
    )
    done = run("check", cwd=six)
    assert done.code == 1 and "the new last day" in done.err
    path.write_text(before, encoding="utf-8")


COMMON = frozenset(
    ("aanpak", "afwijking", "gebruik", "gemaakt", "gemeente", "regio", "samen", "sectoren", "tussen", "wonen")
)
"""Words in the names of this deal that are of every deal."""


def test_what_all_deals_have_says_nothing_of_this_one() -> None:
    """The glossary of every deal said which words the covenant of this one has for an "innovatieomgeving"."""
    deal = read_deal(Workspace(REPOSITORY))
    parts = (deal.results, deal.indicators, deal.sectors, deal.cross_overs, *(pillar.themes for pillar in deal.pillars))
    names = [each.name for part in parts for each in part] + [party.short for party in deal.parties]
    own = {word.casefold() for name in names for word in re.findall(r"[^\W\d_]{5,}", name)} - COMMON
    for name, path in shared.files():
        if path.suffix in {".qmd", ".ipynb"}:
            found = set(re.findall(r"[^\W\d_]+", path.read_text(encoding="utf-8").casefold())) & own
            assert not found, f"{name} speaks of {', '.join(sorted(found))}"


def test_a_message_names_no_target_that_a_new_workspace_lacks() -> None:
    """A notebook that failed said "Open the notebook with 'make lab'", and there was no such target."""
    of_repository, of_new = (
        set(re.findall(r"^([a-z-]+):", path.read_text(encoding="utf-8"), re.MULTILINE))
        for path in (REPOSITORY / "Makefile", REPOSITORY / "src/voortgang/workspace/starting/new/Makefile")
    )
    assert of_new <= of_repository
    for path in (REPOSITORY / "src" / "voortgang").rglob("*.py"):
        for line in path.read_text(encoding="utf-8").splitlines():
            for target in set(re.findall(r"\bmake ([a-z-]+)", line)) & of_repository - of_new:
                assert "pip install" in line, f"{path.name}: make {target}, and no other way"
