"""The findings of the rules as levels that a database compares: columns of a record, conditions.

What is Chinese about a name (script, sound, surname, former names) is worked out here once a
record, by the same functions that the rules use; a condition then only asks whether two columns
agree.  Edit distances of a database count bytes and are never used: names that differ in one
character meet in the forms that they have with that character left open.

Not expressible so, and not found: firm cores and addresses that are alike without being equal.
Two masked ids are compared in four parts, and a part that is hidden in part is not known.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, product
from typing import Any

import pyarrow as pa

from graph.names.sound import folded_sounds, surname_length, syllables
from graph.names.writing import common_writing, plain, simplified
from ingest.identity.commonness import Commonness
from ingest.identity.firm_name import core_name, is_full_name
from ingest.identity.policy import IdentityPolicy
from ingest.identity.record import Record
from ingest.identity.rules import called, rule_text, village_key, with_birth

__all__ = ["LEVELS", "SILENT", "Level", "columns", "frequencies"]

_MOST_SOUNDS = 8
_WHOLE_ID = 18
_LONG_ENOUGH = 3


@dataclass(frozen=True)
class Level:
    """One way in which two records agree or not; of a group the first that holds counts.

    Attributes:
        finding: as in `policy.yaml`; "" where there is nothing to compare.
        condition: in SQL, with `_l` and `_r` behind the columns; ELSE: whatever is left.
        frequency: column whose rarity weighs; only where the policy weighs by frequency.
    """

    finding: str
    condition: str
    frequency: str | None = None


def _missing(*names: str) -> str:
    return " OR ".join(f"{name}_{side} IS NULL" for name in names for side in "lr")


def _either(condition: str) -> str:
    """A condition on `{one}` and `{other}`, whichever of the two records is which."""
    return " OR ".join(condition.format(one=a, other=b) for a, b in ("lr", "rl"))


_PARTS = ("id_region", "id_year", "id_day", "id_last")

#: group -> its levels, the strongest first.
LEVELS: dict[str, tuple[Level, ...]] = {
    "name": (
        Level("", "(written_l = written_r AND name_common_l) OR (core_l = core_r AND core_common_l)"),
        Level("firm_name.full", "full_l AND full_r AND plain_l = plain_r"),
        Level("name_same.same", "plain_l = plain_r", "written"),
        Level("name_script.same", "written_l = written_r", "written"),
        Level("name_former.same", _either("list_contains(former_{one}, simple_{other})"), "written"),
        Level("name_nickname.same", _either("list_has_any(called_{one}, nicknames_{other})") +
              " OR list_has_any(nicknames_l, nicknames_r)"),
        Level("name_sound.exact", "list_has_any(sounds_l, sounds_r)"),
        Level("name_sound.near", "sound_l = sound_r OR list_has_any(near_sounds_l, near_sounds_r)"),
        Level("name_similar.same", "list_has_any(left_open_l, left_open_r)"),
        Level("firm_core.same", "core_l = core_r", "core"),
        Level("", _missing("simple")),
        Level("name_different.different", "ELSE"),
    ),
    "village": (
        Level("", f"({_missing('village')}) AND ({_missing('village_key')})"),
        Level("village.same", "village_l = village_r"),
        Level("village.name_only", f"({_missing('village')}) AND village_key_l = village_key_r"),
        Level("village.homonym", "village_l <> village_r AND village_name_l = village_name_r"),
        Level("village.different", "ELSE"),
    ),
    "phone": (
        Level("", f"({_missing('phone_key')}) AND ({_missing('phone')})"),
        Level("phone.same", "phone_key_l = phone_key_r", "phone_key"),
        Level("phone.masked", f"({_missing('phone_key')}) AND (" +
              _either("phone_{one} LIKE replace(phone_{other}, '*', '_')") + ")", "phone"),
        Level("phone.different", "ELSE"),
    ),
    "birth": (
        Level("", _missing("birth")),
        Level("birth.same", "birth_l = birth_r"),
        Level("birth.near", "year(birth_l) = year(birth_r) AND (month(birth_l) = month(birth_r) OR "
              "(month(birth_l) = day(birth_r) AND day(birth_l) = month(birth_r)))"),
        Level("birth.different", "ELSE"),
    ),
    "sex": (
        Level("", _missing("sex")),
        Level("sex.same", "sex_l = sex_r"),
        Level("sex.different", "ELSE"),
    ),
    "address": (
        Level("", _missing("address")),
        Level("address.same", "address_l = address_r", "address"),
        Level("address.different", "ELSE"),
    ),
    "masked_id": (
        Level("masked_id.different", " OR ".join(f"{part}_l <> {part}_r" for part in _PARTS)),
        # the region alone is a whole county's and proves nothing
        Level("", " AND ".join(f"({_missing(part)})" for part in _PARTS[1:])),
        Level("masked_id.same", "ELSE"),
    ),
}  # fmt: skip

#: What is said where the rules are silent and a database still weighs: group -> (level, sentence).
SILENT = {
    "name": ("different", rule_text("name_different")),
    "phone": ("different", "双方联系电话不同。"),
    "sex": ("same", "性别相同。"),
    "address": ("different", "双方地址写法不同。"),
}


def columns(records: Sequence[Record], common: Commonness, policy: IdentityPolicy) -> pa.Table:
    """One row a record, `unique_id` its place; a value that too many share is no value."""
    return pa.Table.from_pylist(
        [
            {"unique_id": place, **_row(record, common, policy.generic)}
            for place, record in enumerate(records)
        ],
        _SCHEMA,
    )


def frequencies(
    table: pa.Table, column: str, common: Commonness, policy: IdentityPolicy
) -> pa.Table:
    """Share of all parties that have each value of a column, as `tf_<column>` beside it.

    Only firms have a core; of what both kinds have, the share is taken among persons.
    """
    kind = {"written": "name", "core": "firm_core", "phone_key": "phone"}.get(column, column)
    held = common.shared[kind]
    population = common.population(of_persons=column != "core", policy=policy)
    values = [value for value in table[column].unique().to_pylist() if value is not None]
    shares = [max(held.get(value, 0), 1) / population for value in values]
    return pa.table(
        {column: pa.array(values, pa.string()), f"tf_{column}": pa.array(shares, pa.float64())}
    )


_TEXTS = ("plain", "written", "simple", "sound", "core", "village", "village_name", "village_key",
          "phone_key", "phone", "sex", "address", *_PARTS)  # fmt: skip
_LISTS = ("former", "called", "nicknames", "sounds", "near_sounds", "left_open")
_SCHEMA = pa.schema(
    [("unique_id", pa.int64()), ("known", pa.bool_()), ("birth", pa.date32())]
    + [(name, pa.string()) for name in _TEXTS]
    + [(name, pa.list_(pa.string())) for name in _LISTS]
    + [(name, pa.bool_()) for name in ("name_common", "core_common", "full")]
)


def _row(record: Record, common: Commonness, generic: dict[str, int]) -> dict[str, Any]:
    def is_common(kind: str, value: str | None) -> bool:
        return value is not None and common.shared[kind].get(value, 0) > generic[kind]

    row: dict[str, Any] = {
        "known": bool(record.identifiers),
        "birth": record.birth_on,
        "village": record.village,
        "village_name": record.village_name,
        "village_key": village_key(record.village_name) if record.village_name else None,
        "sex": record.sex,
        "former": [simplified(each) for each in record.former_names],
    }
    for name in ("phone_key", "phone"):
        value = getattr(record, name)
        row[name] = None if is_common("phone", value) else value
    where = simplified(record.address) if record.address else None
    row["address"] = None if is_common("address", where) else where
    if record.name:
        written = common_writing(record.name)
        row |= {"plain": plain(record.name), "simple": simplified(record.name), "written": written}
        row["name_common"] = is_common("name", written)
        if not record.is_person:
            row |= {"core": core_name(record.name), "full": is_full_name(record.name)}
        elif len(written) > 1:
            near = folded_sounds(written)
            readings = islice(product(*(sorted(each) for each in syllables(written))), _MOST_SOUNDS)
            row |= {"sound": near[0], "near_sounds": near, "left_open": [*_left_open(written)]}
            row["sounds"] = [" ".join(way) for way in readings]
    row["core_common"] = is_common("firm_core", row.get("core"))
    if record.is_person:
        row |= {"called": sorted(called(record)), "nicknames": [*map(simplified, record.nicknames)]}
    return row | _digits(record)


def _left_open(name: str) -> Iterator[str]:
    """Forms in which a name meets every other that differs in one character of the given name.

    >>> sorted(set(_left_open("王建国")) & set(_left_open("王建军")))
    ['王建_']
    """
    first = surname_length(name)
    for place in range(first, len(name) + 1):
        yield f"{name[:place]}_{name[place:]}"
    if len(name) >= _LONG_ENOUGH:  # of two characters with one left open a surname is left
        for place in range(first, len(name)):
            yield f"{name[:place]}_{name[place + 1 :]}"
    for place in range(first, len(name) - 1):
        yield f"{name[:place]}~{''.join(sorted(name[place : place + 2]))}{name[place + 2 :]}"


def _digits(record: Record) -> dict[str, str]:
    """The parts of a masked id of 18 digits that are wholly visible; of the last four, the key."""
    digits = with_birth(record)
    if len(digits) != _WHOLE_ID:
        return {}
    last = record.tail_key or "*"
    parts = zip(_PARTS, (digits[:6], digits[6:10], digits[10:14], last), strict=True)
    return {name: part for name, part in parts if "*" not in part}
