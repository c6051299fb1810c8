"""The file that goes back to the province (纠错回传标准格式表): checked whole before it leaves.

One wrong line made the whole city's file fail in 2023.  So a file is made only when every line passes;
what is wrong is told line by line.  Its hash is over its rows: the workbook and the printed page carry
the same, so that a stamped copy proves the electronic one.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import ClassVar

from graph.errors import NotFoundError
from graph.identifiers import unified_social_credit_code as uscc
from graph.identifiers.person_in_code import looks_like_a_person
from graph.identifiers.spelling import compact
from graph.identifiers.verdict import Verdict
from graph.names.writing import plain
from graph.operations import CodeChoice, CodeRound
from queries.code_errors.registrar import registrar_of
from queries.rule_file import RuleFile, Strict, read_rules

__all__ = [
    "CorrectionFile",
    "CorrectionLine",
    "Problem",
    "ReturnFile",
    "RoundRule",
    "correction_rules",
    "prepared",
    "round_rule",
]

NEW_CODE, KEEP = 0, 2
_REPEATED = frozenset({"ONE_CODE_MANY_SUBJECTS", "INNER9_SHARED"})


class RoundRule(Strict):
    """What a round takes, and by which notice."""

    notice: str
    allowed: tuple[int, ...]


class CorrectionFile(RuleFile):
    """Operations, columns, and the rounds that are known."""

    FILE: ClassVar[str] = "correction"

    sure: str
    operations: dict[int, str]
    rounds: dict[str, RoundRule]
    columns: dict[str, str]


@dataclass(frozen=True)
class CorrectionLine:
    """One line of the province's list, and what the office chose; `item` is its key."""

    item: str
    code: str
    name: str
    kind: str
    choice: CodeChoice | None


@dataclass(frozen=True)
class Problem:
    """Why a file cannot leave: the line (counted from 1; None: the whole), and what to do."""

    number: int | None
    message_zh: str


@dataclass(frozen=True)
class ReturnFile:
    """A file that may leave.

    Attributes:
        id: SHA-256 of its rows, as hex.
        rows: by column name of `correction.yaml`.
        counts: lines by operation, and `total`.
    """

    id: str
    round: str
    rows: tuple[dict[str, str], ...]
    counts: dict[str, int]


@cache
def correction_rules() -> CorrectionFile:
    """The rules in force."""
    return read_rules(CorrectionFile)


def round_rule(name: str, entered: Mapping[str, CodeRound]) -> RoundRule:
    """What a round takes; what the office entered comes before what we were delivered with.

    Raises `NotFoundError` (`round_unknown`) for a round that nobody entered.
    """
    if (own := entered.get(name)) is not None:
        return RoundRule(notice=own.notice, allowed=own.allowed)
    if (known := correction_rules().rounds.get(name)) is not None:
        return known
    raise NotFoundError(
        f"不知道“{name}”这一轮允许哪些数据操作标识位。请先按通知登记本轮（轮次、允许的标识位、文号）。",
        "Which operations this round takes is not known: enter it from its notice first.",
        code="round_unknown",
    )


def prepared(
    name: str,
    rule: RoundRule,
    lines: Sequence[CorrectionLine],
    *,
    in_use: Mapping[str, str],
    confirmed: Collection[tuple[str, str]],
) -> tuple[ReturnFile | None, tuple[Problem, ...]]:
    """The file of a round, or everything that keeps it from leaving; never a part of it.

    Args:
        in_use: code -> name of whoever has it: a new code must be nobody's.
        confirmed: codes that a person confirmed on evidence, with the kind.
    """
    problems = [*_whole(lines)]
    for number, line in enumerate(lines, 1):
        problems += [Problem(number, text) for text in _of_line(line, rule, in_use, confirmed)]
    problems += _kept_twice(lines)
    if problems:
        return None, tuple(sorted(problems, key=lambda each: each.number or 0))
    rows = tuple(_row(number, line) for number, line in enumerate(lines, 1))
    counts = Counter(row["operation"] for row in rows)
    told = {
        "total": len(rows),
        **{str(code): counts[str(code)] for code in correction_rules().operations},
    }
    return ReturnFile(_hash(name, rows), name, rows, told), ()


def _whole(lines: Sequence[CorrectionLine]) -> Iterable[Problem]:
    if not lines:
        yield Problem(None, "本轮没有任何重错码。请先导入省级下发的重错码汇总表。")
    twice = [item for item, count in Counter(line.item for line in lines).items() if count > 1]
    if twice:
        yield Problem(None, f"有 {len(twice)} 行重复。请核对汇总表。")


def _of_line(
    line: CorrectionLine,
    rule: RoundRule,
    in_use: Mapping[str, str],
    confirmed: Collection[tuple[str, str]],
) -> Iterable[str]:
    titles, choice = correction_rules().operations, line.choice
    if looks_like_a_person(line.code) or "*" in line.code:
        yield "代码栏是身份证号码，不能报出。请与下发单位联系更换汇总表。"
    if choice is None:
        yield "还没有填数据操作标识位。"
        return
    if choice.operation not in rule.allowed:
        allowed = "、".join(f"{code}（{titles[code]}）" for code in rule.allowed)
        yield (
            f"填的是 {choice.operation}（{titles[choice.operation]}），本轮只接受 {allowed}"
            f"（{rule.notice}）；有一行不符，全市的文件都会被退回。"
        )
    new = compact(choice.new_code)
    if choice.operation != NEW_CODE:
        if new:
            yield "只有新赋码才填新代码。请删去新代码。"
    elif not new:
        yield "选了新赋码，没有填新代码。"
    else:
        yield from _of_new_code(new, line, in_use)
    # of several subjects of one code one may keep it; a wrong code stays only on evidence
    seen = line.kind in _REPEATED or any(code == line.code for code, _ in confirmed)
    if choice.operation == KEEP and not seen:
        yield "选了保持不变，但没有凭证照确认过。请先在例外中确认并写明依据。"


def _of_new_code(new: str, line: CorrectionLine, in_use: Mapping[str, str]) -> Iterable[str]:
    found = uscc.check(new)
    if looks_like_a_person(new):
        yield "新代码像身份证号码。"
    elif found.verdict is Verdict.INVALID:
        yield f"新代码不合规则：{found.message_zh}"
    elif new == line.code:
        yield "新代码与原代码相同。"
    elif (holder := in_use.get(new)) is not None and plain(holder) != plain(line.name):
        yield "新代码已经是别的主体的代码。"


def _kept_twice(lines: Sequence[CorrectionLine]) -> Iterable[Problem]:
    """A code keeps at most one subject, and a new code goes to one line alone."""
    kept: dict[str, list[int]] = {}
    given: dict[str, list[int]] = {}
    for number, line in enumerate(lines, 1):
        if line.choice is None:
            continue
        if line.choice.operation == KEEP:
            kept.setdefault(line.code, []).append(number)
        if line.choice.operation == NEW_CODE and line.choice.new_code:
            given.setdefault(compact(line.choice.new_code), []).append(number)
    for numbers in kept.values():
        for number in numbers[1:]:
            yield Problem(
                number, f"同一代码第 {numbers[0]} 行已经保留了一个主体；一个代码至多保留一个。"
            )
    for numbers in given.values():
        for number in numbers[1:]:
            yield Problem(number, f"新代码与第 {numbers[0]} 行的相同。")


def _row(number: int, line: CorrectionLine) -> dict[str, str]:
    assert line.choice is not None
    return {
        "number": str(number),
        "code": line.code,
        "name": line.name,
        "kind": line.kind,
        "registrar": registrar_of(line.code),
        "operation": str(line.choice.operation),
        "new_code": compact(line.choice.new_code),
        "note": line.choice.note,
        "by": line.choice.by,
    }


def _hash(name: str, rows: Sequence[Mapping[str, str]]) -> str:
    text = json.dumps([name, *rows], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
