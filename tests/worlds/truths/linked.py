"""Who stands near the dishonest subjects that were planted with everybody near them."""

from __future__ import annotations

from typing import Any

from whole_district import WholeDistrict

from graph.identifiers import person_key
from graph.secrets import make_secrets
from ingest.sample.public_records.linked import FILES
from queries.linked_dishonesty import linked_district

__all__ = ["found"]


def found(district: WholeDistrict) -> Any:
    """Every link of which one end is a firm or person of its files: of the subjects, and of whom
    else such a firm or person stands near, which must be nobody."""
    told = linked_district(district.reader)
    assert told is not None
    identity = make_secrets(district.services.settings.secrets_file).identity_key
    register, holders, _ = (district.table(name) for _, name in FILES)
    people = {*register["法定代表人证件号码"], *holders["股东证件号码"]}
    keys = {f"org:{code}": code for code in register["统一社会信用代码"]}
    keys |= {person_key(number, identity): number for number in people}
    linked: dict[str, list[list[Any]]] = {}
    for hint in told.hints:
        if hint.subject in keys or hint.other in keys:
            subject = keys.get(hint.subject, hint.subject)
            linked.setdefault(subject, []).append(
                [keys.get(hint.other, hint.other), hint.distance, str(hint.since)]
            )
    near = {each[0] for several in linked.values() for each in several} | {*linked}
    apart = {key: number for key, number in keys.items() if number not in near}
    assert not {*told.own} & {*apart}
    planted = {case["subject"]: case for case in district.planted["linked"]["cases"]}
    return {
        "cases": [
            {
                "subject": subject,
                "linked": ways,
                # whom nobody stands near, as far as the truth names them beside this subject
                "not_linked": [
                    number
                    for number in planted.get(subject, {}).get("not_linked", [])
                    if number in apart.values()
                ],
            }
            for subject, ways in linked.items()
        ]
    }
