"""Whether somebody is lawfully listed: by whom it may be asked, what is answered, and what is kept."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from world import World

from graph.errors import ForbiddenError, InputError
from graph.identifiers import person_key, resident_id
from graph.log import FactLog
from graph.moment import Moment
from graph.operations import OperationsStore, StaffChecks
from graph.settings import Settings
from queries.district import DistrictReader
from queries.government import check_rules, check_staff, staff_log
from queries.runs import Runs
from queries.scope import ADMINISTRATOR, Scope

pytestmark = pytest.mark.each_store

KEY = "11" * 32
BODY = "11610305MB9T000114"
NOW = datetime(2026, 6, 1, tzinfo=UTC)
NUMBERS = {
    name: resident_id.complete(f"6103221980{place:02d}01901")
    for place, name in enumerate(
        ("listed", "removed", "abnormal", "resembling", "unknown", "representative", "merged", "stays"),
        1,
    )
}  # fmt: skip
ASKED = {
    "ground": "civil_service_recruitment",
    "authority": BODY,
    "purpose": "2026年公务员录用",
    "by": "样本甲",
}


def key(name: str) -> str:
    return person_key(NUMBERS[name], KEY)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Any]:
    settings = Settings(data=tmp_path)
    secrets = {"identity_key": KEY, "engine_password": "unused"}
    settings.secrets_file.write_text(json.dumps(secrets), encoding="utf-8")
    log = FactLog(settings.log_dir)
    world = World(log)

    def listed(name: str, party: tuple[str, str], kind: str, **said: Any) -> None:
        certainty = said.pop("certainty", 1.0)
        world.node(
            "ListEntry", f"list:{name}", list_kind=kind, listed_on=date(2026, 1, 5),
            published_until=date(2028, 1, 4), authority="样本区人民法院", **said,
        )  # fmt: skip
        world.tie("SUBJECT_OF", party, (f"list:{name}", "ListEntry"), certainty=certainty)

    for name in ("listed", "removed", "abnormal", "resembling", "representative", "stays"):
        world.node("Person", key(name), name="样本某")
    firm = ("org:91610305MA9T00018F", "Enterprise")
    world.node("Enterprise", firm[0], name="样例有限公司")
    world.tie("LEGAL_REPRESENTATIVE_OF", (key("representative"), "Person"), firm)
    listed("one", (key("listed"), "Person"), "judgment_defaulter")
    listed("two", (key("removed"), "Person"), "judgment_defaulter", removed_on=date(2026, 3, 1))
    # on a list that is not meant by the law, only alike, and one's firm's but not one's own
    listed("three", (key("abnormal"), "Person"), "irregular_taxpayer")
    listed("four", (key("resembling"), "Person"), "judgment_defaulter", certainty=0.8)
    listed("five", firm, "judgment_defaulter")
    listed("six", (key("merged"), "Person"), "wage_arrears")
    world.commit(NOW, "judgment_defaulter")
    world.tie("SAME_AS", (key("merged"), "Person"), (key("stays"), "Person"))
    world.commit(NOW.replace(day=2), "identity")
    for day, source in enumerate(check_rules().grounds[0].sources[1:], 3):
        world.node("Person", f"person:{day:032x}", name="样本某")
        world.commit(NOW.replace(day=day), source)
    with OperationsStore(settings) as store:
        runs = Runs()

        def reader(scope: Scope = ADMINISTRATOR, position: int | None = None) -> DistrictReader:
            stores: Any = SimpleNamespace(settings=settings, log=log, runs=runs, store=store)
            batches = log.batches()[:position]
            return DistrictReader(stores, Moment.of(batches, as_of=date(2026, 7, 1)), scope)

        yield SimpleNamespace(reader=reader, store=store, settings=settings)
        runs.close()


def ask(office: Any, number: str, reader: DistrictReader | None = None, **said: str) -> Any:
    asked = {**ASKED, **said}
    return check_staff(reader or office.reader(), office.store, office.settings, number, **asked)


def test_listed_is_the_person_himself_lawfully_and_by_identifier(office: Any) -> None:
    found = {name: ask(office, number).listed for name, number in NUMBERS.items()}
    assert found == {
        "listed": True, "removed": False, "abnormal": False, "resembling": False, "unknown": False,
        "representative": False, "merged": True, "stays": True,
    }  # fmt: skip


def test_the_answer_says_yes_or_no_and_no_more(office: Any) -> None:
    yes, no = ask(office, NUMBERS["listed"]), ask(office, NUMBERS["unknown"])
    assert (yes.result, no.result) == ("在列", "不在列")
    fields = {"number", "listed", "ground", "lists", "at", "basis"}
    assert {*yes.__dataclass_fields__} == fields
    # what stands beside it is the same for everybody: nothing of the person, the record or its list
    assert (yes.lists, yes.ground, yes.basis) == (no.lists, no.ground, no.basis)
    for told in (yes, no):
        assert not any(
            word in repr(told) for word in ("样本某", "list:", "person:", "法院", *NUMBERS.values())
        )


def test_that_one_asked_is_kept_and_what_was_answered_is_not(office: Any) -> None:
    first, second = ask(office, NUMBERS["listed"]), ask(office, NUMBERS["unknown"], by="样本乙")
    log = staff_log(office.store)
    assert [one.number for one in log.rows] == [second.number, first.number]
    assert (log.total, log.rows[1].by, log.rows[1].authority) == (2, "样本甲", BODY)
    assert log.rows[1].ground == "公务员法 第二十六条第四项"
    [kept] = StaffChecks(office.store).about(key("listed"))
    assert kept.name == first.number and kept.purpose == "2026年公务员录用" and kept.head
    # neither the log nor the store's file holds the number of anybody, nor the answer
    assert not {"listed", "result", "subject"} & {*kept.__dataclass_fields__}
    assert not any(number in repr(log) for number in NUMBERS.values())
    held = b"".join(path.read_bytes() for path in office.settings.data.glob("operations.sqlite3*"))
    assert not any(number.encode() in held for number in NUMBERS.values())


@pytest.mark.parametrize(
    ("said", "error", "code"),
    [
        ({"ground": ""}, ForbiddenError, "no_legal_basis"),
        ({"ground": "政审"}, ForbiddenError, "no_legal_basis"),
        ({"authority": ""}, InputError, "authority_wrong"),
        # a firm recruits whom it likes, and not by this law
        ({"authority": "91610305MA9T00018F"}, InputError, "authority_wrong"),
        ({"purpose": "  "}, InputError, "purpose_missing"),
        ({"by": ""}, InputError, "user_missing"),
        ({"number": "610322198001019019"}, InputError, "resident_id"),
        ({"number": ""}, InputError, "resident_id"),
    ],
)  # fmt: skip
def test_without_basis_authority_purpose_or_name_nothing_is_asked(
    office: Any, said: dict[str, str], error: type[Exception], code: str
) -> None:
    # a copy: what a test takes out is missing where it runs on another store
    stated = {"number": NUMBERS["listed"], **said}
    number = stated.pop("number")
    with pytest.raises(error) as refused:
        ask(office, number, **stated)
    assert refused.value.cause_code == code  # type: ignore[attr-defined]
    assert not number or number not in str(refused.value)
    assert StaffChecks(office.store).count() == 0


def test_who_does_not_see_everything_is_refused(office: Any) -> None:
    """What is withheld from him would be answered as not listed."""
    for scope in (Scope("某镇", divisions=("610305100",)), Scope("某行", open_classes=frozenset())):
        with pytest.raises(ForbiddenError) as refused:
            ask(office, NUMBERS["listed"], office.reader(scope))
        assert refused.value.cause_code == "not_permitted"
    assert StaffChecks(office.store).count() == 0


def test_a_list_that_never_came_is_not_one_on_which_nobody_stands(office: Any) -> None:
    for number in (NUMBERS["listed"], NUMBERS["unknown"]):
        with pytest.raises(InputError) as refused:
            ask(office, number, office.reader(position=2))
        assert refused.value.cause_code == "lists_not_held"
    assert StaffChecks(office.store).count() == 0


def test_a_purpose_is_no_place_for_a_number(office: Any) -> None:
    ask(office, NUMBERS["listed"], purpose=f"录用 {NUMBERS['listed']}")
    assert NUMBERS["listed"] not in staff_log(office.store).rows[0].purpose
