"""Each batch tells whose facts changed and what is told no more: once, whoever is killed between two."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from repairing import FIRM, begin, go, office, penalty, repaired
from world import World

from graph.log import Batch, FactLog
from graph.operations import EventNews, Events, OperationsStore
from graph.settings import Settings
from ingest.batch_events import news_of, tell, tell_of_day

AT = datetime(2026, 6, 1, 2, tzinfo=UTC)
PERSON = ("person:" + "a" * 32, "Person")
OTHER = ("person:" + "b" * 32, "Person")
LOAN = ("loan:bank:1", "Loan")

Told = tuple[str, str, str, tuple[str, ...]]


def told(news: list[EventNews]) -> list[Told]:
    return [(each.kind.value, each.subject, each.about, each.kinds) for each in news]


def last(log: FactLog) -> list[Told]:
    return told(news_of(log, log.batches()[-1]))


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(FactLog(tmp_path / "log"))


def test_a_fact_of_a_thing_is_one_of_its_owners(world: World) -> None:
    world.node("Person", PERSON[0], name="甲")
    world.node("Loan", LOAN[0], principal_fen=100)
    world.tie("BORROWED", PERSON, LOAN)
    world.commit(AT)
    assert last(world.log) == [("subject.changed", PERSON[0], "", ("BORROWED", "Loan", "Person"))]
    # stated again by another figure: the loan changed, nothing is withdrawn
    old = world.log.read("Loan")["fact_id"][0].as_py()
    world.close("Loan", old)
    world.node("Loan", LOAN[0], principal_fen=90)
    world.commit(AT + timedelta(days=1))
    assert last(world.log) == [("subject.changed", PERSON[0], "", ("Loan",))]


def test_what_is_closed_and_not_stated_again_is_withdrawn(world: World) -> None:
    world.node("Person", PERSON[0], name="甲")
    loan = world.node("Loan", LOAN[0], principal_fen=100)
    tie = world.tie("BORROWED", PERSON, LOAN)
    world.commit(AT)
    world.close("Loan", loan)
    world.close("BORROWED", tie)
    world.commit(AT + timedelta(days=1))
    assert last(world.log) == [
        ("subject.changed", PERSON[0], "", ("BORROWED", "Loan")),
        ("fact.withdrawn", PERSON[0], "", ("BORROWED",)),
        ("fact.withdrawn", PERSON[0], LOAN[0], ("Loan",)),
    ]


def test_what_two_sources_said_is_told_while_one_of_them_says_it(world: World) -> None:
    first = world.node("Person", PERSON[0], name="甲")
    world.commit(AT, "one")
    world.node("Person", PERSON[0], name="甲")
    world.commit(AT + timedelta(days=1), "two")
    world.close("Person", first)
    world.commit(AT + timedelta(days=2), "one")
    assert last(world.log) == [("subject.changed", PERSON[0], "", ("Person",))]


def test_a_tie_of_two_parties_is_about_both_and_a_resemblance_about_nobody(world: World) -> None:
    world.node("Person", PERSON[0], name="甲")
    world.node("Person", OTHER[0], name="乙")
    world.commit(AT)
    world.tie("SPOUSE_OF", PERSON, OTHER)
    world.commit(AT + timedelta(days=1))
    assert [each[1] for each in last(world.log)] == [PERSON[0], OTHER[0]]
    world.tie("SPOUSE_OF", OTHER, PERSON, certainty=0.8)
    world.commit(AT + timedelta(days=2))
    assert last(world.log) == []


def test_a_repair_is_told_and_so_is_that_the_record_is_gone(tmp_path: Path) -> None:
    here = office(tmp_path)
    key = penalty("ordinary")
    repaired(here, key)
    assert last(FactLog(here.log_dir)) == [
        ("subject.changed", FIRM[0], "", ("Penalty",)),
        ("record.repaired", FIRM[0], key, ("Penalty",)),
        ("fact.withdrawn", FIRM[0], key, ("Penalty",)),
    ]


def test_an_objection_withdraws_and_its_dismissal_gives_back(tmp_path: Path) -> None:
    here = office(tmp_path)
    key = penalty("ordinary")
    case = begin(
        here, "objection", key, applicant="样样果业", evidence="判决书", reason="不是我单位"
    )
    about = [each for each in last(FactLog(here.log_dir)) if each[0] != "subject.changed"]
    assert about == [("fact.withdrawn", FIRM[0], key, ("Penalty",))]
    case = go(here, case, "verify", reason="查无此事")
    go(here, case, "dismiss", reason="查无此事")
    assert last(FactLog(here.log_dir)) == [("subject.changed", FIRM[0], "", ("Penalty",))]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[OperationsStore]:
    with OperationsStore(Settings(data=tmp_path)) as opened:
        yield opened


def test_batches_are_told_from_when_somebody_listens_each_once(
    world: World, store: OperationsStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    import ingest.batch_events as room

    events = Events(store)
    assert tell(world.log, events) == 0 and events.heard() == 0
    for day in range(4):
        world.node("Person", PERSON[0], name=f"甲{day}")
        world.commit(AT + timedelta(days=day))
    whole = room.news_of

    def killed(log: FactLog, batch: Batch) -> Any:
        if batch.position == 3:
            raise KeyboardInterrupt
        return whole(log, batch)

    monkeypatch.setattr(room, "news_of", killed)
    with pytest.raises(KeyboardInterrupt):
        tell(world.log, events)
    assert events.heard() == 2
    monkeypatch.undo()
    assert tell(world.log, events) == 2 and tell(world.log, events) == 0
    found = events.after(0, most=100)
    assert [(each.number, each.at) for each in found] == [
        (number, AT + timedelta(days=number - 1)) for number in range(1, 5)
    ]
    # another process that read the same batch a moment earlier says nothing twice
    assert events.hear(3, whole(world.log, world.log.batches()[2]), at=AT) == 0


def test_a_log_that_nobody_listened_to_is_not_told_from_its_beginning(
    world: World, store: OperationsStore
) -> None:
    world.node("Person", PERSON[0], name="甲")
    world.commit(AT)
    events = Events(store)
    assert tell(world.log, events) == 0 and events.heard() == 1
    world.node("Person", OTHER[0], name="乙")
    world.commit(AT + timedelta(days=1))
    assert tell(world.log, events) == 1


def test_a_record_whose_term_ends_by_itself_is_told_on_that_day(
    world: World, store: OperationsStore
) -> None:
    firm = ("org:91610305MA9000017X", "Enterprise")
    world.node("Enterprise", firm[0], name="样样果业有限公司")
    for name, until in (("p1", date(2026, 6, 10)), ("p2", date(2026, 6, 30))):
        world.node("Penalty", name, document_no=name, penalty_kinds="罚款", authority="某局",
                   decided_on=date(2026, 5, 1), published_until=until)  # fmt: skip
        world.tie("PENALISED_BY", firm, (name, "Penalty"))
    world.commit(AT)
    events = Events(store)
    assert tell_of_day(world.log, events, date(2026, 6, 9)) == 0
    # published through its last day
    assert tell_of_day(world.log, events, date(2026, 6, 10)) == 0
    assert tell_of_day(world.log, events, date(2026, 6, 12)) == 1
    assert tell_of_day(world.log, events, date(2026, 6, 12)) == 0
    [event] = events.after(0, most=10)
    assert (event.kind, event.subject, event.about) == ("fact.withdrawn", firm[0], "p1")
    assert event.at == datetime(2026, 6, 11, 16, tzinfo=UTC)
