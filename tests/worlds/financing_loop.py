"""Random histories of the financing loop, and the same loop in plain Python to hold them against.

`Oracle` is written from the rules alone: a list of states, dicts of numbers, no tables.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

CHAIN = ["pushed", "accepted", "investigating", "granted", "signed", "disbursed"]
STEPS = ["accept", "investigate", "grant", "sign"]
BANKS = ("institution:A", "institution:B")
BEGINS = date(2026, 1, 5)


@dataclass(frozen=True)
class Event:
    """What somebody tells: under which number, about which demand at which bank."""

    bank: str
    reference: str
    act: str
    content: tuple[tuple[str, Any], ...] = ()
    reason: str = ""

    @property
    def said(self) -> dict[str, Any]:
        return dict(self.content)


def event(bank: str, reference: str, act: str, reason: str = "", **content: Any) -> Event:
    return Event(bank, reference, act, tuple(sorted(content.items())), reason)


@dataclass
class Note:
    amount: int
    terms: tuple[Any, ...]
    begins: date
    repaid: int = 0
    late: int = 0
    heard: date = BEGINS


@dataclass
class Case:
    state: str = "pushed"
    credit: int = 0
    begins: date = BEGINS
    ends: date = BEGINS
    rate: int = 0
    notes: dict[str, Note] = field(default_factory=dict)


class RefusedError(Exception):
    """By the rules it is not taken."""


class Oracle:
    """One application at one bank, by the rules."""

    def __init__(self) -> None:
        self.case = Case()
        self.told: dict[tuple[str, str], Event] = {}
        self.paid_out = self.paid_back = 0

    def take(self, told: Event) -> None:
        """Raises `RefusedError` with the reason; a number that comes twice changes nothing."""
        before = self.told.get((told.bank, told.reference))
        if before is not None:
            if before != told:
                raise RefusedError("reused")
            return
        if self._do(told):
            self.told[told.bank, told.reference] = told

    def _do(self, told: Event) -> bool:
        case, said = self.case, told.said
        at, act = case.state, told.act
        if act in STEPS:
            if at != CHAIN[STEPS.index(act)]:
                raise RefusedError("step")
            if act == "grant":
                case.credit, case.rate = said["amount_fen"], said["rate_ppm"]
                case.begins, case.ends = said["from_on"], said["to_on"]
            case.state = CHAIN[STEPS.index(act) + 1]
        elif act == "refuse":
            if at not in CHAIN[:3]:
                raise RefusedError("step")
            case.state = "refused"
        elif act == "disburse":
            if at not in ("signed", "disbursed", "repaying"):
                raise RefusedError("step")
            return self._pay_out(said)
        elif act == "repay":
            if at not in ("disbursed", "repaying", "overdue"):
                raise RefusedError("step")
            note = case.notes.get(said["note_no"])
            if note is None or note.repaid == note.amount or said["on"] < note.begins:
                raise RefusedError("note")
            if note.repaid + said["amount_fen"] > note.amount:
                raise RefusedError("too much")
            note.repaid += said["amount_fen"]
            self.paid_back += said["amount_fen"]
            if said["on"] >= note.heard:
                note.heard, note.late = said["on"], said.get("overdue_days", 0)
            if note.repaid == note.amount:
                note.late = 0
            late = any(each.late for each in case.notes.values())
            case.state = "overdue" if at == "overdue" and late else "repaying"
        elif act == "overdue":
            if at not in ("disbursed", "repaying", "overdue"):
                raise RefusedError("step")
            note = case.notes.get(said["note_no"])
            if note is None or note.repaid == note.amount or said["on"] < note.heard:
                raise RefusedError("note")
            note.heard, note.late = said["on"], said["overdue_days"]
            case.state = "overdue"
        elif act == "settle":
            if at not in ("repaying", "overdue"):
                raise RefusedError("step")
            if any(note.repaid < note.amount for note in case.notes.values()):
                raise RefusedError("owed")
            case.state = "settled"
        elif act == "feedback":
            if at not in ("settled", "refused"):
                raise RefusedError("step")
            case.state = "closed"
        return True

    def _pay_out(self, said: dict[str, Any]) -> bool:
        case = self.case
        terms = (said["amount_fen"], said["on"], said["due_on"], said.get("stated_first"))
        if held := case.notes.get(said["note_no"]):
            if held.terms != terms:
                raise RefusedError("note")
            return False
        if not case.begins <= said["on"] <= case.ends:
            raise RefusedError("validity")
        if self.paid_out + said["amount_fen"] > case.credit:
            raise RefusedError("exceeded")
        self.paid_out += said["amount_fen"]
        case.notes[said["note_no"]] = Note(said["amount_fen"], terms, said["on"], heard=said["on"])
        if case.state == "signed":
            case.state = "disbursed"
        return True


def told_straight(number: int, bank: str, random: random.Random) -> list[Event]:
    """What a bank tells of one application from beginning to end, in order, each once."""
    name = f"{number}"
    day = BEGINS + timedelta(random.randrange(60))
    events = [event(bank, f"{name}-1", "accept")]
    if random.random() < 0.15:
        return [*events, event(bank, f"{name}-2", "refuse", "收入不足以还款", code="debt_high"),
                event(bank, f"{name}-f", "feedback")]  # fmt: skip
    credit = random.randrange(1, 50) * 1_000_000
    events += [
        event(bank, f"{name}-2", "investigate"),
        event(bank, f"{name}-3", "grant", line_no=f"SX{name}", amount_fen=credit, from_on=day,
              to_on=day + timedelta(365), rate_ppm=43_500,
              security_kind=random.choice(["unsecured", "guarantee"])),
        event(bank, f"{name}-4", "sign", contract_no=f"HT{name}", signed_on=day),
    ]  # fmt: skip
    notes = random.randrange(1, 4)
    for place in range(notes):
        note, on = f"JJ{name}-{place}", day + timedelta(random.randrange(30))
        # now and then more than is left, which must never be paid
        amount = credit // notes + (random.random() < 0.1) * credit
        events.append(event(bank, f"{name}-d{place}", "disburse", note_no=note, amount_fen=amount,
                            on=on, due_on=on + timedelta(180), stated_first=random.choice(
                                ["first", "not_first"])))  # fmt: skip
        left, step = amount, 0
        while left and random.random() < 0.95:
            step += 1
            on += timedelta(random.randrange(1, 30))
            if random.random() < 0.2:
                events.append(event(bank, f"{name}-o{place}.{step}", "overdue", note_no=note, on=on,
                                    overdue_days=random.randrange(1, 90)))  # fmt: skip
                continue
            paid = left if random.random() < 0.5 else min(left, amount // 3 + 1)
            left -= paid
            events.append(event(bank, f"{name}-r{place}.{step}", "repay", note_no=note,
                                amount_fen=paid, on=on))  # fmt: skip
    return [*events, event(bank, f"{name}-s", "settle", on=BEGINS + timedelta(300)),
            event(bank, f"{name}-f", "feedback", stated_first="first")]  # fmt: skip


def disturbed(events: list[Event], random: random.Random) -> list[Event]:
    """The same as a network brings it: some twice, some late, some again with another content."""
    told: list[tuple[float, Event]] = []
    for place, each in enumerate(events):
        told.append((place + random.choice([0, 0, 0, 0, 1.5, 4]), each))
        while random.random() < 0.3:
            told.append((place + random.random() * 6, each))
        if random.random() < 0.05 and each.act in ("repay", "disburse"):
            other = {**each.said, "amount_fen": each.said["amount_fen"] + 1}
            told.append((place + 0.5, event(each.bank, each.reference, each.act, **other)))
        if random.random() < 0.05 and each.act == "disburse":
            # the same note under another number
            told.append((place + 2, event(each.bank, each.reference + "x", each.act, **each.said)))
    told.sort(key=lambda item: item[0])
    # whoever was refused for coming too early tells it again
    return [each for _, each in told] + events + events
