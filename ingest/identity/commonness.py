"""How many parties share a value: what everybody has is evidence for nobody.

A village clerk's or an agent's phone stands in dozens of forms; a name like 张伟 in every town.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from graph.names.writing import common_writing, simplified
from ingest.identity.firm_name import core_name
from ingest.identity.policy import IdentityPolicy
from ingest.identity.record import Record

__all__ = ["Commonness", "count"]

#: rule -> the kind of value whose sharing counts for it.
_KIND_OF_RULE = {
    "name_same": "name",
    "name_script": "name",
    "name_former": "name",
    "firm_core": "firm_core",
    "phone": "phone",
    "address": "address",
}


@dataclass(frozen=True)
class Commonness:
    """Parties by shared value.

    Attributes:
        persons, firms: how many parties there are of either kind (identified ones: those a
            mention may mean); a firm is never looked for among persons.
        shared: kind of value -> value -> how many parties have it.
    """

    persons: int
    firms: int
    shared: Mapping[str, Mapping[str, int]]

    def population(self, *, of_persons: bool, policy: IdentityPolicy) -> int:
        """How many parties of a kind one is looked for among; never fewer than the policy's least."""
        if of_persons:
            return max(self.persons, policy.least_population)
        return max(self.firms, policy.least_firms)

    def holders(self, rule: str, value: str | None) -> int | None:
        """How many parties have the value that a rule agreed in; None where it is not counted."""
        kind = _KIND_OF_RULE.get(rule)
        if kind is None or value is None:
            return None
        key = common_writing(value) if kind == "name" else value
        return self.shared.get(kind, {}).get(key, 0)

    def kind(self, rule: str) -> str | None:
        """The kind of value that a rule agrees in."""
        return _KIND_OF_RULE.get(rule)


def count(records: Iterable[Record]) -> Commonness:
    """Count values over all records; names among identified parties only.

    Ten mentions of one person are ten records: they must not make that person's name look common.
    A phone is counted over all, since a clerk's phone is found in mentions most of all.
    """
    shared: dict[str, Counter[str]] = {
        kind: Counter() for kind in ("name", "firm_core", "phone", "address")
    }
    persons = firms = 0
    for record in records:
        if record.identifiers:
            persons += record.is_person
            firms += not record.is_person
            for name in {record.name, *record.former_names} - {None}:
                shared["name"][common_writing(str(name))] += 1
            if record.name and not record.is_person:
                shared["firm_core"][core_name(record.name)] += 1
        for phone in (record.phone, record.phone_key):
            if phone:
                shared["phone"][phone] += 1
        if record.address:
            shared["address"][simplified(record.address)] += 1
    return Commonness(persons, firms, shared)
