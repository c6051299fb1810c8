"""Whom an administrative act concerns: an organisation by the fullest number that is given of it, or
a natural person."""

from __future__ import annotations

import pandas as pd

__all__ = ["with_subject"]

_LABELS = {"organisation": "Enterprise", "individual_business": "IndividualBusiness"}


def with_subject(rows: pd.DataFrame, *, person: str, kind: str | None = None) -> pd.DataFrame:
    """The rows with one `subject`: an organisation by its unified code, else by the number of the
    old register, its organisation code or its tax number; else a natural person.

    An organisation that is known by nothing but an old number stands under that number until a
    register tells its code.

    Args:
        person: the field with a natural person's number; where an organisation is named it is its
            representative's, and nobody's here.
        kind: the field that says what the subject is; without one, who has no code is a person.
    """
    nothing = pd.Series(None, rows.index, dtype=object)
    by_code = rows["subject_code_key"].astype(object)
    old = nothing
    for name in ("registration_no", "organisation_code", "tax_no"):
        number = rows[f"{name}_code" if f"{name}_code" in rows else name].astype(object)
        old = old.where(old.notna(), number)
        if kind is not None:
            break  # who says what it is, gives its code or its number in the register
    by_number = ("org:" + old).astype(object)
    if kind is None:
        is_person = by_code.isna() & by_number.isna()
        label = nothing.where(is_person, "Enterprise")
    else:
        is_person = rows[kind] == "natural_person"
        label = rows[kind].map(_LABELS)
    by_number = by_number.where(~is_person, None)
    key = by_code.where(by_code.notna(), by_number)
    if kind is None:
        key = key.where(~is_person, rows[f"{person}_key"])
    else:
        key = key.where(key.notna(), rows[f"{person}_key"])
    label = rows["subject_code_label"].where(by_code.notna(), label)
    return rows.assign(
        subject_key=key,
        subject_label=label.where(~is_person, "Person"),
        # a filler is no code of anybody's
        subject_code=rows["subject_code_code"].where(by_code.notna()),
        subject_masked=rows[f"{person}_masked"].where(is_person),
        subject_birth_on=rows[f"{person}_birth_on"].where(is_person),
        subject_tail_key=rows[f"{person}_tail_key"].where(is_person),
        subject_sex=rows[f"{person}_sex"].where(is_person),
    )
