"""The first administrator, and the people of the demonstration."""

from __future__ import annotations

from datetime import datetime

from api.security.clients import (
    CLIENT_ACTS,
    IssuedSecret,
    client_files,
    new_secret,
    register,
)
from api.security.people import add_person, link_for, list_people
from api.security.role import Role
from graph.operations import OperationsStore, Users
from graph.settings import Settings

__all__ = [
    "DEMONSTRATION",
    "demonstration_client",
    "demonstration_links",
    "first_administrator",
    "has_people",
]

_FIRST = "admin"
#: The program of the main bank of the sample district: what it may do, and for what it asks.
_CLIENT, _BANK = "演示客户端", "institution:C1402610305001"
_CLIENT_PURPOSES = ("credit_approval",)

#: Name, display name, role, institution, department: of the sample district.
DEMONSTRATION = (
    ("demo-officer", "演示信贷员", Role.LOAN_OFFICER, "institution:C1402610305001", ""),
    ("demo-office", "演示信用办", Role.CREDIT_OFFICE, "", ""),
    ("demo-clerk", "演示农业局经办人", Role.CLERK, "", "农业农村局"),
    ("demo-admin", "演示管理员", Role.ADMINISTRATOR, "", ""),
)


def has_people(store: OperationsStore) -> bool:
    """Whether anybody could log in."""
    return any(one.is_active for one in list_people(store))


def first_administrator(store: OperationsStore, *, by: str, at: datetime) -> str | None:
    """Path of a link for the first administrator, who is entered; another as long as nobody used
    one; None where there are people already."""
    people = list_people(store)
    if not people:
        add_person(
            store, name=_FIRST, display_name="首任管理员", role=Role.ADMINISTRATOR, by=by, at=at
        )
    elif any(one.has_password or one.name != _FIRST for one in people):
        return None
    return link_for(store, _FIRST, by=by, at=at)


def demonstration_links(
    store: OperationsStore, *, by: str, at: datetime
) -> list[tuple[Role, str, str]]:
    """Role, display name and path of a link for each of the demonstration, who are entered."""
    users, told = Users(store), []
    for name, shown, role, institution, department in DEMONSTRATION:
        if users.by_name(name) is None:
            add_person(
                store, name=name, display_name=shown, role=role, institution=institution,
                department=department, by=by, at=at, must_change=False,
            )  # fmt: skip
        told.append((role, shown, link_for(store, name, by=by, at=at)))
    return told


def demonstration_client(
    store: OperationsStore, settings: Settings, *, by: str, at: datetime
) -> IssuedSecret:
    """The client of the demonstration with a secret that is told once; those before it end with it.

    For the sample district alone: whoever reads the window where it is printed has it.
    """
    found = next(
        (one.client for one in client_files(store)
         if one.client.name == _CLIENT and one.client.ended_at is None), None,
    )  # fmt: skip
    if found is None:
        found = register(
            store, name=_CLIENT, acts=[act.value for act in CLIENT_ACTS], purposes=_CLIENT_PURPOSES,
            institution=_BANK, divisions=None, by=by, at=at,
        )  # fmt: skip
    return new_secret(store, settings, found.id, by=by, at=at, days=30, overlap_hours=0)
