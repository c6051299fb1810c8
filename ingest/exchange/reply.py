"""What a partner answered: whether the whole request was taken, and which of its rows were not.

An answer that cannot be read, or whose counts do not fit its rows, is no answer: nobody knows what
became of the request, and it is asked for again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graph.identifiers import unified_social_credit_code as uscc
from graph.identifiers.verdict import Verdict
from graph.operations import ExchangeItem, Outcome
from ingest.exchange.contract import Contract

__all__ = ["NoAnswer", "NotYet", "Reply", "Unheard", "outcomes", "read_reply"]


class NoAnswer(Exception):  # noqa: N818 - it is what happened, not what went wrong with us
    """Nobody knows what became of a request, and why; in Chinese, without what was sent."""


@dataclass(frozen=True)
class NotYet:
    """The partner has the request, or may have it, and has not answered."""


@dataclass(frozen=True)
class Unheard:
    """The partner says that it has no request of that number."""


@dataclass(frozen=True)
class Reply:
    """An answer.

    Attributes:
        means: taken, or nothing was; what means neither is `NoAnswer`.
        rows: place of a row in its request, counted from 1 -> code and message.
    """

    means: str
    code: str
    message: str
    total: int | None
    taken: int | None
    failed: int | None
    rows: Mapping[int, tuple[str, str]]

    @property
    def told(self) -> dict[str, Any]:
        """As it is kept with the request."""
        counts = {"total": self.total, "taken": self.taken, "failed": self.failed}
        return {
            "code": self.code,
            **{name: count for name, count in counts.items() if count is not None},
        }


def read_reply(contract: Contract, body: bytes) -> Reply:
    """Read an answer; raises `NoAnswer`."""
    words = contract.words
    try:
        told = json.loads(body.decode("utf-8-sig"))
        code = str(told[words.code])
        message = str(told.get(words.message) or "")
        total, taken, failed = (
            _count(told.get(name)) for name in (words.total, words.taken, words.failed)
        )
        rows = _rows(contract, told.get(words.rows))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise NoAnswer("对方的回执不完整或者读不出来") from error
    known = contract.codes.get(code)
    if known is None:
        raise NoAnswer(f"对方返回了约定以外的代码 {code[:32]}")
    if known.means == "unknown":
        raise NoAnswer(f"对方返回 {code}：{known.title}")
    said = "；".join(part for part in (known.title, message, known.to_do) if part)
    return Reply(known.means, code, said, total, taken, failed, rows)


def outcomes(contract: Contract, items: Sequence[ExchangeItem], reply: Reply) -> dict[str, Outcome]:
    """What became of every item of a request that was taken; raises `NoAnswer` where the answer is
    about other rows than were sent."""
    found: dict[str, Outcome] = {}
    duplicates = 0
    for place, item in enumerate(items, 1):
        told = reply.rows.get(place)
        if told is None:
            found[item.id] = Outcome("accepted")
            continue
        code, message = told
        known = contract.row_codes.get(code)
        if known is not None and known.means == "taken":
            duplicates += 1
            found[item.id] = Outcome("accepted", code, known.title)
        else:
            title = known.title if known else ""
            said = message or title or "对方没有说明原因"
            hint = _of_known_fault(contract, item, message) or (known.to_do if known else "")
            found[item.id] = Outcome("refused", code, f"{said}　{hint}".strip())
    named = len(reply.rows)
    fits = (
        all(1 <= place <= len(items) for place in reply.rows)
        and reply.total in (None, len(items))
        # a row that was there already is counted among the taken by some, among the failed by others
        and reply.failed in (None, named, named - duplicates)
        and (
            reply.taken is None
            or reply.taken in (len(items) - named, len(items) - named + duplicates)
        )
    )
    if not fits:
        raise NoAnswer("对方回执的数量与明细不符")
    return found


def _of_known_fault(contract: Contract, item: ExchangeItem, message: str) -> str:
    """What is to be done where the partner refuses what is right."""
    for fault in contract.known_faults:
        value = (item.row or {}).get(fault.column)
        if fault.message == message and value and uscc.check(value).verdict is Verdict.VALID:
            return fault.say
    return ""


def _count(value: Any) -> int | None:
    return None if value is None or value == "" else int(value)


def _rows(contract: Contract, told: Any) -> dict[int, tuple[str, str]]:
    words = contract.words
    listed = json.loads(told) if isinstance(told, str) and told else told or []
    rows = {
        int(each[words.place]): (str(each[words.code]), str(each.get(words.message) or ""))
        for each in listed
    }
    if len(rows) != len(listed):
        raise ValueError("a row is named twice")
    return rows
