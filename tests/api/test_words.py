"""What officers misread, and what is said instead: every sentence that the program can say."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from yaml_texts import yaml_of

from api.commands.risk import _tell
from api.pages.rendering import page
from api.wording import LEAST_SHARE, percent, said, source
from ingest import Source, load_source, source_names
from queries.basis import Basis
from queries.codes import WORDS
from queries.risk.sentence import say_standing
from queries.rule_file import read_rules
from queries.structure.limits import LimitBook, load_limits

ROOT = Path(__file__).parents[2]
ROOMS = ("api", "graph", "ingest", "queries")

#: What no officer is told, with why.
BARRED = {
    r"source\.ya?ml": "no file of ours is named to a clerk",
    r"(?i)finbench|LDBC|金融基准": "a benchmark is no basis of a bank's",
    r"(?<!不称)概率(?!约 )": "only what is calibrated is called so, with date and sample",
    r"已截断": "say what was left out",
    r"未满足": "a failed condition is said as the fact",
    r"还需补充|还缺：": "what is missing is asked, with its errand",
    r"待校准；": "a bank's own limit is its own",
    r"绕圈|周边没有发现": "said of a model, not of the party",
    r"库中没有可依法使用": "say which sources, up to which day",
}

#: A benchmark's own titles are its name; what reads it is told so.
_OF_THE_BENCHMARK = ROOT / "ingest" / "sources" / "finbench"
_IN_ENGLISH = ROOT / "api" / "pages" / "english"


def sentences() -> Iterator[tuple[str, str]]:
    """Every text with Chinese that is in code (help of commands too), templates and data."""
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*")):
            # words beside which their English stands are those of templates and code, once more
            if {_OF_THE_BENCHMARK, _IN_ENGLISH} & {*path.parents} or path.suffix not in (
                ".py",
                ".html",
                ".yaml",
            ):
                continue
            for text in _texts(path):
                if re.search("[一-龥]", text):
                    yield f"{path.relative_to(ROOT)}", text


def _texts(path: Path) -> Iterator[str]:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".html":
        yield re.sub(r"{#.*?#}", "", text, flags=re.DOTALL)
    elif path.suffix == ".yaml":
        yield from _strings(yaml_of(text))
    else:
        tree = ast.parse(text)
        spoken = "commands" in path.parts
        explained = {
            id(node.body[0].value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
            and node.body
            and isinstance(node.body[0], ast.Expr)
            and not (spoken and isinstance(node, ast.FunctionDef))
        }
        for node in ast.walk(tree):
            said = isinstance(node, ast.Constant) and id(node) not in explained
            if said and isinstance(node.value, str):
                yield node.value


def _strings(data: Any) -> Iterator[str]:
    if isinstance(data, dict):
        for key, value in data.items():
            yield from _strings(key)
            yield from _strings(value)
    elif isinstance(data, list):
        for value in data:
            yield from _strings(value)
    elif isinstance(data, str):
        yield data


def test_no_sentence_that_is_misread_is_left() -> None:
    found, count, calibrated = [], 0, []
    for where, text in sentences():
        count += 1
        calibrated += [where] if "概率约" in text else []
        found += [(where, why, text[:80]) for bar, why in BARRED.items() if re.search(bar, text)]
    assert not found
    # one sentence says it, and only by a calibration (say_standing)
    assert calibrated == ["queries/risk/sentence.py"]
    # a walk of nothing finds nothing
    assert count > 3_000


@pytest.mark.parametrize("bar", BARRED)
def test_the_walk_can_find_what_it_looks_for(bar: str) -> None:
    examples = (
        "请在 source.yaml 中登记", "做法同国际图数据库金融基准", "一年内出现违约困难的概率", "内容较多，已截断",
        "未满足：本人当前不是失信被执行人", "还缺：有过贷款", "本机构风险参数，待校准；做法同", "自身风险绕圈回来",
        "库中没有可依法使用的不利记录。",
    )  # fmt: skip
    assert any(re.search(bar, text) for text in examples)


def test_a_son_and_a_daughter() -> None:
    words = [WORDS[role] for role in ("son", "daughter", "father", "mother")]
    assert (
        words
        == ["儿子", "女儿", "父亲", "母亲"]
        == [said(role, "role") for role in ("son", "daughter", "father", "mother")]
    )
    # the sex keeps its word, and so do the other roles of a family
    assert (said("female", "sex"), said("householder", "role")) == ("女", "户主")


def test_a_limit_of_ours_is_our_own() -> None:
    rules = load_limits().rules
    assert rules["chain_debt_fen"].basis == rules["chain_links"].basis == "本机构内部限额，尚未校准"
    assert read_rules(LimitBook).name == load_limits().name


def test_a_ratio_too_small_for_two_decimals_is_not_nothing() -> None:
    assert percent(0.00001) == "不到 0.01%"
    assert (percent(0.0), percent(0.00005), percent(None)) == ("0.00%", "0.01%", "—")


def test_a_list_of_a_source_is_said_by_its_title() -> None:
    assert source("market_supervision_list/abnormal_operation") == "经营异常名录"
    assert source("征信报告 R1/2") == "征信报告 R1/2"
    for name in source_names():
        for table in load_source(name).tables:
            assert not re.search("[a-z]{3}", source(f"{name}/{table}")) or name == "finbench"


def test_a_benchmark_is_offered_to_no_department() -> None:
    unreported = [name for name in source_names() if not load_source(name).reported]
    assert unreported == ["bods", "finbench"]
    departments = [
        ("部门", [load_source(name)]) for name in source_names() if name not in unreported
    ]
    told = bytes(
        page("send.html", departments=departments, file_title=_title, whole_lists=lambda _: []).body
    ).decode()
    assert "FinBench" not in told and "BODS" not in told


def _title(of: Source, table: str) -> str:
    return of.tables[table].title or of.title


def test_what_is_cut_is_named() -> None:
    folder = ROOT / "api" / "pages" / "templates"
    for path in folder.glob("*.html"):
        text = path.read_text(encoding="utf-8")
        for line in re.findall(r"truncated %}(.*?){% endif %}", text):
            assert "列" in line or "cut" in line, (path.name, line)


def test_a_share_too_small_has_no_line(capsys: pytest.CaptureFixture[str]) -> None:
    from types import SimpleNamespace as One

    parts = [One(share=share, without=0.1, name=name, party=f"person:{name}", ties=["担保"])
             for share, name in ((0.995, "样甲"), (LEAST_SHARE / 2, "样乙"))]  # fmt: skip
    linked = One(level="较高", value=0.3, rank=1, of=9, sentence="一句话。", notice="提示",
                 contributions=parts, paths=())  # fmt: skip
    basis = Basis(date(2026, 1, 1), datetime(2026, 1, 1, tzinfo=UTC), 1)
    _tell(One(name="样丙", own=One(level="无", value=0.0, facts=()), linked=linked, unused=(),
              unused_ties=(), standing=say_standing(0.0005, None, None), basis=basis))  # type: ignore[arg-type]  # fmt: skip
    told = capsys.readouterr().out
    assert "样甲" in told and "样乙" not in told
    # own and linked apart, neither called a probability
    assert "自身：无" in told and "关联：较高" in told and "不称概率" in told
