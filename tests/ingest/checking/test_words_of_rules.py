"""Two rules of one name on the same cell each tell their own words."""

from __future__ import annotations

from pathlib import Path

from graph.settings import Settings
from ingest import ingest


def test_each_rule_tells_its_own_words(tmp_path: Path) -> None:
    """Same rule, same field, same fields in `when`: what differs is the values alone."""
    path = tmp_path / "信用评价等级.csv"
    firm = "凤翔样例果业有限公司,91610305MA9T00018F"
    path.write_text(
        "主体名称,统一社会信用代码,评价种类,评价版本,评价等级,评价单位,评价日期\n"
        f"{firm},公共信用综合评价,2026年版,优,样本中心,2026-03-31\n"
        f"{firm},公共信用综合评价,原版,A,样本中心,2025-03-31\n"
        f"{firm},交通运输信用评价,行业或地方版,绿,样本局,2026-03-31\n"
        f"{firm},劳动保障守法诚信等级评价,行业或地方版,D,样本局,2026-03-31\n"
        f"{firm},公共信用综合评价,行业或地方版,A,样本局,2026-02-28\n"
        f"{firm},交通运输信用评价,原版,A,样本局,2026-02-28\n",
        encoding="utf-8",
    )
    settings = Settings(data=tmp_path / "data")
    [batch] = ingest("credit_grade", [path], settings=settings, into_graph=False).batches
    words = {item.row: item.message_zh.partition("。")[0] for item in batch.findings}
    assert words == {
        2: "2026年版公共信用综合评价只有 A、B、C、D 四级",
        3: "原版公共信用综合评价只有优、良、中、差四级",
        4: "交通运输信用评价只有 AA、A、B、C、D 级",
        5: "劳动保障守法诚信等级只有 A、B、C 级",
        6: "公共信用综合评价的版本请写“2026年版”或者“原版”",
        7: "行业评价的版本请写“行业或地方版”",
    }
