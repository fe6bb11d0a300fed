"""List the licence of every locked package, and look up the known faults of its version.

Licences come from the metadata of what is installed; faults from the Python Packaging Advisory Database, by pip-audit.
Ends with 1 when a fault is known, and with 3 when not every package could be looked up: that is no clean result.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

LOCKS = sorted(Path(__file__).parents[1].glob("requirements*.txt"))
_TOOL = "pip-audit==2.10.1"


def main() -> None:
    """Print the licences, then the known faults; end with the status that says what came out."""
    names = {name for lock in LOCKS for name in re.findall(r"^([\w.-]+)==", lock.read_text(encoding="utf-8"), re.M)}
    for name in sorted(names):
        print(f"{name:30} {_licence(name)}")
    command = [sys.executable, "-m", "uv", "tool", "run", "--quiet", _TOOL, "--format=json", "--progress-spinner=off"]
    command += ["--disable-pip", "--require-hashes", *(f"--requirement={lock}" for lock in LOCKS)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if not done.stdout.startswith("{"):
        print(f"Known faults could not be looked up: {done.stderr.strip()[-300:]}", file=sys.stderr)
        sys.exit(3)
    looked_up = json.loads(done.stdout)["dependencies"]
    faults = [(each["name"], each["version"], fault) for each in looked_up for fault in each.get("vulns", ())]
    for name, version, fault in faults:
        mended = ", ".join(fault["fix_versions"]) or "no version yet"
        print(f"{name} {version}: {fault['id']}, mended in {mended}", file=sys.stderr)
    skipped = [each["name"] for each in looked_up if "skip_reason" in each]
    print(f"{len(looked_up) - len(skipped)} packages looked up, {len(faults)} known faults", file=sys.stderr)
    if skipped:
        print(f"{len(skipped)} packages could not be looked up: {', '.join(skipped)}", file=sys.stderr)
    sys.exit(1 if faults else 3 if skipped else 0)


def _licence(name: str) -> str:
    """Return what a package says its licence is: an SPDX expression, else its classifiers, else its own words."""
    try:
        said = distribution(name)
    except PackageNotFoundError:
        return "(not installed on this system)"
    return said.metadata.get("License-Expression") or _classified(said) or "(none stated)"


def _classified(said: Distribution) -> str:
    classes = [each for each in said.metadata.get_all("Classifier", []) if each.startswith("License ::")]
    words = (said.metadata.get("License") or "").strip().splitlines()
    return "; ".join(each.rpartition(" :: ")[2] for each in classes) or (words[0][:80] if words else "")


if __name__ == "__main__":
    main()
