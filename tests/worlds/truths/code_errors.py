"""Wrong and repeated codes of the whole district, but for what it had before (`truth.json`)."""

from __future__ import annotations

from typing import Any

from whole_district import WholeDistrict

from ingest.code_errors import find_code_errors
from ingest.sample.public_records.code_errors import FILES

__all__ = ["found"]


def found(district: WholeDistrict) -> Any:
    """Each code with its kinds, each once; what is no code is found where it was planted, here or by
    another."""
    told = find_code_errors(district.services.office, district.reader)
    assert told is not None
    errors = told.errors
    kinds: dict[str, list[str]] = {}
    for item in errors:
        if item.kind not in ("RESIDENT_ID", "FILLER"):
            kinds.setdefault(str(item.code), []).append(item.kind)
    for code, before in district.base["code_errors"].items():
        assert sorted(kinds.pop(code)) == before, code
    refused = {
        (name, row)
        for name, rows in district.planted["double_publicity"]["refused"].items()
        for row, _ in rows
    }
    own = {name for _, name in FILES}
    no_code = []
    for item in errors:
        if item.kind in ("RESIDENT_ID", "FILLER"):
            [ref] = item.rows
            file = district.file_of(ref.batch)
            assert file in own or (file, ref.row) in refused
            no_code += [item] if file in own else []
    return {
        "kinds": {code: sorted(told) for code, told in sorted(kinds.items())},
        "resident_ids": [item.code for item in no_code if item.kind == "RESIDENT_ID"],
        "fillers": sum(item.kind == "FILLER" for item in no_code),
    }
