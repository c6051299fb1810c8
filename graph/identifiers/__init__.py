"""The identifiers that parties and places carry in China, one module each.

Every module has `check(text) -> Finding` and, where test data needs it, `complete`.

    unified_social_credit_code   统一社会信用代码  GB 32100-2015   organisations and traders
    organisation_code            组织机构代码      GB 11714-1997   its characters 9–17
    resident_id                  公民身份号码      GB 11643-1999   persons
    division_code                行政区划代码      GB/T 2260       places, with their history
    appearance                                                  what a text looks like that is none of them
    person_in_code               a resident id where a code of an organisation belongs
    person_key                   the keyed hash that stands for a resident id in the graph
    phone_key                    the keyed hash that says whether two telephone numbers are equal
    tail_key                     the keyed hash that says whether two ids end in the same four
    keyed_hash                   how they are made
"""

from __future__ import annotations

from graph.identifiers.person_key import person_key, person_keys
from graph.identifiers.phone_key import phone_key, phone_keys
from graph.identifiers.tail_key import tail_key, tail_keys
from graph.identifiers.verdict import IdentifierIssue, Verdict

__all__ = [
    "IdentifierIssue",
    "Verdict",
    "person_key",
    "person_keys",
    "phone_key",
    "phone_keys",
    "tail_key",
    "tail_keys",
]
