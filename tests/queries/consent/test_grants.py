"""What consents open: by the definition, by the way that is quick, and by a slow clear third."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from breadth import examples
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.information import InformationClass
from graph.operations import OperationsStore
from graph.operations.consent import Channel, Consent, ConsentAct, Consents, ConsentTerms, Mode
from graph.settings import Settings
from queries.consent import ConsentedScopes, consent_rules, find_purpose, grants_of, standing
from queries.scope import Scope

BANK, OTHER = "institution:bank", "institution:other"
#: 08:30 in China of the first of June.
NOW = datetime(2026, 6, 1, 0, 30, tzinfo=UTC)
SENSITIVE = ("household", "income", "credit", "credit_report", "insurance", "complaint")
SHA = "a" * 64


def terms(subject: str = "person:1", **more: Any) -> ConsentTerms:
    told: dict[str, Any] = {
        "institution": BANK, "purpose": "credit_approval", "items": ("credit", "land"),
        "mode": Mode.CONTINUOUS, "frequency": "按业务需要", "from_on": date(2026, 1, 1),
        "to_on": date(2026, 12, 31), "text_version": "1", "text_sha256": SHA,
        "channel": Channel.WINDOW, "sensitive_tick": True, "onward_tick": True,
    }  # fmt: skip
    return ConsentTerms(subject=subject, **told | more)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[OperationsStore]:
    with OperationsStore(Settings(data=tmp_path)) as opened:
        Consents(opened).keep_text(SHA, "1", "授权书")
        yield opened


def slow(consents: list[Consent], at: datetime) -> dict[str, set[str]]:
    """The same without any of the words of the code: each rule is a line."""
    found: dict[str, set[str]] = {}
    here = (at + timedelta(hours=8)).date()
    for one in consents:
        told, done = one.terms, [act for act in one.acts if act.at <= at]
        if told.institution != BANK or told.purpose != "credit_approval":
            continue
        if not told.from_on <= here <= told.to_on:
            continue
        if any(act.act in ("revoked", "replaced", "used") for act in done):
            continue
        if told.channel == "paper" and not any(act.act == "confirmed" for act in done):
            continue
        natural = told.subject.split(":")[0] in ("person", "household")
        for item in told.items:
            if natural and not told.onward_tick:
                continue
            if natural and item in SENSITIVE and not told.sensitive_tick:
                continue
            found.setdefault(told.subject, set()).add(item)
    return found


def made(*, with_acts: bool = True) -> st.SearchStrategy[list[Consent]]:
    days = st.integers(-3, 3).map(lambda n: date(2026, 6, 1) + timedelta(n))
    agreed = st.builds(
        terms,
        st.sampled_from(["person:1", "person:2", "household:1", "org:1"]),
        institution=st.sampled_from([BANK, BANK, OTHER]),
        purpose=st.sampled_from(["credit_approval", "credit_approval", "post_loan"]),
        items=st.sets(st.sampled_from(["credit", "land", "income", "utility"]), min_size=1).map(
            lambda items: tuple(sorted(items))
        ),
        from_on=days,
        to_on=days,
        channel=st.sampled_from(list(Channel)),
        sensitive_tick=st.booleans(),
        onward_tick=st.booleans(),
    )
    acts = st.lists(
        st.builds(
            lambda act, hours: ConsentAct(act, "", "", "张三", NOW + timedelta(hours=hours)),
            st.sampled_from(["confirmed", "revoked", "replaced", "used"]),
            st.integers(-30, 30),
        ),
        max_size=2 if with_acts else 0,
    )
    one = st.builds(
        lambda told, done: Consent(0, told, None, "张三", NOW - timedelta(days=9), tuple(done)),
        agreed,
        acts,
    )
    return st.lists(one, max_size=6)


@given(made(), st.integers(-60, 60))
def test_a_slow_clear_reading_opens_the_same(consents: list[Consent], hours: int) -> None:
    at = NOW + timedelta(hours=hours)
    assert {
        party: {*classes}
        for party, classes in grants_of(consents, BANK, "credit_approval", at).items()
    } == slow(consents, at)


@given(made(), st.data())
def test_ending_one_never_adds(consents: list[Consent], data: st.DataObject) -> None:
    if not consents:
        return
    before = grants_of(consents, BANK, "credit_approval", NOW)
    place = data.draw(st.integers(0, len(consents) - 1))
    ending = ConsentAct(
        data.draw(st.sampled_from(["revoked", "replaced", "used"])), "", "", "李四", NOW
    )
    one = consents[place]
    ended = [*consents]
    ended[place] = dataclasses.replace(one, acts=(*one.acts, ending))
    after = grants_of(ended, BANK, "credit_approval", NOW)
    assert after.keys() <= before.keys()
    assert all(classes <= before[party] for party, classes in after.items())
    assert standing(ended[place], NOW) != "in_force"


def test_the_last_day_is_a_day_in_china() -> None:
    one = Consent(1, terms(from_on=date(2026, 6, 1), to_on=date(2026, 6, 2)), None, "张三", NOW)
    for at, opened in (
        (datetime(2026, 5, 31, 15, 59, 59, tzinfo=UTC), False),
        (datetime(2026, 5, 31, 16, 0, tzinfo=UTC), True),
        (datetime(2026, 6, 2, 15, 59, 59, tzinfo=UTC), True),
        (datetime(2026, 6, 2, 16, 0, tzinfo=UTC), False),
    ):
        assert bool(grants_of([one], BANK, "credit_approval", at)) is opened, at


def test_what_is_sensitive_is_said_by_the_rules_and_no_purpose_asks_for_what_is_public() -> None:
    rules = consent_rules()
    assert {str(item) for item in rules.sensitive.classes} == {*SENSITIVE}
    asked = frozenset[InformationClass]().union(*(one.classes for one in rules.purposes))
    # what a law opens to an authority is asked of nobody
    assert {*InformationClass} - asked == {
        item for item in InformationClass
        if item.is_public or item in ("inspection", "complaint", "administration", "measure", "grade")
    }  # fmt: skip


@settings(max_examples=examples(12))
@given(st.data())
def test_the_quick_way_follows_the_store_whatever_is_done(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    with OperationsStore(Settings(data=tmp_path_factory.mktemp("store"))) as store:
        book, held = Consents(store), ConsentedScopes(store)
        book.keep_text(SHA, "1", "授权书")
        base = Scope("信贷员", institution=BANK, open_classes=frozenset())
        purpose = find_purpose("credit_approval")
        for _ in range(data.draw(st.integers(1, 6))):
            number = book.count()
            choice = data.draw(
                st.sampled_from(["register", "many", "revoke", "confirm", "replace"])
            )
            if choice == "many" or not number:
                many = data.draw(made(with_acts=False))
                book.register_many([one.terms for one in many], by="张三", at=NOW)
            elif choice == "register":
                for one in data.draw(made(with_acts=False))[:1]:
                    book.register(one.terms, by="张三", at=NOW)
            else:
                place = data.draw(st.integers(1, number))
                found = book.find(place)
                if choice == "revoke":
                    book.revoke(place, how="窗口", by="张三", at=NOW)
                elif found.ending(NOW) is None:
                    if choice == "confirm":
                        book.confirm(place, by="李四", at=NOW)
                    else:
                        book.register(found.terms, by="王五", at=NOW, replaces=place)
            told = held.scope(base, purpose, NOW)
            everything = book.of(limit=1_000)
            assert dict(told.grants) == grants_of(everything, BANK, "credit_approval", NOW)
            # another process, that begins now, sees the same
            assert ConsentedScopes(store).scope(base, purpose, NOW).id == told.id
            assert held.scope(base, purpose, NOW) is told


def test_a_scope_is_made_anew_when_its_own_consents_change_or_a_day_is_over(
    store: OperationsStore,
) -> None:
    book, held = Consents(store), ConsentedScopes(store)
    base = Scope("信贷员", institution=BANK, open_classes=frozenset())
    purpose = find_purpose("贷款审批")
    mine = book.register(terms(to_on=date(2026, 6, 1)), by="张三", at=NOW).number
    first = held.scope(base, purpose, NOW)
    assert dict(first.grants) == {"person:1": {"credit", "land"}} and first.purpose == "贷款审批"
    book.register(terms("person:2", institution=OTHER), by="张三", at=NOW)
    book.register(terms("person:3", purpose="post_loan"), by="张三", at=NOW)
    assert held.scope(base, purpose, NOW) is first
    assert held.scope(base, find_purpose("post_loan"), NOW).grants.keys() == {"person:3"}
    # who works elsewhere for the same bank shares what the bank was opened, and sees his own area
    near = held.scope(Scope("乡", ("610305100",), BANK, "", frozenset()), purpose, NOW)
    assert near.grants is first.grants and near.id != first.id
    tomorrow = held.scope(base, purpose, NOW + timedelta(days=1))
    assert tomorrow.grants == {} and tomorrow.id != first.id
    assert held.scope(base, purpose, NOW).id == first.id
    book.revoke(mine, how="窗口", reason="本人申请", by="李四", at=NOW)
    assert held.scope(base, purpose, NOW).grants == {}


def test_two_who_open_alike_have_one_list_of_kinds(store: OperationsStore) -> None:
    book = Consents(store)
    everybody = [f"person:{n}" for n in range(50)]
    book.register_many([terms(key) for key in everybody], by="张三", at=NOW)
    scope = ConsentedScopes(store).scope(
        Scope("信贷员", institution=BANK, open_classes=frozenset()),
        find_purpose("credit_approval"),
        NOW,
    )
    told = scope.parameters()
    assert {*map(tuple, told["opened"].values())} == {("0:",)}
    assert told["granted"] == {"0:": "\n".join(["", *everybody, ""])}
    plain = Scope("甲", None, BANK, "", frozenset(), dict(scope.grants))
    assert plain.id == scope.id and plain.parameters() == told
