"""A public edition is made from a copy without what it hides, and its bundle holds that copy."""

from __future__ import annotations

import json
import random
import re
import shutil
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path

import pandas as pd
import pytest
from conftest import REPOSITORY, run
from pypdf import PdfReader

from voortgang.check.checked import check
from voortgang.check.data import Data, View
from voortgang.check.notebook_reads import NOT_SHOWN, Rows
from voortgang.check.public_copy import OTHER_TEXT, made_from, public_copy, view_of
from voortgang.check.withheld import companions, hidden_projects
from voortgang.errors import LeakError, WorkspaceError
from voortgang.publish.bundle import write_bundle
from voortgang.publish.leaks import inputs_of, require_no_leak
from voortgang.run.plan import plan
from voortgang.workspace.fingerprint import of_bytes
from voortgang.workspace.parameters import Parameters, read_parameters
from voortgang.workspace.paths import Period, Workspace
from voortgang.writing import archive

NAME = "Voorbeeldproject markante woningen"


def _public(workspace: Workspace, of: Period, known: Data | None = None) -> tuple[Data, Parameters]:
    """Return the data and the parameters of a public edition; `known` are data with the same tables and covenant."""
    parameters = read_parameters(workspace, of).model_copy(update={"edition": "openbaar"})
    parameters._period = of
    return replace(known, workspace=workspace) if known else check(workspace).require_sound(), parameters


@pytest.fixture(scope="module")
def known() -> Data:
    return check(Workspace(REPOSITORY)).require_sound()


def _hide(root: Path, hidden: set[str]) -> None:
    file = root / "data" / "projecten.csv"
    frame = pd.read_csv(file, dtype=str, keep_default_na=False)
    frame["vertrouwelijk"] = ["ja" if each in hidden else "nee" for each in frame["project_id"]]
    frame.to_csv(file, index=False)


@pytest.mark.sampled(2)
@pytest.mark.parametrize("seed", range(6))
def test_the_copy_shows_what_the_edition_shows(workspace: Path, tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    numbers = list(pd.read_csv(workspace / "data" / "projecten.csv")["project_id"])
    hidden = set(chance.sample(numbers, 1 + seed))
    _hide(workspace, hidden)
    of: Period = chance.choice([2019, 2020, 2021, "2021-06-30", 2022, 2023])
    data, parameters = _public(Workspace(workspace), of)
    view = view_of(parameters)
    try:
        copy = check(public_copy(data, parameters, tmp_path / "copies"))
    except LeakError:
        pytest.skip("this edition cannot hide them")
    made = copy.require_sound()
    assert made_from(made, parameters, tmp_path / "copies") == made.workspace
    for table, _ in data.tables:
        shown, held = (Rows(table).select(each, view).reset_index(drop=True) for each in (data, made))
        pd.testing.assert_frame_equal(shown, held, check_dtype=False)
    before = View(view.year - 1, date(view.year - 1, 12, 31), "openbaar")
    for each in (view, before):
        counts = (Rows(NOT_SHOWN).select(one, each) for one in (data, made))
        pd.testing.assert_frame_equal(*(one.reset_index(drop=True).astype(str) for one in counts))
    assert companions(made, before) == companions(data, view) >= companions(data, before)
    everything = b"".join(path.read_bytes() for path in made.workspace.input_files())
    for number in hidden:
        assert number.encode() not in everything
    with pytest.raises(ValueError, match="public edition"):
        Rows("financien").select(made, View(view.year, view.reference_date, "overleg"))


def test_a_project_that_is_named_before_it_begins_is_in_the_copy(workspace: Path, tmp_path: Path) -> None:
    file = workspace / "data" / "projecten.csv"
    frame = pd.read_csv(file, dtype=str, keep_default_na=False)
    frame.loc[frame["project_id"] == "K001", "start"] = "2022-03-01"
    frame.to_csv(file, index=False)
    data, parameters = _public(Workspace(workspace), 2021)
    made = check(public_copy(data, parameters, tmp_path / "copies")).require_sound()
    assert "K001" in set(made.tables.projecten["project_id"])
    assert "K001" not in set(Rows("projecten").select(made, view_of(parameters))["project_id"])


def test_the_copy_has_only_the_text_and_the_adopted_rows_that_it_may(
    workspace: Path, tmp_path: Path, known: Data
) -> None:
    sources = workspace / "data" / "bronnen"
    sources.mkdir()
    (sources / "emmen.csv").write_text(f"{NAME};1\n")
    extra = workspace / "data" / "toelichting" / "2020" / "extra.md"
    extra.write_text(f"Het project {NAME} loopt.\n")
    notebook = workspace / "notebooks" / "werken.ipynb"
    content = json.loads(notebook.read_text())
    output = {"output_type": "stream", "name": "stdout", "text": [NAME]}
    next(cell for cell in content["cells"] if cell["cell_type"] == "code")["outputs"] = [output]
    notebook.write_text(json.dumps(content))
    data, parameters = _public(Workspace(workspace), 2021, known)
    copy = public_copy(data, parameters, tmp_path / "copies")
    require_no_leak(inputs_of(copy), data, view_of(parameters))
    assert not copy.sources.exists()
    assert (copy.narrative(2020) / "extra.md").read_bytes() == OTHER_TEXT
    assert not (copy.narrative(2020) / "werken.md").exists()
    for year in (2019, 2020, 2021):
        kept, whole = (pd.read_csv(each.adopted(year) / "financien.csv") for each in (copy, data.workspace))
        together = hidden_projects(data, view_of(parameters)) | companions(data, view_of(parameters))
        assert len(kept) == len(whole[~whole["project_id"].isin(together)]) < len(whole)
    assert public_copy(data, parameters, tmp_path / "copies") == copy
    (copy.data / "deal.yml").write_text("changed")
    assert check(public_copy(data, parameters, tmp_path / "copies")).require_sound()


PLACES: dict[str, Callable[[str], str]] = {
    "data/deal.yml": lambda text: f"{text}\n# {NAME} wil niet genoemd worden.\n",
    "parameters/2020.yml": lambda text: f"# zonder W008\n{text}",
    "notebooks/werken.ipynb": lambda text: text.replace('"source": [', f'"source": [\n    "# {NAME}\\n",', 1),
    "templates/rapport.qmd": lambda text: f"{text}\n<!-- {NAME} -->\n",
    "data/toelichting/2021/werken.md": lambda text: f"{text}\n{NAME} loopt.\n",
}


def test_an_input_that_names_a_hidden_project_is_refused_by_its_name(
    workspace: Path, tmp_path: Path, known: Data
) -> None:
    for name, changed in PLACES.items():
        file = workspace / name
        file.write_text(changed(file.read_text(encoding="utf-8")), encoding="utf-8")
    data, parameters = _public(Workspace(workspace), 2021, known)
    inputs = dict(inputs_of(public_copy(data, parameters, tmp_path / "copies")))
    for name in PLACES:
        with pytest.raises(LeakError) as found:
            require_no_leak([(name, inputs[name])], data, view_of(parameters))
        assert str(found.value.where).startswith(f"{name}: ")


def test_inputs_elsewhere_are_found_from_the_copy(workspace: Path, known: Data) -> None:
    (workspace.parent / "gedeeld").mkdir()
    (workspace.parent / "gedeeld" / "cijfers.csv").write_text("a\n")
    (workspace / "kaart.json").write_text("{}")
    data, parameters = _public(Workspace(workspace), 2021, known)
    parameters = parameters.model_copy(update={"inputs": ("../gedeeld/cijfers.csv", "kaart.json")})
    copy = public_copy(data, parameters, data.workspace.public_copies)
    assert (copy.root / "../gedeeld/cijfers.csv").read_text() == "a\n"
    assert (copy.root / "kaart.json").read_text() == "{}"


def _texts(name: str, content: bytes) -> Iterator[str]:
    """Yield what a file says, in another way than the scan of the build reads it."""
    if name.endswith(".pdf"):
        reader = PdfReader(BytesIO(content))
        yield re.sub(r"\s+", " ", " ".join(page.extract_text() for page in reader.pages))
        for attached, parts in reader.attachments.items():
            for part in parts:
                yield from _texts(attached, part)
    elif content[:2] == b"PK":
        with zipfile.ZipFile(BytesIO(content)) as packed:
            for inner in packed.namelist():
                yield from _texts(inner, packed.read(inner))
    else:
        yield re.sub(r"<[^<>]*>", "", content.decode("utf-8", "ignore"))


@pytest.fixture(scope="module")
def bundle(small: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("public") / "openbaar.zip"
    done = run("bundle", "2021", "--output", str(target), cwd=small)
    assert done.code == 0, done.err
    assert "without 1 confidential project. The full ones stay with the bureau" in done.err
    return target


@pytest.mark.parametrize("size", ["small", pytest.param("public", marks=pytest.mark.long)])
def test_a_bundle_of_a_public_edition_names_nothing_that_it_hides(
    size: str, request: pytest.FixtureRequest, bundle: Path, tmp_path: Path
) -> None:
    public = request.getfixturevalue(size)
    if size == "public":
        bundle = tmp_path / "openbaar.zip"
        write_bundle(Workspace(public), 2021, bundle)
    projects, bookings = (pd.read_csv(public / "data" / f"{each}.csv") for each in ("projecten", "financien"))
    hidden = projects[projects["vertrouwelijk"] == "ja"]
    own = bookings[bookings["project_id"].isin(hidden["project_id"])]
    others = {*bookings.loc[~bookings.index.isin(own.index), "bedrag"], *projects["begroot"].drop(hidden.index)}
    amounts = {int(each) for each in (*own["bedrag"], *hidden["begroot"]) if each not in others and each >= 10_000}
    words = {*hidden["project_id"], *hidden["naam"], *own["boeking_id"]}
    assert words and amounts
    said = words | {str(each) for each in amounts} | {f"{each:,}".replace(",", ".") for each in amounts}
    pattern = re.compile("|".join(rf"(?<![\w.]){re.escape(each)}(?![\w])(?!\.\d)" for each in sorted(said)))
    for name, content in archive.unpacked(bundle.read_bytes(), bundle).items():
        for text in _texts(name, content):
            assert not pattern.search(text), (name, pattern.search(text))


def test_its_manifest_names_the_tables_that_it_holds(small: Path, bundle: Path) -> None:
    content = archive.unpacked(bundle.read_bytes(), bundle)
    manifest = json.loads(content["reports/2021/manifest.json"])
    inputs = {name: content[name] for name in content if name.split("/")[0] in {"data", "notebooks", "templates"}}
    assert {name: manifest["inputs"][name] for name in inputs} == {name: of_bytes(inputs[name]) for name in inputs}
    whole = (small / "data" / "financien.csv").read_bytes()
    assert manifest["inputs"]["data/financien.csv"] != of_bytes(whole)
    assert of_bytes(whole) not in b"".join(content.values()).decode("utf-8", "ignore")


@pytest.mark.long
def test_a_bundle_of_a_public_edition_is_identical_anywhere(bundle: Path, tmp_path: Path) -> None:
    done = run("verify", str(shutil.copy(bundle, tmp_path / "elders.zip")), cwd=tmp_path)
    assert (done.code, done.out) == (0, "The report on 2021 is identical.\n"), done.out + done.err


def test_from_its_tables_no_other_report_is_made(bundle: Path, tmp_path: Path) -> None:
    archive.unpack(bundle.read_bytes(), "bundle", tmp_path / "deal")
    workspace = Workspace(tmp_path / "deal")
    assert plan(workspace, [2021])[0].checked.data.note is not None
    with pytest.raises(WorkspaceError, match="and of no other report"):
        plan(workspace, [2020])


def test_a_bundle_of_a_public_report_whose_rows_changed_since_is_refused(small: Path, tmp_path: Path) -> None:
    root = Path(shutil.copytree(small, tmp_path / "deal", ignore=shutil.ignore_patterns(".voortgang")))
    file = root / "data" / "projecten.csv"
    shown = file.read_text(encoding="utf-8")
    # What is hidden may change: nothing that was published is made from it.
    file.write_text(shown.replace(NAME, "Voorbeeldproject onmerkbare woningen"), encoding="utf-8")
    assert run("bundle", "2021", "--output", str(tmp_path / "b.zip"), cwd=root).code == 0
    file.write_text(shown.replace("Greenwise Campus", "Groene campus"), encoding="utf-8")
    done = run("bundle", "2021", "--output", str(tmp_path / "c.zip"), cwd=root)
    assert done.code == 1 and "data/projecten.csv is not as it was" in done.err
    assert not (tmp_path / "c.zip").exists()
