"""Rules put forward and let pass: products, the scorecard, the risk policy.  The one door of `api`
to what is in force; two persons for every change, and nothing here is about any party."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from graph.time import today, utc_now

if TYPE_CHECKING:
    from graph.log import FactLog
    from graph.operations import OperationsStore
    from queries.eligibility import Product
    from queries.eligibility.decisions.shadow import Shadow
    from queries.eligibility.rules.publish import Proposed
    from queries.eligibility.scorecard import Card
    from queries.eligibility.scorecard.card_publish import ProposedCard
    from queries.risk.calibration import ProposedPolicy

__all__ = ["Publishing"]


class Publishing:
    """What is in force here, and how that changes; raises as the modules it calls do."""

    def __init__(self, store: OperationsStore, log: FactLog) -> None:
        self._store, self._log = store, log

    def products(self) -> Mapping[str, Product]:
        """Every product, with what was published here."""
        from queries.eligibility.rules.publish import current_products

        return current_products(self._store)

    def product(self, name: str) -> Product:
        """One product; raises `NotFoundError`."""
        from queries.eligibility import find_product

        return find_product(name, self.products())

    def product_files(self, name: str) -> tuple[str, str]:
        """Its file and its golden cases as they are in force; raises `NotFoundError`."""
        from queries.eligibility.rules.publish import files_of

        return files_of(self._store, name)

    def rehearse_product(self, name: str, text: str, cases: str) -> tuple[Product, tuple[str, ...]]:
        """What would be put forward, with its difference in Chinese; nothing is written."""
        from queries.eligibility.rules.publish import rehearse

        return rehearse(self._store, name, text, cases, day=today())

    def propose_product(self, name: str, text: str, cases: str, *, by: str) -> Proposed:
        """Put a product file forward with its golden cases."""
        from queries.eligibility.rules.publish import propose

        return propose(self._store, name, text, cases, by=by, at=utc_now(), day=today())

    def proposals(self) -> list[Proposed]:
        """Every proposal of a product, oldest first."""
        from graph.operations import Proposals
        from queries.eligibility.rules.publish import is_product, review_proposal

        found = filter(is_product, Proposals(self._store).all())
        return [review_proposal(self._store, item) for item in found]

    def proposal(self, name: str) -> Proposed:
        """One proposal as the second person reads it."""
        from graph.operations import Proposals
        from queries.eligibility.rules.publish import review_proposal

        return review_proposal(self._store, Proposals(self._store).find(name))

    def approve_product(self, proposal: str, *, by: str) -> Proposed:
        """Let a product pass, by another person."""
        from queries.eligibility.rules.publish import approve

        return approve(self._store, proposal, by=by, at=utc_now(), day=today())

    def shadow(self, product: Product, version: str | None = None) -> Shadow:
        """Past decisions as a changed product, by default its last version, would make them."""
        from graph.operations import DecisionArchive
        from queries.eligibility.decisions.shadow import shadow

        changed = product.version(version) if version else product.versions[-1]
        return shadow(DecisionArchive(self._store).of(product=product.id), changed)

    def card(self) -> Card:
        """The scorecard in force here."""
        from queries.eligibility.scorecard import card_in_force

        return card_in_force(self._store)

    def propose_card(self, text: str, *, by: str) -> ProposedCard:
        """Put a scorecard's file forward."""
        from queries.eligibility.scorecard.card_publish import propose_card

        return propose_card(self._store, text, by=by, at=utc_now())

    def approve_card(self, proposal: str, *, by: str) -> ProposedCard:
        """Let a scorecard pass, by another person."""
        from queries.eligibility.scorecard.card_publish import approve_card

        return approve_card(self._store, proposal, by=by, at=utc_now())

    def propose_policy(self, text: str, *, by: str) -> ProposedPolicy:
        """Put a risk policy's file forward."""
        from queries.risk.calibration import propose_policy

        return propose_policy(self._store, self._log, text, by=by, at=utc_now())

    def approve_policy(self, proposal: str, *, by: str) -> ProposedPolicy:
        """Let a risk policy pass, by another person."""
        from queries.risk.calibration import approve_policy

        return approve_policy(self._store, self._log, proposal, by=by, at=utc_now())
