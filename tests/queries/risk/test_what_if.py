"""A hypothesis equals the full run over a log in which the facts had been ended."""

from __future__ import annotations

import pytest
from breadth import examples
from credit_world import Said, credit_worlds, firm, listing, loan, named, person, take
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.encoding import encode
from graph.errors import InputError, NotFoundError
from queries.risk import RiskAnswer, RiskRun, assess, explain, what_if, what_if_of

A, B, C = person(1), person(2), person(3)

_OF_PARTIES = ("LoanState", "BORROWED", "ListEntry", "SUBJECT_OF")


def scores(run: RiskRun) -> dict[str, float]:
    return dict(zip(run.snapshot.keys.to_pylist(), run.score.tolist(), strict=True))


def left_out(facts: list[Said], ids: list[str], places: set[int]) -> dict[str, list[str]]:
    own = {place for place in places if facts[place].kind in _OF_PARTIES}
    return {
        "without_ties": [ids[place] for place in sorted(places - own)],
        "without_facts": [ids[place] for place in sorted(own)],
    }


@settings(max_examples=examples(25))
@given(credit_worlds(), st.data())
def test_equal_to_the_full_run_without_them(facts: list[Said], data: st.DataObject) -> None:
    can_go = [n for n, said in enumerate(facts)
              if (len(said.ends) == 2 and said.kind != "LENT_BY") or said.kind in _OF_PARTIES]  # fmt: skip
    if not can_go:
        return
    places = set(data.draw(st.lists(st.sampled_from(can_go), min_size=1, max_size=3)))
    snapshot, ids = take([facts])
    run = assess(snapshot)
    full = scores(assess(take([facts], close=sorted(places))[0]))
    found = what_if(run, **left_out(facts, ids, places))
    expected = {**scores(run), **{item.party: item.after for item in found.changes}}
    assert expected == full  # bit for bit: every coin falls as it fell
    assert all(item.before == scores(run)[item.party] for item in found.changes)
    # to take something away never makes anybody worse
    assert all(item.after < item.before for item in found.changes)


def world() -> tuple[RiskRun, dict[str, str]]:
    """A bank debtor A; B guarantees A twice; C guarantees B."""
    facts = [*named(A, B, C, firm(1)), *loan(1, A), *listing(1, A),
             Said("GUARANTEES", (B, A), {"discriminator": "one"}),
             Said("GUARANTEES", (B, A), {"discriminator": "two"}),
             Said("GUARANTEES", (C, B)), Said("HOLDS_SHARES_IN", (B, firm(1)))]  # fmt: skip
    snapshot, ids = take([facts])
    names = ("loan", "borrowed", "lent", "state", "entry", "named", "one", "two", "chain", "shares")
    return assess(snapshot), dict(zip(names, ids[4:], strict=True))


def test_one_of_two_guarantees_changes_nothing_and_both_change_all_behind() -> None:
    run, ids = world()
    assert what_if(run, without_ties=[ids["two"]]).changes == ()
    both = what_if(run, without_ties=[ids["one"], ids["two"]])
    assert {item.party for item in both.changes} == {B[0], C[0]}
    before = {item.party: item.before for item in both.changes}
    assert before[C[0]] == pytest.approx(explain(run, C[0]).score, abs=0.03)


def test_a_guarantee_less_leaves_what_a_household_passes_on() -> None:
    """Members of one household are told of each other by it, whatever else stands between them."""
    home, one, other = ("household:0", "Household"), person(0), person(1)
    facts = [
        *named(one, other),
        Said("Household", (home,)),
        Said("BELONGS_TO", (one, home)),
        Said("BELONGS_TO", (other, home)),
        *loan(1, one),
        Said("GUARANTEES", (one, other)),
    ]
    snapshot, ids = take([facts])
    found = what_if(assess(snapshot), without_ties=[ids[-1]])
    full = assess(take([facts], close=[len(facts) - 1])[0])
    expected = dict(zip(full.snapshot.keys.to_pylist(), full.score.tolist(), strict=True))
    after = dict(zip(snapshot.keys.to_pylist(), assess(snapshot).score.tolist(), strict=True))
    after |= {item.party: item.after for item in found.changes}
    assert after == expected and expected["person:1"] > 0


def test_an_answer_is_hypothetical_and_no_fact() -> None:
    run, ids = world()
    told = what_if_of(run, C[0], without_facts=[ids["entry"], ids["state"]])
    assert not isinstance(told, RiskAnswer)
    assert told.before > told.after and told.change_count == 3
    said = encode(told)
    assert said["hypothetical"] is True and "假设" in said["notice"]
    assert said["basis"]["policy"] == run.policy.name
    # the run itself is as before
    assert explain(run, C[0]).score == told.before


def test_whom_it_does_not_touch_stays_as_it_is() -> None:
    run, ids = world()
    told = what_if_of(run, A[0], without_ties=[ids["chain"]], count=0)
    assert told.before == told.after == explain(run, A[0]).score
    assert told.changes == () and told.change_count == 1 and told.basis.truncated


@pytest.mark.parametrize(
    ("asked", "error", "code"),
    [
        ({}, InputError, "nothing_left_out"),
        ({"without_ties": ["nothing"]}, NotFoundError, "fact_unknown"),
        ({"without_facts": ["nothing"]}, NotFoundError, "fact_unknown"),
    ],
)
def test_what_cannot_be_left_out(asked: dict[str, list[str]], error: type, code: str) -> None:
    run, _ = world()
    with pytest.raises(error) as caught:
        what_if_of(run, A[0], **asked)
    assert caught.value.cause_code == code


def test_a_tie_is_no_fact_of_a_party() -> None:
    run, ids = world()
    with pytest.raises(NotFoundError):
        what_if(run, without_facts=[ids["one"]])
    with pytest.raises(NotFoundError):
        what_if(run, without_ties=[ids["state"]])
