"""The sample district's own list of duties: who sends what by when, and who never did."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from graph.private import private_folder
from ingest.sample.office.desk import Desk

__all__ = ["CLAUSE", "DEPARTMENTS", "ORDER", "OVERDUE", "plant"]

ORDER = 5
CLAUSE: Final = "样本区信用办〔2026〕1号 附件"
#: Source -> which department of the district sends it, every quarter.
DEPARTMENTS: Final = {
    "enterprise": "样本区行政审批局",
    "cooperative": "样本区农业农村局",
    "loan": "样本农村商业银行",
    "individual_business": "样本区市场监督管理局",
    "utility_payment": "样本区自来水公司",
    "real_estate": "样本区不动产登记中心",
}
#: Of these no file ever came.
OVERDUE: Final = ("individual_business", "real_estate", "utility_payment")
#: Days after the end of a quarter: whoever sent nothing is past them on any day of the last month.
WITHIN_DAYS: Final = 45
_NAME = "sample_duties.yaml"


def plant(at: Desk) -> Mapping[str, Any]:
    """Write the notice where the office keeps its own; the truth says who owes what, and who is late."""
    folder = private_folder(at.office.settings.catalogues_dir)
    lines = [
        "title: 样本区信用信息责任分工",
        "document: 样本区信用办〔2026〕1号",
        "document_kind: notice",
        "issuer: 样本区信用办",
        "from: 2026-01-01",
        "duties:",
        *(
            f"  - {{source: {source}, department: {department}, every: quarter, "
            f"within_days: {WITHIN_DAYS}, clause: {CLAUSE}}}"
            for source, department in DEPARTMENTS.items()
        ),
    ]
    (folder / _NAME).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return {"departments": dict(DEPARTMENTS), "overdue": list(OVERDUE)}
