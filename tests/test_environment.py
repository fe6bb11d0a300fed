"""The ways to the environment agree, and the README and the help say what is so."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
import yaml
from conftest import REPOSITORY, run

from voortgang.publish.key_figures import SCHEMA_VERSION
from voortgang.workspace.deal import read_deal
from voortgang.workspace.paths import Workspace

COMMANDS = (
    "",
    "init",
    "new-year",
    "build",
    "evaluate",
    "bundle",
    "key",
    "verify",
    "trace",
    "diff",
    "export lnv",
    "export projectbladen",
    "portfolio",
    "preview",
    "cache",
    "check",
    "intake template",
    "intake read",
    "tables repair",
    "adopt",
    "doctor",
    "datapackage",
)


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _split(requirement: str) -> tuple[str, str]:
    match = re.fullmatch(r"([A-Za-z0-9_.-]+)(.*)", requirement)
    assert match
    return _normal(match[1]), match[2]


LOCKED = ("verify", "preview", "portfolio", "cluster", "lab", "dev")
"""The extras that have a lock file, with what they add to `requirements.txt`."""


def _project(extra: str = "") -> dict[str, str]:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = project["optional-dependencies"][extra] if extra else project["dependencies"]
    return dict(_split(each) for each in named if not each.startswith("voortgang["))


def test_environment_yml_names_the_packages_of_pyproject() -> None:
    entries = yaml.safe_load((REPOSITORY / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    pip = next(entry["pip"] for entry in entries if isinstance(entry, dict))
    conda = dict(_split(entry) for entry in entries if isinstance(entry, str))
    conda |= dict(_split(entry) for entry in pip if not entry.startswith("-"))
    assert {
        name: limit for name, limit in conda.items() if name not in {"python", "pip", "quarto", "pandoc"}
    } == _project()
    assert conda["quarto"] == ">=1.10"


def _locked(name: str) -> set[tuple[str, str]]:
    text = (REPOSITORY / name).read_text(encoding="utf-8")
    return set(re.findall(r"^([A-Za-z0-9_.-]+)==([^\s;]+)", text, re.MULTILINE))


def test_lock_files_hold_every_dependency_and_agree() -> None:
    base = _locked("requirements.txt")
    assert set(_project()) <= {_normal(name) for name, _ in base}
    versions = dict(base)
    for extra in LOCKED:
        added = _locked(f"requirements-{extra}.txt")
        assert set(_project(extra)) <= {_normal(name) for name, _ in base | added}
        for name, version in added:
            assert versions.setdefault(name, version) == version


def test_lock_files_hold_hashes_and_no_addresses() -> None:
    for name in ("requirements.txt", *(f"requirements-{extra}.txt" for extra in LOCKED)):
        text = (REPOSITORY / name).read_text(encoding="utf-8")
        assert "://" not in text
        for block in re.split(r"\n(?=[a-zA-Z])", text.strip()):
            assert "--hash=sha256:" in block, block[:60]


def test_readme_says_why_each_dependency_is_there() -> None:
    readme = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    for name in {**_project(), **{name: "" for extra in LOCKED for name in _project(extra)}}:
        assert f"`{name}`" in readme.replace("_", "-") or name.startswith("types-"), name


def _imported(tree: ast.AST, extra: str = "") -> Iterator[tuple[str, str]]:
    """Yield each package that a module imports, with the extra that it asks for it (`errors.needs`)."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.With) and ast.unparse(node.items[0].context_expr).startswith("needs("):
            call = node.items[0].context_expr
            assert isinstance(call, ast.Call)
            yield from _imported(node, ast.literal_eval(call.args[0]))
            continue
        if isinstance(node, ast.Import):
            yield from ((each.name.partition(".")[0], extra) for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or "").partition(".")[0], extra
        yield from _imported(node, extra)


def test_what_the_engine_imports_is_what_the_project_names() -> None:
    modules = sorted((REPOSITORY / "src").rglob("*.py"))
    found = {each for path in modules for each in _imported(ast.parse(path.read_text(encoding="utf-8")))}
    installed = packages_distributions()
    asked: dict[str, set[str]] = {}
    for name, extra in found:
        if name not in sys.stdlib_module_names and name != "voortgang":
            asked.setdefault(extra, set()).add(_normal(installed[name][0]))
    # Landlock and seccomp are asked for once, before anything else of a verification; fsspec imports aiohttp itself.
    # What makes an error of one's own stands in pydantic's own core, of which it asks for one version.
    assert asked.pop("") - {"landlock", "seccompy", "pydantic-core"} == set(_project())
    assert asked.pop("portfolio") | {"aiohttp"} == set(_project("portfolio"))
    assert asked == {extra: set(_project(extra)) for extra in ("verify", "preview", "cluster")}


@pytest.mark.sampled(5)
@pytest.mark.parametrize(
    ("absent", "arguments", "extra"),
    [
        ("landlock", ("verify", "2021"), "verify"),
        ("seccompy", ("verify", "2021"), "verify"),
        ("cryptography", ("verify", "verslag.zip", "--public-key", "bureau.pub"), "verify"),
        ("cryptography", ("key", "bureau.pem"), "verify"),
        ("cryptography", ("bundle", "2021", "--key", "bureau.pem"), "verify"),
        ("watchfiles", ("preview", "2021"), "preview"),
        ("fsspec", ("portfolio", "2021", "reports/2021"), "portfolio"),
        ("fastparquet", ("portfolio", "2021", "reports/2021"), "portfolio"),
        ("distributed", ("build", "--all", "--all-workspaces", "deals.txt", "--scheduler", "tcp://x"), "cluster"),
        ("obstore", ("build", "--all", "--all-workspaces", "deals.txt", "--store", "s3://x/y"), "cluster"),
    ],
)
def test_a_command_without_its_extra_says_how_to_get_it(
    absent: str, arguments: tuple[str, ...], extra: str, tmp_path: Path
) -> None:
    (tmp_path / "deals.txt").write_text(f"{REPOSITORY}\n", encoding="utf-8")
    folder = REPOSITORY if arguments[0] in {"verify", "preview"} else tmp_path
    script = f"import sys; sys.modules[{absent!r}] = None; from voortgang.cli import main; main({list(arguments)!r})"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=folder, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith(f"Error: The package {absent} is not installed")
    assert f"make {extra}. Elsewhere: pip install 'voortgang[{extra}]'" in done.stderr
    assert "Traceback" not in done.stderr
    assert not {path.name for path in tmp_path.iterdir()} - {"deals.txt", ".voortgang"}


def test_make_installs_an_extra_when_its_command_is_first_used() -> None:
    for target, extra in (("verify", "verify"), ("key", "verify"), ("preview", "preview"), ("portfolio", "portfolio")):
        done = subprocess.run(
            ["make", "--dry-run", "--always-make", target, "VENV=.no-venv"],
            cwd=REPOSITORY,
            capture_output=True,
            text=True,
            check=True,
        )
        assert f"-r requirements-{extra}.txt" in done.stdout


def test_no_option_is_passed_over_without_a_word(workspace: Path) -> None:
    before = {path: path.read_bytes() for path in workspace.rglob("*") if path.is_file()}
    for command in (
        "build 2021 --dry-run --json",
        "build 2021 --dry-run --timings",
        "build 2021 --all",
        "build 2021 --all --all-workspaces deals.txt",
        "cache --clear --limit 0",
        "datapackage --docs --check",
    ):
        done = run(*command.split(), cwd=workspace)
        assert done.code == 1 and "Leave one of the two out." in done.err and not done.out, command
        assert {path: path.read_bytes() for path in workspace.rglob("*") if path.is_file()} == before, command


def test_help_names_the_commands() -> None:
    done = run("--help", cwd=REPOSITORY)
    documented = (REPOSITORY / "docs" / "commands.md").read_text(encoding="utf-8")
    for command in COMMANDS:
        assert command.split(" ")[0] in done.out
        text = run(*command.split(), "--help", cwd=REPOSITORY).out.rstrip()
        assert text in documented, f"docs/commands.md is out of date for {command or 'voortgang'}:\n{text}"


@pytest.mark.parametrize("party", ["lnv", "Emmen", "nergens", ""])
def test_a_workbook_is_for_a_regional_party(tmp_path: Path, party: str) -> None:
    done = run("intake", "template", "2022", "--party", party, "--output", str(tmp_path / "uit"), cwd=REPOSITORY)
    assert done.code == 1 and "emmen" in done.err and "hoogeveen" in done.err and not (tmp_path / "uit").exists()


def test_examples_of_the_help_are_about_years_of_this_deal() -> None:
    text = (REPOSITORY / "docs" / "commands.md").read_text(encoding="utf-8")
    examples = re.findall(r"voortgang ((?:\w+ )+)(\d{4})", " ".join(text.split()))
    examples += [("a day ", day[:4]) for day in re.findall(r"such as (\d{4})-\d{2}-\d{2}", text)]
    term = read_deal(Workspace(REPOSITORY)).term
    assert len(examples) > 6
    for command, year in examples:
        assert term.first_year <= int(year) <= term.end.year, (command, year)


def test_the_documentation_names_the_version_of_the_key_figures() -> None:
    written = (REPOSITORY / "docs" / "provenance.md").read_text(encoding="utf-8")
    assert f"(kerncijfers.schema.json), version {SCHEMA_VERSION};" in written


def test_documentation_of_the_tables_is_what_the_schema_says() -> None:
    written = (REPOSITORY / "docs" / "tables.md").read_text(encoding="utf-8")
    assert run("datapackage", "--docs", cwd=REPOSITORY).out == written


def test_doctor_finds_this_environment_sound(workspace: object) -> None:
    done = run("doctor", cwd=workspace)
    assert done.code == 0, done.out + done.err
    assert "Jupyter kernel" in done.out
