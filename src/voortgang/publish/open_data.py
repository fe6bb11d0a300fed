"""The tables behind a report, as its edition may show them: a Frictionless data package."""

from __future__ import annotations

from voortgang.publish.rows_behind import Evidence
from voortgang.workspace import schema

FOLDER = "gegevens"
"""Folder of the tables beside the report."""


def tables(evidence: Evidence, title: str) -> dict[str, bytes]:
    """Return the files of the data package: the rows known on the reference date, and their description.

    In the edition `openbaar` what a party asked to keep confidential is absent (Art. 10.1); withheld bookings are added
    up.

    Parameters
    ----------
    title
        Title of the package.
    """
    absent = schema.absent(evidence.data.workspace)
    names = [table.name for table in schema.tables() if table.name not in absent]
    files = {f"{FOLDER}/{name}.csv": evidence.table(name).csv() for name in names}
    deal, is_public = evidence.data.deal, evidence.view.edition == "openbaar"
    files[f"{FOLDER}/datapackage.json"] = schema.data_package(
        title, True, is_public, deal.publisher, deal.colophon.licence, absent
    )
    return {name: text.encode() for name, text in files.items()}
