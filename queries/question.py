"""A question: one `.cypher` file whose header says what is asked, with what, and what comes back.

    // title: 贷款 / Loans
    // question: 这个主体借过哪些款？ / What did the party borrow?
    // param key: text = 主体编号 / party key
    // param hops: integer = 跳数 / hops ; default 2
    // param names: list = 名称 / names ; read from text     (nobody gives it)
    // param hops: integer = 跳数 / hops ; at most 3           (more is refused)
    // returns loan_key: text = 贷款编号 / loan key
    // returns role: text = 与户主关系 / role ; codes BELONGS_TO.role    (its words: `queries.codes`)
    // basis: 征信业管理条例 第二十九条
    // access: public, credit      (classes of information that the text reaches)
    // rows: 200
    // within: depth 20            (how far the text follows: rows beyond are cut, and that is said)

Texts and lists that are asked with come in one map, `$asked` (`Question.sent`); a file names them as
any other.  Both clocks are parameters of every question, and stand in none of its files: every version and
every tie that it binds is under `live(x)` (`queries.expansion`), or it does not load.  The header is
checked against the text as well: parameters, columns, labels, types, classes, read-only, bounded.  A question
that lies about itself does not load.  What several questions say alike is a fragment, put in its
place when the question is loaded (`queries.fragment`).
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from graph.cypher import version_labels
from graph.errors import InputError, SettingsError
from graph.information import InformationClass
from graph.schema import SCHEMA
from graph.time import parse_date, past_instant
from queries.brackets import blanked
from queries.clocked import unclocked, unlawful
from queries.codes import code_list
from queries.expansion import SUPPLIED, rendered, with_roles
from queries.fragment import expand
from queries.pattern import bound
from queries.scope import Scope
from queries.seen import Reading

__all__ = ["ASKED", "CLOCKS", "Column", "Parameter", "Question", "parse_question"]

#: The parameter that texts and lists come in, by name.
ASKED = "asked"

#: Types of values that have a length.
_LONG = frozenset({"text", "list", "map"})

_LINE = re.compile(
    r"//\s*(title|question|basis|access|rows|allow|within|param|returns)\s*([a-z_]*)\s*:\s*(.+)"
)
_WITHIN = re.compile(r"([a-z_]+) (\d+)")
_DECLARED = re.compile(r"(text|integer|real|flag|date|instant|list|map)\s*=\s*(.+)")
_INTEGER = re.compile(r"[-+]?[0-9]{1,19}")
_REAL = re.compile(r"[-+]?[0-9]{1,19}(\.[0-9]{0,30})?([eE][-+]?[0-9]{1,3})?")
#: Half of a character: the driver cannot send it.
_NO_TEXT = re.compile("[\ud800-\udfff]")
#: The largest integer of the graph.
_LARGEST = 2**63 - 1
_WRITES = re.compile(
    r"\b(CREATE|MERGE|SET|DELETE|DETACH|REMOVE|FOREACH|LOAD\s+CSV|DROP)\b", re.IGNORECASE
)
_UNBOUNDED = re.compile(r"\*\s*(\.\.)?\s*\]|\*\d+\.\.\s*\]|\)[+*]|\{\d+,\s*\}")
_LABELS = frozenset(
    {"DESCRIBES", "PartyName", "Projection", "Version"}
    | SCHEMA.labels
    | set(SCHEMA.relationships)
    | {label for node in SCHEMA.nodes.values() for label in version_labels(node)}
)


@dataclass(frozen=True)
class Parameter:
    """What must be given.

    Attributes:
        default: its text, None = it must be given.
        read_from: the parameter that it is read from; such a one is never given.
        most: of an integer, the greatest that is answered; None = any.
    """

    name: str
    type: str
    term: str
    default: str | None
    read_from: str | None = None
    most: int | None = None


#: What every question is given besides its own: when it is asked.
CLOCKS = (
    Parameter("as_of", "date", "查询日 / as of", None),
    Parameter("known_at", "instant", "知悉时点 / known at", None),
)

#: Words and properties that only the expansions write.
_NOT_OWN = re.compile(
    r"\b(?:held|known|visible|labels|properties)\(|\.(?:known_to|source|batch|row)\b|\{\s*\.\*"
)


@dataclass(frozen=True)
class Column:
    """What comes back.

    Attributes:
        codes: where the words of its codes are (`queries.codes.code_list`); `of kind`: of a map of
            properties, those of the kind that the column `kind` names.
    """

    name: str
    type: str
    term: str
    codes: str | None = None


@dataclass(frozen=True)
class Question:
    """One checked question.

    Attributes:
        parameters: what may be given; `read` are those that follow from one of them.
        within: the column that counts how far away a row is, and the greatest count that is shown.
            The text looks one further, so that it is known whether there is more; one that looks
            for the nearest only (one row) says how far it looked where it finds nothing.
        access: classes of information that it reads.
        text: as it runs for who sees everything.
        worded: the same in the words of `queries.expansion`, for readers with a scope (`text_for`).
    """

    name: str
    title: str
    title_en: str
    question: str
    basis: str
    parameters: tuple[Parameter, ...]
    columns: tuple[Column, ...]
    access: frozenset[InformationClass]
    rows: int
    allowed: str
    text: str
    worded: str
    read: tuple[Parameter, ...] = ()
    within: tuple[str, int] | None = None

    def values(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Typed parameter values; raises `InputError` naming what is unknown, missing or wrong.

        `as_of` and `known_at` may be left out: the library fills them in.
        """
        names = {item.name for item in self.parameters}
        unknown = sorted(set(given) - names)
        if unknown:
            raise InputError(
                f"“{self.title}”没有参数 {'、'.join(unknown)}；可用参数：{'、'.join(sorted(names))}。",
                f"{self.name} has no parameter {', '.join(unknown)}.",
                code="parameter_unknown",
            )
        values = {}
        for item in self.parameters:
            raw = given.get(item.name, item.default)
            if raw is None:
                raise InputError(
                    f"缺少参数 {item.name}（{item.term}）。",
                    f"Parameter {item.name} is missing.",
                    code="parameter_missing",
                )
            values[item.name] = _typed(item, raw)
            if item.most is not None and values[item.name] > item.most:
                raise InputError(
                    f"参数 {item.name}（{item.term}）最大是 {item.most}。",
                    f"Parameter {item.name} is {item.most} at most.",
                    code="parameter_range",
                )
        return values

    def sent(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Values as the texts name them: those that have a length in one map, `ASKED`."""
        names = _of_a_length((*self.parameters, *self.read))
        sent = {name: value for name, value in values.items() if name not in names}
        own = {name: value for name, value in values.items() if name in names}
        return {**sent, ASKED: own} if own else sent

    def text_for(self, scope: Scope) -> str:
        """The rendering for a reader."""
        if scope.sees_everything:
            return self.text
        return _rendered(self.worded, Reading.of(scope))

    @property
    def scoped_text(self) -> str:
        """The rendering that asks for the most: somebody opened something, and the reader works
        somewhere."""
        return _rendered(self.worded, Reading())

    def cut(self, rows: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], str | None]:
        """The rows that are shown, and what is said of those that are not looked for."""
        if self.within is None:
            return rows, None
        column, most = self.within
        shown = [row for row in rows if row[column] <= most]
        if len(shown) < len(rows):
            return shown, f"只列出 {most} 层以内的；更远的还有，没有列出。"
        if not rows and self.rows == 1:
            return shown, f"{most} 层以内没有找到；更远的没有查。"
        return shown, None


def parse_question(path: Path, text: str) -> Question:
    """Read and check one file; raises `SettingsError` with the file's name and what is wrong."""

    def refuse(why: str) -> SettingsError:
        return SettingsError(f"查询文件 {path.name} 有误：{why}", f"{path.name}: {why}")

    stated: dict[str, str] = {}
    parameters: list[Parameter] = []
    columns: list[Column] = []
    body = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.startswith("//"):
            body.append(line)
            continue
        found = _LINE.fullmatch(line.strip())
        if not found:
            raise refuse(f"line {number}: a header line is “// word: …”")
        word, name, rest = found.groups()
        if word in ("param", "returns"):
            declared = _DECLARED.fullmatch(rest)
            if not declared or not name:
                raise refuse(f"line {number}: say “{word} name: type = term”")
            term, _, default = declared[2].partition("; default ")
            term, _, read_from = term.partition("; read from ")
            term, _, most = term.partition("; at most ")
            if word == "param":
                parameters.append(
                    Parameter(
                        name,
                        declared[1],
                        term.strip(),
                        default.strip() if default else None,
                        read_from.strip() or None,
                        int(most) if most else None,
                    )
                )
            else:
                term, _, codes = term.partition("; codes ")
                columns.append(Column(name, declared[1], term.strip(), codes.strip() or None))
        elif word in stated:
            raise refuse(f"line {number}: {word} stands twice")
        else:
            stated[word] = rest
    for word in ("title", "question", "basis", "access", "rows"):
        if word not in stated:
            raise refuse(f"the header lacks {word}")
    own = "\n".join(body).strip()
    try:
        cypher = expand(with_roles(own))
        plain = blanked(cypher)
        wrong = [*unclocked(plain), *unlawful(blanked(own))]
    except ValueError as error:
        raise refuse(str(error)) from error
    used = set(re.findall(r"\$(\w+)", plain)) - SUPPLIED
    read_from = {item.read_from for item in parameters if item.read_from}
    if used | read_from != {item.name for item in parameters}:
        raise refuse(f"parameters used {sorted(used)} are not those declared")
    returned = _returned(blanked(own))
    if returned != [item.name for item in columns]:
        raise refuse(f"columns returned {returned} are not those declared")
    if _WRITES.search(plain):
        raise refuse("a question reads only")
    if _UNBOUNDED.search(plain):
        raise refuse("a pattern of any length must have an upper bound")
    for item in columns:
        if item.codes and not _has_words(item.codes, returned):
            raise refuse(f"the column {item.name}: nobody has the words of {item.codes}")
    labels = set(re.findall(r"(?<=[:|])([A-Z]\w+)", plain)) - {"DESC", "ASC"}
    if labels - _LABELS:
        raise refuse(f"no such label or type: {sorted(labels - _LABELS)}")
    if wrong:
        raise refuse("; ".join(wrong))
    access = {SCHEMA.information(kind) for item in bound(plain) for kind in item.kinds}
    if stated["access"] != (needed := _access(access)):
        raise refuse(f"it reads {needed}: say “access: {needed}”")
    if forbidden := _NOT_OWN.search(blanked(own)):
        raise refuse(f"{forbidden[0]} is for the expansions to write (`queries.expansion`)")
    try:
        cypher = _in_one_map(cypher, _of_a_length(parameters))
        text = rendered(cypher)
    except ValueError as error:
        raise refuse(str(error)) from error
    within = _WITHIN.fullmatch(stated.get("within", ""))
    if "within" in stated and (not within or within[1] not in returned):
        raise refuse("say “within: column number” of a column that is returned")
    title, _, title_en = stated["title"].partition(" / ")
    return Question(
        name=path.stem,
        title=title,
        title_en=title_en,
        question=stated["question"],
        basis=stated["basis"],
        parameters=(*(item for item in parameters if item.read_from is None), *CLOCKS),
        read=tuple(item for item in parameters if item.read_from),
        columns=tuple(columns),
        access=frozenset(access),
        rows=int(stated["rows"]),
        allowed=stated.get("allow", ""),
        within=(within[1], int(within[2])) if within else None,
        text=text,
        worded=cypher,
    )


def _of_a_length(parameters: Iterable[Parameter]) -> frozenset[str]:
    return frozenset(item.name for item in parameters if item.type in _LONG)


def _in_one_map(cypher: str, names: Collection[str]) -> str:
    """The text with parameters of these names as entries of one map, `ASKED`.

    The engine keeps a plan for parameters of about that length, of lists and texts alike: the same
    question would be planned anew, for seconds, of a longer key, and whenever what somebody typed
    could be meant in another way.  A map has no length.
    """
    if not names:
        return cypher
    return re.sub(rf"\$({'|'.join(sorted(names))})\b", rf"${ASKED}.\1", cypher)


def _has_words(codes: str, returned: list[str]) -> bool:
    if codes.startswith("of "):
        return codes.removeprefix("of ") in returned
    try:
        return bool(code_list(codes))
    except KeyError:
        return False


@lru_cache(maxsize=1_000)
def _rendered(worded: str, reading: Reading) -> str:
    return rendered(worded, reading)


def _access(classes: Collection[InformationClass]) -> str:
    """Classes as a header says them: those open to everybody as one word."""
    of_readers = sorted(item.value for item in classes if not item.is_public)
    return ", ".join([*["public"][: any(item.is_public for item in classes)], *of_readers])


def _returned(plain: str) -> list[str]:
    """Columns of the last RETURN; each must be named by AS or be a bare variable."""
    tail = re.split(r"\bRETURN\b(?:\s+DISTINCT\b)?", plain)[-1]
    tail = re.split(r"\bORDER\s+BY\b|\bLIMIT\b|\bSKIP\b", tail)[0]
    depth, item, items = 0, "", []
    for character in tail:
        depth += (character in "([{") - (character in ")]}")
        if character == "," and depth == 0:
            items.append(item)
            item = ""
        else:
            item += character
    return [part.split()[-1] for part in [*items, item] if part.strip()]


def _typed(item: Parameter, raw: Any) -> Any:
    """A value as the graph takes it; text is read, and nothing else is taken for another type."""
    value = raw
    try:
        match item.type if isinstance(raw, str) else "":
            case "integer" if _INTEGER.fullmatch(raw):
                value = int(raw)
            case "real" if _REAL.fullmatch(raw):
                value = float(raw)
            case "date":
                value = parse_date(raw)
            case "instant":
                value = past_instant(raw)
    except ValueError:
        value = None
    if not _is_of(item.type, value):
        raise InputError(
            f"参数 {item.name}（{item.term}）应是{TYPE_WORDS[item.type]}。",
            f"Parameter {item.name} must be of type {item.type}.",
            code="parameter_type",
        )
    return value


def _is_of(declared: str, value: Any) -> bool:
    """Whether a value is of a declared type, and one that the graph can hold."""
    # to Python a flag is an integer, and an instant a date
    if isinstance(value, bool) and declared != "flag":
        return False
    if isinstance(value, datetime) and declared != "instant":
        return False
    if isinstance(value, int):
        return isinstance(value, COLUMN_TYPES[declared]) and -_LARGEST <= value <= _LARGEST
    if isinstance(value, float):
        return declared == "real" and math.isfinite(value)
    if isinstance(value, str):
        return declared == "text" and not _NO_TEXT.search(value)
    return isinstance(value, COLUMN_TYPES[declared])


#: Python type of each declared column type, for checking answers.
COLUMN_TYPES: dict[str, tuple[type, ...]] = {
    "text": (str,),
    "integer": (int,),
    "real": (float, int),
    "flag": (bool,),
    "date": (date,),
    "instant": (datetime,),
    "list": (list,),
    "map": (dict,),
}

#: What each declared type is called.
TYPE_WORDS = {
    "text": "文字",
    "integer": "整数",
    "real": "数字",
    "flag": "是或否",
    "date": "日期",
    "instant": "时间",
    "list": "列表",
    "map": "一组值",
}
