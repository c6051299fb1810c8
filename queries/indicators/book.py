"""One item a decision: what the ledger, the records filed and the rows refused say of it together.

A decision is what one body decided under one number, of one class.  It is *entered* where a record of
it stands, whatever became of it since, and *refused* where rows of it were refused, are open and none
was entered.  It came late where it came after its day by clock and calendar; where no day of arrival is
stated, the first file that brought it is the latest day on which it can have come: in time by then is in
time, later says nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from graph.calendar import WorkingCalendar
from graph.schema.ledger import DECISION_CLASSES
from graph.time import MIN_DATE
from queries.indicators.document_number import folded, folded_each
from queries.indicators.months import month_name, month_number, month_numbers
from queries.indicators.unnamed import unnamed
from queries.lawful.clocks import Channel, clocks

__all__ = ["CLASSES", "Book", "Days", "Flags", "RefusedDocument", "build_book"]

Flags = NDArray[np.bool_]
Days = NDArray[np.datetime64]

#: Classes in the order in which they are shown.
CLASSES = tuple(DECISION_CLASSES)

_BETWEEN = "\x1f"
_NAT = np.datetime64("NaT", "D")


@dataclass(frozen=True)
class RefusedDocument:
    """A row that was refused and is open, as far as it could be read.

    Attributes:
        row: names it: the batch and the row of the file.
        body, authority: key and name of the authority; None where neither could be read.
        arrived_on: when it was told, else when its file came.
    """

    row: str
    act_class: str | None
    body: str | None
    authority: str | None
    document_no: str | None
    decided_on: date | None
    arrived_on: date


@dataclass(frozen=True, eq=False)
class Book:
    """Every decision that somebody told of, as arrays of one length.

    Attributes:
        body, act_class: places in `bodies` and `CLASSES`; -1 where it could not be read.
        decided_on, due_on, arrived_on: NaT where unknown.
        in_ledger, entered, refused, registered: see above; `registered` of what is entered: some
            register knows whom it names.
        late, on_time: what is neither came on a day that nobody knows.
        ended: its record may be used no more: it is counted, and named nowhere.
        excluded: place in `reasons`, -1 where it is to be reported.
        ledger, document, row: what it is called in each of the three; null where it is not there.
        bodies: keys of departments, or what they are called where they have none.
        powers: (body, class) that the power list gives.
        stated: (body, class, month) -> how many the department's monthly statement says.
        notices: what could not be computed, in Chinese.
    """

    as_of: date
    calendar: WorkingCalendar
    body: NDArray[np.int64]
    act_class: NDArray[np.int64]
    decided_on: Days
    due_on: Days
    arrived_on: Days
    in_ledger: Flags
    entered: Flags
    refused: Flags
    registered: Flags
    late: Flags
    on_time: Flags
    excluded: NDArray[np.int64]
    ended: Flags
    document_no: pa.Array
    ledger: pa.Array
    document: pa.Array
    row: pa.Array
    bodies: Sequence[str]
    names: Mapping[str, str]
    reasons: Sequence[str]
    powers: Collection[tuple[str, str]] = ()
    stated: Mapping[tuple[str, str, int], int] = field(default_factory=dict)
    notices: tuple[str, ...] = ()

    @cached_property
    def month(self) -> NDArray[np.int64]:
        """Of the decision; -1 where its day is unknown."""
        return month_numbers(self.decided_on)

    @property
    def newest(self) -> str | None:
        """The last month that is over of which there is a decision; None where there is none.

        What has only begun is no whole month, and a day of the future is a mistake.
        """
        over = self.month < month_number(f"{self.as_of:%Y-%m}")
        known = self.month[over & (self.month >= 0)]
        return month_name(int(known.max())) if len(known) else None

    def number(self, at: int) -> str | None:
        """The number of a decision's document; of one whose record has ended it is told no more."""
        found: str | None = None if self.ended[at] else self.document_no[at].as_py()
        return found

    def called(self, at: int) -> tuple[str | None, str | None, str | None]:
        """What it is called in the ledger, as a record filed, and among the refused rows.

        One whose record has ended is told apart from others, and named to nobody.
        """
        names = (self.ledger[at].as_py(), self.document[at].as_py(), self.row[at].as_py())
        if not self.ended[at]:
            return names
        ledger, document, row = (name and unnamed(name) for name in names)
        return ledger, document, row

    @cached_property
    def ended_names(self) -> frozenset[str]:
        """All that decisions were called whose records have ended: what may be named no more."""
        gone = np.flatnonzero(self.ended)
        told = (name for column in (self.ledger, self.document, self.row)
                for name in column.take(pa.array(gone)).to_pylist())  # fmt: skip
        return frozenset(name for name in told if name)

    def __len__(self) -> int:
        return len(self.body)


def build_book(
    ledger: pa.Table,
    filed: pa.Table,
    refused: Sequence[RefusedDocument],
    *,
    as_of: date,
    calendar: WorkingCalendar,
    names: Mapping[str, str],
    powers: Collection[tuple[str, str]] = (),
    stated: Mapping[tuple[str, str, int], int] | None = None,
    channel: Channel = "credit_platform",
) -> Book:
    """Bring the three together.

    Args:
        ledger: `id`, `body`, `act_class`, `document_no`, `decided_on`, `excluded_reason`.
        filed: `document`, `body`, `authority`, `act_class`, `document_no`, `decided_on`,
            `reported_on`, `first_known_on`, `is_registered`, and `excluded_reason` where law says
            that such a record is not to be reported.
        names: of bodies, by key.
        channel: whose clock runs.
    """
    by_name = _unambiguous(names)
    day = np.datetime64(as_of, "D")
    there = _filed_by(filed, by_name, day)
    refused = [each for each in refused if np.datetime64(each.arrived_on, "D") <= day]
    matches = pa.concat_arrays(
        [
            _matches(ledger["body"], ledger["act_class"], ledger["document_no"]),
            pc.coalesce(
                _matches(there["body"], there["act_class"], there["document_no"]),
                pc.binary_join_element_wise("record", _whole(there["document"]), _BETWEEN),
            ),
            pa.array([_match_of(each, by_name) for each in refused], pa.string()),
        ]
    )
    coded = matches.dictionary_encode()
    codes = np.asarray(coded.indices.to_numpy(zero_copy_only=False), np.int64)
    count = len(coded.dictionary)
    first, second = len(ledger), len(ledger) + len(there)
    of_ledger, of_filed, of_refused = codes[:first], codes[first:second], codes[second:]

    # the first row of each decision names it: written backwards, the first one stays
    def places(of: NDArray[np.int64]) -> NDArray[np.int64]:
        found = np.full(count, -1)
        found[of[::-1]] = np.arange(len(of))[::-1]
        return found

    in_ledger, entered, is_refused = (places(each) for each in (of_ledger, of_filed, of_refused))
    arrived = _earliest(count, of_filed, _days(there["reported_on"]))
    latest = _earliest(count, of_filed, _days(there["first_known_on"]))
    refused_on = _earliest(count, of_refused, _array([each.arrived_on for each in refused]))
    only_refused = (entered < 0) & (is_refused >= 0)
    arrived = np.where(only_refused, refused_on, arrived)
    registered = np.ones(count, bool)
    unknown = ~np.asarray(there["is_registered"].to_numpy(zero_copy_only=False), bool)
    registered[of_filed[unknown]] = False
    ended = np.zeros(count, bool)
    if "is_ended" in there.column_names:
        gone = np.asarray(there["is_ended"].to_numpy(zero_copy_only=False), bool)
        ended[of_filed[gone]] = True
    decided = _first_of(
        (in_ledger, _days(ledger["decided_on"])),
        (entered, _days(there["decided_on"])),
        (is_refused, _array([each.decided_on for each in refused])),
    )
    reasons, excluded = _excluded(ledger, in_ledger, there, entered)
    parts = [
        _parts(ledger["body"], ledger["act_class"]),
        _parts(there["body"], there["act_class"]),
        ([_body_of(each, by_name) for each in refused], [each.act_class for each in refused]),
    ]
    bodies, body = _coded_first((in_ledger, entered, is_refused), [part[0] for part in parts])
    classes, act_class = _coded_first((in_ledger, entered, is_refused), [part[1] for part in parts])
    shown = np.array([CLASSES.index(name) for name in classes] + [-1], np.int64)
    due, notices = _due(decided, body, bodies, names, calendar, channel)
    came = (entered >= 0) | (is_refused >= 0)
    known = ~np.isnat(due)
    stated_day = ~np.isnat(arrived)
    on_time = came & known & np.where(stated_day, arrived <= due, latest <= due)
    late = came & known & stated_day & (arrived > due)
    numbers = _texts_first(
        (in_ledger, ledger["document_no"]),
        (entered, there["document_no"]),
        (is_refused, pa.array([each.document_no for each in refused], pa.string())),
    )
    return Book(
        as_of, calendar, body, shown[act_class], decided, due, arrived,
        in_ledger >= 0, entered >= 0, only_refused, registered, late, on_time, excluded,
        ended, numbers,
        _take(ledger["id"], in_ledger),
        _take(there["document"], entered),
        _take(pa.array([each.row for each in refused], pa.string()), is_refused),
        bodies, names, reasons, powers, stated or {}, notices,
    )  # fmt: skip


def _filed_by(filed: pa.Table, by_name: Mapping[str, str], day: np.datetime64) -> pa.Table:
    """Records that were told and decided by the day, each with a body: by its code, else by its
    full name where one body alone is called so, else the name itself."""
    decided, reported = _days(filed["decided_on"]), _days(filed["reported_on"])
    by_then = ~(decided > day) & ~(reported > day)
    filed = filed.filter(pa.array(by_then))
    authority = filed["authority"].combine_chunks().dictionary_encode()
    named = pa.array(
        [by_name.get(name, f"name:{name}") for name in authority.dictionary.to_pylist()],
        pa.string(),
    )
    body = pc.coalesce(filed["body"].combine_chunks(), named.take(authority.indices))
    return filed.set_column(filed.column_names.index("body"), "body", body)


def _matches(
    body: pa.ChunkedArray, act_class: pa.ChunkedArray, number: pa.ChunkedArray
) -> pa.Array:
    told = pc.binary_join_element_wise(
        pc.fill_null(_whole(body), ""), _whole(act_class), folded_each(_whole(number)), _BETWEEN
    )
    return told.cast(pa.string())


def _match_of(each: RefusedDocument, by_name: Mapping[str, str]) -> str:
    body = _body_of(each, by_name)
    if body is None or each.act_class is None or not each.document_no:
        # nothing says which decision it is of: the row stands for itself
        return f"row{_BETWEEN}{each.row}"
    return _BETWEEN.join((body, each.act_class, folded(each.document_no)))


def _body_of(each: RefusedDocument, by_name: Mapping[str, str]) -> str | None:
    if each.body or not each.authority:
        return each.body
    return by_name.get(each.authority, f"name:{each.authority}")


def _unambiguous(names: Mapping[str, str]) -> dict[str, str]:
    """Name -> the one body that is called so."""
    found: dict[str, str] = {}
    twice = set()
    for key, name in names.items():
        if found.setdefault(name, key) != key:
            twice.add(name)
    return {name: key for name, key in found.items() if name not in twice}


def _due(
    decided: Days,
    body: NDArray[np.int64],
    bodies: Sequence[str],
    names: Mapping[str, str],
    calendar: WorkingCalendar,
    channel: Channel,
) -> tuple[Days, tuple[str, ...]]:
    """The last day of each, by the clock that counts for its authority and day."""
    days = np.zeros(len(decided), np.int64)
    # whoever names the authority counts before who does not: later ones write over
    ordered = sorted(
        (item for item in clocks().clocks if item.channel == channel),
        key=lambda item: (bool(item.in_name), item.begins or MIN_DATE),
    )
    for clock in ordered:
        fits = [
            clock.fits(channel, names.get(key, key), clock.begins or MIN_DATE) for key in bodies
        ]
        chosen = np.array([*fits, not clock.in_name], bool)[body]
        begun = ~(decided < np.datetime64(clock.begins or MIN_DATE, "D"))
        days[chosen & begun] = clock.working_days
    due = np.full(len(decided), _NAT)
    for count in np.unique(days[days > 0]):
        chosen = days == count
        due[chosen] = calendar.after_each(decided[chosen], int(count))
    lacking = ~np.isnat(decided) & (days > 0) & np.isnat(due)
    if not lacking.any():
        return due, ()
    years = sorted({int(year) for year in decided[lacking].astype("datetime64[Y]").astype(int)})
    last = calendar.years.stop - 1
    told = "、".join(str(year + 1970) for year in years)
    return due, (
        f"有 {int(lacking.sum())} 件（{told} 年作出）的截止日算不出：工作日历只有 "
        f"{calendar.years.start} 至 {last} 年。请在“工作日历”录入缺的年份。",
    )


def _excluded(
    ledger: pa.Table,
    in_ledger: NDArray[np.int64],
    there: pa.Table,
    entered: NDArray[np.int64],
) -> tuple[list[str], NDArray[np.int64]]:
    """Why each is not to be reported: as law says of the record, else as the department says."""
    said = _take(ledger["excluded_reason"], in_ledger)
    if "excluded_reason" in there.column_names:
        said = pc.coalesce(_take(there["excluded_reason"], entered), said)
    coded = said.dictionary_encode()
    codes = pc.fill_null(coded.indices, -1).to_numpy(zero_copy_only=False)
    return coded.dictionary.to_pylist(), np.asarray(codes, np.int64)


def _parts(body: pa.ChunkedArray, act_class: pa.ChunkedArray) -> tuple[pa.Array, pa.Array]:
    return _whole(body), _whole(act_class)


def _coded_first(
    places: Sequence[NDArray[np.int64]], columns: Sequence[pa.Array | list[str | None]]
) -> tuple[list[str], NDArray[np.int64]]:
    """The value of the first column that has each item, as places in a list; -1 for none."""
    told = _texts_first(
        *(
            (place, column if isinstance(column, pa.Array) else pa.array(column, pa.string()))
            for place, column in zip(places, columns, strict=True)
        )
    )
    coded = told.dictionary_encode()
    codes = pc.fill_null(coded.indices, -1).to_numpy(zero_copy_only=False)
    return coded.dictionary.to_pylist(), np.asarray(codes, np.int64)


def _texts_first(*columns: tuple[NDArray[np.int64], pa.Array | pa.ChunkedArray]) -> pa.Array:
    return pc.coalesce(*(_take(column, places) for places, column in columns))


def _first_of(*columns: tuple[NDArray[np.int64], Days]) -> Days:
    found = np.full(len(columns[0][0]), _NAT)
    for places, days in columns:
        lacking = np.isnat(found) & (places >= 0)
        found[lacking] = days[places[lacking]]
    return found


def _earliest(count: int, of: NDArray[np.int64], days: Days) -> Days:
    """The first known one of the days of each item; NaT where there is none."""
    most = np.datetime64("9999-12-31", "D")
    found = np.full(count, most)
    known = ~np.isnat(days)
    np.minimum.at(found, of[known], days[known])
    return np.where(found == most, _NAT, found)


def _take(column: pa.Array | pa.ChunkedArray, places: NDArray[np.int64]) -> pa.Array:
    return _whole(column).take(pa.array(places, pa.int64(), mask=places < 0))


def _whole(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    return whole.cast(pa.string()) if pa.types.is_dictionary(whole.type) else whole


def _days(column: pa.ChunkedArray | pa.Array) -> Days:
    told = column.cast(pa.date32()).to_numpy(zero_copy_only=False)
    return np.asarray(told, "datetime64[D]")


def _array(days: Sequence[date | None]) -> Days:
    return _days(pa.array(days, pa.date32()))
