"""The rules of a decision as one text: the version, the facts it names, the definitions.

A decision names this text by its hash, and the archive keeps it: years later, when products and
catalogue say something else, the decision is made again by the rules that it was made by.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from queries.eligibility.facts.catalogue import Catalogue, catalogue
from queries.eligibility.rules.barred import BarredStep, barred_for
from queries.eligibility.rules.first_loan import Definition, definitions
from queries.eligibility.rules.product import Product, Version, canonical

__all__ = ["Rules", "read_rules", "rules_text", "words_of"]


@dataclass(frozen=True)
class Rules:
    """Rules read back from their text."""

    product: Product
    version: Version
    defined: tuple[Definition, ...]
    known: Catalogue
    barred: tuple[BarredStep, ...]


def words_of(version: Version, defined: Iterable[Definition] | None = None) -> tuple[str, ...]:
    """Facts that a decision on this version looks at: its own and those of every definition."""
    used = definitions().values() if defined is None else defined
    return tuple(sorted({*version.facts, "party_kind", *(n for d in used for n in d.facts)}))


def rules_text(product: Product, version: Version) -> bytes:
    """Everything that a decision by this version rests on, as canonical bytes."""
    asked = {*version.words, *words_of(version)}
    # with what says them by implication: a replay reads that again, and draws from it
    named = sorted({*asked, *catalogue().telling(asked)})
    return canonical(
        {
            "barred": [item.model_dump(mode="json", by_alias=True) for item in barred_for(version)],
            "product": json.loads(product.text(version)),
            "definitions": [item.model_dump(mode="json") for item in definitions().values()],
            "catalogue": catalogue().only(named).model_dump(mode="json"),
        }
    )


def read_rules(text: bytes) -> Rules:
    """Rules from their text, read against the catalogue that is in it."""
    stated = json.loads(text)
    known = Catalogue.model_validate_json(json.dumps(stated["catalogue"]))
    context = {"catalogue": known}
    product = Product.model_validate_json(json.dumps(stated["product"]), context=context)
    defined = tuple(
        Definition.model_validate_json(json.dumps(item), context=context)
        for item in stated["definitions"]
    )
    barred = tuple(
        BarredStep.model_validate_json(json.dumps(item), context=context)
        for item in stated.get("barred", ())
    )
    return Rules(product, product.versions[0], defined, known, barred)
