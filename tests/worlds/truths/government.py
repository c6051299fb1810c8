"""What public bodies owe and promised, what they disclosed, and who is on the courts' list."""

from __future__ import annotations

from typing import Any

from whole_district import WholeDistrict

from queries.government import government_book

__all__ = ["found"]


def found(district: WholeDistrict) -> Any:
    """Every contract, promise, disclosure and alarm of the district."""
    reader = district.reader
    book = government_book(reader)
    owing = {one.debtor for one in book.claims if one.debtor_kind == "public_body"}
    return {
        "as_of": reader.moment.as_of.isoformat(),
        "claims": {
            one.key: [
                one.state, one.overdue_days, one.ground, one.interest_fen, [*one.findings],
                [*one.lacking],
            ]
            for one in book.claims
        },
        "commitments": {one.key: [one.outcome, one.kept_late] for one in book.commitments},
        "disclosures": {
            f"{one.body}|{one.year}": [
                one.state, one.days_late, one.known_count, one.known_fen, one.understated,
            ]
            for one in book.disclosures
        },
        "debtors": {one.case_no: [one.body, one.matched_by] for one in book.debtors},
        "bodies": sorted(owing | {one.body for one in book.commitments}),
    }  # fmt: skip
