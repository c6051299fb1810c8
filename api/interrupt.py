"""Ctrl-C and SIGTERM: heard once, at any instant, and answered in one line.

    loading    modules are being loaded: the process ends at once
    working    the command is stopped as by an exception, so that what it opened is closed
    stopping   it was; what comes within the same second is the same wish, told twice
    ending     it is closing, and is not stopped in that

Python raises an interrupt wherever it happens to be.  Where that is a destructor or a callback of
a library the interrupt is dropped there with a traceback: then it is sent again.
"""

from __future__ import annotations

import errno
import os
import signal
import sys
import time

# loaded before signals are heard: nothing here that can wait (see `api.cli`)
TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType
    from typing import Any, NoReturn

__all__ = ["Stopped", "end_at_once", "ending", "heard", "listen", "working"]

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS})
_AGAIN_S = 0.05
_SAME_WISH_S = 1.0


class Stopped(KeyboardInterrupt):
    """The command is to stop; `status` is its exit status: 130 by Ctrl-C, 143 by SIGTERM."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.status = 128 + number


_stage = "loading"
_heard_at = 0.0
_status: int | None = None


def listen() -> None:
    """Hear both signals from now on; the first thing that the command does."""
    for number in _SIGNALS:
        # what is ignored on purpose (nohup, a job in the background) stays so
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _heard)
    sys.unraisablehook = _dropped


def heard() -> int | None:
    """Exit status for the signal that was heard last; None when none was."""
    return _status


def working() -> None:
    """From now on there is something to close."""
    global _stage
    _stage = "working"


def ending() -> None:
    """From now on the command closes what it opened, and is not stopped in that."""
    global _stage
    _stage = "ending"


def end_at_once(status: int) -> NoReturn:
    """End the process without waiting for threads; what matters was closed."""
    from contextlib import suppress

    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(status)


def _heard(number: int, _frame: FrameType | None) -> None:
    global _stage, _heard_at, _status
    _status = 128 + number
    if _stage == "loading":
        os.write(2, "已停止 / stopped\n".encode())
        os._exit(_status)
    now = time.monotonic()
    again = _stage == "stopping" and now - _heard_at > _SAME_WISH_S
    if _stage == "working" or again:
        _stage, _heard_at = "stopping", now
        raise Stopped(number)


def _dropped(told: Any) -> None:
    import io
    import threading

    if isinstance(told.exc_value, Stopped):
        working()
        number = told.exc_value.status - 128
        threading.Timer(_AGAIN_S, os.kill, (os.getpid(), number)).start()
        return
    # a file that a library closes once more in its destructor: the command has said it by then
    if isinstance(told.exc_value, OSError) and told.exc_value.errno in _NO_ROOM:
        return
    # the same, where what the file wraps was closed first
    if isinstance(told.exc_value, ValueError) and isinstance(told.object, io.IOBase):
        return
    sys.__unraisablehook__(told)
