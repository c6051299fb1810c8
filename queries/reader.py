"""The one way from a request to data: every answer at one moment, for one scope.

Whoever makes an answer (a request, a page, a command, a job) is handed one reader; whatever is
taken in while it works changes nothing in it.  Nothing beneath looks at a clock.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from graph.projection import ProjectedTo
from queries.district import DistrictReader
from queries.library import Answer, ask, known_key
from queries.scope import Scope

if TYPE_CHECKING:
    from graph.operations import DecisionArchive, KeptDecision
    from queries.adverse import Adverse
    from queries.eligibility import Case, Decision, Product
    from queries.eligibility.decisions.record import Replay
    from queries.eligibility.scorecard import Rating

__all__ = ["Reader"]


class Reader(DistrictReader):
    """Reads at `moment` for `scope`; made by whoever holds the stores open, one for each answer."""

    def at(self, *, as_of: date) -> Reader:
        """The same reader, about another day."""
        return Reader(self._stores, replace(self.moment, as_of=as_of), self.scope)

    def seen_by(self, scope: Scope) -> Reader:
        """The same moment, for another scope."""
        return Reader(self._stores, self.moment, scope)

    def ask(self, name: str, **given: Any) -> Answer:
        """Ask a question of the library; in what a person typed, identities become keys.

        Raises as `queries.library.ask`; a party that no source knows is refused.
        """
        if isinstance(given.get("text"), str):
            given["text"] = self._hidden(given["text"])
        return ask(
            self._stores.graph,
            name,
            moment=self.moment,
            scope=self.scope,
            of_known=True,
            **given,
        )

    def ask_all(self, names: Iterable[str], key: str) -> dict[str, Answer]:
        """Several questions about one party."""
        return {name: self.ask(name, key=key) for name in names}

    def search(self, text: str) -> Answer:
        """Find parties by whatever was typed; a resident id is turned into its key and not kept."""
        return self.ask("find_party", text=text)

    def known(self, key: str) -> str:
        """The key that stands for a party; raises `NotFoundError` where nobody knows it."""
        return known_key(self._stores.graph, key, self.moment.as_of, self.moment.known_at)

    def name(self, key: str) -> str | None:
        """What a party is called; None where nobody says."""
        return self._said_last(key, "name")

    def masked(self, key: str) -> str | None:
        """A party's code, or its masked resident id; None where nobody says."""
        code = self._said_last(key, "unified_social_credit_code")
        return code or self._said_last(key, "resident_id_masked")

    def adverse(self, key: str, *, labels: Collection[str] = ()) -> Adverse:
        """Own adverse records of a party, and how far one looked for them."""
        from queries.adverse import adverse_of

        return adverse_of(self.ask("adverse_records", key=key), self.moment.batches, labels=labels)

    def conflicts(self, assessor: str) -> dict[str, str]:
        """Whom an assessor must leave to somebody else, and why."""
        found: dict[str, str] = {}
        for row in self.ask("assessor_conflicts", key=assessor).rows:
            found.setdefault(row["party_key"], row["why"])
        return found

    def product(self, name: str) -> Product:
        """One product; raises `NotFoundError`."""
        from queries.eligibility import find_product

        return find_product(name, self.products)

    def case(self, key: str, **given: Any) -> Case:
        """What is known of a party, for decisions (`queries.eligibility.case_of`)."""
        from queries.eligibility import case_of

        at = self.moment
        return case_of(
            self._stores.graph,
            key,
            as_of=at.as_of,
            held=self._held,
            provenance=at.provenance,
            **given,
        )

    def decide(self, product: str, key: str, **given: Any) -> Decision:
        """The verdict on one product; nothing is kept."""
        from queries.eligibility import decide

        chosen = self.product(product)
        return decide(self.case(key, **given), chosen)

    def decide_every(self, key: str, **given: Any) -> tuple[Decision, ...]:
        """Every product that is for such a party; a look, of which nothing is kept."""
        from queries.eligibility import decide_all

        return decide_all(self.case(key, **given), self.products.values())

    def rating(self, key: str) -> Rating:
        """What the scorecard says of a farmer; raises `NotFoundError`."""
        from queries.eligibility.scorecard import rate

        return rate(self.case(key, graded=True), self.card)

    def kept_decisions(self, **of: Any) -> list[KeptDecision]:
        """Decisions that were kept, oldest first."""
        return self._archive.of(**of)

    def kept_decision(self, decision: str) -> KeptDecision:
        """One of them; raises `NotFoundError`."""
        return self._archive.find(decision)

    def rules_text(self, rules: str) -> bytes:
        """The text of the rules that a kept decision names."""
        return self._archive.text(rules)

    def replay(self, decision: str, *, with_log: bool = True) -> Replay:
        """A kept decision made again from its own inputs, and whether the log still gives them."""
        from queries.eligibility.decisions.record import replay

        return replay(self._archive, decision, self._log if with_log else None)

    @property
    def _archive(self) -> DecisionArchive:
        from graph.operations import DecisionArchive

        return DecisionArchive(self._stores.store)

    @property
    def _held(self) -> ProjectedTo:
        at = self.moment
        return ProjectedTo(
            position=at.position,
            known_at=at.known_at,
            manifest_hash=at.head,
            schema_hash="",
            sources=list(at.sources),
            sources_on=[day.isoformat() for day in at.sources.values()],
        )

    def _said_last(self, key: str, name: str) -> str | None:
        # of a party that was withdrawn since, nobody says anything, and its decisions stay
        at, graph = self.moment, self._stores.graph
        card = ask(graph, "party_card", moment=at, scope=self.scope, key=key)
        # a register first, and of those of one rank what was heard last
        rows = card.rows[::-1]
        rows.sort(key=lambda row: at.provenance.rank(row["source"], row["kind"]))
        told = (row["facts"].get(name) for row in rows)
        return next((str(value) for value in told if value), None)

    def _hidden(self, text: str) -> str:
        from graph.secrets import make_secrets
        from queries.search import hidden

        return hidden(text, make_secrets(self._stores.settings.secrets_file).identity_key)
