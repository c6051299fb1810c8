"""Who is whom: a key that turned out to be another party, and the other names of a person.

`SAME_AS` points from the key that is given up to the one that stays.  With certainty 1 (judged by
an officer, or stated by a register that knows both identifiers) readers follow it; below 1 it is
a hint that nothing follows.  Identity has no date: the tie carries no valid time.
"""

from __future__ import annotations

from graph.information import InformationClass
from graph.vocabulary import Node, Property, Relationship, Sensitivity, ValueType

NODES = (
    Node(
        "PersonAlias",
        "姓名别称",
        describes="Person",
        basis="户口登记项目 曾用名",
        properties=(
            Property("former_names", "曾用名（、分隔）", sensitivity=Sensitivity.C2),
            Property("nicknames", "小名或绰号（、分隔）", sensitivity=Sensitivity.C2),
        ),
        information=InformationClass.IDENTITY,
    ),
)

RELATIONSHIPS = (
    Relationship(
        "SAME_AS",
        "同一主体",
        ("Party",),
        ("Party",),
        "a key is the same party as another key, which stands for both",
        properties=(
            Property("judged_by", "核对人"),
            Property("judged_on", "核对日期", ValueType.DATE),
            Property("ground", "核对依据", sensitivity=Sensitivity.C2),
        ),
        is_identity=True,
        information=InformationClass.IDENTITY,
    ),
)
