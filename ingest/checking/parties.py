"""Who a number is of: a person or an organisation, in a column that may hold either or only one.

A resident id and a unified code are both eighteen characters, and one id in some hundreds is also a
well-formed code (places whose numbers begin 51, 61, 32 or 41 are classes of subjects too).  What
decides, in this order:

    1. seventeen digits with a real date of birth and a MOD 11-2 check digit are a resident id;
    2. where the same digits are a well-formed code as well, the name of the row: as persons are
       called, or as organisations are, the latter only for a code with a registrar that exists;
    3. without a name, the id where no registrar has the division at places 3–8 of the code;
    4. otherwise nobody knows: the row is refused with the question, and the number is masked.

A number that is neither is refused as what it looks like.  Sources: GB 11643-1999, GB 32100-2015.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from functools import partial
from typing import Any, Literal, TypeAlias

import numpy as np

from graph.identifiers import IdentifierIssue, Verdict, organisation_code, resident_id
from graph.identifiers import unified_social_credit_code as uscc
from graph.identifiers.appearance import appearance
from graph.identifiers.person_in_code import looks_like_a_person
from graph.identifiers.spelling import compact
from ingest.checking.naming import suggests
from ingest.checking.persons import PARTY_SUFFIXES, ordinary, persons, surely_no_code

__all__ = [
    "FILLER",
    "Columns",
    "Names",
    "label_of_code",
    "nameless",
    "old_code_or_new",
    "organisation",
    "organisation_or_filler",
    "parties",
    "party",
]

#: What 双公示 data write for a subject without a unified code.
FILLER = "0" * 17 + "X"

#: Values for each of `PARTY_SUFFIXES`.
Columns: TypeAlias = tuple[Any, ...]

#: What the rows with a number call the party; asked only where the number leaves it open.
Names: TypeAlias = Callable[[], Collection[str]]

_NOTHING: Columns = (None,) * len(PARTY_SUFFIXES)

#: Label by the first two characters of a code, then by the first: what kind of person in law a
#: class is (民法典 第七十六、八十七、九十六、一百零二条); whatever else there is, is a body of another kind.
_LABELS = {
    "11": "GovernmentBody",
    "12": "GovernmentBody",
    "13": "GovernmentBody",
    "A1": "GovernmentBody",
    "54": "SelfGoverningBody",
    "91": "Enterprise",
    "92": "IndividualBusiness",
    "93": "Cooperative",
    "3": "ProfessionalServiceBody",
    "5": "SocialOrganisation",
    "7": "SocialOrganisation",
    "8": "SocialOrganisation",
    "N": "Collective",
}
_OTHERS = "OtherOrganisation"

_ID_SHAPE = re.compile(r"[0-9]{17}[0-9X]")


def _refused(code: str, message_zh: str, message_en: str) -> IdentifierIssue:
    return IdentifierIssue(Verdict.INVALID, code, message_zh, message_en, None)


_PERSON_HERE = _refused(
    "resident_id_in_code",
    "像身份证号码，不是统一社会信用代码。请改填该单位的代码；个人的号码不要填在这一列。",
    "It looks like a resident id: this column takes codes of organisations only.",
)
_TWO_READINGS = _refused(
    "two_readings",
    "这个号码既像身份证号码，又合乎统一社会信用代码的规则，判断不了是个人还是单位。"
    "请对照证件核对，并把名称写全（个人写姓名，单位写全称）后再报送。",
    "The number is a well-formed resident id and a well-formed code: the name must tell which.",
)
_NEITHER = _refused(
    "no_identifier",
    "应填公民身份号码或统一社会信用代码，所填内容两样都不是。请对照证件填写。",
    "Neither a resident id nor a unified social credit code.",
)


def nameless() -> Collection[str]:
    """No row says a name."""
    return ()


def party(
    text: str,
    identity_key: str,
    names: Names = nameless,
    confirmed: Collection[str] = (),
) -> tuple[Columns, IdentifierIssue]:
    """Columns of a party from whichever identifier it has, and the finding on it.

    Args:
        confirmed: codes whose check digit fails and that a person has confirmed.
    """
    code = compact(text)
    person, firm = resident_id.check(code), _check_code(code, confirmed)
    if person.value is not None and firm.value is not None:
        decided = _decided(code, person, names)
        if decided is None:
            return _NOTHING, _TWO_READINGS
        person, firm = (person, _NEITHER) if decided == "person" else (_NEITHER, firm)
    if person.value is not None:
        columns, _ = persons([person.value], identity_key)
        return tuple(each for (each,) in columns), person
    if firm.value is not None:
        return _of_code(firm.value), firm
    return _NOTHING, _why_neither(code, person, firm, names)


def organisation(
    text: str, names: Names = nameless, confirmed: Collection[str] = ()
) -> tuple[Columns, IdentifierIssue]:
    """Columns of a party from its unified social credit code; a person's number is refused."""
    code = compact(text)
    firm = _check_code(code, confirmed)
    if looks_like_a_person(code):
        person = resident_id.check(code)
        both = person.value is not None and firm.value is not None
        if firm.value is None or (both and _decided(code, person, names) != "organisation"):
            return _NOTHING, _PERSON_HERE
    if firm.value is None:
        return _NOTHING, firm
    return _of_code(firm.value), firm


def organisation_or_filler(
    text: str, names: Names = nameless, confirmed: Collection[str] = ()
) -> tuple[Columns, IdentifierIssue]:
    """As `organisation`, but seventeen zeros and X are no fault: they stay as the code alone."""
    values, found = organisation(text, names, confirmed)
    if found.code != "filler":
        return values, found
    return (None, None, None, FILLER, *_NOTHING[4:]), IdentifierIssue(
        Verdict.VALID, "ok", "", "", FILLER
    )


def old_code_or_new(
    text: str, names: Names = nameless, confirmed: Collection[str] = ()
) -> tuple[Columns, IdentifierIssue]:
    """As `organisation`, but an organisation code of nine characters is no fault: it stays as the
    code alone, and whose it is, is looked up (`ingest.comparing.organisation_codes`)."""
    old = organisation_code.check(text)
    if old.value is not None:
        return (None, None, None, old.value, *_NOTHING[4:]), old
    return organisation(text, names, confirmed)


def parties(
    texts: Sequence[str],
    identity_key: str,
    names_of: Callable[[int], Collection[str]],
    confirmed: Collection[str] = (),
) -> tuple[Sequence[Sequence[Any]], dict[int, IdentifierIssue]]:
    """As `party` for a whole column: the plain persons all at once.

    Args:
        names_of: what the rows with the number at a place call the party; asked for few.
    """
    plain = ordinary(texts)
    plain[plain] = surely_no_code([texts[place] for place in np.flatnonzero(plain).tolist()])
    is_person = plain.tolist()
    sure_ids = [text for text, person in zip(texts, is_person, strict=True) if person]
    people = zip(*persons(sure_ids, identity_key)[0], strict=True)
    values: list[Columns] = []
    findings: dict[int, IdentifierIssue] = {}
    for place, (text, person) in enumerate(zip(texts, is_person, strict=True)):
        if person:
            values.append(next(people))
        else:
            one, findings[place] = party(text, identity_key, partial(names_of, place), confirmed)
            values.append(one)
    return list(zip(*values, strict=True)) if values else [()] * len(PARTY_SUFFIXES), findings


def _decided(
    code: str, person: IdentifierIssue, names: Names
) -> Literal["person", "organisation"] | None:
    """Which of two readings it is; None where nothing decides."""
    said = _said(names)
    if said == {"person"}:
        return "person"
    if said == {"organisation"}:
        return "organisation" if uscc.registrar_known(code) else None
    if said or uscc.registrar_known(code):
        return None
    return "person" if person.verdict is Verdict.VALID else None


def _said(names: Names) -> set[str]:
    return {said for name in names() if name and (said := suggests(name))}


def _why_neither(
    code: str, person: IdentifierIssue, firm: IdentifierIssue, names: Names
) -> IdentifierIssue:
    """What is said of a number that is neither: what it looks like, in the words of its kind."""
    if named := appearance(code):
        return named
    if _ID_SHAPE.fullmatch(code):
        of_firm = _said(names) == {"organisation"} or (
            person.code != "check_digit" and uscc.registrar_known(code)
        )
        return firm if of_firm else person
    if re.fullmatch(r"[0-9]{12,}", code):
        return person
    return firm if uscc.subject_class(code) or len(code) == 18 else _NEITHER


def label_of_code(code: str) -> str:
    """Which kind of body a code is of."""
    return _LABELS.get(code[:2]) or _LABELS.get(code[0], _OTHERS)


def _of_code(code: str) -> Columns:
    label = label_of_code(code)
    return (f"org:{code}", label, None, code, *_NOTHING[4:])


def _check_code(code: str, confirmed: Collection[str]) -> IdentifierIssue:
    found = uscc.check(code)
    if found.code not in ("check_digit", "embedded_check_digit") or code not in confirmed:
        return found
    return IdentifierIssue(
        Verdict.WARNING,
        "confirmed_code",
        "统一社会信用代码校验码不符，但已由信用办凭证照确认，照常使用，单独计数。",
        "Its check digit does not fit; a person has confirmed the code on evidence.",
        code,
    )
