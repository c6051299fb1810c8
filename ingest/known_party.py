"""Parties that rows name by the key under which the log has them, where we wrote the rows ourselves."""

from __future__ import annotations

import pandas as pd

from ingest.checking.parties import label_of_code
from ingest.emit import End

__all__ = ["known_party", "may_be_known"]

_PERSON, _BODY = "person:", "org:"


def may_be_known(key: str) -> bool:
    """Whether a key is that of a person or body with a number: what borrows has one."""
    return key.startswith((_PERSON, _BODY))


def known_party(keys: pd.Series) -> End:
    """Key and label of each, for the end of a tie."""
    return keys, keys.map(_label)


def _label(key: str) -> str:
    return "Person" if key.startswith(_PERSON) else label_of_code(key.removeprefix(_BODY))
