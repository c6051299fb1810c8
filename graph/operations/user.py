"""Who may log in: users, each with a role, an institution or a department, and where they work.

A user is never deleted: acts keep who did them.  One who left is put out of use (`is_active`).
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Integer, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from graph import time
from graph.errors import InputError, NotFoundError
from graph.operations.store import Instant, OperationsStore, Row

__all__ = ["User", "Users"]


class UserRow(Row):
    """The table; rows are read together with sessions (`graph.operations.session`)."""

    __tablename__ = "users"
    __table_args__ = (UniqueConstraint("issuer", "external_id"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    name: Mapped[str] = mapped_column(String(64), unique=True)
    display_name: Mapped[str] = mapped_column(String(64))
    role: Mapped[str] = mapped_column(String(32))
    institution: Mapped[str | None] = mapped_column(String(128))
    department: Mapped[str | None] = mapped_column(String(128))
    divisions: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    is_active: Mapped[bool] = mapped_column(Boolean)
    must_change: Mapped[bool] = mapped_column(Boolean)
    password_hash: Mapped[str | None] = mapped_column(String(255))
    second_factor: Mapped[str | None] = mapped_column(String(64))
    second_factor_step: Mapped[int | None] = mapped_column(Integer)
    recovery_hashes: Mapped[list[str]] = mapped_column(JSON)
    issuer: Mapped[str | None] = mapped_column(String(255))
    external_id: Mapped[str | None] = mapped_column(String(255))
    person_key: Mapped[str | None] = mapped_column(String(128))
    made_by: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime] = mapped_column(Instant)


@dataclass(frozen=True)
class User:
    """One who may log in.

    Attributes:
        name: typed at the log-in, in lower case; `display_name` is how acts and papers name them.
        role: code of a role (`api.security.role`).
        institution: key of the institution that they ask for.
        department: whose sources a clerk sends, as the sources name it.
        divisions: codes of where they work; None for the whole district.
        must_change: a password has to be chosen before anything else.
        second_factor: what the second factor was made from, of no use without the secrets of the
            installation; None where there is none.  `second_factor_step`: the last step that a code
            was used of, so that none is used twice.
        recovery_hashes: of the recovery codes that are left.
        issuer, external_id: by which an external log-in knows them.
        person_key: who they are in the graph, where that is known.
    """

    id: str
    name: str
    display_name: str
    role: str
    institution: str | None
    department: str | None
    divisions: tuple[str, ...] | None
    is_active: bool
    must_change: bool
    password_hash: str | None
    second_factor: str | None
    second_factor_step: int | None
    recovery_hashes: tuple[str, ...]
    issuer: str | None
    external_id: str | None
    person_key: str | None
    made_by: str
    made_at: time.Instant


class Users:
    """Enter users, find them, change what they are."""

    def __init__(self, store: OperationsStore) -> None:
        self._store = store

    def add(
        self,
        *,
        name: str,
        display_name: str,
        role: str,
        made_by: str,
        at: datetime,
        institution: str | None = None,
        department: str | None = None,
        divisions: Sequence[str] | None = None,
        must_change: bool = True,
    ) -> User:
        """Enter a user without a password; raises `InputError` (`user_taken`)."""
        row = UserRow(
            id=uuid.uuid4().hex,
            name=_spelt(name),
            display_name=display_name,
            role=role,
            institution=institution,
            department=department,
            divisions=None if divisions is None else list(divisions),
            is_active=True,
            must_change=must_change,
            recovery_hashes=[],
            made_by=made_by,
            made_at=at,
        )
        with self._store.transaction() as session:
            taken = session.scalar(select(UserRow.id).where(UserRow.name == row.name))
            if taken is not None:
                raise _taken()
            session.add(row)
            session.flush()
            return user_of(row)

    def get(self, user: str) -> User:
        """Raises `NotFoundError` (`user_unknown`)."""
        with self._store.reading() as session:
            return user_of(_found(session, user))

    def by_name(self, name: str) -> User | None:
        """The user who types that name at the log-in."""
        with self._store.reading() as session:
            row = session.scalar(select(UserRow).where(UserRow.name == _spelt(name)))
            return None if row is None else user_of(row)

    def by_external(self, issuer: str, external_id: str) -> User | None:
        """The user whom an external log-in knows by that."""
        known = select(UserRow).where(UserRow.issuer == issuer, UserRow.external_id == external_id)
        with self._store.reading() as session:
            row = session.scalar(known)
            return None if row is None else user_of(row)

    def every(self) -> list[User]:
        """All of them, by name."""
        with self._store.reading() as session:
            return [user_of(row) for row in session.scalars(select(UserRow).order_by(UserRow.name))]

    def count(self) -> int:
        """How many there are."""
        return len(self.every())

    def change(self, user: str, **told: Any) -> User:
        """Set what is told of a user, by the names of `User`; raises `NotFoundError`."""
        if unknown := told.keys() - _CHANGED:
            raise ValueError(f"{sorted(unknown)} of a user is not changed")
        with self._store.transaction() as session:
            row = _found(session, user)
            for name, value in told.items():
                setattr(row, name, list(value) if isinstance(value, tuple) else value)
            session.flush()
            return user_of(row)

    def use_code(self, user: str, step: int) -> bool:
        """Note that the code of a time step was used; False where it, or a later one, was."""
        with self._store.transaction() as session:
            row = _found(session, user)
            if row.second_factor_step is not None and step <= row.second_factor_step:
                return False
            row.second_factor_step = step
            return True

    def use_recovery(self, user: str, digest: str) -> bool:
        """Use a recovery code up; False where it is none of those left."""
        with self._store.transaction() as session:
            row = _found(session, user)
            if digest not in row.recovery_hashes:
                return False
            row.recovery_hashes = [one for one in row.recovery_hashes if one != digest]
            return True


_CHANGED = frozenset(User.__dataclass_fields__) - {"id", "name", "made_by", "made_at"}


def user_of(row: UserRow) -> User:
    """A row as a value."""
    told = {name: getattr(row, name) for name in User.__dataclass_fields__}
    told["divisions"] = None if row.divisions is None else tuple(row.divisions)
    told["recovery_hashes"] = tuple(row.recovery_hashes)
    return User(**told)


def _spelt(name: str) -> str:
    return name.strip().casefold()


def _found(session: Session, user: str) -> UserRow:
    row = session.get(UserRow, user)
    if row is None:
        raise NotFoundError("没有这个用户。请核对。", "There is no such user.", code="user_unknown")
    return row


def _taken() -> InputError:
    return InputError(
        "这个登录名已经有人使用，请换一个。", "That name is taken.", code="user_taken"
    )
