"""A firm that a court names by its old organisation code is the firm whose unified code holds it."""

from __future__ import annotations

from pathlib import Path

import ingest
from graph.log import FactLog
from graph.settings import Settings

FIRM = "91610305MA6XT0014H"
PERSON = "61032219800229102X"
LOANS = ("金融机构编码,金融机构名称,借据号,借款人名称,借款人证件号码,借款金额（万元）,发放日期,"
         "到期日期,贷款余额（万元）,五级分类,数据日期\n"
         f"C1402610305001,样本行,J1,凤翔样甲有限公司,{FIRM},10,2025-01-05,2027-01-05,9,正常,2026-03-31\n")  # fmt: skip
HEAD = "bzxrmc,sfzhm,zzjgdm,zxfy,zxyjwh,ah,sxbzxrxwqk,fbrq\n"
ROW = "%s,%s,%s,样法院,样1号,样%s号,样,2025-03-01\n"


def take(settings: Settings, folder: Path, source: str, name: str, text: str) -> ingest.BatchReport:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return ingest.ingest(source, [path], settings=settings, into_graph=False).batches[0]


def test_the_courts_columns_name_persons_and_firms(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "data")
    take(settings, tmp_path, "loan", "贷款.csv", LOANS)
    rows = (
        ROW % ("凤翔样甲有限公司", "", FIRM[8:17], 1)
        + ROW % ("凤翔样甲有限公司", "", f"{FIRM[8:16]}-{FIRM[16]}", 2)
        + ROW % ("凤翔样甲有限公司", "", FIRM, 3)
        + ROW % ("钱样二", PERSON, "", 4)
        + ROW % ("凤翔样乙有限公司", "", "600037341", 5)
        + ROW % ("凤翔样丙有限公司", "", "600037342", 6)
    )
    report = take(settings, tmp_path, "judgment_defaulter", "失信被执行人.csv", HEAD + rows)
    assert [(item.row, item.column, item.severity) for item in report.findings] == [
        (7, "组织机构代码", "error"),
        (6, "组织机构代码", "warning"),
    ]
    subjects = FactLog(settings.log_dir).read("SUBJECT_OF").to_pylist()
    kinds = sorted(row["from_key"].partition(":")[0] for row in subjects)
    assert kinds == ["org", "org", "org", "person", "provisional"]
    assert {row["from_key"] for row in subjects if row["from_key"].startswith("org:")} == {
        f"org:{FIRM}"
    }
    assert {row["from_label"] for row in subjects} == {"Enterprise", "Person"}
