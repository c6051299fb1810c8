"""An inbox as the service holds it: with a store and a runner of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from graph.operations import OperationsStore, Runner
from graph.operations.runner import SWEEP_S
from graph.settings import Settings
from ingest.delivery.inbox import Inbox

__all__ = ["receiving"]


@contextmanager
def receiving(settings: Settings, *, sweep_s: float = SWEEP_S) -> Iterator[Inbox]:
    """Open it; at the end it is closed as a service that stops closes it."""
    with OperationsStore(settings) as store, Runner(store, sweep_s=sweep_s) as runner:
        inbox = Inbox(settings, runner)
        runner.start()
        yield inbox
        runner.close()
        inbox.close()
