"""Beneficial ownership statements (BODS 0.4): entities, persons, and who has what interest in whom.

A direct shareholding in a firm is a holding like that of the register, with its exact ratio or its
range.  Everything else (votes, nominees, parties to a trust, indirect shares, influence) is a
declared interest: an indirect share that counted as a holding would count twice.  Whoever is
declared a beneficial owner is that by declaration only; what the holdings prove is worked out apart.

A relationship may name only records of the same file (the standard says so of a package); a file
that names others is refused whole, since nobody could tell a person from a firm.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pandas as pd

from graph.errors import InputError
from ingest.checking.parties import organisation
from ingest.emit import FactFrame, node, tie

__all__ = ["statement"]

_FIRMS = ("Enterprise", "Cooperative")
_LABELS = {
    "registeredEntity": "Enterprise",
    "legalEntity": "Enterprise",
    "arrangement": "LegalArrangement",
    "state": "GovernmentBody",
    "stateBody": "GovernmentBody",
}

#: Key and label of a record.
_End = tuple[str, str]


@dataclass(frozen=True)
class _Interest:
    """One interest of a relationship statement, by the number of its row."""

    row: int
    said: dict[str, Any]
    place: int
    source: _End
    target: _End
    record: str
    since: date
    until: date | None


def statement(rows: pd.DataFrame) -> Iterator[FactFrame]:
    """One row a statement; a list of interests in it is as many ties."""
    ends: dict[str, _End] = {}
    for row in rows.itertuples():
        if row.record_type != "relationship":
            ends[row.record_id] = _end(row)
    yield from _parties(rows, ends)
    yield from _undisclosed(rows, ends)
    yield from _ties([item for row in rows.itertuples() for item in _interests(row, ends)])


def _end(row: Any) -> _End:
    if row.record_type == "person":
        return f"bods:person:{row.record_id}", "Person"
    for identifier in _listed(row.identifiers):
        (key, label, *_), _ = organisation(str(identifier.get("id") or ""))
        if key is not None:
            return key, label
    return f"bods:entity:{row.record_id}", _LABELS.get(row.entity_type, "OtherOrganisation")


def _parties(rows: pd.DataFrame, ends: dict[str, _End]) -> Iterator[FactFrame]:
    # a record that was updated is told by its last statement
    last = ~rows["record_id"].duplicated(keep="last") & (rows["record_type"] != "relationship")
    named = rows[last]
    key = named["record_id"].map(lambda record: ends[record][0])
    label = named["record_id"].map(lambda record: ends[record][1])
    for kind in sorted(set(label)):
        some = named[label == kind]
        told: dict[str, Any] = {"name": some["entity_name"]}
        if kind == "Person":
            told = {"name": some["names"].map(_name), "birth_on": some["birth"].map(_day)}
        elif kind == "LegalArrangement":
            told["arrangement_kind"] = some["arrangement_kind"]
        else:
            code = key[some.index].where(key.str.startswith("org:")).str.removeprefix("org:")
            told |= {"unified_social_credit_code": code, "established_on": some["founded_on"]}
        yield node(kind, some, key=key[some.index], **told)


def _undisclosed(rows: pd.DataFrame, ends: dict[str, _End]) -> Iterator[FactFrame]:
    """Listed firms, and those of whom it is said why nobody is named."""
    firms = rows["record_id"].where(rows["record_type"] == "entity")
    firms = rows["subject"].where(rows["reason"].notna(), firms)
    key = firms.map(lambda record: ends.get(record, (None, None))[0], na_action="ignore")
    label = firms.map(lambda record: ends.get(record, (None, None))[1], na_action="ignore")
    said = (rows["reason"].notna() | rows["is_listed"].notna()) & (label == "Enterprise")
    told = rows[said].assign(key=key[said])
    # a firm is told of by its own statement and by one about its owners: one fact of both
    one = told.groupby("key", sort=False).agg(
        {"is_listed": "last", "reason": "last", "note": "last", "stated_on": "last"}
    )
    last = told[~told["key"].duplicated(keep="last")]
    at = one.loc[last["key"]].set_axis(last.index)
    yield node(
        "OwnershipDisclosure",
        last,
        key=last["key"],
        valid_from=at["stated_on"],
        is_listed=at["is_listed"],
        reason=at["reason"],
        note=at["note"],
    )


def _interests(row: Any, ends: dict[str, _End]) -> Iterator[_Interest]:
    if row.record_type != "relationship" or pd.isna(row.interested):
        return
    for record in (row.subject, row.interested):
        if record not in ends:
            raise InputError(
                f"第 {row.Index} 行的关系声明引用了本文件中没有的记录 {record}。"
                "请把被引用的主体和自然人的声明放在同一个文件里。",
                f"Row {row.Index}: record {record} is not in this file.",
                code="record_missing",
            )
    closed = row.stated_on if row.record_status == "closed" else None
    # an interest of which nothing is told is one all the same
    for place, said in enumerate(_listed(row.interests) or [{}]):
        since = _day(said.get("startDate")) or row.stated_on
        over = [day for day in (_day(said.get("endDate")), closed) if day is not None]
        # what is over on the day that it began was true of that day
        until = max(min(over), since + timedelta(1)) if over else None
        yield _Interest(
            row.Index, said, place, ends[row.interested], ends[row.subject], row.record_id,
            since, until,
        )  # fmt: skip


def _ties(found: list[_Interest]) -> Iterator[FactFrame]:
    for kind, chosen in (
        ("HAS_INTEREST_IN", found),
        ("HOLDS_SHARES_IN", [item for item in found if _is_holding(item)]),
    ):
        # several interests of one statement are several facts of one row
        for place in sorted({item.place for item in chosen}):
            some = [item for item in chosen if item.place == place]
            yield _tie(kind, some)


def _tie(kind: str, some: list[_Interest]) -> FactFrame:
    told = pd.DataFrame([_told(item) for item in some], index=[item.row for item in some])
    told = told.astype(object).where(told.notna(), None)
    said = ["interest", "is_direct", "is_beneficial", "ratio", "least_ratio", "most_ratio",
            "least_is_open", "most_is_open"]  # fmt: skip
    if kind == "HOLDS_SHARES_IN":
        told["share_ratio"] = told["ratio"]
        said = ["share_ratio", "least_ratio", "most_ratio"]
    return tie(
        kind,
        told,
        source=(told["from"], told["from_label"]),
        target=(told["to"], told["to_label"]),
        discriminator=told["apart"],
        valid_from=told["since"],
        valid_to=told["until"],
        columns=said,
    )


def _told(item: _Interest) -> dict[str, Any]:
    share = item.said.get("share") or {}
    least = share.get("minimum", share.get("exclusiveMinimum"))
    most = share.get("maximum", share.get("exclusiveMaximum"))
    direct = {"direct": True, "indirect": False}.get(str(item.said.get("directOrIndirect")))
    return {
        "from": item.source[0], "from_label": item.source[1],
        "to": item.target[0], "to_label": item.target[1],
        "apart": f"{item.record}:{item.place}", "since": item.since, "until": item.until,
        "interest": item.said.get("type") or "unknownInterest",
        "is_direct": direct,
        "is_beneficial": bool(item.said.get("beneficialOwnershipOrControl")),
        "ratio": _part(share.get("exact")), "least_ratio": _part(least), "most_ratio": _part(most),
        "least_is_open": None if least is None else "minimum" not in share,
        "most_is_open": None if most is None else "maximum" not in share,
    }  # fmt: skip


def _is_holding(item: _Interest) -> bool:
    """A direct shareholding in a firm; one that does not say whether it is direct is none."""
    is_share = item.said.get("type") == "shareholding"
    return is_share and item.said.get("directOrIndirect") == "direct" and item.target[1] in _FIRMS


def _listed(text: Any) -> list[dict[str, Any]]:
    """The objects of a list that stands in a cell."""
    found = json.loads(text) if isinstance(text, str) and text.startswith("[") else []
    return [item for item in found if isinstance(item, dict)]


def _name(text: Any) -> str | None:
    names = _listed(text)
    legal = [item for item in names if item.get("type") == "legal"]
    return next((item["fullName"] for item in [*legal, *names] if item.get("fullName")), None)


def _day(text: Any) -> date | None:
    """A whole date; a month or a year alone is none."""
    if not isinstance(text, str) or len(text) < 10:
        return None
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def _part(percent: Any) -> float | None:
    return None if percent is None else float(percent) / 100
