"""The review queue: search it, show a pair, judge it, take a judgement back.

What a search finds is only shown.  A judgement is kept with its user and time and becomes a fact of
the log at once (`publish`); nothing here merges anybody by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, computed_field

from graph.errors import InputError, NotFoundError
from graph.log import FactLog
from graph.operations import Judgement, JudgementBook, OperationsStore, QueuedPair, store_for
from graph.operations.judgement import pair_of
from graph.settings import Settings
from graph.time import Instant, utc_now
from ingest.identity.candidates import Candidate, Found, find_candidates
from ingest.identity.clusters import Clustering, Conflict, cluster
from ingest.identity.former_codes import former_codes
from ingest.identity.policy import load_policy
from ingest.identity.probabilistic import find_probable
from ingest.identity.publish import publish
from ingest.identity.record import Record, is_provisional, read_records

__all__ = [
    "Judged",
    "Judgement",
    "SideBySide",
    "Way",
    "hints",
    "judge",
    "judgements_in_force",
    "refresh",
    "review",
    "take_back",
    "waiting_pairs",
]

Way = Literal["rules", "splink"]


@dataclass(frozen=True)
class SideBySide:
    """A pair of the queue with both records, ready to be shown."""

    pair: Annotated[QueuedPair, Field(exclude=True)]
    one: Record
    other: Record

    @computed_field
    @property
    def probability(self) -> float:
        """That both are one, as weighed."""
        return round(self.pair.probability, 4)

    @computed_field
    @property
    def reasons(self) -> tuple[dict[str, Any], ...]:
        """What speaks for it and against it, each in Chinese with its weight."""
        return tuple(self.pair.reasons)

    @computed_field
    @property
    def policy(self) -> str:
        """By which it was weighed."""
        return self.pair.policy

    @computed_field
    @property
    def found_at(self) -> Instant:
        """When."""
        return self.pair.found_at

    @computed_field
    @property
    def likely(self) -> bool:
        """Whether the pair is 很可能 (else 可能)."""
        return self.pair.probability >= load_policy().likely_from


@dataclass(frozen=True)
class Judged:
    """What a judgement led to: the clusters and the conflicts that now stand."""

    judgement: Judgement
    clustering: Annotated[Clustering, Field(exclude=True)]

    @computed_field
    @property
    def merged_into(self) -> dict[str, str]:
        """The key that stands for either of them now."""
        return {k: v for k, v in self.clustering.redirects.items() if k in self._touched}

    @computed_field
    @property
    def conflicts(self) -> tuple[Conflict, ...]:
        """Contradictions among judgements that either of them is in."""
        return tuple(c for c in self.clustering.conflicts if self._touched & set(c.members))

    @property
    def _touched(self) -> set[str]:
        return {self.judgement.one, self.judgement.other}


#: Name of a way to search -> the search; all take the same records and find the same kind of pairs.
_WAYS: dict[Way, Callable[[list[Record]], Found]] = {
    "rules": find_candidates,
    "splink": find_probable,
}


def refresh(
    settings: Settings,
    *,
    by: Way = "rules",
    at: datetime | None = None,
    store: OperationsStore | None = None,
) -> Found:
    """Search the log for candidates and put them into the queue.

    Args:
        by: `rules`, or `splink` for large files (`ingest.identity.probabilistic`).

    Raises:
        SettingsError: `splink_missing`, the way is an extra that is not installed.
    """
    found = _WAYS[by](read_records(FactLog(settings.log_dir)))
    moment = at or utc_now()
    pairs = {pair_of(item.mention.key, item.other.key): item for item in reversed(found.candidates)}
    with store_for(settings, store) as operations:
        JudgementBook(operations).replace_queue(
            _queued(pair, item, found.weighed_by, moment) for pair, item in pairs.items()
        )
    return found


def review(
    settings: Settings,
    *,
    limit: int = 20,
    offset: int = 0,
    store: OperationsStore | None = None,
) -> list[SideBySide]:
    """Pairs that wait, the most probable first, with what the log says of both."""
    with store_for(settings, store) as operations:
        waiting = JudgementBook(operations).waiting(limit=limit, offset=offset)
    return _side_by_side(settings, waiting)


def waiting_pairs(settings: Settings, *, store: OperationsStore | None = None) -> int:
    """How many pairs wait."""
    with store_for(settings, store) as operations:
        return JudgementBook(operations).count_waiting()


def hints(
    settings: Settings, key: str, *, store: OperationsStore | None = None
) -> list[SideBySide]:
    """Waiting pairs of one party: what may be shown of it as 疑似, and used for nothing."""
    with store_for(settings, store) as operations:
        found = JudgementBook(operations).hints(key)
    return _side_by_side(settings, found)


def _side_by_side(settings: Settings, waiting: list[QueuedPair]) -> list[SideBySide]:
    if not waiting:
        return []
    keys = {key for item in waiting for key in (item.one, item.other)}
    records = {item.key: item for item in read_records(FactLog(settings.log_dir), keys=keys)}
    return [
        SideBySide(item, records[item.one], records[item.other])
        for item in waiting
        if item.one in records and item.other in records
    ]


def judge(
    settings: Settings,
    one: str,
    other: str,
    verdict: Literal["same", "different"],
    *,
    user: str,
    note: str = "",
    at: datetime | None = None,
    store: OperationsStore | None = None,
) -> Judged:
    """Judge a pair, in the queue or not; the log follows.

    Raises:
        NotFoundError: a key that the log does not describe.
        InputError: one key twice, no user; `different_identifiers`: two parties that are each
            identified are never the same; `different_kinds`: a person and an organisation.
    """
    pair_of(one, other)
    records = _both(settings, one, other)
    if verdict == "same":
        _refuse_the_impossible(*records)
    with store_for(settings, store) as operations:
        made = JudgementBook(operations).judge(
            one, other, verdict, user=user, note=note, at=at or utc_now()
        )
    return Judged(made, _published(settings, store))


def take_back(
    settings: Settings,
    number: int,
    *,
    user: str,
    note: str = "",
    at: datetime | None = None,
    store: OperationsStore | None = None,
) -> Judged:
    """Take a judgement back; what it had merged stands apart again."""
    with store_for(settings, store) as operations:
        made = JudgementBook(operations).take_back(number, user=user, note=note, at=at or utc_now())
    return Judged(made, _published(settings, store))


def judgements_in_force(
    settings: Settings, store: OperationsStore | None = None
) -> tuple[list[Judgement], Clustering]:
    """Every judgement ever made, and the clusters and conflicts that follow from them."""
    with store_for(settings, store) as operations:
        book = JudgementBook(operations)
        codes = former_codes(FactLog(settings.log_dir))
        return book.judgements(), cluster(book.in_force(), codes)


def _published(settings: Settings, store: OperationsStore | None) -> Clustering:
    log = FactLog(settings.log_dir)
    judgements, _ = judgements_in_force(settings, store)
    keys = {key for item in judgements for key in (item.one, item.other)}
    codes = former_codes(log)
    records = read_records(log, keys=keys | {codes[key] for key in keys & codes.keys()})
    return publish(settings, labels={item.key: item.label for item in records}, store=store)


def _both(settings: Settings, one: str, other: str) -> tuple[Record, Record]:
    found = {item.key: item for item in read_records(FactLog(settings.log_dir), keys={one, other})}
    if one not in found or other not in found:
        raise NotFoundError(
            "没有这个主体编号。请先用“查找主体”或核对队列查看编号。",
            "There is no party of that key.",
            code="party_unknown",
        )
    return found[one], found[other]


def _refuse_the_impossible(one: Record, other: Record) -> None:
    if one.identifiers & other.identifiers:
        raise InputError(
            "登记机关已说明这是同一主体的新旧代码，系统已合并，无须再核对。",
            "The register says that these are one party's former and present code.",
            code="one_party_already",
        )
    if not (is_provisional(one.key) or is_provisional(other.key)):
        raise InputError(
            "两个主体各有有效证件号码且不同，一律是两个主体，不能判为同一。"
            "如有一个号码错误，请在来源处更正后重新导入。",
            "Both are identified, differently: never the same. Correct the wrong number at its "
            "source.",
            code="different_identifiers",
        )
    if one.is_person != other.is_person:
        raise InputError(
            "一方是自然人，一方是组织，不能判为同一主体；个体工商户与业主是两个主体。",
            "A person and an organisation are two parties.",
            code="different_kinds",
        )


def _queued(pair: tuple[str, str], item: Candidate, by: str, at: datetime) -> QueuedPair:
    reasons = [
        {
            "rule": reason.rule,
            "level": reason.level,
            "text": reason.text,
            "shown": _in_order(pair, item, reason.shown),
            "bits": reason.bits,
            "note": reason.note,
        }
        for reason in item.comparison.reasons
    ]
    if item.rivals:
        reasons.append(
            {
                "rule": "rivals",
                "level": "shared",
                "text": f"另有 {item.rivals} 个有证件号码的主体同样相符，可能性在其间分摊。",
                "shown": ["", ""],
                "bits": 0.0,
                "note": None,
            }
        )
    return QueuedPair(*pair, item.probability, tuple(reasons), by, at)


def _in_order(pair: tuple[str, str], item: Candidate, shown: Iterable[str]) -> list[str]:
    """The two values, that of the pair's first key first."""
    values = list(shown)
    return values if item.mention.key == pair[0] else values[::-1]
