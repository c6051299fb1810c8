"""Values as people read them, on pages and in tables."""

from __future__ import annotations

from api.wording import money, show


def test_no_number_is_told_in_powers_of_ten() -> None:
    assert show(1_204_000.0) == "1,204,000.00"
    assert (show(0.5), show(12), show(None)) == ("0.5", "12", "—")
    assert money(120_400_000) == "120.40 万元"
