"""What one text says: yes or no, a code, a telephone, a place; or why it says nothing.

Every function takes the text of a cell and returns its value, or raises `WrongError` with words
for the clerk.  Bounds and code lists are the gate's: they are checked on what is returned here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from graph.identifiers import IdentifierIssue, division_code
from graph.time import today
from ingest.catalogue.field import FieldSpec, label
from ingest.checking.verdict import WrongError

__all__ = [
    "CodeList",
    "code",
    "division",
    "flag",
    "phone",
]

_YES = frozenset({"是", "1", "y", "yes", "true"})
_NO = frozenset({"否", "0", "n", "no", "false"})
_PHONE = re.compile(r"1\d{10}|0\d{9,11}|\d{7,8}", re.ASCII)
#: What always sets the words of a list apart, and what may, beside what `label` takes away.
_APART = re.compile(r"[;；|\n]")
_AND = re.compile(r"[/+&\\]")
_NOT_DIALLED = re.compile(r"[\s-]")


def flag(text: str) -> bool:
    """Yes or no."""
    folded = text.casefold()
    if folded in _YES or folded in _NO:
        return folded in _YES
    raise WrongError("not_a_flag", "只能填“是”或“否”。", "Neither yes nor no.", "非是否")


def code(text: str, spec: FieldSpec, kept: Mapping[str, str]) -> str:
    """What the code list keeps for this text; `kept` is the field's, made once for a column."""
    if (found := kept.get(label(text))) is not None:
        return found
    _refuse_word(spec, label(text))
    raise WrongError(
        "unknown_code",
        f"代码不在字典中。可填：{'、'.join(spec.codes)}。",
        f"Not in the code list of {spec.name}.",
        "字典外的值",
    )


def _refuse_word(spec: FieldSpec, said: str) -> None:
    for word, message in spec.refused.items():
        if label(word) == said:
            raise WrongError(
                "refused_word", message, f"{spec.name} says what is never taken.", "不采集的值"
            )


class CodeList:
    """Reads several words of a field's code list in one cell: each once, in order, joined by ；.

    A semicolon always sets words apart.  Other signs decide nothing, since words may hold them
    (没收违法所得、没收非法财物): between semicolons the cell is read as one word after the other,
    the longest first.
    """

    def __init__(self, spec: FieldSpec) -> None:
        self._kept = {_AND.sub("", word): code for word, code in spec.kept().items()}
        words = "|".join(map(re.escape, sorted(self._kept, key=len, reverse=True)))
        self._word, self._whole = re.compile(words), re.compile(f"(?:{words})+")
        self._offered, self._spec = "；".join(spec.codes), spec

    def __call__(self, text: str) -> str:
        """What is kept for the cell."""
        parts = [_AND.sub("", label(part)) for part in _APART.split(text) if label(part)]
        if not parts or not all(map(self._whole.fullmatch, parts)):
            for part in parts:
                _refuse_word(self._spec, part)
            raise WrongError(
                "unknown_code",
                f"应为以下类别，多项以分号隔开：{self._offered}。",
                "Not made of the words of the code list.",
                "字典外的值",
            )
        words = (word for part in parts for word in self._word.findall(part))
        return "；".join(dict.fromkeys(self._kept[word] for word in words))


def phone(text: str) -> tuple[str, str]:
    """A phone number: masked to be shown, and its digits, of which only a key is kept."""
    digits = _NOT_DIALLED.sub("", text)
    if not _PHONE.fullmatch(digits):
        raise WrongError(
            "not_a_phone", "不是有效电话号码。请核对。", "Not a phone number.", f"{len(digits)} 位"
        )
    return digits[:3] + "*" * (len(digits) - 7) + digits[-4:], digits


def division(text: str) -> tuple[tuple[Any, ...], IdentifierIssue]:
    """Code and key of a place; the key is that of the code it has today."""
    found = division_code.check(text)
    if found.value is None:
        return (None, None), found
    return (found.value, f"division:{division_code.current(found.value, today())}"), found
