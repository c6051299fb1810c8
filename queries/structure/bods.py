"""A firm's owners as statements of the Beneficial Ownership Data Standard 0.4, for other systems.

For the firm and everybody above it there is a statement who it is; for each registered holding one
who holds what of whom; and for each beneficial owner who is proven by more than one holding an
indirect interest that names the holdings it rests on (`componentRecords`).  A part whose owner is not
known is a statement that says so, never left out.  No number of a person is given, and no date of
birth: a person is the key under which everybody here knows him, and his name.

Source: https://standard.openownership.org/en/0.4.0/ (schema and codelists).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

import numpy as np

from queries.eligibility.verdict import Verdict
from queries.structure.beneficial import BeneficialOwner, beneficial_owners
from queries.structure.control import is_partnership
from queries.structure.ownership import Ownership

__all__ = ["PUBLISHER", "bods_statements"]

#: Who publishes the statements, as an institution's own export names itself.
PUBLISHER = "信农 Xinnong"

_STANDARD = "0.4"
_ENTITIES = {
    "LegalArrangement": {"type": "arrangement"},
    "GovernmentBody": {"type": "stateBody"},
}
#: Why a part has no owner here (`DOUBTS`) -> BODS 0.4 unspecifiedReason.
_REASONS = {
    "not_registered": "informationUnknownToPublisher",
    "ratio_unknown": "interestedPartyHasNotProvidedInformation",
    "range": "interestedPartyHasNotProvidedInformation",
}
_INTERESTS = {"share": "shareholding", "control": "otherInfluenceOrControl",
              "arrangement": "otherInfluenceOrControl",
              "management": "seniorManagingOfficial"}  # fmt: skip


def bods_statements(
    ownership: Ownership, key: str, *, publisher: str = PUBLISHER
) -> list[dict[str, Any]]:
    """All statements about a firm, each after those that it names.

    The same data of the same day give the same statements, id by id.  Raises `NotFoundError` where
    no shareholder is registered or no rule was in force.
    """
    shares = ownership.shares
    firm = shares.place(key)
    through = ownership.look_through(key)
    day = through.basis.as_of.isoformat()
    subject = shares.key(firm)
    above = sorted(ownership.upward(firm) | ownership.possible(firm), key=shares.key)
    said: list[dict[str, Any]] = []

    def state(record: str, kind: str, details: dict[str, Any]) -> None:
        whole = f"{publisher}|{record}|{day}|{through.basis.position}"
        said.append(
            {
                "statementId": hashlib.sha256(whole.encode()).hexdigest()[:40],
                "statementDate": day,
                "declarationSubject": subject,
                "recordId": record,
                "recordType": kind,
                "recordStatus": "new",
                "publicationDetails": {
                    "publicationDate": day,
                    "bodsVersion": _STANDARD,
                    "publisher": {"name": publisher},
                },
                "source": {"type": ["officialRegister"]},
                "recordDetails": details,
            }
        )

    for place in (firm, *(other for other in above if other != firm)):
        state(*_party(ownership, place, is_component=place != firm))
    for place in above:
        if shares.is_firm[place]:
            for record, details in _holdings(ownership, place, is_component=place != firm):
                state(record, "relationship", details)
    undisclosed = through.unknown
    for part in undisclosed:
        if part.firm == subject:
            reason = {"reason": _REASONS.get(part.why, "unknown"), "description": part.why}
            state(
                f"unknown:{part.firm}", "relationship",
                {"isComponent": False, "subject": part.firm, "interestedParty": reason,
                 "interests": [_share("shareholding", True, False, part.share)]},
            )  # fmt: skip
    known = {shares.key(place) for place in above} - {subject}
    for owner in beneficial_owners(ownership, key).owners:
        if owner.verdict is not Verdict.MET or _is_direct_only(ownership, firm, owner):
            continue
        if owner.party not in known:
            state(*_named(owner))
            known.add(owner.party)
        state(f"owner:{owner.party}>{subject}", "relationship", _beneficial(owner, subject))
    return said


def _party(
    ownership: Ownership, place: int, *, is_component: bool
) -> tuple[str, str, dict[str, Any]]:
    shares = ownership.shares
    key, name, label = shares.key(place), shares.name(place), shares.label(place)
    if label == "Person":
        return _person(key, name)
    details: dict[str, Any] = {
        "isComponent": is_component,
        "entityType": _ENTITIES.get(label, {"type": "registeredEntity"}),
        "jurisdiction": {"name": "中国", "code": "CN"},
    }
    if name:
        details["name"] = name
    if key.startswith("org:"):
        code = key.removeprefix("org:")
        details["identifiers"] = [
            {"id": code, "scheme": "CN-USCC", "schemeName": "统一社会信用代码"}
        ]
    return key, "entity", details


def _named(owner: BeneficialOwner) -> tuple[str, str, dict[str, Any]]:
    return _person(owner.party, owner.name)


def _person(key: str, name: str | None) -> tuple[str, str, dict[str, Any]]:
    details: dict[str, Any] = {"isComponent": False}
    if name is None:
        unnamed = {"reason": "informationUnknownToPublisher"}
        return key, "person", {
            **details, "personType": "unknownPerson", "unspecifiedPersonDetails": unnamed,
        }  # fmt: skip
    names = [{"type": "legal", "fullName": name}]
    return key, "person", {**details, "personType": "knownPerson", "names": names}


def _holdings(
    ownership: Ownership, firm: int, *, is_component: bool
) -> Iterable[tuple[str, dict[str, Any]]]:
    """(record, details) of everybody registered to hold shares in a firm."""
    shares = ownership.shares
    told: list[tuple[int, float | None]] = [
        (int(holder), float(ratio)) for holder, ratio in zip(*shares.holders(firm), strict=True)
    ]
    told += [(holder, None) for holder in shares.named_holders(firm)]
    for holder, ratio in sorted(told, key=lambda item: shares.key(item[0])):
        beneficial = (
            ratio is not None
            and not is_component
            and shares.label(holder) == "Person"
            and not is_partnership(shares, firm)
            and shares.thresholds.rule(shares.snapshot.as_of).holds(ratio)
        )
        interest = _share("shareholding", True, beneficial, ratio, shares.stated(holder, firm))
        yield f"holding:{shares.key(holder)}>{shares.key(firm)}", {
            "isComponent": is_component,
            "subject": shares.key(firm),
            "interestedParty": shares.key(holder),
            "interests": [interest],
        }  # fmt: skip


def _beneficial(owner: BeneficialOwner, firm: str) -> dict[str, Any]:
    hops = [hop for path in owner.paths for hop in path.hops]
    between = dict.fromkeys(hop[3] for hop in hops if hop[3] != firm)
    records = [*between, *dict.fromkeys(f"holding:{hop[0]}>{hop[3]}" for hop in hops)]
    share = owner.share if owner.ground == "share" else None
    return {
        "isComponent": False,
        **({"componentRecords": records} if records else {}),
        "subject": firm,
        "interestedParty": owner.party,
        "interests": [
            _share(_INTERESTS[owner.ground], owner.ground == "management", True, share)
        ],
    }  # fmt: skip


def _is_direct_only(ownership: Ownership, firm: int, owner: BeneficialOwner) -> bool:
    """Whether the owner's own holding says it all already."""
    place = ownership.shares.holder_place(owner.party)
    if owner.ground != "share" or place is None:
        return False
    return bool(np.isclose(ownership.shares.matrix[place, firm], owner.share, atol=1e-9))


def _share(
    kind: str,
    direct: bool,
    beneficial: bool,
    ratio: float | None,
    stated: tuple[float | None, float | None] = (None, None),
) -> dict[str, Any]:
    """One interest; `stated` are the ends of a range, where a range was declared."""
    interest: dict[str, Any] = {
        "type": kind,
        "directOrIndirect": "direct" if direct else "indirect",
        "beneficialOwnershipOrControl": beneficial,
    }
    least, most = stated
    if least is not None or most is not None:
        ends = {"minimum": least, "maximum": most}
        interest["share"] = {n: _percent(end) for n, end in ends.items() if end is not None}
    elif ratio is not None:
        interest["share"] = {"exact": _percent(ratio)}
    return interest


def _percent(ratio: float) -> float:
    return round(ratio * 100, 10)
