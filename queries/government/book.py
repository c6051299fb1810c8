"""All that is known of the integrity of public bodies at one moment, read once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from pydantic import computed_field

from queries.basis import Basis
from queries.district import DistrictReader
from queries.government.arrears import STATES, Claim, claim_on
from queries.government.commitment import OUTCOMES, Commitment, commitment_on, read_commitments
from queries.government.contract import Contract, parties_of, read_contracts
from queries.government.debtors import (
    ARREARS_LIST,
    DEBTOR_LIST,
    ListedBody,
    bodies_of,
    listed_bodies,
)
from queries.government.disclosure import (
    DISCLOSURE_STATES,
    Disclosure,
    disclosures,
    read_published,
)
from queries.government.interest import interest_rules
from queries.measures.parties import known_parties

__all__ = ["Count", "GovernmentBook", "Summary", "government_book", "summary"]

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class GovernmentBook:
    """Everything of one moment.

    Attributes:
        bodies: every public body known by its code -> its name.
        contracts: as their files have them, for another day.
        debtors: public bodies among the judgment defaulters: none is as it should be.
        recorded: who is recorded for not paying small firms (条例 第二十六条).
    """

    bodies: Mapping[str, str | None]
    contracts: tuple[Contract, ...]
    claims: tuple[Claim, ...]
    commitments: tuple[Commitment, ...]
    disclosures: tuple[Disclosure, ...]
    debtors: tuple[ListedBody, ...]
    recorded: tuple[ListedBody, ...]
    basis: Basis
    rules: str


@dataclass(frozen=True)
class Count:
    """How many of a state; `code` selects them."""

    code: str
    label: str
    count: int


@dataclass(frozen=True)
class Summary:
    """The figures that stand above the lists; each is the number of rows of one list.

    Attributes:
        arrears: contracts by state.  overdue_fen: unpaid principal of those that are overdue.
        interest_owed_fen: unpaid interest, as far as it can be told.
        interest_untold: contracts paid late, or unpaid, whose interest cannot be told.
        findings: contracts with something wrong in them.
    """

    debtors: int
    recorded: int
    arrears: tuple[Count, ...]
    overdue_fen: int
    interest_owed_fen: int
    interest_untold: int
    findings: int
    commitments: tuple[Count, ...]
    disclosures: tuple[Count, ...]
    basis: Basis
    rules: str

    @computed_field
    @property
    def alarm(self) -> bool:
        """Whether a public body is on the courts' list."""
        return self.debtors > 0


def government_book(reader: DistrictReader) -> GovernmentBook:
    """Read all of it, as far as law and the scope of the reader let it be seen."""
    return reader.computed("government", lambda: _read(reader), rules=interest_rules().name)


def _read(reader: DistrictReader) -> GovernmentBook:
    day = reader.moment.as_of
    contracts, stated, published = (
        read_contracts(reader), read_commitments(reader), read_published(reader),
    )  # fmt: skip
    named = parties_of(contracts) | {one.body for one in published}
    named |= {key for _, body, receiver in stated for key in (body, receiver) if key}
    names = known_parties(reader, named)
    bodies = bodies_of(reader)
    listed = listed_bodies(reader, bodies, {one.debtor for one in contracts})
    order = {code: place for place, code in enumerate(STATES)}
    claims = sorted(
        (claim_on(one, day, names) for one in contracts),
        key=lambda one: (order[one.state], -one.principal_fen, one.key),
    )
    outcomes = {code: place for place, code in enumerate(OUTCOMES)}
    commitments = sorted(
        (commitment_on(one, day, names) for one in stated),
        key=lambda one: (outcomes[one.outcome], one.key),
    )
    return GovernmentBook(
        bodies=bodies,
        contracts=contracts,
        claims=tuple(claims),
        commitments=tuple(commitments),
        disclosures=disclosures(contracts, published, day, names),
        debtors=tuple(one for one in listed if one.list_kind == DEBTOR_LIST),
        recorded=tuple(one for one in listed if one.list_kind == ARREARS_LIST),
        basis=reader.basis,
        rules=interest_rules().name,
    )


def summary(book: GovernmentBook) -> Summary:
    """The figures of a book."""
    late = [one for one in book.claims if one.state in ("overdue", "paid_late")]
    return Summary(
        debtors=len(book.debtors),
        recorded=len(book.recorded),
        arrears=_counts(STATES, book.claims, lambda one: one.state),
        overdue_fen=sum(one.principal_fen for one in book.claims),
        interest_owed_fen=sum(one.interest_owed_fen or 0 for one in late),
        interest_untold=sum(one.interest_fen is None for one in late),
        findings=sum(bool(one.findings) for one in book.claims),
        commitments=_counts(OUTCOMES, book.commitments, lambda one: one.outcome),
        disclosures=_counts(DISCLOSURE_STATES, book.disclosures, lambda one: one.state),
        basis=book.basis,
        rules=book.rules,
    )


def _counts(
    states: Mapping[str, str], rows: Sequence[T], state: Callable[[T], str]
) -> tuple[Count, ...]:
    told = [state(one) for one in rows]
    return tuple(Count(code, label, told.count(code)) for code, label in states.items())
