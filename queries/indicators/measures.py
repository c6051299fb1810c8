"""What is counted of the decisions of a book: each measure is the rows that it is."""

from __future__ import annotations

from collections.abc import Callable

from queries.indicators.book import Book, Flags

__all__ = ["MEASURES", "RATES", "members"]


def _to_report(book: Book) -> Flags:
    return book.in_ledger & (book.excluded < 0)


def _told(book: Book) -> Flags:
    return book.entered | book.refused


def _supplied(book: Book) -> Flags:
    return _told(book) & (book.excluded < 0)


_MEMBERS: dict[str, Callable[[Book], Flags]] = {
    "produced": lambda book: book.in_ledger,
    "excluded": lambda book: book.in_ledger & (book.excluded >= 0),
    "due": _to_report,
    "reported": lambda book: _to_report(book) & _told(book),
    "unreported": lambda book: _to_report(book) & ~_told(book),
    "supplied": _supplied,
    "refused": lambda book: _supplied(book) & book.refused,
    "passed": lambda book: _supplied(book) & book.entered,
    "entered": lambda book: _supplied(book) & book.entered & book.registered,
    "unlinked": lambda book: _supplied(book) & book.entered & ~book.registered,
    "on_time": lambda book: _supplied(book) & book.on_time,
    "late": lambda book: _supplied(book) & book.late,
    "timed": lambda book: _supplied(book) & (book.on_time | book.late),
    "undated": lambda book: _supplied(book) & ~(book.on_time | book.late),
    "outside": lambda book: _supplied(book) & ~book.in_ledger,
    "excluded_but_filed": lambda book: _told(book) & (book.excluded >= 0),
}

#: Measure -> its Chinese name.
MEASURES = {
    "produced": "产生（台账）", "excluded": "依法不报送", "due": "应报送", "reported": "已报送",
    "unreported": "未报送", "supplied": "提供（含台账外）", "refused": "退回未更正",
    "passed": "通过校验", "entered": "有效入库", "unlinked": "主体待关联", "on_time": "按时报送",
    "late": "迟报", "timed": "能判断是否按时", "undated": "报送日期不明", "outside": "台账外报送",
    "excluded_but_filed": "注明不报或依法不报却已报送",
}  # fmt: skip

#: Rate -> its Chinese name, the measure above the line and the one below.
RATES = {
    "reporting": ("上报率", "reported", "due"),
    "compliance": ("合规率", "passed", "supplied"),
    "timeliness": ("及时率", "on_time", "timed"),
    "entry": ("入库率", "entered", "supplied"),
}


def members(book: Book, measure: str) -> Flags:
    """Which decisions of a book a measure counts; raises `KeyError`."""
    return _MEMBERS[measure](book)
