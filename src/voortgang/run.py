"""Execute notebooks with papermill."""

from __future__ import annotations

import logging
from pathlib import Path

from voortgang.errors import NotebookError
from voortgang.plan import Run
from voortgang.workspace import Workspace


def execute(run: Run, output: Path, workspace: Workspace) -> None:
    """Execute one notebook in a kernel of its own and write it, with outputs, to `output`.

    Parameters
    ----------
    run
        The notebook and its parameters.
    output
        Where the executed notebook goes.
    workspace
        The notebook runs in its folder, so that it behaves as in JupyterLab.

    Raises
    ------
    NotebookError
        When a cell raises, takes longer than `cell_timeout`, or its kernel dies. Names notebook, cell, source and
        parameters.
    """
    import papermill
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    from papermill.exceptions import PapermillExecutionError

    logging.getLogger("papermill").setLevel(logging.ERROR)
    try:
        papermill.execute_notebook(
            _as_template(run.notebook),
            _as_template(output),
            parameters=run.given,
            kernel_name="python3",
            language="python",
            progress_bar=False,
            log_output=False,
            execution_timeout=run.parameters.cell_timeout,
            # papermill's own `cwd` changes the folder of the whole build, which parallel runs share.
            resources={"metadata": {"path": str(workspace.notebooks)}},
            kernel_manager_class="voortgang.kernels.LocalKernelManager",
        )
    except PapermillExecutionError as error:
        raise _failed(run, workspace, output, f"{error.ename}: {error.evalue}") from error
    except CellTimeoutError as error:
        raise _failed(
            run, workspace, output, f"a cell took longer than {run.parameters.cell_timeout} seconds"
        ) from error
    except DeadKernelError as error:
        raise _failed(run, workspace, output, "the kernel died") from error


def _as_template(path: Path) -> str:
    """Write a path so that papermill, which fills in `{name}` in paths, leaves it as it is."""
    return str(path).replace("{", "{{").replace("}", "}}")


def _failed(run: Run, workspace: Workspace, output: Path, why: str) -> NotebookError:
    """Build the message from the partly executed notebook, which papermill writes before it raises."""
    import nbformat

    number, source = 0, ""
    if output.is_file():
        cells = [cell for cell in nbformat.read(output, as_version=4).cells if cell.cell_type == "code"]
        # papermill puts cells of its own around the failing one; they are no part of the notebook.
        cells = [c for c in cells if "papermill-error-cell-tag" not in c.metadata.get("tags", [])]
        failed = [
            index
            for index, cell in enumerate(cells)
            if cell.metadata.get("papermill", {}).get("exception")
            or cell.metadata.get("papermill", {}).get("status") != "completed"
        ]
        if failed:
            own = [c for c in cells[: failed[0]] if "injected-parameters" not in c.metadata.get("tags", [])]
            number, source = len(own) + 1, cells[failed[0]].source
    shown = "\n".join(f"| {line}" for line in source.splitlines()[:12])
    given = ", ".join(f"{key}={value!r}" for key, value in run.given.items())
    return NotebookError(
        f"The notebook {run.name} failed: {why}",
        f"{workspace.relative(run.notebook)}" + (f", code cell {number}\n{shown}" if number else ""),
        f"a notebook that runs from top to bottom with {given}",
        "Open the notebook with 'make lab', set these parameters in the cell tagged 'parameters', and run it.",
    )
