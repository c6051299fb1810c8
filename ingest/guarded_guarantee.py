"""A guarantee enters only while its chain stays under its limits, whoever else proposes meanwhile.

The fact log is the truth, so the guard stands at its door: under the writer's lock it looks at a
snapshot of all that is committed, checks, and appends one batch; nobody can commit in between.
Of two proposals that together break a limit the second sees the first and is refused.  The batch
is one of the banks' guarantee source: when the bank's own file tells the contract later, it
changes nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from dataclasses import asdict, dataclass, replace
from typing import Literal

import pandas as pd

from graph.catch_up import catch_up
from graph.encoding import encode
from graph.errors import InputError
from graph.identifiers.redaction import hides_a_number, redacted_key
from graph.log import Batch, FactLog
from graph.operations import DecisionArchive, Ledger, OperationsStore, lease, store_for
from graph.private import private_folder
from graph.progress import silent
from graph.secrets import make_secrets
from graph.settings import Settings
from graph.snapshot import Snapshot, take_snapshot
from graph.time import today, utc_now
from ingest.comparing.difference import compare
from ingest.comparing.list_part import ListPart
from ingest.pipeline import WAIT_S
from ingest.plan import batch_name, taken_before
from ingest.sources.guarantee import contracts
from queries.eligibility.verdict import Verdict
from queries.structure.guarantees import read_guarantees
from queries.structure.proposal import GuaranteeProposal, ProposalCheck, check_proposal

__all__ = ["GuardedGuarantee", "insert_guarantee"]

_SOURCE = "guarantee"


@dataclass(frozen=True)
class GuardedGuarantee:
    """What became of a proposal.

    Attributes:
        state: `inserted`; `already` (this very proposal was, before); `refused`, a limit breaks;
            `open`, a limit is 待补充 and was not accepted as open.
        check: None for `already`.
        record: identifier of the check in the archive of decisions.
        position: of the batch in the log, None where none was written.
    """

    state: Literal["inserted", "already", "refused", "open"]
    check: ProposalCheck | None
    record: str | None
    position: int | None


def insert_guarantee(
    settings: Settings,
    proposal: GuaranteeProposal,
    *,
    accept_open: Collection[str] = (),
    into_graph: bool = True,
    store: OperationsStore | None = None,
) -> GuardedGuarantee:
    """Check a proposal against all that is known, and write it if every blocking limit holds.

    Args:
        accept_open: rules whose 待补充 the officer answers for; one that breaks is never accepted.
        into_graph: also bring the graph up to date.

    Raises:
        InputError, NotFoundError: as `check_proposal`; signed later than today, or over by now.
        BusyError: another run of the source held it all the time.
    """
    day = today()
    if proposal.signed_on > day or (proposal.expires_on and proposal.expires_on < day):
        raise InputError(
            "签订日不能晚于今天，到期日不能早于今天：限额按今天的担保核对。",
            "Limits are checked as of today: sign no later, expire no sooner.",
            code="guarantee_refused",
        )
    if hides_a_number(proposal.contract_no):
        key = make_secrets(settings.secrets_file).identity_key
        proposal = replace(proposal, contract_no=redacted_key(proposal.contract_no, key))
    log = FactLog(settings.log_dir)
    text = json.dumps(asdict(proposal), ensure_ascii=False, sort_keys=True, default=str)
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    private_folder(settings.data)
    with (
        store_for(settings, store) as operations,
        # the source's other runs compare with what is committed: none may be under way
        lease(operations, settings, _SOURCE, wait_s=WAIT_S, progress=silent),
        log.writer(),
    ):
        Ledger(operations).refuse_lost(log.batches())
        done = taken_before(log, _SOURCE, sha256, ListPart("proposal"))
        if done:
            return GuardedGuarantee("already", None, None, done.position)
        snapshot = take_snapshot(log, day)
        check = check_proposal(read_guarantees(snapshot), proposal)
        record = _keep(operations, check, accept_open)
        if check.verdict is Verdict.NOT_MET:
            return GuardedGuarantee("refused", check, record, None)
        if not check.open_rules <= set(accept_open):
            return GuardedGuarantee("open", check, record, None)
        batch = _append(log, snapshot, check.proposal, sha256, notes={"check": record})
        Ledger(operations).reconcile([batch])
    if into_graph:
        catch_up(settings)
    return GuardedGuarantee("inserted", check, record, batch.position)


def _keep(store: OperationsStore, check: ProposalCheck, accepted: Collection[str]) -> str:
    told = {**encode(check), "accept_open": sorted(accepted)}
    text = json.dumps(told, ensure_ascii=False, sort_keys=True, default=str)
    return DecisionArchive(store).keep(
        text.encode(),
        party=check.proposal.guarantor,
        product="guarantee",
        verdict=check.verdict.value,
        decided_at=utc_now(),
    )


def _append(
    log: FactLog,
    snapshot: Snapshot,
    proposal: GuaranteeProposal,
    sha256: str,
    notes: dict[str, str],
) -> Batch:
    batch = batch_name(log, _SOURCE, sha256)
    frames = contracts(_row(snapshot, proposal))
    difference = compare(log, frames, source=_SOURCE, batch=batch, day=today())
    with log.append(
        source=_SOURCE,
        batch=batch,
        file_name=f"proposal-{proposal.contract_no}",
        content_sha256=sha256,
        notes=notes,
    ) as pending:
        for kind, facts in difference.asserted.items():
            pending.assert_facts(kind, facts)
        pending.close_facts(difference.closed)
        pending.counts.update(rows_in=1, accepted=1, unchanged=0, quarantined=0)
    return log.batches()[-1]


def _row(snapshot: Snapshot, proposal: GuaranteeProposal) -> pd.DataFrame:
    """The proposal as one row of the banks' file behind the gate."""
    labels = {
        f"{party}_label": str(snapshot.labels[snapshot.index(key)].as_py())
        for party, key in (("guarantor", proposal.guarantor), ("borrower", proposal.borrower))
    }
    row = {
        "lender_code": proposal.lender_code,
        "contract_no": proposal.contract_no,
        "guarantor_key": proposal.guarantor,
        "borrower_key": proposal.borrower,
        "loan_key": proposal.loan,
        "amount_fen": proposal.amount_fen,
        "guarantee_kind": proposal.kind,
        "signed_on": proposal.signed_on,
        "expires_on": proposal.expires_on,
        "released_fen": None,
        "released_on": None,
        "relation": proposal.relation,
        **labels,
    }
    return pd.DataFrame([row], index=[1], dtype=object)
