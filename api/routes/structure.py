"""Ownership, guarantee rings, hints, and guarantees that are checked before they are taken in."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from api.acts import Act
from api.admission import Day, Fen
from api.conditional import of_one_state
from api.dependencies import Body, Key, Reading, Serving
from api.needs import EVERY_CLASS, needs
from api.problem_document import RESPONSES
from graph.time import today
from ingest.guarded_guarantee import GuardedGuarantee
from queries.structure import GuaranteeProposal, Owners
from queries.structure.overview import GuaranteeOverview, GuaranteePosition, HintAnswer
from queries.structure.proposal import ProposalCheck

__all__ = ["router"]

router = APIRouter(prefix="/v1", tags=["v1"])


class ProposedGuarantee(Body):
    """一笔拟提供的担保."""

    lender_code: str = Field(title="金融机构编码", min_length=1, max_length=32)
    contract_no: str = Field(title="担保合同号", min_length=1, max_length=64)
    guarantor: str = Field(title="担保人编号", max_length=128)
    borrower: str = Field(title="被担保人编号", max_length=128)
    loan: str = Field(title="借据编号", max_length=128)
    amount_fen: Fen = Field(title="担保金额（分）", gt=0)
    kind: Literal["general", "joint_and_several", "joint_group"] = Field(title="保证方式")
    signed_on: Day | None = Field(default=None, title="签订日期")
    expires_on: Day | None = Field(default=None, title="到期日期")
    relation: str | None = Field(default=None, title="与被担保人关系", max_length=32)

    def proposal(self) -> GuaranteeProposal:
        """The proposal; signed today unless it says otherwise."""
        told = self.model_dump(include=set(ProposedGuarantee.model_fields))
        return GuaranteeProposal(**{**told, "signed_on": self.signed_on or today()})


class GuaranteeInsert(ProposedGuarantee):
    """写入一笔担保."""

    accept_open: list[Annotated[str, Field(max_length=64)]] = Field(
        default_factory=list, title="对其待补充负责的限额", max_length=100
    )


class OwnershipStatement(BaseModel):
    """A statement of BODS 0.4; its details are those of its record type."""

    model_config = ConfigDict(alias_generator=to_camel)

    statement_id: str
    statement_date: date
    declaration_subject: str
    record_id: str
    record_type: Literal["entity", "person", "relationship"]
    record_status: Literal["new", "updated", "closed"]
    publication_details: dict[str, Any]
    source: dict[str, Any]
    record_details: dict[str, Any]


@router.get("/parties/{key}/owners", summary="股权穿透 / owners")
@needs(Act.ASK, *EVERY_CLASS)
@of_one_state
def owners(
    key: Key,
    reader: Reading,
    rule: Annotated[str | None, Query(title="认定规则", max_length=64)] = None,
) -> Owners:
    """Ultimate owners, controllers, and beneficial owners by the rule in force."""
    return Owners.of(reader.structure().ownership, key, rule=rule)


@router.get(
    "/parties/{key}/bods",
    summary="股权声明（BODS 0.4） / ownership statements",
    response_model=list[OwnershipStatement],
)
@needs(Act.ASK, *EVERY_CLASS)
@of_one_state
def bods(key: Key, reader: Reading) -> list[dict[str, Any]]:
    """Holdings and beneficial owners as statements of the Beneficial Ownership Data Standard."""
    return reader.bods(key)


@router.get("/parties/{key}/standing", summary="担保结构 / standing among guarantees")
@needs(Act.ASK, *EVERY_CLASS)
@of_one_state
def standing(key: Key, reader: Reading) -> GuaranteePosition:
    """The ring a party stands in, for whom it stands in the end, and what the limits say."""
    return reader.structure().guarantee_position(key)


@router.get("/parties/{key}/hints", summary="关联提示 / hints")
@needs(Act.ASK, *EVERY_CLASS)
@of_one_state
def hints(key: Key, reader: Reading) -> HintAnswer:
    """Hints by association: to be looked at by a person, never a fact."""
    return reader.structure().hint_answer(key)


@router.get("/guarantees/patterns", summary="担保圈链 / rings and chains")
@needs(Act.ASK, *EVERY_CLASS)
@of_one_state
def patterns(reader: Reading) -> GuaranteeOverview:
    """Every ring, chain, star, mutual pair and joint group."""
    return reader.structure().overview


@router.post("/guarantees/check", summary="核对担保 / check a guarantee")
@needs(Act.ASK, *EVERY_CLASS)
def check(body: ProposedGuarantee, reader: Reading) -> ProposalCheck:
    """Which limits a proposed guarantee would break; writes nothing."""
    return reader.check_guarantee(body.proposal())


#: What an insert comes to: written, there already, or which limit refuses it.
_INSERTED: dict[int | str, dict[str, Any]] = {
    201: {"model": GuardedGuarantee, "description": "已写入 / inserted"},
    409: RESPONSES[409] | {"model": GuardedGuarantee},
}


@router.post(
    "/guarantees", summary="写入担保 / insert a guarantee within limits", responses=_INSERTED
)
@needs(Act.GUARANTEE, *EVERY_CLASS)
def insert(body: GuaranteeInsert, services: Serving, response: Response) -> GuardedGuarantee:
    """Checks again under the log's lock and writes the guarantee if every blocking limit holds.

    201 inserted, 200 already there, 409 refused or open; the answer says which limits and why.
    """
    done = services.insert_guarantee(body.proposal(), accept_open=tuple(body.accept_open))
    response.status_code = {"inserted": 201, "already": 200}.get(done.state, 409)
    return done
