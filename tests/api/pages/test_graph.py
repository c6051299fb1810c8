"""The graph of a hand-written village: its picture, filters, file and links, and what each reader sees."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree

import networkx as nx
import pytest
from fastapi import FastAPI
from graph_village import ALONE, COOP, FAR, FARMER, FIRM, HOME, LIKE, NEIGHBOUR, village_facts
from outline import Outline
from starlette.testclient import TestClient

import api.pages.graph
from api import dependencies
from api.dependencies import AsOf
from graph.information import InformationClass
from graph.log import FactLog
from graph.moment import Moment
from queries import Answer, library
from queries.neighbourhood import Wanted
from queries.reader import Reader
from queries.runs import Runs
from queries.scope import ADMINISTRATOR, Scope

DAY = date(2026, 5, 1)
RED = 'class="mark"'


class Offline(Reader):
    """A reader that has no graph to ask: who is known is read from the arrays."""

    def known(self, key: str) -> str:
        self.snapshot().index(key)
        return key

    def names(self, keys: Iterable[str]) -> dict[str, str | None]:
        snapshot = self.snapshot()
        return {key: snapshot.name(snapshot.index(key)) for key in keys}

    def search(self, text: str) -> Answer:
        snapshot = self.snapshot()
        called = zip(snapshot.keys.to_pylist(), snapshot.names.to_pylist(), strict=True)
        rows = [
            {"key": key, "name": name, "labels": ["Person"], "masked": None, "town": None,
             "village": "许家村", "match": "name"}
            for key, name in called if name and text in name
        ]  # fmt: skip
        return Answer(library()["find_party"], rows, self.basis)

    def ask(self, name: str, **given: Any) -> Answer:
        """The shortest link, walked here over all ties."""
        assert name == "shortest_link"
        net = nx.Graph()
        for kind in Wanted().kinds:
            for row in self.snapshot().facts(kind).to_pylist():
                net.add_edge(row["from_key"], row["to_key"], kind=kind)
        rows = []
        if {given["key"], given["other"]} <= {*net} and given["key"] != given["other"]:
            keys = nx.shortest_path(net, given["key"], given["other"])
            kinds = [net.edges[pair]["kind"] for pair in pairwise(keys)]
            rows = [{"distance": len(kinds), "keys": keys, "kinds": kinds}]
        return Answer(library()[name], rows, self.basis)


@dataclass
class Sight:
    """What whoever asks sees."""

    scope: Scope = ADMINISTRATOR


@pytest.fixture(scope="module")
def sight() -> Sight:
    return Sight()


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory, sight: Sight) -> Iterator[TestClient]:
    """The pages alone, over a log without a graph: nothing that they show is asked of one."""
    log = FactLog(tmp_path_factory.mktemp("village") / "log")
    village_facts(log)
    stores: Any = SimpleNamespace(log=log, runs=Runs())

    def reading(as_of: AsOf = None) -> Reader:
        return Offline(stores, Moment.of(log.batches(), as_of=as_of or DAY), sight.scope)

    app = FastAPI()
    app.include_router(api.pages.graph.router)
    app.dependency_overrides[dependencies.reader] = reading
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(api.pages.graph, "PATIENCE", 300.0)
        with TestClient(app, "http://127.0.0.1") as opened:
            yield opened
    stores.runs.close()


@pytest.fixture
def seeing(sight: Sight) -> Iterator[Any]:
    """Have whoever asks see what a scope sees."""
    yield lambda scope: setattr(sight, "scope", scope)
    sight.scope = ADMINISTRATOR


def shown(client: TestClient, key: str, query: str = "") -> str:
    answer = client.get(f"/parties/{key}/graph{query}")
    assert answer.status_code == 200, answer.text
    assert not Outline(answer.text).wrong
    return str(answer.text)


def drawing(page: str) -> str:
    """The picture alone, without its legend."""
    found = re.search(r'<div class="graph".*?</svg></div>', page, re.DOTALL)
    assert found
    return found[0]


def test_modes_and_filters(client: TestClient) -> None:
    page = shown(client, FARMER[0])
    for name in ("李互保", "周修复", "赵相似", "众兴苹果种植…", "丰硕果业"):
        assert name in drawing(page), name
    assert "1 层以内有 6 个主体" in page and "再往外一层还有 24 个" in page
    guarantees = shown(client, FARMER[0], "?mode=guarantees")
    assert "担保圈：3 个主体" in drawing(guarantees) and "担保 5.00 万元" in drawing(guarantees)
    assert "王远" in drawing(guarantees) and "丰硕" not in drawing(guarantees)
    assert "2025-06-01" in guarantees[guarantees.index('id="ties"') :]
    # of filters the address knows, and links keep them
    sure = shown(client, FARMER[0], "?mode=guarantees&certainty=certain&hops=1")
    assert "赵相似" not in drawing(sure)
    assert (
        f"/parties/{NEIGHBOUR[0].replace(':', '%3A')}/graph?mode=guarantees&amp;hops=1&amp;certainty=certain"
        in sure
    )
    only = shown(client, FARMER[0], "?members=true&shares=true")
    assert "众兴" in drawing(only) and "李互保" not in drawing(only)
    shares = shown(client, FIRM[0], "?mode=shares")
    for words in ("60.00%", "40.00%", "50.00%", "穿透 60.00%"):
        assert words in drawing(shares), words
    home = shown(client, FARMER[0], "?mode=household")
    assert "户主" in drawing(home) and "李互保" not in drawing(home)
    assert "担保、股权记在成员名下" in shown(client, HOME[0], "?mode=guarantees")
    assert client.get(f"/parties/{FARMER[0]}/graph?hops=4").status_code == 422
    assert client.get(f"/parties/{FARMER[0]}/graph?mode=nothing").status_code == 422


def test_a_day_before(client: TestClient) -> None:
    page = shown(client, FARMER[0], "?mode=guarantees&as_of=2025-01-01")
    assert "李互保" not in page and "赵相似" in drawing(page)
    assert "as_of=2024-01-01" in page and 'value="2025-01-01"' in page


def test_marks_names_and_resemblance(client: TestClient) -> None:
    page = shown(client, FARMER[0], "?mode=guarantees&full=true")
    picture = drawing(page)
    # 李互保 alone: what was removed marks nobody
    assert picture.count(RED) == 1
    assert "李互保（自然人），有不利记录：失信和异常名单 失信被执行人名单" in picture
    assert (
        "周修复（自然人）。" in picture and "失信" not in picture.split("周修复（自然人）")[1][:40]
    )
    assert "stroke-dasharray" in picture and "担保（疑似）" in picture
    whole = drawing(shown(client, FARMER[0], "?full=true"))
    assert "宝鸡市凤翔区" in whole.replace("</text>", "")


def test_what_a_role_may_not_see(client: TestClient, seeing: Any) -> None:
    public = frozenset(one for one in InformationClass if one.is_public)
    seeing(Scope("只看公开", open_classes=public | {InformationClass.IDENTITY}))
    page = shown(client, FARMER[0], "?hops=2")
    assert "李互保" not in page and "户主" not in page and "丰硕果业" in page
    seeing(Scope("不看名单以外", open_classes=frozenset({InformationClass.GUARANTEE}) | public))
    assert "担保 5.00 万元" in shown(client, FARMER[0], "?mode=guarantees")


def test_the_file(client: TestClient) -> None:
    answer = client.get(f"/parties/{FARMER[0]}/graph.svg?mode=guarantees")
    assert answer.headers["content-type"].startswith("image/svg+xml")
    assert "attachment" in answer.headers["content-disposition"]
    tree = ElementTree.fromstring(answer.text)
    assert tree.tag.endswith("svg") and "Noto Sans CJK SC" in tree.attrib["font-family"]
    text = "".join(tree.itertext())
    for words in (
        "许春英 的关系图谱（担保）",
        "李互保",
        "自身有不利记录",
        "3 层以内",
        "截至 2026-05-01",
    ):
        assert words in text, words
    assert "href" not in answer.text and "script" not in answer.text


def test_a_cooperative_is_whole_at_once(client: TestClient) -> None:
    page = shown(client, COOP[0])
    assert "1 层以内有 23 个主体" in page and "没有写字的线都是“合作社成员”" in page
    assert drawing(page).count("<circle") == 23
    big = shown(client, COOP[0], "?hops=3")
    assert "王远" in drawing(big)


def test_the_page_of_a_link(client: TestClient) -> None:
    there = client.post(f"/parties/{FARMER[0]}/link", data={"text": "王远"})
    assert there.status_code == 200 and not Outline(there.text).wrong
    assert "最短隔 2 层" in there.text
    assert re.search(r"许春英 (←|—)", there.text)
    none = client.post(f"/parties/{FARMER[0]}/link", data={"other": ALONE[0]})
    assert "8 层以内没有找到关联" in none.text and "您可以查看的关系" in none.text
    like = client.post(f"/parties/{FARMER[0]}/link", data={"other": LIKE[0]})
    assert "担保（疑似）" in like.text and "stroke-dasharray" in like.text
    many = client.post(f"/parties/{FAR[0]}/link", data={"text": "社员"})
    assert "哪一个？" in many.text and many.text.count("选这个") > 10
    nobody = client.post(f"/parties/{FARMER[0]}/link", data={"text": "没有这个人"})
    assert "没有找到" in nobody.text
    own = client.post(f"/parties/{FARMER[0]}/link", data={"other": FARMER[0]})
    assert "是同一个主体" in own.text
    assert "请输入另一主体" in client.post(f"/parties/{FARMER[0]}/link").text
    hidden = client.post(f"/parties/{FARMER[0]}/link", data={"text": "61032219800101001X"})
    assert "61032219800101001X" not in hidden.text
