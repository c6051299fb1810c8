"""Types that cannot be mixed up: a record of one's own, a hint from near by, a tie of before.

A hint carries its notice and the day on which it lapses, and has no field that could hold a record:
nobody becomes dishonest by standing near somebody who is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pydantic import computed_field

from queries.basis import HINT_NOTICE
from queries.codes import KINDS
from queries.linked_dishonesty.network import Step

__all__ = ["FormerTie", "NearbyHint", "OwnRecord"]


@dataclass(frozen=True)
class OwnRecord:
    """An entry of a public list that may be used, of the party itself and proven to be.

    Attributes:
        record: its key.  list_kind: code; label: the list in Chinese.
        source, batch, row: where it was said.
    """

    record: str
    list_kind: str
    label: str
    number: str | None
    authority: str | None
    listed_on: date | None
    published_until: date | None
    source: str
    batch: str
    row: int


@dataclass(frozen=True)
class NearbyHint:
    """Somebody near a dishonest subject.

    Attributes:
        subject, subject_name: who is dishonest.  other, other_name, other_label: who stands near.
        distance: ties between them.  since: from when the whole way stands; None: nobody says.
        steps: the way, from the dishonest subject outwards.  sentence: the same in words.
        town: division key of the other's town; None where nobody says.
        expires_on: the first day on which the hint holds no more.
    """

    subject: str
    subject_name: str | None
    other: str
    other_name: str | None
    other_label: str
    distance: int
    since: date | None
    steps: tuple[Step, ...]
    sentence: str
    town: str | None
    as_of: date
    expires_on: date
    notice: str = HINT_NOTICE

    def __post_init__(self) -> None:
        if self.notice != HINT_NOTICE or self.expires_on <= self.as_of or not self.steps:
            raise ValueError("a hint says that it is one, why, and until when")

    @computed_field
    @property
    def other_kind(self) -> str:
        """What the other is, in Chinese."""
        return KINDS.get(self.other_label, self.other_label)

    @property
    def ties(self) -> frozenset[str]:
        """Kinds of ties on the way."""
        return frozenset(tie.kind for step in self.steps for tie in step.ties)


@dataclass(frozen=True)
class FormerTie:
    """A tie of the party's own that is over; of records that ended nothing stands here."""

    kind: str
    what: str
    other: str
    other_name: str | None
    since: date | None
    until: date
