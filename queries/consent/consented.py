"""Scopes with what consents open, of many consents, for one request after the other.

Consents are held as they stand in the store, and every answer asks the store for its position: what
came since is read before anything is answered, by whichever process it was written.  A bank has a
hundred thousand of them, so that what follows from them is worked out again only where one of that
bank, for that purpose, changed, or a day is over.

What is held also says on which consents an answer stood (`ConsentedScopes.opened`): as they were when
its scope was made, whatever ended since.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from threading import Lock

from graph.operations.consent import Consents, Mode, News
from graph.operations.consent_terms import BEGUN, CONFIRMED
from graph.operations.store import OperationsStore
from graph.time import day_of
from queries.consent.grants import covers, is_personal, needs_second, opened_by
from queries.consent.purposes import Purpose
from queries.scope import Grants, Scope

__all__ = ["Consented", "ConsentedScopes", "Opened"]

#: Scopes that are kept; what they share, what a bank was opened, is there once.
_MOST_SCOPES = 256
#: Subjects whose change is carried on; of more everything is made anew.
_MANY = 1_000
_NONE: frozenset[str] = frozenset()


@dataclass(slots=True)
class _Grant:
    """What one consent opens; `stands_from`, `ended`: positions, None while it does not (yet)."""

    number: int
    subject: str
    classes: frozenset[str]
    from_on: date
    to_on: date
    stands_from: int | None
    is_once: bool
    ended: int | None = None
    is_begun: bool = False


@dataclass(slots=True)
class _Portfolio:
    """What was opened to one institution for one purpose.

    Attributes:
        of: consents of each subject, those that ended too.
        touched: subjects of whom something changed since `made`, which is for the day `on`.
    """

    held: dict[int, _Grant] = field(default_factory=dict)
    of: dict[str, list[_Grant]] = field(default_factory=dict)
    touched: set[str] = field(default_factory=set)
    on: date | None = None
    made: Grants = field(default_factory=Grants)

    def add(self, grant: _Grant) -> None:
        """One more."""
        self.held[grant.number] = grant
        self.of.setdefault(grant.subject, []).append(grant)
        self.touched.add(grant.subject)

    def act(self, number: int, act: str, at: datetime, position: int) -> None:
        """What was done with one: after its end nothing changes it."""
        grant = self.held.get(number)
        if grant is None:
            return
        self.touched.add(grant.subject)
        if act == CONFIRMED:
            grant.stands_from = position
        elif act == BEGUN:
            # what is for once is used on one day
            grant.is_begun, grant.to_on = True, min(grant.to_on, day_of(at))
        else:
            del self.held[number]
            grant.ended = position

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
        for grant in self.of[subject]:
            if (
                grant.stands_from is not None
                and grant.ended is None
                and covers(day, grant.from_on, grant.to_on)
            ):
                # those of most are one consent's, and stay one object
                found = found | grant.classes if found else grant.classes
        return found


@dataclass(frozen=True)
class Consented:
    """A scope with what consents open, and as of which of them.

    Attributes:
        purpose: by its code.
        position: of the last transaction on consents that it knows.
    """

    scope: Scope
    purpose: str
    on: date
    position: int


@dataclass(frozen=True)
class Opened:
    """Numbers of the consents on which an answer stands; `begins`: those for once whose use it begins."""

    numbers: tuple[int, ...]
    begins: tuple[int, ...]


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
        return self.consented(base, purpose, at).scope

    def consented(self, base: Scope, purpose: Purpose, at: datetime) -> Consented:
        """The same, with what `opened` needs to say on which consents it stands."""
        day = day_of(at)
        if base.institution is None:
            nothing = replace(base, purpose=purpose.term, grants={})
            return Consented(nothing, purpose.code, day, 0)
        with self._lock:
            news = self._consents.since(self._position)
            if news is not None:
                self._take(news)
            portfolio = self._portfolios.get((base.institution, purpose.code))
            grants = _NOTHING if portfolio is None else portfolio.open_on(day)
            key = (base.name, base.divisions, base.institution, base.open_classes, purpose.code)
            held = self._scopes.get(key)
            if held is None or held[0] is not grants:
                held = grants, replace(base, purpose=purpose.term, grants=grants)
                self._scopes[key] = held
                while len(self._scopes) > _MOST_SCOPES:
                    self._scopes.popitem(last=False)
            self._scopes.move_to_end(key)
            return Consented(held[1], purpose.code, day, self._position)

    def opened(self, told: Consented, subjects: Iterable[str], classes: frozenset[str]) -> Opened:
        """On which consents an answer stands that is about some subjects and reads some classes."""
        numbers: list[int] = []
        begins: list[int] = []
        institution = told.scope.institution or ""
        with self._lock:
            portfolio = self._portfolios.get((institution, told.purpose))
            of = {} if portfolio is None else portfolio.of
            for subject in subjects:
                for grant in of.get(subject, ()):
                    if not _stood(grant, told) or not grant.classes & classes:
                        continue
                    numbers.append(grant.number)
                    if grant.is_once and not grant.is_begun:
                        begins.append(grant.number)
        return Opened(tuple(sorted(numbers)), tuple(sorted(begins)))

    def begin(self, numbers: Sequence[int], *, by: str, at: datetime) -> None:
        """Note that the use of consents for once begins; raises `OperationsError`."""
        if numbers:
            self._consents.begin(numbers, by=by, at=at)

    def _take(self, news: News) -> None:
        for row in news.consents:
            portfolio = self._portfolios.setdefault((row.institution, row.purpose), _Portfolio())
            classes = self._opened(row.subject, row.items, row.sensitive_tick, row.onward_tick)
            stands_from = None if needs_second(row.channel) else row.position
            portfolio.add(
                _Grant(
                    row.number, row.subject, classes, row.from_on, row.to_on, stands_from,
                    row.mode == Mode.ONCE,
                )
            )  # fmt: skip
            self._where[row.number] = portfolio
        for act in news.acts:
            self._where[act.consent].act(act.consent, act.act, act.at, act.position)
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


def _stood(grant: _Grant, told: Consented) -> bool:
    """Whether a consent was in force when a scope was made."""
    return (
        grant.stands_from is not None
        and grant.stands_from <= told.position
        and (grant.ended is None or grant.ended > told.position)
        and covers(told.on, grant.from_on, grant.to_on)
    )
