"""The borrower page of a small hand-written village: its head, its sums, and what a reader sees of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from outline import Outline
from patient import Patient
from starlette.testclient import TestClient
from world import World

import api.pages.parties
from api.app import create_app
from api.security import local_asker
from graph.connection import Graph
from graph.information import InformationClass
from graph.log import FactLog
from graph.projection import project
from graph.settings import Settings
from queries.scope import ADMINISTRATOR, Scope

VILLAGE, TOWN = "division:610322104203", "division:610322104"
BANK = ("institution:C1402610305001", "FinancialInstitution")
HEAD, WIFE, SON = (
    (f"person:{letter * 32}", "Person") for letter in "abc"
)  # keys as they are read from an answer
FAR, DEBTOR = (f"person:{'d' * 32}", "Person"), (f"person:{'e' * 32}", "Person")
ROUND = tuple((f"person:{letter * 32}", "Person") for letter in "f01")
HOME, FIRM = ("household:610322104203-1", "Household"), ("org:91610305MA91000012", "Enterprise")
KNOWN = datetime(2026, 3, 1, tzinfo=UTC)


def village(log: FactLog) -> None:
    """A household whose wife and head signed one loan together; the son stands for a bad debtor."""
    world = World(log)
    for key, label, name in ((TOWN, "Town", "田家庄镇"), (VILLAGE, "Village", "许家村"),
                             (*BANK, "凤翔农商银行"), (*FIRM, "丰硕果业")):  # fmt: skip
        world.node(label, key, name=name)
    world.tie("PART_OF", (VILLAGE, "Village"), (TOWN, "Town"))
    for one, name, born in ((HEAD, "许春英", 1980), (WIFE, "李永", 1982), (SON, "许小军", 2004),
                            (FAR, "王远", 1970), (DEBTOR, "赵欠款", 1975)):  # fmt: skip
        world.node("Person", one[0], name=name, birth_on=date(born, 1, 1),
                   resident_id_masked="610322********001X")  # fmt: skip
    world.node("Household", HOME[0], household_no="1")
    for one in (HEAD, WIFE, SON, HOME, FIRM, DEBTOR):
        world.tie("LOCATED_IN", one, (VILLAGE, "Village"))
    for one, role in ((HEAD, "householder"), (WIFE, "spouse"), (SON, "child")):
        world.tie("BELONGS_TO", one, HOME, role=role)
    loans = (
        ("loan:together", (HEAD, WIFE), 8_000_000, 5_000_000, "pass", 0.0605),
        ("loan:wife", (WIFE,), 3_000_000, 1_000_000, "special_mention", None),
        ("loan:bad", (DEBTOR,), 6_000_000, 4_000_000, "loss", 0.07),
        ("loan:paid", (FAR,), 1_000_000, 0, "pass", None),
    )
    for key, borrowers, principal, balance, worth, rate in loans:
        world.node("Loan", key, principal_fen=principal, interest_ratio=rate, purpose="果园",
                   granted_on=date(2025, 4, 1), due_on=date(2029, 4, 1), loan_no=key)  # fmt: skip
        world.node("LoanState", key, "Loan", balance_fen=balance, loan_class=worth,
                   valid_from=date(2026, 2, 1))  # fmt: skip
        world.tie("LENT_BY", (key, "Loan"), BANK)
        for one in borrowers:
            world.tie("BORROWED", one, (key, "Loan"))
    world.tie("GUARANTEES", SON, DEBTOR, amount_fen=2_500_000, valid_from=date(2025, 4, 1))
    world.tie("GUARANTEES", FIRM, HEAD, amount_fen=900_000, valid_from=date(2025, 4, 1))
    world.tie("LEGAL_REPRESENTATIVE_OF", WIFE, FIRM, valid_from=date(2020, 1, 1))
    # lists came, and name somebody else
    world.node("ListEntry", "list:1", list_kind="judgment_defaulter", case_no="(2025)陕执1号",
               listed_on=date(2025, 9, 1))  # fmt: skip
    world.tie("SUBJECT_OF", FAR, ("list:1", "ListEntry"))
    for one, name in zip(ROUND, ("周甲", "周乙", "周丙"), strict=True):
        world.node("Person", one[0], name=name, birth_on=date(1990, 1, 1))
        world.tie("LOCATED_IN", one, (VILLAGE, "Village"))
    for one, other in ((0, 1), (1, 2), (2, 0)):
        world.tie("GUARANTEES", ROUND[one], ROUND[other], amount_fen=1_000_000 * (one + 1))
    world.commit(KNOWN)


@pytest.fixture(scope="module")
def client(office: Settings) -> Iterator[TestClient]:
    village(FactLog(office.log_dir))
    with Graph(office) as graph:
        project(FactLog(office.log_dir), graph)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(api.pages.parties, "PATIENCE", 300.0)
        app = create_app(office, answers_for=local_asker())
        with Patient(app, "http://127.0.0.1") as opened:
            assert app.state.services.is_warm(app.state.services.reader(ADMINISTRATOR), within=300)
            yield opened


@pytest.fixture
def seeing(client: TestClient) -> Iterator[Any]:
    """Have whoever asks see what a scope sees."""
    state = client.app.state  # type: ignore[attr-defined]
    before = state.asker

    def see(scope: Scope) -> None:
        state.asker = before.seeing(scope)

    yield see
    state.asker = before


def told(client: TestClient, key: str) -> Outline:
    page = client.get(f"/parties/{key}")
    assert page.status_code == 200
    outline = Outline(page.text)
    assert not outline.wrong
    return outline


def officer(*opened: tuple[str, tuple[InformationClass, ...]]) -> Scope:
    public = frozenset(one for one in InformationClass if one.is_public)
    return Scope(
        "客户经理", institution=BANK[0], purpose="贷款审批", open_classes=public,
        grants={key: frozenset(classes) for key, classes in opened},
    )  # fmt: skip


def test_the_head_answers_at_once(client: TestClient) -> None:
    """Name, age and place; the colour with its reason; the money; who this is."""
    page = told(client, DEBTOR[0])
    head = page.text[: page.text.index("自身情况")]
    for words in ("赵欠款", "51 岁", "田家庄镇许家村", "有不利记录", "贷款：损失", "贷款余额 4.00 万元 1 笔",
                  "其中逾期、不良 4.00 万元 1 笔", "他人为其担保 2.50 万元 1 份合同", "为他人担保 没有记录 不等于没有",
                  "已按证件号码（代码）确认", "有不利记录，先核实上面一条"):  # fmt: skip
        assert words in head, (words, head)
    # whoever is only near him has no colour of his
    near = told(client, SON[0]).text
    head = near[: near.index("自身情况")]
    assert "未发现不利记录" in head and "有不利记录" not in head.replace("未发现不利记录", "")
    assert "为他人担保 2.50 万元" in head
    # what is paid back is known to be nothing; what nobody recorded is not
    assert "贷款余额 0.00 元 都已结清 其中逾期、不良 0.00 元 没有" in told(client, FAR[0]).text


def test_own_linked_and_history_never_mix(client: TestClient) -> None:
    page = told(client, SON[0])
    parts = [text for level, text in page.headings if level == 2]
    assert parts == ["自身", "关联提示", "历史"]
    own, linked, history = (
        page.text.index(words) for words in ("自身情况：", "关联提示：", "时间轴")
    )
    assert own < linked < history
    # the debtor whom he stands for is named among guarantees, and blamed for nothing before the hint
    assert "赵欠款" in page.text[own:linked] and "因赵欠款的自身记录" not in page.text[:linked]
    assert "因赵欠款的自身记录" in page.text[linked:history]
    assert "关联不是失信" in page.text[:history]


def test_a_loan_tells_its_rate_purpose_and_day(client: TestClient) -> None:
    text = told(client, DEBTOR[0]).text
    for words in ("7.00%", "果园", "2025-04-01 至 2029-04-01", "2026-02-01"):
        assert words in text, words


def test_the_sums_of_a_household_are_those_of_its_members(client: TestClient) -> None:
    """What it lists adds up to what it says, and to what each member's own page says."""
    services = client.app.state.services  # type: ignore[attr-defined]
    reader = services.reader(ADMINISTRATOR)
    (whole,) = reader.ask("household_exposure", key=HOME[0]).rows
    assert (whole["loan_count"], whole["balance_fen"], whole["guaranteed_fen"]) == (
        2,
        6_000_000,
        2_500_000,
    )
    text = told(client, HOME[0]).text
    assert "贷款余额 6.00 万元 2 笔" in text and "为他人担保 2.50 万元 1 笔" in text
    assert "全户 3 人 2 笔 6.00 万元 2.50 万元" in text
    assert "许春英 户主 ✓ 未发现不利记录 1 笔 5.00 万元 0.00 元" in text
    assert "李永 配偶 ▲ 有需留意的记录 2 笔 6.00 万元 0.00 元" in text
    assert "成员李永：贷款：关注" in text
    for one, words in ((HEAD, "贷款余额 5.00 万元 1 笔"), (WIFE, "贷款余额 6.00 万元 2 笔"),
                       (SON, "贷款余额 没有记录 不等于没有")):  # fmt: skip
        assert words in told(client, one[0]).text


def test_without_consent_nothing_of_a_person_is_told_and_nothing_is_said_to_be_there(
    client: TestClient, seeing: Any
) -> None:
    """Of one who owes and of one who owes nothing, the same words."""
    identity = (InformationClass.IDENTITY,)
    seeing(officer((DEBTOR[0], identity), (ROUND[0][0], identity)))
    told_of = []
    for one in (DEBTOR, ROUND[0]):
        text = told(client, one[0]).text
        head = text[: text.index("自身情况")]
        assert "尚不能判断" in head and "贷款余额 未知 未接入或未获授权" in head
        assert (
            "为他人担保 未知 未接入，或未获双方授权" in head
            and "贷款：损失" not in text
            and "4.00 万元" not in text
        )
        assert "已授权本机构（贷款审批）：身份信息" in head
        assert "自身风险 未知" in head and "自身情况：尚不能判断" in text
        # nor below: what is not seen is not counted, and is not said to be absent
        assert "库中没有贷款记录" not in text and "0 笔" not in text
        assert text.count("没有看到不等于没有") >= 3
        told_of.append(head[head.index("尚不能判断") : head.index("自身风险")])
    assert told_of[0] == told_of[1]


def test_with_consent_the_same_page_tells_it(client: TestClient, seeing: Any) -> None:
    opened = (InformationClass.IDENTITY, InformationClass.CREDIT)
    seeing(officer((DEBTOR[0], opened)))
    text = told(client, DEBTOR[0]).text
    assert "有不利记录" in text and "贷款：损失" in text and "贷款余额 4.00 万元" in text
    assert "为他人担保 未知" in text


def test_a_ring_has_a_page_of_its_own(client: TestClient) -> None:
    page = client.get(f"/parties/{ROUND[1][0]}/ring")
    outline = Outline(page.text)
    assert page.status_code == 200 and not outline.wrong
    for words in (
        "担保圈：3 个主体",
        "周甲",
        "周乙",
        "周丙",
        "圈内担保 6.00 万元 3 笔",
        "圈外担保 0.00 元 0 笔",
    ):
        assert words in outline.text, words
    assert page.text.count("marker-end=") == 3
    assert client.get(f"/parties/{HEAD[0]}/ring").status_code == 404
    assert f"/parties/person%3A{'f' * 32}/ring" in client.get(f"/parties/{ROUND[0][0]}").text


def test_a_search_is_cut_down(client: TestClient) -> None:
    def found(**form: str) -> set[str]:
        page = client.post("/", data=form)
        assert page.status_code == 200 and not Outline(page.text).wrong
        return {*re.findall(r'<td data-term="名称"><a href="[^"]*">([^<]+)</a>', page.text)}

    assert found(text="许") >= {"许春英", "许小军"}
    assert found(text="许", age_from="40", kind="Person") == {"许春英"}
    assert found(text="许", age_to="30", kind="Person") == {"许小军"}
    assert found(text="王远") == {"王远"} and found(text="王远", village="许家村") == set()
    assert "许春英" in found(village="许家村", kind="Person", text="")
    assert found(text="许春英", town="田家庄镇") == {"许春英"}
    assert client.post("/", data={"text": "许", "age_from": "x"}).status_code == 422


def test_what_was_looked_at_lately_is_offered_at_the_start(client: TestClient, seeing: Any) -> None:
    told(client, FAR[0]), told(client, DEBTOR[0])
    text = client.get("/").text
    lately = text[text.index("最近看过") : text.index("也可以从这里开始")]
    assert lately.index("赵欠款") < lately.index("王远")
    # of whom one sees nothing any more, nothing is left
    seeing(officer())
    assert "赵欠款" not in client.get("/").text


def test_the_search_stands_on_every_page_and_not_twice_on_its_own(client: TestClient) -> None:
    assert 'id="find-text"' in client.get(f"/parties/{HEAD[0]}").text
    assert 'id="find-text"' in client.get("/products").text
    assert 'id="find-text"' not in client.get("/").text


def test_a_household_costs_two_round_trips_more(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its members' keys, and all that is asked of all of them: however many they are."""
    real, trips = Graph.read_many, []

    def counted(*given: Any, **more: Any) -> Any:
        trips.append(given)
        return real(*given, **more)

    monkeypatch.setattr(Graph, "read_many", counted)
    spent = {}
    for one in (HEAD, HOME):
        trips.clear()
        told(client, one[0])
        spent[one] = len(trips)
    assert 0 < spent[HOME] <= spent[HEAD] + 2
