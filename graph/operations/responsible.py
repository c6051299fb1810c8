"""Who answers for what is done by hand."""

from __future__ import annotations

from graph.errors import InputError
from graph.identifiers.redaction import redacted

__all__ = ["responsible"]

_LEAST = 2


def responsible(user: str, act: str) -> str:
    """The name of who does an act (`核对`, `撤销`), as it is kept with it.

    Raises `InputError` (`user_missing`) where it is no name.
    """
    name = redacted(user.strip())
    if len(name) < _LEAST:
        raise InputError(
            f"请写明{act}人姓名（至少两个字）：每次{act}都要有人负责。",
            "Say who answers for it: a name of at least two characters.",
            code="user_missing",
        )
    return name
