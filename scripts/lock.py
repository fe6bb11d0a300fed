"""Renew the locked versions from `pyproject.toml`: `python scripts/lock.py`.

`requirements.txt` holds what every command needs. The file of an extra holds what that adds, in the same versions.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
EXTRAS = ("verify", "preview", "portfolio", "cluster", "lab", "dev")
_COMPILE = (
    *(sys.executable, "-m", "uv", "pip", "compile", "--quiet", "--universal", "--python-version", "3.11"),
    *("--generate-hashes", "--no-header", "--no-annotate", "--extra", "build", "pyproject.toml"),
)


def main() -> None:
    """Write the lock file of the base, and one for each extra."""
    base = _locked("requirements.txt")
    for extra in EXTRAS:
        name = f"requirements-{extra}.txt"
        # A package may be there already, but not on every system that the extra is for.
        added = [each for each in _locked(name, "--extra", extra, "-c", "requirements.txt") if each not in base]
        (ROOT / name).write_text("\n".join(added) + "\n", encoding="utf-8")


def _locked(name: str, *options: str) -> list[str]:
    """Let uv write a lock file, and return its entries."""
    subprocess.run([*_COMPILE, *options, "-o", name], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return re.split(r"\n(?=\S)", (ROOT / name).read_text(encoding="utf-8").rstrip("\n"))


if __name__ == "__main__":
    main()
