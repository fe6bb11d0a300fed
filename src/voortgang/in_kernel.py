"""An IPython extension that the build loads into each of its kernels, before the first cell."""

from __future__ import annotations

import os
import random
from pathlib import Path
from typing import Any

from voortgang import reads

READS = "VOORTGANG_READS"
"""Environment variable: the file that a kernel writes to what it has read."""


def load_ipython_extension(shell: Any) -> None:
    """Give random numbers a fixed start, and record what is read."""
    import numpy as np

    random.seed(0)
    np.random.seed(0)
    reads.record(shell, Path(os.environ[READS]))
