"""Under which heading of a party's page each kind of record stands: every kind has its place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["TOPICS", "Topic", "topics_of"]

#: Heading -> ties by which a record is the party's (`records`), in the order of the page.
TOPICS: Mapping[str, tuple[str, ...]] = {
    "许可、处罚和其他行政行为": ("HOLDS_PERMIT", "PENALISED_BY", "ACT_ON"),
    "荣誉和等级": ("HONOURED_BY", "RATED_AS"),
    "土地和不动产": ("CONTRACTS_LAND", "HOLDS_LAND_RIGHT", "OWNS"),
    "种植、养殖和经营": ("GROWS", "RAISES", "PARTY_TO", "HOLDS_IP", "UNDERTAKES", "CHANGED_REGISTRATION"),
    "纳税和社保": ("PAID_TAX", "OWES", "CONTRIBUTES_TO"),
    "保险和补贴": ("INSURED_BY", "COMPENSATED_BY", "RECEIVED"),
    "水电气": ("PAYS_FOR",),
    "授信和担保合同": ("GRANTED_LINE", "GAVE", "JOINED_GROUP"),
    "收入和其他申报": ("DECLARED",),
    "投诉和举报": ("CONCERNS",),
}  # fmt: skip


@dataclass(frozen=True)
class Topic:
    """A heading with its records, by the tie that makes them the party's."""

    title: str
    count: int
    kinds: tuple[tuple[str, tuple[Mapping[str, Any], ...]], ...]


def topics_of(rows: Iterable[Mapping[str, Any]]) -> tuple[Topic, ...]:
    """Rows of `records` under their headings; a heading without any is left out."""
    by_kind: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        by_kind.setdefault(row["kind"], []).append(row)
    found = []
    for title, kinds in TOPICS.items():
        held = tuple((kind, tuple(by_kind[kind])) for kind in kinds if kind in by_kind)
        if held:
            found.append(Topic(title, sum(len(each) for _, each in held), held))
    return tuple(found)
