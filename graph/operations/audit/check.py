"""Whether the chain is whole: the first entry that was changed, taken out or put elsewhere is named."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import inspect as attributes_of
from sqlalchemy import select
from sqlalchemy.orm import Session

from graph.operations.audit.cutting import AuditAnchor, anchors, is_lawful
from graph.operations.audit.entry import GENESIS, Batch, Entry, Subject, hash_of
from graph.operations.audit.heads import AuditHead, exported_heads, heads, is_true
from graph.operations.audit.mark import digests_of, marks_digest
from graph.operations.store import OperationsStore

__all__ = ["AuditCheck", "AuditProblem", "Wrong", "check_chain"]

Wrong = Literal["changed", "missing", "reordered", "subjects", "head", "head_lost", "cut"]

_AT_ONCE = 1_000


@dataclass(frozen=True)
class AuditProblem:
    """The first thing that is wrong.

    Attributes:
        number: of the entry; of a head, the entry that it signed.
        kind: changed, missing (also: taken off the end), reordered; subjects (whom it is about was
            changed); head (a head that nobody signed, or that the second place has otherwise);
            head_lost (a head of the second place that is here no more); cut (entries gone without
            a lawful cut).
        said: in Chinese.
    """

    number: int
    kind: Wrong
    said: str


@dataclass(frozen=True)
class AuditCheck:
    """What a check of the whole chain found.

    Attributes:
        entries: how many there are.  first, last: their numbers; 0 where there is none.
        hash: of the last one.
        heads: how many heads fit.  elsewhere: how many of the second place fit.
        problem: None where all is whole.
    """

    entries: int
    first: int
    last: int
    hash: str
    heads: int
    elsewhere: int
    problem: AuditProblem | None


def check_chain(store: OperationsStore, elsewhere: Path | None = None) -> AuditCheck:
    """Walk the chain from its beginning, or from what a lawful cut left.

    Args:
        elsewhere: folder with heads that were laid down in a second place.
    """
    made, cuts = heads(store), anchors(store)
    laid = exported_heads(elsewhere) if elsewhere is not None else []
    with store.reading() as session:
        walk = _Walk(session, cuts)
        problem = next(walk.problems(), None) or _head_problem(made, laid, walk)
    fits = [head for head in made if walk.hashes.get(head.number) == head.hash]
    return AuditCheck(
        walk.count,
        walk.first,
        walk.last,
        walk.hash,
        len(fits),
        sum(walk.hashes.get(head.number) == head.hash for head in laid),
        problem,
    )


class _Walk:
    """Goes through the entries once, and remembers what heads are compared with."""

    def __init__(self, session: Session, cuts: list[AuditAnchor]) -> None:
        self._session, self._cuts = session, cuts
        self.count = self.first = self.last = 0
        self.hash = GENESIS
        self.hashes: dict[int, str] = {}
        #: up to where nothing was found wrong
        self.sound = 0

    def problems(self) -> Iterator[AuditProblem]:
        """What is wrong with entries, in their order; to be asked to its end for what it remembers."""
        begun, number, before = self._beginning()
        if begun is not None:
            yield begun
        last: dict[str, Any] | None = None
        for values in self._entries():
            self.count += 1
            self.first = self.first or values["number"]
            self.last, self.hash = values["number"], values["hash"]
            self.hashes[values["number"]] = values["hash"]
            told = _wrong(values, number + 1, before, last, self._session)
            if told is not None:
                yield told
                return
            self.sound = number = values["number"]
            before, last = values["hash"], values

    def _beginning(self) -> tuple[AuditProblem | None, int, str]:
        if not self._cuts:
            return None, 0, GENESIS
        newest = self._cuts[-1]
        self.hashes[newest.number] = newest.hash
        unlawful = next((item for item in self._cuts if not is_lawful(item)), None)
        if unlawful is None:
            return None, newest.number, newest.hash
        said = f"第{unlawful.number}条以前的记录被清理，但清理说明没有有效签名。"
        return AuditProblem(unlawful.number, "cut", said), newest.number, newest.hash

    def _entries(self) -> Iterator[dict[str, Any]]:
        names = [column.key for column in attributes_of(Entry).column_attrs]
        at = -1
        while True:
            query = select(Entry).where(Entry.number > at).order_by(Entry.number).limit(_AT_ONCE)
            rows = [
                {name: getattr(row, name) for name in names} for row in self._session.scalars(query)
            ]
            if not rows:
                return
            at = rows[-1]["number"]
            few = _by_entry(self._session, Subject.entry, Subject.subject, rows)
            many = _by_entry(self._session, Batch.entry, Batch.digests, rows)
            for row in rows:
                found = many.get(row["number"])
                digests = b"".join(found) if found else digests_of(few.get(row["number"], ()))
                yield {**row, "_subjects": marks_digest(digests), "_count": len(digests) // 16}
            self._session.expire_all()


def _by_entry(
    session: Session, entry: Any, value: Any, rows: list[dict[str, Any]]
) -> dict[int, list[Any]]:
    first, last = rows[0]["number"], rows[-1]["number"]
    found: dict[int, list[Any]] = {}
    for number, told in session.execute(select(entry, value).where(entry.between(first, last))):
        found.setdefault(number, []).append(told)
    return found


def _wrong(
    values: dict[str, Any],
    expected: int,
    before: str,
    last: dict[str, Any] | None,
    session: Session,
) -> AuditProblem | None:
    number = values["number"]
    if number != expected:
        return AuditProblem(expected, "missing", f"第{expected}条缺失。")
    if hash_of(values) != values["hash"]:
        place = _place_of(values, session)
        if place is not None:
            said = f"第{number}条的位置被调换：这里放的原是第{place}条。"
            return AuditProblem(number, "reordered", said)
        return AuditProblem(number, "changed", f"第{number}条被改动。")
    if values["previous"] != before:
        if last is None:
            return AuditProblem(number, "missing", f"第{number}条以前的记录缺失。")
        # it is right in itself and follows another: the one before was written anew
        return AuditProblem(last["number"], "changed", f"第{last['number']}条被改动。")
    if (values["_subjects"], values["_count"]) != (values["subjects_digest"], values["subjects"]):
        return AuditProblem(number, "subjects", f"第{number}条所涉及的主体被改动。")
    return None


def _place_of(values: dict[str, Any], session: Session) -> int | None:
    """The number that an entry had, where it is whole but for its number."""
    follower = session.scalar(select(Entry.number).where(Entry.previous == values["hash"]).limit(1))
    preceding = session.scalar(
        select(Entry.number).where(Entry.hash == values["previous"]).limit(1)
    )
    near = {
        place
        for place in (
            follower and follower - 1, follower and follower + 1, preceding and preceding + 1,
            values["number"] - 1, values["number"] + 1,
        )
        if place and place != values["number"]
    }  # fmt: skip
    return next(
        (place for place in sorted(near) if hash_of({**values, "number": place}) == values["hash"]),
        None,
    )


def _head_problem(made: list[AuditHead], laid: list[AuditHead], walk: _Walk) -> AuditProblem | None:
    """What heads tell of a chain that is right in itself."""
    begins, sound = walk.first or walk.last + 1, 0
    for head in sorted((*laid, *made), key=lambda item: item.number):
        if not is_true(head):
            said = f"第{head.number}条的日首没有有效签名。"
            return AuditProblem(head.number, "head", said)
        if head.number < begins and head.number not in walk.hashes:
            continue  # cut by law since
        found = walk.hashes.get(head.number)
        if found is None and head.number > walk.last:
            said = f"第{walk.last + 1}条至第{head.number}条缺失：末尾的记录被删除。"
            return AuditProblem(walk.last + 1, "missing", said)
        if found is not None and found != head.hash:
            said = f"第{sound + 1}条至第{head.number}条之间的记录被改动：与留存的日首不一致。"
            return AuditProblem(sound + 1, "head", said)
        sound = head.number
    here = {head.number for head in made}
    lost = next((head for head in laid if head.number not in here), None)
    if lost is not None:
        return AuditProblem(lost.number, "head_lost", f"第{lost.number}条的日首在本库中缺失。")
    return None
