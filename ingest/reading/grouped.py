"""A heading in two rows: groups above (借款人), what they consist of below (名称, 证件号码).

The two make one name a column, and only one that the source knows.  Below a group that names a
role (借款人, 担保人) a column is never taken by its lower name alone: 证件号码 under 担保人 is not
the borrower's.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from ingest.catalogue.field import heading

__all__ = ["joined_titles", "names_role"]

_ROLE = re.compile(
    "人|方|者|户主|配偶|股东|机构|企业|公司|合作社|法定代表|成员|子女|父|母|担保|抵押|质押"
)
_NO_ROLE = re.compile("个人|本人|人民币|人员基本|申报人员|人口")
_NO_GROUP = re.compile(r"[:\d]")  # 单位：万元, or data
_FILLING = re.compile("(基本|主要)?(信息|情况|资料|概况|内容|明细|数据|项目|指标)$")


def joined_titles(
    upper: Sequence[str], lower: Sequence[str], known: Collection[str]
) -> list[str] | None:
    """The titles of two rows as one; None where they are not two rows of one heading.

    Args:
        known: every heading that the source knows, in the form headings are compared in.
    """
    width = max(len(upper), len(lower))
    above, below = ([*row, *[""] * (width - len(row))] for row in (upper, lower))
    if sum(map(bool, above)) < 2 or any(_NO_GROUP.search(title) for title in above):
        return None
    groups = _spread(above, below)
    titles = []
    count = 0
    for place, (group, title) in enumerate(zip(groups, below, strict=True)):
        if not title or not group or group == title:
            titles.append(title or above[place])
            count += bool(title) and (group == title or heading(title) in known)
            continue
        found = next((each for each in _spellings(group, title) if heading(each) in known), None)
        count += found is not None
        titles.append(found or f"{group}{title}")
    # most names of the lower row have to be understood, or it is a row of data
    return titles if count and 3 * count >= 2 * sum(map(bool, below)) else None


def names_role(title: str) -> bool:
    """Whether a group is about somebody: what stands below it is theirs and nobody else's."""
    return _ROLE.search(_NO_ROLE.sub("", title)) is not None


def _spread(above: Sequence[str], below: Sequence[str]) -> list[str]:
    """The group over each column: a merged cell holds its text in the first of its columns."""
    groups: list[str] = []
    for group, title in zip(above, below, strict=True):
        groups.append(group or (groups[-1] if groups and title else ""))
    return groups


def _spellings(group: str, title: str) -> list[str]:
    short = _FILLING.sub("", group)
    spellings = [group + title, short + title]
    if names_role(title) or not names_role(group):
        spellings.append(title)
    return spellings
