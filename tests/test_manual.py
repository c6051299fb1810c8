"""Generated pages are checked, not trusted."""

from __future__ import annotations

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
