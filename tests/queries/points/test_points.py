"""Points: the values of the rule, an honour once, the level by who confers it, and nobody's without an
application."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from breadth import examples
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from world import World

from graph.errors import InputError, NotFoundError
from graph.log import FactLog
from graph.moment import Moment
from graph.operations import OperationsStore, PointsBook
from graph.schema.public_record import LEVELS
from graph.settings import Settings
from queries.district import DistrictReader
from queries.points import (
    AdverseRecord,
    Configuration,
    HeldHonour,
    PointRules,
    explain,
    honour_name,
    join_points,
    leave_points,
    load_points,
    participants,
    points_of,
    share_points,
)
from queries.runs import Runs
from queries.scope import ADMINISTRATOR, Scope

pytestmark = pytest.mark.each_store

DAY = date(2026, 6, 1)
KNOWN = datetime(2026, 6, 1, 4, tzinfo=UTC)
FIRM, OTHER, PERSON = "org:firm", "org:other", "person:one"
BANK = "institution:bank"


class District:
    """A firm with honours and records, as sources would state them."""

    def __init__(self, folder: Path) -> None:
        self.log = FactLog(folder)
        self.world = World(self.log)
        for key in (FIRM, OTHER):
            self.world.node("Enterprise", key, name=f"样本{key[-4:]}")
        self.world.node("Person", PERSON, name="样本甲")
        self.world.node("FinancialInstitution", BANK, name="样本银行")
        self.world.node("Household", "household:h")

    def honour(
        self, name: str, level: str = "county", who: str = FIRM, *, since: str = "2025-01-06",
        until: str | None = None, body: str = "凤翔区人民政府", certainty: float = 1.0,
    ) -> None:  # fmt: skip
        key = f"honour:{name}:{level}:{who[-4:]}"
        first = date.fromisoformat(since)
        last = until and date.fromisoformat(until)
        when = {"valid_from": first, "valid_to": last and last + timedelta(1)}
        self.world.node(
            "Honour", key, list_kind="other_honour", title=name, level=level, authority=body,
            document_no=name, awarded_on=first, valid_to_on=last, **when,
        )  # fmt: skip
        label = "Person" if who == PERSON else "Enterprise"
        self.world.tie("HONOURED_BY", (who, label), (key, "Honour"), certainty=certainty, **when)

    def penalty(self, name: str, who: str = FIRM, **said: Any) -> None:
        day = date(2026, 2, 2)
        self.world.node(
            "Penalty", name, document_no=name, decided_on=day, penalty_kinds="罚款",
            authority="凤翔区应急管理局", valid_from=day, **said,
        )  # fmt: skip
        self.world.tie("PENALISED_BY", (who, "Enterprise"), (name, "Penalty"), valid_from=day)

    def reader(self, day: date = DAY, scope: Scope = ADMINISTRATOR) -> DistrictReader:
        if not self.log.batches():
            self.world.commit(datetime(2026, 3, 1, tzinfo=UTC))
        stores: Any = SimpleNamespace(log=self.log, runs=Runs())
        moment = Moment.of(self.log.batches(), as_of=day, known_at=KNOWN)
        return DistrictReader(stores, moment, scope)


@pytest.fixture
def district(tmp_path: Path) -> District:
    return District(tmp_path / "log")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[OperationsStore]:
    with OperationsStore(Settings(data=tmp_path / "office")) as opened:
        yield opened


def joined(reader: DistrictReader, store: OperationsStore, key: str = FIRM) -> int:
    return join_points(reader, store, key, application="申请书1号", by="样本乙").number


def test_the_values_are_those_of_the_rule_and_what_was_not_found_is_none() -> None:
    for item in load_points().configurations:
        assert {level: value.points for level, value in item.honours.items()} == {
            "national": 30, "provincial": 20, "municipal": 10, "county": 5, "town": 3, "village": 1,
            "unit": 1, "association": 0.5,
        }  # fmt: skip
        assert item.base.points is None and {line.points for line in item.negatives} == {None}
        assert {line.kind for line in item.negatives} == {"Penalty", "ListEntry", "TaxArrears"}
    assert load_points().of("Enterprise", date(2020, 5, 18)) is None
    assert load_points().of("Enterprise", date(2020, 5, 19)) is not None
    assert load_points().of("GovernmentBody", DAY) is None


def stated() -> dict[str, Any]:
    told: dict[str, Any] = json.loads(load_points().model_dump_json(by_alias=True))
    return told


@pytest.mark.parametrize(
    "wrong",
    [
        {"points": 100, "source": "想当然", "sure": "unsure"},
        {"points": None, "source": "", "sure": "perhaps"},
    ],
)
def test_a_value_that_is_not_sure_is_refused(wrong: dict[str, Any]) -> None:
    told = stated()
    told["configurations"][0]["base"] = wrong
    with pytest.raises(ValidationError):
        PointRules.model_validate(told)


def test_two_configurations_of_one_day_and_a_record_that_raises_are_refused() -> None:
    told = stated()
    told["configurations"].append({**told["configurations"][0], "id": "again"})
    with pytest.raises(ValidationError, match="same day"):
        PointRules.model_validate(told)
    told = stated()
    told["configurations"][0]["negatives"][0] |= {"points": 3, "sure": "found"}
    with pytest.raises(ValidationError):
        PointRules.model_validate(told)
    told = stated()
    del told["configurations"][0]["honours"]["town"]
    with pytest.raises(ValidationError):
        PointRules.model_validate(told)


@pytest.mark.parametrize(
    ("authority", "level"),
    [
        ("农业农村部", "provincial"), ("国家税务总局", "provincial"), ("国家发展和改革委员会", "provincial"),
        ("国家市场监督管理总局", "provincial"), ("国务院", None), ("陕西省人民政府", None),
        ("陕西省市场监督管理局", None), ("宝鸡市人民政府", None), ("中共宝鸡市委员会", None),
        ("宝鸡市交通运输局", "county"), ("宝鸡市市场监督管理局", "county"),
        ("国家税务总局宝鸡市税务局", "county"), ("宝鸡市文明办", "county"), ("中共宝鸡市委宣传部", "county"),
        ("凤翔区市场监督管理局", None), ("国家税务总局凤翔区税务局", None), ("样本集团工程部", None),
        ("宝鸡市苹果产业协会", None), (None, None), ("住房和城乡建设部", "provincial"),
        ("宝鸡市农业农村局", "county"), ("宝鸡市样本镇人民政府办公室", None), ("样本村党支部", None),
    ],
)  # fmt: skip
def test_the_level_follows_who_confers_it(authority: str | None, level: str | None) -> None:
    found, line = load_points().level_of("municipal", authority)
    assert (found, line is None) == (level or "municipal", level is None)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2025年度宝鸡市道德模范", "县级“道德模范”", True), ("全国道德模范", "凤翔区道德模范", True),
        ("2024-2025年度陕西省守合同重信用企业", "守合同重信用企业", True),
        ("道德模范", "优秀志愿者", False), ("市场诚信标兵", "诚信标兵", False),
    ],
)  # fmt: skip
def test_what_is_one_honour(one: str, other: str, same: bool) -> None:
    assert (honour_name(one) == honour_name(other)) is same


# a world by hand


def test_every_line_is_explained(district: District, store: OperationsStore) -> None:
    district.honour("宝鸡市道德模范", "municipal", body="宝鸡市人民政府")
    district.honour("凤翔区道德模范", "county", until="2027-01-05")
    district.honour("宝鸡市运输标兵", "municipal", body="宝鸡市交通运输局")
    district.honour("过期的荣誉", "national", until="2026-05-31")
    district.honour("将来的荣誉", "national", since="2026-06-02")
    district.honour("疑似的荣誉", "national", certainty=0.9)
    district.penalty("罚1", credit_class="serious")
    district.penalty("罚2", removed_on=date(2026, 5, 1))
    district.penalty("罚3", record_state="annulled")
    reader = district.reader()
    joined(reader, store)
    told = points_of(reader, store, FIRM)
    assert (told.points, told.configuration) == (15.0, "baoji_enterprise")
    assert [(line.rule, line.title, line.points, line.state) for line in told.lines] == [
        ("base", "基础分", 0.0, "not_scored"),
        ("honour.municipal", "宝鸡市道德模范", 10.0, "counted"),
        ("honour.county", "宝鸡市运输标兵", 5.0, "counted"),
        ("honour.county", "凤翔区道德模范", 0.0, "same_honour"),
        ("penalty_serious", "罚款", 0.0, "not_scored"),
    ]
    assert told.lines[2].why == "市级部门颁发，按县级计"
    assert told.lines[3].until == date(2027, 1, 5)
    assert told.lines[4].value is None and told.lines[4].state_label == "未定分值，不计分"
    assert all(line.source for line in told.lines)


def test_the_day_on_which_an_honour_ends_is_its_last(
    district: District, store: OperationsStore
) -> None:
    district.honour("好人", "county", until="2026-06-01")
    joined(district.reader(), store)
    assert points_of(district.reader(DAY), store, FIRM).points == 5
    assert points_of(district.reader(DAY + timedelta(1)), store, FIRM).points == 0


def test_nobody_has_any_without_an_application(district: District, store: OperationsStore) -> None:
    district.honour("好人", "county")
    district.honour("好人", "county", OTHER)
    reader = district.reader()
    told = []
    for key in (FIRM, PERSON, "org:nobody"):
        with pytest.raises(NotFoundError) as refused:
            points_of(reader, store, key)
        told.append((refused.value.cause_code, refused.value.message_zh))
    # whoever does not take part is told apart by nothing, not even from who does not exist
    assert {*told} == {("points_none", told[0][1])}
    assert participants(reader, store, limit=10).total == 0
    number = joined(reader, store)
    assert joined(reader, store) == number
    page = participants(reader, store, limit=10)
    assert [(row.party, row.points, row.counted, row.not_scored) for row in page.rows] == [
        (FIRM, 5.0, 1, 1)
    ]
    leave_points(store, number, by="样本乙", why="本人申请")
    with pytest.raises(NotFoundError):
        points_of(reader, store, FIRM)
    # nor of a day on which it took part
    with pytest.raises(NotFoundError):
        points_of(district.reader(date(2026, 5, 1)), store, FIRM)
    assert joined(reader, store) != number


@pytest.mark.parametrize(
    ("application", "by", "code"),
    [(" ", "样本乙", "application_missing"), ("申请书", " ", "user_missing")],
)
def test_an_application_names_its_paper_and_who_took_it(
    district: District, store: OperationsStore, application: str, by: str, code: str
) -> None:
    with pytest.raises(InputError) as refused:
        join_points(district.reader(), store, FIRM, application=application, by=by)
    assert refused.value.cause_code == code


def test_for_whom_there_are_none(district: District, store: OperationsStore) -> None:
    reader = district.reader()
    with pytest.raises(InputError) as refused:
        join_points(reader, store, BANK, application="申请", by="样本乙")
    assert refused.value.cause_code == "points_not_for"
    with pytest.raises(NotFoundError):
        join_points(reader, store, "org:nobody", application="申请", by="样本乙")
    with pytest.raises(NotFoundError):
        leave_points(store, 99, by="样本乙", why="退出")
    with pytest.raises(InputError):
        leave_points(store, 99, by="样本乙", why=" ")


def test_a_third_party_sees_them_with_consent_alone(
    district: District, store: OperationsStore
) -> None:
    district.honour("好人", "county")
    office = district.reader()
    number = joined(office, store)
    bank = Scope("样本银行", institution=BANK, purpose="贷款", open_classes=frozenset())

    def seen(scope: Scope, day: date = DAY) -> float | None:
        return points_of(district.reader(day, scope), store, FIRM).points

    with pytest.raises(NotFoundError):
        seen(bank)
    given_until = {"until_on": date(2030, 6, 30), "purpose": "贷款", "by": "样本乙"}
    with pytest.raises(NotFoundError):
        share_points(office, store, number, "institution:none", **given_until)
    with pytest.raises(InputError):
        share_points(office, store, number, BANK, **{**given_until, "purpose": " "})
    share = share_points(office, store, number, BANK, **given_until)
    assert seen(bank) == 5
    assert points_of(district.reader(DAY, bank), store, FIRM).shares == ()
    for other in (
        replace(bank, purpose="招聘"),
        replace(bank, institution="institution:other"),
        replace(bank, institution=None),
    ):
        with pytest.raises(NotFoundError):
            seen(other)
    with pytest.raises(InputError):
        participants(district.reader(DAY, bank), store, limit=10)
    PointsBook(store).end_share(share.number, by="样本乙", at=KNOWN)
    with pytest.raises(NotFoundError):
        seen(bank)
    share_points(office, store, number, BANK, **given_until)
    leave_points(store, number, by="样本乙", why="本人申请")
    with pytest.raises(NotFoundError):
        seen(bank)
    assert joined(office, store) != number
    with pytest.raises(NotFoundError):
        seen(bank)
    with pytest.raises(InputError) as refused:
        share_points(office, store, number, BANK, **given_until)
    assert refused.value.cause_code == "points_left"


# the sum against a slow second count, and what must hold of it


def honours() -> st.SearchStrategy[list[HeldHonour]]:
    one = st.builds(
        HeldHonour,
        record=st.uuids().map(str),
        title=st.sampled_from(
            ["道德模范", "凤翔区道德模范", "2025年度道德模范", "好人", "优秀志愿者"]
        ),
        level=st.sampled_from([*LEVELS]),
        authority=st.sampled_from([None, "凤翔区人民政府", "宝鸡市交通运输局", "农业农村部"]),
        document_no=st.none(),
        begins=st.none(),
        until=st.sampled_from([None, date(2026, 1, 1), date(2027, 1, 1)]),
    )
    return st.lists(one, max_size=8, unique_by=lambda item: item.record)


def records() -> st.SearchStrategy[list[AdverseRecord]]:
    one = st.builds(
        AdverseRecord,
        record=st.uuids().map(str),
        kind=st.sampled_from(["Penalty", "ListEntry", "TaxArrears"]),
        title=st.just("记录"),
        gravity=st.sampled_from([None, "minor", "serious"]),
        authority=st.none(), document_no=st.none(), begins=st.none(), until=st.none(),
    )  # fmt: skip
    return st.lists(one, max_size=4, unique_by=lambda item: item.record)


def configuration(lowers: float | None = None) -> Configuration:
    """That of firms; where `lowers` is given, every record lowers so much."""
    told = stated()["configurations"][0]
    if lowers is not None:
        for line in told["negatives"]:
            line |= {"points": lowers, "sure": "found"}
    return Configuration.model_validate(told)


def total(some: list[HeldHonour], against: list[AdverseRecord], lowers: float | None) -> float:
    return explain(load_points(), configuration(lowers), some, against)[0]


@settings(max_examples=examples(40), deadline=None)
@given(honours(), records(), st.sampled_from([None, -2.0, -50.0]), st.randoms())
def test_sums(
    some: list[HeldHonour],
    against: list[AdverseRecord],
    lowers: float | None,
    chance: random.Random,
) -> None:
    best: dict[str, float] = {}
    for one in some:
        level = {"宝鸡市交通运输局": "county", "农业农村部": "provincial"}.get(
            one.authority or "", one.level
        )
        name = "道德模范" if "道德模范" in one.title else one.title
        worth = {"national": 30, "provincial": 20, "municipal": 10, "county": 5, "town": 3,
                 "village": 1, "unit": 1, "association": 0.5}[level]  # fmt: skip
        best[name] = max(best.get(name, 0), worth)
    expected = max(0.0, sum(best.values()) + (lowers or 0) * len(against))
    assert total(some, against, lowers) == expected
    # in whatever order they come, the answer is one
    mixed, turned = chance.sample(some, len(some)), chance.sample(against, len(against))
    chosen = configuration(lowers)
    assert explain(load_points(), chosen, mixed, turned) == explain(
        load_points(), chosen, some, against
    )
    # one record one line
    _, lines = explain(load_points(), chosen, some, against)
    assert sorted(line.record for line in lines if line.record) == sorted(
        [*(item.record for item in some), *(item.record for item in against)]
    )
    # what ends never raises, what is repaired is as if it had never been
    if some:
        assert total(some[1:], against, lowers) <= total(some, against, lowers)
    assert total(some, against[1:], lowers) >= total(some, against, lowers)


def test_a_repaired_record_changes_nothing(tmp_path: Path, store: OperationsStore) -> None:
    told = []
    for name, repaired in (("without", False), ("with", True)):
        district = District(tmp_path / name)
        district.honour("好人", "county")
        if repaired:
            district.penalty("罚", removed_on=date(2026, 5, 31))
        reader = district.reader()
        joined(reader, store)
        told.append((points_of(reader, store, FIRM).points, points_of(reader, store, FIRM).lines))
    assert told[0] == told[1]


def test_the_sum_only_falls_while_nothing_is_added(
    district: District, store: OperationsStore
) -> None:
    for number, until in enumerate(("2026-06-05", "2026-07-01", "2026-06-05", "2026-12-31")):
        district.honour(
            f"荣誉{number}", ["county", "town", "municipal", "village"][number], until=until
        )
    joined(district.reader(), store)
    days = [DAY + timedelta(n) for n in range(0, 250, 5)]
    sums = [points_of(district.reader(day), store, FIRM).points for day in days]
    assert sums == sorted(sums, reverse=True) and (sums[0], sums[-1]) == (19.0, 0.0)
