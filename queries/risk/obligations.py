"""Who owes whom how much, in fen: loans and guarantees of a snapshot as claims between parties.

- A loan is owed by its borrower to its lender: the balance last heard.  What several borrowers owe
  together is split evenly, so that no fen is owed twice.
- A guarantee is owed by the guarantor for the borrower: the amount of the contract, and never more
  than the balance that it secures; one whose loans are settled is not owed (`graph.accessory`).

A balance or an amount that nobody stated is unknown: it is listed, and never counted as zero.
Certainty below one carries nothing.  Amounts between the same two parties add up, so that a loan or
a guarantee split in two is the same obligation.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from scipy import sparse

from graph.last_heard import last_heard
from graph.snapshot import Snapshot
from queries.risk.clearing import Owed

__all__ = ["Claims", "LoanBook", "Obligations", "UnknownAmount", "loan_book", "obligations"]

Numbers = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Claims:
    """`debtor` owes `creditor` (or owes for them) `fen`; numbers of parties, one entry a claim."""

    debtor: Numbers
    creditor: Numbers
    fen: Numbers


@dataclass(frozen=True, eq=False)
class LoanBook:
    """Every debtor's part of every running loan.

    Attributes:
        loan: its key, one entry a debtor.
        debtor, creditor: numbers of parties.
        fen: the debtor's part of the balance; −1 where nobody told the balance.
    """

    loan: pa.Array
    debtor: Numbers
    creditor: Numbers
    fen: Numbers


@dataclass(frozen=True)
class UnknownAmount:
    """A loan without a stated balance, or a guarantee without an amount."""

    kind: str
    fact_id: str
    source: str


@dataclass(frozen=True, eq=False)
class Obligations:
    """Claims over the parties of a snapshot, and which amounts nobody knows."""

    parties: int
    loans: Claims
    guarantees: Claims
    unknown: tuple[UnknownAmount, ...]

    def exposure(self) -> sparse.csr_array:
        """[i, j] = fen that i may lose by j: a lender its loan, a guarantor what it stands for."""
        lent, stood = self.loans, self.guarantees
        return self._matrix(
            np.concatenate([lent.creditor, stood.debtor]),
            np.concatenate([lent.debtor, stood.creditor]),
        )

    def owed(self, external_fen: NDArray[np.float64]) -> Owed:
        """What is owed when every guarantee is called at once: the guarantor pays towards the
        borrower, and the borrower pays its lenders.  A stress, not a forecast."""
        lent, stood = self.loans, self.guarantees
        matrix = self._matrix(
            np.concatenate([lent.debtor, stood.debtor]),
            np.concatenate([lent.creditor, stood.creditor]),
        )
        return Owed(matrix, np.zeros(self.parties), external_fen)

    def _matrix(self, rows: Numbers, columns: Numbers) -> sparse.csr_array:
        fen = np.concatenate([self.loans.fen, self.guarantees.fen]).astype(np.float64)
        # entries of the same two parties are added up
        return sparse.csr_array((fen, (rows, columns)), shape=(self.parties, self.parties))


def obligations(snapshot: Snapshot) -> Obligations:
    """Read the claims of a snapshot."""
    loans, without_balance = _loans(snapshot)
    guarantees, without_amount = _guarantees(snapshot)
    return Obligations(len(snapshot), loans, guarantees, without_balance + without_amount)


def loan_book(snapshot: Snapshot) -> LoanBook:
    """The loans of a snapshot that are not settled, debtor by debtor."""
    debts, creditor, balance = _running(snapshot)
    known = pc.fill_null(balance, -1).to_numpy(zero_copy_only=False).astype(np.int64)
    part = np.where(known < 0, -1, _split(debts["to_key"], np.maximum(known, 0)))
    keys = debts["to_key"].combine_chunks().cast(pa.string())
    return LoanBook(keys, _numbers(snapshot, debts["from_key"]), creditor, part)


def _loans(snapshot: Snapshot) -> tuple[Claims, tuple[UnknownAmount, ...]]:
    debts, creditor, balance = _running(snapshot)
    unknown = _unknown("loan", debts.filter(pc.is_null(balance)))
    owing = pc.fill_null(pc.greater(balance, 0), False)
    debts, fen = debts.filter(owing), balance.filter(owing).to_numpy().astype(np.int64)
    at = np.asarray(owing.to_numpy(zero_copy_only=False), bool)
    return _claims(
        _numbers(snapshot, debts["from_key"]), creditor[at], _split(debts["to_key"], fen)
    ), unknown


def _running(snapshot: Snapshot) -> tuple[pa.Table, Numbers, pa.ChunkedArray]:
    """Who borrowed what is not settled; its lender; its balance as last heard, null if never."""
    lent_by = last_heard(snapshot.facts("LENT_BY"), ["from_key"])
    borrowed = last_heard(snapshot.facts("BORROWED"), ["from_key", "to_key"])
    states = last_heard(snapshot.facts("LoanState"), ["key"])
    lender = pc.index_in(borrowed["to_key"], value_set=lent_by["from_key"].combine_chunks())
    state = pc.index_in(borrowed["to_key"], value_set=states["key"].combine_chunks())
    balance = states["balance_fen"].take(state)
    settled = pc.less_equal(states["settled_on"].take(state), pa.scalar(snapshot.as_of))
    running = pc.and_(pc.is_valid(lender), pc.invert(pc.fill_null(settled, False)))
    creditor = _numbers(snapshot, lent_by["to_key"].take(lender.filter(running)))
    return borrowed.filter(running), creditor, balance.filter(running)


def _guarantees(snapshot: Snapshot) -> tuple[Claims, tuple[UnknownAmount, ...]]:
    told = last_heard(snapshot.facts("GUARANTEES"), ["from_key", "to_key", "discriminator"])
    stated = told.filter(pc.is_valid(told["amount_fen"]))
    owed = snapshot.secured.owed(stated["discriminator"], stated["amount_fen"])
    claims = _claims(
        _numbers(snapshot, stated["from_key"]),
        _numbers(snapshot, stated["to_key"]),
        owed.to_numpy(zero_copy_only=False).astype(np.int64),
    )
    return claims, _unknown("guarantee", told.filter(pc.is_null(told["amount_fen"])))


def _split(loans: pa.ChunkedArray, fen: Numbers) -> Numbers:
    """Each borrower's even part of the joint debt; the odd fen go to the first ones."""
    code = loans.combine_chunks().dictionary_encode().indices.to_numpy().astype(np.int64)
    together = np.bincount(code, minlength=1)[code]
    order = np.argsort(code, kind="stable")
    begins = np.searchsorted(code[order], code[order])
    turn = np.empty_like(code)
    turn[order] = np.arange(len(code)) - begins
    return np.asarray(fen // together + (turn < fen % together), dtype=np.int64)


def _claims(debtor: Numbers, creditor: Numbers, fen: Numbers) -> Claims:
    real = (debtor != creditor) & (fen > 0)
    return Claims(debtor[real], creditor[real], fen[real])


def _numbers(snapshot: Snapshot, keys: pa.ChunkedArray) -> Numbers:
    found: Numbers = pc.index_in(keys, value_set=snapshot.keys).to_numpy().astype(np.int64)
    return found


def _unknown(kind: str, facts: pa.Table) -> tuple[UnknownAmount, ...]:
    ids, sources = facts["fact_id"].to_pylist(), facts["source"].to_pylist()
    told = sorted(zip(ids, sources, strict=True))
    return tuple(UnknownAmount(kind, fact_id, source) for fact_id, source in told)
