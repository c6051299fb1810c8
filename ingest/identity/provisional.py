"""A party that a row names without an identifier becomes a party of its own: a provisional key.

It is neither merged with anybody who looks like it, nor lost.  The key is a keyed hash of what the
source declares to name the mention (`otherwise` in `source.yaml`: the name first, then what keeps
two mentions apart, such as the contract), so that the same row delivered again is the same party
and nobody reads a name out of a key.
"""

from __future__ import annotations

import hmac
import json
import unicodedata

import pandas as pd

from ingest.catalogue.source import TableSpec
from ingest.checking.naming import label_of_name
from ingest.checking.rules import value_column
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
    by_name = {item.name: item for item in spec.fields}
    for item in named:
        told = rows[f"{item.name}_key"]
        # a masked number proves nobody, and keeps two mentions apart
        absent = told.isna() | told.str.startswith(PROVISIONAL).fillna(False).astype(bool)
        if not absent.any():
            continue
        naming = [value_column(by_name[name]) for name in item.otherwise]
        mentions = rows.loc[absent, naming]
        # what the gate made of a masked number, its visible end too; it becomes part of a hash
        masks = told[absent].astype(object).where(told[absent].notna(), None)
        keys = [
            _key((source, item.name, *map(str, values), *filter(None, [mask])), identity_key)
            for mask, *values in zip(
                (mask and mask.removeprefix(PROVISIONAL) for mask in masks),
                *(mentions[name] for name in naming),
                strict=True,
            )
        ]
        rows.loc[absent, f"{item.name}_key"] = pd.Series(keys, mentions.index, dtype=object)
        labels = mentions[naming[0]].map(label_of_name)
        if item.type == "resident_id":
            labels[:] = "Person"
        elif item.type == "uscc":
            # who has a place for such a code is no natural person, whatever the name looks like
            labels = labels.replace("Person", "IndividualBusiness")
        # only persons' numbers are masked on public lists
        labels[rows.loc[absent, f"{item.name}_masked"].notna()] = "Person"
        rows.loc[absent, f"{item.name}_label"] = labels
    return rows


def _key(values: tuple[str, ...], identity_key: str) -> str:
    # the name is kept as it was written; the same mention in another width is the same party
    told = [unicodedata.normalize("NFKC", value) for value in values]
    stated = json.dumps(told, ensure_ascii=False).encode()
    digest = hmac.digest(bytes.fromhex(identity_key), stated, "sha256")
    return f"{PROVISIONAL}{digest.hex()[:32]}"
