"""A program of its own: it sets the text on standard input with Typst, and writes each page or document that it makes.

Nothing of this package is imported, so it starts within some hundredths of a second.
"""

from __future__ import annotations

import json
import sys
from typing import Any


def main(packages: str, given: dict[str, Any]) -> int:
    """Write what Typst makes, each with its length before it; with exit code 1, what it refuses, as JSON.

    Parameters
    ----------
    packages
        Folder that holds the package `typst`.
    given
        What `typst.compile` is called with beside the text.
    """
    sys.path.append(packages)
    import typst

    try:
        made = typst.compile(sys.stdin.buffer.read(), ignore_system_fonts=True, **given)
    except typst.TypstError as error:
        sys.stdout.write(json.dumps({"message": error.message, "hints": list(map(str, error.hints))}))
        return 1
    for content in made if isinstance(made, list) else [made]:
        sys.stdout.buffer.write(len(content).to_bytes(8, "big") + content)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], json.loads(sys.argv[2])))
