"""Unusual reading: what the rules say of a history of looks.  Pure; it reads no store.

alerts_of(looks, rules, calendar, relatives=…, listed=…)
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from graph.calendar import WorkingCalendar
from graph.errors import InputError
from graph.operations.audit import RaisedAlert
from graph.time import clock_of, day_of
from queries.audit.rules import AlertRules, ManyRule

__all__ = ["Look", "alerts_of"]


_FRIDAY = 5


@dataclass(frozen=True)
class Look:
    """One entry as the rules see it.

    Attributes:
        who, reader, role: who looked.
        subjects: marks of whom.  more: how many further ones that are not told one by one.
        is_new: whether alerts may be raised for it; older ones only count along.
    """

    number: int
    at: datetime
    who: str
    reader: str
    role: str
    subjects: frozenset[str]
    more: int = 0
    is_new: bool = True


def alerts_of(
    looks: Sequence[Look],
    rules: AlertRules,
    calendar: WorkingCalendar,
    *,
    relatives: Mapping[str, Mapping[str, str]],
    listed: Mapping[str, str],
) -> list[RaisedAlert]:
    """Alerts of a history, one for each occasion.

    Args:
        looks: in their order.
        relatives: who -> mark of somebody of the reader's own -> how they are related.
        listed: mark of somebody on the list -> why.
    """
    about = [look for look in looks if look.subjects or look.more]
    found = [
        *(one for rule in rules.many for one in _many(about, rule)),
        *_off_hours(about, rules, calendar),
        *_of_some(
            about, rules.relative.code, lambda look, mark: relatives.get(look.who, {}).get(mark)
        ),
        *_of_some(about, rules.listed.code, lambda _look, mark: listed.get(mark)),
    ]
    once = {one.name: one for one in reversed(found)}
    return sorted(once.values(), key=lambda one: (one.last, one.rule, one.name))


def _many(looks: Iterable[Look], rule: ManyRule) -> Iterator[RaisedAlert]:
    """More than so many distinct subjects within the minutes; once a reader and day."""
    width = timedelta(minutes=rule.minutes)
    within: dict[str, deque[Look]] = defaultdict(deque)
    seen: dict[str, Counter[str]] = defaultdict(Counter)
    more: Counter[str] = Counter()
    raised = set()
    for look in looks:
        who, limit = look.who, rule.limit_of(look.role)
        window, counted = within[who], seen[who]
        window.append(look)
        counted.update(look.subjects)
        more[who] += look.more
        while look.at - window[0].at >= width:
            old = window.popleft()
            for mark in old.subjects:
                counted[mark] -= 1
                if not counted[mark]:
                    del counted[mark]
            more[who] -= old.more
        count, day = len(counted) + more[who], day_of(look.at)
        if count > limit and look.is_new and (who, day) not in raised:
            raised.add((who, day))
            said = f"{look.reader}在{rule.minutes}分钟内查阅了{count}个主体，超过{limit}个。"
            yield _alert(rule.code, look, None, window[0].number, count, said)


def _off_hours(
    looks: Iterable[Look], rules: AlertRules, calendar: WorkingCalendar
) -> Iterator[RaisedAlert]:
    """The first look of a reader outside of working hours, a day."""
    rule, raised = rules.off_hours, set()
    for look in looks:
        day, clock = day_of(look.at), clock_of(look.at)
        if look.role in rule.left_out or not look.is_new or (look.who, day) in raised:
            continue
        if rule.begins <= clock < rule.ends and _is_working(day, calendar):
            continue
        raised.add((look.who, day))
        count = len(look.subjects) + look.more
        said = f"{look.reader}在{day.isoformat()} {clock:%H:%M}（非工作时间）查阅。"
        yield _alert(rule.code, look, None, look.number, count, said)


def _of_some(
    looks: Iterable[Look], rule: str, why_of: Callable[[Look, str], str | None]
) -> Iterator[RaisedAlert]:
    """Looks at some of whom somebody said why they matter; once a reader, subject and day."""
    for look in looks:
        for mark in sorted(look.subjects) if look.is_new else ():
            why = why_of(look, mark)
            if why is not None:
                said = f"{look.reader}查阅了需要回避或者重点关注的主体（{why}）。"
                yield _alert(rule, look, mark, look.number, 1, said)


def _alert(
    rule: str, look: Look, mark: str | None, first: int, count: int, said: str
) -> RaisedAlert:
    day = day_of(look.at)
    occasion = "\n".join((rule, look.who, day.isoformat(), mark or ""))
    name = hashlib.sha256(occasion.encode()).hexdigest()
    return RaisedAlert(
        name, rule, look.who, look.reader, day, mark, first, look.number, count, said[:500]
    )


def _is_working(day: date, calendar: WorkingCalendar) -> bool:
    try:
        return calendar.is_working(day)
    except InputError:
        return day.isoweekday() <= _FRIDAY  # a year that nobody published yet
