"""The log of the service: JSON, a line an event, of which none names a person.

    {"trace": "…", "method": "GET", "route": "/v1/parties/{key}", "status": 200, "ms": 12.3, …}

A file a day in the data folder, kept at least six months (网络安全法, duties of network operators:
网络日志留存不少于六个月), or standard error.  What went wrong is logged by its kind and its place in
the code, never by its words: those may be of a file or of a question.
"""

from __future__ import annotations

import json
import logging
import os
import re
import sys
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path, PurePath
from traceback import extract_tb
from typing import Any

import structlog
from structlog.stdlib import ExtraAdder, ProcessorFormatter

from graph.identifiers.redaction import redacted
from graph.private import private_folder
from graph.settings import Settings
from graph.time import day_of

__all__ = ["DailyFile", "logging_to"]

_NAME = "service-{}.jsonl"
_OF_A_DAY = re.compile(r"service-(\d{4}-\d{2}-\d{2})\.jsonl")

Event = MutableMapping[str, Any]


class DailyFile(logging.Handler):
    """A file a day; several processes may write into one folder.

    Each line is one write at the end of the file, so that lines of two processes do not mix.
    """

    def __init__(self, folder: Path, *, keep_days: int) -> None:
        super().__init__()
        self._folder, self._keep = private_folder(folder), timedelta(days=keep_days)
        self._day: date | None = None
        self._file = -1

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line; what cannot be written must not stop the work that it is about."""
        with suppress(OSError):
            day = day_of(datetime.fromtimestamp(record.created, UTC))
            if day != self._day:
                self._turn(day)
            os.write(self._file, f"{self.format(record)}\n".encode())

    def close(self) -> None:
        """Close the file."""
        if self._file >= 0:
            os.close(self._file)
            self._file, self._day = -1, None
        super().close()

    def _turn(self, day: date) -> None:
        """Begin the file of a day, and delete those of which the time is over."""
        path = self._folder / _NAME.format(day.isoformat())
        new = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        if self._file >= 0:
            os.close(self._file)
        self._file, self._day = new, day
        for old in self._folder.iterdir():
            named = _OF_A_DAY.fullmatch(old.name)
            if named and day - date.fromisoformat(named[1]) > self._keep:
                old.unlink(missing_ok=True)


@contextmanager
def logging_to(settings: Settings) -> Iterator[None]:
    """Log as the settings say for the block: ours from INFO, libraries' from WARNING on.

    Where the log is a file, warnings are shown on standard error as well.
    """
    handlers: list[logging.Handler] = [logging.StreamHandler(sys.stderr)]
    handlers[0].setFormatter(_formatter(readable=sys.stderr.isatty()))
    if settings.log_to == "file":
        handlers[0].setLevel(logging.WARNING)
        to_file = DailyFile(settings.service_log_dir, keep_days=settings.log_keep_days)
        to_file.setFormatter(_formatter(readable=False))
        handlers.append(to_file)
    root, ours = logging.getLogger(), logging.getLogger("xinnong")
    before = root.level, ours.level
    root.setLevel(logging.WARNING)
    ours.setLevel(logging.INFO)
    for handler in handlers:
        root.addHandler(handler)
    try:
        yield
    finally:
        root.setLevel(before[0])
        ours.setLevel(before[1])
        for handler in handlers:
            root.removeHandler(handler)
            handler.close()


def _formatter(*, readable: bool) -> logging.Formatter:
    how: Any = (
        structlog.dev.ConsoleRenderer()
        if readable
        else structlog.processors.JSONRenderer(serializer=_as_json)
    )
    return ProcessorFormatter(
        foreign_pre_chain=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            ExtraAdder(),
            structlog.processors.TimeStamper(fmt="iso", utc=True),
        ],
        processors=[_without_words, ProcessorFormatter.remove_processors_meta, how],
    )


def _as_json(event: Any, **_how: Any) -> str:
    return json.dumps(event, ensure_ascii=False, default=str)


def _without_words(_logger: Any, _method: str, event: Event) -> Event:
    """Nothing of what a library or an error says in its own words: it may repeat what it was given."""
    record: logging.LogRecord = event["_record"]
    ours = record.name.split(".")[0] == "xinnong"
    event["event"] = redacted(str(event["event"] if ours else record.msg))
    # another handler leaves there what it made of the same record
    event.pop("message", None)
    error = event.pop("exc_info", None)
    if isinstance(error, tuple):
        error = error[1]
    if isinstance(error, BaseException):
        event["error"], event["stack"] = type(error).__name__, _places(error)
    return event


def _places(error: BaseException) -> list[str]:
    """Where it came by, the innermost last; what caused it first."""
    cause = error.__cause__ or error.__context__
    before = [*_places(cause), f"-> {type(error).__name__}"] if cause else []
    return before + [
        f"{'/'.join(PurePath(frame.filename).parts[-3:])}:{frame.lineno} {frame.name}"
        for frame in extract_tb(error.__traceback__)
    ]
