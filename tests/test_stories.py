"""Stories: what `check` asks of them, what a report shows of them, and what it leaves out of their pictures."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import docx
import pymupdf
import pytest
from bs4 import BeautifulSoup
from conftest import REPOSITORY
from documents import docx_text, html_text, pdf_pages
from PIL import Image
from test_table_breaks import _made_of

from voortgang.assemble.stories import story_fragments, story_pictures
from voortgang.build.pictures import Pictures
from voortgang.check import stories
from voortgang.check.checked import check
from voortgang.check.data import Data
from voortgang.check.public_copy import public_copy
from voortgang.run.store import Store
from voortgang.workspace.parameters import read_parameters
from voortgang.workspace.paths import Workspace
from voortgang.workspace.stories import read_story
from voortgang.writing import photo
from voortgang.writing.markdown import Picture, Together
from voortgang.writing.photo import WIDEST, Unfit, fit, tells_place

HEADER = {
    "title": "Samen lezen",
    "picture": "werken-1.png",
    "alt": "Twee mensen lezen samen een boek.",
    "consent": "{who: beiden, date: 2021-11-15}",
    "credit": "M. de Maker",
}
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="400" height="200">{}</svg>'
GPS = 0x8825


def _photo(kind: str = "PNG", size: tuple[int, int] = (600, 400), place: bool = False, turned: int = 1) -> bytes:
    image = Image.new("RGB", size, "#4488aa")
    image.paste("#ffcc00", (0, 0, size[0] // 3, size[1] // 3))
    exif = Image.Exif()
    exif[0x0112] = turned
    exif[0x013B] = "Een maker"
    if place:
        exif.get_ifd(GPS).update({1: "N", 2: (52.0, 47.0, 0.0), 3: "E", 4: (6.0, 53.0, 0.0)})
    out = io.BytesIO()
    image.save(out, kind, exif=exif, comment="geheim") if kind == "JPEG" else image.save(out, kind, exif=exif)
    return out.getvalue()


def _story(text: str = "Een verhaal.", **header: str | None) -> str:
    lines = [f"{key}: {value}" for key, value in (HEADER | header).items() if value is not None]
    return "\n".join(["---", *lines, "---", text, ""])


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Data:
    root = tmp_path_factory.mktemp("stories") / "deal"
    shutil.copytree(REPOSITORY / "data", root / "data")
    shutil.copytree(REPOSITORY / "parameters", root / "parameters")
    shutil.rmtree(root / "data" / "verhalen")
    return check(Workspace(root)).require_sound()


@pytest.fixture
def folder(data: Data) -> Iterator[Path]:
    made = data.workspace.stories(2021)
    made.mkdir(parents=True)
    yield made
    shutil.rmtree(data.workspace.all_stories)


def test_the_example_story_is_sound() -> None:
    data = check(Workspace(REPOSITORY)).require_sound()
    assert not list(stories.findings(data))


@pytest.mark.parametrize(
    ("name", "text", "rule", "says"),
    [
        ("werken-3.md", _story(), "story_name", "at most two"),
        ("sport-1.md", _story(), "story_name", "werken-1.md"),
        ("werken.md", _story(), "story_name", "werken-1.md"),
        ("werken-1.md", "Een verhaal.\n", "story_header", "no header"),
        ("werken-1.md", "---\ntitle: x\n", "story_header", "no header"),
        ("werken-1.md", _story(alt=None), "story_header", "'alt' is missing"),
        ("werken-1.md", _story(alt="Foto."), "story_header", "describes nothing"),
        ("werken-1.md", _story(alt="zie foto werken-1.png"), "story_header", "describes nothing"),
        ("werken-1.md", _story(consent=None), "story_header", "'consent' is missing"),
        ("werken-1.md", _story(consent="{who: beiden}"), "story_header", "'date' is missing"),
        ("werken-1.md", _story(consent="{date: 2021-11-15}"), "story_header", "'who' is missing"),
        ("werken-1.md", _story(consent="{who: beiden, date: 2999-01-01}"), "story_early", "still to come"),
        ("werken-1.md", _story(credit=None), "story_header", "'credit' is missing"),
        ("werken-1.md", _story(foto="x.png"), "story_header", "Unknown key 'foto'"),
        ("werken-1.md", _story(picture="../werken-1.png"), "story_header", "'picture' is wrong"),
        ("werken-1.md", _story(picture="werken-1.gif"), "story_header", "'picture' is wrong"),
        ("werken-1.md", _story(picture="elders.png"), "story_picture_absent", "not there"),
        ("werken-1.md", _story(project="Z006"), "story_project", "Werken"),
        ("werken-1.md", _story(text=""), "story_empty", "no text"),
        ("werken-1.md", _story(text="lang " * 1000), "story_long", "too long"),
        ("werken-1.md", _story(text="Zie <script>alert(1)</script>."), "narrative", "raw HTML"),
        ("werken-1.md", _story(text="# Kop"), "narrative", "a heading"),
        ("werken-1.md", _story(text="![nog een](x.png)"), "narrative", "an image"),
        ("werken-1.md", _story(text="{{< include x >}}"), "narrative", "a brace"),
    ],
)
def test_a_story_that_is_not_right_is_one_finding(
    data: Data, folder: Path, name: str, text: str, rule: str, says: str
) -> None:
    (folder / "werken-1.png").write_bytes(_photo())
    (folder / name).write_text(text, encoding="utf-8")
    found = [each for each in stories.findings(data) if each.rule != "story_stray"]
    assert [each.rule for each in found] == [rule]
    assert says in str(found[0]) and name in str(found[0])


@pytest.mark.parametrize(
    ("picture", "content", "says"),
    [
        ("werken-1.png", b"niets", "no PNG"),
        ("werken-1.png", _photo()[:400], "no PNG"),
        ("werken-1.png", _photo("JPEG"), "not what its name says"),
        ("werken-1.jpg", _photo(), "not what its name says"),
        ("werken-1.png", _photo(size=(200, 200)), "200 pixels"),
        ("werken-1.png", b"\x89PNG" + b"0" * 10_000_001, "10 MB"),
        ("werken-1.svg", SVG.format("<script>1</script>").encode(), "<script>"),
        ("werken-1.svg", SVG.format('<rect onclick="x()" width="9" height="9"/>').encode(), "outside"),
        ("werken-1.svg", SVG.format('<use href="http://x.nl/#a"/>').encode(), "outside"),
        ("werken-1.svg", SVG.format('<rect style="fill: url(http://x.nl)"/>').encode(), "outside"),
        ("werken-1.svg", SVG.format('<image href="#a"/>').encode(), "<image>"),
        ("werken-1.svg", b'<!DOCTYPE x [<!ENTITY a "b">]>' + SVG.format("").encode(), "document type"),
        ("werken-1.svg", b"<svg", "no SVG"),
        ("werken-1.svg", b"<p/>", "no SVG"),
    ],
)
def test_a_picture_that_does_not_fit_is_refused(
    data: Data, folder: Path, picture: str, content: bytes, says: str
) -> None:
    (folder / picture).write_bytes(content)
    (folder / "werken-1.md").write_text(_story(picture=picture), encoding="utf-8")
    (found,) = stories.findings(data)
    assert found.rule == "story_picture" and says in str(found) and picture in str(found)


def test_what_no_story_names_is_told(data: Data, folder: Path) -> None:
    (folder / "werken-1.png").write_bytes(_photo())
    (folder / "los.png").write_bytes(_photo())
    (folder / "werken-1.md").write_text(_story(), encoding="utf-8")
    assert [(each.rule, Path(each.file).name) for each in stories.findings(data)] == [("story_stray", "los.png")]


def test_two_stories_of_a_pillar_are_read_in_order(data: Data, folder: Path) -> None:
    for number in (2, 1):
        (folder / f"werken-{number}.jpg").write_bytes(_photo("JPEG", place=number == 1))
        text = _story(picture=f"werken-{number}.jpg", title=f"Verhaal {number}")
        (folder / f"werken-{number}.md").write_text(text, encoding="utf-8")
    assert [each.rule for each in stories.findings(data)] == ["story_place"]  # a warning
    assert all(each.severity == "warning" for each in stories.findings(data))
    read = read_story(data.workspace, folder / "werken-1.md")
    assert (read.pillar, read.header.title, read.text.strip()) == ("werken", "Verhaal 1", "Een verhaal.")
    assert (folder / "werken-1.md").read_text().split("\n")[read.first_line - 1] == "Een verhaal."


@pytest.mark.parametrize(
    ("content", "suffix"),
    [
        (_photo("JPEG", (3000, 2000), place=True), ".jpg"),
        (_photo("JPEG", (3000, 2000), place=True), ".JPEG"),
        (_photo("PNG", place=True), ".png"),
        (SVG.format('<title>geheim</title><rect width="99" height="9"/>').encode(), ".svg"),
    ],
)
def test_a_picture_says_nothing_of_itself_and_is_the_same_each_time(content: bytes, suffix: str) -> None:
    assert tells_place(content, suffix) == (suffix != ".svg")
    made, form = fit(content, suffix), ".jpg" if suffix.lower() in {".jpg", ".jpeg"} else ".png"
    assert made == fit(content, suffix)
    assert not tells_place(made, form) and b"geheim" not in made and b"Een maker" not in made
    with Image.open(io.BytesIO(made)) as image:
        assert image.width <= WIDEST and not image.getexif() and "comment" not in image.info


def test_a_picture_that_an_earlier_build_made_fit_is_not_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content, store = _photo("PNG"), Store(tmp_path / "store")
    made = Pictures(store).fit(content, ".png")
    assert made == fit(content, ".png")
    monkeypatch.setattr(photo, "fit", lambda content, suffix: b"anew" + suffix.encode())
    assert Pictures(store).fit(content, ".PNG") == made
    assert Pictures(store).fit(content + b" ", ".png") == b"anew.png"
    assert Pictures(store).fit(content, ".jpg") == b"anew.jpg"  # a picture under another name is judged by that


def test_a_picture_is_turned_as_it_was_taken() -> None:
    made = fit(_photo("JPEG", (600, 400), turned=6), ".jpg")
    with Image.open(io.BytesIO(made)) as image:
        assert image.height > image.width
        assert image.getpixel((image.width - 20, 20))[0] > 200  # type: ignore[index]


def test_a_picture_of_a_billion_pixels_is_not_unpacked() -> None:
    with pytest.raises(Unfit, match="pixels"):
        fit(_photo("PNG", (9000, 9000)), ".png")


def test_a_public_edition_tells_no_story_of_a_project_that_it_hides(data: Data, folder: Path, tmp_path: Path) -> None:
    hidden = data.tables.projecten.loc[data.tables.projecten["vertrouwelijk"].eq(True), ["project_id", "pijler"]].iloc[
        0
    ]
    other = data.workspace.stories(2020)
    other.mkdir()
    for place, name, project in (
        (folder, f"{hidden['pijler']}-1", str(hidden["project_id"])),
        (folder, f"{hidden['pijler']}-2", None),
        (other, f"{hidden['pijler']}-1", None),
    ):
        (place / f"{name}.png").write_bytes(_photo())
        (place / f"{name}.md").write_text(_story(picture=f"{name}.png", project=project), encoding="utf-8")
    assert not list(stories.findings(data))
    parameters = read_parameters(data.workspace, 2021)
    made = public_copy(data, replace_edition(parameters), tmp_path / "copy")
    kept = [each for each in made.data_files() if each.is_relative_to(made.all_stories)]
    assert [made.relative(each) for each in kept] == [
        f"data/verhalen/2021/{hidden['pijler']}-2.{suffix}" for suffix in ("md", "png")
    ]


def replace_edition(parameters):  # type: ignore[no-untyped-def]
    """Return parameters of the public edition."""
    changed = parameters.model_copy(update={"edition": "openbaar"})
    return changed if hasattr(parameters, "model_copy") else replace(parameters, edition="openbaar")


@pytest.mark.parametrize(
    ("size", "percent"), [((600, 400), 60), ((900, 1200), 60), ((600, 1200), 40), ((600, 2400), 20), ((3000, 400), 60)]
)
def test_a_high_picture_is_narrower_and_stays_with_its_story(
    data: Data, folder: Path, tmp_path: Path, size: tuple[int, int], percent: int
) -> None:
    """It was as high as a page, alone on the next one, and in HTML higher than a screen."""
    (folder / "werken-1.jpg").write_bytes(_photo("JPEG", size))
    (folder / "werken-1.md").write_text(_story(picture="werken-1.jpg"), encoding="utf-8")
    told = [read_story(data.workspace, folder / "werken-1.md")]
    written = story_fragments(data.deal, told, story_pictures(told))["_verhalen-werken.md"].decode()
    assert f"width={percent}%" in written


def test_a_picture_and_who_made_it_stay_on_one_page(tmp_path: Path) -> None:
    picture = Together(("Een verhaal.", Picture("vlak.svg", "Een vlak.", "Beeld: M. de Maker", 40)))
    before = ["Regel\n\n" * lines for lines in range(20, 36)]  # some leave room for the picture alone
    text = "".join(f"# Kop\n\n{each}### Titel\n\n{picture}\n\n" for each in before)
    with pymupdf.open(stream=_made_of(tmp_path, text)) as document:
        pages = [page for page in document if "Beeld:" in page.get_text()]
        assert len(pages) == len(before)
        for page in pages:
            (drawn,) = (each["rect"] for each in page.get_drawings() if each["rect"].height > 100)
            (credit,) = (word for word in page.get_text("words") if word[4] == "Beeld:")
            assert "Een verhaal." in page.get_text()
            assert 0 < credit[1] - drawn.y1 < 12, "an empty line stood between them"


def test_a_story_stands_in_its_chapter_in_every_format(reports: Path) -> None:
    title, alt = "Elke week een uur samen lezen", "Een volwassene en een kind lopen naast elkaar"
    year = reports / "2021"
    page = BeautifulSoup((year / "voortgangsrapportage-2021.html").read_text(encoding="utf-8"), "lxml")
    (heading,) = (each for each in page.select("h3") if title in each.get_text())
    assert "Welzijn" in heading.find_previous("h2").get_text()  # type: ignore[union-attr]
    assert alt in page.select_one("#verhaal-welzijn-1 img")["alt"]  # type: ignore[index]
    assert "Beeld: getekend als voorbeeld" in html_text(year / "voortgangsrapportage-2021.html")
    (told,) = (text for text in pdf_pages(year / "voortgangsrapportage-2021.pdf")[5:] if title in text)
    assert "Beeld: getekend als voorbeeld" in told, "a story stays on the page of its picture"
    word = year / "voortgangsrapportage-2021.docx"
    assert title in docx_text(word)
    paragraphs = docx.Document(str(word)).paragraphs
    first = next(
        number for number, each in enumerate(paragraphs) if each.text == title and "Heading" in each.style.name
    )
    last = next(number for number, each in enumerate(paragraphs) if "Beeld: getekend als voorbeeld" in each.text)
    assert last - first == 3
    assert all(each.style.paragraph_format.keep_with_next for each in paragraphs[first:last])
    described = [each.get("descr") for each in docx.Document(str(word)).element.iter() if each.tag.endswith("}docPr")]
    assert any(alt in (each or "") for each in described)
    assert "data/verhalen/2021/welzijn-1.svg" in (year / "manifest.json").read_text(encoding="utf-8")
    assert title not in html_text(reports / "2020" / "voortgangsrapportage-2020.html")
