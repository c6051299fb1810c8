"""Administrative acts besides permits and penalties: what was done, to whom, by whom, when.

The templates of most classes have no number of a document: an act is then told apart by its
authority, form and day.  What an inspection found is kept apart from that it took place.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pandas as pd

from ingest.decision_subject import with_subject
from ingest.emit import FactFrame, end, mention, node, tie
from ingest.period import through

__all__ = [
    "adjudication",
    "coercion",
    "confirmation",
    "inspection",
    "levy",
    "payment",
    "reward",
]

_SAID = (
    "document_no", "form", "content", "decided_on", "authority", "record_state", "use_scope",
    "withheld_for", "reported_on",
)  # fmt: skip


def _act(act_class: str, rows: pd.DataFrame) -> Iterator[FactFrame]:
    """One row a subject of an act, from the day on which it was decided."""
    rows = with_subject(rows, person="natural_person")
    dated = rows["form"] + ":" + rows["decided_on"].astype(str)
    told = (
        ":" + rows["document_no"].where(rows["document_no"].notna(), dated)
        + ":" + rows["subject_key"].str[-12:]
    )  # fmt: skip
    named, code = rows["authority"], rows["authority_body_code"]
    key = f"act:{act_class}:" + code.where(rows["authority_body_key"].notna(), named) + told
    nothing = pd.Series(None, rows.index, dtype=object)
    last = rows.get("ends_on", nothing)
    when = {"valid_from": rows["decided_on"], "valid_to": through(last)}
    yield from mention(rows, "subject", name=rows["subject_name"])
    yield from mention(rows, "authority_body", name=named)
    yield node(
        "AdministrativeAct",
        rows,
        key=key,
        also=f"act:{act_class}:" + named + told,
        columns=_SAID,
        **when,
        act_class=act_class,
        valid_to_on=last,
    )
    if "result" in rows:
        yield node("InspectionResult", rows, key=key, columns=("result",), **when)
    yield tie(
        "ACT_ON", rows, source=end(rows, "subject"), target=(key, "AdministrativeAct"), **when
    )
    yield tie(
        "DECIDED_BY",
        rows,
        source=(key, "AdministrativeAct"),
        target=end(rows, "authority_body"),
        **when,
    )


confirmation = partial(_act, "confirmation")
coercion = partial(_act, "coercion")
adjudication = partial(_act, "adjudication")
reward = partial(_act, "reward")
inspection = partial(_act, "inspection")
levy = partial(_act, "levy")
payment = partial(_act, "payment")
