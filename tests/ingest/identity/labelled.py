"""The labelled pairs, read; and how well rules and probabilities do on them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from graph.identifiers import person_key, phone_key, resident_id, tail_key
from graph.identifiers import unified_social_credit_code as uscc
from graph.identifiers.appearance import masked_form, visible_tail
from graph.names.writing import common_writing, simplified
from ingest.identity.commonness import Commonness
from ingest.identity.comparison import Comparison, compare
from ingest.identity.firm_name import core_name
from ingest.identity.policy import load_policy
from ingest.identity.record import Record, told
from ingest.identity.rules import findings

KEY = "7c" * 32
POPULATION = 20_000
_KINDS = {"P": "Person", "E": "Enterprise", "I": "IndividualBusiness", "C": "Cooperative",
          "F": "FamilyFarm"}  # fmt: skip


@dataclass(frozen=True)
class Pair:
    """One labelled pair and how common its values are."""

    line: int
    hazard: str
    same: bool
    one: Record
    other: Record
    common: Commonness

    def compared(self) -> Comparison:
        return compare(self.one, self.other, self.common, load_policy())


@dataclass(frozen=True)
class Score:
    """Of the pairs that something held of: how many were right, and of the right ones how many."""

    fired: int
    right: int
    wanted: int

    @property
    def precision(self) -> float:
        return self.right / self.fired if self.fired else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.wanted if self.wanted else 1.0


def load() -> list[Pair]:
    """Every pair of the file."""
    pairs = []
    lines = Path(__file__).with_name("labelled.txt").read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines, start=1):
        if line.startswith("#") or not line.strip():
            continue
        hazard, same, one, other, shared = (part.strip() for part in line.split("|"))
        a, b = _record(f"{number}a", one), _record(f"{number}b", other)
        pairs.append(Pair(number, hazard, {"same": True, "different": False}[same], a, b,
                          _common(a, b, shared)))  # fmt: skip
    return pairs


def by_rule(pairs: Iterable[Pair]) -> dict[str, Score]:
    """For each finding of each rule: how often it held, and how often it spoke the truth."""
    fired: dict[str, list[bool]] = defaultdict(list)
    totals = {True: 0, False: 0}
    policy = load_policy()
    for pair in pairs:
        totals[pair.same] += 1
        for _, rule, outcome in findings(pair.one, pair.other):
            name = f"{rule}.{outcome.level}"
            finding = policy.findings[name]
            says_same = finding.bits is None or finding.bits > 0
            fired[name].append(pair.same == says_same)
    found = {}
    for name, truths in sorted(fired.items()):
        finding = policy.findings[name]
        says_same = finding.bits is None or finding.bits > 0
        found[name] = Score(len(truths), sum(truths), totals[says_same])
    return found


def at(pairs: Iterable[Pair], threshold: float) -> Score:
    """Precision and recall of "same" for pairs at least so probable."""
    chosen = [(pair.same, pair.compared().probability >= threshold) for pair in pairs]
    return Score(
        sum(hit for _, hit in chosen),
        sum(same and hit for same, hit in chosen),
        sum(same for same, _ in chosen),
    )


def _record(key: str, text: str) -> Record:
    words = text.split()
    name = " ".join(word for word in words if "=" not in word)
    said = dict(word.split("=", 1) for word in words if "=" in word)
    label = _KINDS[said.get("k", "P")]
    birth = said.get("b")
    phone = said.get("p")
    record = Record(
        key=key,
        label=label,
        name=name or None,
        former_names=tuple(_list(said.get("f"))),
        nicknames=tuple(_list(said.get("n"))),
        identifiers=frozenset(
            _identifier(said[each], label) for each in ("i", "j") if each in said
        ),
        village=f"610305{said['v']}" if "v" in said else None,
        village_name=said.get("vn"),
        phone=f"{phone[:3]}****{phone[-4:]}" if phone else None,
        phone_key=phone_key(phone, KEY) if phone and "masked" not in said else None,
        birth_on=date.fromisoformat(birth) if birth else None,
        sex=said.get("s"),
        address=said.get("a"),
        masked_id=masked_form(said["m"]) if "m" in said else None,
        tail_key=tail_key(visible_tail(said["m"]) or "", KEY) if "m" in said else None,
    )
    return told(record)


def _identifier(text: str, label: str) -> str:
    if label == "Person":
        value = resident_id.complete(text) if len(text) == 17 else text
        return person_key(value, KEY)
    return f"org:{uscc.complete(text)}"


def _list(text: str | None) -> Iterator[str]:
    yield from (text or "").split("、") if text else ()


def _common(one: Record, other: Record, shared: str) -> Commonness:
    stated = {kind: int(count) for kind, count in (item.split("=") for item in shared.split())}
    counts: dict[str, dict[str, int]] = {}
    for kind in ("name", "firm_core", "phone", "address"):
        values = {value for record in (one, other) for value in _values(record, kind)}
        counts[kind] = dict.fromkeys(values, stated.get(kind, 1))
    return Commonness(POPULATION, POPULATION, counts)


def _values(record: Record, kind: str) -> Iterator[str]:
    if kind == "name":
        yield from (common_writing(name) for name in (record.name, *record.former_names) if name)
    elif kind == "firm_core" and record.name and not record.is_person:
        yield core_name(record.name)
    elif kind == "phone":
        yield from (phone for phone in (record.phone, record.phone_key) if phone)
    elif kind == "address" and record.address:
        yield simplified(record.address)


def swapped(pair: Pair) -> Pair:
    """The same pair, the other way round."""
    return replace(pair, one=pair.other, other=pair.one)
