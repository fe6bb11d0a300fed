"""Whatever file of a workspace changes, the next build gives what a build without any memory gives."""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from conftest import LOAD, PARAMETERS, run
from test_odd_machines import add_second_notebook, small_workspace

from voortgang.publish.manifest import CLAIMS

YEAR = 2021
READS = """
import os
from pathlib import Path
import numpy as np
import pandas as pd
import hulp
print(hulp.WOORD)
print(Path("../data/eigen.txt").read_text())
print(Path("../data/koppeling.txt").read_text(), Path("../templates/beelden/los.txt").read_bytes())
print(pd.read_csv("../data/eigen.csv").to_string())
print(sorted(os.listdir("../data")), os.path.exists("../data/later.txt"), os.path.getsize("../data/maat.txt"))
print(np.memmap("../data/geheugen.bin", dtype="u1").sum())
"""
UNSEEN = """
import sqlite3, subprocess
print(sqlite3.connect("../data/eigen.sqlite").execute("select * from feiten").fetchall())
print(subprocess.run(["cat", "../data/programma.txt"], capture_output=True, text=True).stdout)
"""
OWN = ("eigen.txt", "eigen.csv", "maat.txt", "programma.txt", "geheugen.bin", "elders.txt")


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace of which a notebook reads in many ways, with what a build of it kept."""
    root = add_second_notebook(small_workspace(tmp_path_factory.mktemp("any") / "deal"))
    for name in OWN:
        (root / "data" / name).write_text("a,b\n1,2\n", encoding="utf-8")
    (root / "data" / "koppeling.txt").symlink_to("elders.txt")
    (root / "templates" / "beelden").mkdir(exist_ok=True)
    (root / "templates" / "beelden" / "los.txt").write_text("los", encoding="utf-8")
    (root / "notebooks" / "hulp.py").write_text("WOORD = 'een'\n", encoding="utf-8")
    _fill(root / "data" / "eigen.sqlite", 1)
    path = root / "notebooks" / "klein.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell(READS))
    nbformat.write(notebook, path)
    # Another notebook: it runs each time, and what the first one kept is used where it can be.
    unseen = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(each) for each in (PARAMETERS, LOAD, UNSEEN)])
    unseen.cells[0].metadata.tags = ["parameters"]
    nbformat.write(unseen, root / "notebooks" / "onzeker.ipynb")
    done = run("build", str(YEAR), cwd=root)
    assert done.code == 0, done.err
    return root


def _fill(path: Path, number: int) -> None:
    with sqlite3.connect(path) as database:
        database.execute("create table if not exists feiten (getal)")
        database.execute("insert into feiten values (?)", [number])
    database.close()


def _change(root: Path, chance: random.Random) -> str:
    """Change one random file in a way that fits it, and return what was done."""
    parts = [root / name for name in ("data", "notebooks", "parameters", "templates")]
    files = sorted(
        path for part in parts for path in part.rglob("*") if path.is_file() and "_extensions" not in str(path)
    )
    path = chance.choice([path for path in files if path.suffix in _WAYS])
    ways = _WAYS[path.suffix]
    way = chance.choice([*ways, *_ANY])
    way(path, chance)
    return f"{way.__name__} {path.relative_to(root)}"


def _number(path: Path, chance: random.Random) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    places = [(i, j) for i, line in enumerate(lines) for j, cell in enumerate(line.split(",")) if cell.isdigit()]
    if places:
        i, j = chance.choice(places)
        cells = lines[i].split(",")
        cells[j] = str(int(cells[j]) + chance.choice([1, 10]))
        lines[i] = ",".join(cells)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _order(path: Path, chance: random.Random) -> None:
    head, *rows = path.read_text(encoding="utf-8").splitlines()
    chance.shuffle(rows)
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")


def _sentence(path: Path, chance: random.Random) -> None:
    text = path.read_text(encoding="utf-8").rstrip("\n")
    path.write_text(f"{text}\n\nEen zin erbij, nummer {chance.choice('abc')}.\n", encoding="utf-8")


def _comment(path: Path, chance: random.Random) -> None:
    path.write_text(path.read_text(encoding="utf-8") + f"# {chance.random()}\n", encoding="utf-8")


def _word(path: Path, chance: random.Random) -> None:
    path.write_text(f"WOORD = {str(chance.random())!r}\n", encoding="utf-8")


def _bytes(path: Path, chance: random.Random) -> None:
    path.write_bytes(chance.randbytes(chance.choice([1, 8, 9])).hex().encode())


def _row(path: Path, chance: random.Random) -> None:
    _fill(path, chance.randrange(9))


def _cell(path: Path, chance: random.Random) -> None:
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell(f"{chance.randrange(9)} + 1", id="erbij"))
    nbformat.write(notebook, path)


def _again(path: Path, chance: random.Random) -> None:
    """Save the same."""
    content = path.read_bytes()
    path.unlink()
    path.write_bytes(content)


def _same_size_and_time(path: Path, chance: random.Random) -> None:
    status = path.stat()
    content = bytearray(path.read_bytes())
    places = [place for place, byte in enumerate(content) if chr(byte).isdigit()]
    if places:
        content[chance.choice(places)] = ord(chance.choice("123456789"))
    path.write_bytes(content)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def _beside(path: Path, chance: random.Random) -> None:
    (path.parent / chance.choice(["later.txt", "nieuw.txt"])).write_text("nieuw", encoding="utf-8")


_WAYS: dict[str, list[Callable[[Path, random.Random], None]]] = {
    ".csv": [_number, _order],
    ".txt": [_bytes],
    ".bin": [_bytes],
    ".sqlite": [_row],
    ".md": [_sentence],
    ".qmd": [_sentence],
    ".yml": [_comment],
    ".py": [_word],
    ".ipynb": [_cell],
}
_ANY = (_again, _same_size_and_time, _beside)


def _made(root: Path) -> dict[str, str]:
    """Return the digest of every file of the report, without what the manifest only claims."""
    folder = root / "reports" / str(YEAR)
    found = {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        content = path.read_bytes()
        if path.name == "manifest.json":
            kept = {key: value for key, value in json.loads(content).items() if key not in CLAIMS}
            content = json.dumps(kept, sort_keys=True).encode()
        found[path.relative_to(folder).as_posix()] = hashlib.sha256(content).hexdigest()
    return found


ALWAYS = 36
"""It changes an amount that a notebook shows; the others change any file, which may be one that nothing reads."""


@pytest.mark.parametrize(
    "seed", [ALWAYS, *(pytest.param(seed, marks=pytest.mark.long) for seed in range(200) if seed != ALWAYS)]
)
def test_after_any_change_the_next_build_gives_what_a_fresh_one_gives(begun: Path, tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    root, fresh = tmp_path / "deal", tmp_path / "fresh" / "deal"
    shutil.copytree(begun, root, symlinks=True)
    changes = [_change(root, chance) for _ in range(chance.choice([1, 1, 2]))]
    shutil.copytree(root, fresh, symlinks=True, ignore=shutil.ignore_patterns(".voortgang", "reports", "__pycache__"))
    again, anew = run("build", str(YEAR), cwd=root), run("build", str(YEAR), cwd=fresh)
    assert again.code == anew.code, (changes, again.err, anew.err)
    if anew.code:
        assert _errors(again.err) == _errors(anew.err), changes
    else:
        assert _made(root) == _made(fresh), changes


def _errors(said: str) -> str:
    return said[said.index("Error: ") :]
