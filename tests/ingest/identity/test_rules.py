"""What single rules find, and what they leave alone."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest
from pypinyin import Style, lazy_pinyin

from graph.identifiers import tail_key
from graph.names.sound import same_sound, syllables
from graph.names.writing import common_writing, plain, simplified
from ingest.checking.naming import label_of_name
from ingest.identity import rules
from ingest.identity.commonness import Commonness, count
from ingest.identity.comparison import compare
from ingest.identity.firm_name import core_name
from ingest.identity.policy import FindingWeight, load_policy
from ingest.identity.record import Record, told
from ingest.identity.rules import RULES, Rule, findings


def person(name: str | None = None, **said: object) -> Record:
    return told(Record(key="provisional:x", label="Person", name=name, **said))  # type: ignore[arg-type]


def firm(name: str, **said: object) -> Record:
    return Record(key="provisional:f", label="Enterprise", name=name, **said)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("surname", "reading"),
    [("单", "shan"), ("仇", "qiu"), ("解", "xie"), ("区", "ou"), ("查", "zha"), ("曾", "zeng"),
     ("翟", "zhai"), ("盖", "ge"), ("朴", "piao"), ("覃", "qin"), ("员", "yun"), ("缪", "miao")],
)  # fmt: skip
def test_surnames_are_read_as_surnames(surname: str, reading: str) -> None:
    assert reading in syllables(surname + "建国")[0]
    # the general dictionary does not, which is why there is a table
    assert lazy_pinyin(surname, style=Style.NORMAL) != [reading]


def test_compound_surnames() -> None:
    assert [sorted(each) for each in syllables("尉迟敬德")[:2]] == [["yu"], ["chi"]]
    assert same_sound("令狐冲", "玲胡冲") == "exact"


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [("仇伟", "邱伟", "exact"), ("程建英", "陈建音", "near"), ("张长乐", "章昌月", "exact"),
     ("单文", "丹文", None), ("李明", "李明亮", None), ("", "", None)],
)  # fmt: skip
def test_same_sound(one: str, other: str, found: str | None) -> None:
    assert same_sound(one, other) == found


def test_writing() -> None:
    assert simplified("張 國·華") == "张国华"
    assert simplified("\uff21\uff22") == "ab"  # full-width letters
    assert common_writing("傅强") == common_writing("付強")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_every_rule_explains_itself_in_one_chinese_sentence(rule: Rule) -> None:
    assert rule.__doc__ and rule.__doc__.count("。") == 1
    assert re.search(r"[\u4e00-\u9fff]", rule.__doc__)


def test_every_finding_has_a_weight_that_is_used() -> None:
    text = (rules.__spec__ and rules.__spec__.loader.get_source(rules.__name__)) or ""  # type: ignore[union-attr]
    for name in load_policy().findings:
        rule, level = name.split(".")
        assert any(each.__name__ == rule for each in RULES)
        assert f'"{level}"' in text or rule == "name_sound"
    with pytest.raises(ValueError, match="bits"):
        FindingWeight(bits=1.0, agree=0.5)


@pytest.mark.parametrize(
    ("written", "name", "former", "nicknames"),
    [
        ("张建国（小名狗蛋）", "张建国", (), ("狗蛋",)),
        ("张建国(曾用名：张卫东、张红卫)", "张建国", ("张卫东", "张红卫"), ()),
        ("李宝珍老师", "李宝珍", (), ()),
        ("刘女士", None, (), ()),
        ("王师傅", None, (), ()),
        ("欧阳 建·华", "欧阳建华", (), ()),
        (None, None, (), ()),
    ],
)
def test_what_a_name_tells(
    written: str | None, name: str | None, former: tuple[str, ...], nicknames: tuple[str, ...]
) -> None:
    found = person(written)
    assert (found.name, found.former_names, found.nicknames) == (name, former, nicknames)


def test_a_form_of_address_tells_the_sex() -> None:
    assert person("刘女士").sex == "female"
    assert person("刘先生", sex="female").sex == "female"


@pytest.mark.parametrize(
    ("name", "label"),
    [("凤翔区丰硕果业有限公司", "Enterprise"), ("绿源苹果种植农民专业合作社", "Cooperative"),
     ("张建国粮油店", "IndividualBusiness"), ("三岔村股份经济合作社", "Collective"),
     ("金穗家庭农场", "FamilyFarm"), ("张建国", "Person"), ("王站", "Person"), (None, "Person")],
)  # fmt: skip
def test_what_kind_a_name_suggests(name: str | None, label: str) -> None:
    assert label_of_name(name) == label


@pytest.mark.parametrize(
    ("name", "core"),
    [("宝鸡市凤翔区丰硕果业有限责任公司", "丰硕"), ("凤翔县丰硕苹果种植农民专业合作社", "丰硕"),
     ("凤翔雍城农业有限责任公司", "雍城"), ("凤翔区城关镇张建国粮油店", "张建国"),
     ("果业有限公司", "果业"), ("超市", "超市")],
)  # fmt: skip
def test_core_of_a_firm(name: str, core: str) -> None:
    assert core_name(name) == core


def test_near_findings() -> None:
    one, other = firm("凤翔区雍州新天地商贸有限公司"), firm("凤翔区雍川新天地商贸有限公司")
    found = rules.firm_core(one, other)
    assert found and found.level == "near"
    here = person("张", address="柳林镇北街村三组15号")
    assert rules.address(here, person("张", address="柳林北街村三组15号")).level == "near"  # type: ignore[union-attr]
    # another house number is another house
    assert rules.address(here, person("张", address="柳林镇北街村三组16号")) is None


def test_a_mask_is_compared_with_the_birth_it_hides() -> None:
    end, other_end = tail_key("001X", "11" * 32), tail_key("0028", "11" * 32)
    hidden = person("张", masked_id="610322************", tail_key=end, birth_on=date(1975, 3, 15))
    for mask, tail, level in (
        ("6103221975********", end, "same"),
        ("6103221975********", None, "same"),
        ("6103221976********", end, "different"),
        ("6103221975********", other_end, "different"),
        ("610322************", other_end, "different"),
        ("610322************", end, "same"),
        ("610322************", None, None),
    ):
        found = rules.masked_id(hidden, person("张", masked_id=mask, tail_key=tail))
        assert (found and found.level) == level, (mask, tail)


def test_a_shared_value_stops_being_evidence() -> None:
    policy = load_policy()
    crowd = [
        Record(key=f"person:{n}", label="Person", name=f"甲{n}", phone="138****0001",
               identifiers=frozenset({f"person:{n}"}))
        for n in range(policy.generic["phone"] + 1)
    ]  # fmt: skip
    one, other = person("张三", phone="138****0001"), crowd[0]

    def weight(common: Commonness) -> tuple[float, str | None]:
        reasons = compare(one, other, common, policy).reasons
        return next((each.bits, each.note) for each in reasons if each.rule == "phone")

    bits, note = weight(count([one, *crowd[:3]]))
    assert bits > 5 and note == "4 个主体有此值"
    assert weight(count([one, *crowd])) == (0.0, "该值由 8 个主体共用，不作为依据")


def test_a_rare_name_says_more_than_a_common_one() -> None:
    policy = load_policy()
    one, other = person("张伟"), replace(person("张伟"), identifiers=frozenset({"person:1"}))
    odds = [
        compare(one, other, Commonness(20_000, 0, {"name": {"张伟": holders}}), policy).odds
        for holders in (1, 10, 100, 1000)
    ]
    assert odds == sorted(odds, reverse=True) and odds[0] > odds[3] + 9


def test_a_person_is_no_organisation() -> None:
    policy = load_policy()
    found = compare(person("张建国"), firm("张建国粮油店"), Commonness(1, 0, {}), policy)
    assert found.by_identifier == "different" and found.probability == 0.0


@pytest.mark.parametrize("dot", ["\u00b7", "\u2022", "\u30fb", "\uff65", "\u2027", "\u2219", "\u22c5", ".", "\uff0e", " "])  # fmt: skip
def test_every_dot_of_a_name_is_the_same_dot(dot: str) -> None:
    other = f"买买提{dot}艾力"
    assert plain("买买提·艾力") == plain(other)
    assert told(Record("a", "Person", name=other)).name == "买买提艾力"
    found = {rule: outcome.level for _, rule, outcome in findings(
        Record("a", "Person", name="买买提·艾力"), Record("b", "Person", name=other))}  # fmt: skip
    assert found == {"name_same": "same"}


def test_a_whole_registered_name_is_more_than_a_likeness() -> None:
    name = "宝鸡市凤翔区丰硕果业有限责任公司"
    known = Record("org:1", "Enterprise", name=name, identifiers=frozenset({"org:1"}))
    persons = [
        Record(f"person:{n}", "Person", name=f"样{n}", identifiers=frozenset({f"person:{n}"}))
        for n in range(30)
    ]
    common = count([known, *persons])
    policy = load_policy()
    found = compare(firm(name), known, common, policy)
    assert [reason.rule for reason in found.reasons] == ["firm_name"]
    assert found.probability > 0.95
    # the same shop sign is found in every street: it stays a likeness
    sign = "便民超市"
    shop = replace(known, name=sign)
    likeness = compare(firm(sign), shop, count([shop, *persons]), policy)
    assert [reason.rule for reason in likeness.reasons] == ["name_same"]
    assert likeness.probability < 0.5
    # another region is another firm
    elsewhere = replace(known, name="宝鸡市岐山县丰硕果业有限责任公司")
    other = compare(firm(name), elsewhere, common, policy)
    assert other.probability < policy.likely_from


def test_firms_are_not_looked_for_among_persons() -> None:
    crowd = [
        Record(f"person:{n}", "Person", name=f"样{n}", identifiers=frozenset({f"person:{n}"}))
        for n in range(20)
    ]
    policy = load_policy()
    common = count(crowd)
    assert (common.persons, common.firms) == (20, 0)
    assert common.population(of_persons=False, policy=policy) == policy.least_firms
    assert common.population(of_persons=True, policy=policy) == policy.least_population
