"""Lists page by page, bound to the state of the first page.

    @router.get("/lists/entries")
    @needs(Act.ASK, InformationClass.PUBLIC_RECORD)
    @paged("entries")
    def entries(reader: Reading, limit: ..., offset: ...) -> EntriesAnswer:

The answer gets a field `next`, null at the end, and a `Link` of RFC 8288 beside it; whoever sends
the cursor back is given the next rows of the same list.  What is read from the log is read at the
moment of the first page, whatever came in meanwhile.  What lies in the store has no moments: there
a list that moved under its reader is told as such (410), instead of leaving rows out.
"""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Callable
from dataclasses import fields, is_dataclass, make_dataclass, replace
from functools import cache, wraps
from typing import Annotated, Any, TypeVar
from urllib.parse import urlencode

from fastapi import Query, Request, Response
from pydantic import TypeAdapter

from api.cursor import LONGEST_CURSOR, Cursor
from api.dependencies import asker_of
from api.handed import Handed, takes_also
from api.security.keys import digest_with, login_key
from graph.errors import InputError, NotFoundError
from queries.scope import Scope

__all__ = ["CURSOR", "paged"]

Way = TypeVar("Way", bound=Callable[..., Any])

CURSOR = "cursor"
Place = Annotated[
    str | None,
    Query(
        title="翻页标记",
        description="上一页答复中 next 的值；不写为第一页 / `next` of the page before",
        max_length=LONGEST_CURSOR,
    ),
]
#: Names that say where one is in a list, and not which list it is.
_WHERE = frozenset({CURSOR, "limit", "offset"})
_ANY: TypeAdapter[Any] = TypeAdapter(Any)


def paged(rows: str = "", *, key: Callable[[Any], object] | None = None) -> Callable[[Way], Way]:
    """Have a list be read page by page.

    Args:
        rows: the field of the answer with the rows; by default the answer is the rows.
        key: what a row is known by, of a list that is not of the log alone.

    The route takes `limit`; without an `offset` of its own it is asked for all rows up to the end
    of the page.
    """

    def declared(way: Way) -> Way:
        asked = inspect.signature(way, eval_str=True)
        answers = _with_next(asked.return_annotation) if rows else asked.return_annotation
        page = _Page(way, rows, key, answers, has_offset="offset" in asked.parameters)
        request, response = Handed(asked, Request, "paging"), Handed(asked, Response, "beside")

        @wraps(way)
        def answered(cursor: Place = None, **given: Any) -> Any:
            return page.answer(request.take(given), response.take(given), cursor, given)

        place = inspect.Parameter(
            CURSOR, inspect.Parameter.KEYWORD_ONLY, annotation=Place, default=None
        )
        own = (*request.parameters, *response.parameters, place)
        takes_also(answered, asked, *own, returns=answers)
        answered.is_paged = True  # type: ignore[attr-defined]
        return answered  # type: ignore[return-value]

    return declared


@cache
def _with_next(answer: type[Any]) -> type[Any]:
    """The type of an answer with its `next`."""
    field = ("next", Annotated[str | None, "the next page's cursor, null at the end"])
    made = make_dataclass(
        f"{answer.__name__}WithNext", [field], bases=(answer,), frozen=True, kw_only=True
    )
    made.__doc__, made.__module__ = answer.__doc__, answer.__module__
    return made


class _Page:
    """How one list is read."""

    def __init__(
        self,
        way: Callable[..., Any],
        rows: str,
        key: Callable[[Any], object] | None,
        answers: type[Any],
        *,
        has_offset: bool,
    ) -> None:
        self._way, self._rows, self._key, self._answers = way, rows, key, answers
        self._has_offset = has_offset

    def answer(
        self, request: Request, beside: Response, text: str | None, given: dict[str, Any]
    ) -> Any:
        """One page.

        Raises `InputError` (`cursor_wrong`, `cursor_elsewhere`, `cursor_and_offset`),
        `NotFoundError` (`cursor_gone`), and as the route.
        """
        place = None
        if text is not None:
            place = Cursor.opened(text, _key_of(request))
            self._fits(place, *_named(request, given), given)
            self._at_moment(request, place, given)
        start, limit = place.offset if place else given.get("offset", 0), given["limit"]
        # the row before shows whether the list is where it was; the one behind whether it goes on
        before = 1 if place is not None and self._key is not None else 0
        found = self._ask(given, start - before, before + limit + 1)
        held = list(getattr(found, self._rows) if self._rows else found)
        total = getattr(found, "total", None)
        if place is not None and before:
            is_there = held[:1] and self._digest(held[0]) == place.last
            if not is_there or total != place.total:
                raise _moved()
        shown = held[before : before + limit]
        following = None
        if len(held) > before + limit:
            told = self._next(request, start + limit, shown[-1], total, given)
            following = told.sealed(_key_of(request))
            beside.headers["Link"] = f'<{_address(request, following)}>; rel="next"'
        return self._given(found, shown, start, following)

    def _fits(self, place: Cursor, of: str, sees: str, given: dict[str, Any]) -> None:
        if given.get("offset"):
            raise InputError(
                "翻页标记和 offset 只用一个。",
                "Give a cursor or an offset, not both.",
                code="cursor_and_offset",
            )
        if place.of != of:
            raise InputError(
                "翻页标记不属于这个查询：条件或者用途变了。请从第一页重新查询。",
                "That cursor is of another list or another reader: begin at the first page.",
                code="cursor_elsewhere",
            )
        if place.sees != sees:
            raise _moved()

    def _at_moment(self, request: Request, place: Cursor, given: dict[str, Any]) -> None:
        """Have the page be read when the first one was."""
        reader = given.get("reader")
        if reader is None:
            return
        again = request.app.state.services.reader(
            reader.scope, as_of=place.as_of, known_at=place.known_at
        )
        given["reader"] = again.showing_as(reader)
        if again.moment.head != place.head:
            raise _moved()

    def _ask(self, given: dict[str, Any], start: int, many: int) -> Any:
        if self._has_offset:
            return self._way(**{**given, "offset": start, "limit": many})
        found = self._way(**{**given, "limit": start + many})
        if not self._rows:
            return list(found)[start:]
        return replace(found, **{self._rows: tuple(getattr(found, self._rows))[start:]})

    def _next(
        self, request: Request, offset: int, last: Any, total: int | None, given: dict[str, Any]
    ) -> Cursor:
        mark = self._digest(last) if self._key is not None else ""
        told = Cursor(*_named(request, given), offset, mark, total if mark else None)
        reader = given.get("reader")
        if reader is None:
            return told
        at = reader.moment
        return replace(told, as_of=at.as_of, known_at=at.known_at, head=at.head)

    def _digest(self, row: Any) -> str:
        assert self._key is not None
        return hashlib.sha256(_ANY.dump_json(self._key(row))).hexdigest()[:16]

    def _given(self, found: Any, shown: list[Any], start: int, following: str | None) -> Any:
        if not self._rows:
            return shown
        assert is_dataclass(found)
        told = {each.name: getattr(found, each.name) for each in fields(found) if each.init}
        # a list stays one, a tuple stays one
        told[self._rows] = type(told[self._rows])(shown)
        if "offset" in told:
            told["offset"] = start
        return self._answers(**told, next=following)


def _key_of(request: Request) -> bytes:
    return digest_with(login_key(request.app.state.services.settings), "cursor")


def _named(request: Request, given: dict[str, Any]) -> tuple[str, str]:
    """Names a list (who asks and why, route and filter), and what is seen of it."""
    who = asker_of(request)
    seen: Scope = getattr(given.get("reader"), "scope", None) or given.get("scope") or who.scope
    chosen = sorted(item for item in request.query_params.multi_items() if item[0] not in _WHERE)
    told = [who.id, who.role.value, seen.purpose, request.url.path, chosen]
    return hashlib.sha256(_ANY.dump_json(told)).hexdigest()[:32], seen.id


def _address(request: Request, cursor: str) -> str:
    """Where the next page is: the address of this one with another cursor."""
    kept = [
        item for item in request.query_params.multi_items() if item[0] not in (CURSOR, "offset")
    ]
    return f"{request.url.path}?{urlencode([*kept, (CURSOR, cursor)])}"


def _moved() -> NotFoundError:
    return NotFoundError(
        "名单在翻页期间有了变动，接不上原来的位置。请从第一页重新查询。",
        "The list has changed since its first page: begin there again.",
        code="cursor_gone",
    )
