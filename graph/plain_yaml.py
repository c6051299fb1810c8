"""YAML as plain data: no anchors and aliases, not deep, not large, numbers that are numbers, a key once.

Two kilobytes of aliases unfold to gigabytes, brackets in brackets end a recursion, and a number of a
million digits is worked on for hours.  Nothing that states rules, cases or forms needs any of them,
so no text is read in another way, whoever wrote it.
"""

from __future__ import annotations

import math
from collections import Counter
from pathlib import Path
from typing import Any

import yaml
from yaml.composer import Composer
from yaml.constructor import SafeConstructor
from yaml.resolver import Resolver

from graph.errors import InputError

__all__ = ["LONGEST", "read_yaml", "yaml_text"]

#: Characters of a text; ours have a tenth of it.
LONGEST = 300_000
_MOST_NODES = 30_000
_DEEPEST = 30
_LONGEST_NUMBER = 40


class _NotPlain(yaml.MarkedYAMLError):
    """More than plain data."""


# events of libyaml where PyYAML was built with it (a sixth of the time), composed here all the same:
# it would compose in C, where a limit cannot be set and brackets in brackets end the process
_Events: Any = getattr(getattr(yaml, "cyaml", None), "CParser", None)


class _Loader(*((Composer, _Events, SafeConstructor, Resolver) if _Events else (yaml.SafeLoader,))):  # type: ignore[misc]
    def __init__(self, text: str) -> None:
        if not _Events:
            super().__init__(text)
            return
        _Events.__init__(self, text)
        for part in (Composer, SafeConstructor, Resolver):
            part.__init__(self)


class _Plain(_Loader):
    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._depth = self._nodes = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event = self.peek_event()
        if getattr(event, "anchor", None) is not None:
            raise _refused(event.start_mark, "不能使用锚点和别名（& 和 *），请把内容写全")
        self._depth += 1
        self._nodes += 1
        if self._depth > _DEEPEST:
            raise _refused(event.start_mark, f"嵌套超过 {_DEEPEST} 层")
        if self._nodes > _MOST_NODES:
            raise _refused(event.start_mark, f"内容超过 {_MOST_NODES:,} 项")
        try:
            node: yaml.Node | None = super().compose_node(parent, index)
            return node
        finally:
            self._depth -= 1

    def compose_mapping_node(self, anchor: str | None) -> yaml.MappingNode:
        """A mapping; the last of two values of one key would be the one that counts, and nobody sees it."""
        node: yaml.MappingNode = super().compose_mapping_node(anchor)
        keys = Counter(key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode))
        twice = next((key for key, times in keys.items() if times > 1), None)
        if twice is not None:
            raise _refused(node.start_mark, f"“{twice[:40]}”写了不止一次，请只留一处")
        return node

    def number(self, node: yaml.ScalarNode) -> Any:
        """A number, where it is one that can be reckoned with."""
        if len(node.value) > _LONGEST_NUMBER:
            raise _refused(node.start_mark, f"数字超过 {_LONGEST_NUMBER} 位")
        is_whole = node.tag.endswith(":int")
        found = (self.construct_yaml_int if is_whole else self.construct_yaml_float)(node)
        if not math.isfinite(found):
            raise _refused(node.start_mark, f"{node.value} 不是可以计算的数")
        return found


for _kind in ("int", "float"):
    _Plain.add_constructor(f"tag:yaml.org,2002:{_kind}", _Plain.number)


def read_yaml(text: str) -> Any:
    """What a text states.

    Raises `yaml.YAMLError`, which says in which line, for all that is no plain data.
    """
    if len(text) > LONGEST:
        raise _NotPlain(None, None, f"超过 {LONGEST:,} 个字 / longer than {LONGEST:,} characters")
    try:
        loader = _Plain(text)
        try:
            return loader.get_single_data()
        finally:
            loader.dispose()
    except (ValueError, OverflowError, TypeError, AttributeError, LookupError) as error:
        # a day that is none, a tag that fits no value
        raise _NotPlain(None, None, f"值不成立 / no such value ({type(error).__name__})") from error


def yaml_text(path: Path) -> str:
    """The text of a file; raises `InputError` (`yaml_unreadable`) for one that holds none."""
    try:
        if path.stat().st_size > 4 * LONGEST:
            raise OverflowError
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError, OverflowError) as error:
        raise InputError(
            f"{path.name} 不能读取：应是 UTF-8 编码、不超过 {LONGEST:,} 字的 YAML 文件。请核对文件名和内容。",
            f"{path.name} cannot be read as a YAML file ({type(error).__name__}).",
            code="yaml_unreadable",
        ) from error


def _refused(mark: Any, why: str) -> _NotPlain:
    return _NotPlain(None, None, why, mark)
