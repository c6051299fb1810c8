"""Records: the same bytes for ever, altered ones caught, changed rules tried without a trace."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import credit_files
import pyarrow as pa
import pytest
from breadth import some
from sqlalchemy import text
from world import World

from bench.scope.memory_log import MemoryLog
from graph.errors import InputError, NotFoundError, OperationsError
from graph.log import FactLog
from graph.operations import DecisionArchive, OperationsStore, Proposals
from graph.settings import Settings
from queries.eligibility import Case, decide, packaged
from queries.eligibility.decisions.decide import Strata, facts_of
from queries.eligibility.decisions.kept_rules import read_rules, rules_text
from queries.eligibility.decisions.record import case_from, keep, replay
from queries.eligibility.decisions.shadow import shadow
from queries.eligibility.facts.catalogue import catalogue
from queries.eligibility.facts.fact import Fact
from queries.eligibility.facts.gather import gather
from queries.eligibility.facts.paper import apply_documents, read_papers
from queries.eligibility.facts.records import records_from_log
from queries.eligibility.rules.difference import difference
from queries.eligibility.rules.first_loan import Said, compare_definitions, disagreements
from queries.eligibility.rules.golden import shipped_cases
from queries.eligibility.rules.product import Product, read_product
from queries.eligibility.rules.publish import approve, current_products, propose
from queries.eligibility.verdict import Verdict

pytestmark = pytest.mark.each_store

DAY = date(2026, 3, 15)
KNOWN = datetime(2026, 3, 1, tzinfo=UTC)
AT = datetime(2026, 3, 15, 8, tzinfo=UTC)
NAME = "farmer_small_credit_loan"
ROOM = Path(__file__).parents[3] / "queries" / "eligibility"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[OperationsStore]:
    with OperationsStore(Settings(data=tmp_path)) as opened:
        yield opened


def offered() -> list[Product]:
    """Products that are there on the day of the cases."""
    return [product for product in packaged().values() if product.is_at(DAY)]


def log_of_one(folder: Path) -> FactLog:
    log = MemoryLog()
    world = World(log)
    world.node("Person", "person:p", name="样本", birth_on=date(1985, 3, 16), sex="female")
    world.node("Household", "household:h", credit_grade="AA", annual_income_fen=5_000_000,
               valid_from=date(2025, 12, 1))  # fmt: skip
    world.tie("BELONGS_TO", ("person:p", "Person"), ("household:h", "Household"))
    world.commit(KNOWN)
    return log


def case(papers: dict[str, Any] | None = None, **facts: Any) -> Case:
    said = {
        "party_kind": Fact("Person", "graph"),
        "age": Fact(40, "world", fact_id="fact-0000001"),
        "credit_grade": Fact("AA", "world", fact_id="fact-0000002"),
        "annual_income_fen": Fact(5_000_000, "world", fact_id="fact-0000002"),
    }
    laid = apply_documents({**said, **facts}, read_papers(papers or {}, DAY))
    strata = Strata("Person", "female", "30–44", "division:1")
    return Case("person:p", laid, {}, {}, strata, None, DAY, DAY, KNOWN, 1, "hash")


def test_the_same_decision_is_one_record_and_replays_byte_for_byte(store: OperationsStore) -> None:
    archive = DecisionArchive(store)
    product = packaged()[NAME]
    papers = {"any_loan": "否@2026-03-01#R1", "consent": "是@2026-03-02#A7"}
    names = {keep(decide(case(papers), product), archive, at=AT) for _ in range(2)}
    assert len(names) == 1
    name = names.pop()
    record = json.loads(archive.find(name).record)
    assert record["consent"] == {
        "value": True, "source": "书面授权书 A7", "stated_on": "2026-03-02", "reason": None,
        "fact_id": None, "paper": True,
    }  # fmt: skip
    assert record["inputs"]["any_loan"]["source"] == "征信报告 R1"
    assert "sex" not in record["inputs"] and record["policy"] is None
    found = replay(archive, name)
    assert (found.same, found.differs, found.gaps, found.whole) == (True, (), None, True)


def test_every_product_replays(store: OperationsStore) -> None:
    archive = DecisionArchive(store)
    for product in offered():
        for papers in ({}, {"any_loan": "是", "consent": "是"}, {"any_loan": False}):
            assert replay(archive, keep(decide(case(papers), product), archive, at=AT)).same


def test_every_version_read_back_from_what_is_kept_says_the_same(store: OperationsStore) -> None:
    archive = DecisionArchive(store)
    for product in packaged().values():
        for version in product.versions:
            rules = read_rules(rules_text(product, version))
            for before, after in zip(version.conditions, rules.version.conditions, strict=True):
                assert (before.id, before.facts) == (after.id, after.facts)
            assert version.amount.facts == rules.version.amount.facts
            day = version.effective_from
            papers = {"consent": "是", "annual_income_fen": 6_000_000}
            made = replace(case(), facts=apply_documents(case().facts, read_papers(papers, day)),
                           as_of=day, first_loan_asof=day)  # fmt: skip
            found = replay(archive, keep(decide(made, product, version), archive, at=AT))
            assert (found.same, found.differs) == (True, ()), (product.id, version.version)


def test_a_replay_goes_by_the_rules_of_its_day(
    store: OperationsStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = DecisionArchive(store)
    name = keep(decide(case({"any_loan": "否"}), packaged()[NAME]), archive, at=AT)
    now = catalogue()
    other = now.facts["consent"].obtain.model_copy(update={"how": "另一种说法", "days": 9})
    facts = {**now.facts, "consent": now.facts["consent"].model_copy(update={"obtain": other})}
    changed = now.model_copy(update={"facts": facts})
    for module in ("decisions.kept_rules", "rules.product", "facts.catalogue"):
        monkeypatch.setattr(f"queries.eligibility.{module}.catalogue", lambda: changed)
    assert replay(archive, name).same
    assert "另一种说法" not in archive.find(name).record.decode()


def test_a_record_that_does_not_follow_from_its_inputs_is_caught(store: OperationsStore) -> None:
    archive = DecisionArchive(store)
    name = keep(decide(case({"any_loan": "否"}), packaged()[NAME]), archive, at=AT)
    told = json.loads(archive.find(name).record)
    told["verdict"] = "符合"
    text = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    forged = archive.keep(text.encode(), party="x", product=NAME, verdict="符合", decided_at=AT)
    found = replay(archive, forged)
    assert (found.same, found.differs) == (False, ("verdict",))
    with pytest.raises(NotFoundError):
        replay(archive, "0" * 64)


def test_the_log_is_asked_whether_it_still_says_so(store: OperationsStore, tmp_path: Path) -> None:
    archive, log = DecisionArchive(store), log_of_one(tmp_path / "log")
    gathered = gather(records_from_log(log, DAY, KNOWN), pa.array(["person:p"])).facts(0)
    assert gathered["age"].value == 40 and gathered["credit_grade"].value == "AA"
    true = case({"consent": "是"}, **gathered)
    found = replay(archive, keep(decide(true, packaged()[NAME]), archive, at=AT), log)
    assert found.same and found.gaps == () and found.whole
    wrong = case(
        {"consent": "是"}, **{**gathered, "age": Fact(33, "world", fact_id="fact-0000001")}
    )
    found = replay(archive, keep(decide(wrong, packaged()[NAME]), archive, at=AT), log)
    assert found.same and [gap.fact for gap in found.gaps or ()] == ["age"]
    assert not found.whole
    # later news changes nothing about what was known then
    world = World(log)
    world.node("Person", "person:p", name="样本", birth_on=date(1950, 1, 1))
    world.commit(datetime(2026, 4, 1, tzinfo=UTC))
    name = keep(decide(true, packaged()[NAME]), archive, at=AT)
    assert replay(archive, name, log).whole


def test_a_record_says_which_document_of_which_day(store: OperationsStore) -> None:
    log = MemoryLog()
    world = World(log)
    credit_files.write(world)
    world.commit(KNOWN)
    made = case_under(
        log,
        credit_files.PERSON,
        {"any_loan": "是@2026-03-01#旧", "orchard_insured": "否@2026-04-30#新",
         "moral_grade": "good", "consent": "是"},
        credit_files.DAY,
    )  # fmt: skip
    archive = DecisionArchive(store)
    for product in offered():
        name = keep(decide(made, product), archive, at=AT)
        inputs = json.loads(archive.find(name).record)["inputs"]
        report = inputs["any_loan"]
        assert (report["reference"], report["stated_on"]) == ("征信报告 R2", "2026-04-01")
        assert (report["value"], report["source"]) == (False, "world")
        # the older paper did not stand, and is there
        assert report["against"]["source"] == "征信报告 旧" and report["against"]["paper"]
        again = replay(archive, name, log)
        assert (again.same, again.gaps) == (True, ()), product.id
    first = json.loads(archive.find(name).record)["first_loan"]
    by = {
        item["definition"]: (item["said"], item["answered_by"], item["stated_on"]) for item in first
    }
    assert by["any_loan"] == ("是首贷", "征信报告 R2", "2026-04-01")
    # one member's loan is known, from the graph
    assert by["household"] == ("不是首贷", "world", "2025-03-01")
    said = {item.definition: item.answer_of for item in compare_definitions(made.facts)}
    assert (said["any_loan"], said["household"]) == ("report", "graph")
    # what a record proves stands against a later paper, which is shown
    insured = made.facts["orchard_insured"]
    assert insured.value is True and insured.against is not None and insured.against.paper


def test_an_altered_rule_text_is_caught(store: OperationsStore) -> None:
    archive = DecisionArchive(store)
    name = archive.keep_text(b"rules")
    assert archive.text(name) == b"rules" and archive.keep_text(b"rules") == name
    with pytest.raises(NotFoundError):
        archive.text("0" * 64)
    with store.transaction() as session:
        session.connection().execute(text("UPDATE rule_texts SET text = :text"), {"text": b"ot"})
    with pytest.raises(OperationsError):
        archive.text(name)


def older(text: str) -> str:
    """The product with another version: up to 65 years of age, from 2027-07-01."""
    head, version = text.rsplit("  - version:", 1)
    later = version.replace('"2026.2"', '"2027.1"', 1).replace("2026-11-28", "2027-07-01", 1)
    return f"{head}  - version:{version}  - version:{later.replace('[18, 62]', '[18, 65]')}"


def files() -> tuple[str, str]:
    text = (ROOM / "rules" / "products" / f"{NAME}.yaml").read_text(encoding="utf-8")
    cases = shipped_cases(NAME).replace('version: "2026.2"', 'version: "2027.1"')
    wider = cases.replace("六十二岁（含）, facts: {age: 62}", "六十五岁（含）, facts: {age: 65}")
    return older(text), wider.replace("facts: {age: 63}", "facts: {age: 66}")


def test_publishing_takes_two_persons_and_golden_cases(store: OperationsStore) -> None:
    text, cases = files()
    day = date(2027, 6, 1)
    with pytest.raises(InputError) as caught:
        propose(store, NAME, text, shipped_cases(NAME).replace(
            'version: "2026.2"', 'version: "2027.1"'), by="甲", at=AT, day=day)  # fmt: skip
    assert caught.value.cause_code == "cases_fail" and "六十三岁" in caught.value.message_zh
    put = propose(store, NAME, text, cases, by="甲", at=AT, day=day)
    age = (
        "版本 2027.1（自 2027-07-01 起）：条件“年龄 18 至 62 周岁（年龄加期限三年不超过 65 周岁）”"
    )
    # that its other rules hold since another version began is no change of theirs
    assert put.changes == (
        f"{age}由““年龄（周岁）”介于 18 至 62”改为““年龄（周岁）”介于 18 至 65”",
    )
    assert len(current_products(store)[NAME].versions) == 2
    for same in ("甲", " 甲 "):
        with pytest.raises(InputError) as caught:
            approve(store, put.proposal.id, by=same, at=AT, day=day)
        assert caught.value.cause_code == "two_persons"
    with pytest.raises(InputError) as caught:
        approve(store, put.proposal.id, by=" ", at=AT, day=day)
    assert caught.value.cause_code == "person_missing"
    passed = approve(store, put.proposal.id, by="乙", at=AT, day=day)
    assert passed.proposal.approved_by == "乙"
    found = current_products(store)[NAME]
    assert [found.at(date(2027, month, 1)).version for month in (6, 7)] == ["2026.2", "2027.1"]
    # once more changes nothing, and a third person does not take it over
    again = approve(store, put.proposal.id, by="丙", at=AT, day=day)
    assert again.proposal.approved_by == "乙"
    assert len(Proposals(store).all()) == 1
    with pytest.raises(NotFoundError):
        approve(store, "0" * 64, by="乙", at=AT, day=day)


@pytest.mark.parametrize(
    ("change", "day", "code"),
    [
        (lambda text: text.replace("[18, 60]", "[18, 61]", 1), date(2027, 6, 1), "version_backwards"),
        (lambda text: text, date(2027, 7, 1), "version_backwards"),
        (lambda text: text.replace("[Person]", "[Person, Household]"), date(2027, 6, 1), "version_backwards"),
        (lambda text: text.split("  - version:", 2)[0] + "  - version:" + text.split("  - version:", 2)[2],
         date(2027, 6, 1), "version_backwards"),
        (lambda text: text.replace("fact: age", "fact: agee"), date(2027, 6, 1), "product_faulty"),
        (lambda text: (ROOM / "rules" / "products" / f"{NAME}.yaml").read_text("utf-8"), date(2027, 6, 1), "nothing_changes"),
    ],
)  # fmt: skip
def test_nothing_is_changed_backwards(
    store: OperationsStore, change: Any, day: date, code: str
) -> None:
    text, cases = files()
    with pytest.raises(InputError) as caught:
        propose(store, NAME, change(text), cases, by="甲", at=AT, day=day)
    assert caught.value.cause_code == code
    assert Proposals(store).all() == []


def test_shadow_counts_whom_a_change_would_turn(store: OperationsStore) -> None:
    archive = DecisionArchive(store)
    product = packaged()[NAME]
    text = (ROOM / "rules" / "products" / f"{NAME}.yaml").read_text(encoding="utf-8")
    wider = text.replace("[18, 60]", "[18, 65]")
    papers = {"any_loan": "否", "consent": "是", "purpose_lawful": "是"}
    settled = {
        "village": Fact("division:1", "x"), "own_listing": Fact(False, "x"),
        "household_other_borrower": Fact(False, "x"),
    }  # fmt: skip
    for age in (40, 62, 70):
        keep(decide(case(papers, age=Fact(age, "x"), **settled), product), archive, at=AT)
    keep(decide(case(age=Fact(63, "x")), product), archive, at=AT)
    before = archive.of()
    found = shadow(before, read_product(NAME, wider).version("2026.1"))
    assert (found.decisions, found.lacking) == (4, 0)
    assert {(flip.then, flip.now, flip.because) for flip in found.flips} == {
        (Verdict.NOT_MET, Verdict.MET, ()),
        (Verdict.NOT_MET, Verdict.UNKNOWN,
         ("local", "not_listed", "no_bad_loan", "not_overdue", "no_bad_repayment",
          "one_per_household", "purpose", "consent", "first_loan")),
    }  # fmt: skip
    groups = {(g.by, g.value): (g.decisions, g.flips) for g in found.groups}
    assert groups == {
        ("sex", "female"): (4, 2), ("village", "division:1"): (4, 2), ("kind", "Person"): (4, 2),
        ("age_band", "30–44"): (4, 2),
    }  # fmt: skip
    # nothing was written, and the same rules turn nobody
    assert archive.of() == before
    assert shadow(before, product.versions[0]).flips == ()
    # another product asks for what these records do not hold
    assert shadow(before, packaged()["apple_loan"].versions[0]).lacking == 4
    assert case_from(before[0].record).strata.sex == "female"


def test_differences_are_said_in_chinese() -> None:
    farmer, apple = packaged()[NAME].versions[0], packaged()["apple_loan"].versions[0]
    lines = difference(farmer, apple)
    assert difference(farmer, farmer) == ()
    for words in ("新增硬性条件“果园面积不少于 3 亩”：“果园面积（亩）”不低于 3", "取消条件“首贷（口径：从未有过任何贷款）”",
                  "首贷口径由 any_loan 改为 不限", "最长期限由 36 个月改为 24 个月"):  # fmt: skip
        assert [line for line in lines if line.startswith(words)], words


def said(**facts: Any) -> dict[str, Said]:
    kind = facts.pop("kind", "Person")
    told = {"party_kind": Fact(kind, "graph")}
    told |= {name: Fact(value, "征信报告 R1", DAY) for name, value in facts.items()}
    return {item.definition: item.said for item in compare_definitions(told)}


def test_definitions_of_a_first_loan() -> None:
    assert set(said().values()) == {Said.UNKNOWN, Said.NOT_APPLICABLE}
    # a consumer loan only: two definitions disagree, and the page says so
    told = said(any_loan=True, operating_loan=False, own_institution_loan=False)
    assert told == {
        "any_loan": Said.NO, "no_operating_loan": Said.YES, "household": Said.NO,
        "own_institution": Said.YES, "strict_enterprise": Said.NOT_APPLICABLE,
    }  # fmt: skip
    facts = {"party_kind": Fact("Person", "graph"), "any_loan": Fact(True, "loan", DAY),
             "operating_loan": Fact(False, "征信报告 R1", DAY)}  # fmt: skip
    answers = compare_definitions(facts)
    assert ("从未有过经营性贷款", "从未有过任何贷款") in disagreements(answers)
    by = {item.definition: (item.answered_by, item.stated_on) for item in answers}
    assert by["any_loan"] == ("loan", DAY) and by["no_operating_loan"] == ("征信报告 R1", DAY)
    # of a household one member's loan is enough for a no, and all must be known for a yes
    assert said(any_loan=False)["household"] is Said.UNKNOWN
    assert said(any_loan=False, household_any_loan=False)["household"] is Said.YES
    assert said(household_any_loan=True)["household"] is Said.NO
    # the strict one speaks of enterprises and not of individual businesses
    assert said(kind="Enterprise", any_loan=False)["strict_enterprise"] is Said.YES
    assert (
        said(kind="IndividualBusiness", any_loan=False)["strict_enterprise"] is Said.NOT_APPLICABLE
    )
    assert said(kind="IndividualBusiness", operating_loan=False)["no_operating_loan"] is Said.YES


def test_papers_are_refused_with_a_reason() -> None:
    for given, code in (
        ({"nothing": True}, "fact_not_suppliable"), ({"party_kind": "Person"}, "fact_not_suppliable"),
        ({"guarantees_bad_loan": False}, "fact_not_suppliable"), ({"age": "old"}, "fact_type"),
        ({"credit_grade": "AAAA"}, "fact_type"), ({"consent": 1}, "fact_type"),
        ({"consent": "是@2026-03-16"}, "paper_from_the_future"), ({"consent": "是@gestern"}, "date"),
        ({"consent": {"value": True, "colour": "red"}}, "paper_malformed"),
    ):  # fmt: skip
        with pytest.raises(InputError) as caught:
            read_papers(given, DAY)
        assert caught.value.cause_code == code, given


def drawn(log: FactLog, party: str, papers: dict[str, Any] | None = None) -> Case:
    """A case as the program makes it: everything gathered, and what follows from it drawn."""
    return case_under(log, party, papers or {}, DAY)


def case_under(log: FactLog, party: str, papers: dict[str, Any], day: date) -> Case:
    """A case of an institution that asked for the reports itself."""
    records, brought = records_from_log(log, day, KNOWN), read_papers(papers, day)
    found, _ = facts_of(records, party, brought, institution=credit_files.BANK, before=day)
    strata = Strata("Person", None, None, None)
    return Case(party, apply_documents(found, brought), {}, brought, strata, credit_files.BANK, day, day,
                KNOWN, 1, "hash")  # fmt: skip


def report_alone(folder: Path) -> FactLog:
    """A report that says what is owed, and not whether there ever was a loan."""
    log = MemoryLog()
    world = World(log)
    world.node("Person", "person:p", name="样本", birth_on=date(1985, 3, 16))
    credit_files.report(world, "person:p", "R1", date(2026, 3, 1), has_loan_record=None,
                        balance_fen=0, overdue_account_count=None)  # fmt: skip
    world.node("FinancialInstitution", credit_files.BANK, name=credit_files.BANK_NAME)
    world.commit(KNOWN)
    return log


def test_what_was_implied_does_not_look_altered(store: OperationsStore, tmp_path: Path) -> None:
    archive, log = DecisionArchive(store), report_alone(tmp_path / "log")
    made = drawn(log, "person:p", {"consent": "是@2026-03-02"})
    product = packaged()["apple_loan"]
    assert made.facts["own_bad_loan"].implied_by == "open_loan"
    assert "open_loan" not in product.versions[-1].facts
    name = keep(decide(made, product), archive, at=AT)
    inputs = json.loads(archive.find(name).record)["inputs"]
    assert inputs["own_bad_loan"]["implied_by"] == "open_loan"
    # what it was drawn from stands beside it, with its own fact
    assert inputs["open_loan"]["value"] is False and inputs["open_loan"]["fact_id"]
    assert replay(archive, name, log).whole


def test_a_cause_that_was_altered_is_caught_once(store: OperationsStore, tmp_path: Path) -> None:
    archive, log = DecisionArchive(store), report_alone(tmp_path / "log")
    made = drawn(log, "person:p", {"consent": "是"})
    for changed, caught in (
        # somebody else's report: the cause differs, and what follows from it with it
        ({"open_loan": replace(made.facts["open_loan"], fact_id="fact-0000009")}, ["open_loan"]),
        # what follows was altered, the cause was not
        ({"own_bad_loan": replace(made.facts["own_bad_loan"], value=True)}, ["own_bad_loan"]),
        ({"age": replace(made.facts["age"], value=33)}, ["age"]),
    ):
        forged = replace(made, facts={**made.facts, **changed})
        name = keep(decide(forged, packaged()["apple_loan"]), archive, at=AT)
        found = replay(archive, name, log)
        assert found.same and [gap.fact for gap in found.gaps or ()] == caught


@pytest.mark.parametrize("product", ["apple_loan", "startup_guaranteed_loan"])
def test_a_record_of_0_3_0_is_made_again_byte_for_byte(
    store: OperationsStore, tmp_path: Path, product: str
) -> None:
    """Kept as that version wrote them: no errands, nothing barred, nothing of what says what."""
    archive, log = DecisionArchive(store), report_alone(tmp_path / "log")
    folder = Path(__file__).parent / "kept_before"
    record = (folder / f"{product}.record.json").read_bytes()
    told = json.loads(record)
    assert archive.keep_text((folder / f"{product}.rules.json").read_bytes()) == told["rules"]
    assert "implied_by" not in record.decode() and "open_loan" not in told["inputs"]
    # drawn from the report's nothing owed, which the record does not hold
    assert told["inputs"]["own_overdue"]["value"] is False
    name = archive.keep(record, party="person:p", product=product, verdict=told["verdict"],
                        decided_at=AT)  # fmt: skip
    found = replay(archive, name, log)
    assert (found.same, found.differs, found.gaps) == (True, (), ())


@pytest.mark.parametrize("seed", some([0, 1, 2, 3, 4, 7]))
def test_replays_of_random_files_raise_no_false_alarm(store: OperationsStore, seed: int) -> None:
    archive, log = DecisionArchive(store), MemoryLog()
    world, chance = World(log), random.Random(seed)
    for number in range(8):
        world.node("Person", f"person:{number}", name="样本", birth_on=date(1980, 1, 1))
        world.node("Household", f"household:{number}", credit_grade=chance.choice(["AA", None]))
        world.tie("BELONGS_TO", (f"person:{number}", "Person"), (f"household:{number}", "Household"))  # fmt: skip
        world.node("Enterprise", f"org:{number}", name="样本")
        credit_files.scatter(world, chance, f"file{number}", f"person:{number}",
                             f"household:{number}", f"org:{number}")  # fmt: skip
    world.commit(KNOWN)
    drew = 0
    for number in range(8):
        papers = chance.choice([{}, {"consent": "是"}, {"consent": "是@2026-03-01#A7"},
                                {"consent": "是", "any_loan": "否@2026-03-10#R9"},
                                {"consent": "是", "open_loan": "否@2026-03-10#R9"}])  # fmt: skip
        made = drawn(log, f"person:{number}", papers)
        drew += sum(bool(fact.implied_by) for fact in made.facts.values())
        for product in offered():
            name = keep(decide(made, product), archive, at=AT)
            found = replay(archive, name, log)
            assert (found.same, found.gaps) == (True, ()), (product.id, number)
    assert drew
