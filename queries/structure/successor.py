"""Re-registration (换壳): a firm ends or is listed, and soon one much like it stands up anew.

Needs at least two of: the representative or the spouse; the address; the telephone; who filed the
registration; holders of half of the old firm.  Who represented a firm that is gone is who did so last; its other
ties are those still held to be true.
"""

from __future__ import annotations

from datetime import date, timedelta

from queries.structure.hint import AssociationHint, Likeness, Signal, hint, load_likeness
from queries.structure.profile import Profile, Profiles

__all__ = ["re_registrations"]

#: What is shared -> its limit in the policy, and its words.
_SHARED = {"address": "address", "phone_key": "phone"}
_WORDS = {"address": "住所相同", "phone_key": "联系电话相同"}


def re_registrations(
    profiles: Profiles, policy: Likeness | None = None
) -> tuple[AssociationHint, ...]:
    """Pairs (new firm, old firm), the surest first."""
    policy = policy or load_likeness()
    rule = policy.re_registration
    found = []
    for old in profiles.firms:
        for day, ending, evidence in _endings(old):
            candidates = {key for key in _near(profiles, old, policy) if key != old.key}
            for key in sorted(candidates):
                new = profiles.of[key]
                founded = new.said.get("established_on")
                if founded is None or not _soon_after(day, founded, policy):
                    continue
                common = _common(profiles, old, new, policy)
                if len(common) < rule.signals:
                    continue
                when = Signal("time", f"后者于 {day} {ending}，前者于 {founded} 设立",
                              (evidence, new.evidence["established_on"]))  # fmt: skip
                certainty = rule.certainty[min(len(common), max(rule.certainty))]
                found.append(
                    hint(
                        profiles, policy, "re_registration", (new.key, old.key),
                        certainty, (when, *common),
                    )
                )  # fmt: skip
    surest = {}
    # a firm that was listed and then ended is one predecessor
    for item in sorted(found, key=lambda item: item.certainty):
        surest[item.subject, item.other] = item
    return tuple(
        sorted(surest.values(), key=lambda item: (-item.certainty, item.subject, item.other))
    )


def _endings(firm: Profile) -> list[tuple[date, str, str]]:
    found = [(day, "被列入失信名单", fact) for fact, day in firm.listed_on.items()]
    if "ended_on" in firm.said:
        found.append((firm.said["ended_on"], "注销或吊销", firm.evidence["ended_on"]))
    return sorted(found)


def _soon_after(ended: date, founded: date, policy: Likeness) -> bool:
    rule = policy.re_registration
    years, month = divmod(ended.month - 1 + rule.months, 12)
    # the first day of the month after counts as the last day of a short one
    latest = date(ended.year + years, month + 1, 1) + timedelta(ended.day - 1)
    return ended - timedelta(rule.before_days) <= founded <= latest


def _near(profiles: Profiles, old: Profile, policy: Likeness) -> set[str]:
    """Firms that could have enough in common with it.

    What more share than the policy says is no sign, and whoever has nothing else in common is none
    of them: an agency files for firms in step with the district, and so do those that end.
    """
    people = {*old.representatives, *old.holders}
    people |= {s for p in old.representatives for s in profiles.of[p].spouses}
    near = {firm for p in people for firm in profiles.of[p].represents | profiles.of[p].holds}
    for agent in old.agents:
        filed = profiles.of[agent].files
        if len(filed) <= policy.shared_by_at_most["agent"]:
            near |= filed
    for what, limit in _SHARED.items():
        sharers = profiles.sharers(what, old.key)
        if len(sharers) <= policy.shared_by_at_most[limit]:  # type: ignore[index]
            near |= {key for key in sharers if profiles.of[key].is_firm}
    return near


def _common(profiles: Profiles, old: Profile, new: Profile, policy: Likeness) -> tuple[Signal, ...]:
    found = []
    same = sorted(set(old.representatives) & set(new.representatives))
    wed = sorted(
        (p, s)
        for p in old.representatives
        for s in profiles.of[p].spouses
        if s in new.representatives
    )
    if same:
        facts = (old.representatives[same[0]], new.representatives[same[0]])
        found.append(Signal("representative", "法定代表人相同", facts))
    elif wed:
        p, s = wed[0]
        facts3 = (old.representatives[p], profiles.of[p].spouses[s], new.representatives[s])
        found.append(Signal("representative", "法定代表人是配偶", facts3))
    for what, limit in _SHARED.items():
        sharers = profiles.sharers(what, old.key)
        if new.key in sharers and len(sharers) <= policy.shared_by_at_most[limit]:  # type: ignore[index]
            found.append(Signal(what, _WORDS[what], (old.evidence[what], new.evidence[what])))
    filed = [
        agent
        for agent in sorted(set(old.agents) & set(new.agents))
        if len(profiles.of[agent].files) <= policy.shared_by_at_most["agent"]
    ]
    if filed:
        facts_filed = (old.agents[filed[0]], new.agents[filed[0]])
        found.append(Signal("agent", "登记经办人相同", facts_filed))
    both = sorted(set(old.holders) & set(new.holders))
    held = sum(old.holders[p][0] for p in both)
    if held >= policy.re_registration.holders_ratio - 1e-9:
        facts_held = tuple(fact for p in both for fact in (old.holders[p][1], new.holders[p][1]))
        found.append(Signal("holders", f"持原企业 {held:.0%} 的股东相同", facts_held))
    return tuple(found)
