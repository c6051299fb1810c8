"""What public bodies promised and what became of it: kept, not kept, not yet due, or not known.

That nobody said what became of a promise is not that it was broken.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, TypeAlias

from pydantic import computed_field

from graph.last_heard import last_heard
from graph.schema import SCHEMA
from queries.district import DistrictReader
from queries.government.contract import ends_of
from queries.measures.parties import Known

__all__ = ["OUTCOMES", "Commitment", "commitment_on", "read_commitments"]

Outcome: TypeAlias = Literal["not_kept", "unknown", "not_due", "kept"]

_SAID = next(
    item.values
    for item in SCHEMA.nodes["GovernmentCommitment"].properties
    if item.name == "outcome"
)
#: What has become of a commitment -> in Chinese.
OUTCOMES: Mapping[str, str] = {
    "not_kept": _SAID["not_kept"],
    "unknown": "履行情况不明，请核实",
    "not_due": "未到期",
    "kept": _SAID["kept"],
}


@dataclass(frozen=True)
class Commitment:
    """A commitment on a day.

    Attributes:
        body, receiver: keys; a promise to everybody has no receiver.
        kept_late: whether it was kept after its day; None: it was not kept, or has no day.
        evidence: on which the outcome stands.
        row: where it stands: source, batch and row.
    """

    key: str
    commitment_no: str
    body: str
    body_name: str | None
    receiver: str | None
    receiver_name: str | None
    field: str
    content: str
    made_on: date
    due_on: date | None
    outcome: Outcome
    outcome_on: date | None
    kept_late: bool | None
    evidence: str | None
    row: tuple[str, str, int]

    @computed_field
    @property
    def outcome_label(self) -> str:
        """In Chinese."""
        return OUTCOMES[self.outcome]

    @computed_field
    @property
    def field_label(self) -> str | None:
        """In Chinese."""
        return SCHEMA.word("GovernmentCommitment", "field", self.field)


#: A row of the file with its body and its receiver.
Stated: TypeAlias = tuple[Mapping[str, Any], str, str | None]


def read_commitments(reader: DistrictReader) -> tuple[Stated, ...]:
    """Every commitment known at the reader's moment, by key."""
    bodies, receivers = ends_of(reader, "COMMITTED_BY"), ends_of(reader, "COMMITTED_TO")
    rows = last_heard(reader.table("GovernmentCommitment"), ["key"]).to_pylist()
    return tuple(
        (row, bodies[row["key"]], receivers.get(row["key"])) for row in rows if row["key"] in bodies
    )


def commitment_on(stated: Stated, day: date, names: Known) -> Commitment:
    """What is known of a commitment at the end of a day; what was said of a later one does not count."""
    row, body, receiver = stated
    due, on = row["due_on"], row["outcome_on"]
    said = row["outcome"] if on is None or on <= day else None
    outcome: Outcome
    if said in ("kept", "not_kept"):
        outcome = said
    else:
        outcome = "not_due" if due is not None and day <= due else "unknown"
        on = None
    return Commitment(
        key=row["key"],
        commitment_no=row["commitment_no"],
        body=body,
        body_name=names.get(body, (None, None))[1],
        receiver=receiver,
        receiver_name=names.get(receiver or "", (None, None))[1],
        field=row["field"],
        content=row["content"],
        made_on=row["made_on"],
        due_on=due,
        outcome=outcome,
        outcome_on=on,
        kept_late=None if outcome != "kept" or due is None or on is None else on > due,
        evidence=row["evidence"] if said else None,
        row=(row["source"], row["batch"], row["row"]),
    )
