"""A frozen bulletin as it may be shown today: what has ended since is counted, and named no more.

The bytes and their hash stay what they are; nobody is given them as they are.  Whatever shows a bulletin
(page, print, workbook, route, command) is made from this.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from queries.bulletins.content import BulletinContent, Decision
from queries.indicators.document_number import folded
from queries.indicators.unnamed import ENDED, unnamed

__all__ = ["WITHHELD", "as_shown", "withheld"]

#: What stands in the place of a document number.
WITHHELD = "（已停止公示）"

_NAMES = ("ledger", "document", "refused_row")
#: Brackets as clerks write them.
_OPEN, _CLOSE = r"[〔\[【（({〖]", r"[〕\]】）)}〗]"


def as_shown(content: BulletinContent, ended: Collection[str] | None) -> BulletinContent:
    """The content without the names of decisions that ended, nor their numbers in the remarks.

    Args:
        ended: names of decisions that ended (`Book.ended_names`); None: for somebody who may not know
            which have, and is shown none.
    """
    gone = [
        item
        for item in content.decisions
        if ended is None or any(name in ended for name in _names(item))
    ]
    if not gone:
        return content
    numbers = {number for item in gone for name in _names(item) if (number := _number(name))}
    out = {id(item) for item in gone}
    return content.model_copy(
        update={
            "decisions": tuple(
                _without_names(item) if id(item) in out else item for item in content.decisions
            ),
            "remarks": _without_numbers(content.remarks, numbers),
        }
    )


def withheld(content: BulletinContent) -> int:
    """How many decisions of a shown bulletin are named no more."""
    return sum(any(name.startswith(ENDED) for name in _names(item)) for item in content.decisions)


def _names(item: Decision) -> list[str]:
    return [name for each in _NAMES if (name := getattr(item, each)) is not None]


def _number(name: str) -> str | None:
    """The document number in a name: its last part, where that is one."""
    last = name.rpartition(":")[2]
    return (
        None if name.startswith(ENDED) or not re.search(r"[〔\[【（({〖]", last) else folded(last)
    )


def _without_names(item: Decision) -> Decision:
    told = {name: getattr(item, name) for name in _NAMES}
    return item.model_copy(
        update={
            name: value if value is None or value.startswith(ENDED) else unnamed(value)
            for name, value in told.items()
        }
    )


def _without_numbers(text: str, numbers: Iterable[str]) -> str:
    """Remarks in which those numbers stood, however their brackets and blanks are written."""
    for number in sorted(numbers, key=len, reverse=True):
        signs = {"[": _OPEN, "]": _CLOSE}
        pattern = r"\s*".join(signs.get(sign, re.escape(sign)) for sign in number)
        text = re.sub(pattern, WITHHELD, text, flags=re.IGNORECASE)
    return text
