"""What everybody may see: organisations alone, within their terms, by exact name or code."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from world import World

from graph.log import FactLog
from graph.moment import Moment
from queries.published import Published, published
from queries.reader import Reader
from queries.runs import Runs
from queries.scope import ADMINISTRATOR, Scope

DAY = date(2026, 5, 4)
KNOWN = datetime(2026, 5, 4, 4, tzinfo=UTC)
FIRM, OTHER, SHOP = "org:91610305MA9T00018F", "org:91610305MA9T00026A", "org:shop"
#: Sees nothing but what is public, of one town.
CLERK = Scope("柜员", divisions=("610305100",), open_classes=frozenset())


def penalty(world: World, number: str, party: tuple[str, str], **said: Any) -> None:
    key = (f"penalty:{number}:{party[0][-4:]}", "Penalty")
    told = {
        "penalty_kinds": "罚款",
        "decided_on": date(2026, 3, 2),
        "authority": "样区农业农村局",
        **said,
    }
    world.node("Penalty", key[0], document_no=number, **told)
    world.tie("PENALISED_BY", party, key)


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = World(FactLog(tmp_path))
    firm, other, man = (FIRM, "Enterprise"), (OTHER, "Enterprise"), ("person:1", "Person")
    made.node("Enterprise", FIRM, name="凤翔样例（果业）有限公司",
              unified_social_credit_code="91610305MA9T00018F")  # fmt: skip
    made.node(
        "Enterprise", OTHER, name="别家有限公司", unified_social_credit_code="91610305MA9T00026A"
    )
    made.node("IndividualBusiness", SHOP, name="样样小卖部")
    made.node("Person", man[0], name="张三")
    penalty(made, "罚1", firm)
    penalty(made, "罚2", man)
    # removed, over, annulled, disputed, and of a market supervisor a mere warning
    penalty(made, "罚3", firm, removed_on=date(2026, 5, 1))
    penalty(made, "罚4", firm, published_until=date(2026, 5, 3))
    penalty(made, "罚5", firm, record_state="annulled")
    penalty(made, "罚6", firm, record_state="disputed")
    penalty(made, "罚7", firm, penalty_kinds="警告", authority="样区市场监督管理局")
    # lawfully kept back, and shared within the government alone
    penalty(made, "罚8", firm, procedure="simple")
    penalty(made, "罚9", firm, use_scope="internal")
    # who only resembles the firm has no record
    key = ("penalty:罚10", "Penalty")
    made.node("Penalty", key[0], document_no="罚10", decided_on=date(2026, 3, 2))
    made.tie("PENALISED_BY", other, key, certainty=0.9)
    made.node("Permit", "permit:1", document_no="许1", document_name="食品经营许可证",
              decided_on=date(2026, 4, 1), valid_to_on=date(2031, 3, 31))  # fmt: skip
    made.tie("HOLDS_PERMIT", (SHOP, "IndividualBusiness"), ("permit:1", "Permit"))
    made.node("ListEntry", "list:1", list_kind="serious_violation", case_no="列1",
              listed_on=date(2026, 1, 5))  # fmt: skip
    made.tie("SUBJECT_OF", firm, ("list:1", "ListEntry"))
    made.node("ListEntry", "list:2", list_kind="judgment_defaulter", case_no="列2",
              listed_on=date(2026, 1, 5))  # fmt: skip
    made.tie("SUBJECT_OF", man, ("list:2", "ListEntry"))
    made.commit(KNOWN - timedelta(days=1))
    return made


def told(world: World, scope: Scope = ADMINISTRATOR) -> Published:
    stores: Any = SimpleNamespace(log=world.log, runs=Runs())
    moment = Moment.of(world.log.batches(), as_of=DAY, known_at=KNOWN)
    return published(Reader(stores, moment, scope))


def test_only_organisations_and_what_law_publishes_of_them(world: World) -> None:
    found = told(world).notices
    assert [(one.kind, one.name, one.document_no, one.what) for one in found] == [
        ("Permit", "样样小卖部", "许1", "食品经营许可证"),
        ("Penalty", "凤翔样例（果业）有限公司", "罚1", "罚款"),
        ("ListEntry", "凤翔样例（果业）有限公司", "列1", "严重违法失信名单"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "91610305MA9T00018F",
        " 91610305ma9t00018f ",
        "凤翔样例(果业)有限公司",
        "鳳翔樣例（果業）有限公司",
    ],
)
def test_by_the_whole_name_or_code(world: World, text: str) -> None:
    assert [one.document_no for one in told(world).of(text)] == ["罚1", "列1"]


@pytest.mark.parametrize(
    "text", ["凤翔样例", "有限公司", "91610305MA9T", "张三", "person:1", "别家有限公司"]
)
def test_a_part_a_person_and_who_has_none_find_nothing(world: World, text: str) -> None:
    assert told(world).of(text) == ()


def test_whoever_asks_sees_the_same(world: World) -> None:
    assert told(world, CLERK).notices == told(world).notices
    assert told(world, CLERK).basis.scope == told(world).basis.scope
    assert told(world).basis.scope.startswith("社会公众")


def test_a_repair_known_tomorrow_takes_it_away(world: World) -> None:
    world.node(
        "Penalty", "penalty:罚1:018F", removed_on=date(2026, 5, 4), decided_on=date(2026, 3, 2)
    )
    world.commit(KNOWN - timedelta(hours=1), source="other")
    assert [one.document_no for one in told(world).of(FIRM.removeprefix("org:"))] == ["列1"]
