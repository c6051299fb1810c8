"""A party that a row names without an identifier becomes a party of its own: a provisional key.

It is neither merged with anybody who looks like it, nor lost.  The key is a keyed hash of what the
source declares to name the mention (`otherwise` in `source.yaml`: the name first, then what keeps
two mentions apart, such as the contract), so that the same row delivered again is the same party
and nobody reads a name out of a key.
"""

from __future__ import annotations

import hmac
import json

import pandas as pd

from ingest.catalogue.source import TableSpec
from ingest.checking.naming import label_of_name
from ingest.identity.record import PROVISIONAL

__all__ = ["name_parties"]


def name_parties(
    rows: pd.DataFrame, spec: TableSpec, *, source: str, identity_key: str
) -> pd.DataFrame:
    """The checked rows of a table, with key and label wherever an identifier is absent.

    Only fields that declare `otherwise` are filled; a row that gives an identifier keeps it.
    """
    named = [item for item in spec.fields if item.otherwise]
    if not named or rows.empty:
        return rows
    rows = rows.copy()
    for item in named:
        absent = rows[f"{item.name}_key"].isna()
        if not absent.any():
            continue
        mentions = rows.loc[absent, list(item.otherwise)]
        keys = [
            _key((source, item.name, *map(str, values)), identity_key)
            for values in mentions.itertuples(index=False)
        ]
        rows.loc[absent, f"{item.name}_key"] = pd.Series(keys, mentions.index, dtype=object)
        labels = mentions[item.otherwise[0]].map(label_of_name)
        if item.type == "resident_id":
            labels[:] = "Person"
        elif item.type == "uscc":
            # who has a place for such a code is no natural person, whatever the name looks like
            labels = labels.replace("Person", "IndividualBusiness")
        rows.loc[absent, f"{item.name}_label"] = labels
    return rows


def _key(values: tuple[str, ...], identity_key: str) -> str:
    stated = json.dumps(values, ensure_ascii=False).encode()
    digest = hmac.digest(bytes.fromhex(identity_key), stated, "sha256")
    return f"{PROVISIONAL}{digest.hex()[:32]}"
