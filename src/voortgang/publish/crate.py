"""Describe a bundle as an RO-Crate, in the Workflow Run profile, with the terms of W3C PROV.

The crate says which files were used, which were generated, by which program and when, in a form that general tools
read. The sources of its terms: RO-Crate 1.1, Workflow Run RO-Crate 0.5, PROV-O.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

NAME = "ro-crate-metadata.json"
_PROFILES = (
    "https://w3id.org/ro/wfrun/process/0.5",
    "https://w3id.org/ro/wfrun/workflow/0.5",
    "https://w3id.org/workflowhub/workflow-ro-crate/1.0",
)
_WORKFLOW = "#voortgang"
_KINDS = {
    "csv": "text/csv",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "html": "text/html",
    "ipynb": "application/x-ipynb+json",
    "json": "application/json",
    "md": "text/markdown",
    "odt": "application/vnd.oasis.opendocument.text",
    "pdf": "application/pdf",
    "png": "image/png",
    "svg": "image/svg+xml",
    "ttf": "font/ttf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "yml": "application/yaml",
}
_NOTEBOOK = "https://www.iana.org/assignments/media-types/application/x-ipynb+json"


def crate(manifest: Mapping[str, Any], digests: Mapping[str, str], sizes: Mapping[str, int], report: str) -> bytes:
    """Return `ro-crate-metadata.json` for a bundle. The same bundle gives the same bytes.

    Parameters
    ----------
    manifest
        That of the report.
    digests, sizes
        SHA-256 and length in bytes of every file in the bundle, by its path there.
    report
        Path of the report's folder in the bundle.
    """
    year = manifest["verslagjaar"]
    used = [{"@id": name} for name in sorted(manifest["inputs"]) if name in digests]
    made = [{"@id": f"{report}/{name}"} for name in sorted(manifest["outputs"]) if f"{report}/{name}" in digests]
    ended = datetime.fromisoformat(manifest["made"])
    started = ended - timedelta(seconds=manifest["seconds"])
    parameters = [
        {"@id": f"#parameter-{key}", "@type": "PropertyValue", "name": key, "value": str(value)}
        for key, value in sorted(manifest["parameters"].items())
    ]
    programs = [_program(name, version) for name, version in sorted(_versions(manifest).items())]
    run = {
        "@id": "#run",
        "@type": ["CreateAction", "prov:Activity"],
        "name": f"Making of the report on {year}",
        "instrument": {"@id": _WORKFLOW},
        "agent": {"@id": "#engine"},
        "object": [*used, *({"@id": each["@id"]} for each in parameters)],
        "result": made,
        "startTime": started.isoformat(timespec="seconds"),
        "endTime": manifest["made"],
        "prov:used": used,
        "prov:generated": made,
        "prov:wasAssociatedWith": {"@id": "#engine"},
        "actionStatus": "http://schema.org/CompletedActionStatus",
    }
    root = {
        "@id": "./",
        "@type": "Dataset",
        "name": f"Progress report {year} of a Regio Deal, with all that it was made from",
        "description": "Report, data, notebooks, templates and versions; 'voortgang verify' makes the report again.",
        "datePublished": manifest["made"],
        "license": "Not stated: ask the publisher.",
        "conformsTo": [{"@id": profile} for profile in _PROFILES],
        "mainEntity": {"@id": _WORKFLOW},
        "mentions": {"@id": "#run"},
        "hasPart": [*({"@id": name} for name in sorted(digests)), {"@id": _WORKFLOW}],
    }
    workflow = {
        "@id": _WORKFLOW,
        "@type": ["SoftwareSourceCode", "ComputationalWorkflow", "prov:Plan"],
        "name": "voortgang build",
        "version": manifest["voortgang"],
        "programmingLanguage": {"@id": "#jupyter"},
        "softwareRequirements": [{"@id": each["@id"]} for each in programs],
        "input": [{"@id": each["@id"]} for each in parameters],
        "hasPart": [{"@id": name["@id"]} for name in used if name["@id"].endswith(".ipynb")],
    }
    graph = [
        {
            "@id": NAME,
            "@type": "CreativeWork",
            "about": {"@id": "./"},
            "conformsTo": [
                {"@id": "https://w3id.org/ro/crate/1.1"},
                {"@id": "https://w3id.org/workflowhub/workflow-ro-crate/1.0"},
            ],
        },
        root,
        run,
        workflow,
        {"@id": "#engine", "@type": ["SoftwareApplication", "prov:SoftwareAgent"], "name": "voortgang"},
        {"@id": "#jupyter", "@type": "ComputerLanguage", "name": "Jupyter notebook", "identifier": {"@id": _NOTEBOOK}},
        *({"@id": profile, "@type": "CreativeWork", "name": profile.split("/")[-2]} for profile in _PROFILES),
        *parameters,
        *programs,
        *(_file(name, digests[name], sizes[name]) for name in sorted(digests)),
    ]
    context = [
        "https://w3id.org/ro/crate/1.1/context",
        "https://w3id.org/ro/terms/workflow-run/context",
        {"prov": "http://www.w3.org/ns/prov#"},
    ]
    text = json.dumps({"@context": context, "@graph": graph}, ensure_ascii=False, indent=1, sort_keys=True)
    return (text + "\n").encode()


def _versions(manifest: Mapping[str, Any]) -> dict[str, str]:
    programs = {name: manifest[name] for name in ("python", "pandoc", "quarto") if manifest[name]}
    return programs | manifest["packages"] | {"platform": manifest["platform"]}


def _program(name: str, version: str) -> dict[str, Any]:
    return {"@id": f"#program-{name}", "@type": "SoftwareApplication", "name": name, "version": version}


def _file(name: str, digest: str, size: int) -> dict[str, Any]:
    kind = _KINDS.get(name.rpartition(".")[2])
    return {
        "@id": name,
        "@type": ["File", "prov:Entity"],
        "contentSize": str(size),
        "sha256": digest,
        **({"encodingFormat": kind} if kind else {}),
    }
