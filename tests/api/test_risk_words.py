"""What counts, what does not and why, as a clerk reads it: on the page, in the terminal, over /v1."""

from __future__ import annotations

import json
from datetime import date
from types import SimpleNamespace

import pytest
from credit_world import DAY, Said, firm, listing, loan, named, person, take

from api.commands.risk import _tell
from api.pages import rendering
from api.pages.way_picture import draw_way
from graph.encoding import encode
from queries.risk import RiskAnswer, assess, explain

A, FIRM, DEAD = person(1), firm(1), person(2)


def answers() -> tuple[RiskAnswer, RiskAnswer]:
    """A borrower of whom much is said, and the firm that stands for him."""
    entry = listing(1, A), listing(2, A, list_kind="irregular_taxpayer", listed_on=date(2014, 5, 1))
    facts = [
        *named(A), Said("Enterprise", (FIRM,), {"name": "甲社", "registered_capital_fen": 10_000_000}),
        Said("Person", (DEAD,), {"name": "故人", "died_on": date(2026, 1, 1)}),
        *loan(1, A, "pass", overdue_days=180, balance_fen=5_000_000), *entry[0], *entry[1],
        Said("Penalty", (("penalty:1", "Penalty"),), {"decided_on": date(2026, 1, 1)}),
        Said("PENALISED_BY", (A, ("penalty:1", "Penalty"))),
        Said("GUARANTEES", (FIRM, A), {"amount_fen": 5_000_000, "guarantee_kind": "general"}),
        Said("GUARANTEES", (FIRM, DEAD), {"amount_fen": 5_000_000}),
    ]  # fmt: skip
    run = assess(take([facts])[0])
    return explain(run, A[0]), explain(run, FIRM[0])


def on_page(answer: RiskAnswer) -> str:
    """The page's own parts about risk, own and linked, with nothing else on the page."""
    text = (rendering.Path(rendering.__file__).parent / "templates" / "party.html").read_text(
        "utf-8"
    )
    parts = ['{% import "party_parts.html" as parts with context %}', "{% set blind = false %}"]
    parts.append(text[text.index("{% macro party(") : text.index("{% block main %}")])
    for beginning in ("{% set own_level", '<section id="risk">'):
        begin = text.index(beginning)
        parts.append(text[begin : text.index("</section>", begin)])
    basis = SimpleNamespace(as_of=DAY, truncated=False)
    adverse = SimpleNamespace(
        proven=[], unproven=[], sources=(), unheard=(), answer=SimpleNamespace(basis=basis)
    )
    file = SimpleNamespace(adverse=adverse, key=A[0])
    ways = [draw_way(way, A[0], "甲") for way in answer.linked.paths]
    html = (
        rendering.environment("zh")
        .from_string("".join(parts))
        .render(risk=answer, file=file, ways=ways, repairs=None, names={})
    )
    return html.replace("\n", "")


def in_terminal(answer: RiskAnswer, capsys: pytest.CaptureFixture[str]) -> str:
    _tell(answer)
    return capsys.readouterr().out


BORROWER = [
    "法释〔2017〕7号 列入失信被执行人",
    "未能证明与已计入的是两笔债务，只计一次",
    "列入已逾五年而未见移出记录，不知是否仍在列，请向列入机关核实",
    "行政处罚说明行为违法，不说明没有偿还能力",
    "五级分类为正常，与逾期天数不符，从严计",
]
GUARANTOR = ["一般保证", "按应承担的余额与担保人注册资本之比计", "一方已注销或死亡，不再传导"]


def test_page_and_terminal_say_what_counts_and_why(capsys: pytest.CaptureFixture[str]) -> None:
    borrower, guarantor = answers()
    for answer, sentences in ((borrower, BORROWER), (guarantor, GUARANTOR)):
        for told in (on_page(answer), in_terminal(answer, capsys)):
            assert [one for one in sentences if one not in told] == []


def test_a_contradiction_is_told_where_it_counts(capsys: pytest.CaptureFixture[str]) -> None:
    facts = [*named(A), *loan(1, A, "pass", overdue_days=180)]
    answer = explain(assess(take([facts])[0]), A[0])
    for told in (on_page(answer), in_terminal(answer, capsys)):
        assert "逾期 180 天，按逾期天数至少为次级" in told and "请与放款机构核对" in told


def test_over_the_interface_the_same_is_said() -> None:
    borrower, guarantor = (json.loads(json.dumps(encode(one), default=str)) for one in answers())
    assert {item["why"] for item in borrower["unused"]} == {
        "perhaps_same_debt", "too_old", "seeds_nothing",
    }  # fmt: skip
    (tie,) = guarantor["linked"]["paths"][0]["hops"][0]["ties"]
    # 5 万 of a capital of 10 万, as a guarantor of the second rank
    assert tie["weight"] == pytest.approx(0.45 / 2) and tie["measure"].startswith("一般保证")
    assert [item["why"] for item in guarantor["unused_ties"]] == ["party_ended"]
