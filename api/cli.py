"""The entry of the `xinnong` command: it hears signals before anything else is loaded.

So this module and `api.interrupt` load next to nothing themselves.  An interrupt that comes even
earlier, while Python itself starts, is Python's to answer.
"""

from __future__ import annotations

import gc

from api.interrupt import listen

# `typing` takes a third of the time until signals are heard; checkers know this name without it
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__ = ["main"]

#: What is loaded stays: whether it is garbage is asked after so many new things, and not after each seven
#: hundred, which took a seventh of a question's time.
_NEW_THINGS = 50_000


def main() -> None:
    """Run the command that was typed; see `api.command_line`."""
    listen()
    gc.set_threshold(_NEW_THINGS)
    from api.command_line import run

    run()


def __getattr__(name: str) -> Any:
    # what reads the commands themselves asks for them here
    if name == "app":
        from api.command_line import app

        return app
    raise AttributeError(f"module {__name__} has no attribute {name}")
