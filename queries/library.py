"""All questions, and how to ask one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from copy import copy
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from opentelemetry.trace import get_tracer

from graph.errors import NotFoundError
from graph.moment import Moment
from graph.statement import Rows, Statement
from queries.basis import Basis
from queries.canonical_keys import KNOWN, SAME_AS, At, CanonicalKeys, patience_s, statement_of
from queries.question import Question
from queries.questions import find_question, library
from queries.scope import Scope
from queries.search import best_first, is_exact, read_typed
from queries.typed_answer import QuestionAnswer, answer_model

if TYPE_CHECKING:
    from graph.connection import Graph

__all__ = [
    "Answer",
    "answers",
    "ask",
    "ask_many",
    "library",
    "rehearse",
    "statement",
]

#: Tells nobody anything unless the service has a collector (`api.spans`).
_tracer = get_tracer("xinnong")

_FIND_PARTY = "find_party"

#: Questions about a key itself; the others are about somebody who is known.
_OF_KEYS = frozenset({SAME_AS, KNOWN, "merged_keys", "decision_records"})

#: Parties that a search shows.
_FOUND = 50

#: Parameters that hold the key of a party.
_PARTIES = frozenset({"key", "other"})


@dataclass(frozen=True)
class Answer:
    """What a question brought: rows under its declared columns, and the basis.

    Attributes:
        notes: what the reader should know besides, in Chinese: a faulty check digit, say.
    """

    question: Question
    rows: list[dict[str, Any]]
    basis: Basis
    notes: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """Of the question."""
        return self.question.title

    @property
    def columns(self) -> dict[str, str]:
        """Term of every column."""
        return {item.name: item.term for item in self.question.columns}

    def typed(self) -> QuestionAnswer:
        """The answer as the type that its question declares."""
        return answer_model(self.question)(
            question=self.question.name,
            title=self.title,
            columns=self.columns,
            rows=tuple(self.rows),
            notes=self.notes,
            basis=self.basis,
        )


def answers(name: str) -> type[QuestionAnswer]:
    """The type of the answers to a question."""
    return answer_model(library()[name])


def ask(
    graph: Graph,
    name: str,
    *,
    moment: Moment | At,
    scope: Scope,
    keys: CanonicalKeys | None = None,
    of_known: bool = False,
    **given: Any,
) -> Answer:
    """Ask a question; one about a key that was given up is answered of the key that stays.

    What `find_party` is given is what a person typed, identities hidden (`queries.search.hidden`).

    Args:
        moment: when it is asked.
        scope: who asks.  To a reader who does not see everything, a party of which nothing is seen
            is as one that no source knows.
        keys: those looked up before at this moment, for this scope; default none.
        of_known: refuse a party that no source knows: to a reader, an empty answer says that
            there is nothing to say of it.
        given: its parameters, typed or as text.

    Raises:
        NotFoundError: no such question, no such party.
        InputError: a parameter is unknown, missing or of the wrong type.
    """
    questions = [(name, given)]
    return ask_many(graph, questions, moment=moment, scope=scope, keys=keys, of_known=of_known)[0]


def ask_many(
    graph: Graph,
    questions: Iterable[tuple[str, Mapping[str, Any]]],
    *,
    moment: Moment | At,
    scope: Scope,
    keys: CanonicalKeys | None = None,
    of_known: bool = False,
) -> list[Answer]:
    """Ask several questions (name, parameters) at one moment, in one transaction.

    One transaction more looks up the keys that they are about, unless `keys` has them all.
    Arguments and errors as `ask`.
    """
    at = At.of(moment)
    asked = [_Asked(_find(name), given, at) for name, given in questions]
    named = {"xinnong.questions": ",".join(sorted({one.question.name for one in asked}))}
    with _tracer.start_as_current_span(
        "xinnong.ask", attributes=named, record_exception=False, set_status_on_exception=False
    ):
        return _answers(graph, asked, keys or CanonicalKeys(graph, at, scope), of_known)


def statement(
    graph: Graph, name: str, *, moment: Moment | At, scope: Scope, **given: Any
) -> Statement:
    """What the graph would be sent for a question (`ask`), to be looked at; nothing is asked but
    which keys stand for those given."""
    at = At.of(moment)
    return _statements([_Asked(_find(name), given, at)], CanonicalKeys(graph, at, scope), False)[0]


#: Questions that are rehearsed side by side.
_AT_ONCE = 2

#: Of nobody, and as long as keys and names are: the graph keeps a plan for values of about that size.
_OF_NOBODY = {"key": "person:00000000", "other": "org:00000000", "text": "没有这个名称"}


def rehearse(
    graph: Graph, *, moment: Moment | At, scope: Scope, first: Collection[str] = ()
) -> Iterator[str]:
    """Have the graph plan every question about a party, for whoever asks it next with such a scope.

    A plan takes seconds, its answer milliseconds; two at a time are made on two processors.  Yields
    the name of each once it is planned, so that the caller may stop; raises as `ask`.

    Args:
        first: names of those that come first, after those about keys, which others wait for.
    """
    at = At.of(moment)
    ordered = sorted(
        library().values(), key=lambda one: (one.name not in _OF_KEYS, one.name not in first)
    )
    sent = {}
    for question in ordered:
        needed = {item.name for item in question.parameters if item.default is None}
        given = {name: told for name, told in _OF_NOBODY.items() if name in needed}
        if not needed - {*given, "as_of", "known_at"}:
            values = _Asked(question, given, at).values
            sent[question.name] = statement_of(question, scope, {**values, **at.parameters()})

    def plan(name: str) -> str:
        graph.read_many([sent[name]], timeout_s=patience_s(scope, 1))
        return name

    names = list(sent)
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="rehearsal") as pool:
        for place in range(0, len(names), _AT_ONCE):
            yield from pool.map(plan, names[place : place + _AT_ONCE])


class _Asked:
    """A question with its values, before the keys in them are looked up."""

    def __init__(self, question: Question, given: Mapping[str, Any], at: At) -> None:
        self.question, self.at = question, at
        clocks = {"as_of": at.as_of, "known_at": at.known_at}
        self.values = question.values({**given, **clocks})
        self.key = self.values.get("key")
        self.typed = read_typed(self.values.pop("text")) if question.name == _FIND_PARTY else None
        if self.typed is not None:
            self.values |= self.typed.parameters()
        parties = _PARTIES & set(self.values) if question.name != SAME_AS else ()
        self.parties = {name: str(self.values[name]) for name in parties}

    def again(self, rows: Sequence[dict[str, Any]]) -> _Asked | None:
        """The same of names near the one that was typed, which take the longest to find; None where
        none are wanted."""
        near = self.typed.near() if self.typed and not is_exact(rows, self.typed) else None
        if near is None:
            return None
        other = copy(self)
        other.values = {**self.values, **near}
        return other

    def answered(self, found: Rows, scope: Scope) -> Answer:
        question, typed = self.question, self.typed
        rows, beyond = question.cut(found.rows)
        truncated = found.truncated or beyond is not None
        if typed is not None:
            rows = best_first(rows, typed)
            rows, truncated = rows[:_FOUND], truncated or len(rows) > _FOUND
        key = self.values.get("key")
        basis = Basis(
            self.at.as_of,
            self.at.known_at,
            self.at.position,
            truncated=truncated,
            same_as=key if key != self.key else None,
            scope=scope.said,
            head=self.at.head,
        )
        notes = typed.notes if typed is not None else ()
        return Answer(question, rows, basis, notes if beyond is None else (*notes, beyond))


def _answers(
    graph: Graph, asked: Sequence[_Asked], keys: CanonicalKeys, of_known: bool
) -> list[Answer]:
    statements = _statements(asked, keys, of_known)
    found = graph.read_many(statements, timeout_s=patience_s(keys.scope, len(statements)))
    near = {
        place: other for place, one in enumerate(asked) if (other := one.again(found[place].rows))
    }
    if near:
        statements = _statements([*near.values()], keys, of_known)
        more = graph.read_many(statements, timeout_s=patience_s(keys.scope, len(statements)))
        for place, told in zip(near, more, strict=True):
            # that one more name would have been near is no loss
            found[place] = replace(found[place], rows=[*found[place].rows, *told.rows])
    return [one.answered(rows, keys.scope) for one, rows in zip(asked, found, strict=True)]


def _statements(asked: Sequence[_Asked], keys: CanonicalKeys, of_known: bool) -> list[Statement]:
    keys.look_up(key for one in asked for key in one.parties.values())
    scope = keys.scope
    statements = []
    for one in asked:
        refuses = (of_known or not scope.sees_everything) and one.question.name not in _OF_KEYS
        for name, key in one.parties.items():
            one.values[name] = keys.known(key) if refuses else keys.standing(key)
        given = {**one.values, **one.at.parameters()}
        statements.append(statement_of(one.question, scope, given))
    return statements


def _find(name: str) -> Question:
    question = find_question(name)
    if question is None:
        raise NotFoundError(
            f"没有名为 {name} 的查询。可用的有：{'、'.join(library())}。",
            f"There is no question {name}.",
            code="question_unknown",
        )
    return question
