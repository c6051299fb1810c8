"""Agricultural insurance: policies for the time that they cover, and what was paid."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from ingest.emit import FactFrame, emit_named_party, end, mention, node, tie
from ingest.period import through

__all__ = ["claim", "policy"]


def policy(rows: pd.DataFrame) -> Iterator[FactFrame]:
    """One row what a policy covers for one of its insured."""
    key = "policy:" + rows["insurer"] + ":" + rows["policy_no"]
    when = {"valid_from": rows["starts_on"], "valid_to": through(rows["ends_on"])}
    yield node(
        "InsurancePolicy",
        rows,
        key=key,
        where=~key.duplicated(),
        **when,
        insurance_kind="agricultural",
        columns=("insurer", "policy_no", "starts_on", "ends_on"),
    )
    yield from mention(rows, "insured", name=rows["insured_name"])
    covered = (
        "subject_matter",
        "insured_quantity",
        "sum_insured_fen",
        "premium_fen",
        "subsidy_fen",
    )
    yield tie(
        "INSURED_BY",
        rows,
        source=end(rows, "insured"),
        target=(key, "InsurancePolicy"),
        discriminator=rows["subject_matter"],
        **when,
        columns=covered,
    )


def claim(rows: pd.DataFrame) -> Iterator[FactFrame]:
    """One row what was paid to one insured, from the day of the loss."""
    number = "claim:" + rows["insurer"] + ":" + rows["claim_no"]
    key = number + ":" + rows["insured_key"].str[-12:]
    policy_key = "policy:" + rows["insurer"] + ":" + rows["policy_no"]
    yield from emit_named_party(
        "insured",
        "COMPENSATED_BY",
        "InsuranceClaim",
        rows,
        key=key,
        valid_from=rows["loss_on"],
        columns=("claim_no", "loss_on", "cause", "paid_on", "paid_fen"),
    )
    yield tie(
        "CLAIMED_UNDER",
        rows,
        source=(key, "InsuranceClaim"),
        target=(policy_key, "InsurancePolicy"),
        valid_from=rows["loss_on"],
    )
