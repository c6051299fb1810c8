"""Facts from records: over Bolt and from the log the same; absence read with care."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any, get_args

import pyarrow as pa
import pytest
from breadth import examples
from credit_files import BANK as ASKS
from credit_files import BANK_NAME, EXPECTED, loan, report
from credit_files import DAY as FILED
from hypothesis import given, settings
from hypothesis import strategies as st
from world import World

from bench.scope.memory_log import MemoryLog
from graph.connection import Graph
from graph.log import FactLog
from graph.moment import Moment
from queries.canonical_keys import CanonicalKeys
from queries.eligibility.facts.catalogue import catalogue, read_catalogue
from queries.eligibility.facts.column import Column
from queries.eligibility.facts.fact import Fact, Why
from queries.eligibility.facts.gather import gather
from queries.eligibility.facts.paper import apply_documents, read_papers
from queries.eligibility.facts.records import Records, records_from_graph, records_from_log
from queries.lawful import usable
from queries.scope import ADMINISTRATOR

sys.path.insert(0, str(Path(__file__).parents[1]))

from conftest import DAYS, FILES, INSTANTS, WORLDS, Worlds

KNOWN = datetime(2026, 3, 1, tzinfo=UTC)
DAY = date(2026, 3, 15)
P, S, C, H = ("person:p", "Person"), ("person:s", "Person"), ("person:c", "Person"), ("household:h", "Household")  # fmt: skip
BANK = ("institution:b", "FinancialInstitution")


def _from_graph(
    graph: Graph, key: str, *, moment: Moment, institution: str
) -> tuple[Records, bool]:
    keys = CanonicalKeys(graph, moment, ADMINISTRATOR)
    return records_from_graph(graph, key, moment=moment, keys=keys, institution=institution)


def _moment(worlds: Worlds, day: date, instant: datetime) -> Moment:
    return Moment.of(worlds.log.batches(), as_of=day, known_at=instant)


def test_bolt_and_log_bring_the_same_facts(worlds: Worlds) -> None:
    chance = random.Random(11)
    seen: dict[str, set[object]] = {}
    at = cache(lambda day, instant: records_from_log(worlds.log, day, instant))
    for number in range(0, WORLDS, WORLDS // 100):
        day, instant = chance.choice(DAYS), chance.choice(INSTANTS)
        here = set(worlds.parties[number])
        # half of them borrowers: a district of strangers would prove little
        borrowers = [key for key in at(day, instant).table("BORROWED")["from_key"].to_pylist()
                     if key in here]  # fmt: skip
        key = chance.choice([*worlds.parties[number], *borrowers * 9])
        bank = f"w{number:03d}:bank"
        from_graph, exists = _from_graph(
            worlds.graph, key, moment=_moment(worlds, day, instant), institution=bank
        )
        from_log = at(day, instant)
        found = gather(from_graph, pa.array([key]), institution=bank)
        everybody = gather(from_log, pa.array(worlds.parties[number]), institution=bank)
        place = worlds.parties[number].index(key)
        assert found.facts(0) == everybody.facts(place), (key, day, instant)
        assert found.hints(0) == everybody.hints(place)
        for name, fact in found.facts(0).items():
            seen.setdefault(name, set()).add(fact.value)
        assert exists == (found.facts(0)["party_kind"].value is not None)
    # a comparison of nothing with nothing proves nothing
    assert {True, None} <= seen["household_any_loan"] | seen["own_listing"]
    for name in ("own_bad_loan", "open_loan", "own_overdue"):
        assert {True, None} <= seen[name], name


@pytest.mark.parametrize("way", ["graph", "log"])
def test_what_every_source_says_of_a_party(worlds: Worlds, way: str) -> None:
    found: dict[tuple[str, str], Any] = {}
    instant = INSTANTS[0]
    for party in {party for party, _ in EXPECTED}:
        if way == "graph":
            records, _ = _from_graph(
                worlds.graph, party, moment=_moment(worlds, FILED, instant), institution=ASKS
            )
        else:
            records = records_from_log(worlds.log, FILED, instant)
        laid = apply_documents(gather(records, pa.array([party]), institution=ASKS).facts(0), {})
        for name, fact in laid.items():
            said = (fact.value, fact.said_by, fact.stated_on)
            found[party, name] = fact.reason if fact.value is None else said
    # what is had on paper only is nobody's to tell here
    missing = {name for name in EXPECTED if name not in found}
    assert {EXPECTED[name] for name in missing} <= {"not_collected"}
    assert {name: found[name] for name in EXPECTED if name not in missing} == {
        name: told for name, told in EXPECTED.items() if name not in missing
    }


def test_bolt_and_log_agree_on_every_source(worlds: Worlds) -> None:
    from_log = records_from_log(worlds.log, FILED, INSTANTS[0])
    keys = [f"c{n:03d}:{what}" for n in range(FILES) for what in ("person", "household", "firm")]
    everybody = gather(from_log, pa.array(keys), institution=ASKS)
    seen: dict[str, set[object]] = {}
    for place in random.Random(3).sample(range(len(keys)), 60):
        records, _ = _from_graph(
            worlds.graph,
            keys[place],
            moment=_moment(worlds, FILED, INSTANTS[0]),
            institution=ASKS,
        )
        found = gather(records, pa.array([keys[place]]), institution=ASKS)
        assert found.facts(0) == everybody.facts(place), keys[place]
        for name, fact in found.facts(0).items():
            seen.setdefault(name, set()).add(fact.value if fact.value is not None else fact.reason)
    # every read has said something, and kept silent, of somebody
    for name in ("any_loan", "owed_fen", "land_right_years", "animals", "orchard_insured",
                 "moral_grade", "best_honour", "tax_grade", "debt_ratio", "pact_months",
                 "bad_repayment", "external_guarantee_fen", "annual_income_fen"):  # fmt: skip
        known = {value for value in seen[name] if value not in get_args(Why)}
        assert known and seen[name] - known, name
    assert "stale" in seen["owed_fen"] and "undetermined" in seen["orchard_insured"]


Log = Callable[[Callable[[World], None]], FactLog]


@pytest.fixture
def log_of(tmp_path: Path) -> Log:
    def build(populate: Callable[[World], None]) -> FactLog:
        log = MemoryLog()
        world = World(log)
        populate(world)
        world.commit(KNOWN, source="loan")
        world.node("Person", "person:other", name="别人")
        world.commit(datetime(2026, 3, 2, tzinfo=UTC), source="judgment_defaulter")
        return log

    return build


def facts(log: FactLog, key: str = P[0], **more: Any) -> dict[str, Fact]:
    records = records_from_log(log, DAY, datetime(2026, 3, 3, tzinfo=UTC))
    return gather(records, pa.array([key]), **more).facts(0)


def family(world: World) -> None:
    for key, label in (P, S, C):
        world.node(label, key, name="样本", birth_on=date(1985, 3, 16))
        world.tie("BELONGS_TO", (key, label), H, role="other")
    world.node("FinancialInstitution", ASKS, name=BANK_NAME)
    world.node("Household", H[0], credit_grade="AA", annual_income_fen=5_000_000,
               valid_from=date(2026, 1, 1))  # fmt: skip
    world.tie("SPOUSE_OF", P, S)


def borrow(world: World, who: tuple[str, str], loan: str, *, certainty: float = 1.0,
           **state: Any) -> None:  # fmt: skip
    said = {"purpose": "种植", "granted_on": date(2025, 5, 1), **state}
    world.node("Loan", loan, principal_fen=1, purpose=said.pop("purpose"),
               granted_on=said.pop("granted_on"))  # fmt: skip
    world.node("LoanState", loan, "Loan", **{"balance_fen": 1, "loan_class": "pass",
               "overdue_days": 0, **said})  # fmt: skip
    world.tie("BORROWED", who, (loan, "Loan"), valid_from=date(2025, 5, 1), certainty=certainty)
    world.tie("LENT_BY", (loan, "Loan"), BANK)


def test_a_loan_proves_and_no_loan_proves_nothing(log_of: Log) -> None:
    none = facts(log_of(family))
    assert (none["any_loan"].value, none["any_loan"].reason) == (None, "no_bureau_answer")
    assert none["own_bad_loan"].value is None
    # the household's loans in institutions that report: their whole list was taken in
    assert none["household_other_borrower"].value is False


def test_whose_loan_counts_for_what(log_of: Log) -> None:
    def populate(world: World) -> None:
        family(world)
        borrow(world, S, "loan:1", overdue_days=40, loan_class="loss")

    log = log_of(populate)
    own, spouse, child = (facts(log, key) for key, _ in (P, S, C))
    assert own["any_loan"].value is None and spouse["any_loan"].value is True
    assert spouse["any_loan"].stated_on == date(2025, 5, 1)
    assert (spouse["own_bad_loan"].value, spouse["own_overdue"].value) == (True, True)
    assert own["own_bad_loan"].value is None
    assert own["household_other_borrower"].value is child["household_other_borrower"].value is True
    assert spouse["household_other_borrower"].value is False
    assert own["spouse_open_loan_counted"].value is True
    assert child["spouse_open_loan_counted"].value is None
    assert facts(log, H[0])["household_any_loan"].value is True


def test_a_guarantor_is_no_borrower(log_of: Log) -> None:
    def populate(world: World) -> None:
        family(world)
        borrow(world, ("person:other", "Person"), "loan:1", loan_class="loss")
        world.tie("GUARANTEES", P, ("person:other", "Person"), amount_fen=1)

    log = log_of(populate)
    own = facts(log)
    assert own["any_loan"].value is None and own["own_bad_loan"].value is None
    assert "guarantees_bad_loan" not in own
    records = records_from_log(log, DAY, datetime(2026, 3, 3, tzinfo=UTC))
    assert gather(records, pa.array([P[0]])).hints(0)["guarantees_bad_loan"].holds is True


def test_history_counts_before_the_day_asked(log_of: Log) -> None:
    def populate(world: World) -> None:
        family(world)
        borrow(world, P, "loan:1", settled_on=date(2026, 1, 1))

    log = log_of(populate)
    assert facts(log)["any_loan"].value is True  # settled loans count too
    assert facts(log)["open_loan"].value is None
    # asked of the day on which it was granted, it was none before
    assert facts(log, before=date(2025, 5, 1))["any_loan"].value is None
    assert facts(log, before=date(2025, 5, 2))["any_loan"].value is True


def test_a_loan_of_another_institution_is_not_ones_own(log_of: Log) -> None:
    def populate(world: World) -> None:
        family(world)
        borrow(world, P, "loan:1")

    log = log_of(populate)
    assert facts(log, institution=BANK[0])["own_institution_loan"].value is True
    assert facts(log, institution="institution:x")["own_institution_loan"].value is None
    assert facts(log)["own_institution_loan"].value is None


@pytest.mark.parametrize(
    ("purpose", "balance", "counted", "operating"),
    [
        ("种植", 1, True, True), ("助学", 99_000_000, None, None), ("消费", 10_000_000, None, None),
        ("消费", 10_000_001, True, None), (None, 1, None, None), ("扶贫", 1, None, True),
    ],
)  # fmt: skip
def test_which_loans_bar_a_start_up_loan(
    log_of: Log, purpose: str | None, balance: int, counted: bool | None, operating: bool | None
) -> None:
    def populate(world: World) -> None:
        family(world)
        borrow(world, P, "loan:1", purpose=purpose, balance_fen=balance)

    found = facts(log_of(populate))
    assert (found["open_loan_counted"].value, found["operating_loan"].value) == (counted, operating)


def test_a_resemblance_feeds_no_decision(log_of: Log) -> None:
    def populate(world: World) -> None:
        family(world)
        borrow(world, P, "loan:1", certainty=0.9)
        world.node("ListEntry", "list:1", list_kind="judgment_defaulter")
        world.tie("SUBJECT_OF", P, ("list:1", "ListEntry"), certainty=0.9)

    found = facts(log_of(populate))
    assert found["any_loan"].value is None
    assert found["own_listing"].value is False


@settings(max_examples=examples(20))
@given(
    st.none() | st.dates(date(2026, 1, 1), date(2026, 6, 1)),
    st.none() | st.dates(date(2026, 1, 1), date(2026, 6, 1)),
)
def test_a_repaired_or_expired_listing_is_used_nowhere(
    removed: date | None, until: date | None
) -> None:
    log = MemoryLog()
    world = World(log)
    family(world)
    entry = {"removed_on": removed, "published_until": until}
    world.node("ListEntry", "list:1", list_kind="judgment_defaulter", **entry)
    world.tie("SUBJECT_OF", P, ("list:1", "ListEntry"))
    world.commit(KNOWN, source="judgment_defaulter")
    instant = datetime(2026, 3, 20, tzinfo=UTC)
    found = gather(records_from_log(log, DAY, instant), pa.array([P[0]])).facts(0)
    may = usable("ListEntry", [entry], max(DAY, date(2026, 3, 20)))
    assert found["own_listing"].value is may


def test_a_list_never_taken_in_says_nothing() -> None:
    log = MemoryLog()
    world = World(log)
    family(world)
    world.commit(KNOWN, source="farmer_household")
    found = gather(records_from_log(log, DAY, KNOWN), pa.array([P[0]])).facts(0)
    assert (found["own_listing"].value, found["own_listing"].reason) == (None, "not_collected")
    assert found["household_other_borrower"].value is None
    assert found["credit_grade"].value == "AA" and found["age"].value == 40
    assert found["village"].value is None


def test_paper_fills_gaps_draws_conclusions_and_undoes_nothing() -> None:
    known = {"any_loan": Fact(True, "loan", proven=True)}
    papers = read_papers({"any_loan": "否@2026-03-01#R1", "consent": "是"}, DAY)
    report = Fact(False, "征信报告 R1", date(2026, 3, 1), paper=True)
    assert apply_documents(known, papers)["any_loan"] == Fact(True, "loan", against=report)
    laid = apply_documents({}, papers)
    assert laid["any_loan"] == Fact(False, "征信报告 R1", date(2026, 3, 1), paper=True)
    for name in ("own_bad_loan", "own_overdue", "open_loan_counted"):
        assert laid[name].value is False and laid[name].stated_on == date(2026, 3, 1)
    assert laid["owed_fen"].value == 0
    assert laid["consent"].stated_on == DAY


@pytest.mark.parametrize(
    ("held", "paper", "stands"),
    [
        # a statement yields to a later paper, and not to an older or an undated one
        (Fact("C", "village", date(2026, 2, 1)), "AA@2026-03-01#7", "AA"),
        (Fact("C", "village", date(2026, 3, 2)), "AA@2026-03-01#7", "C"),
        (Fact("C", "village", date(2026, 3, 1)), "AA@2026-03-01#7", "C"),
        (Fact("C", "village", date(2026, 2, 1)), "AA", "C"),
        # what bears no day yields to a paper that does
        (Fact("C", "village"), "AA@2026-03-01#7", "AA"),
        (Fact("C", "village"), "AA", "C"),
        # what a record proves yields to none
        (Fact("C", "village", date(2026, 2, 1), proven=True), "AA@2026-03-01#7", "C"),
    ],
)
def test_the_later_word_stands_and_the_other_is_shown(held: Fact, paper: str, stands: str) -> None:
    found = apply_documents({"credit_grade": held}, read_papers({"credit_grade": paper}, DAY))
    fact = found["credit_grade"]
    assert fact.value == stands and fact.paper is (stands == "AA")
    assert fact.against is not None
    assert {fact.value, fact.against.value} == {"AA", "C"}
    assert held == (fact.against if fact.paper else replace(fact, against=None))
    # two that say the same are no difference
    same = apply_documents(
        {"credit_grade": held}, read_papers({"credit_grade": "C@2026-03-01"}, DAY)
    )
    assert same["credit_grade"] == held


def test_history_asked_of_a_day_gone_by_says_nothing_of_today(log_of: Log) -> None:
    def populate(world: World) -> None:
        family(world)
        report(world, P[0], "R1", date(2025, 6, 1), has_loan_record=False)
        report(world, P[0], "R2", date(2026, 3, 1), has_loan_record=True, balance_fen=900)

    log = log_of(populate)
    then = facts(log, before=date(2025, 6, 1), institution=ASKS)
    assert (then["any_loan"].value, then["any_loan"].reference) == (False, "征信报告 R1")
    # the report of the present still says what is owed now
    assert then["owed_fen"].value == 900
    laid = apply_documents(then, {}, gone_by=True)
    assert laid["operating_loan"].value is False
    assert laid["own_overdue"].value is laid["bad_repayment"].value is None
    # a loan that a report knows was one, also when a later report has forgotten it
    assert facts(log, institution=ASKS)["any_loan"].value is True


def test_a_loan_after_the_report_is_owed_too(log_of: Log) -> None:
    def populate(world: World) -> None:
        family(world)
        report(world, P[0], "R1", date(2026, 3, 1), balance_fen=900)
        for number in range(2):
            loan(world, P[0], f"loan:{number}", granted_on=date(2026, 3, 2), stated=date(2026, 3, 3))  # fmt: skip

    owed = facts(log_of(populate), institution=ASKS)["owed_fen"]
    assert (owed.value, owed.stated_on, owed.reference) == (1_000_000, date(2026, 3, 3), "")


def test_conclusions_are_the_same_in_columns(log_of: Log) -> None:
    def populate(world: World) -> None:
        family(world)
        borrow(world, P, "loan:1")

    records = records_from_log(log_of(populate), DAY, datetime(2026, 3, 3, tzinfo=UTC))
    gathered = gather(records, pa.array([P[0], S[0]]))
    columns = gathered.columns()
    for place in range(2):
        laid = apply_documents(gathered.facts(place), {})
        assert {name: column.value(place) for name, column in columns.items()} == {
            name: laid[name].value for name in columns
        }
    spec = catalogue().facts["credit_grade"]
    assert Column.of(spec, ["AA", None]).value(0) == "AA"


#: A cooperative's word stands in for a bureau's: a flag on a tie to a thing.
NEW_SOURCE = """
version: test
facts:
  told:
    term: 有过贷款
    type: flag
    reads:
      - {kind: Loan, through: BORROWED, take: exists, without: no_bureau_answer}
      - {kind: Cooperative, through: MEMBER_OF, take: latest, property: is_farmer}
    obtain: {how: 查, days: 1}
  many:
    term: 人口多
    type: flag
    reads: [{kind: Household, take: latest, property: person_count, over: 2, fresh_days: 30}]
    obtain: {how: 查, days: 1}
"""


@pytest.mark.parametrize(
    ("borrowed", "report", "expected"),
    [(True, False, True), (True, None, True), (False, True, True), (False, False, False),
     (False, None, None)],
)  # fmt: skip
def test_a_new_source_is_a_line_in_the_catalogue(
    log_of: Log,
    monkeypatch: pytest.MonkeyPatch,
    borrowed: bool,
    report: bool | None,
    expected: bool,
) -> None:
    monkeypatch.setattr(
        "queries.eligibility.facts.gather.catalogue", lambda: read_catalogue(NEW_SOURCE)
    )  # fmt: skip

    def populate(world: World) -> None:
        family(world)
        world.node("Cooperative", "org:c", name="社")
        world.tie("MEMBER_OF", P, ("org:c", "Cooperative"), is_farmer=report)
        if borrowed:
            borrow(world, P, "loan:1")

    assert facts(log_of(populate))["told"].value is expected


@pytest.mark.parametrize(
    ("count", "stated", "expected"),
    [(3, date(2026, 3, 1), True), (2, date(2026, 3, 1), False), (3, date(2026, 1, 1), None)],
)
def test_a_stale_statement_says_nothing(
    log_of: Log, monkeypatch: pytest.MonkeyPatch, count: int, stated: date, expected: bool | None
) -> None:
    monkeypatch.setattr(
        "queries.eligibility.facts.gather.catalogue", lambda: read_catalogue(NEW_SOURCE)
    )  # fmt: skip
    log = log_of(
        lambda world: world.node("Household", H[0], person_count=count, valid_from=stated) and None
    )
    assert facts(log, H[0])["many"].value is expected


def test_a_number_typed_into_a_paper_is_not_kept() -> None:
    """A decision is kept for good, word by word: an id with a slip and an old one are hidden too."""
    number = "61032219900510104"
    paper = {
        "value": f"样东村，户主{number[:6]} {number[6:14]} 1046", "stated_on": "2026-03-01",
        "reference": "报告610322199005101045", "issuer": "样县公安局，电话0917-7212345",
        "seen_by": "王五610322900510104",
    }  # fmt: skip
    [found] = read_papers({"village": paper}, DAY).values()
    said = f"{found.value} {found.reference} {found.issuer} {found.seen_by}"
    assert "19900510" not in said and "900510" not in said and "7212345" not in said
    assert found.reference == "报告610322************"
    # nor in the short spelling
    [short] = read_papers({"village": f"样东村@2026-03-01#R{number}6#发证机关#王五"}, DAY).values()
    assert short.reference == "R610322************"
