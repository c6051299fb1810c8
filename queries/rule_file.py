"""Rules as data: a YAML file beside the code that obeys it, with a version, and its hash as part of its name."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from importlib.resources import files
from typing import Any, ClassVar, Self, TypeVar

from pydantic import BaseModel, ConfigDict

from graph.plain_yaml import read_yaml

__all__ = ["RuleFile", "Strict", "read_rules"]

R = TypeVar("R", bound="RuleFile")


class Strict(BaseModel):
    """Data in which an unknown word is an error and nothing changes after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """As pydantic's; what followed from the fields (cached properties) is worked out anew."""
        copied = super().model_copy(update=update, deep=deep)
        for name in vars(copied).keys() - type(copied).model_fields.keys():
            del vars(copied)[name]
        return copied


class RuleFile(Strict):
    """What every file of rules states; `FILE` is its name without the ending."""

    FILE: ClassVar[str]

    version: str
    hash: str = ""

    @property
    def name(self) -> str:
        """File, version and content hash: what a basis block states."""
        return f"{self.FILE}:{self.version}+{self.hash[:12]}"


def read_rules(kind: type[R]) -> R:
    """Read and check the file of a kind, which lies beside its module.

    Raises pydantic's `ValidationError` naming what is wrong.
    """
    package = kind.__module__.rpartition(".")[0]
    text = (files(package) / f"{kind.FILE}.yaml").read_text(encoding="utf-8")
    stated = read_yaml(text)
    stated["version"] = str(stated["version"])
    return kind.model_validate({**stated, "hash": hashlib.sha256(text.encode()).hexdigest()})
