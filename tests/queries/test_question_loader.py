"""A question that lies about itself does not load."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from graph.errors import InputError, SettingsError
from graph.information import InformationClass
from graph.time import utc_now
from queries.question import parse_question

HEAD = """// title: 试问 / Trial
// question: 谁？ / Who?
// param key: text = 编号 / key
// returns key: text = 编号 / key
// basis: 无
// access: public, appraisal, beneficial_owner, household, identity, income, operation
// rows: 5
"""
BODY = """MATCH (p:Party {key: $key})<-[:DESCRIBES]-(v:Version)
WHERE live(v)
RETURN p.key AS key
"""


def parse(text: str):
    return parse_question(Path("trial.cypher"), text)


def test_a_true_question_loads() -> None:
    question = parse(HEAD + BODY)
    assert [item.name for item in question.columns] == ["key"]
    assert question.title_en == "Trial"


@pytest.mark.parametrize(
    "body",
    [
        # a version or a tie that no word is said of, or of another one
        "MATCH (p:Party {key: $key})<-[:DESCRIBES]-(v:Version)",
        "MATCH (p:Party {key: $key})<-[:DESCRIBES]-(v)",
        "MATCH (p:Party {key: $key})<-[:DESCRIBES]-(:PersonVersion)",
        "MATCH (p:Party {key: $key}) MATCH (v:LoanVersion {loan_no: $key}) WHERE p.key = v.loan_no",
        "MATCH (p:Party {key: $key})-[t:GUARANTEES]->(o:Party)",
        "MATCH (p:Party {key: $key})-[:GUARANTEES]->(o:Party)",
        "MATCH (p:Party {key: $key})-->(o:Party)",
        "MATCH (p:Party {key: $key})--(o:Party)",
        "MATCH (p:Party {key: $key})-[]-(o:Party)",
        "MATCH (p:Party {key: $key})-[t:GUARANTEES]->(o:Party)-[u:GUARANTEES]->() WHERE live(t)",
        # said, and yet it need not hold
        "MATCH (p:Party {key: $key})-[t:GUARANTEES]->() WHERE live(t) OR t.certainty >= 1",
        "MATCH (p:Party {key: $key})-[t:GUARANTEES]->() WHERE NOT live(t)",
        "MATCH (p:Party {key: $key})-[t:GUARANTEES]->() WHERE (live(t) OR true)",
        "MATCH (p:Party {key: $key})-[t:GUARANTEES]->() WHERE CASE WHEN true AND live(t) AND true THEN true END",
        "MATCH (p:Party {key: $key})-[t:GUARANTEES]->() WITH p, t WHERE live(t)",
        # of another tie of that name
        "CALL () { MATCH (p:Party {key: $key})-[t:GUARANTEES]->() WHERE live(t) RETURN p"
        " UNION MATCH (p:Party {key: $key})<-[t:GUARANTEES]-() RETURN p } WITH p",
        "MATCH (p:Party {key: $key}) WHERE EXISTS { (p)-[t:GUARANTEES]->() }",
        "MATCH (p:Party {key: $key}) WHERE (p)-[:GUARANTEES]->()",
        "MATCH (p:Party {key: $key}) WITH p, [(p)-[t:GUARANTEES]->(o) | o.key] AS others",
        # of any number, on no path or with no word over each
        "MATCH (p:Party {key: $key})-[:GUARANTEES*1..3]->(o:Party)",
        "MATCH way = (p:Party {key: $key})-[:GUARANTEES*1..3]->(o:Party)",
        "MATCH way = (p:Party {key: $key})-[:GUARANTEES*1..3]->(o:Party)"
        " WHERE any(t IN relationships(way) WHERE live(t))",
        "MATCH (p:Party {key: $key}) (()-[t:GUARANTEES]->()){1,3} (o:Party)",
    ],
)  # fmt: skip
def test_what_no_clock_is_over_is_refused(body: str) -> None:
    with pytest.raises(SettingsError, match="live"):
        parse(f"{HEAD}{body}\nRETURN p.key AS key\n")


@pytest.mark.parametrize(
    "body",
    [
        "MATCH (p:Party {key: $key})-[t:GUARANTEES WHERE live(t)]->(o:Party)",
        "MATCH way = (p:Party {key: $key})-[:GUARANTEES*1..3]->(o:Party)"
        " WHERE all(t IN relationships(way) WHERE live(t) AND t.certainty >= 1)",
        "MATCH (p:Party {key: $key}) (()-[t:GUARANTEES WHERE live(t)]->()){1,3} (o:Party)",
        "MATCH (p:Party {key: $key})-[t:GUARANTEES]->(o:Party) WHERE p.key STARTS WITH 'live(' AND live(t)",
    ],
)
def test_what_a_clock_is_over_loads(body: str) -> None:
    head = re.sub("access: .*", "access: guarantee", HEAD)
    question = parse(f"{head}{body}\nRETURN p.key AS key\n")
    assert "t.known_from <= $known_at" in question.text
    assert "$granted" in question.scoped_text and "$granted" not in question.text


@pytest.mark.parametrize(
    ("of", "word"),
    [
        ("labels(p)", "labels"), ("properties(v)", "properties"), ("v.source", "source"),
        ("v {.*}", r"\*"), ("v.batch", "batch"), ("v.row", "row"), ("v.known_to", "known_to"),
    ],
)  # fmt: skip
def test_what_may_give_away_more_is_for_the_expansions_to_write(of: str, word: str) -> None:
    with pytest.raises(SettingsError, match=f"{word}.* is for the expansions"):
        parse(HEAD + BODY.replace("p.key AS key", f"{of} AS key"))


@pytest.mark.parametrize(
    "body",
    [
        "MATCH (p:Party {key: $key})-[t:SUBJECT_OF]->(x:ListEntry) WHERE live(t)",
        "MATCH (p:Party {key: $key})-[t:SUBJECT_OF]->() WHERE live(t)",
        "MATCH (p:Party {key: $key})-[t:PENALISED_BY]->(x) WHERE live(t) AND usable(p)",
        "MATCH (p:Party {key: $key})-[t]-(x) WHERE live(t)",
        "MATCH (p:Party {key: $key})-[t:OWES]->(x) WHERE live(t) OR usable(x)",
        "MATCH (p:Party {key: $key})-[t:OWES]->(x)<-[:DESCRIBES]-(v:TaxArrearsVersion)"
        " WHERE live(t) AND live(v)",
        "MATCH (p:Party {key: $key}) MATCH (v:ListEntryVersion {case_no: $key}) WHERE live(v)",
        # of another record of that name
        "CALL () { MATCH (p:Party {key: $key})-[t:OWES]->(x) WHERE live(t) AND usable(x) RETURN p"
        " UNION MATCH (p:Party {key: $key})-[t:SUBJECT_OF]->(x) WHERE live(t) RETURN p } WITH p",
    ],
)  # fmt: skip
def test_a_public_record_is_read_by_the_law_of_the_day(body: str) -> None:
    with pytest.raises(SettingsError, match="usable"):
        parse(f"{HEAD}{body}\nRETURN p.key AS key\n")


def test_a_record_that_is_usable_is_so_beneath_as_well() -> None:
    body = (
        "MATCH (p:Party {key: $key})-[t:SUBJECT_OF]->(x) WHERE live(t) AND usable(x)\n"
        "CALL (x) { MATCH (x)<-[:DESCRIBES]-(v:ListEntryVersion) WHERE live(v) RETURN v }\n"
    )
    head = re.sub("access: .*", "access: public", HEAD)
    assert parse(f"{head}{body}RETURN p.key AS key\n").access == {InformationClass.PUBLIC_RECORD}


@pytest.mark.parametrize("word", ["held", "known", "visible"])
def test_words_of_fragments_are_of_fragments_only(word: str) -> None:
    with pytest.raises(SettingsError):
        parse(HEAD + BODY.replace("live(v)", f"live(v) AND {word}(v)"))


def test_a_word_is_said_of_a_version_or_a_tie() -> None:
    with pytest.raises(SettingsError, match="no version and no tie"):
        parse(HEAD + BODY.replace("p.key AS key", "source_of(p) AS key"))


@pytest.mark.parametrize(
    ("broken", "complaint"),
    [
        (HEAD + BODY.replace("$key", "$other"), "parameters"),
        (HEAD + BODY.replace("AS key", "AS name"), "columns"),
        (HEAD + "MATCH (p:Party) SET p.x = 1\n" + BODY, "reads only"),
        (HEAD + BODY.replace("[:DESCRIBES]", "[:GUARANTEES*]"), "upper bound"),
        (HEAD + BODY.replace(":Version", ":Nothing"), "no such label"),
        (HEAD.replace("// basis: 无\n", "") + BODY, "lacks basis"),
        (HEAD.replace("// access: ", "// access: credit, ") + BODY, "it reads public, appraisal"),
        (re.sub("// access: .*\n", "", HEAD) + BODY, "lacks access"),
        (HEAD.replace("// rows: 5", "// rows: 5\n// rows: 6") + BODY, "twice"),
        ("// nonsense\n" + HEAD + BODY, "header line"),
        ("// within: depth 20\n" + HEAD + BODY, "within"),
        ("// within: key\n" + HEAD + BODY, "within"),
    ],
)  # fmt: skip
def test_a_faulty_question_is_refused(broken: str, complaint: str) -> None:
    with pytest.raises(SettingsError, match=complaint):
        parse(broken)


def test_parameters_are_typed_and_named() -> None:
    question = parse(HEAD + BODY)
    clock = {"as_of": "2026-04-01", "known_at": "2026-04-01T00:00:00+00:00"}
    assert question.values({"key": "a", **clock})["as_of"].isoformat() == "2026-04-01"
    with pytest.raises(InputError, match="missing"):
        question.values(clock)
    with pytest.raises(InputError, match="has no parameter"):
        question.values({"key": "a", "colour": "red", **clock})


def test_rows_beyond_what_is_shown_are_cut_and_that_is_said() -> None:
    head = HEAD.replace("returns key: text", "returns depth: integer")
    question = parse("// within: depth 2\n" + head + BODY.replace("p.key AS key", "1 AS depth"))
    rows = [{"depth": depth} for depth in (1, 2, 3)]
    shown, beyond = question.cut(rows)
    assert shown == rows[:2] and beyond is not None and "2 层" in beyond
    assert question.cut(rows[:2]) == (rows[:2], None)
    # a question for many rows that finds none has looked at all there is
    assert question.cut([]) == ([], None)


def test_more_than_a_question_answers_is_refused() -> None:
    head = HEAD.replace(
        "// returns", "// param hops: integer = 跳数 / hops ; at most 3 ; default 1\n// returns"
    )
    question = parse(head + BODY.replace("WHERE", "WHERE $hops > 0 AND"))
    clock = {"as_of": "2026-04-01", "known_at": "2026-04-01T00:00:00+00:00"}
    assert question.values({"key": "a", "hops": "3", **clock})["hops"] == 3
    with pytest.raises(InputError, match="3 at most"):
        question.values({"key": "a", "hops": "4", **clock})


TYPED = HEAD.replace(
    "// returns", "// param n: integer = 数 / n\n// param r: real = 比例 / r\n// returns"
) + BODY.replace("WHERE", "WHERE $n > 0 AND $r > 0 AND")


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("key", 1), ("key", True), ("key", None), ("key", "\ud800"), ("key", ["a"]), ("key", {}),
        ("n", "1_0"), ("n", " 1"), ("n", "１"), ("n", "1.0"), ("n", "NaN"), ("n", "9" * 5_000),
        ("n", 2**63), ("n", str(2**63)), ("n", -(2**63) - 1), ("n", True), ("n", 1.0), ("n", ""),
        ("r", "nan"), ("r", "inf"), ("r", "1e999"), ("r", "1_0"), ("r", float("nan")),
        ("r", float("inf")), ("r", True), ("r", 10**30), ("r", "x"),
        ("as_of", 20260401), ("as_of", "20260401"), ("as_of", "2026-02-30"), ("as_of", 1.5),
        ("known_at", 1767225600), ("known_at", "2026-04-01"), ("known_at", True),
        ("known_at", "9999-01-01T00:00:00+00:00"),
    ],
    ids=repr,
)  # fmt: skip
def test_nothing_is_taken_for_another_type(name: str, given: object) -> None:
    """Whatever the graph cannot hold, and what Python would read besides."""
    clock = {"as_of": "2026-04-01", "known_at": "2026-04-01T00:00:00+00:00"}
    right = {"key": "a", "n": "7", "r": "1.5e2", **clock}
    assert parse(TYPED).values(right)["r"] == 150
    with pytest.raises(InputError) as refused:
        parse(TYPED).values({**right, name: given})
    assert len(str(refused.value)) < 200


def test_nobody_knows_what_will_be_known() -> None:
    clock = {"as_of": "2026-04-01", "known_at": (utc_now() + timedelta(days=1)).isoformat()}
    with pytest.raises(InputError) as refused:
        parse(HEAD + BODY).values({"key": "a", **clock})
    assert refused.value.cause_code == "known_at_future"
