"""The evaluation table of the sample: each number with its rows, entered values with their author."""

from __future__ import annotations

from typing import Any

import pytest

from graph.errors import InputError, NotFoundError
from queries.government import (
    GovernmentBook,
    enter_value,
    evaluate,
    evaluation_rules,
    figure_rows,
)

#: Of the planted bodies: roads, school, parks; numerator and denominator by hand.
WANTED = {
    "commitments_kept": [(2, 3), (1, 1), (0, 0)],
    # kept on its last day; kept late; not kept; of the one kept without a day nobody can say
    "commitments_in_time": [(1, 3), (0, 0), (0, 0)],
    "commitments_unknown": [(1, 4), (0, 1), (0, 0)],
    "arrears_cleared": [(2, 4), (0, 3), (0, 5)],
    "arrears_below_minimum": [(0, None), (1, None), (0, None)],
    "disclosure_in_time": [(1, 1), (0, 1), (0, 1)],
    "judgment_debtor": [(1, None), (1, None), (0, None)],
    "arrears_recorded": [(0, None), (0, None), (0, None)],
    "overreach": [(0, None), (0, None), (0, None)],
    "concealed": [(0, None), (0, None), (0, None)],
}


def test_every_number_by_hand_and_its_rows(planted_bodies: Any, book: GovernmentBook) -> None:
    reader, store, bodies = (
        planted_bodies.reader(), planted_bodies.store, planted_bodies.truth["bodies"],
    )  # fmt: skip
    table = evaluate(reader, store, 2026)
    # who only owes and is no public body is not evaluated
    assert [*table.bodies] == sorted(bodies, key=lambda key: book.bodies[key] or "")
    for indicator, wanted in WANTED.items():
        found = [table.of(body, indicator) for body in bodies]
        assert [(one.numerator, one.denominator) for one in found] == wanted, indicator
        for one in found:
            rows = figure_rows(reader, store, 2026, one.body, indicator)
            assert len(rows.counted) == one.numerator
            assert (None if rows.of is None else len(rows.of)) == one.denominator
            assert rows.of is None or {*rows.counted} <= {*rows.of}
    kept = table.of(bodies[0], "commitments_kept")
    assert kept.ratio == pytest.approx(2 / 3)
    assert table.of(bodies[2], "commitments_kept").ratio is None
    assert {one.id for one in table.indicators if one.by == "computed"} == {*WANTED}


def test_what_facts_do_not_give_is_entered_with_its_author(planted_bodies: Any) -> None:
    reader, store = planted_bodies.reader(), planted_bodies.store
    body = planted_bodies.truth["bodies"][1]
    before = evaluate(reader, store, 2025, body=body).of(body, "litigation_lost")
    # nobody said it: that is not nought
    assert (before.numerator, before.ratio) == (None, None)

    def enter(indicator: str = "litigation_lost", **said: Any) -> Any:
        told = {"numerator": 1, "denominator": 8, "evidence": "法院通报", "by": "样本丙", **said}
        return enter_value(reader, store, 2025, told.pop("body", body), indicator, **told)

    enter(numerator=2)
    enter(by="样本丁")
    after = evaluate(reader, store, 2025, body=body).of(body, "litigation_lost")
    assert (after.numerator, after.denominator, after.entered_by) == (1, 8, "样本丁")
    assert after.evidence == "法院通报" and after.entered_at is not None
    assert evaluate(reader, store, 2026, body=body).of(body, "litigation_lost").numerator is None
    for wrong, code in (
        ({"numerator": 9}, "value_wrong"), ({"numerator": -1}, "value_wrong"),
        ({"denominator": None}, "value_wrong"), ({"indicator": "commitments_kept"}, "value_computed"),
        ({"by": ""}, "user_missing"), ({"evidence": " "}, "evidence_missing"),
    ):  # fmt: skip
        with pytest.raises(InputError) as refused:
            enter(**wrong)
        assert refused.value.cause_code == code
    for lost in ({"indicator": "charm"}, {"body": "org:91610305MA9T00018F"}):
        with pytest.raises(NotFoundError):
            enter(**lost)


def test_lines_are_dated_and_nothing_is_weighed(planted_bodies: Any) -> None:
    table = evaluate(planted_bodies.reader(), planted_bodies.store, 2026)
    assert {one.side for one in table.indicators} == {*evaluation_rules().sides}
    assert not {"score", "grade", "rank", "weight"} & {
        *table.__dataclass_fields__, *table.figures[0].__dataclass_fields__,
    }  # fmt: skip
    with pytest.raises(NotFoundError):
        evaluate(planted_bodies.reader(), planted_bodies.store, 2019)
    with pytest.raises(NotFoundError):
        figure_rows(
            planted_bodies.reader(), planted_bodies.store, 2026, "org:x", "commitments_kept"
        )
