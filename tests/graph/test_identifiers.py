"""Identifiers against published verdicts, and against every single wrong digit."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.errors import InputError
from graph.identifiers import Verdict, division_code, person_key, resident_id
from graph.identifiers import unified_social_credit_code as uscc
from graph.time import working_days_after

EXPECTED = {
    "valid": Verdict.VALID,
    "nonstandard": Verdict.WARNING,
    "valid15": Verdict.WARNING,
    "invalid": Verdict.INVALID,
}


def test_published_vectors(shared_data: Path) -> None:
    text = (shared_data / "identifiers" / "vectors.json").read_text(encoding="utf-8")
    vectors = json.loads(text)
    assert len(vectors) == 74
    wrong = []
    for row in vectors:
        check = {"uscc": uscc.check, "resident_id": resident_id.check}[row["kind"]]
        found = check(row["value"]).verdict
        expected = EXPECTED.get(row["expect"])
        # an area that no list knows is doubtful where the source only counted digits
        lenient = expected is Verdict.VALID and found is Verdict.WARNING
        if expected is not None and found is not expected and not lenient:
            wrong.append((row["value"], row["expect"], str(found)))
        if expected is None:
            assert found is not Verdict.INVALID, row
    assert wrong == []


@pytest.mark.parametrize(
    ("code", "verdict"),
    [
        ("93610305MA6X00008D", Verdict.VALID),
        ("91610305MA6X00008K", Verdict.VALID),
        ("92610322MA6X000084", Verdict.VALID),
        ("11610305016000005N", Verdict.VALID),
        ("N2610305MF00000054", Verdict.VALID),
        ("91110000600037341L", Verdict.VALID),
        ("00000000000000000X", Verdict.INVALID),
        ("91610305MA6X00008I", Verdict.INVALID),
    ],
)
def test_unified_social_credit_codes(code: str, verdict: Verdict) -> None:
    assert uscc.check(code).verdict is verdict


def test_resident_ids() -> None:
    assert resident_id.check("61032219750315001X").verdict is Verdict.VALID
    assert resident_id.check("610305197503150013").verdict is Verdict.WARNING
    assert resident_id.check("610305202203150015").verdict is Verdict.VALID
    assert resident_id.birth_on("61032219750315001X") == date(1975, 3, 15)
    assert resident_id.mask("61032219750315001X") == "61032219750315****"
    old = resident_id.check("150102880730303")
    assert (old.verdict, old.value) == (Verdict.WARNING, "150102198807303035")
    assert person_key("150102198807303035", "ab" * 32) == person_key(str(old.value), "ab" * 32)


@given(st.integers(0, 999), st.integers(0, 17), st.integers(1, 9))
def test_one_wrong_digit_is_noticed(sequence: int, place: int, shift: int) -> None:
    right = resident_id.complete(f"61032219750315{sequence:03d}")
    assert resident_id.check(right).verdict is Verdict.VALID
    if right[place].isdigit():
        wrong = right[:place] + str((int(right[place]) + shift) % 10) + right[place + 1 :]
        assert resident_id.check(wrong).verdict is Verdict.INVALID


def test_division_history() -> None:
    assert division_code.current("610322", date(2026, 1, 1)) == "610305"
    assert division_code.current("610305", date(2010, 1, 1)) == "610322"
    assert division_code.name("610305100") == "城关镇"


@pytest.mark.parametrize(
    ("decided", "due"),
    [
        (date(2023, 4, 27), date(2023, 5, 10)),
        (date(2023, 9, 27), date(2023, 10, 12)),
        (date(2024, 2, 7), date(2024, 2, 22)),
        (date(2025, 1, 24), date(2025, 2, 10)),
        (date(2026, 2, 12), date(2026, 2, 28)),
    ],
)
def test_seven_working_days(decided: date, due: date) -> None:
    assert working_days_after(decided, 7) == due


def test_an_unknown_year_is_no_guess() -> None:
    with pytest.raises(InputError):
        working_days_after(date(2026, 12, 30), 7)
