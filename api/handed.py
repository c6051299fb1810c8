"""What a wrapper of a route is handed besides what the route takes.

FastAPI hands a function one request and one response, under the last name that asks for them: a
wrapper that asked for its own would take that of the route away, or of another wrapper.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

__all__ = ["Handed", "takes_also"]


class Handed:
    """The request, or the response, for a wrapper.

    Args:
        asked: what the wrapped takes.
        kind: `fastapi.Request` or `fastapi.Response`.
        name: under which it is asked for, where the wrapped does not take one itself.

    Attributes:
        parameters: what the wrapper takes for it: one, or none.
    """

    def __init__(self, asked: inspect.Signature, kind: type[Any], name: str) -> None:
        theirs = [one.name for one in asked.parameters.values() if one.annotation is kind]
        self._is_theirs, self._name = bool(theirs), theirs[0] if theirs else name
        self.parameters = (
            []
            if theirs
            else [inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=kind)]
        )

    def take(self, given: dict[str, Any]) -> Any:
        """It; taken out of `given`, which is handed on, where the wrapped knows of none."""
        return given[self._name] if self._is_theirs else given.pop(self._name)


def takes_also(
    wrapper: Callable[..., Any],
    asked: inspect.Signature,
    *own: inspect.Parameter,
    returns: Any = inspect.Signature.empty,
) -> None:
    """Have a wrapper of a route take what the route takes, and what is its own; all by name.

    Args:
        asked: what the wrapped takes.
        returns: what the wrapper answers, where that is another type than the wrapped does.
    """
    named = inspect.Parameter.KEYWORD_ONLY
    theirs = [each.replace(kind=named) for each in asked.parameters.values()]
    answers = asked.return_annotation if returns is inspect.Signature.empty else returns
    wrapper.__signature__ = asked.replace(  # type: ignore[attr-defined]
        parameters=[*own, *theirs], return_annotation=answers
    )
