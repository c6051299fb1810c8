"""What is counted of an installation when somebody asks how it fares (`api.metrics`)."""

from __future__ import annotations

from collections.abc import Iterator

from api.events.stream import Streams
from graph.log_head import read_head
from graph.operations import Events, HookDeliveries, Hooks, Jobs, OfficeBooks

__all__ = ["figures"]

#: States of jobs that are counted: the others have ended.
_UNDER_WAY = ("waiting", "running")


def figures(
    office: OfficeBooks, streams: Streams
) -> Iterator[tuple[str, str, dict[str, str], float]]:
    """Name, what it is, labels and value of each; none names or counts a party."""
    head = read_head(office.settings.log_dir)
    yield "xinnong_log_position", "Batches of the fact log", {}, head.position if head else 0
    events = Events(office.store)
    yield "xinnong_events_last", "Number of the last event", {}, events.last()
    yield "xinnong_events_heard", "Batches looked through for events", {}, events.heard() or 0
    yield "xinnong_event_streams", "Open streams of events", {}, streams.open
    counts: dict[str, int] = dict.fromkeys(("waiting", "acknowledged", "dead", "beyond"), 0)
    for (_, state), count in HookDeliveries(office.store).counts().items():
        counts[state] += count
    for state, count in sorted(counts.items()):
        yield "xinnong_hook_deliveries", "Deliveries of events", {"state": state}, count
    hooks = Hooks(office.store).all()
    for state in ("active", "paused"):
        number = sum(hook.state == state for hook in hooks)
        yield "xinnong_hooks", "Subscriptions to events", {"state": state}, number
    for kind, state, number in Jobs(office.store).counts(*_UNDER_WAY):
        labels = {"kind": kind, "state": state}
        yield "xinnong_jobs", "Jobs under way", labels, number
