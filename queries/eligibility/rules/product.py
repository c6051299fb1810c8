"""A loan product as data: versions by effective date, each with conditions and an amount rule.

One YAML file a product.  The version in force on a day is the last one that began by then; each
is named by the hash of its own content, so that a word changed is another version to every
decision that names it.
"""

from __future__ import annotations

import hashlib
import json
import operator
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache, cached_property
from importlib.resources import files
from typing import Annotated, Any, Self

import yaml
from pydantic import (
    Field,
    ValidationInfo,
    model_validator,
)

from graph.errors import InputError, NotFoundError
from graph.plain_yaml import read_yaml
from queries.eligibility.facts.catalogue import catalogue, in_use
from queries.eligibility.facts.fact import Fact
from queries.eligibility.rules.amount import REPAYMENT, AmountRule, as_conditions
from queries.eligibility.rules.condition import Condition
from queries.eligibility.rules.first_loan import FIRST_LOAN, definitions
from queries.rule_file import Strict

__all__ = ["Product", "Version", "canonical", "packaged", "packaged_text", "read_product"]


#: Id of the condition that `for_whom` becomes.
FOR_WHOM = "for_whom"

#: Conditions that products share change by editions, so that a version keeps the words it had; the
#: first versions do not say which edition is theirs.
_FIRST_EDITION = "2026.1"


class Version(Strict):
    """One version of a product.

    Attributes:
        first_loan: name of the definition of a first loan that it uses; None = any loan.
        conditions: those of the product; that it is a first loan is one of them by definition.
        hints: facts about others that are shown beside the verdict and decide nothing.
        retired_on: the day from which the product is offered no more.
        fresh_days: facts that this product takes as unknown once they are so many days old, on top
            of what the catalogue says of a source.
    """

    version: str
    effective_from: date
    retired_on: date | None = None
    first_loan: str | None = None
    conditions: tuple[Condition, ...] = Field(min_length=1)
    amount: AmountRule
    hints: tuple[str, ...] = ()
    # left out where it is empty: as versions were kept before there was one
    fresh_days: dict[str, Annotated[int, Field(gt=0)]] = Field(
        default_factory=dict, exclude_if=operator.not_
    )

    @model_validator(mode="before")
    @classmethod
    def _first_loan_is_a_condition(cls, stated: Any) -> Any:
        # a version kept with a decision has the condition already, worded as it was then
        if not isinstance(stated, dict) or not stated.get("first_loan"):
            return stated
        name, conditions = stated["first_loan"], list(stated.get("conditions", ()))
        if any(item.get("id") == FIRST_LOAN for item in conditions):
            return stated
        if name not in definitions():
            raise ValueError(f"no definition of a first loan is named {name}")
        return {**stated, "conditions": [*conditions, definitions()[name].condition()]}

    @model_validator(mode="before")
    @classmethod
    def _the_amount_is_a_condition(cls, stated: Any, info: ValidationInfo) -> Any:
        if not isinstance(stated, dict) or not stated.get("amount"):
            return stated
        conditions = list(stated.get("conditions", ()))
        if any(item.get("id") == REPAYMENT for item in conditions):
            return stated
        rule = AmountRule.model_validate(stated["amount"], context=info.context)
        return {**stated, "conditions": [*conditions, *as_conditions(rule)]}

    @model_validator(mode="after")
    def _whole(self, info: ValidationInfo) -> Self:
        names = [item.id for item in self.conditions]
        if len(set(names)) != len(names):
            raise ValueError(f"{self.version}: a condition's id stands twice")
        if not any(item.hard for item in self.conditions):
            raise ValueError(f"{self.version}: no condition is hard, so everybody would pass")
        facts = in_use(info).facts
        for name in self.hints:
            if name not in facts or not facts[name].hint:
                raise ValueError(f"{name} is no hint")
        if unknown := [name for name in self.fresh_days if name not in self.facts]:
            raise ValueError(f"{self.version}: it does not ask for {unknown}")
        return self

    def in_time(self, facts: Mapping[str, Fact], as_of: date) -> dict[str, Fact]:
        """The facts as this product takes them: what is too old for it says nothing."""
        found = dict(facts)
        for name, days in self.fresh_days.items():
            fact = facts.get(name)
            if fact is None or fact.value is None or fact.stated_on is None:
                continue
            if fact.stated_on < as_of - timedelta(days):
                found[name] = Fact(None, fact.source, fact.stated_on, reason="stale")
        return found

    @cached_property
    def facts(self) -> tuple[str, ...]:
        """Facts that conditions and amount ask for, each once."""
        asked = [name for item in self.conditions for name in item.facts]
        return tuple(dict.fromkeys([*asked, *self.amount.facts]))

    @property
    def words(self) -> tuple[str, ...]:
        """Every fact that its text names, also in steps and hints: what is kept with it."""
        named = [name for item in self.conditions for step in item.steps for name in step.sets]
        return tuple(sorted({*self.facts, *named, *self.hints}))


class Product(Strict):
    """A product with all its versions, oldest first."""

    id: str
    title: str
    for_whom: tuple[str, ...] = Field(min_length=1)
    versions: tuple[Version, ...] = Field(min_length=1)

    @model_validator(mode="before")
    @classmethod
    def _for_whom_is_a_condition(cls, stated: Any) -> Any:
        kinds = list(stated.get("for_whom", ()))
        versions = []
        for version in stated.get("versions", ()):
            conditions = list(version.get("conditions", ()))
            if kinds and not any(item.get("id") == FOR_WHOM for item in conditions):
                conditions.insert(0, _for_whom(kinds))
            versions.append({**version, "conditions": conditions})
        return {**stated, "versions": versions}

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        days = [item.effective_from for item in self.versions]
        if days != sorted(set(days)):
            raise ValueError(f"{self.id}: versions must stand in the order of their dates")
        if len({item.version for item in self.versions}) != len(days):
            raise ValueError(f"{self.id}: a version stands twice")
        return self

    def _found(self, day: date) -> Version | None:
        begun = [item for item in self.versions if item.effective_from <= day]
        if not begun or (begun[-1].retired_on is not None and begun[-1].retired_on <= day):
            return None
        return begun[-1]

    def is_at(self, day: date) -> bool:
        """Whether a version is in force."""
        return self._found(day) is not None

    def at(self, day: date) -> Version:
        """The version in force; raises `InputError` on a day before the first or after the end."""
        found = self._found(day)
        if found is None:
            raise InputError(
                f"“{self.title}”在 {day} 没有生效的版本。请更换查询日期或产品。",
                f"No version of {self.id} is in force on {day}.",
                code="product_not_in_force",
            )
        return found

    def version(self, name: str) -> Version:
        """One version by name; raises `NotFoundError`."""
        for version in self.versions:
            if version.version == name:
                return version
        raise NotFoundError(
            f"“{self.title}”没有版本 {name}。",
            f"{self.id} has no version {name}.",
            code="version_unknown",
        )

    def hash(self, version: Version) -> str:
        """SHA-256 of one version's content with the product's name."""
        return hashlib.sha256(self.text(version)).hexdigest()

    def text(self, version: Version) -> bytes:
        """One version as canonical bytes: what a decision keeps of its rules."""
        return canonical(
            {
                "id": self.id,
                "title": self.title,
                "for_whom": list(self.for_whom),
                "versions": [version.model_dump(mode="json", by_alias=True)],
            }
        )

    def name(self, version: Version) -> str:
        """Identifier, version and content hash: what a basis block states."""
        return f"{self.id}@{version.version}+{self.hash(version)[:12]}"


def canonical(value: Any) -> bytes:
    """JSON with sorted names and no spaces: the same value gives the same bytes."""
    return json.dumps(
        value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    ).encode()


def read_product(name: str, text: str) -> Product:
    """Parse and check a product file; raises `InputError` saying what is wrong and where."""
    try:
        stated = read_yaml(text)
        for version in stated["versions"]:
            edition = version.pop("shared", _FIRST_EDITION)
            checked = version.pop("checked_on", None)
            version["conditions"] = [
                _whole_condition(item, edition) for item in version["conditions"]
            ]
            if checked is not None:
                _date(version, stated["for_whom"], checked)
        return Product.model_validate({"id": name, **stated})
    except (yaml.YAMLError, ValueError, TypeError, LookupError, AttributeError) as error:
        raise InputError(
            f"产品文件 {name} 有误，未作任何改动：{error}",
            f"The product file {name} is faulty: {error}",
            code="product_faulty",
        ) from error


def _for_whom(kinds: list[str]) -> dict[str, Any]:
    terms = catalogue().facts["party_kind"].values
    return {
        "id": FOR_WHOM,
        "test": {"fact": "party_kind", "operator": "one_of", "value": kinds},
        "wording": f"申请主体是{'、'.join(terms.get(kind, kind) for kind in kinds)}",
        "basis": "产品规定（服务对象）",
        "certainty": "known",
        "source": "产品定义",
        "steps": [{"text": "由符合条件的主体申请，或改申请面向本类主体的产品", "days": 0}],
    }


def _whole_condition(stated: dict[str, Any], edition: str) -> dict[str, Any]:
    """A condition taken by `use` from those that products share, said over where it says."""
    taken = stated.pop("use", None)
    if taken is None:
        return stated
    if taken not in _shared(edition):
        raise ValueError(f"no shared condition of {edition} is named {taken}")
    return {"id": taken, **_shared(edition)[taken], **stated}


def _date(version: dict[str, Any], kinds: list[str], checked: date) -> None:
    """Say of every rule from when it holds and when it was checked, where it does not itself."""
    conditions = [_for_whom(kinds), *version["conditions"]]
    if name := version.get("first_loan"):
        if name not in definitions():
            raise ValueError(f"no definition of a first loan is named {name}")
        conditions.append(definitions()[name].condition())
    version["conditions"] = conditions
    for rule in (*conditions, *version["amount"]["least_of"]):
        rule.setdefault("valid_from", version["effective_from"])
        rule.setdefault("checked_on", checked)


@cache
def _shared(edition: str) -> Mapping[str, dict[str, Any]]:
    path = files("queries.eligibility.rules") / "conditions" / f"{edition}.yaml"
    if not path.is_file():
        raise ValueError(f"no edition of shared conditions is named {edition}")
    found: dict[str, dict[str, Any]] = read_yaml(path.read_text(encoding="utf-8"))
    return found


@cache
def packaged() -> Mapping[str, Product]:
    """The products that ship with this version, by name."""
    folder = files("queries.eligibility.rules") / "products"
    found = sorted(item.name[:-5] for item in folder.iterdir() if item.name.endswith(".yaml"))
    return {name: read_product(name, packaged_text(name)) for name in found}


def packaged_text(name: str) -> str:
    """The file of a product that ships with this version, as it was written."""
    folder = files("queries.eligibility.rules") / "products"
    return (folder / f"{name}.yaml").read_text(encoding="utf-8")
