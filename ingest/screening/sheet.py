"""Names and numbers in a workbook, and the answers in another: the same rows in the same order.

Every cell is text: a number of eighteen digits stays whole, and nothing that is written becomes a formula.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from types import MappingProxyType
from typing import Any

from graph.errors import InputError
from graph.identifiers.redaction import redacted_name
from graph.time import parse_date
from ingest.guidance.columns import open_book
from ingest.matching import KINDS, MatchAnswer, SaidOf, Subject, subject_of
from ingest.reading.cell import NUMERIC, text_of
from ingest.reading.delimited import delimited_rows
from ingest.reading.file_kind import kind_of
from ingest.reading.spreadsheet import open_sheets
from ingest.screening.screened import SCREEN_NOTICE, ListsAsked, Screened

__all__ = [
    "COLUMNS", "MOST_ROWS", "AskedRow", "match_sheet", "pasted_rows", "read_rows", "screen_sheet",
    "template",
]  # fmt: skip

MOST_ROWS = 10_000

#: Field -> heading, and what to write there.
COLUMNS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "ref": ("编号", "自编，随结果返回；可不填"),
        "name": ("名称", "姓名或单位全称"),
        "number": ("证件号码", "公民身份号码或统一社会信用代码；有号码才能核验"),
        "tail": ("证件后四位", "没有完整号码时填写"),
        "kind": ("类别", "自然人、组织或农户；可不填"),
        "birth_on": ("出生日期", "年-月-日，如 1975-03-15"),
        "age": ("年龄", "周岁"),
        "town": ("乡镇", ""),
        "village": ("村", ""),
        "phone": ("电话", "手机号码"),
    }
)
_OTHER_HEADINGS = {
    "姓名": "name", "单位名称": "name", "企业名称": "name", "主体名称": "name", "身份证号": "number",
    "身份证号码": "number", "公民身份号码": "number", "统一社会信用代码": "number", "号码": "number",
    "序号": "ref", "村组": "village", "镇": "town", "联系电话": "phone", "手机": "phone",
}  # fmt: skip
_HEADINGS = {title: name for name, (title, _) in COLUMNS.items()} | _OTHER_HEADINGS
_KIND_OF = {term: kind for kind, term in KINDS.items()} | {
    "个人": "person", "企业": "organisation", "单位": "organisation",
}  # fmt: skip
_NEEDED = frozenset({"name", "number"})
_HEADING_WITHIN = 10
_LONGEST = 200
_TEXT = 49
_DIGITS_KEPT, _LOST = 15, "\x00lost"
_WIDE, _NARROW = 40, 16


@dataclass(frozen=True)
class AskedRow:
    """One row as it was sent.

    Attributes:
        number: of the row in the sheet.
        subject: None where it could not be read; then `fault` says why.
        name: as it may be shown again.
    """

    number: int
    ref: str
    name: str
    subject: Subject | None
    fault: str = ""


def read_rows(path: Path, identity_key: str, *, most: int = MOST_ROWS) -> list[AskedRow]:
    """The rows of a workbook or a text; numbers are keys when this returns.

    Raises `InputError`: as files are read, `heading_missing`, `rows_missing`, `too_many_rows`.
    """
    with ExitStack() as held:
        rows = _cells(path, held)
        places = _heading(rows)
        told = [
            _asked(number, _named(cells, places), identity_key)
            for number, cells in rows
            if any(cells)
        ]
    return _bounded(told, most)


def pasted_rows(text: str, identity_key: str, *, most: int = MOST_ROWS) -> list[AskedRow]:
    """Lines of a name and a number, in either order, between blanks, commas or tabs.

    Raises `InputError`: `rows_missing`, `too_many_rows`.
    """
    told = []
    for number, line in enumerate(text.splitlines(), start=1):
        words = line.replace("，", " ").replace(",", " ").replace("、", " ").split()
        if not words:
            continue
        numbers = [word for word in words if sum(map(str.isdigit, word)) > len(word) // 2]
        names = [word for word in words if word not in numbers]
        said = {"name": "".join(names), "number": "".join(numbers)}
        told.append(_asked(number, {"ref": str(number), **said}, identity_key))
    return _bounded(told, most)


def _bounded(told: list[AskedRow], most: int) -> list[AskedRow]:
    if not told:
        raise InputError(
            "没有要查的行。请填写名称和证件号码，每行一个。",
            "There is no row to ask about.",
            code="rows_missing",
        )
    if len(told) > most:
        raise InputError(
            f"一次最多查 {most} 行，这里有 {len(told)} 行。请分成几份。",
            f"At most {most} rows at once.",
            code="too_many_rows",
        )
    return told


def _cells(path: Path, held: ExitStack) -> Iterator[tuple[int, list[str]]]:
    kind = kind_of(path)
    if kind == "workbook":
        [sheet, *_] = held.enter_context(open_sheets(path))
        found: Iterable[tuple[int, list[Any]]] = sheet.rows()
    elif kind == "text":
        found = delimited_rows(
            path, [","], lambda cells: sum(each.strip() in _HEADINGS for each in cells)
        )
    else:
        raise InputError(
            f"{path.name} 不是表格。请下载模板填写，或另存为 .xlsx、.csv。",
            f"{path.name} is no sheet.",
            code="file_type",
        )
    return ((number, [_text(cell) for cell in cells]) for number, cells in found)


def _text(cell: Any) -> str:
    told = text_of(cell) or ""
    text = told.removeprefix(NUMERIC)
    # a spreadsheet keeps fifteen digits of a number: the rest is lost, and may fit by chance
    if text != told and len(text) > _DIGITS_KEPT:
        return _LOST
    return text.strip()[:_LONGEST]


def _heading(rows: Iterator[tuple[int, list[str]]]) -> dict[str, int]:
    """Field -> column, of the first row that names the columns that are needed."""
    for number, cells in rows:
        places: dict[str, int] = {}
        for place, cell in enumerate(cells):
            name = _HEADINGS.get("".join(cell.split()).rstrip("*"))
            if name is not None:
                places.setdefault(name, place)
        if places.keys() & _NEEDED:
            return places
        if number >= _HEADING_WITHIN:
            break
    raise InputError(
        "没有找到表头。表里要有一行写明“名称”“证件号码”；可以下载模板填写。",
        "No row names the columns.",
        code="heading_missing",
    )


def _named(cells: Sequence[str], places: Mapping[str, int]) -> dict[str, str]:
    return {name: cells[place] for name, place in places.items() if place < len(cells)}


def _asked(number: int, told: Mapping[str, str], identity_key: str) -> AskedRow:
    ref, name = redacted_name(told.get("ref", "")), redacted_name(told.get("name", ""))
    ref, name = (each.replace(_LOST, "") for each in (ref, name))
    try:
        if _LOST in told.values():
            raise InputError(
                "号码被存成了数字，后几位已经丢失。请把该列设为文本格式，重新填写号码。",
                "A number was kept as a figure and lost its last digits.",
                code="digits_lost",
            )
        said = SaidOf(
            ref=ref,
            name=told.get("name", ""),
            number=told.get("number", ""),
            tail=told.get("tail", ""),
            phone=told.get("phone", ""),
            birth_on=parse_date(told["birth_on"]) if told.get("birth_on") else None,
            age=_age(told.get("age", "")),
            town=told.get("town", ""),
            village=told.get("village", ""),
            kind=_kind(told.get("kind", "")),  # type: ignore[arg-type]
        )
        return AskedRow(number, ref, name, subject_of(said, identity_key))
    except InputError as error:
        return AskedRow(number, ref, name, None, error.message_zh)


def _age(text: str) -> int | None:
    bare = text.removesuffix("岁")
    if not bare:
        return None
    if not (bare.isascii() and bare.isdigit() and len(bare) <= 3):
        raise InputError("年龄请写周岁的数字。", "An age is a number of years.", code="age")
    return int(bare)


def _kind(text: str) -> str | None:
    if not text:
        return None
    if text not in _KIND_OF:
        raise InputError(
            f"类别请写{'、'.join(KINDS.values())}。", "Such a kind there is none.", code="kind"
        )
    return _KIND_OF[text]


def template() -> bytes:
    """An empty sheet to be filled in, with what to write in each column."""
    titles = [title for title, _ in COLUMNS.values()]
    guide = [(title, told) for title, told in COLUMNS.values()]
    return _book({"名单": (titles, []), "填写说明": (("列", "怎样填写"), guide)})


def screen_sheet(
    rows: Sequence[AskedRow],
    answers: Sequence[Screened],
    lists: ListsAsked,
    cover: Mapping[str, str],
) -> bytes:
    """The answers of a screening: a row each, in the order of the rows that were sent.

    Args:
        cover: what stands on the first sheet besides: purpose, who asks, the day.
    """
    head = (
        "行号",
        "编号",
        "名称",
        "证件号码（脱敏）",
        "结果",
        "说明",
        "名单记录",
        "惩戒措施",
        "疑似（须核对，不作依据）",
    )
    body = [
        (
            str(row.number), row.ref, one.name, one.shown, one.state_label,
            "；".join(dict.fromkeys((one.why, *one.faults))),
            "；".join(_entry(each) for each in one.entries),
            "未告知" if one.measures is None else "；".join(each.title for each in one.measures),
            "；".join(f"{each.name or ''} {each.town or ''}{each.village or ''} {'、'.join(each.lists)}"
                     for each in one.resembling),
        )
        for row, one in zip(rows, answers, strict=True)
    ]  # fmt: skip
    told = [*cover.items(), ("名单", lists.sentence), ("说明", SCREEN_NOTICE)]
    return _book({"结果": (head, body), "说明": (("项目", "内容"), told)})


def match_sheet(rows: Sequence[AskedRow], answer: MatchAnswer, cover: Mapping[str, str]) -> bytes:
    """The answers of a match: a row each, in the order of the rows that were sent."""
    head = (
        "行号",
        "编号",
        "名称",
        "结果",
        "把握",
        "得分",
        "主体编号",
        "主体名称",
        "证件号码（脱敏）",
        "乡镇",
        "村",
        "年龄",
        "相符之处",
        "说明",
    )
    matches = iter(answer.matches)
    body = []
    for row in rows:
        start = (str(row.number), row.ref, row.name)
        if row.subject is None:
            body.append((*start, "未查", *[""] * (len(head) - len(start) - 2), row.fault))
            continue
        one = next(matches)
        first = one.candidates[0] if one.candidates else None
        told = (
            ("", "", "", "", "", "", "", "", "") if first is None else (
                first.band_label, str(first.score), first.key, first.name or "", first.masked or "",
                first.town or "", first.village or "", "" if first.age is None else str(first.age),
                "；".join(each.text for each in first.reasons if each.bits > 0),
            )
        )  # fmt: skip
        body.append((*start, one.outcome_label, *told, "；".join(one.faults)))
    return _book({
        "结果": (head, body),
        "说明": (("项目", "内容"), [*cover.items(), ("说明", answer.notice), *answer.bands.items()]),
    })  # fmt: skip


def _entry(one: Any) -> str:
    until = f"，公示到 {one.published_until}" if one.published_until else ""
    return f"{one.label} {one.case_no or ''}（{one.authority or '机关未载'}{until}）"


def _book(sheets: Mapping[str, tuple[Sequence[str], Sequence[Sequence[str]]]]) -> bytes:
    into = BytesIO()
    book = open_book(into)
    head = book.add_format({"bold": True, "text_wrap": True, "bg_color": "#DDEBF7"})
    text = book.add_format({"num_format": _TEXT, "text_wrap": True, "valign": "top"})
    for title, (titles, rows) in sheets.items():
        page = book.add_worksheet(title)
        page.set_paper(9)
        page.set_landscape()
        page.fit_to_pages(1, 0)
        page.freeze_panes(1, 0)
        for place, words in enumerate(titles):
            page.write_string(0, place, words, head)
            wide = words.startswith(("说明", "名单记录", "疑似", "相符", "内容", "怎样"))
            page.set_column(place, place, _WIDE if wide else _NARROW, text)
        for line, row in enumerate(rows, start=1):
            for place, value in enumerate(row):
                page.write_string(line, place, str(value), text)
    book.close()
    return into.getvalue()
