"""Fill in the Word style document of a report."""

from __future__ import annotations

from pathlib import Path

from voortgang.errors import TemplateError
from voortgang.writing import archive

TITLE, MARK = "{titel}", "{merk}"
"""What the header of `stijl.docx` says where the report's title and mark belong."""


def fill_in(path: Path, title: str, mark: str) -> None:
    """Write the report's title and mark ("Concept · voorbeelddata") into header and footer of a Word style document.

    Raises
    ------
    TemplateError
        When the file is missing or is not a Word document.
    """
    import docx
    from docx.opc.exceptions import PackageNotFoundError

    try:
        document = docx.Document(str(path))
    except (PackageNotFoundError, KeyError, ValueError) as error:
        raise TemplateError(
            "The Word style document is missing or damaged.",
            f"templates/{path.name}",
            "a .docx file",
            f"Restore it, for instance with: git checkout -- templates/{path.name}",
        ) from error
    for section in document.sections:
        for paragraph in (*section.header.paragraphs, *section.footer.paragraphs):
            for run in paragraph.runs:
                for place, text in ((TITLE, title), (MARK, mark)):
                    if place in run.text:
                        run.text = run.text.replace(place, text)
    document.save(str(path))
    archive.fix_times(path)
