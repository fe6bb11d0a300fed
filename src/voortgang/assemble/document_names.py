"""How the documents of a report are named, and as what they are made."""

from __future__ import annotations

FORMATS = ("html", "pdf", "docx")
"""What a document is made as that says nothing of it."""

REPORT = "rapport.qmd"
"""The document that is the report; a project may have others."""

Job = tuple[str, str]
"""A document of the project, and a format."""
