"""Pages of parties: the search, the borrower page, and who stands for whom in the district."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, Response

from api.acts import Act
from api.dependencies import Reading, Serving, asker, known
from api.needs import EVERY_CLASS, asked, needs
from api.pages.navigation import Entry
from api.pages.picture import draw
from api.pages.rendering import PATIENCE, page, see_other, waiting
from api.pages.start import start_of
from api.pages.way_picture import draw_way
from api.party_file import read_party_file
from api.party_header import header_of
from api.party_timeline import MOST_EVENTS, timeline_of
from api.record_topics import topics_of
from api.record_words import unpublished_said
from api.security import Asker, may
from api.services import Services
from graph.errors import XinnongError
from queries import Answer
from queries.eligibility.facts.catalogue import catalogue
from queries.eligibility.rules.first_loan import disagreements
from queries.monitoring import is_watched
from queries.reader import Reader
from queries.search import SEARCHED_KINDS, Narrowing, is_personal

__all__ = ["ENTRIES", "router"]

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

ENTRIES = (
    Entry("信贷", 10, "/", "查找主体", act=Act.ASK),
    Entry("信贷", 50, "/guarantees", "担保圈链", "互保、联保、担保圈、一人担保多户"),
)

#: A name of a town or village, and full years; empty: any.
Place = Annotated[str, Form(max_length=60)]
Years = Annotated[str, Form(max_length=3, pattern=r"^[0-9]*$")]
NOTHING_CUT = Narrowing()
#: Ways of distress that are drawn as well as said.
_DRAWN = 3

_DOING = "正在按最新的数据计算全区的风险传导、股权和担保结构。"


@router.get("/")
@needs(Act.LOOK, *asked("party_card"))
def home(
    request: Request, services: Serving, reader: Reading, who: Annotated[Asker, Depends(asker)]
) -> Response:
    """The search page; whoever may not search is led to where they begin."""
    if not may(Act.ASK, who):
        return see_other(start_of(who))
    return _home(lately=_lately(request, services, reader, who))


@router.post("/")
@needs(Act.ASK, *asked("find_party"))
def search(
    reader: Reading,
    text: Annotated[str, Form(max_length=100)] = "",
    town: Place = "",
    village: Place = "",
    age_from: Years = "",
    age_to: Years = "",
    kind: Annotated[str, Form(max_length=32)] = "",
) -> HTMLResponse:
    """Search results; POST, so that no name or identity stands in a URL."""
    cut = Narrowing(
        town.strip(),
        village.strip(),
        int(age_from) if age_from else None,
        int(age_to) if age_to else None,
        kind if kind in SEARCHED_KINDS else "",
    )
    typed = text.strip()
    wanted = cut.text(typed)
    if not wanted:
        return _home(cut=cut, told="请输入名称、代码或证件号码；只知道村镇的，填村或镇也可以。")
    # an identity is not written back into the page
    shown = not is_personal(typed)
    answer = reader.search(wanted)
    return _home(
        text=typed if shown else "",
        cut=cut,
        told="" if shown else "已按号码查找；号码没有保存。",
        answer=replace(answer, rows=[row for row in answer.rows if cut.keeps(row)]),
    )


@router.get("/parties/{key}")
@needs(Act.ASK, *EVERY_CLASS)
def party(
    request: Request,
    services: Serving,
    reader: Reading,
    key: str,
    who: Annotated[Asker, Depends(asker)],
) -> HTMLResponse:
    """The borrower page."""
    if not services.is_warm(reader, within=PATIENCE):
        return waiting(request, _DOING)
    file, day = read_party_file(reader, key), reader.moment.as_of
    services.looked_at.note(_session(request, who), reader.known(key))
    return page(
        "party.html",
        here="/",
        file=file,
        head=header_of(file, as_of=day),
        topics=topics_of(file.answers["records"].rows),
        events=timeline_of(file, as_of=day),
        most_events=MOST_EVENTS,
        ways=[draw_way(way, file.key, file.name) for way in file.risk.linked.paths[:_DRAWN]],
        sees_linked=may(Act.OFFICE, who, only_looks=True),
        repairs=may(Act.OFFICE, who),
        registers_consents=may(Act.CONSENT, who),
        is_watched=is_watched(services.office.store, who.id, file.key),
        picture=draw(file),
        disagreements=disagreements,
        FACTS=catalogue().facts,
        places=reader.division_names(),
        unpublished=lambda row: unpublished_said(row, file.key, reader.moment.lawful_on),
        names={
            file.key: file.name,
            **{
                row["member_key"]: row["member_name"]
                for row in file.answers["household_members"].rows
            },
        },
    )


@router.get("/guarantees")
@needs(Act.ASK, *EVERY_CLASS)
def guarantees(request: Request, reader: Reading) -> HTMLResponse:
    """Every ring, chain, mutual pair, joint group and star of the district."""
    found = reader.structure_ready(within=PATIENCE)
    if found is None:
        return waiting(request, _DOING, here="/guarantees")
    return page("guarantees.html", here="/guarantees", found=found.overview)


def _home(
    *,
    text: str = "",
    cut: Narrowing = NOTHING_CUT,
    told: str = "",
    answer: Answer | None = None,
    lately: Sequence[tuple[str, str]] = (),
) -> HTMLResponse:
    return page("home.html", here="/", text=text, cut=cut, told=told, answer=answer, lately=lately)


def _session(request: Request, who: Asker) -> str:
    held = known(request)
    return who.id if held is None else held.looks_as


def _lately(
    request: Request, services: Services, reader: Reader, who: Asker
) -> list[tuple[str, str]]:
    """What was looked at in this session, by key and name; of what is not seen any more, nothing."""
    keys = services.looked_at.of(_session(request, who))
    # a convenience: where nothing can be asked the page is there without it
    with suppress(XinnongError):
        names = reader.names(keys) if keys else {}
        return [(key, name) for key in keys if (name := names[key])]
    return []
