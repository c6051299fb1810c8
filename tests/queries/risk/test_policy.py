"""The policy: every line with its reason, how facts fade, and what it refuses."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from importlib.resources import files
from itertools import permutations
from typing import Any, get_args

import pytest
import yaml
from credit_world import DAY, Said, listing, loan, named, person, take
from pydantic import ValidationError

from graph.encoding import encode
from queries.codes import LEFT_OUT
from queries.risk import Policy, assess, explain, load_policy
from queries.risk.evidence import UnusedTie
from queries.risk.own_facts import OwnFact, UnusedFact
from queries.risk.strength import WhySilent

A, B = person(1), person(2)


def stated() -> dict[str, Any]:
    """The shipped policy as told in its file."""
    told = yaml.safe_load((files("queries.risk") / "policy.yaml").read_text(encoding="utf-8"))
    return {**told, "version": str(told["version"])}


def fading(half_life_days: float | None) -> Policy:
    told = stated()
    told["seeds"]["loss"]["decay"]["half_life_days"] = half_life_days
    return Policy.model_validate(told)


def lines_of(inside: Any, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """Paths of everything in the file that has a reason."""
    found = [path] if isinstance(inside, dict) and "reason" in inside else []
    for name, value in inside.items() if isinstance(inside, dict) else ():
        found += lines_of(value, (*path, name))
    return found


LINES = lines_of(stated())


def at(told: dict[str, Any], path: tuple[str, ...]) -> dict[str, Any]:
    for name in path:
        told = told[name]
    return told


def test_every_line_that_counts_has_a_reason() -> None:
    """Whatever holds a number of the policy is such a line."""
    numbers = {tuple(name.split(".")[:-1]) for name in load_policy().parameters()}
    assert numbers <= set(LINES) and len(LINES) > 60


@pytest.mark.parametrize("path", LINES, ids=".".join)
def test_a_line_without_clause_or_mark_is_refused(path: tuple[str, ...]) -> None:
    told = stated()
    line = at(told, path)
    line.pop("clause", None)
    line.pop("judgement", None)
    with pytest.raises(ValidationError, match="state a clause, or mark it as a judgement"):
        Policy.model_validate(told)
    line["judgement"] = True
    Policy.model_validate(told)
    line["clause"] = "有关规定"
    with pytest.raises(ValidationError, match="cites nothing"):
        Policy.model_validate(told)


def test_numbers_are_named_by_their_place_and_may_be_others() -> None:
    policy = load_policy()
    named = policy.parameters()
    assert named["seeds.loss.probability"] == 0.9
    assert named["ties.GUARANTEES.variants.general.weight"] == 0.3
    other = policy.with_parameters(
        {"seeds.loss.probability": 0.8, "seeds.loss.decay.half_life_days": 400}
    )
    changed = {**named, "seeds.loss.probability": 0.8, "seeds.loss.decay.half_life_days": 400}
    assert other.parameters() == changed
    assert policy.parameters() == named
    for wrong in ("seeds.loss.reason", "seeds.nothing.probability", "ties.SPOUSE_OF.full"):
        with pytest.raises(KeyError):
            policy.with_parameters({wrong: 0.5})


def test_an_answer_names_version_and_content() -> None:
    text = (files("queries.risk") / "policy.yaml").read_bytes()
    run = assess(take([[*named(A), *loan(1, A)]])[0])
    assert encode(explain(run, A[0]))["basis"]["policy"] == (
        f"{stated()['version']}+{hashlib.sha256(text).hexdigest()[:12]}"
    )


@pytest.mark.parametrize(
    ("half_life_days", "since", "expected"),
    [
        (None, DAY - timedelta(days=4_000), 0.9),
        (100, DAY, 0.9),
        (100, DAY - timedelta(days=100), 0.45),
        (100, DAY - timedelta(days=200), 0.225),
        (100, DAY + timedelta(days=50), 0.9),  # not yet true: not in a snapshot, and no amplifier
        (100, None, 0.9),
    ],
)
def test_a_seed_fades_by_its_half_life(
    half_life_days: float | None, since: date | None, expected: float
) -> None:
    found = fading(half_life_days).seeds["loss"].at(DAY, since)
    assert found == pytest.approx(expected, rel=1e-12)


def test_the_stronger_of_two_loans_counts_as_they_are_today() -> None:
    """An old loss has faded below a doubtful loan of today; without decay the loss counts."""
    facts = [*named(A), *loan(1, A), *loan(2, A, "doubtful")]
    states = [n for n, said in enumerate(facts) if said.kind == "LoanState"]
    facts[states[0]] = facts[states[0]].but(valid_from=DAY - timedelta(days=400))
    facts[states[1]] = facts[states[1]].but(valid_from=DAY - timedelta(days=1))
    snapshot, _ = take([facts])
    for half_life, kind, probability in ((None, "loss", 0.9), (100, "doubtful", 0.65)):
        (own,) = explain(assess(snapshot, fading(half_life)), A[0]).own.facts
        assert (own.kind, own.probability) == (kind, pytest.approx(probability))


def test_what_is_not_certain_carries_nothing_and_no_policy_may_say_otherwise() -> None:
    facts = [*named(A, B), *listing(1, A), Said("GUARANTEES", (B, A), {"certainty": 0.99})]
    run = assess(take([facts])[0])
    told = explain(run, B[0])
    assert told.linked.contributions == () and [tie.why for tie in told.unused_ties] == [
        "identity_not_proven"
    ]
    lower = stated()
    lower["certainty"]["at_least"] = 0.9
    with pytest.raises(ValidationError):
        Policy.model_validate(lower)


@pytest.mark.parametrize("missing", ["certainty", "decay", "reason"])
def test_a_policy_that_leaves_something_unsaid_is_refused(missing: str) -> None:
    told = stated()
    place = told if missing == "certainty" else told["seeds"]["loss"]
    del place[missing]
    with pytest.raises(ValidationError):
        Policy.model_validate(told)


def test_a_healthy_joint_group_is_no_risk_to_itself() -> None:
    """Five who stand for each other and owe nothing that is late: nobody is near to failing."""
    group = [person(number) for number in range(5)]
    pact = [
        Said("GUARANTEES", (a, b), {"guarantee_kind": "joint_group"})
        for a, b in permutations(group, 2)
    ]
    healthy = assess(take([[*named(*group), *pact]])[0])
    assert all(explain(healthy, key).score < 0.0025 for key, _ in group)
    # and one who does fail is felt by each of the others, by his share
    failing = assess(take([[*named(*group), *pact, *loan(1, group[0])]])[0])
    assert all(0.9 * 0.15 <= explain(failing, key).score < 0.3 for key, _ in group[1:])


def test_every_seed_and_every_reason_left_out_has_its_word() -> None:
    """A code in an answer has its Chinese word beside it."""
    for seed in load_policy().seeds:
        label = OwnFact(seed, 0.5, "", {}).kind_label
        assert label and not label.isascii(), seed
    for why in LEFT_OUT:
        told = UnusedFact("Penalty", why)
        assert (told.kind_label, told.why_label) == ("行政处罚", LEFT_OUT[why])
    for reason in get_args(WhySilent):
        assert not UnusedTie("GUARANTEES", "担保", "key", None, reason).why_label.isascii()
