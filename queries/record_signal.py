"""The own record of a party in one colour and one reason, for who has three seconds.

Of its own records only, that may lawfully be used today and are proven to be its own; what is linked
to it has no colour.  Green is a sentence about sources that were asked: where the lists or the loans
were not, or not for this reader, it is unknown, and unknown is not green.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar, Literal

from pydantic import model_validator

from graph.termed import Termed
from queries.codes import ADVERSE, adverse_codes
from queries.rule_file import RuleFile, read_rules

__all__ = ["RecordSignal", "Signal", "SignalRules", "load_signals", "signal_of", "worst_signal"]

#: Codes of one kind of record, or all that there are.
Codes = tuple[str, ...] | Literal["any"]


class Signal(Termed):
    """What the own record says at a glance, the worst first."""

    RED = "red", "有不利记录"
    AMBER = "amber", "有需留意的记录"
    UNKNOWN = "unknown", "尚不能判断"
    GREEN = "green", "未发现不利记录"


_RANK = {signal: place for place, signal in enumerate(Signal)}


class SignalRules(RuleFile):
    """All of `record_signal.yaml`."""

    FILE: ClassVar[str] = "record_signal"

    basis: str
    red: Mapping[str, Codes]
    amber: Mapping[str, Codes]
    needed: tuple[str, ...]

    @model_validator(mode="after")
    def _of_known_kinds(self) -> SignalRules:
        stated = {*self.red, *self.amber, *self.needed}
        if stated != {*ADVERSE}:
            raise ValueError(
                f"{stated ^ {*ADVERSE}}: not every kind of adverse record has a colour"
            )
        return self

    def of(self, row: Mapping[str, Any]) -> tuple[Signal, int]:
        """Colour of one adverse record, and its place among those of that colour.

        A code that is named counts for more than `any`; a record that is of several codes, or says
        none, is what the worst of them is.
        """
        kind = row["kind"]
        codes = adverse_codes(kind, row["what"]) or [""]
        found = [self._of_code(kind, code) for code in codes]
        return min(found, key=lambda one: (_RANK[one[0]], one[1]))

    def _of_code(self, kind: str, code: str) -> tuple[Signal, int]:
        colours = ((Signal.RED, self.red), (Signal.AMBER, self.amber))
        for signal, kinds in colours:
            told = kinds.get(kind, ())
            if told != "any" and code in told:
                return signal, self._place(kinds, kind, told.index(code))
        for signal, kinds in colours:
            if kinds.get(kind) == "any":
                return signal, self._place(kinds, kind, 0)
        # what the file does not name is not left green
        return Signal.AMBER, self._place(self.amber, kind, 99)

    @staticmethod
    def _place(kinds: Mapping[str, Codes], kind: str, within: int) -> int:
        order = [*kinds]
        return (order.index(kind) if kind in order else len(order)) * 100 + within


@dataclass(frozen=True)
class RecordSignal:
    """The colour, and the record that it is by.

    Attributes:
        reason: row of `adverse_records`; None where no record is the reason.
        more: how many others there are besides.
        unheard: kinds of record, of those that are needed, that nobody was asked for.
    """

    signal: Signal
    reason: Mapping[str, Any] | None = None
    more: int = 0
    unheard: tuple[str, ...] = ()


@cache
def load_signals() -> SignalRules:
    """The rules in force."""
    return read_rules(SignalRules)


def signal_of(proven: Iterable[Mapping[str, Any]], unheard: Iterable[str]) -> RecordSignal:
    """The colour of a party's own record.

    Args:
        proven: rows of `adverse_records` that are of the party itself.
        unheard: kinds that no source brought, or none to this reader (`queries.adverse`).
    """
    rules, rows = load_signals(), list(proven)
    if rows:
        reason = min(rows, key=lambda row: _rank(rules, row))
        return RecordSignal(rules.of(reason)[0], reason, len(rows) - 1)
    missing = tuple(kind for kind in rules.needed if kind in {*unheard})
    return RecordSignal(Signal.UNKNOWN if missing else Signal.GREEN, unheard=missing)


def worst_signal(signals: Iterable[RecordSignal]) -> int:
    """Place of the worst of several; the first of those alike.  Raises `ValueError` for none."""
    told = list(signals)
    return min(range(len(told)), key=lambda place: (_RANK[told[place].signal], place))


def _rank(rules: SignalRules, row: Mapping[str, Any]) -> tuple[int, int, int]:
    signal, place = rules.of(row)
    since = row["since"].toordinal() if row["since"] is not None else 0
    return _RANK[signal], place, -since
