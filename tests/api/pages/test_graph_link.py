"""The shortest link between two parties of a hand-written village, and the watermark of a file of the graph."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from graph_village import ALONE, FAR, FARMER, LIKE, state_village
from outline import Outline
from patient import Patient
from starlette.testclient import TestClient

import api.pages.graph
from api.app import create_app
from api.security import local_asker
from graph.settings import Settings


@pytest.fixture(scope="module")
def client(office: Settings) -> Iterator[TestClient]:
    state_village(office)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(api.pages.graph, "PATIENCE", 300.0)
        app = create_app(office, answers_for=local_asker())
        with Patient(app, "http://127.0.0.1") as opened:
            yield opened


def test_a_file_says_who_took_it(client: TestClient) -> None:
    answer = client.get(f"/parties/{FARMER[0]}/graph.svg")
    assert answer.status_code == 200 and "查阅人" in answer.text and "编号" in answer.text


def test_the_shortest_link(client: TestClient) -> None:
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
