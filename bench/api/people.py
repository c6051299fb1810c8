"""One of each role at a service that runs, with what they are known by: a session, or a token."""

from __future__ import annotations

from dataclasses import dataclass

import httpx

from api.acts import Act
from api.security import Role, policy_of
from api.security.clients import new_secret, register
from api.security.known import COOKIE
from api.security.people import add_person, link_for
from graph.operations import OperationsStore
from graph.settings import Settings
from graph.time import utc_now

__all__ = ["INSTITUTION", "ROLES", "Credential", "entered"]

#: For whom an officer asks: a bank of the sample district.
INSTITUTION = "institution:C1402610305001"
#: Roles of those who are known: everybody but the public.
ROLES = tuple(role for role in Role if role is not Role.VISITOR)
_OF_A_BANK = frozenset({Role.LOAN_OFFICER, Role.MANAGER})
_PURPOSES = ("credit_approval", "guarantee_review")


@dataclass(frozen=True)
class Credential:
    """What one is known by.

    Attributes:
        scheme: in the description of the interface: session or client.
        secret: the token of either.
    """

    role: Role
    scheme: str
    secret: str

    @property
    def headers(self) -> dict[str, str]:
        """By which a request says who asks."""
        if self.scheme == "session":
            return {"Cookie": f"{COOKIE}={self.secret}"}
        return {"Authorization": f"Bearer {self.secret}"}


def entered(
    store: OperationsStore,
    settings: Settings,
    address: str,
    role: Role,
    *,
    institution: str = INSTITUTION,
    divisions: tuple[str, ...] = (),
    number: int = 0,
) -> Credential:
    """Enter somebody of a role, or a client, and have them log in at the address of a service.

    Args:
        institution, divisions: for whom and where they work, as far as those of the role have one.
        number: tells several of a role apart.

    Raises `httpx.HTTPStatusError` where they are not let in, and as `add_person` and `register`.
    """
    at = utc_now()
    if role is Role.CLIENT:
        acts = [act.value for act in Act if act in policy_of(role).acts]
        client = register(
            store, name=f"银行系统{number}", acts=acts, purposes=_PURPOSES, institution=institution,
            divisions=divisions or None, by="管理员", at=at,
        )  # fmt: skip
        issued = new_secret(store, settings, client.id, by="管理员", at=at)
        told = httpx.post(
            f"{address}/v1/token",
            data={"grant_type": "client_credentials"},
            auth=(client.id, issued.secret),
            timeout=60,
        ).raise_for_status()
        return Credential(role, "client", str(told.json()["access_token"]))
    name, is_of_a_bank = f"p-{role.value.replace('_', '-')}-{number}", role in _OF_A_BANK
    add_person(
        store, name=name, display_name=f"人员{role.value}{number}", role=role,
        institution=institution if is_of_a_bank else "", divisions=divisions if is_of_a_bank else (),
        department="农业农村局" if role is Role.CLERK else "", by="管理员", at=at, must_change=False,
    )  # fmt: skip
    opened = httpx.post(address + link_for(store, name, by="管理员", at=at), timeout=60)
    return Credential(role, "session", opened.cookies[COOKIE])
