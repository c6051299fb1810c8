"""One detector over everything that is known of codes: taken facts and refused rows alike.

Nothing is decided here about a subject: what is found is asked of the registrar who gave the code,
and a code that a person has confirmed on evidence is counted apart.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc

from graph.identifiers import division_code
from graph.names.writing import plain
from graph.time import MAX_DATE, MIN_DATE
from queries.code_errors.form import faults, is_pilot
from queries.code_errors.registrar import registrar_of
from queries.code_errors.stock import Refused, RowRef, Stock

__all__ = ["CodeError", "Exceptions", "State", "detect"]

#: open: the registrar is to look at it; confirmed: a person did, on evidence; pilot: given out before
#: the standard, by its own rule.
State = Literal["open", "confirmed", "pilot"]

#: How codes of public bodies begin: beside that of its subject a decision has one of them.
_BODIES = ("11", "12", "13", "A1")

#: (code, kind) that a person has confirmed.
Exceptions = frozenset[tuple[str, str]]


@dataclass(frozen=True)
class CodeError:
    """One code, and one kind of fault.

    Attributes:
        code: as far as it may be shown; None where the refused cell was deleted since.
        names: of the subjects, a register's word first, as far as they may be shown.
        others: codes that it is held against.
        rows: where it stands, in the order of batches and rows.
        columns: cells in which it stood, of rows that were refused: file and heading.
        said: what in particular, in Chinese.
    """

    kind: str
    code: str | None
    registrar: str
    names: tuple[str, ...]
    others: tuple[str, ...]
    rows: tuple[RowRef, ...]
    columns: tuple[str, ...]
    state: State
    said: str = ""


@dataclass
class _Held:
    """What is told of one code."""

    names: dict[str, str]  # plain -> as written, a register's first
    rows: list[tuple[str, RowRef, bool]]  # plain name, row, whether a register says it
    label: str = ""
    state: str | None = None
    established_on: date | None = None
    ended_on: date | None = None
    address: str | None = None
    is_registered: bool = False


def detect(
    stock: Stock, refused: Iterable[Refused] = (), confirmed: Exceptions = frozenset()
) -> tuple[CodeError, ...]:
    """Every fault of every code, by kind and code; pure."""
    waiting = list(refused)
    held = _by_code(stock.parties)
    found = [
        *_by_form(stock, held),
        *_one_code_many(stock, held),
        *_one_subject_many(stock, held),
        *_inner_shared(stock, held),
        *_misnamed(stock, held),
        *_used_after_end(stock, held),
        *_of_refused(_coded(waiting, stock), held),
    ]
    return tuple(_joined(found, confirmed))


def _by_code(parties: pa.Table) -> dict[str, _Held]:
    held: dict[str, _Held] = {}
    rows = parties.to_pylist()
    # a register's word first, then what was said first
    rows.sort(key=lambda row: not _registers(row))
    for row in rows:
        one = held.setdefault(row["code"], _Held({}, [], row["label"]))
        is_register = _registers(row)
        name = plain(row["name"]) if row["name"] else ""
        if name:
            one.names.setdefault(name, row["name"])
        one.rows.append((name, RowRef(row["batch"], row["row"]), is_register))
        if is_register and not one.is_registered:
            one.is_registered, one.state = True, row["registration_state"]
            one.established_on, one.ended_on = row["established_on"], row["ended_on"]
            one.address = row["address"]
    return held


def _registers(row: Mapping[str, object]) -> bool:
    return row["registration_state"] is not None or row["established_on"] is not None


def _error(
    kind: str,
    code: str,
    held: Mapping[str, _Held],
    rows: Iterable[RowRef],
    *,
    others: Iterable[str] = (),
    said: str = "",
) -> CodeError:
    one = held.get(code)
    names = tuple(one.names.values()) if one else ()
    return CodeError(
        kind, code, registrar_of(code), names, tuple(sorted(others)), tuple(sorted({*rows})), (),
        "open", said,
    )  # fmt: skip


def _by_form(stock: Stock, held: Mapping[str, _Held]) -> Iterator[CodeError]:
    wrong = {
        code: kinds for code in pc.unique(stock.uses["code"]).to_pylist() if (kinds := faults(code))
    }
    chosen = stock.uses.filter(
        pc.is_in(stock.uses["code"], value_set=pa.array([*wrong], pa.string()))
    )
    rows = _rows_by_code(chosen)
    for code, kinds in wrong.items():
        pilot: State = "pilot" if is_pilot(code) else "open"
        for kind in kinds:
            found = _error(kind, code, held, rows[code])
            yield replace(found, state=pilot if kind == "CHECK_DIGIT" else "open")


def _rows_by_code(uses: pa.Table) -> dict[str, list[RowRef]]:
    rows: dict[str, list[RowRef]] = defaultdict(list)
    for code, batch, row in zip(
        *(uses[name].to_pylist() for name in ("code", "batch", "row")), strict=True
    ):
        rows[code].append(RowRef(batch, row))
    return rows


def _one_code_many(stock: Stock, held: Mapping[str, _Held]) -> Iterator[CodeError]:
    """Two registers give one code to subjects of different names."""
    for code, one in held.items():
        named = {name for name, _, is_register in one.rows if is_register and name}
        if len({name for name in named if not stock.is_renamed(code, name)}) > 1:
            rows = [ref for name, ref, is_register in one.rows if is_register and name]
            yield _error("ONE_CODE_MANY_SUBJECTS", code, held, rows)


def _one_subject_many(stock: Stock, held: Mapping[str, _Held]) -> Iterator[CodeError]:
    """A name with several codes in one registrar's area, whose lives overlap; and what an officer
    judged to be one subject."""
    alike: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for code, one in held.items():
        name = next(iter(one.names), "")
        if one.is_registered and name and not faults(code):
            area = division_code.current(code[2:8], MAX_DATE)
            alike[(name, one.label, area)].append(code)
    groups = [
        tuple(code for code in codes if any(_are_one(code, x, stock, held) for x in codes))
        for codes in alike.values()
        if len(codes) > 1
    ]
    groups += [
        (one, other) for one, other in map(sorted, stock.judged) if _live_together(one, other, held)
    ]
    for group in groups:
        for code in group:
            rows = [ref for _, ref, is_register in held[code].rows if is_register]
            yield _error("ONE_SUBJECT_MANY_CODES", code, held, rows, others={*group} - {code})


def _are_one(code: str, other: str, stock: Stock, held: Mapping[str, _Held]) -> bool:
    if code == other or frozenset({code, other}) in stock.former:
        return False
    if not _live_together(code, other, held):
        return False
    one, two = held[code], held[other]
    if one.label != "IndividualBusiness":
        return True  # 企业名称登记管理规定 第六条: one name in one registrar's area
    same = [
        one.established_on is not None and one.established_on == two.established_on,
        one.address is not None and one.address == two.address,
        bool(stock.heads.get(code, frozenset()) & stock.heads.get(other, frozenset())),
    ]
    return any(same)


def _live_together(code: str, other: str, held: Mapping[str, _Held]) -> bool:
    """Whether both are registered and neither ended before the other began."""
    one, two = held.get(code), held.get(other)
    if one is None or two is None or not (one.is_registered and two.is_registered):
        return False
    if any(x.state == "cancelled" and x.ended_on is None for x in (one, two)):
        return False  # the day of its end is unknown: nobody can tell
    spans = [(x.established_on or MIN_DATE, x.ended_on or MAX_DATE) for x in (one, two)]
    (first, first_end), (second, second_end) = spans
    return first < second_end and second < first_end


def _inner_shared(stock: Stock, held: Mapping[str, _Held]) -> Iterator[CodeError]:
    inner: dict[str, list[str]] = defaultdict(list)
    for code in pc.unique(stock.uses["code"]).to_pylist():
        if len(code) == 18:
            inner[code[8:17]].append(code)
    shared = {
        code: {*codes} - {code}
        for codes in inner.values()
        if len(codes) > 1
        for code in codes
        if any(frozenset({code, x}) not in stock.former for x in codes if x != code)
    }
    chosen = stock.uses.filter(
        pc.is_in(stock.uses["code"], value_set=pa.array([*shared], pa.string()))
    )
    rows = _rows_by_code(chosen)
    for code, others in shared.items():
        yield _error("INNER9_SHARED", code, held, rows[code], others=others)


def _misnamed(stock: Stock, held: Mapping[str, _Held]) -> Iterator[CodeError]:
    """Whoever mentions a registered code under a name that it never had."""
    for code, one in held.items():
        if not one.is_registered:
            continue
        known = {name for name, _, is_register in one.rows if is_register}
        rows = [
            ref
            for name, ref, is_register in one.rows
            if name and not is_register and name not in known and not stock.is_renamed(code, name)
        ]
        if known - {""} and rows:
            yield _error("NAME_MISMATCH", code, held, rows)


def _used_after_end(stock: Stock, held: Mapping[str, _Held]) -> Iterator[CodeError]:
    ended = {
        code: one.ended_on
        for code, one in held.items()
        if one.state == "cancelled" and one.ended_on is not None
    }
    chosen = stock.acts.filter(
        pc.is_in(stock.acts["code"], value_set=pa.array([*ended], pa.string()))
    )
    after: dict[str, list[RowRef]] = defaultdict(list)
    for act in chosen.to_pylist():
        if act["day"] > ended[act["code"]]:
            after[act["code"]].append(RowRef(act["batch"], act["row"]))
    for code, rows in after.items():
        yield _error("STATUS", code, held, rows, said=f"{ended[code]} 已注销")


def _coded(waiting: Iterable[Refused], stock: Stock) -> Iterator[Refused]:
    """Doubts about taken rows with the code that the row used, where that is plain."""
    waiting = list(waiting)
    taken = {(item.ref.batch, item.ref.row) for item in waiting if not item.ref.refused}
    batches = pa.array(sorted({batch for batch, _ in taken}), pa.string())
    used: dict[tuple[str, int], list[str]] = defaultdict(list)
    chosen = stock.uses.filter(pc.is_in(stock.uses["batch"], value_set=batches))
    for use in chosen.to_pylist() if taken else ():
        used[(use["batch"], use["row"])].append(use["code"])
    for item in waiting:
        if item.ref.refused or item.code is not None:
            yield item
            continue
        codes = used.get((item.ref.batch, item.ref.row), [])
        own = [code for code in codes if code.startswith(_BODIES) == item.of_body] or codes
        # of a person, or of one firm among several, nothing can be said from here
        if len(own) == 1:
            yield replace(item, code=own[0])


def _of_refused(waiting: Iterable[Refused], held: Mapping[str, _Held]) -> Iterator[CodeError]:
    for item in waiting:
        code, named = item.code, held.get(item.code or "")
        names = [*(named.names.values() if named else ()), *([item.name] if item.name else ())]
        # a number that is no code is for whoever sent it
        is_code = code is not None and item.kind not in ("RESIDENT_ID", "FILLER")
        by_form = faults(code) if is_code and code and "*" not in code else ()
        where = f"{item.file_name} 第 {item.ref.row} 行“{item.column}”"
        # a code that breaks several rules is refused for the first: the others are told as well
        for kind in dict.fromkeys([item.kind, *by_form]):
            yield CodeError(
                kind,
                code,
                registrar_of(code) if is_code and code else item.source,
                tuple(dict.fromkeys(names)),
                (),
                (item.ref,),
                (where,),
                "pilot" if kind == "CHECK_DIGIT" and code and is_pilot(code) else "open",
            )


def _joined(found: Iterable[CodeError], confirmed: Exceptions) -> Iterator[CodeError]:
    """One a code and kind; where nothing of a code is left to show, one a row."""
    groups: dict[tuple[object, ...], list[CodeError]] = defaultdict(list)
    for item in found:
        hidden = item.code is None or item.kind in ("RESIDENT_ID", "FILLER")
        groups[(item.kind, item.code, item.registrar, item.rows if hidden else ())].append(item)
    for (kind, code, *_), several in sorted(groups.items(), key=lambda each: str(each[0])):
        first = several[0]
        state: State = "confirmed" if (code, kind) in confirmed else first.state
        yield replace(
            first,
            names=tuple(dict.fromkeys(name for item in several for name in item.names)),
            others=tuple(sorted({other for item in several for other in item.others})),
            rows=tuple(sorted({ref for item in several for ref in item.rows})),
            columns=tuple(dict.fromkeys(text for item in several for text in item.columns)),
            state=state,
        )
