"""What a file may hold is said in words: who writes it may never have seen a regular expression."""

from __future__ import annotations

import pytest
import yaml
from conftest import REPOSITORY
from pydantic import BaseModel, ValidationError

from voortgang.assemble.settings import Settings
from voortgang.errors import VoortgangError, WorkspaceError
from voortgang.readers.read_manifest import _Manifest
from voortgang.workspace import shapes
from voortgang.workspace.deal import Deal
from voortgang.workspace.decision import Decision
from voortgang.workspace.parameters import Parameters
from voortgang.workspace.stories import Header
from voortgang.workspace.yaml_model import parse

WRITTEN = (Deal, Decision, Header, Parameters, Settings, shapes._Collection, _Manifest)
"""All that people, or programs of others, write and a message tells of."""


@pytest.mark.parametrize("model", WRITTEN, ids=lambda model: str(model.__name__).strip("_"))
def test_no_model_of_what_people_write_shows_a_pattern(model: type[BaseModel]) -> None:
    assert "'pattern'" not in str(model.__pydantic_core_schema__)


HEADER = {
    "title": "Elke week samen lezen",
    "picture": "lezen.jpg",
    "alt": "Twee mensen lezen samen.",
    "consent": {"who": "beide ouders", "date": "2021-11-15"},
    "credit": "M. de Maker",
}
DEAL = yaml.safe_load((REPOSITORY / "data" / "deal.yml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "name", ["café.png", "foto 1.jpg", "-a.png", "a.gif", "a.png.exe", "a", "a.png\n", "../a.png", "å.png", "a/b.png"]
)
def test_a_name_of_a_picture_that_does_not_do_is_told_in_words(name: str) -> None:
    with pytest.raises(WorkspaceError) as caught:
        parse(yaml.safe_dump(HEADER | {"picture": name}), "verhaal.md", Header, WorkspaceError)
    said = caught.value
    assert repr(name) in said.what and "letters without accents" in said.expected and "werken-1.jpg" in said.expected
    assert not set(r"[]^$*+?|\()") & set(said.expected)


@pytest.mark.parametrize("name", ["a.png", "A_b-1.2.JPEG", "1.svg", "foto.PNG"])
def test_a_name_of_a_picture_may_be_any_other(name: str) -> None:
    text = yaml.safe_dump(HEADER | {"picture": name}).replace("'2021-11-15'", "2021-11-15")
    assert parse(text, "verhaal.md", Header, WorkspaceError).picture == name


@pytest.mark.parametrize(
    ("part", "key", "value", "expected"),
    [
        ("parties", "id", "De Wolden", "such as de-wolden"),
        ("parties", "id", "coevörden", "letters without accents"),
        ("parties", "id", "a--b", "such as de-wolden"),
        ("parties", "cbs_code", "GM114", "GM and four digits"),
        ("colophon", "licence", "CC BY 4.0", "such as CC-BY-4.0"),
    ],
)
def test_an_id_or_code_that_does_not_do_is_told_in_words(part: str, key: str, value: str, expected: str) -> None:
    content = dict(DEAL)
    if isinstance(content[part], list):
        content[part] = [{**content[part][0], key: value}, *content[part][1:]]
    else:
        content[part] = {**content[part], key: value}
    with pytest.raises(VoortgangError) as caught:
        parse(yaml.safe_dump(content, allow_unicode=True), "deal.yml", Deal, WorkspaceError)
    assert repr(value) in caught.value.what and expected in caught.value.expected
    assert not set(r"[]^$*?|\()") & set(caught.value.expected)


@pytest.mark.parametrize("body", [" de stuurgroep", "de\nstuurgroep", "de stuurgroep "])
def test_a_decision_on_two_lines_or_between_spaces_is_told_in_words(body: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Decision.model_validate({"body": body, "date": "2022-06-01", "number": "1", "people": ("A",)}, strict=False)
    assert caught.value.errors()[0]["msg"] == "a text on one line, without spaces before or after it"


@pytest.mark.parametrize(
    ("key", "written", "shown"),
    [
        ("reference_date", "2021-12-31T10:30:00", "2021-12-31 10:30:00"),
        ("status", "2021-12-31", "2021-12-31"),
        ("edition", "[a]", "a list or group of keys"),
        ("status", "nee", "'nee'"),
    ],
)
def test_a_value_is_shown_as_somebody_would_write_it(key: str, written: str, shown: str) -> None:
    lines = {"year": "2021", "reference_date": "2021-12-31", "status": "concept", "edition": "overleg"} | {key: written}
    text = "".join(f"{name}: {value}\n" for name, value in lines.items())
    with pytest.raises(VoortgangError) as refused:
        parse(text, "parameters/2021.yml", Parameters, WorkspaceError)
    assert f"The value of '{key}' is wrong (found: {shown})." in str(refused.value)
