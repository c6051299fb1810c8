"""What of a neighbourhood is wanted: by which ties, how sure, how far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

__all__ = [
    "CERTAINTIES", "GROUPS", "MODES", "MOST_HOPS", "MOST_PARTIES", "Certainty", "Mode", "Wanted",
    "group_of",
]  # fmt: skip

Mode: TypeAlias = Literal["all", "shares", "guarantees", "household"]
Certainty: TypeAlias = Literal["any", "certain", "resemblance"]

#: Parties that a picture holds, with the one in its middle.
MOST_PARTIES = 300
MOST_HOPS = 3

#: Ties by what they are about, with the word for it.
GROUPS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "guarantees": ("担保", ("GUARANTEES", "JOINT_GUARANTEE_WITH")),
    "shares": ("股权", ("HOLDS_SHARES_IN",)),
    "offices": ("任职", ("LEGAL_REPRESENTATIVE_OF", "EXECUTIVE_OF")),
    "household": ("家庭", ("BELONGS_TO", "SPOUSE_OF", "REGISTERED_AS")),
    "members": ("合作社成员", ("MEMBER_OF",)),
    "supplies": ("供销", ("SUPPLIES",)),
}

#: What a picture is about, with its word and how far it goes unless somebody says otherwise.
MODES: Mapping[Mode, tuple[str, int]] = {
    "all": ("全部", 1),
    "shares": ("股权", 3),
    "guarantees": ("担保", 3),
    "household": ("家庭", 2),
}

#: How sure the ties are that are shown.
CERTAINTIES: Mapping[Certainty, str] = {
    "any": "确定的和疑似的",
    "certain": "只看确定的",
    "resemblance": "只看疑似的",
}

_GROUP_OF = {kind: name for name, (_, kinds) in GROUPS.items() for kind in kinds}


def group_of(kind: str) -> str:
    """The group of a kind of tie; raises `KeyError` for one that is not drawn."""
    return _GROUP_OF[kind]


@dataclass(frozen=True)
class Wanted:
    """What is wanted.

    Attributes:
        groups: of ties, in the mode of all; none is every one.  The other modes are of one group.
        hops: from the party in the middle; of holdings, up and down.

    Raises:
        ValueError: a group that there is none of, or hops that nobody goes.
    """

    mode: Mode = "all"
    groups: frozenset[str] = frozenset()
    certainty: Certainty = "any"
    hops: int = 1

    def __post_init__(self) -> None:
        if unknown := self.groups - {*GROUPS}:
            raise ValueError(f"{sorted(unknown)}: no group of ties is called so")
        if not 1 <= self.hops <= MOST_HOPS:
            raise ValueError(f"{self.hops}: a picture goes 1 to {MOST_HOPS} hops")

    @property
    def kinds(self) -> tuple[str, ...]:
        """Kinds of ties that are followed."""
        chosen = {self.mode} if self.mode != "all" else (self.groups or {*GROUPS})
        return tuple(
            kind for name, (_, kinds) in GROUPS.items() if name in chosen for kind in kinds
        )
