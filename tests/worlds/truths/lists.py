"""Entries of lists and honours: which are in force, and how the others ended."""

from __future__ import annotations

from typing import Any

from whole_district import WholeDistrict

from ingest.repair.record import find_records
from ingest.sample.public_records.lists import FILES
from queries.public_lists import list_entries

__all__ = ["found"]


def found(district: WholeDistrict) -> Any:
    """Of what came by the template of lists; what readers are shown is what is in force."""
    reader, log = district.reader, district.services.log
    names = {name for _, name in FILES}
    told = {
        row["case_no"]: row
        for row in log.read("ListEntry").to_pylist()
        if row["source"] == "credit_list"
    }
    shown = {item.document_no: item for item in list_entries(reader, limit=100_000).entries}
    entries = {}
    for number in told:
        [record] = find_records(log, number, reader.moment.lawful_on)
        entries[number] = record.ended or "in_force"
        assert (number in shown) is (record.ended is None)
    honours = {}
    for row in log.read("Honour").to_pylist():
        if district.file_of(row["batch"]) not in names:
            continue
        number, over = row["document_no"], row["valid_to_on"]
        gone = "revoked" if row["revoked_on"] else "expired" if over else ""
        honours[number] = "in_force" if number in shown else gone
    return {
        "entries": entries,
        "honours": honours,
        "follows": {number: item.penalty_no for number, item in shown.items() if item.penalty_no},
        "refused": {name: rows for name, rows in district.refused().items() if name in names},
    }
