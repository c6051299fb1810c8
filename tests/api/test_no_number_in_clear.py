"""No resident id and no telephone number lies anywhere in clear, whatever came and whatever was done.

A small office takes in files of several departments, good rows and bad ones in every spelling, over
every way in; files are tried, accepted, refused, corrected, withdrawn; parties are judged, decided
and exported.  Then everything that is stored anywhere is read.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
import xlsxwriter
from clear_numbers import arguments_of, found_in, texts_under
from graph_dump import dump
from python_calamine import CalamineWorkbook
from rebuilding import clues_in
from starlette.testclient import TestClient

import ingest
from api.app import create_app
from api.security import local_asker
from graph.connection import connect
from graph.engine import ensure_engine, stop_engine
from graph.identifiers import person_key, resident_id
from graph.identifiers import unified_social_credit_code as uscc
from graph.log import FactLog
from graph.secrets import make_secrets
from graph.settings import Settings
from ingest.delivery.drop_folder import DropFolder

XINNONG = str(Path(sys.executable).parent / "xinnong")
VILLAGE = "610305100201"
REGIONS = (f"行政区划代码,名称,级别,上级代码\n610305,凤翔区,县区,\n610305100,城关镇,乡镇,610305\n"
           f"{VILLAGE},样东村,行政村,610305100\n")  # fmt: skip

MAN = resident_id.complete("61032219750115101")
WIFE = resident_id.complete("61032219760216102")
SON = resident_id.complete("61032219990510103")
BOSS = resident_id.complete("61032219800808104")
CLERK = resident_id.complete("61032219850303105")
OTHER = resident_id.complete("61032219900404106")
#: A well-formed unified code and a person of 南充.
DOUBLE = "511321198912212280"
#: Another, who is called as an office is: nobody can tell, so it is asked.
ASKED = "612327195805095153"
WRONG = MAN[:17] + ("0" if MAN[17] != "0" else "1")
OLD = MAN[:6] + MAN[8:17]
PHONES = ("13891712345", "09177212345", "15929771234", "18691700001")
PLANTED = (MAN, WIFE, SON, BOSS, CLERK, OTHER, DOUBLE, ASKED, WRONG, OLD, *PHONES, "0917-7212345")


def wide(text: str) -> str:
    return "".join(chr(ord(each) + 0xFEE0) if each.isascii() else each for each in text)


def apart(number: str) -> str:
    return f"{number[:6]} {number[6:14]} {number[14:]}"


def household(member: str, name: str, role: str, phone: str, **said: str) -> str:
    row = {
        "户号": f"{VILLAGE}-0001", "户主姓名": "样甲", "与户主关系": role, "姓名": name,
        "公民身份号码": member, "村编码": VILLAGE, "住址": "样东村1号", "联系电话": phone,
        "曾用名": "", "采集日期": "2026-03-01",
    }  # fmt: skip
    return ",".join((row | said).values())


FAMILY_HEAD = "户号,户主姓名,与户主关系,姓名,公民身份号码,村编码,住址,联系电话,曾用名,采集日期"
FAMILY = [
    household(MAN, "样甲", "户主", PHONES[0]),
    household(f"'{WIFE}", "样乙", "配偶", "159 2977 1234", 住址=f"样东村1号（电话{PHONES[0]}）"),
    household(wide(SON), "样丙", "子", "", 曾用名=f"小名狗蛋{apart(SON)}"),
    # refused: for the number itself, for its neighbour, for a row that is none
    household(WRONG, "样丁", "子", PHONES[2]),
    household(OTHER, "样戊", "子", PHONES[3], 采集日期="去年"),
    household(apart(CLERK), "样己", "亲戚们", PHONES[2]),
    household(OLD, "样庚", "子", PHONES[1], 村编码=VILLAGE[:10]),
    f"{VILLAGE}-0002,样辛,户主,样辛,{BOSS},{PHONES[0]}",
    household("610322********1099", "样壬", "女", "12345"),
    household("6.10322E+17", "样癸", "女", ""),
    # a household whose number is its householder's
    household(BOSS, "样子", "户主", "", 户号=BOSS, 户主姓名="样子"),
]
LOAN_HEAD = ("金融机构编码,金融机构名称,借据号,借款人名称,借款人证件号码,借款金额（万元）,发放日期,到期日期,"
             "用途,贷款余额（万元）,五级分类,数据日期")  # fmt: skip


def loan(number: str, name: str, party: str, purpose: str = "种植", grade: str = "正常") -> str:
    return (f"C1402610305001,样例农商行,{number},{name},{party},5,2025-06-01,2027-06-01,"
            f"{purpose},3,{grade},2026-03-31")  # fmt: skip


LOANS = [
    loan("J1", "样甲", MAN),
    loan("J2", "南充样女", DOUBLE),
    loan(f"JD{WIFE}01", "样乙", f"`{WIFE}", f"种植，联系人{SON}，{PHONES[1][:4]}-{PHONES[1][4:]}"),
    loan("J4", f"样丙{SON}", wide(SON)),
    loan("J5", "样县财政局", ASKED),
    loan("J6", "样戊", OTHER, grade="优秀"),
    loan("J7", "样己", f"身份证:{CLERK}"),
]
FIRM = uscc.complete("91610305MA900001")
FIRM_HEAD = "统一社会信用代码,企业名称,登记状态,成立日期,住所,村编码,联系电话,法定代表人,法定代表人证件号码,任职日期"
FIRMS = [
    f"{FIRM},样样果业有限公司,存续,2020-01-01,样路1号 {PHONES[3]},{VILLAGE},{PHONES[1]},样老板,{BOSS},2020-01-01",
    f"{BOSS},样老板个体,存续,2020-01-01,样路2号,{VILLAGE},{PHONES[3]},样老板,{BOSS},2020-01-01",
    f"{apart(MAN)},样甲农场,存续,2020-01-01,{MAN},{VILLAGE},,样甲,{MAN},2020-01-01",
]
COURT_HEAD = "被执行人名称,被执行人证件号码,执行法院,执行依据文号,立案时间,案号,履行情况,失信行为具体情形,发布日期,公布截止日期,移出日期"
COURT = [
    f"样甲,{MAN},样县人民法院,（2025）样民初4号,2026-01-02,（2026）样执4号,全部未履行,被执行人{MAN}有履行能力而拒不履行,2026-04-01,2028-04-01,",
    "样乙,6103221976****"
    + WIFE[14:]
    + ",样县人民法院,（2025）样民初5号,2026-01-02,（2026）样执5号,全部未履行,拒不履行,2026-04-01,2028-04-01,",
]
GUARANTEE_HEAD = "金融机构编码,担保合同号,担保人名称,担保人证件号码,被担保人名称,被担保人证件号码,借据编号,担保金额（万元）,签订日期"
GUARANTEES = [
    f"C1402610305001,D1,样乙,,样甲,{MAN},loan:C1402610305001:J1,5,2025-06-01",
    f"C1402610305001,D2,样老板,{BOSS[:17]},样甲,{MAN},loan:C1402610305001:J1,5,2025-06-01",
]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("clear")


@pytest.fixture(scope="module")
def temporary(place: Path) -> Iterator[Path]:
    """A folder that is every process's place for temporary files."""
    folder = place / "tmp"
    folder.mkdir()
    before, tempfile.tempdir = tempfile.tempdir, str(folder)
    os.environ["TMPDIR"] = str(folder)
    yield folder
    tempfile.tempdir = before
    del os.environ["TMPDIR"]


@pytest.fixture(scope="module")
def office(place: Path, temporary: Path) -> Iterator[Settings]:
    settings = Settings(data=place / "data", engine_heap_mb=512)
    ensure_engine(settings, owned=True)
    yield settings
    stop_engine(settings)


def write(place: Path, name: str, head: str, rows: list[str]) -> Path:
    path = place / "sent" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return path


def uploaded(client: TestClient, source: str, path: Path) -> dict[str, object]:
    content = path.read_bytes()
    answer = client.post(
        "/v1/batches",
        data={"source": source, "sha256": hashlib.sha256(content).hexdigest()},
        files={"content": (path.name, content)},
    )
    assert answer.status_code == 202, answer.text
    while (told := client.get(f"/v1/batches/{answer.json()['id']}").json())["state"] not in {
        "done", "failed",
    }:  # fmt: skip
        time.sleep(0.1)
    return dict(told)


def tried(client: TestClient, path: Path, source: str) -> str:
    answer = client.post(
        "/send", data={"action": "try", "source": source},
        files={"content": (path.name, path.read_bytes())}, follow_redirects=True,
    )  # fmt: skip
    name = str(answer.url.path)
    while 'http-equiv="refresh"' in client.get(name).text:
        time.sleep(0.05)
    return name


def test_nothing_that_is_stored_names_a_person_by_number(
    office: Settings, place: Path, temporary: Path
) -> None:
    seen: list[tuple[str, str]] = []
    # a command, watched while it runs: its arguments are the machine's to see
    family = write(place, f"农户信息{MAN}.csv", FAMILY_HEAD, FAMILY)
    for source, path in (("regions", write(place, "行政区划.csv", *REGIONS.split("\n", 1))),
                         ("farmer_household", family)):  # fmt: skip
        if source == "regions":
            path.write_text(REGIONS, encoding="utf-8")
        child = subprocess.Popen(
            [XINNONG, "ingest", source, path.name],
            cwd=path.parent,
            env={**os.environ, "XINNONG_DATA": str(office.data), "XINNONG_ENGINE_HEAP_MB": "512"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        while child.poll() is None:
            with contextlib.suppress(psutil.NoSuchProcess):
                seen += list(arguments_of(psutil.Process(child.pid)))
            time.sleep(0.2)
        seen.append((f"xinnong ingest {source}", child.communicate()[0].decode()))
    log = FactLog(office.log_dir)
    taken = log.batches()[-1].counts
    assert (taken["rows_in"], taken["quarantined"]) == (len(FAMILY), 7)

    with TestClient(create_app(office, answers_for=local_asker()), "http://127.0.0.1") as client:
        for source, name, head, rows in (
            ("loan", "贷款借据.csv", LOAN_HEAD, LOANS),
            ("enterprise", f"企业登记-{BOSS}-{OLD}-{WRONG}.csv", FIRM_HEAD, FIRMS),
        ):
            told = uploaded(client, source, write(place, name, head, rows))
            assert told["state"] == "done", told
            seen.append((f"answer of {source}", json.dumps(told, ensure_ascii=False)))
        # tried and let lie, tried and accepted, refused as a whole
        court = write(place, "失信被执行人.csv", COURT_HEAD, COURT)
        page = tried(client, court, "judgment_defaulter")
        seen.append(("trial", client.get(page).text))
        done = client.post(f"{page}/acceptance", data={"action": "take"}, follow_redirects=True)
        assert done.status_code == 200
        while 'http-equiv="refresh"' in (shown := client.get(str(done.url.path)).text):
            time.sleep(0.05)
        seen.append(("accepted", shown))
        uploaded(client, "loan", write(place, "无列名.csv", LOANS[0], LOANS[1:]))
        for page in ("/v1/batches", "/v1/worklist?warnings=true", "/v1/freshness"):
            seen.append((page, client.get(page).text))
        # who looks for a number does not leave it behind
        for wanted in (MAN, apart(MAN), wide(DOUBLE)):
            found = client.post("/v1/parties/search", json={"text": wanted})
            seen.append(("search", found.text))
        key = person_key(MAN, make_secrets(office.secrets_file).identity_key)
        for page in (f"/v1/parties/{key}", f"/v1/parties/{key}/loans", f"/v1/parties/{key}/risk"):
            seen.append((page, client.get(page).text))
        # numbers typed where words belong: into papers, into the list of a job
        papers = {
            "village": {
                "value": f"样东村，户主{apart(MAN)}", "stated_on": "2026-03-01",
                "reference": f"户口簿{wide(BOSS)}", "issuer": f"样县公安局 电话{PHONES[0]}",
                "seen_by": f"王五{OLD}",
            }
        }  # fmt: skip
        asked = {"product": "farmer_small_credit_loan", "supplied": papers}
        made = client.post("/v1/decisions", json={**asked, "party": key, "institution": WIFE})
        assert made.status_code in {200, 201}, made.text
        seen.append(("decision", made.text))
        job = client.post("/v1/decisions/jobs", json={**asked, "parties": [key, SON, WRONG]})
        assert job.status_code == 202, job.text
        while (told := client.get(job.headers["location"])).json()["state"] != "done":
            time.sleep(0.05)
        seen.append(("job", told.text))
        # corrected: the second row's number was right, so its mask is left as it is
        book = client.get("/corrections/farmer_household/farmer_household").content
        (place / "sent" / "错误明细.xlsx").write_bytes(book)
        corrected = place / "sent" / "更正.xlsx"
        with CalamineWorkbook.from_filelike(io.BytesIO(book)) as opened:
            rows = opened.get_sheet_by_index(0).to_python()
        day, names = rows[0].index("采集日期"), rows[0].index("姓名")
        for row in rows[1:]:
            if row[names] == "样戊":
                row[day] = "2026-03-02"
        with xlsxwriter.Workbook(corrected) as again:
            sheet = again.add_worksheet()
            for at, row in enumerate(rows):
                sheet.write_row(at, 0, [str(cell) for cell in row])
        told = uploaded(client, "farmer_household", corrected)
        assert told["state"] == "done"
        assert client.get("/corrections/loan/loan").status_code == 200
        with contextlib.suppress(OSError):
            (place / "sent" / "贷款错误明细.xlsx").write_bytes(
                client.get("/corrections/loan/loan").content
            )

    drop = place / "drop"
    (drop / "guarantee").mkdir(parents=True)
    (drop / "guarantee" / "担保.csv").write_text(
        "\n".join([GUARANTEE_HEAD, *GUARANTEES]) + "\n", encoding="utf-8"
    )
    folder = DropFolder(drop, office, settle_s=0)
    list(folder.take())
    arrived = list(folder.take()) or []
    seen += [("arrival", arrival.message_zh) for arrival in arrived]
    with pytest.raises(Exception, match=r"撤销原因|reason"):
        ingest.withdraw("3", reason=f"{apart(MAN)}送错", by="王五", settings=office)
    ingest.withdraw(str(len(log.batches())), reason="送错了", by="王五", settings=office)
    for command in (["worklist"], ["quarantine", "list", "farmer_household"],
                    ["quarantine", "export", "enterprise", "--out", str(place / "out")],
                    ["identity", "candidates"], ["prospects"],
                    ["export", "--graphml", str(place / "out" / "district.graphml")],
                    ["check"]):  # fmt: skip
        (place / "out").mkdir(exist_ok=True)
        done = subprocess.run(
            [XINNONG, *command],
            env={**os.environ, "XINNONG_DATA": str(office.data), "XINNONG_ENGINE_HEAP_MB": "512"},
            capture_output=True,
            timeout=300,
            check=False,
        )
        seen.append((" ".join(command), (done.stdout + done.stderr).decode("utf-8", "replace")))
    seen += list(arguments_of(psutil.Process()))

    with connect(office) as graph:
        nodes, ties = dump(graph)
    assert len(nodes) > 20 and ties
    seen += [("graph", each) for each in (*nodes, *ties)]
    # the person whose number was left masked in the workbook is there, by key
    key = person_key(OTHER, make_secrets(office.secrets_file).identity_key)
    assert key in FactLog(office.log_dir).read("Person")["key"].to_pylist()
    # 南充's id that is a code as well is a person's
    double = person_key(DOUBLE, make_secrets(office.secrets_file).identity_key)
    assert double in FactLog(office.log_dir).read("BORROWED")["from_key"].to_pylist()
    assert f"org:{DOUBLE}" not in str(nodes)
    sources = {batch.source for batch in FactLog(office.log_dir).batches()}
    assert sources >= {"farmer_household", "loan", "enterprise", "judgment_defaulter", "guarantee"}

    stored = [*texts_under(office.data), *texts_under(temporary), *texts_under(place / "out")]
    stored += [
        (path.name, text)
        for path in (place / "sent" / "错误明细.xlsx", place / "sent" / "贷款错误明细.xlsx")
        for text in [text for _, text in texts_under_file(path)]
    ]
    stored += [each for path in drop.rglob("*错误明细.xlsx") for each in texts_under_file(path)]
    assert found_in(PLANTED, [*seen, *stored]) == []
    # nor is any put together from what is stored and shown: all of it says less than a hundredth
    clues = clues_in(text for _, text in (*seen, *stored))
    for number in (MAN, WIFE, SON, BOSS, CLERK, OTHER, DOUBLE, ASKED):
        born, sex = resident_id.birth_on(number), resident_id.sex(number)
        left = clues.candidates(number[:6], born, sex)
        assert number in left and len(left) >= 100, (number, len(left))
    if os.name == "posix":
        lies = [office.data, *office.data.rglob("*")]
        assert [path for path in lies if path.exists() and path.stat().st_mode & 0o077] == []
    password = make_secrets(office.secrets_file).engine_password
    assert not [where for where, text in seen if password in text]
    assert not list((office.data / "uploads").glob("*")), "a file that was sent still lies there"
    # the sweep sees what it should: files hold the numbers as they were sent
    assert {number for number, _ in found_in(PLANTED, texts_under(place / "sent"))} >= {MAN, DOUBLE}


def texts_under_file(path: Path) -> Iterator[tuple[str, str]]:
    yield from ((where, text) for where, text in texts_under(path.parent) if path.name in where)
