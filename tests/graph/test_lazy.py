"""Names that are looked up when they are used; and what a question does not wait for."""

from __future__ import annotations

import importlib
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

from graph.lazy import attribute_of, homes
from graph.operations.store import Row
from graph.operations.tables import every_table
from queries.questions import _read, find_question, library

_SLOW = ("fastapi", "networkx", "jgo", "numba", "sqlalchemy", "pandas", "jpype")

#: Packages whose names are looked up when they are used.
_LAZY = (
    "graph.engine",
    "graph.operations",
    "graph.operations.audit",
    "ingest",
    "queries",
    "queries.consent",
    "queries.eligibility",
)

_ASKED = """
import sys
import api.command_line, api.terminal, api.wording, api.commands.question
from graph.connection import connect
from queries import ask, library
library()
print(",".join(sorted({name.partition(".")[0] for name in sys.modules})))
"""

_ANSWERED = """
import sys
import api.command_line, api.audit_command, api.services, api.wording, api.grid
from api.who_asks import local_scope
from graph.connection import connect
from graph.operations import Trail
local_scope()
print(",".join(sys.modules))
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


@pytest.mark.parametrize("package", _LAZY)
def test_every_public_name_is_there(package: str) -> None:
    room = importlib.import_module(package)
    for name in room.__all__:
        assert getattr(room, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = room.nothing


@pytest.mark.parametrize("package", _LAZY)
def test_no_name_that_is_looked_up_is_that_of_a_module(package: str) -> None:
    """Whoever asked for it after the module was loaded would be given the module."""
    room = importlib.import_module(package)
    modules = {found.name for found in pkgutil.iter_modules(room.__path__)}
    assert homes(str(room.__file__)).keys() & modules == set()


def test_homes_are_read_from_the_package_itself(tmp_path: Path) -> None:
    file = tmp_path / "__init__.py"
    file.write_text(
        "import os\nif TYPE_CHECKING:\n    from json import dumps, loads as read\n", "utf-8"
    )
    assert homes(str(file)) == {"dumps": ("json", "dumps"), "read": ("json", "loads")}
    assert attribute_of("json", str(file))("read")("[1]") == [1]


def test_a_question_does_not_wait_for_what_it_does_not_use() -> None:
    loaded = loaded_by(_ASKED)
    assert "neo4j" in loaded
    assert loaded & set(_SLOW) == set()


def test_an_answer_in_a_terminal_does_not_wait_for_books_that_it_does_not_open() -> None:
    loaded = loaded_by(_ANSWERED)
    assert {"graph.operations.store", "graph.operations.audit.trail", "neo4j"} <= loaded
    # each table costs milliseconds, and they are seventy
    books = {name for name in loaded if name.startswith("graph.operations.")}
    assert (
        books & {f"graph.operations.{name}" for name in ("consent", "event", "job", "user")}
        == set()
    )
    unused = {
        "pandas",
        "jpype",
        "jgo",
        "urllib.request",
        "queries.eligibility.decisions",
        "pypinyin",
    }
    assert loaded & unused == set()


def test_a_question_is_read_without_the_others() -> None:
    _read.cache_clear()
    assert (asked := find_question("loans")) is not None and asked.name == "loans"
    assert find_question("nothing") is None and find_question("../loan/loans") is None
    assert _read.cache_info().currsize == 1
    assert library()["loans"] == asked and len(library()) > 20


def test_tables_that_hang_on_another_module_s_load_it() -> None:
    """A book that is loaded alone has every table that its rows stand on."""
    where = {
        mapper.local_table.name: mapper.class_.__module__
        for mapper in Row.registry.mappers
        if every_table().tables
    }
    crossing = {
        (where[table.name], where[reference.column.table.name])
        for table in every_table().sorted_tables
        for reference in table.foreign_keys
    }
    program = "import sys, importlib; importlib.import_module(sys.argv[1]); print(*sys.modules)"
    lacking = [
        (book, needed)
        for book, needed in sorted(crossing)
        if book != needed
        and needed
        not in subprocess.run(
            [sys.executable, "-c", program, book], capture_output=True, text=True, check=True
        ).stdout.split()
    ]
    assert len(crossing) > 10 and lacking == []


def test_who_asks_for_help_waits_for_nothing_that_answers() -> None:
    loaded = loaded_by(_HELPED)
    assert "typer" in loaded
    assert loaded & {*_SLOW, "neo4j", "pyarrow", "numpy", "pandas", "pydantic", "queries"} == set()


def test_a_file_is_taken_in_without_what_talks_to_the_graph() -> None:
    """30 MB of every process that reads a file, and of what a million rows may take."""
    loaded = loaded_by(_TAKEN_IN)
    assert "pyarrow" in loaded
    assert loaded & {"neo4j", "jpype", "fastapi", "numba"} == set()
