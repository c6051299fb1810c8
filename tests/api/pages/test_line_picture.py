"""A line of months: where it breaks, and where it stands."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from api.pages.line_picture import draw_line


def points(parts: tuple[str, ...]) -> list[list[tuple[float, float]]]:
    return [[tuple(map(float, one.split(","))) for one in part.split()] for part in parts]  # type: ignore[misc]


def test_by_hand() -> None:
    found = draw_line([0, 10, None, 5, None, 10])
    assert points(found.parts) == [[(5.0, 51.0), (51.0, 5.0)]]
    # what stands alone is a dot, and so is the last
    assert found.dots == ((143.0, 28.0), (235.0, 5.0)) and found.zero == 51.0


def test_of_nothing_nothing_is_drawn() -> None:
    found = draw_line([None, None])
    assert (found.parts, found.dots, found.zero) == ((), (), None)
    assert draw_line([0.0, 0.0]).zero == 51.0


@given(st.lists(st.one_of(st.none(), st.floats(-1e12, 1e12)), min_size=1, max_size=20))
def test_every_known_month_is_in_the_picture_and_in_order(values: list[float | None]) -> None:
    found = draw_line(values)
    drawn = [point for run in points(found.parts) for point in run]
    every = sorted({*drawn, *found.dots})
    known = [value for value in values if value is not None]
    assert len(every) == len(known)
    for (x, y), value in zip(every, known, strict=True):
        assert 0 <= x <= found.width and 0 <= y <= found.height
        # higher is more
        assert all(
            y <= other + 0.11 for (_, other), less in zip(every, known, strict=True) if less < value
        )
