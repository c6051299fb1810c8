"""The English of what pages say: of each template, of all of them, of terms, of sentences.

Files beside this module, Chinese before English.  A template's own words are in the file of its name,
words of several in `common.yaml`; `terms.yaml` and `sentences.yaml` are for what the code says itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from graph.plain_yaml import read_yaml

__all__ = ["COMMON", "FOLDER", "SENTENCES", "TERMS", "words_of", "words_of_template"]

FOLDER = Path(__file__).with_name("words")
COMMON, TERMS, SENTENCES = "common", "terms", "sentences"


@cache
def words_of(name: str) -> Mapping[str, str]:
    """A file of words; nothing where there is none: a template that says nothing of its own."""
    path = FOLDER / f"{name}.yaml"
    told: dict[str, str] = read_yaml(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return told


def words_of_template(name: str) -> Mapping[str, str]:
    """What a template says, by its name without ending; its own words go before the common ones."""
    return {**words_of(COMMON), **words_of(name)}
