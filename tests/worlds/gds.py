"""The worked examples of the Neo4j GDS manual: the graphs as printed there, and the printed rows."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_NODE = re.compile(r"\((\w+):\w+ \{name:\s*'([^']+)'")
_TIE = re.compile(r"\((\w+)\)-\[:\w+ \{\w+:\s*([\d.]+)\}\]->\((\w+)\)")


@dataclass(frozen=True)
class GdsPage:
    """One page of the manual: names of its nodes, its ties with their value, its examples."""

    names: list[str]
    ties: dict[tuple[int, int], float]
    examples: list[dict[str, Any]]

    def rows(self, *, having: str) -> list[list[Any]]:
        """Rows of the one example whose query has some words."""
        (found,) = [item["rows"] for item in self.examples if having in item["query"]]
        return [[_value(cell) for cell in row] for row in found]


def _value(cell: str) -> Any:
    return json.loads(cell) if cell[:1] in '"[-.0123456789' and "Node[" not in cell else cell


def gds_page(shared_data: Path, name: str) -> GdsPage:
    """A page of the manual, by the name of its file."""
    path = shared_data / "gds_doc_examples" / "gds_doc_examples.json"
    pages = json.loads(path.read_text(encoding="utf-8"))
    (page,) = [item for item in pages if item["file"].endswith(f"/{name}.adoc")]
    setup = "\n".join(page["setup"])
    names = dict(_NODE.findall(setup))
    number = {variable: place for place, variable in enumerate(names)}
    ties = {(number[a], number[b]): float(value) for a, value, b in _TIE.findall(setup)}
    assert len(ties) == setup.count("]->("), "the page holds ties that were not read"
    return GdsPage(list(names.values()), ties, page["examples"])
