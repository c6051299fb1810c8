"""A correction file leaves whole or not at all, and one code keeps at most one subject."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from breadth import examples
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.errors import NotFoundError
from graph.identifiers import unified_social_credit_code as uscc
from graph.operations import CodeChoice, CodeRound
from queries.code_errors.correction import (
    CorrectionLine,
    RoundRule,
    prepared,
    round_rule,
)

AT = datetime(2026, 4, 1, tzinfo=UTC)
WRONG, TWICE = "91610305MA9C099911", uscc.complete("91610305MA9C0998")
NEW = uscc.complete("91610305MA9C0997")
ANY = RoundRule(notice="样函〔2026〕1号", allowed=(0, 1, 2))
DELETE_ONLY = round_rule("2023", {})


def line(
    operation: int | None, *, item: str = "a", code: str = WRONG, name: str = "样甲厂",
    kind: str = "CHECK_DIGIT", new: str = "",
) -> CorrectionLine:  # fmt: skip
    choice = None
    if operation is not None:
        choice = CodeChoice(1, "2023", item, operation, new, "", "王五", AT)
    return CorrectionLine(item, code, name, kind, choice)


def why_not(*lines: CorrectionLine, rule: RoundRule = ANY, **more: object) -> list[str]:
    given_ = {"in_use": {}, "confirmed": frozenset(), **more}
    file, problems = prepared("2023", rule, lines, **given_)  # type: ignore[arg-type]
    assert (file is None) == bool(problems)
    return [each.message_zh for each in problems]


def test_the_round_of_2023_takes_deletions_only() -> None:
    assert DELETE_ONLY.allowed == (1,)
    assert not why_not(line(1), rule=DELETE_ONLY)
    for operation in (0, 2):
        (said, *_) = why_not(line(operation, new=NEW if operation == 0 else ""), rule=DELETE_ONLY)
        assert "本轮只接受 1（删除）" in said


def test_a_round_that_nobody_entered_is_asked_for() -> None:
    with pytest.raises(NotFoundError) as refused:
        round_rule("2031", {})
    assert refused.value.cause_code == "round_unknown"
    entered = {"2023": CodeRound("2023", (0, 1), "样函", "王五", AT)}
    assert round_rule("2023", entered).allowed == (0, 1)


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ((), "没有任何重错码"),
        ((line(None),), "还没有填"),
        ((line(0),), "没有填新代码"),
        ((line(0, new="91610305MA9C09970"),), "不合规则"),
        ((line(0, new="610322201406289836"),), "像身份证号码"),
        ((line(0, new=TWICE, code=TWICE),), "与原代码相同"),
        ((line(1, new=NEW),), "只有新赋码才填"),
        ((line(2),), "没有凭证照确认过"),
        ((line(1, code="610322200406307817"),), "不能报出"),
        ((line(1), line(1)), "行重复"),
        ((line(0, new=NEW), line(0, item="b", name="样乙厂", new=NEW)), "新代码与第 1 行的相同"),
        (
            tuple(
                line(2, item=item, code=TWICE, name=item, kind="ONE_CODE_MANY_SUBJECTS")
                for item in "ab"
            ),
            "至多保留一个",
        ),
    ],
)
def test_what_keeps_a_file_from_leaving(lines: tuple[CorrectionLine, ...], words: str) -> None:
    assert any(words in said for said in why_not(*lines))


def test_a_new_code_is_nobody_elses() -> None:
    assert why_not(line(0, new=NEW), in_use={NEW: "别家"}) == ["新代码已经是别的主体的代码。"]
    assert not why_not(line(0, new=NEW), in_use={NEW: "样甲厂"})
    assert not why_not(line(2), confirmed=frozenset({(WRONG, "CHECK_DIGIT")}))


def test_one_of_two_keeps_its_code_and_the_file_is_sealed() -> None:
    both = [
        line(2, item="a", code=TWICE, kind="ONE_CODE_MANY_SUBJECTS"),
        line(0, item="b", code=TWICE, name="样乙厂", kind="ONE_CODE_MANY_SUBJECTS", new=NEW),
    ]
    file, problems = prepared("2023", ANY, both, in_use={}, confirmed=frozenset())
    assert file is not None and not problems
    assert file.counts == {"total": 2, "0": 1, "1": 0, "2": 1}
    assert [(row["operation"], row["new_code"]) for row in file.rows] == [("2", ""), ("0", NEW)]
    again, _ = prepared("2023", ANY, both, in_use={}, confirmed=frozenset())
    assert again is not None and again.id == file.id
    other, _ = prepared("2023", ANY, both[::-1], in_use={}, confirmed=frozenset())
    assert other is not None and other.id != file.id


@settings(max_examples=examples(30))
@given(st.lists(st.sampled_from([None, 0, 1, 2]), min_size=1, max_size=6))
def test_a_file_has_every_line_or_there_is_none(operations: list[int | None]) -> None:
    lines = [
        line(op, item=str(n), name=str(n), new=NEW if op == 0 else "")
        for n, op in enumerate(operations)
    ]
    file, problems = prepared("2023", DELETE_ONLY, lines, in_use={}, confirmed=frozenset())
    if all(op == 1 for op in operations):
        assert file is not None and len(file.rows) == file.counts["1"] == len(lines)
    else:
        assert file is None
        assert {each.number for each in problems} == {
            n for n, op in enumerate(operations, 1) if op != 1
        }
