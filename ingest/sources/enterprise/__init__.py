"""The register: what a firm is, where it is, who represents it, who filed it."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from ingest.checking.register_codes import codes_for
from ingest.emit import Statement, end, mention, node, tie
from ingest.registered import representative_and_seat

__all__ = ["enterprise"]

_DETAILS = (
    "registration_state",
    "established_on",
    "ended_on",
    "registered_capital_fen",
    "address",
    "phone_masked",
    "phone_key",
)


def enterprise(rows: pd.DataFrame) -> Iterator[Statement]:
    """Enterprises (91) and individual businesses (92); other classes as their code says."""
    began = rows["established_on"]
    for label in sorted(rows["subject_label"].unique()):
        yield node(
            label,
            rows,
            key=rows["subject_key"],
            where=rows["subject_label"] == label,
            valid_from=began,
            name=rows["subject_name"],
            unified_social_credit_code=rows["subject_code"],
            columns=_DETAILS,
            industry=codes_for(rows["industry"], "industry"),
            enterprise_type=codes_for(rows["enterprise_type"], "type"),
        )
    yield from representative_and_seat(
        rows, end(rows, "subject"), since=began, represents_from=rows["represents_from"]
    )
    # who files for himself is said already
    filed = rows["agent_key"].notna() & (rows["agent_key"] != rows["representative_key"])
    yield from mention(rows, "agent", name=rows["agent_name"], where=filed)
    yield tie(
        "FILED_REGISTRATION_OF",
        rows,
        source=end(rows, "agent"),
        target=end(rows, "subject"),
        valid_from=began,
        where=filed,
    )
