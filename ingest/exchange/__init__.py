"""Exchange with other systems: what goes out, what comes in; each partner is one declared contract."""

from __future__ import annotations

from ingest.exchange.connection import Connection, connections
from ingest.exchange.contract import Contract, contract_named, contracts
from ingest.exchange.enqueue import Queued, enqueue
from ingest.exchange.overview import (
    ACTIONS,
    STATES,
    ContractState,
    ItemState,
    contract_acts,
    contract_items,
    contract_state,
    hand_over_again,
    overview,
    put_off_item,
    send_item_again,
)
from ingest.exchange.receiving import Received, receive
from ingest.exchange.sending import Sent, send

__all__ = [
    "ACTIONS",
    "STATES",
    "Connection",
    "Contract",
    "ContractState",
    "ItemState",
    "Queued",
    "Received",
    "Sent",
    "connections",
    "contract_acts",
    "contract_items",
    "contract_named",
    "contract_state",
    "contracts",
    "enqueue",
    "hand_over_again",
    "overview",
    "put_off_item",
    "receive",
    "send",
    "send_item_again",
]
