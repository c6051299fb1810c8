"""Names in the picture of a neighbourhood never overlap and never leave it, whoever stands around whom."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import combinations
from typing import Any

import pytest
from breadth import examples
from hypothesis import given, settings
from hypothesis import strategies as st

from api.pages.drawing import Drawing, short_names
from api.pages.graph_picture import draw_graph
from queries.basis import Basis
from queries.neighbourhood import GROUPS, Member, Neighbourhood, Tie
from queries.neighbourhood.around import _rings
from queries.record_signal import signal_of

KNOWN = datetime(2026, 3, 1, tzinfo=UTC)
BASIS = Basis(KNOWN.date(), KNOWN, 1)
FIRM = "宝鸡市凤翔区虢王镇{}农机服务农民专业合作社"


def around(names: dict[str, str], ties: list[Tie], levels: dict[str, int]) -> Neighbourhood:
    members = tuple(
        Member(key, name, "Person", levels[key], share=0.25 if levels[key] else None)
        for key, name in names.items()
    )
    key = next(iter(names))
    return Neighbourhood(key, members, tuple(ties), len(names) - 1, 0, 0, 0, _rings(ties), BASIS)


def tie(a: str, b: str, kind: str, certainty: float = 1.0, **more: Any) -> Tie:
    return Tie(a, b, kind, None, None, certainty, "world", **more)


def holds_apart(drawn: Drawing) -> None:
    """No two texts overlap, no text covers a dot, and nothing leaves the picture."""
    texts = [dot.label for dot in drawn.dots] + [one.box for one in drawn.captions]
    texts += [one.caption.box for one in drawn.clusters]
    for one, other in combinations(texts, 2):
        assert not one.overlaps(other), (one, other)
    for box in texts:
        assert box.left >= 0 and box.top >= 0
        assert box.right <= drawn.width and box.bottom <= drawn.height
        for dot in drawn.dots:
            inside = box.left < dot.x + 12 and dot.x - 12 < box.right
            assert not (inside and box.top < dot.y + 12 and dot.y - 12 < box.bottom)
    for dot in drawn.dots:
        assert 13 <= dot.x <= drawn.width - 13 and 13 <= dot.y <= drawn.height - 13


def cooperative(size: int) -> Neighbourhood:
    names = {"org:coop": FIRM.format("样本")} | {
        f"person:{n:02d}": f"成员{n:02d}" for n in range(size)
    }
    ties = [tie(f"person:{n:02d}", "org:coop", "MEMBER_OF") for n in range(size)]
    ties += [tie("person:00", "org:coop", "LEGAL_REPRESENTATIVE_OF")]
    return around(names, ties, {key: int(key != "org:coop") for key in names})


@pytest.mark.parametrize("mode", ["all", "shares", "guarantees", "household"])
@pytest.mark.parametrize("in_full", [False, True])
def test_a_cooperative_of_22_members(mode: Any, in_full: bool) -> None:
    drawn, unsaid = draw_graph(cooperative(22), mode, in_full=in_full)
    holds_apart(drawn)
    assert len(drawn.dots) == 23 and len(drawn.lines) == 22
    assert unsaid == ("合作社成员" if mode in ("all", "household") else "")
    whole = {"".join(dot.node.lines) for dot in drawn.dots}
    assert (FIRM.format("样本") in "".join(whole)) == in_full


@st.composite
def neighbourhoods(draw: st.DrawFn) -> Neighbourhood:
    size = draw(st.integers(1, 40))
    keys = [
        f"{draw(st.sampled_from(['person', 'org', 'household', 'institution']))}:{n}"
        for n in range(size)
    ]
    names = {
        key: draw(st.one_of(
            st.text("陈王李赵甲乙丙ABC12", min_size=1, max_size=24),
            st.sampled_from([FIRM.format(one) for one in ("甲", "乙", "众兴")]),
        ))
        for key in keys
    }  # fmt: skip
    kinds = [kind for _, of in GROUPS.values() for kind in of]
    ends = st.sampled_from(keys)
    ties = [
        tie(a, b, kind, sure, amount_fen=money)
        for a, b, kind, sure, money in draw(
            st.lists(
                st.tuples(ends, ends, st.sampled_from(kinds), st.sampled_from([1.0, 0.8]),
                          st.sampled_from([None, 5_000_000, 123_456_700])),
                max_size=80,
            )
        )
        if a != b
    ]  # fmt: skip
    levels = {key: draw(st.integers(1, 3)) * draw(st.sampled_from([1, -1])) for key in keys}
    return around(names, ties, levels | {keys[0]: 0})


@settings(max_examples=examples(25), deadline=None)
@given(
    neighbourhoods(), st.sampled_from(["all", "shares", "guarantees", "household"]), st.booleans()
)
def test_names_stand_apart(found: Neighbourhood, mode: Any, in_full: bool) -> None:
    drawn, _ = draw_graph(found, mode, in_full=in_full)
    holds_apart(drawn)
    assert len(drawn.dots) == len(found.members)
    assert draw_graph(found, mode, in_full=in_full)[0] == drawn


@pytest.mark.parametrize("size", [1, 2, 3, 6, 7, 18, 19, 299])
def test_any_number_around_one(size: int) -> None:
    names = {"org:m": "中心"} | {f"person:{n:03d}": f"主体{n:03d}" for n in range(size)}
    ties = [tie(key, "org:m", "GUARANTEES") for key in names if key != "org:m"]
    found = around(names, ties, {key: int(key != "org:m") for key in names})
    for mode in ("all", "guarantees"):
        drawn, _ = draw_graph(found, mode)
        holds_apart(drawn)


@pytest.mark.parametrize("size", [2, 12, 13, 40])
def test_a_ring_of_any_size_stands_apart(size: int) -> None:
    names = {f"org:{n:02d}": FIRM.format(f"{n:02d}") for n in range(size)}
    keys = [*names]
    ties = [tie(a, b, "GUARANTEES") for a, b in zip(keys, [*keys[1:], keys[0]], strict=True)]
    found = around(names, ties, dict.fromkeys(names, 1) | {keys[0]: 0})
    drawn, _ = draw_graph(found, "guarantees")
    holds_apart(drawn)
    assert len(drawn.clusters) == 1


def test_a_ring_of_guarantees_is_marked_and_a_resemblance_closes_none() -> None:
    names = {f"person:{n}": f"户{n}" for n in "甲乙丙丁"}
    ties = [
        tie("person:甲", "person:乙", "GUARANTEES", amount_fen=5_000_000),
        tie("person:乙", "person:丙", "GUARANTEES", amount_fen=3_000_000),
        tie("person:丙", "person:甲", "GUARANTEES"),
        tie("person:丙", "person:丁", "GUARANTEES"),
        tie("person:丁", "person:甲", "GUARANTEES", 0.8),
    ]
    found = around(names, ties, dict.fromkeys(names, 1) | {"person:甲": 0})
    drawn, _ = draw_graph(found, "guarantees")
    holds_apart(drawn)
    assert [one.caption.text for one in drawn.clusters] == ["担保圈：3 个主体"]
    unsure = [line.edge for line in drawn.lines if not line.edge.is_certain]
    assert [(one.source, one.target, one.caption) for one in unsure] == [
        ("person:丁", "person:甲", "担保（疑似）")
    ]
    assert {one.text for one in drawn.captions} >= {"担保 5.00 万元", "担保 3.00 万元"}
    # 丁 is stood for by the ring: it stands beneath
    at = {dot.node.key: dot.y for dot in drawn.dots}
    assert at["person:丁"] > max(at[key] for key in found.rings[0])


def test_holders_stand_above_and_held_below_with_their_parts() -> None:
    names = {"org:a": "甲公司", "person:p": "王", "org:b": "乙公司"}
    ties = [
        tie("person:p", "org:a", "HOLDS_SHARES_IN", ratio=0.6),
        tie("org:a", "org:b", "HOLDS_SHARES_IN", least_ratio=0.25),
    ]
    drawn, _ = draw_graph(around(names, ties, {"org:a": 0, "person:p": -1, "org:b": 1}), "shares")
    at = {dot.node.key: dot.y for dot in drawn.dots}
    assert at["person:p"] < at["org:a"] < at["org:b"]
    assert {one.text for one in drawn.captions} == {"60.00%", "至少 25.00%"}
    assert {dot.node.lines[1:] for dot in drawn.dots} == {(), ("穿透 25.00%",)}


def test_an_own_record_is_a_mark_with_its_words() -> None:
    found = around({"person:a": "甲", "person:b": "乙"}, [], {"person:a": 0, "person:b": 1})
    row = {"kind": "list_entry", "what": "judgment_defaulter", "since": None}
    marked = Member("person:b", "乙", "Person", 1, signal_of([row], ()))
    drawn, _ = draw_graph(
        Neighbourhood("person:a", (found.members[0], marked), (), 1, 0, 0, 0, (), BASIS), "all"
    )
    assert [dot.node.mark for dot in drawn.dots] == ["", "red"]
    assert drawn.dots[1].node.title == "乙（自然人），有不利记录：失信和异常名单 失信被执行人名单"


def test_names_keep_what_tells_them_apart() -> None:
    names = {name: FIRM.format(name) for name in ("众兴", "众旺", "丰禾")}
    short = short_names(names, 9)
    assert short == {"众兴": "众兴农机服务…", "众旺": "众旺农机服务…", "丰禾": "丰禾农机服务…"}
    alike = {
        "1": "凤翔县城关镇甲乙丙丁戊己庚辛壬癸一号养殖家庭农场",
        "2": "凤翔县城关镇甲乙丙丁戊己庚辛壬癸二号养殖家庭农场",
    }
    told = short_names(alike, 9)
    assert told["1"] != told["2"] and "一号" in told["1"] and "二号" in told["2"]
    assert short_names({"1": "王小明"}, 9) == {"1": "王小明"}
    # namesakes have one name, however it is written
    assert len({*short_names({"1": "王小明", "2": "王小明"}, 9).values()}) == 1


@given(st.dictionaries(st.text("ab12", min_size=1, max_size=3),
                       st.text("凤翔区镇甲乙丙合作社农", min_size=1, max_size=22), max_size=12))  # fmt: skip
def test_two_names_never_become_one(names: dict[str, str]) -> None:
    short = short_names(names, 9)
    assert set(short) == set(names)
    for one, other in combinations(names, 2):
        if names[one] != names[other]:
            assert short[one] != short[other]
