"""What the page of a household shows of its members: whose loans and guarantees make up its sums.

A household borrows by its members, and a bank looks at it as one: what the page lists is what its
sums count, so that they agree (`household_exposure` counts the same loans and guarantees).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from queries.record_signal import RecordSignal, signal_of

if TYPE_CHECKING:
    from queries.reader import Reader

__all__ = ["MEMBER_QUESTIONS", "HouseholdFile", "MemberFile", "read_household"]

#: What is asked about each member.
MEMBER_QUESTIONS = ("loans", "guarantees_given", "guarantees_received", "adverse_records")


@dataclass(frozen=True)
class MemberFile:
    """What the household's page says of one member.

    Attributes:
        signal: None where nothing of the member is seen.
        balance_fen, guaranteed_fen: what is known of the member's own part.
    """

    key: str
    name: str | None
    role: str | None
    signal: RecordSignal | None
    loan_count: int = 0
    balance_fen: int = 0
    guaranteed_fen: int = 0


@dataclass(frozen=True)
class HouseholdFile:
    """A household by its members.

    Attributes:
        loans: of the household and of its members, one that several signed once.
        given, received: guarantees of the household and of its members, each with `of`, whose it is.
    """

    members: tuple[MemberFile, ...]
    loans: tuple[dict[str, Any], ...]
    given: tuple[dict[str, Any], ...]
    received: tuple[dict[str, Any], ...]


def read_household(
    reader: Reader,
    key: str,
    members: Iterable[Mapping[str, Any]],
    own: Mapping[str, Iterable[dict[str, Any]]],
) -> HouseholdFile:
    """What its members have, asked in one transaction.

    Args:
        members: rows of `household_members`.
        own: rows of the household's own answers, by question.
    """
    of = {row["member_key"]: row for row in members}
    told = reader.ask_of_each(of, MEMBER_QUESTIONS)
    rows = {key: own} | {
        member: {name: answer.rows for name, answer in each.items()}
        for member, each in told.items()
    }
    loans = {row["loan_key"]: {**row, "of": who} for who in rows for row in rows[who]["loans"]}
    return HouseholdFile(
        tuple(_member(reader, row, told.get(member)) for member, row in of.items()),
        tuple(sorted(loans.values(), key=lambda row: (str(row["granted_on"]), row["loan_key"]))),
        tuple({**row, "of": who} for who in rows for row in rows[who]["guarantees_given"]),
        tuple({**row, "of": who} for who in rows for row in rows[who]["guarantees_received"]),
    )


def _member(
    reader: Reader, row: Mapping[str, Any], answers: Mapping[str, Any] | None
) -> MemberFile:
    key, name, role = row["member_key"], row["member_name"], row["role"]
    if answers is None:
        return MemberFile(key, name, role, None)
    adverse = reader.adverse(key, labels=("Person",), answer=answers["adverse_records"])
    loans = answers["loans"].rows
    return MemberFile(
        key,
        name,
        role,
        signal_of(adverse.proven, adverse.unheard),
        len({one["loan_key"] for one in loans}),
        sum(one["balance_fen"] or 0 for one in loans),
        sum(one["owed_fen"] or 0 for one in answers["guarantees_given"].rows),
    )
