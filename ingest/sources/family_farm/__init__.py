"""Family farms as the directory lists them, with the licence that some of them also took out."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from ingest.emit import Statement, end, node, tie
from ingest.registered import representative_and_seat

__all__ = ["family_farm"]


def family_farm(rows: pd.DataFrame) -> Iterator[Statement]:
    """One row a farm, from the day it was entered."""
    said = rows["entered_on"]
    key = "family_farm:" + rows["directory_no"]
    farm = (key, "FamilyFarm")
    yield node(
        "FamilyFarm",
        rows,
        key=key,
        valid_from=said,
        name=rows["farm_name"],
        unified_social_credit_code=rows["licence_code"],
        address=rows["address"],
        phone_masked=rows["phone_masked"],
        phone_key=rows["phone_key"],
    )
    profile = (
        "directory_no",
        "farm_kind",
        "demonstration_level",
        "operated_mu",
        "labour_count",
        "annual_revenue_fen",
    )
    yield node(
        "FamilyFarmProfile",
        rows,
        key=key,
        valid_from=said,
        columns=profile,
    )
    yield from representative_and_seat(rows, farm, since=said, party="operator")
    yield tie("REGISTERED_AS", rows, source=farm, target=end(rows, "licence"), valid_from=said)
