"""A register says which code a firm had before: one subject, for records, risk and judgements."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from world import World

import ingest
from graph.errors import InputError
from graph.identifiers import unified_social_credit_code
from graph.log import FactLog
from graph.settings import Settings
from graph.snapshot import take_snapshot
from ingest.identity import judge, judgements_in_force
from ingest.identity.record import read_records
from queries import assess

OLD, NEW = "org:91610322MA9T000183", "org:91610305MA9T00018F"
MENTION = "provisional:" + "a" * 32
TODAY = date(2026, 9, 1)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A judgment defaulter listed under a firm's old code; the register knows only the new one."""
    made = Settings(data=tmp_path)
    world = World(FactLog(made.log_dir))
    world.node("Enterprise", NEW, name="凤翔样例果业有限公司")
    world.node("Enterprise", OLD, name="凤翔县样例果业有限公司")
    world.node("ListEntry", "list:1", list_kind="judgment_defaulter", listed_on=date(2026, 1, 5),
               published_until=date(2028, 1, 5))  # fmt: skip
    world.tie("SUBJECT_OF", (OLD, "Enterprise"), ("list:1", "ListEntry"),
              valid_from=date(2026, 1, 5))  # fmt: skip
    world.node("Enterprise", MENTION, name="样例果业")
    world.commit(datetime(2026, 3, 1, tzinfo=UTC))
    return made


def recoded(settings: Settings, *rows: str) -> None:
    path = settings.data / f"企业原代码{len(rows)}.csv"
    lines = "".join(f"{row}\n" for row in rows or (f"{NEW[4:]},{OLD[4:]},2022-01-15",))
    path.write_text("现统一社会信用代码,原统一社会信用代码,换发日期\n" + lines, encoding="utf-8")
    ingest.ingest("enterprise_change", [path], settings=settings, into_graph=False)


def score(settings: Settings, key: str) -> float:
    run = assess(take_snapshot(FactLog(settings.log_dir), TODAY))
    return float(run.score[run.snapshot.index(key)])


def test_a_record_under_the_old_code_is_the_firms_own(settings: Settings) -> None:
    before = score(settings, NEW)
    told = score(settings, OLD)
    assert told > before
    recoded(settings)
    snapshot = take_snapshot(FactLog(settings.log_dir), TODAY)
    assert set(snapshot.facts("SUBJECT_OF")["from_key"].to_pylist()) == {NEW}
    assert score(settings, NEW) == score(settings, OLD) == pytest.approx(told)
    # an answer of an earlier day of knowledge stays what it was
    earlier = take_snapshot(
        FactLog(settings.log_dir), TODAY, known_at=datetime(2026, 3, 2, tzinfo=UTC)
    )
    assert set(earlier.facts("SUBJECT_OF")["from_key"].to_pylist()) == {OLD}


def test_who_says_so_and_why(settings: Settings) -> None:
    recoded(settings)
    (fact,) = FactLog(settings.log_dir).read("SAME_AS").to_pylist()
    assert (fact["from_key"], fact["to_key"], fact["source"]) == (OLD, NEW, "enterprise_change")
    assert (fact["judged_by"], fact["judged_on"]) == ("市场监督管理局", date(2022, 1, 15))
    assert "统一社会信用代码" in fact["ground"]
    assert fact["certainty"] == 1.0


def test_two_new_codes_for_one_old_are_not_followed(settings: Settings) -> None:
    other = unified_social_credit_code.complete("91610305MA9T00026")
    world = World(FactLog(settings.log_dir))
    world.count = 1000
    world.node("Enterprise", f"org:{other}", name="凤翔样例果业二厂")
    world.commit(datetime(2026, 3, 5, tzinfo=UTC))
    recoded(settings, f"{NEW[4:]},{OLD[4:]},2022-01-15", f"{other},{OLD[4:]},2022-01-15")
    snapshot = take_snapshot(FactLog(settings.log_dir), TODAY)
    assert set(snapshot.facts("SUBJECT_OF")["from_key"].to_pylist()) == {OLD}


def test_the_old_name_is_a_former_name_and_the_old_code_an_identifier(settings: Settings) -> None:
    recoded(settings)
    records = {record.key: record for record in read_records(FactLog(settings.log_dir))}
    assert OLD not in records
    assert records[NEW].former_names == ("凤翔县样例果业有限公司",)
    assert records[NEW].name == "凤翔样例果业有限公司"
    assert records[NEW].identifiers == {OLD, NEW}


def test_a_mention_judged_to_be_either_code_is_the_firm(settings: Settings) -> None:
    made = judge(settings, MENTION, OLD, "same", user="王信用")
    assert made.clustering.redirects == {MENTION: OLD}
    recoded(settings)
    again = judge(settings, MENTION, NEW, "same", user="王信用")
    assert again.clustering.redirects == {MENTION: NEW}
    assert judgements_in_force(settings)[1].conflicts == ()
    held = FactLog(settings.log_dir).read("SAME_AS").to_pylist()
    assert {(row["from_key"], row["to_key"]) for row in held} == {(OLD, NEW), (MENTION, NEW)}


def test_an_officer_need_not_say_what_the_register_says(settings: Settings) -> None:
    recoded(settings)
    with pytest.raises(InputError) as caught:
        judge(settings, OLD, NEW, "same", user="王信用")
    assert caught.value.cause_code == "one_party_already"
