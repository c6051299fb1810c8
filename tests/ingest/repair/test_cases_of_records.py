"""A case goes forward only, by named persons; what it does every reader sees, and nothing repeats."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from repairing import EVIDENCE, begin, go, office, penalty, repaired, seen
from sqlalchemy import text

import ingest.repair.desk as desk
from graph.errors import InputError, NotFoundError
from graph.log import FactLog
from graph.moment import Moment
from graph.operations import EVERYTHING, Bulletins, Ledger, OperationsStore, RecordUses, RepairCases
from graph.operations.repair_moves import ACTS, MOVES, STATES
from graph.settings import Settings
from graph.time import months_after, today, utc_now
from ingest.repair import DECIDED, carry_out, cases, withdrawals_of
from ingest.repair.stated import _FIELDS
from queries.filed import document_of, filed
from queries.lawful import repair_law
from queries.visible import as_view

pytestmark = pytest.mark.each_store


@pytest.fixture
def here(tmp_path: Path) -> Settings:
    return office(tmp_path)


def refused(call: Any, *given: Any, **stated: Any) -> str:
    with pytest.raises(InputError) as raised:
        call(*given, **stated)
    assert raised.value.message_zh
    return raised.value.cause_code


def positions(settings: Settings) -> int:
    return len(FactLog(settings.log_dir).batches())


def test_a_repair_takes_four_steps_and_two_persons_and_leaves_no_trace(here: Settings) -> None:
    key = penalty("ordinary")
    case = begin(here, "repair", key, conditions=EVIDENCE, documents=["proof", "commitment_letter"],
                 decision_served_on="2026-05-08", notice_served_on="2026-05-08")  # fmt: skip
    assert case.case.stated("regime") == "order_36" and case.case.stated("notice_served_on")
    assert [item.code for item in case.clocks] == ["accept"] and case.moves[0].act == "accept"
    case = go(here, case, "accept")
    assert [item.code for item in case.clocks] == ["answer"] and not case.missing
    case = go(here, case, "propose", reason="条件齐备")
    assert key in seen(here)
    assert refused(go, here, case, "approve", " 张三 ") == "two_persons"
    case = go(here, case, "approve", "李四")
    assert case.case.state == "repaired" and case.carried_out and key not in seen(here)
    assert case.results == ("停止公示", "停止共享和使用", "解除惩戒措施")
    assert [item.acknowledged_on for item in case.receivers] == [None] * len(repair_law().receivers)
    for receiver in repair_law().receivers:
        assert [item.code for item in case.clocks] == ["acknowledge"]
        case = go(here, case, "acknowledge", receiver=receiver)
    assert not case.clocks and not case.case.open
    # what departments filed is counted as they filed it, ended or not
    log = FactLog(here.log_dir)
    filed_now = filed("Penalty", as_view(log), Moment.of(log.batches()))
    [row] = [row for row in filed_now.to_pylist() if row["document"] == document_of(key)]
    assert (row["document_no"], row["decided_on"]) == (
        "凤应急罚〔2026〕ordinary",
        months_after(today(), -6),
    )
    assert carry_out(here) == 0
    [made] = [item for item in FactLog(here.log_dir).batches() if item.source == DECIDED]
    assert made.position == positions(here)


def test_an_act_that_does_not_come_next_is_refused(here: Settings) -> None:
    case = begin(here, "repair", penalty("ordinary"), conditions=EVIDENCE)
    for act in ("propose", "approve", "verify", "withdraw", "acknowledge"):
        stated = (
            {"reason": "试", "receiver": "credit_china"} if act != "propose" else {"reason": "试"}
        )
        told = stated if act in ("acknowledge",) else {"reason": "试"}
        assert refused(go, here, case, act, "李四", **told) == "case_step"
    go(here, case, "refuse", reason="材料不实")
    assert refused(go, here, case, "accept") == "case_step"
    assert refused(desk.act_on, here, case.case.number, "erase", by="张三") == "case_step"
    with pytest.raises(NotFoundError):
        desk.act_on(here, 99, "accept", by="张三")


def test_every_move_leads_forward_and_is_worded() -> None:
    for kind, moves in MOVES.items():
        after: dict[str, set[str]] = {}
        for (state, act), follows in moves.items():
            assert act in ACTS and follows in STATES
            after.setdefault(state, set()).add(follows)
        reached: dict[str, set[str]] = {}

        def walk(
            state: str, after: dict[str, set[str]] = after, reached: dict[str, set[str]] = reached
        ) -> set[str]:
            if state not in reached:
                reached[state] = set()
                reached[state] = after.get(state, set()).union(*map(walk, after.get(state, ())))
            return reached[state]

        walk("")
        assert all(state not in later for state, later in reached.items()), kind
    assert all(any(kind == k and act == a for (_, a) in MOVES[k]) for kind, act in _FIELDS
               for k in [kind])  # fmt: skip


@pytest.mark.parametrize(
    ("record", "stated", "code"),
    [
        ("serious", {"conditions": EVIDENCE}, "repair_too_early"),
        ("silent", {"conditions": EVIDENCE}, "repair_class_missing"),
        ("silent", {"conditions": EVIDENCE, "credit_class": "ordinary"}, "repair_class_missing"),
        ("ordinary", {"conditions": {"training": "已参加"}}, "repair_condition_refused"),
        ("ordinary", {"conditions": {"public_welfare": "植树"}}, "repair_condition_refused"),
        ("ordinary", {"documents": ["credit_report"]}, "repair_document_refused"),
        ("ordinary", {"documents": ["licence_copy"]}, "repair_document_refused"),
        ("ordinary", {"decision_served_on": "2026年5月"}, "date"),
        ("ordinary", {"favourite": "x"}, "stated_unknown"),
    ],
)  # fmt: skip
def test_what_law_does_not_allow_is_not_applied_for(
    here: Settings, record: str, stated: dict[str, Any], code: str
) -> None:
    before = positions(here)
    assert refused(begin, here, "repair", penalty(record), **stated) == code
    assert not cases(here).cases and positions(here) == before


def test_a_class_that_no_paper_says_is_said_with_who_classed_it(here: Settings) -> None:
    case = begin(here, "repair", penalty("silent"), conditions=EVIDENCE, credit_class="ordinary",
                 classed_by="凤翔区应急管理局")  # fmt: skip
    assert case.window is not None and case.window.classed_by == "凤翔区应急管理局"


def test_without_all_evidence_nothing_is_accepted(here: Settings) -> None:
    case = begin(here, "repair", penalty("ordinary"), conditions={"corrected": "照片"})
    assert {*case.missing} == {*EVIDENCE} - {"corrected"}
    assert refused(go, here, case, "accept") == "repair_evidence_missing"
    rest = {name: text for name, text in EVIDENCE.items() if name != "corrected"}
    assert not go(here, case, "accept", conditions=rest).missing


def test_an_objection_freezes_at_once_and_a_dismissal_gives_the_record_back(here: Settings) -> None:
    case = begin(here, "objection", "list:1", reason="不是本企业")
    assert "list:1" not in seen(here, "ListEntry")
    assert [item.code for item in case.clocks] == ["objection_check", "objection_answer"]
    case = go(here, case, "verify", reason="核对登记")
    assert [item.code for item in case.clocks] == ["objection_answer"]
    go(here, case, "dismiss", reason="确系该企业")
    assert "list:1" in seen(here, "ListEntry")
    # a further one may come
    again = begin(here, "objection", "list:1", reason="新证据")
    again = go(here, again, "verify", reason="属实")
    again = go(here, again, "propose", reason="撤销")
    assert refused(go, here, again, "approve") == "two_persons"
    again = go(here, again, "approve", "李四")
    assert "list:1" not in seen(here, "ListEntry")
    assert [item.code for item in again.clocks] == ["withdraw"]
    assert go(here, again, "withdraw", reason="已撤回并说明理由").clocks[0].code == "acknowledge"
    assert refused(begin, here, "annulment", "list:1", document_no="1", annulled_on="2026-05-08",
                   reason="x") == "record_ended"  # fmt: skip


def test_a_second_who_does_not_agree_leaves_the_record_as_it_was(here: Settings) -> None:
    key = penalty("ordinary")
    case = begin(
        here, "annulment", key, document_no="复议1号", annulled_on=str(today()), reason="复议"
    )
    case = go(here, case, "disapprove", "李四", reason="文书不符")
    assert case.case.state == "declined" and key in seen(here) and not case.clocks


def test_an_annulment_is_withdrawn_within_three_working_days(here: Settings) -> None:
    case = begin(here, "annulment", penalty("ordinary"), document_no="复议1号",
                 annulled_on="2026-05-15", reason="复议撤销")  # fmt: skip
    case = go(here, case, "approve", "李四")
    [clock] = case.clocks
    assert (str(clock.on), clock.overdue) == ("2026-05-20", True)
    assert refused(begin, here, "annulment", penalty("serious"), document_no="1", reason="x",
                   annulled_on=str(today() + timedelta(2))) == "date"  # fmt: skip


def test_a_court_shields_until_performance_or_failure(here: Settings) -> None:
    ruling = {"court": "样县人民法院", "ruling_no": "（2026）破1号", "from": "2026-05-01",
              "to": "2026-06-30", "reason": "重整计划批准"}  # fmt: skip
    for outcome, act in (("restored", "failed"), ("final", "performed")):
        case = begin(here, "shield", penalty("serious"), **ruling)
        assert penalty("serious") in seen(here)
        case = go(here, case, "approve", "李四")
        assert penalty("serious") not in seen(here)
        assert [(item.code, item.overdue) for item in case.clocks] == [("shield_ends", True)]
        case = go(here, case, act, document_no="文2", reason="见文书")
        if act == "performed":
            assert penalty("serious") not in seen(here)
            case = go(here, case, "approve", "李四")
        assert case.case.state == outcome
        assert (penalty("serious") in seen(here)) is (outcome == "restored")
    assert (
        refused(begin, here, "shield", penalty("silent"), **(ruling | {"to": "2026-04-01"}))
        == "date"
    )


def test_what_expired_uncorrected_is_used_nowhere_until_the_provision_is_stated(
    here: Settings,
) -> None:
    key = penalty("over")
    assert key not in seen(here)
    assert (
        refused(begin, here, "expiry", penalty("ordinary"), authority="局", reason="x")
        == "not_expired"
    )
    case = begin(here, "expiry", key, authority="凤翔区应急管理局", reason="未缴罚款")
    assert case.case.state == "uncorrected" and key not in seen(here)
    until = months_after(today(), 6)
    assert (
        refused(go, here, case, "propose", clause="某规定", until="2046-01-01")
        == "extension_too_long"
    )
    case = go(here, case, "propose", clause="某部规定第三条", until=str(until))
    assert key not in seen(here)
    go(here, case, "approve", "李四")
    assert key in seen(here) and key in seen(here, day=until)
    assert key not in seen(here, day=until + timedelta(1))
    log = FactLog(here.log_dir)
    shown = [row for row in log.read("Penalty").to_pylist() if row["key"] == key]
    assert {row["document_no"] for row in shown} == {"凤应急罚〔2026〕over"}
    assert carry_out(here) == 0


def test_a_repair_ends_an_extended_record_too(here: Settings) -> None:
    case = begin(here, "expiry", penalty("over"), authority="局里", reason="未缴")
    case = go(here, case, "propose", clause="规定", until=str(months_after(today(), 6)))
    go(here, case, "approve", "李四")
    case = begin(here, "repair", penalty("over"), conditions=EVIDENCE, credit_class="ordinary",
                 classed_by="凤翔区应急管理局")  # fmt: skip
    case = go(here, go(here, case, "accept"), "propose", reason="已缴")
    go(here, case, "approve", "李四")
    assert penalty("over") not in seen(here)


def test_a_kill_between_act_and_batch_loses_nothing_and_repeats_nothing(
    here: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: Any, **__: Any) -> int:
        raise KeyboardInterrupt

    before = positions(here)
    with monkeypatch.context() as cut:
        cut.setattr(desk, "carry_out", killed)
        with pytest.raises(KeyboardInterrupt):
            begin(here, "objection", "list:1", reason="不是本企业")
    [held] = cases(here).cases
    assert not held.carried_out and positions(here) == before
    assert carry_out(here) == 1 and carry_out(here) == 0
    assert positions(here) == before + 1 and "list:1" not in seen(here, "ListEntry")
    assert cases(here).cases[0].carried_out
    # and in the middle of the batch: it is no batch
    with OperationsStore(here) as store:
        RepairCases(store).act(held.case.number, "dismiss", by="张三", at=utc_now(), reason="不实")
    with monkeypatch.context() as cut:
        cut.setattr(Ledger, "refuse_lost", killed)
        with pytest.raises(KeyboardInterrupt):
            carry_out(here)
    assert carry_out(here) == 1 and "list:1" in seen(here, "ListEntry")
    assert positions(here) == before + 2


def test_overdue_clocks_come_first_and_what_is_closed_comes_last(here: Settings) -> None:
    closed = begin(here, "repair", penalty("ordinary"), conditions=EVIDENCE)
    go(here, closed, "refuse", reason="材料不实")
    fresh = begin(here, "repair", penalty("ordinary"), conditions=EVIDENCE)
    late = begin(here, "annulment", penalty("serious"), document_no="复议2号",
                 annulled_on="2026-05-15", reason="复议")  # fmt: skip
    go(here, late, "approve", "李四")
    order = [item.case.number for item in cases(here).cases]
    assert order == [late.case.number, fresh.case.number, closed.case.number]
    page = cases(here)
    assert [item.overdue for item in page.cases] == [True, False, False]
    assert (page.total, page.overdue) == (3, 1)
    assert cases(here, limit=1, offset=1).cases == page.cases[1:2]


def test_no_act_makes_an_entry(here: Settings) -> None:
    with pytest.raises(NotFoundError):
        begin(here, "objection", "list:nobody", reason="没有这条")
    with OperationsStore(here) as store:
        RepairCases(store).open(
            "objection", "ListEntry", "list:gone", by="张三", at=utc_now(), reason="旧"
        )
    assert carry_out(here) == 0
    assert "list:gone" not in {*FactLog(here.log_dir).read("ListEntry")["key"].to_pylist()}


def test_a_person_and_a_reason_are_stated_and_numbers_are_not_kept(here: Settings) -> None:
    assert refused(begin, here, "objection", "list:1", by=" ", reason="x") == "user_missing"
    assert refused(begin, here, "objection", "list:1") == "stated_missing"
    case = begin(
        here, "objection", "list:1", reason="本人 610322197501151012 不是", applicant="样甲"
    )
    assert "197501151012" not in str(case.case) and "610322" in case.case.acts[0].reason


def test_one_case_of_a_kind_at_a_time(here: Settings) -> None:
    begin(here, "objection", "list:1", reason="不是本企业")
    assert refused(begin, here, "objection", "list:1", reason="再来") == "case_open"


def test_what_was_let_out_with_a_record_is_found_when_it_is_repaired(here: Settings) -> None:
    with OperationsStore(here) as store:
        RecordUses(store).note("bulletin", "2026-05", title="五月通报", at=utc_now(),
                               records=[penalty("ordinary"), "list:1"])  # fmt: skip
        RecordUses(store).note("export", "e1", title="案卷", at=utc_now(), records=["list:1"])
        # a frozen bulletin names the documents behind its numbers, and no subject
        rows = {"decisions": [{"document": document_of(penalty("ordinary"))}]}
        frozen = Bulletins(store).keep(
            "2026-04", json.dumps(rows).encode(), why="", by="张三", at=utc_now()
        )
        other = {"decisions": [{"document": document_of("penalty:1161:another:x")}]}
        Bulletins(store).keep(
            "2026-03", json.dumps(other).encode(), why="", by="张三", at=utc_now()
        )
        # all that was published went out, twice of one state of the data
        for _ in range(2):
            RecordUses(store).note("public_download", "head1", title="公示信息下载", at=utc_now(),
                                   records=[EVERYTHING])  # fmt: skip
    repaired(here, penalty("ordinary"))
    with OperationsStore(here) as store:
        RecordUses(store).note("public_download", "head2", title="公示信息下载", at=utc_now(),
                               records=[EVERYTHING])  # fmt: skip
        with store.reading() as session:
            noted = {row for (row,) in session.execute(text("SELECT record FROM record_used"))}
    # no key can be read there
    assert all(row == EVERYTHING or (len(row) == 64 and ":" not in row) for row in noted)
    found = withdrawals_of(here, penalty("ordinary"))
    # what went out after the repair had nothing of it
    assert {(item.kind, item.name) for item in found} == {
        ("bulletin", "2026-05"),
        ("bulletin", frozen.id),
        ("public_download", "head1"),
    }
    assert {item.name for item in withdrawals_of(here, "list:1")} == {
        "2026-05",
        "e1",
        "head1",
        "head2",
    }
    assert not withdrawals_of(here, penalty("over"))
