"""The case file of a party: what stands about it and near it, numbered, for one reader and one purpose."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from graph.operations import CaseFile, CaseFiles, OperationsStore, RecordUses
from graph.time import utc_now
from queries.district import DistrictReader
from queries.linked_dishonesty.case import PartyLinks, linked_district, party_links

__all__ = ["SHEETS", "FiledCase", "file_case", "sheets"]


@dataclass(frozen=True)
class FiledCase:
    """The file: its number, who reads it for what and since when, and what it says."""

    kept: CaseFile
    links: PartyLinks


def file_case(
    reader: DistrictReader, store: OperationsStore, key: str, *, purpose: str, by: str
) -> FiledCase:
    """Number a case file, fill it, and note which records it stands on.

    Raises `NotFoundError` for an unknown party, and `InputError` (`user_missing`, `purpose_missing`).
    """
    links = party_links(reader, store, key)
    kept = CaseFiles(store).open(
        links.party, purpose=purpose, reader=by, head=reader.moment.head, at=utc_now()
    )
    RecordUses(store).note(
        "case_file", kept.name, title="关联案卷", at=kept.made_at, records=_records(reader, links)
    )
    return FiledCase(kept, links)


def _records(reader: DistrictReader, links: PartyLinks) -> Iterator[str]:
    """Entries of the party itself, those by which others near it are dishonest, and those that its
    measures follow from."""
    yield from (one.record for one in links.own)
    told = linked_district(reader)
    for hint in links.linked:
        yield from (one.record for one in (told.own if told else {}).get(hint.subject, ()))
    yield from (one.trigger_key for one in links.measures if one.trigger_key)


#: Sheets of the workbook -> their headings.
SHEETS = {
    "封面": ("项目", "内容"),
    "自身记录": ("名单", "文书号", "认定机关", "列入日期", "公示截止", "来源", "批次", "行"),
    "关联提示": (
        "失信主体",
        "关联主体",
        "层级",
        "经过",
        "关系起始",
        "依据（来源 批次 行）",
        "提示失效日",
    ),
    "历史关系": ("关系", "对方", "起始", "终止"),
    "惩戒措施": ("实施单位和编号", "措施", "依据", "开始", "结束"),
}


def sheets(case: FiledCase) -> dict[str, list[tuple[str, ...]]]:
    """The rows of each sheet, as text; none of it is a formula."""
    kept, links = case.kept, case.links

    def said(value: object) -> str:
        return "" if value is None else str(value)

    cover = [
        ("编号", kept.name), ("主体", said(links.name)), ("主体编号", links.party),
        ("查阅目的", kept.purpose), ("查阅人", kept.reader),
        ("生成时间（UTC）", f"{kept.made_at:%Y-%m-%d %H:%M}"),
        ("数据截至", said(links.basis.as_of)), ("规则", links.rules), ("说明", links.notice),
    ]  # fmt: skip
    own = [
        tuple(map(said, (one.label, one.number, one.authority, one.listed_on, one.published_until,
                         one.source, one.batch, one.row)))
        for one in links.own
    ]  # fmt: skip
    linked = [
        (
            said(one.subject_name), said(one.other_name), str(one.distance), one.sentence,
            said(one.since),
            "；".join(" ".join(map(said, (t.source, t.batch, t.row))) for s in one.steps for t in s.ties),
            one.expires_on.isoformat(),
        )
        for one in links.linked
    ]  # fmt: skip
    historical = [
        (one.what, said(one.other_name), said(one.since), one.until.isoformat())
        for one in links.historical
    ]
    measures = [
        (one.id, one.title, f"{one.law or ''} {one.article or ''}".strip(), said(one.said.begins_on),
         said(one.said.ends_on))
        for one in links.measures
    ]  # fmt: skip
    sheets: tuple[Sequence[tuple[str, ...]], ...] = (cover, own, linked, historical, measures)
    return {name: list(rows) for name, rows in zip(SHEETS, sheets, strict=True)}
