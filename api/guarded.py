"""Acts on what somebody looked at (RFC 9110, 13.1.1): done where it is still as they saw it.

    @router.get("/repairs/{number}")
    @editable
    def one(number: Number, services: Serving) -> CaseFile: ...

    @router.post("/repairs/{number}/acts")
    @if_match(one)
    def act(number: Number, body: ActRequest, services: Serving) -> CaseFile: ...

`GET` answers with the tag of the thing; an act that sends it as `If-Match` is refused with 412 where
somebody else was there meanwhile.  What would put another's word in the place of one's own without
a trace needs it (428, RFC 6585).
"""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Annotated, Any, TypeVar

from fastapi import Header, Request
from filelock import FileLock, Timeout

from api.conditional import tag_answer, who_is
from api.entity_tag import LONGEST, as_told, names, tag_of
from api.handed import Handed, takes_also
from graph.errors import BusyError, InputError, NotFoundError
from graph.settings import Settings

__all__ = ["IfMatch", "as_seen", "editable", "if_match", "shows"]

Way = TypeVar("Way", bound=Callable[..., Any])
Done = TypeVar("Done")

#: Things are many and locks few: two things rarely share one, and then one act waits for the other.
_LOCKS, _WAIT_S = 64, 10.0
IfMatch = Annotated[
    str | None,
    Header(
        alias="If-Match",
        max_length=LONGEST,
        description="查看时得到的 ETag；内容已变动的不办理 / the tag of what was looked at",
    ),
]


def editable(way: Way) -> Way:
    """Have the answer of a route carry the tag that acts on the same thing are held to."""
    return _tagging(way, lambda request, _, found: tag_answer(request, _tag(request, found)))


def shows(current: Callable[..., Any]) -> Callable[[Way], Way]:
    """Have a route that shows more than a thing carry the tag of the thing: what `current` returns."""

    def tag(request: Request, given: dict[str, Any], _: Any) -> None:
        names_of = inspect.signature(current).parameters
        seen = _look(current, {name: given[name] for name in names_of})
        if seen is not None:
            tag_answer(request, _tag(request, seen))

    return lambda way: _tagging(way, tag)


def _tagging(way: Way, tag: Callable[[Request, dict[str, Any], Any], None]) -> Way:
    asked = inspect.signature(way, eval_str=True)

    handed = Handed(asked, Request, "tagging")

    @wraps(way)
    def answered(**given: Any) -> Any:
        request = handed.take(given)
        found = way(**given)
        tag(request, given, found)
        return found

    takes_also(answered, asked, *handed.parameters)
    answered.is_editable = True  # type: ignore[attr-defined]
    return answered  # type: ignore[return-value]


def if_match(current: Callable[..., Any], *, required: bool = False) -> Callable[[Way], Way]:
    """Have an act be held to `If-Match`.

    Args:
        current: the route that shows the thing; the act takes its arguments too.
        required: whether a thing that is there is changed by who names its tag alone.
    """
    look = inspect.unwrap(current)
    shape = inspect.signature(look, eval_str=True)
    looks_at, thing = tuple(shape.parameters), shape.return_annotation

    def declared(way: Way) -> Way:
        asked = inspect.signature(way, eval_str=True)

        handed = Handed(asked, Request, "matching")

        @wraps(way)
        def answered(matched: IfMatch = None, **given: Any) -> Any:
            matching = handed.take(given)
            if matched is None and not required:
                return way(**given)
            shown = {name: given[name] for name in looks_at}
            with _held(matching, look, shown, matched):
                done = way(**given)
            if type(done) is thing:
                tag_answer(matching, _tag(matching, done))
            return done

        named = inspect.Parameter.KEYWORD_ONLY
        by_tag = inspect.Parameter("matched", named, annotation=IfMatch, default=None)
        takes_also(answered, asked, *handed.parameters, by_tag)
        answered.must_match = required  # type: ignore[attr-defined]
        return answered  # type: ignore[return-value]

    return declared


def as_seen(
    request: Request,
    matched: str | None,
    current: Callable[..., Any],
    act: Callable[[], Done],
    **shown: Any,
) -> Done:
    """The same for what is done once under a key: a request that is sent again is answered as at first,
    and only one that is done is held to what was seen.

    Args:
        matched: the header, if it was sent.
        current: the route that shows the thing, asked with `shown`.

    Raises as `act`, `InputError` (`state_changed`) and `BusyError` (`in_use`).
    """
    if matched is None:
        return act()
    with _held(request, inspect.unwrap(current), shown, matched):
        return act()


@contextmanager
def _held(
    request: Request, look: Callable[..., Any], shown: dict[str, Any], matched: str | None
) -> Iterator[None]:
    """While this lasts the thing is as it was seen; of one that is there nobody may have said nothing."""
    with _one_at_a_time(request, look, shown):
        seen = _look(look, shown)
        if matched is not None:
            _hold(matched, None if seen is None else _tag(request, seen))
        elif seen is not None:
            raise _unsaid()
        yield


def _tag(request: Request, thing: Any) -> str:
    return tag_of(who_is(request), type(thing).__name__, as_told(thing))


def _look(look: Callable[..., Any], shown: dict[str, Any]) -> Any:
    """The thing as it is; None where there is none."""
    try:
        return look(**shown)
    except NotFoundError:
        return None


def _hold(matched: str, tag: str | None) -> None:
    if tag is None or not names(matched, tag):
        raise InputError(
            "您查看之后，这一件已被他人改动，本次没有办理。请重新查看，再决定是否办理。",
            "It has changed since you looked at it, and nothing was done: look again.",
            code="state_changed",
        )


def _unsaid() -> InputError:
    return InputError(
        "这一件已经有内容。请先查看，并在 If-Match 中写明查看时得到的 ETag，以免覆盖他人的改动。",
        "There is one already: look at it, and send its ETag as If-Match.",
        code="if_match_required",
    )


@contextmanager
def _one_at_a_time(
    request: Request, look: Callable[..., Any], shown: dict[str, Any]
) -> Iterator[None]:
    """Between the look and the act nobody else acts on the same thing; of several services neither.

    Raises `BusyError` (`in_use`).
    """
    settings: Settings = request.app.state.services.settings
    plain = {name: value for name, value in shown.items() if isinstance(value, str | int)}
    told = f"{look.__module__}.{look.__qualname__} {sorted(plain.items())}"
    which = int(hashlib.sha256(told.encode()).hexdigest(), 16) % _LOCKS
    settings.lease_dir.mkdir(parents=True, exist_ok=True)
    lock = FileLock(settings.lease_dir / f"match-{which}.lock")
    try:
        lock.acquire(timeout=_WAIT_S)
    except Timeout:
        raise BusyError(
            "有人正在办理同一件，请稍后再试；本次没有办理。",
            "Somebody acts on the same thing: try again; nothing was done.",
            code="in_use",
        ) from None
    try:
        yield
    finally:
        lock.release()
