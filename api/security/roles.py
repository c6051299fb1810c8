"""Role by act and role by class of information: one file, read and checked whole (`roles.yaml`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from api.acts import Act
from api.security.role import Role, role_of
from graph.errors import SettingsError
from graph.information import InformationClass
from graph.plain_yaml import read_yaml
from queries.consent import consent_rules
from queries.identities import Shows

__all__ = ["Policy", "policy_of", "read_roles"]


class Policy(BaseModel):
    """What one role may do, and what is open to it.

    Attributes:
        area: whether it always works in the whole district.
        acts: with the clause of each; of `looks` only what was done is read.
        open: classes that need nobody's consent, with the clause of each; a subject may open those
            `by_consent`, nobody those `closed`.
        opened_to: whether it sees besides what parties opened to its institution; `purposes`: codes of
            those for which it may ask then.
        start: the page where it begins.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    area: Literal["district", "own"]
    purpose: str
    opened_to: Literal["institution", "nobody"]
    purposes: tuple[str, ...]
    start: str = Field(pattern="^/")
    acts: Mapping[Act, str]
    looks: Mapping[Act, str]
    no_acts: tuple[Act, ...]
    open: Mapping[InformationClass, str]
    by_consent: tuple[InformationClass, ...]
    closed: tuple[InformationClass, ...]
    shows: Shows


def read_roles(text: str) -> dict[Role, Policy]:
    """The policies that a text states.

    Raises `SettingsError` (`roles_wrong`) where a role, an act or a class is not named exactly once,
    a public class is not open, or what is open has no clause.
    """
    told = read_yaml(text)
    try:
        found = {role_of(name): Policy.model_validate(cell) for name, cell in told.items()}
    except (ValidationError, ValueError) as error:
        raise _wrong(str(error)) from error
    _once("roles", Role, found)
    for role, policy in found.items():
        _once(f"{role}: acts", Act, policy.acts, policy.looks, policy.no_acts)
        _once(f"{role}: classes", InformationClass, policy.open, policy.by_consent, policy.closed)
        for cells in (policy.acts, policy.looks, policy.open):
            for name, clause in cells.items():
                if not clause.strip():
                    raise _wrong(f"{role}: {name} has no clause")
        _purposes(role, policy)
        shut = [one for one in InformationClass if one.is_public and one not in policy.open]
        if shut:
            raise _wrong(f"{role}: {shut[0]} is public and not open")
    return found


def _purposes(role: Role, policy: Policy) -> None:
    """Who sees by consent asks for one of the purposes of consents, and nobody else does."""
    known = [purpose.code for purpose in consent_rules().purposes]
    unknown = [code for code in policy.purposes if code not in known]
    wanted = [policy.purpose] if policy.opened_to == "institution" else []
    if unknown or wanted != [code for code in policy.purposes if code == policy.purpose][:1]:
        raise _wrong(f"{role}: its purposes are none of a consent, or lack its usual one")
    if not wanted and policy.purposes:
        raise _wrong(f"{role}: nothing is opened to it, whatever it asks for")


def _once(what: str, every: Iterable[str], *named: Iterable[str]) -> None:
    told = [str(name) for names in named for name in names]
    wrong = sorted({*map(str, every)} ^ {*told}) or [one for one in told if told.count(one) > 1]
    if wrong:
        raise _wrong(f"{what}: {wrong[0]} is not named exactly once")


def _wrong(what: str) -> SettingsError:
    return SettingsError(
        f"角色权限表（api/security/roles.yaml）有误：{what}。请逐格写明条款后重试。",
        f"The table of roles is wrong: {what}.",
        code="roles_wrong",
    )


@cache
def _roles() -> dict[Role, Policy]:
    return read_roles((files(__package__) / "roles.yaml").read_text(encoding="utf-8"))


def policy_of(role: Role) -> Policy:
    """What a role may do, and what is open to it; raises as `read_roles`."""
    return _roles()[role]
