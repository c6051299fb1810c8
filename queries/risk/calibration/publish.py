"""Putting another risk policy in force: two persons, and a calibration that the log bears out.

What a proposal says of its calibration is measured again when it is put forward and when it is let
pass: nobody can write into a file that its values are probabilities.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import yaml

from graph.errors import InputError, NotFoundError
from graph.log_view import AnyLog
from graph.operations import OperationsStore, Proposal, Proposals
from graph.plain_yaml import read_yaml
from graph.time import day_of
from queries.risk.calibration.cohort import gather_cohort
from queries.risk.calibration.judged import calibrated_by, judge
from queries.risk.calibration.parameters import parameters_of, with_values
from queries.risk.calibration.rules import load_rules
from queries.risk.policy import Policy, load_policy

__all__ = ["POLICY", "ProposedPolicy", "approve_policy", "policy_in_force", "propose_policy"]

#: What a proposal of a risk policy is about.
POLICY = "policy:risk"


@dataclass(frozen=True)
class ProposedPolicy:
    """A proposal, with what changes in Chinese."""

    proposal: Proposal
    policy: Policy
    changes: tuple[str, ...]


def policy_in_force(store: OperationsStore) -> Policy:
    """The policy that was let pass last, or the one that ships.

    A published one gives way to one that ships with a later version: its lines were not in it.
    """
    shipped = load_policy()
    passed = Proposals(store).last_passed(POLICY)
    if passed is None:
        return shipped
    published = _read(passed.text.decode())
    return published if published.version.split("+")[0] == shipped.version else shipped


def propose_policy(
    store: OperationsStore, log: AnyLog, text: str, *, by: str, at: datetime
) -> ProposedPolicy:
    """Put a policy's file forward.

    Raises `InputError`: the file is faulty, nothing changes, its version is in force already, or
    its calibration is not borne out by the log.
    """
    policy, changes = _checked(store, log, text, at)
    put = Proposals(store).put(POLICY, text.encode(), b"", by=by, at=at)
    return ProposedPolicy(put, policy, changes)


def approve_policy(
    store: OperationsStore, log: AnyLog, proposal: str, *, by: str, at: datetime
) -> ProposedPolicy:
    """Let a policy pass, by another person.

    Raises as `propose_policy` does, and `NotFoundError`; `InputError` (`two_persons`) for its own
    proposer.
    """
    proposals = Proposals(store)
    put = proposals.find(proposal)
    if put.subject != POLICY:
        raise NotFoundError(
            "这不是风险政策的提案。产品的提案用 xinnong approve 批准，评分卡的用 xinnong card --approve。",
            "That proposal is about no risk policy.",
            code="proposal_unknown",
        )
    if put.approved_at is not None:
        return ProposedPolicy(put, _read(put.text.decode()), ())
    policy, changes = _checked(store, log, put.text.decode(), at)
    return ProposedPolicy(proposals.approve(proposal, by=by, at=at), policy, changes)


def _checked(
    store: OperationsStore, log: AnyLog, text: str, at: datetime
) -> tuple[Policy, tuple[str, ...]]:
    policy, current, shipped = _read(text), policy_in_force(store), load_policy()
    if policy.version == current.version:
        raise InputError(
            f"版本号 {policy.version} 与现行政策相同，请另起一个。",
            f"Version {policy.version} is in force already: name another.",
            code="version_backwards",
        )
    if policy.version.split("+")[0] != shipped.version:
        raise InputError(
            f"版本号须以 {shipped.version}+ 开头：政策的各行来自这一版本，只改数值。",
            f"The version must begin with {shipped.version}+.",
            code="version_backwards",
        )
    changes = tuple(_changes(current, policy))
    if not changes:
        raise InputError(
            "与现行风险政策没有任何不同，无需提出。",
            "Nothing changes: there is nothing to put forward.",
            code="nothing_changes",
        )
    _borne_out(log, policy, at)
    return policy, changes


def _borne_out(log: AnyLog, policy: Policy, at: datetime) -> None:
    """Refuse a calibration that the log does not give again."""
    said = policy.calibration
    if said is None:
        return
    rules = load_rules()
    found = None
    try:
        last = gather_cohort(log, said.scored_on, _by(said.until, at), rules)
        earlier = [
            gather_cohort(log, day, min(at, last.snapshot.known_at), rules)
            for day in said.fitted_to
        ]
        if last.defaults >= rules.least.defaults_to_measure:
            found = calibrated_by(judge(log, last, earlier, policy, rules), last, earlier, rules)
    except (NotFoundError, ValueError):
        found = None
    if found != said:
        raise InputError(
            "文件所写的校准结果与库中资料测算的不一致，未提出。请用 xinnong calibrate --write 重新测算。",
            "The log does not bear out the calibration that the file states.",
            code="calibration_not_borne_out",
        )


def _by(until: date, at: datetime) -> datetime:
    if day_of(at) < until:
        raise ValueError("the year is not over")
    return at


def _read(text: str) -> Policy:
    try:
        told = read_yaml(text)
        told["version"] = str(told["version"])
        digest = hashlib.sha256(text.encode()).hexdigest()
        return Policy.model_validate({**told, "hash": digest})
    except (yaml.YAMLError, ValueError, TypeError, KeyError) as error:
        raise InputError(
            f"风险政策文件有误，未作任何改动：{error}",
            f"The policy's file is faulty: {error}",
            code="policy_faulty",
        ) from error


def _changes(before: Policy, after: Policy) -> Iterator[str]:
    old, new = parameters_of(before), parameters_of(after)
    for name in dict.fromkeys([*old, *new]):
        was, now = old.get(name), new.get(name)
        if was != now:
            yield f"{name}：{_number(was)} 改为 {_number(now)}"
    if before.levels != after.levels:
        yield "等级的界限有改动"
    if before.calibration != after.calibration:
        yield "校准情况有改动" if after.calibration else "撤销校准：只给等级和排位"
    if _bare(before, old) != _bare(after, old):
        yield "不只是数值：来源、关系或限度的写法有改动，请逐行核对"


def _bare(policy: Policy, numbers: Mapping[str, float]) -> Any:
    """All that is neither number nor reason, told apart above."""
    known = parameters_of(policy)
    told = with_values(policy, {name: x for name, x in numbers.items() if name in known})
    apart = {"version", "hash", "calibration", "levels"}
    return _without_reasons(told.model_dump(exclude=apart))


def _without_reasons(told: Any) -> Any:
    if isinstance(told, dict):
        return {key: _without_reasons(x) for key, x in told.items() if key != "reason"}
    return told


def _number(value: float | None) -> str:
    return "无" if value is None else f"{value:g}"
