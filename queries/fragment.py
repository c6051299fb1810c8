"""Fragments of questions: what several questions say alike is written once and named.

A fragment is a `.cypher` file under `queries/fragments` whose first line gives its name and the
words that stand for what it is told: `// fragment: stands(contract)`.  A question writes
`stands(g.discriminator)`, and the fragment's text runs in its place.  A fragment may name others.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

from graph.errors import SettingsError

__all__ = ["FOLDER", "Fragment", "expand", "fragments"]

#: Where they lie.
FOLDER = Path(__file__).parent / "fragments"

_HEADER = re.compile(r"// fragment: (\w+)\((\w+(?:, \w+)*)\)")
_GIVEN = r"\(([^()]*)\)"
#: Fragments within fragments: more than so many deep name each other in a circle.
_DEEPEST = 5


@dataclass(frozen=True)
class Fragment:
    """One piece of Cypher: `words` of `text` stand for what a question gives it."""

    name: str
    words: tuple[str, ...]
    text: str

    def given(self, values: list[str]) -> str:
        """The text with the values in the place of its words."""
        if len(values) != len(self.words):
            raise ValueError(f"{self.name} is told {len(self.words)} things, not {len(values)}")
        told = dict(zip(self.words, values, strict=True))
        return re.sub(rf"\b({'|'.join(self.words)})\b", lambda found: told[found[1]], self.text)


@cache
def fragments() -> Mapping[str, Fragment]:
    """Every fragment by name; raises `SettingsError` on one whose first line is none of its own."""
    found = {}
    for path in sorted(FOLDER.glob("*.cypher")):
        first, *lines = path.read_text(encoding="utf-8").splitlines()
        header = _HEADER.fullmatch(first)
        if not header or header[1] != path.stem:
            raise SettingsError(
                f"查询片段 {path.name} 有误：首行应为“// fragment: {path.stem}(…)”。",
                f"{path.name}: the first line is “// fragment: {path.stem}(…)”.",
            )
        body = "\n".join(line for line in lines if not line.startswith("//"))
        found[path.stem] = Fragment(path.stem, tuple(header[2].split(", ")), body.strip())
    return MappingProxyType(found)


def expand(text: str) -> str:
    """The text with every fragment that it names in its place; raises `ValueError` on a circle."""
    named = re.compile(rf"\b({'|'.join(fragments())}){_GIVEN}")
    for _ in range(_DEEPEST):
        if not named.search(text):
            return text
        text = named.sub(
            lambda found: fragments()[found[1]].given(
                [value.strip() for value in found[2].split(",")]
            ),
            text,
        )
    raise ValueError("fragments name each other in a circle")
