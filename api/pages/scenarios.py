"""The page of scenarios, for people: a guarantee less or more, somebody fails, a place or an industry
is struck; scores and losses before and after.  Supposed, never a fact, and kept nowhere.

Whom it is about is found by what is typed and chosen from what is found; everything is sent by POST,
so that no name and no key of a person stands in an address.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, get_args

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from api.acts import Act
from api.dependencies import Reading
from api.needs import EVERY_CLASS, needs
from api.pages.english.speaking import message_of
from api.pages.navigation import Entry
from api.pages.rendering import PATIENCE, page
from api.pages.scenario_picture import Bars, Pair, draw_bars
from api.pages.typed_form import TypedForm
from api.typed_number import FEN_OF_WAN, typed_number
from api.wording import money, percent, who
from graph.errors import InputError, NotFoundError
from graph.schema import SCHEMA
from queries.basis import HYPOTHESIS_NOTICE, Basis
from queries.money import Losses
from queries.monitoring.rule_book import load_monitoring
from queries.monitoring.sector import Sector
from queries.reader import Reader
from queries.risk.scenario import AssumedGuarantee, AssumedKind
from queries.risk.stress import DistressStress
from queries.risk.struck import GuaranteeTie
from queries.risk.what_if import Change
from queries.search import is_personal

__all__ = ["ENTRIES", "router"]

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

_HERE = "/scenarios"
ENTRIES = (
    Entry(
        "信贷",
        75,
        _HERE,
        "假设推演",
        "去掉或增加一笔担保、某户倒闭、某村某行业受灾，会牵连谁、损失多少",
    ),
)

_OK, _UNPROCESSABLE = 200, 422
#: Rows of a table on the page.
_SHOWN = 50
#: Kinds that may be supposed: a joint group has more than two.
KINDS = {code: SCHEMA.codes("Guarantee.guarantee_kind")[code] for code in get_args(AssumedKind)}


@dataclass(frozen=True)
class _Result:
    """What came of a scenario, as it is shown.

    Attributes:
        said: what is assumed, in Chinese.
    """

    said: str
    basis: Basis
    changes: tuple[Change, ...] = ()
    has_scores: bool = False
    score_bars: Bars | None = None
    distress: DistressStress | None = None
    losses: Losses | None = None
    scored_losses: Mapping[str | None, int] | None = None
    loss_bars: Bars | None = None


@dataclass
class _State:
    """The form as it was sent, and what was found for it.

    Attributes:
        found: field of a text -> parties that it may mean.
    """

    typed: Mapping[str, str]
    found: dict[str, list[dict[str, Any]]]
    guarantees: tuple[GuaranteeTie, ...] = ()
    told: str = ""
    result: _Result | None = None

    @property
    def what(self) -> str:
        """Which scenario."""
        return self.typed.get("what", "")


@router.get(_HERE)
@needs(Act.ASK, *EVERY_CLASS)
def form(reader: Reading) -> HTMLResponse:
    """What can be supposed."""
    return _page(reader, _State({}, {}))


@router.post(_HERE)
@needs(Act.ASK, *EVERY_CLASS)
def suppose(reader: Reading, typed: TypedForm) -> HTMLResponse:
    """One scenario: first whom it is about, then what there would be."""
    state = _State(typed, {})
    run = _SCENARIOS.get(state.what)
    if run is None:
        return _page(reader, state, error="请选择一种情形。")
    try:
        chosen = run(reader, state)
        if chosen is not None:
            if reader.structure_ready(within=PATIENCE) is None or (
                reader.risk_ready(within=PATIENCE) is None
            ):
                return _page(reader, state, waits=True)
            state.result = chosen()
    except (InputError, NotFoundError) as error:
        return _page(reader, state, error=message_of(error))
    return _page(reader, state)


# ------------------------------------------------------------------------------- the scenarios


def _fail(reader: Reader, state: _State) -> Any:
    share = _share(state.typed)
    key = _party(reader, state, "party")
    return None if key is None else lambda: _struck(reader, [key], share, _called(reader, key))


def _without(reader: Reader, state: _State) -> Any:
    key = _party(reader, state, "party")
    if key is None:
        return None
    state.guarantees = reader.guarantee_ties(key)
    chosen = next((g for g in state.guarantees if g.fact_id == state.typed.get("guarantee")), None)
    if chosen is None:
        state.told = (
            "请选择要去掉的担保。" if state.guarantees else "这个主体没有能确认的、仍然有效的担保。"
        )
        return None

    def result() -> _Result:
        found = reader.what_if(chosen.guarantor, without_ties=[chosen.fact_id], count=_SHOWN)
        own = Change(found.party, found.name, found.before, found.after)
        changes = tuple(one for one in (own, *found.changes) if one.before != one.after)
        return _scored(f"去掉{_said(chosen)}", changes, found.basis)

    return result


def _add(reader: Reader, state: _State) -> Any:
    fen = _fen(state.typed.get("amount", ""))
    kind = state.typed.get("kind", "joint_and_several")
    if kind not in KINDS:
        raise InputError("请选择保证方式。", "Choose a kind.", code="proposal_malformed")
    guarantor, borrower = (_party(reader, state, name) for name in ("party", "borrower"))
    if guarantor is None or borrower is None:
        return None
    assumed = AssumedGuarantee(guarantor, borrower, fen, kind)  # type: ignore[arg-type]

    def result() -> _Result:
        found = reader.if_guaranteed(assumed)
        said = f"增加{_called(reader, guarantor)}为{_called(reader, borrower)}的{KINDS[kind]}" + (
            f" {money(fen)}" if fen else "（金额未定）"
        )
        return _scored(said, found.changes, found.basis)

    return result


def _place(reader: Reader, state: _State) -> Any:
    share, place = _share(state.typed), state.typed.get("place", "")
    title = reader.division_names().get(place)
    if title is None:
        raise InputError("请选择村或镇。", "Choose a place.", code="place_unknown")

    def result() -> _Result:
        keys = reader.struck(place=place)
        return _struck(reader, _some(keys), share, f"{title}的 {len(keys)} 个主体")

    return result


def _industry(reader: Reader, state: _State) -> Any:
    share, section = _share(state.typed), state.typed.get("industry", "")
    sections = load_monitoring().sections
    if section not in sections:
        raise InputError("请选择行业。", "Choose an industry.", code="industry_unknown")

    def result() -> _Result:
        keys = reader.struck(industries=Sector(industries=(section,)).prefixes)
        return _struck(
            reader, _some(keys), share, f"“{sections[section].title}”的 {len(keys)} 个经营主体"
        )

    return result


_SCENARIOS = {
    "fail": _fail,
    "without": _without,
    "add": _add,
    "place": _place,
    "industry": _industry,
}


def _struck(reader: Reader, keys: list[str], share: float, named: str) -> _Result:
    """Some lose a part of their net assets, or all of it, and default then."""
    shocks = dict.fromkeys(keys, share)
    distress = reader.distress(shocks=shocks)
    losses = reader.losses("institution", shocks=shocks)
    fails = share == 1
    changes: tuple[Change, ...] = ()
    scored: dict[str | None, int] | None = None
    if fails:
        found, then = reader.if_failed(keys, "institution")
        changes = found.changes
        scored = {one.key: one.by_score_fen for one in then.groups}
        scored["whole"] = then.whole.by_score_fen
    said = (
        f"{named}倒闭（净资产全部损失、债务违约）" if fails else f"{named}的净资产损失 {share:.0%}"
    )
    return _Result(
        said=said,
        basis=distress.basis,
        changes=changes,
        has_scores=fails,
        score_bars=_drawn_scores(changes) if fails else None,
        distress=distress.first(_SHOWN),
        losses=losses,
        scored_losses=scored,
        loss_bars=_drawn_losses(losses, scored),
    )


def _scored(said: str, changes: tuple[Change, ...], basis: Basis) -> _Result:
    return _Result(said, basis, changes, has_scores=True, score_bars=_drawn_scores(changes))


def _drawn_scores(changes: Iterable[Change]) -> Bars:
    return draw_bars(
        Pair(who(one.name, one.party), one.before, one.after, None,
             percent(one.before), percent(one.after))
        for one in changes
    )  # fmt: skip


def _drawn_losses(losses: Losses, scored: Mapping[str | None, int] | None) -> Bars:
    """By score before and after where somebody defaults; else what is owed, and what of it is lost."""
    pairs = []
    for one in losses.groups:
        name = one.name or "未登记"
        if scored is not None:
            then = scored.get(one.key, 0)
            pairs.append(
                Pair(name, one.by_score_fen, then, None, money(one.by_score_fen), money(then))
            )
            continue
        low, high = one.stressed_low_fen or 0, one.stressed_high_fen or 0
        told = money(low) if low == high else f"{money(low)}～{money(high)}"
        pairs.append(Pair(name, one.balance_fen, low, high, money(one.balance_fen), told))
    return draw_bars(pairs)


# ------------------------------------------------------------------------------- what was sent


def _party(reader: Reader, state: _State, field: str) -> str | None:
    """The party that was chosen; None while what was typed may mean several, which are then shown."""
    if key := state.typed.get(field):
        return reader.known(key)
    text = state.typed.get(f"{field}_text", "")
    if not text:
        raise InputError(
            "请输入主体的名称、代码或证件号码。", "Say whom it is about.", code="party_missing"
        )
    state.found[field] = reader.search(text).rows
    if not state.found[field]:
        raise NotFoundError(
            "没有找到。请核对名称或代码。", "Nobody is found by that.", code="party_unknown"
        )
    return None


def _called(reader: Reader, key: str) -> str:
    return who(reader.name(key), key)


def _said(one: GuaranteeTie) -> str:
    amount = f" {money(one.amount_fen)}" if one.amount_fen else ""
    return f"{who(one.guarantor_name, one.guarantor)}为{who(one.borrower_name, one.borrower)}的担保{amount}"


def _share(typed: Mapping[str, str]) -> float:
    try:
        share = float(typed.get("percent") or 100) / 100
    except ValueError:
        share = -1.0
    if not 0 < share <= 1:
        raise InputError(
            "损失比例应是大于 0、不超过 100 的数。",
            "The share lost is above 0 and up to 100.",
            code="shock_share",
        )
    return share


def _fen(wan: str) -> int | None:
    """万元 of a form in fen; empty is not known."""
    if not wan:
        return None
    try:
        fen = typed_number(wan, FEN_OF_WAN)
    except ValueError:
        fen = 0
    if fen <= 0:
        raise InputError(
            "金额写大于零的数，单位万元。", "The amount is above zero.", code="proposal_malformed"
        )
    return fen


def _some(keys: Iterable[str]) -> list[str]:
    found = list(keys)
    if not found:
        raise InputError(
            "库中没有属于这里的主体，没有可推演的。", "Nobody is there.", code="nobody_struck"
        )
    return found


def _page(reader: Reader, state: _State, *, error: str = "", waits: bool = False) -> HTMLResponse:
    names = reader.division_names()
    # what was typed comes back; an identity does not
    typed = {
        name: "" if name.endswith("_text") and is_personal(value) else value
        for name, value in state.typed.items()
    }
    chosen = [key for name in ("party", "borrower") if (key := state.typed.get(name))]
    called = {key: who(name, key) for key, name in reader.names(chosen).items()}
    return page(
        "scenarios.html",
        _UNPROCESSABLE if error else _OK,
        here=_HERE,
        notice=HYPOTHESIS_NOTICE,
        typed=typed,
        state=state,
        called=called,
        error=error,
        waits=waits,
        guarantee_said=_said,
        division_titles=sorted(names.items()),
        sections=load_monitoring().sections,
        kinds=KINDS,
        every_kind=SCHEMA.codes("Guarantee.guarantee_kind"),
        shown=_SHOWN,
    )
