"""No number of a person stays in a text, whoever wrote it and however much of it they had hidden."""
# ruff: noqa: RUF001

from __future__ import annotations

from datetime import date

import pytest
from breadth import examples
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.identifiers import person_key, resident_id
from graph.identifiers.redaction import hides_a_number, redacted, redacted_key, redacted_name

KEY = "11" * 32
ID = resident_id.complete("61032219900510104")
PLACE = "610322" + "*" * 12


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (f"借款人李四({ID[:6]} {ID[6:14]} {ID[14:]})", f"借款人李四({PLACE})"),
        ("被执行人王五（6103221990****1046）", f"被执行人王五（{PLACE}）"),
        ("６１０３２２１９９０××××１０４Ｘ", PLACE),
        ("身份证尾号1046的王五", "身份证尾号****的王五"),
        ("证件号码后四位：104x", "证件号码后四位：****"),
        ("身份证最后4位是1046", "身份证最后4位是****"),
        # what is no id, or of which nothing is left
        ("银行卡尾号1046", "银行卡尾号1046"),
        (PLACE, PLACE),
        ("61032219900510****", "61032219900510****"),
        ("合同号610322202501010001", "合同号610322202501010001"),
        ("型号000000****1046", "型号000000****1046"),
    ],
)
def test_texts(text: str, kept: str) -> None:
    assert redacted(text) == kept and redacted(kept) == kept
    assert hides_a_number(text) is (text != kept)


@settings(max_examples=examples(60))
@given(
    st.dates(date(1930, 1, 1), date(2008, 1, 1)),
    st.integers(0, 999),
    st.sampled_from(["{}", "张三{}", "电话{}，", "{:.6} {:.0}", "第{}号"]),
)
def test_of_an_id_the_place_alone_is_left(born: date, number: int, form: str) -> None:
    code = resident_id.complete(f"610322{born:%Y%m%d}{number:03d}")
    for text in (form.format(code, code), f"{code[:10]}****{code[14:]}", f"{code[:6]}-{code[6:]}"):
        for kept in (redacted(text), redacted_name(text)):
            assert code[6:] not in kept and not kept.endswith(code[14:])


def test_numbers_of_contracts_stay_apart_and_show_no_end() -> None:
    one, other = (redacted_key(f"JD{each}", KEY) for each in (ID, ID[:10] + "****" + ID[14:]))
    again = redacted_key(f"JD{ID[:10]}****{ID[14:-1]}7", KEY)
    assert len({one, other, again}) == 3 and all(
        each.startswith(f"JD{PLACE}#") for each in (one, other)
    )
    assert redacted_key(one, KEY) == one and redacted_key(other, KEY) == other


def test_our_own_keys_are_no_texts() -> None:
    # hex digits that happen to read as a telephone
    key = "person:13812345678" + "a" * 21
    assert redacted(key) == redacted_name(key) == key
    assert redacted_name(person_key(ID, KEY)) == person_key(ID, KEY)
