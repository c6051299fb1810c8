"""What the form of a visit says, in our units; its fields are those of the paper form."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from api.typed_number import FEN_OF_WAN, typed_number
from graph.errors import InputError
from graph.identifiers.redaction import redacted, redacted_name
from graph.operations import Seen
from graph.time import parse_date
from queries.eligibility.decisions.prospects import brought

__all__ = ["PAPERS", "papers_offered", "shown_again", "visit_of"]

#: Papers of which a form has a line.
PAPERS: Final = 4
_DIGITS = 4
#: Papers that are looked at on a visit beside those that are brought.
_LOOKED_AT = ("居民身份证", "户口簿", "土地承包合同", "村委会证明", "营业执照", "其他")


def papers_offered() -> tuple[str, ...]:
    """What a paper may be: what a visit brings, and what is looked at there."""
    return tuple(dict.fromkeys([*brought().split("、"), *_LOOKED_AT]))


def visit_of(form: Mapping[str, str]) -> dict[str, Any]:
    """What `Visits.keep` takes; raises `InputError` (`visit_terms`, and as a date)."""
    papers = []
    for place in range(1, PAPERS + 1):
        kind = form.get(f"paper_kind_{place}", "")
        number, issuer = (
            form.get(f"paper_number_{place}", ""),
            form.get(f"paper_issuer_{place}", ""),
        )
        on = _day(form.get(f"paper_on_{place}", ""))
        if kind or number or issuer or on:
            papers.append(Seen(kind, number, on, issuer))
    visited = _day(form.get("visited_on", ""))
    if visited is None:
        raise _wrong("请写明走访日期")
    return {
        "outcome": form.get("outcome", ""),
        "amount_fen": _fen(form.get("amount", "")),
        "months": _months(form.get("months", "")),
        "purpose": form.get("purpose", ""),
        "papers": papers,
        "visited_on": visited,
        "next_on": _day(form.get("next_on", "")),
        "notes": form.get("notes", ""),
        "village": form.get("village", ""),
        "reference": form.get("reference", ""),
        "by": form.get("by", ""),
    }


def shown_again(form: Mapping[str, str]) -> dict[str, str]:
    """What was typed, as it may stand on a page: without numbers of persons."""
    return {name: redacted(redacted_name(text), strict=False) for name, text in form.items()}


def _fen(text: str) -> int | None:
    """万元 in fen."""
    if not text:
        return None
    try:
        return typed_number(text, FEN_OF_WAN)
    except ValueError:
        raise _wrong("金额请写数字，如 10 或 7.5（万元）") from None


def _months(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= _DIGITS):
        raise _wrong("期限请写整月数")
    return int(text)


def _day(text: str) -> date | None:
    return parse_date(text) if text else None


def _wrong(what: str) -> InputError:
    return InputError(
        f"{what}。没有登记任何内容。", "The terms of the visit do not hold.", code="visit_terms"
    )
