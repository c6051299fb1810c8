"""Every event is delivered exactly once, in every order of news, quiet hours, cuts and readings.

Held against a plain oracle that keeps what happened as dicts and looks at all of it every time, and,
for the instants, against readers of every moment compared one with the next.
"""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from breadth import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from monitored import DAY, FIRST, Office, firm, listed

from graph.operations import OperationsStore
from queries.monitoring import Wanted, identity, inbox, mark_read, subscribe, wanted

_FIRMS = [f"org:f{n:03d}" for n in range(3)]
_INDUSTRY = dict(zip(_FIRMS, ("1371", "1392", "0514"), strict=True))
_NAMES = itertools.count()

Key = tuple[str, ...]


@dataclass
class Oracle:
    """What was said, and by that alone what is to be delivered."""

    first: dict[Key, datetime] = field(default_factory=dict)
    frozen: set[str] = field(default_factory=set)
    gone: set[str] = field(default_factory=set)
    grades: dict[str, list[tuple[datetime, int, str]]] = field(default_factory=dict)
    read: set[str] = field(default_factory=set)

    def say(self, key: Key, at: datetime) -> None:
        self.first.setdefault(key, at)

    def standing(self) -> Iterator[tuple[str, str, datetime]]:
        """Name, subject and instant of every warning."""
        entries = {k[1]: k[2] for k in self.first if k[0] == "entry"}
        usable = {case: who for case, who in entries.items() if case not in self.frozen | self.gone}
        for case, who in usable.items():
            record = f"list:judgment_defaulter:{case}:{who[-4:]}"
            since = self.first["entry", case, who]
            yield identity("adverse_record", who, None, record), who, since
            for key, tied in self.first.items():
                if key[0] == "tie" and who in key[1:] and key[1] != key[2]:
                    end, other = ("to", key[2]) if key[1] == who else ("from", key[1])
                    event = f"HOLDS_SHARES_IN|{end}||{record}"
                    yield identity("dishonest_tie", other, who, event), other, max(tied, since)
        for who, told in self.grades.items():
            current: tuple[int, str] | None = None
            for at, together in itertools.groupby(sorted(told), lambda one: one[0]):
                latest = max(
                    [(year, grade) for _, year, grade in together] + ([current] if current else [])
                )
                if current and latest[1] != current[1]:
                    event = f"tax|tax_rating:{who}|{latest[0]}|{latest[1]}"
                    yield identity("grade_change", who, None, event), who, at
                current = latest

    def due(self, what: Wanted, begins: datetime, now: datetime) -> set[str]:
        """What a reader is to see: by looking minute after minute for one that is not quiet."""
        found = set()
        for name, who, came in self.standing():
            inside = not what.sector.industries or any(
                _INDUSTRY[who].startswith(one) for one in what.sector.industries
            )
            if came < begins or not inside or name in self.read or what.is_quiet(now):
                continue
            digest = came
            if what.digest_at is not None:
                digest += timedelta(seconds=-digest.second % 60)
                while (digest + timedelta(hours=8)).time() != what.digest_at:
                    digest += timedelta(minutes=1)
            if digest <= now:
                found.add(name)
        return found


steps = st.lists(
    st.one_of(
        st.tuples(st.just("list"), st.sampled_from(_FIRMS), st.sampled_from("甲乙")),
        st.tuples(st.just("remove"), st.sampled_from("甲乙")),
        st.tuples(st.just("freeze"), st.sampled_from("甲乙")),
        st.tuples(st.just("uphold"), st.sampled_from("甲乙")),
        st.tuples(st.just("tie"), st.sampled_from(_FIRMS), st.sampled_from(_FIRMS)),
        st.tuples(st.just("rate"), st.sampled_from(_FIRMS), st.integers(2020, 2023), st.sampled_from("AD")),
        st.tuples(st.just("look")),
        st.tuples(st.just("read"), st.integers(1, 9)),
        st.tuples(st.just("wait"), st.integers(1, 30)),
    ),
    min_size=6,
    max_size=14,
)  # fmt: skip

_QUIET = [None, (time(22), time(7)), (time(12), time(14))]


class Told:
    """The same news to the log and to the oracle, a batch each."""

    def __init__(self, office: Office, oracle: Oracle) -> None:
        self.office, self.oracle, self.held = office, oracle, dict[str, list[tuple[str, str]]]()
        self.number = itertools.count(1)

    def news(self, kind: str, at: datetime, *said: Any) -> bool:
        """Whether there was any."""
        world, oracle = self.office.world, self.oracle
        if kind == "list":
            case = f"{said[1]}{said[0][-3:]}"
            if case in oracle.frozen:
                return False
            self._state(case, said[0])
            oracle.say(("entry", case, said[0]), at)
        elif kind in ("remove", "freeze", "uphold"):
            cases = [k for k in oracle.first if k[0] == "entry" and k[1].startswith(said[0])]
            if not cases:
                return False
            _, case, who = cases[0]
            for fact, entry in self.held.pop(case, []):
                world.close(fact, entry)
            (oracle.frozen.add if kind == "freeze" else oracle.frozen.discard)(case)
            if kind == "remove":
                oracle.gone.add(case)
            over = {"removed_on": date(2026, 3, 1)} if case in oracle.gone else {}
            self._state(
                case, who, **(over or ({"record_state": "disputed"} if kind == "freeze" else {}))
            )
        elif kind == "tie":
            world.tie("HOLDS_SHARES_IN", *((key, "Enterprise") for key in said), share_ratio=0.1)
            oracle.say(("tie", *said), at)
        else:
            who, year, grade = said
            if any(y == year for _, y, _ in oracle.grades.get(who, ())):
                return False
            world.tie("RATED_AS", (who, "Enterprise"), (f"tax_rating:{who}", "TaxRating"),
                      valid_from=date(year, 4, 1))  # fmt: skip
            world.node(
                "TaxRating",
                f"tax_rating:{who}",
                year=year,
                grade=grade,
                valid_from=date(year, 4, 1),
            )
            oracle.grades.setdefault(who, []).append((at, year, grade))
        world.commit(at, f"source{next(self.number)}")
        return True

    def _state(self, case: str, who: str, **said: Any) -> None:
        ids = listed(self.office, (who, "Enterprise"), case, **said)
        self.held.setdefault(case, []).extend(zip(("ListEntry", "SUBJECT_OF"), ids, strict=True))


@given(
    acts=steps,
    quiet=st.sampled_from(_QUIET),
    digest=st.sampled_from([None, time(9), time(23, 30)]),
    industries=st.sampled_from([(), ("13",)]),
    begins=st.integers(0, 3),
)
@settings(max_examples=examples(5))
def test_every_event_is_delivered_exactly_once(
    books: OperationsStore, acts: list[tuple[Any, ...]], quiet: Any, digest: Any,
    industries: tuple[str, ...], begins: int,
) -> None:  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        office, oracle = Office(Path(folder), books), Oracle()
        try:
            _live(office, oracle, acts, wanted(
                sector={"industries": industries}, digest_at=digest,
                quiet_from=quiet and quiet[0], quiet_to=quiet and quiet[1],
            ), begins)  # fmt: skip
        finally:
            office.close()


def _live(
    office: Office, oracle: Oracle, acts: list[tuple[Any, ...]], what: Wanted, begins: int
) -> None:
    for key, industry in _INDUSTRY.items():
        firm(office, key, industry)
    office.world.commit(FIRST)
    told, now = Told(office, oracle), FIRST
    since, number = None, 0
    delivered: list[str] = []
    for turn, (kind, *said) in enumerate(
        [*acts, ("wait", 30), ("read", 99), ("wait", 9), ("read", 99)]
    ):
        now += timedelta(minutes=61)
        if turn == begins:
            since = now
            kept = subscribe(
                office.store, f"性质{next(_NAMES)}", what, reason="监测", by="样本主任", at=now
            )
            number = kept.subscriber
        if kind == "wait":
            now += timedelta(hours=said[0])
        elif kind not in ("look", "read"):
            now += timedelta(seconds=1)
            told.news(kind, now, *said)
        elif since is not None:
            found = inbox(office.reader(), office.store, number, at=now)
            assert found is not None
            names = [item.warning.id for item in found.items]
            assert len(names) == len({*names}) and {*names} == oracle.due(what, since, now)
            if kind == "read":
                # cut off after the first, begun again with all that was shown
                some = names[: said[0]]
                noted = mark_read(office.reader(), office.store, number, some[:1], at=now)
                noted += mark_read(office.reader(), office.store, number, some, at=now)
                assert noted == len(some)
                delivered += some
                oracle.read |= {*some}
    assert len(delivered) == len({*delivered})
    hidden = any(kind == "freeze" for kind, *_ in acts)
    _as_two_readers_say(office, {name: came for name, _, came in oracle.standing()}, hidden)


def _as_two_readers_say(office: Office, standing: dict[str, datetime], hidden: bool) -> None:
    """A warning came with the batch by which a reader has it who had it not a batch before.

    Args:
        hidden: whether an entry was disputed for a time: of what was told meanwhile a reader hears only
            when the dispute is over, and it came when it was told.
    """
    stands = {one.id: one.came_at for one in office.warnings()}
    assert stands == standing
    appeared: dict[str, datetime] = {}
    for batch in office.log.batches():
        for one in office.warnings(batch.known_at, as_of=DAY):
            appeared.setdefault(one.id, batch.known_at)
    assert all(appeared[name] >= came for name, came in stands.items())
    assert hidden or {name: appeared[name] for name in stands} == stands


def test_the_oracle_tells_of_something() -> None:
    oracle = Oracle()
    oracle.say(("entry", "甲000", _FIRMS[0]), FIRST)
    oracle.say(("tie", _FIRMS[0], _FIRMS[1]), FIRST)
    assert len([*oracle.standing()]) == 2
    assert oracle.due(Wanted(), FIRST, datetime(2026, 6, 1, tzinfo=UTC))
