"""Names that are looked up when they are used; and what a question does not wait for."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path

import pytest

from graph.lazy import attribute_of, homes

_SLOW = ("fastapi", "pandera", "networkx", "jgo", "numba", "sqlalchemy")

_ASKED = """
import sys
import api.command_line, api.terminal, api.wording, api.commands.question
from graph.connection import connect
from queries import ask, library
library()
print(",".join(sorted({name.partition(".")[0] for name in sys.modules})))
"""

_HELPED = """
import sys
import api.command_line
print(",".join(sorted({name.partition(".")[0] for name in sys.modules})))
"""

_TAKEN_IN = """
import sys
import ingest.plan
print(",".join(sorted({name.partition(".")[0] for name in sys.modules})))
"""


def loaded_by(program: str) -> set[str]:
    """Packages that are there after a program in a process of its own, which prints them."""
    said = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout
    return set(said.strip().split(","))


@pytest.mark.parametrize("package", ["ingest", "queries"])
def test_every_public_name_is_there(package: str) -> None:
    room = importlib.import_module(package)
    for name in room.__all__:
        assert getattr(room, name).__name__ == name if name != "HINT_NOTICE" else room.HINT_NOTICE
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = room.nothing


def test_homes_are_read_from_the_package_itself(tmp_path: Path) -> None:
    file = tmp_path / "__init__.py"
    file.write_text("import os\nif TYPE_CHECKING:\n    from json import dumps, loads\n", "utf-8")
    assert homes(str(file)) == {"dumps": "json", "loads": "json"}
    assert attribute_of("json", str(file))("loads")("[1]") == [1]


def test_a_question_does_not_wait_for_what_it_does_not_use() -> None:
    loaded = loaded_by(_ASKED)
    assert "neo4j" in loaded
    assert loaded & set(_SLOW) == set()


def test_who_asks_for_help_waits_for_nothing_that_answers() -> None:
    loaded = loaded_by(_HELPED)
    assert "typer" in loaded
    assert loaded & {*_SLOW, "neo4j", "pyarrow", "numpy", "pandas", "pydantic", "queries"} == set()


def test_a_file_is_taken_in_without_what_talks_to_the_graph() -> None:
    """30 MB of every process that reads a file, and of what a million rows may take."""
    loaded = loaded_by(_TAKEN_IN)
    assert "pyarrow" in loaded
    assert loaded & {"neo4j", "jpype", "fastapi", "numba"} == set()
