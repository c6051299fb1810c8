"""Wrong and repeated codes (重错码): what was found, confirmations, rounds of correction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import Field

from api.acts import Act
from api.admission import Count, Integer, Whole
from api.dependencies import FOR_A_RUN_S, Body, Reading, Serving
from api.guarded import if_match, shows
from api.idempotency import once_by_key
from api.needs import EVERY_CLASS, needs
from api.paging import paged
from ingest.code_errors import (
    Admitted,
    CodeException,
    CodeReturn,
    CodeRound,
    choose,
    confirm,
    end_exception,
    enter_round,
    exceptions,
    find_code_errors,
    send_back,
)
from queries.basis import Basis
from queries.code_errors import (
    CodeError,
    KindCount,
    RegistrarLoad,
    Round,
    Share,
    entered_round,
    read_round,
)

__all__ = ["router"]

router = APIRouter(prefix="/v1", tags=["v1"])

RoundName = Annotated[str, Path(description="轮次，如 2023 / round", max_length=32)]
_By = Annotated[str, Field(title="办理人姓名或工号", max_length=64)]
_Note = Annotated[str, Field(title="情况说明", max_length=500)]


@dataclass(frozen=True)
class CodeErrorAnswer:
    """Wrong codes; `errors` are those that the filter leaves, `total` says how many there are."""

    basis: Basis
    codes: Share
    records: Share
    kinds: tuple[KindCount, ...]
    registrars: tuple[RegistrarLoad, ...]
    errors: tuple[CodeError, ...]
    total: int
    rules: str
    says: str


class ExceptionRequest(Body):
    """确认一个代码无误."""

    code: str = Field(title="统一社会信用代码", max_length=64)
    kind: str = Field(default="CHECK_DIGIT", title="差错种类", max_length=32)
    reason: str = Field(default="", title="原因", max_length=500)
    evidence: str = Field(title="依据，如营业执照副本原件", max_length=500)
    by: _By


class EndRequest(Body):
    """撤回一次确认."""

    because: str = Field(title="为什么撤回", max_length=500)
    by: _By


class RoundRequest(Body):
    """登记一轮纠错的规则."""

    # which of them there are is a rule, and is refused in words
    allowed: list[Integer] = Field(title="允许的数据操作标识位", min_length=1, max_length=3)
    notice: str = Field(title="通知文号", max_length=255)
    by: _By


class ChoiceRequest(Body):
    """填报一行的处理."""

    item: str = Field(title="行编号", max_length=64)
    operation: Count = Field(title="数据操作标识位：0 新赋码，1 删除，2 保持不变", ge=0, le=2)
    new_code: str = Field(default="", title="新统一社会信用代码", max_length=32)
    note: _Note = ""
    by: _By


class ReturnRequest(Body):
    """生成纠错回传表."""

    by: _By


@router.get("/code-errors", summary="重错码 / wrong and repeated codes")
@needs(Act.OFFICE, *EVERY_CLASS)
@paged("errors", key=lambda row: (row.kind, row.code, row.names))
def code_errors(
    reader: Reading,
    services: Serving,
    kind: Annotated[str, Query(title="种类", max_length=32)] = "",
    registrar: Annotated[str, Query(title="登记管理部门", max_length=64)] = "",
    state: Annotated[str, Query(title="状态", max_length=16)] = "",
    limit: Annotated[Whole, Query(title="最多几条", ge=1, le=1000)] = 200,
) -> CodeErrorAnswer:
    """The rate by codes and by rows, what waits for each registrar, and the codes with their rows."""
    found = find_code_errors(services.office, reader)
    assert found is not None
    chosen = found.of(kind, registrar, state)
    return CodeErrorAnswer(
        found.basis,
        found.codes,
        found.records,
        found.kinds,
        found.registrars,
        chosen[:limit],
        len(chosen),
        found.rules,
        found.says,
    )


@router.get("/code-exceptions", summary="确认的例外 / confirmed codes")
@needs(Act.OFFICE, *EVERY_CLASS)
def confirmed(services: Serving) -> list[CodeException]:
    """Every confirmation with who, why and on what evidence, the newest first."""
    return list(exceptions(services.office))


@router.post("/code-exceptions", status_code=201, summary="确认例外 / confirm a code")
@needs(Act.OFFICE, *EVERY_CLASS)
@once_by_key
def put(body: ExceptionRequest, services: Serving) -> Admitted:
    """Confirm a code on evidence; rows that were refused for it come in at once."""
    return confirm(
        services.office,
        body.code,
        body.kind,
        by=body.by,
        reason=body.reason,
        evidence=body.evidence,
        wait_s=FOR_A_RUN_S,
    )


@router.post("/code-exceptions/{number}/end", summary="撤回例外 / end a confirmation")
@needs(Act.OFFICE, *EVERY_CLASS)
def end(
    number: Annotated[Whole, Path(ge=1, le=2**31 - 1)], body: EndRequest, services: Serving
) -> CodeException:
    """Take a confirmation back: the code is open again, and rows with it are refused from now on."""
    return end_exception(services.office, number, by=body.by, because=body.because)


def as_entered(round_name: RoundName, services: Serving) -> CodeRound:
    """What the office entered of a round."""
    return entered_round(services.office.store, round_name)


@router.put("/code-rounds/{round_name}", summary="登记一轮纠错 / enter a round")
@needs(Act.OFFICE, *EVERY_CLASS)
@if_match(as_entered, required=True)
def enter(round_name: RoundName, body: RoundRequest, services: Serving) -> CodeRound:
    """Say which operations a round takes, by its notice."""
    return enter_round(services.office, round_name, body.allowed, notice=body.notice, by=body.by)


@router.get("/code-rounds/{round_name}", summary="一轮纠错 / a round of correction")
@needs(Act.OFFICE, *EVERY_CLASS)
@shows(as_entered)
def one(round_name: RoundName, reader: Reading, services: Serving) -> Round:
    """The province's lines, what was chosen, what keeps the file from leaving, what was answered."""
    return read_round(reader, services.office.store, round_name)


@router.post("/code-rounds/{round_name}/choices", summary="填报处理 / choose for a line")
@needs(Act.OFFICE, *EVERY_CLASS)
def say(round_name: RoundName, body: ChoiceRequest, reader: Reading, services: Serving) -> Round:
    """Say what is to be done with a line; a later word counts."""
    return choose(
        services.office,
        reader,
        round_name,
        body.item,
        body.operation,
        new_code=body.new_code,
        note=body.note,
        by=body.by,
    )


@router.post(
    "/code-rounds/{round_name}/returns", status_code=201, summary="生成回传表 / make the file"
)
@needs(Act.OFFICE, *EVERY_CLASS)
@once_by_key
def send(
    round_name: RoundName, body: ReturnRequest, reader: Reading, services: Serving
) -> CodeReturn:
    """The correction file, whole or not at all; its `id` is the hash that both copies carry."""
    return send_back(services.office, reader, round_name, by=body.by)
