"""Make a release into `dist/`: the wheel, the Quarto extension, and a tag: `python scripts/release.py`.

Refuses when something is uncommitted, or when the changelog and `pyproject.toml` do not name the same version.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
EXTENSION = ROOT / "templates" / "_extensions"


def _git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()


def main() -> None:
    """Check, build and tag."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    newest = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    if newest is None or newest[1] != version:
        sys.exit(f"CHANGELOG.md begins with {newest[1] if newest else 'nothing'}; pyproject.toml says {version}.")
    if _git("status", "--porcelain"):
        sys.exit("Something is not committed; a release is made of what is.")
    if f"v{version}" in _git("tag").split():
        sys.exit(f"v{version} exists; give the release another number.")
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "-w", "dist", "."],
        cwd=ROOT,
        check=True,
    )
    with zipfile.ZipFile(ROOT / "dist" / f"voortgang-extension-{version}.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(EXTENSION.rglob("*")):
            if path.is_file():
                archive.write(path, Path("_extensions") / path.relative_to(EXTENSION))
    _git("tag", "--annotate", f"v{version}", "--message", f"voortgang {version}")
    print(f"dist/ holds the wheel and the extension; the commit is tagged v{version}.")


if __name__ == "__main__":
    main()
