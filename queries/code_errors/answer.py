"""Wrong codes of the district: what was found, how much of everything that is, and who is to act.

The rate is given by codes and by rows, each with numerator and denominator; the rows behind the
numerator stand in the errors.  Codes confirmed on evidence and those of the pilot are told beside.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import pyarrow.compute as pc

from queries.basis import Basis
from queries.code_errors.detection import CodeError, Exceptions, detect
from queries.code_errors.kinds import kinds
from queries.code_errors.registrar import registrar_of
from queries.code_errors.stock import Refused, RowRef, Stock, read_stock
from queries.district import DistrictReader

__all__ = ["CodeErrors", "KindCount", "RegistrarLoad", "Share", "code_errors", "summed"]


@dataclass(frozen=True)
class Share:
    """So many of so many; `ratio` is None where there is nothing to be a part of."""

    numerator: int
    denominator: int
    ratio: float | None

    @classmethod
    def of(cls, numerator: int, denominator: int) -> Share:
        """The share of two counts."""
        return cls(numerator, denominator, numerator / denominator if denominator else None)


@dataclass(frozen=True)
class KindCount:
    """How often a kind was found: open codes and rows, and what is told beside."""

    kind: str
    term: str
    group: str
    codes: int
    records: int
    confirmed: int
    pilot: int


@dataclass(frozen=True)
class RegistrarLoad:
    """What waits for a registrar: the share of its own codes, and kind by kind what to do."""

    registrar: str
    codes: Share
    records: Share
    to_do: tuple[tuple[str, int, str], ...]


@dataclass(frozen=True)
class CodeErrors:
    """The answer.

    Attributes:
        codes, records: the rate by codes and by rows (`kinds.yaml` says how it is formed).
        errors: everything found, by kind and code.
        says: how the rate is formed, in Chinese.
    """

    basis: Basis
    codes: Share
    records: Share
    kinds: tuple[KindCount, ...]
    registrars: tuple[RegistrarLoad, ...]
    errors: tuple[CodeError, ...]
    rules: str
    says: str

    def of(self, kind: str = "", registrar: str = "", state: str = "") -> tuple[CodeError, ...]:
        """The errors that a filter leaves; an empty word leaves all."""
        return tuple(
            item
            for item in self.errors
            if kind in ("", item.kind)
            and registrar in ("", item.registrar)
            and state in ("", item.state)
        )


def code_errors(
    reader: DistrictReader, refused: Collection[Refused], confirmed: Exceptions
) -> CodeErrors:
    """Wrong codes at the reader's moment.

    Args:
        refused: rows in quarantine and doubts about taken ones, of those who may see them.
        confirmed: (code, kind) that a person confirmed on evidence.
    """
    return summed(reader.basis, read_stock(reader), refused, confirmed)


def summed(
    basis: Basis, stock: Stock, refused: Collection[Refused], confirmed: Exceptions
) -> CodeErrors:
    """The answer over a stock; pure."""
    errors = detect(stock, refused, confirmed)
    counted = {item.code for item in kinds().kinds if item.in_rate}
    wrong = [item for item in errors if item.state == "open" and item.kind in counted]
    every_code = {*pc.unique(stock.uses["code"]).to_pylist()}
    every_code |= {x.code for x in errors if x.code and x.kind not in ("RESIDENT_ID", "FILLER")}
    # refused cells of which nothing is left to show are each a code that nobody can tell apart
    lost = {x.rows for x in errors if x.code is None and x.kind in counted}
    of_row = {ref for item in errors for ref in item.rows if item.kind in counted}
    of_row |= {item.ref for item in refused if item.kind != "RESIDENT_ID"}
    taken = stock.uses.group_by(["batch", "row"]).aggregate([])
    rows = len(taken) + sum(ref.refused for ref in of_row)
    return CodeErrors(
        basis,
        Share.of(_codes(wrong), len(every_code) + len(lost)),
        Share.of(len(_rows(wrong)), rows),
        _counts(errors),
        _loads(stock, errors, counted),
        errors,
        kinds().name,
        kinds().formula.says,
    )


def _codes(errors: Iterable[CodeError]) -> int:
    return len({item.code or item.rows for item in errors})


def _rows(errors: Iterable[CodeError]) -> set[RowRef]:
    return {ref for item in errors for ref in item.rows}


def _counts(errors: Collection[CodeError]) -> tuple[KindCount, ...]:
    found = []
    for kind in kinds().kinds:
        of_kind = [item for item in errors if item.kind == kind.code]
        still = [item for item in of_kind if item.state == "open"]
        states = [item.state for item in of_kind]
        found.append(
            KindCount(
                kind.code,
                kind.term,
                kind.group,
                _codes(still),
                len(_rows(still)),
                states.count("confirmed"),
                states.count("pilot"),
            )
        )
    return tuple(found)


def _loads(
    stock: Stock, errors: Collection[CodeError], counted: Collection[str]
) -> tuple[RegistrarLoad, ...]:
    """Whoever has something open, the longest list first."""
    given: dict[str, set[str]] = {}
    for code in pc.unique(stock.uses["code"]).to_pylist():
        given.setdefault(registrar_of(code), set()).add(code)
    first = pc.utf8_slice_codeunits(stock.uses["code"], 0, 1)
    own_rows = stock.uses.append_column("first", first).group_by(["first", "batch", "row"])
    told = own_rows.aggregate([]).group_by("first").aggregate([("row", "count")])
    uses: dict[str, int] = {}
    for character, count in zip(
        told["first"].to_pylist(), told["row_count"].to_pylist(), strict=True
    ):
        uses[registrar_of(character)] = uses.get(registrar_of(character), 0) + count
    loads = []
    for name in dict.fromkeys(item.registrar for item in errors if item.state == "open"):
        own = [item for item in errors if item.registrar == name and item.state == "open"]
        wrong = [item for item in own if item.kind in counted]
        codes = given.get(name, set()) | {x.code for x in wrong if x.code}
        refused = {ref for ref in _rows(own) if ref.refused}
        loads.append(
            RegistrarLoad(
                name,
                Share.of(_codes(wrong), len(codes) + len({x.rows for x in wrong if not x.code})),
                Share.of(len(_rows(wrong)), uses.get(name, 0) + len(refused)),
                tuple(
                    (kind.term, _codes(of_kind), kind.to_do)
                    for kind in kinds().kinds
                    if (of_kind := [item for item in own if item.kind == kind.code])
                ),
            )
        )
    return tuple(sorted(loads, key=lambda each: (-each.records.numerator, each.registrar)))
