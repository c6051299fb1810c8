"""What the district holds, in a partner's template: what may be shared, by edition, code, unit and law."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from partner import PROVINCE, Partner, province_row, rows_of, serving
from world import World

from graph.errors import ForbiddenError, InputError, SettingsError
from graph.log import FactLog
from graph.moment import Moment
from graph.operations import OperationsStore
from graph.settings import Settings
from graph.time import day_of, today
from ingest.exchange import (
    contract_items,
    contract_state,
    enqueue,
    send,
    send_item_again,
)
from ingest.exchange.connection import FILE, Connection, connections
from ingest.exchange.contract import contract_named, contracts
from ingest.exchange.rendering import render
from ingest.exchange.shared_records import Shared, shared_records
from queries.reader import Reader
from queries.runs import Runs
from queries.scope import ADMINISTRATOR, Scope

pytestmark = pytest.mark.each_store

BODY_CODE = "11610305016000005N"
BODY = (f"org:{BODY_CODE}", "GovernmentBody")
#: A code of Shaanxi, right, which the page refuses; and one that its wrong check lets pass.
SHAANXI, ELSEWHERE = "91610305MA6X00008K", "91110000600037341L"
FIRM, OTHER = (f"org:{SHAANXI}", "Enterprise"), (f"org:{ELSEWHERE}", "Enterprise")
MAN = ("person:" + "1" * 32, "Person")
KNOWN = datetime.now(UTC) - timedelta(days=2)
DECIDED = today() - timedelta(days=40)


def penalty(world: World, number: str, party: tuple[str, str], **said: Any) -> str:
    told = {
        "edition": "2018", "document_no": number, "penalty_kinds": "罚款", "violation_kind": "未公示",
        "violation": "未按规定公示", "legal_ground": "企业信息公示暂行条例", "content": "罚款2000元",
        "fine_fen": 200_000, "decided_on": DECIDED, "authority": "样区农业农村局", **said,
    }  # fmt: skip
    key = (f"penalty:{BODY_CODE}:{number}:{party[0][-6:]}", "Penalty")
    fact = world.node("Penalty", key[0], **told)
    world.tie("PENALISED_BY", party, key)
    world.tie("DECIDED_BY", key, BODY)
    return fact


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = World(FactLog(tmp_path / "data" / "log"))
    made.node(
        "GovernmentBody", BODY[0], name="样区农业农村局", unified_social_credit_code=BODY_CODE
    )
    made.node("Enterprise", FIRM[0], name="样甲果业有限公司", unified_social_credit_code=SHAANXI)
    made.node("Enterprise", OTHER[0], name="样乙商贸有限公司", unified_social_credit_code=ELSEWHERE)
    made.node("Person", MAN[0], name="样丙", resident_id_masked="610322********8***")
    penalty(made, "罚1", FIRM)
    penalty(made, "罚2", OTHER, edition="2016", case_name="未公示案", power_code="1B01", severity="ordinary",
            penalty_kinds="通报批评；罚款")  # fmt: skip
    penalty(made, "罚3", MAN)
    penalty(made, "罚4", FIRM, use_scope="internal")
    penalty(made, "罚5", FIRM, use_scope="authorised")
    penalty(made, "罚6", FIRM, procedure="simple")
    penalty(made, "罚7", FIRM, removed_on=today() - timedelta(days=1))
    penalty(made, "罚8", FIRM, withheld_for="secret")
    penalty(made, "罚9", FIRM, violation=None)
    made.commit(KNOWN)
    return made


def reader(world: World, scope: Scope = ADMINISTRATOR) -> Reader:
    stores: Any = SimpleNamespace(log=world.log, runs=Runs())
    return Reader(stores, Moment.of(world.log.batches()), scope)


def told(shared: Shared) -> list[tuple[str, str]]:
    return sorted((one.template, one.said["document_no"]) for one in shared.records)


CONNECTION = Connection(
    end="file", folder=Path("/exchange"), department=BODY_CODE, division="610305"
)


def test_a_partner_in_government_has_what_is_not_for_everybody(world: World) -> None:
    shared = shared_records(reader(world), contract_named("provincial_upload"))
    assert told(shared) == [
        ("SGS_XZCF", "罚2"), ("XZCF", "罚1"), ("XZCF", "罚3"), ("XZCF", "罚4"), ("XZCF", "罚9"),
    ]  # fmt: skip
    # what is only for authorised queries, by simple procedure, secret; what was repaired is not held
    assert shared.kept_back["XZCF"] == {"use_scope": 1, "simple_procedure": 1, "secret": 1}


def test_what_the_city_shows_everybody_is_what_law_publishes(world: World) -> None:
    shared = shared_records(reader(world), contract_named("smart_baoji"))
    assert told(shared) == [("penalty", "罚1"), ("penalty", "罚2"), ("penalty", "罚9")]
    assert shared.kept_back["penalty"] == {
        "natural_person": 1, "use_scope": 2, "simple_procedure": 1, "secret": 1,
    }  # fmt: skip


def test_who_sees_a_part_would_withdraw_the_rest(world: World) -> None:
    with pytest.raises(ForbiddenError):
        shared_records(
            reader(world, Scope("样镇", divisions=("610305100",))),
            contract_named("provincial_upload"),
        )


def row_of(world: World, contract: str, number: str) -> tuple[dict[str, str], tuple[str, ...]]:
    declared = contract_named(contract)
    [found] = [
        one
        for one in shared_records(reader(world), declared).records
        if one.said["document_no"] == number
    ]
    made = render(declared, declared.outgoing[found.template], found, CONNECTION)
    return dict(made.row), made.problems


def test_the_edition_of_the_record_chooses_codes_units_and_dates(world: World) -> None:
    row, problems = row_of(world, "provincial_upload", "罚2")
    assert problems == ()
    assert row == {
        "CF_WSH": "罚2", "CF_CFMC": "未公示案", "CF_BM": "1B01",
        # the page has no word for what came in 2021
        "CF_CFLB1": "其他", "CF_CFLB2": "罚款", "CF_SY": "未按规定公示", "CF_YJ": "企业信息公示暂行条例",
        "CF_XDR_MC": "样乙商贸有限公司", "CF_XDR_SHXYM": ELSEWHERE, "CF_XDR_SFZ": "",
        "CF_JG": "罚款2000元", "CF_JDRQ": f"{DECIDED:%Y/%m/%d}", "CF_XZJG": "样区农业农村局", "CF_ZT": "0",
        "DFBM": "610305", "SJC": f"{day_of(KNOWN):%Y/%m/%d}",
        "CF_SYFW": "0", "CF_SXYZCD": "1", "CF_GSJZQ": "",
    }  # fmt: skip
    row, problems = row_of(world, "provincial_upload", "罚1")
    assert problems == ()
    assert (row["CF_NR_FK"], row["CF_XDR_LB"], row["CF_CFJGDM"]) == (
        "0.2",
        "法人及非法人组织",
        BODY_CODE,
    )
    # the city's unit is another
    row, problems = row_of(world, "smart_baoji", "罚1")
    assert (row["fineYuan"], row["date"], problems) == ("2000", DECIDED.isoformat(), ())


def test_a_person_leaves_masked_and_only_where_a_clause_lets_him(world: World) -> None:
    row, problems = row_of(world, "provincial_upload", "罚3")
    assert (row["CF_XDR_MC"], row["CF_XDR_LB"], row["CF_XDR_ZJLX"], row["CF_XDR_ZJHM"]) == (
        "样丙", "自然人", "身份证", "610322********8***",
    )  # fmt: skip
    assert (row["CF_XDR_SHXYM"], problems) == ("", ())
    without = contract_named("provincial_upload").model_copy(update={"persons": None})
    assert "罚3" not in {number for _, number in told(shared_records(reader(world), without))}
    assert all(item.clause for item in (c.persons for c in contracts().values()) if item)


def test_what_is_lacking_is_told_and_never_made_up(world: World) -> None:
    _, problems = row_of(world, "provincial_upload", "罚9")
    assert problems == ("缺“违法事实”",)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path / "data")


@pytest.fixture
def store(settings: Settings) -> Iterator[OperationsStore]:
    with OperationsStore(settings) as made:
        yield made


def connect(settings: Settings, text: str, mode: int = 0o600) -> None:
    path = settings.data / FILE
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)


def test_from_the_log_to_the_province_and_back(
    world: World, settings: Settings, store: OperationsStore
) -> None:
    with pytest.raises(InputError) as caught:
        enqueue(reader(world), settings, store, "provincial_upload", by="张三")
    assert caught.value.cause_code == "exchange_unconnected"
    with serving(Partner(PROVINCE)) as partner:
        connect(
            settings,
            f"provincial_upload: {{end: http, address: '{partner.address}', secret: s, "
            f"department: {BODY_CODE}, division: '610305'}}",
        )
        queued = enqueue(reader(world), settings, store, "provincial_upload", by="张三")
        assert (queued.shared, queued.new, queued.incomplete) == (5, 5, 1)
        sent = send(settings, store, "provincial_upload", by="张三")
        # 罚2 is of the old page, of which the code passes; the rest is of the new one
        assert (sent.accepted, sent.refused, sent.problem) == (4, 0, None)
        assert [row["CF_WSH"] for row in rows_of(partner, "SGS_XZCF")] == ["罚2"]
        # repaired meanwhile: withdrawn there, and nothing else is sent
        world.close("Penalty", "fact-0000005")
        penalty(world, "罚1", FIRM, removed_on=today())
        world.commit(KNOWN + timedelta(days=1), source="second")
        queued = enqueue(reader(world), settings, store, "provincial_upload", by="张三")
        assert (queued.new, queued.updates, queued.withdrawals) == (0, 0, 1)
        send(settings, store, "provincial_upload", by="张三")
        assert "罚1" not in {row["CF_WSH"] for row in rows_of(partner, "XZCF")}
        assert {*partner.stored.values()} == {1}
    state = contract_state(settings, store, "provincial_upload")
    assert (state.is_connected, state.end, state.counts["accepted"]) == (True, "http", 5)


def test_the_wrong_check_of_the_page_is_told_as_its_own_fault(
    tmp_path: Path, settings: Settings, store: OperationsStore
) -> None:
    world = World(FactLog(tmp_path / "data" / "log"))
    world.node("Enterprise", FIRM[0], name="样甲果业有限公司", unified_social_credit_code=SHAANXI)
    for number in ("罚1", "罚2"):
        penalty(world, number, FIRM, edition="2016", case_name="案", power_code="1B01")
    world.commit(KNOWN)
    with serving(Partner(PROVINCE)) as partner:
        connect(
            settings,
            f"provincial_upload: {{end: http, address: '{partner.address}', department: {BODY_CODE}, division: '610305'}}",
        )
        enqueue(reader(world), settings, store, "provincial_upload", by="张三")
        sent = send(settings, store, "provincial_upload", by="张三")
        assert (sent.accepted, sent.refused) == (0, 2)
        refused = contract_items(reader(world), store, "provincial_upload", "refused")
        assert refused[0].message is not None
        assert refused[0].message.startswith("请输入正确的统一社会信用代码！")
        assert "代码经校验无误" in refused[0].message
        # the page is mended: what was refused is sent again, unchanged, and only it
        partner.dialect = partner.dialect.__class__(
            **{
                **vars(partner.dialect),
                "check": lambda table, row: province_row(table, row, right=True),
            }
        )
        send_item_again(store, refused[0].id, by="张三", reason="省平台已修正校验规则")
        sent = send(settings, store, "provincial_upload", by="张三")
        assert (sent.accepted, sent.refused) == (1, 0)
    assert [item.state for item in contract_items(reader(world), store, "provincial_upload")] == [
        "accepted", "refused",
    ]  # fmt: skip


def test_a_register_that_came_empty_empties_nobody_else(
    tmp_path: Path, settings: Settings, store: OperationsStore
) -> None:
    world = World(FactLog(tmp_path / "data" / "log"))
    world.node("GovernmentBody", BODY[0], name="样区局", unified_social_credit_code=BODY_CODE)
    world.node("Enterprise", FIRM[0], name="样甲果业有限公司", unified_social_credit_code=SHAANXI)
    facts = [penalty(world, f"罚{n}", FIRM) for n in range(12)]
    world.commit(KNOWN)
    with serving(Partner(PROVINCE)) as partner:
        connect(
            settings,
            f"provincial_upload: {{end: http, address: '{partner.address}', department: {BODY_CODE}, division: '610305'}}",
        )
        enqueue(reader(world), settings, store, "provincial_upload", by="张三")
        send(settings, store, "provincial_upload", by="张三")
        for fact in facts:
            world.close("Penalty", fact)
        world.commit(KNOWN + timedelta(days=1), source="second")
        with pytest.raises(InputError) as caught:
            enqueue(reader(world), settings, store, "provincial_upload", by="张三")
        assert caught.value.cause_code == "exchange_many_withdrawals"
        queued = enqueue(
            reader(world), settings, store, "provincial_upload", by="张三", reason="整批撤销"
        )
        assert queued.withdrawals == 12


@pytest.mark.parametrize(
    "text",
    [
        "nobody: {end: http, address: 'https://example.invalid'}",
        "provincial_upload: {end: http, address: 'http://example.invalid'}",
        "provincial_upload: {end: http, address: 'https://user:word@example.invalid'}",
        "provincial_upload: {end: http, address: 'https://example.invalid/?key=word'}",
        "provincial_upload: {end: file, folder: relative}",
        "provincial_upload: {end: ftp, address: 'https://example.invalid'}",
        "provincial_upload: {end: http, adress: 'https://example.invalid', secret: word}",
        "- word", "provincial_upload: [", "provincial_upload: word",
    ],
)  # fmt: skip
def test_a_connection_that_is_not_safe_is_none(settings: Settings, text: str) -> None:
    settings.data.mkdir()
    connect(settings, text)
    with pytest.raises(SettingsError) as caught:
        connections(settings)
    assert caught.value.cause_code == "exchange_settings"
    assert "word" not in caught.value.message_zh + caught.value.message_en


@pytest.mark.skipif(os.name != "posix", reason="NO PERMISSION BITS ON THIS SYSTEM")
def test_secrets_that_others_may_read_are_not_used(settings: Settings) -> None:
    settings.data.mkdir()
    connect(settings, "provincial_upload: {end: http, address: 'https://example.invalid'}", 0o644)
    with pytest.raises(SettingsError) as caught:
        connections(settings)
    assert caught.value.cause_code == "exchange_open"
