"""What an officer is told: sums that hold, evidence of every strand, words, and what was not used."""

from __future__ import annotations

import json
from datetime import date
from io import BytesIO

import networkx as nx
import numpy as np
import pytest
from breadth import examples
from credit_world import Said, credit_worlds, firm, listing, loan, named, person, take
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.encoding import encode
from queries.export import to_networkx
from queries.risk import RiskAnswer, assess, explain, load_policy
from queries.risk.cascade.one_party import linked_without
from queries.risk.explain import linked_in
from queries.risk.sentence import WORDING

A, B, C = person(1), person(2), person(3)


def answer(facts: list[Said], party: tuple[str, str], **asked: int) -> RiskAnswer:
    return explain(assess(take([facts])[0]), party[0], **asked)


def everything(facts: list[Said]) -> dict[str, object]:
    """All that is told of everybody, but for what is said to be unused and where it was written."""
    run = assess(take([facts])[0])
    told = {}
    for key in run.snapshot.keys.to_pylist():
        said = encode(explain(run, key))
        told[key] = {
            name: value
            for name, value in said.items()
            if name != "basis" and not name.startswith("unused")
        }
    return told


@settings(max_examples=examples(25))
@given(credit_worlds())
def test_what_is_listed_sums_to_what_is_linked_and_paths_stay_below(facts: list[Said]) -> None:
    run = assess(take([facts])[0])
    for number, key in enumerate(run.snapshot.keys.to_pylist()):
        told = explain(run, key)
        own, linked = told.own, told.linked
        assert told.score == own.value + linked.value <= 1
        assert own.value == pytest.approx(1 - np.prod([1 - fact.probability for fact in own.facts]))
        for parts in (linked.contributions, linked.origins):
            if parts:
                assert sum(part.value for part in parts) == pytest.approx(linked.value, abs=1e-12)
                assert sum(part.share for part in parts) == pytest.approx(1, abs=1e-12)
        sampled = float(run.linked[number])
        # of what hardly ever happens no world may have it, and its error is not seen in them
        likely = max(sampled, linked.value)
        error = (likely * (1 - likely) / linked.worlds) ** 0.5
        assert abs(linked.value - sampled) <= 5 * error + 1 / linked.worlds
        if not linked.exact:
            assert linked.value == sampled
        # a tie less never adds; of a path the first part may be the party's own misfortune too
        assert all(part.without <= linked.value + 1e-12
                   for part in linked.contributions if part.without is not None and linked.exact)  # fmt: skip
        assert all(path.probability <= told.score + 1e-12 for path in linked.paths)
        for path in linked.paths:
            # of several kinds between two parties each acts by itself
            for hop in path.hops:
                combined = 1 - np.prod([1 - tie.weight for tie in hop.ties])
                assert hop.weight == pytest.approx(min(combined, run.policy.cap))


def test_a_way_that_carries_next_to_nothing_is_not_told() -> None:
    """Offices without shares, one behind the other: 0.9, 0.045, 0.00225, 0.0001, 0.000006."""
    firms, heads = [firm(number) for number in (1, 2, 3)], [person(number) for number in (1, 2)]
    offices = [
        (heads[0], firms[0]),
        (heads[0], firms[1]),
        (heads[1], firms[1]),
        (heads[1], firms[2]),
    ]
    facts = [*named(*firms, *heads), *loan(1, firms[0])]
    facts += [Said("LEGAL_REPRESENTATIVE_OF", ends) for ends in offices]
    told = [answer(facts, party).linked for party in (heads[0], firms[1], heads[1], firms[2])]
    assert [bool(linked.paths) for linked in told] == [True, True, True, False]
    assert 0 < told[-1].value < 1e-4 and told[-1].exact
    assert "不到一次" in told[-1].sentence


def test_own_and_linked_are_two_answers() -> None:
    facts = [*named(A, B, C), *loan(1, A), Said("GUARANTEES", (B, A)), Said("GUARANTEES", (C, B))]
    debtor, guarantor, second = (answer(facts, party) for party in (A, B, C))
    assert (debtor.own.value, debtor.linked.value) == (pytest.approx(0.9), 0)
    assert (debtor.own.level_code, debtor.linked.level_code) == ("high", "none")
    assert debtor.own.level == "较高" and debtor.linked.level == "无" and debtor.linked.rank is None
    # who guarantees has no record of its own, whatever reaches it
    assert (guarantor.own.value, guarantor.own.level, guarantor.own.facts) == (0, "无", ())
    assert guarantor.linked.value == pytest.approx(0.9 * 0.6, abs=1e-12) and guarantor.linked.exact
    assert second.linked.value == pytest.approx(0.9 * 0.36, abs=1e-12)
    assert (guarantor.linked.rank, second.linked.rank) == (1, 2)
    (part,) = second.linked.contributions
    assert (part.party, part.share, part.without) == (B[0], 1.0, 0.0)
    assert [(item.party, item.share) for item in second.linked.origins] == [(A[0], 1.0)]
    assert guarantor.linked.sentence == "按本模型推演，每一万次约 5400 次受周边影响。"
    assert debtor.linked.sentence == "周边主体未发现会传来影响的不利记录。"
    said = encode(guarantor)
    assert set(said["own"]) & set(said["linked"]) == {"value", "level", "level_code"}
    assert "概率" not in str(said).replace("不称概率", "")


@pytest.mark.parametrize("size", [2, 3, 5, 8, 10])
def test_a_healthy_circle_scores_nothing_linked(size: int) -> None:
    ring = [person(n) for n in range(size)]
    facts = named(*ring) + [Said("GUARANTEES", (a, b)) for a in ring for b in ring if a != b]
    for party in ring:
        told = answer(facts, party)
        assert told.own.value == told.linked.value == told.score == 0
        assert told.linked.contributions == told.linked.paths == ()
        assert told.base == load_policy().base.probability


def test_a_circle_with_one_bad_member_in_closed_form() -> None:
    """Three who guarantee each other, one bad with 0.9: 0.9 · (0.6 + 0.4 · 0.6 · 0.6)."""
    ring = [A, B, C]
    facts = [*named(*ring), *loan(1, A)]
    facts += [Said("GUARANTEES", (a, b)) for a in ring for b in ring if a != b]
    told = answer(facts, B)
    assert told.linked.exact
    assert told.linked.value == pytest.approx(0.9 * (0.6 + 0.4 * 0.36), abs=1e-12)
    without = {part.party: part.without for part in told.linked.contributions}
    assert without == {A[0]: pytest.approx(0.9 * 0.36), C[0]: pytest.approx(0.9 * 0.6)}


def test_what_would_be_without_a_tie_is_the_same_looked_at_side_by_side() -> None:
    """Too many stand around for an exact sum: the worlds are looked at by all processors."""
    ring = [person(n) for n in range(60)]
    facts = [*named(*ring), *loan(1, ring[0]), *loan(2, ring[20])]
    facts += [
        Said("GUARANTEES", (ring[n], ring[(n + k) % 60])) for n in range(60) for k in range(1, 6)
    ]
    run = assess(take([facts])[0])
    told = explain(run, ring[58][0])
    assert not told.linked.exact
    party = run.snapshot.index(ring[58][0])
    linked = linked_in(run, party)
    expected = {
        run.snapshot.keys[int(run.graph.source[tie])].as_py(): linked_without(
            run.throws, party, linked, tie, reachable=run.strongest, useful=run.ever_reached
        )
        for tie in range(int(run.throws.into[party]), int(run.throws.into[party + 1]))
    }
    some = [part for part in told.linked.contributions if part.without is not None]
    assert len(some) == 3 < len(told.linked.contributions)
    assert {part.party: part.without for part in some} == {
        part.party: expected[part.party] for part in some
    }


def test_the_same_bytes_twice() -> None:
    facts = [*named(A, B, C), *loan(1, A), *listing(1, B),
             Said("GUARANTEES", (C, A)), Said("GUARANTEES", (C, B)), Said("SPOUSE_OF", (A, B))]  # fmt: skip
    first, second = (json.dumps(everything(facts), default=str, sort_keys=True) for _ in range(2))
    assert first == second


def test_every_strand_has_its_evidence_and_its_words() -> None:
    facts = [*named(A, firm(1)), *loan(1, firm(1), "loss"),
             Said("LEGAL_REPRESENTATIVE_OF", (A, firm(1)), source="registry"),
             Said("GUARANTEES", (A, firm(1)), {"amount_fen": 1}, source="bank")]  # fmt: skip
    (path,) = answer(facts, A).linked.paths
    (hop,) = path.hops
    assert [(tie.kind, tie.source, tie.certainty, tie.weight) for tie in hop.ties] == [
        ("GUARANTEES", "bank", 1.0, 0.6),
        ("LEGAL_REPRESENTATIVE_OF", "registry", 1.0, 0.5),
    ]
    assert hop.weight == pytest.approx(1 - 0.4 * 0.5)
    assert path.sentence == (
        "因org:1号的自身记录（五级分类 损失），"
        "经“person:1号为org:1号担保”、“person:1号任org:1号法定代表人”的关系，person:1号可能受到影响。"
    )


def test_a_chain_is_told_step_by_step_and_only_the_origin_has_a_record() -> None:
    facts = [
        *named(A, B, C),
        *listing(1, A),
        Said("GUARANTEES", (B, A)),
        Said("GUARANTEES", (C, B)),
    ]
    (path,) = answer(facts, C).linked.paths
    assert path.sentence == (
        "因person:1号的自身记录（法释〔2017〕7号 列入失信被执行人，且仍在公布期内），"
        "经“person:2号为person:1号担保”，再经“person:3号为person:2号担保”的关系，person:3号可能受到影响。"
    )
    assert path.probability == pytest.approx(0.6 * 0.6 * 0.6)
    _, _, about_others = path.sentence.partition("），")
    assert "失信" not in about_others


def test_the_policy_has_words_for_all_its_ties() -> None:
    assert set(load_policy().ties) <= set(WORDING)


def test_a_short_budget_is_said_in_the_basis() -> None:
    ring = [person(n) for n in range(6)]
    facts = [*named(*ring), *loan(1, ring[0])]
    facts += [Said("GUARANTEES", (a, b)) for a in ring for b in ring if a != b]
    assert not answer(facts, ring[5]).basis.truncated
    cut = answer(facts, ring[5], paths=30, budget=10)
    assert cut.basis.truncated and encode(cut)["basis"]["truncated"] is True


@pytest.mark.parametrize(
    ("adverse", "why"),
    [
        (listing(1, A, certainty=0.9), "identity_not_proven"),
        ([*listing(1, A)[:1], listing(1, A)[1].but(certainty=0.5)], "identity_not_proven"),
        ([*loan(1, A)[:3], loan(1, A)[3].but(certainty=0.5)], "identity_not_proven"),
        ([loan(1, A)[0], loan(1, A)[1].but(certainty=0.5), *loan(1, A)[2:]], "identity_not_proven"),
        (loan(1, A, settled_on=date(2026, 3, 1)), "settled"),
    ],
)
def test_what_may_not_be_used_changes_nothing_anywhere_and_says_why(
    adverse: list[Said], why: str
) -> None:
    around = [*named(A, B), Said("GUARANTEES", (B, A)), Said("SPOUSE_OF", (A, B))]
    # the same things without the adverse word in them
    silent = [
        said.but(loan_class="pass") if said.kind == "LoanState" else said
        for said in adverse
        if said.kind not in ("ListEntry", "SUBJECT_OF")
    ]
    assert everything([*around, *adverse]) == everything([*around, *silent])
    told = answer([*around, *adverse], A)
    assert [item.why for item in told.unused] == [why]
    # of what is not used it is not told which list or which class it was
    assert "judgment_defaulter" not in str(encode(told)) and "loss" not in str(told.unused)


@pytest.mark.parametrize(
    "ended",
    [
        {"removed_on": date(2026, 4, 1)},
        {"published_until": date(2026, 4, 1)},
        {"record_state": "annulled"},
        {"record_state": "disputed"},
        {"list_kind": "tax_black_list", "listed_on": date(2023, 5, 31)},
    ],
)
def test_what_law_has_ended_leaves_no_trace(ended: dict[str, object]) -> None:
    around = [*named(A, B), Said("GUARANTEES", (B, A)), Said("SPOUSE_OF", (A, B))]
    facts = [*around, *listing(1, A, **ended)]
    assert answer(facts, A).unused == () and everything(facts) == everything(around)


def test_an_unproven_or_unmeasured_tie_changes_nothing_and_is_named() -> None:
    base = [*named(A, B, firm(1)), *loan(1, B), *loan(2, firm(1)), Said("SPOUSE_OF", (A, B))]
    silent = [
        Said("GUARANTEES", (A, B), {"certainty": 0.9}),
        Said("HOLDS_SHARES_IN", (A, firm(1)), {"share_ratio": None}),
    ]
    assert everything([*base, *silent]) == everything(base)
    told = answer([*base, *silent], A)
    assert {(tie.kind, tie.other, tie.why) for tie in told.unused_ties} == {
        ("GUARANTEES", B[0], "identity_not_proven"),
        ("HOLDS_SHARES_IN", firm(1)[0], "ratio_unknown"),
    }
    assert answer(base, A).unused_ties == ()


def test_a_list_entry_is_in_no_export() -> None:
    facts = [*named(A, B), *listing(1, A, removed_on=date(2026, 1, 1)), Said("SPOUSE_OF", (A, B))]
    written = BytesIO()
    nx.write_graphml(to_networkx(take([facts])[0]), written)
    assert b"entry:1" not in written.getvalue() and b"judgment" not in written.getvalue()


@pytest.mark.parametrize(("first", "second", "seeds"), [("loss", "pass", 0), ("pass", "loss", 1)])
def test_of_two_sources_the_last_word_on_a_loan_counts(first: str, second: str, seeds: int) -> None:
    batches = [[*named(A), *loan(1, A, first, "lender")], loan(1, A, second, "bureau")]
    told = explain(assess(take(batches)[0]), A[0])
    assert len(told.own.facts) == seeds
    assert [item.why for item in told.unused] == ["superseded"] * (1 - seeds)


def test_one_loan_in_two_files_seeds_once() -> None:
    once = explain(assess(take([[*named(A), *loan(1, A, "loss", "lender")]])[0]), A[0])
    batches = [[*named(A), *loan(1, A, "loss", "lender")], loan(1, A, "loss", "bureau")]
    twice = explain(assess(take(batches)[0]), A[0])
    assert once.score == twice.score and len(twice.own.facts) == 1


def test_an_unproven_later_word_does_not_undo_a_proven_one() -> None:
    later = [
        said.but(certainty=0.7) for said in loan(1, A, "pass", "bureau") if said.kind == "LoanState"
    ]
    told = explain(assess(take([[*named(A), *loan(1, A, "loss", "lender")], later])[0]), A[0])
    assert [fact.kind for fact in told.own.facts] == ["loss"]


def test_a_repair_that_one_source_states_binds_the_others() -> None:
    entry = listing(1, A)
    removed = Said(
        entry[0].kind, entry[0].ends, {**entry[0].told, "removed_on": date(2026, 2, 1)}, "court"
    )
    for batches in ([[*named(A), removed], entry], [[*named(A), *entry], [removed]]):
        told = explain(assess(take(batches)[0]), A[0])
        assert told.own.facts == () and told.unused == ()


@settings(max_examples=examples(15))
@given(credit_worlds(), st.randoms(use_true_random=False))
def test_order_of_the_facts_changes_nothing(facts: list[Said], random: object) -> None:
    before = assess(take([facts])[0])
    shuffled = list(facts)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    after = assess(take([shuffled])[0])
    assert after.snapshot.keys.equals(before.snapshot.keys)
    assert np.array_equal(after.score, before.score)


@settings(max_examples=examples(15))
@given(credit_worlds())
def test_splitting_loans_and_guarantees_changes_nothing(facts: list[Said]) -> None:
    halves = []
    for said in facts:
        if said.kind == "GUARANTEES":
            half = said.told["amount_fen"] // 2
            halves += [said.but(amount_fen=half), said.but(amount_fen=half, discriminator=said.told["discriminator"] + "b")]  # fmt: skip
        elif said.ends[-1][1] == "Loan" or said.kind == "LENT_BY":
            # every loan becomes two of half the balance, in every fact about it
            for part in "ab":
                ends = tuple((k + part, v) if v == "Loan" else (k, v) for k, v in said.ends)
                halves.append(Said(said.kind, ends, {**said.told, **({"balance_fen": 50_000} if "balance_fen" in said.told else {})}))  # fmt: skip
        else:
            halves.append(said)
    whole, split = assess(take([facts])[0]), assess(take([halves])[0])
    assert np.array_equal(split.score, whole.score)
