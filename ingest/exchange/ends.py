"""The two ways to a partner: by HTTP and by files."""

from __future__ import annotations

from ingest.exchange.connection import Connection
from ingest.exchange.contract import Contract
from ingest.exchange.file_end import FileEnd
from ingest.exchange.http_end import HttpEnd
from ingest.exchange.request import End

__all__ = ["end_of"]


def end_of(contract: Contract, connection: Connection) -> End:
    """The end of a contract that this installation is connected by."""
    made = HttpEnd if connection.end == "http" else FileEnd
    return made(contract, connection)
