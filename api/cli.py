"""The entry of the `xinnong` command: it hears signals before anything else is loaded."""

from __future__ import annotations

from typing import Any

from api.interrupt import listen

__all__ = ["main"]


def main() -> None:
    """Run the command that was typed; see `api.command_line`."""
    listen()
    from api.command_line import run

    run()


def __getattr__(name: str) -> Any:
    # what reads the commands themselves asks for them here
    if name == "app":
        from api.command_line import app

        return app
    raise AttributeError(f"module {__name__} has no attribute {name}")
