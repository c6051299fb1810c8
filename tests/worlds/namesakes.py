"""A street of namesakes, and a reader that answers about them without an engine.

It finds as the question of the library does: whole numbers by their keys, names by their characters, and
those that are nearly written so.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from graph.identifiers import person_key, phone_key, resident_id, tail_key
from graph.identifiers import unified_social_credit_code as uscc
from queries.search import best_first, hidden, read_typed

__all__ = ["FIRM_CODE", "IDENTITY_KEY", "PEOPLE", "Neighbour", "Street", "id_of"]

IDENTITY_KEY = "22" * 32
FIRM_CODE = uscc.complete("91610305MA6X00Q1")


def id_of(born: str, serial: str) -> str:
    """A whole resident id of this county."""
    return resident_id.complete(f"610322{born}{serial}")


@dataclass(frozen=True)
class Neighbour:
    """One party as it stands in the register."""

    name: str
    number: str = ""
    label: str = "Person"
    town: str | None = None
    village: str | None = None
    age: int | None = None
    phone: str = ""
    sex: str | None = None
    key: str = ""

    @property
    def is_person(self) -> bool:
        return self.label == "Person"

    @property
    def known_by(self) -> str:
        if self.key:
            return self.key
        return person_key(self.number, IDENTITY_KEY) if self.is_person else f"org:{self.number}"

    def row(self, match: str, matched: str | None) -> dict[str, Any]:
        masked = resident_id.mask(self.number) if self.is_person and self.number else self.number
        return {
            "key": self.known_by, "name": self.name, "labels": [self.label], "masked": masked or None,
            "town": self.town, "village": self.village, "age": self.age, "match": match,
            "matched": matched,
        }  # fmt: skip


PEOPLE = (
    Neighbour("许春英", id_of("19750315", "002"), town="虢王镇", village="太平村", age=51,
              phone="13800000001", sex="female"),
    Neighbour("许春英", id_of("19900701", "104"), town="田家庄镇", village="和平村", age=35,
              phone="13800000002", sex="female"),
    Neighbour("许春英", id_of("19520809", "206"), town="田家庄镇", village="太平村", age=73, sex="female"),
    Neighbour("许春莹", id_of("19750316", "308"), town="虢王镇", village="太平村", age=51, sex="female"),
    Neighbour("许春英", label="Person", key="mention:1", town="虢王镇", village="太平村"),
    Neighbour("李永", id_of("19800505", "501"), town="虢王镇", village="太平村", age=45, sex="male"),
    Neighbour("李永", label="Household", key="household:li", town="虢王镇", village="太平村"),
    Neighbour("宝鸡市丰硕果业有限公司", FIRM_CODE, label="Enterprise"),
    Neighbour("丰硕集团有限公司", uscc.complete("91610305MA6X00R2"), label="Enterprise"),
)  # fmt: skip


class Street:
    """Answers `find_party` and `party_card`; remembers how often it was asked, and what."""

    def __init__(
        self, people: Iterable[Neighbour] = PEOPLE, *, listed: dict[str, float] | None = None,
        came: bool = True,
    ) -> None:  # fmt: skip
        self.people = tuple(people)
        self.listed = listed or {}
        self.scope = SimpleNamespace(sees_everything=False, open_kinds=frozenset())
        day = datetime(2026, 3, 1, tzinfo=UTC)
        batch = SimpleNamespace(source="judgment_defaulter", known_at=day, notes={}, batch="1")
        self.moment = SimpleNamespace(batches=[batch] if came else [])
        self.transactions = 0
        self.texts: list[str] = []
        self.basis = SimpleNamespace(truncated=False)

    def known_among(self, keys: Iterable[str]) -> list[str]:
        known = {one.known_by for one in self.people} | self.listed.keys()
        return [key for key in keys if key in known]

    def ask_many(self, questions: Iterable[tuple[str, dict[str, Any]]]) -> list[Any]:
        asked = list(questions)
        self.transactions += bool(asked)
        return [
            SimpleNamespace(
                rows=self._find(told["text"])
                if name == "find_party"
                else self._of(name, told["key"]),
                basis=SimpleNamespace(truncated=False),
            )
            for name, told in asked
        ]

    def _find(self, text: str) -> list[dict[str, Any]]:
        self.texts.append(text)
        typed = read_typed(hidden(text, IDENTITY_KEY))
        rows = []
        for one in self.people:
            if one.known_by in typed.keys:
                rows.append(one.row("key", None))
            if one.phone and phone_key(one.phone, IDENTITY_KEY) in typed.phone_keys:
                rows.append(one.row("phone", "138****0001"))
            if not typed.folded or (
                typed.within and typed.within not in f"{one.town}{one.village}"
            ):
                continue
            ends = tail_key(one.number[-4:], IDENTITY_KEY) if one.is_person and one.number else ""
            if typed.digits and ends != typed.tail_key:
                continue
            if one.label == "Household" and typed.household and typed.household in one.name:
                rows.append(one.row("household", one.name))
            elif typed.folded in one.name:
                rows.append(one.row("part", one.name))
            elif one.is_person and one.name[:2] == typed.folded[:2]:
                rows.append(one.row("near", one.name))
        return best_first(rows, typed)

    def _of(self, name: str, key: str) -> list[dict[str, Any]]:
        return self._card(key) if name == "party_card" else self._entries(key)

    def _entries(self, key: str) -> list[dict[str, Any]]:
        if key not in self.listed:
            return []
        return [{
            "entry_key": f"list:{key}", "list_kind": "judgment_defaulter", "case_no": "（2025）陕0305执1号",
            "authority": "凤翔区人民法院", "listed_on": None, "published_until": None, "source": None,
            "certainty": self.listed[key],
        }]  # fmt: skip

    def _card(self, key: str) -> list[dict[str, Any]]:
        [one] = [each for each in self.people if each.known_by == key]
        born = resident_id.birth_on(one.number) if one.is_person and one.number else None
        return [{"facts": {"birth_on": born, "sex": one.sex}}]
