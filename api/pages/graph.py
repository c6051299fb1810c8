"""The graph around a party: a picture with filters, the same as a file, and the shortest link to another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from math import ceil
from typing import Annotated
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import HTMLResponse, Response

from api.acts import Act
from api.admission import Flag, Whole
from api.audit_trail import note_subjects
from api.dependencies import Key, Reading
from api.needs import EVERY_CLASS, needs
from api.pages.drawing.letters import CAPTION, wide
from api.pages.graph_picture import draw_graph, record_words, tie_words
from api.pages.link_way import read_way
from api.pages.rendering import PATIENCE, filled, page, waiting
from api.wording import show, who
from graph.time import day_of, utc_now
from queries.neighbourhood import (
    CERTAINTIES,
    GROUPS,
    MODES,
    MOST_HOPS,
    Certainty,
    Mode,
    Wanted,
    group_of,
    read_neighbourhood,
)
from queries.search import is_personal

__all__ = ["router"]

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

_DOING = "正在读取这一天全区的关系。"
_SVG = "image/svg+xml"
_KEY_TO_IT = (
    "圆：个人；房形：农户；方：企业和组织；粗黑边：中心；红方块：自身有不利记录；黄三角：自身有需留意的记录；"
    "虚线：疑似，身份未核实。没有标记不等于没有记录。"
)
#: Rows of a search from which one is chosen.
_MOST_FOUND = 20


@dataclass(frozen=True)
class Chosen:
    """What was chosen: what of the neighbourhood, and whether names are whole."""

    wanted: Wanted
    full: bool

    def of(self, *, mode: Mode | None = None, as_of: date | None = None) -> str:
        """The query that chooses the same but for what is given; another mode goes as far as it does
        by itself."""
        wanted = self.wanted
        said: dict[str, str] = {"mode": mode or wanted.mode}
        if mode in (None, wanted.mode):
            said["hops"] = str(wanted.hops)
        if wanted.certainty != "any":
            said["certainty"] = wanted.certainty
        said |= {name: "true" for name in GROUPS if name in wanted.groups}
        if self.full:
            said["full"] = "true"
        if as_of is not None:
            said["as_of"] = as_of.isoformat()
        return urlencode(said)


async def _chosen(
    mode: Mode = "all",
    hops: Annotated[Whole, Query(ge=0, le=MOST_HOPS)] = 0,
    certainty: Certainty = "any",
    guarantees: Flag = False,
    shares: Flag = False,
    offices: Flag = False,
    household: Flag = False,
    members: Flag = False,
    supplies: Flag = False,
    full: Flag = False,
) -> Chosen:
    """What the address chooses; hops of 0 are those of the mode."""
    ticked = (guarantees, shares, offices, household, members, supplies)
    groups = frozenset(name for name, is_wanted in zip(GROUPS, ticked, strict=True) if is_wanted)
    return Chosen(Wanted(mode, groups, certainty, hops or MODES[mode][1]), full)


Choosing = Annotated[Chosen, Depends(_chosen)]


@router.get("/parties/{key}/graph")
@needs(Act.ASK, *EVERY_CLASS)
def graph(request: Request, reader: Reading, key: Key, chosen: Choosing) -> HTMLResponse:
    """The neighbourhood of a party, drawn."""
    found = read_neighbourhood(reader, key, chosen.wanted, within=PATIENCE)
    if found is None:
        return waiting(request, _DOING, here="/")
    picture, unsaid = draw_graph(found, chosen.wanted.mode, in_full=chosen.full)
    asked = request.query_params
    at = {name: asked[name] for name in ("as_of", "known_at") if name in asked}
    return page(
        "graph.html",
        here="/",
        found=found,
        wanted=chosen.wanted,
        full=chosen.full,
        query=chosen,
        path=f"/parties/{quote(found.key, safe='')}/graph",
        # a link takes the day along by itself, what a script reads does not
        at_day=f"&{urlencode(at)}" if at else "",
        picture=picture,
        unsaid=unsaid,
        days=_days(found.basis.as_of or day_of(utc_now())),
        modes=MODES,
        groups=GROUPS,
        certainties=CERTAINTIES,
        most_hops=MOST_HOPS,
        drawn_groups={group_of(tie.kind) for tie in found.ties},
        tie_words=tie_words,
        record_words=record_words,
    )


@router.get("/parties/{key}/graph.svg")
@needs(Act.ASK, *EVERY_CLASS)
def graph_file(request: Request, reader: Reading, key: Key, chosen: Choosing) -> Response:
    """The same picture as a file, with who took it and when."""
    found = read_neighbourhood(reader, key, chosen.wanted, within=None)
    assert found is not None, "it was waited for"
    note_subjects(request, found.names)  # the file says names, and no keys
    picture, unsaid = draw_graph(found, chosen.wanted.mode, in_full=chosen.full)
    name = who(found.members[0].name, found.key)
    term = MODES[chosen.wanted.mode][0]
    told = [
        f"截至 {show(found.basis.as_of)}", f"{chosen.wanted.hops} 层以内",
        CERTAINTIES[chosen.wanted.certainty],
    ]  # fmt: skip
    told += ["只看" + "、".join(GROUPS[n][0] for n in GROUPS if n in chosen.wanted.groups)] * bool(
        chosen.wanted.groups and chosen.wanted.mode == "all"
    )
    told += [f"没有写字的线都是“{unsaid}”"] * bool(unsaid)
    told += [f"另有 {found.cut} 个主体没有画"] * bool(found.cut)
    said = "；".join(told)
    text = filled(
        "graph_file.html",
        picture=picture,
        width=max(picture.width, *(ceil(wide(line, CAPTION)) + 48 for line in (said, _KEY_TO_IT))),
        title=f"{name} 的关系图谱（{term}）",
        told=said,
        key_to_it=_KEY_TO_IT,
    )
    headers = {"Content-Disposition": "attachment; filename=graph.svg"}
    return Response(text.lstrip(), media_type=_SVG, headers=headers)


@router.post("/parties/{key}/link")
@needs(Act.ASK, *EVERY_CLASS)
def link(
    reader: Reading,
    key: Key,
    text: Annotated[str, Form(max_length=100)] = "",
    other: Annotated[str, Form(max_length=128)] = "",
) -> HTMLResponse:
    """The shortest link to another party; POST, so that no name stands in an address."""
    own = reader.known(key)
    people, typed = None, text.strip()
    chosen = other.strip()
    if not chosen and typed:
        people = [row for row in reader.search(typed).rows if row["key"] != own][:_MOST_FOUND]
        if len(people) == 1 and people[0]["match"] != "near":
            chosen, people = people[0]["key"], None
    told = "" if chosen or typed else "请输入另一主体的名称、代码或证件号码。"
    if typed and is_personal(typed):
        typed, told = "", "已按号码查找；号码没有保存。"
    return page(
        "link.html",
        here="/",
        key=own,
        name=reader.name(own),
        text=typed,
        told=told,
        people=people,
        way=read_way(reader, own, chosen) if chosen else None,
    )


def _days(day: date) -> list[tuple[str, date]]:
    """A year back and a year on, no further than today."""
    today = day_of(utc_now())
    days = [("前一年", _years(day, -1))]
    if _years(day, 1) < today:
        days.append(("后一年", _years(day, 1)))
    if day != today:
        days.append(("今天", today))
    return days


def _years(day: date, more: int) -> date:
    try:
        return day.replace(year=day.year + more)
    except ValueError:
        return day.replace(year=max(1, day.year + more), day=28)
