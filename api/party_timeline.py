"""What happened to a party, day by day, the newest first: the third block of its page.

Only what still stands and may be shown is here; what was repaired, expired or withdrawn left the
answers that this is made of.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from api.wording import LABELS, money, show
from graph.time import MAX_DATE, MIN_DATE
from queries.codes import ADVERSE, adverse_word

if TYPE_CHECKING:
    from api.party_file import PartyFile

__all__ = ["MOST_EVENTS", "Event", "timeline_of"]

#: So many are shown; of the others it is said how many there are.
MOST_EVENTS = 40
#: Dates of the party itself.
_CARD = {"established_on": "成立", "ended_on": "注销"}
#: Kinds of record that say how something is, month by month, and are no event.
_STATES = frozenset({"CONTRIBUTES_TO", "PAYS_FOR", "GROWS", "RAISES", "OWNS"})


@dataclass(frozen=True)
class Event:
    """Something that happened on a day.

    Attributes:
        is_adverse: whether it is an adverse record of the party itself.
        is_coming: it is still to come.
    """

    on: date
    what: str
    detail: str
    is_adverse: bool = False
    is_coming: bool = False


def timeline_of(file: PartyFile, *, as_of: date) -> tuple[Event, ...]:
    """Every dated event that the page's answers tell of, the newest first, each once."""
    every = (_card, _loans, _guarantees, _adverse, _records)
    found = dict.fromkeys(event for tell in every for event in tell(file))
    told = [
        Event(one.on, one.what, one.detail, one.is_adverse, one.on > as_of)
        for one in found
        if MIN_DATE < one.on < MAX_DATE
    ]
    return tuple(sorted(told, key=lambda one: (one.on, one.what, one.detail), reverse=True))


def _card(file: PartyFile) -> Iterator[Event]:
    for row in file.card:
        for name, what in _CARD.items():
            if row["certainty"] >= 1 and isinstance(day := row["facts"].get(name), date):
                yield Event(day, what, "")
    for row in file.answers["legal_representative_firms"].rows:
        if row["since"]:
            whose = row["firm_name"] if row["person_key"] == file.key else row["person_name"]
            yield Event(row["since"], "任法定代表人", show(whose))


def _loans(file: PartyFile) -> Iterator[Event]:
    for row in file.loans:
        lender = show(row["lender"]) if row["lender"] else ""
        if row["granted_on"]:
            yield Event(row["granted_on"], "放款", _joined(lender, money(row["principal_fen"])))
        if row["settled_on"]:
            yield Event(row["settled_on"], "结清", lender)
        elif row["due_on"] and row["balance_fen"] != 0:
            yield Event(row["due_on"], "到期", _joined(lender, f"余额 {money(row['balance_fen'])}"))


def _guarantees(file: PartyFile) -> Iterator[Event]:
    for rows, what in ((file.given, "为他人担保"), (file.received, "他人为其担保")):
        for row in rows:
            if row["certainty"] >= 1 and row["since"]:
                detail = _joined(show(row["other_name"]), money(row["amount_fen"]))
                yield Event(row["since"], what, detail)


def _adverse(file: PartyFile) -> Iterator[Event]:
    for row in file.adverse.proven:
        # what a loan is now is no event of a day, and its dates stand with the loan
        if row["since"] and row["kind"] not in ("loan", "utility"):
            word = adverse_word(row["kind"], row["what"])
            yield Event(row["since"], ADVERSE[row["kind"]], word or "", is_adverse=True)


def _records(file: PartyFile) -> Iterator[Event]:
    for row in file.answers["records"].rows:
        told = row["certainty"] is None or row["certainty"] >= 1
        if told and row["since"] and row["kind"] not in _STATES | {"PENALISED_BY", "OWES"}:
            yield Event(row["since"], LABELS[row["kind"]], _named(row))


def _named(row: Mapping[str, Any]) -> str:
    facts = row["facts"] or {}
    wanted = ("name", "title", "document_no", "certificate_no", "policy_no", "year", "grade")
    return "，".join(show(facts[name]) for name in wanted if facts.get(name))[:80]


def _joined(*parts: str) -> str:
    return "，".join(part for part in parts if part)
