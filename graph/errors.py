"""Every error that Xinnong raises on purpose, as one tree.

    XinnongError
    ├── SettingsError          a setting is missing or cannot be what it says
    ├── InputError             what was handed in cannot be used as it is
    ├── NotFoundError          nothing is known by that name or identifier
    ├── LoginError             whoever asks has to say first who they are
    ├── ForbiddenError         whoever asks may not do that
    ├── LogError               the fact log is damaged, or used against its rules
    ├── EngineError            the default engine cannot be fetched, started or stopped
    ├── OperationsError        the operations store cannot be read or written
    ├── BusyError              somebody else is at the same work right now
    └── GraphUnavailableError  no Neo4j answers at the configured address

Each error speaks to two readers: `message_zh` says to a clerk what happened and what to do,
`message_en` says the same to an engineer.  `code` is stable and is what programs compare.
"""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import ClassVar

__all__ = [
    "BusyError",
    "EngineError",
    "ForbiddenError",
    "GraphUnavailableError",
    "InputError",
    "LogError",
    "LoginError",
    "NotFoundError",
    "OperationsError",
    "SettingsError",
    "XinnongError",
    "printable",
    "where_raised",
]

#: What cannot be written (halves of a character: a file's name may be bytes of any kind), ends a
#: line or turns it round.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


#: Characters of a message; what was sent may stand in it, and may be long.
_LONGEST = 4_000


def printable(text: str) -> str:
    """The text with a replacement character for all that cannot be printed on a line."""
    return _UNPRINTABLE.sub("\ufffd", text)


def _told(message: str) -> str:
    return printable(message if len(message) <= _LONGEST else f"{message[:_LONGEST]}…")


def where_raised(error: BaseException) -> str:
    """What kind of error and where in the code; never its words, which may be of a file."""
    at = error.__traceback__
    while at is not None and at.tb_next is not None:
        at = at.tb_next
    place = f" at {PurePath(at.tb_frame.f_code.co_filename).name}:{at.tb_lineno}" if at else ""
    return f"{type(error).__name__}{place}"


class XinnongError(Exception):
    """Root of the tree.

    Args:
        message_zh: what happened and what to do, in Chinese.
        message_en: the same in English.
        code: overrides the class's stable code where one class has several causes.
    """

    code: ClassVar[str] = "internal"

    def __init__(self, message_zh: str, message_en: str, *, code: str | None = None) -> None:
        # a message may name what somebody sent
        self.message_zh = _told(message_zh)
        self.message_en = _told(message_en)
        super().__init__(self.message_en)
        self.cause_code = code or self.code

    def __str__(self) -> str:
        return f"{self.message_zh}\n{self.message_en}"


class SettingsError(XinnongError):
    code = "settings"


class InputError(XinnongError):
    code = "input"


class NotFoundError(XinnongError):
    code = "not_found"


class LoginError(XinnongError):
    code = "login_required"


class ForbiddenError(XinnongError):
    code = "forbidden"


class LogError(XinnongError):
    code = "log"


class EngineError(XinnongError):
    code = "engine"


class OperationsError(XinnongError):
    code = "operations"


class BusyError(XinnongError):
    code = "busy"


class GraphUnavailableError(XinnongError):
    code = "graph_unavailable"
