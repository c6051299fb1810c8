"""Which events a scope is told: only of subjects where it works, and of kinds that it may see of them.

That something about somebody changed is something about him.  So an event is told of the kinds of facts
of which the reader gets everything there is of that subject (`Scope.tells_all`), and not at all where
none is left; what is an institution's own matter (a decision, a consent, a demand) is told to who asks for
that institution.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from graph.log import FactLog
from graph.log_view import FactsAt
from graph.moment import Moment
from graph.operations import Event
from queries.scope import Scope

__all__ = ["Coverage", "Places", "locations"]

#: Party -> keys of the divisions that it is located in.
Places = Mapping[str, Collection[str]]

_LOCATED = "LOCATED_IN"


class Coverage:
    """What one scope is told, of subjects whose places are known.

    Args:
        places: of every subject that is asked about; empty for who works in the whole district.
        divisions: codes of divisions to which whoever subscribed confines it further; None: no such.
    """

    def __init__(
        self, scope: Scope, places: Places, divisions: tuple[str, ...] | None = None
    ) -> None:
        self._scope, self._places = scope, places
        self._confined = None if divisions is None else replace(scope, divisions=divisions)

    @property
    def needs_places(self) -> bool:
        """Whether it matters where a subject is."""
        return self._scope.areas is not None or self._confined is not None

    def told(self, event: Event) -> Event | None:
        """The event as it is told; None where it is not."""
        scope = self._scope
        if not self._is_near(scope, event.subject):
            return None
        if self._confined is not None and not self._is_near(self._confined, event.subject):
            return None
        if event.institution is not None or not event.kinds:
            asks = event.institution is not None and event.institution == scope.institution
            return event if asks or scope.sees_everything else None
        seen = tuple(
            kind for kind in event.kinds if scope.tells_all(kind, event.subject, self._places)
        )
        return replace(event, kinds=seen) if seen else None

    def _is_near(self, scope: Scope, subject: str) -> bool:
        return scope.areas is None or any(
            place.startswith(scope.areas) for place in self._places.get(subject, ())
        )


def locations(log: FactLog, moment: Moment, subjects: Iterable[str]) -> dict[str, set[str]]:
    """Where some parties are located at a moment: keys of divisions, by live ties of certainty 1."""
    asked = pa.array(sorted({*subjects}), pa.string())
    found: dict[str, set[str]] = {}
    if not len(asked):
        return found
    ties = FactsAt(log, moment.as_of, moment.known_at).table(_LOCATED)
    ties = ties.filter(pc.greater_equal(ties["certainty"], 1))
    ties = ties.filter(pc.is_in(ties["from_key"].cast(pa.string()), value_set=asked))
    for party, place in zip(ties["from_key"].to_pylist(), ties["to_key"].to_pylist(), strict=True):
        found.setdefault(party, set()).add(place)
    return found
