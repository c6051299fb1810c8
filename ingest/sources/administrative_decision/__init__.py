"""Administrative permits and penalties (双公示): the decision, whom it concerns, who made it.

A decision is due at the platform on the seventh working day after it was made.  How long a penalty
may be used is law, worked out when it is read (`queries.lawful`).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pandas as pd

from graph.errors import InputError
from graph.time import working_days_after
from ingest.emit import FactFrame, end, mention, node, tie
from ingest.period import through

__all__ = ["penalty", "permit"]

_DUE_WORKING_DAYS = 7


def permit(rows: pd.DataFrame) -> Iterator[FactFrame]:
    """One row a subject of a permit, for the term that the permit states."""
    rows = _with_subject(rows)
    said = ("document_no", "document_name", "permit_kind", "content", "decided_on", "state")
    yield from _decision(
        rows,
        "Permit",
        "HOLDS_PERMIT",
        valid_from=rows["starts_on"],
        valid_to=through(rows["ends_on"]),
        valid_from_on=rows["starts_on"],
        valid_to_on=rows["ends_on"],
        columns=said,
    )


def penalty(rows: pd.DataFrame) -> Iterator[FactFrame]:
    """One row a subject of a penalty, from the decision on."""
    rows = _with_subject(rows)
    said = (
        "document_no",
        "penalty_kinds",
        "violation_kind",
        "violation",
        "legal_ground",
        "content",
        "fine_fen",
        "confiscated_fen",
        "licence",
        "decided_on",
        "authority",
        "published_until",
        "removed_on",
        "record_state",
    )
    yield from _decision(
        rows,
        "Penalty",
        "PENALISED_BY",
        valid_from=rows["decided_on"],
        columns=said,
    )


def _with_subject(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with one `subject`: an organisation by its code, else by the number of the old
    register, else a natural person."""
    by_code, by_number = rows["subject_code_key"], "org:" + rows["registration_no"]
    by_number = by_number.where(rows["subject_kind"] != "natural_person")
    registered = rows["subject_kind"].map(
        {"organisation": "Enterprise", "individual_business": "IndividualBusiness"}
    )
    person = rows["natural_person_key"]
    key = by_code.where(by_code.notna(), by_number).where(lambda found: found.notna(), person)
    label = rows["subject_code_label"].where(by_code.notna(), registered)
    return rows.assign(
        subject_key=key,
        subject_label=label.where(rows["subject_kind"] != "natural_person", "Person"),
        # a filler is no code of anybody's
        subject_code=rows["subject_code_code"].where(by_code.notna()),
        subject_masked=rows["natural_person_masked"],
        subject_birth_on=rows["natural_person_birth_on"],
        subject_tail_key=rows["natural_person_tail_key"],
        subject_sex=rows["natural_person_sex"],
    )


def _decision(
    rows: pd.DataFrame,
    kind: str,
    by: str,
    *,
    valid_from: pd.Series,
    valid_to: pd.Series | None = None,
    **said: pd.Series,
) -> Iterator[FactFrame]:
    # one document may concern several subjects, each with a fine of its own
    # an authority without a code is told apart by its name
    authority = rows["authority_body_code"].where(
        rows["authority_body_key"].notna(), rows["authority"]
    )
    document = authority + ":" + rows["document_no"]
    key = f"{kind.lower()}:" + document + ":" + rows["subject_key"].str[-12:]
    when = {"valid_from": valid_from, "valid_to": valid_to}
    due = pd.Series([_due(day) for day in rows["decided_on"]], index=rows.index, dtype=object)
    reported = rows["reported_on"]
    late = [
        None if pd.isna(day) or until is None else day > until
        for day, until in zip(reported, due, strict=True)
    ]
    yield from mention(rows, "subject", name=rows["subject_name"])
    yield from mention(rows, "authority_body", name=rows["authority"])
    yield node(
        kind,
        rows,
        key=key,
        **when,
        reported_on=reported,
        due_on=due,
        is_late=pd.Series(late, index=rows.index, dtype=object),
        **said,
    )
    yield tie(by, rows, source=end(rows, "subject"), target=(key, kind), **when)
    yield tie(
        "DECIDED_BY",
        rows,
        source=(key, kind),
        target=end(rows, "authority_body"),
        **when,
    )


def _due(decided: date) -> date | None:
    """The last day for reporting; None where the calendar of that year is not known."""
    try:
        return working_days_after(decided, _DUE_WORKING_DAYS)
    except InputError:
        return None
