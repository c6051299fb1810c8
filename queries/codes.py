"""Codes that answers bring besides those of properties, each with its Chinese word, once.

A property's codes are said by the schema (`graph.vocabulary.Property.values`); these are the codes
of our own answers: why a fact was not counted, how a search found a party.  An answer carries the
code, for programs, and beside it the word from here, for people.
"""

from __future__ import annotations

from collections.abc import Mapping

from graph.schema import SCHEMA

__all__ = [
    "ADVERSE",
    "CERTAINTIES",
    "CIRCUMSTANCES",
    "GROUNDS",
    "GROUPS",
    "KINDS",
    "LEFT_OUT",
    "MATCHES",
    "SEEDS",
    "WHY_UNKNOWN",
    "WORDS",
    "adverse_codes",
    "adverse_word",
    "code_list",
]

#: Kinds of adverse records (`queries.adverse`), as a sentence names them.
ADVERSE: Mapping[str, str] = {
    "list_entry": "失信和异常名单", "penalty": "行政处罚", "tax_arrears": "欠税", "tax_grade": "纳税信用级别",
    "loan": "贷款", "registration": "登记状态", "utility": "水电气欠费",
}  # fmt: skip

#: What is adverse about a loan besides its class.
CIRCUMSTANCES: Mapping[str, str] = {
    "written_off": "有过呆账、代偿或以资抵债",
    "overdue": "逾期",
    "matured": "已过到期日仍有余额，待核实",
}

#: The property whose codes an adverse record of a kind says.
_SAID_BY = {
    "list_entry": "ListEntry.list_kind",
    "tax_grade": "TaxRating.grade",
    "loan": "LoanState.loan_class",
    "registration": "Enterprise.registration_state",
    "utility": "UtilityAccount.service",
}

#: What makes a fact count for the risk of a party (lines of the risk policy).
SEEDS: Mapping[str, str] = {
    "matured_unpaid": "到期未还", "written_off": "呆账、代偿或以资抵债", "deregistered_with_debts": "注销而债务未清",
    "licence_revoked": "吊销营业执照",
}  # fmt: skip

#: Why a fact or a tie is not counted for the risk.
LEFT_OUT: Mapping[str, str] = {
    "identity_not_proven": "身份未核实",
    "superseded": "已有更新的说法", "settled": "已结清", "ratio_unknown": "持股比例未知",
    "party_ended": "一方已注销或死亡，不再传导", "nothing_owed": "所担保的债务已无余额",
    "too_old": "年代已久，截止日期不明", "same_debt": "与已计入的是同一债务，只计一次",
    "perhaps_same_debt": "未能证明与已计入的是两笔债务，只计一次", "same_cause": "与已计入的出于同一情形，只计一次",
    "said_before_due": "报送时尚未到期，不知是否已还", "seeds_nothing": "不计入模型值",
    "no_line": "政策未列这一类，不计入模型值",
}  # fmt: skip

#: Why a fact is not known (`queries.eligibility.facts.fact`).
WHY_UNKNOWN: Mapping[str, str] = {
    "not_collected": "尚未采集", "no_bureau_answer": "尚无征信答复", "no_consent": "未获授权",
    "undetermined": "记录不完整，尚不能断定", "stale": "已有的材料过期", "not_applicable": "不适用",
}  # fmt: skip

#: By which standard somebody is a beneficial owner (`queries.structure.beneficial`).
GROUNDS: Mapping[str, str] = {
    "share": "持股", "control": "控制", "arrangement": "信托、代持等安排的当事人",
    "management": "高级管理人员",
}  # fmt: skip

#: How sure a rule's source is.
CERTAINTIES: Mapping[str, str] = {
    "found": "有公开出处",
    "known": "行业惯例",
    "unsure": "待本地确认",
}

#: How a search found a party.
MATCHES: Mapping[str, str] = {
    "key": "编号相符", "name": "名称相符", "begin": "名称开头", "part": "名称的一部分", "sound": "拼音",
    "near": "近似，请核对", "loan": "借据号", "phone": "联系电话", "household": "户主", "place": "所在村镇",
    "code_part": "代码的一部分",
}  # fmt: skip

#: What the rows of a report by group are grouped by.
GROUPS: Mapping[str, str] = {"sex": "性别", "age_band": "年龄段", "village": "村"}

#: Every kind of the schema, and every label, with its term.
KINDS: Mapping[str, str] = {
    **{node.label: node.term for node in SCHEMA.nodes.values()},
    **{tie.type: tie.term for tie in SCHEMA.relationships.values()},
    "LegalRepresentative": "法定代表人",
    "Party": "主体",
}

#: What says a kind of adverse record in the words of its paper.
_SPOKEN_BY = {"penalty": SCHEMA.property("Penalty", "penalty_kinds")}

_ADVERSE_WHAT = {
    **{code: word for named in _SAID_BY.values() for code, word in SCHEMA.codes(named).items()},
    **CIRCUMSTANCES,
}

#: Lists by the name that a question's header gives them; a property's by `Kind.property`.
_LISTS: Mapping[str, Mapping[str, str]] = {
    "adverse": ADVERSE,
    "adverse_what": _ADVERSE_WHAT,
    "kinds": KINDS,
    "matches": MATCHES,
}

#: Who answers for a fact that no file brought.
_ORIGINS = {"graph": "图谱", "identity": "主体核对"}

#: Every code with its word, for who has nothing but the code.
WORDS: Mapping[str, str] = {
    **{code: word for words in reversed(SCHEMA.words.values()) for code, word in words.items()},
    **CIRCUMSTANCES, **SEEDS, **LEFT_OUT, **WHY_UNKNOWN, **GROUNDS, **CERTAINTIES, **_ORIGINS,
}  # fmt: skip


def code_list(named: str) -> Mapping[str, str]:
    """The codes of a list with their words; raises `KeyError` for a list that nobody made."""
    return SCHEMA.codes(named) if "." in named else _LISTS[named]


def adverse_codes(kind: str, what: str | None) -> list[str]:
    """What an adverse record of a kind is, in codes; of a text that is none (a kind of tax), none."""
    if what is None:
        return []
    if kind in _SPOKEN_BY:
        return _SPOKEN_BY[kind].codes_in(what)
    return [what] if what in _ADVERSE_WHAT else []


def adverse_word(kind: str, what: str | None) -> str | None:
    """What an adverse record of a kind is, in a word; a text that is no code is its own word."""
    if what is None:
        return None
    words = SCHEMA.codes(_SAID_BY[kind]) if kind in _SAID_BY else {}
    return words.get(what) or CIRCUMSTANCES.get(what, what)
