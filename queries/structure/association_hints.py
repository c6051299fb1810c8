"""Firms under one controller or filed by one agent; parties that share an address or a telephone."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from queries.structure.hint import AssociationHint, HintKind, Likeness, Signal, hint, load_likeness
from queries.structure.profile import Profile, Profiles
from queries.structure.thresholds import load_thresholds

__all__ = ["same_controller", "shared_agents", "shared_values"]

_SHARED: dict[str, tuple[HintKind, str, str]] = {
    "address": ("shared_address", "address", "住所相同"),
    "phone_key": ("shared_phone", "phone", "联系电话相同"),
}


def same_controller(
    profiles: Profiles, policy: Likeness | None = None
) -> tuple[AssociationHint, ...]:
    """Pairs of firms with one legal representative or one majority holder, or the one as the other.

    A person in front of more firms than the policy says is an agent, and no evidence.
    """
    policy = policy or load_likeness()
    found = []
    for person in sorted(profiles.of):
        firms = sorted(_controlled(profiles, profiles.of[person]).items())
        if len(firms) > policy.shared_by_at_most["representative"]:
            continue
        for (a, first), (b, second) in combinations(firms, 2):
            name = profiles.of[person].said.get("name") or "（未具名）"
            text = f"{name} 是前者的{first[0]}、后者的{second[0]}"
            signal = Signal("controller", text, (first[1], second[1]))
            found.append(
                hint(
                    profiles, policy, "same_controller", (a, b),
                    policy.same_controller.certainty, (signal,), via=(person,),
                )
            )  # fmt: skip
    return tuple(found)


def shared_values(
    profiles: Profiles, policy: Likeness | None = None
) -> tuple[AssociationHint, ...]:
    """Pairs of parties, one a firm at least, with one address or one telephone.

    Pairs within one household are excluded.
    """
    policy = policy or load_likeness()
    return tuple(
        hint(
            profiles, policy, kind, (a, b), policy.shared_value.certainty, (signal,)
        )
        for what, (kind, limit, text) in _SHARED.items()
        for a, b, signal in _pairs(profiles, what, policy.shared_by_at_most[limit], text)  # type: ignore[index]
    )  # fmt: skip


def shared_agents(
    profiles: Profiles, policy: Likeness | None = None
) -> tuple[AssociationHint, ...]:
    """Pairs of firms whose registration one agent filed, who runs or holds nothing of either.

    An agent of more firms than the policy says makes a living of it, and is no evidence.
    """
    policy = policy or load_likeness()
    found = []
    for agent in sorted(profiles.of):
        who = profiles.of[agent]
        firms = sorted(who.files - who.represents - who.holds)
        if not 1 < len(who.files) <= policy.shared_by_at_most["agent"]:
            continue
        for a, b in combinations(firms, 2):
            text = f"登记均由 {who.said.get('name') or '（未具名）'} 经办"
            facts = (profiles.of[a].agents[agent], profiles.of[b].agents[agent])
            found.append(
                hint(
                    profiles, policy, "shared_agent", (a, b),
                    policy.shared_value.certainty, (Signal("agent", text, facts),), via=(agent,),
                )
            )  # fmt: skip
    return tuple(found)


def _controlled(profiles: Profiles, party: Profile) -> dict[str, tuple[str, str]]:
    """Firm -> (as what, fact id) of the firms that a party runs or holds most of."""
    majority = load_thresholds().control
    firms = {}
    for key in party.holds:
        ratio, fact = profiles.of[key].holders[party.key]
        if majority.holds(ratio):
            firms[key] = ("控股股东", fact)
    for key in party.represents:
        firms[key] = ("法定代表人", profiles.of[key].representatives[party.key])
    return firms


def _pairs(
    profiles: Profiles, what: str, most: int, text: str
) -> Iterator[tuple[str, str, Signal]]:
    for value, keys in sorted(profiles.sharing[what].items()):
        if not 1 < len(keys) <= most:
            continue
        shown = f"{text}（{value}）" if what == "address" else text
        for a, b in combinations(sorted(keys), 2):
            first, second = profiles.of[a], profiles.of[b]
            # a firm's telephone is its owner's as a rule: that is the register, no hint
            close = {a, b} & {*first.representatives, *second.representatives,
                              *first.holders, *second.holders}  # fmt: skip
            if (first.is_firm or second.is_firm) and not close:
                facts = (first.evidence[what], second.evidence[what])
                yield a, b, Signal(what, shown, facts)
