"""A clerk's way in the browser: template, trial, acceptance, error workbook, correction, no script."""

from __future__ import annotations

import io
import time
from urllib.parse import unquote

import pytest
import xlsxwriter
from outline import Outline
from python_calamine import CalamineWorkbook
from starlette.testclient import TestClient

from graph.log import FactLog
from graph.settings import Settings

HEAD = ("金融机构编码,金融机构名称,借据号,借款人名称,借款人证件号码,借款金额（万元）,发放日期,"
        "到期日期,贷款余额（万元）,五级分类,数据日期\n")  # fmt: skip
LOAN = "C1402610305001,样本行,J{},张三,61032219750315001X,0.2,2026-01-05,2027-01-05,0.2,{},2026-01-31\n"
FILE = HEAD + LOAN.format(1, "正常") + LOAN.format(2, "优良")


def send(
    clerk: TestClient, name: str, content: bytes, action: str = "try", source: str = ""
) -> tuple[str, Outline]:
    """Choose a file and press a button; returns where one ends up, and that page when it is over."""
    answer = clerk.post(
        "/send", data={"action": action, "source": source}, files={"content": (name, content)}
    )
    assert answer.status_code == 200, answer.text
    return str(answer.url.path), over(clerk, str(answer.url.path))


def over(clerk: TestClient, path: str) -> Outline:
    while 'http-equiv="refresh"' in (text := clerk.get(path).text):
        time.sleep(0.05)
    told = Outline(text)
    assert not told.wrong, told.wrong
    return told


def book(clerk: TestClient, path: str) -> tuple[str, list[str], list[list[object]]]:
    """A workbook that is offered: its file name, the names of its sheets, the rows of the first."""
    answer = clerk.get(path)
    assert answer.status_code == 200 and answer.headers["cache-control"] == "no-store"
    name = unquote(answer.headers["content-disposition"].split("''")[1])
    with CalamineWorkbook.from_filelike(io.BytesIO(answer.content)) as opened:
        return name, opened.sheet_names, opened.get_sheet_by_index(0).to_python()


def saved(rows: list[list[object]]) -> bytes:
    """The rows as Excel would save them."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as made:
        sheet = made.add_worksheet()
        for at, row in enumerate(rows):
            sheet.write_row(at, 0, row)
    return content.getvalue()


def test_from_a_trial_to_the_corrected_rows(clerk: TestClient, office: Settings) -> None:
    log = FactLog(office.log_dir)
    path, seen = send(clerk, "贷款台账.csv", FILE.encode(), source="loan")
    assert "试读结果" in seen.text and "还没有写入任何内容" in seen.text
    assert "五级分类" in seen.text and "代码不在字典中" in seen.text and log.batches() == []
    done = over(clerk, clerk.post(f"{path}/acceptance", data={"action": "take"}).url.path)
    assert "已接收" in done.text and "/deliveries/1" in done.links
    (batch,) = log.batches()
    assert (batch.counts["accepted"], batch.counts["quarantined"]) == (1, 1)

    corrections = [link for link in Outline(clerk.get("/deliveries").text).links
                   if link.startswith("/corrections/")]  # fmt: skip
    assert corrections == ["/corrections/loan/loan"]
    name, sheets, rows = book(clerk, corrections[0])
    assert name.endswith("-错误明细.xlsx") and sheets[0] == "错误明细"
    at = rows[0].index("五级分类")
    assert [row[at] for row in rows[1:]] == ["优良"]
    rows[1][at] = "关注"
    _, put_right = send(clerk, name, saved(rows), "take", "loan")
    assert "已接收" in put_right.text
    assert len(log.read("Loan")) == 2
    assert "/corrections/loan/loan" not in Outline(clerk.get("/deliveries").text).links
    gone = clerk.get("/corrections/loan/loan")
    assert gone.status_code == 404 and "没有待更正的行" in gone.text
    # the correction taken back, the row is open again and its text is gone: no link leads nowhere
    who = {"by": "李四", "reason": "送错了"}
    assert clerk.post("/deliveries/2/withdrawal", data=who).status_code == 200
    page = Outline(clerk.get("/deliveries").text)
    assert "/corrections/loan/loan" not in page.links
    assert "原文已按规定删除，请由部门重新报送" in page.text


def test_every_template_can_be_fetched_and_filled_in(clerk: TestClient) -> None:
    page = Outline(clerk.get("/send").text)
    assert not page.wrong
    links = [link for link in page.links if link.startswith("/templates/")]
    assert len(links) > 34
    for link in links[::9]:
        name, sheets, rows = book(clerk, link)
        assert name.endswith("-模板.xlsx") and sheets[0] == "填报" and len(rows) == 1
    name, _, (headings,) = book(clerk, "/templates/loan/loan")
    told = dict(
        zip(HEAD.strip().split(","), LOAN.format(9, "正常").strip().split(","), strict=True)
    )
    filled: list[object] = [told.get(str(heading), "") for heading in headings]
    _, seen = send(clerk, name, saved([headings, filled]))
    assert "试读结果" in seen.text and "将写入" in seen.text


def test_a_file_that_tells_no_source(clerk: TestClient) -> None:
    answer = clerk.post(
        "/send", data={"action": "try"}, files={"content": ("新建表.csv", b"a\n1\n")}
    )
    assert answer.status_code == 400 and "认不出来源。请选择来源。" in answer.text
    answer = clerk.post("/send", data={"action": "try", "source": "nobody"},
                        files={"content": ("a.csv", b"a\n1\n")})  # fmt: skip
    assert answer.status_code == 404


def test_a_page_instead_of_a_file(clerk: TestClient, office: Settings) -> None:
    before = len(FactLog(office.log_dir).batches())
    _, told = send(clerk, "贷款.csv", b"<html>403 Forbidden</html>", "take", "loan")
    assert "没有接收" in told.text and "没有写入任何内容" in told.text and "/send" in told.links
    assert len(FactLog(office.log_dir).batches()) == before


def test_what_was_tried_can_be_left(clerk: TestClient, office: Settings) -> None:
    path, _ = send(clerk, "贷款3.csv", (HEAD + LOAN.format(3, "正常")).encode(), source="loan")
    assert clerk.post(f"{path}/acceptance", data={"action": "drop"}).url.path == "/send"
    assert "已经清除" in Outline(clerk.get(path).text).text
    refused = clerk.post(f"{path}/acceptance", data={"action": "take"})
    assert refused.status_code == 400 and "只保留一小时" in refused.text
    assert not any((office.data / "uploads").rglob("*.csv"))


@pytest.mark.parametrize(
    "path", ["/templates/nobody/x", "/templates/loan/x", "/corrections/loan/x", "/uploads/x"]
)
def test_what_is_not_there(clerk: TestClient, path: str) -> None:
    assert clerk.get(path).status_code == 404
