"""The driver of Neo4j is told that there is no pandas, and does not load it: a fifth of a second of every question.

It takes pandas, where that is installed, to send data frames and to give its answers as such; ours goes
to the graph and comes back as plain values (`graph.connection`).  To be imported before the driver; after it,
it changes nothing.
"""

from __future__ import annotations

import sys
from types import ModuleType

import numpy
import pyarrow
import pyarrow.compute

__all__: list[str] = []

#: Where the driver keeps what it found installed.
_FOUND = "neo4j._optional_deps"


class _Found(ModuleType):
    np, pa, pa_compute, pd = numpy, pyarrow, pyarrow.compute, None


if "neo4j" not in sys.modules:
    sys.modules[_FOUND] = _Found(_FOUND)
