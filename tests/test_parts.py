"""A part of a chapter is written once, comes out for each pillar, and shows only what there is."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from voortgang.assemble.chapter_parts import fill_in, repeated
from voortgang.errors import TemplateError

IDS = {"pijler": ("werken", "vrije-tijd"), "gemeente": ("emmen",)}
KNOWN = {"tbl-werken-geld": True, "tbl-vrije-tijd-geld": False, "werken.doel": True, "vrije_tijd.doel": True}


def _filled(folder: Path, files: Mapping[str, str], documents: tuple[str, ...] = ("rapport.qmd",)) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    for error in fill_in(folder, documents, IDS, KNOWN.get):
        raise error


def test_a_part_comes_out_for_each_pillar_with_its_lines_where_they_were(tmp_path: Path) -> None:
    part = (
        'Doel: {{< var pijler.doel >}} [, zie @tbl-{pijler}-geld]{.content-visible when-meta="tbl-{pijler}-geld"}.\n\n'
        '::: {.content-visible when-meta="tbl-{pijler}-geld"}\n::: {.kader}\ngeld\n:::\n:::\n\n'
        '::: {.content-hidden when-meta="tbl-{pijler}-geld"}\nniets\n:::\n\n{{< include pijlers/_{pijler}.qmd >}}\n'
    )
    files = {
        "rapport.qmd": "{{< include h/_pijler-geld.qmd >}}\n",
        "h/_pijler-geld.qmd": part,
        "pijlers/_werken.qmd": "Alleen werken.\n",
    }
    _filled(tmp_path, files)
    one, other = ((tmp_path / "h" / key / "_pijler-geld.qmd").read_text(encoding="utf-8") for key in IDS["pijler"])
    assert one == (
        "Doel: {{< var werken.doel >}} , zie @tbl-werken-geld.\n\n\n::: {.kader}\ngeld\n:::\n\n\n\n\n\n\n"
        "{{< include pijlers/_werken.qmd >}}\n"
    )
    assert other == "Doel: {{< var vrije_tijd.doel >}} .\n\n\n\n\n\n\n\n\nniets\n\n\n\n"
    assert one.count("\n") == other.count("\n") == part.count("\n")
    joined = (tmp_path / "h/_pijler-geld.qmd").read_text(encoding="utf-8")
    assert joined == "{{< include h/werken/_pijler-geld.qmd >}}\n\n{{< include h/vrije-tijd/_pijler-geld.qmd >}}\n"


@pytest.mark.parametrize(
    ("outer", "inner", "left"),
    [("werken", "werken", "a b [c](d) e"), ("werken", "vrije-tijd", "a b  e"), ("vrije-tijd", "werken", "a  e")],
)
def test_a_condition_within_a_condition_is_decided_too(tmp_path: Path, outer: str, inner: str, left: str) -> None:
    marks = ['{.content-visible when-meta="tbl-%s-geld"}' % each for each in (outer, inner)]  # noqa: UP031
    _filled(tmp_path, {"rapport.qmd": f"`[` a [b [[c](d)]{marks[1]}]{marks[0]} e"})
    assert (tmp_path / "rapport.qmd").read_text(encoding="utf-8") == f"`[` {left}"


def test_a_document_is_made_for_each_municipality(tmp_path: Path) -> None:
    assert repeated("gemeente.qmd", IDS) == ["gemeente-emmen.qmd"] and repeated("rapport.qmd", IDS) == ["rapport.qmd"]
    _filled(tmp_path, {"gemeente.qmd": "# {{< var gemeente.naam >}} {#{gemeente}}\n"}, ("gemeente-emmen.qmd",))
    assert (tmp_path / "gemeente-emmen.qmd").read_text(
        encoding="utf-8"
    ) == "# {{< var gemeente.emmen.naam >}} {#emmen}\n"
    assert not (tmp_path / "gemeente.qmd").exists()


def test_another_document_may_be_made_for_each_municipality_too(tmp_path: Path) -> None:
    assert repeated("gemeente-brief.qmd", IDS) == ["brief-gemeente-emmen.qmd"]
    assert repeated("gemeentebrief.qmd", IDS) == ["gemeentebrief.qmd"]
    files = {"gemeente.qmd": "blad van {gemeente}\n", "gemeente-brief.qmd": "brief aan {gemeente}\n"}
    _filled(tmp_path, files, ("gemeente-emmen.qmd", "brief-gemeente-emmen.qmd"))
    made = {path.name: path.read_text(encoding="utf-8") for path in tmp_path.glob("*.qmd")}
    assert made == {"gemeente-emmen.qmd": "blad van emmen\n", "brief-gemeente-emmen.qmd": "brief aan emmen\n"}
    with pytest.raises(TemplateError) as found:
        _filled(tmp_path, {"gemeente-brief.qmd": "\n{pijler}\n"}, ("brief-gemeente-emmen.qmd",))
    assert "gemeente-brief.qmd (for emmen), line 2" in str(found.value)


def test_code_is_left_as_it_is(tmp_path: Path) -> None:
    text = '```\n{pijler}\n::: {.content-visible when-meta="tbl-weg"}\n```\n'
    _filled(tmp_path, {"rapport.qmd": text})
    assert (tmp_path / "rapport.qmd").read_text(encoding="utf-8") == text


@pytest.mark.parametrize(
    ("text", "what", "where"),
    [
        ('a\n\n::: {.content-visible when-meta="tbl-weg"}\n:::\n', "'tbl-weg'", "h/_pijler-x.qmd (for werken), line 3"),
        ('::: {.content-visible when-meta="werken.doel"}\na\n', "not closed", "h/_pijler-x.qmd (for werken), line 1"),
        ("a\n{gemeente}\n", "{gemeente}", "h/_pijler-x.qmd (for werken), line 2"),
    ],
)
def test_what_is_wrong_is_named_as_it_was_written(tmp_path: Path, text: str, what: str, where: str) -> None:
    with pytest.raises(TemplateError) as caught:
        _filled(tmp_path, {"rapport.qmd": "{{< include h/_pijler-x.qmd >}}\n", "h/_pijler-x.qmd": text})
    # The parts of other pillars are wrong in the same way.
    assert what in caught.value.what and caught.value.where.replace("vrije-tijd", "werken") == where


def test_a_part_that_is_not_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "_pijler-x.qmd").write_bytes(b"caf\xe9\n")
    with pytest.raises(TemplateError, match="no UTF-8 text") as caught:
        _filled(tmp_path, {"rapport.qmd": "{{< include _pijler-x.qmd >}}\n"})
    assert caught.value.where == "_pijler-x.qmd, line 1"
