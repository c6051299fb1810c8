"""One round with every connected partner: hand over, take what they tell, apply it, carry it out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from graph.operations import (
    FinancingBook,
    FinancingMessages,
    Handovers,
    OfficeBooks,
    lease,
)
from ingest.exchange.reply import NoAnswer
from ingest.financing.connected import FinancingPartnerDesk
from ingest.financing.connections import partner_connections
from ingest.financing.partner import financing_partner
from ingest.financing.partner_end import PartnerEnd, RefusedByPartnerError

__all__ = ["PartnerRound", "exchange_round"]

#: How long to wait while another process is at the same partner, in seconds.
_WAIT_S = 5.0


@dataclass(frozen=True)
class PartnerRound:
    """What one round did with one partner.

    Attributes:
        handed, received, applied: how many of each outcome.
        problem: why the round with it was cut short, in Chinese; None: it was not.
        to_look_at: messages that wait for somebody, with what is wrong with each.
    """

    partner: str
    title: str
    handed: Mapping[str, int]
    received: Mapping[str, int]
    applied: Mapping[str, int]
    problem: str | None
    to_look_at: tuple[tuple[str, str], ...]


def exchange_round(office: OfficeBooks, *, at: datetime) -> tuple[PartnerRound, ...]:
    """With each partner that is connected; one that cannot be reached holds up no other.

    Raises `SettingsError`, `BusyError` where another process is at it.
    """
    settings, store = office.settings, office.store
    rounds = []
    for name, connection in partner_connections(settings).items():
        partner = financing_partner(name)
        desk = FinancingPartnerDesk(store, partner, PartnerEnd(partner, connection))
        with lease(store, settings, f"financing-{name}", wait_s=_WAIT_S):
            rounds.append(_round(desk, connection.institutions, at))
    return tuple(rounds)


def _round(desk: FinancingPartnerDesk, institutions: tuple[str, ...], at: datetime) -> PartnerRound:
    handed, received, problem = Counter[str](), Counter[str](), None
    try:
        if desk.partner.shape == "back_office":
            for institution in institutions:
                for _, case in FinancingBook(desk.store).cases(
                    institution=institution, states=("pushed",)
                ):
                    Handovers(desk.store).add(desk.channel, case.number, at=at)
            handed = desk.hand_over()
        received = desk.receive(at=at)
    except (NoAnswer, RefusedByPartnerError) as error:
        problem = str(error)
    applied = desk.apply(at=at)
    refused = FinancingMessages(desk.store).refused(desk.channel)
    return PartnerRound(
        desk.channel,
        desk.partner.title,
        dict(handed),
        dict(received),
        dict(applied),
        problem,
        tuple((one.reference, one.problem or "") for one in refused),
    )
