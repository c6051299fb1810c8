"""Looking many up at once is looking each up, and whoever reckons of everybody does no other."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from credit_world import BANK, Said, firm, loan, named, take

from graph.errors import NotFoundError
from graph.snapshot import Snapshot
from queries.money.connected import large_exposures
from queries.party_numbers import names_of, numbers_of
from queries.risk.own_facts import own_facts
from queries.risk.policy import load_policy
from queries.risk.stress import known_amounts
from queries.structure import read_structure

FIRMS = tuple(firm(number) for number in range(1, 9))


def district() -> Snapshot:
    said = [*named(*FIRMS)]
    for number, who in enumerate(FIRMS, start=1):
        said += loan(number, who, "pass", balance_fen=100 * number)
        said.append(Said("Enterprise", (who,), {"registration_state": "revoked"}, "market"))
    taken: Snapshot = take([said])[0]
    return taken


def test_numbers_and_names_are_those_of_one_at_a_time() -> None:
    snapshot = replace(district(), redirects={"org:gone": FIRMS[2][0]})
    asked = [FIRMS[5][0], "org:gone", FIRMS[0][0], FIRMS[5][0]]
    assert numbers_of(snapshot, asked).tolist() == [snapshot.index(key) for key in asked]
    assert names_of(snapshot, asked) == {k: snapshot.name(snapshot.index(k)) for k in asked}
    assert numbers_of(snapshot, []).tolist() == [] and names_of(snapshot, []) == {}
    with pytest.raises(NotFoundError, match="No party"):
        numbers_of(snapshot, [FIRMS[0][0], "org:nobody"])


def test_nobody_is_looked_up_one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    structure = read_structure(district())
    held, ownership, net = structure.snapshot, structure.ownership, structure.net
    asked: list[str] = []
    index = Snapshot.index

    def counted(snapshot: Snapshot, key: str) -> int:
        asked.append(key)
        return index(snapshot, key)

    def none(*given: Any, **named: Any) -> None:
        raise AssertionError("a party is looked up by going through all")

    monkeypatch.setattr(Snapshot, "index", counted)
    found = large_exposures(held, ownership, net, BANK[0])
    assert len(found.clients) == len(FIRMS) <= len(found.names) and asked == [BANK[0]]
    known_amounts(held, {key: 1 for key, _ in FIRMS})
    assert asked == [BANK[0]]
    monkeypatch.setattr("pyarrow.compute.index", none)
    used, _ = own_facts(held, load_policy())
    assert len(used) == len(FIRMS)
