"""YAML from outside is plain data: what unfolds, nests or counts without end is refused at once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from graph.errors import InputError, SettingsError
from graph.plain_yaml import LONGEST, read_yaml, yaml_text
from ingest.catalogue.form import load_form
from queries.eligibility.rules.golden import read_cases
from queries.eligibility.rules.product import read_product

ROOMS = ("graph", "queries", "ingest", "api")
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
ROOT = Path(__file__).parents[2]
_BOMB = "\n".join(f"a{n}: &a{n} [{','.join([f'*a{n - 1}'] * 9) if n else 'x'}]" for n in range(12))

#: What is no plain data; none of it takes long.
REFUSED = {
    "aliases that unfold": _BOMB,
    "an alias": "a: &a [1]\nb: *a",
    "an anchor alone": "a: &a 1",
    "a merge of an alias": "a: &a {x: 1}\nb: {<<: *a}",
    "an alias of itself": "&a [*a]",
    "brackets in brackets": "[" * LONGEST,
    "braces in braces": "{" * LONGEST,
    "lists in lists": "- " * (LONGEST // 2),
    "keys in keys": "? " * (LONGEST // 2),
    "many items": "[" + "1," * (LONGEST // 2 - 2) + "]",
    "a number by sixties": "a: 1" + ":59" * (LONGEST // 3 - 3),
    "many digits": "a: " + "9" * (LONGEST - 5),
    "many hexadecimal digits": "a: 0x" + "f" * (LONGEST - 10),
    "no number": "a: .nan",
    "no end": "a: .inf",
    "a day that is none": "a: 2026-13-45",
    "a tag that fits no value": "!!int ''",
    "no moment": "!!timestamp x",
    "code": "!!python/object/apply:os.system [ls]",
    "an unknown tag": "!" * 10_000,
    "a list as a key": "{[a]: b}",
    "a key twice": "versions: []\nversions: []",
    "a key twice, deep": "versions: [{amount: {months: 12, months: 120}}]",
    "a NUL": "a\x00b",
    "half of a character": "a: \ud800",
    "an open quote": '"' + "a\n" * (LONGEST // 2 - 1),
    "backslashes": '"' + "\\" * (LONGEST - 1),
    "two documents": "---\n" * 1_000,
    "too long": "a" * (LONGEST + 1),
}  # fmt: skip


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED.keys())
def test_more_than_plain_data_is_refused(text: str) -> None:
    with pytest.raises(yaml.YAMLError):
        read_yaml(text)
    # and wherever such a text can come in, as a sentence
    for read in (lambda: read_product("p", text), lambda: read_cases(text)):
        with pytest.raises(InputError) as refused:
            read()
        assert refused.value.cause_code in {"product_faulty", "cases_faulty"}
        assert len(refused.value.message_zh) < 5_000
        refused.value.message_zh.encode()


@pytest.mark.parametrize("text", ["", "1", "[]", "a", "versions: a", "versions: [a]",
                                  "versions: [{conditions: [a]}]", "versions: {conditions: 1}"])  # fmt: skip
def test_data_of_another_shape_is_refused_in_words(text: str, tmp_path: Path) -> None:
    with pytest.raises(InputError):
        read_product("p", text)
    with pytest.raises(InputError):
        read_cases(text)
    path = tmp_path / "表.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError):
        load_form(path)


def test_plain_data_is_what_it_was() -> None:
    for path in ROOT.glob("queries/**/*.yaml"):
        text = path.read_text(encoding="utf-8")
        assert read_yaml(text) == yaml.safe_load(text), path
    assert read_yaml("a: [1, 2.5, 0x1F, 2026-01-02, 是, true, null, '12']") == yaml.safe_load(
        "a: [1, 2.5, 0x1F, 2026-01-02, 是, true, null, '12']"
    )


def test_a_file_that_holds_no_text_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "bytes.yaml").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "large.yaml").write_bytes(b"a" * (5 * LONGEST))
    for name in ("bytes.yaml", "large.yaml", "nowhere.yaml", "."):
        with pytest.raises(InputError, match="YAML") as refused:
            yaml_text(tmp_path / name)
        assert refused.value.cause_code == "yaml_unreadable"


def test_nothing_reads_yaml_in_another_way() -> None:
    """But the sources' own declarations, which are of this package."""
    allowed = {"graph/plain_yaml.py", "ingest/catalogue/source.py"}
    found = {
        str(path.relative_to(ROOT))
        for room in ("graph", "queries", "ingest", "api")
        for path in (ROOT / room).rglob("*.py")
        if re.search(r"yaml\.\w*load|SafeLoader|yaml\.parse", path.read_text(encoding="utf-8"))
    }
    assert found == allowed


def test_nothing_that_is_kept_says_a_key_twice() -> None:
    def of(node: yaml.Node) -> Iterator[yaml.MappingNode]:
        if isinstance(node, yaml.MappingNode):
            yield node
        for part in node.value if isinstance(node, yaml.CollectionNode) else ():
            for one in part if isinstance(part, tuple) else (part,):
                yield from of(one)

    files = [path for room in ROOMS for path in (ROOT / room).rglob("*.yaml")]
    assert len(files) > 100
    for path in files:
        for text in yaml.compose_all(path.read_text(encoding="utf-8"), Loader=_LOADER):
            for mapping in of(text):
                keys = [key.value for key, _ in mapping.value]
                assert len(keys) == len(set(keys)), (path, keys)
