"""Who is whom: the review queue and its judgements.

Who judges is whoever is logged in (`api.security.acting`); where nobody has to be, the body says who.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from pydantic import Field

from api.acts import Act
from api.admission import MOST, Whole
from api.dependencies import Body, Key, Reading, Serving
from api.needs import needs
from api.paging import paged
from graph.information import InformationClass
from ingest.identity.clusters import Cluster, Conflict
from ingest.identity.review import Judged, Judgement, SideBySide, Way

__all__ = ["router"]

router = APIRouter(prefix="/v1/identity", tags=["identity"])

#: Beside every pair that no officer has judged.
NOTICE = "疑似同一主体，仅供核对；不参与风险计算和任何判定"


Number = Annotated[Whole, Path(title="核对编号", ge=1, le=MOST)]


class JudgementRequest(Body):
    """核对一对记录."""

    one: str = Field(title="一方编号", max_length=128)
    other: str = Field(title="另一方编号", max_length=128)
    verdict: Literal["same", "different"] = Field(title="结论：same 同一，different 不同")
    user: str = Field(title="核对人", max_length=64)
    note: str = Field(title="依据说明", default="", max_length=500)


class UndoRequest(Body):
    """撤销一次核对."""

    user: str = Field(title="核对人", max_length=64)
    note: str = Field(title="原因", default="", max_length=500)


@dataclass(frozen=True)
class SearchAnswer:
    """How many pairs were found and compared, and by block what could not be compared."""

    weighed_by: str
    candidates: int
    compared: int
    left_out: dict[str, int]


@dataclass(frozen=True)
class PairsAnswer:
    """Pairs that no officer has judged; they are used for nothing."""

    pairs: tuple[SideBySide, ...]
    notice: str = NOTICE


@dataclass(frozen=True)
class ClustersAnswer:
    """Who is one party, which judgements contradict each other, and all judgements."""

    clusters: tuple[Cluster, ...]
    conflicts: tuple[Conflict, ...]
    judgements: tuple[Judgement, ...]


@router.post("/candidates", summary="查找疑似同一主体 / search for candidates")
@needs(Act.JUDGE, InformationClass.IDENTITY)
def candidates(
    services: Serving,
    by: Annotated[
        Way,
        Query(description="rules 规则；splink 统计匹配，适合大文件 / for large files, an extra"),
    ] = "rules",
) -> SearchAnswer:
    """Compare what may be the same and renew the queue; judged pairs keep their judgements."""
    found = services.judging.refresh(by)
    return SearchAnswer(found.weighed_by, len(found.candidates), found.compared, found.left_out)


@router.get("/queue", summary="核对队列 / review queue")
@needs(Act.JUDGE, InformationClass.IDENTITY)
@paged("pairs", key=lambda row: (row.pair.one, row.pair.other))
def queue(
    services: Serving,
    limit: Annotated[Whole, Query(ge=1, le=200)] = 20,
    offset: Annotated[Whole, Query(ge=0, le=MOST)] = 0,
) -> PairsAnswer:
    """Pairs that wait for an officer, with both records and every reason."""
    pairs = services.judging.queue(limit=limit, offset=offset)
    return PairsAnswer(tuple(pairs))


@router.get("/hints/{key}", summary="某主体的疑似关系 / hints of one party")
@needs(Act.JUDGE, InformationClass.IDENTITY)
def of_party(key: Key, services: Serving, reader: Reading) -> PairsAnswer:
    """Waiting pairs of one party; they are shown and used for nothing."""
    found = services.judging.hints(reader.known(key))
    return PairsAnswer(tuple(found))


@router.post("/judgements", summary="核对 / judge a pair")
@needs(Act.JUDGE, InformationClass.IDENTITY)
def judgement(body: JudgementRequest, services: Serving) -> Judged:
    """Same or not the same, for good, until it is taken back; log and graph follow at once."""
    return services.judging.judge(
        body.one, body.other, body.verdict, user=body.user, note=body.note
    )


@router.post("/judgements/{number}/undo", summary="撤销核对 / take a judgement back")
@needs(Act.JUDGE, InformationClass.IDENTITY)
def undo(number: Number, body: UndoRequest, services: Serving) -> Judged:
    """A further judgement that undoes one; nothing is deleted."""
    return services.judging.take_back(number, user=body.user, note=body.note)


@router.get("/clusters", summary="同一主体、矛盾和核对记录 / clusters, conflicts, judgements")
@needs(Act.JUDGE, InformationClass.IDENTITY)
def clusters(services: Serving) -> ClustersAnswer:
    """Who is one party after all judgements, and which judgements contradict each other."""
    judgements, found = services.judging.in_force()
    return ClustersAnswer(found.clusters, found.conflicts, tuple(judgements))
