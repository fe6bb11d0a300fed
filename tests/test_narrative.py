"""The bureau's own texts hold text, whatever spelling of Markdown somebody finds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import run

from voortgang.check import narrative
from voortgang.check.findings import Finding
from voortgang.workspace.paths import Period, Workspace
from voortgang.workspace.unwritten import unwritten
from voortgang.writing.pandoc_tree import tree

Judge = Callable[[str], list[Finding]]


@pytest.fixture
def judged(tmp_path: Path) -> Judge:
    folder = tmp_path / "data" / "toelichting" / "2021"
    folder.mkdir(parents=True)
    (tmp_path / "parameters").mkdir()
    (tmp_path / "parameters" / "2021.yml").touch()

    def judge(text: str) -> list[Finding]:
        (folder / "werken.md").write_text(text, encoding="utf-8", newline="")
        return list(narrative.findings(Workspace(tmp_path)))

    return judge


LINKS = (
    "[x](javascript:alert(1))",
    "[x](<javascript:alert(1)>)",
    "[x](\njavascript:alert(1))",
    "[x](https:javascript)",
    "[x](java&#115;cript:alert(1))",
    "[x](JAVASCRIPT:alert(1))",
    "[x](data:text/html,x)",
    "[x](//elders.nl)",
    "[x](#hier)",
    "[x](../../data/deal.yml)",
    "<javascript:alert(1)>",
    "a [x]\n\n[x]:javascript:alert(1)",
    "a [x]\n\n> [x]:javascript:alert(1)",
    "a [x]\n\n- [x]:javascript:alert(1)",
    "a [x]\n\n1. b\n\n   [x]:javascript:alert(1)",
    "a [x]\n\n[x]:\njavascript:alert(1)",
    "a [x\ny]\n\n[x\ny]:javascript:alert(1)",
    "a\n\n[art. 5]:https://elders.nl",  # would make a link of what a chapter writes
    "a [t][x] b\n\n> > [x]:javascript:alert(1)",
    "a[^1]\n\n[^1]:javascript",
)


@pytest.mark.parametrize("text", LINKS)
def test_a_link_to_no_web_address_is_refused_in_every_spelling(judged: Judge, text: str) -> None:
    found = judged(f"Eerste regel.\n\n{text}\n")
    assert found and all(each.file.endswith("werken.md") for each in found)
    assert any("link" in each.message("en").what or "raw HTML" in each.message("en").what for each in found)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "# Kop",
            "Kop\n===",
            "***",
            "* * *",
            "a\n\n        code",
            "1. a\n\n        code",
            "- a\n\n      code",
            "`x`{=html}",
        ),
        *("| a | b |\n|---|---|\n| 1 | 2 |", "a   b\n--- ---\n1   2", "+---+\n| a |\n+---+", "![a](b.png)", "![a]"),
        *(
            "\\textbf{x}",
            "$x$",
            "[a]{.b}",
            "```\nx\n```",
            "~~~\nx",
            "::: x\n:::",
            "@tbl-x",
            "[@x]",
            "<b>x</b>",
            "<!-- x -->",
        ),
        *(
            "{{< include x >}}",
            "---\ntitle: x\n---",
            "[x](https://a.nl){target=_blank}",
            "a\x00b",
            "a\u202eb",
            "a\u200bb",
        ),
    ],
)
def test_what_is_no_text_is_refused(judged: Judge, text: str) -> None:
    assert judged(f"Eerste regel.\n\n{text}\n"), text


@pytest.mark.parametrize(
    "text",
    [
        "Gewone tekst.\n\n- een\n- twee\n\n1. eerst\n2. dan\n",
        "*Nadruk*, **vet**, ~~weg~~ en een [koppeling](https://voorbeeld.nl/a?b=c#d) of [post](mailto:a@b.nl).\n",
        "Zie <https://voorbeeld.nl/a?b=c&d=e> en (<http://voorbeeld.nl>).\n",
        "Noot^[Met een [koppeling](https://voorbeeld.nl).] hier.\n",
        "> Een aanhaling met [art. 5]: dat is geen definitie.\n",
        "Zie [bijlage]: tekst; 'aanhaling' en \"dubbel\" — € 5, 10% & meer.\r\nNog een regel.\r\n",
    ],
)
def test_text_is_text(judged: Judge, text: str) -> None:
    assert [each for each in judged(text) if each.rule != "narrative_number"] == []


@pytest.mark.parametrize("text", ["[" * 10_000_000, "woord " * 2_000_000, "*a " * 3_000_000, "é" * 150_000])
def test_ten_megabytes_are_refused_unread(judged: Judge, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(narrative, "tree", lambda text: pytest.fail("it is read"))
    (found,) = judged(text)
    assert "too long" in found.message("en").what


def test_a_text_that_pandoc_takes_too_long_for_is_refused(judged: Judge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(narrative, "tree", lambda text: narrative_tree(text, seconds=0.01))
    from voortgang.writing.pandoc_tree import tree as narrative_tree

    (found,) = judged("[" * 5_000 + "\n")
    assert "too long" in found.message("en").what


@pytest.mark.parametrize(
    "text",
    [
        "Er zijn {{< var totaal.projecten >}} in uitvoering; zie ook *{{<var werken.begroot>}}*.\n",
        "- {{< var totaal.projecten >}}\n- Op 11 maart 2020 (art. 5 lid 7), in 2019–2023 en na 2021.\n",
        "1. eerst\n2. dan\n",
    ],
)
def test_a_fact_can_be_quoted_and_a_date_or_an_article_is_none(judged: Judge, text: str) -> None:
    assert judged(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "`{{< var totaal.projecten >}}`",
        "[x](https://a.nl/{{< var totaal.projecten >}})",
        '[x](https://a.nl "{{< var totaal.projecten >}}")',
        "{{< var a >}}}",
        "{{< var ../a >}}",
        "{{< meta title >}}",
        "{{< env HOME >}}",
        "![{{< var a >}}](b.png)",
        "{{{< var a >}}}",
    ],
)
def test_what_only_looks_like_a_quotation_is_refused(judged: Judge, text: str) -> None:
    assert any(each.rule == "narrative" for each in judged(f"Eerste regel.\n\n{text}\n")), text


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Het budget van € 400.000 verschoof.", ["€ 400.000"]),
        ("Dat is 12,5% van 19 projecten.", ["12,5%", "19"]),
        ("De uitgaven verdrievoudigden bijna, in vier gemeenten.", ["verdrievoudigden", "vier"]),
        ("In 2021 projecten: 2021,5 en 20 miljoen.", ["2021,5", "20 miljoen"]),
        ("Eén project wacht.\n\nDe helft niet.", ["Eén", "helft"]),
        ("De weg A28 en de 1e termijn (art. 5, 6 en 7).", []),
    ],
)
def test_a_number_that_is_typed_is_listed(judged: Judge, text: str, found: list[str]) -> None:
    listed = judged(f"{text}\n")
    assert [each.value for each in listed] == found
    assert all(each.rule == "narrative_number" and each.severity == "warning" for each in listed)


def test_an_unknown_fact_is_named_with_its_place(kept: Path) -> None:
    text = kept / "data" / "toelichting" / "2021" / "werken.md"
    text.write_text("Eerste regel.\n\nEr zijn {{< var totaal.projekten >}}.\n", encoding="utf-8")
    done = run("build", "2021", "--engine", "builtin", cwd=kept)
    assert done.code == 1
    assert "data/toelichting/2021/werken.md, line 3" in done.err and "totaal.projecten" in done.err


@pytest.mark.parametrize("of", [2021, "2021-06-30"])
@pytest.mark.parametrize(("status", "found"), [("concept", 0), ("besproken", 1), ("vastgesteld", 1)])
def test_a_text_that_nobody_wrote_is_named_once_the_report_is_no_draft(
    tmp_path: Path, of: Period, status: str, found: int
) -> None:
    workspace = Workspace(tmp_path)
    workspace.narrative(of).mkdir(parents=True)
    workspace.parameters(of).parent.mkdir()
    day = of if isinstance(of, str) else f"{of}-12-31"
    workspace.parameters(of).write_text(f"year: 2021\nreference_date: {day}\nstatus: {status}\n", encoding="utf-8")
    (workspace.narrative(of) / "werken.md").write_text(unwritten(of), encoding="utf-8")
    (workspace.narrative(of) / "wonen.md").write_text(f"{unwritten(of)}\nToch wel.\n", encoding="utf-8")
    named = [each for each in narrative.findings(workspace) if each.rule == "narrative_unwritten"]
    assert [each.file.rpartition("/")[2] for each in named] == ["werken.md"] * found
    assert all(status in each.message(language).what for each in named for language in ("en", "nl"))


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("Eerste.\n\n| punt | twee |\n|---|---|\n| 1 | 2 |\n", 3, "a table"),
        ("Eerste.\n\n***\n\nTwee.\n", 3, "a rule"),
        ("Eerste.\n\n_ _ _\n", 3, "a rule"),
        ("Eerste.\n\nTwee\u200b woorden\n", 3, "an invisible character (U+200B)"),
        ("Eerste.\n\nTwee\x0bregels\n", 3, "an invisible character (U+000B)"),
    ],
)
def test_what_is_more_than_text_is_said_once_with_its_line(judged: Judge, text: str, line: int, what: str) -> None:
    found = [(each.row, dict(each.details)["found"]) for each in judged(text) if each.rule == "narrative"]
    assert found == [(line, what)]


@pytest.mark.parametrize(
    ("text", "line", "rule"),
    [
        ("Wij deden:\n- een\n- twee\n", 2, "narrative_list"),
        ("Eerste alinea.\n\nDit is gedaan\n- een\n- twee\n", 4, "narrative_list"),
        ("Zo ging het:\n1. een\n2. twee\n", 2, "narrative_list"),
        ("Kort:\n- een punt\n", 2, "narrative_list"),
        ("• een\n• twee\n", 1, "narrative_list"),
        ("•\teen\n•\ttwee\n", 1, "narrative_list"),
        ("Kop\no\teen\no\ttwee\n", 2, "narrative_list"),
        ("– een\n– twee\n", 1, "narrative_list"),
        ("Zin.\n\nJaar\tAantal\n2020\tveel\n", 3, "narrative_columns"),
    ],
)
def test_a_list_or_table_that_would_be_one_paragraph_is_noticed(judged: Judge, text: str, line: int, rule: str) -> None:
    found = [each for each in judged(text) if each.rule in {"narrative_list", "narrative_columns"}]
    assert [(each.row, each.rule, each.severity) for each in found] == [(line, rule, "warning")]
    # Pandoc agrees: what is noticed is a paragraph.
    assert {block["t"] for block in tree(text)} == {"Para"}


@pytest.mark.parametrize(
    "text",
    [
        "- een\n- twee\n",
        "Wij deden:\n\n- een\n- twee\n",
        "1. een\n2. twee\n",
        "- een\n  loopt door\n- twee\n",
        "Een zin met\n– tussen strepen – een tussenzin.\n",
        "Dat was in\n2021. Daarna kwam\n2022 met meer.\n",
        "Een\tzin met een tab.\n",
        "* een\n* twee\n",
    ],
)
def test_a_list_that_is_one_and_a_sentence_are_not(judged: Judge, text: str) -> None:
    assert [each for each in judged(text) if each.rule in {"narrative_list", "narrative_columns"}] == []


@pytest.mark.parametrize(
    "link", ["[x](https://a.nl “titel”)", "[x](https://a.nl ‘titel’)", "[x](<https://a.nl> „titel”)"]
)
def test_a_title_in_curly_quotation_marks_is_no_address(judged: Judge, link: str) -> None:
    assert [each.row for each in judged(f"Zie {link}.\n") if each.rule == "narrative"] == [1]
    assert judged('Zie [x](https://a.nl "titel") en [“x”](https://a.nl).\n') == []
