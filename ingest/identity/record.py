"""What can be compared of a party: one record a key, gathered from what the log says of it."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Annotated, Any

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field

from graph.effective_batches import withdrawals
from graph.log import FactLog
from graph.names.writing import MIDDLE_DOTS
from graph.resolution import redirects
from graph.schema import SCHEMA
from graph.vocabulary import Node
from ingest.checking.naming import PROVISIONAL
from ingest.identity.former_codes import former_codes

__all__ = ["PROVISIONAL", "Record", "is_provisional", "read_records", "told"]

_SPLIT = re.compile(r"[、,，;；/]")
_BRACKETED = re.compile(r"[(（]([^)）]{0,200})[)）]")
_FORMER = re.compile(r"(?:曾用名|原名|曾名|旧名)[:：是为]?(.+)")
_NICK = re.compile(r"(?:小名|乳名|绰号|人称|又名|俗名|外号)[:：是为]?(.+)")
_TITLE = re.compile(
    r"(先生|女士|小姐|师傅|老板|同志|大爷|大妈|大娘|大叔|大姐|大哥|书记|主任|经理|老师)$"
)
_SILENT = re.compile(rf"[\s{MIDDLE_DOTS}]")
_VILLAGE = re.compile(r"(?:镇|乡|街道|^)([\u4e00-\u9fff]{1,5}?村)")


#: Compared, and shown to nobody.
Unsent = Field(exclude=True)


@dataclass(frozen=True)
class Record:
    """One party as far as it can be compared; whatever is not known is None or empty.

    Attributes:
        identifiers: keys that prove who it is (`person:…`, `org:…`, those of its former codes too).
        village: division code, 12 digits; `village_name` where only a name is known.
        phone: masked (138****1234), to be shown; `phone_key` proves that two numbers are equal.
        masked_id: resident id with its visible digits, never the last four, which `tail_key`
            compares.
        sources: who speaks of it, for the reader of a pair.
    """

    key: str
    label: str
    name: str | None = None
    former_names: tuple[str, ...] = ()
    nicknames: tuple[str, ...] = ()
    identifiers: Annotated[frozenset[str], Unsent] = frozenset()
    village: str | None = None
    village_name: str | None = None
    phone: str | None = None
    phone_key: Annotated[str | None, Unsent] = None
    birth_on: date | None = None
    sex: str | None = None
    address: str | None = None
    masked_id: str | None = None
    tail_key: Annotated[str | None, Unsent] = None
    sources: tuple[str, ...] = field(default=(), compare=False)

    @property
    def is_person(self) -> bool:
        """Whether it is a natural person."""
        return self.label == "Person"


def is_provisional(key: str) -> bool:
    """Whether the key stands for a mention without identifier."""
    return key.startswith(PROVISIONAL)


def told(record: Record) -> Record:
    """The record with what its name tells besides the name: aliases in brackets, forms of address.

    "张建国（小名狗蛋）" has a nickname, "刘女士" has no given name and so no name to compare.
    """
    if record.name is None:
        return record
    text = unicodedata.normalize("NFKC", record.name)
    former, nicks = list(record.former_names), list(record.nicknames)
    if record.is_person:
        for inside in _BRACKETED.findall(text):
            if found := _FORMER.search(inside):
                former += _split(found[1])
            elif found := _NICK.search(inside):
                nicks += _split(found[1])
        text = _BRACKETED.sub("", text)
    bare = _SILENT.sub("", text)
    without_title = _TITLE.sub("", bare) if record.is_person else bare
    sex = record.sex
    if record.is_person and without_title != bare and len(without_title) < 2:
        sex = sex or {"先生": "male", "女士": "female"}.get(bare[1:])
        return replace(record, name=None, sex=sex, former_names=tuple(former),
                       nicknames=tuple(nicks))  # fmt: skip
    return replace(
        record, name=without_title or None, former_names=tuple(former), nicknames=tuple(nicks)
    )


def read_records(log: FactLog, *, keys: Collection[str] | None = None) -> list[Record]:
    """Every party that the log describes, with all it ever was called, in the order of keys.

    Names that a party had before are its former names: a renamed firm is found by the old one.
    What was withdrawn was nobody's name.

    Args:
        keys: only these, given-up ones too; None: everybody who was not given up.
    """
    given_up = set() if keys is not None else set(redirects(log.read("SAME_AS").to_pylist()))
    codes = former_codes(log)
    wanted = None if keys is None else pa.array(sorted(keys), pa.string())
    gone = pa.array(sorted(withdrawals(log.batches())), pa.string())
    gathered: dict[str, dict[str, Any]] = {}
    for node in SCHEMA.nodes.values():
        if SCHEMA.superlabel(node) == "Party" and node.label != "Household":
            history = log.history(node.kind)
            if len(gone):
                history = history.filter(pc.invert(pc.is_in(history["batch"], value_set=gone)))
            if wanted is not None:
                history = history.filter(pc.is_in(history["key"], value_set=wanted))
            _gather(node, history.sort_by("known_from"), gathered)
    villages = dict(_columns(log.read("Village"), ("key", "name")))
    recoded = redirects(log.read("RECODED_AS").to_pylist())
    for party, told_of in _columns(log.read("LOCATED_IN"), ("from_key", "to_key")):
        division, _ = recoded.get(told_of, (told_of, ""))
        if party in gathered and division.startswith("division:"):
            gathered[party]["village"] = division.removeprefix("division:")
            gathered[party]["village_name"] = villages.get(division)
    before: dict[str, list[str]] = defaultdict(list)
    for code, today in codes.items():
        before[today].append(code)
        if {code, today} <= gathered.keys():
            names = gathered[today]["names"]
            gathered[today]["names"] = dict.fromkeys([*gathered[code]["names"], *names])
    return [
        told(_record(key, said, [codes.get(key, key), *before[codes.get(key, key)]]))
        for key, said in sorted(gathered.items())
        if key not in given_up
    ]


def _gather(node: Node, history: pa.Table, gathered: dict[str, dict[str, Any]]) -> None:
    wanted = [
        name
        for name in ("name", "phone_masked", "phone_key", "birth_on", "sex", "address", "resident_id_masked",
                     "resident_id_tail_key", "former_names", "nicknames")
        if name in {item.name for item in node.properties}
    ]  # fmt: skip
    if not wanted:
        return
    for key, label, source, known_to, *values in _columns(
        history, ("key", "label", "source", "known_to", *wanted)
    ):
        said = gathered.setdefault(key, {"label": label, "names": {}, "sources": {}})
        said["sources"][source] = None  # a dict keeps the order and each once
        for name, value in zip(wanted, values, strict=True):
            if value is None:
                continue
            if name == "name":
                said["names"][value] = None
            if known_to is None:
                said[name] = value


def _columns(table: Any, names: Iterable[str]) -> Iterable[tuple[Any, ...]]:
    return zip(*(table[name].to_pylist() for name in names), strict=True)


def _record(key: str, said: dict[str, Any], identifiers: list[str]) -> Record:
    name = said.get("name") or next(reversed(said["names"]), None)
    address = said.get("address")
    spelt = _VILLAGE.search(address) if address else None
    former = [old for old in said["names"] if old != name]
    return Record(
        key=key,
        label=said["label"],
        name=name,
        former_names=(*former, *_split(said.get("former_names"))),
        nicknames=_split(said.get("nicknames")),
        identifiers=frozenset(item for item in identifiers if not is_provisional(item)),
        village=said.get("village"),
        village_name=said.get("village_name") or (spelt[1] if spelt else None),
        phone=said.get("phone_masked"),
        phone_key=said.get("phone_key"),
        birth_on=said.get("birth_on"),
        sex=said.get("sex"),
        address=address,
        masked_id=said.get("resident_id_masked"),
        tail_key=said.get("resident_id_tail_key"),
        sources=tuple(said["sources"]),
    )


def _split(text: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in _SPLIT.split(text or "") if part.strip())
