"""Decisions of both editions and the seven classes."""

from __future__ import annotations

from typing import Any

from whole_district import WholeDistrict

from ingest.sample.public_records.double_publicity import FILES
from queries.lawful import why_not_published
from queries.unknown_subjects import unknown_subjects

__all__ = ["found"]


def found(district: WholeDistrict) -> Any:
    """Refused rows of its own files; all else is asked of the whole district."""
    reader, log = district.reader, district.services.log
    names = {name for _, name in FILES}
    refused = {
        name: rows for name, rows in district.refused().items() if name.partition("（")[0] in names
    }
    permits = log.read("Permit").to_pylist()
    told_twice = sorted(
        number
        for number in {row["document_no"] for row in permits if row["edition"] == "2016"}
        if len({row["key"] for row in permits if row["document_no"] == number}) == 1
    )
    results = {row["key"]: row["result"] for row in log.read("InspectionResult").to_pylist()}
    return {
        "refused": refused,
        "in_both_editions": told_twice,
        "unknown_subjects": [each.code for each in unknown_subjects(reader).subjects],
        "not_published": {
            row["document_no"]: why.code
            for kind in ("Permit", "Penalty", "AdministrativeAct")
            for row in reader.whenever(kind).to_pylist()
            if (why := why_not_published(kind, row, reader.moment.lawful_on))
        },
        "inspections_with_a_finding": [
            row["document_no"]
            for row in log.read("AdministrativeAct").sort_by("document_no").to_pylist()
            if results.get(row["key"]) == "problem_found"
        ],
    }
