"""Make the documentation site in `dist/docs/` without Quarto: `python scripts/docs_site.py`.

`make docs` calls Quarto where it is installed (`docs/_quarto.yml`), and this where it is not: every page of `docs/`,
and the README as the first, through Pandoc, with links between them.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pypandoc

ROOT = Path(__file__).parents[1]
TARGET = ROOT / "dist" / "docs"
STYLE = """
body { max-width: 50rem; margin: 2rem auto; padding: 0 1rem; font: 1rem/1.6 sans-serif; color-scheme: light dark }
img { max-width: 100% }
pre { overflow: auto; padding: .7rem; background: color-mix(in srgb, currentColor 7%, transparent) }
table { border-collapse: collapse }
td, th { padding: .3rem .6rem; border-bottom: 1px solid; text-align: left; vertical-align: top }
"""


def main() -> None:
    """Write a page for each Markdown file, and copy the pictures."""
    shutil.rmtree(TARGET, ignore_errors=True)
    shutil.copytree(ROOT / "docs" / "pictures", TARGET / "pictures")
    pages = sorted((ROOT / "docs").rglob("*.md"))
    for path in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *pages):
        name = path.relative_to(ROOT / "docs") if path in pages else Path(path.name.replace("README", "index"))
        target = TARGET / name.with_suffix(".html")
        target.parent.mkdir(parents=True, exist_ok=True)
        up = "../" * (len(name.parts) - 1)
        text = path.read_text(encoding="utf-8").replace("](docs/", "](")
        text = re.sub(r"\]\(([^):]+)\.md(#[^)]*)?\)", lambda link: f"]({link[1]}.html{link[2] or ''})", text)
        links = "\n".join(
            f'<a href="{up}{page.relative_to(ROOT / "docs").with_suffix(".html").as_posix()}">{page.stem}</a> ·'
            for page in pages
            if page.parent == ROOT / "docs"
        )
        command = [pypandoc.get_pandoc_path(), "--from=gfm", "--to=html", "--standalone", f"--output={target}"]
        variables = {
            "header-includes": f"<style>{STYLE}</style>",
            "include-before": f'<nav><a href="{up}index.html">voortgang</a> · {links}</nav>',
        }
        subprocess.run(
            [
                *(*command, "--metadata=lang:en", "--shift-heading-level-by=-1"),
                *(f"--variable={name}:{value}" for name, value in variables.items()),
            ],
            input=text.encode(),
            check=True,
        )


if __name__ == "__main__":
    main()
