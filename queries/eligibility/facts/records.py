"""The records that facts are read from: tables of the log's columns, by kind.

They come over Bolt for one party and its household (one question), or from the log for everybody;
what is read from them is the same code for both (`gather`), and tests hold the two together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import date, datetime
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from graph.accessory import CONTRACT_COLUMNS, Secured, read_secured
from graph.covered_sources import coverage_days
from graph.debtor import operators, told_of_both
from graph.errors import InputError, NotFoundError
from graph.facts import arrow_schema
from graph.log_view import AnyLog
from graph.moment import Moment
from graph.provenance import Provenance
from graph.schema import SCHEMA
from graph.time import MAX_DATE, MIN_DATE
from queries.canonical_keys import CanonicalKeys
from queries.library import ask
from queries.visible import as_view

if TYPE_CHECKING:
    from graph.connection import Graph

__all__ = ["Records", "records_from_graph", "records_from_log"]


class Records:
    """Live records at (`as_of`, `known_at`) that may be used (`queries.lawful`).

    Attributes:
        sources: what was taken in by then, and on which day it last came (`graph.covered_sources`); the
            absence of a record means something only in the whole list of one of them.
        provenance: whose word on a party counts first, and which sources are not named
            (`graph.provenance`).
    """

    def __init__(
        self,
        as_of: date,
        known_at: datetime,
        sources: Mapping[str, date],
        read: Callable[[str], pa.Table],
        tells_all: Callable[[str, pa.Array], NDArray[np.bool_]] | None = None,
        provenance: Provenance = Provenance(),  # noqa: B008 - nothing in it ever changes
    ) -> None:
        self.as_of, self.known_at, self.sources = as_of, known_at, sources
        self._read, self._tells_all, self.provenance = read, tells_all, provenance
        self._tables: dict[str, pa.Table] = {}

    def table(self, kind: str) -> pa.Table:
        """Records of a kind, with the columns of the log."""
        if kind not in self._tables:
            self._tables[kind] = self.provenance.veil(kind, self._read(kind))
        return self._tables[kind]

    def tells_all(self, kinds: Iterable[str], parties: pa.Array) -> NDArray[np.bool_]:
        """Of which parties nothing of these kinds is withheld from the reader: where there is no
        such record of another, that is unknown."""
        told = np.ones(len(parties), bool)
        for kind in kinds if self._tells_all else ():
            told &= self._tells_all(kind, parties)  # type: ignore[misc]
        return told

    def certain(self, kind: str) -> pa.Table:
        """Those whose parties are known by identifier: resemblance feeds no decision.

        A guarantee that no longer stands is left out; what is promised by one that does is told as
        far as it is owed (`graph.accessory`).  A debt of an individual business is its operator's
        own (`graph.debtor`).
        """
        table = self.table(kind)
        if not len(table):
            # of most kinds a party has none
            return table
        if kind in CONTRACT_COLUMNS:
            table = self._secured.standing(kind, table)
        elif kind == "Guarantee":
            owed = self._secured.owed(table["key"], table["amount_fen"])
            table = table.set_column(table.column_names.index("amount_fen"), "amount_fen", owed)
        elif kind == "BORROWED":
            businesses = self.table("IndividualBusiness")["key"]
            table = told_of_both(
                table, operators(self.table("LEGAL_REPRESENTATIVE_OF"), businesses)
            )
        keep = pc.greater_equal(table["certainty"], 1.0)
        return table if pc.all(keep).as_py() is not False else table.filter(keep)

    @cached_property
    def _secured(self) -> Secured:
        return read_secured(self.table, self.as_of)


def records_from_log(log: AnyLog, as_of: date, known_at: datetime) -> Records:
    """Everybody's records, as far as the reader of the log may see them; a kind is read when it is
    asked for."""
    view = as_view(log)
    told = [item for item in view.batches() if item.known_at <= known_at]
    held = view.at(as_of, known_at)
    return Records(
        as_of, known_at, coverage_days(told), held.table, held.tells_all, Provenance.of(told)
    )


def records_from_graph(
    graph: Graph,
    key: str,
    *,
    moment: Moment,
    keys: CanonicalKeys,
    institution: str | None = None,
) -> tuple[Records, bool]:
    """Records of a party, its household's members, its spouse and whom it guarantees, and what
    the institution that asks is called, as far as the reader may see them.

    Args:
        keys: of this moment and of who asks (`queries.canonical_keys`).

    Returns them, and whether such a party exists at all.  Raises `InputError`
    (`records_truncated`) where they are more than one answer holds: half of them decide nothing.
    """
    asking: dict[str, Any] = {"moment": moment, "scope": keys.scope, "keys": keys}
    answer = ask(graph, "decision_records", key=key, **asking)
    if answer.basis.truncated:
        raise InputError(
            "这个主体的记录过多，单次判定放不下。请用“首贷培植”批量测算。",
            "The party has more records than one decision can hold: use the prospects.",
            code="records_truncated",
        )
    rows: dict[str, list[dict[str, Any]]] = {}
    for row in answer.rows:
        rows.setdefault(row["kind"], []).append(_row(row))
    if institution is not None:
        # an institution that nobody knows is called nothing
        with suppress(NotFoundError):
            rows["FinancialInstitution"] = [
                _row({"from_key": institution, "to_key": None, "fact_id": "", **row})
                for row in ask(graph, "party_card", key=institution, **asking).rows
                if row["kind"] == "FinancialInstitution"
            ]
    records = Records(
        moment.as_of,
        moment.known_at,
        moment.sources,
        lambda kind: (
            pa.Table.from_pylist(rows[kind], arrow_schema(kind)) if kind in rows else _none(kind)
        ),
        None if keys.scope.sees_everything else keys.tells_all,
        provenance=moment.provenance,
    )
    described = any(row["to_key"] is None and row["from_key"] == key for row in answer.rows)
    return records, described


@cache
def _none(kind: str) -> pa.Table:
    """No record of a kind: of most kinds a party has none."""
    return arrow_schema(kind).empty_table()


def _row(answered: dict[str, Any]) -> dict[str, Any]:
    told = {
        name: None if value in (MIN_DATE, MAX_DATE) else value
        for name, value in answered["facts"].items()
    } | {"fact_id": answered["fact_id"]}
    if answered["kind"] in SCHEMA.nodes:
        return {**told, "key": answered["from_key"], "label": ""}
    ends = {"from_key": answered["from_key"], "to_key": answered["to_key"]}
    return {**told, **ends, "from_label": answered["from_label"] or "", "to_label": ""}
