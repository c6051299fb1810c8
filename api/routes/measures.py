"""Measures and incentives: the catalogue, what goes too far, applying, letting pass, lifting.

Who acts is whoever is logged in (`api.security.acting`); where nobody has to be, the body says who.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from pydantic import Field

from api.acts import Act
from api.admission import Day
from api.dependencies import Body, Reading, Serving
from api.idempotency import once_by_key
from api.needs import EVERY_CLASS, needs
from queries.measures import (
    Admission,
    Applied,
    Incentives,
    Measure,
    MeasureRequest,
    OverreachAnswer,
    UsedIncentives,
    approve_measure,
    check_measure,
    lift_measure,
    load_incentives,
    load_measures,
    measure_register,
    propose_measure,
    use_incentive,
    used_incentives,
)

__all__ = ["router"]

router = APIRouter(prefix="/v1/measures", tags=["measures"])

MeasureId = Annotated[str, Path(description="措施记录编号 / measure", pattern="^[0-9a-f]{64}$")]
By = Annotated[str, Field(title="办理人姓名或工号", max_length=64)]


class MeasureBody(Body):
    """拟适用的一项措施."""

    measure: str = Field(title="目录编号", min_length=1, max_length=64)
    subject: str = Field(title="主体编号", min_length=1, max_length=128)
    role: str = Field(title="主体身份", default="self", max_length=32)
    responsibility: str | None = Field(title="个人责任认定文书", default=None, max_length=200)
    is_large: bool | None = Field(title="是否大型企业", default=None)
    record: str | None = Field(title="触发记录编号", default=None, max_length=256)
    document_no: str | None = Field(title="触发文书号", default=None, max_length=200)
    document_authority: str | None = Field(title="认定机关", default=None, max_length=200)
    decided_on: Day | None = Field(title="认定日期", default=None)
    authority: str | None = Field(title="实施单位", default=None, max_length=200)
    officer: str | None = Field(title="决定人", default=None, max_length=64)
    begins_on: Day | None = Field(title="开始日期", default=None)
    ends_on: Day | None = Field(title="结束日期", default=None)
    is_lifelong: bool = Field(title="是否终身", default=False)
    told_on: Day | None = Field(title="告知日期", default=None)
    remedy: str | None = Field(title="救济途径", default=None, max_length=500)
    informs_only: bool = Field(title="只提供信息", default=True)
    reason: str = Field(title="理由", default="", max_length=500)

    def request(self) -> MeasureRequest:
        """What is asked."""
        told: dict[str, Any] = self.model_dump(include=set(MeasureBody.model_fields))
        return MeasureRequest(**told)


class MeasureProposal(MeasureBody):
    """提出一项措施."""

    by: By


class MeasureApproval(Body):
    """批准一项措施."""

    by: By


class MeasureLifting(Body):
    """解除一项措施."""

    by: By
    why: str = Field(title="理由", min_length=1, max_length=500)


class IncentiveBody(Body):
    """登记一次激励."""

    incentive: str = Field(title="激励编号", min_length=1, max_length=64)
    subject: str = Field(title="主体编号", min_length=1, max_length=128)
    ground: str = Field(title="依据", min_length=1, max_length=200)
    provider: str = Field(title="提供单位", min_length=1, max_length=200)
    ends_on: Day | None = Field(title="结束日期", default=None)
    by: By


@dataclass(frozen=True)
class CatalogueAnswer:
    """Lines of the catalogue; `rules` names the edition."""

    rules: str
    areas: dict[str, str]
    measures: tuple[Measure, ...]


@dataclass(frozen=True)
class MeasureActAnswer:
    """What was kept, and every clause as it stood then."""

    id: str
    approved_by: str | None
    admission: Admission


@dataclass(frozen=True)
class MeasureLiftAnswer:
    """What was lifted."""

    id: str
    lifted_by: str | None
    lifted_why: str | None


@dataclass(frozen=True)
class IncentiveUseAnswer:
    """What was noted."""

    id: str
    incentive: str
    subject: str


@router.get("", summary="措施目录 / catalogue")
@needs(Act.OFFICE, *EVERY_CLASS)
def catalogue(
    area: Annotated[str, Query(title="领域，中文或代码", max_length=32)] = "",
) -> CatalogueAnswer:
    """Measures that law allows, with clause, authority, subject, role and term."""
    book = load_measures()
    found = tuple(item for item in book.measures if not area or item.area == book.area_of(area))
    return CatalogueAnswer(book.name, dict(book.areas), found)


@router.get("/overreach", summary="不当措施 / overreach")
@needs(Act.OFFICE, *EVERY_CLASS)
def overreach(
    reader: Reading,
    services: Serving,
    kind: Annotated[str, Query(title="问题代码", max_length=64)] = "",
    area: Annotated[str, Query(title="领域代码", max_length=32)] = "",
) -> OverreachAnswer:
    """Measures in force that go too far, each once, with the lawful way; and what is to be checked."""
    return OverreachAnswer.of(measure_register(reader, services.office.store), code=kind, area=area)


@router.post("/admission", summary="核对能否适用 / check")
@needs(Act.OFFICE, *EVERY_CLASS)
def admission(body: MeasureBody, reader: Reading) -> Admission:
    """Every clause that is checked, and the first that fails; writes nothing."""
    return check_measure(reader, body.request())


@router.get("/applied", summary="本机适用的措施 / applied here")
@needs(Act.OFFICE, *EVERY_CLASS)
def applied(reader: Reading, services: Serving) -> tuple[Applied, ...]:
    """Every measure ever put forward here, and what has become of it."""
    return measure_register(reader, services.office.store).applied


@router.post("/applied", status_code=201, summary="提出措施 / put forward")
@needs(Act.OFFICE, *EVERY_CLASS)
@once_by_key
def put(body: MeasureProposal, reader: Reading, services: Serving) -> MeasureActAnswer:
    """Put a measure forward: every clause must hold; another person lets it pass."""
    kept, answer = propose_measure(reader, services.office.store, body.request(), by=body.by)
    return MeasureActAnswer(kept.id, kept.approved_by, answer)


@router.post("/applied/{measure}/approval", summary="批准措施 / approve")
@needs(Act.OFFICE, *EVERY_CLASS)
def let_pass(
    measure: MeasureId, body: MeasureApproval, reader: Reading, services: Serving
) -> MeasureActAnswer:
    """Let a measure pass, by another person than its proposer; all is checked again."""
    kept, answer = approve_measure(reader, services.office.store, measure, by=body.by)
    return MeasureActAnswer(kept.id, kept.approved_by, answer)


@router.post("/applied/{measure}/lifting", summary="解除措施 / lift")
@needs(Act.OFFICE, *EVERY_CLASS)
def lift(measure: MeasureId, body: MeasureLifting, services: Serving) -> MeasureLiftAnswer:
    """Lift a measure, or withdraw what waits."""
    kept = lift_measure(services.office.store, measure, by=body.by, why=body.why)
    return MeasureLiftAnswer(kept.id, kept.lifted_by, kept.lifted_why)


@router.get("/incentives", summary="激励目录 / incentives")
@needs(Act.OFFICE, *EVERY_CLASS)
def incentives() -> Incentives:
    """What may be offered to those who keep faith."""
    return load_incentives()


@router.get("/incentives/uses", summary="激励使用情况 / who used which")
@needs(Act.OFFICE, *EVERY_CLASS)
def uses(reader: Reading, services: Serving) -> UsedIncentives:
    """Every use in force, and counts by incentive."""
    return used_incentives(reader, measure_register(reader, services.office.store))


@router.post("/incentives/uses", status_code=201, summary="登记激励 / note a use")
@needs(Act.OFFICE, *EVERY_CLASS)
@once_by_key
def use(body: IncentiveBody, reader: Reading, services: Serving) -> IncentiveUseAnswer:
    """Note that somebody was given an incentive."""
    kept = use_incentive(
        reader,
        services.office.store,
        body.incentive,
        body.subject,
        ground=body.ground,
        provider=body.provider,
        ends_on=body.ends_on,
        by=body.by,
    )
    return IncentiveUseAnswer(kept.id, kept.measure, kept.subject)
