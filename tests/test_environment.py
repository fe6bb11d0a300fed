"""The ways to the environment agree, and the README and the help say what is so."""

from __future__ import annotations

import re
import tomllib

import yaml
from conftest import REPOSITORY, run

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


def _project() -> dict[str, str]:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return dict(map(_split, project["dependencies"]))


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
    assert set(_project()) <= {_normal(name) for name, _ in _locked("requirements.txt")}
    for name in ("requirements-dev.txt", "requirements-lab.txt"):
        assert _locked("requirements.txt") <= _locked(name)


def test_lock_files_hold_hashes_and_no_addresses() -> None:
    for name in ("requirements.txt", "requirements-dev.txt", "requirements-lab.txt"):
        text = (REPOSITORY / name).read_text(encoding="utf-8")
        assert "://" not in text
        for block in re.split(r"\n(?=[a-zA-Z])", text.strip()):
            assert "--hash=sha256:" in block, block[:60]


def test_readme_says_why_each_dependency_is_there() -> None:
    readme = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    for name in _project():
        assert f"`{name}`" in readme.replace("_", "-"), name


def test_help_names_the_commands() -> None:
    done = run("--help", cwd=REPOSITORY)
    documented = (REPOSITORY / "docs" / "commands.md").read_text(encoding="utf-8")
    for command in COMMANDS:
        assert command.split(" ")[0] in done.out
        text = run(*command.split(), "--help", cwd=REPOSITORY).out.rstrip()
        assert text in documented, f"docs/commands.md is out of date for {command or 'voortgang'}:\n{text}"


def test_documentation_of_the_tables_is_what_the_schema_says() -> None:
    written = (REPOSITORY / "docs" / "tables.md").read_text(encoding="utf-8")
    assert run("datapackage", "--docs", cwd=REPOSITORY).out == written


def test_doctor_finds_this_environment_sound(workspace: object) -> None:
    done = run("doctor", cwd=workspace)
    assert done.code == 0, done.out + done.err
    assert "Jupyter kernel" in done.out
