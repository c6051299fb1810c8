"""What a scope withholds feeds no decision, whichever way the records come: Bolt and log agree."""

from __future__ import annotations

import random
from collections import Counter

import pyarrow as pa
import pytest
from asking import ask
from conftest import DAYS, FILES, INSTANTS, WORLDS, Worlds
from credit_files import BANK
from test_scoped_questions import _scopes

from graph.moment import Moment
from queries.adverse import adverse_of
from queries.canonical_keys import CanonicalKeys
from queries.eligibility import packaged
from queries.eligibility.decisions.decide import case_of, decide_all
from queries.eligibility.facts.gather import gather
from queries.eligibility.facts.records import records_from_graph, records_from_log
from queries.visible import visible

#: Parties that each scope asks about.
LOOKS = 8


@pytest.mark.parametrize("which", sorted(_scopes()))
def test_bolt_and_log_bring_the_same_facts_to_a_scope(which: str, worlds: Worlds) -> None:
    scope, chance = _scopes()[which], random.Random(which)
    moment = Moment.of(worlds.log.batches(), as_of=DAYS[2], known_at=INSTANTS[2])
    keys = CanonicalKeys(worlds.graph, moment, scope)
    from_log = records_from_log(visible(worlds.log, scope), moment.as_of, moment.known_at)
    everybody = [key for n in range(WORLDS) for key in worlds.parties[n]]
    filed = [f"c{n:03d}:{what}" for n in range(FILES) for what in ("person", "household", "firm")]
    asked = [keys.standing(key) for key in
             [*chance.sample(everybody, LOOKS), *chance.sample(filed, LOOKS)]]  # fmt: skip
    told = gather(from_log, pa.array(asked), institution=BANK)
    known: Counter[bool] = Counter()
    for place, key in enumerate(asked):
        records, exists = records_from_graph(
            worlds.graph, key, moment=moment, keys=keys, institution=BANK
        )
        found = gather(records, pa.array([key]), institution=BANK)
        assert found.facts(0) == told.facts(place), key
        assert found.hints(0) == told.hints(place), key
        assert exists == (told.facts(place)["party_kind"].value is not None)
        known.update(fact.value is not None for fact in found.facts(0).values())
    # a comparison of nothing with nothing proves nothing
    assert known[True] and known[False]


def test_a_decision_says_for_whom_it_is_and_waits_where_something_is_withheld(
    worlds: Worlds,
) -> None:
    shut = _scopes()["public"]
    moment = Moment.of(worlds.log.batches(), as_of=DAYS[2], known_at=INSTANTS[2])
    firms = [f"w{n:03d}:f0" for n in range(WORLDS)]
    keys = CanonicalKeys(worlds.graph, moment, shut)
    records = records_from_log(visible(worlds.log, shut), moment.as_of, moment.known_at)
    described = {*records.table("Enterprise")["key"].to_pylist()}
    firm = next(key for key in firms if key in described)
    case = case_of(worlds.graph, firm, moment=moment, keys=keys)
    decisions = decide_all(case, packaged().values())
    assert decisions
    for decision in decisions:
        assert decision.basis.scope == shut.said
        # whether it owes anything is not known to who may not see loans
        assert decision.case.facts["any_loan"].value is None


def test_nothing_adverse_is_not_said_of_what_may_be_withheld(worlds: Worlds) -> None:
    """That nothing is seen of a loan says nothing to who may see no loans."""
    moment = Moment.of(worlds.log.batches(), as_of=DAYS[2], known_at=INSTANTS[2])
    answer = ask(worlds.graph, "adverse_records", moment=moment, key="w001:f0")
    every = adverse_of(answer, moment.batches)
    shut = _scopes()["public"]
    told = adverse_of(
        answer, moment.batches, tells_all=lambda kind: shut.tells_all(kind, "w001:f0", {})
    )
    # arrears of tax are published, and whose they are is told beside private debts
    assert {*told.unheard} - {*every.unheard} <= {"loan", "utility", "tax_grade", "tax_arrears"}
    assert {"loan", "tax_arrears"} <= {*told.unheard}
    assert not {"list_entry", "penalty"} & ({*told.unheard} - {*every.unheard})
