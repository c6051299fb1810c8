"""What was looked at lately: by session, the last first, few, and gone with the log-in."""

from __future__ import annotations

from api.looked_at import LookedAt


def test_the_last_comes_first_and_once() -> None:
    held = LookedAt()
    for key in ("a", "b", "a"):
        held.note("one", key)
    assert held.of("one") == ("a", "b") and held.of("two") == ()


def test_few_are_kept() -> None:
    held = LookedAt()
    for number in range(20):
        held.note("one", str(number))
    assert held.of("one") == tuple(str(number) for number in range(19, 11, -1))
    for session in range(2_001):
        held.note(f"s{session}", "x")
    assert held.of("one") == () and held.of("s2000") == ("x",)


def test_a_session_that_is_over_leaves_nothing() -> None:
    held = LookedAt()
    held.note("one", "a")
    held.forget("one")
    held.forget("never")
    assert held.of("one") == ()
