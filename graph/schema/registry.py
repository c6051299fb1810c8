"""The enterprise register beyond its entry: annual reports."""

from __future__ import annotations

from graph.vocabulary import Node, Property, Relationship, Sensitivity, ValueType

_PUBLIC = Sensitivity.PUBLIC


def _figure(name: str, term: str, element: str) -> Property:
    return Property(name, term, ValueType.INTEGER, element)


NODES = (
    Node(
        "AnnualReport",
        "企业年度报告",
        describes="Enterprise",
        basis="企业信息公示暂行条例 第九条",
        properties=(
            Property("year", "年报年度", ValueType.INTEGER, "ancheyear", _PUBLIC),
            _figure("total_assets_fen", "资产总额", "ASSGRO"),
            _figure("liabilities_fen", "负债总额", "LIAGRO"),
            _figure("net_assets_fen", "所有者权益合计", "TOTEQU"),
        ),
    ),
)

RELATIONSHIPS: tuple[Relationship, ...] = ()
