"""All questions, and how to ask one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from graph.connection import Graph
from graph.errors import NotFoundError, SettingsError
from graph.log import FactLog
from graph.projection import ProjectedTo, projected_to
from graph.resolution import redirects
from graph.taken_in import taken_in_on
from graph.time import today
from queries.basis import Basis
from queries.fragment import FOLDER
from queries.question import Question, parse_question
from queries.search import best_first, read_typed
from queries.typed_answer import QuestionAnswer, answer_model

__all__ = ["Answer", "answers", "ask", "held_at", "held_by", "known_key", "library", "standing_key"]

_SAME_AS = "same_as"
_KNOWN = "known_party"
_FIND_PARTY = "find_party"

#: Questions about a key itself; the others are about somebody who is known.
_OF_KEYS = frozenset({_SAME_AS, _KNOWN, "merged_keys", "decision_records"})

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


@cache
def library() -> Mapping[str, Question]:
    """Every question by name; raises `SettingsError` on a faulty file or a name used twice."""
    found: dict[str, Question] = {}
    for path in sorted(Path(__file__).parent.rglob("*.cypher")):
        if path.parent == FOLDER:
            continue
        question = parse_question(path, path.read_text(encoding="utf-8"))
        if question.name in found:
            raise SettingsError(
                f"两个查询都叫 {question.name}", f"two questions are named {question.name}"
            )
        found[question.name] = question
    return MappingProxyType(found)


def answers(name: str) -> type[QuestionAnswer]:
    """The type of the answers to a question."""
    return answer_model(library()[name])


def ask(
    graph: Graph,
    name: str,
    *,
    held: ProjectedTo | None = None,
    of_known: bool = False,
    **given: Any,
) -> Answer:
    """Ask a question; one about a key that was given up is answered of the key that stays.

    What `find_party` is given is what a person typed, identities hidden (`queries.search.hidden`).

    Args:
        held: the moment to ask at, where several questions make one answer; default now.
        of_known: refuse a party that no source knows: to a reader, an empty answer says that
            there is nothing to say of it.
        given: its parameters, typed or as text.  `as_of` defaults to today, `known_at` to what
            the graph holds whole.

    Raises:
        NotFoundError: no such question, no such party (`of_known`), or nothing was ever put
            into the graph.
        InputError: a parameter is unknown, missing or of the wrong type.
    """
    question = library().get(name)
    if question is None:
        raise NotFoundError(
            f"没有名为 {name} 的查询。可用的有：{'、'.join(library())}。",
            f"There is no question {name}.",
            code="question_unknown",
        )
    held = held or held_by(graph)
    values = question.values({"as_of": today(), "known_at": held.known_at, **given})
    asked = values.get("key")
    for parameter in _PARTIES & set(values) if name != _SAME_AS else ():
        find = known_key if of_known and name not in _OF_KEYS else standing_key
        values[parameter] = find(graph, values[parameter], values["as_of"], values["known_at"])
    typed = read_typed(values.pop("text")) if name == _FIND_PARTY else None
    if typed is not None:
        values |= typed.parameters()
    found = graph.read(question.text, values, max_rows=question.rows)
    rows, beyond = question.cut(found.rows)
    truncated = found.truncated or beyond is not None
    if typed is not None:
        # near spellings come last: that one more would have fitted is no loss
        truncated = truncated and rows[-1]["match"] != "near"
        rows = best_first(rows, typed)
        rows, truncated = rows[:_FOUND], truncated or len(rows) > _FOUND
    basis = Basis(
        values["as_of"],
        values["known_at"],
        held.position,
        truncated=truncated,
        same_as=values["key"] if values.get("key") != asked else None,
    )
    notes = typed.notes if typed is not None else ()
    return Answer(question, rows, basis, notes if beyond is None else (*notes, beyond))


def standing_key(graph: Graph, key: str, as_of: date, known_at: datetime) -> str:
    """The key that stands for `key`: another one where it is another party by judgement, or a
    place that has another code by now."""
    question = library()[_SAME_AS]
    values = {"key": key, "as_of": as_of, "known_at": known_at}
    found = redirects(graph.read(question.text, values, max_rows=question.rows).rows)
    return found[key][0] if key in found else key


def known_key(graph: Graph, key: str, as_of: date, known_at: datetime) -> str:
    """As `standing_key`; raises `NotFoundError` (`party_unknown`) where no source said anything."""
    found = standing_key(graph, key, as_of, known_at)
    question = library()[_KNOWN]
    values = {"key": found, "as_of": as_of, "known_at": known_at}
    if not graph.read(question.text, values, max_rows=1).rows:
        raise NotFoundError(
            "没有找到这个主体（村、镇）。请先用“查找主体”核对编号。",
            "No source knows that party or place at this time.",
            code="party_unknown",
        )
    return found


def held_at(log: FactLog, known_at: datetime) -> ProjectedTo:
    """What a graph of this log held at an instant: of a job that goes on later, or of a question
    about what was known."""
    then = [batch for batch in log.batches() if batch.known_at <= known_at]
    came = taken_in_on(then)
    return ProjectedTo(
        position=len(then),
        known_at=known_at,
        manifest_hash=then[-1].hash if then else "",
        schema_hash="",
        sources=list(came),
        sources_on=[day.isoformat() for day in came.values()],
    )


def held_by(graph: Graph) -> ProjectedTo:
    """How far the graph is; raises `NotFoundError` when it is empty."""
    held = projected_to(graph)
    if held is None:
        raise _empty()
    return held


def _empty() -> NotFoundError:
    return NotFoundError(
        "图数据库里还没有数据。请先运行 xinnong ingest 导入文件。",
        "The graph is empty: run `xinnong ingest` first.",
        code="graph_empty",
    )
