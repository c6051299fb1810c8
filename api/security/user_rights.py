"""What administrators do with users, by two persons where it gives rights (`api.security.rights`).

A new user, another role, institution, department, external log-in, a wider area, a second factor that
is taken away, and a link by which one becomes an administrator need a second person: with a link for
another administrator whoever made it could confirm what they put forward themselves.  What narrows or
ends is done at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from api.security.people import change_person, checked, link_for, named
from api.security.rights import Kind, RightsAnswer, put_change
from api.security.role import Role, role_of
from graph.operations import OfficeBooks, RightsActor, User

__all__ = ["add_user", "change_user", "drop_second_factor_of", "link_of_user", "within"]

_WHOLE = "全区"
_NAMES = {
    "role": "角色", "institution": "机构", "department": "部门", "divisions": "区划",
    "issuer": "外部登录的签发方", "external_id": "外部登录的编号",
}  # fmt: skip
_USER = "user:"


def add_user(
    office: OfficeBooks,
    *,
    name: str,
    display_name: str,
    role: str,
    institution: str = "",
    department: str = "",
    divisions: Sequence[str] = (),
    actor: RightsActor,
    at: datetime,
) -> RightsAnswer:
    """Have somebody entered; raises as `add_person` and `put_change`."""
    told = {
        "name": name, "display_name": display_name, "role": role, "institution": institution,
        "department": department, "divisions": list(divisions),
    }  # fmt: skip
    spelt, kept = name.strip().casefold(), checked(role, institution, department, divisions)
    said = (
        f"{role_of(kept['role']).term} {display_name.strip()}（登录名 {spelt}）{_described(kept)}"
    )
    return put_change(office, Kind.NEW_USER, spelt[:64], told, said=said, actor=actor, at=at)


def change_user(
    office: OfficeBooks,
    name: str,
    *,
    person_key: str | None = None,
    actor: RightsActor,
    at: datetime,
    **told: Any,
) -> RightsAnswer:
    """Have role, institution, department, divisions or the external log-in of somebody changed.

    Args:
        person_key: who they are in the graph, which gives no right: it is kept at once.
        told: as `change_person` takes it.

    Raises as `change_person` and `put_change`.
    """
    changed = {key: value for key, value in told.items() if value is not None}
    with office.store.together() as store:
        user = named(store, name)
        news = _news(user, changed)
        if not _gives(news):
            return RightsAnswer(change_person(store, name, **changed, person_key=person_key))
        if person_key is not None:
            change_person(store, name, person_key=person_key)
    said = f"{user.display_name}（登录名 {user.name}）：" + "；".join(
        f"{_NAMES[key]} {_shown(key, before)} → {_shown(key, after)}"
        for key, (before, after) in news.items()
    )
    plain = {key: list(value) if key == "divisions" else value for key, value in changed.items()}
    plain["name"] = user.name
    return put_change(office, Kind.USER, user.name, plain, said=said, actor=actor, at=at)


def link_of_user(
    office: OfficeBooks, name: str, *, actor: RightsActor, at: datetime
) -> RightsAnswer:
    """A one-time link for somebody; for another administrator once a second person confirmed.

    Raises as `link_for` and `put_change`.
    """
    user = named(office.store, name)
    own = actor.id == _USER + user.id
    if user.role != Role.ADMINISTRATOR or own:
        return RightsAnswer(path=link_for(office.store, name, by=actor.name, at=at))
    said = f"{user.display_name}（登录名 {user.name}）"
    told = {"name": user.name}
    return put_change(office, Kind.LINK, user.name, told, said=said, actor=actor, at=at)


def drop_second_factor_of(
    office: OfficeBooks, name: str, *, actor: RightsActor, at: datetime
) -> RightsAnswer:
    """Have a lost second factor taken away; raises `NotFoundError`, and as `put_change`."""
    user = named(office.store, name)
    said = f"{user.display_name}（登录名 {user.name}）"
    told = {"name": user.name}
    return put_change(office, Kind.SECOND_FACTOR, user.name, told, said=said, actor=actor, at=at)


def _news(user: User, changed: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """What differs from what is kept of a user: before and after; raises as `checked`."""
    after: dict[str, Any] = checked(
        changed.get("role", user.role),
        changed.get("institution", user.institution or ""),
        changed.get("department", user.department or ""),
        changed.get("divisions", user.divisions or ()),
    )
    after |= {key: changed[key] or None for key in ("issuer", "external_id") if key in changed}
    return {
        key: (getattr(user, key), value)
        for key, value in after.items()
        if getattr(user, key) != value
    }


def _gives(news: Mapping[str, tuple[Any, Any]]) -> bool:
    """Whether somebody can do or see anything that they could not before."""
    return any(
        not within(after, before) if key == "divisions" else after is not None
        for key, (before, after) in news.items()
    ) or ("role" in news)


def within(after: Sequence[str] | None, before: Sequence[str] | None) -> bool:
    """Whether divisions lie in others: a code lies in what it begins with; None is everything."""
    if before is None:
        return True
    return after is not None and all(any(code.startswith(one) for one in before) for code in after)


def _described(kept: Mapping[str, Any]) -> str:
    told = [
        f"{_NAMES[key]} {_shown(key, kept[key])}"
        for key in ("institution", "department", "divisions")
        if kept[key]
    ]
    return "，" + "，".join(told) if told else ""


def _shown(key: str, value: Any) -> str:
    if key == "divisions":
        return "、".join(value) if value else _WHOLE
    if key == "role":
        return role_of(value).term
    return str(value) if value else "无"
