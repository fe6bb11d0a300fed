"""What another version of voortgang made: reports that are verified, and workspaces whose notebooks it copied."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import pytest
from conftest import run

from voortgang import __version__
from voortgang.errors import NotebookError, VoortgangError
from voortgang.publish.bundle import open_bundle, write_bundle
from voortgang.publish.manifest import NAME, version
from voortgang.readers.read_manifest import written
from voortgang.readers.remake import Remake
from voortgang.readers.verified import How, Verified
from voortgang.readers.verify import verify
from voortgang.workspace.paths import Workspace

YEAR = 2021
OTHER_CODE = f"{__version__}+000000000000"


@dataclass(frozen=True)
class Made:
    """In the place of what makes a report again: the report that lies in a folder, or why it cannot be made."""

    folder: Path
    error: VoortgangError | None = None

    def made(self, *_: object) -> Workspace:
        if self.error:
            raise self.error
        return Workspace(self.folder)


@pytest.fixture(scope="module")
def unpacked(tiny: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the bundle of the least report was unpacked in; nothing in it is changed."""
    folder = tmp_path_factory.mktemp("bundle")
    write_bundle(Workspace(tiny), YEAR, folder / "klein.zip")
    open_bundle((folder / "klein.zip").read_bytes(), folder / "klein.zip", folder / "klein")
    return folder / "klein"


@pytest.fixture
def bundled(unpacked: Path, tmp_path: Path) -> Workspace:
    """A copy of it, to do something to."""
    return Workspace(shutil.copytree(unpacked, tmp_path / "klein"))


def say(workspace: Workspace, made_with: str) -> None:
    """Let a report say that another version made it."""
    path = workspace.report(YEAR) / NAME
    path.write_text(written(json.loads(path.read_text(encoding="utf-8")) | {"voortgang": made_with}), encoding="utf-8")


def verified(workspace: Workspace, word: str = "", error: VoortgangError | None = None, reason: str = "") -> Verified:
    """Verify a report that comes out the same again, but for a word."""
    again = Workspace(workspace.root.with_name("again"))
    shutil.copytree(workspace.root, again.root)
    say(again, version())
    if word:
        page = next(again.report(YEAR).glob("*.html"))
        page.write_text(page.read_text(encoding="utf-8").replace("Een hoofdstuk", word), encoding="utf-8")
    return verify(workspace, YEAR, How(reason=reason), cast(Remake, Made(again.root, error)), packed=False)


@pytest.mark.parametrize("made_with", [version(), OTHER_CODE, __version__], ids=["this", "other code", "no code"])
def test_other_code_that_makes_the_same_is_no_difference(bundled: Workspace, made_with: str) -> None:
    say(bundled, made_with)
    assert not [each for each in verified(bundled).programs if each[0] == "voortgang"]


@pytest.mark.parametrize("reason", ["", "de versie van vorig jaar"])
@pytest.mark.parametrize(
    ("made_with", "kind"),
    [(version(), None), (OTHER_CODE, "programs"), (__version__, "programs"), ("0.0.9", "value")],
    ids=["this", "other code", "no code", "other number"],
)
def test_what_comes_out_otherwise_is_said_with_the_versions(
    bundled: Workspace, made_with: str, kind: str | None, reason: str
) -> None:
    say(bundled, made_with)
    found = verified(bundled, "Een ander hoofdstuk", reason=reason)
    kinds = {each.kind for each in found.differences if each.where == f"{NAME}, voortgang"}
    assert kinds == ({"programs" if reason else kind} if kind else set())
    assert found.verdict == "different"
    assert [each for each in found.programs if each[0] == "voortgang"] == (
        [("voortgang", made_with, version())] if kind else []
    )


@pytest.mark.parametrize(
    ("made_with", "named"),
    [(version(), False), (OTHER_CODE, True), ("0.0.9", True)],
    ids=["this", "other code", "other number"],
)
def test_a_look_or_a_notebook_of_another_version_is_said_to_be_that(
    bundled: Workspace, made_with: str, named: bool
) -> None:
    say(bundled, made_with)
    expected = f"The report says that voortgang {made_with} made it, and this is {version()}"
    with pytest.raises(VoortgangError) as failed:
        verified(bundled, error=NotebookError("vg.chart is no more.", "notebooks/geld.ipynb", "", ""))
    assert "vg.chart is no more." in str(failed.value) and (expected in str(failed.value)) is named
    shutil.rmtree(bundled.root.with_name("again"))
    style = bundled.templates / "_extensions" / "voortgang" / "stijl.css"
    style.write_text(style.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    with pytest.raises(VoortgangError, match="brings its own") as failed:
        verified(bundled)
    assert (expected in failed.value.mend) is named


def test_a_manifest_in_another_form_names_the_version_that_wrote_it(bundled: Workspace) -> None:
    path = bundled.report(YEAR) / NAME
    content = json.loads(path.read_text(encoding="utf-8")) | {"voortgang": "2.0.0", "nieuw": 1}
    path.write_text(written(content), encoding="utf-8")
    with pytest.raises(VoortgangError, match=r"nieuw: .*voortgang 2\.0\.0 wrote it, and this is"):
        verify(bundled, YEAR, How(), cast(Remake, Made(bundled.root)))


def test_copies_that_are_not_as_in_this_version_are_named(workspace: Path) -> None:
    sound = run("doctor", cwd=workspace).out
    assert f"Notebooks and chapters: those of this version ({__version__})" in sound

    chapter, notebook = (workspace / each for each in ("templates/hoofdstukken/_aanpak.qmd", "notebooks/pijler.ipynb"))
    content = json.loads(notebook.read_text(encoding="utf-8"))
    for each in content["cells"]:
        each["metadata"]["collapsed"] = False
    notebook.write_text(json.dumps(content), encoding="utf-8")
    chapter.write_bytes(chapter.read_bytes().replace(b"\n", b"\r\n"))
    again, before = (re.sub(r"[\d.]+ GB", "", said) for said in (run("doctor", cwd=workspace).out, sound))
    assert again == before, "how a program saves a file says nothing of its version"

    content["cells"][-1]["source"] = "vg.a_name_of_before(report)"
    notebook.write_text(json.dumps(content), encoding="utf-8")
    chapter.write_text("{{< include fragmenten/_tbl-van-vroeger.md >}}\n", encoding="utf-8")
    refused = run("check", cwd=workspace)
    assert refused.code == 1 and "_tbl-van-vroeger" in refused.err
    assert "Not as in this version of voortgang" in refused.err and "hoofdstukken/_aanpak.qmd" in refused.err

    (workspace / "templates" / "evaluatie.qmd").unlink()
    said = run("doctor", cwd=workspace)
    assert said.code == 0 and "2 not as in this version" in said.out and "1 of this version not here" in said.out
    assert "diff -u notebooks/pijler.ipynb /" in said.out and "/templates/evaluatie.qmd" in said.out
