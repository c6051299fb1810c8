"""What administrators do with clients, by two persons where it gives rights (`api.security.rights`).

A new client, wider acts, purposes or divisions, and a secret or a key for a client that somebody else
registered need a second person.  What narrows or ends is done at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from api.acts import Act
from api.security.clients import DAYS, OVERLAP, add_key, change, new_secret, registered
from api.security.jwk import read_public_key
from api.security.rights import Kind, RightsAnswer, put_change
from api.security.user_rights import within
from graph.identifiers.redaction import redacted
from graph.operations import Client, Clients, OfficeBooks, RightsActor
from queries.consent import find_purpose

__all__ = ["change_client", "key_for_client", "register_client", "secret_for_client"]

_LOCAL = "local:"
_TERMS = {act.value: act.term for act in Act}
_LONGEST = 64


def register_client(
    office: OfficeBooks,
    *,
    name: str,
    acts: Sequence[str],
    purposes: Sequence[str],
    institution: str | None,
    divisions: Sequence[str] | None,
    public_key: str = "",
    actor: RightsActor,
    at: datetime,
) -> RightsAnswer:
    """Have a client registered, with its public key where one is told.

    Raises as `register`, `add_key` and `put_change`.
    """
    wanted, why, places = registered(acts, purposes, divisions)
    called = redacted(name.strip())[:_LONGEST]
    told = {
        "name": called, "acts": wanted, "purposes": why, "divisions": places,
        "institution": institution, "public_key": public_key,
    }  # fmt: skip
    said = f"{called}，机构 {institution or '无'}，{_said(wanted, why, places)}"
    return put_change(
        office, Kind.NEW_CLIENT, called or "?", _plain(told), said=said, actor=actor, at=at
    )


def change_client(
    office: OfficeBooks,
    client_id: str,
    *,
    acts: Sequence[str] | None = None,
    purposes: Sequence[str] | None = None,
    divisions: Sequence[str] | None = None,
    is_everywhere: bool = False,
    actor: RightsActor,
    at: datetime,
) -> RightsAnswer:
    """Have what a client may changed; what is None stays.

    Args:
        is_everywhere: it is to see the whole district, whatever divisions it has.

    Raises as `change`, and `put_change`.
    """
    with office.store.together() as store:
        client = Clients(store).get(client_id)
        asked = client.divisions if divisions is None else divisions
        wanted, why, places = registered(
            client.acts if acts is None else acts,
            client.purposes if purposes is None else purposes,
            None if is_everywhere else asked,
        )
        told = {"acts": wanted, "purposes": why, "divisions": places}
        if not _gives(client, wanted, why, places):
            return RightsAnswer(
                client=change(
                    store, client_id, acts=wanted, purposes=why, divisions=places, by=actor.name
                )
            )
    said = f"{client.name}（{client.id}）：{_said(wanted, why, places)}"
    plain = {"client": client.id, **_plain(told)}
    return put_change(office, Kind.CLIENT, client.id, plain, said=said, actor=actor, at=at)


def secret_for_client(
    office: OfficeBooks,
    client_id: str,
    *,
    days: int = DAYS,
    overlap_hours: int = OVERLAP,
    actor: RightsActor,
    at: datetime,
) -> RightsAnswer:
    """A new secret; for a client of somebody else once a second person confirmed, who is told it.

    Raises as `new_secret` and `put_change`.
    """
    client = Clients(office.store).get(client_id)
    told = {"client": client.id, "days": days, "overlap_hours": overlap_hours}
    if _is_own(client, actor):
        made = new_secret(
            office.store, office.settings, client.id, days=days, overlap_hours=overlap_hours,
            by=actor.name, at=at,
        )  # fmt: skip
        return RightsAnswer(credential=made.credential, secret=made.secret)
    said = f"{client.name}（{client.id}），有效 {days} 天"
    return put_change(office, Kind.SECRET, client.id, told, said=said, actor=actor, at=at)


def key_for_client(
    office: OfficeBooks,
    client_id: str,
    public_key: str,
    *,
    days: int = DAYS,
    actor: RightsActor,
    at: datetime,
) -> RightsAnswer:
    """A public key; for a client of somebody else once a second person confirmed.

    Raises as `add_key` and `put_change`.
    """
    read_public_key(public_key)
    client = Clients(office.store).get(client_id)
    told = {"client": client.id, "public_key": public_key, "days": days}
    if _is_own(client, actor):
        kept = add_key(office.store, client.id, public_key, days=days, by=actor.name, at=at)
        return RightsAnswer(credential=kept)
    said = f"{client.name}（{client.id}），有效 {days} 天"
    return put_change(office, Kind.KEY, client.id, told, said=said, actor=actor, at=at)


def _is_own(client: Client, actor: RightsActor) -> bool:
    """Whether somebody registered a client: who uses this machine may state any name."""
    return not actor.id.startswith(_LOCAL) and client.made_by == actor.name


def _gives(
    client: Client, acts: Sequence[str], purposes: Sequence[str], places: Sequence[str] | None
) -> bool:
    """Whether a client can do or see anything that it could not before."""
    more = {*acts} - {*client.acts} or {*purposes} - {*client.purposes}
    return bool(more) or not within(places, client.divisions)


def _said(acts: Sequence[str], purposes: Sequence[str], places: Sequence[str] | None) -> str:
    may = "、".join(_TERMS[code] for code in acts)
    why = "、".join(find_purpose(code).term for code in purposes)
    return f"可以{may}，用途 {why}，区划 {'全区' if places is None else '、'.join(places)}"


def _plain(told: Mapping[str, Any]) -> dict[str, Any]:
    return {key: list(value) if isinstance(value, tuple) else value for key, value in told.items()}
