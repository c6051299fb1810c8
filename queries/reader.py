"""The one way from a request to data: every answer at one moment, for one scope.

Whoever makes an answer (a request, a page, a command, a job) is handed one reader; whatever is
taken in while it works changes nothing in it.  Nothing beneath looks at a clock.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

from graph.errors import ForbiddenError, NotFoundError
from queries.canonical_keys import CanonicalKeys
from queries.district import DistrictReader
from queries.identities import EVERYTHING, Shows
from queries.library import Answer, ask_many
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

    _shows: Shows = EVERYTHING

    def at(self, *, as_of: date) -> Self:
        """The same reader, about another day."""
        return super().at(as_of=as_of).showing(self._shows)

    def seen_by(self, scope: Scope) -> Reader:
        """The same moment, for another scope."""
        return Reader(self._stores, self.moment, scope).showing(self._shows)

    def showing(self, shows: Shows) -> Self:
        """This reader, which from now on shows identities so."""
        self._shows = shows
        return self

    def showing_as(self, other: Reader) -> Self:
        """This reader, which from now on shows identities as another does."""
        return self.showing(other._shows)

    def ask(self, name: str, **given: Any) -> Answer:
        """Ask a question of the library; in what a person typed, identities become keys.

        Raises as `queries.library.ask`; a party that no source knows is refused.
        """
        return self.ask_many([(name, given)])[0]

    def ask_many(self, questions: Iterable[tuple[str, Mapping[str, Any]]]) -> list[Answer]:
        """Several questions (name, parameters) in one transaction; raises as `ask`."""
        hidden = [
            (name, {**given, "text": self._hidden(given["text"])})
            if isinstance(given.get("text"), str)
            else (name, given)
            for name, given in questions
        ]
        answers = ask_many(
            self._stores.graph,
            hidden,
            moment=self.moment,
            scope=self.scope,
            keys=self._keys,
            of_known=True,
        )
        if self._shows == EVERYTHING:
            return answers
        return [
            replace(answer, rows=[self._shows.of(row) for row in answer.rows]) for answer in answers
        ]

    def show(self, name: str, **given: Any) -> str:
        """What the graph would be sent for a question, as one can paste it into Neo4j Browser."""
        from queries.library import statement
        from queries.pasted import pasted

        if isinstance(given.get("text"), str):
            given["text"] = self._hidden(given["text"])
        return pasted(
            statement(self._stores.graph, name, moment=self.moment, scope=self.scope, **given)
        )

    def search(self, text: str) -> Answer:
        """Find parties by whatever was typed; a resident id is turned into its key and not kept."""
        return self.ask("find_party", text=text)

    def shown(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """What was read of everybody at once, with identities as this reader shows them."""
        return self._shows.of({**row})

    def known(self, key: str) -> str:
        """The key that stands for a party; raises `NotFoundError` where nobody knows it."""
        return self._keys.known(key)

    def known_among(self, keys: Iterable[str]) -> list[str]:
        """Those of some keys that stand for a party, looked up at once."""
        asked = list(dict.fromkeys(keys))
        self._keys.look_up(asked)
        return [key for key in asked if self._is_known(key)]

    def name(self, key: str) -> str | None:
        """What a party is called; None where nobody says."""
        return self.names([key])[key]

    def names(self, keys: Iterable[str]) -> dict[str, str | None]:
        """What parties are called, by key; None where nobody says, or whom the scope sees nothing
        of: of a party that was withdrawn since, decisions stay."""
        return {key: _said_first(rows, "name") for key, rows in self._cards(keys).items()}

    def whose_word_first(self, card: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Rows of a card, a register first, and of those of one rank what was heard last."""
        rank = self.moment.provenance.rank
        rows = card[::-1]
        rows.sort(key=lambda row: rank(row["source"], row["kind"]))
        return rows

    def masked(self, key: str) -> str | None:
        """A party's code, or its masked resident id; None where nobody says."""
        rows = self._cards([key])[key]
        code = _said_first(rows, "unified_social_credit_code")
        return code or _said_first(rows, "resident_id_masked")

    def adverse(
        self, key: str, *, labels: Collection[str] = (), answer: Answer | None = None
    ) -> Adverse:
        """Own adverse records of a party, and how far one looked for them.

        Args:
            labels: what the party is, so that nobody is told to lack what it cannot have.
            answer: of `adverse_records`, where it was asked already.
        """
        from queries.adverse import adverse_of

        told = answer or self.ask("adverse_records", key=key)

        return adverse_of(
            told,
            self.moment.batches,
            labels=labels,
            tells_all=lambda kind: self.tells_all(kind, key),
        )

    def ask_of_each(
        self, keys: Iterable[str], questions: Collection[str]
    ) -> dict[str, dict[str, Answer]]:
        """Questions (by name) about each of several parties, in one transaction: party -> name ->
        answer; one of whom the scope sees nothing is not among them."""
        asked = dict.fromkeys(keys)
        self._keys.look_up(asked)
        seen = [key for key in asked if self._sees(key)]
        told = iter(self.ask_many((name, {"key": key}) for key in seen for name in questions))
        return {key: {name: next(told) for name in questions} for key in seen}

    def tells_all(self, kind: str, key: str) -> bool:
        """Whether every fact of a kind about a party is seen, so that none means that there is none
        (`queries.scope.Scope.tells_all`)."""
        return self.scope.sees_everything or self._keys.tells_all_of(kind, key)

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

    def case(self, key: str, *, institution: str | None = None, **given: Any) -> Case:
        """What is known of a party, for decisions (`queries.eligibility.case_of`).

        Args:
            institution: who is asked for the loan; whoever asks for an institution of their own asks
                for no other, and need not name it.
        """
        from queries.eligibility import case_of

        own = self.scope.institution
        if own is not None and institution not in (None, own):
            raise ForbiddenError(
                "只能为本机构判定。请去掉机构，或改为本机构。",
                "A decision is made for one's own institution.",
                code="institution_not_own",
            )
        return case_of(
            self._stores.graph, key, moment=self.moment, keys=self._keys,
            institution=own or institution, **given,
        )  # fmt: skip

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

    def kept_decisions(
        self, *, parties: Collection[str] | None = None, **found_by: Any
    ) -> list[KeptDecision]:
        """Decisions that were kept, oldest first; to who does not see everything, those made for
        the institution that they ask for, about a party of which they see anything.

        Args:
            parties: keys as they stand now; a decision of before a key was given up is found by the
                key that stays.
            found_by: as `DecisionArchive.of` takes it: product, verdict, kept_by, since, before.
        """
        kept = self._archive.of(**found_by)
        if parties is not None:
            about = dict.fromkeys(item.party for item in kept)
            self._keys.look_up(about)
            stays = {key: self._stands(key) for key in about}
            kept = [item for item in kept if stays[item.party] in parties]
        return [item for item in kept if self._opens(item)]

    def kept_decision(self, decision: str) -> KeptDecision:
        """One of them; raises `NotFoundError`."""
        found = self._archive.find(decision)
        if not self._opens(found):
            raise NotFoundError(
                "没有这份判定记录。请核对编号。",
                "There is no decision of that identifier.",
                code="decision_unknown",
            )
        return found

    def rules_text(self, rules: str) -> bytes:
        """The text of the rules that a kept decision names."""
        return self._archive.text(rules)

    def replay(self, decision: str, *, with_log: bool = True) -> Replay:
        """A kept decision made again from its own inputs, and whether the log still gives them."""
        from queries.eligibility.decisions.record import replay

        self.kept_decision(decision)
        return replay(self._archive, decision, self._log if with_log else None)

    def _opens(self, kept: KeptDecision) -> bool:
        if self.scope.sees_everything:
            return True
        made_for = json.loads(kept.record).get("institution")
        return (
            made_for is not None and made_for == self.scope.institution and self._sees(kept.party)
        )

    def _stands(self, key: str) -> str:
        """The key that stands for a party now; its own where nobody knows it any more."""
        try:
            return self._keys.known(key)
        except NotFoundError:
            return key

    def _is_known(self, key: str) -> bool:
        try:
            self._keys.known(key)
        except NotFoundError:
            return False
        return True

    def _sees(self, party: str) -> bool:
        try:
            return self._keys.is_near(self._keys.known(party))
        except NotFoundError:
            return False

    @property
    def _archive(self) -> DecisionArchive:
        from graph.operations import DecisionArchive

        return DecisionArchive(self._stores.store)

    @cached_property
    def _keys(self) -> CanonicalKeys:
        """Keys that were looked up for this reader: each once."""
        return CanonicalKeys(self._stores.graph, self.moment, self.scope)

    def _cards(self, keys: Iterable[str]) -> dict[str, list[dict[str, Any]]]:
        """Rows of the card of each party, a register first, and of those of one rank what was heard
        last."""
        asked = dict.fromkeys(keys)
        self._keys.look_up(asked)
        seen = [key for key in asked if self._sees(key)]
        told = self.ask_many(("party_card", {"key": key}) for key in seen)
        found: dict[str, list[dict[str, Any]]] = {key: [] for key in asked}
        for key, card in zip(seen, told, strict=True):
            found[key] = self.whose_word_first(card.rows)
        return found

    def _hidden(self, text: str) -> str:
        from graph.secrets import make_secrets
        from queries.search import hidden

        return hidden(text, make_secrets(self._stores.settings.secrets_file).identity_key)


def _said_first(rows: list[dict[str, Any]], name: str) -> str | None:
    told = (row["facts"].get(name) for row in rows)
    return next((str(value) for value in told if value), None)
