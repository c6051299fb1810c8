"""The weights and limits of identity: data under version control (`policy.yaml`)."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from graph.plain_yaml import read_yaml

__all__ = ["FindingWeight", "IdentityPolicy", "load_policy"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FindingWeight(_Strict):
    """What a finding weighs: fixed bits, or worked out from how common the value is."""

    bits: float | None = None
    agree: float | None = Field(default=None, gt=0, le=1)
    chance: Literal["frequency"] | None = None
    most: float | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> FindingWeight:
        by_frequency = (self.agree, self.chance, self.most)
        if (self.bits is None) != all(item is not None for item in by_frequency) or (
            self.bits is not None and any(item is not None for item in by_frequency)
        ):
            raise ValueError("a finding has bits, or agree + chance + most")
        return self


class _Blocks(_Strict):
    most: int = Field(gt=1)


class IdentityPolicy(_Strict):
    """All weights and limits; `name` is what every stored pair says it was weighed by."""

    version: str
    coverage: float = Field(gt=0, lt=1)
    least_population: int = Field(gt=0)
    least_firms: int = Field(gt=0)
    show_from: float = Field(gt=0, lt=1)
    most_candidates: int = Field(gt=0)
    likely_from: float = Field(gt=0, lt=1)
    generic: dict[str, int]
    findings: dict[str, FindingWeight]
    blocks: _Blocks
    hash: str = ""

    @property
    def name(self) -> str:
        """Version and content hash."""
        return f"{self.version}+{self.hash[:12]}"


@cache
def load_policy() -> IdentityPolicy:
    """The policy that ships with this version."""
    text = (files("ingest.identity") / "policy.yaml").read_text(encoding="utf-8")
    stated = read_yaml(text)
    digest = hashlib.sha256(text.encode()).hexdigest()
    return IdentityPolicy.model_validate(
        {**stated, "version": str(stated["version"]), "hash": digest}
    )
