"""The words of a template, cut out of its source and put back in another language.

A message is what stands between two tags or statements, with its expressions: word order is the
translator's.  Attributes that are read to people, and texts inside expressions and statements, are
messages of their own.  What a template compares, looks up or sends is no message.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

__all__ = ["HAN", "WRITTEN", "expressions", "messages", "translated"]

#: A character of Chinese writing.
HAN: Final = re.compile("[\u3400-\u9fff]")

#: The filter of what is left as it is.
WRITTEN: Final = "written"

#: Puts a message in another language; as it was where that is not known.
Put = Callable[[str], str]

_STATEMENT = r"\{%.*?%\}"
_EXPRESSION = r"\{\{.*?\}\}"
_PART = re.compile(
    r"(?P<left>\{#.*?#\}|<!--.*?-->)|(?P<typed><textarea\b.*?</textarea>)"
    rf"|(?P<statement>{_STATEMENT})|(?P<expression>{_EXPRESSION})"
    rf"|(?P<tag></?[A-Za-z!](?:{_EXPRESSION}|{_STATEMENT}"
    rf'|"(?:{_EXPRESSION}|{_STATEMENT}|[^"])*"|[^<>"])*>)|(?P<text>[^<{{]+|.)',
    re.DOTALL,
)
_INSIDE = re.compile(rf"{_STATEMENT}|{_EXPRESSION}", re.DOTALL)
#: What a browser or a screen reader says of an element.
_SPOKEN = re.compile(
    r"(?<=\s)(?P<name>aria-label|data-said|data-term|placeholder|title|alt)="
    rf'"(?P<said>(?:{_EXPRESSION}|{_STATEMENT}|[^"])*)"',
    re.DOTALL,
)
#: A text in an expression; not one that is compared, a key, or what a text is cut or searched by.
_LITERAL = re.compile(
    r"""(?P<before>(?:[=!]=|\.split\(|\.replace\(|"equalto",)\s*)?"""
    r"""(?P<quote>["'])(?P<said>(?:\\.|(?!(?P=quote)).)*)(?P=quote)(?P<key>\s*(?::|[=!]=))?""",
    re.DOTALL,
)
#: A call of what says one of two languages by itself.
_BOTH = re.compile(r"\bsay\(")
_VALUE = re.compile(r"\{\{-?(.*?)-?\}\}", re.DOTALL)
_SPACE = re.compile(r"\s+")
#: Punctuation between two values, where no word tells how a sentence goes.
_PUNCTUATION: Final = {
    "：": ": ", "，": ", ", "。": ". ", "；": "; ", "、": ", ", "（": " (", "）": ")", "？": "? ",
}  # fmt: skip


def messages(source: str) -> Iterator[str]:
    """The messages of a template in their order; one that is there twice comes twice."""
    told: list[str] = []

    def kept(message: str) -> str:
        told.append(message)
        return message

    translated(source, kept)
    yield from told


def expressions(message: str) -> list[str]:
    """The expressions of a message, sorted: a translation has the same."""
    return sorted(_INSIDE.findall(message))


def translated(source: str, put: Put) -> str:
    """A template with its messages in another language."""
    made: list[str] = []
    run: list[str] = []

    def end_run() -> None:
        made.append(_of_run("".join(run), put))
        run.clear()

    for part in _PART.finditer(source):
        kind, text = part.lastgroup, part[0]
        if kind in ("text", "expression"):
            run.append(text)
            continue
        end_run()
        if kind == "tag":
            text = _of_tag(text, put)
        elif kind == "statement":
            text = _literals(text, put)
        elif kind == "typed":
            text = _as_written(text)
        made.append(text)
    end_run()
    return "".join(made)


def _of_tag(tag: str, put: Put) -> str:
    """A tag with what is said of its element; its other attributes are for programs."""
    made, ends = [], 0
    for found in _SPOKEN.finditer(tag):
        made += [
            _as_written(tag[ends : found.start()]),
            f'{found["name"]}="{_of_run(found["said"], put)}"',
        ]
        ends = found.end()
    return "".join([*made, _as_written(tag[ends:])])


def _as_written(source: str) -> str:
    """Values that go back to us, or to a program, as they are."""
    return _VALUE.sub(lambda found: f"{{{{ ({found[1]})|{WRITTEN} }}}}", source)


def _of_run(run: str, put: Put) -> str:
    """Words and values between two tags."""
    bare = run.strip()
    if not bare:
        return run
    has_words = HAN.search(_INSIDE.sub("", bare))
    said = put(_SPACE.sub(" ", bare)) if has_words else _pointed(bare)
    start = run.index(bare)
    said = _INSIDE.sub(lambda found: _literals(found[0], put), said)
    return run[:start] + said + run[start + len(bare) :]


def _pointed(run: str) -> str:
    ends, pieces = 0, []
    for inside in _INSIDE.finditer(run):
        pieces += [_marks(run[ends : inside.start()]), inside[0]]
        ends = inside.end()
    return "".join([*pieces, _marks(run[ends:])])


def _marks(text: str) -> str:
    return "".join(_PUNCTUATION.get(mark, mark) for mark in text)


def _literals(code: str, put: Put) -> str:
    if _BOTH.search(code):
        return code

    def replaced(found: re.Match[str]) -> str:
        text = found["said"]
        if found["before"] or found["key"]:
            return found[0]
        if HAN.search(text):
            said = put(text)
        elif text in _PUNCTUATION:
            said = _PUNCTUATION[text]
        else:
            return found[0]
        return found["quote"] + said.replace(found["quote"], "\\" + found["quote"]) + found["quote"]

    return _LITERAL.sub(replaced, code)
