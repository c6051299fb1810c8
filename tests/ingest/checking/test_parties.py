"""Whose number it is: a person's id that is a well-formed code too, odd spellings, other documents."""

from __future__ import annotations

from functools import cache

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.identifiers import Verdict, person_key, resident_id
from graph.identifiers import unified_social_credit_code as uscc
from graph.identifiers.appearance import (
    appearance,
    masked_form,
    registration_number_fits,
    visible_tail,
)
from graph.identifiers.person_in_code import looks_like_a_person
from ingest.catalogue.field import FieldSpec
from ingest.checking.naming import suggests
from ingest.checking.parties import organisation, parties, party
from ingest.checking.values import read_column
from ingest.reading.texts import Texts

KEY = "11" * 32


def wide(digits: str) -> str:
    """The digits in full width, as an input method writes them."""
    return "".join(chr(ord(each) + 0xFEE0) for each in digits)


LABEL, MASKED = 1, 2
#: 南充, 汉中, 南阳, 镇江, and a place of our own whose ids are codes only by their check digits.
AREAS = ("511321", "612327", "411321", "321121", "610322")


@cache
def doubles(area: str) -> tuple[str, ...]:
    """Ids of a place that are well-formed codes as well, found by trying."""
    found = []
    for month in range(1, 13):
        for sequence in range(999):
            text = resident_id.complete(f"{area}1989{month:02d}21{sequence:03d}")
            if uscc.check(text).verdict is not Verdict.INVALID:
                found.append(text)
    return tuple(found)


@cache
def code_and_id() -> str:
    """A body of a county that ends in 20 (永川区 500120), whose code reads as an id born in 20xx."""
    for prefix in ("12", "51", "52", "54"):
        for day in range(1, 29):
            for number in range(100):
                start = f"{prefix}50012011{day:02d}{number:02d}00"[:16]
                try:
                    code = uscc.complete(start)
                except Exception:  # noqa: BLE001 - not every start is one
                    continue
                if code.isdigit() and resident_id.check(code).value and uscc.registrar_known(code):
                    return code
    raise AssertionError("none found")


@pytest.mark.parametrize("area", AREAS)
def test_a_persons_id_is_a_persons_even_where_it_is_a_code(area: str) -> None:
    assert doubles(area)
    for text in doubles(area)[:40]:
        named, found = party(text, KEY, lambda: ["南充样女"])
        assert (named[0], named[LABEL]) == (person_key(text, KEY), "Person")
        assert found.verdict is not Verdict.INVALID
        # no registrar has that division, so without any name it is still the person
        assert party(text, KEY)[0][LABEL] == "Person"
        # called as an organisation is: contradiction, so it is asked
        assert party(text, KEY, lambda: ["南充市样区财政局"])[1].code == "two_readings"
        assert organisation(text)[1].code == "resident_id_in_code"
        assert organisation(text, lambda: ["样县样样有限公司"])[1].code == "resident_id_in_code"


def test_where_both_readings_hold_the_name_decides_and_nothing_else() -> None:
    code = code_and_id()
    assert party(code, KEY, lambda: ["样区幼儿园"])[0][0] == f"org:{code}"
    assert party(code, KEY, lambda: ["张三"])[0][LABEL] == "Person"
    for names in ([], ["ABC"], ["张三", "样区幼儿园"]):
        columns, found = party(code, KEY, lambda names=names: names)  # type: ignore[misc]
        assert set(columns) == {None}
        assert found.code == "two_readings" and code not in found.message_zh
    assert organisation(code, lambda: ["样区幼儿园"])[0][0] == f"org:{code}"
    assert organisation(code)[1].code == "resident_id_in_code"


@pytest.mark.parametrize("text", ["610322200406307817", "610322201406289836", "610322199005101047",
                                  "610322 19900510 1046", "'610322199005101046",
                                  wide("610322199005101046"), "610322900510104"])  # fmt: skip
def test_an_id_in_a_code_column_is_named(text: str) -> None:
    columns, found = organisation(text)
    assert (set(columns), found.code) == ({None}, "resident_id_in_code")
    assert "身份证号码" in found.message_zh
    assert looks_like_a_person(text)


@pytest.mark.parametrize(
    "text",
    ["'610322197501151019", "610322197501151019\xa0", "\u3000610322197501151019", "610322 19750115 1019",
     wide("610322197501151019"), "`610322197501151019", "\u2018610322197501151019", "610322-19750115-1019",
     "身份证:610322197501151019", "公民身份号码：610322197501151019", "“610322197501151019”"],
)  # fmt: skip
def test_spellings_of_one_number(text: str) -> None:
    assert party(text, KEY)[0][0] == person_key("610322197501151019", KEY)
    assert resident_id.check(text).value == "610322197501151019"


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("6.10322198808081E+17", "scientific", "科学计数"),
        ("6.10322E+17", "scientific", "末位已丢失"),
        ("610322********1099", "masked_id", "隐去"),
        ("6103221990****1046", "masked_id", "18位"),
        ("610322XXXXXXXX1099", "masked_id", "隐去"),
        ("61032219750115101", "short_id", "位数不对"),
        ("6103221975011510199", "short_id", "位数不对"),
        ("E12345678", "passport", "护照"),
        ("EA1234567", "passport", "护照"),
        ("H12345678", "home_return_permit", "港澳居民来往内地通行证"),
        ("M1234567890", "home_return_permit", "港澳"),
        ("12345678", "taiwan_permit", "台湾居民来往大陆通行证"),
        ("USA110074091234", "permanent_residence_card", "旧版外国人永久居留证"),
        ("600037341", "organisation_code", "组织机构代码"),
        ("610322100000011", "registration_number", "工商注册号"),
        ("610322197513151019", "birth_date", "出生日期"),
        ("610322197501151018", "check_digit", "身份证号"),
        ("91610305MA6X00008L", "check_digit", "统一社会信用代码"),
        ("91610305MA6X00008", "length", "统一社会信用代码"),
        ("张三", "no_identifier", "两样都不是"),
    ],
)
def test_what_it_looks_like_is_what_is_said(text: str, code: str, said: str) -> None:
    columns, found = party(text, KEY)
    assert (set(columns), found.code) == ({None}, code)
    assert said in found.message_zh
    person = code not in ("check_digit", "length", "organisation_code", "registration_number")
    assert (
        "统一社会信用代码" not in found.message_zh.split("；")[0]
        or not person
        or code == "no_identifier"
    )


def test_a_registration_number_has_its_own_check_digit() -> None:
    # GS 15-2006, the standard's own example
    assert registration_number_fits("110108000000016")
    assert not registration_number_fits("110108000000017")


def test_masks_are_brought_to_the_form_that_hides_the_last_four() -> None:
    assert masked_form("6103221990****1046") == "6103221990********"
    assert visible_tail("6103221990****1046") == "1046"
    assert masked_form("610322********104X") == "610322************"
    assert visible_tail("610322********104x") == "104X"
    assert visible_tail("61032219900510****") is visible_tail("6103221990***1046") is None
    assert masked_form("610322199005101046") is None
    assert masked_form("61032219900510XXXX") == "61032219900510****"
    # fifteen characters begin with a year of two digits: what stands there is no date of ours
    assert masked_form("610322900510***") == "610322************"
    assert appearance("610322199005101046") is None


def test_a_code_that_a_person_confirmed_is_used_and_counted_apart() -> None:
    code = "91610305MA6X00008L"  # as a licence may have it that was printed before the standard
    assert organisation(code)[1].code == "check_digit"
    columns, found = organisation(code, confirmed={code})
    assert columns[0] == f"org:{code}"
    assert (found.verdict, found.code) == (Verdict.WARNING, "confirmed_code")
    assert party(code, KEY, confirmed={code})[1].code == "confirmed_code"
    assert organisation("91610305MA6X00008M", confirmed={code})[1].code == "check_digit"


@pytest.mark.parametrize(
    ("name", "is_a"),
    [("南充样女", "person"), ("买买提·艾力", "person"), ("买买提・艾力", "person"), ("李行", "person"),
     ("样县财政局", "organisation"), ("样东村村民委员会", "organisation"), ("样县幼儿园", "organisation"),
     ("丰硕果业有限公司", "organisation"), ("样县样样律师事务所", "organisation"), ("张三(小名狗蛋)", "person"),
     ("JOHN SMITH", None), ("", None)],
)  # fmt: skip
def test_what_a_name_suggests(name: str, is_a: str | None) -> None:
    assert suggests(name) == is_a


# ------------------------------------------------------------ the whole column says the same

double = st.sampled_from(AREAS).flatmap(lambda area: st.sampled_from(doubles(area)))
ids = st.builds(
    lambda a, d, s: resident_id.complete(f"{a}{d:%Y%m%d}{s:03d}"),
    st.sampled_from(AREAS),
    st.dates(pd.Timestamp("1930-01-01").date(), pd.Timestamp("2025-01-01").date()),
    st.integers(0, 999),
)
codes = st.sampled_from(
    [uscc.complete("91610305MA900001"), uscc.complete("9161030556789012"), code_and_id()]
)
odd = st.sampled_from([wide("610322"), "610322********1046", "E12345678", "张三", "1", "'"])
numbers = st.lists(double | ids | codes | odd, max_size=25)
names = st.sampled_from([None, "张三", "样县财政局", "样样有限公司", "ABC"])


@given(numbers, st.data())
def test_a_column_of_parties_says_what_each_number_says(
    column: list[str], data: st.DataObject
) -> None:
    called = [data.draw(names) for _ in column]
    by_text: dict[str, set[str]] = {}
    for text, name in zip(column, called, strict=True):
        by_text.setdefault(text, set()).update({name} - {None})  # type: ignore[arg-type]
    spec = FieldSpec(name="party", title="证件号码", type="party_id")
    read = read_column(
        spec, Texts.of(column), pd.RangeIndex(len(column)), KEY, names=Texts.of(called)
    )
    for row, text in enumerate(column):
        columns, found = party(text, KEY, lambda text=text: by_text[text])  # type: ignore[misc]
        told = [
            read.columns[f"party{suffix}"][row] for suffix in ("_key", "_label", "_masked", "_code")
        ]
        assert [None if pd.isna(each) else each for each in told] == list(columns[:4])
        verdict = read.verdicts.get(int(read.place[row])) if len(read.place) else None
        assert (verdict.code if verdict else None) == (
            None if found.verdict is Verdict.VALID else found.code
        )


@given(st.lists(double | ids, max_size=25))
def test_ids_are_read_at_once_as_they_are_one_by_one(column: list[str]) -> None:
    columns, _ = parties(column, KEY, lambda _: ())
    assert [tuple(values) for values in zip(*columns, strict=True)] == [
        party(text, KEY)[0] for text in column
    ]
