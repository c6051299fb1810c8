"""Scopes with what consents open, of many consents, for one request after the other.

Consents are held as they stand in the store, and every answer asks the store for its position: what
came since is read before anything is answered, by whichever process it was written.  A bank has a
hundred thousand of them, so that what follows from them is worked out again only where one of that
bank, for that purpose, changed, or a day is over.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from threading import Lock

from graph.operations.consent import Consents, News
from graph.operations.store import OperationsStore
from graph.time import day_of
from queries.consent.grants import covers, is_personal, needs_second, opened_by
from queries.consent.purposes import Purpose
from queries.scope import Grants, Scope

__all__ = ["ConsentedScopes"]

#: Scopes that are kept; what they share, what a bank was opened, is there once.
_MOST_SCOPES = 256
#: Subjects whose change is carried on; of more everything is made anew.
_MANY = 1_000
_NONE: frozenset[str] = frozenset()


@dataclass(slots=True)
class _Grant:
    subject: str
    classes: frozenset[str]
    from_on: date
    to_on: date
    stands: bool


@dataclass(slots=True)
class _Portfolio:
    """What was opened to one institution for one purpose.

    Attributes:
        of: numbers of the consents of each subject.
        touched: subjects of whom something changed since `made`, which is for the day `on`.
    """

    held: dict[int, _Grant] = field(default_factory=dict)
    of: dict[str, list[int]] = field(default_factory=dict)
    touched: set[str] = field(default_factory=set)
    on: date | None = None
    made: Grants = field(default_factory=Grants)

    def add(self, number: int, grant: _Grant) -> None:
        """One more."""
        self.held[number] = grant
        self.of.setdefault(grant.subject, []).append(number)
        self.touched.add(grant.subject)

    def act(self, number: int, act: str) -> None:
        """What was done with one: after its end nothing changes it."""
        grant = self.held.get(number)
        if grant is None:
            return
        self.touched.add(grant.subject)
        if act == "confirmed":
            grant.stands = True
        else:
            del self.held[number]
            self.of[grant.subject].remove(number)

    def open_on(self, day: date) -> Grants:
        """What is open on a day."""
        if self.on != day or len(self.touched) > _MANY:
            found = {subject: self._classes(subject, day) for subject in self.of}
            self.made = Grants({subject: each for subject, each in found.items() if each})
        elif self.touched:
            news = {subject: self._classes(subject, day) for subject in self.touched}
            if any(each != self.made.get(subject, _NONE) for subject, each in news.items()):
                self.made = self.made.changed(news)
        self.on = day
        self.touched.clear()
        return self.made

    def _classes(self, subject: str, day: date) -> frozenset[str]:
        found = _NONE
        for number in self.of[subject]:
            grant = self.held[number]
            if grant.stands and covers(day, grant.from_on, grant.to_on):
                # those of most are one consent's, and stay one object
                found = found | grant.classes if found else grant.classes
        return found


class ConsentedScopes:
    """Makes scopes; safe across threads."""

    def __init__(self, store: OperationsStore) -> None:
        self._consents = Consents(store)
        self._lock = Lock()
        self._position = 0
        self._portfolios: dict[tuple[str, str], _Portfolio] = {}
        self._where: dict[int, _Portfolio] = {}
        self._alike: dict[tuple[bool, str, bool, bool], frozenset[str]] = {}
        self._scopes: OrderedDict[object, tuple[Grants, Scope]] = OrderedDict()

    def scope(self, base: Scope, purpose: Purpose, at: datetime) -> Scope:
        """A scope as its institution sees by consent for a purpose, at an instant that is now.

        Args:
            base: what is open without consent; what was opened by hand is no part of the answer.

        The same scope again while nothing of it changed, so that what is kept with it stays.
        Raises `OperationsError`: who cannot look a consent up is let see nothing.
        """
        if base.institution is None:
            return replace(base, purpose=purpose.term, grants={})
        with self._lock:
            news = self._consents.since(self._position)
            if news is not None:
                self._take(news)
            portfolio = self._portfolios.get((base.institution, purpose.code))
            grants = _NOTHING if portfolio is None else portfolio.open_on(day_of(at))
            key = (base.name, base.divisions, base.institution, base.open_classes, purpose.code)
            held = self._scopes.get(key)
            if held is None or held[0] is not grants:
                held = grants, replace(base, purpose=purpose.term, grants=grants)
                self._scopes[key] = held
                while len(self._scopes) > _MOST_SCOPES:
                    self._scopes.popitem(last=False)
            self._scopes.move_to_end(key)
            return held[1]

    def _take(self, news: News) -> None:
        for row in news.consents:
            number, subject, institution, purpose, items, from_on, to_on, *ticks, channel = row
            portfolio = self._portfolios.setdefault((institution, purpose), _Portfolio())
            classes = self._opened(subject, items, bool(ticks[0]), bool(ticks[1]))
            stands = not needs_second(str(channel))
            portfolio.add(number, _Grant(subject, classes, from_on, to_on, stands))
            self._where[number] = portfolio
        for consent, act in news.acts:
            self._where[consent].act(consent, act)
        self._position = news.position

    def _opened(self, subject: str, items: str, sensitive: bool, onward: bool) -> frozenset[str]:
        """Consents are alike: what each opens is worked out once, and is one object."""
        personal = is_personal(subject)
        key = (personal, items, sensitive, onward)
        found = self._alike.get(key)
        if found is None:
            found = self._alike[key] = opened_by(
                subject, items.split(","), sensitive_tick=sensitive, onward_tick=onward
            )
        return found


_NOTHING = Grants()
