"""Administrative permits and penalties (双公示): the decision, whom it concerns, who made it.

Two editions of the templates are in use.  A code that means opposite things in them is read by its
edition, and the edition is kept with the record; a decision told in both is one record.  A decision
is due at the platform on the seventh working day after it was made.  How long a penalty may be used
is law, worked out when it is read (`queries.lawful`).
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from ingest.decision_subject import with_subject
from ingest.emit import Column, FactFrame, end, mention, node, tie
from ingest.period import through

__all__ = ["penalty", "penalty_2016", "permit", "permit_2016"]

#: What early permits have instead of a number.
_NO_NUMBER = "空"

_OF_PENALTY = (
    "document_no", "violation", "legal_ground", "content", "decided_on", "authority",
    "published_until", "removed_on", "record_state", "procedure", "withheld_for",
    "credit_class", "classed_by",
)  # fmt: skip


def permit(rows: pd.DataFrame) -> Iterator[FactFrame]:
    """One row a subject of a permit, for the term that the permit states."""
    yield from _decision(
        with_subject(rows, person="natural_person", kind="subject_kind"),
        "Permit",
        "HOLDS_PERMIT",
        valid_from=rows["starts_on"],
        valid_to=through(rows["ends_on"]),
        columns=(
            "document_no", "document_name", "permit_kind", "content", "decided_on", "state",
            "authority", "use_scope", "withheld_for",
        ),
        valid_from_on=rows["starts_on"],
        valid_to_on=rows["ends_on"],
        edition="2018",
    )  # fmt: skip


def permit_2016(rows: pd.DataFrame) -> Iterator[FactFrame]:
    """One row a subject of a permit, from the decision on; an early one may have no number."""
    numbered = rows["document_no"] != _NO_NUMBER
    instead = "无文号:" + rows["project_name"] + ":" + rows["decided_on"].astype(str)
    yield from _decision(
        with_subject(rows, person="natural_person"),
        "Permit",
        "HOLDS_PERMIT",
        number=rows["document_no"].where(numbered, instead),
        valid_from=rows["decided_on"],
        valid_to=through(rows["ends_on"]),
        columns=(
            "project_name", "permit_kind", "content", "decided_on", "authority", "power_code",
            "record_state", "withheld_for",
        ),
        document_no=rows["document_no"].where(numbered),
        valid_from_on=rows["decided_on"],
        valid_to_on=rows["ends_on"],
        use_scope=rows["use_scope"].fillna("public"),
        edition="2016",
    )  # fmt: skip


def penalty(rows: pd.DataFrame) -> Iterator[FactFrame]:
    """One row a subject of a penalty, from the decision on."""
    yield from _decision(
        with_subject(rows, person="natural_person", kind="subject_kind"),
        "Penalty",
        "PENALISED_BY",
        valid_from=rows["decided_on"],
        columns=(
            *_OF_PENALTY, "penalty_kinds", "violation_kind", "fine_fen", "confiscated_fen",
            "licence", "use_scope", "market_published_on",
        ),
        edition="2018",
    )  # fmt: skip


def penalty_2016(rows: pd.DataFrame) -> Iterator[FactFrame]:
    """One row a subject of a penalty, whose further kinds stand in a column of their own."""
    every = [
        "；".join(dict.fromkeys("；".join(word for word in both if pd.notna(word)).split("；")))
        for both in zip(rows["penalty_kind"], rows["further_kinds"], strict=True)
    ]
    yield from _decision(
        with_subject(rows, person="natural_person"),
        "Penalty",
        "PENALISED_BY",
        valid_from=rows["decided_on"],
        columns=(*_OF_PENALTY, "case_name", "power_code", "severity"),
        penalty_kinds=pd.Series(every, rows.index, dtype=object),
        use_scope=rows["use_scope"].fillna("public"),
        edition="2016",
    )


def _decision(
    rows: pd.DataFrame,
    kind: str,
    by: str,
    *,
    valid_from: pd.Series,
    valid_to: pd.Series | None = None,
    number: pd.Series | None = None,
    columns: tuple[str, ...],
    **said: Column,
) -> Iterator[FactFrame]:
    # one document may concern several subjects, each with a fine of its own
    # an authority without a code is told apart by its name
    named = rows["authority"]
    number = rows["document_no"] if number is None else number
    told = ":" + number + ":" + rows["subject_key"].str[-12:]
    body = rows["authority_body_code"].where(rows["authority_body_key"].notna(), named)
    key = f"{kind.lower()}:" + body + told
    when = {"valid_from": valid_from, "valid_to": valid_to}
    yield from mention(rows, "subject", name=rows["subject_name"])
    yield from mention(rows, "authority_body", name=named)
    yield node(
        kind,
        rows,
        key=key,
        also=f"{kind.lower()}:" + named + told,
        columns=columns,
        **when,
        reported_on=rows["reported_on"],
        **said,  # type: ignore[arg-type]
    )
    yield tie(by, rows, source=end(rows, "subject"), target=(key, kind), **when)
    yield tie(
        "DECIDED_BY",
        rows,
        source=(key, kind),
        target=end(rows, "authority_body"),
        **when,
    )
