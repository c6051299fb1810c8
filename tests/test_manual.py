"""Generated pages are checked, not trusted."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from api.manual import pages, table, write

MANUAL = Path(__file__).parents[1] / "docs" / "manual"


@pytest.mark.parametrize("name", sorted(pages()))
def test_page_is_as_the_code_says(name: str) -> None:
    committed = (MANUAL / name).read_text(encoding="utf-8")
    assert committed == pages()[name], "run `make manual`"


def test_a_cell_cannot_break_its_table(tmp_path: Path) -> None:
    text = table(["a|b"], [["one\ntwo"]])
    assert text.splitlines() == ["| a\\|b |", "| --- |", "| one two |"]
    assert {path.name for path in write(tmp_path)} == set(pages())


def test_every_argument_of_every_command_is_explained_in_both_languages() -> None:
    lines = [line.split(" | ") for line in pages()["commands.md"].splitlines()]
    explained = [
        cells[2] for cells in lines if cells[1:2] in (["参数 / argument"], ["选项 / option"])
    ]
    assert len(explained) > 80
    assert [text for text in explained if not re.search("[一-龥].*/ ?[a-zA-Z]", text)] == []
