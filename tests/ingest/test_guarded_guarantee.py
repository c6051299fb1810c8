"""The guard at the log's door: refused, open, inserted; two processes that propose at once."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from firms import label_of
from promises import WAN, lend, promise
from world import World

import ingest
from graph.encoding import encode
from graph.errors import InputError
from graph.identifiers import person_key, resident_id
from graph.identifiers import unified_social_credit_code as uscc
from graph.log import FactLog
from graph.operations import DecisionArchive, Ledger, OperationsStore
from graph.secrets import make_secrets
from graph.settings import Settings
from graph.time import today
from ingest.guarded_guarantee import GuardedGuarantee, insert_guarantee
from queries.structure.proposal import GuaranteeProposal

#: Waits for a line, proposes, says what became of it; imports are over before the first.
WORKER = """
import json, sys
from datetime import date
from pathlib import Path
from graph.settings import Settings
from ingest.guarded_guarantee import insert_guarantee
from queries.structure.proposal import GuaranteeProposal
print("ready", flush=True)
for line in sys.stdin:
    told = json.loads(line)
    told["proposal"]["signed_on"] = date.fromisoformat(told["proposal"]["signed_on"])
    done = insert_guarantee(
        Settings(data=Path(told["data"])), GuaranteeProposal(**told["proposal"]), into_graph=False
    )
    print(json.dumps([done.state, done.position]), flush=True)
"""


def proposal(guarantor: str, borrower: str, **more: object) -> GuaranteeProposal:
    said = {"lender_code": "C1", "contract_no": f"{guarantor}{borrower}", "loan": f"loan:{borrower}",
            "amount_fen": 5 * WAN, "kind": "joint_and_several", "signed_on": today(), **more}  # fmt: skip
    return GuaranteeProposal(guarantor=guarantor, borrower=borrower, **said)  # type: ignore[arg-type]


def office(folder: Path, *pairs: tuple[str, str], reported: bool = True) -> Settings:
    """A data folder in which these guarantees stand and everybody owes 1 万元."""
    settings = Settings(data=folder)
    world = World(FactLog(settings.log_dir))
    for pair in pairs:
        promise(world, *pair)
    for key in "abcdefghPQ":
        world.node(label_of(key), key, name=f"名{key}")
        lend(world, key, 1)
        if reported and label_of(key) == "Enterprise":
            world.node("AnnualReport", key, "Enterprise", net_assets_fen=900 * WAN)
    world.commit(datetime(2026, 5, 1, tzinfo=UTC))
    return settings


def put(settings: Settings, *told: object, **more: object) -> GuardedGuarantee:
    accept = more.pop("accept_open", ())
    return insert_guarantee(
        settings, proposal(*told, **more), accept_open=accept, into_graph=False  # type: ignore[arg-type]
    )  # fmt: skip


def standing(settings: Settings) -> list[tuple[str, str]]:
    rows = FactLog(settings.log_dir).read("GUARANTEES", as_of=today()).to_pylist()
    return sorted((row["from_key"], row["to_key"]) for row in rows)


def test_inserted_once_and_kept_with_its_check(tmp_path: Path) -> None:
    settings = office(tmp_path)
    done = put(settings, "a", "b")
    assert (done.state, done.position) == ("inserted", 2)
    again = put(settings, "a", "b")
    assert (again.state, again.position) == ("already", 2)
    log = FactLog(settings.log_dir)
    assert log.verify() == [] and len(log.batches()) == 2
    assert log.batches()[-1].notes == {"check": done.record}
    (tie,) = log.read("GUARANTEES").to_pylist()
    assert (tie["from_label"], tie["amount_fen"], tie["certainty"]) == ("Enterprise", 5 * WAN, 1)
    assert log.read("SECURES")["to_key"].to_pylist() == ["loan:b"]
    with OperationsStore(settings) as store:
        kept = DecisionArchive(store).find(done.record)
        assert Ledger(store).deliveries()[0].position == 2
    told = json.loads(kept.record)
    assert (told["verdict"], told["proposal"]["guarantor"]) == ("符合", "a")
    with pytest.raises(InputError):
        put(settings, "a", "b", amount_fen=1)


def test_refused_and_open_proposals_write_nothing(tmp_path: Path) -> None:
    settings = office(tmp_path / "1", *(("a", other) for other in "bcdef"))
    refused = put(settings, "a", "g", accept_open={"clients_per_firm"})
    assert refused.state == "refused" and refused.check is not None
    silent = office(tmp_path / "2", reported=False)
    assert put(silent, "a", "b").state == "open"
    assert standing(silent) == []
    assert put(silent, "a", "b", accept_open={"guarantees_within_net_assets"}).state == "inserted"
    assert len(FactLog(settings.log_dir).batches()) == 1
    assert encode(refused)["check"]["verdict"] == "不符合"


@pytest.mark.parametrize(("signed", "expires"), [(1, None), (-400, -1)])
def test_limits_are_those_of_today(tmp_path: Path, signed: int, expires: int | None) -> None:
    # of the day on which it runs: who collects the tests before midnight runs them after it
    day = today()
    more = {"signed_on": day + timedelta(signed)}
    if expires is not None:
        more["expires_on"] = day + timedelta(expires)
    with pytest.raises(InputError, match="as of today"):
        put(office(tmp_path), "a", "b", **more)


@pytest.fixture(scope="module")
def workers() -> Iterator[list[subprocess.Popen[str]]]:
    started = [
        subprocess.Popen(
            [sys.executable, "-c", WORKER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    for worker in started:
        assert worker.stdout is not None and worker.stdout.readline() == "ready\n"
    yield started
    for worker in started:
        worker.communicate()
        assert worker.returncode == 0


def at_once(
    workers: list[subprocess.Popen[str]], settings: Settings, *told: tuple[str, str]
) -> list[tuple[str, int | None]]:
    for worker, pair in zip(workers, told, strict=True):
        line = {"data": str(settings.data), "proposal": asdict(proposal(*pair))}
        assert worker.stdin is not None
        worker.stdin.write(json.dumps(line, default=str) + "\n")
        worker.stdin.flush()
    found = []
    for worker in workers:
        assert worker.stdout is not None
        state, position = json.loads(worker.stdout.readline())
        found.append((state, position))
    return found


def test_two_that_together_break_a_limit_exactly_one_wins(
    workers: list[subprocess.Popen[str]], tmp_path: Path
) -> None:
    """The sixth client; a ring of two; a chain too long for the one upstream."""
    four = tuple(("a", other) for other in "bcde")
    chain = (("P", "a"), ("b", "c"), ("d", "e"))
    cases = {
        "clients": (four, ("a", "f"), ("a", "g")),
        "ring": ((), ("a", "b"), ("b", "a")),
        "longer ring": ((("b", "c"), ("d", "a")), ("a", "b"), ("c", "d")),
        "chain": (chain, ("a", "b"), ("c", "d")),
    }
    for round_ in range(3):
        for name, (before, *told) in cases.items():
            settings = office(tmp_path / f"{name}{round_}", *before)
            found = at_once(workers, settings, *told)
            assert sorted(state for state, _ in found) == ["inserted", "refused"], (name, found)
            won = told[[state for state, _ in found].index("inserted")]
            assert standing(settings) == sorted([*before, won])
            assert FactLog(settings.log_dir).verify() == []


def test_two_that_do_not_meet_both_win(
    workers: list[subprocess.Popen[str]], tmp_path: Path
) -> None:
    settings = office(tmp_path)
    found = at_once(workers, settings, ("a", "b"), ("c", "d"))
    assert sorted(found, key=str) == [("inserted", 2), ("inserted", 3)]
    assert standing(settings) == [("a", "b"), ("c", "d")]


def test_the_banks_own_file_later_tells_nothing_new(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    key = make_secrets(settings.secrets_file).identity_key
    borrower = resident_id.complete("61032219750315901")
    firm = uscc.complete("91610305MA9100001")
    for source, text in (
        ("loan", "金融机构编码,金融机构名称,借据号,借款人名称,借款人证件号码,借款金额（万元）,发放日期,"
                 "到期日期,贷款余额（万元）,五级分类,数据日期\n"
                 f"C1402610305001,样本行,J1,张三,{borrower},2,2026-01-05,2027-01-05,2,正常,2026-01-31"),
        ("enterprise", "统一社会信用代码,企业名称,成立日期,法定代表人,法定代表人证件号码\n"
                       f"{firm},样本有限公司,2020-01-01,张三,{borrower}"),
    ):  # fmt: skip
        path = tmp_path / f"{source}.csv"
        path.write_text(text, encoding="utf-8-sig")
        ingest.ingest(source, [path], settings=settings, into_graph=False)
    person = person_key(borrower, key)
    done = put(
        settings, f"org:{firm}", person, lender_code="C1402610305001", contract_no="D1",
        loan="loan:C1402610305001:J1", signed_on=date(2026, 1, 5), relation="交易对手",
        accept_open={"guarantees_within_net_assets"},
    )  # fmt: skip
    assert done.state == "inserted"
    log = FactLog(settings.log_dir)
    before = {kind: log.read(kind) for kind in ("Guarantee", "GAVE", "SECURES", "GUARANTEES")}
    path = tmp_path / "担保.csv"
    path.write_text(
        "金融机构编码,担保合同号,担保人名称,担保人证件号码,被担保人名称,被担保人证件号码,借据编号,"
        "担保金额（万元）,保证方式,签订日期,到期日期,与被担保人关系\n"
        f"C1402610305001,D1,样本有限公司,{firm},张三,{borrower},loan:C1402610305001:J1,5,连带责任保证,"
        "2026-01-05,,交易对手",
        encoding="utf-8-sig",
    )
    report = ingest.ingest("guarantee", [path], settings=settings, into_graph=False).batches[0]
    assert report.quarantined == 0
    assert {kind: log.read(kind) for kind in before} == before


def test_a_proposal_that_was_never_signed_is_withdrawn_and_may_be_put_again(tmp_path: Path) -> None:
    settings = office(tmp_path)
    done = put(settings, "a", "b")
    taken = ingest.withdraw(
        str(done.position), reason="没有签", by="李四", settings=settings, into_graph=False
    )
    assert taken.leaves == {"GAVE": 1, "GUARANTEES": 1, "Guarantee": 1, "SECURES": 1}
    assert standing(settings) == []
    again = put(settings, "a", "b")
    assert (again.state, again.position) == ("inserted", 4)
    assert standing(settings) == [("a", "b")]
    log = FactLog(settings.log_dir)
    for kind in taken.leaves:
        assert len(set(log.history(kind)["fact_id"].to_pylist())) == 2
