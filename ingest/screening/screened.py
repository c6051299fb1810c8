"""One answer to each who was asked about, of the lists as they may be used at the reader's moment.

What was repaired, removed or has run out is in none of it (`queries.lawful`).  Not found is a sentence
about the lists that came and a number that was compared; where one of both is lacking, nothing is
known, and that is said: not verified.  Who only resembles somebody on a list is on none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from graph.covered_sources import coverage_days
from graph.operations import OperationsStore
from graph.termed import Termed
from ingest.matching import Match, Matched, Outcome, Subject, match_all
from queries.lawful.lists import Catalogue, list_catalogue
from queries.measures import measure_register
from queries.reader import Reader

__all__ = [
    "SCREEN_NOTICE",
    "ListedEntry",
    "ListedMeasure",
    "ListsAsked",
    "Resembling",
    "ScreenState",
    "Screened",
    "lists_asked",
    "not_screened",
    "screen_all",
]

SCREEN_NOTICE = (
    "“未查到”只指按号码在已接入的名单里没有查到；“未核验”不等于没有记录。"
    "疑似同名的须核对证件号码，核对之前不得据以限制或者拒绝"
)

_REPORTS = "MeasureReport"
#: Namesakes that are looked up on the lists, and parties in one transaction.
_MOST_NAMESAKES, _AT_ONCE = 30, 200
#: Candidates at least so sure are looked up on the lists, to be checked by somebody.
_RESEMBLING = ("sure", "likely", "possible")


class ScreenState(Termed):
    """What is known of one."""

    LISTED = "listed", "在名单"
    NOT_FOUND = "not_found", "未查到"
    UNVERIFIED = "unverified", "未核验"


@dataclass(frozen=True)
class ListedEntry:
    """An entry of a list that may be used today, of the party itself.

    Attributes:
        colour: black, abnormal, light or record (`queries.lawful.lists`).
        term: by what it ends, in Chinese.
    """

    entry: str
    list_kind: str
    label: str
    colour: str
    case_no: str | None
    authority: str | None
    listed_on: date | None
    published_until: date | None
    term: str
    source: str | None


@dataclass(frozen=True)
class ListedMeasure:
    """A measure in force on the party, as it was reported or applied."""

    title: str
    law: str | None
    article: str | None
    begins_on: date | None
    ends_on: date | None


@dataclass(frozen=True)
class Resembling:
    """Somebody on a list who may be who was asked for, or somebody else: to be checked, used for nothing."""

    key: str
    name: str | None
    town: str | None
    village: str | None
    band_label: str
    lists: tuple[str, ...]


@dataclass(frozen=True)
class Screened:
    """The answer to one.

    Attributes:
        shown: mask of the number that was asked about, or the code of an organisation.
        why: one sentence.
        link: the party that a number proves; None where none does.
        measures: None where whoever asks is not told of them.
        faults: what of the row could not be used.
    """

    ref: str
    name: str
    shown: str
    state: ScreenState
    state_label: str
    why: str
    link: Match | None
    entries: tuple[ListedEntry, ...]
    measures: tuple[ListedMeasure, ...] | None
    resembling: tuple[Resembling, ...]
    faults: tuple[str, ...]


@dataclass(frozen=True)
class ListsAsked:
    """How far one looked: lists that came, each with its day, and those that nobody brought."""

    came: Mapping[str, date]
    missing: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """In one sentence."""
        if not self.came:
            return "没有任何名单接入，不能核验"
        came = "、".join(f"{title}（{day}）" for title, day in self.came.items())
        missing = f"；尚未接入：{'、'.join(self.missing)}" if self.missing else ""
        return f"已接入的名单和最近一次的日期：{came}{missing}"


def lists_asked(reader: Reader) -> ListsAsked:
    """Which lists of the catalogue came by the reader's moment."""
    days = coverage_days(reader.moment.batches)
    came, missing = {}, []
    for item in list_catalogue().lists.values():
        if item.kind != "ListEntry":
            continue
        if item.source in days:
            came[item.title] = days[str(item.source)]
        else:
            missing.append(item.title)
    return ListsAsked(came, tuple(missing))


def screen_all(
    reader: Reader, store: OperationsStore, subjects: Sequence[Subject]
) -> tuple[tuple[Screened, ...], ListsAsked]:
    """Each of them in the order asked, and how far one looked."""
    asked = lists_asked(reader)
    matches = match_all(reader, subjects, with_mentions=True, most=_MOST_NAMESAKES).matches
    keys = [one.key for match in matches for one in match.candidates if one.band in _RESEMBLING]
    # a list is public, its subjects' own cards are not: a number is looked up on it by itself
    keys += reader.known_among(key for one in subjects for key in one.keys)
    entries = _entries(reader, keys)
    measures = _measures(reader, store, [one.proven.key for one in matches if one.proven])
    return (
        tuple(
            _screened(subject, match, entries, measures, asked)
            for subject, match in zip(subjects, matches, strict=True)
        ),
        asked,
    )


def not_screened(ref: str, name: str, fault: str) -> Screened:
    """The answer to one that could not be read: nothing is known of it."""
    state = ScreenState.UNVERIFIED
    return Screened(ref, name, "", state, state.term, fault, None, (), None, (), (fault,))


def _screened(
    subject: Subject,
    match: Matched,
    entries: Mapping[str, Sequence[tuple[float, ListedEntry]]],
    measures: Mapping[str, tuple[ListedMeasure, ...]] | None,
    asked: ListsAsked,
) -> Screened:
    link = match.proven
    own = _own(subject, match, entries)
    resembling = tuple(_resembling(match, link, entries))
    state, why = _state(subject, match, own, resembling, asked)
    applied = None if measures is None else measures.get(link.key, ()) if link else ()
    if applied and state is ScreenState.NOT_FOUND:
        state, why = ScreenState.LISTED, "按号码查到正在实施的惩戒措施"
    return Screened(
        ref=subject.ref,
        name=subject.name or (link.name or "" if link else ""),
        shown=subject.shown,
        state=state,
        state_label=state.term,
        why=why,
        link=link,
        entries=own,
        measures=applied,
        resembling=resembling,
        faults=subject.faults,
    )


def _own(
    subject: Subject, match: Matched, entries: Mapping[str, Sequence[tuple[float, ListedEntry]]]
) -> tuple[ListedEntry, ...]:
    """Entries that are proven to be of the subject: of the party that its number is.

    Of whom nothing but the entry may be seen no name is compared; of others it must not contradict.
    """
    keys: Sequence[str] = (match.proven.key,) if match.proven else subject.keys
    if match.outcome is Outcome.CONTRADICTED:
        return ()
    return tuple(entry for key in keys for sure, entry in entries.get(key, ()) if sure >= 1)


def _state(
    subject: Subject,
    match: Matched,
    own: tuple[ListedEntry, ...],
    resembling: tuple[Resembling, ...],
    asked: ListsAsked,
) -> tuple[ScreenState, str]:
    if own:
        named = "" if match.proven else "；名称按权限不能核对"
        return ScreenState.LISTED, f"按号码查到 {len(own)} 条可依法使用的名单记录{named}"
    if not subject.has_number:
        why = "没有可用的证件号码，不能核验"
        if resembling:
            why += f"；名单上有 {len(resembling)} 个疑似的主体，请核对号码"
        return ScreenState.UNVERIFIED, why
    if match.outcome is Outcome.CONTRADICTED:
        return ScreenState.UNVERIFIED, "号码与名称对不上，请核对证件原件"
    if resembling:
        return (
            ScreenState.UNVERIFIED,
            f"按号码没有查到，但名单上有 {len(resembling)} 个没有完整号码的疑似主体，请核对",
        )
    if not asked.came:
        return ScreenState.UNVERIFIED, asked.sentence
    return ScreenState.NOT_FOUND, "按号码在已接入的名单里没有查到"


def _resembling(
    match: Matched,
    link: Match | None,
    entries: Mapping[str, Sequence[tuple[float, ListedEntry]]],
) -> Iterable[Resembling]:
    for one in match.candidates:
        told = entries.get(one.key, ())
        if one is link:
            told = [each for each in told if each[0] < 1]
        if told and one.band in _RESEMBLING:
            lists = tuple(dict.fromkeys(entry.label for _, entry in told))
            yield Resembling(one.key, one.name, one.town, one.village, one.band_label, lists)


def _entries(reader: Reader, keys: Iterable[str]) -> dict[str, list[tuple[float, ListedEntry]]]:
    """Entries that may be used, each with how certain it is that it is the party's."""
    wanted, catalogue = list(dict.fromkeys(keys)), list_catalogue()
    answers: list[Any] = []
    for start in range(0, len(wanted), _AT_ONCE):
        some = wanted[start : start + _AT_ONCE]
        answers += reader.ask_many(("list_entries", {"key": key}) for key in some)
    return {
        key: [(row["certainty"], _entry(row, catalogue)) for row in answer.rows]
        for key, answer in zip(wanted, answers, strict=True)
    }


def _entry(row: dict[str, Any], catalogue: Catalogue) -> ListedEntry:
    rule = catalogue.lists[row["list_kind"]]
    return ListedEntry(
        entry=row["entry_key"],
        list_kind=row["list_kind"],
        label=rule.title,
        colour=rule.colour,
        case_no=row["case_no"],
        authority=row["authority"],
        listed_on=row["listed_on"],
        published_until=row["published_until"],
        term=catalogue.says(row["list_kind"]),
        source=row["source"],
    )


def _measures(
    reader: Reader, store: OperationsStore, keys: Sequence[str]
) -> dict[str, tuple[ListedMeasure, ...]] | None:
    """Measures in force of each; None for who is not told of them."""
    if not (reader.scope.sees_everything or _REPORTS in reader.scope.open_kinds):
        return None
    if not keys:
        return {}
    register = measure_register(reader, store)
    return {
        key: tuple(
            ListedMeasure(one.title, one.law, one.article, one.said.begins_on, one.said.ends_on)
            for one in register.on(key)
        )
        for key in keys
    }
