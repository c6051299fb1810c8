"""The lists of the page, the route and the command: cut by state and body, and told in parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from graph.errors import InputError
from queries.basis import Basis
from queries.government.arrears import FINDINGS, STATES, Claim
from queries.government.book import GovernmentBook
from queries.government.commitment import OUTCOMES, Commitment
from queries.government.debtors import ListedBody
from queries.government.disclosure import DISCLOSURE_STATES, Disclosure

__all__ = [
    "Claims",
    "Commitments",
    "Disclosures",
    "ListedBodies",
    "claims",
    "commitments",
    "disclosure_list",
    "listed",
]

T = TypeVar("T")

#: Instead of one finding: contracts that have some.
ANY = "any"


@dataclass(frozen=True)
class _Part:
    """Rows from `offset` on, of `total`."""

    total: int
    offset: int
    basis: Basis


@dataclass(frozen=True)
class Claims(_Part):
    """Contracts, the gravest first."""

    rows: tuple[Claim, ...]


@dataclass(frozen=True)
class Commitments(_Part):
    """Commitments, those not kept first."""

    rows: tuple[Commitment, ...]


@dataclass(frozen=True)
class Disclosures(_Part):
    """Disclosures by body and year, the newest year first."""

    rows: tuple[Disclosure, ...]


@dataclass(frozen=True)
class ListedBodies:
    """Entries of lists about public bodies: judgment defaulters, and dishonesty in paying small firms."""

    debtors: tuple[ListedBody, ...]
    recorded: tuple[ListedBody, ...]
    basis: Basis


def claims(
    book: GovernmentBook,
    *,
    state: str = "",
    body: str = "",
    finding: str = "",
    limit: int = 100,
    offset: int = 0,
) -> Claims:
    """Contracts of one state, one payer, or with one finding (`any`: with some).

    Raises `InputError` (`state_unknown`).
    """
    _known(state, STATES)
    _known(finding, {**FINDINGS, ANY: ""})
    rows = [
        one
        for one in book.claims
        if state in ("", one.state)
        and body in ("", one.debtor)
        and (not finding or finding in one.findings or (finding == ANY and one.findings))
    ]
    return Claims(len(rows), offset, book.basis, _cut(rows, limit, offset))


def commitments(
    book: GovernmentBook, *, state: str = "", body: str = "", limit: int = 100, offset: int = 0
) -> Commitments:
    """Commitments of one outcome or one body; raises as `claims`."""
    _known(state, OUTCOMES)
    rows = [
        one for one in book.commitments if state in ("", one.outcome) and body in ("", one.body)
    ]
    return Commitments(len(rows), offset, book.basis, _cut(rows, limit, offset))


def disclosure_list(
    book: GovernmentBook, *, state: str = "", body: str = "", limit: int = 100, offset: int = 0
) -> Disclosures:
    """Disclosures of one state or one body; raises as `claims`."""
    _known(state, DISCLOSURE_STATES)
    rows = [one for one in book.disclosures if state in ("", one.state) and body in ("", one.body)]
    return Disclosures(len(rows), offset, book.basis, _cut(rows, limit, offset))


def listed(book: GovernmentBook) -> ListedBodies:
    """Who is listed; all of them: there should be none."""
    return ListedBodies(book.debtors, book.recorded, book.basis)


def _cut(rows: Sequence[T], limit: int, offset: int) -> tuple[T, ...]:
    return tuple(rows[offset : offset + limit])


def _known(code: str, codes: Mapping[str, str]) -> None:
    if code and code not in codes:
        raise InputError(
            f"没有这种状态。可以写的有：{'、'.join(codes)}。",
            f"No such state; these are: {sorted(codes)}.",
            code="state_unknown",
        )
