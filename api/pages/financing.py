"""Pages of the financing loop: the officer's inbox, one demand, its visit sheet, figures, own progress."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, BackgroundTasks, File, Path, Query, UploadFile
from fastapi import Form as Field
from fastapi.responses import HTMLResponse, Response

from api.acts import Act
from api.admission import MOST, Whole
from api.dependencies import Reading, Scoped, Serving
from api.financing import carried, desk_for, figures_for, reads_figures_alone
from api.financing_form import CHECKED, FIELDS, stated
from api.needs import EVERY_CLASS, needs, open_to_all
from api.pages.english.speaking import message_of
from api.pages.exporting import rows_shown
from api.pages.navigation import Entry
from api.pages.rendering import page, see_other
from api.pages.typed_form import TypedForm
from api.typed_number import FEN_OF_WAN, typed_number
from graph.errors import ForbiddenError, InputError, NotFoundError
from graph.time import today, utc_now
from ingest.financing import LIMIT, WORDS, FinancingDesk
from queries.financing import financing_limits
from queries.lending import Period
from queries.reader import Reader

__all__ = ["ENTRIES", "router"]

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

ENTRIES = (
    Entry("信贷", 60, "/financing", "融资办理", "需求、推送、受理、授信、放款到结清，每一步有时限"),
    Entry("信贷", 61, "/financing/figures", "闭环指标"),
)

#: Rows on a page.
_ON_A_PAGE = 50
_OK, _UNPROCESSABLE = 200, 422

Number = Annotated[Whole, Path(ge=1, le=MOST)]
Offset = Annotated[Whole, Query(ge=0, le=MOST)]
Token = Annotated[str, Path(min_length=20, max_length=64, pattern="^[A-Za-z0-9_-]+$")]
Digest = Annotated[str, Path(pattern="^[0-9a-f]{64}$")]


@router.get("/financing")
@needs(Act.FINANCE, *EVERY_CLASS)
def inbox(reader: Reading, services: Serving, scope: Scoped, offset: Offset = 0) -> Response:
    """Applications in hand, what is overdue first, and the form of a new demand; to whom figures
    alone are open, these."""
    if reads_figures_alone(scope):
        return see_other("/financing/figures")
    return _inbox(reader, desk_for(services, scope), offset=offset)


@router.post("/financing")
@needs(Act.FINANCE, *EVERY_CLASS)
def register(reader: Reading, services: Serving, scope: Scoped, form: TypedForm) -> Response:
    """Take a demand."""
    desk = desk_for(services, scope)
    try:
        done = desk.register(
            reader,
            form.get("subject", ""),
            channel=scope.institution or "window",
            reference=form.get("reference", ""),
            amount_fen=_fen(form.get("amount", "")),
            months=_months(form.get("months", "")),
            purpose=form.get("purpose", ""),
            by=form.get("by", ""),
            at=utc_now(),
        )
    except InputError as error:
        return _inbox(reader, desk, given=form, error=message_of(error))
    return see_other(f"/financing/demands/{done.act.demand}")


@router.get("/financing/figures")
@needs(Act.FINANCE, *EVERY_CLASS)
def figures(
    services: Serving, scope: Scoped, period: Annotated[str, Query(max_length=7)] = ""
) -> HTMLResponse:
    """Figures of the loop, and the terms of each step."""
    chosen = Period.of(period, today())
    return page(
        "financing_figures.html",
        here="/financing/figures",
        figures=figures_for(services, scope, chosen.begins, chosen.ends),
        begins=chosen.begins,
        ends=chosen.ends,
        period=period,
        limits=financing_limits().limits,
        states=WORDS["states"],
    )


@router.get("/financing/progress/{token}")
@open_to_all
@needs(Act.LOOK)
def progress(token: Token, reader: Reading, services: Serving) -> HTMLResponse:
    """What an applicant's own link opens."""
    desk = FinancingDesk(services.office, None, services.has_consent)
    told = desk.progress(token, at=utc_now())
    names = desk.institution_names(reader, (one.institution for one in told.at))
    return page("financing_progress.html", told=told, institutions=names)


@router.get("/financing/demands/{number}")
@needs(Act.FINANCE, *EVERY_CLASS)
def demand(number: Number, reader: Reading, services: Serving, scope: Scoped) -> HTMLResponse:
    """One demand with all that became of it, and the next step of each application."""
    return _demand(reader, desk_for(services, scope), number)


@router.get("/financing/demands/{number}/visit")
@needs(Act.FINANCE, *EVERY_CLASS)
def visit(number: Number, reader: Reading, services: Serving, scope: Scoped) -> HTMLResponse:
    """The sheet that two assessors take with them."""
    file = desk_for(services, scope).look(number, at=utc_now())
    subject = file.demand.subject
    items = [
        ("申请人身份和经营主体", ""),
        ("借款用途", file.demand.purpose),
        ("经营场所、种养规模或者存货", ""),
        ("收入来源和主要买家", ""),
        ("现有负债和对外担保", ""),
        (
            "担保物或者保证人",
            "、".join(WORDS["securities"][one] for one in file.demand.security_kinds),
        ),
        ("家庭成员知情", ""),
    ]
    return page(
        "financing_visit.html",
        here="/financing",
        file=file,
        name=reader.name(subject),
        items=items,
        day=today(),
    )


@router.get("/financing/demands/{number}/papers/{sha256}")
@needs(Act.FINANCE, *EVERY_CLASS)
def paper(number: Number, sha256: Digest, services: Serving, scope: Scoped) -> Response:
    """A paper as it was sent, to be saved: it is never shown as a page of ours."""
    name, content = desk_for(services, scope).paper(number, sha256, at=utc_now())
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
    return Response(content, media_type="application/octet-stream", headers=headers)


@router.post("/financing/demands/{number}/matching")
@needs(Act.FINANCE, *EVERY_CLASS)
def match(
    number: Number, reader: Reading, services: Serving, scope: Scoped, form: TypedForm
) -> Response:
    """Look which products are for the applicant."""
    desk = desk_for(services, scope)
    reference = f"match/{number}/{reader.moment.position}/{reader.moment.as_of}"
    return _done(reader, desk, number, lambda: desk.match(
        reader, number, reference=reference, by=form.get("by", ""), at=utc_now(),
    ))  # fmt: skip


@router.post("/financing/demands/{number}/pushes")
@needs(Act.FINANCE, *EVERY_CLASS)
def push(
    number: Number, reader: Reading, services: Serving, scope: Scoped, form: TypedForm,
    background: BackgroundTasks,
) -> Response:  # fmt: skip
    """Send it to an institution."""
    desk, institution = desk_for(services, scope), form.get("institution", "")
    background.add_task(carried, desk)
    return _done(reader, desk, number, lambda: desk.push(
        reader, number, institution, product=form.get("product", ""),
        reference=f"push/{number}/{institution}"[:96], by=form.get("by", ""), at=utc_now(),
    ))  # fmt: skip


@router.post("/financing/demands/{number}/links")
@needs(Act.FINANCE, *EVERY_CLASS)
def link(
    number: Number, reader: Reading, services: Serving, scope: Scoped, form: TypedForm
) -> Response:
    """A link for the applicant, shown once."""
    desk = desk_for(services, scope)
    try:
        token = desk.link(number, by=form.get("by", ""), at=utc_now())
    except InputError as error:
        return _demand(reader, desk, number, error=message_of(error))
    return _demand(reader, desk, number, link=f"/financing/progress/{token}")


@router.post("/financing/applications/{number}/acts")
@needs(Act.FINANCE, *EVERY_CLASS)
def act(
    number: Number, reader: Reading, services: Serving, scope: Scoped, form: TypedForm,
    background: BackgroundTasks,
) -> Response:  # fmt: skip
    """One step forward."""
    desk, what = desk_for(services, scope), form.get("act", "")
    background.add_task(carried, desk)
    return _done(reader, desk, _months(form.get("demand", "")), lambda: desk.act(
        reader, number, what, reference=form.get("reference", ""), by=form.get("by", ""),
        at=utc_now(), reason=form.get("reason", ""), content=stated(what, form),
    ), given=form, case=number)  # fmt: skip


@router.post("/financing/applications/{number}/papers", max_body_size=LIMIT)
@needs(Act.FINANCE, *EVERY_CLASS)
def attach(
    number: Number, reader: Reading, services: Serving, scope: Scoped,
    content: Annotated[UploadFile, File()], kind: Annotated[str, Field(max_length=16)],
    demand: Annotated[str, Field(max_length=16)], by: Annotated[str, Field(max_length=64)] = "",
) -> Response:  # fmt: skip
    """Keep a paper."""
    desk, bytes_ = desk_for(services, scope), content.file.read(LIMIT)
    name = content.filename or "附件"
    return _done(reader, desk, _months(demand), lambda: desk.attach(
        reader, number, bytes_, kind=kind, name=name, by=by, at=utc_now(),
    ))  # fmt: skip


def _done(
    reader: Reader, desk: FinancingDesk, number: int, act: Any, *,
    given: dict[str, str] | None = None, case: int = 0,
) -> Response:  # fmt: skip
    """`given`: what was filled in for an application, to stand there still where it is refused."""
    try:
        act()
    except (InputError, NotFoundError, ForbiddenError) as error:
        return _demand(reader, desk, number, error=message_of(error), given=given, case=case)
    return see_other(f"/financing/demands/{number}")


def _inbox(
    reader: Reader, desk: FinancingDesk, *, offset: int = 0,
    given: dict[str, str] | None = None, error: str = "",
) -> HTMLResponse:  # fmt: skip
    found = desk.inbox(at=utc_now(), limit=rows_shown(_ON_A_PAGE), offset=offset)
    subjects = [one.subject for one in found.rows if one.subject is not None]
    return page(
        "financing.html",
        _UNPROCESSABLE if error else _OK,
        here="/financing",
        found=found,
        names=reader.names(subjects),
        waiting=desk.not_pushed(),
        products=_products(reader),
        offset=offset,
        step=_ON_A_PAGE,
        given=given or {},
        error=error,
    )


def _demand(
    reader: Reader, desk: FinancingDesk, number: int, *, error: str = "", link: str = "",
    given: dict[str, str] | None = None, case: int = 0,
) -> HTMLResponse:  # fmt: skip
    file = desk.look(number, at=utc_now())
    matched: list[dict[str, str]] = next(
        (one.content["products"] for one in file.acts[::-1] if one.act == "match"), []
    )
    return page(
        "financing_demand.html",
        _UNPROCESSABLE if error else _OK,
        here="/financing",
        file=file,
        name=reader.name(file.demand.subject),
        institutions=desk.institution_names(reader, (one.institution for one in file.cases)),
        matched=matched,
        products=_products(reader),
        fields=FIELDS,
        checked=CHECKED,
        error=error,
        link=link,
        given=given or {},
        given_case=case,
        **WORDS,
    )


def _products(reader: Reader) -> dict[str, str]:
    return {name: product.title for name, product in reader.products.items()}


def _fen(text: str) -> int:
    """万元, as a form says it, in fen; raises `InputError` (`financing_terms`)."""
    try:
        return typed_number(text, FEN_OF_WAN)
    except ValueError:
        raise InputError(
            "金额请写数字，如 10 或 7.5（万元）。", "An amount is a number.", code="financing_terms"
        ) from None


def _months(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise InputError(
            "期限和编号请写整数。", "A whole number is wanted.", code="financing_terms"
        )
    return int(text)
