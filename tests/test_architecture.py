"""The picture of the house is what the imports are."""

from __future__ import annotations

import ast
import re
import tomllib
from functools import cache

from conftest import REPOSITORY

ENGINE = REPOSITORY / "src" / "voortgang"


@cache
def _rooms() -> set[str]:
    return {path.stem for path in ENGINE.iterdir() if not path.name.startswith("__")}


@cache
def _imports() -> set[tuple[str, str]]:
    """Return the pairs of rooms of which the first imports the second."""
    found = set()
    for path in ENGINE.rglob("*.py"):
        room = path.relative_to(ENGINE).parts[0].removesuffix(".py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = (
                [alias.name for alias in node.names]
                if isinstance(node, ast.Import)
                else [f"{node.module}.{alias.name}" for alias in node.names]
                if isinstance(node, ast.ImportFrom)
                else []
            )
            found |= {(room, name.split(".")[1]) for name in names if name.startswith("voortgang.")}
    return {(one, other) for one, other in found if one != other and one in _rooms() and other in _rooms()}


def _reachable(arrows: set[tuple[str, str]], start: str) -> set[str]:
    reached = {start}
    while more := {other for one, other in arrows if one in reached} - reached:
        reached |= more
    return reached - {start}


def test_the_picture_of_the_house_is_what_the_imports_are() -> None:
    picture = re.search(r"```mermaid\n(.*?)```", (REPOSITORY / "docs" / "architecture.md").read_text("utf-8"), re.S)
    assert picture
    boxes = set(re.findall(r"^  (\w+)\[", picture[1], re.M))
    arrows = set(re.findall(r"^  (\w+) --> (\w+)$", picture[1], re.M))
    assert boxes == _rooms()
    assert arrows <= _imports(), "an arrow without an import"
    for room in boxes:
        assert {other for one, other in _imports() if one == room} <= _reachable(arrows, room), room
    assert all(arrows - {each} == arrows or each[1] not in _reachable(arrows - {each}, each[0]) for each in arrows)


def test_there_are_few_rooms_and_each_says_what_it_is() -> None:
    assert len(_rooms()) <= 13
    layers = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"][0]
    assert {name.split(".")[1] for name in layers["layers"]} == _rooms()
    for room in _rooms() - {"errors"}:
        doc = ast.get_docstring(ast.parse((ENGINE / room / "__init__.py").read_text(encoding="utf-8")))
        assert doc, room


def test_a_file_of_more_than_400_lines_says_why_it_is_one() -> None:
    """A module does one step; what must stand together says so."""
    for path in ENGINE.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        if len(text.splitlines()) > 400:
            assert "one file" in (ast.get_docstring(ast.parse(text)) or ""), path.relative_to(ENGINE)
