"""Pages in English: every word of a template has one, what is recorded stays, and nothing else changes."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from breadth import some
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient
from walk import walk

import api.pages
from api.pages.english.cutting import HAN, expressions, messages, translated
from api.pages.english.saying import amount_said, in_english, said_in_english, written
from api.pages.english.speaking import LANGUAGE
from api.pages.english.words import (
    COMMON,
    FOLDER,
    SENTENCES,
    TERMS,
    words_of,
    words_of_template,
)
from api.pages.rendering import environment

TEMPLATES = sorted((Path(api.pages.__file__).parent / "templates").glob("*.html"))
_EXPRESSION = re.compile(r"{{.*?}}|{%.*?%}", re.DOTALL)
_CHINESE_MARKS = re.compile("[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")
_VALUES = re.compile(r"{\w*}")


def said_by(template: Path) -> list[str]:
    """The messages of a template as it is loaded."""
    return list(messages(environment("zh").preprocess(template.read_text(encoding="utf-8"))))


@pytest.mark.parametrize(
    ("source", "told", "english"),
    [
        ("<p>共 {{ n }} 笔</p>", ["共 {{ n }} 笔"], "<p>Loans: {{ n }}</p>"),
        # what stands between two tags is one message; spaces around it are the template's
        ("<b> 贷款\n  余额 </b>", ["贷款 余额"], "<b> Balance </b>"),
        # what a reader is told of an element is a message, what a form sends is none
        (
            '<input placeholder="村名" value="{{ village }}" name="村">',
            ["村名"],
            '<input placeholder="Village" value="{{ ( village )|written }}" name="村">',
        ),
        ('<a title="共 {{ n }} 笔">', ["共 {{ n }} 笔"], '<a title="Loans: {{ n }}">'),
        # a text in an expression, unless something is compared with it or looked up by it
        ('{{ "是" if one == "否" else kinds["是"] }}', ["是", "是"], None),
        ('{% if word == "是" %}{% endif %}', [], '{% if word == "是" %}{% endif %}'),
        ("{{ {'是': 'met'}[word] }}", [], "{{ {'是': 'met'}[word] }}"),
        ('{{ a }}：{{ b|join("、") }}。', [], '{{ a }}: {{ b|join(", ") }}. '),
        # what a clerk wrote, comments, and what says both languages by itself
        ("<textarea>贷款 {{ x }}</textarea>", [], "<textarea>贷款 {{ ( x )|written }}</textarea>"),
        ("{# 贷款 #}", [], "{# 贷款 #}"),
        ('{{ say("正文", "Body") }}', [], '{{ say("正文", "Body") }}'),
    ],
)  # fmt: skip
def test_messages_are_cut_out_and_put_back(
    source: str, told: list[str], english: str | None
) -> None:
    words = {"共 {{ n }} 笔": "Loans: {{ n }}", "贷款 余额": "Balance", "村名": "Village"}
    assert list(messages(source)) == told
    if english is not None:
        assert translated(source, lambda message: words.get(message, message)) == english


@given(st.text(alphabet='贷款 <>{}%"=abc#!-/\n', max_size=60))
def test_a_template_of_whatever_form_loses_nothing(source: str) -> None:
    put_back = translated(source, lambda message: message)
    assert HAN.findall(put_back) == HAN.findall(source)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.stem)
def test_every_word_of_a_template_has_english(template: Path) -> None:
    words = words_of_template(template.stem)
    assert [message for message in said_by(template) if message not in words] == []


def test_no_word_is_kept_that_no_template_says() -> None:
    by_template = {path.stem: set(said_by(path)) for path in TEMPLATES}
    everywhere = set().union(*by_template.values())
    files = {path.stem for path in FOLDER.glob("*.yaml")} - {COMMON, TERMS, SENTENCES}
    assert files <= set(by_template)
    assert [word for word in words_of(COMMON) if word not in everywhere] == []
    for name in files:
        own = words_of(name)
        assert [word for word in own if word not in by_template[name]] == [], name
        # one that says what the common one says is not said again
        assert [word for word in own if words_of(COMMON).get(word) == own[word]] == [], name


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yaml")), ids=lambda path: path.stem)
def test_english_is_english_and_has_the_same_values(path: Path) -> None:
    values = _VALUES.findall if path.stem in (TERMS, SENTENCES) else expressions
    for chinese, english in words_of(path.stem).items():
        assert sorted(values(chinese)) == sorted(values(english)), chinese
        assert english.strip(), chinese
        assert not _CHINESE_MARKS.search(_EXPRESSION.sub("", english)), (chinese, english)
        assert not re.search("[<>&]", _EXPRESSION.sub("", english)) or "<" in chinese, english


@pytest.mark.parametrize(
    ("value", "english"),
    [
        ("失信被执行人", "Judgment defaulter"),
        ("逾期、正常", "Overdue, Normal"),
        ("24.10 万元", "CNY 241,000"),
        ("1,234.50 元", "CNY 1,234.50"),
        ("李安为王芳担保", "李安 guarantees for 王芳"),
        ("王文 → 所在农户 王文", "王文 → Household of the person 王文"),
        # a name, a note and a paper are nobody's term
        ("陈永龙", "陈永龙"),
        ("授权〔2026〕4101号", "授权〔2026〕4101号"),
        ("见面谈过，愿意贷款", "见面谈过，愿意贷款"),
        ("信用分低于 600 分", "信用分低于 600 分"),
        ("600 分", "600 point(s)"),
        ("他说“正常”", "他说“正常”"),
        ("“贷款余额”×2", "“Loan balance”×2"),
        ("贷款余额：3 笔", "Loan balance: 3 item(s)"),
        ("样东沟村、贷款余额", "样东沟村, Loan balance"),
        (12, 12),
        (None, None),
    ],
)  # fmt: skip
def test_what_the_code_says_is_said_in_english_and_what_was_written_is_not(
    value: object, english: object
) -> None:
    assert in_english(value) == english


def test_a_value_that_a_form_sends_back_is_left() -> None:
    assert in_english(written("是")) == "是"
    assert in_english("是") == "Yes"
    shown = environment("en").from_string('<option value="{{ x }}">{{ x }}</option>')
    assert shown.render(x="是") == '<option value="是">Yes</option>'


@given(st.integers(-(10**12), 10**12))
def test_an_amount_is_the_same_in_whatever_unit(yuan: int) -> None:
    assert float(amount_said(f"{yuan:,}", "元")[4:].replace(",", "")) == yuan
    assert amount_said(f"{yuan}", "万元") == amount_said(f"{yuan * 10_000}", "元")


@given(
    st.sampled_from(sorted(words_of(SENTENCES))),
    st.lists(st.text(alphabet="ab7", min_size=1, max_size=5), min_size=9, max_size=9),
)
def test_a_sentence_is_known_with_whatever_values(sentence: str, values: list[str]) -> None:
    said = said_in_english(sentence.format("", *values))
    assert not HAN.search(said)
    # one value may stand in it twice, and another not at all
    assert all(one.format("", *values) in said for one in _VALUES.findall(sentence))


@given(st.text(alphabet="，。；：（）“”、 → 为担保0万元起笔", min_size=300, max_size=1_200))
def test_what_somebody_typed_takes_no_longer_for_its_marks(text: str) -> None:
    said_in_english.cache_clear()
    assert said_in_english(text)


@given(st.text(max_size=40))
def test_any_text_can_be_said(text: str) -> None:
    said = said_in_english(text)
    assert bool(said.strip()) == bool(text.strip())


class _Sent(HTMLParser):
    """What a page sends and where it leads; what it says is left out."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.told: list[tuple[str, tuple[tuple[str, str | None], ...]]] = []
        self.language = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "html":
            self.language = dict(attrs)["lang"] or ""
        if tag in ("a", "form", "input", "select", "option", "button", "textarea"):
            kept = ("name", "value", "href", "action", "method", "type", "checked", "selected")
            # the switch itself, and what is drawn anew for each page
            if dict(attrs).get("name") not in ("language", "reference", "nonce"):
                self.told.append((tag, tuple(pair for pair in attrs if pair[0] in kept)))


def test_a_page_sends_and_leads_where_it_does_in_chinese(client: TestClient) -> None:
    """A page of each shape, in both languages."""
    seen = 0
    for path, chinese in walk(client, most=len(some(range(2)))):
        if not chinese.headers["content-type"].startswith("text/html"):
            continue
        english = client.get(path, headers={"Cookie": f"{LANGUAGE}=en"})
        if (chinese.status_code, english.status_code) != (200, 200):
            # what is being reckoned says so, in either
            assert 202 in (chinese.status_code, english.status_code), path
            continue
        one, other = _Sent(chinese.text), _Sent(english.text)
        assert (one.language, other.language) == ("zh-CN", "en"), path
        # the audit has one entry more, and the interface is described in a language of its own choice
        if not path.startswith(("/audit", "/docs")):
            assert other.told == one.told, path
        seen += 1
    assert seen > 100


def test_the_switch_is_kept_and_leads_back(client: TestClient) -> None:
    told = {"Referer": f"{client.base_url}/grades?by=age_band", "Origin": str(client.base_url)}
    try:
        answer = client.post(
            "/language", data={"language": "en"}, headers=told, follow_redirects=False
        )
    finally:  # others ask with the same browser
        client.cookies.delete(LANGUAGE)
    assert (answer.status_code, answer.headers["location"]) == (303, "/grades?by=age_band")
    kept = answer.headers["set-cookie"]
    assert kept.startswith(f"{LANGUAGE}=en;")
    assert "HttpOnly" in kept and "SameSite=strict" in kept
    shown = client.get("/", headers={"Cookie": f"{LANGUAGE}=en"}).text
    assert '<html lang="en">' in shown and "Find a party" in shown and "查找主体" not in shown
    refused = client.post("/language", data={"language": "fr"}, headers=told)
    assert refused.status_code == 422
    # what else a cookie says is Chinese
    assert "查找主体" in client.get("/", headers={"Cookie": f"{LANGUAGE}=fr; x=en"}).text


def test_what_goes_wrong_is_said_in_the_language_of_the_page(client: TestClient) -> None:
    english = client.get("/parties/person:none", headers={"Cookie": f"{LANGUAGE}=en"})
    chinese = client.get("/parties/person:none")
    assert english.status_code == chinese.status_code == 404
    assert "没有" in chinese.text
    assert not HAN.search(re.sub(r"person:none", "", _main(english.text)))


def _main(page: str) -> str:
    return page.partition("<main")[2].partition("</main>")[0]
