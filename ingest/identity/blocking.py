"""Which pairs are compared at all: those that share a block, and of whom one is not identified.

Comparing everybody with everybody is 5·10⁹ pairs for 100,000 records.  A block is a value that the
same party would very likely share; a record is in several, so that one wrong value does not hide
it.  Blocks: the whole name as it sounds (near sounds folded, so writing, script and homophones fall
together); every former name and nickname; the name with one character left out, within a village;
phone; date of birth with the surname's sound; the key of an id's last four with the surname's
sound; a firm's core name.

What this misses: a name wrong in two characters, where phone, birth and masked id are not known or
wrong as well; a nickname that nobody stated; a block larger than the limit whose records have no
village (`Blocked.left_out` counts those records).

`blocks.sql` joins the same keys in a database, for `probabilistic`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from graph.names.sound import folded_sounds, surname_length
from graph.names.writing import common_writing, simplified
from ingest.identity.firm_name import core_name
from ingest.identity.record import Record

__all__ = ["Blocked", "block", "block_keys"]

_LONG_ENOUGH = 3  # with one of two characters left out nearly every name is like every other


@dataclass(frozen=True)
class Blocked:
    """Pairs to compare, as places in the list of records.

    Attributes:
        pairs: each once, the unidentified record first where only one is.
        left_out: block -> how many unidentified records of it were compared with nobody there.
    """

    pairs: list[tuple[int, int]]
    left_out: dict[str, int]


def block(records: Sequence[Record], *, most: int) -> Blocked:
    """Blocks larger than `most` are split by village; what has no village there is left out."""
    blocks: dict[tuple[str, str], tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for place, each in block_keys(records):
        blocks[each][1 if records[place].identifiers else 0].append(place)
    pairs: set[tuple[int, int]] = set()
    left_out: dict[str, int] = defaultdict(int)
    for (kind, _), (open_ones, known) in blocks.items():
        if not open_ones or len(open_ones) + len(known) < 2:
            continue
        if len(open_ones) + len(known) <= most:
            pairs.update(_between(open_ones, known))
            continue
        for of_village, (a, b) in _by_village(records, open_ones, known).items():
            if of_village is None or len(a) + len(b) > most:
                left_out[kind] += len(a)
            else:
                pairs.update(_between(a, b))
    return Blocked(sorted(pairs), dict(left_out))


def block_keys(records: Sequence[Record]) -> Iterator[tuple[int, tuple[str, str]]]:
    """Every block of every record, each once: (place of the record, (kind of block, value))."""
    nicknames = frozenset(common_writing(nick) for item in records for nick in item.nicknames)
    for place, record in enumerate(records):
        for each in set(_keys(record, nicknames)):
            yield place, each


def _between(open_ones: list[int], known: list[int]) -> Iterator[tuple[int, int]]:
    for number, one in enumerate(open_ones):
        for other in known:
            yield one, other
        for other in open_ones[number + 1 :]:
            yield (one, other) if one < other else (other, one)


def _by_village(
    records: Sequence[Record], open_ones: list[int], known: list[int]
) -> dict[str | None, tuple[list[int], list[int]]]:
    split: dict[str | None, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for side, places in enumerate((open_ones, known)):
        for place in places:
            split[records[place].village][side].append(place)
    return split


def _keys(record: Record, nicknames: frozenset[str]) -> Iterator[tuple[str, str]]:
    kind = "person" if record.is_person else "firm"
    for phone in (record.phone_key, record.phone):
        if phone:
            yield f"{kind}_phone", phone
    if record.is_person:
        yield from _person_keys(record, nicknames)
        return
    for name in (record.name, *record.former_names):
        if name:
            yield "firm_name", simplified(name)
            yield "firm_core", core_name(name)


def _person_keys(record: Record, nicknames: frozenset[str]) -> Iterator[tuple[str, str]]:
    for name in (record.name, *record.former_names):
        if not name:
            continue
        written = common_writing(name)
        for sound in folded_sounds(written):
            yield "sound", sound
        if record.village and len(written) >= _LONG_ENOUGH:
            for left in range(surname_length(written), len(written)):
                yield "similar", f"{record.village} {written[:left]}{written[left + 1 :]}"
    called = {common_writing(name) for name in record.nicknames}
    if record.name:
        # "张狗蛋" and "狗蛋" both meet the stated nickname "狗蛋"; what nobody states meets nobody
        written = common_writing(record.name)
        called |= {written, written[surname_length(written) :]} & nicknames
    for name in called:
        yield "called", name
    surname = folded_sounds(common_writing(record.name)[:1])[0] if record.name else None
    if surname is None:
        return
    if record.birth_on:
        yield "birth", f"{record.birth_on} {surname}"
    if record.tail_key:
        yield "masked_id", f"{record.tail_key} {surname}"
