"""Real estate: who owns it from its registration, which mortgage lies on it until release."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from ingest.emit import FactFrame, end, mention, node, tie

__all__ = ["mortgage", "ownership"]


def ownership(rows: pd.DataFrame) -> Iterator[FactFrame]:
    """One row an owner of a unit."""
    key = "real_estate:" + rows["unit_no"]
    said = (
        "unit_no",
        "certificate_no",
        "used_for",
        "floor_area_m2",
        "registered_on",
        "is_sealed",
    )
    yield from mention(rows, "owner", name=rows["owner_name"])
    yield node(
        "RealEstate",
        rows,
        key=key,
        where=~key.duplicated(),
        valid_from=rows["registered_on"],
        columns=said,
    )
    yield tie(
        "OWNS",
        rows,
        source=end(rows, "owner"),
        target=(key, "RealEstate"),
        valid_from=rows["registered_on"],
    )


def mortgage(rows: pd.DataFrame) -> Iterator[FactFrame]:
    """One row a mortgage, from its registration to its release; a unit may bear several."""
    unit = "real_estate:" + rows["unit_no"]
    registered = rows["registered_on"].astype(str)
    key = "mortgage:" + rows["unit_no"] + ":" + registered + ":" + rows["mortgagee"]
    when = {"valid_from": rows["registered_on"], "valid_to": rows["released_on"]}
    said = ("mortgagee", "secured_fen", "registered_on", "released_on")
    yield node("RealEstateMortgage", rows, key=key, **when, columns=said)
    yield tie(
        "LIES_ON",
        rows,
        source=(key, "RealEstateMortgage"),
        target=(unit, "RealEstate"),
        **when,
    )
