"""Who is drawn around a party, in small worlds by hand: modes, hops, certainty, scope, what is cut."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from world import World

from bench.scope.memory_log import MemoryLog
from graph.errors import NotFoundError
from graph.information import InformationClass
from graph.snapshot import take_snapshot
from queries.neighbourhood import MOST_PARTIES, Neighbourhood, Wanted, neighbourhood_of
from queries.neighbourhood.around import MOST_TIES
from queries.scope import ADMINISTRATOR, Scope
from queries.visible import visible

KNOWN = datetime(2026, 3, 1, tzinfo=UTC)
DAY = date(2026, 5, 1)


def person(name: str) -> tuple[str, str]:
    return f"person:{name}", "Person"


def firm(name: str) -> tuple[str, str]:
    return f"org:{name}", "Enterprise"


def _called(world: World, *ends: tuple[str, str]) -> None:
    for key, label in ends:
        world.node(label, key, name=key.split(":")[1])


@pytest.fixture(scope="module")
def log() -> MemoryLog:
    """甲 stands for 乙, 乙 for 丙, 丙 for 甲; 丁 stands for 甲 by resemblance, 戊 for 丁.  甲 holds 一,
    which holds 二; 己 holds 一 as well.  甲 keeps a house with 庚.  乙 is a defaulter, 丙 was one."""
    world = World(MemoryLog())
    people = [person(name) for name in "甲乙丙丁戊己庚"]
    firms = [firm("一"), firm("二")]
    _called(world, *people, *firms)
    a, b, c, d, e, f, g = people
    for one, other in ((a, b), (b, c), (c, a)):
        world.tie("GUARANTEES", one, other, amount_fen=5_000_000, discriminator=one[0],
                  valid_from=date(2026, 1, 1))  # fmt: skip
    world.tie("GUARANTEES", d, a, certainty=0.8)
    world.tie("GUARANTEES", e, d)
    world.tie("HOLDS_SHARES_IN", a, firms[0], share_ratio=0.6)
    world.tie("HOLDS_SHARES_IN", f, firms[0], share_ratio=0.4)
    world.tie("HOLDS_SHARES_IN", firms[0], firms[1], share_ratio=0.5)
    world.node("Household", "household:甲", name="甲")
    world.tie("BELONGS_TO", a, ("household:甲", "Household"), role="householder")
    world.tie("BELONGS_TO", g, ("household:甲", "Household"), role="spouse")
    for who, entry, over in ((b, "list:b", None), (c, "list:c", date(2026, 2, 1))):
        world.node("ListEntry", entry, list_kind="judgment_defaulter", listed_on=date(2025, 6, 1),
                   removed_on=over)  # fmt: skip
        world.tie("SUBJECT_OF", who, (entry, "ListEntry"))
    world.node("ListEntry", "list:g", list_kind="judgment_defaulter", listed_on=date(2025, 6, 1))
    world.tie("SUBJECT_OF", g, ("list:g", "ListEntry"), certainty=0.8)
    loan = ("loan:e", "Loan")
    world.node("Loan", loan[0], loan_no="JK1", principal_fen=100)
    world.node("LoanState", loan[0], "Loan", loan_class="loss", balance_fen=100)
    world.tie("BORROWED", e, loan)
    world.commit(KNOWN)
    assert isinstance(world.log, MemoryLog)
    return world.log


def around(
    log: MemoryLog, key: str, *, scope: Scope = ADMINISTRATOR, day: date = DAY, most: int = 300,
    **wanted: Any,
) -> Neighbourhood:  # fmt: skip
    snapshot = take_snapshot(visible(log, scope), day)
    return neighbourhood_of(snapshot, key, Wanted(**wanted), most=most)


def levels(found: Neighbourhood) -> dict[str, int]:
    return {one.key.split(":")[1]: one.level for one in found.members}


def test_the_nearest_by_every_tie(log: MemoryLog) -> None:
    found = around(log, "person:甲")
    assert found.members[0].key == "person:甲"
    keys = {one.key: one.level for one in found.members}
    assert keys == {
        "person:甲": 0, "person:乙": 1, "person:丙": 1, "person:丁": 1, "org:一": 1,
        "household:甲": 1,
    }  # fmt: skip
    # 庚 by the house, 己 and 二 by the firm; nobody by who only resembles somebody
    assert (found.found, found.cut, found.beyond) == (5, 0, 3)
    assert found.rings == (("person:丙", "person:乙", "person:甲"),)


def test_nobody_walks_on_over_a_resemblance(log: MemoryLog) -> None:
    found = around(log, "person:甲", hops=3)
    assert "person:丁" in found.names and "person:戊" not in found.names
    sure = around(log, "person:甲", hops=3, certainty="certain")
    assert "person:丁" not in sure.names
    like = around(log, "person:甲", hops=3, certainty="resemblance")
    assert set(like.names) == {"person:甲", "person:丁"}
    assert [tie.is_certain for tie in like.ties] == [False]
    # and it closes no ring
    assert like.rings == ()


@pytest.mark.parametrize(
    ("mode", "key", "expected"),
    [
        ("shares", "org:一", {"一": 0, "甲": -1, "己": -1, "二": 1}),
        ("shares", "person:甲", {"甲": 0, "一": 1, "二": 2}),
        ("guarantees", "person:甲", {"甲": 0, "乙": 1, "丙": 1, "丁": 1}),
        ("guarantees", "person:戊", {"戊": 0, "丁": 1, "甲": 2}),
    ],
)
def test_modes(log: MemoryLog, mode: str, key: str, expected: dict[str, int]) -> None:
    found = around(log, key, mode=mode, hops=3)
    assert levels(found) == expected


def test_a_household(log: MemoryLog) -> None:
    found = around(log, "person:甲", mode="household", hops=2)
    assert {one.key: one.level for one in found.members} == {
        "person:甲": 0, "household:甲": 1, "person:庚": 2,
    }  # fmt: skip
    assert {tie.said for tie in found.ties} == {("role", "householder"), ("role", "spouse")}


def test_groups_and_what_they_say(log: MemoryLog) -> None:
    found = around(log, "person:甲", groups=frozenset({"shares"}), hops=1)
    assert set(found.names) == {"person:甲", "org:一"}
    [tie] = found.ties
    assert (tie.kind, tie.ratio, tie.source, tie.since) == ("HOLDS_SHARES_IN", 0.6, "world", None)
    [*given] = around(log, "person:甲", mode="guarantees", hops=1, certainty="certain").ties
    assert {(tie.from_key, tie.amount_fen, tie.since) for tie in given} == {
        (f"person:{name}", 5_000_000, date(2026, 1, 1)) for name in "甲乙丙"
    }


def test_own_records_mark_and_ended_ones_do_not(log: MemoryLog) -> None:
    found = {one.key: one for one in around(log, "person:甲", hops=2).members}
    marked = {key for key, one in found.items() if one.record is not None}
    # 丙's was removed, 庚's is of somebody who resembles her
    assert marked == {"person:乙"}
    record = found["person:乙"].record
    assert record is not None and record.reason is not None
    assert (record.signal.value, record.reason["what"]) == ("red", "judgment_defaulter")


def test_what_a_role_may_not_see_is_not_there(log: MemoryLog) -> None:
    opened = frozenset(one.value for one in InformationClass if one.value not in ("credit",))
    assert around(log, "person:戊", mode="guarantees").members[0].record is not None
    unmarked = around(log, "person:戊", mode="guarantees", scope=Scope("某", open_classes=opened))
    assert unmarked.members[0].record is None
    closed = Scope("某", open_classes=opened - {"guarantee"})
    found = around(log, "person:甲", hops=1, scope=closed)
    assert "person:乙" not in found.names and not found.rings


def test_of_another_day(log: MemoryLog) -> None:
    before = around(log, "person:甲", mode="guarantees", hops=1, day=date(2025, 12, 1))
    assert {tie.certainty for tie in before.ties} == {0.8}
    with pytest.raises(NotFoundError):
        around(log, "person:nobody")


def test_what_is_cut_is_counted() -> None:
    world = World(MemoryLog())
    middle = firm("社")
    many = [person(f"{n:04d}") for n in range(MOST_PARTIES + 50)]
    _called(world, middle, *many)
    for place, one in enumerate(many):
        world.tie("GUARANTEES", one, middle, certainty=0.8 if place < 10 else 1.0)
        world.tie("GUARANTEES", one, many[place - 1])
        for other in many[max(0, place - 5) : max(0, place - 1)]:
            world.tie("GUARANTEES", one, other)
    world.commit(KNOWN)
    assert isinstance(world.log, MemoryLog)
    found = around(world.log, "org:社")
    assert (len(found.members), found.found, found.cut) == (MOST_PARTIES, MOST_PARTIES + 50, 51)
    # of those equally near the certain ones first
    assert found.members[1].key == "person:0010"
    assert len(found.ties) == MOST_TIES and found.ties_cut > 0
    assert found == around(world.log, "org:社")
