"""What left for the city's service, what became of it, and what the citizens' line brought."""

from __future__ import annotations

import re
from typing import Any

from whole_district import WholeDistrict

from graph.operations import Outbox
from ingest.sample.office.exchange import CITY, LINE, UNANSWERED

__all__ = ["found"]

#: How the numbers of those begin whose truth is known by hand.
_PENALTIES = ("凤城罚〔2026〕3", "凤城罚〔2026〕6", "凤应急复罚")
#: Permits of firms of the register; those of others have numbers of two digits that begin later.
_PERMIT = re.compile(r"凤住许〔2026〕(\d|1\d|20)号")


def found(district: WholeDistrict) -> Any:
    """The whole outbox: whatever is not about one of these documents was taken or is not answered."""
    store, log = district.services.store, district.services.log
    items = Outbox(store).items(CITY)
    for item in items:
        assert item.version == 1 and item.action == "new"
        assert item.state in ("sent",) if item.template == UNANSWERED else ("accepted", "refused")
    state = {(item.template, str((item.row or {})["docNo"])): item.state for item in items}
    assert len(state) == len(items), "a document is sent twice"
    penalties = {
        number: told for (table, number), told in state.items()
        if table == "penalty" and (number.startswith(_PENALTIES) or told != "accepted")
    }  # fmt: skip
    every = {row["document_no"] for row in log.read("Penalty").to_pylist()}
    complaints = log.read("Complaint").to_pylist()
    (page,) = Outbox(store).intakes(LINE)
    assert page.counts["accepted"] == len(complaints)
    return {
        "penalties": penalties,
        "not_sent": [
            number for number in every if number.startswith(_PENALTIES) and number not in penalties
        ],
        "permits": {
            number: told for (table, number), told in state.items()
            if table == "permit" and _PERMIT.fullmatch(number)
        },
        "complaints": [row["ticket_no"] for row in complaints],
        "complaints_refused": page.counts["quarantined"],
    }  # fmt: skip
