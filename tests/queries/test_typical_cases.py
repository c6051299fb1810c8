"""Typical cases: two persons, a term, a record that is published, and nothing of a natural person."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from world import World

from graph.errors import InputError, NotFoundError
from graph.log import FactLog
from graph.moment import Moment
from graph.operations import OperationsStore, store_for
from graph.settings import Settings
from queries.reader import Reader
from queries.runs import Runs
from queries.scope import ADMINISTRATOR
from queries.typical_cases import (
    CaseRequest,
    approve_case,
    case_board,
    propose_case,
    shown_cases,
    withdraw_case,
)

pytestmark = pytest.mark.each_store

DAY = date(2026, 5, 4)
KNOWN = datetime(2026, 5, 4, 4, tzinfo=UTC)
CODE = "91610305MA9T00018F"
FIRM, HEAD = (f"org:{CODE}", "Enterprise"), ("person:1", "Person")
SHOP = ("org:shop", "IndividualBusiness")


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = World(FactLog(tmp_path / "log"))
    made.node("Enterprise", FIRM[0], name="凤翔样例果业有限公司", unified_social_credit_code=CODE)
    made.node("IndividualBusiness", SHOP[0], name="样样小卖部")
    made.node("Person", HEAD[0], name="李白")
    made.node("Person", "person:2", name="欧阳样例")
    made.node("Person", "person:3", name="高明")
    made.tie("LEGAL_REPRESENTATIVE_OF", HEAD, FIRM)
    for number, party in (("荣1", FIRM), ("荣2", SHOP)):
        key = (f"honour:{number}", "Honour")
        made.node("Honour", key[0], document_no=number, list_kind="tax_a", title="A级纳税人",
                  awarded_on=date(2026, 1, 1), valid_to_on=date(2026, 12, 31))  # fmt: skip
        made.tie("HONOURED_BY", party, key)
    made.node("Penalty", "penalty:1", document_no="罚1", penalty_kinds="罚款", authority="样区农业农村局",
              decided_on=date(2026, 3, 2), published_until=date(2026, 9, 1))  # fmt: skip
    made.tie("PENALISED_BY", FIRM, ("penalty:1", "Penalty"))
    made.commit(KNOWN - timedelta(days=1))
    return made


@pytest.fixture
def store(tmp_path: Path) -> Iterator[OperationsStore]:
    with store_for(Settings(data=tmp_path / "data"), None) as opened:
        yield opened


def reader(world: World, day: date = DAY, known: datetime = KNOWN) -> Reader:
    stores: Any = SimpleNamespace(log=world.log, runs=Runs())
    moment = Moment.of(world.log.batches(), as_of=day, known_at=known)
    return Reader(stores, moment, ADMINISTRATOR)


GOOD = CaseRequest("good", CODE, "荣1", "年年守信", "连续三年按时纳税，带动农户增收。", "宣传诚信")
BAD = CaseRequest(
    "bad", "凤翔样例果业有限公司", "罚1", "掺杂掺假被罚", "销售不合格果品被处罚。", "警示"
)


def states(world: World, store: OperationsStore, **when: Any) -> list[str]:
    return [one.state for one in case_board(reader(world, **when), store).cases]


def test_two_persons_and_then_everybody_sees_it(world: World, store: OperationsStore) -> None:
    made = propose_case(reader(world), store, GOOD, by="张三")
    assert shown_cases(reader(world), store).cases == () and states(world, store) == ["waiting"]
    with pytest.raises(InputError) as refused:
        approve_case(reader(world), store, made.number, by=" 张三 ")
    assert refused.value.cause_code == "two_persons"
    approve_case(reader(world), store, made.number, by="李四")
    [shown] = shown_cases(reader(world), store).cases
    assert (shown.title, shown.record.name, shown.kind_label) == (
        "年年守信", "凤翔样例果业有限公司", "诚信典型"
    )  # fmt: skip
    # nothing of who acted, and no key, is told to everybody
    assert not {"张三", "李四", FIRM[0]} & {str(value) for value in vars(shown).values()}
    withdraw_case(store, made.number, by="王五", because="改稿")
    assert shown_cases(reader(world), store).cases == () and states(world, store) == ["withdrawn"]
    with pytest.raises(InputError, match="已经撤下"):
        approve_case(reader(world), store, made.number, by="李四")


def test_a_case_is_over_after_its_last_day(world: World, store: OperationsStore) -> None:
    made = propose_case(reader(world), store, BAD, by="张三")
    assert made.until == date(2026, 9, 1)  # the record's own last day, before a year is over
    short = propose_case(reader(world), store, replace(GOOD, until=date(2026, 6, 1)), by="张三")
    for one in (made, short):
        approve_case(reader(world), store, one.number, by="李四")

    def on(month: int, day: int) -> list[str]:
        known = datetime(2026, month, day, 4, tzinfo=UTC)
        return states(world, store, day=date(2026, month, day), known=known)

    assert [on(6, 1), on(6, 2)] == [["shown", "shown"], ["expired", "shown"]]
    assert [on(9, 1), on(9, 2)] == [["expired", "shown"], ["expired", "record_ended"]]
    for until in (date(2026, 5, 3), date(2026, 9, 2)):
        with pytest.raises(InputError) as refused:
            propose_case(reader(world), store, replace(BAD, until=until), by="张三")
        assert refused.value.cause_code == "case_term"


@pytest.mark.parametrize(
    "ended",
    [{"removed_on": date(2026, 5, 4)}, {"record_state": "annulled"}, {"record_state": "disputed"},
     {"published_until": date(2026, 5, 3)}],
)  # fmt: skip
def test_with_its_record_a_case_ends_at_once(
    world: World, store: OperationsStore, ended: dict[str, Any]
) -> None:
    made = propose_case(reader(world), store, BAD, by="张三")
    approve_case(reader(world), store, made.number, by="李四")
    waits = propose_case(reader(world), store, replace(BAD, title="再写一篇"), by="张三")
    assert len(shown_cases(reader(world), store).cases) == 1
    world.node("Penalty", "penalty:1", document_no="罚1", penalty_kinds="罚款", authority="样区农业农村局",
               **{"decided_on": date(2026, 3, 2), **ended})  # fmt: skip
    world.commit(KNOWN)
    now = {"known": KNOWN + timedelta(hours=1)}
    assert shown_cases(reader(world, **now), store).cases == ()
    board = case_board(reader(world, **now), store).cases
    assert {one.state for one in board} == {"record_ended"}
    # of what ended the office's own list tells the story no more either
    assert {(one.title, one.story, one.record) for one in board} == {(None, None, None)}
    with pytest.raises(InputError) as refused:
        approve_case(reader(world, **now), store, waits.number, by="李四")
    assert refused.value.cause_code == "record_not_published"


@pytest.mark.parametrize(
    ("story", "refused"),
    [
        ("法定代表人李白守信经营。", True),
        ("李白带领农户增收。", True),  # two signs, and the firm's own head
        ("欧阳样例说起此事。", True),  # whoever he is, and whatever he is to the firm
        ("负责人高明说，守信有回报。", True),
        ("高明先生介绍了经验。", True),
        ("手法高明，不可取。", False),  # two signs that are a word here
        ("联系电话13800000000。", True),
        ("证号610322199001011234。", True),
        ("歐陽樣例說起此事。", True),
    ],
)
def test_no_natural_person_is_named(
    world: World, store: OperationsStore, story: str, refused: bool
) -> None:
    asked = replace(GOOD, story=story)
    if not refused:
        assert propose_case(reader(world), store, asked, by="张三").story == story
        return
    with pytest.raises(InputError) as told:
        propose_case(reader(world), store, asked, by="张三")
    assert told.value.cause_code == "person_named"
    assert "李白" not in told.value.message_zh and "欧阳" not in told.value.message_zh
    with pytest.raises(InputError):
        propose_case(reader(world), store, replace(GOOD, title=story), by="张三")


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"document_no": "荣9"}, "record_not_published"),
        ({"subject": "凤翔样例"}, "record_not_published"),  # a part of a name
        ({"kind": "bad"}, "record_not_published"),  # an honour is no ground for a bad case
        ({"kind": "other"}, "case_kind"),
        ({"subject": "样样小卖部", "document_no": "荣2"}, "case_of_person"),
        ({"reason": " "}, "reason_missing"),
        ({"title": ""}, "case_text"),
        ({"story": "长" * 2001}, "case_text"),
    ],
)
def test_what_does_not_hold_is_refused(
    world: World, store: OperationsStore, changed: dict[str, Any], code: str
) -> None:
    with pytest.raises(InputError) as refused:
        propose_case(reader(world), store, replace(GOOD, **changed), by="张三")
    assert refused.value.cause_code == code
    with pytest.raises(InputError, match="姓名"):
        propose_case(reader(world), store, GOOD, by="")
    with pytest.raises(NotFoundError):
        approve_case(reader(world), store, 7, by="李四")
    assert states(world, store) == []
