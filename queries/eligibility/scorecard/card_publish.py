"""Putting another card in force: two persons, and nothing that the law or fairness bars.

A calibration proposes; whoever puts its file forward, another person lets it pass.  What a card
may never look at stays what it is: no proposal takes an item up that was barred.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import yaml

from graph.errors import InputError, NotFoundError
from graph.operations import OperationsStore, Proposal, Proposals
from graph.plain_yaml import read_yaml
from queries.eligibility.scorecard.card import Card, load_card

__all__ = ["CARD", "ProposedCard", "approve_card", "card_in_force", "propose_card"]

#: What a proposal of a card is about.
CARD = "card:farmer"


@dataclass(frozen=True)
class ProposedCard:
    """A proposal, with what changes in Chinese."""

    proposal: Proposal
    card: Card
    changes: tuple[str, ...]


def card_in_force(store: OperationsStore) -> Card:
    """The card that was let pass last, or the one that ships."""
    passed = Proposals(store).last_passed(CARD)
    return load_card() if passed is None else _read(passed.text.decode())


def propose_card(store: OperationsStore, text: str, *, by: str, at: datetime) -> ProposedCard:
    """Put a card's file forward.

    Raises `InputError`: the file is faulty, it takes up what is barred, nothing changes.
    """
    card, changes = _checked(store, text)
    put = Proposals(store).put(CARD, text.encode(), b"", by=by, at=at)
    return ProposedCard(put, card, changes)


def approve_card(store: OperationsStore, proposal: str, *, by: str, at: datetime) -> ProposedCard:
    """Let a card pass, by another person.

    Raises as `propose_card` does, and `NotFoundError`; `InputError` (`two_persons`) for its own
    proposer.
    """
    proposals = Proposals(store)
    put = proposals.find(proposal)
    if put.subject != CARD:
        raise NotFoundError(
            "这不是评分卡的提案。产品的提案用 xinnong approve 批准。",
            "That proposal is about no card.",
            code="proposal_unknown",
        )
    if put.approved_at is not None:
        return ProposedCard(put, _read(put.text.decode()), ())
    card, changes = _checked(store, put.text.decode())
    return ProposedCard(proposals.approve(proposal, by=by, at=at), card, changes)


def _checked(store: OperationsStore, text: str) -> tuple[Card, tuple[str, ...]]:
    card, current = _read(text), card_in_force(store)
    _refuse_barred(card)
    changes = tuple(_changes(current, card))
    if not changes:
        raise InputError(
            "与现行评分卡没有任何不同，无需提出。",
            "Nothing changes: there is nothing to put forward.",
            code="nothing_changes",
        )
    if card.version == current.version:
        raise InputError(
            f"版本号 {card.version} 与现行评分卡相同，请另起一个。",
            f"Version {card.version} is in force already: name another.",
            code="version_backwards",
        )
    return card, changes


def _read(text: str) -> Card:
    try:
        digest = hashlib.sha256(text.encode()).hexdigest()
        return Card.model_validate({**read_yaml(text), "hash": digest})
    except (yaml.YAMLError, ValueError, TypeError) as error:
        raise InputError(
            f"评分卡文件有误，未作任何改动：{error}",
            f"The card's file is faulty: {error}",
            code="card_faulty",
        ) from error


def _refuse_barred(card: Card) -> None:
    """No item that does not ship, none that is barred, and nothing off the list of what is."""
    shipped = load_card()
    allowed = {item.id: item for item in shipped.items}
    for item in card.items:
        known = allowed.get(item.id)
        if known is None or item.looks_at != known.looks_at or (item.used and not known.used):
            why = known.why if known else "评分卡没有这一项"
            raise InputError(
                f"“{item.term}”不能作为评分项目：{why}",
                f"{item.id} may not be an item of the card.",
                code="card_item_barred",
            )
    if card.never != shipped.never:
        raise InputError(
            "不得作为评分项目的清单不能改动。",
            "What may never be an item stays as it is.",
            code="card_item_barred",
        )


def _changes(before: Card, after: Card) -> Iterator[str]:
    old = {item.id: item for item in before.items}
    for item in after.items:
        was = old.get(item.id)
        if was is None or was.used != item.used:
            yield f"“{item.term}”{'计分' if item.used else f'不计分：{item.why}'}"
        elif was != item:
            yield f"“{item.term}”的分值有改动"
    for name in old.keys() - {item.id for item in after.items}:
        yield f"取消“{old[name].term}”"
    for grade in dict.fromkeys([*before.grades, *after.grades]):
        then, now = before.grades.get(grade), after.grades.get(grade)
        if then != now:
            yield (
                f"{grade} 级起点由 {'无' if then is None else f'{then} 分'}"
                f"改为{'不设' if now is None else f' {now} 分'}"
            )
