"""What may be asked of somebody, and what must be there before it is a consent."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from graph.errors import InputError, NotFoundError
from graph.operations import Events, OperationsStore
from graph.operations.consent import Channel, Consent, Consents, Mode
from graph.settings import Settings
from queries.consent import (
    AskedConsent,
    consent_terms,
    has_consent,
    register_consent,
    standing,
)

BANK = "institution:bank"
NOW = datetime(2026, 6, 1, 2, tzinfo=UTC)
SCAN = "b" * 64


@pytest.fixture
def store(tmp_path: Path) -> Iterator[OperationsStore]:
    with OperationsStore(Settings(data=tmp_path)) as opened:
        yield opened


def asked(**more: Any) -> AskedConsent:
    told: dict[str, Any] = {
        "subject": "person:1", "institution": BANK, "purpose": "贷款审批", "items": ("credit", "land"),
        "from_on": date(2026, 6, 1), "sensitive_tick": True, "onward_tick": True,
        "evidence_sha256": SCAN, "institution_name": "凤翔样例农商行",
    }  # fmt: skip
    return AskedConsent(**told | more)


def register(store: OperationsStore, **more: Any) -> Consent:
    return register_consent(store, asked(**more), by="张三", at=NOW)


def test_a_consent_keeps_the_text_that_was_agreed_to(store: OperationsStore) -> None:
    one = register(store)
    text = Consents(store).text(one.terms.text_sha256)
    assert hashlib.sha256(text.encode()).hexdigest() == one.terms.text_sha256
    assert one.terms.to_on == date(2027, 5, 31)
    for word in (
        "凤翔样例农商行", "贷款审批", "信贷", "土地和林权", "2026年6月1日", "2027年5月31日", "不含转提供",
        "撤回", "不同意的后果", "第十六条", "第二十三条", "第二十八条", "敏感个人信息（信贷）", "书面同意",
    ):  # fmt: skip
        assert word in text, word
    # who agreed to the same agreed to one text, and nobody's key stands in it
    assert register(store, subject="person:2").terms.text_sha256 == one.terms.text_sha256
    assert "person:" not in text
    assert one == Consents(store).find(one.number)


def test_no_tick_stands_in_a_text_where_nothing_needs_one() -> None:
    _, of_a_firm = consent_terms(asked(subject="org:1"), date(2026, 6, 1))
    assert "□" not in of_a_firm.text
    _, plain = consent_terms(asked(items=("land",)), date(2026, 6, 1))
    assert plain.text.count("□") == 1 and "敏感" not in plain.text


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"subject": " "}, "consent_incomplete"),
        ({"institution": ""}, "consent_incomplete"),
        ({"items": ()}, "consent_incomplete"),
        ({"purpose": "好奇"}, "purpose_unknown"),
        ({"items": ("blood",)}, "class_unknown"),
        ({"purpose": "post_loan", "items": ("credit", "income")}, "class_not_needed"),
        ({"items": ("public_record",)}, "class_not_needed"),
        ({"to_on": date(2026, 5, 31)}, "consent_days"),
        ({"to_on": date(2027, 6, 1)}, "consent_days"),
        ({"from_on": date(2025, 5, 1), "to_on": date(2025, 6, 1)}, "consent_days"),
        ({"mode": Mode.ONCE, "to_on": date(2026, 7, 1)}, "consent_days"),
        ({"birth_on": date(2012, 6, 2)}, "guardian_missing"),
        ({"evidence_sha256": None}, "evidence_missing"),
        ({"evidence_sha256": None, "channel": Channel.PAPER}, "evidence_missing"),
    ],
)
def test_what_is_no_consent_is_refused(
    store: OperationsStore, more: dict[str, Any], code: str
) -> None:
    with pytest.raises(InputError) as refused:
        register(store, **more)
    assert refused.value.cause_code == code
    assert Consents(store).count() == 0


@pytest.mark.parametrize(
    "more",
    [
        {"to_on": date(2027, 5, 31)},
        {"to_on": date(2026, 6, 1)},
        {"birth_on": date(2012, 6, 1)},
        {"birth_on": date(2020, 6, 1), "guardian": "张大"},
        {"evidence_sha256": None, "channel": Channel.ONLINE},
        {"evidence_sha256": None, "items": ("credit",)},
        {"evidence_sha256": None, "subject": "org:1"},
        {"mode": Mode.ONCE},
    ],
)
def test_what_is_one_is_registered(store: OperationsStore, more: dict[str, Any]) -> None:
    assert standing(register(store, **more), NOW) == "in_force"


def test_a_paper_stands_when_a_second_person_has_looked_at_it(store: OperationsStore) -> None:
    book, one = Consents(store), register(store, channel=Channel.PAPER)

    def opened() -> bool:
        return has_consent(store, "person:1", BANK, "credit_approval", at=NOW)

    assert standing(one, NOW) == "waiting" and not opened()
    with pytest.raises(InputError) as refused:
        book.confirm(one.number, by=" 张三 ", at=NOW)
    assert refused.value.cause_code == "second_person"
    assert standing(book.confirm(one.number, by="李四", at=NOW), NOW) == "in_force" and opened()
    assert book.confirm(one.number, by="王五", at=NOW) == book.find(one.number)
    book.revoke(one.number, how="窗口", by="王五", at=NOW)
    assert not opened()


def test_what_replaces_ends_what_it_replaces(store: OperationsStore) -> None:
    before = register(store)
    after = register_consent(
        store, asked(items=("land",)), by="李四", at=NOW, replaces=before.number
    )
    assert after.replaces == before.number
    assert standing(Consents(store).find(before.number), NOW) == "replaced"
    for wrong in ({}, {"subject": "person:2"}):
        with pytest.raises(InputError) as refused:
            register_consent(store, asked(**wrong), by="李四", at=NOW, replaces=before.number)
        assert refused.value.cause_code == "consent_ended"
    assert Consents(store).count() == 2


def test_one_for_once_ends_when_it_was_used(store: OperationsStore) -> None:
    book = Consents(store)
    once, lasting = register(store, mode=Mode.ONCE), register(store)
    used = book.use(once.number, reason="判定", by="张三", at=NOW)
    assert standing(used, NOW) == "used"
    # what has ended stays as it is
    assert book.revoke(once.number, how="窗口", by="李四", at=NOW) == used
    with pytest.raises(InputError) as refused:
        book.use(lasting.number, reason="判定", by="张三", at=NOW)
    assert refused.value.cause_code == "consent_continuous"
    with pytest.raises(NotFoundError):
        book.revoke(99, how="窗口", by="李四", at=NOW)


def test_a_revocation_is_an_event_of_its_own_transaction(
    store: OperationsStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = register(store).number

    def fails(*_given: object, **_more: object) -> None:
        raise InputError("不行", "no")

    with monkeypatch.context() as patch, pytest.raises(InputError):
        patch.setattr("graph.operations.consent.note_event", fails)
        Consents(store).revoke(number, how="窗口", by="李四", at=NOW)
    assert standing(Consents(store).find(number), NOW) == "in_force"
    for _ in range(2):
        Consents(store).revoke(number, how="窗口", by="李四", at=NOW)
    told = [event for event in Events(store).after(0, most=10) if event.kind == "consent.revoked"]
    assert [(one.subject, one.about, one.institution) for one in told] == [
        ("person:1", f"consent:{number}", BANK)
    ]


def test_no_number_of_a_person_is_kept_of_what_was_typed(store: OperationsStore) -> None:
    one = register(store, frequency="每月 110101199003070732", guardian="父亲110101199003070732")
    Consents(store).revoke(
        one.number, how="窗口", reason="本人 110101199003070732 申请", by="李四", at=NOW
    )
    assert "199003070732" not in str(Consents(store).find(one.number))
