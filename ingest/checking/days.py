"""Which day a text says: the shapes that departments and their systems send.

A day is a day in China: where a system states an instant (`Z`, an offset, milliseconds since
1970), the day is that of the instant in China, which in UTC is the evening before.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta

from graph.time import day_of
from ingest.catalogue.field import FieldSpec
from ingest.checking.verdict import WrongError
from ingest.period import NO_END

__all__ = ["day"]

_TIME = r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.\d{1,9})?)?"
_DAY = re.compile(
    rf"(?P<year>\d{{4}}) ?[-/.年] ?(?P<month>\d{{1,2}}) ?[-/.月] ?(?P<day>\d{{1,2}}) ?[日号]?"
    rf"(?:(?: |T){_TIME} ?(?P<zone>Z|[+-]\d{{2}}:?\d{{2}})?)?",
    re.ASCII,
)
_COMPACT = re.compile(
    r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})"
    r"(?:(?P<hour>\d{2})(?P<minute>\d{2})(?P<second>\d{2}))?",
    re.ASCII,
)
_SERIAL = re.compile(r"[1-6]\d{4}", re.ASCII)
_MILLISECONDS = re.compile(r"-?\d{9,13}", re.ASCII)
_ENDLESS = frozenset(
    {"长期", "长期有效", "永久", "永久有效", "终身", "无固定期限", "无期限", "不定期", "无限期"}
)


def day(text: str, spec: FieldSpec | None = None) -> date:
    """The day that a text says.

    Args:
        spec: what is declared of the column: whether it may say that there is no end, and whether
            its system writes milliseconds.  "No end" is `ingest.period.NO_END`, however written.
    """
    try:
        found = _read(text, spec)
    except ValueError:
        found = None
    if found is None:
        raise WrongError(
            "not_a_date", "不是有效日期。请写成 2026-04-01 这样的格式。", "Not a date.", "非日期"
        )
    if spec is not None and spec.open_end and found > NO_END:
        return NO_END  # 2999 and 9999 mean the same
    return found


def _read(text: str, spec: FieldSpec | None) -> date | None:
    if said := _DAY.fullmatch(text) or _COMPACT.fullmatch(text):
        return _stated(**said.groupdict())
    if _SERIAL.fullmatch(text):
        # Excel counts 1900-02-29, which never was: hence the 30th
        return date(1899, 12, 30) + timedelta(days=int(text))
    if spec is None:
        return None
    if spec.open_end and text in _ENDLESS:
        return NO_END
    if spec.epoch_ms and _MILLISECONDS.fullmatch(text):
        return day_of(datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=int(text)))
    return None


def _stated(
    year: str,
    month: str,
    day: str,
    hour: str | None,
    minute: str | None,
    second: str | None,
    zone: str | None = None,
) -> date:
    clock = time(int(hour or 0), int(minute or 0), int(second or 0))
    written = date(int(year), int(month), int(day))
    if zone is None:
        return written
    shift = zone.replace("Z", "+00:00")
    return day_of(datetime.fromisoformat(f"{written}T{clock}{shift}"))
