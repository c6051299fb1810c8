"""Random worlds with facts of every kind that the schema has, and random scopes to look at them.

Some parties live in either of two towns, some nowhere, some in two places; ties begin and end, some
are by resemblance; loans have several borrowers; a key turns out to be another party; two sources
tell, and a later batch ends part of what an earlier one told.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

from bench.scope.memory_log import MemoryLog, Said
from graph.information import InformationClass
from graph.schema import SCHEMA
from graph.vocabulary import Node, Property, Relationship, ValueType
from queries.eligibility.facts.catalogue import catalogue
from queries.scope import Scope

__all__ = ["DAYS", "INSTANTS", "PARTIES", "VILLAGES", "random_scope", "random_world", "say_world"]

#: When batches became known, and the days and instants that are asked about.
INSTANTS = tuple(datetime(2026, month, 1, tzinfo=UTC) for month in (2, 4, 6))
DAYS = (date(2025, 6, 1), date(2026, 1, 15), date(2026, 5, 1), date(2026, 9, 1))

_COUNTY, _TOWNS = "610305", ("610305100", "610305110")
VILLAGES = ("610305100201", "610305100202", "610305110201")
_SOURCES = (
    "farmer_household", "loan", "judgment_defaulter", "market_supervision_list/abnormal_operation",
    "tax/tax_arrears", "administrative_decision/penalty", "cooperative_member",
)  # fmt: skip

#: Parties of a world, by label.
PARTIES: tuple[tuple[str, str], ...] = (
    *((f"person:{n}", "Person") for n in range(5)),
    *((f"household:{n}", "Household") for n in range(2)),
    *((f"org:{n}", "Enterprise") for n in range(3)),
    ("org:shop", "IndividualBusiness"),
    ("org:coop", "Cooperative"),
    ("org:farm", "FamilyFarm"),
    ("org:village", "Collective"),
    ("org:trust", "LegalArrangement"),
    ("institution:bank", "FinancialInstitution"),
    ("org:court", "GovernmentBody"),
)
_SOMEBODY_ELSE = ("person:4", "Person")

_WORDS: dict[str, tuple[str, ...]] = {
    "loan_class": ("pass", "pass", "special_mention", "substandard", "loss"),
    "list_kind": ("judgment_defaulter", "abnormal_operation", "serious_violation", "tax_black_list"),
    "registration_state": ("active", "active", "revoked"),
    "grade": ("A", "M", "C", "D"),
    "role": ("householder", "spouse", "son", "buyer", "seller"),
    "guarantee_kind": ("joint", "general"),
    "repayment_codes": ("N" * 24, "N" * 20 + "1234", "B" + "#" * 23),
    "interest": ("shareholding", "votingRights", "otherInfluenceOrControl"),
    "purpose": ("own_query", "loan_approval"),
    "asked_by": ("样本银行",),
    "credit_grade": ("AAA", "A", "C"),
    "sex": ("male", "female"),
    "address": ("柳林镇一街1号", "柳林镇一街2号"),
    "phone_key": ("phone:1", "phone:2", "phone:3"),
}  # fmt: skip


@cache
def _words(name: str) -> tuple[str, ...]:
    """What a text says: what rules look for, and a word that none does."""
    told = list(_WORDS.get(name, ()))
    for spec in catalogue().facts.values():
        for read in spec.reads:
            if read.property == name:
                told += [*(str(item) for item in read.means or ()), *(spec.values or ())]
            for item in (*read.where, *read.of_those):
                if item.property == name and isinstance(item.value, (tuple, list)):
                    told += map(str, item.value)
    return tuple(told) or ("甲", "乙", "丙")


def _value(item: Property, chance: random.Random) -> Any:
    if chance.random() < 0.2:
        return None
    match item.type:
        case ValueType.TEXT:
            return chance.choice([*(getattr(item, "values", None) or ()), *_words(item.name)])
        case ValueType.INTEGER:
            if item.name.endswith("year"):
                return chance.choice((2024, 2025))
            if item.name.endswith("_fen"):
                return chance.choice((0, 1, 20, 500, 8_000)) * 1_000_000
            return chance.choice((0, 0, 1, 3, 40))
        case ValueType.REAL:
            return chance.choice((0.1, 0.3, 0.4, 0.51, 1.0))
        case ValueType.FLAG:
            return chance.random() < 0.5
        case ValueType.DATE:
            if item.name == "birth_on":
                return date(chance.randrange(1950, 2010), 5, 1)
            ends = item.name in ("removed_on", "died_on", "ended_on", "settled_on", "released_on")
            if ends and chance.random() < 0.6:
                return None
            return date(2024, 6, 1) + timedelta(chance.randrange(1_000))


def _span(chance: random.Random) -> dict[str, Any]:
    def day(none: float) -> date | None:
        if chance.random() < none:
            return None
        return date(2025, 1, 1) + timedelta(chance.randrange(500))

    begin, end = day(0.5), day(0.75)
    if begin and end and end <= begin:
        end = None
    certainty = 0.8 if chance.random() < 0.12 else 1.0
    return {"valid_from": begin, "valid_to": end, "certainty": certainty}


@cache
def _things(label: str) -> tuple[tuple[str, str], ...]:
    """(key, label) of what may stand where a label is wanted."""
    if label == "Division":
        return tuple(
            (f"division:{code}", "Village" if len(code) == 12 else "Town")
            for code in (*VILLAGES, _TOWNS[0])
        )
    found = [item for item in PARTIES if label in (item[1], "Party")]
    for node in SCHEMA.nodes.values():
        above = SCHEMA.superlabel(node)
        if (
            not node.describes
            and above not in ("Party", "Division")
            and label in (node.label, above)
        ):
            found += [(f"{node.label.lower()}:{n}", node.label) for n in range(2)]
    codes = {"Village": VILLAGES, "Town": _TOWNS, "County": (_COUNTY,)}
    found += [(f"division:{code}", label) for code in codes.get(label, ())]
    return tuple(found) or ((f"org:{label.lower()}", label),)


def _ends(tie: Relationship, chance: random.Random) -> dict[str, Any] | None:
    source = chance.choice([item for label in tie.sources for item in _things(label)])
    target = chance.choice([item for label in tie.targets for item in _things(label)])
    if source == target or (tie.type == "PART_OF" and not source[0].startswith(target[0])):
        return None
    return {
        "from_key": source[0], "from_label": source[1], "to_key": target[0], "to_label": target[1],
    }  # fmt: skip


#: Ties that much hangs on are there more often than others.
_OFTEN = {"LOCATED_IN": 9, "BORROWED": 4, "GUARANTEES": 5, "BELONGS_TO": 4, "HOLDS_SHARES_IN": 4,
          "LEGAL_REPRESENTATIVE_OF": 3, "SUBJECT_OF": 2, "GAVE": 2, "SECURES": 2, "PART_OF": 3}  # fmt: skip


def say_world(chance: random.Random, kinds: Sequence[str] | None = None) -> list[Said]:
    """What the batches of one world say."""
    batches, stated = [], list[tuple[str, str]]()
    serial = 0
    for instant in INSTANTS:
        said = Said(chance.choice(_SOURCES), instant)
        for ended in chance.sample(stated, len(stated) // 6):
            said.closed.append(ended)
            stated.remove(ended)
        for kind in SCHEMA.kinds:
            often = _OFTEN.get(kind.kind, 1) if isinstance(kind, Relationship) else 2
            if (kinds and kind.kind not in kinds) or kind.kind in SCHEMA.identities:
                continue
            for _ in range(often):
                told = _fact(kind, chance) if chance.random() < 0.55 else None
                if told is not None:
                    serial += 1
                    said.state(kind.kind, f"fact-{serial:05d}", **told)
                    stated.append((kind.kind, f"fact-{serial:05d}"))
        if chance.random() < 0.3:
            # somebody named without an identifier is judged to be one of them, or looks like it
            serial += 1
            said.state(
                "SAME_AS", f"fact-{serial:05d}", from_key=_SOMEBODY_ELSE[0],
                from_label="Person", to_key=f"person:{chance.randrange(2)}", to_label="Person",
                discriminator="", judged_by="样本", certainty=chance.choice((1.0, 1.0, 0.9)),
            )  # fmt: skip
            stated.append(("SAME_AS", f"fact-{serial:05d}"))
        batches.append(said)
    if not kinds:
        _say_who_is_whom(batches, chance)
    return batches


def _say_who_is_whom(batches: Sequence[Said], chance: random.Random) -> None:
    """More of it than sources say: chains, circles, two answers, likeness to who is another; former
    codes of villages."""
    people = [key for key, label in PARTIES if label == "Person"]
    codes = [f"division:{code}" for code in VILLAGES]
    for said in batches:
        for kind, keys, label in (("SAME_AS", people, "Person"), ("RECODED_AS", codes, "Village")):
            if chance.random() > 0.25:
                continue
            old, new = chance.sample(keys, 2)
            dated = {"valid_from": date(2025, 3, 1)} if chance.random() < 0.15 else {}
            said.state(
                kind, f"{kind}-{said.known_at:%m}", discriminator="", from_key=old,
                from_label=label, to_key=new, to_label=label,
                certainty=chance.choice((1.0, 1.0, 0.9)), **dated,
            )  # fmt: skip


def _fact(kind: Node | Relationship, chance: random.Random) -> dict[str, Any] | None:
    told = {item.name: _value(item, chance) for item in kind.properties} | _span(chance)
    if isinstance(kind, Relationship):
        ends = _ends(kind, chance)
        contract = chance.choice(_things("Guarantee"))[0] if kind.type == "GUARANTEES" else ""
        return None if ends is None else told | ends | {"discriminator": contract}
    key, label = chance.choice(_things(SCHEMA.thing(kind).label))
    if told.get("name"):
        told["name"] = f"{key}的名称{chance.randrange(2)}"
    return told | {"key": key, "label": label}


def random_world(seed: int | str) -> MemoryLog:
    """One world."""
    return MemoryLog(say_world(random.Random(f"world {seed}")))  # noqa: S311


def random_scope(seed: int | str) -> Scope:
    """One scope: a place, classes that are open, and who opened which."""
    chance = random.Random(f"scope {seed}")  # noqa: S311
    closed = [item.value for item in InformationClass if not item.is_public]
    divisions = chance.choice(
        (None, None, (VILLAGES[0],), (_TOWNS[0],), (_TOWNS[1],), (_COUNTY,), ("610303",), (),
         (VILLAGES[1], _TOWNS[1]))
    )  # fmt: skip
    share = chance.choice((0.0, 0.3, 0.8, 1.0))
    opened = [item for item in closed if chance.random() < share]
    grants = {
        key: frozenset(chance.sample(closed, chance.randrange(1, len(closed))))
        for key, _ in PARTIES
        if chance.random() < chance.choice((0.0, 0.5, 0.9))
    }
    open_classes = None if share == 1.0 and chance.random() < 0.5 else frozenset(opened)
    return Scope(f"样本范围{seed}", divisions, "institution:bank", "", open_classes, grants)
