"""What comes of it: candidates in bands, what the answer as a whole says, and what may follow.

A candidate that is not `sure` is shown for looking up and for nothing else: no record of it is a record of
whoever was asked for, no risk is carried over, nothing is decided by it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from graph.termed import Termed
from ingest.identity.comparison import Reason
from ingest.matching.candidates import gather, read_cards
from ingest.matching.policy import MatchPolicy, match_policy
from ingest.matching.subject import Subject
from ingest.matching.weighing import Weighed, weigh
from queries.basis import Basis
from queries.reader import Reader

__all__ = ["NOTICE", "Match", "MatchAnswer", "MatchReason", "Matched", "Outcome", "match_all"]

#: Goes with every candidate that no number proves.
NOTICE = (
    "疑似同一主体只供查找和核对；核对证件号码之前，不参与风险计算和任何判定，也不是其不利记录的依据"
)

#: A score that no number gave, of a hundred.
_HIGHEST_UNPROVEN = 99
_MOST_BITS = 99.0
#: Subjects whose searches go in one transaction.
_AT_ONCE = 20


class Outcome(Termed):
    """What an answer as a whole says."""

    SURE = "sure", "已确认"
    CONTRADICTED = "contradicted", "号码相同而名称不符，须核对原件"
    LIKELY = "likely", "很可能是第一个，须核对号码"
    AMBIGUOUS = "ambiguous", "几个都很可能，请补充号码、村镇或年龄"
    POSSIBLE = "possible", "只有可能的，请补充号码、村镇或年龄"
    NONE = "none", "在可查看的范围内没有找到；不等于没有这个主体"


@dataclass(frozen=True)
class MatchReason:
    """One reason, as an officer reads it; `bits` are its weight, and more of them say more."""

    rule: str
    level: str
    text: str
    asked: str
    known: str
    bits: float
    note: str | None


@dataclass(frozen=True)
class Match:
    """One candidate.

    Attributes:
        score: of a hundred; a hundred is a number's alone.
        is_proven: whether a number proves it and the name does not contradict: only then may anything
            that is known of the candidate be used of whoever was asked for.
    """

    key: str
    name: str | None
    labels: tuple[str, ...]
    masked: str | None
    town: str | None
    village: str | None
    age: int | None
    band: str
    band_label: str
    score: int
    is_proven: bool
    reasons: tuple[MatchReason, ...]


@dataclass(frozen=True)
class Matched:
    """The answer to one subject.

    Attributes:
        faults: what could not be looked for, and why.
        truncated: whether there are more of the name than were looked at.
    """

    ref: str
    outcome: Outcome
    outcome_label: str
    candidates: tuple[Match, ...]
    faults: tuple[str, ...]
    truncated: bool

    @property
    def proven(self) -> Match | None:
        """The one that a number proves; None where it could be two parties'."""
        proven = [one for one in self.candidates if one.is_proven]
        return proven[0] if len(proven) == 1 else None


@dataclass(frozen=True)
class MatchAnswer:
    """The answers to all, in the order asked."""

    matches: tuple[Matched, ...]
    bands: dict[str, str]
    notice: str
    policy: str
    basis: Basis


def match_all(
    reader: Reader, subjects: Sequence[Subject], *, with_mentions: bool = False, most: int = 0
) -> MatchAnswer:
    """Who each of them may be, as the reader sees it.

    Args:
        with_mentions: beside who was found by the number, those named likewise of whom no number is
            known: they may be the same.
        most: candidates of each; 0: as the policy says.
    """
    policy = match_policy()
    if most:
        policy = policy.model_copy(update={"most_candidates": most})
    matches = []
    for start in range(0, len(subjects), _AT_ONCE):
        matches += _match(reader, subjects[start : start + _AT_ONCE], policy, with_mentions)
    bands = {str(name): rule.wording for name, rule in policy.bands.items()}
    return MatchAnswer(tuple(matches), bands, NOTICE, policy.name, reader.basis)


def _match(
    reader: Any, subjects: Sequence[Subject], policy: MatchPolicy, with_mentions: bool
) -> list[Matched]:
    gathered = gather(reader, subjects)
    weighed = [
        weigh(one, policy, with_mentions=with_mentions)[: policy.most_weighed] for one in gathered
    ]
    asks_more = [one.birth_on is not None or one.sex is not None for one in subjects]
    read_cards(
        reader,
        (
            each.found
            for more, some in zip(asks_more, weighed, strict=True)
            if more
            for each in some
            if each.found.label == "Person"
        ),
    )
    found = []
    for one, some, more in zip(gathered, weighed, asks_more, strict=True):
        if more:
            one.found = {each.found.key: each.found for each in some}
            some = weigh(one, policy, with_mentions=with_mentions)
        found.append(_told(one.subject, some, policy, truncated=one.truncated))
    return found


def _told(
    subject: Subject, weighed: Sequence[Weighed], policy: MatchPolicy, *, truncated: bool
) -> Matched:
    outcome = _outcome(weighed)
    return Matched(
        ref=subject.ref,
        outcome=outcome,
        outcome_label=outcome.term,
        candidates=tuple(_candidate(one, policy) for one in weighed[: policy.most_candidates]),
        faults=subject.faults,
        truncated=truncated or len(weighed) > policy.most_candidates,
    )


def _outcome(weighed: Sequence[Weighed]) -> Outcome:
    if not weighed:
        return Outcome.NONE
    if weighed[0].band == "sure":
        return Outcome.SURE
    if weighed[0].contradicted:
        return Outcome.CONTRADICTED
    likely = sum(one.band == "likely" for one in weighed)
    if likely:
        return Outcome.LIKELY if likely == 1 else Outcome.AMBIGUOUS
    return Outcome.POSSIBLE


def _candidate(one: Weighed, policy: MatchPolicy) -> Match:
    row, sure = one.found.row, one.band == "sure"
    return Match(
        key=one.found.key,
        name=row["name"],
        labels=tuple(row["labels"] or ()),
        masked=row["masked"],
        town=row["town"],
        village=row["village"],
        age=row["age"],
        band=one.band,
        band_label=policy.bands[one.band].term,
        score=100 if sure else min(_HIGHEST_UNPROVEN, int(100 * one.probability)),
        is_proven=sure,
        reasons=tuple(map(_reason, one.reasons)),
    )


def _reason(one: Reason) -> MatchReason:
    bits = max(-_MOST_BITS, min(_MOST_BITS, one.bits))
    return MatchReason(one.rule, one.level, one.text, *one.shown, bits, one.note)
