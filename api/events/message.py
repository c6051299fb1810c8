"""What is sent of an event: its kind, when, whom about and which kinds of facts; never a fact.

    {"type": "subject.changed", "timestamp": "2026-11-29T02:10:00+00:00",
     "data": {"cursor": 120, "subject": "person:…", "about": "", "kinds": ["Loan"]}}

(Standard Webhooks 1.0, 'Payload'.)  Who receives it asks back, and is answered what its scope sees then.
"""

from __future__ import annotations

import json
from typing import Any

from graph.operations import Event

__all__ = ["body_of", "data_of"]


def data_of(event: Event) -> dict[str, Any]:
    """The data of a message."""
    return {
        "cursor": event.number,
        "subject": event.subject,
        "about": event.about,
        "kinds": [*event.kinds],
    }


def body_of(event: Event) -> bytes:
    """The body of a message: the same bytes however often it is sent, as long as as much is told."""
    told = {"type": event.kind.value, "timestamp": event.at.isoformat(), "data": data_of(event)}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
