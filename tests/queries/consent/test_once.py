"""A consent for once: its use begins with the first answer, is one day's, and is begun once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest
from breadth import examples
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.errors import InputError
from graph.operations import OperationsStore
from graph.operations.consent import Channel, Consents, ConsentTerms, Mode
from graph.settings import Settings
from queries.consent import ConsentedScopes, find_purpose, grants_of, standing
from queries.scope import Scope

pytestmark = pytest.mark.each_store

BANK, SHA = "institution:bank", "a" * 64
#: 23:30 in China of the first of June.
NOW = datetime(2026, 6, 1, 15, 30, tzinfo=UTC)
BASE = Scope("信贷员", institution=BANK, open_classes=frozenset())
PURPOSE = find_purpose("credit_approval")
CREDIT = frozenset({"credit"})


def terms(subject: str = "person:1", **more: Any) -> ConsentTerms:
    told: dict[str, Any] = {
        "institution": BANK, "purpose": "credit_approval", "items": ("credit", "land"),
        "mode": Mode.ONCE, "frequency": "一次", "from_on": date(2026, 6, 1),
        "to_on": date(2026, 6, 30), "text_version": "1", "text_sha256": SHA,
        "channel": Channel.WINDOW, "sensitive_tick": True, "onward_tick": True,
    }  # fmt: skip
    return ConsentTerms(subject=subject, **told | more)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[OperationsStore]:
    with OperationsStore(Settings(data=tmp_path)) as opened:
        Consents(opened).keep_text(SHA, "1", "授权书")
        yield opened


def test_it_is_used_through_the_day_of_its_first_answer(store: OperationsStore) -> None:
    book, held = Consents(store), ConsentedScopes(store)
    number = book.register(terms(), by="张三", at=NOW).number
    told = held.consented(BASE, PURPOSE, NOW)
    found = held.opened(told, ["person:1", "person:2"], CREDIT)
    assert (found.numbers, found.begins) == ((number,), (number,))
    assert held.opened(told, ["person:1"], frozenset({"tax"})).numbers == ()
    held.begin(found.begins, by="李四", at=NOW)
    again = held.consented(BASE, PURPOSE, NOW)
    assert again.scope.grants and again.scope is told.scope
    assert held.opened(again, ["person:1"], CREDIT).begins == ()
    for minutes, state in ((0, "in_force"), (29, "in_force"), (30, "used"), (60 * 24 * 60, "used")):
        at = NOW + timedelta(minutes=minutes)
        assert standing(book.find(number), at) == state, minutes
        opened = held.scope(BASE, PURPOSE, at).grants
        assert bool(opened) is (state == "in_force")
        assert bool(ConsentedScopes(store).scope(BASE, PURPOSE, at).grants) is bool(opened)
    ended = book.find(number).ending(NOW + timedelta(days=1))
    assert ended is not None and (ended.act, ended.by, ended.at) == ("used", "李四", NOW)
    with pytest.raises(InputError):
        book.register(terms(), by="张三", at=NOW + timedelta(days=1), replaces=number)


def test_what_is_for_its_whole_time_or_over_does_not_begin(store: OperationsStore) -> None:
    book = Consents(store)
    whole = book.register(terms(mode=Mode.CONTINUOUS), by="张三", at=NOW).number
    over = book.register(terms(), by="张三", at=NOW).number
    book.revoke(over, how="窗口", by="李四", at=NOW)
    assert book.begin([whole, over, 999], by="王五", at=NOW) == []
    assert [act.act for act in book.find(over).acts] == ["revoked"]


def test_of_many_at_once_one_begins_it(store: OperationsStore) -> None:
    book = Consents(store)
    number = book.register(terms(), by="张三", at=NOW).number
    ready, begun = Barrier(6), []

    def asking(name: str) -> None:
        held = ConsentedScopes(store)
        told = held.consented(BASE, PURPOSE, NOW)
        found = held.opened(told, ["person:1"], CREDIT)
        ready.wait()
        begun.extend(book.begin(found.begins, by=name, at=NOW))

    threads = [Thread(target=asking, args=(f"信贷员{each}",)) for each in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert begun == [number]
    assert [act.act for act in book.find(number).acts] == ["begun"]


def test_what_ended_since_still_opened_the_answer(store: OperationsStore) -> None:
    book, held = Consents(store), ConsentedScopes(store)
    first = book.register(terms(mode=Mode.CONTINUOUS), by="张三", at=NOW).number
    told = held.consented(BASE, PURPOSE, NOW)
    book.revoke(first, how="窗口", by="李四", at=NOW)
    second = book.register(terms(mode=Mode.CONTINUOUS), by="张三", at=NOW).number
    later = held.consented(BASE, PURPOSE, NOW)
    assert held.opened(told, ["person:1"], CREDIT).numbers == (first,)
    assert held.opened(later, ["person:1"], CREDIT).numbers == (second,)


def test_a_paper_opens_from_its_confirmation_on(store: OperationsStore) -> None:
    book, held = Consents(store), ConsentedScopes(store)
    number = book.register(terms(channel=Channel.PAPER), by="张三", at=NOW).number
    before = held.consented(BASE, PURPOSE, NOW)
    book.confirm(number, by="李四", at=NOW)
    after = held.consented(BASE, PURPOSE, NOW)
    assert held.opened(before, ["person:1"], CREDIT).numbers == ()
    assert held.opened(after, ["person:1"], CREDIT).begins == (number,)


@pytest.mark.sqlite_only("what follows from acts is the same in each")
@settings(max_examples=examples(15))
@given(st.data())
def test_whatever_is_done_the_quick_way_is_the_definition(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    with OperationsStore(Settings(data=tmp_path_factory.mktemp("store"))) as store:
        book, held = Consents(store), ConsentedScopes(store)
        book.keep_text(SHA, "1", "授权书")
        at = NOW
        for _ in range(data.draw(st.integers(1, 8))):
            at += timedelta(hours=data.draw(st.sampled_from([0, 0, 5, 30])))
            number = book.count()
            act = data.draw(st.sampled_from(["register", "begin", "use", "revoke", "confirm"]))
            if act == "register" or not number:
                mode = data.draw(st.sampled_from(list(Mode)))
                channel = data.draw(st.sampled_from([Channel.WINDOW, Channel.PAPER]))
                who = data.draw(st.sampled_from(["person:1", "person:2"]))
                book.register(terms(who, mode=mode, channel=channel), by="张三", at=at)
                continue
            place = data.draw(st.integers(1, number))
            found = book.find(place)
            if act == "revoke":
                book.revoke(place, how="窗口", by="张三", at=at)
            elif act == "confirm" and found.ending(at) is None:
                book.confirm(place, by="李四", at=at)
            elif act == "use" and found.terms.mode == Mode.ONCE:
                book.use(place, reason="贷款", by="李四", at=at)
            elif act == "begin":
                told = held.consented(BASE, PURPOSE, at)
                opened = held.opened(told, ["person:1", "person:2"], CREDIT)
                held.begin(opened.begins, by="王五", at=at)
            everything = book.of(limit=100)
            told = held.consented(BASE, PURPOSE, at)
            assert dict(told.scope.grants) == grants_of(everything, BANK, PURPOSE.code, at)
            stood = {one.number for one in everything if standing(one, at) == "in_force"}
            assert {*held.opened(told, ["person:1", "person:2"], CREDIT).numbers} == stood
