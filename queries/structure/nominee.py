"""Nominees (代持): somebody stands in front of a firm who by all signs does not run it.

Signals: an age at odds with running a business; in front of many firms; no share in the firm; and
the firm's telephone is that of a person who is neither its representative nor a holder, nor of the
representative's household.  The last one is needed: the others alone say nothing about anybody.
"""

from __future__ import annotations

from datetime import date

from queries.structure.hint import AssociationHint, Likeness, Signal, hint, load_likeness
from queries.structure.profile import Profile, Profiles

__all__ = ["nominees"]


def nominees(profiles: Profiles, policy: Likeness | None = None) -> tuple[AssociationHint, ...]:
    """Hints (firm, person in front), the surest first; the path leads on to whose telephone it is."""
    policy = policy or load_likeness()
    rule = policy.nominee
    found = []
    for firm in profiles.firms:
        behind = _behind(profiles, firm, policy)
        for person in sorted(firm.representatives) if behind else ():
            signals = (*_signals(profiles, firm, profiles.of[person], policy), *behind)
            if len(signals) < rule.signals:
                continue
            certainty = rule.certainty[min(len(signals), max(rule.certainty))]
            found.append(hint(profiles, policy, "nominee", (firm.key, person), certainty, signals))
    return tuple(sorted(found, key=lambda item: (-item.certainty, item.subject, item.other)))


def _behind(profiles: Profiles, firm: Profile, policy: Likeness) -> tuple[Signal, ...]:
    """That the firm's telephone is another person's, where few enough share it."""
    sharers = profiles.sharers("phone_key", firm.key)
    if len(sharers) > policy.shared_by_at_most["phone"]:
        return ()
    front = {*firm.representatives, *firm.holders}
    homes = {home for person in firm.representatives for home in profiles.of[person].households}
    others = [
        other
        for other in sorted(sharers)
        if profiles.of[other].label == "Person"
        and other not in front
        and not homes & profiles.of[other].households
    ]
    # the representative's own telephone is no sign of anybody else
    if not others or sharers & set(firm.representatives):
        return ()
    name = profiles.of[others[0]].said.get("name") or "（未具名）"
    facts = (firm.evidence["phone_key"], profiles.of[others[0]].evidence["phone_key"])
    return (Signal("phone_of_another", f"企业电话是 {name} 的", facts),)


def _signals(
    profiles: Profiles, firm: Profile, person: Profile, policy: Likeness
) -> tuple[Signal, ...]:
    rule = policy.nominee
    stands = firm.representatives[person.key]
    found = []
    born = person.said.get("birth_on")
    if born is not None:
        age = _age(born, profiles.snapshot.as_of)
        if age < rule.youngest or age > rule.oldest:
            facts = (stands, person.evidence["birth_on"])
            found.append(Signal("age", f"法定代表人 {age} 岁", facts))
    if len(person.represents) >= rule.firms:
        facts_many = tuple(
            profiles.of[key].representatives[person.key] for key in sorted(person.represents)
        )
        found.append(Signal("many_firms", f"名下企业 {len(person.represents)} 家", facts_many))
    if firm.holders and person.key not in firm.holders:
        facts_held = (stands, *(fact for _, fact in firm.holders.values()))
        found.append(Signal("no_share", "法定代表人不持股", facts_held))
    return tuple(found)


def _age(born: date, day: date) -> int:
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
