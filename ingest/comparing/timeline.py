"""What a source says of slots through time, and what a new statement does to it.

The facts of a slot form a timeline: each begins at its `valid_from` and holds until its own end,
until the next one begins, or until the slot is said to be vacant (`Vacant`).  A statement with a
new beginning succeeds the one before it; with the same beginning it corrects it; one that says
what already holds changes nothing.  What comes late takes its place by its own day.  The log stays
append-only: a fact whose end moved is closed and asserted again with its new end.

Of what there is one at a time it counts on which later days the same was said again (`again`): what
comes late and lies between ends with the next of them.

A fact may fill several slots (a marriage, those of both), and may hold an office beside
(`graph.vocabulary.OneAtATime`).  Where the office passes to another it goes on without it: that
rest is reckoned anew each time, since nobody said it.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

__all__ = ["Change", "Disputed", "Stated", "Vacant", "merge"]

#: By slot the days, in order, from which on nothing fills it.
Vacant = Mapping[int, Sequence[date]]


@dataclass(frozen=True)
class Stated:
    """One statement.

    Attributes:
        own_to: the end that was stated itself, or may have been (`merge` finds out, for what is
            held, whether a successor cut it).
        content: digest of everything said but the validity.
        slots: that it fills.
        fact_id: in the log; None while new.
        held_to: the end as the log holds it; None = open.
        row: which statement it is, for the caller; several results may come from one.
        joins: digest of what it joins, where a slot is one of a thing (`one_at_a_time`).
        office, holds: the slot of the office that ties of its target may hold, and whether it does.
        bare: digest of its content without the office.
        is_rest: nobody said it: what is left of a tie whose office passed to another, or of a
            statement whose office is disputed.
        again: later days on which the same was said, where there is one at a time.
    """

    valid_from: date | None
    own_to: date | None
    content: str
    slots: tuple[int, ...] = (0,)
    fact_id: str | None = None
    held_to: date | None = None
    row: int = -1
    joins: str = ""
    office: str = ""
    holds: bool = False
    bare: str = ""
    is_rest: bool = False
    again: tuple[date, ...] = ()

    @property
    def start(self) -> date:
        """The day it begins."""
        return self.valid_from or date.min

    @property
    def places(self) -> tuple[int | str, ...]:
        """The slots that it fills, and the office that it holds."""
        return tuple(dict.fromkeys([*self.slots, *([self.office] if self.holds else [])]))

    def without_office(self) -> Stated:
        """The same, without the office."""
        return replace(self, content=self.bare, holds=False, fact_id=None, again=())


@dataclass(frozen=True)
class Disputed:
    """Statements of one day that exclude each other: none of them counts.

    Attributes:
        rows: which ones.
        is_office: it is the office that they dispute, and nothing else.
    """

    rows: tuple[int, ...]
    is_office: bool


@dataclass(frozen=True)
class Change:
    """What to write: facts to assert (with their `held_to`), facts to close.

    Attributes:
        again: of facts that stay, the days on which they were said again and that are news.
        disputed: statements that exclude each other.
    """

    asserted: tuple[Stated, ...]
    closed: tuple[str, ...]
    again: Mapping[str, tuple[date, ...]]
    disputed: tuple[Disputed, ...] = ()


def merge(
    held: Sequence[Stated],
    news: Sequence[Stated],
    vacant: Vacant | None = None,
    vacated: Vacant | None = None,
) -> Change:
    """Lay `news` over what is `held`; both in any order, all of slots that hang together.

    Args:
        vacant: since when the slots are said to be vacant, then or now.
        vacated: those of which it is said now: what was said before of such a day is corrected.
    """
    empty = vacant or {}
    line = _Line(of_one=any(item.joins for item in (*held, *news)))
    known, rests = _apart(held, empty)
    for item in sorted(known, key=lambda item: item.start):
        line.place(item)
        for day in item.again:
            # what was said again of a day and then that there is none: the later word is the day's
            if not any(day in empty.get(slot, ()) for slot in item.slots):
                line.place(replace(item, valid_from=day, fact_id=None, again=()))
    for slot in {slot for item in held for slot in item.slots} & set(vacated or {}):
        line.clear(slot, (vacated or {})[slot])
    agreed, disputed = _agreed(news)
    for item in sorted(agreed, key=lambda item: item.start):
        if not line.says(item, empty):
            line.place(replace(item, is_rest=False))
    said = {item.fact_id: item for item in known}
    as_rest = {(item.slots, item.start, item.content, item.held_to): item.fact_id for item in rests}
    asserted, kept = [], set()
    again: dict[str, tuple[date, ...]] = {}
    for item in line.through(empty):
        before = said.get(item.fact_id)
        fact_id = item.fact_id if before and before.held_to == item.held_to else None
        if item.is_rest:
            fact_id = as_rest.get((item.slots, item.start, item.content, item.held_to))
        if fact_id is None:
            asserted.append(item)
            continue
        kept.add(fact_id)
        if before and (more := tuple(day for day in item.again if day not in before.again)):
            again[fact_id] = more
    closed = tuple(item.fact_id for item in held if item.fact_id and item.fact_id not in kept)
    return Change(tuple(asserted), closed, again, disputed)


def _apart(held: Sequence[Stated], vacant: Vacant) -> tuple[list[Stated], list[Stated]]:
    """What was said, each with its own end; and the rests, which are reckoned anew."""
    starts: dict[int, set[date]] = defaultdict(set)
    offices: dict[str, set[date]] = defaultdict(set)
    for item in held:
        for slot in item.slots:
            starts[slot].add(item.start)
        if item.holds:
            offices[item.office].add(item.start)

    def own_end(item: Stated) -> date | None:
        end = item.held_to
        if end is None or end <= item.start:
            return end
        # an end where something else begins was cut by it, not stated
        cut = any(end in starts[slot] or end in vacant.get(slot, ()) for slot in item.slots)
        return None if cut else end

    # a rest follows at once on the tie that lost the office, or on another rest of it
    rests: list[Stated] = []
    lost = {_after(item) for item in held if item.holds and item.held_to in offices[item.office]}
    for item in sorted(held, key=lambda item: item.start) if lost else ():
        if item.is_rest and not item.holds and (item.slots, item.joins, item.start) in lost:
            rests.append(item)
            lost.add(_after(item))
    following: dict[tuple[tuple[int, ...], str, date | None], Stated] = {
        (item.slots, item.joins, item.start): item for item in rests
    }
    left_over = {item.fact_id for item in rests}
    known = []
    for item in held:
        if item.fact_id in left_over:
            continue
        is_cut = item.holds and item.held_to in offices[item.office]
        last = item
        while is_cut and (rest := following.get(_after(last))):
            last = rest
        end = None if is_cut and last is item else own_end(last)
        known.append(replace(item, own_to=end, is_rest=False))
    return known, rests


def _after(item: Stated) -> tuple[tuple[int, ...], str, date | None]:
    """Where what follows on a statement about the same things begins."""
    return item.slots, item.joins, item.held_to


def _agreed(news: Sequence[Stated]) -> tuple[list[Stated], tuple[Disputed, ...]]:
    """The statements that do not exclude each other, and those that do."""
    claims: dict[tuple[int | str, date], list[Stated]] = defaultdict(list)
    for item in news:
        for slot in dict.fromkeys(item.slots) if item.joins else ():
            claims[slot, item.start].append(item)
        if item.holds:
            claims[item.office, item.start].append(item)
    disputed = [
        Disputed(tuple(item.row for item in items), isinstance(slot, str))
        for (slot, _), items in claims.items()
        if len({item.joins for item in items}) > 1
    ]
    if not disputed:
        return list(news), ()
    out = {row for each in disputed if not each.is_office for row in each.rows}
    bare = {row for each in disputed if each.is_office for row in each.rows}
    left = [item for item in news if item.row not in out]
    agreed = [
        replace(item.without_office(), is_rest=True) if item.row in bare else item for item in left
    ]
    return agreed, tuple(disputed)


@dataclass
class _Line:
    """Statements in their places: by slot, and by office, one a day of beginning."""

    of_one: bool
    _filled: dict[int | str, dict[date, Stated]] = field(default_factory=lambda: defaultdict(dict))
    _days: dict[int | str, list[date]] = field(default_factory=lambda: defaultdict(list))

    def place(self, item: Stated) -> None:
        """Put a statement in; what its slots said from the same day on goes."""
        for slot in item.slots:
            self._take_out(self._filled[slot].get(item.start))
        if item.holds:
            other = self._filled[item.office].get(item.start)
            if other is not None:
                self._take_out(other)
                self._put(other.without_office())
        self._put(item)

    def clear(self, slot: int, days: Iterable[date]) -> None:
        """Take out what begins in a slot on these days."""
        for day in days:
            self._take_out(self._filled[slot].get(day))

    def says(self, item: Stated, vacant: Vacant) -> bool:
        """Whether what is in force where `item` begins says the same, to the same end.

        Where there is one at a time, only what is said of that very day: the day counts.
        """
        current = self._current(item.slots[0], item.start)
        if current is None:
            return False
        if item.is_rest and current.bare == item.content:
            # that nobody can tell who holds the office does not take it from who held it
            return True
        if (current.content, current.own_to) != (item.content, item.own_to):
            return False
        if any(self._current(place, item.start) is not current for place in item.places):
            return False
        if self.of_one:
            return current.start == item.start
        return not any(_between(vacant.get(slot, ()), current, item) for slot in item.slots)

    def through(self, vacant: Vacant) -> Iterable[Stated]:
        """Every statement with the end to which it holds, and what is left of lost offices."""
        items = {
            id(item): item for filled in self._filled.values() for item in filled.values()
        }.values()
        gone_by: set[int] = set()
        for item in sorted(items, key=lambda item: (item.start, item.row)):
            if id(item) in gone_by:
                continue
            last, again = item, []
            while self.of_one and (more := self._same_again(last, vacant)):
                gone_by.add(id(more))
                again.append(more.start)
                last = more
            cuts = [self._next(slot, last.start) for slot in item.slots]
            cuts += [_first_after(vacant.get(slot, ()), last.start) for slot in item.slots]
            end = min((day for day in (item.own_to, *cuts) if day is not None), default=None)
            passed = self._next(item.office, last.start) if item.holds else None
            whole = replace(item, again=tuple(again))
            if passed is None or (end is not None and end <= passed):
                yield replace(whole, held_to=end)
                continue
            yield replace(whole, held_to=passed)
            rest = replace(item.without_office(), valid_from=passed, held_to=end, is_rest=True)
            yield replace(rest, again=())

    def _same_again(self, item: Stated, vacant: Vacant) -> Stated | None:
        """What follows at once on a statement and says the same."""
        day = self._next(item.slots[0], item.start)
        if day is None or (item.own_to is not None and item.own_to < day):
            return None
        more = self._filled[item.slots[0]][day]
        if (more.content, more.own_to) != (item.content, item.own_to):
            return None
        follows = all(
            self._next(place, item.start) == day and self._filled[place][day] is more
            for place in item.places
        )
        if not follows or any(_between(vacant.get(s, ()), item, more) for s in item.slots):
            return None
        return more

    def _put(self, item: Stated) -> None:
        for place in item.places:
            self._filled[place][item.start] = item
            insort(self._days[place], item.start)

    def _take_out(self, item: Stated | None) -> None:
        if item is None:
            return
        for place in item.places:
            if self._filled[place].get(item.start) is item:
                del self._filled[place][item.start]
                self._days[place].remove(item.start)

    def _current(self, place: int | str, day: date) -> Stated | None:
        days = self._days[place]
        at = bisect_right(days, day)
        return self._filled[place][days[at - 1]] if at else None

    def _next(self, place: int | str, day: date) -> date | None:
        return _first_after(self._days[place], day)


def _between(days: Sequence[date], item: Stated, later: Stated) -> bool:
    """Whether the slot was vacant after `item` before `later` began, or on that day."""
    return any(item.start < day <= later.start for day in days)


def _first_after(days: Sequence[date], day: date) -> date | None:
    at = bisect_right(days, day)
    return days[at] if at < len(days) else None
