"""Penalties repaired under each regime, annulled, frozen, expired, or in force."""

from __future__ import annotations

from typing import Any

from whole_district import WholeDistrict

from ingest.repair.record import find_records

__all__ = ["found"]


def found(district: WholeDistrict) -> Any:
    """Every penalty that ended, and those of the same file that did not; those of the registers end as
    these say."""
    reader, log = district.reader, district.services.log
    before = district.registers["ended"]
    usable = {*reader.whenever("Penalty")["document_no"].to_pylist()}
    records = {}
    for row in log.read("Penalty").to_pylist():
        [record] = find_records(log, row["document_no"], reader.moment.lawful_on)
        state = record.repaired_under or record.ended or "in_force"
        assert (record.ended == "removed") is (record.repaired_under is not None)
        assert (row["document_no"] in usable) is (state == "in_force")
        if row["document_no"] in before:
            how, day = before[row["document_no"]]
            assert record.ended == (how if day < str(reader.moment.lawful_on) else None)
        elif state != "in_force" or "复罚" in row["document_no"]:
            records[row["document_no"]] = state
    return {"records": records}
