"""Execute notebooks with papermill."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import papermill
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from papermill.exceptions import PapermillExecutionError

from voortgang.errors import NotebookError
from voortgang.plan import Run
from voortgang.workspace import Workspace

# papermill logs what this module raises.
logging.getLogger("papermill").setLevel(logging.CRITICAL)


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
    begun: list[Any] = []
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
            on_cell_start=lambda cell, cell_index: begun.append(cell),
        )
    except PapermillExecutionError as error:
        raise _failed(run, workspace, begun, f"{error.ename}: {error.evalue}") from error
    except CellTimeoutError as error:
        limit = run.parameters.cell_timeout
        raise _failed(run, workspace, begun, f"a cell took longer than {limit} seconds") from error
    except DeadKernelError as error:
        raise _failed(run, workspace, begun, "the kernel died") from error


def _as_template(path: Path) -> str:
    """Write a path so that papermill, which fills in `{name}` in paths, leaves it as it is."""
    return str(path).replace("{", "{{").replace("}", "}}")


def _failed(run: Run, workspace: Workspace, begun: list[Any], why: str) -> NotebookError:
    """Build the message from the cells that were begun: the last one is where it ended."""
    # The cell in which papermill sets the parameters is no part of the notebook.
    cells = [
        cell
        for cell in begun
        if cell.cell_type == "code" and "injected-parameters" not in cell.metadata.get("tags", [])
    ]
    shown = "".join(f"\n| {line}" for line in cells[-1].source.splitlines()[:12]) if cells else ""
    given = ", ".join(f"{key}={value!r}" for key, value in run.given.items())
    return NotebookError(
        f"The notebook {run.name} failed: {why}",
        workspace.relative(run.notebook) + (f", code cell {len(cells)}{shown}" if cells else ""),
        f"a notebook that runs from top to bottom with {given}",
        "Open the notebook with 'make lab', set these parameters in the cell tagged 'parameters', and run it.",
    )
