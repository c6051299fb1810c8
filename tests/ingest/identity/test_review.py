"""From a file without identifiers to a judged party and back: log, snapshot and risk follow."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from world import World

import ingest
from graph.encoding import encode
from graph.errors import InputError, NotFoundError
from graph.identifiers import resident_id
from graph.log import FactLog
from graph.operations import JudgementBook, OperationsStore
from graph.secrets import make_secrets
from graph.settings import Settings
from graph.snapshot import take_snapshot
from ingest.identity import judge, judgements_in_force, refresh, review, take_back
from ingest.identity.record import is_provisional, read_records
from ingest.identity.review import hints
from queries import assess, explain

pytestmark = pytest.mark.each_store

TODAY = date(2026, 9, 1)
HEAD = ("金融机构编码,担保合同号,担保人名称,担保人证件号码,被担保人名称,被担保人证件号码,借据编号,"
        "担保金额（万元）,保证方式,签订日期\n")  # fmt: skip
BORROWER = resident_id.complete("61032219700506001")
GUARANTOR = resident_id.complete("61032219550303001")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A loan gone bad, and 张满囤, who is known by his number and his village."""
    made = Settings(data=tmp_path)
    from graph.identifiers import person_key

    key = make_secrets(made.secrets_file).identity_key
    borrower, known = person_key(BORROWER, key), person_key(GUARANTOR, key)
    world = World(FactLog(made.log_dir))
    world.node("Person", borrower, name="李根生")
    world.node("Loan", "loan:B1:1", loan_no="1", principal_fen=5_000_000)
    world.node("LoanState", "loan:B1:1", "Loan", loan_class="loss", balance_fen=5_000_000)
    world.tie("BORROWED", (borrower, "Person"), ("loan:B1:1", "Loan"))
    world.node("Person", known, name="张满囤", phone_masked="138****0007")
    world.tie("LOCATED_IN", (known, "Person"), ("division:610305110201", "Village"))
    world.commit(datetime(2026, 3, 1, tzinfo=UTC))
    return made


@pytest.fixture
def known(settings: Settings) -> str:
    return str(FactLog(settings.log_dir).read("LOCATED_IN")["from_key"][0].as_py())


def guaranteed(settings: Settings, *rows: str, file: str = "担保合同.csv") -> ingest.Report:
    path = settings.data / file
    path.write_text(HEAD + "".join(rows), encoding="utf-8")
    return ingest.ingest("guarantee", [path], settings=settings, into_graph=False)


def row(name: str, number: str = "", contract: str = "D1", day: str = "2025-01-01") -> str:
    return f"B1,{contract},{name},{number},李根生,{BORROWER},loan:B1:1,5,联保,{day}\n"


def mention(settings: Settings) -> str:
    keys = FactLog(settings.log_dir).read("GUARANTEES")["from_key"].to_pylist()
    return str(next(key for key in keys if is_provisional(key)))


def score(settings: Settings, key: str) -> float:
    return explain(assess(take_snapshot(FactLog(settings.log_dir), TODAY)), key).score


def test_a_row_without_identifier_is_neither_lost_nor_merged(
    settings: Settings, known: str
) -> None:
    report = guaranteed(settings, row("张满囤"), row("张满囤", contract="D2"), row("王女士"))
    assert (report.batches[0].rows_in, report.batches[0].accepted) == (3, 3)
    keys = FactLog(settings.log_dir).read("GUARANTEES")["from_key"].to_pylist()
    # the same name in two contracts is two mentions; that it is one person is a judgement
    assert len(set(keys)) == 3 and all(map(is_provisional, keys)) and known not in keys
    assert all(re.fullmatch(r"provisional:[0-9a-f]{32}", key) for key in keys)
    again = guaranteed(settings, row("张满囤"), row("张满囤", contract="D2"), row("王女士"), "\n",
                       file="再次.csv")  # fmt: skip
    assert (again.batches[0].accepted, again.batches[0].unchanged) == (0, 3)


def test_an_identifier_that_is_wrong_is_refused_as_before(settings: Settings) -> None:
    wrong = GUARANTOR[:17] + ("1" if GUARANTOR[17] == "0" else "0")
    report = guaranteed(settings, row("张满囤", wrong), row("", GUARANTOR))
    assert report.batches[0].quarantined == 2


def test_a_hint_is_shown_and_carries_nothing(settings: Settings, known: str) -> None:
    guaranteed(settings, row("张满囤"))
    before = score(settings, known)
    found = refresh(settings)
    pair = {mention(settings), known}
    assert pair in [{c.mention.key, c.other.key} for c in found.candidates]
    (shown,) = hints(settings, known)
    assert {shown.one.key, shown.other.key} == pair
    assert 0.1 <= shown.pair.probability < 1
    assert any(reason["rule"] == "name_same" and reason["text"] for reason in shown.pair.reasons)
    # the mention's own guarantee is the mention's own risk, and nobody else's
    assert score(settings, known) == before == 0
    assert score(settings, mention(settings)) > 0.1
    assert "SAME_AS" not in {kind for b in FactLog(settings.log_dir).batches() for kind in b.kinds}


def test_a_judgement_reaches_risk_and_can_be_taken_back(settings: Settings, known: str) -> None:
    guaranteed(settings, row("张满囤"))
    key = mention(settings)
    own = score(settings, key)
    made = judge(settings, key, known, "same", user="王信用", note="电话核实")
    assert made.clustering.redirects == {key: known}
    assert score(settings, known) == pytest.approx(own)
    assert score(settings, key) == score(settings, known)  # the old key answers
    (fact,) = FactLog(settings.log_dir).read("SAME_AS").to_pylist()
    assert (fact["source"], fact["certainty"], fact["judged_by"]) == ("identity", 1.0, "王信用")
    assert "电话核实" in fact["ground"]
    # what arrives later under the same mention stands with the person as well
    guaranteed(settings, row("张满囤", day="2025-06-01"), file="更正.csv")
    snapshot = take_snapshot(FactLog(settings.log_dir), TODAY)
    assert set(snapshot.ties["GUARANTEES"].table["from_key"].to_pylist()) == {known}
    undone = take_back(settings, made.judgement.number, user="赵复核", note="系同名")
    assert undone.judgement.takes_back == made.judgement.number
    assert score(settings, known) == 0
    assert score(settings, key) == pytest.approx(own)
    judgements, clustering = judgements_in_force(settings)
    assert [item.verdict for item in judgements] == ["same", "open"]
    assert clustering.redirects == {} and FactLog(settings.log_dir).verify() == []


def test_redelivery_after_a_judgement_changes_nothing(settings: Settings, known: str) -> None:
    guaranteed(settings, row("张满囤"))
    judge(settings, mention(settings), known, "same", user="王信用")
    report = guaranteed(settings, row("张满囤"), "\n", file="重报.csv")
    assert (report.batches[0].accepted, report.batches[0].unchanged) == (0, 1)


def test_a_judged_pair_leaves_the_queue_and_comes_back_when_undone(
    settings: Settings, known: str
) -> None:
    guaranteed(settings, row("张满囤"))
    key = mention(settings)
    refresh(settings)
    assert len(review(settings)) == 1
    made = judge(settings, known, key, "different", user="王信用")
    assert review(settings) == []
    refresh(settings)
    assert review(settings) == []
    take_back(settings, made.judgement.number, user="王信用")
    assert len(review(settings)) == 1


def test_conflicting_judgements_suspend_the_merge_and_are_reported(
    settings: Settings, known: str
) -> None:
    guaranteed(settings, row("张满囤"), row("张满囤", contract="D2"))
    log = FactLog(settings.log_dir)
    one, two = sorted(set(log.read("GUARANTEES")["from_key"].to_pylist()))
    judge(settings, one, known, "same", user="甲某")
    judge(settings, one, two, "same", user="甲某")
    assert set(judgements_in_force(settings)[1].redirects) == {one, two}
    third = judge(settings, two, known, "different", user="乙某")
    assert [item["ground"] for item in encode(third)["conflicts"]] == ["judged_different"]
    assert len(log.read("SAME_AS")) == 0
    take_back(settings, third.judgement.number, user="丙某")
    assert {fact["to_key"] for fact in log.read("SAME_AS").to_pylist()} == {known}


def test_what_cannot_be_is_refused(settings: Settings, known: str) -> None:
    guaranteed(settings, row("张满囤"), row("张满囤粮油店"))
    keys = FactLog(settings.log_dir).read("GUARANTEES").to_pylist()
    shop = next(item["from_key"] for item in keys if item["from_label"] != "Person")
    borrower = FactLog(settings.log_dir).read("BORROWED")["from_key"][0].as_py()
    for one, other, user, code in (
        (known, borrower, "王信用", "different_identifiers"),
        (known, shop, "王信用", "different_kinds"),
        (known, known, "王信用", "same_key"),
        (mention(settings), known, " ", "user_missing"),
    ):
        with pytest.raises(InputError) as error:
            judge(settings, one, other, "same", user=user)
        assert error.value.cause_code == code
    with pytest.raises(NotFoundError):
        judge(settings, known, "provisional:nobody", "same", user="王信用")
    with pytest.raises(NotFoundError):
        take_back(settings, 77, user="王信用")
    assert judgements_in_force(settings)[0] == []


def test_only_the_last_judgement_of_a_pair_is_taken_back(settings: Settings, known: str) -> None:
    guaranteed(settings, row("张满囤"))
    first = judge(settings, mention(settings), known, "same", user="甲某").judgement
    judge(settings, mention(settings), known, "different", user="乙某")
    with pytest.raises(InputError) as error:
        take_back(settings, first.number, user="丙某")
    assert error.value.cause_code == "judgement_not_in_force"


def test_a_run_killed_between_judgement_and_log_is_healed_by_the_next(
    settings: Settings, known: str
) -> None:
    guaranteed(settings, row("张满囤"), row("王麦绒", contract="D3"))
    keys = sorted(set(FactLog(settings.log_dir).read("GUARANTEES")["from_key"].to_pylist()))
    one = mention(settings)
    other = next(key for key in keys if key != one)
    with OperationsStore(settings) as store:
        JudgementBook(store).judge(one, known, "same", user="甲某", at=datetime.now(UTC))
    assert len(FactLog(settings.log_dir).read("SAME_AS")) == 0
    judge(settings, other, known, "different", user="甲某")
    assert FactLog(settings.log_dir).read("SAME_AS")["from_key"].to_pylist() == [one]


def test_former_names_and_nicknames_come_from_the_log(settings: Settings, known: str) -> None:
    world = World(FactLog(settings.log_dir))
    world.count = 2_000_000
    old = world.node("Enterprise", "org:f", name="凤翔县长青化工厂")
    world.node("PersonAlias", known, "Person", former_names="张卫东", nicknames="狗娃、老三")
    world.commit(datetime(2029, 1, 1, tzinfo=UTC), "names")
    world.close("Enterprise", old)
    world.node("Enterprise", "org:f", name="陕西长青新材料有限公司")
    world.commit(datetime(2029, 2, 1, tzinfo=UTC), "names")
    records = {item.key: item for item in read_records(FactLog(settings.log_dir))}
    assert records[known].former_names == ("张卫东",)
    assert records[known].nicknames == ("狗娃", "老三")
    assert records[known].village == "610305110201"
    # a renamed firm is found by its old name
    firm = records["org:f"]
    assert (firm.name, firm.former_names) == ("陕西长青新材料有限公司", ("凤翔县长青化工厂",))


@pytest.fixture
def hinted(settings: Settings, known: str) -> Iterator[tuple[Settings, str, str]]:
    """The mention is said to be the known person, but with certainty below one."""
    guaranteed(settings, row("张满囤"))
    key = mention(settings)
    world = World(FactLog(settings.log_dir))
    world.count = 1_000_000
    world.tie("SAME_AS", (key, "Person"), (known, "Person"), certainty=0.999999)
    world.tie("GUARANTEES", (known, "Person"), (key, "Person"), certainty=0.99, discriminator="x")
    world.node("ListEntry", "list:1", list_kind="judgment_defaulter", case_no="1")
    world.tie("SUBJECT_OF", (known, "Person"), ("list:1", "ListEntry"), certainty=0.5)
    world.commit(datetime(2030, 1, 1, tzinfo=UTC), "hints")
    yield settings, key, known


def test_certainty_below_one_carries_no_risk_by_any_way(hinted: tuple[Settings, str, str]) -> None:
    settings, key, known = hinted
    snapshot = take_snapshot(FactLog(settings.log_dir), TODAY)
    assert snapshot.redirects == {} and snapshot.index(key) != snapshot.index(known)
    assert score(settings, known) == 0
