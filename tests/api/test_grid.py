"""Tables of commands: folded where they must be, never cut."""

from __future__ import annotations

import io

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from api.grid import Grid

KEY = "person:3db3309ccdd95879d408aa0ec6ce6c1b"
_FRAME = set("│┃━┏┓┳┡╇┩└┴┘─ \n")


def printed(grid: Grid, width: int, *, terminal: bool = True) -> str:
    stream = io.StringIO()
    grid.print(Console(file=stream, force_terminal=terminal, color_system=None, width=width))
    return stream.getvalue()


def test_a_key_stands_whole_on_one_line_at_any_width() -> None:
    grid = Grid(
        "贷款", ["主体编号", "名称", "用途", "余额"], [[KEY, "张三", "种植苹果和养羊", "1.20 万元"]]
    )
    for width in (60, 80, 120, 200):
        assert any(KEY in line for line in printed(grid, width).splitlines()), width


def test_what_does_not_fit_as_a_table_is_listed() -> None:
    grid = Grid("关系", ["一方", "另一方"], [[KEY, KEY], [KEY, "org:91610305MA9100047Y"]])
    listed = printed(grid, 60)
    assert "┃" not in listed and "── 2 / 2" in listed
    assert "┃" in printed(grid, 120)


def test_a_pipe_is_as_wide_as_it_needs() -> None:
    wide = Grid("题", ["甲", "乙"], [[KEY, "字" * 200]])
    lines = printed(wide, 20, terminal=False).splitlines()
    assert any(KEY in line for line in lines)
    assert max(map(len, lines)) < 130  # a column of words is folded at sixty


def test_a_column_that_may_not_give_takes_no_room_from_the_last() -> None:
    """Columns of whole numbers between words: rich cut the last of them."""
    rows = [
        ["", "", "99、、、、、", "999999、、、"],
        ["", "9" * 15, "", ""],
        ["9" * 12, "", "", ""],
    ]
    for width in range(60, 66):
        shown = printed(Grid("题", ["甲", "乙", "丙", "丁"], rows), width)
        assert shown.count("、") == 8 and shown.count("9") == 35
        assert max(map(cell_len, shown.splitlines())) <= width


def test_no_rows_are_said() -> None:
    assert "没有记录" in printed(Grid("题", ["甲"], []), 80)
    assert "没有记录" in printed(Grid("题", ["甲" * 30, "乙" * 30], []), 20)


_CELLS = st.text(st.sampled_from("甲乙丙[]ab:9 万元、"), max_size=60)


@given(
    st.integers(2, 4).flatmap(
        lambda n: st.lists(st.lists(_CELLS, min_size=n, max_size=n), min_size=1, max_size=4)
    ),
    st.integers(30, 200),
    st.booleans(),
)
def test_nothing_is_cut(rows: list[list[str]], width: int, terminal: bool) -> None:
    columns = [f"列{place}" for place in range(len(rows[0]))]
    shown = printed(Grid("题", columns, rows), width, terminal=terminal)
    assert "…" not in shown
    kept = sorted(char for char in shown if char not in _FRAME)
    headings = "题" + "".join(columns) * (1 if "┃" in shown else len(rows))
    numbers = "" if "┃" in shown else "".join(f"{n}/{len(rows)}" for n in range(1, len(rows) + 1))
    wanted = headings + numbers + "".join("".join(row) for row in rows)
    assert kept == sorted(char for char in wanted if char not in _FRAME)
