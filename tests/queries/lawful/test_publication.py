"""What is lawfully not published, by reason code, authority and day (public_records §1.6, §5.3)."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queries.lawful import publication, why_not_published
from queries.lawful.publication import Publication

MARKET = "宝鸡市凤翔区市场监督管理局"
OTHER = "凤翔区交通运输局"
DAY = date(2026, 11, 29)
LAST_OF_45 = date(2025, 12, 24)
FIRST_OF_107 = date(2025, 12, 25)


@pytest.mark.parametrize(
    ("kind", "said", "day", "code", "clause"),
    [
        # simple procedure is not reported, whatever the penalty and whoever made it
        ("Penalty", {"procedure": "simple", "penalty_kinds": "罚款", "authority": OTHER}, DAY,
         "simple_procedure", "第五十一条"),
        ("Penalty", {"procedure": "ordinary", "penalty_kinds": "罚款", "authority": OTHER}, DAY, None, ""),
        # of unknown procedure it is owed
        ("Penalty", {"penalty_kinds": "警告", "authority": OTHER}, DAY, None, ""),
        # (c) a warning by simple procedure is never published
        ("Penalty", {"procedure": "simple", "penalty_kinds": "警告", "authority": MARKET}, DAY,
         "simple_procedure", ""),
        # market supervision: Order 45, then Order 107; nothing before either
        ("Penalty", {"penalty_kinds": "警告", "authority": MARKET}, LAST_OF_45, "warning_only", "第45号"),
        ("Penalty", {"penalty_kinds": "警告", "authority": MARKET}, FIRST_OF_107, "warning_only", "第107号"),
        ("Penalty", {"penalty_kinds": "警告", "authority": MARKET}, date(2021, 8, 31), None, ""),
        ("Penalty", {"penalty_kinds": "警告；罚款", "authority": MARKET}, DAY, None, ""),
        ("Penalty", {"penalty_kinds": "警告", "authority": OTHER}, FIRST_OF_107, None, ""),
        # no penalty is no penalty
        ("Penalty", {"penalty_kinds": "不予处罚", "authority": OTHER}, DAY, "no_penalty", "第三十三条"),
        ("Penalty", {"penalty_kinds": "不予处罚", "subject": "Person"}, DAY, "no_penalty", ""),
        # natural persons never, whatever the record
        ("Permit", {"subject": "Person"}, DAY, "natural_person", "个人信息保护法"),
        ("Penalty", {"subject": "Person", "penalty_kinds": "罚款"}, DAY, "natural_person", ""),
        ("AdministrativeAct", {"subject": "Person", "act_class": "reward"}, DAY, "natural_person", ""),
        ("Permit", {"subject": "Enterprise"}, DAY, None, ""),
        ("Permit", {"subject": "IndividualBusiness"}, DAY, None, ""),
        # what the record says of itself
        ("Permit", {"use_scope": "internal"}, DAY, "shared_only", ""),
        ("Permit", {"use_scope": "authorised"}, DAY, "shared_only", ""),
        ("Permit", {"use_scope": "public"}, DAY, None, ""),
        ("AdministrativeAct", {"withheld_for": "secret"}, DAY, "secret", "政府信息公开条例"),
        ("Penalty", {"withheld_for": "minor"}, DAY, "minor", "未成年人保护法"),
        ("Penalty", {"withheld_for": "privacy"}, DAY, "privacy", ""),
        ("AdministrativeAct", {"act_class": "inspection"}, DAY, None, ""),
    ],
)  # fmt: skip
def test_why_a_record_is_not_published(
    kind: str, said: dict[str, Any], day: date, code: str | None, clause: str
) -> None:
    found = why_not_published(kind, said, day)

    assert (found and found.code) == code
    assert found is None or (clause in found.clause and found.title)


def test_every_reason_has_a_line_and_every_line_is_reached() -> None:
    rules = publication()

    assert list(rules.reasons) == [
        "no_penalty", "secret", "minor", "privacy", "natural_person", "shared_only",
        "simple_procedure", "warning_only",
    ]  # fmt: skip
    assert {line.reason for line in rules.lines} == {*rules.reasons}
    assert "publication:" in rules.name


def test_a_line_that_nothing_sure_stands_behind_excludes_nothing() -> None:
    said = publication().model_dump(by_alias=True)
    for line in said["lines"]:
        line["sure"] = "unsure"

    rules = Publication.model_validate(said)

    assert not any(line.in_force(DAY) for line in rules.lines)


@pytest.mark.parametrize(
    "wrong",
    [
        {"reason": "whim", "when": {"procedure": ["simple"]}},
        {"reason": "secret", "when": {"withheld_for": ["gossip"]}},
        {"reason": "secret", "when": {"colour": ["red"]}},
        {"reason": "secret"},
        {"reason": "secret", "kinds": ["ListEntry"], "when": {"withheld_for": ["secret"]}},
    ],
)
def test_a_line_about_what_no_record_says_is_refused(wrong: dict[str, Any]) -> None:
    said = publication().model_dump(by_alias=True)
    said["lines"] = [{"clause": "某条", "sure": "found", **wrong}]

    with pytest.raises(ValueError, match="某条"):
        Publication.model_validate(said)


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "procedure": st.sampled_from(["simple", "ordinary", None]),
            "penalty_kinds": st.sampled_from(["警告", "罚款", "警告；罚款", None]),
            "authority": st.sampled_from([MARKET, OTHER, None]),
            "subject": st.sampled_from(["Person", "Enterprise", None]),
            "use_scope": st.sampled_from(["public", "internal", None]),
        },
    )
)
def test_what_nobody_said_excludes_nothing(said: dict[str, Any]) -> None:
    """A statement that says less is never excluded where the fuller one is published."""
    if why_not_published("Penalty", said, DAY) is not None:
        return
    for name in said:
        less = {key: value for key, value in said.items() if key != name}
        assert why_not_published("Penalty", less, DAY) is None or name == "penalty_kinds"
